"""Pictures carry their text, refuse what does not fit, and leave no figure open."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

matplotlib.use("agg")
ALT = "A line that rises from zero to nine."


def draw(**changes):
    arguments = {"alt": ALT, "xlabel": "x", "ylabel": "y"} | changes
    plots.lines(np.arange(10), {"a": np.arange(10.0)}, **arguments)


def test_the_text_is_in_the_image_metadata_and_the_figure_is_closed(displayed):
    draw()
    assert displayed[0][1] == {"image/png": {"alt": ALT}}
    assert not plt.get_fignums()


def test_what_is_drawn_is_what_was_given(displayed):
    draw(floors={"floor": np.full(10, 3.0)}, bands={"a": (np.zeros(10), np.full(10, 9.0))})
    axes = displayed[0][0].axes[0]
    floor, curve = axes.get_lines()
    assert np.array_equal(curve.get_ydata(), np.arange(10.0))
    assert floor.get_color() == plots.FLOOR and (floor.get_ydata() == 3).all()


def test_a_floor_keeps_its_style_wherever_it_stands(displayed):
    """For: a floor that is dashed in one picture and dotted in the next."""
    both = {"one": np.zeros(10), "two": np.ones(10)}
    for floors in (both, {"two": np.ones(10)}):
        draw(floors=floors, dashes={"two": ":"})
    styles = [
        figure.axes[0].get_lines()[k].get_linestyle() for k, (figure, _) in zip((1, 0), displayed)
    ]
    assert styles == [":", ":"]
    assert displayed[0][0].axes[0].get_lines()[0].get_linestyle() == "-"


def test_an_axis_may_be_logarithmic(displayed):
    draw(log="x", xticks=[1, 2, 4, 8])
    axes = displayed[0][0].axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "2", "4", "8"]


def test_points_are_marked_and_not_joined(displayed):
    draw(points={"end": ([9], [4.0])}, ylim=(0, 20))
    axes = displayed[0][0].axes[0]
    curve, point = axes.get_lines()
    assert point.get_xydata().tolist() == [[9.0, 4.0]] and point.get_linestyle() == "None"
    assert point.get_color() == plots.COLOURS[1] and curve.get_color() == plots.COLOURS[0]
    assert axes.get_ylim() == (0, 20)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "end"]


def test_panels_of_intervals_share_their_rows_and_are_grey_at_no_difference(displayed):
    ratios = {"a": (2.0, 1.5, 2.5), "b": (1.0, 0.9, 1.2)}
    wild = {"a": (3.0, -9.0, 15.0), "b": (0.8, 0.7, 0.9)}  # an end that a logarithm cannot show
    plots.interval_panels({"one": ratios, "two": wild}, alt=ALT, xlabel="ratio")
    first, second = displayed[0][0].axes
    bars = first.get_lines()[1::2]
    assert [bar.get_color() for bar in bars] == [plots.COLOURS[0], plots.FLOOR]
    assert first.get_xscale() == second.get_xscale() == "log"
    assert 0.3 < second.get_xlim()[0] < 0.7 and second.get_xlim()[1] > 15
    with pytest.raises(ValueError, match=r"two must have the rows \['a', 'b'\]; got \['b'\]"):
        plots.interval_panels({"one": ratios, "two": {"b": (1, 1, 1)}}, alt=ALT, xlabel="ratio")


def test_intervals_that_hold_the_reference_are_grey(displayed):
    rows = {"tie": (0.1, -0.2, 0.4), "better": (-0.5, -0.6, -0.4)}
    plots.intervals(rows, alt=ALT, xlabel="difference")
    lines = displayed[0][0].axes[0].get_lines()
    assert lines[1].get_color() == plots.FLOOR and lines[3].get_color() != plots.FLOOR


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"alt": "plot"}, "alt must say"),
        ({"floors": {"f": np.ones(3)}}, "f must have 10 values"),
        ({"points": {"p": ([1, 2], [3.0])}}, "p must have as many y as x"),
        ({"bands": {"b": (np.ones(10), np.ones(10))}}, "bands must belong"),
    ],
)
def test_what_does_not_fit_is_named(displayed, changes, message):
    with pytest.raises(ValueError, match=message):
        draw(**changes)
    plt.close("all")


def test_an_interval_must_hold_its_estimate(displayed):
    with pytest.raises(ValueError, match="does not hold"):
        plots.intervals({"a": (5.0, 0.0, 1.0)}, alt=ALT, xlabel="x")
    plt.close("all")


def test_the_four_gates_have_four_colours():
    assert len(set(plots.GATES.values())) == 4 and set(plots.GATES) == set("ifgo")


def test_a_wrong_answer_is_drawn_below_its_own_input(monkeypatch):
    """The picture once showed another input than the text, without a name."""
    drawn = []
    monkeypatch.setattr("matplotlib.pyplot.close", lambda figure: drawn.append(figure))
    signal = np.array([0.5, -1.0, 2.0])
    html = plots.expected_and_got(signal / 2, signal, {"signal": signal})
    above, below = drawn[0].axes
    assert np.array_equal(above.get_lines()[0].get_ydata(), signal)
    assert [text.get_text() for text in above.get_legend().get_texts()] == ["signal"]
    assert [line.get_ydata().tolist() for line in below.get_lines()[:2]] == [
        (signal / 2).tolist(),
        signal.tolist(),
    ]
    assert "3 of 3 differ" in html and "Above them the input: signal." in html
    monkeypatch.undo()
    plt.close("all")
