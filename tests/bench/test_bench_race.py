"""A ratio is believable: contestants agree first, and are compared within a round."""

import numpy as np
import pytest

from lstm_lib.bench import race
from lstm_lib.bench.contestants import BASE, backend, naive_loop, torch_lstm
from lstm_lib.bench.cpu import plain
from lstm_lib.bench.race import Contestant, Track, check_agreement, measure
from lstm_lib.scratch import relative_error

TINY = (3, 4, 2, 5)


def test_all_contestants_compute_the_same():
    """For: a contestant that races with other weights, another input or another gradient."""
    track, left_out = Track(TINY), {}
    contestants = plain(track, left_out)
    errors = check_agreement(track, contestants, contestants[BASE])
    assert set(errors) >= {"scratch", "loop", "naive loop"} and max(errors.values()) < 1e-5
    assert "textbook" not in errors and "products" not in errors


def test_the_textbooks_gradients_are_right():
    """For: a rival made slow by being wrong. It runs one sample: compare with that sample alone."""
    track = Track(TINY)
    hs, dx, own = plain(track, {})["textbook"].actions["training"]()
    dweights, dbiases = (np.concatenate([own[k + gate] for gate in "ifgo"]) for k in "Wb")
    h_seq, _, tape = track.lstm.forward(track.x[:, :1])
    grads, want_dx, _ = track.lstm.backward(track.dh_seq[:, :1], tape)
    weights = np.hstack([grads["R0"], grads["W0"]])
    for got, want in (
        (hs, h_seq[:, 0]),
        (dx, want_dx[:, 0]),
        (dweights, weights),
        (dbiases, grads["b0"]),
    ):
        assert relative_error(got, want) < 1e-5


def altered(contestant, change):
    right = contestant.computed
    return Contestant(contestant.actions, lambda: change(right()))


@pytest.mark.parametrize(
    "change, problem",
    [
        (lambda right: {n: a * 1.001 for n, a in right.items()}, AssertionError),
        (lambda right: right | {"dx": right["dx"] * np.nan}, AssertionError),
        (lambda right: {n: a for n, a in right.items() if n != "R0"}, KeyError),
    ],
    ids=["wrong by a thousandth", "NaN", "a gradient missing"],
)
def test_a_contestant_that_disagrees_is_not_timed(change, problem):
    """For: fast because wrong, in one number, by NaN, or because it skips a gradient."""
    track = Track(TINY)
    base = torch_lstm(track)
    with pytest.raises(problem, match=r"loop disagrees|R0"):
        check_agreement(track, {"loop": altered(backend("loop", track), change)}, base)


def test_a_forward_alone_is_compared_in_what_it_has():
    track = Track(TINY)
    computed = naive_loop(track).computed
    forward = Contestant({"forward": lambda: None}, lambda: {"h_seq": computed()["h_seq"]})
    assert check_agreement(track, {"forward": forward}, torch_lstm(track))["forward"] < 1e-6


def test_ratios_are_taken_within_rounds():
    """For: a ratio of medians, which a machine that slows down in mid-race would distort."""
    assert race.ratio([1, 20, 3], [1, 10, 1]) == [1.5, 2, 2.5]  # the medians' ratio would be 3


def test_a_race_repeats_scales_and_shuffles(monkeypatch):
    """For: a contestant timed once where all others run long, or a scale forgotten."""
    clock, calls = [0.0], []
    monkeypatch.setattr(race.time, "process_time", lambda: clock[0])

    def taking(name, seconds):
        def act():
            clock[0] += seconds
            calls.append(name)

        return act

    slow = Contestant({"training": taking("slow", 0.5)})
    quick = Contestant({"training": taking("quick", 0.003), "forward": taking("no", 1)}, scale=64)
    seconds = measure({"slow": slow, "quick": quick}, "training", rounds=8)
    assert np.allclose(seconds["slow"], [0.5] * 8)
    assert np.allclose(seconds["quick"], [0.192] * 8)
    assert calls.count("slow") == 2 + 8 and calls.count("quick") == 2 + 8 * 4
    order = [n for k, n in enumerate(calls[4:]) if k == 0 or calls[3 + k] != n]
    assert "no" not in calls and order not in (["slow", "quick"] * 8, ["quick", "slow"] * 8)


def test_a_row_holds_medians_and_the_pairs_that_raced():
    track = Track(TINY, "V")
    seconds = {"a": [2e-3, 4e-3, 9e-3], "b": [1e-3, 2e-3, 3e-3]}
    row = race.row(track, "training", seconds, {"a": 1.23e-7, "z": 1.0}, [("a", "b"), ("a", "z")])
    assert row == {
        "shape": [3, 4, 2, 5],
        "variant": "V",
        "action": "training",
        "milliseconds": {"a": 4.0, "b": 2.0},
        "ratio": {"a/b": [2.0, 2.0, 2.5]},
        "error": {"a": 1.2e-7},
    }
