"""Weights that a reader chose, checked before an exercise puts them to work."""

from typing import Any

import numpy as np


def two_arrays(choice: Any, **shapes: tuple) -> list[np.ndarray]:
    """The two arrays of a choice as floats. Raises ValueError, by name, for what does not fit.

    >>> W, b = two_arrays(([[1, 2]], [3]), W=(1, 2), b=(1,))
    >>> two_arrays(([1, 2], [3]), W=(1, 2), b=(1,))
    Traceback (most recent call last):
    ValueError: W must be (1, 2); got (2,)
    """
    if not isinstance(choice, tuple | list) or len(choice) != 2:
        raise ValueError(f"return two arrays, {' and '.join(shapes)}; got {choice!r}")
    arrays = [np.asarray(array, float) for array in choice]
    for (name, shape), array in zip(shapes.items(), arrays):
        if array.shape != shape:
            raise ValueError(f"{name} must be {shape}; got {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must hold finite numbers")
    return arrays
