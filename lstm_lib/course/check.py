"""`check("13.2", answer)`: is it right, and if not, what is the smallest input that shows it?"""

import contextlib
import copy
import functools
import html
import inspect
import io
import textwrap
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from lstm_lib.course import record, sandbox
from lstm_lib.course.compare import difference, show
from lstm_lib.course.exercise import Exercise
from lstm_lib.course.exercises import EXERCISES, find


@dataclass(frozen=True)
class Verdict:
    """What a check found. `status` is "passed", "not right yet" or "not attempted yet"."""

    key: str
    status: str
    lines: tuple[str, ...] = ()
    hint: str | None = None
    picture: str = ""  # an HTML <img>, or nothing

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    def __repr__(self) -> str:
        mark = {"passed": "✓", "not right yet": "✗"}.get(self.status, "–")
        lines = [f"{mark} {self.key} {self.status}", *(f"  {line}" for line in self.lines)]
        return "\n".join(lines + ([f"  Hint: {self.hint}"] if self.hint else []))

    def _repr_html_(self) -> str:
        return f"<pre style='white-space: pre-wrap'>{html.escape(repr(self))}</pre>{self.picture}"


def check(key: str, answer: Any, seconds: float = 10.0) -> Verdict:
    """Compare an answer with the exercise's specification on random inputs, from small to large.

    Whatever the answer does (raise, loop, use up memory, end its process, change its inputs), this
    returns a `Verdict`. Raises KeyError only for an exercise that does not exist.

    >>> check("00.1", lambda x: 2 * x).passed
    True
    """
    exercise = find(key)
    if untouched(answer, exercise.given):
        return Verdict(key, "not attempted yet")
    if not callable(answer):
        kind = type(answer).__name__
        return Verdict(
            key, "not right yet", (f"a function is wanted here; this is of type {kind}",)
        )
    report = sandbox.run(lambda: judge(exercise, answer), seconds)
    if report.get("status") == "stopped":
        return Verdict(key, "not right yet", (f"The answer was stopped: {report['reason']}.",))
    printed = [f"It printed: {text}" for text in (report.get("printed"),) if text]
    if report.get("status") == "passed":
        record.passed(key)
        lines = [f"as expected on {report['cases']} inputs", *printed]
        return Verdict(key, "passed", tuple(lines))
    lines = [*report.get("lines", ()), *printed]
    picture = draw(report.get("to_draw"))
    return Verdict(key, "not right yet", tuple(lines), report.get("hint"), picture)


def untouched(answer: Any, given: Callable | None = None) -> bool:
    """Is this still what the notebook handed out: `...`, bare or as a body, or the `given` code?

    >>> def answer(x):
    ...     '''Docstring.'''
    ...     ...
    >>> untouched(answer), untouched(lambda x: x), untouched(...)
    (True, False, True)
    """
    if answer is ...:
        return True
    if type(answer) is not FunctionType:  # isinstance would ask the answer, which may be anything
        return False
    code = answer.__code__

    def nothing(): ...

    def nothing_said():
        """A docstring shifts the constants by one."""
        ...

    if given is not None and any(same_code(code, theirs) for theirs in codes_of(given)):
        return True
    blanks = (nothing.__code__.co_code, nothing_said.__code__.co_code)
    constants = set(code.co_consts) - {answer.__doc__, ...}
    return code.co_code in blanks and constants <= {None}


@functools.cache
def codes_of(given: Callable) -> list[CodeType]:
    """The code of `given`, and that of its source compiled alone, as in a notebook's cell.

    Python 3.11 compiles `np.exp(z)` in two ways: with and without `import numpy as np` beside it.
    """
    alone = compile(textwrap.dedent(inspect.getsource(given)), "<cell>", "exec")
    return [given.__code__, *(c for c in alone.co_consts if isinstance(c, CodeType))]


# While the sources on the disk are those that were imported: an update may come at any time.
for _exercise in EXERCISES.values():
    if _exercise.given is not None:
        codes_of(_exercise.given)


def same_code(a: CodeType, b: CodeType) -> bool:
    """Do two functions do the same by the same instructions? Their docstrings may differ."""
    if (a.co_code, a.co_names, a.co_varnames) != (b.co_code, b.co_names, b.co_varnames):
        return False
    constants = [
        [c for k, c in enumerate(code.co_consts) if k or not isinstance(c, str)] for code in (a, b)
    ]
    return len(constants[0]) == len(constants[1]) and all(
        same_code(x, y)
        if isinstance(x, CodeType) and isinstance(y, CodeType)
        else repr(x) == repr(y)
        for x, y in zip(*constants)
    )


def draw(pair: list | None) -> str:
    """Expected and got as a picture for the notebook; nothing if there is nothing to draw."""
    if pair is None:
        return ""
    from lstm_lib import plots  # matplotlib: only when there is something to draw

    return plots.expected_and_got(*map(np.array, pair))


