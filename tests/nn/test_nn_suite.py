"""One suite over all implementations: values and every gradient against the equations.

Nine variants × {ragged, equal lengths} × {one layer, three, two in both directions} × dtypes. The
reference is the transcription (`nn_transcription.py`), in float64 on the very numbers that the
implementation got. What cannot run here is skipped with the reason that the backend itself gives.
"""

import numpy as np
import pytest
import torch
from nn_cases import (
    TOLERANCE,
    case_of,
    error,
    every_variant,
    named,
    only_if_it_can,
    ragged,
    tolerance,
    wanted,
)

from lstm_lib.nn import backends

LENGTHS = {"ragged": (2, 5, 1, 5, 3), "equal": (4, 4, 4), "alone": (6,)}
STACKS = {"layer": (1, False), "three": (3, False), "both ways": (2, True)}
CASES = [
    ("layer", "ragged"),
    ("layer", "equal"),
    ("layer", "alone"),
    ("three", "ragged"),
    ("both ways", "ragged"),
    ("both ways", "equal"),
]
# Triton's interpreter takes a second and more for a case; layers are stacked outside its kernels.
INTERPRETED = [("layer", "alone"), ("both ways", "ragged")]


@pytest.mark.parametrize("dtype", list(TOLERANCE), ids=lambda d: str(d).removeprefix("torch."))
@pytest.mark.parametrize("case", CASES, ids=", ".join)
@every_variant
@pytest.mark.parametrize("backend", ["scratch", *backends.BACKENDS])
def test_equals_the_equations(backend, variant, case, dtype):
    """Unsorted, from a state that is not zero.

    For: a peephole on the wrong cell state, gates in another order, a final state taken at the last
    step of the batch, a gradient that stops at a sequence's end or goes on past it, a state that is
    not put back in the caller's order, h₋₁ of another sequence in dR, a sum in half precision.
    """
    layers, both = STACKS[case[0]]
    key = variant, layers, both, LENGTHS[case[1]], dtype
    if backend == "scratch":
        got = by_scratch(*key)
    else:
        only_if_it_can(backend, variant, dtype)
        if backend == "triton" and case not in INTERPRETED:
            pytest.skip("triton: its interpreter is slow, and the other cases run the same kernels")
        module, xs, hx = case_of(*key)
        module.backend = backend
        got = named(module, xs, hx, *ragged(xs, module, hx))
    want = wanted(*key)
    assert list(got) == list(want)
    errors = {name: error(got[name], want[name]) for name in want}
    assert max(errors.values()) < tolerance(backend, dtype), errors


def by_scratch(variant, layers, both, lengths, dtype):
    """The course's other definition, in NumPy with a hand-written backward, by torch's names."""
    if both:
        pytest.skip("scratch: it runs in one direction")
    if dtype == torch.bfloat16:
        pytest.skip("scratch: NumPy has no bfloat16")
    module, xs, hx = case_of(variant, layers, both, lengths, dtype)
    mine = module.to_scratch()
    x = torch.nn.utils.rnn.pad_sequence(xs).detach().numpy()
    state = tuple(part.detach().numpy() for part in hx)
    h_seq, final, tape = mine.forward(x, state, lengths=np.array(lengths))
    y = [h_seq[:n, k] for k, n in enumerate(lengths)]
    generator = torch.Generator().manual_seed(3)
    upstream = [
        torch.randn(a.shape, generator=generator, dtype=torch.float64).numpy().astype(a.dtype)
        for a in (*y, *final)
    ]
    dh_seq = np.zeros_like(h_seq)
    for k, n in enumerate(lengths):
        dh_seq[:n, k] = upstream[k]
    grads, dx, dstate = mine.backward(dh_seq, tape, tuple(upstream[len(y) :]))
    named = {f"y{k}": a for k, a in enumerate(y)} | dict(zip(("h", "c", "gates"), final))
    named |= {f"dx{k}": dx[:n, k] for k, n in enumerate(lengths)}
    named |= dict(zip(("dh0", "dc0", "dgates0"), dstate))
    short = {"ih": "W", "hh": "R", "ch": "p", "gh": "G"}
    for name, _ in module.named_parameters():
        kind, which, layer = name.replace("_l", "_").split("_")
        named[f"d{name}"] = grads[("b" if kind == "bias" else short[which]) + layer]
    return {name: torch.from_numpy(np.ascontiguousarray(a)) for name, a in named.items()}
