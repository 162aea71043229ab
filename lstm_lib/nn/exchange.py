"""The same network in NumPy and in torch: weights carried over, number for number."""

from typing import TypeVar

import torch

from lstm_lib import scratch
from lstm_lib.scratch.variants import Variant

Module = TypeVar("Module", bound=torch.nn.Module)  # lstm_lib.nn.LSTM, or a class made from it
# scratch's names, and where torch keeps the same; b is the sum of torch's two.
PAIRS = {"W": "weight_ih", "R": "weight_hh", "b": "bias_ih", "p": "weight_ch", "G": "weight_gh"}


@torch.no_grad()
def from_scratch(cls: type[Module], source: scratch.LSTM, **options) -> Module:
    """A module of class `cls` that holds `source`'s numbers, in its dtype."""
    if not isinstance(source, scratch.LSTM):
        raise TypeError(
            f"scratch_lstm must be a lstm_lib.scratch.LSTM; got {type(source).__name__}"
        )
    allowed = ("batch_first", "dropout", "backend")
    unknown = [name for name in options if name not in allowed]
    if unknown:
        raise TypeError(
            f"from_scratch takes {', '.join(allowed)}; got {', '.join(unknown)}: everything else "
            "is scratch_lstm's own"
        )
    dtype = torch.from_numpy(source.params["W0"]).dtype
    sizes = (source.input_size, source.hidden_size, source.num_layers)
    module = cls(*sizes, variant=source.variant, dtype=dtype, **options)
    for layer in range(source.num_layers):
        for theirs, ours in PAIRS.items():
            if f"{theirs}{layer}" in source.params:
                parameter = getattr(module, f"{ours}_l{layer}")
                parameter.copy_(torch.from_numpy(source.params[f"{theirs}{layer}"]))
        getattr(module, f"bias_hh_l{layer}").zero_()
    return module


def to_scratch(module: torch.nn.Module) -> scratch.LSTM:
    """A `lstm_lib.scratch.LSTM` that holds `module`'s numbers, in its dtype."""
    if module.bidirectional:
        raise ValueError("to_scratch needs bidirectional=False: scratch runs in one direction")
    dtype = module.weight_ih_l0.dtype
    if dtype not in (torch.float32, torch.float64):
        raise TypeError(f"to_scratch needs float32 or float64 weights; got {dtype}")
    name = str(dtype).removeprefix("torch.")
    sizes = (module.input_size, module.hidden_size, module.num_layers)
    variant: Variant = module.variant
    numpy_lstm = scratch.LSTM(*sizes, variant=variant, dtype=name)
    for layer, weights in enumerate(module.weights()):
        bias = None if weights.b_ih is None else weights.b_ih + weights.b_hh
        tensors = {"W": weights.W, "R": weights.R, "b": bias, "p": weights.p, "G": weights.G}
        for short, array in numpy_lstm.params.items():
            if short[1:] == str(layer):
                tensor = tensors[short[0]]
                array[...] = 0.0 if tensor is None else tensor.detach().cpu().numpy()
    return numpy_lstm
