"""Is an answer still what the notebook handed out: `...`, or the code to mend?"""

import functools
import inspect
import textwrap
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from lstm_lib.course.exercises import EXERCISES


def untouched(answer: Any, given: Callable | None = None) -> bool:
    """Is this still what the notebook handed out: `...`, bare or as a body, or the `given` code?

    >>> def answer(x):
    ...     '''Docstring.'''
    ...     ...
    >>> untouched(answer), untouched(lambda x: x), untouched(...)
    (True, False, True)
    """
    if answer is ...:
        return True
    if type(answer) is not FunctionType:  # isinstance would ask the answer, which may be anything
        return False
    code = answer.__code__

    def nothing(): ...

    def nothing_said():
        """A docstring shifts the constants by one."""
        ...

    if given is not None and any(same_code(code, theirs) for theirs in codes_of(given)):
        return True
    blanks = (nothing.__code__.co_code, nothing_said.__code__.co_code)
    constants = set(code.co_consts) - {answer.__doc__, ...}
    return code.co_code in blanks and constants <= {None}


@functools.cache
def codes_of(given: Callable) -> list[CodeType]:
    """The code of `given`, and that of its source compiled alone, as in a notebook's cell.

    Python 3.11 compiles `np.exp(z)` in two ways: with and without `import numpy as np` beside it.
    """
    alone = compile(textwrap.dedent(inspect.getsource(given)), "<cell>", "exec")
    return [given.__code__, *(c for c in alone.co_consts if isinstance(c, CodeType))]


# While the sources on the disk are those that were imported: an update may come at any time.
for _exercise in EXERCISES.values():
    if _exercise.given is not None:
        codes_of(_exercise.given)


def same_code(a: CodeType, b: CodeType) -> bool:
    """Do two functions do the same by the same instructions? Their docstrings may differ."""
    if (a.co_code, a.co_names, a.co_varnames) != (b.co_code, b.co_names, b.co_varnames):
        return False
    constants = [
        [c for k, c in enumerate(code.co_consts) if k or not isinstance(c, str)] for code in (a, b)
    ]
    return len(constants[0]) == len(constants[1]) and all(
        same_code(x, y)
        if isinstance(x, CodeType) and isinstance(y, CodeType)
        else repr(x) == repr(y)
        for x, y in zip(*constants)
    )
