"""Lines over a common axis, with floors in grey, bands for uncertainty, and names at the lines."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

import numpy as np
from matplotlib.ticker import NullLocator

from lstm_lib.plots.style import COLOURS, FLOOR, figure, legend, show

DASHES = ("-", "--", ":", "-.", (0, (1, 4)), (0, (6, 3)))


def lines(
    x: Sequence,
    curves: Mapping[str, Sequence],
    *,
    alt: str,
    xlabel: str,
    ylabel: str,
    floors: Mapping[str, Sequence] | None = None,
    dashes: Mapping[str, str | tuple] | None = None,
    bands: Mapping[str, tuple[Sequence, Sequence]] | None = None,
    points: Mapping[str, tuple[Sequence, Sequence]] | None = None,
    marker: str | None = None,
    xticks: Sequence | None = None,
    title: str = "",
    height: float = 3.6,
    log: str = "",
    ylim: tuple[float, float] | None = None,
    save: Path | None = None,
) -> None:
    """Draw `curves` (name -> values) over `x`, and `floors` in grey behind them.

    x and every curve (N,); `bands` (name -> (low, high), (N,) each) are shaded in the colour of the
    curve with that name. `dashes` (name -> matplotlib's line style) gives a floor the same style in
    every picture; the others take theirs in turn. `points` (name -> (xs, ys)) are marked and not
    joined, in the next colours. `log` names the axes with a logarithmic scale: "x", "y" or "xy";
    `ylim` are the ends of the y axis. With `save` the picture goes to a PNG file instead of the
    notebook. Raises ValueError if a length does not fit or a band has no curve.
    """
    floors, bands, points = floors or {}, bands or {}, points or {}
    for name, values in [*curves.items(), *floors.items()]:
        if len(values) != len(x):
            raise ValueError(f"{name} must have {len(x)} values, as x has; got {len(values)}")
    for name, (xs, ys) in points.items():
        if len(xs) != len(ys):
            raise ValueError(f"{name} must have as many y as x; got {len(ys)} and {len(xs)}")
    if strangers := set(bands) - set(curves):
        raise ValueError(f"bands must belong to a curve; got {sorted(strangers)}")
    fig, axes = figure(height=height)
    for (name, values), style in zip(floors.items(), cycle(DASHES)):
        style = (dashes or {}).get(name, style)
        axes.plot(x, values, color=FLOOR, linestyle=style, linewidth=1.5, label=name)
    colours = cycle(COLOURS)
    for (name, values), colour in zip(curves.items(), colours):
        axes.plot(x, values, color=colour, marker=marker, markersize=4, label=name)
        if name in bands:
            low, high = (np.asarray(edge, dtype=float) for edge in bands[name])
            axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
    for (name, (xs, ys)), colour in zip(points.items(), colours):
        axes.plot(xs, ys, color=colour, marker="o", markersize=7, linestyle="", label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_title(title, loc="left")
    axes.margins(x=0.02)
    if "x" in log:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_locator(NullLocator())
    if "y" in log:
        axes.set_yscale("log")
    if ylim is not None:
        axes.set_ylim(*ylim)
    if xticks is not None:
        axes.set_xticks(list(xticks))
    if len(curves) + len(floors) + len(points) > 1:
        legend(axes)
    show(fig, alt, save)
