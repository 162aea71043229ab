"""The (T, B, D) block: a three-dimensional array as the block of cells that it is."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import PolyCollection

from lstm_lib.plots.style import figure, show

DEPTH = np.array([0.5, 0.42])  # where the second axis goes on paper, per cell
MOST_COLUMNS = 2
PALE = 0.2  # how much of its colour a cell keeps that is not picked
# The three visible faces of a cell, as corners along (first, second, third), and their light.
FACES = (
    (((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)), 1.0),  # top
    (((1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 0, 1)), 0.78),  # right
    (((0, 0, 0), (1, 0, 0), (1, 0, 1), (0, 0, 1)), 0.92),  # front
)


def block(
    array: np.ndarray,
    picks: Mapping[str, tuple],
    *,
    alt: str,
    axes: Sequence[str] = ("T", "B", "D"),
) -> None:
    """Draw a (T, B, D) `array` once for each of `picks`, with that part pulled out and coloured.

    `picks`: title -> (t, b, d), where None stands for ":", so that (2, None, None) picks array[2].
    Time runs to the right, sequences go back into the picture, the third axis goes down from the
    top; two blocks stand in a row. Colours are the values: purple below zero, orange above.
    Raises ValueError for an array that is not three-dimensional and for a pick that is not in it.
    """
    if array.ndim != 3:
        raise ValueError(f"array must be three-dimensional; got the shape {array.shape}")
    for title, pick in picks.items():
        if len(pick) != 3 or any(
            k is not None and not 0 <= k < n for k, n in zip(pick, array.shape)
        ):
            raise ValueError(f"{title}: the pick {pick} is not in the shape {array.shape}")
    columns = min(len(picks), MOST_COLUMNS)
    rows = -(-len(picks) // columns)
    fig, panels = figure(width=8.0, height=2.75 * rows, rows=rows, columns=columns)
    panels = np.atleast_1d(panels).ravel()
    ends = [draw_block(ax, array, pick, axes) for ax, pick in zip(panels, picks.values())]
    right, top = np.max([on_paper(np.array(end)) for end in ends], axis=0)
    for ax in panels[len(picks) :]:
        ax.remove()
    for ax, title in zip(panels, picks):
        ax.set_title(title, loc="left")
        ax.set_xlim(-2.6, right + 0.4)
        ax.set_ylim(-1.4, top + 0.3)
        ax.set_aspect("equal")
        ax.axis("off")
    show(fig, alt)


def draw_block(ax, array: np.ndarray, pick: tuple, names: Sequence[str]) -> list[float]:
    """One block with its pick. Returns how far it reaches along the three axes."""
    T, B, D = array.shape
    # Left and right of a step, in front of and behind a sequence, above and below a feature:
    # the gaps are as wide as it takes to see the slice.
    gaps = ((0.7, B * DEPTH[0] + 0.3), (1.0, 1.0), (B * DEPTH[1] + 0.3, 0.7))

    def place(axis: int, k: int) -> float:
        before, after = gaps[axis]
        p = pick[axis]
        return k if p is None else k + before * (k >= p > 0) + after * (k > p)

    ends = [place(axis, n - 1) + 1.0 for axis, n in enumerate(array.shape)]
    size = np.abs(array).max() or 1.0
    colour = plt.get_cmap("PuOr_r")(0.5 + 0.5 * array / size)[..., :3]
    faces, fills, edges = [], [], []
    # What lies behind is drawn first: from the back to the front, left to right, bottom to top.
    for b in reversed(range(B)):
        for t in range(T):
            for d in reversed(range(D)):
                at = np.array([place(0, t), place(1, b), ends[2] - 1 - place(2, d)])
                picked = all(p is None or p == k for p, k in zip(pick, (t, b, d)))
                base = colour[t, b, d] if picked else 1 - PALE * (1 - colour[t, b, d])
                for corners, light in FACES:
                    faces.append([on_paper(at + corner) for corner in corners])
                    fills.append(base * light)
                    edges.append("#303030" if picked else "#B8B8B8")
    ax.add_collection(PolyCollection(faces, facecolors=fills, edgecolors=edges, linewidths=0.7))
    right, back, top = ends
    label(ax, (0, 0, 0), (right, 0, 0), f"{names[0]} = {T}", (0, -0.35), "center", "top")
    label(ax, (right, 0, 0), (right, back, 0), f"{names[1]} = {B}", (0.3, -0.1), "left", "top")
    label(ax, (0, 0, top), (0, 0, 0), f"{names[2]} = {D}", (-0.35, 0), "right", "center")
    return ends


def on_paper(at: np.ndarray) -> np.ndarray:
    first, second, third = at
    return np.array([first, third]) + second * DEPTH


def label(ax, start, end, text: str, shift: tuple, ha: str, va: str) -> None:
    """An arrow along an edge of the block, and what it is called."""
    a, b = (on_paper(np.array(p, float)) + np.array(shift) * 0.55 for p in (start, end))
    ax.annotate(
        "", b, a, arrowprops={"arrowstyle": "->", "color": "#303030", "shrinkA": 0, "shrinkB": 0}
    )
    ax.text(*((a + b) / 2 + np.array(shift) * 0.6), text, ha=ha, va=va, fontsize=11)
