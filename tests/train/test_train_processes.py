"""Two processes under torchrun are one training: its curve, its end, its checkpoint, its errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from small_training import build
from together import EXACT, STEPS, numbers

from lstm_lib.train import checkpoint


def torchrun(folder, name):
    """Run `together.py` in two processes: exit status, stderr, and what each process found."""
    script = Path(__file__).with_name("together.py")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    run = subprocess.Popen(
        [*command, str(script), str(folder), name],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        _, stderr = run.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        run.terminate()  # not kill: torchrun takes its processes along
        _, stderr = run.communicate(timeout=60)
        pytest.fail(f"two processes did not come to an end in 120 s\n{stderr}")
    files = [folder / f"{name}.{rank}.json" for rank in (0, 1)]
    reports = [json.loads(file.read_text()) if file.exists() else None for file in files]
    return run.returncode, stderr, reports


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("together")
    build(made / "of-one.safetensors", STEPS, exact=True).fit(8)
    return made


def steps_in(file):
    return checkpoint.read(file)[1]["history"]["steps"]


@pytest.fixture(scope="module")
def after_a_death(folder):
    """One process was killed: exit status, stderr, what they found, the steps in the file."""
    return *torchrun(folder, "killed"), steps_in(folder / "killed.safetensors")


@pytest.fixture(scope="module")
def both(folder, after_a_death):
    """What the two processes found in `all_at_once`, which goes on after that death."""
    status, stderr, reports = torchrun(folder, "all_at_once")
    assert None not in reports, stderr
    assert status != 0, "torchrun was interrupted in the end"
    assert "[rank" not in stderr and "Warning:" not in stderr, stderr
    return reports


def curve_is_that_of_one(told, **changes):
    alone = build(steps=STEPS, exact=True, **changes)
    history, values = alone.fit(STEPS), told[1]
    assert told[0]["losses"] == pytest.approx(history.losses, rel=1e-10)
    assert dict(told[0]["evaluations"]) == pytest.approx(dict(history.evaluations), rel=1e-10)
    assert told[0]["best_step"] == history.best_step
    assert told[0]["stopped_early"] == history.stopped_early
    for name, value in numbers(alone).items():
        assert values[name] == pytest.approx(value, rel=1e-8, abs=1e-10), name


@pytest.mark.parametrize("name", EXACT)
def test_two_processes_give_the_curve_of_one(both, name):
    """For: a mean of means where shares differ, gradients that are averaged or not exchanged, a
    norm clipped before they are, zeros for a parameter without a gradient, two evaluations."""
    for report in both:
        curve_is_that_of_one(report["exact"][name], **EXACT[name])
    (*first, lines, drawn, group), (*second, silent, drawn_too, group_too) = (
        report["exact"][name] for report in both
    )
    assert first == second, "the processes do not hold the same weights"
    assert lines > 0 == silent, "the first process logs, and it alone"
    assert drawn == drawn_too, "what is drawn after the training differs"
    assert not group and not group_too, "a group was left behind"


def test_the_number_of_processes_may_change(both, folder):
    """One process's checkpoint goes on in two, of which one has no such file; and in one again."""
    for report in both:
        history, _ = report["taken_up"]
        assert history["resumed_at"] == [8]
        curve_is_that_of_one(report["taken_up"])
    assert not (folder / "nowhere").exists(), "the second process wrote a checkpoint"
    again = build(folder / "of-one.safetensors", STEPS, exact=True)
    assert again.fit(STEPS).resumed_at == [8, 24]
    assert numbers(again) == both[0]["taken_up"][1]


def test_gradients_are_those_of_distributed_data_parallel(both):
    """The same three steps, in a group that the script made itself and that stays its own."""
    for report in both:
        stayed, difference = report["torch_s_own"]
        assert stayed and difference < 1e-14


def test_each_process_draws_its_own_numbers(both):
    """For: the same dropout mask in both, the same in each step, another in each run."""
    (one, again), (two, again_too) = (report["drawn"] for report in both)
    assert one == again and two == again_too
    draws = [value for seen, _ in (one, two) for step in seen for value in step]
    assert len(set(draws)) == len(draws) == 2 * 6 * 3


def test_a_fault_in_one_ends_all(both, folder):
    """For: a process that goes on alone, or waits for ever; a message that names no place."""
    (one, two) = (report["errors"] for report in both)
    kind, words, steps = one["loss"]
    assert kind == "NonFiniteError" and steps == 5
    assert words.startswith("step 5: the loss is nan in piece 2 of 2 in process 1; the first")
    assert "'lstm.weight_ih_l0'" in words and "Likely cause" in words
    assert steps_in(folder / "errors.safetensors") == 3
    kind, words, _ = one["evaluation"]
    assert (kind, words) == ("NonFiniteError", "after 4 steps, evaluate returned nan")
    assert one["another training"][0] == "CheckpointError"
    assert "accumulate: the checkpoint has 1, this training 2" in one["another training"][1]
    for same in ("loss", "evaluation", "another training"):
        assert one[same] == two[same]
    assert one["evaluate"][:2] == ["ArithmeticError", "no such thing"]
    assert two["evaluate"][0] == "FirstProcessError" and "no such thing" in two["evaluate"][1]


def test_an_interrupt_in_one_stops_all_at_the_same_step(both, folder):
    for report in both:
        assert report["errors"]["Ctrl-C"] == ["KeyboardInterrupt", "", 11]
    assert steps_in(folder / "pressed.safetensors") == 11


def test_one_process_killed(after_a_death):
    """A clear end: the other does not wait for ever, and says why."""
    status, stderr, reports, kept = after_a_death
    assert status != 0 and reports == [None, None]
    assert "ProcessLostError: another process of this training ended" in stderr
    assert "SIGKILL" in stderr
    assert kept == 12


def test_ctrl_c_in_torchrun(both):
    """It hands the signal on: all stop after the same step, and that is in the checkpoint."""
    ends = [report["interrupted"][0] for report in both]
    kind, words, steps = ends[0]
    assert ends[0] == ends[1] and (kind, words) == ("KeyboardInterrupt", "")
    assert 7 < steps < STEPS
    for report in both:
        assert report["interrupted"][1][0]["resumed_at"] == [steps]


def test_ctrl_c_and_a_death_cost_nothing(both):
    """The same weights as without, bit for bit: both processes' random numbers, pieces and
    autocast included."""
    for report in both:
        wanted, wanted_weights = report["whole"]
        for history, weights in (report["resumed"], report["interrupted"][1]):
            assert weights == wanted_weights
            assert {**history, "resumed_at": []} == wanted
        assert report["resumed"][0]["resumed_at"] == [12]


def test_without_torchrun_there_is_one_process(monkeypatch):
    """Half of torchrun's environment, as other launchers leave it, makes no group."""
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert build(steps=2, exact=True).fit(2).steps == 2
    assert not torch.distributed.is_initialized()
