"""Estimates with their intervals, under each other, against a line that means "no difference"."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from lstm_lib.plots.style import COLOURS, FLOOR, figure, show

RATIOS = (0.1, 0.2, 0.5, 0.8, 1, 1.2, 1.5, 2, 3, 5, 10)


def intervals(
    rows: Mapping[str, tuple[float, float, float]],
    *,
    alt: str,
    xlabel: str,
    reference: float = 0.0,
    others: Mapping[str, float] | None = None,
    title: str = "",
    save: Path | None = None,
) -> None:
    """Draw `rows` (name -> (estimate, low, high)); those whose interval holds `reference` in grey.

    `others` (name -> a number to compare with) are diamonds. With `save` the picture goes to a PNG
    file instead of the notebook. Raises ValueError if an interval does not hold its own estimate.
    """
    fig, axes = figure(height=0.9 + 0.42 * len(rows))
    _draw(axes, rows, reference, others)
    axes.set(xlabel=xlabel)
    axes.set_title(title, loc="left")
    show(fig, alt, save)


def interval_panels(
    panels: Mapping[str, Mapping[str, tuple[float, float, float]]],
    *,
    alt: str,
    xlabel: str,
    reference: float = 1.0,
    save: Path | None = None,
) -> None:
    """The same side by side for several cases (title -> rows), of ratios: logarithmic axes.

    Raises ValueError if the panels have other rows than the first, or an interval does not hold its
    own estimate. An interval's low end that is not positive is cut at the axis.
    """
    first = next(iter(panels.values()))
    fig, every = figure(height=1.1 + 0.36 * len(first), columns=len(panels))
    every = np.atleast_1d(every)
    for axes, (name, rows) in zip(every, panels.items()):
        if list(rows) != list(first):
            raise ValueError(f"{name} must have the rows {list(first)}; got {list(rows)}")
        _draw(axes, rows, reference, None)
        axes.set_xscale("log")
        axes.set_xticks(RATIOS, [f"{ratio:g}" for ratio in RATIOS])
        axes.set_xticks([], minor=True)
        least = min(min(estimate for estimate, _, _ in rows.values()), reference)
        most = max(max(high for _, _, high in rows.values()), reference)
        axes.set_xlim(least / 1.6, most * 1.1)
        axes.set_title(name, loc="left")
        if axes is not every[0]:
            axes.set_yticklabels([])
    every[len(panels) // 2].set_xlabel(xlabel)
    show(fig, alt, save)


def _draw(axes, rows, reference, others) -> None:
    """Each row's estimate and interval; those whose interval holds `reference` in grey."""
    axes.axvline(reference, color=FLOOR, linewidth=1.5)
    for k, (name, (estimate, low, high)) in enumerate(rows.items()):
        if not low <= estimate <= high:
            raise ValueError(f"{name}: the interval {low}..{high} does not hold {estimate}")
        colour = FLOOR if low <= reference <= high else COLOURS[0]
        axes.plot([low, high], [k, k], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot([estimate], [k], color=colour, marker="o", markersize=7)
        if others and name in others:
            axes.plot([others[name]], [k], color="none", marker="D", markeredgecolor=FLOOR)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
