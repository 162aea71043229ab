"""Matrix products on a CPU, each by the routine that is quickest for its shape; the same elsewhere.

torch multiplies float32 matrices with MKL. oneDNN, which torch brings too and which its own LSTM
runs on, is quicker where there is much to do (measured on Zen 4, one thread: 100 GFLOP/s against 70
to 90 from some 2²⁴ multiplications on); below that its calls cost more than they save.
"""

from functools import cache

import torch
from torch.nn import functional

ONEDNN_FROM = 1 << 24  # multiplications from which oneDNN is worth its call
NARROW = 128  # columns up to which MKL is quicker with the transposed product


@cache
def _onednn():
    """torch's own face of oneDNN's product x Wᵀ + b; None where torch was built without."""
    if not torch.backends.mkldnn.is_available():
        return None
    return getattr(torch.ops.mkldnn, "_linear_pointwise", None)


def by_onednn(rows: int, W: torch.Tensor) -> bool:
    """Does the product of a matrix of so many rows with Wᵀ go to oneDNN?"""
    if W.dtype != torch.float32 or W.device.type != "cpu" or rows * W.numel() < ONEDNN_FROM:
        return False
    return torch.backends.mkldnn.enabled and _onednn() is not None


def linear(x: torch.Tensor, W: torch.Tensor, b: torch.Tensor | None = None) -> torch.Tensor:
    """x Wᵀ + b, (N, K), from x (N, M), W (K, M), b (K,); no gradients."""
    if by_onednn(len(x), W):
        return _onednn()(x.contiguous(), W, b, "none", [], "")
    return functional.linear(x, W, b)


def weight_gradient(dz: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """dzᵀ x, (K, M), from dz (N, K), x (N, M)."""
    if x.shape[1] <= NARROW and x.device.type == "cpu":
        return (x.t() @ dz).t()
    return dz.t() @ x
