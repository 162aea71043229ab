"""The table in colours shows the numbers it was given, at their place."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

matplotlib.use("agg")
GIVEN = {
    "alt": "Two rows of three fields, brighter to the right.",
    "rows": ["winter", "summer"],
    "columns": [1, 24, 72],
    "xlabel": "lead time, hours",
    "label": "skill",
}
VALUES = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])


def draw(values=VALUES, **changes):
    plots.heat_map(values, **(GIVEN | changes))


def test_each_field_has_its_own_number_and_colour(displayed):
    """For: rows and columns exchanged, or numbers that belong to another field."""
    draw()
    axes = displayed[0][0].axes[0]
    written = {(t.get_position()[1], t.get_position()[0]): t.get_text() for t in axes.texts}
    assert written == {(r, c): f"{VALUES[r, c]:.2f}" for r in range(2) for c in range(3)}
    assert np.array_equal(axes.images[0].get_array(), VALUES)
    assert [t.get_text() for t in axes.get_yticklabels()] == GIVEN["rows"]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["1", "24", "72"]
    assert not plt.get_fignums()


def test_dark_fields_have_white_numbers_and_bright_ones_black(displayed):
    """For: numbers that cannot be read on their own field."""
    draw()
    inks = [text.get_color() for text in displayed[0][0].axes[0].texts]
    assert inks == ["white"] * 3 + ["black"] * 3


def test_limits_hold_for_the_colours(displayed):
    """For: two maps side by side whose colours mean different things."""
    draw(limits=(-1.0, 1.0))
    assert displayed[0][0].axes[0].images[0].get_clim() == (-1.0, 1.0)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"values": VALUES.T}, r"values must be \(2, 3\)"),
        ({"values": np.full((2, 3), np.nan)}, "finite"),
        ({"alt": "plot"}, "alt must say"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        draw(**changes)
    plt.close("all")
