"""A graph: its walk is coloured, its letters are there, and what does not fit is named."""

import pytest
from matplotlib.patches import Circle, FancyArrowPatch

from lstm_lib import plots

ALT = "Two nodes, and arrows with letters between them."
PLACES = {0: (0, 0), 1: (2, 0)}
ARROWS = [(0, 1, "B"), (1, 0, "E"), (1, 1, "S")]


def draw(**changes):
    plots.graph(**({"places": PLACES, "arrows": ARROWS, "alt": ALT} | changes))


def colours(axes, kind):
    return [patch.get_facecolor() for patch in axes.patches if isinstance(patch, kind)]


def test_the_walk_alone_is_coloured(displayed):
    """For: a step too many or too few, an arrow coloured in place of the one back."""
    draw(walk=[0, 1, 1])
    axes = displayed[0][0].axes[0]
    there, back, loop = colours(axes, FancyArrowPatch)
    assert there == loop != back
    begin, end = colours(axes, Circle)
    assert end == loop != begin


def test_letters_and_names_stand_there_and_do_not_overlap(displayed):
    draw(names={0: "start"}, below=[1])
    axes = displayed[0][0].axes[0]
    at = {text.get_text(): text.get_position() for text in axes.texts}
    assert set(at) == {"B", "E", "S", "start", ""}
    assert at["B"][1] > 0 > at["E"][1] and at["S"][1] < 0


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"arrows": [(0, 7, "B")]}, r"got \[7\]"),
        ({"walk": [0, 0]}, r"none for \[\(0, 0\)\]"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        draw(**changes)
