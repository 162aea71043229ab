"""The networks of 1997 and 2000: memory blocks, trained after every symbol by truncated gradients.

Hochreiter & Schmidhuber (1997) and Gers, Schmidhuber & Cummins (2000). A block has one input gate,
one output gate, in 2000 a forget gate too, and one or more cells j:

    s_j = f s_j + in g(net_j)         g in (-2, 2); f = 1 without forget gates
    y_j = out h(s_j)                  h in (-1, 1)

Every unit sees the input x, all y of the step before, in 1997 also all gates of the step before,
and perhaps a bias. An output unit sees the y of this step, perhaps x and a bias.

The gradient is cut (1997, appendix A; 2000, equations 3.10 to 3.12): nothing flows back through y
or a gate of the step before. What is left need not be kept for the way back, it is carried forward
beside each state s: the traces S, how s depends on every weight of its cell, input gate and forget
gate. So the network learns after every symbol, without end, at the same price.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit


@dataclass(frozen=True)
class Wiring:
    """What is connected with what. `biased`: which of "cells", "gates", "outputs" have a bias."""

    inputs: int
    outputs: int
    blocks: int
    cells: int  # in each block
    forget: bool = False
    sees_gates: bool = True
    shortcut: bool = False  # from the input to the outputs
    biased: tuple[str, ...] = ("cells", "gates", "outputs")

    @property
    def kinds(self) -> int:
        """How many gates a block has."""
        return 3 if self.forget else 2

    @property
    def sources(self) -> int:
        """What a unit can see: x, y, the gates if it sees them, 1."""
        seen = self.blocks * self.cells + self.sees_gates * self.kinds * self.blocks
        return self.inputs + seen + 1

    @property
    def units(self) -> int:
        """Cells, then input, output and forget gates."""
        return self.blocks * (self.cells + self.kinds)

    def masks(self) -> "Weights":
        """Which weights there are: 1, and 0 for what is not connected."""
        cells = self.blocks * self.cells
        units = np.ones((self.units, self.sources))
        units[:cells, -1] = "cells" in self.biased
        units[cells:, -1] = "gates" in self.biased
        outputs = np.ones((self.outputs, cells + self.inputs + 1))
        outputs[:, cells:-1] = self.shortcut
        outputs[:, -1] = "outputs" in self.biased
        return Weights(units, outputs)

    @property
    def shape(self) -> "Shape":
        """What the loops have to know of it."""
        return Shape(
            self.inputs, self.outputs, self.blocks, self.cells, self.kinds, self.sees_gates
        )

    def count(self) -> int:
        """How many weights there are.

        >>> Wiring(inputs=2, outputs=1, blocks=2, cells=2).count()  # 1997, experiment 4
        93
        """
        return int(sum(mask.sum() for mask in self.masks()))


class Shape(NamedTuple):
    inputs: int
    outputs: int
    blocks: int
    cells: int
    kinds: int
    sees_gates: bool


class Weights(NamedTuple):
    """W (units, sources) and V (outputs, cells + inputs + 1); what there is not is 0."""

    W: np.ndarray
    V: np.ndarray


class State(NamedTuple):
    """Of a network within a sequence: states s, outputs y, gates, and the traces of each cell."""

    s: np.ndarray  # (cells,)
    y: np.ndarray  # (cells,)
    gates: np.ndarray  # (kinds · blocks,): all input gates, all output gates, all forget gates
    traces: np.ndarray  # (3, cells, sources): with respect to the cell's, input and forget gate's


def initial(wiring: Wiring, seed: int, scale: float, gate_biases: dict[str, tuple]) -> Weights:
    """Weights uniform in ±scale; the biases of "input", "output" and "forget" gates as given.

    gate_biases: of each block one number. A kind that is not named keeps its random bias.
    """
    rng = np.random.default_rng(seed)
    W, V = (rng.uniform(-scale, scale, mask.shape) * mask for mask in wiring.masks())
    kinds = ("input", "output", "forget")[: wiring.kinds]
    for kind, biases in gate_biases.items():
        begin = wiring.blocks * (wiring.cells + kinds.index(kind))
        W[begin : begin + wiring.blocks, -1] = biases
    return Weights(W, V)


@njit(cache=True)
def blank(shape):
    """The state before a sequence: zero, all of it."""
    cells = shape.blocks * shape.cells
    gates = shape.kinds * shape.blocks
    sources = shape.inputs + cells + shape.sees_gates * gates + 1
    return State(np.zeros(cells), np.zeros(cells), np.zeros(gates), np.zeros((3, cells, sources)))


@njit(cache=True)
def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


@njit(cache=True)
def forward(x, weights, state, shape, decay, learns):
    """One step: changes the state, and its traces if it `learns`. Returns the outputs, what the
    units saw (v), and what the outputs saw (u).

    `decay` multiplies the old s and its traces: 1, but for the rival "state decay".
    """
    s, y, gates, traces = state
    cells, inputs, blocks = len(s), shape.inputs, shape.blocks
    v = np.empty(weights.W.shape[1])
    v[:inputs] = x
    v[inputs : inputs + cells] = y
    if shape.sees_gates:
        v[inputs + cells : -1] = gates
    v[-1] = 1.0
    net = weights.W @ v
    for k in range(len(gates)):
        gates[k] = sigmoid(net[cells + k])
    for j in range(cells):
        block = j // shape.cells
        enter, leave = gates[block], gates[blocks + block]
        keep = gates[2 * blocks + block] if shape.kinds == 3 else decay
        squashed = sigmoid(net[j])
        g, slope = 4.0 * squashed - 2.0, 4.0 * squashed * (1.0 - squashed)
        if learns:
            of_cell, of_input = enter * slope, g * enter * (1.0 - enter)
            of_forget = s[j] * keep * (1.0 - keep)
            for m in range(len(v)):
                traces[0, j, m] = keep * traces[0, j, m] + of_cell * v[m]
                traces[1, j, m] = keep * traces[1, j, m] + of_input * v[m]
                if shape.kinds == 3:
                    traces[2, j, m] = keep * traces[2, j, m] + of_forget * v[m]
        s[j] = keep * s[j] + enter * g
        y[j] = leave * (2.0 * sigmoid(s[j]) - 1.0)
    u = np.empty(weights.V.shape[1])
    u[:cells] = y
    u[cells:-1] = x
    u[-1] = 1.0
    out = weights.V @ u
    for k in range(len(out)):
        out[k] = sigmoid(out[k])
    return out, v, u


@njit(cache=True)
def learn(target, out, v, u, weights, masks, state, shape, rate):
    """Change the weights by one step of gradient descent on the squared error of this symbol.

    δ_k = (target_k - out_k) out_k (1 - out_k); e_j = out h'(s_j) Σ_k V_kj δ_k is the error at s_j.
    A weight of a cell, an input or a forget gate changes by rate · Σ_j e_j S_j, one of an output
    gate by rate · out (1 - out) Σ_j h(s_j) Σ_k V_kj δ_k · v.
    """
    s, _, gates, traces = state
    cells, blocks = len(s), shape.blocks
    W, V = weights
    delta = (target - out) * out * (1.0 - out)
    back = np.zeros(cells)
    for k in range(len(delta)):
        for j in range(cells):
            back[j] += V[k, j] * delta[k]
        for m in range(len(u)):
            V[k, m] += rate * delta[k] * u[m] * masks.V[k, m]
    for block in range(blocks):
        enter, output, forget = cells + block, cells + blocks + block, cells + 2 * blocks + block
        leave, through = gates[blocks + block], 0.0
        for j in range(block * shape.cells, (block + 1) * shape.cells):
            squashed = sigmoid(s[j])
            through += (2.0 * squashed - 1.0) * back[j]
            e = rate * leave * 2.0 * squashed * (1.0 - squashed) * back[j]
            for m in range(len(v)):
                W[j, m] += e * traces[0, j, m] * masks.W[j, m]
                W[enter, m] += e * traces[1, j, m] * masks.W[enter, m]
                if shape.kinds == 3:
                    W[forget, m] += e * traces[2, j, m] * masks.W[forget, m]
        for m in range(len(v)):
            W[output, m] += rate * leave * (1.0 - leave) * through * v[m] * masks.W[output, m]
