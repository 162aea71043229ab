"""Shapes that are executed instead of written in a comment."""

import sys


def shapes(**wanted: tuple) -> None:
    """Raise ValueError, with the name, unless each variable of the caller has the shape given.

    >>> import numpy as np
    >>> T, B, I = 5, 2, 3
    >>> x = np.zeros((T, B, I))
    >>> shapes(x=(T, B, I))
    >>> shapes(x=(B, T, I))
    Traceback (most recent call last):
    ...
    ValueError: x must have the shape (2, 5, 3); got (5, 2, 3)
    """
    caller = sys._getframe(1)
    for name, shape in wanted.items():
        value = caller.f_locals.get(name, caller.f_globals.get(name))
        if not hasattr(value, "shape"):
            raise ValueError(f"{name} must be an array here; got {type(value).__name__}")
        if tuple(value.shape) != tuple(shape):
            raise ValueError(f"{name} must have the shape {tuple(shape)}; got {tuple(value.shape)}")
