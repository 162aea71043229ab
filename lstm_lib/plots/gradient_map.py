"""How strongly each output reacts to each input: the map over (t, k), by powers of ten."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator

from lstm_lib.plots.style import FLOOR, figure, show

COLOURS_FROM = "cividis"  # made for colour-blind readers, and brightness alone tells it


def gradient_map(
    norms: np.ndarray,
    *,
    alt: str,
    events: Sequence[int] = (),
    decades: int = 5,
    xlabel: str = "input at step k",
    ylabel: str = "output at step t",
    label: str = "size of the gradient",
    title: str = "",
    save: Path | BinaryIO | None = None,
) -> None:
    """Draw `norms` (T, T), row t and column k; exact zeros stay white.

    Colours go by powers of ten over `decades` below the largest value; what is smaller gets the
    darkest. `events` are steps at which something happened: a dashed line before each. Raises
    ValueError for anything but a square of numbers that are not negative.
    """
    norms = np.asarray(norms, float)
    if norms.ndim != 2 or norms.shape[0] != norms.shape[1] or not (norms >= 0).all():
        raise ValueError(f"norms must be (T, T), none negative; got {norms.shape}")
    T, largest = len(norms), norms.max() or 1.0
    fig, ax = figure(width=6.4, height=4.6)
    scale = LogNorm(largest * 10.0**-decades, largest, clip=True)
    shown = np.ma.masked_where(norms == 0, norms)
    image = ax.imshow(shown, cmap=COLOURS_FROM, norm=scale, interpolation="nearest")
    for event in events:
        ax.plot([event - 0.5] * 2, [-0.5, T - 0.5], color=FLOOR, linestyle="--", linewidth=1.5)
        ax.plot([-0.5, T - 0.5], [event - 0.5] * 2, color=FLOOR, linestyle="--", linewidth=1.5)
    if (np.triu(norms, 1) == 0).all() and T > 3:
        ax.text(0.72 * T, 0.25 * T, "the future:\nexactly 0", ha="center", color="#606060")
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(visible=False)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True, nbins=7))
    bar = fig.colorbar(image, ax=ax, label=label, extend="min")
    bar.outline.set_visible(False)
    show(fig, alt, save)
