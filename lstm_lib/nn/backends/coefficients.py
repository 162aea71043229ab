"""The way back of `fused.py`: the gradients of a step, as products with coefficients.

Given the gradients of h and c at a step, those of everything before are *linear* in them:

    dz_o = dh ⊙ P_o        dc ← dc + dh ⊙ Q        dz_k = dc ⊙ P_k  (k = i, f, g)
    dc₋₁ = dc ⊙ F          dh₋₁ = dz R

P, Q and F hold nothing but values of the forward pass (`scratch/sweep_back.py` has the formulas),
so that they are computed for many steps at once, and a step is six calls, whichever variant it is.
Gate recurrence adds dgates ⊙ σ′ to each dz (`_Back.gates_*`).
"""

from typing import NamedTuple

import torch

from lstm_lib.nn.backends import recurrence
from lstm_lib.nn.backends.call import State
from lstm_lib.nn.backends.function import Gradients, Kept, Plan, zeros_like
from lstm_lib.nn.backends.stack import HALF
from lstm_lib.scratch.variants import Variant

CHUNK = 1 << 17  # numbers in P, which has to stay in the cache
SIGMOID_FROM = 2048  # numbers from which torch's tanh on a CPU costs more than three quick calls
MINUS = {d: torch.tensor(-1.0, dtype=d) for d in (torch.float32, torch.float64)}


