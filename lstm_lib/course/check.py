"""`check("13.2", answer)`: is it right, and if not, what is the smallest input that shows it?"""

from dataclasses import dataclass
from typing import Any

from lstm_lib.course import buttons, record, sandbox
from lstm_lib.course.exercises import find
from lstm_lib.course.hints import preformatted
from lstm_lib.course.judge import judge
from lstm_lib.course.untouched import untouched

MARKS = {"passed": "✓", "not right yet": "✗"}
# JupyterLab's own, which fit its light and its dark themes; elsewhere what can be read on both.
COLOURS = {
    "passed": "var(--jp-success-color1, #2e8b57)",
    "not right yet": "var(--jp-error-color1, #d9534f)",
}


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
    example: int = 0  # so many of the lines are the smallest input that shows it

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def headline(self) -> str:
        return f"{MARKS.get(self.status, '–')} {self.key} {self.status}"

    @property
    def help(self) -> list[str]:
        if self.hint:
            return [f"  Hint: {self.hint}"]
        if self.status == "not right yet":
            return [f'  `hint("{self.key}")` shows the next step.']
        return []

    def __repr__(self) -> str:
        return "\n".join([self.headline, *(f"  {line}" for line in self.lines), *self.help])

    def _repr_html_(self) -> str:
        """The same text. The mark has a colour, the input that shows it a ground of its own."""
        if self.status not in COLOURS:
            return preformatted(repr(self)) + self.picture
        colour = COLOURS[self.status]
        example, rest = self.lines[: self.example], self.lines[self.example :]
        parts = [preformatted(self.headline, f"color: {colour}; font-weight: bold")]
        if example:
            ground = "background: var(--jp-layout-color2, rgba(128, 128, 128, 0.15))"
            parts.append(preformatted("\n".join(example), f"{ground}; padding: 0.5em 0.8em"))
        if below := [line.removeprefix("  ") for line in (*rest, *self.help)]:
            parts.append(preformatted("\n".join(below)))
        frame = f"border-left: 4px solid {colour}; padding-left: 0.8em"
        return f"<div style='{frame}'>{''.join(parts)}{self.picture}</div>"

    def _ipython_display_(self) -> None:
        """Under a wrong answer stand two buttons. Else IPython shows the text in its own way."""
        if self.status != "not right yet":
            raise NotImplementedError
        from IPython.display import display

        display({"text/plain": repr(self), "text/html": self._repr_html_()}, raw=True)
        if (box := buttons.buttons(self.key)) is not None:
            display(box)


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
        judgement.example,
    )


def draw(drawing: tuple | None) -> str:
    """Expected and got as a picture for the notebook; nothing if there is nothing to draw."""
    if drawing is None:
        return ""
    from lstm_lib import plots  # matplotlib: only when there is something to draw

    return plots.expected_and_got(*drawing)
