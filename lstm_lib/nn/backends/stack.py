"""Layers and directions around a backend that knows one layer in one direction."""

from collections.abc import Callable

import torch
from torch.nn import functional

from lstm_lib.nn.backends.call import Call, State, Weights
from lstm_lib.scratch.variants import Variant

Layer = Callable[
    [Variant, torch.Tensor, list[int], State, Weights, bool], tuple[torch.Tensor, State]
]


def run_stack(layer: Layer, call: Call) -> tuple[torch.Tensor, State]:
    """The whole of `call` by `layer(variant, rows, sizes, state, weights, reverse)`.

    A layer sees rows (N, I): step after step, the first `sizes[t]` sequences of the batch at step
    t. `sizes` never grows, so a sequence is always at the same place in its step; an unpacked batch
    is the case of equal sizes. It returns rows (N, H) and the state after each sequence's own last
    step (its first, with `reverse`).
    """
    x, sizes = call.x, call.batch_sizes
    if sizes is None:
        steps, batch = x.shape[:2]
        rows, sizes = x.reshape(steps * batch, x.shape[2]), [batch] * steps
    else:
        rows, sizes = x, sizes.tolist()
    finals: list[State] = []
    layers = len(call.weights) // call.directions
    for index in range(layers):
        outputs = []
        for direction in range(call.directions):
            at = index * call.directions + direction
            state = tuple(part[at] for part in call.state)
            out, final = layer(call.variant, rows, sizes, state, call.weights[at], direction == 1)
            outputs.append(out)
            finals.append(final)
        rows = outputs[0] if call.directions == 1 else torch.cat(outputs, 1)
        if call.dropout and index < layers - 1:
            rows = functional.dropout(rows, call.dropout)
    y = rows if call.batch_sizes is not None else rows.view(steps, batch, rows.shape[1])
    return y, tuple(torch.stack(parts) for parts in zip(*finals, strict=True))
