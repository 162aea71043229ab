"""The gradient map shows what it was given, keeps exact zeros apart, and names the future."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

matplotlib.use("agg")
ALT = "A triangle of gradients that fade with the distance."


def test_values_are_drawn_and_exact_zeros_are_left_out(displayed):
    norms = np.tril(0.5 ** np.arange(36.0).reshape(6, 6) + 1e-30)
    plots.gradient_map(norms, alt=ALT, events=[3])
    fig, metadata = displayed[0]
    drawn = fig.axes[0].get_images()[0].get_array()
    assert np.array_equal(drawn.mask, norms == 0)
    assert np.array_equal(drawn.data[~drawn.mask], norms[norms > 0])
    assert fig.axes[0].get_lines()[0].get_xdata()[0] == 2.5
    assert "the future" in fig.axes[0].texts[0].get_text()
    assert metadata["image/png"]["alt"] == ALT and not plt.get_fignums()


def test_a_future_that_is_not_zero_is_not_called_so(displayed):
    plots.gradient_map(np.ones((5, 5)), alt=ALT)
    assert not displayed[0][0].axes[0].texts


@pytest.mark.parametrize("norms", [np.ones((3, 4)), np.ones(3), -np.ones((3, 3))])
def test_only_squares_of_norms_are_drawn(norms):
    with pytest.raises(ValueError, match="norms must be"):
        plots.gradient_map(norms, alt=ALT)
