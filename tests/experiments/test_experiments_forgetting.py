"""Reading a stream with a trained network, and with forget gates held open."""

import numpy as np
import pytest

from lstm_lib.experiments.online.forgetting import read, symbols_right
from lstm_lib.experiments.online.grammar import NEXT, PLACE, SYMBOL, drawing, legal
from lstm_lib.experiments.online.memory_blocks import Weights, initial
from lstm_lib.experiments.reber import BIASES, WIRING, WITHOUT

ARCS = np.random.default_rng(0).integers(2, size=60)


def weights(scale=1.0, wiring=WIRING):
    kinds = ("input", "output", "forget")[: wiring.kinds]
    return initial(wiring, 3, scale, {kind: BIASES[kind] for kind in kinds})


def by_hand(own, arcs, kept=lambda node, f: f):
    """The network written out once more; `kept` says what the forget gates are."""
    node, c, h, rows = 0, np.zeros(8), np.zeros(8), []
    for arc in arcs:
        x, node = np.eye(7)[SYMBOL[node, arc]], NEXT[node, arc]
        z = own.W @ np.r_[x, h, 1]
        i, o, *f = (1 / (1 + np.exp(-z[8:]))).reshape(-1, 4)
        f = kept(node, f[0] if f else np.ones(4))
        c = f.repeat(2) * c + i.repeat(2) * 2 * np.tanh(z[:8] / 2)
        h = o.repeat(2) * np.tanh(c / 2)
        out = 1 / (1 + np.exp(-own.V @ np.r_[h, x, 1]))
        rows.append((node, c, f, np.abs(out - legal()[node]).max()))
    return [np.array(column) for column in zip(*rows)]


@pytest.mark.parametrize("wiring", [WIRING, WITHOUT])
def test_a_reading_is_what_the_equations_give(wiring):
    """For: gates of another kind, the state before the step, a target of the node before."""
    own = weights(wiring=wiring)
    for got, wanted in zip(read(own, wiring, ARCS), by_hand(own, ARCS), strict=True):
        assert np.allclose(got, wanted, atol=1e-12)


def test_a_gate_is_held_open_where_it_is_said_and_nowhere_else():
    """For: the node before the letter in place of the one after, a gate that stays open."""
    opened = np.random.default_rng(1).random((19, 4)) < 0.4
    own = weights()
    before = own.W.copy()
    wanted = by_hand(own, ARCS, lambda node, f: np.where(opened[node], 1.0, f))
    for got, right in zip(read(own, WIRING, ARCS, opened), wanted, strict=True):
        assert np.allclose(got, right, atol=1e-12)
    assert np.array_equal(own.W, before)


def test_all_open_is_the_network_without_forget_gates():
    own = weights()
    bare = Weights(own.W[:16], own.V)
    open_ = read(own, WIRING, ARCS, np.ones((19, 4), bool))
    assert np.allclose(open_.c, read(bare, WITHOUT, ARCS).c, atol=1e-12)


def test_symbols_are_counted_to_the_first_error():
    """Against `read`. The outputs know the letter alone: right at times after B, T and P."""
    own = weights(0.0)
    for letter in "BTP":
        at = "BTPSXVE".index(letter)
        own.V[:, 8 + at] = 10.0 * (2 * legal()[{"B": 1, "T": 2, "P": 10}[letter]] - 1)
    right = symbols_right(own, WIRING, streams=20, longest=30, seed=7)
    arcs = np.random.default_rng(7).integers(2, size=(20, 30))
    wrong = [np.flatnonzero(read(own, WIRING, each).error >= 0.49) for each in arcs]
    assert right.tolist() == [each[0] for each in wrong] and (right == 3).all()


@pytest.mark.parametrize(
    "arcs, opened, message",
    [
        ([0, 2], None, "each 0 or 1"),
        ([[0, 1]], None, r"arcs must be \(T,\)"),
        ([0, 1], np.ones((4, 19)), r"opened must be \(19, 4\)"),
    ],
)
def test_what_does_not_fit_is_named(arcs, opened, message):
    with pytest.raises(ValueError, match=message):
        read(weights(), WIRING, arcs, opened)


def test_the_branches_have_the_same_places_and_letters_but_for_the_second():
    """For: a place that is shifted by one in one of the branches."""
    upper, lower = np.arange(2, 10), np.arange(10, 18)
    assert np.array_equal(PLACE[upper], PLACE[lower]) and PLACE[[0, 1, 18]].tolist() == [0, 1, 10]
    assert np.array_equal(SYMBOL[upper[:-1]], SYMBOL[lower[:-1]])
    assert SYMBOL[[9, 17], 0].tolist() == SYMBOL[1].tolist()
    assert np.array_equal(PLACE[NEXT[upper]], PLACE[NEXT[lower]])


def test_the_drawing_has_a_spot_for_each_node_and_an_arrow_for_each_arc():
    """For: two circles on top of each other, an arrow that is left out."""
    spots, arrows = drawing()
    assert sorted(spots) == list(range(19)) and len(set(spots.values())) == 19
    drawn = {(a, b, "BTPSXVE".index(letter)) for a, b, letter in arrows}
    assert drawn == {(n, NEXT[n, k], SYMBOL[n, k]) for n in range(19) for k in (0, 1)}
