"""(T, B) tables as maps: a row for each sequence, time to the right, padding in grey."""

from collections.abc import Mapping

import numpy as np

from lstm_lib.plots.style import FLOOR, figure, show


def time_by_batch(
    tables: Mapping[str, np.ndarray],
    *,
    alt: str,
    mask: np.ndarray | None = None,
    mark: tuple[int, int] | None = None,
    labels: str | None = None,
) -> None:
    """Draw `tables` (title -> (T, B), not negative) side by side: the darker, the larger.

    `mask` (T, B) is False where there is padding: hatched grey. `mark` = (t, b) gets a frame.
    `labels` is a format such as ".2f" for numbers in the cells. Raises ValueError for tables of
    different shapes.
    """
    shapes = {np.shape(table) for table in tables.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != 2:
        raise ValueError(f"the tables must have one shape (T, B); got {sorted(shapes)}")
    T, B = next(iter(shapes))
    if mask is not None and np.shape(mask) != (T, B):
        raise ValueError(f"mask must be {(T, B)}; got {np.shape(mask)}")
    fig, panels = figure(height=1.1 + 0.42 * B, columns=len(tables))
    for ax, (title, table) in zip(np.atleast_1d(panels), tables.items()):
        table = np.asarray(table, float)
        top = table.max() or 1.0
        ax.imshow(table.T, cmap="Purples", vmin=0, vmax=1.25 * top, aspect="auto")
        for t in range(T):
            for b in range(B):
                if mask is not None and not mask[t, b]:
                    ax.add_patch(box(t, b, facecolor="#E4E4E4", hatch="////", edgecolor=FLOOR))
                elif labels is not None:
                    shade = "white" if table[t, b] > 0.7 * top else "#303030"
                    ax.text(
                        t, b, format(table[t, b], labels), ha="center", va="center", color=shade
                    )
        if mark is not None:
            ax.add_patch(box(*mark, fill=False, edgecolor="#D55E00", linewidth=2.5))
        ax.set(xlabel="time step t", ylabel="sequence n")
        ax.set_title(title, loc="left")
        ax.set_xticks(range(T))
        ax.set_yticks(range(B))
        ax.set_xticks(np.arange(T + 1) - 0.5, minor=True)
        ax.set_yticks(np.arange(B + 1) - 0.5, minor=True)
        ax.tick_params(which="minor", length=0)
        ax.grid(visible=False)
        ax.grid(visible=True, which="minor", color="#D8D8D8", linewidth=0.8)
    show(fig, alt)


def box(t: int, b: int, **style):
    from matplotlib.patches import Rectangle

    return Rectangle((t - 0.5, b - 0.5), 1, 1, linewidth=style.pop("linewidth", 0), **style)
