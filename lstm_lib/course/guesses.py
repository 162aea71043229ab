"""Guesses that are kept: `guess` before a cell computes something, `reveal` when it has."""

import math
import re
import statistics
from dataclasses import dataclass
from typing import Any

from lstm_lib.course import record
from lstm_lib.course.hints import preformatted

KEY = re.compile(r"\d\d[a-z]?\.[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Guess:
    """What is kept of one guess, and how it compares with the truth once that is known."""

    key: str
    guess: float | str | None
    truth: float | str | None = None
    unit: str = ""
    options: tuple[str, ...] = ()
    stays: bool = False  # another one was written after the truth was shown

    def __repr__(self) -> str:
        answer = "" if self.truth is None else f"The answer is {shown(self.truth, self.unit)}."
        if self.guess is None:
            choose = f"; choose one of {quoted(self.options)}" if self.options else ""
            return f"– {self.key} no guess yet{choose}" + (f". {answer}" if answer else "")
        yours = f"{self.key} your guess: {shown(self.guess, self.unit)}"
        if self.stays:
            return f"{yours}. (The answer was shown; the guess from before it stays.)"
        if self.truth is None:
            return yours
        return f"{yours}. {answer} {distance(self.guess, self.truth, self.unit)}"

    def _repr_html_(self) -> str:
        numbers = not isinstance(self.guess, str | None) and self.truth is not None
        return preformatted(repr(self)) + (self.picture() if numbers and not self.stays else "")

    def picture(self) -> str:
        from lstm_lib import plots  # matplotlib: only when there is something to draw

        return plots.guess_and_truth(self.guess, self.truth, self.unit)


def guess(key: str, value: Any, *options: str) -> Guess:
    """Keep a guess: a number, or one of the options. `...` means: none yet.

    key: notebook and name, as in "02.half-life". A guess may be changed until `reveal` has shown
    the truth. Where it cannot be written it is kept as long as the kernel runs. Raises ValueError
    or TypeError, with what is wanted, for a key or a value that does not fit.

    >>> guess("00.doctest", ...)
    – 00.doctest no guess yet
    >>> guess("00.doctest", ..., "yes", "no")
    – 00.doctest no guess yet; choose one of "yes", "no"
    >>> guess("00.doctest", "perhaps", "yes", "no")
    Traceback (most recent call last):
    ValueError: 00.doctest: choose one of "yes", "no"; got 'perhaps'
    """
    _check_key(key)
    if value is ...:
        kept, _ = record.guesses().get(key, (None, None))
        return Guess(key, kept, options=options)
    given = _option(key, value, options) if options else number(key, value)
    kept, truth = record.keep_guess(key, given)
    return Guess(key, kept, options=options, stays=truth is not None and kept != given)


def reveal(key: str, truth: Any, unit: str = "") -> Guess:
    """Show the guess, the truth and how far they lie apart; the truth alone if there is no guess.

    truth: a number, or the option that is right, as a text. Raises as `guess` does.

    >>> reveal("00.doctest", 6.5788, "steps")
    – 00.doctest no guess yet. The answer is 6.58 steps.
    """
    _check_key(key)
    truth = truth if isinstance(truth, str) else number(key, truth)
    kept = record.guesses().get(key, (None, None))[0]
    if kept is None or isinstance(kept, str) != isinstance(truth, str):
        return Guess(key, None, truth, unit)
    record.keep_guess(key, kept, truth)
    return Guess(key, kept, truth, unit)


def _check_key(key: Any) -> None:
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise ValueError(f'a guess needs a key such as "02.half-life"; got {key!r}')


def _option(key: str, value: Any, options: tuple[str, ...]) -> str:
    """The option that is meant; small and capital letters are the same."""
    for option in options:
        if isinstance(value, str) and value.strip().casefold() == option.casefold():
            return option
    raise ValueError(f"{key}: choose one of {quoted(options)}; got {value!r}")


def number(key: str, value: Any) -> int | float:
    """A number of Python, NumPy or torch as one of Python's.

    >>> number("02.f", True)
    Traceback (most recent call last):
    TypeError: 02.f: a number is wanted; got True
    """
    wrong = TypeError(f"{key}: a number is wanted; got {value!r:.60}")
    if isinstance(value, str | bytes | bool) or type(value).__name__ in ("bool_", "bool"):
        raise wrong
    try:
        value = value.item() if hasattr(value, "item") else value
        value = value if type(value) is int else float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise wrong from None
    if not abs(value) < record.LARGEST:
        raise wrong
    return value


def quoted(options: tuple[str, ...]) -> str:
    return ", ".join(f'"{option}"' for option in options)


def shown(value: float | str, unit: str = "") -> str:
    """A number with three digits, a large or whole one with all of them; a word in quotes.

    >>> print(shown(6.5788, "steps"), shown(44400), shown(2.5e-6), shown("no"))
    6.58 steps 44,400 2.5e-06 "no"
    """
    if isinstance(value, str):
        return f'"{value}"'
    whole = isinstance(value, int) or 1000 <= abs(value)
    text = f"{value:,.0f}" if whole and abs(value) < 1e9 else f"{value:.3g}"
    return f"{text} {unit}".rstrip()


def factor(guess: float, truth: float) -> float:
    """How many times one is the other, at least 1; infinite if one is 0 or the signs differ.

    >>> factor(10, 5), factor(5, 10), factor(-3, -3), factor(0, 5)
    (2.0, 2.0, 1.0, inf)
    """
    if guess == truth:
        return 1.0
    return max(guess / truth, truth / guess) if guess * truth > 0 else math.inf


def distance(guess: float | str, truth: float | str, unit: str = "") -> str:
    """How far a guess is from the truth, as a sentence.

    >>> distance(10, 6.5788), distance(0, 3, "steps"), distance(97, 100)
    ('Your guess is 1.5 times the answer.', 'Your guess is 3 steps below it.', 'Within 4 %.')
    """
    if guess == truth:
        return "Right."
    if isinstance(guess, str):
        return "Not this time."
    times = factor(guess, truth)
    if times < 1.1:
        return f"Within {math.ceil(100 * (times - 1))} %."
    if times < math.inf:
        by = f"{times:.2g}" if times < 100 else f"{times:,.0f}" if times < 1e6 else f"{times:.0e}"
        larger = abs(guess) > abs(truth)
        return (
            f"Your guess is {by} times the answer."
            if larger
            else (f"The answer is {by} times your guess.")
        )
    side = "above" if guess > truth else "below"
    return f"Your guess is {shown(abs(guess - truth), unit)} {side} it."


def how_good() -> list[str]:
    """What the guesses say so far, in a line or two; nothing if none was revealed.

    Of numbers the median factor, of words how many were right.
    """
    pairs = [pair for pair in record.guesses().values() if pair[1] is not None]
    factors = [factor(*pair) for pair in pairs if not isinstance(pair[0], str)]
    words = [mine == truth for mine, truth in pairs if isinstance(mine, str)]
    lines = []
    if factors:
        median = statistics.median_low(factors)
        half = "half of them " if len(factors) > 1 else ""
        if median < 1000:
            said = f"{half}within a factor of {math.ceil(10 * median) / 10:g} of the answer"
        else:
            said = f"{half}more than 1,000 times too large or too small, or of the wrong sign"
        lines.append(f"numbers guessed: {len(factors)}, {said}")
    if words:
        lines.append(f"choices guessed: {len(words)}, {sum(words)} of them right")
    return lines
