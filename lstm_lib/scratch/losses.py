"""Losses, stable for any input: each returns (loss, gradient with respect to its first argument).

A loss is the mean over what `mask` keeps (True or 1), over everything without a mask; where the
mask is False, predictions and targets may be anything, NaN too, and the gradient is 0. The mean is
over kept *elements* for `mse` and `sigmoid_cross_entropy`, over kept *positions* for
`softmax_cross_entropy`, as in torch. Predictions may be complex (for the complex step), but no
integers, whose differences wrap around.
"""

from typing import Any

import numpy as np

from lstm_lib.scratch.gates import sigmoid


def mse(y: np.ndarray, target: np.ndarray, mask: Any = None) -> tuple[Any, np.ndarray]:
    """The mean squared error, mean (y − target)²; y and target of one shape.

    >>> mse(np.array([1.0, 2.0]), np.array([0.0, 2.0]))
    (np.float64(0.5), array([1., 0.]))
    """
    _floating("y", y)
    _same_shape("target", target, y.shape)
    keep, n = _kept(mask, y.shape)
    error = np.where(keep, y - target, 0)
    return (error * error).sum() / n, 2 * error / n


def softmax_cross_entropy(
    logits: np.ndarray, target: np.ndarray, mask: Any = None
) -> tuple[Any, np.ndarray]:
    """The mean of −log softmax(logits)[target]: logits (..., K), target (...) integers below K.

    With m = max z: log softmax(z) = (z − m) − log Σ e^(z−m), where no exponent is positive. The
    gradient is softmax(z) minus one-hot(target).

    >>> loss, gradient = softmax_cross_entropy(np.array([[1e4, 0.0, 0.0]]), np.array([0]))
    >>> float(loss), gradient.tolist()
    (0.0, [[0.0, 0.0, 0.0]])
    """
    _floating("logits", logits)
    target = np.asarray(target)
    if target.dtype.kind not in "iu":
        raise TypeError(f"target must be integers; got {target.dtype}")
    _same_shape("target", target, logits.shape[:-1])
    keep, n = _kept(mask, target.shape)
    K = logits.shape[-1]
    wrong = keep & ((target < 0) | (target >= K))
    if wrong.any():
        raise ValueError(f"target must lie between 0 and {K - 1}; got {target[wrong].flat[0]}")
    target = np.where(keep, target, 0)[..., None]
    z = np.where(keep[..., None], logits, 0)
    z = z - z.real.max(axis=-1, keepdims=True)
    e = np.exp(z)
    total = e.sum(axis=-1, keepdims=True)
    each = np.log(total) - np.take_along_axis(z, target, axis=-1)
    gradient = e / total
    at_target = np.take_along_axis(gradient, target, axis=-1) - 1
    np.put_along_axis(gradient, target, at_target, axis=-1)
    return each[..., 0][keep].sum() / n, gradient * keep[..., None] / n


def sigmoid_cross_entropy(
    logits: np.ndarray, target: np.ndarray, mask: Any = None
) -> tuple[Any, np.ndarray]:
    """The mean of −t log σ(z) − (1 − t) log(1 − σ(z)), z the logits, t the targets in [0, 1].

    Computed as max(z, 0) − t z + log(1 + e^−|z|); the gradient is σ(z) − t.

    >>> loss, gradient = sigmoid_cross_entropy(np.array([1000.0, -1000.0]), np.array([1.0, 1.0]))
    >>> float(loss), gradient.tolist()
    (500.0, [0.0, -0.5])
    """
    _floating("logits", logits)
    _same_shape("target", target, logits.shape)
    keep, n = _kept(mask, logits.shape)
    z, t = np.where(keep, logits, 0), np.where(keep, target, 0)
    if not ((t >= 0) & (t <= 1)).all():
        raise ValueError("target must lie between 0 and 1")
    positive, endless = z.real >= 0, np.isinf(z.real)
    finite = np.where(endless, 0, z)
    each = np.where(positive, finite, 0) - t * finite
    each = each + np.log1p(np.exp(np.where(positive, -finite, finite)))
    each = np.where(endless, np.where(t == positive, 0, np.inf), each)
    return np.where(keep, each, 0).sum() / n, np.where(keep, sigmoid(z) - t, 0) / n


def _floating(name: str, array: np.ndarray) -> None:
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fc":
        got = getattr(array, "dtype", type(array).__name__)
        raise TypeError(f"{name} must be a NumPy array of floating-point numbers; got {got}")


def _same_shape(name: str, array: np.ndarray, shape: tuple) -> None:
    if np.shape(array) != shape:
        raise ValueError(f"{name} must be {shape}, as the predictions; got {np.shape(array)}")


def _kept(mask: Any, shape: tuple) -> tuple[np.ndarray, int]:
    """The mask as booleans of this shape, and how many are kept. A mask may lack last axes."""
    if mask is None:
        keep = np.ones(shape, bool)
    else:
        keep = np.asarray(mask)
        if keep.shape != shape[: keep.ndim]:
            raise ValueError(f"mask must be {shape}, or its first axes; got {keep.shape}")
        if keep.dtype != bool and not np.isin(keep, (0, 1)).all():
            raise ValueError("mask must be booleans, or 0 and 1")
        keep = keep.astype(bool).reshape(keep.shape + (1,) * (len(shape) - keep.ndim))
        keep = np.broadcast_to(keep, shape)
    n = int(keep.sum())
    if n == 0:
        raise ValueError("there is nothing to average: no element is kept")
    return keep, n
