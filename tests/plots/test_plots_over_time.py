"""Panels over time and sliders: what is drawn is what was given, and what does not fit is named."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_lib import plots

ALT = "A signal and a gate over ten steps."


def draw(T=10, **changes):
    rows = {"x": np.linspace(-1, 1, T), "gate": np.linspace(0, 1, T)}
    plots.over_time(rows, **({"alt": ALT, "gates": {"gate": "f"}} | changes))


@pytest.mark.parametrize("T", [1, 10, 100])
def test_each_row_is_a_panel_and_a_gate_has_its_colour(displayed, T):
    draw(T, levels={"x": 0.25})
    signal, gate = displayed[0][0].axes
    assert signal.get_ylabel() == "x" and gate.get_ylabel() == "gate"
    assert [bar.get_height() for bar in gate.patches] == np.linspace(0, 1, T).tolist()
    assert (
        plt.matplotlib.colors.to_hex(gate.patches[0].get_facecolor()).upper() == (plots.GATES["f"])
    )
    assert any(line.get_ydata()[0] == 0.25 for line in signal.get_lines())
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    "rows, changes, message",
    [
        ({"a": [1, 2], "b": [1]}, {}, "one length"),
        ({"a": [1, 2]}, {"gates": {"b": "i"}}, "must name a row"),
        ({"a": [1, 2]}, {"levels": {"b": 1.0}}, "must name a row"),
    ],
)
def test_what_does_not_fit_is_named(rows, changes, message):
    with pytest.raises(ValueError, match=message):
        plots.over_time(rows, alt=ALT, **changes)


def test_sliders_draw_again_when_they_are_moved():
    seen = []

    def scene(w, save=None):
        seen.append(w)
        plots.over_time({"x": [w, 2 * w]}, alt=ALT, save=save)

    box = plots.sliders(scene, alt="A signal for one w.", w=(0.0, 4.0, 1.0, 2.0))
    slider, picture = box.children
    before = picture.value
    slider.value = 3.0
    assert seen == [2.0, 3.0] and picture.value != before
    assert 'alt="A signal for one w."' in picture.value
    assert repr(box).startswith("(Sliders for w")


def test_a_memory_decays_as_f_to_the_k(displayed):
    plots.memory_decay([0.5, 1.0], steps=8)
    curves = [line for line in displayed[0][0].axes[0].get_lines() if len(line.get_xdata()) == 9]
    assert np.allclose(curves[0].get_ydata(), 0.5 ** np.arange(9))
    assert (curves[1].get_ydata() == 1).all()


def test_a_forget_gate_beyond_one_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        plots.memory_decay([1.5])


def test_a_picture_can_go_to_a_buffer():
    png = io.BytesIO()
    draw(save=png)
    assert png.getvalue()[:4] == b"\x89PNG"
