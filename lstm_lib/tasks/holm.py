"""Many tests at once: Holm's rule."""

import numpy as np


def holm(p: np.ndarray) -> np.ndarray:
    """p-values of several tests, raised so that the chance of *any* false alarm stays in bounds.

    Holm (1979): the smallest times m, the next times m - 1, and so on; never falling, at most 1.

    p (m,). Returns (m,), in the order given. Raises ValueError unless all are from 0 to 1.

    >>> holm(np.array([0.01, 0.04, 0.03]))
    array([0.03, 0.06, 0.06])
    """
    p = np.asarray(p, np.float64)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"p must be (m,), each from 0 to 1; got {p}")
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(raised, 1.0)
    return corrected
