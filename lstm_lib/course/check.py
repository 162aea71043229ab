"""`check("13.2", answer)`: is it right, and if not, what is the smallest input that shows it?"""

import contextlib
import copy
import html
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lstm_lib.course import record, sandbox
from lstm_lib.course.compare import difference, show
from lstm_lib.course.exercise import Exercise
from lstm_lib.course.exercises import find


@dataclass(frozen=True)
class Verdict:
    """What a check found. `status` is "passed", "not right yet" or "not attempted yet"."""

    key: str
    status: str
    lines: tuple[str, ...] = ()
    hint: str | None = None

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    def __repr__(self) -> str:
        mark = {"passed": "✓", "not right yet": "✗"}.get(self.status, "–")
        lines = [f"{mark} {self.key} {self.status}", *(f"  {line}" for line in self.lines)]
        return "\n".join(lines + ([f"  Hint: {self.hint}"] if self.hint else []))

    def _repr_html_(self) -> str:
        return f"<pre style='white-space: pre-wrap'>{html.escape(repr(self))}</pre>"


def check(key: str, answer: Any, seconds: float = 10.0) -> Verdict:
    """Compare an answer with the exercise's specification on random inputs, from small to large.

    Whatever the answer does (raise, loop, use up memory, end its process, change its inputs), this
    returns a `Verdict`. Raises KeyError only for an exercise that does not exist.

    >>> check("00.1", lambda x: 2 * x).passed
    True
    """
    exercise = find(key)
    if untouched(answer):
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
    return Verdict(key, "not right yet", tuple(lines), report.get("hint"))


def untouched(answer: Any) -> bool:
    """Is this still the `...` of the notebook: the bare Ellipsis, or a function that does nothing?

    >>> def answer(x):
    ...     '''Docstring.'''
    ...     ...
    >>> untouched(answer), untouched(lambda x: x), untouched(...)
    (True, False, True)
    """
    if answer is ...:
        return True
    code = getattr(answer, "__code__", None)
    if code is None:
        return False

    def nothing(): ...

    def nothing_said():
        """A docstring shifts the constants by one."""
        ...

    blanks = (nothing.__code__.co_code, nothing_said.__code__.co_code)
    constants = set(code.co_consts) - {getattr(answer, "__doc__", None), ...}
    return code.co_code in blanks and constants <= {None}


def judge(exercise: Exercise, answer: Callable) -> dict:
    """Run in the child: the report on one answer, as plain data."""
    cases, printed = exercise.cases(), Beginning()
    with contextlib.redirect_stdout(printed):
        outcomes = [outcome(answer, case) for case in cases]
    return assess(exercise, cases, outcomes) | {"printed": printed.text.strip()}


class Beginning(io.TextIOBase):
    """Keeps the first 500 characters that are written to it."""

    text = ""

    def write(self, text: str) -> int:
        self.text += text[: 500 - len(self.text)]
        return len(text)


def assess(exercise: Exercise, cases: list, outcomes: list) -> dict:
    """Passed, or the first case that was missed and the hint that fits, if one does."""
    for case, (got, trouble) in zip(cases, outcomes):
        expected = exercise.specification(*copy.deepcopy(case))
        fault = trouble or compared(expected, got, exercise.tolerance)
        if fault is not None:
            lines = ["The smallest of our inputs that shows it:"]
            lines += [f"  {name} = {show(value)}" for name, value in zip(exercise.names, case)]
            return {
                "status": "not right yet",
                "lines": [line for text in [*lines, fault] for line in text.splitlines()],
                "hint": recognise(exercise, cases, outcomes),
            }
    return {"status": "passed", "cases": len(cases)}


def outcome(answer: Callable, case: tuple) -> tuple[Any, str | None]:
    """What an answer returns for a case, and what went wrong, if anything did."""
    given = copy.deepcopy(case)
    try:
        got = answer(*given)
    except Exception as error:
        return None, f"It raised {type(error).__name__}: {str(error)[:200]}"
    if difference(case, given, 0.0) is not None:
        return got, "It changed its own input: work on a copy, or make a new array."
    if got is None:
        return got, "It returned None: is a `return` missing?"
    return got, None


def compared(expected: Any, got: Any, tolerance: float) -> str | None:
    """`difference`, for values that may themselves misbehave when they are looked at."""
    try:
        return difference(expected, got, tolerance)
    except Exception as error:
        return f"What it returned cannot be compared ({type(error).__name__})."


def recognise(exercise: Exercise, cases: list, outcomes: list) -> str | None:
    """The hint of the first mistake that gives the same on every case; None for an unknown one."""
    if any(trouble is not None for _, trouble in outcomes):
        return None
    for mistake in exercise.mistakes:
        theirs = (mistake.answer(*copy.deepcopy(case)) for case in cases)
        if all(
            compared(wrong, got, exercise.tolerance) is None
            for wrong, (got, _) in zip(theirs, outcomes)
        ):
            return mistake.hint
    return None
