"""Small pictures in rows: what a network drew, digit by digit, or one picture as it grows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lstm_lib.plots.style import figure, show

UNKNOWN = "#F3DFA2"  # pixels that are not decided yet


def pictures(
    images: np.ndarray,
    *,
    alt: str,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    limits: tuple[float, float] = (0.0, 1.0),
    colours: str = "gray_r",
    label: str = "",
    title: str = "",
    width: float = 8.0,
    save: Path | None = None,
) -> None:
    """Draw `images` (N, M, R, C), N rows of M pictures, ink dark; NaN, not decided yet, in yellow.

    `rows` and `columns` name them, `limits` are the values of paper and of full ink. With `label`
    the colours are explained at the side. With `save` the picture goes to a PNG file instead of the
    notebook. Raises ValueError if `images` has another shape or a number of names does not fit.
    """
    images = np.asarray(images, dtype=float)
    if images.ndim != 4 or not images.size:
        raise ValueError(f"images must be (N, M, R, C), none of them 0; got {images.shape}")
    n, m, high, wide = images.shape
    for name, names, count in (("rows", rows, n), ("columns", columns, m)):
        if len(names) not in (0, count):
            raise ValueError(f"{name} must be {count} names or none; got {len(names)}")
    gap = max(1, wide // 14)
    sheet = np.full((n * (high + gap) + gap, m * (wide + gap) + gap), np.nan)
    paper = np.ones_like(sheet, dtype=bool)
    for (row, column), _ in np.ndenumerate(images[..., 0, 0]):
        place = (
            slice(row * (high + gap) + gap, (row + 1) * (high + gap)),
            slice(column * (wide + gap) + gap, (column + 1) * (wide + gap)),
        )
        sheet[place], paper[place] = images[row, column], False
    tall = width * sheet.shape[0] / sheet.shape[1]
    fig, axes = figure(width=width, height=tall + (0.5 if title or len(columns) else 0.1))
    axes.set_facecolor("#D9D9D9")
    backdrop = np.where(np.isnan(sheet) & ~paper, 1.0, np.nan)
    axes.imshow(backdrop, cmap=_one_colour(UNKNOWN), vmin=0, vmax=1)
    image = axes.imshow(sheet, cmap=colours, vmin=limits[0], vmax=limits[1])
    axes.set_xticks(
        [k * (wide + gap) + gap + (wide - 1) / 2 for k in range(len(columns))], list(columns)
    )
    axes.set_yticks([k * (high + gap) + gap + (high - 1) / 2 for k in range(len(rows))], list(rows))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.set_title(title, loc="left")
    for spine in axes.spines.values():
        spine.set_visible(False)
    if label:
        fig.colorbar(image, ax=axes, label=label, shrink=0.8).outline.set_visible(False)
    show(fig, alt, save)


def _one_colour(colour: str):
    from matplotlib.colors import ListedColormap

    return ListedColormap([colour])
