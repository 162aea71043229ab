"""The sweep as two persistent Triton kernels, for a GPU: see `kernels`.

Every variant, gate recurrence included: its gates of the last step are three more sources of the
recurrent product beside h₋₁. Peepholes and activations cost nothing; a missing gate saves nothing
forward (its rows are zeros) and a quarter of the product backward.

float32 products run on the tensor cores as TF32 where torch lets cuDNN do so
(`torch.backends.cudnn.allow_tf32`, True by default), else as three TF32 products, which have
float32's precision nearly. With bfloat16 and float16, c and all sums are float32.
"""

import functools
import importlib.util

import torch

from lstm_lib.nn.backends.call import Backend, Call, Case, State
from lstm_lib.nn.backends.function import SweepPair, layer_of
from lstm_lib.nn.backends.stack import run_stack
from lstm_lib.nn.backends.triton.sweep import backward, forward
from lstm_lib.nn.backends.triton.tiling import interpreted

MEASURED_ON = (9, 0)  # compute capability
LAYER = layer_of(SweepPair(forward, backward), "triton")


def why_not(case: Case) -> str | None:
    """A GPU (or the interpreter), and at most 32 bits."""
    if case.device not in ("cuda", "cpu") or (case.device == "cpu" and not interpreted()):
        return "its kernels run on a GPU (on a CPU in Triton's interpreter alone)"
    if not _installed():
        return "triton is not installed"
    if case.dtype == torch.float64:
        return "its kernels have no float64"
    return None


@functools.cache
def _installed() -> bool:
    return importlib.util.find_spec("triton") is not None


def passed_over(case: Case) -> str | None:
    """Where its speed has been measured: one kind of GPU, and there not ahead of cuDNN's best."""
    if case.device != "cuda":
        return "Triton's interpreter is slow: it is there for tests"
    if torch.cuda.get_device_capability() != MEASURED_ON:
        return "its kernels have been measured on Hopper GPUs (H100, H200) alone"
    if case.variant.plain and case.dtype != torch.float32:
        return "cuDNN is as fast for the plain LSTM in half precision, and faster in short calls"
    if case.variant.plain and not torch.backends.cudnn.allow_tf32:
        return "not measured against cuDNN without TF32"
    return None


def run(call: Call) -> tuple[torch.Tensor, State]:
    """Every layer and direction of the call."""
    return run_stack(LAYER, call)


BACKEND = Backend(
    name="triton",
    about="two persistent Triton kernels a layer, weights on the chip; every variant",
    run=run,
    why_not=why_not,
    passed_over=passed_over,
)
