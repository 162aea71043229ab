"""The block and the tables of the layer: what is picked has its colour, padding is hatched."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

ALT = "A block of steps, sequences and features."


PICKS = {"step": (1, None, None), "sequence": (None, 0, None), "feature": (None, None, 2)}


def test_each_pick_is_drawn_and_only_what_is_picked_is_framed(displayed):
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    plots.block(x, PICKS, axes="TBI", alt=ALT)
    assert len(displayed[0][0].axes) == len(PICKS)  # two in a row, and no empty fourth
    for ax, sizes in zip(displayed[0][0].axes, ((2, 3), (5, 3), (5, 2))):
        faces = ax.collections[0]
        assert len(faces.get_paths()) == 3 * x.size
        dark = np.isclose(faces.get_edgecolors()[:, 0], 0x30 / 255)
        assert dark.sum() == 3 * np.prod(sizes)
        texts = [text.get_text() for text in ax.texts]
        assert {"T = 5", "B = 2", "I = 3"} <= set(texts)
    assert not plt.get_fignums()


def test_a_slice_is_pulled_apart_so_that_its_cells_are_seen(displayed):
    x = np.ones((5, 2, 3))
    plots.block(x, {"step": (1, None, None), "all": (None, None, None)}, alt=ALT)
    reach = [ax.collections[0].get_datalim(ax.transData).x1 for ax in displayed[0][0].axes]
    assert reach[0] > reach[1]


@pytest.mark.parametrize(
    "array, picks, message",
    [
        (np.ones((2, 3)), PICKS, "three-dimensional"),
        (np.ones((5, 2, 3)), {"a": (5, None, None)}, "is not in the shape"),
        (np.ones((5, 2, 3)), {"a": (1, None)}, "is not in the shape"),
    ],
)
def test_what_does_not_fit_a_block_is_named(array, picks, message):
    with pytest.raises(ValueError, match=message):
        plots.block(array, picks, alt=ALT)


def test_tables_show_numbers_where_there_is_data(displayed):
    table = np.arange(6.0).reshape(3, 2)
    mask = np.array([[1, 1], [1, 0], [1, 0]], bool)
    plots.time_by_batch({"a": table}, mask=mask, mark=(0, 1), labels=".0f", alt=ALT)
    (ax,) = displayed[0][0].axes
    assert np.array_equal(ax.images[0].get_array(), table.T)
    assert sorted(text.get_text() for text in ax.texts) == ["0", "1", "2", "4"]
    assert len([p for p in ax.patches if p.get_hatch()]) == 2


@pytest.mark.parametrize(
    "tables, changes, message",
    [
        ({"a": np.ones((2, 3)), "b": np.ones((3, 2))}, {}, "one shape"),
        ({"a": np.ones(3)}, {}, "one shape"),
        ({"a": np.ones((2, 3))}, {"mask": np.ones((3, 2))}, "mask must be"),
    ],
)
def test_what_does_not_fit_a_table_is_named(tables, changes, message):
    with pytest.raises(ValueError, match=message):
        plots.time_by_batch(tables, alt=ALT, **changes)
    plt.close("all")
