"""Exercise of notebook 00: see a check fail, then pass."""

import numpy as np

from lstm_lib.course.exercise import Exercise


def numbers(rng: np.random.Generator, size: int) -> tuple:
    """Two single numbers first, the second negative with a half, then growing arrays."""
    if size < 2:
        return (float(rng.integers(3, 9)) if size == 0 else 0.5 - float(rng.integers(3, 9)),)
    shape = size if size % 2 else (2, size)
    return (rng.normal(size=shape).round(2),)


def double(x):
    # Twice x, for a number as for an array: NumPy multiplies every element.
    return 2 * x


EXERCISES = (
    Exercise(
        key="00.1",
        title="Make a check fail, then pass",
        stars=1,
        names=("x",),
        specification=lambda x: x + x,
        inputs=numbers,
        mistakes="""
        2 * x -> x * x
            That is x times itself. Doubling adds x to itself.
        2 * x -> x / 2
            That is half of x; twice is wanted.
        2 * x -> x
            That is x as it came. Something has to happen to it.
        2 * x -> x + 2
            You added 2. Twice x is x + x.
        2 * x -> 2.0**x
            That is 2 to the power x: `*` multiplies, `**` raises.
    """,
        steps=(
            "Try it on paper: what is twice 3? What did you do with the 3?",
            "A function gives back what stands after the word `return`.",
            "Twice x can be written x + x, or 2 * x.",
        ),
        solution=double,
    ),
)
