"""The judge is not in the room of the judged, and keeps its own settings."""

import builtins
import contextlib
import os
import resource
import signal
import subprocess
import sys

import numpy as np
import pytest

from lstm_lib.course import check, sandbox
from lstm_lib.course.exercises import EXERCISES

pytestmark = pytest.mark.usefixtures("own_progress")

# One exercise a notebook: what is tested is the judge, not the exercise.
ONE_EACH = {key.split(".")[0]: key for key in EXERCISES}.values()


def spoils_builtins(*args):
    builtins.zip = lambda *_, **__: iter(())
    builtins.all = lambda *_: True
    builtins.any = lambda *_: False
    builtins.len = lambda *_: 0
    return 0.5


def spoils_numpy(*args):
    np.abs = np.isnan = lambda *_, **__: np.zeros(())
    np.ndarray.any = None if False else np.ndarray.any
    np.allclose = lambda *_, **__: True
    return 0.5


@pytest.mark.parametrize("key", EXERCISES)
def test_what_an_answer_changes_does_not_reach_the_judge(key):
    """Once, an answer that made `zip` empty passed every exercise."""
    for answer in (spoils_builtins, spoils_numpy):
        assert not check(key, answer, seconds=3.0).passed


@pytest.mark.parametrize("key", EXERCISES)
def test_settings_of_earlier_cells_do_not_change_a_verdict(key):
    torch = pytest.importorskip("torch")
    with contextlib.ExitStack() as stack:
        stack.enter_context(np.errstate(all="raise"))
        stack.enter_context(np.printoptions(precision=1, threshold=2))
        stack.enter_context(torch.inference_mode())
        stack.callback(torch.set_default_dtype, torch.get_default_dtype())
        torch.set_default_dtype(torch.float64)
        verdict = check(key, EXERCISES[key].solution)
    assert verdict.passed, verdict
    assert torch.get_default_dtype() == torch.float32 and torch.is_grad_enabled()


@pytest.mark.parametrize("key", EXERCISES)
def test_a_right_answer_may_return_one_buffer_again_and_again(key):
    kept = {}

    def again(*args):
        value = EXERCISES[key].solution(*args)
        if not isinstance(value, np.ndarray) or value.ndim == 0:
            return value
        buffer = kept.setdefault((value.shape, value.dtype), value)
        np.copyto(buffer, value)
        return buffer

    assert check(key, again).passed


@pytest.mark.parametrize("key", EXERCISES)
def test_a_right_answer_in_float32_passes(key):
    def short(value):
        if isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f":
            return value.astype(np.float32)
        if isinstance(value, tuple | list):
            return type(value)(short(member) for member in value)
        if isinstance(value, dict):
            return {name: short(member) for name, member in value.items()}
        return np.float32(value) if isinstance(value, float) else value

    verdict = check(key, lambda *args: short(EXERCISES[key].solution(*args)))
    assert verdict.passed, verdict


def test_float32_is_no_excuse_for_whole_numbers_and_for_wrong_digits():
    assert not check("00.1", lambda x: np.float32(2.001) * np.asarray(x, np.float32)).passed


@pytest.mark.parametrize("key", EXERCISES)
def test_a_masked_array_is_no_answer(key):
    assert not check(key, lambda *args: np.ma.masked_all(3)).passed
    expected = EXERCISES[key].specification

    def all_masked(*args):
        value = expected(*args)
        return np.ma.masked_all(np.shape(value)) if isinstance(value, np.ndarray) else 0.123

    assert not check(key, all_masked).passed


def test_a_check_that_fails_itself_says_so_and_blames_nobody(monkeypatch):
    def broken(*args):
        raise OSError("disk on fire")

    monkeypatch.setattr("lstm_lib.course.judge.assess", broken)
    verdict = check("00.1", lambda x: 2 * x)
    assert not verdict.passed and verdict.status == "could not be judged"
    assert "not your answer's fault: OSError('disk on fire')" in repr(verdict)
    assert verdict._repr_html_() and "hint(" not in repr(verdict)


def test_more_than_a_thousand_open_files_do_no_harm():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 1200 if hard == resource.RLIM_INFINITY else min(1200, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    held = []
    try:
        with contextlib.suppress(OSError):
            held += [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
        assert check("00.1", lambda x: 2 * x).passed
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_kernel_that_ignores_its_children_or_has_no_output_is_served(monkeypatch):
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert check("00.1", lambda x: 2 * x).passed
    finally:
        signal.signal(signal.SIGCHLD, before)
    monkeypatch.setattr("sys.stdout", None)
    assert check("00.1", lambda x: 2 * x).passed


def test_a_system_that_refuses_to_end_a_group_is_no_verdict(monkeypatch):
    """macOS: EPERM for a group of processes that have all ended."""

    def refused(*args):
        raise PermissionError

    monkeypatch.setattr("os.killpg", refused)
    assert check("00.1", lambda x: 2 * x).passed
    assert not check("00.1", lambda x: 3 * x).passed


def test_text_that_cannot_be_encoded_is_shown_as_its_code():
    def odd(x):
        print("\ud800")
        raise ValueError("\udfff")

    text = repr(check("00.1", odd))
    assert text.encode("utf-8") and r"\ud800" in text and r"\udfff" in text


def test_torch_with_two_threads_does_not_hang_in_the_child():
    """In a process of its own: the parent's threads are started by a large product."""
    script = """
import torch
torch.set_num_threads(2)
torch.ones(512, 512) @ torch.ones(512, 512)
from lstm_lib.course import check

def answer(x):
    torch.ones(512, 512) @ torch.ones(512, 512)
    return 2 * x

print(check("00.1", answer, seconds=20).passed, torch.get_num_threads())
"""
    environment = dict(os.environ, OMP_NUM_THREADS="2", MKL_NUM_THREADS="2")
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment)
    assert ran.stdout.split() == [b"True", b"2"], ran.stderr


def test_what_comes_from_a_child_is_data_and_nothing_else():
    class Harm:
        def __reduce__(self):
            return os.system, ("exit 1",)

    with pytest.raises(sandbox.Stopped):
        sandbox.run(lambda: Harm())
    assert sandbox.run(lambda: [1, "a", np.ones(2).tolist()]) == [1, "a", [1.0, 1.0]]


def test_without_a_fork_the_verdicts_are_the_same(monkeypatch):
    monkeypatch.setattr("lstm_lib.course.sandbox.CAN_FORK", False)
    for key in ONE_EACH:
        exercise = EXERCISES[key]
        assert check(key, exercise.solution).passed
        for mistake in exercise.wrong_answers[:1]:  # some have computed hints alone
            assert check(key, mistake.answer).hint == mistake.hint
