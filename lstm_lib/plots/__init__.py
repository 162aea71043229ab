"""The pictures of the course: drawn from live arrays, in one style, each with its alt text."""

from lstm_lib.plots.block import block
from lstm_lib.plots.by_lag import by_lag
from lstm_lib.plots.cell_flow import cell_flow
from lstm_lib.plots.cell_flow_back import cell_flow_back
from lstm_lib.plots.coloured_text import coloured_text
from lstm_lib.plots.emblem import emblem
from lstm_lib.plots.expected_and_got import expected_and_got
from lstm_lib.plots.fan import fan
from lstm_lib.plots.gradient_map import gradient_map
from lstm_lib.plots.graph import graph
from lstm_lib.plots.guess_and_truth import guess_and_truth
from lstm_lib.plots.heat_map import heat_map
from lstm_lib.plots.intervals import interval_panels, intervals
from lstm_lib.plots.lines import lines
from lstm_lib.plots.memory_decay import memory_decay
from lstm_lib.plots.named_points import named_points
from lstm_lib.plots.over_time import over_time
from lstm_lib.plots.pictures import pictures
from lstm_lib.plots.roofline import roofline
from lstm_lib.plots.sliders import sliders
from lstm_lib.plots.strokes import strokes
from lstm_lib.plots.style import COLOURS, FLOOR, GATES, figure, show
from lstm_lib.plots.time_by_batch import time_by_batch

__all__ = [
    "COLOURS",
    "FLOOR",
    "GATES",
    "block",
    "by_lag",
    "cell_flow",
    "cell_flow_back",
    "coloured_text",
    "emblem",
    "expected_and_got",
    "fan",
    "figure",
    "gradient_map",
    "graph",
    "guess_and_truth",
    "heat_map",
    "interval_panels",
    "intervals",
    "lines",
    "memory_decay",
    "named_points",
    "over_time",
    "pictures",
    "roofline",
    "show",
    "sliders",
    "strokes",
    "time_by_batch",
]
