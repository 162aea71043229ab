"""What a machine can do at most, and what was measured: the roofline, on two logarithmic axes."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

import numpy as np

from lstm_lib.plots.style import COLOURS, FLOOR, figure, legend, show

MARKERS = ("o", "s", "^", "D")


def roofline(
    rate: float,
    bandwidth: float,
    points: Mapping[str, Sequence[tuple[float, float, str]]],
    *,
    alt: str,
    xlabel: str = "operations a byte",
    ylabel: str = "10⁹ operations a second",
    save: Path | None = None,
) -> None:
    """Draw the roof min(rate, intensity · bandwidth) in grey, and `points` under it.

    Williams, Waterman & Patterson (2009). `rate` in 10⁹ operations a second, `bandwidth` in 10⁹
    bytes a second; `points` (name -> [(intensity, measured rate, label), ...]). Raises ValueError
    for what is not positive.
    """
    measured = [(name, *point[:2]) for name, group in points.items() for point in group]
    for name, *values in [("rate", rate), ("bandwidth", bandwidth), *measured]:
        if not all(np.isfinite(value) and value > 0 for value in values):
            raise ValueError(f"{name} must be positive; got {values}")
    turn = rate / bandwidth
    intensities = [turn, *(x for _, x, _ in measured)]
    low, high = min(intensities) / 3, max(intensities) * 3
    fig, axes = figure(height=4.2)
    axes.plot([low, turn, high], [low * bandwidth, rate, rate], color=FLOOR, label="the roof")
    axes.axvline(turn, color=FLOOR, linewidth=1, linestyle=":")
    sides = cycle(((9, -12, "left"), (-9, 6, "right")))
    for (name, group), colour, marker in zip(points.items(), cycle(COLOURS), cycle(MARKERS)):
        xs, ys = [x for x, _, _ in group], [y for _, y, _ in group]
        axes.plot(xs, ys, color=colour, marker=marker, markersize=7, linestyle="", label=name)
        right, up, side = next(sides)
        for x, y, label in group:
            style = {"textcoords": "offset points", "color": colour, "fontsize": 9, "ha": side}
            axes.annotate(label, (x, y), (right, up), **style)
    lowest = min([low * bandwidth, *(y for _, _, y in measured)])
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log", xlim=(low, high))
    axes.set_ylim(lowest / 1.5, rate * 2.5)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    words = {"textcoords": "offset points", "color": "#606060", "fontsize": 9}
    axes.annotate("memory limits", (1.2 * low, 1.2 * low * bandwidth), (10, -4), **words)
    axes.annotate("arithmetic limits", (turn, rate), (8, 6), **words)
    legend(axes)
    show(fig, alt, save)
