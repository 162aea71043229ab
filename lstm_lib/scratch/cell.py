"""One time step of an LSTM, forward and backward, as pure functions: the readable definition.

With σ the sigmoid, ⊙ the elementwise product, and everything at step t:

    i = σ(W_i x + R_i h₋₁ + p_i ⊙ c₋₁ + b_i)          the input gate
    f = σ(W_f x + R_f h₋₁ + p_f ⊙ c₋₁ + b_f)          the forget gate
    g = tanh(W_g x + R_g h₋₁ + b_g)                   the candidate
    c = f ⊙ c₋₁ + i ⊙ g                               the cell state
    o = σ(W_o x + R_o h₋₁ + p_o ⊙ c + b_o)            the output gate
    h = o ⊙ tanh(c)                                   the output

Hochreiter & Schmidhuber (1997) have i, g, o and c = c₋₁ + i ⊙ g; the forget gate is that of Gers,
Schmidhuber & Cummins (2000); the peepholes p are those of Gers, Schraudolph & Schmidhuber (2002).
A `Variant` says which of these parts exist (Greff et al. 2015). Its rarest part, gate recurrence
(FGR, the wiring of 1997), adds Σ_s G[gate, s] s₋₁ to each gate, where s runs over i, f, o.

Shapes: x (B, I); h and c (B, H); W (K·H, I), R (K·H, H), b (K·H,) for the K blocks of
`variant.blocks`; p (n·H,) for the n gates of `variant.gates`; G (3, 3, H, H), [target, source].
Real or complex arrays; `layer.py` does the same for whole sequences, fast.
"""

from typing import Any, NamedTuple

import numpy as np

from lstm_lib.scratch.gates import ACTIVATIONS, sigmoid, sigmoid_slope
from lstm_lib.scratch.variants import Variant, as_variant

Params = dict[str, np.ndarray]


