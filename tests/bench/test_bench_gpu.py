"""The GPU's bench without a GPU: the same path on the CPU, on tiny shapes, with a clock of ours."""

import json
import os
import subprocess
import sys

import pytest
import torch

from lstm_lib.bench.gpu import entry, run
from lstm_lib.bench.gpu.ahead import compile_all
from lstm_lib.bench.gpu.ceilings import ceilings
from lstm_lib.bench.gpu.entry import CUDNN, PRECISIONS, Entry, error, numerics, truth
from lstm_lib.bench.gpu.floor import floor
from lstm_lib.bench.gpu.goals import gpu_goals, persistent
from lstm_lib.bench.gpu.picture import draw
from lstm_lib.places import ROOT
from lstm_lib.scratch.variants import VARIANTS

TINY = (5, 3, 4, 16)
PLAIN = VARIANTS["NP"]


class Clock:
    """A timer that says 1, 2, 3, ... milliseconds, and runs what it is given once."""

    def __init__(self):
        self.milliseconds = 0.0

    def __call__(self, act, reset):
        for tensor in reset:
            tensor.grad = None
        act()
        self.milliseconds += 1
        return self.milliseconds


@pytest.fixture
def measured(tmp_path):
    def measure(checks, timed, seconds=60.0, clock=None):
        path = tmp_path / "cuda.json"
        report = run.run("cpu", clock or Clock(), checks, timed, seconds, path, size=16)
        assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json.dumps(report))
        return report

    return measure


ENTRIES = [Entry(TINY, p, "NP", CUDNN) for p in run.TIMED] + [
    Entry(TINY, p, variant, "loop") for p in run.TIMED for variant in ("NP", "V", "CIFG", "FGR")
]


def test_every_entry_is_checked_then_timed(measured):
    """For: a ratio to another action, precision or shape of cuDNN; a precision that is not used."""
    report = measured([Entry(TINY, "fp32", "FGR", "loop")], ENTRIES)
    check, *rows = report["rows"]
    assert check["action"] == "check" and check["error"] < 2e-4 and "ms" not in check
    assert len(rows) == 2 * len(ENTRIES) and not [row for row in rows if "failed" in row]
    cudnn = {(r["precision"], r["action"]): r["ms"] for r in rows if r["backend"] == CUDNN}
    for row in rows:
        same = cudnn[row["precision"], row["action"]]
        best = min(ms for (_, action), ms in cudnn.items() if action == row["action"])
        if row["backend"] == "loop":
            assert row["same"] == round(row["ms"] / same, 3)
            assert row["best"] == round(row["ms"] / best, 3)
        assert row["us_step"] == pytest.approx(row["ms"] * 1e3 / 5)
        assert row["share"] == pytest.approx(row["floor_ms"] / row["ms"], abs=1e-3, rel=1e-3)
    by_precision = {row["precision"]: row["error"] for row in rows if row["variant"] == "V"}
    assert by_precision["TF32"] < 1e-5 < by_precision["fp16"] < by_precision["bf16"] < 2e-2


def test_one_that_fails_or_disagrees_costs_one_row(measured, monkeypatch):
    """For: a kernel's crash that loses the whole run, or a wrong kernel that is timed."""
    make = entry.runner

    def sabotaged(one, device):
        made = make(one, device)
        if (one.variant, one.backend) == ("V", "fused"):
            right = made.computed
            made.computed = lambda: right() | {"h_seq": right()["h_seq"] * 1.05}
        if one.variant == "CIFG":
            raise RuntimeError("out of resources")
        return made

    monkeypatch.setattr(run, "runner", sabotaged)
    timed = [Entry(TINY, "bf16", variant, "fused") for variant in ("V", "CIFG", "NP")]
    rows = measured([], timed)["rows"]
    assert [row.get("failed", "")[:32] for row in rows] == [
        "AssertionError: disagrees with f", "RuntimeError: out of resources", "", "",
    ]  # fmt: skip


def test_an_error_that_the_definition_has_too_is_allowed(measured, monkeypatch):
    """For: a variant whose cell adds up roundings (no forget gate) called a failing kernel."""
    right = run.truth

    def harder(*key):
        return {name: tensor * 1.1 for name, tensor in right(*key).items()}

    monkeypatch.setattr(run, "truth", harder)  # now the loop itself is a tenth away
    timed = [Entry(TINY, "bf16", "NFG", "fused"), Entry(TINY, "bf16", "NFG", "loop")]
    rows = measured([], timed)["rows"]
    assert len(rows) == 4 and all(row["error"] > 0.05 for row in rows)
    one, exact = timed[0], right(TINY, "NFG", "cpu")
    assert run.allowed(one, "cpu", float("inf"), exact) == 2e-2  # NaN is never allowed


