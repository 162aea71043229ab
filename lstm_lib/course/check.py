"""`check("13.2", answer)`: is it right, and if not, what is the smallest input that shows it?"""

from dataclasses import dataclass
from typing import Any

from lstm_lib.course import record, sandbox
from lstm_lib.course.exercises import find
from lstm_lib.course.judge import judge
from lstm_lib.course.reveal import preformatted
from lstm_lib.course.untouched import untouched

MARKS = {"passed": "✓", "not right yet": "✗"}


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    `status` is "passed", "not right yet", "not attempted yet" or, where the course itself failed,
    "could not be judged".
    """

    key: str
    status: str
    lines: tuple[str, ...] = ()
    hint: str | None = None
    picture: str = ""  # an HTML <img>, or nothing

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    def __repr__(self) -> str:
        mark = MARKS.get(self.status, "–")
        lines = [f"{mark} {self.key} {self.status}", *(f"  {line}" for line in self.lines)]
        if self.hint:
            lines.append(f"  Hint: {self.hint}")
        elif self.status == "not right yet":
            lines.append(f'  `hint("{self.key}")` shows the next step.')
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return preformatted(repr(self)) + self.picture


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
    try:
        judgement = judge(exercise, answer, seconds)
    except sandbox.Stopped as stopped:
        return Verdict(key, "not right yet", (f"The answer was stopped: {stopped}.",))
    except Exception as error:
        reason = f"The check itself failed, which is not your answer's fault: {error!r:.200}"
        return Verdict(key, "could not be judged", (reason, "Restart the kernel and try again."))
    printed = [f"It printed: {text}" for text in (judgement.printed,) if text]
    if judgement.passed:
        lines = [f"as expected on {judgement.cases} inputs", *printed]
        return Verdict(key, "passed", (*lines, *filter(None, [record.passed(key)])))
    return Verdict(
        key,
        "not right yet",
        (*judgement.lines, *printed),
        judgement.hint,
        draw(judgement.drawing),
    )


def draw(drawing: tuple | None) -> str:
    """Expected and got as a picture for the notebook; nothing if there is nothing to draw."""
    if drawing is None:
        return ""
    from lstm_lib import plots  # matplotlib: only when there is something to draw

    return plots.expected_and_got(*drawing)
