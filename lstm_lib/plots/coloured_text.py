"""A text whose characters stand on the colour of a number each: a cell's state, a surprise."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from lstm_lib.plots.style import figure, show

LINE_END = "\N{RETURN SYMBOL}"


def coloured_text(
    text: str,
    values: Sequence[float],
    *,
    alt: str,
    label: str,
    limits: tuple[float, float] | None = None,
    colours: str = "PuOr_r",
    columns: int = 72,
    save: Path | None = None,
) -> list[str]:
    """Draw `text` (T characters), each on the colour of its number in `values` (T,).

    `label` says what the numbers are, `limits` which numbers have the two end colours (default: the
    smallest and the largest); the default colours are light in the middle. A line end is drawn as
    "⏎", a line longer than `columns` goes on in the next row. Returns the rows as drawn.
    Raises ValueError if there is not one finite number a character.
    """
    values = np.asarray(values, dtype=float)
    if not text or values.shape != (len(text),) or not np.isfinite(values).all():
        raise ValueError(
            f"values must hold one finite number for each of the {len(text)} characters; got shape "
            f"{values.shape}"
        )
    places, row, column = [], 0, 0
    for character in text:
        if column == columns:
            row, column = row + 1, 0
        places.append((row, column))
        row, column = (row + 1, 0) if character == "\n" else (row, column + 1)
    rows = places[-1][0] + 1
    wide = max(column for _, column in places) + 1
    fig, axes = figure(width=8.4, height=0.55 + 0.235 * rows)
    tiles = PatchCollection(
        [Rectangle((column - 0.5, row - 0.5), 1, 1) for row, column in places],
        cmap=colours,
        norm=Normalize(*(limits or (values.min(), values.max()))),
        linewidths=0,
    )
    tiles.set_array(values)
    axes.add_collection(tiles)
    shade = np.asarray(tiles.cmap(tiles.norm(values)))[:, :3] @ [0.299, 0.587, 0.114]
    drawn = [""] * rows
    for (at, column), character, light in zip(places, text, shade, strict=True):
        sign = LINE_END if character == "\n" else character
        drawn[at] += sign
        if not sign.isspace():
            colour = "#101010" if light > 0.45 else "#FFFFFF"
            style = {"fontfamily": "DejaVu Sans Mono", "fontsize": 10.5, "color": colour}
            axes.text(column, at, sign, ha="center", va="center_baseline", **style)
    axes.set(xlim=(-0.6, max(wide, 40) - 0.4), ylim=(rows - 0.4, -0.6))
    axes.set_axis_off()
    fig.colorbar(tiles, ax=axes, label=label, shrink=min(1.0, 4 / rows + 0.3), pad=0.01)
    show(fig, alt, save)
    return drawn
