"""Near misses of notebook 05."""

import numpy as np
import torch

from lstm_lib.scratch import cell


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@np.errstate(all="ignore")
def by_arctanh(s, t):
    z = -np.log(1 / s - 1)
    return sigmoid(z) * sigmoid(-z), 1 / np.cosh(np.arctanh(t)) ** 2


@np.errstate(all="ignore")
def measured(s, t):
    z, y, step = np.log(s / (1 - s)), np.arctanh(t), 1e-5
    return (sigmoid(z + step) - sigmoid(z - step)) / (2 * step), (
        np.tanh(y + step) - np.tanh(y - step)
    ) / (2 * step)


@np.errstate(all="ignore")
def by_exp(s, t):
    e = (1 - s) / s
    return e / (1 + e) ** 2, 1 - t**2


def belt(factors):
    return lambda dc, i, f, g, c: tuple(dc * factor for factor in factors(i, f, g, c))


def by_autograd(dc, i, f, g, c_prev):
    leaves = [torch.tensor(a, requires_grad=True) for a in (i, f, g, c_prev)]
    c = leaves[1] * leaves[3] + leaves[0] * leaves[2]
    return torch.autograd.grad(c, leaves, torch.tensor(dc))


def step(shown=np.tanh, to_o=lambda dh, dc: dh, db=lambda dz: dz.sum(axis=0), names="ifgo"):
    def answer(dh, dc, tape, W, R):
        i, f, g, o = (tape[name] for name in names)
        s = shown(tape["c"])
        both = dc + dh * o * (1 - s**2)
        parts = both * g * i * (1 - i), both * tape["c_prev"] * f * (1 - f), both * i * (1 - g**2)
        dz = np.hstack([*parts, to_o(dh, dc) * s * o * (1 - o)])
        return dz.T @ tape["x"], dz.T @ tape["h_prev"], db(dz), dz @ W, dz @ R, both * f

    return answer


def by_library(dh, dc, tape, W, R, **exchanged):
    """The library's backward pass, on a tape with some of its values exchanged."""
    full = cell.StepTape(
        **tape,
        gates_prev=None,
        c_squashed=np.tanh(tape["c"]),
        gates=None,
        params={"W": W, "R": R},
        variant=cell.as_variant("NP"),
    )._replace(**exchanged)
    grads, dx, (dh_prev, dc_prev) = cell.step_backward(dh, dc, full)
    return grads["W"], grads["R"], grads["b"], dx, dh_prev, dc_prev


def with_c_prev_in_dr(dh, dc, tape, W, R):
    return by_library(dh, dc, tape, W, R, h_prev=tape["c_prev"])


def without_the_valve(dh, dc, tape, W, R):
    *others, dc_prev = by_library(dh, dc, tape, W, R)
    return *others, dc_prev / tape["f"]


def gate(dv, dz, dW=lambda dz, x: dz.T @ x):
    def answer(dy, x, v, W, b):
        s = sigmoid(x @ W.T + b)
        back = dz(dy, v, s)
        return back @ W, dv(dy, v, s), dW(back, x), back.sum(axis=0)

    return answer


def handed_out(dy, x, v, W, b):
    back = np.einsum("bh,bh,bh->bh", dy, v, sigmoid(x @ W.T + b))
    return back @ W, 1 * dy, np.einsum("bh,bi->hi", back, x) / len(x), sum(back)


def row_by_row(dy, x, v, W, b):
    """The valve is mended, the slope and the sum are not."""
    dx, dv, dW, db = 0 * x, 0 * v, 0 * W, 0 * b
    for k in range(len(x)):
        s = sigmoid(W @ x[k] + b)
        back = dy[k] * v[k] * s
        dx[k], dv[k] = W.T @ back, dy[k] * s
        dW += np.outer(back, x[k]) / len(x)
        db += back
    return dx, dv, dW, db


def right_slope(dy, v, s):
    return dy * v * (s - s**2)


def db_as_a_mean(dy, x, v, W, b):
    dx, dv, dW, db = gate(lambda dy, v, s: s * dy, right_slope)(dy, x, v, W, b)
    return dx, dv, dW, db / len(x)


NEAR_MISSES = [
    ("05.1", by_arctanh, True, None),
    ("05.1", measured, True, None),
    ("05.1", by_exp, False, "until a value is exactly 0, 1 or -1"),
    ("05.1", lambda s, t: (np.maximum(s - s * s, 1e-3), 1 - t * t), False, None),
    (
        "05.1",
        lambda s, t: (s * (1 + s), (1 - t) * (1 + t)),
        False,
        "A sign in the slope of the sig",
    ),
    ("05.1", lambda s, t: (s * (1 - s), 1 + t**2), False, "A sign in the slope of tanh"),
    ("05.1", lambda s, t: np.stack([s - s**2, 1 - t**2]), True, None),
    (
        "05.1",
        lambda s, t: (np.exp(-s) / (1 + np.exp(-s)) ** 2, np.cosh(t) ** -2),
        False,
        "Both val",
    ),
    ("05.1", lambda s, t: [v * (1 - v) for v in (s, t)], False, "t(1 - t) would be negative"),
    ("05.2", lambda dc, *rest: [dc * v / dc for v in np.array(rest)[[2, 3, 0, 1]]], False, "alone"),
    (
        "05.2",
        lambda dc, i, f, g, c: np.einsum("bh,kbh->kh", dc, [g, c, i, f]),
        False,
        "keeps the shape",
    ),
    ("05.2", belt(lambda i, f, g, c: (f, g, c, i)), False, "dc_prev comes last"),
    ("05.2", lambda dc, i, f, g, c: (dc * g, dc * c, dc * i, f.copy()), False, "f alone"),
    ("05.2", lambda dc, i, f, g, c: [np.mean(dc) * a for a in (g, c, i, f)], False, None),
    ("05.2", belt(lambda i, f, g, c: np.array([g, c, i, f]) / len(f)), False, "were divided by"),
    ("05.2", belt(lambda i, f, g, c: (g, c, i, 1 + f)), False, "once more"),
    ("05.2", by_autograd, True, None),
    ("05.3", step(shown=lambda c: c), False, "It has not passed tanh"),
    ("05.3", step(to_o=lambda dh, dc: dh + dc), False, "do was made with dc as well"),
    ("05.3", step(db=lambda dz: dz.sum(axis=1)), False, "over the wrong axis"),
    ("05.3", step(db=lambda dz: dz.mean(axis=0)), False, "db is a mean over the batch"),
    ("05.3", step(names="figo"), False, None),
    ("05.3", step(db=lambda dz: np.einsum("bz->z", dz)), True, None),
    ("05.3", with_c_prev_in_dr, False, "dR was made with c_prev"),
    ("05.3", without_the_valve, False, "the whole of dc_both"),
    ("05.4", row_by_row, False, "The valve is mended"),
    ("05.4", gate(lambda dy, v, s: s * dy, lambda *a: right_slope(*a) / a[2]), False, "only 1 - s"),
    ("05.4", db_as_a_mean, False, "db is wrong now"),
    ("05.4", handed_out, False, "all three bugs are still there"),
    ("05.4", gate(lambda dy, v, s: dy * v * s, right_slope), False, "dv has v in it"),
    (
        "05.4",
        gate(lambda dy, v, s: dy * s, lambda dy, v, s: dy * v * s),
        False,
        "One bug is left: dz",
    ),
    ("05.4", gate(lambda dy, v, s: s * dy, right_slope), True, None),
]
