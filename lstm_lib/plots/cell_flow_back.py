"""The same step backwards: gradients flow from right to left through the valves as they stood."""

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from lstm_lib.plots.cell_flow import NEEDED, skeleton
from lstm_lib.plots.cell_frame import (
    AT,
    BELT_Y,
    BRANCH,
    BUS_HIGH,
    FILE_DPI,
    GAUGE_TOP,
    LEFT,
    OUT_Y,
    RIGHT,
    Frame,
    agree,
    numbers,
    vectors,
)
from lstm_lib.plots.style import show

GIVEN = ("dx", "dh", "dc", "dh_prev", "dc_prev")


def cell_flow_back(
    values: Mapping,
    grads: Mapping,
    *,
    scale: float | None = None,
    title: str = "",
    save: Path | BinaryIO | None = None,
) -> None:
    """Draw the chain rule through one step: `values` as for `cell_flow`, and the gradients.

    `grads` holds dh and dc, which arrive; dz (4H,) or (1, 4H), of the gates' pre-activations in the
    order i, f, g, o; and dx, dh_prev and dc_prev, which leave. The valves stand as they stood in
    the forward step; where a value was copied, gradients are added, and the other way round. Lanes
    are at most `scale` (the largest gradient drawn, if None). Raises ValueError if the gradients
    are not those of the step (what comes from W and R is not checked).
    """
    v, d = vectors(values, NEEDED), vectors(grads, GIVEN)
    H = len(v["c"])
    dz = dict(zip("ifgo", np.reshape(grads["dz"], (4, H))))
    squashed = np.tanh(v["c"])
    shown = d["dh"] * v["o"]
    through_h = shown * (1 - squashed**2)
    total = d["dc"] + through_h
    agree("dc_prev", d["dc_prev"], total * v["f"])
    agree("dz of i", dz["i"], total * v["g"] * v["i"] * (1 - v["i"]))
    agree("dz of f", dz["f"], total * v["c_prev"] * v["f"] * (1 - v["f"]))
    agree("dz of g", dz["g"], total * v["i"] * (1 - v["g"] ** 2))
    agree("dz of o", dz["o"], d["dh"] * squashed * v["o"] * (1 - v["o"]))
    largest = max(np.abs(a).max() for a in (d["dh"], d["dc"], total, d["dh_prev"], d["dx"]))
    frame = Frame(H, scale or largest or 1.0)

    # The belt, from right to left: dc, plus what comes through h, and on through the valve of f.
    frame.rows(d["dc"], RIGHT, BRANCH, BELT_Y)
    frame.rows(total, BRANCH, AT["f"], BELT_Y)
    frame.rows(d["dc_prev"], AT["f"], LEFT, BELT_Y)
    # dh through the valve of o and tanh, up to the belt; from the belt down through i to g.
    frame.rows(d["dh"], RIGHT, AT["o"], OUT_Y)
    frame.rows(shown, AT["o"], BRANCH, OUT_Y)
    frame.columns(through_h, BRANCH, OUT_Y, BELT_Y)
    frame.columns(total, AT["g"], BELT_Y, OUT_Y)
    frame.columns(total * v["i"], AT["g"], OUT_Y, GAUGE_TOP)
    products = r"$dh_{t-1} = dz\, R \qquad dx_t = dz\, W$"
    frame.bus(products, "dh_{t-1}", d["dh_prev"], "dx_t", d["dx"], -1)
    size = max(np.abs(a).max() for a in dz.values()) or 1.0
    for gate in "figo":
        frame.gauge(gate, dz[gate], signed=True, size=size, title=f"$dz_{gate}$")
        frame.triangle(AT[gate], BUS_HIGH + 0.42, (0, -1))
    # dz contains the slope, so the slope stands before the box; and how far each valve is open.
    for gate in "fio":
        frame.triangle(AT[gate], GAUGE_TOP + 0.36, (0, -1))
        frame.say(AT[gate] - 0.25, GAUGE_TOP + 0.3, "σ′", size=11, ha="right")
    frame.say(AT["g"] - frame.half - 0.12, GAUGE_TOP + 0.3, "tanh′", size=11, ha="right")
    opening = {gate: f"${gate}$ = {numbers(v[gate])}" for gate in "fio"}
    frame.say(AT["f"] - 0.2, OUT_Y + 0.45, opening["f"], size=11, ha="right")
    frame.say(AT["g"] - frame.half - 0.2, OUT_Y + 0.45, opening["i"], size=11, ha="right")
    frame.say(AT["o"] + 0.22, GAUGE_TOP + 0.3, opening["o"], size=11, ha="left")
    skeleton(frame, v, squash="tanh′")
    frame.station(BRANCH, BELT_Y, "+")
    frame.station(AT["g"], BELT_Y, "copy")
    frame.heads(d["dc_prev"], LEFT, BELT_Y, -1)
    frame.listing(d["dc_prev"], LEFT - 0.45, BELT_Y, "right")
    frame.listing(d["dc"], RIGHT + 0.25, BELT_Y, "left")
    frame.listing(d["dh"], RIGHT + 0.25, OUT_Y, "left")
    above = BELT_Y + frame.half + 0.55
    frame.say(LEFT - 0.2, above, "$dc_{t-1}$", size=15, ha="right")
    frame.say((AT["f"] + AT["g"]) / 2, above, f"dc_both = {numbers(total)}", size=12)
    frame.say(RIGHT + 0.25, above, "$dc_t$", size=15, ha="left")
    frame.say(RIGHT + 0.25, OUT_Y + frame.half + 0.35, "$dh_t$", size=15, ha="left")
    if title:
        frame.ax.set_title(title)
    show(frame.fig, describe(v, d, dz, total), save, FILE_DPI if isinstance(save, Path) else None)


def describe(v: Mapping, d: Mapping, dz: Mapping, total: np.ndarray) -> str:
    """The alt text of a step backwards."""
    gates = "; ".join(f"{gate} {numbers(dz[gate])}" for gate in "ifgo")
    return (
        f"One LSTM step backwards. The gradient of h, {numbers(d['dh'])}, and that of c, "
        f"{numbers(d['dc'])}, arrive from the right and add up to {numbers(total)} on the belt. "
        f"After the forget gate, open to {numbers(v['f'])}, {numbers(d['dc_prev'])} is left for "
        f"the step before. The gates' pre-activations get: {gates}."
    )
