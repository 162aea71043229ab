"""The pictures of the course: drawn from live arrays, in one style, each with its alt text."""

from lstm_lib.plots.expected_and_got import expected_and_got
from lstm_lib.plots.intervals import intervals
from lstm_lib.plots.lines import lines
from lstm_lib.plots.style import COLOURS, FLOOR, GATES, figure, show

__all__ = [
    "COLOURS",
    "FLOOR",
    "GATES",
    "expected_and_got",
    "figure",
    "intervals",
    "lines",
    "show",
]
