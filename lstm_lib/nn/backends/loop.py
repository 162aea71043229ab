"""The definition: the equations of one step, and a loop over the steps.

Every variant, any device and dtype; gradients by autograd through the loop. Whatever is faster is
tested equal to this. With σ the sigmoid and ⊙ the elementwise product:

    i = σ(W_i x + R_i h₋₁ + p_i ⊙ c₋₁ + b_i)          f likewise
    g = tanh(W_g x + R_g h₋₁ + b_g)
    c = f ⊙ c₋₁ + i ⊙ g
    o = σ(W_o x + R_o h₋₁ + p_o ⊙ c + b_o)
    h = o ⊙ tanh(c)

A gate that a variant lacks is 1, or f = 1 - i where coupled; gate recurrence adds to each gate
Σ_s G[gate, s] s₋₁ (Greff et al. 2015, "LSTM: a search space odyssey", section 3 and appendix A).

Three things make it faster than the naive loop: the input products of all steps are one product;
steps are taken apart by one `split`, never by x[t], whose backward is quadratic in T (each index
fills a gradient of the whole sequence); the transposes are taken once.
"""

import torch

from lstm_lib.nn.backends.call import Backend, Call, State, Weights
from lstm_lib.nn.backends.stack import run_stack
from lstm_lib.scratch.variants import Variant

ACTIVATIONS = {"tanh": torch.tanh, "identity": lambda z: z}


def step(
    variant: Variant,
    z: torch.Tensor,
    state: State,
    peepholes: dict[str, torch.Tensor],
    recurrence: torch.Tensor | None,
) -> State:
    """One step: from z = W x + R h₋₁ + b (B, K·H) and the old state to the new one.

    `peepholes` has a vector (H,) for each gate, empty without peepholes; `recurrence` is G as one
    matrix, (3·H sources, 3·H targets). The first member of the returned state is the output. Where
    z has half precision, c and the peepholes are float32, and so is what is computed from them.
    """
    c, half = state[1], z.dtype
    a = dict(zip(variant.blocks, z.to(c.dtype).chunk(len(variant.blocks), 1), strict=True))
    if recurrence is not None:
        sources = torch.cat(state[2].unbind(0), 1)
        for gate, more in zip("ifo", (sources @ recurrence).chunk(3, 1), strict=True):
            a[gate] = a[gate] + more

    def gate(name: str, cell: torch.Tensor) -> torch.Tensor | float:
        if name not in a:
            return 1.0
        return torch.sigmoid(a[name] + peepholes[name] * cell if peepholes else a[name])

    i = gate("i", c)
    f = 1.0 - i if variant.coupled else gate("f", c)
    g = ACTIVATIONS[variant.input_activation](a["g"])
    c = f * c + i * g
    o = gate("o", c)
    h = (o * ACTIVATIONS[variant.output_activation](c)).to(half)
    return (h, c) if recurrence is None else (h, c, torch.stack((i, f, o)).to(half))


def layer(
    variant: Variant,
    rows: torch.Tensor,
    sizes: list[int],
    state: State,
    weights: Weights,
    reverse: bool,
) -> tuple[torch.Tensor, State]:
    """One layer in one direction over the rows of all steps (see `run_stack`).

    rows (N, I), sizes (T,), state (B, H), (B, H) and perhaps (3, B, H); returns (N, H) and a state.
    """
    W, R, b_ih, b_hh, p, G = weights
    bias = None if b_ih is None else b_ih + b_hh
    projected = torch.nn.functional.linear(rows, W, bias).split(sizes)
    half = rows.dtype
    R = R.t().to(
        state[1].dtype
    )  # wide, so that the sum of its gradients over the steps is wide too
    peepholes = {} if p is None else dict(zip(variant.gates, p.chunk(len(variant.gates))))
    if G is not None:  # (target, source, H, H) -> (sources, targets)
        G = G.permute(1, 3, 0, 2).reshape(3 * R.shape[0], 3 * R.shape[0])
    whole = state
    state = _first(whole, sizes[-1] if reverse else sizes[0])
    finished: list[State] = []  # the states of sequences that ended, the shortest first
    outputs = []
    for z in reversed(projected) if reverse else projected:
        here, now = z.shape[0], state[0].shape[0]
        if here < now:
            finished.append(_rest(state, here))
            state = _first(state, here)
        elif here > now:
            begin = _rest(_first(whole, here), now)
            state = tuple(torch.cat(parts, -2) for parts in zip(state, begin, strict=True))
        state = step(variant, torch.addmm(z, state[0], R.to(half)), state, peepholes, G)
        outputs.append(state[0])
    if finished:
        pieces = zip(state, *reversed(finished), strict=True)
        state = tuple(torch.cat(parts, -2) for parts in pieces)
    return torch.cat(outputs[::-1] if reverse else outputs), state


def run(call: Call) -> tuple[torch.Tensor, State]:
    """Every layer and direction of the call."""
    return run_stack(layer, call)


def _first(state: State, count: int) -> State:
    return tuple(part.narrow(-2, 0, count) for part in state)


def _rest(state: State, start: int) -> State:
    return tuple(part.narrow(-2, start, part.shape[-2] - start) for part in state)


BACKEND = Backend(
    name="loop",
    about=(
        "the definition: autograd through a Python loop over the steps; every variant, every kind "
        "of derivative"
    ),
    run=run,
    why_not=lambda case: None,
)
