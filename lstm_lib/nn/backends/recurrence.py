"""Gate recurrence (FGR): what the gates of one step add to those of the next, as products.

The gates i, f, o of a step lie side by side, (B, 3·H); a row of z is [i f g o]. Here g is left out.
"""

import torch

from lstm_lib.nn.backends.function import Plan, recurrent_gradient


def as_matrix(G: torch.Tensor) -> torch.Tensor:
    """G [target, source, row, column] as (3·H sources, 3·H targets)."""
    H = G.shape[-1]
    return G.permute(1, 3, 0, 2).reshape(3 * H, 3 * H)


def side_by_side(gates: torch.Tensor) -> torch.Tensor:
    """Gates (3, B, H) as (B, 3·H), a copy."""
    return torch.cat(gates.unbind(0), 1)


def apart(gates: torch.Tensor) -> torch.Tensor:
    """(B, 3·H) as (3, B, H), a copy."""
    return gates.view(len(gates), 3, gates.shape[1] // 3).permute(1, 0, 2).contiguous()


def add_gates(z: torch.Tensor, gates: torch.Tensor, G: torch.Tensor) -> None:
    """z (B, 4·H) += what `gates` (B, 3·H) of the step before bring; G as in `as_matrix`."""
    H = z.shape[1] // 4
    z[:, : 2 * H].addmm_(gates, G[:, : 2 * H])
    z[:, 3 * H :].addmm_(gates, G[:, 2 * H :])


def gates_gradient(dz: torch.Tensor, G: torch.Tensor, out: torch.Tensor) -> None:
    """out (B, 3·H) = the gradient of the gates of the step before, from dz (B, 4·H)."""
    H = dz.shape[1] // 4
    torch.mm(dz[:, : 2 * H], G[:, : 2 * H].t(), out=out)
    out.addmm_(dz[:, 3 * H :], G[:, 2 * H :].t())


def weight_gradient(
    plan: Plan, dz: torch.Tensor, z: torch.Tensor, gates0: torch.Tensor
) -> torch.Tensor:
    """dG (3, 3, H, H) from dz, activations z (N, 4·H) and the initial gates (3, B, H)."""
    H = dz.shape[1] // 4
    targets, sources = (torch.cat((a[:, : 2 * H], a[:, 3 * H :]), 1) for a in (dz, z))
    dG = recurrent_gradient(plan, targets, sources, side_by_side(gates0))
    return dG.view(3, H, 3, H).permute(0, 2, 1, 3).contiguous()


def take_gates(z: torch.Tensor, out: torch.Tensor) -> None:
    """out (B, 3·H) = the gates in activations z (B, 4·H)."""
    H = z.shape[1] // 4
    out[:, : 2 * H].copy_(z[:, : 2 * H])
    out[:, 2 * H :].copy_(z[:, 3 * H :])
