"""What the two pictures of one LSTM step share: where everything stands, and how a flow looks.

Values flow in lanes, one for each hidden unit. A lane is as thick as its value is large, dark where
the value is positive and vermilion where it is negative. Gates are valves across the lanes, open as
far as their value says.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle

from lstm_lib.plots.style import GATES, figure

PLUS, MINUS, EMPTY = "#22313F", "#D55E00", "#C9CED3"
BELT, INK = "#EEF1F4", "#22313F"
# The picture is 16 wide.
PITCHES = {1: 0.95, 2: 0.72, 3: 0.56}  # from lane to lane, by the number of units
BELT_Y, OUT_Y = 8.0, 5.6  # the belt of c; the lanes of h and the valve of i
LEFT, RIGHT = 1.6, 14.25  # where the lanes begin and end
AT = {"f": 3.88, "i": 6.63, "g": 9.38, "o": 13.08}  # the four gates
BRANCH = 11.4  # where c leaves the belt for h
GAUGE_BOTTOM, GAUGE_LOW, GAUGE_HIGH, GAUGE_TOP = 1.85, 2.5, 3.62, 4.3
GAUGE_HALF = 1.32
BUS_LOW, BUS_HIGH = 0.1, 1.3  # the matrix product
NAMES = {"i": "input", "f": "forget", "g": "candidate", "o": "output"}
MOST_UNITS = 3
FILE_DPI = 150  # a file may be looked at in any size


def number(value: float) -> str:
    """Two decimals, and a real minus; no minus before zero.

    >>> number(-0.256), number(-0.001)
    ('−0.26', '0.00')
    """
    return f"{round(float(value), 2) + 0.0:.2f}".replace("-", "−")


def numbers(values: Sequence[float]) -> str:
    """Several numbers in a sentence.

    >>> numbers([1, -2])
    '1.00, −2.00'
    """
    return ", ".join(map(number, values))


def vectors(values: Mapping, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The arrays of one step as vectors (H,); x and dx may have another length.

    (H,) or (1, H) each. Raises ValueError for a name that is missing, a batch, or unequal lengths.
    """
    if missing := [name for name in names if name not in values]:
        raise ValueError(f"values must hold {', '.join(names)}; missing: {', '.join(missing)}")
    by_name = {}
    for name in names:
        array = np.asarray(values[name], float)
        if array.ndim > 2 or (array.ndim == 2 and len(array) != 1):
            raise ValueError(f"{name} must be (H,) or (1, H), one sequence; got {array.shape}")
        by_name[name] = array.reshape(-1)
    H = len(by_name[names[-1]])
    for name, array in by_name.items():
        if name not in ("x", "dx") and len(array) != H:
            raise ValueError(f"{name} must have {H} values, as {names[-1]} has; got {len(array)}")
        most = 4 if name in ("x", "dx") else MOST_UNITS
        if not 1 <= len(array) <= most:
            raise ValueError(f"{name} must have 1 to {most} values to be drawn; got {len(array)}")
    return by_name


def agree(name: str, given: np.ndarray, computed: np.ndarray) -> None:
    """Raises ValueError if a value is not what the others of the same step make of it."""
    if not np.allclose(given, computed, rtol=1e-5, atol=1e-6):
        raise ValueError(
            f"{name} does not belong to this step: {numbers(given)}, but the other values make it "
            f"{numbers(computed)}"
        )


