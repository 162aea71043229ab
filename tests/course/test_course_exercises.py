"""Every exercise: its solution passes, each typical mistake gets its own hint, nothing harms."""

import os
import threading
import time

import numpy as np
import pytest

from lstm_lib.course import check, hint, progress, record, shapes, solution
from lstm_lib.course.compare import difference
from lstm_lib.course.exercises import EXERCISES

MISTAKES = [
    pytest.param(key, k, id=f"{key}-{k}")
    for key, exercise in EXERCISES.items()
    for k in range(len(exercise.mistakes))
]


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_PROGRESS", str(tmp_path / "progress.json"))


@pytest.mark.parametrize("key", EXERCISES)
def test_the_solution_passes_and_is_recorded(key):
    assert check(key, EXERCISES[key].solution).passed
    assert record.read()["passed"] == [key]


@pytest.mark.parametrize("key, k", MISTAKES)
def test_each_mistake_gets_its_own_hint_and_no_other(key, k):
    mistake = EXERCISES[key].mistakes[k]
    verdict = check(key, mistake.answer)
    assert not verdict.passed
    assert verdict.hint == mistake.hint
    assert record.read()["passed"] == []


def z_scores(part):
    return (part - part.mean(0)) / (part.std(0) if len(part) > 1 else 1.0)


# The same mistakes in other words than the exercise's own: behaviour is recognised, not text.
OTHER_SPELLINGS = {
    ("00.1", 0): [lambda x: x**2, lambda x: np.square(x)],
    ("00.1", 1): [lambda x: 0.5 * x, lambda x: x - x / 2],
    ("00.1", 2): [lambda x: 1 * x, lambda x: x + 0],
    ("00.1", 3): [lambda x: 2 + x, lambda x: x - (-2)],
    ("13.1", 0): [
        lambda v, train: (v - np.mean(v, axis=0)) / np.std(v, axis=0),
        lambda v, train: np.stack([(c - c.mean()) / c.std() for c in v.T], axis=1),
    ],
    ("13.1", 1): [
        lambda v, train: (v - np.mean(v[:train])) / np.std(v[:train]),
        lambda v, train: (v - v[:train].sum() / v[:train].size) / np.sqrt(v[:train].var()),
    ],
    ("13.1", 2): [
        lambda v, train: v - np.mean(v[:train], axis=0, keepdims=True),
        lambda v, train: np.stack([c - c[:train].mean() for c in v.T], axis=1),
    ],
    ("13.1", 3): [
        lambda v, train: (v - v[:train].mean(0)) / v[:train].std(0) ** 2,
        lambda v, train: (v - v[:train].mean(0)) / np.var(v[:train], axis=0),
    ],
    ("13.1", 4): [
        lambda v, train: (v - np.mean(v[:train], axis=0)) / np.std(v, axis=0),
        lambda v, train: np.stack([(c - c[:train].mean()) / c.std() for c in v.T], axis=1),
    ],
    ("13.1", 5): [
        lambda v, train: np.vstack(
            [
                (p - np.mean(p, 0)) / (np.std(p, 0) if len(p) > 1 else 1)
                for p in np.split(v, [train])
            ]
        ),
        lambda v, train: np.concatenate([z_scores(v[:train]), z_scores(v[train:])]),
    ],
    ("13.1", 6): [
        lambda v, train: (v[:train] - v[:train].mean(0)) / v[:train].std(0),
        lambda v, train: np.array(
            [(row - v[:train].mean(0)) / v[:train].std(0) for row in v[:train]]
        ),
    ],
    ("13.2", 0): [lambda a, b, h, k: range(a, b), lambda a, b, h, k: a + np.arange(b - a)],
    ("13.2", 1): [
        lambda a, b, h, k: list(range(a + h - 1, b)),
        lambda a, b, h, k: np.arange(a, b)[h - 1 :],
    ],
    ("13.2", 2): [
        lambda a, b, h, k: list(range(a, b - k)),
        lambda a, b, h, k: np.arange(a, b)[:-k],
    ],
    ("13.2", 3): [
        lambda a, b, h, k: range(a, b - k - h + 1),
        lambda a, b, h, k: EXERCISES["13.2"].solution(a, b, h, k) - (h - 1),
    ],
    ("13.2", 4): [
        lambda a, b, h, k: list(range(a + h, b - k)),
        lambda a, b, h, k: np.arange(a, b)[h:-k],
    ],
    ("13.2", 5): [
        lambda a, b, h, k: list(range(a + h - 1, b - k - 1)),
        lambda a, b, h, k: np.arange(a + h - 1, b)[: -k - 1],
    ],
    ("13.2", 6): [
        lambda a, b, h, k: list(range(a + h - 1, b - k + 1)),
        lambda a, b, h, k: np.arange(a + h - 1, b + 1)[:-k],
    ],
    ("13.3", 0): [
        lambda m, r: np.mean(m, axis=0) / np.mean(r, axis=0),
        lambda m, r: m.sum(0) / r.sum(0),
    ],
    ("13.3", 1): [
        lambda m, r: -(1 - m.mean(0) / r.mean(0)),
        lambda m, r: (m.sum(0) - r.sum(0)) / r.sum(0),
    ],
    ("13.3", 2): [
        lambda m, r: 100 - 100 * m.mean(0) / r.mean(0),
        lambda m, r: (1 - m.sum(0) / r.sum(0)) * 100,
    ],
    ("13.3", 3): [
        lambda m, r: 1 - r.sum(0) / m.sum(0),
        lambda m, r: (m.mean(0) - r.mean(0)) / m.mean(0),
    ],
    ("13.3", 4): [
        lambda m, r: 1 - np.mean(m / r, axis=0),
        lambda m, r: ((r - m) / r).mean(0),
    ],
    ("13.3", 5): [
        lambda m, r: 1 - np.sum(m) / np.sum(r),
        lambda m, r: (r.mean() - m.mean()) / r.mean(),
    ],
    ("13.3", 6): [
        lambda m, r: -(m.mean(0) - r.mean(0)),
        lambda m, r: np.mean(r - m, axis=0),
    ],
}


