"""Stopping at the first number that is not finite, by name."""

from collections.abc import Iterable

import torch

# So many steps in a row may a float16 scaler skip: enough to come down from 2^16 to 2^-9.
SKIPS = 25
# No weight of a network that learns comes near this.
HUGE = 1e6


class NonFiniteError(FloatingPointError):
    """A loss, gradient or weight became NaN or infinite; `step` and `parameter` say where."""

    def __init__(self, message: str, step: int, parameter: str | None = None):
        super().__init__(message)
        self.step = step
        self.parameter = parameter


def first_nonfinite(tensors: Iterable[tuple[str, torch.Tensor | None]]) -> str | None:
    """The name of the first tensor that holds a NaN or an infinity; None if there is none.

    >>> first_nonfinite([("a", torch.ones(2)), ("b", torch.tensor(float("nan")))])
    'b'
    """
    for name, tensor in tensors:
        if tensor is not None and tensor.is_floating_point() and not tensor.isfinite().all():
            return name
    return None


def all_finite(tensors: Iterable[torch.Tensor]) -> bool:
    """True if every number is finite.

    One norm over all of them; only if that is not finite is each looked at (a norm can overflow).

    >>> all_finite([torch.ones(2), torch.tensor(1e30)]), all_finite([torch.tensor(float("inf"))])
    (True, False)
    """
    tensors = list(tensors)
    norm = torch.nn.utils.get_total_norm(tensors)
    return bool(norm.isfinite()) or first_nonfinite(enumerate(tensors)) is None


def explain_nonfinite(
    what: str, value: float, step: int, model: torch.nn.Module, where: str = ""
) -> NonFiniteError:
    """The error for step `step`: which parameter is at fault, and a likely cause.

    `what` is "loss", "gradient norm", "scaled gradient" or "update", `value` the loss or norm (the
    scale, for a scaled gradient), `where` the piece of the batch and the process if there are
    several. The gradients must still be there: the first that is not finite is named.
    """
    weight = first_nonfinite(model.named_parameters())
    gradient = first_nonfinite((name, p.grad) for name, p in model.named_parameters())
    start = f"step {step}: the {what} is {value}{where}"
    if what == "update":
        start = f"step {step}: the update made weight {weight!r} not finite (the loss was {value})"
        cause = "the learning rate is too high"
    elif weight is not None:
        start += f", weight {weight!r} is not finite"
        cause = "the weights were not finite when the training began"
    elif what == "loss" and (grown := _grown(model)) is not None:
        start += f", weight {grown!r} has grown beyond {HUGE:.0e}"
        cause = "the learning rate is too high"
    elif what == "loss":
        cause = (
            "NaN or infinity in the input or the target of this batch, or a loss taken outside its "
            "range (log of 0, division by 0, exp of a large number; in float16, whatever lies "
            "above 65504)"
        )
    elif what == "scaled gradient":
        start = (
            f"step {step}: the float16 gradient has overflowed in {SKIPS} steps in a row, although "
            f"the scale of the loss went down to {value:.3g}"
        )
        cause = (
            "exploding gradients or a function without a derivative at this point; 'bfloat16' and "
            "'float32' need no scale and would tell"
        )
    else:
        cause = (
            "exploding gradients (lower the learning rate, or clip with clip_norm earlier), or a "
            "function without a derivative at this point (square root at 0, norm of a zero vector)"
        )
    if weight is None and gradient is not None:
        start += f"; the first gradient that is not finite is that of {gradient!r}"
    return NonFiniteError(f"{start}. Likely cause: {cause}.", step, weight or gradient)


def _grown(model: torch.nn.Module) -> str | None:
    """The first parameter with a weight beyond `HUGE`; None if there is none."""
    for name, p in model.named_parameters():
        if p.is_floating_point() and p.numel() and p.detach().abs().max() > HUGE:
            return name
    return None
