"""A graph: nodes as circles, arrows with letters between them, and a walk along some of them."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from matplotlib.patches import Circle, FancyArrowPatch

from lstm_lib.plots.style import COLOURS, FLOOR, figure, show

WIDTH = 8.0  # inches
RADIUS, WALKED = 0.2, COLOURS[1]


def graph(
    places: Mapping[int, tuple[float, float]],
    arrows: Sequence[tuple[int, int, str]],
    *,
    alt: str,
    walk: Sequence[int] = (),
    below: Collection[int] = (),
    names: Mapping[int, str] | None = None,
    title: str = "",
    save: Path | BinaryIO | None = None,
) -> None:
    """Draw nodes at `places` (node -> (x, y)) and `arrows` (from, to, letter).

    `walk` is a sequence of nodes: the arrows that it takes and the node where it ends are coloured.
    An arrow from a node to itself runs above it, or below it for the nodes in `below`. `names`
    stand in the circles. With `save` the picture goes to a file or a buffer. Raises ValueError for
    an arrow to a node without a place, and for a walk along an arrow that is not there.
    """
    taken = list(pairwise(walk))
    there = {(a, b) for a, b, _ in arrows}
    if strangers := {node for pair in there for node in pair} - set(places):
        raise ValueError(f"arrows must join nodes that have a place; got {sorted(strangers)}")
    if missing := [pair for pair in taken if pair not in there]:
        raise ValueError(f"the walk must follow arrows; there is none for {missing}")
    (left, right), (low, high) = (
        (min(along) - 0.6, max(along) + 0.6) for along in zip(*places.values(), strict=True)
    )
    fig, axes = figure(height=WIDTH * (high - low) / (right - left) + 0.3 * bool(title))
    axes.set(xlim=(left, right), ylim=(low, high), aspect="equal")
    shrink = 72 * WIDTH / (right - left) * RADIUS  # of an arrow, to the circle's edge, in points
    for start, end, letter in arrows:
        ink = WALKED if (start, end) in taken else FLOOR
        if start == end:
            draw_loop(axes, places[start], letter, -1 if start in below else 1, ink)
        else:
            draw_arrow(axes, places[start], places[end], letter, ink, shrink)
    for node, (x, y) in places.items():
        here = bool(walk) and node == walk[-1]
        fill = WALKED if here else "white"
        axes.add_patch(Circle((x, y), RADIUS, facecolor=fill, edgecolor="black", zorder=3))
        name = (names or {}).get(node, "")
        ink = "white" if here else "black"
        axes.text(x, y, name, ha="center", va="center", fontsize=10, color=ink, zorder=4)
    axes.set_axis_off()
    axes.set_title(title, loc="left")
    show(fig, alt, save)


def draw_arrow(axes, start, end, letter: str, ink: str, shrink: float) -> None:
    """An arrow from circle to circle, its letter beside its middle."""
    (x, y), (u, v) = start, end
    width = 2.6 if ink == WALKED else 1.4
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12,
            shrinkA=shrink,
            shrinkB=shrink,
            color=ink,
            linewidth=width,
        )
    )
    length = ((u - x) ** 2 + (v - y) ** 2) ** 0.5
    left = ((y - v) / length, (u - x) / length)
    at = ((x + u) / 2 + 0.17 * left[0], (y + v) / 2 + 0.17 * left[1])
    write(axes, at, letter, ink)


def draw_loop(axes, place, letter: str, side: int, ink: str) -> None:
    """An arrow from a node to itself: above it (side 1) or below it (-1)."""
    x, y = place
    width = 2.6 if ink == WALKED else 1.4
    axes.add_patch(
        FancyArrowPatch(
            (x - 0.14, y + side * 0.15),
            (x + 0.14, y + side * 0.15),
            connectionstyle=f"arc3,rad={-side * 2.2}",
            arrowstyle="-|>",
            mutation_scale=12,
            color=ink,
            linewidth=width,
        )
    )
    write(axes, (x + 0.34, y + side * 0.36), letter, ink)


def write(axes, at, letter: str, ink: str) -> None:
    colour = WALKED if ink == WALKED else "#404040"
    weight = "bold" if ink == WALKED else "normal"
    axes.text(*at, letter, ha="center", va="center", fontsize=11, color=colour, weight=weight)
