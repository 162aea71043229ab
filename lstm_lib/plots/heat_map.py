"""A small table as colours, with its numbers in it: scores by season and lead time, say."""

from collections.abc import Sequence

import numpy as np

from lstm_lib.plots.style import figure, show

COLOURS_FROM = "cividis"  # made for colour-blind readers, and brightness alone tells it


def heat_map(
    values: np.ndarray,
    *,
    alt: str,
    rows: Sequence[str],
    columns: Sequence,
    xlabel: str,
    label: str,
    limits: tuple[float, float] | None = None,
    form: str = ".2f",
    title: str = "",
) -> None:
    """Draw `values` (R, C) as coloured fields, each with its number, formatted with `form`.

    `rows` and `columns` name them; `limits` are the values of the darkest and the brightest colour
    (default: the smallest and the largest). Raises ValueError if a length does not fit or a value
    is not finite.
    """
    values = np.asarray(values, dtype=float)
    if values.shape != (len(rows), len(columns)):
        raise ValueError(
            f"values must be ({len(rows)}, {len(columns)}), as rows and columns are; "
            f"got {values.shape}"
        )
    if not np.isfinite(values).all():
        raise ValueError("values must be finite")
    low, high = limits or (values.min(), values.max())
    fig, axes = figure(height=1.2 + 0.42 * len(rows))
    image = axes.imshow(values, cmap=COLOURS_FROM, vmin=low, vmax=high, aspect="auto")
    for (r, c), value in np.ndenumerate(values):
        ink = "black" if value > (low + high) / 2 else "white"
        axes.text(c, r, format(value, form), ha="center", va="center", color=ink, fontsize=9)
    axes.set_xticks(range(len(columns)), [str(name) for name in columns])
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set(xlabel=xlabel)
    axes.set_title(title, loc="left")
    axes.grid(visible=False)
    axes.tick_params(length=0)
    bar = fig.colorbar(image, ax=axes, label=label)
    bar.outline.set_visible(False)
    show(fig, alt)
