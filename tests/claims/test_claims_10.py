"""Notebook 10, learning to forget: tried with fresh seeds, with three blocks, and one cell a block.

`python tests/claims/test_claims_10.py`: twenty seeds, a quarter of an hour.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from claims import fresh, in_full, notebook, try_in_full

from lstm_lib.experiments import reber
from lstm_lib.experiments.online.forgetting import read, symbols_right
from lstm_lib.experiments.online.grammar import NEXT, PLACE

NB = notebook("10")
SEEDS = fresh(2, 20)
WIRINGS = {
    "4 blocks of 2": reber.WIRING,
    "3 blocks of 2": replace(reber.WIRING, blocks=3),
    "4 blocks of 1": replace(reber.WIRING, cells=1),
}
ARCS = np.random.default_rng(1).integers(2, size=3000)


def sizes(*more):
    """Every wiring in full, else the notebook's alone."""
    names = list(WIRINGS) if in_full() else list(WIRINGS)[:1]
    return pytest.mark.parametrize("size", [*names, *more])


@cache
def networks(size, forget, rate=0.5):
    """The outcome of each fresh seed."""
    wiring = replace(WIRINGS[size], forget=forget)
    algorithm = replace(reber.ALGORITHMS["forget gates" if forget else "standard"], rate=rate)
    return [(reber.train(algorithm, seed, wiring), wiring) for seed in SEEDS]


def learnt(size):
    return [(each.weights, wiring) for each, wiring in networks(size, True) if each.streams]


def told(size):
    """Is this what the notebook gives counts of? (Another processor moves them by one or two.)"""
    return in_full() and size == "4 blocks of 2"


def say(size, what, values):
    low, middle, high = np.min(values), np.median(values), np.max(values)
    print(f"{size}: {what}: {low:.3g} to {high:.3g}, median {middle:.3g}, of {len(values)}")
    return low, middle, high


def test_the_floor_is_what_a_simulation_gives():
    """One who knows all but the second letter tosses a coin at place 9."""
    rng, right = np.random.default_rng(0), []
    for _ in range(4000):
        node, count = 0, 0
        while True:
            node = NEXT[node, rng.integers(2)]
            if PLACE[node] == 9 and rng.integers(2):
                break
            count += 1
        right.append(count)
    assert abs(np.mean(right) - 21) < 4 * np.std(right) / 4000**0.5
    assert 15 <= np.median(right) <= 17


@sizes()
def test_most_learn_with_forget_gates_and_hardly_any_without(size):
    having = sum(each.streams is not None for each, _ in networks(size, True))
    lacking = sum(each.streams is not None for each, _ in networks(size, False))
    print(f"{size}: with {having}, without {lacking} of {len(SEEDS)}")
    assert lacking <= 1 and having > lacking
    assert not told(size) or abs(having - 16) <= 2


@sizes()
def test_without_forget_gates_the_state_grows_and_with_them_it_does_not(size):
    grown, short = [], 0
    for each, wiring in networks(size, False):
        norm = np.linalg.norm(read(each.weights, wiring, ARCS).c, axis=1)
        grown.append(norm[-1] / norm[299])
        short += norm[-1] < 20
    say(size, "length of c at 3,000 over that at 300", grown)
    print(f"{size}: {short} of {len(grown)} are short at 3,000")
    if WIRINGS[size].cells == 2:
        assert min(grown) > 1.5 and not short
    else:
        assert short <= 5
    assert size != "4 blocks of 2" or (5 < min(grown) and max(grown) < 20)
    kept = []
    for weights, wiring in learnt(size):
        norm = np.linalg.norm(read(weights, wiring, ARCS).c, axis=1)
        kept.append(norm[1500:].max() / norm[:1500].max())
    assert say(size, "with forget gates, second half over first", kept)[2] < 3


@sizes()
def test_the_memory_is_held_while_it_must_be_and_dropped_elsewhere(size):
    inside, elsewhere, wiping, left = [], [], [], []
    for weights, wiring in learnt(size):
        reading = read(weights, wiring, ARCS)
        block = NB.memory_cell(reading)[0] // wiring.cells
        mean_f = NB.forget_by_place(reading, block)  # (2, 11): from place 2 on
        inside.append(mean_f[:, 2:8].min())
        elsewhere.append(np.delete(mean_f, range(2, 8), axis=1).min())
        wiping.append((mean_f[:, :2].min(axis=1) < 0.5).sum())
        starts = np.flatnonzero(reading.node == 0)
        log_f = np.add.reduceat(np.log(reading.f[:, block]), starts)[:-1]
        left.append(np.exp(np.median(log_f)))
    counts = [wiping.count(branches) for branches in (0, 1, 2)]
    print(f"{size}: closes at 2 or 3 in no branch, one, both: {counts}")
    assert not told(size) or np.abs(np.subtract(counts, (8, 6, 2))).max() <= 2
    say(size, "f at 4 to 9", inside)
    say(size, "f where it is lowest elsewhere", elsewhere)
    say(size, "left of a trace after a string", left)
    if size == "4 blocks of 2":  # in the others some memories leak
        assert min(inside) > 0.7 and max(elsewhere) < 0.7 and max(left) < 0.5


@sizes()
def test_held_open_it_fails_and_mostly_because_of_the_ends(size):
    found = []
    for weights, wiring in learnt(size):
        cell, _ = NB.memory_cell(read(weights, wiring, ARCS))
        everywhere = np.ones((19, wiring.blocks), bool)
        own = (np.arange(wiring.blocks) == cell // wiring.cells) & everywhere
        at = [np.isin(PLACE, places)[:, None] for places in (NB.HELD, NB.HELD[2:], (10, 0, 1))]
        forced = (~everywhere, everywhere, own, *(own & places for places in at))
        found.append([np.median(symbols_right(weights, wiring, opened=f)) for f in forced])
    names = ("trained", "f = 1", "block", "2 to 9", "4 to 9", "ends")
    for what, values in zip(names, np.array(found).T):
        say(size, what, values)
    trained, none, one, inside, from_4, ends = np.array(found).T
    counts = [(ends < 200).sum(), (from_4 == 1000).sum(), (inside == 1000).sum()]
    print(f"{size}: ends below 200, no harm at 4 to 9, at 2 to 9: {counts} of {len(found)}")
    assert not told(size) or np.abs(np.subtract(counts, (14, 15, 8))).max() <= 2
    assert (trained == 1000).all() and (none < 16).all()
    if WIRINGS[size].cells == 2:
        assert (one < 200).all()
    else:  # one of seven needs no forgetting there
        assert (one < 200).sum() >= len(one) - 1


@sizes()
def test_ten_streams_have_only_ten_beginnings(size):
    """Of the networks that learnt, some are wrong at the beginning of many a stream."""
    bad = np.array([(symbols_right(w, g, 2000, 60) < 60).mean() for w, g in learnt(size)])
    print(f"{size}: no error in {(bad == 0).sum()} of {len(bad)}, worst {bad.max():.0%}")
    assert not told(size) or (abs((bad == 0).sum() - 4) <= 2 and 0.1 < bad.max() < 0.3)


@pytest.mark.skipif(not in_full(), reason="only in full")
def test_with_a_rate_of_0_1_few_learn_in_time():
    solved = sum(each.streams is not None for each, _ in networks("4 blocks of 2", True, 0.1))
    print(f"rate 0.1: {solved} of {len(SEEDS)}")
    assert abs(solved - 3) <= 3


if __name__ == "__main__":
    try_in_full(__file__)
