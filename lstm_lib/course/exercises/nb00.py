"""Exercise of notebook 00: see a check fail, then pass."""

import numpy as np

from lstm_lib.course.exercise import Exercise, Mistake


def numbers(rng: np.random.Generator, size: int) -> tuple:
    """A single number first, then vectors that grow."""
    return (float(rng.integers(3, 9)),) if size == 0 else (rng.normal(size=size).round(2),)


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
        mistakes=(
            Mistake("That is x times itself. Doubling adds x to itself.", lambda x: x * x),
            Mistake("That is half of x; twice is wanted.", lambda x: x / 2),
            Mistake("That is x as it came. Something has to happen to it.", lambda x: x),
            Mistake("You added 2. Twice x is x + x.", lambda x: x + 2),
        ),
        steps=(
            "Replace the three dots by a line that begins with `return`.",
            "Twice x can be written 2 * x.",
        ),
        solution=double,
    ),
)
