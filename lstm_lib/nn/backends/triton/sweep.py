"""The two launches around the kernels, and the products that belong to neither."""

import functools

import torch

from lstm_lib.nn.backends.call import State
from lstm_lib.nn.backends.function import Gradients, Kept, Plan, weight_gradient
from lstm_lib.nn.backends.triton.tiling import WARPS, Tiling, chip_for, interpreted, tiling
from lstm_lib.scratch.variants import Variant

PATIENCE = 1 << 22  # looks of about half a microsecond at a counter in one launch: some seconds


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
    from lstm_lib.nn.backends.triton.kernels import forward_kernel

    H, batch, rows, device = R.shape[1], plan.batch, len(z), z.device
    shift, state_at = (0, rows) if plan.reverse else (batch, 0)
    sources, size = 1 if G is None else 4, _itemsize(z)
    h, c = z.new_empty(rows + batch, H), z.new_empty(rows + batch, H, dtype=torch.float32)
    acts = z.new_empty(rows + batch if keep or G is not None else 0, 4, H)
    start = slice(state_at, state_at + batch)
    h[start], c[start] = state[0], state[1]
    if G is not None:
        acts[start, :2], acts[start, 3] = state[2][:2].movedim(0, 1), state[2][2]
    cut = tiling("forward", batch, H, H, 4 * sources * H * size, size, *chip_for(device, H))
    forward_kernel[(cut.programs,)](
        *(z, _recurrent(R, G), _peepholes(plan.variant, p, R), h, c, acts),
        *_steps(plan, cut, device),
        *(len(plan.sizes), batch, PATIENCE, shift, state_at),
        **_flags(plan.variant, H, sources, plan.reverse, plan.equal),
        KEEP=keep,
        **_constants(cut),
        PRECISION=_precision(z),
        num_warps=WARPS["forward"],
        **_launch(),
    )
    if plan.reverse:
        last = slice(0, batch)
    elif plan.equal:
        last = slice(rows, rows + batch)
    else:
        last = plan.last.to(device) + shift
    final = (h[last].clone(), c[last].clone())
    if G is not None:
        final += (_gates(acts[last]).movedim(1, 0).contiguous(),)
    return h[shift : shift + rows], final, (h, c, acts) if keep else ()


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
    from lstm_lib.nn.backends.triton.kernels import backward_kernel

    with_state, c, acts = kept
    (blocks_H, H), batch, rows, device = R.shape, plan.batch, len(h), h.device
    shift, state_at = (0, rows) if plan.reverse else (batch, 0)
    sources, size = 1 if G is None else 4, _itemsize(R)
    R_all = _recurrent(R, G)
    cut = tiling(
        "backward", batch, H, blocks_H, sources * blocks_H * size, size, *chip_for(device, H)
    )
    blocks = blocks_H // H
    dz, dc = R.new_empty(rows, blocks_H), c.new_empty(batch, H)
    dz[0].zero_()  # is read, and not used, where no step follows
    totals = c.new_empty(cut.batch_tiles // cut.TILES, blocks + 3, H)
    ends = (dh, dh, dc) if dfinal is None else (dfinal[0], dfinal[-1], dfinal[1])
    backward_kernel[(cut.programs,)](
        *(R_all, _peepholes(plan.variant, p, R), c, acts, dh, *ends, dc, dz, totals),
        *_steps(plan, cut, device),
        *(len(plan.sizes), batch, PATIENCE, shift, state_at),
        **_flags(plan.variant, H, sources, plan.reverse, plan.equal),
        ENDS=dfinal is not None,
        **_constants(cut),
        PARTS=WARPS["backward"],
        PRECISION=_precision(h),
        num_warps=WARPS["backward"],
        **_launch(),
    )
    before = _rows_before(plan, rows, shift, state_at, device)
    summed = totals.sum(0)
    return Gradients(
        dz,
        dstate=_into_the_state(plan, dz, dc, R_all) if needs_state else None,
        dp=None if p is None else _of_gates(plan.variant, summed[blocks:]),
        dG=None if G is None else _gates_weights(dz, acts[before]),
        db=summed[:blocks].view(blocks_H),
        dR=weight_gradient(dz, with_state[before]),
    )


def _into_the_state(plan: Plan, dz: torch.Tensor, dc: torch.Tensor, R_all: torch.Tensor) -> State:
    """The gradients of h₀, c₀ (B, H) and perhaps the gates (3, B, H)."""
    batch = plan.batch
    if not plan.reverse:
        first = dz[:batch]
    else:
        first = dz[-batch:] if plan.equal else dz[plan.last.to(dz.device)]
    h0, *gates = (first @ R_all).view(batch, -1, dc.shape[1]).unbind(1)
    return (h0, dc, torch.stack(gates)) if gates else (h0, dc)


def _gates_weights(dz: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
    """dG (3, 3, H, H) from dz (N, 4·H) and the gates of the step before, in (N, 4, H)."""
    H = before.shape[2]
    targets, sources = (_gates(part.view(-1, 4, H)).flatten(1) for part in (dz, before))
    return weight_gradient(targets, sources).view(3, H, 3, H).permute(0, 2, 1, 3)


def _gates(four: torch.Tensor) -> torch.Tensor:
    """i, f, o (n, 3, H) out of i, f, g, o (n, 4, H)."""
    return torch.cat([four[:, :2], four[:, 3:]], 1)


def _of_gates(variant: Variant, three: torch.Tensor) -> torch.Tensor:
    """Rows (3, H) for i, f, o -> those of the gates that the variant has, one after the other."""
    if len(variant.gates) == 3:
        return three.view(-1)
    return torch.cat([three["ifo".index(gate)] for gate in variant.gates])


def _recurrent(R: torch.Tensor, G: torch.Tensor | None) -> torch.Tensor:
    """R (K·H, H), or with gate recurrence (4·H, 4·H): its columns for h₋₁, then for i, f, o."""
    if G is None:
        return R
    H = R.shape[1]
    whole = R.new_zeros(4, H, 4, H)
    whole[:, :, 0] = R.view(4, H, H)
    for target, row in zip((0, 1, 3), G.to(R.dtype)):  # i, f, o among i, f, g, o
        for source, matrix in enumerate(row):
            whole[target, :, 1 + source] = matrix
    return whole.view(4 * H, 4 * H)


def _peepholes(variant: Variant, p: torch.Tensor | None, R: torch.Tensor) -> torch.Tensor:
    """(3, H) for i, f, o in float32, zeros where a gate has none; anything at all without."""
    if p is None:
        return R
    if len(variant.gates) == 3:
        return p.float()
    H = R.shape[1]
    whole = p.new_zeros(3, H, dtype=torch.float32)
    for gate, row in zip(variant.gates, p.view(-1, H)):
        whole["ifo".index(gate)] = row
    return whole


def _rows_before(
    plan: Plan, rows: int, shift: int, state_at: int, device: torch.device
) -> slice | torch.Tensor:
    """Where in h, c, acts (with the rows of the state) each row's step before is."""
    batch = plan.batch
    if plan.equal:
        return slice(batch, rows + batch) if plan.reverse else slice(0, rows)
    if plan.reverse:
        before = torch.arange(rows)
        before[plan.last] = state_at + torch.arange(batch)
        before[plan.before] = torch.arange(batch, rows)
    else:
        before = torch.cat([torch.arange(batch), shift + plan.before])
    return before.to(device)


def _steps(plan: Plan, cut: Tiling, device: torch.device) -> tuple[torch.Tensor, ...]:
    """First row and number of rows of each step (equal sizes need none), and the counters: how many
    programs have finished a step, summed over the steps, one for each batch tile."""
    arrived = torch.zeros(cut.batch_tiles, dtype=torch.int32, device=device)
    if plan.equal:
        return arrived, arrived, arrived
    both = torch.tensor([plan.starts, list(plan.sizes)], dtype=torch.int32).to(device)
    return both[0], both[1], arrived


@functools.lru_cache
def _flags(variant: Variant, H: int, sources: int, reverse: bool, equal: bool) -> dict[str, object]:
    at = {
        f"{block.upper()}_AT": variant.blocks.index(block) if block in variant.blocks else -1
        for block in "ifgo"
    }
    return at | dict(
        H=H,
        SOURCES=sources,
        BLOCKS=len(variant.blocks),
        COUPLED=variant.coupled,
        PEEPHOLES=variant.peepholes and bool(variant.gates),
        TANH_IN=variant.input_activation == "tanh",
        TANH_OUT=variant.output_activation == "tanh",
        REVERSE=reverse,
        EQUAL=equal,
    )


def _constants(cut: Tiling) -> dict[str, object]:
    names = ("BT", "HT", "KC", "TILES", "ON_CHIP")
    return {name: getattr(cut, name) for name in names}


def _precision(x: torch.Tensor) -> str:
    if interpreted():
        return "interpreted"
    if x.dtype != torch.float32:
        return "ieee"
    return "tf32" if torch.backends.cudnn.allow_tf32 else "tf32x3"


def _itemsize(x: torch.Tensor) -> int:
    """Bytes that a number takes on the chip: as three products, a float32 is kept in two parts."""
    return 8 if _precision(x) == "tf32x3" else x.itemsize


def _launch() -> dict[str, object]:
    """All programs at once or none: programs that wait for each other must all be running."""
    return {} if interpreted() else {"launch_cooperative_grid": True, "num_stages": 1}
