"""The layer of `function.py` with its steps compiled by numba; on the CPU, in float32 and float64.

Products stay with torch; all that is between two products is one compiled loop (`kernels.py`). The
kernels work on NumPy's views of torch's memory. For a few sequences a call costs more than what
it does, so that there the whole walk is one compiled function.
"""

from functools import cache

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensor

from lstm_lib.nn.backends import recurrence
from lstm_lib.nn.backends.call import Backend, Call, Case, State
from lstm_lib.nn.backends.function import Gradients, Kept, Plan, SweepPair, layer_of, zeros_like
from lstm_lib.nn.backends.products import by_onednn, linear
from lstm_lib.nn.backends.stack import run_stack
from lstm_lib.scratch.variants import Variant

ALONE = 4  # sequences up to which the products are compiled too (measured)


def parts(variant: Variant, dtype: torch.dtype) -> tuple[bool | None, ...]:
    """The arguments i, f, o, coupled, tanh_g, tanh_c, exact of a kernel.

    >>> from lstm_lib.scratch.variants import VARIANTS
    >>> parts(VARIANTS["CIFG"], torch.float32)
    (True, None, True, True, True, True, None)
    """
    present = (
        variant.input_gate,
        variant.forget_gate,
        variant.output_gate,
        variant.coupled,
        variant.input_activation == "tanh",
        variant.output_activation == "tanh",
        dtype == torch.float64,
    )
    return tuple(True if part else None for part in present)


def forward(
    plan: Plan,
    z: torch.Tensor,
    R: torch.Tensor,
    p: torch.Tensor | None,
    G: torch.Tensor | None,
    state: State,
    keep: bool,
) -> tuple[torch.Tensor, State, Kept]:
    """See `ForwardSweep`. Raises TypeError for tensors that hold no numbers."""
    from lstm_lib.nn.backends.kernels import forward_alone, forward_rows

    if isinstance(z, FakeTensor):
        raise TypeError(
            "the LSTM's backend 'compiled' computes with numbers, and a FakeTensor has none: that "
            "needs backend='fused' or 'loop'"
        )
    flags, H = parts(plan.variant, z.dtype), R.shape[1]
    h, c = (part.clone() for part in state[:2])
    gates = None if G is None else recurrence.side_by_side(state[2])
    out, before = z.new_empty(len(z), H), z.new_empty(len(z), H)
    more = z.new_empty(plan.batch, z.shape[1])
    z_, *rest = _arrays(z, more, _vectors(p, H), h, c, gates, before, out)
    more_, *rest = rest
    if plan.batch <= ALONE and G is None:
        forward_alone(R.t().contiguous().numpy(), plan.table, z_, more_, *rest, *flags)
        return out, (h, c), (z, before) if keep else ()
    views = {n: (h[:n], more[:n]) for n in set(plan.sizes)}
    onednn = {n: by_onednn(n, R) for n in views}
    Rt, G = R.t(), None if G is None else recurrence.as_matrix(G)
    for start, count in plan.walk:
        h_now, more_now = views[count]
        if onednn[count]:
            more_now = linear(h_now, R)
            more_ = more_now.numpy()
        else:
            torch.mm(h_now, Rt, out=more_now)
        if G is not None:
            recurrence.add_gates(more_now, gates[:count], G)
        forward_rows(z_, more_, *rest, start, count, *flags)
    final = (h, c) if gates is None else (h, c, recurrence.apart(gates))
    return out, final, (z, before) if keep else ()


def backward(
    plan: Plan,
    kept: Kept,
    R: torch.Tensor,
    p: torch.Tensor | None,
    G: torch.Tensor | None,
    state: State,
    h: torch.Tensor,
    dh: torch.Tensor,
    dfinal: State | None,
    needs_state: bool,
) -> Gradients:
    """See `BackwardSweep`."""
    from lstm_lib.nn.backends.kernels import backward_alone, backward_rows

    (z, before), H = kept, R.shape[1]
    flags, dz = parts(plan.variant, z.dtype), torch.empty_like(z)
    dfinal = zeros_like(state) if dfinal is None else dfinal
    dh_now, dc = (part.clone() for part in dfinal[:2])
    dgates = None if G is None else recurrence.side_by_side(dfinal[2])
    p = _vectors(p, H)
    dp = None if p is None else torch.zeros_like(p)
    arrays = _arrays(z, p, dh_now, dc, dgates, before, dh, dz, dp)
    if plan.batch <= ALONE and G is None:
        backward_alone(R.numpy(), plan.table, *arrays, *flags)
        return Gradients(dz, (dh_now, dc), None if dp is None else dp.view(-1))
    views = {n: dh_now[:n] for n in set(plan.sizes)}
    onednn = {n: by_onednn(n, R) for n in views}
    Rt, matrix = R.t(), None if G is None else recurrence.as_matrix(G)
    pieces = dz.split(plan.sizes)
    for (start, count), piece in zip(
        reversed(plan.walk), pieces if plan.reverse else reversed(pieces), strict=True
    ):
        backward_rows(*arrays, start, count, *flags)
        if onednn[count]:
            views[count].copy_(linear(piece, Rt))
        else:
            torch.mm(piece, R, out=views[count])
        if G is not None:
            recurrence.gates_gradient(piece, matrix, dgates[:count])
    dp = None if dp is None else dp.view(-1)
    if G is None:
        return Gradients(dz, (dh_now, dc), dp)
    dG = recurrence.weight_gradient(plan, dz, z, state[2])
    return Gradients(dz, (dh_now, dc, recurrence.apart(dgates)), dp, dG)


def run(call: Call) -> tuple[torch.Tensor, State]:
    """Every layer and direction of the call."""
    return run_stack(layer_of(SweepPair(forward, backward), "compiled"), call)


def why_not(case: Case) -> str | None:
    """It needs numba, the CPU and full precision."""
    if case.device != "cpu":
        return f"it runs on the CPU; the weights are on {case.device}"
    if case.dtype not in (torch.float32, torch.float64):
        return (
            f"it computes in float32 and float64, not in {str(case.dtype).removeprefix('torch.')}"
        )
    return _numba_fails()


@cache
def _numba_fails() -> str | None:
    try:
        import numba  # noqa: F401
    except ImportError as error:  # not there, or not for this NumPy
        return f"numba cannot be imported: {error}"
    return None


def _vectors(p: torch.Tensor | None, H: int) -> torch.Tensor | None:
    return None if p is None else p.view(-1, H)


def _arrays(*tensors: torch.Tensor | None) -> list[np.ndarray | None]:
    return [None if t is None else t.numpy() for t in tensors]


BACKEND = Backend(
    name="compiled",
    about=(
        "steps compiled by numba: the first call ever of a variant in a dtype takes some seconds, "
        "then it is kept on disk; first derivatives in reverse mode alone (for others, and "
        "torch.func: loop)"
    ),
    run=run,
    why_not=why_not,
)
