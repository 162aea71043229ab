"""One answer judged: run in a child, compared with the specification out of its reach."""

import contextlib
import copy
import io
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lstm_lib.course import sandbox
from lstm_lib.course.compare import difference
from lstm_lib.course.exercise import Exercise
from lstm_lib.course.parcel import kind_of, plain
from lstm_lib.course.remarks import remarks, unchanged
from lstm_lib.course.usual_state import usual_state


class Outcome(NamedTuple):
    """What an answer made of one input: plain data, which leave the child."""

    value: Any = None  # a copy
    trouble: str | None = None  # what went wrong, in words
    raised: str | None = None  # the type of the exception
    printed: str = ""

    @property
    def explained(self) -> bool:
        """Is its trouble plain: it returned nothing, or changed its input?"""
        return self.trouble is not None and self.raised in (None, "NothingReturned")


class Judgement(NamedTuple):
    """What is to be told; of a wrong answer, on the first input that it missed."""

    passed: bool
    cases: int
    lines: tuple[str, ...] = ()
    hint: str | None = None
    printed: str = ""
    example: int = 0  # so many of the lines are the input, what was expected and what came
    drawing: tuple | None = None  # expected, got and the inputs of one length with them


def judge(exercise: Exercise, answer: Callable, seconds: float) -> Judgement:
    """Run the answer on every input and compare. Raises `sandbox.Stopped` if it had to be stopped.

    What is expected is computed first, in this process, and compared here: whatever the answer
    changes (a built-in, a setting of NumPy) is gone with the child that it ran in.
    """
    with usual_state():
        cases = exercise.cases()
        expected = [plain(exercise.specification(*copy.deepcopy(case))) for case in cases]

        def work() -> tuple:
            outcomes = [tuple(observed(exercise, answer, case)) for case in cases]
            return outcomes, diagnosis(exercise, answer)

        fields, diagnosed = sandbox.run(work, seconds)
        outcomes = [Outcome(*each) for each in fields]
        if len(outcomes) != len(cases):
            raise sandbox.Stopped("it ended the process it ran in")
        return assess(exercise, cases, expected, outcomes, diagnosed)


def assess(
    exercise: Exercise,
    cases: list,
    expected: list,
    outcomes: list[Outcome],
    diagnosed: str | None = None,
) -> Judgement:
    """Passed, or the first case that was missed, and the hint that fits or what can be said."""
    faults = [
        outcome.trouble or difference(wanted, outcome.value, exercise.tolerance)
        for wanted, outcome in zip(expected, outcomes)
    ]
    missed = [at for at, fault in enumerate(faults) if fault is not None]
    if not missed:
        return Judgement(True, len(cases), printed=outcomes[0].printed)
    at = missed[0]
    what = "The smallest of our inputs that shows it"
    lines = [f"{what}:" if exercise.use is None else f"Put to work. {what}:"]
    told = exercise.told(cases[at])
    shown = [f"  {name} = {text}" if name else f"  {text}" for name, text in told]
    lines += [text.replace("\n", "\n      ") for text in shown]
    lines.append(faults[at])
    example = sum(len(text.splitlines()) for text in lines)
    hint = diagnosed or recognise(exercise, cases, outcomes)
    if hint is None and not outcomes[at].explained:
        got = [outcome.value if outcome.raised is None else None for outcome in outcomes]
        lines += unchanged(exercise.names, cases, got) or remarks(expected, got, exercise.tolerance)
    return Judgement(
        False,
        len(cases),
        tuple(line for text in lines for line in text.splitlines()),
        hint,
        outcomes[at].printed,
        example,
        drawing(exercise, cases[at], expected[at], outcomes[at]) if exercise.picture else None,
    )


class NothingReturned(Exception):
    """The answer gave back None where `use` needs a value."""


class Beginning(io.TextIOBase):
    """Keeps the first 500 characters that are written to it, as UTF-8 can hold them."""

    text = ""

    def write(self, text: str) -> int:
        self.text += text[: 500 - len(self.text)].encode("utf-8", "backslashreplace").decode()
        return len(text)


def observed(exercise: Exercise, answer: Callable, case: tuple) -> Outcome:
    """The outcome, with what was printed on the way."""
    beginning = Beginning()
    with contextlib.redirect_stdout(beginning):
        outcome = outcome_of(exercise, answer, case)
    return outcome._replace(printed=beginning.text.strip())


