"""Modules, inputs and measures that the tests of `lstm_lib.nn` share."""

import copy
from functools import cache

import pytest
import torch
from nn_transcription import lstm as transcribed
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from lstm_lib.nn import LSTM, backends
from lstm_lib.nn.backends.triton.tiling import interpreted
from lstm_lib.scratch.variants import VARIANTS

TOLERANCE = {torch.float64: 1e-10, torch.float32: 2e-4, torch.bfloat16: 2e-2}


def tolerance(backend, dtype):
    """That of the dtype; twice that where Triton interprets, which cuts bfloat16 off, not rounds.

    (On a GPU the same kernels are within 7e-3: results/bench/cuda.json.)
    """
    cut_off = backend == "triton" and interpreted() and dtype == torch.bfloat16
    return TOLERANCE[dtype] * (2 if cut_off else 1)


every_variant = pytest.mark.parametrize("variant", list(VARIANTS))
every_backend = pytest.mark.parametrize("backend", list(backends.BACKENDS))
fast_backend = pytest.mark.parametrize("backend", ["fused", "compiled"])


def make(
    variant,
    layers=1,
    seed=0,
    dtype=torch.float64,
    sizes=(3, 4),
    scale=2.0,
    backend="auto",
    **options,
):
    torch.manual_seed(seed)
    module = LSTM(*sizes, layers, variant=variant, dtype=torch.float64, **options)
    with torch.no_grad():  # larger than the initialisation's, so that nothing is nearly linear
        for parameter in module.parameters():
            parameter.mul_(scale)
    module.backend = backend
    return module.to(dtype)


def state_for(module, batch, seed=1, grad=True):
    generator = torch.Generator().manual_seed(seed)
    at, H = module.num_layers * module.directions, module.hidden_size
    shapes = [(at, batch, H)] * 2 + [(at, 3, batch, H)] * module.variant.gate_recurrence
    parts = [torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes]
    return tuple(p.to(module.weight_ih_l0.dtype).requires_grad_(grad) for p in parts)


def random_input(*shape, seed=2, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype).requires_grad_()


def error(a, b):
    """max|a−b| / max|b|, the design's measure; 0 if both are empty."""
    assert a.shape == b.shape, (a.shape, b.shape)
    if not a.numel():
        return 0.0
    a, b = a.double(), b.double()
    return ((a - b).abs().max() / b.abs().max().clamp_min(1e-300)).item()


def gradients(outputs, inputs, seed=3, **options):
    """Gradients of a random linear function of all outputs."""
    generator = torch.Generator().manual_seed(seed)
    total = 0.0
    for out in outputs:
        weights = torch.randn(out.shape, generator=generator, dtype=torch.float64)
        total = total + (out.double() * weights).sum()
    return torch.autograd.grad(total, inputs, allow_unused=True, materialize_grads=True, **options)


def only_if_it_can(backend, variant="NP", dtype=torch.float64):
    """Skips, with the backend's own words, where it cannot run."""
    case = backends.Case(VARIANTS[variant], "cpu", dtype, 4)
    reason = backends.BACKENDS[backend].why_not(case)
    if reason is not None:
        pytest.skip(f"{backend}: {reason}")


def dtype_of(backend):
    """The widest that it computes in on a CPU."""
    for dtype in (torch.float64, torch.float32):
        if (
            backends.BACKENDS[backend].why_not(backends.Case(VARIANTS["NP"], "cpu", dtype, 4))
            is None
        ):
            return dtype
    only_if_it_can(backend)


def ragged(xs, module, hx):
    """Outputs (T_b, D·H) of each sequence, and the state, by the module; xs in any order."""
    packed, state = module(pack_sequence(xs, enforce_sorted=False), hx)
    padded, lengths = pad_packed_sequence(packed)
    assert lengths.tolist() == [len(x) for x in xs]
    return [padded[:n, k] for k, n in enumerate(lengths)], state


# In half precision a tensor's largest number has to be typical of it: more numbers, usual weights.
HALF = dict(sizes=(8, 24), scale=1.0)


@cache
def case_of(variant, layers, both, lengths, dtype):
    """A module of the backend loop, sequences and a state, in `dtype`."""
    how = HALF if dtype == torch.bfloat16 else {}
    module = make(variant, layers, dtype=dtype, bidirectional=both, backend="loop", **how)
    width = module.input_size
    xs = tuple(random_input(n, width, seed=10 + k, dtype=dtype) for k, n in enumerate(lengths))
    return module, xs, state_for(module, len(lengths))


@cache
def wanted(variant, layers, both, lengths, dtype):
    """What the equations say, in float64, for the numbers of `case_of`: name -> tensor."""
    module, xs, hx = case_of(variant, layers, both, lengths, dtype)
    wide = copy.deepcopy(module).double()
    xs, hx = ([t.detach().double().requires_grad_() for t in part] for part in (xs, hx))
    y, state = transcribed(wide, xs, hx)
    return named(wide, xs, hx, y, state)


def named(module, xs, hx, y, state):
    """Values and gradients by name, detached."""
    names = [name for name, _ in module.named_parameters()]
    names = [*(f"x{k}" for k in range(len(xs))), *("h0", "c0", "gates0")[: len(hx)], *names]
    grads = gradients([*y, *state], [*xs, *hx, *module.parameters()])
    values = {f"y{k}": out for k, out in enumerate(y)} | dict(zip(("h", "c", "gates"), state))
    named = values | {f"d{name}": grad for name, grad in zip(names, grads, strict=True)}
    return {name: tensor.detach() for name, tensor in named.items()}