class Frame:
    """An empty picture of one step for H units; lanes are `scale` at their thickest."""

    def __init__(self, H: int, scale: float):
        self.H, self.scale, self.pitch = H, scale, PITCHES[H]
        self.half = H * self.pitch / 2
        self.fig, self.ax = figure(width=7.6, height=4.95)
        self.ax.set(xlim=(0, 16), ylim=(-0.7, 9.72), aspect="equal")
        self.ax.axis("off")
        low, high = BELT_Y - self.half - 0.12, BELT_Y + self.half + 0.12
        self.box(LEFT - 0.1, low, RIGHT + 0.4, high, BELT, edge="none", z=0)

    def offsets(self, n: int | None = None, pitch: float | None = None) -> np.ndarray:
        """Distances of n lanes from their middle, (n,)."""
        n = n or self.H
        return (np.arange(n) - (n - 1) / 2) * (pitch or self.pitch)

    @property
    def thickest(self) -> float:
        return 0.8 * self.pitch

    def rows(self, values, x0: float, x1: float, y: float, pitch: float | None = None) -> None:
        """Horizontal lanes, the first unit at the top."""
        for value, dy in zip(values, self.offsets(len(values), pitch)):
            self.lane(x0, x1, y - dy, value, False, 0.8 * (pitch or self.pitch))

    def columns(self, values, x: float, y0: float, y1: float) -> None:
        """Vertical lanes, the first unit on the left."""
        for value, dx in zip(values, self.offsets(len(values))):
            self.lane(y0, y1, x + dx, value, True, self.thickest)

    def lane(self, start, end, middle, value, across: bool, thickest: float) -> None:
        wanted = thickest * min(abs(value) / self.scale, 1.0)
        w, faint = max(wanted, 0.04), wanted < 0.004
        colour = EMPTY if faint else PLUS if value > 0 else MINUS
        low, high = min(start, end), max(start, end)
        corner = (middle - w / 2, low) if across else (low, middle - w / 2)
        size = (w, high - low) if across else (high - low, w)
        self.ax.add_patch(Rectangle(corner, *size, color=colour, linewidth=0, zorder=2))

    def heads(self, values, x: float, y: float, way: int, pitch: float | None = None) -> None:
        """The points of horizontal lanes: where they flow to, 1 right, −1 left."""
        for value, dy in zip(values, self.offsets(len(values), pitch)):
            wide = 0.8 * (pitch or self.pitch) * min(abs(value) / self.scale, 1.0)
            colour = EMPTY if wide < 0.004 else PLUS if value > 0 else MINUS
            self.triangle(x, y - dy, (way, 0), max(0.15, wide / 2 + 0.05), colour)

    def triangle(self, x, y, way: tuple[int, int], half: float = 0.17, colour: str = INK) -> None:
        (a, b), long = way, 0.34
        points = [(x - b * half, y - a * half), (x + a * long, y + b * long)]
        points.append((x + b * half, y + a * half))
        self.ax.add_patch(Polygon(points, closed=True, color=colour, linewidth=0, zorder=5))

    def valve(self, gate: str, values, x: float, y: float, across: bool) -> None:
        """A wall across H lanes, with a slot in each as wide as the gate is open."""
        thick, colour = 0.4, GATES[gate]
        corner, size = (x - thick / 2, y - self.half), (thick, 2 * self.half)
        if across:
            corner, size = (x - self.half, y - thick / 2), size[::-1]
        self.ax.add_patch(Rectangle(corner, *size, fill=False, edgecolor=colour, zorder=4))
        for value, d in zip(values, self.offsets()):
            shut = (self.pitch - self.thickest * min(max(value, 0.0), 1.0)) / 2
            middle = x + d if across else y - d
            for edge in (middle - self.pitch / 2, middle + self.pitch / 2 - shut):
                corner = (edge, y - thick / 2) if across else (x - thick / 2, edge)
                size = (shut, thick) if across else (thick, shut)
                self.ax.add_patch(Rectangle(corner, *size, color=colour, linewidth=0, zorder=4))
        sign = (x + self.half + 0.3, y) if across else (x - 0.45, y + self.half + 0.3)
        self.say(*sign, "×", size=17, colour=colour, weight="bold")

    def pale(self, x0: float, x1: float, y0: float, y1: float) -> None:
        """What stands in this box is not what the picture is about."""
        self.ax.add_patch(
            Rectangle((x0, y0), x1 - x0, y1 - y0, color="white", alpha=0.78, linewidth=0, zorder=7)
        )

    def wire(self, gate: str, points: Sequence[tuple[float, float]]) -> None:
        """From a gate's gauge to its valve."""
        self.ax.plot(*zip(*points), color=GATES[gate], linewidth=2.2, zorder=1.5)

    def box(self, x0, y0, x1, y1, colour="white", edge=INK, z=3.0, round_=0.18) -> None:
        self.ax.add_patch(
            FancyBboxPatch(
                (x0, y0),
                x1 - x0,
                y1 - y0,
                boxstyle=f"round,pad=0,rounding_size={round_}",
                facecolor=colour,
                edgecolor=edge,
                linewidth=1.3,
                zorder=z,
            )
        )

    def station(self, x: float, y: float, sign: str) -> None:
        """A box in which lanes meet ("+"), part ("copy") or are squashed ("tanh")."""
        half = max(self.half, 0.6)
        self.box(x - half, y - half, x + half, y + half)
        self.say(x, y, sign, size=22 if sign == "+" else 12)

    def bus(self, formula: str, h_name: str, h, x_name: str, x, way: int) -> None:
        """The matrix product under the gates, with h₋₁ and x on its left: in (1) or out (−1)."""
        pitch, left = 0.42, AT["f"] - GAUGE_HALF
        low = BUS_LOW - 0.45
        at_x = low + len(x) * pitch / 2
        at_h = at_x + (len(x) + len(h)) * pitch / 2 + 0.55
        high = at_h + len(h) * pitch / 2
        self.box(LEFT + 0.45, low - 0.08, left - 0.1, high + 0.08, BELT, edge="none", z=1)
        self.box(LEFT + 0.45, BUS_LOW, AT["o"] + GAUGE_HALF, BUS_HIGH, BELT, edge="none", z=1)
        self.say((AT["f"] + AT["o"]) / 2, (BUS_LOW + BUS_HIGH) / 2, formula, size=14)
        for name, values, y in ((h_name, h, at_h), (x_name, x, at_x)):
            self.rows(values, LEFT, LEFT + 0.6, y, pitch)
            if way < 0:
                self.heads(values, LEFT, y, way, pitch)
            gap = 0.25 if way > 0 else 0.45
            self.listing(values, LEFT - gap, y, "right", pitch)
            self.say(LEFT - gap, y + len(values) * pitch / 2 + 0.24, f"${name}$", 14, "right")

    def gauge(self, gate: str, values, signed: bool, size: float = 1.0, title: str = "") -> None:
        """A gate's box: a bar for each unit, from 0 up, or up and down from the middle."""
        x, colour, half, w = AT[gate], GATES[gate], GAUGE_HALF, 0.44
        self.box(x - half, GAUGE_BOTTOM, x + half, GAUGE_TOP, z=2, edge=colour)
        low, reach = GAUGE_LOW, GAUGE_HIGH - GAUGE_LOW
        zero, reach = (low + reach / 2, reach / 2) if signed else (low, reach)
        for value, dx in zip(values, self.offsets(pitch=0.9 if self.H == 3 else 1.15)):
            left = x + dx - w / 2
            length = reach * float(np.clip(value / size, -1, 1))
            for y, height, fill in ((low, GAUGE_HIGH - low, "#EFEFEF"), (zero, length, colour)):
                bar = Rectangle((left, y), w, height, color=fill, linewidth=0, zorder=3)
                self.ax.add_patch(bar)
            self.ax.plot([left, left + w], [zero, zero], color=INK, linewidth=1.0, zorder=3.5)
            small = 9.2 if self.H == 3 else 11
            self.say(x + dx, GAUGE_BOTTOM + 0.32, number(value), size=small)
        self.say(x, (GAUGE_HIGH + GAUGE_TOP) / 2, title or f"${gate}$  {NAMES[gate]}", 11.5)

    def listing(self, values, x: float, y: float, ha: str, pitch: float | None = None) -> None:
        """Numbers beside horizontal lanes."""
        for value, dy in zip(values, self.offsets(len(values), pitch)):
            self.say(x, y - dy, number(value), size=11, ha=ha)

    def say(self, x, y, text, size=12.5, ha="center", colour=INK, z=6.0, weight="normal") -> None:
        self.ax.text(
            x,
            y,
            text,
            ha=ha,
            va="center",
            fontsize=size,
            color=colour,
            zorder=z,
            fontweight=weight,
        )
