"""What an exercise is made of: one source for its check, its hints and its solution."""

import functools
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstm_lib.course.compare import show
from lstm_lib.course.slips import Mistake, read_mistakes


@dataclass(frozen=True)
class Exercise:
    """One exercise of a notebook. The answer is always a function.

    key             "13.2": notebook and number
    title, stars    one line; 1 to 3
    names           of what `inputs` makes, for the report
    specification   slow and obviously right
    inputs          (rng, size) -> arguments; size counts up from 0, small inputs come first
    mistakes        what typically goes wrong, each with the hint that fits (`slips`); of two that
                    behave alike the first counts
    steps           hints that `hint` reveals one at a time
    solution        commented source, shown by `solution`
    tolerance       largest difference that is still equal, relative to the largest expected value
    use             (answer, *inputs) -> what is compared with the specification's; None: the answer
                    is called on the inputs. For answers that are a choice (weights to be set by
                    hand, say), `use` puts the choice to work, and what comes out is judged.
    diagnose        answer -> the hint, computed from what a wrong choice does, so that it is true
                    of every choice; None where it has nothing to say
    story           (*inputs) -> an input told in words, where its numbers tell nothing
    given           the code that the reader is handed to mend; None: a body of `...`
    picture         draw what was expected and what came, when they are arrays of one shape
    source          of the solution, as it is written
    """

    key: str
    title: str
    stars: int
    names: tuple[str, ...]
    specification: Callable[..., Any]
    inputs: Callable[[np.random.Generator, int], tuple]
    mistakes: str
    steps: tuple[str, ...]
    solution: Callable[..., Any]
    tolerance: float = 1e-9
    use: Callable[..., Any] | None = None
    diagnose: Callable[..., str | None] | None = None
    story: Callable[..., str] | None = None
    given: Callable[..., Any] | None = None
    picture: bool = False
    source: str = field(init=False, repr=False)

    def __post_init__(self):
        # Read when the course is imported: an update may change the file at any time.
        source = textwrap.dedent(inspect.getsource(self.solution)).rstrip()
        object.__setattr__(self, "source", source)

    @functools.cached_property
    def wrong_answers(self) -> tuple[Mistake, ...]:
        """The mistakes as functions. Raises ValueError for one that does not fit the solution."""
        try:
            return read_mistakes(self.mistakes, self.source, self.solution.__globals__)
        except ValueError as error:
            raise ValueError(f"exercise {self.key}: {error}") from None

    def apply(self, answer: Callable[..., Any], case: tuple) -> Any:
        """What an answer makes of a case."""
        return answer(*case) if self.use is None else self.use(answer, *case)

    def told(self, case: tuple) -> list[tuple[str, str]]:
        """An input by names and values; a story has no name."""
        if self.story is not None:
            return [("", self.story(*case))]
        return [(name, show(value)) for name, value in zip(self.names, case)]

    def cases(self, count: int = 20) -> list[tuple]:
        """The same random inputs every time, from small to large."""
        rng = np.random.default_rng(
            [int(part, 10 if part.isdigit() else 36) for part in self.key.split(".")]
        )
        return [self.inputs(rng, size) for size in range(count)]
