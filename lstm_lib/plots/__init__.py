"""The course's pictures: drawn from live arrays, in one style, each with a text for who cannot see."""

from lstm_lib.plots.intervals import intervals
from lstm_lib.plots.lines import lines
from lstm_lib.plots.style import COLOURS, FLOOR, GATES, figure, show

__all__ = ["COLOURS", "FLOOR", "GATES", "figure", "intervals", "lines", "show"]
