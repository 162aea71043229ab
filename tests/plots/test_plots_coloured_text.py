"""Every character stands once, in its place, on the colour of its own number."""

import matplotlib
import numpy as np
import pytest

from lstm_lib import plots

matplotlib.use("agg")
ALT = "A short text, each character on the colour of a number."


def test_characters_and_colours_are_those_given(displayed):
    """For: line ends that take no number, so that all after them are off by one; axes exchanged."""
    text, values = "ab\n\nc", np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    rows = plots.coloured_text(text, values, alt=ALT, label="number")
    assert rows == ["ab⏎", "⏎", "c"]
    axes = displayed[0][0].axes[0]
    tiles = axes.collections[0]
    assert np.array_equal(tiles.get_array(), values)
    corners = [path.vertices[0].tolist() for path in tiles.get_paths()]
    where = [(x + 0.5, y + 0.5) for x, y in corners]
    assert where == [(0, 0), (1, 0), (2, 0), (0, 1), (0, 2)]
    assert {t.get_text(): t.get_position() for t in axes.texts}["c"] == (0, 2)


def test_a_long_line_goes_on_in_the_next_row(displayed):
    rows = plots.coloured_text("x" * 25, np.zeros(25), alt=ALT, label="n", columns=10)
    assert [len(row) for row in rows] == [10, 10, 5]


@pytest.mark.parametrize("text, values", [("abc", [1.0, 2.0]), ("a", [np.nan]), ("", [])])
def test_not_one_number_a_character_is_refused(text, values):
    with pytest.raises(ValueError, match="one finite number"):
        plots.coloured_text(text, values, alt=ALT, label="n")
