"""Small pictures in rows: each at its place, in its shade, undecided pixels told apart."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

matplotlib.use("agg")
ALT = "Two rows of three small pictures, each with one dark pixel."


def one_dark_pixel_each():
    images = np.zeros((2, 3, 4, 5))
    for k, image in enumerate(images.reshape(6, 4, 5)):
        image.flat[k] = 1.0
    return images


def test_each_picture_stands_at_its_place(displayed):
    """For: rows and columns exchanged, a picture turned or drawn twice."""
    images = one_dark_pixel_each()
    plots.pictures(images, alt=ALT, rows=["a", "b"], columns=[1, 2, 3])
    axes = displayed[0][0].axes[0]
    sheet = np.asarray(axes.images[1].get_array().filled(np.nan))
    whole = sheet[~np.isnan(sheet).all(1)][:, ~np.isnan(sheet).all(0)]
    assert np.array_equal(whole.reshape(2, 4, 3, 5).swapaxes(1, 2), images)
    assert [t.get_text() for t in axes.get_xticklabels()] == ["1", "2", "3"]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b"]


def test_what_is_not_decided_has_a_colour_of_its_own(displayed):
    """For: NaN drawn as paper, or as the gap between two pictures."""
    images = one_dark_pixel_each()
    images[0, 0, 2:] = np.nan
    plots.pictures(images, alt=ALT)
    backdrop = displayed[0][0].axes[0].images[0].get_array()
    assert (backdrop.filled(0) == 1).sum() == np.isnan(images).sum() == 10


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"images": np.zeros((3, 4, 5))}, r"\(N, M, R, C\)"),
        ({"images": np.zeros((0, 3, 4, 5))}, r"\(N, M, R, C\)"),
        ({"columns": ["a"]}, "columns must be 3 names"),
        ({"rows": "abc"}, "rows must be 2 names"),
        ({"alt": "digits"}, "alt must say"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        plots.pictures(**({"images": one_dark_pixel_each(), "alt": ALT} | changes))
    assert not plt.get_fignums()
