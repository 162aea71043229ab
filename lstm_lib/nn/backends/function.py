"""One layer in one direction as an autograd.Function with a hand-written backward.

What is the same for every backend that has no autograd inside its loop over the steps. The products
that do not depend on the step before are hoisted out of the loop, each one product over all rows:

    before:  z = rows Wᵀ + b_ih + b_hh
    after:   dW = dzᵀ rows      dR = dzᵀ h₋₁      db = Σ dz      drows = dz W

Between them a backend's own two functions walk through the steps (`ForwardSweep`, `BackwardSweep`).
They allocate what they keep anew at every call, so that a tape that is alive is never overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, Protocol

import numpy as np
import torch

from lstm_lib.nn.backends import loop
from lstm_lib.nn.backends.call import State, Weights, without_autocast
from lstm_lib.nn.backends.products import linear, weight_gradient
from lstm_lib.nn.backends.stack import Layer
from lstm_lib.nn.backends.ways import check_way, refusal
from lstm_lib.scratch.variants import Variant

Kept = tuple[torch.Tensor, ...]


@dataclass(frozen=True)
class Plan:
    """Which rows belong to which step: step t has `sizes[t]` rows, and `sizes` never grows.

    In reverse a sequence starts at its own last step.

    >>> plan = Plan(Variant("V"), [3, 2, 2], reverse=False)
    >>> plan.starts, plan.rows, plan.equal
    ([0, 3, 5], 7, False)
    >>> plan.before.tolist(), plan.last.tolist()
    ([0, 1, 3, 4], [5, 6, 2])
    """

    variant: Variant
    sizes: Sequence[int]
    reverse: bool

    @cached_property
    def starts(self) -> list[int]:
        """The first row of each step."""
        return [0, *accumulate(self.sizes[:-1])]

    @cached_property
    def rows(self) -> int:
        """N, the number of rows of all steps."""
        return sum(self.sizes)

    @property
    def batch(self) -> int:
        """B, the number of sequences."""
        return self.sizes[0]

    @property
    def equal(self) -> bool:
        """Do all sequences have the same length?"""
        return self.sizes[-1] == self.sizes[0]

    @property
    def order(self) -> range:
        """The steps in the order of the forward pass."""
        steps = len(self.sizes)
        return range(steps - 1, -1, -1) if self.reverse else range(steps)

    @cached_property
    def walk(self) -> list[tuple[int, int]]:
        """(T, 2): each step's first row and number of rows, in the order of the forward pass."""
        steps = list(zip(self.starts, self.sizes, strict=True))
        return steps[::-1] if self.reverse else steps

    @cached_property
    def table(self) -> np.ndarray:
        """`walk` as an array (T, 2), for compiled code."""
        return np.array(self.walk, np.int64).reshape(-1, 2)

    @cached_property
    def before(self) -> torch.Tensor:
        """(N - B,): for each row of steps 1, 2, ... the row of the same sequence a step before."""
        sizes = torch.tensor(self.sizes)
        return torch.arange(self.batch, self.rows) - sizes[:-1].repeat_interleave(sizes[1:])

    @cached_property
    def last(self) -> torch.Tensor:
        """(B,): each sequence's last row."""
        steps = (torch.tensor(self.sizes)[:, None] > torch.arange(self.batch)).sum(0) - 1
        return torch.tensor(self.starts)[steps] + torch.arange(self.batch)


class Gradients(NamedTuple):
    """What a sweep finds on its way back; what it leaves None is computed from dz, or not there."""

    dz: torch.Tensor
    dstate: State | None
    dp: torch.Tensor | None = None
    dG: torch.Tensor | None = None
    db: torch.Tensor | None = None
    dR: torch.Tensor | None = None


class ForwardSweep(Protocol):
    """The walk through the steps, in the order of `plan`.

    z (N, K·H), which it may overwrite and keep; R (K·H, H); p (n·H,) or None; G (3, 3, H, H) or
    None; state as `Layer`'s: h₀, c₀ (B, H) and with gate recurrence gates (3, B, H). keep: False if
    no gradient will be asked for; then kept is ().

    -> h (N, H); final as state, after each sequence's own last step (its first, in reverse), none
    of it a view of h, z or state; kept, a tuple of tensors for the way back.

    All tensors that come are contiguous. All have one dtype, with this exception: where z has half
    precision, c, p and their gradients are float32. Never called under autocast or with autograd
    recording; the same holds of `BackwardSweep`.
    """

    def __call__(
        self,
        plan: Plan,
        z: torch.Tensor,
        R: torch.Tensor,
        p: torch.Tensor | None,
        G: torch.Tensor | None,
        state: State,
        keep: bool,
    ) -> tuple[torch.Tensor, State, Kept]: ...


class BackwardSweep(Protocol):
    """The walk back, with what `ForwardSweep` was given, kept and returned.

    dh (N, H); dfinal as final, or None if nothing flows there. No argument may be overwritten: the
    same tape may be walked back twice.

    -> dz (N, K·H); dstate as state, None allowed unless `needs_state`; dp as p, dG as G.
    """

    def __call__(
        self,
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
    ) -> Gradients: ...


class SweepPair(NamedTuple):
    """All that a backend has to bring."""

    forward: ForwardSweep
    backward: BackwardSweep


