"""Points stand where they were given, names beside their own points and never over each other."""

import itertools

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

matplotlib.use("agg")
ALT = "Four points in a plane, two of them with a name."
POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.5], [3.0, 2.0]])


def draw(**changes):
    options = {"names": {1: "one", 3: "three"}, "values": np.arange(4.0)} | changes
    points, names, values = (options.pop(k, POINTS) for k in ("points", "names", "values"))
    return plots.named_points(points, names, values, **({"alt": ALT, "label": "year"} | options))


def test_points_values_and_names_are_those_given(displayed):
    """For: axes exchanged; a name at another point."""
    assert draw() == ["one", "three"]
    axes = displayed[0][0].axes[0]
    dots = axes.collections[0]
    assert np.array_equal(dots.get_offsets(), POINTS)
    assert np.array_equal(dots.get_array(), np.arange(4.0))
    assert np.array_equal(axes.collections[1].get_offsets(), POINTS[[1, 3]])
    assert {t.get_text(): tuple(t.xy) for t in axes.texts} == {"one": (1, 1), "three": (3, 2)}
    assert not plt.get_fignums()


def test_names_never_cover_each_other_and_what_does_not_fit_is_left_out(displayed):
    """For: names that are written all the same where there is no room."""
    points = np.concatenate([np.random.default_rng(0).normal(0, 0.05, (30, 2)), [[5, 5]]])
    names = {row: f"a film with a long name {row}" for row in range(30)}
    drawn = draw(points=points, names=names, values=np.zeros(31))
    fig = displayed[0][0]
    texts = fig.axes[0].texts
    assert drawn == [t.get_text() for t in texts] and 1 <= len(drawn) < 30
    assert len(fig.axes[0].collections[1].get_offsets()) == len(drawn)
    boxes = [text.get_window_extent() for text in texts]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_it_goes_to_a_file_and_needs_no_names(tmp_path):
    assert draw(names={}, save=tmp_path / "map.png") == []
    assert (tmp_path / "map.png").stat().st_size > 1000


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"points": POINTS.T}, r"points must be \(N, 2\)"),
        ({"values": np.ones(3)}, r"values \(N,\)"),
        ({"names": {4: "four"}}, "rows below 4; got 4"),
        ({"alt": "map"}, "alt must say"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        draw(**changes)
    plt.close("all")
