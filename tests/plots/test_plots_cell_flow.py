"""The picture of one step shows the numbers it was given, and only numbers of one step."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.image import imread
from PIL import Image

from lstm_lib import plots
from lstm_lib.plots.cell_frame import AT, number, numbers
from lstm_lib.plots.emblem import FOLDER, R, W, emblem, emblem_values
from lstm_lib.scratch import cell

matplotlib.use("agg")


def a_step(H: int, I: int = 2):
    """Values and gradients of one step of the library's cell."""
    rng = np.random.default_rng(H)
    h0, c0, dh, dc = rng.normal(size=(4, 1, H))
    params = cell.init(I, H, seed=H, dtype=np.float64)
    h, c, tape = cell.step(rng.normal(size=(1, I)), h0, c0, params)
    grads, dx, (dh0, dc0) = cell.step_backward(dh, dc, tape)
    values = {n: getattr(tape, n) for n in ("x", "h_prev", "c_prev", "i", "f", "g", "o")}
    d = {"dh": dh, "dc": dc, "dz": grads["b"], "dx": dx, "dh_prev": dh0, "dc_prev": dc0}
    return values | {"c": c, "h": h}, d


def texts(fig):
    return [text.get_text() for text in fig.axes[0].texts]


@pytest.mark.parametrize("H", [1, 2, 3])
def test_every_value_of_the_step_stands_in_the_picture(displayed, H):
    values, _ = a_step(H)
    plots.cell_flow(values)
    fig, metadata = displayed[0]
    wanted = sorted(number(x) for array in values.values() for x in array.flat)
    assert sorted(t for t in texts(fig) if t[-1].isdigit()) == wanted
    for name in ("c_prev", "i", "f", "g", "o", "c", "h"):
        assert number(values[name].flat[0]) in metadata["image/png"]["alt"]
    assert not plt.get_fignums()


@pytest.mark.parametrize("H", [1, 2, 3])
def test_every_gradient_of_the_step_stands_in_the_picture(displayed, H):
    values, grads = a_step(H)
    plots.cell_flow_back(values, grads)
    wanted = [number(x) for array in grads.values() for x in array.flat]
    slope = values["o"] * (1 - np.tanh(values["c"]) ** 2)
    wanted.append("dc_both = " + numbers(np.ravel(grads["dc"] + grads["dh"] * slope)))
    wanted += [f"${gate}$ = {numbers(values[gate].flat)}" for gate in "fio"]
    assert sorted(t for t in texts(displayed[0][0]) if t[-1].isdigit()) == sorted(wanted)


def test_lanes_are_as_thick_as_values_and_coloured_by_their_sign(displayed):
    values, _ = a_step(1)
    plots.cell_flow(values, scale=2.0)
    patches = [p for p in displayed[0][0].axes[0].patches if p.get_zorder() == 2]
    lanes = [p for p in patches if hasattr(p, "get_height") and p.get_linewidth() == 0]
    before, after = lanes[:2]
    kept = float((values["f"] * values["c_prev"])[0, 0])
    ratio = after.get_height() / before.get_height()
    assert ratio == pytest.approx(abs(kept / float(values["c_prev"][0, 0])))
    sign = "#22313F" if kept > 0 else "#D55E00"
    assert before.get_facecolor() == matplotlib.colors.to_rgba(sign)


def test_values_of_different_steps_are_refused(displayed):
    values, grads = a_step(2)
    with pytest.raises(ValueError, match="c does not belong to this step"):
        plots.cell_flow(values | {"f": values["f"] / 2})
    with pytest.raises(ValueError, match="h does not belong"):
        plots.cell_flow(values | {"h": values["c"]})
    wrong = grads | {"dc_prev": grads["dc"]}
    with pytest.raises(ValueError, match="dc_prev does not belong"):
        plots.cell_flow_back(values, wrong)
    without_slope = grads | {"dz": 4 * grads["dz"]}
    with pytest.raises(ValueError, match="dz of i does not belong"):
        plots.cell_flow_back(values, without_slope)
    plt.close("all")


@pytest.mark.parametrize(
    "change, message",
    [
        ({"c": None}, "missing: c"),
        ({"i": np.ones((2, 2))}, "i must be .* one sequence; got"),
        ({"i": np.ones(3)}, "i must have 2 values"),
        ({"x": np.ones(5)}, "x must have 1 to 4 values"),
    ],
)
def test_what_cannot_be_drawn_is_named(change, message):
    values = a_step(2)[0] | change
    values = {name: array for name, array in values.items() if array is not None}
    with pytest.raises(ValueError, match=message):
        plots.cell_flow(values)


def test_the_emblem_is_a_step_of_the_library():
    v, d = emblem_values()
    i, f, g, o = (v[gate] for gate in "ifgo")
    z = np.concatenate(
        [np.log(i / (1 - i)), np.log(f / (1 - f)), np.arctanh(g), np.log(o / (1 - o))]
    )
    params = {"W": W, "R": R, "b": z - W @ v["x"] - R @ v["h_prev"]}
    h, c, tape = cell.step(v["x"][None], v["h_prev"][None], v["c_prev"][None], params)
    assert np.allclose(h[0], v["h"]) and np.allclose(c[0], v["c"])
    grads, dx, (dh, dc) = cell.step_backward(d["dh"][None], d["dc"][None], tape)
    assert np.allclose(grads["b"], d["dz"])
    for got, name in ((dx, "dx"), (dh, "dh_prev"), (dc, "dc_prev")):
        assert np.allclose(got[0], d[name])


@pytest.mark.parametrize("name", ["forward.png", "backward.png"])
def test_the_committed_emblem_is_what_is_drawn_now(tmp_path, name):
    emblem(tmp_path)
    stored, drawn = Image.open(FOLDER / name), Image.open(tmp_path / name)
    assert stored.text["Description"] == drawn.text["Description"]
    assert stored.size == drawn.size
    difference = np.abs(imread(FOLDER / name) - imread(tmp_path / name))
    assert difference.mean() < 0.01  # another version of a font may move an edge


@pytest.mark.parametrize("gate, reached", [("f", True), ("i", True), ("g", True), ("o", False)])
def test_what_a_gate_cannot_move_is_pale(displayed, gate, reached):
    """For: a veil over what does change, or none over the weights, which no gate moves."""
    values, _ = a_step(2)
    plots.cell_flow(values, moved=gate)
    fig, _ = displayed[0]
    boxes = [p.get_extents().transformed(fig.axes[0].transData.inverted()) for p in veils(fig)]

    def pale(x, y):
        return any(b.x0 < x < b.x1 and b.y0 < y < b.y1 for b in boxes)

    assert pale(8, 0.7) and not pale(14, 5.6)
    assert pale(13.5, 8) != reached
    assert not pale(AT[gate], 3) and all(pale(AT[other], 3) for other in set("ifgo") - {gate})
    with pytest.raises(ValueError, match="moved must be"):
        plots.cell_flow(values, moved="c")


def veils(fig):
    return [p for p in fig.axes[0].patches if p.get_alpha() and p.get_zorder() == 7]