def layer_of(sweeps: SweepPair, name: str) -> Layer:
    """The `Layer` for `run_stack` around two sweeps; `name` is the backend's, for its errors."""

    def layer(
        variant: Variant,
        rows: torch.Tensor,
        sizes: list[int],
        state: State,
        weights: Weights,
        reverse: bool,
    ) -> tuple[torch.Tensor, State]:
        plan = Plan(variant, sizes, reverse)
        if not plan.batch:  # nothing to walk through: no backend has to know of this
            return loop.layer(variant, rows, sizes, state, weights, reverse)
        tensors = (t if t is None else t.contiguous() for t in (*weights, *state))
        tensors = (rows, *tensors)
        check_way(name, tensors)
        if torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in tensors):
            h, *final = _Function.apply(sweeps, name, plan, *tensors)
        else:
            h, final, _ = _forward(sweeps, plan, False, *tensors)
        return h, tuple(final)

    return layer


def _forward(sweeps, plan, keep, rows, W, R, b_ih, b_hh, p, G, *state):
    bias = None if b_ih is None else b_ih + b_hh
    return sweeps.forward(plan, linear(rows, W, bias), R, p, G, state, keep)


class _Function(torch.autograd.Function):
    @staticmethod
    def forward(ctx, sweeps, name, plan, rows, W, R, b_ih, b_hh, p, G, *state):
        h, final, kept = _forward(sweeps, plan, True, rows, W, R, b_ih, b_hh, p, G, *state)
        ctx.set_materialize_grads(False)
        ctx.sweeps, ctx.name, ctx.plan, ctx.members = sweeps, name, plan, len(state)
        if not any(ctx.needs_input_grad[3:5]):
            rows = W = None
        ctx.save_for_backward(h, rows, W, R, b_ih, b_hh, p, G, *state, *kept)
        return h, *final

    @staticmethod
    def backward(ctx, dh, *dfinal):
        saved = ctx.saved_tensors  # each look at them unpacks and checks all
        check_way(ctx.name, (dh, *dfinal))
        with torch.no_grad(), without_autocast(saved[0].device.type):
            grads = _backward(ctx, saved, dh, dfinal)
        if torch.is_grad_enabled():  # create_graph=True: the way back through here ends in words
            inputs = (*saved[1 : 8 + ctx.members], dh, *dfinal)
            sources = [t for t in inputs if t is not None and t.requires_grad]
            present = [g for g in grads if g is not None]
            once = iter(_Once.apply(ctx.name, len(sources), *sources, *present))
            grads = [g if g is None else next(once) for g in grads]
        return None, None, None, *grads


class _Once(torch.autograd.Function):
    """Hands gradients through; a second derivative is refused by name.

    What the gradients depend on, `sources`, goes in as well: on the way from a gradient to any of
    them stands this node, and not nothing, which autograd would take for a derivative of 0.
    """

    @staticmethod
    def forward(ctx, name, count, *sources_and_gradients):
        ctx.name = name
        return tuple(g.view_as(g) for g in sources_and_gradients[count:])

    @staticmethod
    def backward(ctx, *_):
        raise refusal(ctx.name, "a second derivative")


def _backward(ctx, saved, dh, dfinal):
    h, rows, W, R, _, _, p, G, *rest = saved
    plan, state, kept = ctx.plan, tuple(rest[: ctx.members]), tuple(rest[ctx.members :])
    dh = torch.zeros_like(h) if dh is None else dh.contiguous()
    if all(d is None for d in dfinal):
        dfinal = None
    else:
        pairs = zip(state, dfinal, strict=True)
        dfinal = tuple(torch.zeros_like(s) if d is None else d.contiguous() for s, d in pairs)
    needs_rows, needs_W, needs_R, needs_ih, needs_hh = ctx.needs_input_grad[3:8]
    needs_state = any(ctx.needs_input_grad[10:])
    gradients = ctx.sweeps.backward(plan, kept, R, p, G, state, h, dh, dfinal, needs_state)
    dz, dstate, dp, dG, db, dR = gradients
    if db is None and (needs_ih or needs_hh):
        db = dz.sum(0)
    if dR is None and needs_R:
        dR = recurrent_gradient(plan, dz, h, state[0])
    return (
        linear(dz, W.t()) if needs_rows else None,
        weight_gradient(dz, rows) if needs_W else None,
        dR if needs_R else None,
        db if needs_ih else None,
        db if needs_hh else None,
        dp,
        dG,
        *(dstate if needs_state else (None,) * len(state)),
    )


def zeros_like(state: State) -> State:
    """Zeros of the shapes and dtypes of a state."""
    return tuple(torch.zeros_like(part) for part in state)


def recurrent_gradient(
    plan: Plan, dz: torch.Tensor, h: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    """dR = dzᵀ h₋₁ (K·H, H), where h₋₁ is the output of the step before, or h₀ (B, H) at a start.

    >>> dz, h, h0 = torch.ones(5, 1), torch.tensor([[1.0], [2], [3], [4], [5]]), torch.zeros(3, 1)
    >>> recurrent_gradient(Plan(Variant("V"), [3, 2], False), dz, h, h0).item()  # 1 + 2
    3.0
    >>> recurrent_gradient(Plan(Variant("V"), [3, 2], True), dz, h, h0).item()  # 4 + 5
    9.0
    """
    batch = plan.batch
    if plan.equal:
        cut = len(h) - batch
        if plan.reverse:
            later, earlier, first = dz[:cut], h[batch:], dz[cut:]
        else:
            later, earlier, first = dz[batch:], h[:cut], dz[:batch]
    elif plan.reverse:
        later, earlier, first = (
            dz[plan.before.to(dz.device)],
            h[batch:],
            dz[plan.last.to(dz.device)],
        )
    else:
        later, earlier, first = dz[batch:], h[plan.before.to(h.device)], dz[:batch]
    return weight_gradient(first, h0).add_(weight_gradient(later, earlier))
