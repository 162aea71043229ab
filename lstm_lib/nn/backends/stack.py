"""Layers and directions around a backend that knows one layer in one direction."""

from collections.abc import Callable, Iterable

import torch
from torch.nn import functional

from lstm_lib.nn.backends.call import Call, State, Weights, precision, without_autocast
from lstm_lib.scratch.variants import Variant

Layer = Callable[
    [Variant, torch.Tensor, list[int], State, Weights, bool], tuple[torch.Tensor, State]
]

HALF = (torch.bfloat16, torch.float16)


def run_stack(layer: Layer, call: Call) -> tuple[torch.Tensor, State]:
    """The whole of `call` by `layer(variant, rows, sizes, state, weights, reverse)`.

    A layer sees rows (N, I): step after step, the first `sizes[t]` sequences of the batch at step
    t. `sizes` never grows, so a sequence is always at the same place in its step; an unpacked batch
    is the case of equal sizes. It returns rows (N, H) and the state after each sequence's own last
    step (its first, with `reverse`).

    Half precision is settled here, so that no layer has to know of autocast: weights, h and gates
    in one dtype (autocast's, or the module's own), the cell state and the peepholes in float32.
    The cell state is returned in the weights' own dtype: float32 under autocast.
    """
    device = call.x.device.type
    dtype = precision(call.weights[0].W.dtype, device)
    with without_autocast(device):
        return _run(layer, call, dtype)


def _run(layer: Layer, call: Call, dtype: torch.dtype) -> tuple[torch.Tensor, State]:
    x, sizes = call.x.to(dtype), call.batch_sizes
    own = call.weights[0].W.dtype
    if sizes is None:
        steps, batch = x.shape[:2]
        rows, sizes = x.reshape(steps * batch, x.shape[2]), [batch] * steps
    else:
        rows, sizes = x, sizes.tolist()
    wide = torch.float32 if dtype in HALF else dtype
    state = _cast(call.state, (dtype, wide, dtype))
    finals: list[State] = []
    layers = len(call.weights) // call.directions
    for index in range(layers):
        outputs = []
        for direction in range(call.directions):
            at = index * call.directions + direction
            begin = tuple(part[at] for part in state)
            weights = Weights(*_cast(call.weights[at], (dtype, dtype, dtype, dtype, wide, dtype)))
            out, final = layer(call.variant, rows, sizes, begin, weights, direction == 1)
            outputs.append(out)
            finals.append(final)
        rows = outputs[0] if call.directions == 1 else torch.cat(outputs, 1)
        if call.dropout and index < layers - 1:
            rows = functional.dropout(rows, call.dropout)
    y = rows if call.batch_sizes is not None else rows.view(steps, batch, rows.shape[1])
    h, c, *gates = (_together(parts) for parts in zip(*finals, strict=True))
    return y, (h, c.to(own) if own in HALF else c, *gates)


def _together(parts: tuple[torch.Tensor, ...]) -> torch.Tensor:
    """One on top of the other; of a single one no copy."""
    return parts[0].unsqueeze(0) if len(parts) == 1 else torch.stack(parts)


def _cast(
    tensors: Iterable[torch.Tensor | None], dtypes: Iterable[torch.dtype]
) -> tuple[torch.Tensor | None, ...]:
    return tuple(t if t is None else t.to(d) for t, d in zip(tensors, dtypes))
