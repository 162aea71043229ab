"""Every exercise: its solution passes, each typical mistake gets its own hint, nothing harms."""

import threading
import time

import numpy as np
import pytest
from hostile import CHEAP, SLOW

from lstm_lib.course import check, hint, progress, record, shapes, solution
from lstm_lib.course.compare import difference, show
from lstm_lib.course.exercises import EXERCISES

MISTAKES = [
    pytest.param(key, mistake, id=f"{key} {mistake.name}")
    for key, exercise in EXERCISES.items()
    for mistake in exercise.wrong_answers
]


pytestmark = pytest.mark.usefixtures("own_progress")


@pytest.mark.parametrize("key", EXERCISES)
def test_the_solution_passes_and_is_recorded(key):
    assert check(key, EXERCISES[key].solution).passed
    assert record.read()["passed"] == [key]


def in_other_types(answer):
    """The same answer with arrays in float32, tuples as lists, and arguments of other names."""

    def shortened(value):
        if isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f":
            return value.astype(np.float32)
        if isinstance(value, tuple):
            return [shortened(member) for member in value]
        if isinstance(value, dict):
            return {name: shortened(member) for name, member in value.items()}
        return value

    return lambda *inputs, **named: shortened(answer(*inputs, **named))


@pytest.mark.parametrize("key, mistake", MISTAKES)
def test_each_mistake_gets_its_own_hint_and_no_other(key, mistake):
    assert check(key, mistake.answer).hint == mistake.hint
    assert check(key, in_other_types(mistake.answer)).hint == mistake.hint
    assert record.read()["passed"] == []


UNKNOWN = (
    lambda *args: 12345.678,
    lambda *args: "so",
    lambda *args: (0.5, 3.9),
    CHEAP["divides by zero"],
)


@pytest.mark.parametrize("key", EXERCISES)
@pytest.mark.parametrize("k", range(len(UNKNOWN)))
def test_an_unknown_mistake_gets_no_hint(key, k):
    verdict = check(key, UNKNOWN[k])
    assert not verdict.passed
    assert verdict.hint is None or EXERCISES[key].diagnose is not None


@pytest.mark.parametrize("key", EXERCISES)
def test_an_exercise_has_what_it_promises(key):
    exercise = EXERCISES[key]
    mistakes = exercise.wrong_answers
    assert len(mistakes) >= 3 or exercise.diagnose is not None
    assert len({mistake.hint for mistake in mistakes}) == len(mistakes)
    assert exercise.stars in (1, 2, 3) and len(exercise.steps) >= 2
    assert all(len(case) == len(exercise.names) for case in exercise.cases())


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


# Exercises that put an answer to work meet them all; the others every tenth, each another tenth.
HOSTILE = [
    (key, name)
    for k, key in enumerate(EXERCISES)
    for n, name in enumerate(CHEAP)
    if EXERCISES[key].use is not None or (k + n) % 10 == 0
]


@pytest.mark.parametrize("key, name", HOSTILE)
def test_no_cheap_answer_makes_check_itself_fail(key, name, capfd):
    verdict = check(key, CHEAP[name])
    assert not verdict.passed
    assert repr(verdict) and verdict._repr_html_()
    assert capfd.readouterr().out == ""


# Each slow answer on one exercise of each notebook in turn, each exercise on one slow answer.
SAMPLE = [(key, list(SLOW)[k % len(SLOW)]) for k, key in enumerate(EXERCISES)] + [
    (list(EXERCISES)[7 * k % len(EXERCISES)], name) for k, name in enumerate(SLOW)
]


@pytest.mark.parametrize("key, name", SAMPLE)
def test_slow_answers_are_stopped_in_time(key, name):
    begun = time.monotonic()
    verdict = check(key, SLOW[name], seconds=0.7)
    assert time.monotonic() - begun < 5
    assert not verdict.passed and repr(verdict)


def test_the_catalogue_is_as_large_as_promised():
    assert len(CHEAP) >= 50 and len(SLOW) >= 10


def test_without_fork_an_answer_is_limited_in_time_too(monkeypatch):
    monkeypatch.setattr("lstm_lib.course.sandbox.CAN_FORK", False)
    threads = threading.active_count()

    def endless(*args):
        while True:
            pass

    assert check("00.1", EXERCISES["00.1"].solution).passed
    assert "1 second " in repr(check("00.1", endless, seconds=1.0))
    assert not check("00.1", CHEAP["KeyboardInterrupt"]).passed
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
        (np.array([np.inf, 1]), np.array([np.inf, 1]), True),
        (np.array([np.inf, 1]), np.array([np.inf, 2]), False),
        (np.inf, -np.inf, False),
        (np.zeros(3), np.zeros((3, 1)), False),
        (np.zeros((1, 3)), np.zeros(3), False),
        ({"a": 1}, {"b": 1}, False),
        ("a", "b", False),
        (np.array([True, False]), np.array([True, False]), True),
        (np.array([True, False]), [1, 0], True),
        (np.array([True, False]), np.array([True, True]), False),
    ],
)
def test_equality_is_neither_too_strict_nor_too_lax(expected, got, equal):
    assert (difference(expected, got, 1e-9) is None) == equal


LONG = np.arange(200.0).reshape(4, 50)


@pytest.mark.parametrize(
    "expected, got, report",
    [
        (np.array([0.99640648]), np.array([0.99641294]), "expected [0.99640648], got [0.99641294]"),
        (0.123456781, 0.123456789, "expected 0.123456781, got 0.123456789"),
        (np.array([1e-12, 0.0]), np.array([2e-12, 0.0]), "expected [1.e-12, 0.e+00], got [2.e-12"),
        (LONG, LONG + (LONG == 120), "at [2, 20]: expected 120.0, got 121.0"),
        ((1, 2), np.ones(3), "expected 2 values, got the array [1., 1., 1.]"),
        ((1, 2), (np.ones(2), 1, 2), "expected 2 values, got 3: ([1., 1.], 1, 2)"),
    ],
)
def test_what_differs_looks_different(expected, got, report):
    assert report in difference(expected, got, 1e-14)


def test_a_dict_of_arrays_is_shown_name_by_name():
    lines = show({"x": np.ones((1, 2)), "z": np.eye(2), "n": 3}).splitlines()
    assert lines == [
        "a dict of",
        "    x = [[1., 1.]]  shape (1, 2)",
        "    z = [[1., 0.],",
        "       [0., 1.]]  shape (2, 2)",
        "    n = 3",
    ]


def test_shapes_names_what_does_not_fit():
    x = np.zeros((3, 2))  # noqa: F841 - `shapes` looks it up by name
    shapes(x=(3, 2))
    with pytest.raises(ValueError, match=r"x must have the shape \(2, 3\); got \(3, 2\)"):
        shapes(x=(2, 3))
    with pytest.raises(ValueError, match="nowhere must be an array"):
        shapes(nowhere=(1,))