def test_what_comes_too_late_is_left_out_and_said(measured):
    report = measured([], ENTRIES[:2], seconds=-1.0)
    assert report["rows"] == [] and report["left_out"] == [str(e) for e in ENTRIES[:2]]


def test_the_file_is_written_after_every_row(tmp_path, monkeypatch):
    """For: a run that is killed and leaves nothing."""
    path, seen = tmp_path / "cuda.json", []
    write = run.write

    def watched(report, path):
        write(report, path)
        seen.append(len(json.loads(path.read_text(encoding="utf-8"))["rows"]))

    monkeypatch.setattr(run, "write", watched)
    run.run("cpu", Clock(), [], ENTRIES[:3], 60, path, size=16)
    assert seen == [2, 4, 6, 6]


def test_kernels_are_compiled_by_other_processes():
    """For: a failed compilation that is silent, or stops the others."""
    good, bad = Entry(TINY, "fp32", "V", "loop"), Entry(TINY, "fp32", "V", "nonsense")
    ready, failed = compile_all([good, bad], "cpu", seconds=120)
    assert list(ready) == [good] and "backend must be one of" in failed[bad]
    assert compile_all([], "cpu", seconds=1) == ({}, {})


def test_numerics_switch_tf32_and_autocast_and_put_back():
    """For: a strict float32 check that ran in TF32."""
    before = torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32
    for name, how in PRECISIONS.items():
        with numerics(name, "cpu"):
            assert torch.backends.cudnn.allow_tf32 == torch.backends.cuda.matmul.allow_tf32
            assert torch.backends.cudnn.allow_tf32 == how.tf32 == (name == "TF32")
            assert torch.is_autocast_enabled("cpu") == (name == "bf16")
    assert before == (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32)


def test_the_error_is_the_worst_of_all_tensors_and_nan_is_not_hidden():
    want = truth(TINY, "V", "cpu")
    assert set(want) >= {"h_seq", "d x", "d weight_hh_l0", "d weight_ch_l0"}
    got = {name: tensor.clone() for name, tensor in want.items()}
    got["d weight_ch_l0"] *= 1.5
    assert error(got, want) == (pytest.approx(0.5), "d weight_ch_l0")
    got["d x"][0, 0, 0] = float("nan")
    assert error(got, want) == (float("inf"), "d x")


KNOWN = {"copy": 4.3, "bf16": 790.0, "TF32": 395.0, "fp32": 50.0, "barrier": 1.2}


@pytest.mark.parametrize(
    "batch, hidden, bf16, tf32, fp32",
    [
        (16, 256, (1.2, 2.4), (1.2, 2.5), (1.4, 2.7)),
        (64, 512, (1.4, 2.7), (1.5, 3.1), (3.9, 7.8)),
        (128, 1024, (2.6, 5.1), (3.9, 7.8), (23, 45)),
    ],
)
def test_the_floor_is_performance_mds(batch, hidden, bf16, tf32, fp32):
    """For: bytes of the wrong precision, backward's products counted once, milli for micro."""
    for precision, (forward, both) in (("bf16", bf16), ("TF32", tf32), ("fp32", fp32)):
        shape = (1000, batch, 1, hidden)
        assert floor(shape, precision, PLAIN, False, KNOWN) == pytest.approx(forward, rel=0.05)
        # The table has the two sweeps alone: without the weights' gradients.
        once = 8 * batch * hidden**2 / (KNOWN[precision] * 1e12) * 1e6
        trained = floor(shape, precision, PLAIN, True, KNOWN) - once
        assert trained == pytest.approx(both, rel=0.05)


def test_the_floor_counts_the_input_products_and_the_variants():
    slow = KNOWN | {"bf16": 1.0, "barrier": 1e-9}  # products alone count
    plain = floor((10, 8, 64, 64), "bf16", PLAIN, True, slow)
    operations = 3 * 2 * 10 * 8 * 4 * 64 * (64 + 64)
    assert plain == pytest.approx(operations / 1e12 * 1e3, rel=1e-3)
    assert floor((10, 8, 64, 64), "bf16", VARIANTS["CIFG"], True, slow) < 0.76 * plain
    assert floor((10, 8, 64, 64), "bf16", VARIANTS["FGR"], True, slow) > 2.1 * plain


