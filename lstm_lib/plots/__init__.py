"""The pictures of the course: drawn from live arrays, in one style, each with its alt text."""

from lstm_lib.plots.intervals import intervals
from lstm_lib.plots.lines import lines
from lstm_lib.plots.style import COLOURS, FLOOR, GATES, figure, show

__all__ = ["COLOURS", "FLOOR", "GATES", "figure", "intervals", "lines", "show"]
