"""The layer of `function.py` in torch alone: any device and dtype, every variant.

Forward, a step is one product added to z in place and a few calls on its columns, all of them in
place or with `out=`, on views that are made once. Backward is `coefficients.py`. In half precision
the products are half, and everything between them is float32.
"""

import torch

from lstm_lib.nn.backends import recurrence
from lstm_lib.nn.backends.call import Backend, Call, State
from lstm_lib.nn.backends.coefficients import Columns, backward, tanh
from lstm_lib.nn.backends.function import Kept, Plan, SweepPair, layer_of
from lstm_lib.nn.backends.stack import HALF, run_stack
from lstm_lib.scratch.variants import Variant


def forward(
    plan: Plan,
    z: torch.Tensor,
    R: torch.Tensor,
    p: torch.Tensor | None,
    G: torch.Tensor | None,
    state: State,
    keep: bool,
) -> tuple[torch.Tensor, State, Kept]:
    """See `ForwardSweep`."""
    v, sizes, half = plan.variant, plan.sizes, z.dtype in HALF
    at, Rt, step = Columns(v, R.shape[1]), R.t(), Step(v, R.shape[1], p)
    h, c = (part.clone() for part in state[:2])
    gates = None if G is None else recurrence.side_by_side(state[2])
    G = None if G is None else recurrence.as_matrix(G)
    out = z.new_empty(len(z), at.H)
    before = c.new_empty(len(z), at.H) if keep else None
    spare = torch.empty_like(c)
    heads = {n: (h[:n], c[:n], spare[:n]) for n in set(sizes)}
    pieces, outs = z.split(sizes), out.split(sizes)
    if half:  # every step is computed in the same float32 rows
        wide = c.new_empty(len(c), z.shape[1])
        views = {n: at.views(wide[:n], [n])[0] for n in heads}
        views = [views[n] for n in sizes]
    else:
        views = at.views(z, sizes)
    kept = before.split(sizes) if keep else None
    for t in plan.order:
        z_now, h_new, (h_now, c_now, squashed) = pieces[t], outs[t], heads[sizes[t]]
        if half:  # two products, each rounded once, are added in float32
            more = h_now @ Rt
            views[t][0].copy_(z_now).add_(more)
            if G is not None:
                recurrence.add_gates(more.zero_(), gates[: sizes[t]], G)
                views[t][0].add_(more)
        else:
            z_now.addmm_(h_now, Rt)
            if G is not None:
                recurrence.add_gates(z_now, gates[: sizes[t]], G)
        if keep:
            kept[t].copy_(c_now)
        step(views[t], c_now, squashed, h_new)
        if half:
            z_now.copy_(views[t][0])
        if G is not None:
            recurrence.take_gates(z_now, gates[: sizes[t]])
        h_now.copy_(h_new)
    final = (h, c) if gates is None else (h, c, recurrence.apart(gates))
    return out, final, (z, before) if keep else ()


class Step:
    """One step in place, for one variant: what is decided once is not asked at every step."""

    def __init__(self, v: Variant, H: int, p: torch.Tensor | None):
        self.v, self.early, self.late = v, None, None
        if p is not None:
            many = Columns(v, H).g.start
            self.early, self.late = p[:many].view(-1, H), p[many:]

    def __call__(
        self, views: tuple, c: torch.Tensor, squashed: torch.Tensor, h: torch.Tensor
    ) -> None:
        """Pre-activations become activations, c (n, H) the new cell state; h (n, H) is filled."""
        v = self.v
        _, early, blocks, (i, f, g, o) = views
        if early is not None:
            if self.early is not None:
                blocks.addcmul_(c.unsqueeze(1), self.early)
            early.sigmoid_()
        if v.input_activation == "tanh":
            tanh(g, g)
        if v.coupled:
            torch.lerp(c, g, i, out=c)
        else:
            if f is not None:
                c.mul_(f)
            if i is None:
                c.add_(g)
            else:
                c.addcmul_(i, g)
        if v.output_activation == "tanh":
            tanh(c, squashed)
        else:
            squashed = c
        if o is None:
            h.copy_(squashed)
            return
        if self.late is not None:
            o.addcmul_(c, self.late)
        torch.mul(o.sigmoid_(), squashed, out=h)


def run(call: Call) -> tuple[torch.Tensor, State]:
    """Every layer and direction of the call."""
    return run_stack(layer_of(SweepPair(forward, backward), "fused"), call)


BACKEND = Backend(
    name="fused",
    about=(
        "torch calls in place and a hand-written backward; every variant, device and dtype; first "
        "derivatives in reverse mode alone (for others, and torch.func: loop)"
    ),
    run=run,
    why_not=lambda case: None,
)