def tanh(x: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
    """tanh(x) into `out`, which may be x.

    On a CPU by 2σ(2x) - 1, which is right to 1e-7 of 1, not of tanh(x): torch's tanh costs 2.7 ns a
    number there, its sigmoid 0.4.
    """
    if x.device.type != "cpu" or x.numel() < SIGMOID_FROM or x.dtype not in MINUS:
        return torch.tanh(x, out=out)
    torch.mul(x, 2, out=out).sigmoid_()
    return torch.add(MINUS[x.dtype], out, alpha=2, out=out)


class Columns:
    """Where the blocks lie in a row of z.

    >>> from lstm_lib.scratch.variants import VARIANTS
    >>> at = Columns(VARIANTS["CIFG"], 2)
    >>> at.g, [b is None for b in at.views(torch.zeros(3, 6), [2, 1])[0][3]]
    (slice(2, 4, None), [False, True, False, False])
    """

    def __init__(self, variant: Variant, H: int):
        self.H, self.names = H, variant.blocks
        self.early = variant.blocks.index("g")  # blocks before g: i and f as far as present
        self.g = slice(self.early * H, (self.early + 1) * H)

    def blocks(self, rows: torch.Tensor) -> list[torch.Tensor | None]:
        """Views i, f, g, o of rows (n, K·H), None for an absent one."""
        named = dict(zip(self.names, rows.split(self.H, 1), strict=True))
        return [named.get(name) for name in "ifgo"]

    def views(self, rows: torch.Tensor, sizes: list[int]) -> list[tuple]:
        """For each step: its rows, those of i and f, the same as (n, blocks, H), and `blocks`."""
        none = [None] * len(sizes)
        early = three = none
        if self.early:
            columns = rows[:, : self.g.start]
            early = columns.split(sizes)
            three = columns.unflatten(1, (self.early, self.H)).split(sizes)
        blocks = [none if b is None else b.split(sizes) for b in self.blocks(rows)]
        return list(zip(rows.split(sizes), early, three, zip(*blocks, strict=True), strict=True))


class Coefficients(NamedTuple):
    """P (n, K·H), Q (n, H), F (n, H) or None for 1; σ′ (n, 3·H) with gate recurrence; the new c."""

    P: torch.Tensor
    Q: torch.Tensor
    F: torch.Tensor | None
    slopes: torch.Tensor | None
    c_new: torch.Tensor


def coefficients(
    v: Variant, at: Columns, z: torch.Tensor, c: torch.Tensor, p: torch.Tensor | None
) -> Coefficients:
    """Of the steps whose activations z (n, K·H) and old cell states c (n, H) are given."""
    i, f, g, o = at.blocks(z)
    P = torch.addcmul(z, z, z, value=-1)  # σ′ = σ - σσ
    P_i, P_f, P_g, P_o = at.blocks(P)
    vectors = {} if p is None else dict(zip(v.gates, p.split(at.H), strict=True))
    slopes = None
    if v.gate_recurrence:
        slopes = torch.cat((P_i, P_f, P_o), 1)

    i_g = g if i is None else i * g
    if v.coupled:
        c_new = torch.lerp(c, g, i)
    else:
        c_new = i_g + c if f is None else torch.addcmul(i_g, f, c)

    if v.input_activation == "tanh":
        one = torch.ones_like(g) if i is None else i
        torch.addcmul(one, i_g, g, value=-1, out=P_g)
    elif i is None:
        P_g.fill_(1)
    else:
        P_g.copy_(i)
    F = None
    if i is not None:
        P_i.mul_(g - c if v.coupled else g)
    if f is not None:
        P_f.mul_(c)
        F = f
    elif v.coupled:
        F = 1 - i
    for gate, slope in (("i", P_i), ("f", P_f)):
        if gate in vectors:
            F = slope * vectors[gate] + 1 if F is None else torch.addcmul(F, slope, vectors[gate])

    squashed = c_new
    if v.output_activation == "tanh":
        squashed = tanh(c_new, torch.empty_like(c_new))
    if o is not None:
        P_o.mul_(squashed)
    if v.output_activation == "tanh":
        one = torch.ones_like(c_new) if o is None else o
        Q = torch.addcmul(one, one * squashed, squashed, value=-1)
    else:
        Q = torch.ones_like(c_new) if o is None else o
    if "o" in vectors:
        Q = torch.addcmul(Q, P_o, vectors["o"])
    return Coefficients(P, Q, F, slopes, c_new)


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
    dfinal = zeros_like(state) if dfinal is None else dfinal
    (z, before), at = kept, Columns(plan.variant, R.shape[1])
    dz, dp = torch.empty_like(z), None if p is None else torch.zeros_like(p)
    back = _Back(plan, at, R, p, G, dfinal)
    many = max(1, CHUNK // max(1, z.shape[1] * plan.batch))
    starts = range(0, len(plan.sizes), many)
    for first in starts if plan.reverse else reversed(starts):
        sizes = plan.sizes[first : first + many]
        rows = slice(plan.starts[first], plan.starts[first] + sum(sizes))
        c_old = before[rows]
        factors = coefficients(plan.variant, at, z[rows].to(c_old.dtype), c_old, p)
        back.chunk(factors, dh[rows], dz[rows], sizes)
        if dp is not None:
            _add_peepholes(dp, at, dz[rows], c_old, factors.c_new)
    dG = None if G is None else recurrence.weight_gradient(plan, dz, z, state[2])
    return Gradients(dz, back.dstate(h.dtype), dp, dG)


def _add_peepholes(dp, at, dz, c_old, c_new) -> None:
    """dp (n·H,) += the sum of dz ⊙ the cell state that each gate saw."""
    g = at.g
    if at.early:
        seen = dz[:, : g.start].unflatten(1, (at.early, at.H)) * c_old.unsqueeze(1)
        dp[: g.start] += seen.sum(0).view(-1)
    if g.stop < dz.shape[1]:
        dp[g.stop - at.H :] += (dz[:, g.stop :] * c_new).sum(0)


class _Back:
    """The running gradients dh, dc (B, H) and dgates (B, 3·H), and a chunk of steps over them."""

    def __init__(self, plan, at, R, p, G, dfinal):
        self.at, self.R, self.p, self.half = at, R, p, R.dtype in HALF
        self.order = 1 if plan.reverse else -1
        self.dc = dfinal[1].clone()
        self.dh = dfinal[0].to(self.dc.dtype, copy=True)
        self.dgates = self.G = None
        if G is not None:
            self.dgates = recurrence.side_by_side(dfinal[2]).to(self.dc.dtype)
            self.G = recurrence.as_matrix(G)
        self.heads = {n: (self.dh[:n], self.dc[:n]) for n in set(plan.sizes)}
        self.heads = {n: (a, b, b.unsqueeze(1)) for n, (a, b) in self.heads.items()}

    def chunk(self, factors: Coefficients, dh, dz, sizes: list[int]) -> None:
        """dz (n, K·H) filled; dh (n, H) is what comes from outside."""
        g, R, none = self.at.g, self.R, [None] * len(sizes)
        shape = (self.at.early + 1, self.at.H)
        inner = [a[:, : g.stop].unflatten(1, shape).split(sizes) for a in (factors.P, dz)]
        outer = [none, none]
        if g.stop < dz.shape[1]:
            outer = [a[:, g.stop :].split(sizes) for a in (factors.P, dz)]
        F = none if factors.F is None else factors.F.split(sizes)
        steps = (dz.split(sizes), dh.split(sizes), factors.Q.split(sizes), F, *inner, *outer)
        slopes = none if factors.slopes is None else factors.slopes.split(sizes)
        for step in list(zip(*steps, slopes, strict=True))[:: self.order]:
            dz_now, outside, Q, F, P, dz_inner, P_o, dz_o, slope = step
            dh_now, dc_now, dc_wide = self.heads[len(dz_now)]
            dh_now.add_(outside)
            dc_now.addcmul_(dh_now, Q)
            if dz_o is not None:
                torch.mul(P_o, dh_now, out=dz_o)
            if slope is not None:
                more = self.gates_o(slope, dz_o, dc_now)
            torch.mul(P, dc_wide, out=dz_inner)
            if F is not None:
                dc_now.mul_(F)
            if slope is not None:
                self.gates_if(more, dz_now, dc_now)
                self.gates_back(dz_now)
            if self.half:
                dh_now.copy_(dz_now @ R)
            else:
                torch.mm(dz_now, R, out=dh_now)

    def gates_o(self, slope, dz_o, dc) -> torch.Tensor:
        """What the next step's gates bring to dz of i, f, o, (n, 3·H): o's is added here."""
        H = self.at.H
        more = self.dgates[: len(slope)] * slope
        dz_o.add_(more[:, 2 * H :])
        if self.p is not None:
            dc.addcmul_(more[:, 2 * H :], self.p[2 * H :])
        return more

    def gates_if(self, more, dz, dc) -> None:
        """i's and f's are added to dz, and through their peepholes to the old cell's gradient."""
        H = self.at.H
        dz[:, : 2 * H].add_(more[:, : 2 * H])
        if self.p is not None:
            dc.addcmul_(more[:, :H], self.p[:H]).addcmul_(more[:, H : 2 * H], self.p[H : 2 * H])

    def gates_back(self, dz) -> None:
        """The gradient of the gates of the step before."""
        out = dz.new_empty(len(dz), 3 * self.at.H) if self.half else self.dgates[: len(dz)]
        recurrence.gates_gradient(dz, self.G, out)
        if self.half:
            self.dgates[: len(dz)].copy_(out)

    def dstate(self, dtype: torch.dtype) -> State:
        """The gradient of the initial state."""
        dstate = self.dh.to(dtype), self.dc
        if self.dgates is None:
            return dstate
        return *dstate, recurrence.apart(self.dgates).to(dtype)
