"""A dense layer, y = x Wᵀ + b, over the last axis: the head that turns h into a prediction."""

from typing import Any

import numpy as np

from lstm_lib.arguments import check_dtype, check_size


class Dense:
    """`params` "W" (O, I) and "b" (O,), uniform in ±1/√I as in torch.nn.Linear.

    >>> head = Dense(4, 2)
    >>> y, tape = head.forward(np.ones((5, 3, 4), np.float32))
    >>> grads, dx = head.backward(np.ones_like(y), tape)
    >>> y.shape, dx.shape, grads["W"].shape
    ((5, 3, 2), (5, 3, 4), (2, 4))
    """

    def __init__(self, input_size: int, output_size: int, seed: Any = 0, dtype: Any = np.float32):
        self.input_size = check_size("input_size", input_size)
        self.output_size = check_size("output_size", output_size)
        self.dtype = check_dtype(dtype)
        bound, rng = 1 / np.sqrt(input_size), np.random.default_rng(seed)
        self.params = {
            "W": rng.uniform(-bound, bound, (output_size, input_size)).astype(self.dtype),
            "b": rng.uniform(-bound, bound, output_size).astype(self.dtype),
        }

    def forward(self, x: np.ndarray) -> tuple[np.ndarray, tuple]:
        """x (..., I) → y (..., O), and the tape."""
        self._check("x", x, self.input_size)
        W = self.params["W"].copy()  # an optimiser may change it before backward
        return x @ W.T + self.params["b"], (x.copy(), W)

    def backward(self, dy: np.ndarray, tape: tuple) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """dy (..., O) → the gradients of `params`, and dx (..., I)."""
        x, W = tape
        self._check("dy", dy, self.output_size)
        if dy.shape[:-1] != x.shape[:-1]:
            raise ValueError(f"dy must be {(*x.shape[:-1], self.output_size)}; got {dy.shape}")
        flat = dy.reshape(-1, self.output_size)
        return {"W": flat.T @ x.reshape(-1, self.input_size), "b": flat.sum(0)}, dy @ W

    def _check(self, name: str, array: np.ndarray, size: int) -> None:
        if not isinstance(array, np.ndarray) or array.dtype != self.dtype:
            got = getattr(array, "dtype", type(array).__name__)
            raise TypeError(f"{name} must be a NumPy array of {self.dtype}; got {got}")
        if array.ndim == 0 or array.shape[-1] != size:
            raise ValueError(f"{name} must be (..., {size}); got {array.shape}")