def judge(exercise: Exercise, answer: Callable) -> dict:
    """Run in the child: the report on one answer, as plain data."""
    cases, outcomes, printed = exercise.cases(), [], []
    for case in cases:
        beginning = Beginning()
        with contextlib.redirect_stdout(beginning):
            outcomes.append(outcome(exercise, answer, case))
        printed.append(beginning.text.strip())
    report = assess(exercise, cases, outcomes)
    return report | {"printed": printed[report.get("at", 0)]}


class Beginning(io.TextIOBase):
    """Keeps the first 500 characters that are written to it."""

    text = ""

    def write(self, text: str) -> int:
        self.text += text[: 500 - len(self.text)]
        return len(text)


def assess(exercise: Exercise, cases: list, outcomes: list) -> dict:
    """Passed, or the first case that was missed and the hint that fits, if one does."""
    missed = []
    for at, (case, (got, trouble)) in enumerate(zip(cases, outcomes)):
        expected = exercise.specification(*copy.deepcopy(case))
        fault = trouble or compared(expected, got, exercise.tolerance)
        if fault is not None:
            missed.append((at, case, expected, got, fault))
    if not missed:
        return {"status": "passed", "cases": len(cases)}
    at, case, _, _, fault = missed[0]
    what = "The smallest of our inputs that shows it"
    lines = [f"{what}:" if exercise.use is None else f"Put to work. {what}:"]
    lines += [f"  {name} = {show(value)}" for name, value in zip(exercise.names, case)]
    return {
        "status": "not right yet",
        "at": at,
        "lines": [line for text in [*lines, fault] for line in text.splitlines()],
        "hint": recognise(exercise, cases, outcomes),
        "to_draw": to_draw(missed) if exercise.picture else None,
    }


class NothingReturned(Exception):
    """The answer gave back None where `use` needs a value."""


def outcome(exercise: Exercise, answer: Callable, case: tuple) -> tuple[Any, str | None]:
    """What an answer makes of a case, and what went wrong, if anything did."""
    given = copy.deepcopy(case)

    def watched(*args, **keywords):
        value = answer(*args, **keywords)
        if value is None:
            raise NothingReturned
        return value

    try:
        got = exercise.apply(watched, given)
    except NothingReturned as error:
        return error, "It returned None: is a `return` missing?"
    except Exception as error:
        if exercise.use is not None and not raised_inside(answer, error):
            return error, f"What it returned does not fit: {str(error)[:200]}"
        return error, f"It raised {type(error).__name__}: {str(error)[:200]}"
    if difference(case, given, 0.0, nan=True) is not None:
        return got, "It changed its own input: work on a copy, or make a new array."
    return got, None


def raised_inside(answer: Callable, error: Exception) -> bool:
    """Did the answer itself raise this, or something that it called?"""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code is getattr(answer, "__code__", None) for frame, _ in frames)


def compared(expected: Any, got: Any, tolerance: float, nan: bool = False) -> str | None:
    """`difference`, for values that may themselves misbehave when they are looked at."""
    try:
        return difference(expected, got, tolerance, nan)
    except Exception as error:
        return f"What it returned cannot be compared ({type(error).__name__})."


def to_draw(missed: list) -> list | None:
    """Expected and got of the first missed case that makes a picture: one shape, 4 to 4,000 values.

    Of a tuple or a dict the first member that differs is drawn.
    """
    for _, _, expected, got, _ in missed:
        members = [(expected, got)]
        if isinstance(expected, tuple) and isinstance(got, tuple):
            members = list(zip(expected, got))
        if isinstance(expected, dict) and isinstance(got, dict):
            members = [(expected[key], got.get(key)) for key in expected]
        for want, have in members:
            numbers = all(
                isinstance(a, np.ndarray) and a.dtype.kind in "biuf" for a in (want, have)
            )
            if numbers and want.shape == have.shape and want.ndim in (1, 2):
                if 4 <= want.size <= 4000 and not np.allclose(want, have):
                    return [want.tolist(), have.tolist()]
    return None


def recognise(exercise: Exercise, cases: list, outcomes: list) -> str | None:
    """The hint of the first mistake that behaves the same on every case; None for an unknown one.

    The same: equal values, and an exception of the same type where the mistake raises one (two
    axes exchanged show as wrong numbers on a square input and as an error on any other).
    """
    for mistake in exercise.mistakes:
        values = 0
        for case, ours in zip(cases, outcomes):
            theirs = outcome(exercise, mistake.answer, case)
            if not same_outcome(theirs, ours, exercise.tolerance):
                break  # most mistakes differ on the first case already
            values += theirs[1] is None
        else:
            if values:
                return mistake.hint
    return None


def same_outcome(one: tuple, other: tuple, tolerance: float) -> bool:
    (a, trouble_a), (b, trouble_b) = one, other
    if trouble_a is None and trouble_b is None:
        return compared(a, b, tolerance, nan=True) is None
    raised = isinstance(a, Exception) and isinstance(b, Exception)
    return raised and type(a) is type(b)
