"""Into a trained network of `reber`: what its cells hold and its forget gates do, symbol by symbol.

A forget gate can be held open (f = 1) wherever one likes, without training anew: that is how to
find out what it was good for.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit

from lstm_lib.experiments.online.grammar import GRAMMAR
from lstm_lib.experiments.online.memory_blocks import Weights, Wiring, blank, forward
from lstm_lib.experiments.reber import WRONG

OPEN = 60.0  # a bias with which a sigmoid is 1 to the last digit of a float64


class Reading(NamedTuple):
    """What came of reading T symbols: the node after each, the states, the gates, the error."""

    node: np.ndarray  # (T,)
    c: np.ndarray  # (T, cells): the cell states, s in the papers
    f: np.ndarray  # (T, blocks): the forget gates; 1 where there are none
    error: np.ndarray  # (T,): how far the worst of the outputs is from its target


@njit(cache=True)
def read_arcs(arcs, weights, shape, opened, grammar, stops, wrong):
    """The first symbols of `arcs`: up to the first error if it `stops`. See `read`."""
    symbol, following, legal = grammar
    steps, cells = len(arcs), shape.blocks * shape.cells
    first = cells + 2 * shape.blocks  # row of the first forget gate
    nodes, c = np.zeros(steps, np.int64), np.zeros((steps, cells))
    f, error = np.ones((steps, shape.blocks)), np.zeros(steps)
    own, state = Weights(weights.W.copy(), weights.V), blank(shape)
    x, node = np.zeros(shape.inputs), 0
    for t in range(steps):
        x[:] = 0.0
        x[symbol[node, arcs[t]]] = 1.0
        node = following[node, arcs[t]]
        if shape.kinds == 3:
            for block in range(shape.blocks):
                own.W[first + block] = weights.W[first + block]
                if opened[node, block]:
                    own.W[first + block] = 0.0
                    own.W[first + block, -1] = OPEN
        out, _, _ = forward(x, own, state, shape, 1.0, False)
        nodes[t], c[t], error[t] = node, state.s, np.abs(legal[node] - out).max()
        if shape.kinds == 3:
            f[t] = state.gates[2 * shape.blocks :]
        if stops and not error[t] < wrong:
            return t, nodes[: t + 1], c[: t + 1], f[: t + 1], error[: t + 1]
    return steps, nodes, c, f, error


def read(
    weights: Weights, wiring: Wiring, arcs: Sequence, opened: np.ndarray | None = None
) -> Reading:
    """Read the stream that takes these `arcs` (0 or 1 at each symbol), from an empty state.

    opened (19 nodes, blocks), bool: where a forget gate is held at 1; the symbol counts that leads
    to the node. Raises ValueError for another shape, and for an arc that is neither 0 nor 1.

    >>> from lstm_lib.experiments.reber import WIRING, initial
    >>> reading = read(initial(WIRING, 0, 0.2, {}), WIRING, [0, 1, 0])
    >>> reading.node, reading.c.shape, reading.f.shape
    (array([ 1, 10, 11]), (3, 8), (3, 4))
    """
    return Reading(*_read(weights, wiring, arcs, opened, False)[1:])


def symbols_right(
    weights: Weights,
    wiring: Wiring,
    streams: int = 100,
    longest: int = 1000,
    opened: np.ndarray | None = None,
    seed: int = 0,
) -> np.ndarray:
    """How many symbols are right before the first error, in so many streams (streams,).

    A stream without an error counts `longest`. `opened` as in `read`, which says what it raises.

    >>> from lstm_lib.experiments.reber import WIRING, initial
    >>> symbols_right(initial(WIRING, 0, 0.2, {}), WIRING, streams=3)
    array([0, 0, 0])
    """
    arcs = np.random.default_rng(seed).integers(2, size=(streams, longest))
    return np.array([_read(weights, wiring, each, opened, True)[0] for each in arcs])


def _read(weights: Weights, wiring: Wiring, arcs: Sequence, opened: np.ndarray | None, stops: bool):
    arcs, shape = np.asarray(arcs), (len(GRAMMAR[0]), wiring.blocks)
    if not np.isin(arcs, (0, 1)).all() or arcs.ndim != 1:
        raise ValueError("arcs must be (T,), each 0 or 1")
    opened = np.zeros(shape, bool) if opened is None else np.asarray(opened, bool)
    if opened.shape != shape:
        raise ValueError(f"opened must be {shape}, nodes and blocks; got {opened.shape}")
    return read_arcs(arcs.astype(np.int64), weights, wiring.shape, opened, GRAMMAR, stops, WRONG)
