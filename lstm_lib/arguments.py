"""What the public functions refuse, and the words they do it with.

A check names the argument, what came and what was wanted. Nothing is cast, clipped or reordered.
"""

from collections.abc import Sequence

import numpy as np


def check_array(name: str, array: object, shape: tuple, dtype: np.dtype, hint: str = "") -> None:
    """Raises unless `array` is a NumPy array of this dtype and shape.

    A number in `shape` must be met; a name (a string) stands for any length of at least 1.

    >>> check_array("x", np.zeros((3, 2)), ("T", 4), np.dtype(float), "as input_size=4")
    Traceback (most recent call last):
    ValueError: x must be (T, 4), as input_size=4; got (3, 2)
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array; got {type(array).__name__}")
    if array.dtype != dtype:
        raise TypeError(
            f"{name} must be {dtype}; got {array.dtype}. Nothing is cast silently: convert it with "
            f".astype(np.{dtype}), or make the model with dtype=np.{array.dtype}"
        )
    if array.shape == shape:
        return
    if len(array.shape) == len(shape):
        for n, want in zip(array.shape, shape):
            if n != want and (n == 0 or not isinstance(want, str)):
                break
        else:
            return
    wanted = f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
    message = f"{name} must be {wanted}{', ' * bool(hint)}{hint}; got {array.shape}"
    if len(array.shape) == len(shape) and 0 in array.shape:
        raise ValueError(f"{message}. There is nothing to compute")
    if len(shape) == 3 and array.ndim == 3:
        swapped = (array.shape[1], array.shape[0], array.shape[2])
        if all(isinstance(w, str) or n == w for n, w in zip(swapped, shape)):
            message += ". Are batch and time swapped?"
    raise ValueError(message)


def check_finite(name: str, array: np.ndarray) -> None:
    """Raises ValueError for NaN or infinity, and says where the first one is.

    >>> check_finite("x", np.array([[0.0, np.nan]]))
    Traceback (most recent call last):
    ValueError: x must be finite; x[0, 1] is nan
    """
    finite = np.isfinite(array)
    if not np.logical_and.reduce(finite, axis=None):  # what finite.all() does, and quicker
        where = tuple(int(k) for k in np.argwhere(~finite)[0])
        raise ValueError(f"{name} must be finite; {name}{list(where)} is {array[where]}")


def check_size(name: str, value: object) -> int:
    """`value` as an int of at least 1.

    >>> check_size("hidden_size", 0)
    Traceback (most recent call last):
    ValueError: hidden_size must be at least 1; got 0
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be an integer; got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1; got {value}")
    return int(value)


def check_flag(name: str, value: object) -> bool:
    """True or False, and nothing that only counts as such.

    >>> check_flag("bias", "no")
    Traceback (most recent call last):
    TypeError: bias must be True or False; got 'no'
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {value!r}")
    return bool(value)


def check_dtype(dtype: object) -> np.dtype:
    """float32 or float64; complex128 is allowed for the complex step of `gradcheck` alone.

    >>> check_dtype("float16")
    Traceback (most recent call last):
    TypeError: dtype must be float32 or float64; got float16
    """
    checked = np.dtype(dtype)
    if checked not in (np.float32, np.float64, np.complex128):
        raise TypeError(f"dtype must be float32 or float64; got {checked}")
    return checked


def check_lengths(lengths: object, T: int, B: int) -> np.ndarray:
    """`lengths` as an integer array (B,) with values from 1 to T.

    >>> check_lengths([3, 5], T=4, B=2)
    Traceback (most recent call last):
    ValueError: lengths must lie between 1 and T=4; lengths[1] is 5
    """
    array = np.asarray(lengths)
    if array.dtype.kind not in "iu":
        raise TypeError(f"lengths must be integers; got {array.dtype}")
    if array.shape != (B,):
        raise ValueError(f"lengths must be ({B},), one for each sequence; got {array.shape}")
    wrong = np.flatnonzero((array < 1) | (array > T))
    if len(wrong):
        k = int(wrong[0])
        raise ValueError(f"lengths must lie between 1 and T={T}; lengths[{k}] is {array[k]}")
    return array


def check_state(
    name: str, state: object, parts: Sequence[str], shape: tuple, dtype: np.dtype
) -> tuple[np.ndarray, ...]:
    """A state is a tuple: h, c (L, B, H), and for FGR gates (L, 3, B, H)."""
    if not isinstance(state, (tuple, list)):
        raise TypeError(f"{name} must be a tuple ({', '.join(parts)}); got {type(state).__name__}")
    if len(state) != len(parts):
        raise ValueError(f"{name} must be ({', '.join(parts)}); got {len(state)} members")
    L, B, H = shape
    for part, array in zip(parts, state):
        check_array(part, array, (L, 3, B, H) if part.endswith("gates") else shape, dtype)
    return tuple(state)
