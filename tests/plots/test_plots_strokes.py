"""Strokes are drawn where they were written, ellipses have the right size and angle."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

matplotlib.use("agg")
ALT = "Two characters, one of two strokes."
TWO = [
    [np.array([[0, 0], [3, 0]]), np.array([[0, 1], [3, 1], [3, 4]])],
    [np.array([[1, 1], [2, 2]])],
]


def test_each_character_stands_in_its_own_square_with_its_strokes(displayed):
    """For: strokes of another character; x and y exchanged; y the wrong way."""
    plots.strokes(TWO, alt=ALT, titles=["a", "b"])
    first, second = displayed[0][0].axes
    assert [len(axes.lines) for axes in (first, second)] == [2, 1]
    assert np.array_equal(first.lines[1].get_xydata(), TWO[0][1])
    assert first.yaxis_inverted() and (first.get_title(), second.get_title()) == ("a", "b")
    plots.strokes(TWO, alt=ALT, upwards=True, columns=1)
    assert not displayed[1][0].axes[0].yaxis_inverted()
    assert not plt.get_fignums()


def test_an_ellipse_is_where_two_standard_deviations_are(displayed):
    """For: half axes taken for whole ones, the angle of the short axis."""
    covariance = np.array([[2.0, 0.8], [0.8, 1.0]])
    plots.strokes(TWO[1:], alt=ALT, ellipses=[[(np.array([1.0, 2.0]), covariance, 1.0)]])
    (ellipse,) = displayed[0][0].axes[0].patches
    rim = ellipse.get_patch_transform().transform(ellipse.get_path().vertices[:-1:3])
    away = rim - [1.0, 2.0]
    square = np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away)
    assert square == pytest.approx(np.full(len(square), 4.0), rel=1e-3)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"titles": ["a"]}, "titles must be 2; got 1"),
        ({"ellipses": []}, "ellipses must be 2; got 0"),
        ({"alt": "strokes"}, "alt must say"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        plots.strokes(TWO, **({"alt": ALT} | changes))
    plt.close("all")
