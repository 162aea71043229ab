"""The fan draws the intervals it was given, the narrow one inside the wide one."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

matplotlib.use("agg")
X, MIDDLE = np.arange(3), np.array([1.0, 2.0, 3.0])
FAN = {"50 %": (MIDDLE - 1, MIDDLE + 1), "90 %": (MIDDLE - 2, MIDDLE + 2)}
GIVEN = {
    "alt": "A line inside two bands that show where the truth may lie.",
    "xlabel": "hours",
    "ylabel": "°C",
}


def draw(intervals=FAN, **changes):
    plots.fan(X, MIDDLE, intervals, **(GIVEN | changes))


def test_bands_reach_from_low_to_high_and_the_wider_is_paler(displayed):
    """For: low and high exchanged, or a wide interval that hides the narrow one."""
    draw()
    narrow, wide = displayed[0][0].axes[0].collections
    for band, reach in ((narrow, 1), (wide, 2)):
        ends = band.get_paths()[0].vertices[:, 1]
        assert (ends.min(), ends.max()) == (1 - reach, 3 + reach)
    assert narrow.get_alpha() > wide.get_alpha()
    assert not plt.get_fignums()


def test_what_came_is_points_and_a_floor_is_grey(displayed):
    """For: a truth drawn as if it were a second forecast, and a floor in colour."""
    draw(came=MIDDLE + 0.5, floors={"climatology": MIDDLE * 0})
    floor, middle, came = displayed[0][0].axes[0].get_lines()
    assert floor.get_color() == plots.FLOOR and middle.get_color() == plots.COLOURS[0]
    assert came.get_linestyle() == "None" and np.array_equal(came.get_ydata(), MIDDLE + 0.5)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"came": [1.0]}, "came must have 3 values"),
        ({"intervals": {"50 %": (MIDDLE - 1, [1.0])}}, "50 %, end must have 3"),
        ({"intervals": dict(reversed(FAN.items()))}, "around the narrower"),
        ({"intervals": {"50 %": (MIDDLE + 1, MIDDLE - 1)}}, "around the narrower"),
        ({"alt": "plot"}, "alt must say"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        draw(**changes)
    plt.close("all")
