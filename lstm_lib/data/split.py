"""Train, validation and test parts in the order of time: no shuffling, so nothing leaks back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Split:
    """Three slices of the first axis, one after the other: `train`, `valid`, `test`."""

    train: slice
    valid: slice
    test: slice


def chronological(n: int, train: float = 0.70, valid: float = 0.15) -> Split:
    """Cut n rows in order into the first `train`, the next `valid` and the rest for `test`.

    Raises ValueError if the shares leave a negative rest or n is negative.

    >>> chronological(20)
    Split(train=slice(0, 14, None), valid=slice(14, 17, None), test=slice(17, 20, None))
    """
    if n < 0 or not (0 <= train and 0 <= valid and train + valid <= 1):
        raise ValueError(
            "n must be >= 0, train and valid shares >= 0 with a sum of at most 1; "
            f"got n={n}, train={train}, valid={valid}"
        )
    first = round(n * train)
    second = max(first, round(n * (train + valid)))
    return Split(slice(0, first), slice(first, second), slice(second, n))
