"""One step of the plain LSTM in as few NumPy calls as can be: for generating, step after step."""

import numpy as np

from lstm_lib.scratch.variants import VARIANTS, Variant


def plain_factors(v: Variant, H: int, dtype: np.dtype) -> tuple[np.ndarray, ...] | None:
    """Factor and shift that make σ(z) = ½ + ½ tanh(z/2) of a tanh, (4H,); None if not plain."""
    parts = ("blocks", "input_activation", "output_activation", "peepholes", "gate_recurrence")
    if any(getattr(v, part) != getattr(VARIANTS["NP"], part) for part in parts):
        return None
    factor, shift = np.full((2, 4 * H), 0.5, dtype)
    factor[2 * H : 3 * H], shift[2 * H : 3 * H] = 1, 0
    return factor, shift


def plain_step(
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    params: dict[str, np.ndarray],
    factors: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """`cell.step` of the variant NP without its tape: the new h and c (B, H)."""
    factor, shift = factors
    H = h.shape[1]
    if len(x) == 1:  # a matrix with a vector is quicker than with a matrix of one row
        z = np.dot(params["W"], x[0])
        z += np.dot(params["R"], h[0])
        z = z.reshape(1, -1)
    else:
        z = np.dot(x, params["W"].T)
        z += np.dot(h, params["R"].T)
    z += params["b"]
    z *= factor
    np.tanh(z, z)
    z *= factor
    z += shift
    c = z[:, H : 2 * H] * c
    c += z[:, :H] * z[:, 2 * H : 3 * H]
    h = np.tanh(c)
    h *= z[:, 3 * H :]
    return h, c