def row(backend, precision, ms, shape=run.MIDDLE, variant="NP", action="training", **more):
    head = {"shape": list(shape), "backend": backend, "precision": precision, "variant": variant}
    return head | {"action": action, "ms": ms, "share": 0.6, "same": None, "best": None} | more


def test_the_goals_follow_the_rows():
    """For: cuDNN's worst in place of its best, FGR among the equals, forward among training."""
    wide = (100, 256, 512, 512)
    rows = [
        row(CUDNN, "fp16", 1.0), row(CUDNN, "bf16", 3.0), row(CUDNN, "fp16", 4.0, wide),
        row("triton", "bf16", 1.2, same=0.4), row("triton", "bf16", 1.5, variant="V", same=0.5),
        row("triton", "TF32", 9.0, variant="V", same=1.1, share=0.1),
        row("triton", "fp16", 5.0, wide, "V", share=0.2),
        row("triton", "bf16", 99.0, variant="FGR", same=33.0, share=0.01),
        row("loop", "bf16", 45.0, variant="V"),
        {"shape": list(wide), "backend": "triton", "action": "none", "failed": "so"},
    ]  # fmt: skip
    verdicts = [(g["number"], g["measured"], g["met"]) for g in gpu_goals(rows)]
    assert verdicts == [
        ("8", 0.5, True), ("8", 1.1, False),  # bf16, TF32
        ("8", 1.25, False),  # no persistent path
        ("8", 1.5, False),  # against the persistent path
        ("9", 30.0, True), ("10", 0.6, True),
    ]  # fmt: skip
    assert gpu_goals([]) == []


def test_where_cudnn_keeps_weights_on_the_chip():
    assert [persistent(shape) for shape in run.SHAPES] == [True, True, False, True, True]
    assert not persistent((9, 64, 8, 500)) and not persistent((9, 60, 8, 512))


def test_the_plan_measures_cudnn_before_those_that_are_divided_by_it():
    seen = set()
    for one in run.to_time():
        if one.backend == CUDNN:
            seen.add((one.shape, one.precision))
        else:
            assert {(one.shape, p) for p in run.TIMED} <= seen
    assert {e.backend for e in run.to_time()} == {CUDNN, "triton", "fused", "loop"}
    assert {e.variant for e in run.to_check() if e.precision == "fp32"} == set(VARIANTS)
    assert {e.precision for e in run.to_check()} == set(PRECISIONS)


def test_ceilings_on_a_cpu_have_what_a_cpu_has():
    measured = ceilings("cpu", lambda act, reset: act() is None or 2.0, size=64)
    assert measured["copy"] == pytest.approx(2 * 4 * 64 * 64 * 8 / 2e-3 / 1e12, rel=1e-3)
    assert measured["bf16"] == measured["fp32"] == pytest.approx(2 * 64**3 / 2e-3 / 1e12, rel=1e-3)
    assert measured["launch"] > 0 and measured["barrier"] is None


def test_the_picture_is_drawn(tmp_path, measured, monkeypatch):
    report = measured([], [e for e in ENTRIES if e.variant == "NP"])
    for row in report["rows"]:
        row["backend"] = row["backend"].replace("loop", "triton")
    draw(report, tmp_path / "cuda.png")
    assert (tmp_path / "cuda.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU: this would measure it")
def test_without_a_gpu_the_command_says_so(tmp_path):
    command = [sys.executable, "-m", "lstm_lib.bench", "--device", "cuda", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and "no GPU" in done.stdout and not list(tmp_path.iterdir())


KERNELS = """
import torch
from lstm_lib.bench.gpu.kernels import barrier_kernel, nothing_kernel
nothing_kernel[(1,)]()
counter, missed = torch.zeros(1, dtype=torch.int32), torch.zeros(1, dtype=torch.int32)
barrier_kernel[(1,)](counter, missed, 1, 7)
print(int(counter), int(missed))
"""


def test_the_kernels_run_in_tritons_interpreter():
    pytest.importorskip("triton")
    environment = dict(os.environ, TRITON_INTERPRET="1")
    command = [sys.executable, "-c", KERNELS]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == ["7", "0"]
