"""The roofline has its two slopes where the machine has them, and its points where they belong."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

matplotlib.use("agg")
ALT = "A roof that rises and then is flat, with two points under it."
POINTS = {"product": [(0.5, 4.0, "B = 1"), (32.0, 90.0, "B = 64")]}


def draw(**changes):
    options = {"rate": 100.0, "bandwidth": 10.0, "points": POINTS, "alt": ALT} | changes
    plots.roofline(options.pop("rate"), options.pop("bandwidth"), options.pop("points"), **options)


def test_the_roof_turns_where_arithmetic_and_memory_take_equally_long(displayed):
    """For: a roof that turns elsewhere, or linear axes on which a power law is no line."""
    draw()
    axes = displayed[0][0].axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    roof, _, dots = axes.get_lines()
    x, y = np.array(roof.get_xdata()), np.array(roof.get_ydata())
    assert x[1] == 10 and np.allclose(y, np.minimum(100.0, 10.0 * x))
    assert x[0] < 0.5 and x[2] > 32
    assert list(dots.get_xdata()) == [0.5, 32.0] and list(dots.get_ydata()) == [4.0, 90.0]
    assert {"B = 1", "B = 64", "memory limits", "arithmetic limits"} <= {
        t.get_text() for t in axes.texts
    }
    assert not plt.get_fignums()


def test_it_goes_to_a_file(tmp_path):
    draw(save=tmp_path / "roof.png")
    assert (tmp_path / "roof.png").stat().st_size > 1000


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"rate": 0.0}, "rate must be positive"),
        ({"bandwidth": np.nan}, "bandwidth must be positive"),
        ({"points": {"a": [(1.0, -2.0, "x")]}}, "a must be positive"),
        ({"alt": "roof"}, "alt must say"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        draw(**changes)
    plt.close("all")
