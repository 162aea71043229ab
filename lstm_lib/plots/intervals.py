"""Estimates with their intervals, under each other, against a line that means "no difference"."""

from collections.abc import Mapping
from pathlib import Path

from lstm_lib.plots.style import COLOURS, FLOOR, figure, show


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
    axes.set(xlabel=xlabel)
    axes.set_title(title, loc="left")
    axes.grid(axis="y", visible=False)
    show(fig, alt, save)
