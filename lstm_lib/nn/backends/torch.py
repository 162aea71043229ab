"""torch's own LSTM (cuDNN on a GPU, oneDNN or native kernels on a CPU), for the plain one (NP)."""

from dataclasses import replace

import torch

from lstm_lib.nn.backends.call import Backend, Call, Case, State
from lstm_lib.scratch.variants import Variant

PLAIN = Variant("plain", peepholes=False)


def run(call: Call) -> tuple[torch.Tensor, State]:
    """`torch.lstm`, the function that torch.nn.LSTM calls itself."""
    biased = call.weights[0].b_ih is not None
    flat = [tensor for weights in call.weights for tensor in weights[: 4 if biased else 2]]
    layers = len(call.weights) // call.directions
    options = (flat, biased, layers, call.dropout, call.dropout > 0, call.directions == 2)
    if call.batch_sizes is None:
        y, h, c = torch.lstm(call.x, call.state, *options, False)
    else:
        y, h, c = torch.lstm(call.x, call.batch_sizes, call.state, *options)
    return y, (h, c)


def why_not(case: Case) -> str | None:
    """It has all gates, tanh twice, and nothing else.

    >>> why_not(Case(Variant("mine", coupled=True, forget_gate=False), "cpu", torch.float32))
    'torch has no LSTM with peepholes, a missing or coupled gate'
    """
    variant = replace(case.variant, name=PLAIN.name)
    if variant == PLAIN:
        return None
    lacks = []
    if variant.peepholes:
        lacks.append("peepholes")
    if variant.blocks != PLAIN.blocks:
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
