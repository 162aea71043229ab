"""One step of the plain LSTM in as few NumPy calls as can be: for generating, step after step."""

import numpy as np

from lstm_lib.scratch.variants import Variant


def quick_factors(v: Variant, H: int, dtype: np.dtype) -> tuple[np.ndarray, ...] | None:
    """Factor and shift that make σ(z) = ½ + ½ tanh(z/2) of a tanh, (4H,); None if not plain."""
    if not v.plain:
        return None
    factor, shift = np.full((2, 4 * H), 0.5, dtype)
    factor[2 * H : 3 * H], shift[2 * H : 3 * H] = 1, 0
    return factor, shift


def quick_step(
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    params: dict[str, np.ndarray],
    factors: tuple[np.ndarray, np.ndarray],
    h_new: np.ndarray,
    c_new: np.ndarray,
) -> None:
    """`cell.step` of the variant NP without its tape: writes the new h and c (B, H)."""
    if len(x) == 1:  # a matrix with a vector is quicker than with a matrix of one row
        x, h, c, h_new, c_new = x[0], h[0], c[0], h_new[0], c_new[0]
        z = np.dot(params["W"], x)
        z += np.dot(params["R"], h)
    else:
        z = np.dot(x, params["W"].T)
        z += np.dot(h, params["R"].T)
    z += params["b"]
    factor, shift = factors
    z *= factor
    np.tanh(z, z)
    z *= factor
    z += shift
    H = h.shape[-1]
    np.multiply(z[..., H : 2 * H], c, c_new)
    c_new += np.multiply(z[..., :H], z[..., 2 * H : 3 * H], h_new)
    np.tanh(c_new, h_new)
    h_new *= z[..., 3 * H :]
