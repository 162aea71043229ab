"""What a pen wrote, character by character, and where it may go next, as ellipses."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.patches import Ellipse

from lstm_lib.plots.style import COLOURS, figure, show

Gaussians = Sequence[tuple[np.ndarray, np.ndarray, float]]  # mean (2,), covariance (2, 2), weight


def strokes(
    characters: Sequence[Sequence[np.ndarray]],
    *,
    alt: str,
    columns: int = 10,
    titles: Sequence[str] | None = None,
    ellipses: Sequence[Gaussians] | None = None,
    upwards: bool = False,
    size: float = 0.8,
    box: tuple[float, float] | None = None,
    save: Path | None = None,
) -> None:
    """Draw each of the `characters`, a list of strokes (n, 2) of x and y, in a square of its own.

    y points downwards, or `upwards`. `ellipses`, for each character: Gaussians, drawn where two
    standard deviations are, the darker the larger the root of their weight. `size` of a square in
    inches; `box` (low, high) is what a square shows, by default what is written in it. Raises
    ValueError if a stroke is not (n, 2), or titles or ellipses are not as many as characters.

    >>> strokes([[np.zeros((3, 3))]], alt="One stroke that is no stroke.")
    Traceback (most recent call last):
    ValueError: a stroke must be (n, 2); got (3, 3)
    """
    for name, given in (("titles", titles), ("ellipses", ellipses)):
        if given is not None and len(given) != len(characters):
            raise ValueError(f"{name} must be {len(characters)}; got {len(given)}")
    for stroke in (stroke for character in characters for stroke in character):
        if np.ndim(stroke) != 2 or np.shape(stroke)[1] != 2:
            raise ValueError(f"a stroke must be (n, 2); got {np.shape(stroke)}")
    columns = min(columns, len(characters))
    rows = -(-len(characters) // columns)
    high = size * (1.25 if titles else 1)
    fig, squares = figure(size * columns, high * rows, rows, columns)
    squares = np.ravel(squares)
    for axes in squares:
        axes.set(aspect="equal", xticks=[], yticks=[])
        axes.axis("off")
    for n, (axes, character) in enumerate(zip(squares, characters, strict=False)):
        for mean, covariance, weight in ellipses[n] if ellipses else ():
            axes.add_patch(_ellipse(mean, covariance, weight))
        for stroke in character:
            axes.plot(*np.transpose(stroke), color="#202020", lw=1.3 * max(size, 0.6) ** 0.5 + 0.2)
        if titles:
            axes.set_title(titles[n], fontsize=9, loc="center")
        if box:
            axes.set(xlim=box, ylim=box)
        if not upwards:
            axes.invert_yaxis()
    show(fig, alt, save)


def _ellipse(mean: np.ndarray, covariance: np.ndarray, weight: float) -> Ellipse:
    variances, axes = np.linalg.eigh(covariance)
    long = 4 * np.sqrt(np.maximum(variances, 0))  # two standard deviations each way
    angle = np.degrees(np.arctan2(axes[1, 1], axes[0, 1]))
    return Ellipse(
        mean, long[1], long[0], angle=angle, color=COLOURS[1], alpha=0.8 * weight**0.5, lw=0
    )
