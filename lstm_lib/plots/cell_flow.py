"""One step of an LSTM as a flow of its own numbers: the course's emblem."""

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from lstm_lib.plots.cell_frame import (
    AT,
    BELT_Y,
    BRANCH,
    BUS_HIGH,
    FILE_DPI,
    GAUGE_BOTTOM,
    GAUGE_HALF,
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

NEEDED = ("x", "h_prev", "c_prev", "i", "f", "g", "o", "c", "h")


def cell_flow(
    values: Mapping,
    *,
    scale: float | None = None,
    title: str = "",
    moved: str = "",
    save: Path | BinaryIO | None = None,
) -> None:
    """Draw one step from its values: x (I,) and h_prev, c_prev, i, f, g, o, c, h, (H,) or (1, H).

    The belt of c runs across the top, through the valve of f and past the junction with i ⊙ g; a
    copy goes through tanh and the valve of o to h. Lanes are as thick as values are large: at most
    `scale` (the largest value drawn, at least 1, if None; fix it for a slider). A multiplication is
    marked ×. With `moved`, "i", "f", "g" or "o", all that this gate cannot move is pale. The alt
    text is written from the values. Raises ValueError if they are not the values of one step.
    """
    if moved and moved not in AT:
        raise ValueError(f'moved must be "i", "f", "g" or "o"; got {moved!r}')
    v = vectors(values, NEEDED)
    kept, new = v["f"] * v["c_prev"], v["i"] * v["g"]
    agree("c", v["c"], kept + new)
    squashed = np.tanh(v["c"])
    agree("h", v["h"], v["o"] * squashed)
    flows = [v["c_prev"], v["c"], new, kept]
    frame = Frame(len(v["c"]), scale or max(1.0, *(np.abs(a).max() for a in flows)))

    # The belt: c₋₁, through the valve of f, past the sum with i ⊙ g, to c.
    frame.rows(v["c_prev"], LEFT, AT["f"], BELT_Y)
    frame.rows(kept, AT["f"], AT["g"], BELT_Y)
    frame.rows(v["c"], AT["g"], RIGHT, BELT_Y)
    frame.columns(v["g"], AT["g"], GAUGE_TOP, OUT_Y)
    frame.columns(new, AT["g"], OUT_Y, BELT_Y)
    # A copy of c through tanh and the valve of o to h.
    frame.columns(v["c"], BRANCH, OUT_Y, BELT_Y)
    frame.rows(squashed, BRANCH, AT["o"], OUT_Y)
    frame.rows(v["h"], AT["o"], RIGHT, OUT_Y)
    # The four gates, each fed by the matrix product of x and h₋₁.
    frame.bus(r"$z = W x + R\, h_{t-1} + b$", "h_{t-1}", v["h_prev"], "x_t", v["x"], 1)
    for gate in "figo":
        frame.gauge(gate, v[gate], signed=gate == "g")
        frame.triangle(AT[gate], BUS_HIGH + 0.1, (0, 1))
        sign = "tanh" if gate == "g" else "σ"
        frame.say(AT[gate] + 0.32, (BUS_HIGH + GAUGE_BOTTOM) / 2, sign, size=11, ha="left")
    skeleton(frame, v)
    frame.station(AT["g"], BELT_Y, "+")
    frame.station(BRANCH, BELT_Y, "copy")
    # What comes in and goes out, and the two products on the way.
    frame.listing(v["c_prev"], LEFT - 0.25, BELT_Y, "right")
    frame.listing(v["c"], RIGHT + 0.55, BELT_Y, "left")
    frame.listing(v["h"], RIGHT + 0.55, OUT_Y, "left")
    above = BELT_Y + frame.half + 0.55
    frame.say(LEFT - 0.25, above, "$c_{t-1}$", size=15, ha="right")
    frame.say((AT["f"] + AT["g"]) / 2, above, r"$f \odot c_{t-1}$", size=14)
    frame.say(RIGHT + 0.55, above, "$c_t$", size=15, ha="left")
    frame.say(AT["g"] - frame.half - 0.2, 6.55, r"$i \odot g$", size=14, ha="right")
    frame.say(RIGHT + 0.55, OUT_Y + frame.half + 0.35, "$h_t$", size=15, ha="left")
    frame.heads(v["c"], RIGHT, BELT_Y, 1)
    frame.heads(v["h"], RIGHT, OUT_Y, 1)
    if moved:
        fade(frame, moved)
    if title:
        frame.ax.set_title(title)
    show(frame.fig, describe(v), save, FILE_DPI if isinstance(save, Path) else None)


def fade(frame: Frame, gate: str) -> None:
    """Make pale what does not depend on this gate."""
    low, high = BELT_Y - frame.half - 0.2, BELT_Y + frame.half + 0.9
    frame.pale(AT["f"] - GAUGE_HALF, 16.2, -0.7, BUS_HIGH + 0.05)
    frame.pale(-0.8, AT["f"] - GAUGE_HALF - 0.08, -0.7, 3)
    for other in "figo":
        if other != gate:
            left, right = AT[other] - GAUGE_HALF - 0.06, AT[other] + GAUGE_HALF + 0.06
            frame.pale(left, right, BUS_HIGH + 0.05, GAUGE_TOP + 0.06)
    frame.pale(-0.2, AT["f"] - 0.25, low, high)
    if gate != "f":
        frame.pale(AT["f"] - 0.25, AT["f"] + 0.25, GAUGE_TOP + 0.06, low)
        frame.pale(AT["f"] - 0.25, AT["g"] - frame.half - 0.1, low, high)
    if gate in "fo":
        frame.pale(AT["i"] - 0.2, AT["g"] + frame.half + 0.5, GAUGE_TOP + 0.06, low)
    if gate == "o":
        frame.pale(AT["g"] - frame.half - 0.1, 16.2, low, high)
        frame.pale(BRANCH - 0.85, AT["o"] - 0.25, OUT_Y - 0.85, low)


def skeleton(frame: Frame, v: Mapping, squash: str = "tanh") -> None:
    """The valves with their wires, and tanh: the same in both directions."""
    frame.wire("f", [(AT["f"], GAUGE_TOP), (AT["f"], BELT_Y - frame.half)])
    frame.wire("i", [(AT["i"], GAUGE_TOP), (AT["i"], OUT_Y), (AT["g"] - frame.half, OUT_Y)])
    frame.wire("o", [(AT["o"], GAUGE_TOP), (AT["o"], OUT_Y - frame.half)])
    frame.valve("f", v["f"], AT["f"], BELT_Y, across=False)
    frame.valve("i", v["i"], AT["g"], OUT_Y, across=True)
    frame.valve("o", v["o"], AT["o"], OUT_Y, across=False)
    frame.station(BRANCH, OUT_Y, squash)


def describe(v: Mapping) -> str:
    """The alt text of a step."""
    return (
        f"One LSTM step as a flow. The cell state enters with {numbers(v['c_prev'])}; the forget "
        f"gate is open to {numbers(v['f'])}; the input gate, {numbers(v['i'])}, lets in the "
        f"candidate {numbers(v['g'])}; the cell state leaves with {numbers(v['c'])}. The output "
        f"gate, {numbers(v['o'])}, shows {numbers(v['h'])} of it as h."
    )
