"""Points in a plane, shaded by a value; some of them carry their names, none over another."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lstm_lib.plots.style import figure, show

SIDES = ((7, 0, "left"), (-7, 0, "right"), (0, 9, "center"), (0, -9, "center"))  # points, align


def named_points(
    points: np.ndarray,
    names: Mapping[int, str],
    values: Sequence[float],
    *,
    alt: str,
    label: str,
    xlabel: str = "",
    ylabel: str = "",
    height: float = 5.6,
    save: Path | None = None,
) -> list[str]:
    """Draw `points` (N, 2), shaded by `values` (N,), whose meaning is `label`.

    `names` (row -> text): a name stands beside its point, at the first side where it covers no
    other name and no point that wants one; one that fits nowhere is left out. Points whose name is
    drawn have a ring. Returns the names drawn.
    Raises ValueError if shapes do not fit or a name has no point.
    """
    points, values = np.asarray(points, dtype=float), np.asarray(values, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or values.shape != points.shape[:1]:
        raise ValueError(
            f"points must be (N, 2) and values (N,); got {points.shape} and {values.shape}"
        )
    if strangers := [row for row in names if not 0 <= row < len(points)]:
        raise ValueError(f"names must be of rows below {len(points)}; got {strangers[0]}")
    fig, axes = figure(height=height)
    dots = axes.scatter(*points.T, c=values, cmap="cividis", s=16, alpha=0.75, linewidths=0)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.margins(x=0.12, y=0.05)
    fig.colorbar(dots, ax=axes, label=label)
    fig.canvas.draw()  # places are known from here on
    drawn = _write(axes, points, names)
    rings = points[list(drawn)]
    axes.scatter(*rings.T, s=26, facecolors="none", edgecolors="#303030", linewidths=0.9)
    show(fig, alt, save)
    return list(drawn.values())


def _write(axes, points: np.ndarray, names: Mapping[int, str]) -> dict[int, str]:
    where = {row: axes.transData.transform(points[row]) for row in names}
    taken, drawn, frame = [], {}, axes.get_window_extent()
    for row, name in names.items():
        others = [place for other, place in where.items() if other != row]
        for x, y, side in SIDES:
            text = axes.annotate(
                name,
                points[row],
                xytext=(x, y),
                textcoords="offset points",
                ha=side,
                va="center",
                fontsize=8.5,
            )
            box = text.get_window_extent()
            free = not any(box.overlaps(b) for b in taken)
            free = free and not any(box.contains(*place) for place in others)
            if free and frame.x0 <= box.x0 and box.x1 <= frame.x1:
                taken.append(box)
                drawn[row] = name
                break
            text.remove()
    return drawn