def plain_step(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, W: np.ndarray, R: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One step of what everyone calls the LSTM (variant NP), as the reader of notebook 03 wrote it.

    x (B, I), h and c (B, H), W (4H, I), R (4H, H), b (4H,) → the new h and c.

    >>> W, R, b = init(3, 2, dtype=np.float64).values()
    >>> h, c = plain_step(np.ones((1, 3)), np.zeros((1, 2)), np.zeros((1, 2)), W, R, b)
    >>> h.shape, c.shape
    ((1, 2), (1, 2))
    """
    # All four at once, (B, 4H): what comes in, what went out last, and a bias.
    z = x @ W.T + h @ R.T + b
    i, f, g, o = np.split(z, 4, axis=1)
    # Three gates, between 0 (shut) and 1 (open), and a candidate between -1 and 1.
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    # The belt: keep a part of the old, add a part of the new.
    c = f * c + i * g
    # Show a part of it.
    h = o * np.tanh(c)
    return h, c


# All that follows is the same step with every part optional, and the way back through it.


class StepTape(NamedTuple):
    """What `step` writes down for `step_backward`: the inputs, and the values inside the cell."""

    x: np.ndarray
    h_prev: np.ndarray
    c_prev: np.ndarray
    gates_prev: np.ndarray | None  # (3, B, H), FGR only
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c: np.ndarray
    c_squashed: np.ndarray  # tanh(c)
    gates: np.ndarray | None  # (3, B, H), FGR only: i, f, o, which the next step needs
    params: Params
    variant: Variant


def init(
    input_size: int,
    hidden_size: int,
    variant: str | Variant = "NP",
    seed: Any = 0,
    dtype: Any = np.float32,
    forget_bias: float = 1.0,
) -> Params:
    """The parameters before training: uniform in ±1/√H, biases 0, the forget gate's `forget_bias`.

    A forget bias of 1 lets the cell remember before it has learnt anything: σ(1) = 0.73 (Gers,
    Schmidhuber & Cummins 2000 start theirs at +0.5 to +2). CIFG has no forget gate to bias, as
    f = 1 − i; there the *input* gate's bias is −`forget_bias`, so that f starts at σ(forget_bias)
    all the same. A variant without either ignores `forget_bias`.

    The numbers are drawn in float64 and then rounded: one seed gives the same weights in each
    dtype. `seed` is anything that `numpy.random.default_rng` takes.

    >>> params = init(3, 2, seed=0)
    >>> {name: array.shape for name, array in params.items()}
    {'W': (8, 3), 'R': (8, 2), 'b': (8,)}
    >>> params["b"]
    array([0., 0., 1., 1., 0., 0., 0., 0.], dtype=float32)
    """
    v = as_variant(variant)
    rng = np.random.default_rng(seed)
    H, rows = hidden_size, len(v.blocks) * hidden_size
    bound = 1 / np.sqrt(H)
    params = {
        "W": rng.uniform(-bound, bound, (rows, input_size)),
        "R": rng.uniform(-bound, bound, (rows, H)),
        "b": np.zeros(rows),
    }
    if v.peepholes:
        params["p"] = rng.uniform(-bound, bound, len(v.gates) * H)
    if v.gate_recurrence:
        params["G"] = rng.uniform(-bound, bound, (3, 3, H, H))
    b = params["b"].reshape(-1, H)
    if v.forget_gate:
        b[v.blocks.index("f")] = forget_bias
    if v.coupled:
        b[v.blocks.index("i")] = -forget_bias
    return {name: array.astype(dtype) for name, array in params.items()}


def step(
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    params: Params,
    variant: str | Variant = "NP",
    gates: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, StepTape]:
    """One step: x (B, I), h and c (B, H) → the new h and c, and the tape for `step_backward`.

    For FGR, `gates` (3, B, H) are i, f, o of the step before (zeros before the first); those of
    this step are `tape.gates`.

    >>> params = init(3, 2, dtype=np.float64)
    >>> h, c, tape = step(np.ones((1, 3)), np.zeros((1, 2)), np.zeros((1, 2)), params)
    >>> h.shape, bool((tape.f > 0.5).all())
    ((1, 2), True)
    """
    v = as_variant(variant)
    if x.ndim != 2 or x.shape[1] != params["W"].shape[1]:
        raise ValueError(f"x must be (B, {params['W'].shape[1]}), as W says; got {x.shape}")
    if h.shape != c.shape or h.shape != (len(x), params["R"].shape[1]):
        wanted = (len(x), params["R"].shape[1])
        raise ValueError(f"h and c must be {wanted}; got {h.shape} and {c.shape}")
    if (gates is not None) != v.gate_recurrence:
        raise ValueError(
            f"gates must be i, f, o of the last step, (3, B, H), for {v.name}; got None"
            if v.gate_recurrence
            else f"gates must be None for {v.name}, which has no gate recurrence"
        )
    squash_g, squash_c = (ACTIVATIONS[a][0] for a in (v.input_activation, v.output_activation))

    z = x @ params["W"].T + h @ params["R"].T + params["b"]  # (B, K·H)
    z = dict(zip(v.blocks, np.split(z, len(v.blocks), axis=1)))
    p = _peepholes(params, v)
    if v.gate_recurrence:
        for target, row in zip("ifo", params["G"]):
            z[target] = z[target] + sum(s @ G.T for G, s in zip(row, gates))

    one = np.ones_like(c)
    i = sigmoid(z["i"] + p["i"] * c) if v.input_gate else one
    f = sigmoid(z["f"] + p["f"] * c) if v.forget_gate else (1 - i if v.coupled else one)
    g = squash_g(z["g"])
    c_new = f * c + i * g
    o = sigmoid(z["o"] + p["o"] * c_new) if v.output_gate else one
    c_squashed = squash_c(c_new)
    h_new = o * c_squashed

    gates_new = np.stack([i, f, o]) if v.gate_recurrence else None
    tape = StepTape(x, h, c, gates, i, f, g, o, c_new, c_squashed, gates_new, params, v)
    return h_new, c_new, tape


def step_backward(
    dh: np.ndarray, dc: np.ndarray, tape: StepTape, dgates: np.ndarray | None = None
) -> tuple[Params, np.ndarray, tuple[np.ndarray, ...]]:
    """The chain rule through one `step`, in reverse order.

    `dh` and `dc` (B, H) are the gradients of the loss with respect to the h and c that `step`
    returned. Returns `grads` (the keys of `params`), `dx` (B, I), and `(dh, dc)` with respect to
    the h and c that `step` was given; for FGR `(dh, dc, dgates)`, and `dgates` goes in too.

    >>> params = init(3, 2, dtype=np.float64)
    >>> h, c, tape = step(np.ones((1, 3)), np.zeros((1, 2)), np.zeros((1, 2)), params)
    >>> grads, dx, (dh, dc) = step_backward(np.ones((1, 2)), np.zeros((1, 2)), tape)
    >>> grads["W"].shape, dx.shape, dc.shape
    ((8, 3), (1, 3), (1, 2))
    """
    v, params, c_prev = tape.variant, tape.params, tape.c_prev
    if dh.shape != tape.c.shape or dc.shape != tape.c.shape:
        raise ValueError(f"dh and dc must be {tape.c.shape}; got {dh.shape} and {dc.shape}")
    slope_g, slope_c = (ACTIVATIONS[a][1] for a in (v.input_activation, v.output_activation))
    p = _peepholes(params, v)
    from_next = dict(zip("ifo", (0, 0, 0) if dgates is None else dgates))
    dz = {}

    # h = o ⊙ tanh(c): the gradient of h goes to o and, through tanh, to c.
    if v.output_gate:
        dz["o"] = (dh * tape.c_squashed + from_next["o"]) * sigmoid_slope(tape.o)
        dc = dc + p["o"] * dz["o"]
    dc = dc + dh * tape.o * slope_c(tape.c_squashed)

    # c = f ⊙ c₋₁ + i ⊙ g. Coupled, f is 1 − i, so that i gets f's gradient with a minus.
    di, df = dc * tape.g + from_next["i"], dc * c_prev + from_next["f"]
    if v.coupled:
        di = di - df
    if v.input_gate:
        dz["i"] = di * sigmoid_slope(tape.i)
    if v.forget_gate:
        dz["f"] = df * sigmoid_slope(tape.f)
    dz["g"] = dc * tape.i * slope_g(tape.g)
    dc_prev = dc * tape.f + sum(p[gate] * dz[gate] for gate in "if" if gate in dz)

    # z = W x + R h₋₁ + b, with peepholes and gate recurrence.
    dZ = np.concatenate([dz[block] for block in v.blocks], axis=1)  # (B, K·H)
    grads = {"W": dZ.T @ tape.x, "R": dZ.T @ tape.h_prev, "b": dZ.sum(0)}
    if v.peepholes:
        seen = {"i": c_prev, "f": c_prev, "o": tape.c}
        grads["p"] = np.concatenate([(dz[gate] * seen[gate]).sum(0) for gate in v.gates])
    dstate = (dZ @ params["R"], dc_prev)
    if v.gate_recurrence:
        targets = [dz[gate] for gate in "ifo"]
        grads["G"] = np.array([[d.T @ s for s in tape.gates_prev] for d in targets])
        per_source = params["G"].swapaxes(0, 1)
        dstate += (np.array([sum(d @ G for d, G in zip(targets, row)) for row in per_source]),)
    return grads, dZ @ params["W"], dstate


def _peepholes(params: Params, v: Variant) -> dict[str, Any]:
    """The peepholes gate by gate; zero where there are none."""
    if not v.peepholes:
        return dict.fromkeys("ifo", 0)
    return dict(zip(v.gates, np.split(params["p"], len(v.gates))))
