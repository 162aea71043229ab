"""The CPU's table: its goals follow from its rows, and the command writes what it measured."""

import json
import re

import pytest

from lstm_lib.bench import command, cpu
from lstm_lib.bench.compiling import compile_seconds
from lstm_lib.bench.cost import operations, relative_cost
from lstm_lib.bench.goals import EQUAL, THREE, cpu_goals
from lstm_lib.bench.machine import KEEP_MEMORY, ONE_THREAD
from lstm_lib.nn.backends import BACKENDS
from lstm_lib.scratch.variants import VARIANTS

TINY = (3, 4, 2, 5)


def measured(shape, action, variant="NP", **medians):
    ratios = {name.replace("_over_", "/"): [m / 2, m, 2 * m] for name, m in medians.items()}
    ratios = {n if "/" in n else f"{n}/nn.LSTM": q for n, q in ratios.items()}
    return {"shape": list(shape), "variant": variant, "action": action, "ratio": ratios}


def verdicts(rows):
    return [(goal["number"], goal["measured"], goal["met"]) for goal in cpu_goals(rows)]


def test_the_goals_of_numpy_follow_the_rows():
    """For: a goal that reads another action, B = 1 among the batches, or a quartile."""
    rows = [
        measured((3, 4, 2, 256), "training", scratch=1.1, scratch_over_products=1.3,
              textbook_over_scratch=20.0),
        measured((3, 1, 2, 5), "training", scratch=1.5),
        measured((3, 4, 2, 5), "forward", scratch=1.1),
        measured((1, 1, 2, 5), "step", scratch=0.1),
        measured((3, 4, 2, 256), "training", "V", scratch=9.0),
    ]  # fmt: skip
    assert verdicts(rows) == [
        ("1", 1.1, False), ("1", 1.1, True), ("1", 1.5, True), ("2", 1.1, True),
        ("3", 1.3, True), ("4", 20.0, False), ("5", 0.1, True),
    ]  # fmt: skip


def test_the_goals_of_the_backends_follow_the_rows():
    """For: three-gate variants among the equals, FGR unscaled, B = 1 in the pure torch goal."""
    wide, alone = (10, 32, 64, 64), (10, 1, 64, 64)
    rows = [
        measured(wide, "training", compiled=0.8, fused=1.2),
        measured(alone, "training", compiled=0.2, fused=9.0),
        measured(wide, "training", "V", compiled=1.0, fused=1.4),
        measured(alone, "training", "V", compiled=0.25, fused=9.0),
        measured(wide, "training", "NFG", compiled=0.95, fused=1.0),
        measured(wide, "training", "FGR", compiled=2.125, fused=9.0),
    ]
    assert verdicts(rows) == [
        ("6", 0.8, True), ("6", 0.4, True),
        ("7", 0.5, True), ("7", 1.0, True),  # compiled, equal operations: mean, worst
        ("7", 1.4, False), ("7", 1.4, False),  # fused, from B = 32 on
        ("7", 0.95, False), ("7", 0.95, False),  # compiled, three gates
        ("7", 1.0, True), ("7", 1.0, True),  # FGR ÷ its operations
    ]  # fmt: skip
    assert cpu_goals([]) == []


def test_the_variants_fall_into_the_goals_by_their_operations():
    assert sorted([*EQUAL, *THREE, "FGR"]) == sorted(VARIANTS)
    shape = (7, 3, 20, 50)
    assert {relative_cost(shape, VARIANTS[name]) for name in EQUAL} == {1.0}
    assert {relative_cost(shape, VARIANTS[name]) for name in THREE} == {0.75}
    # 3.25 times the recurrent products, the input products once (performance.md).
    T, B, I, H = shape
    assert operations(shape, VARIANTS["NP"]) == 2 * T * B * 4 * H * (I + H)
    assert relative_cost(shape, VARIANTS["FGR"]) == pytest.approx((I + 3.25 * H) / (I + H))
    assert operations(shape, VARIANTS["V"], training=True) == 3 * operations(shape, VARIANTS["V"])


def test_the_command(tmp_path, monkeypatch, capsys):
    """For: a row lost between race and file, ratios that are not those printed, no picture."""
    for name, value in (ONE_THREAD | KEEP_MEMORY).items():
        monkeypatch.setenv(name, value)
    shapes = [TINY, (2, 4, 2, 5), (3, 1, 2, 5)]
    plan = cpu.Plan(shapes, [(1, 1, 2, 5)], ("V", "CIFG"), [TINY], (), 1)
    monkeypatch.setattr(cpu, "QUICK", plan)
    assert command.main(["--quick", "--out", str(tmp_path)]) == 0
    report = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    kinds = [(row["variant"], row["action"]) for row in report["rows"]]
    assert kinds[:7] == [*[("NP", "training"), ("NP", "forward")] * 3, ("NP", "step")]
    fast = [name for name in cpu.FAST if name in BACKENDS]
    assert report["left_out"].keys().isdisjoint(fast)
    assert kinds[7:] == [("V", "training"), ("CIFG", "training")]
    assert all(f"{name}/nn.LSTM" in row["ratio"] for row in report["rows"] for name in fast)
    assert report["machine"]["threads"] == 1 and report["rounds"] == 1
    assert (tmp_path / "bench.png").read_bytes()[:4] == b"\x89PNG"
    out = capsys.readouterr().out
    assert re.search(r"^4 .*textbook", out, re.MULTILINE)
    first = report["rows"][0]["ratio"]["loop/nn.LSTM"][1]
    assert f"loop {first:.2f} (" in out.splitlines()[0]


@pytest.mark.skipif("compiled" not in BACKENDS, reason="there is no backend that compiles")
def test_compiling_is_measured_with_an_empty_cache_then_with_a_full_one(capsys):
    """For: a cold start that finds the cache of an earlier run."""
    seconds = compile_seconds(("NP",))["NP"]
    assert seconds["cold"] > seconds["cached"] >= 0
    assert "first call of compiled, NP: cold" in capsys.readouterr().out
    assert compile_seconds(()) == {}


def test_the_quick_plan_is_a_part_of_the_whole():
    whole = cpu.Plan()
    assert set(cpu.QUICK.shapes) <= set(whole.shapes) and set(cpu.QUICK.steps) <= set(whole.steps)
    assert set(cpu.QUICK.variants) <= set(whole.variants) == set(VARIANTS) - {"NP"}
    assert set(whole.variant_shapes) <= set(whole.shapes)
