"""Modules, inputs and measures that the tests of `lstm_lib.nn` share."""

import torch

from lstm_lib.nn import LSTM

SIZES = dict(input_size=3, hidden_size=4)


def make(variant, layers=1, seed=0, **options):
    torch.manual_seed(seed)
    module = LSTM(3, 4, layers, variant=variant, dtype=torch.float64, **options)
    with torch.no_grad():  # larger than the initialisation's, so that nothing is nearly linear
        for parameter in module.parameters():
            parameter.mul_(2.0)
    return module


def state_for(module, batch, seed=1, grad=True):
    generator = torch.Generator().manual_seed(seed)
    at = module.num_layers * module.directions
    shapes = [(at, batch, 4)] * 2 + [(at, 3, batch, 4)] * module.variant.gate_recurrence
    parts = [torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes]
    return tuple(part.requires_grad_(grad) for part in parts)


def random_input(*shape, seed=2, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=dtype).requires_grad_()


def error(a, b):
    """max|a−b| / max|b|, the design's measure; 0 if both are empty."""
    assert a.shape == b.shape, (a.shape, b.shape)
    if not a.numel():
        return 0.0
    return ((a - b).abs().max() / b.abs().max().clamp_min(1e-300)).item()


def gradients(outputs, inputs, seed=3):
    """Gradients of a random linear function of all outputs."""
    generator = torch.Generator().manual_seed(seed)
    total = 0.0
    for out in outputs:
        total = total + (out * torch.randn(out.shape, generator=generator, dtype=out.dtype)).sum()
    return torch.autograd.grad(total, inputs, allow_unused=True, materialize_grads=True)
