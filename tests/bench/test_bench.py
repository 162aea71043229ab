"""The benchmark measures what it says: contestants agree first, ratios are taken within rounds."""

import json
import re

import numpy as np
import pytest

from lstm_lib import bench
from lstm_lib.scratch import relative_error

TINY = (3, 4, 2, 5)


def test_all_contestants_compute_the_same():
    case = bench.Case(TINY)
    contestants = {name: make(case) for name, make in bench.CONTESTANTS.items()}
    errors = bench.check_agreement(case, contestants)
    assert errors["scratch"] < 1e-5
    # The textbook's code runs one sample: compare with that sample alone.
    hs, dx, own = contestants["textbook"].actions["training"]()
    dweights, dbiases = (np.concatenate([own[k + gate] for gate in "ifgo"]) for k in "Wb")
    lstm = case.lstm
    h_seq, _, tape = lstm.forward(case.x[:, :1])
    grads, want_dx, _ = lstm.backward(case.dh_seq[:, :1], tape)
    weights = np.hstack([grads["R0"], grads["W0"]])
    for got, want in (
        (hs, h_seq[:, 0]),
        (dx, want_dx[:, 0]),
        (dweights, weights),
        (dbiases, grads["b0"]),
    ):
        assert relative_error(got, want) < 1e-5


def test_a_contestant_that_disagrees_is_not_timed():
    case = bench.Case(TINY)
    contestants = {n: bench.CONTESTANTS[n](case) for n in (bench.BASE, "scratch")}
    right = contestants["scratch"].result
    contestants["scratch"].result = lambda: {n: a * 1.001 for n, a in right().items()}
    with pytest.raises(AssertionError, match=r"scratch disagrees with nn\.LSTM"):
        bench.check_agreement(case, contestants)


def test_ratios_are_taken_within_rounds():
    assert bench.ratio([2, 20, 200], [1, 10, 100]) == [2, 2, 2]


def test_goals_follow_the_rows():
    row = {"shape": TINY, "action": "training"}
    ratios = {"scratch/nn.LSTM": 1.1, "scratch/products": 1.3, "textbook/scratch": 20.0}
    rows = [
        row | {"ratio": {n: [r, r, r] for n, r in ratios.items()}, "shape": (3, 4, 2, 256)},
        row | {"ratio": {"scratch/nn.LSTM": [1, 1.5, 2]}, "shape": (3, 1, 2, 5)},
        row | {"ratio": {"scratch/nn.LSTM": [1, 1.1, 2]}, "action": "forward"},
        row | {"ratio": {"scratch/nn.LSTM": [0, 0.1, 1]}, "action": "step", "shape": (1, 1, 2, 5)},
    ]
    found = [(goal["number"], goal["met"]) for goal in bench.goals(rows)]
    assert found == [
        ("1", False), ("1", True), ("1", True), ("2", True), ("3", True), ("4", False), ("5", True)
    ]  # fmt: skip


def test_the_command(tmp_path, monkeypatch, capsys):
    for name, value in (bench.ONE_THREAD | bench.KEEP_MEMORY).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bench, "SHAPES", [TINY, (2, 4, 2, 5)])
    monkeypatch.setattr(bench, "SINGLE", (3, 1, 2, 5))
    monkeypatch.setattr(bench, "STEPS", [(1, 1, 2, 5)])
    assert bench.main(["--quick", "--rounds", "1", "--out", str(tmp_path)]) == 0
    report = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert len(report["rows"]) == 7 and report["machine"]["threads"] == 1
    assert (tmp_path / "bench.png").read_bytes()[:4] == b"\x89PNG"
    assert re.search(r"^4 .*textbook", capsys.readouterr().out, re.MULTILINE)