def diagnosis(exercise: Exercise, answer: Callable) -> str | None:
    """The hint that the exercise computes from a choice; None if it has none or cannot."""
    if exercise.diagnose is None:
        return None
    with contextlib.redirect_stdout(None), contextlib.suppress(Exception):
        hint = exercise.diagnose(answer)
        return None if hint is None else str(hint)
    return None


def outcome_of(exercise: Exercise, answer: Callable, case: tuple) -> Outcome:
    """What an answer makes of a case, and what went wrong, if anything did."""
    given = copy.deepcopy(case)

    def watched(*args, **keywords):
        value = answer(*args, **keywords)
        if value is None:
            raise NothingReturned
        return value

    try:
        value = plain(exercise.apply(watched, given))
    except NothingReturned:
        return Outcome(trouble="It returned None: is a `return` missing?", raised="NothingReturned")
    except Exception as error:
        kind, text = kind_of(error), text_of(error)
        inside = exercise.use is None or raised_inside(answer, error)
        trouble = (
            f"It raised {kind}: {text}" if inside else f"What it returned does not fit: {text}"
        )
        return Outcome(trouble=trouble, raised=kind)
    if difference(case, given, 0.0, nan=True) is not None:
        return Outcome(value, "It changed its own input: work on a copy, or make a new array.")
    return Outcome(value)


def text_of(error: Exception) -> str:
    try:
        return str(error)[:200].encode("utf-8", "backslashreplace").decode()
    except Exception:
        return "(its message cannot be read)"


def raised_inside(answer: Callable, error: Exception) -> bool:
    """Did the answer itself raise this, or something that it called?"""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code is getattr(answer, "__code__", None) for frame, _ in frames)


def recognise(exercise: Exercise, cases: list, outcomes: list[Outcome]) -> str | None:
    """The hint of the first mistake that behaves the same on every case; None for an unknown one.

    The same: equal values, and an exception of the same type where the mistake raises one (two
    axes exchanged show as wrong numbers on a square input and as an error on any other). A mistake
    that raises on every case is known by its messages, if they name the sizes of each case.
    """
    for mistake in exercise.wrong_answers:
        values, messages = 0, set()
        for case, ours in zip(cases, outcomes):
            with contextlib.redirect_stdout(None):
                theirs = outcome_of(exercise, mistake.answer, case)
            if not same_outcome(theirs, ours, exercise.tolerance):
                break  # most mistakes differ on the first case already
            values += theirs.trouble is None
            messages.add((theirs.trouble, theirs.trouble == ours.trouble))
        else:
            by_messages = len(messages) > 1 and all(same for _, same in messages)
            if values or by_messages:
                return mistake.hint
    return None


def same_outcome(one: Outcome, other: Outcome, tolerance: float) -> bool:
    if one.trouble is None and other.trouble is None:
        return difference(one.value, other.value, tolerance, nan=True) is None
    return one.raised is not None and one.raised == other.raised


def drawing(exercise: Exercise, case: tuple, expected: Any, outcome: Outcome) -> tuple | None:
    """Expected and got of the input that the text shows, and the inputs that run beside them.

    Arrays of one shape, of 2 to 4,000 values; of a tuple or a dict the first member that differs.
    """
    if outcome.trouble is not None:
        return None
    got = outcome.value
    members = [(expected, got)]
    if isinstance(expected, tuple) and isinstance(got, tuple):
        members = list(zip(expected, got))
    if isinstance(expected, dict) and isinstance(got, dict):
        members = [(expected[key], got.get(key)) for key in expected]
    for want, have in members:
        if not all(isinstance(a, np.ndarray) and a.dtype.kind in "biuf" for a in (want, have)):
            continue
        if want.shape == have.shape and want.ndim in (1, 2) and 2 <= want.size <= 4000:
            if not np.allclose(want, have):
                return want, have, beside(exercise.names, case, want)
    return None


def beside(names: tuple[str, ...], case: tuple, drawn: np.ndarray) -> dict[str, np.ndarray]:
    """The inputs that have a number for each number drawn, by name."""
    return {
        name: value
        for name, value in zip(names, case)
        if isinstance(value, np.ndarray) and drawn.ndim == 1 and value.shape == drawn.shape
    }
