"""Estimates with their intervals, under each other, against a line that means "no difference"."""

from collections.abc import Mapping

from lstm_lib.plots.style import COLOURS, FLOOR, figure, show


def intervals(
    rows: Mapping[str, tuple[float, float, float]],
    *,
    alt: str,
    xlabel: str,
    reference: float = 0.0,
    title: str = "",
) -> None:
    """Draw `rows` (name -> (estimate, low, high)); those whose interval holds `reference` in grey.

    Raises ValueError if an interval does not hold its own estimate.
    """
    fig, axes = figure(height=0.9 + 0.42 * len(rows))
    axes.axvline(reference, color=FLOOR, linewidth=1.5)
    for k, (name, (estimate, low, high)) in enumerate(rows.items()):
        if not low <= estimate <= high:
            raise ValueError(f"{name}: the interval {low}..{high} does not hold {estimate}")
        colour = FLOOR if low <= reference <= high else COLOURS[0]
        axes.plot([low, high], [k, k], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot([estimate], [k], color=colour, marker="o", markersize=7)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set(xlabel=xlabel)
    axes.set_title(title, loc="left")
    axes.grid(axis="y", visible=False)
    show(fig, alt)
