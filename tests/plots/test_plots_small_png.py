"""Stored pictures are small, and still the same pictures."""

import io

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from lstm_lib import plots
from lstm_lib.plots.small_png import small_png

matplotlib.use("agg")


@pytest.fixture
def figure():
    fig, axes = plots.figure()
    for k, colour in enumerate(plots.COLOURS):
        axes.plot(np.arange(50), np.sin(np.arange(50) / 5 + k), color=colour, label=str(k))
    axes.set_title("a title with letters")
    axes.legend()
    yield fig
    plt.close(fig)


def full_colours(fig):
    drawn = io.BytesIO()
    fig.savefig(drawn, format="png", dpi=fig.dpi, bbox_inches="tight", facecolor="white")
    return drawn


def test_it_is_much_smaller_and_looks_the_same(figure):
    """For: a palette that changes colours or size, or a picture that stayed large."""
    large, small = full_colours(figure), io.BytesIO(small_png(figure))
    assert len(small.getvalue()) < 0.5 * len(large.getvalue())
    before, after = (np.asarray(Image.open(f).convert("RGB"), float) for f in (large, small))
    assert before.shape == after.shape
    assert np.abs(before - after).mean() < 2 and np.abs(before - after).max() < 100


def test_the_courses_colours_survive(figure):
    """For: two curves that get one colour."""
    pixels = np.asarray(Image.open(io.BytesIO(small_png(figure))).convert("RGB"), float)
    there = np.unique(pixels.reshape(-1, 3), axis=0)
    for colour in plots.COLOURS:
        wanted = np.array(matplotlib.colors.to_rgb(colour)) * 255
        assert np.abs(there - wanted).max(axis=1).min() < 12, colour


def test_a_notebook_stores_it_with_its_text(monkeypatch):
    """For: a picture whose text for the blind is lost on the way."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    try:
        shell.display_formatter.active_types = ["image/png", "text/plain"]
        with capture_output() as captured:
            plots.lines(
                [0, 1], {"a": [0, 1]}, alt="A line that rises evenly.", xlabel="x", ylabel="y"
            )
        (output,) = captured.outputs
        image = Image.open(io.BytesIO(output.data["image/png"]))
        assert image.mode == "P"
        assert output.metadata["image/png"]["alt"] == "A line that rises evenly."
        assert output.data["text/plain"].startswith("<Figure size")
    finally:
        shell.display_formatter.formatters["image/png"].pop(Figure, None)
        InteractiveShell.clear_instance()
