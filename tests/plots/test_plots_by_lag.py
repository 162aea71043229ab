"""The picture of a gradient against the lag draws what it was given, and refuses the rest."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

matplotlib.use("agg")
ALT = "Two lines that fall from one, the dashed one faster."
DECAY = np.array([[1.0, 0.5, 0.25], [1.0, 0.5, 0.04]])


def draw(measured=None, **changes):
    plots.by_lag(measured or {"a": DECAY}, **({"alt": ALT, "ylabel": "share"} | changes))


def test_the_mean_is_geometric_the_band_is_the_range_and_dashes_keep_the_colour(displayed):
    draw(direct={"a": DECAY**2})
    axes = displayed[0][0].axes[0]
    _, mean, dashed, _ = axes.get_lines()
    assert axes.get_yscale() == "log"
    assert np.allclose(mean.get_ydata(), [1, 0.5, 0.1])
    assert np.allclose(dashed.get_ydata(), [1, 0.25, 0.01])
    assert mean.get_color() == dashed.get_color() and dashed.get_linestyle() == "--"
    edges = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert edges.min() == 0.04 and edges.max() == 1
    assert not plt.get_fignums()


def test_it_goes_to_a_file(tmp_path):
    draw(save=tmp_path / "lag.png")
    assert (tmp_path / "lag.png").stat().st_size > 1000


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"direct": {"b": DECAY}}, "direct must belong"),
        ({"measured": {"a": DECAY[0]}}, r"a must be \(seeds, K\)"),
        ({"measured": {"a": DECAY * 0}}, "positive"),
        ({"alt": "plot"}, "alt must say"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        draw(**changes)
    plt.close("all")
