"""What a gate is made of: the sigmoid, tanh, and their slopes.

The slopes are written in terms of the *value*, because that is what a forward pass has kept:
σ′(z) = σ(z)(1 − σ(z)) and tanh′(z) = 1 − tanh²(z).

All four run on real and on complex arrays (the complex step of `gradcheck` needs the latter).
"""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """The logistic function, σ(z) = 1 / (1 + e^−z), elementwise; exact and silent for any z.

    e^−z overflows for z below −709 (−88 in float32). Written with e^−|z|, which lies in (0, 1],
    nothing can: σ(z) = 1 / (1 + e^−z) for z ≥ 0, and e^z / (1 + e^z) for z < 0.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    z = np.asarray(z)
    positive = z.real >= 0
    e = np.exp(np.where(positive, -z, z))
    return np.where(positive, 1, e) / (1 + e)


def sigmoid_slope(s: np.ndarray) -> np.ndarray:
    """The slope of the sigmoid where its value is s: s(1 − s).

    >>> sigmoid_slope(sigmoid(np.array(0.0)))
    np.float64(0.25)
    """
    return s * (1 - s)


def tanh(z: np.ndarray) -> np.ndarray:
    """The hyperbolic tangent, elementwise. tanh(z) = 2σ(2z) − 1.

    >>> z = np.array([-1000.0, 0.5, 1000.0])
    >>> np.allclose(tanh(z), 2 * sigmoid(2 * z) - 1)
    True
    """
    return np.tanh(z)


def tanh_slope(t: np.ndarray) -> np.ndarray:
    """The slope of tanh where its value is t: 1 − t².

    >>> tanh_slope(tanh(np.array(0.0)))
    np.float64(1.0)
    """
    return 1 - t * t


def identity(z: np.ndarray) -> np.ndarray:
    """z itself: the "activation" of the variants NIAF and NOAF."""
    return z


def identity_slope(y: np.ndarray) -> np.ndarray:
    """One everywhere."""
    return np.ones_like(y)


ACTIVATIONS = {"tanh": (tanh, tanh_slope), "identity": (identity, identity_slope)}