def test_every_mistake_has_two_other_spellings():
    assert {(p.values[0], p.values[1]) for p in MISTAKES} == set(OTHER_SPELLINGS)
    assert all(len(spellings) >= 2 for spellings in OTHER_SPELLINGS.values())


@pytest.mark.parametrize("key, k", MISTAKES)
def test_a_mistake_is_recognised_in_other_spellings(key, k):
    for spelling in OTHER_SPELLINGS[key, k]:
        assert check(key, spelling).hint == EXERCISES[key].mistakes[k].hint


@pytest.mark.parametrize("key", EXERCISES)
def test_an_unknown_mistake_gets_no_hint(key):
    verdict = check(key, lambda *args: 12345.678)
    assert not verdict.passed and verdict.hint is None


@pytest.mark.parametrize("key", EXERCISES)
def test_an_untouched_exercise_says_so(key):
    def annotated(x: float) -> float:
        """Docstring with shapes."""
        ...

    for answer in (annotated, ...):
        assert check(key, answer).status == "not attempted yet"


def test_a_constant_or_a_text_is_an_attempt():
    def told(x):
        """Docstring."""
        return "twice x"

    for answer in (lambda x: 4, lambda x: True, lambda x: None or 4, told, lambda x: "x" * 2):
        assert check("00.1", answer).status == "not right yet"


def test_what_an_answer_prints_is_shown_in_part():
    def chatty(x):
        print("x is", x)
        return 3 * x

    text = repr(check("00.1", chatty))
    assert "It printed: x is" in text and len(text) < 1500


def test_a_key_without_quotes_is_explained():
    with pytest.raises(TypeError, match="quotes"):
        check(0.1, lambda x: x)


class Hostile:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None

    def __repr__(self):
        raise RuntimeError("no")


def change_input(*args):
    for value in args:
        if isinstance(value, np.ndarray):
            value += 1
    return args[0]


def raise_base(*args):
    raise KeyboardInterrupt


