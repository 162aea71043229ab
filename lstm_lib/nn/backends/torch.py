"""torch's own LSTM (cuDNN on a GPU, oneDNN or native kernels on a CPU), for the plain one (NP)."""

from functools import cache

import torch
import torch.backends.cudnn.rnn as cudnn_rnn

from lstm_lib.nn.backends.call import Backend, Call, Case, State, Weights
from lstm_lib.scratch.variants import Variant


def run(call: Call) -> tuple[torch.Tensor, State]:
    """`torch.lstm`, the function that torch.nn.LSTM calls itself.

    Under autocast it returns c in half precision; here it comes in the weights' dtype, as from
    every backend.
    """
    biased = call.weights[0].b_ih is not None
    flat = [tensor for weights in call.weights for tensor in weights[: 4 if biased else 2]]
    layers = len(call.weights) // call.directions
    # cuDNN's backward needs "training" whatever the module's mode; dropout is 0 outside training.
    training = call.dropout > 0 or (call.x.is_cuda and torch.is_grad_enabled())
    options = (flat, biased, layers, call.dropout, training, call.directions == 2)
    if call.batch_sizes is None:
        y, h, c = torch.lstm(call.x, call.state, *options, False)
    else:
        y, h, c = torch.lstm(call.x, call.batch_sizes, call.state, *options)
    return y, (h, c.to(call.weights[0].W.dtype))


def flatten(weights: list[Weights], biased: bool, batch_first: bool, bidirectional: bool) -> None:
    """Move the parameters into one piece of memory, where they are on a GPU and cuDNN takes them.

    Otherwise cuDNN copies them together at every call, and torch warns of it. Parameters that share
    memory are left alone, as torch.nn.LSTM leaves them.
    """
    flat = [tensor for layer in weights for tensor in layer[: 4 if biased else 2]]
    first = flat[0]
    if not (first.is_cuda and torch.backends.cudnn.is_acceptable(first.detach())):
        return
    if len({tensor.data_ptr() for tensor in flat}) < len(flat):
        return
    hidden = weights[0].R.shape[1]
    layers = len(weights) // (2 if bidirectional else 1)
    mode = cudnn_rnn.get_cudnn_mode("LSTM")
    sizes = (weights[0].W.shape[1], mode, hidden, 0, layers, batch_first, bidirectional)
    with torch.cuda.device_of(first), torch.no_grad():
        torch._cudnn_rnn_flatten_weight(flat, 4 if biased else 2, *sizes)


def why_not(case: Case) -> str | None:
    """It has all gates, tanh twice, and nothing else.

    >>> why_not(Case(Variant("mine", coupled=True, forget_gate=False), "cpu", torch.float32, 8))
    'torch has no LSTM with peepholes, a missing or coupled gate'
    """
    return _lacking(case.variant)


@cache  # asked at every call of a module
def _lacking(variant: Variant) -> str | None:
    if variant.plain:
        return None
    lacks = []
    if variant.peepholes:
        lacks.append("peepholes")
    if variant.blocks != ("i", "f", "g", "o"):
        lacks.append("a missing or coupled gate")
    if (variant.input_activation, variant.output_activation) != ("tanh", "tanh"):
        lacks.append("an identity in place of tanh")
    if variant.gate_recurrence:
        lacks.append("gate recurrence")
    return f"torch has no LSTM with {', '.join(lacks)}"


BACKEND = Backend(
    name="torch",
    about="torch's own LSTM (oneDNN or native kernels on a CPU, cuDNN on a GPU)",
    run=run,
    why_not=why_not,
)
