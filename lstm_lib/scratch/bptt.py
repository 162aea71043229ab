"""Truncated back-propagation through time: the state is carried on, the gradient is not.

A sequence too long to be held in memory, or endless, is cut into chunks. Each chunk starts from the
state in which the last one ended, so that the forward pass is the whole sequence's; the gradient
stops at the chunk's first step (Williams & Peng 1990). One chunk of all T steps is the full thing.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lstm_lib.arguments import check_size


def truncated_bptt(
    model: Any,
    x: np.ndarray,
    size: int,
    loss: Callable[[np.ndarray, slice], tuple[Any, np.ndarray]],
    state: Any = None,
) -> Iterator[tuple[Any, dict[str, np.ndarray], Any]]:
    """Yields (loss, grads, state) for each chunk of `size` steps; the last may be shorter.

    `model` is an `LSTM` or `RNN`, x (T, B, I). `loss(h_seq, steps)` gets the chunk's h_seq and the
    slice of time it covers and returns the loss and its gradient dh_seq. The caller updates the
    parameters between chunks, or adds the gradients up; `state` is the one after the chunk.

    >>> from lstm_lib.scratch import LSTM, mse
    >>> lstm, x, y = LSTM(1, 2), np.ones((10, 1, 1), np.float32), np.ones((10, 1, 2), np.float32)
    >>> chunks = truncated_bptt(lstm, x, 4, lambda h_seq, steps: mse(h_seq, y[steps]))
    >>> [grads["W0"].shape for loss, grads, state in chunks]
    [(8, 1), (8, 1), (8, 1)]
    """
    check_size("size", size)
    for start in range(0, len(x), size):
        steps = slice(start, min(start + size, len(x)))
        h_seq, state, tape = model.forward(x[steps], state)
        value, dh_seq = loss(h_seq, steps)
        grads, _, _ = model.backward(dh_seq, tape)
        yield value, grads, state


def streams(ids: np.ndarray, B: int) -> tuple[np.ndarray, np.ndarray]:
    """One long sequence (n,) as B streams that run side by side: x and its next items y, (T, B).

    Column b is the b-th of B equal pieces of `ids`, so that row t + 1 continues row t and a state
    may be carried from one chunk of rows to the next. The last items that fill no row are left out.

    >>> x, y = streams(np.arange(10), 3)
    >>> x.tolist()
    [[0, 3, 6], [1, 4, 7], [2, 5, 8]]
    >>> y.tolist()
    [[1, 4, 7], [2, 5, 8], [3, 6, 9]]
    """
    check_size("B", B)
    if np.ndim(ids) != 1 or len(ids) <= B:
        raise ValueError(f"ids must be (n,) with more than B = {B} items; got {np.shape(ids)}")
    T = (len(ids) - 1) // B
    x, y = (part[: T * B].reshape(B, T).T.copy() for part in (ids, ids[1:]))
    return x, y