HOSTILE = {
    "None": lambda *args: None,
    "text": lambda *args: "wrong",
    "nan": lambda *args: np.nan,
    "inf": lambda *args: np.inf,
    "object array": lambda *args: np.array([object()]),
    "ragged": lambda *args: [[1], [1, 2]],
    "hostile object": lambda *args: Hostile(),
    "generator": lambda *args: (k for k in range(3)),
    "raises": lambda *args: 1 / 0,
    "raises KeyboardInterrupt": raise_base,
    "exits": lambda *args: exit(3),
    "ends the process": lambda *args: os._exit(0),
    "huge array": lambda *args: np.ones(10**11),
    "too few arguments": lambda: 1,
    "changes its input": change_input,
    "prints a lot": lambda *args: print("x" * 10**6),
    "deep recursion": lambda *args: HOSTILE["deep recursion"](*args),
    "a class": Hostile,
}


@pytest.mark.parametrize("key", EXERCISES)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_answer_makes_check_itself_fail(key, name, capfd):
    verdict = check(key, HOSTILE[name])
    assert not verdict.passed
    assert repr(verdict)
    assert capfd.readouterr().out == ""


def test_endless_loops_in_python_and_in_numpy_are_stopped():
    def in_python(*args):
        while True:
            pass

    def in_numpy(*args):
        return np.linalg.svd(np.random.default_rng(0).normal(size=(2500, 2500)))

    for answer in (in_python, in_numpy):
        begun = time.monotonic()
        verdict = check("13.2", answer, seconds=1.0)
        assert time.monotonic() - begun < 5
        assert not verdict.passed and "1 second " in repr(verdict)


def test_without_fork_an_answer_is_limited_in_time_too(monkeypatch):
    monkeypatch.setattr("lstm_lib.course.sandbox.CAN_FORK", False)
    threads = threading.active_count()

    def endless(*args):
        while True:
            pass

    assert check("00.1", EXERCISES["00.1"].solution).passed
    assert "1 second " in repr(check("00.1", endless, seconds=1.0))
    assert not check("00.1", raise_base).passed
    for _ in range(50):
        time.sleep(0.05)
        if threading.active_count() == threads:
            break
    assert threading.active_count() == threads, "the endless answer still runs"


def test_an_unknown_exercise_is_named():
    with pytest.raises(KeyError, match=r"99\.9"):
        check("99.9", lambda x: x)


def test_hints_come_one_at_a_time_and_survive():
    steps = EXERCISES["13.1"].steps
    first, second = repr(hint("13.1")), repr(hint("13.1"))
    assert steps[0] in first and steps[1] not in first
    assert steps[0] in second and steps[1] in second
    for _ in range(5):
        last = repr(hint("13.1"))
    assert all(step in last for step in steps)


def test_progress_counts_and_a_damaged_file_is_kept_aside(tmp_path):
    check("00.1", lambda x: 2 * x)
    assert f"1 of {len(EXERCISES)}" in repr(progress())
    record.place().write_text("{half", encoding="utf-8")
    assert f"0 of {len(EXERCISES)}" in repr(progress())
    assert list(tmp_path.glob("*damaged*"))


@pytest.mark.parametrize("key", EXERCISES)
def test_solutions_are_commented_and_folded(key):
    assert "#" in repr(solution(key))
    assert solution(key)._repr_html_().startswith("<details>")


@pytest.mark.parametrize(
    "expected, got, equal",
    [
        (1.0, 1, True),
        (np.arange(3), [0, 1, 2], True),
        ((1, np.zeros(2)), [1, np.zeros(2)], True),
        ({"a": 1}, {"a": 1.0}, True),
        (True, 1, False),
        (1.0, np.nan, False),
        (np.zeros(3), np.zeros((3, 1)), False),
        (np.zeros((1, 3)), np.zeros(3), False),
        ({"a": 1}, {"b": 1}, False),
        ("a", "b", False),
    ],
)
def test_equality_is_neither_too_strict_nor_too_lax(expected, got, equal):
    assert (difference(expected, got, 1e-9) is None) == equal


def test_shapes_names_what_does_not_fit():
    x = np.zeros((3, 2))  # noqa: F841 - `shapes` looks it up by name
    shapes(x=(3, 2))
    with pytest.raises(ValueError, match=r"x must have the shape \(2, 3\); got \(3, 2\)"):
        shapes(x=(2, 3))
    with pytest.raises(ValueError, match="nowhere must be an array"):
        shapes(nowhere=(1,))
