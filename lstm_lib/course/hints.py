"""Help for an exercise: hints one at a time, and a commented solution."""

import html
from dataclasses import dataclass

from lstm_lib.course import record
from lstm_lib.course.exercises import find

# JupyterLab would break a line anywhere, in the middle of a word too.
WRAPPED = "white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere"


def preformatted(text: str, style: str = "") -> str:
    """A text as HTML that keeps its lines, and breaks long ones between words.

    >>> preformatted("x < y", "color: red")
    "<pre style='white-space: pre-wrap; ...; color: red'>x &lt; y</pre>"
    """
    return in_lines(html.escape(text), style)


def in_lines(inner: str, style: str = "") -> str:
    """The same of a text that is HTML already."""
    return f"<pre style='{'; '.join(filter(None, [WRAPPED, style]))}'>{inner}</pre>"


@dataclass(frozen=True)
class Text:
    """A text that a notebook shows as it is, or as the `html` that says the same.

    `folded` hides it behind a line to click on.
    """

    text: str
    folded: str | None = None
    html: str | None = None

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        body = self.html or preformatted(self.text)
        if self.folded is None:
            return body
        return f"<details><summary>{html.escape(self.folded)}</summary>{body}</details>"


def hint(key: str) -> Text:
    """Reveal one more hint for an exercise, together with those already shown."""
    steps = find(key).steps
    shown = record.one_more_hint(key, at_most=len(steps))
    lines = [f"{k}. {step}" for k, step in enumerate(steps[:shown], start=1)]
    left = len(steps) - shown
    more = f"({left} more: call hint again)" if left else "(That is all; then there is solution.)"
    return Text("\n".join([*lines, more]))


def solution(key: str) -> Text:
    """The commented solution of an exercise, folded.

    >>> print(solution("00.1"))
    def double(x):
        # Twice x, for a number as for an array: NumPy multiplies every element.
        return 2 * x
    """
    return Text(find(key).source, folded=f"Solution of {key} (click to open)")
