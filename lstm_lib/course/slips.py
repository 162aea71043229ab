"""Typical mistakes, written as slips of the pen: the solution with one place of it gone wrong."""

import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

ARROW = "->"


class Mistake(NamedTuple):
    """A typical wrong answer, recognised by what it does, and the hint that fits it.

    Whoever's answer returns the same as `answer` on every input made that mistake, however it is
    spelled.
    """

    name: str
    answer: Callable[..., Any]
    hint: str


def read_mistakes(text: str, source: str, names: dict[str, Any]) -> tuple[Mistake, ...]:
    """The mistakes in a text: what went wrong, and below it, indented, the hint that fits.

    What went wrong is a slip, "what the solution says -> what was written" (one a line, if several
    came together), or the name of a function: the whole wrong answer. `source` is the solution's,
    `names` what it can see. Raises ValueError for what does not fit the solution.

    >>> text = '''
    ...     2 * x -> x / 2
    ...         That is half of x;
    ...         twice is wanted.
    ... '''
    >>> [mistake] = read_mistakes(text, "def double(x):\\n    return 2 * x\\n", {})
    >>> mistake.name, mistake.answer(6), mistake.hint
    ('2 * x -> x / 2', 3.0, 'That is half of x; twice is wanted.')
    """
    entries: list[tuple[list[str], list[str]]] = []
    for line in textwrap.dedent(text).strip().splitlines():
        if line.startswith(" "):
            entries[-1][1].append(line.strip())
        elif entries and not entries[-1][1]:
            entries[-1][0].append(line)
        else:
            entries.append(([line], []))
    mistakes = []
    for wrong, hint in entries:
        name = "; ".join(wrong)
        if not hint:
            raise ValueError(f"the mistake {name!r} has no hint")
        answer = names.get(name) if ARROW not in name else slipped(source, wrong, names)
        if answer is None:
            raise ValueError(f"{name!r} is neither a slip (x {ARROW} y) nor a function's name")
        mistakes.append(Mistake(name, answer, " ".join(hint)))
    return tuple(mistakes)


def slipped(source: str, slips: list[str], names: dict[str, Any]) -> Callable[..., Any]:
    """The function in `source` after these slips.

    Raises ValueError for a text that does not stand in the source exactly once: a slip must not
    outlive the solution that it was made of.

    >>> slipped("def double(x):\\n    return 2 * x\\n", ["3 * x -> x / 3"], {})
    Traceback (most recent call last):
    ValueError: '3 * x' must stand in the solution once; it stands there 0 times
    """
    for slip in slips:
        right, _, wrong = (part.strip() for part in slip.partition(ARROW))
        if (times := source.count(right)) != 1:
            raise ValueError(
                f"{right!r} must stand in the solution once; it stands there {times} times"
            )
        source = source.replace(right, wrong)
    made: dict[str, Any] = {}
    exec(compile(source, f"<{'; '.join(slips)}>", "exec"), names, made)
    return made.popitem()[1]
