"""The mistakes of notebook 05 in other words than the exercise's own: two or more of each."""

import numpy as np

from lstm_lib.scratch import cell, sigmoid


def s_(z):
    return 1 / (1 + np.exp(-z))


def through_tape(dh, dc, tape, W, R, **swap):
    """The library's backward pass, on a tape with some of its values exchanged."""
    full = cell.StepTape(
        **{n: tape[n] for n in ("x", "h_prev", "c_prev", "i", "f", "g", "o", "c")},
        gates_prev=None,
        c_squashed=np.tanh(tape["c"]),
        gates=None,
        params={"W": W, "R": R},
        variant=cell.as_variant("NP"),
    )._replace(**swap)
    grads, dx, (dh_prev, dc_prev) = cell.step_backward(dh, dc, full)
    return grads["W"], grads["R"], grads["b"], dx, dh_prev, dc_prev


def sequences(dh, dc, tape):
    """The batch as single sequences."""
    for n in range(len(dh)):
        one = slice(n, n + 1)
        yield dh[one], dc[one], {k: a[one] for k, a in tape.items()}


def dz_of(dh, dc, tape, W, R):
    """dz (B, 4H): the gradient of b of each sequence alone."""
    return np.array([through_tape(*one, W, R)[2] for one in sequences(dh, dc, tape)])


def from_dz(dz, tape, W, R, dc_prev, divide=1):
    return (
        np.einsum("bz,bi->zi", dz, tape["x"]) / divide,
        np.einsum("bz,bh->zh", dz, tape["h_prev"]) / divide,
        np.ones(len(dz)) @ dz / divide,
        np.dot(dz, W),
        np.dot(dz, R),
        dc_prev,
    )


def without(*gates):
    """dz divided by the slopes of some gates, as if they had been forgotten."""

    def answer(dh, dc, tape, W, R):
        H = dh.shape[1]
        dz = dz_of(dh, dc, tape, W, R)
        for gate in gates:
            k, v = "ifgo".index(gate), tape[gate]
            dz[:, k * H : (k + 1) * H] /= (1 - v**2) if gate == "g" else v * (1 - v)
        return from_dz(dz, tape, W, R, through_tape(dh, dc, tape, W, R)[5])

    return answer


def by_hand(skip="", part_h=True, part_next=True, slope_c=True):
    """Written out once more, gate by gate."""

    def answer(dh, dc, tape, W, R):
        i, f, g, o, c = (tape[n] for n in "ifgoc")
        t = np.tanh(c)
        inner = np.where(part_next, dc, 0.0)
        if part_h:
            inner = inner + dh * o * (np.cosh(c) ** -2 if slope_c else 1.0)
        zi = inner * g * (1 if "i" in skip else i - i * i)
        zf = inner * tape["c_prev"] * (1 if "f" in skip else f - f * f)
        zg = inner * i * (1 if "g" in skip else (1 - g) * (1 + g))
        zo = dh * t * (1 if "o" in skip else o - o * o)
        return from_dz(np.hstack([zi, zf, zg, zo]), tape, W, R, f * inner)

    return answer


def no_h_source(dh, dc, tape, W, R):
    with_dc = through_tape(0 * dh, dc, tape, W, R)
    H = dh.shape[1]
    dz = dz_of(0 * dh, dc, tape, W, R)
    dz[:, 3 * H :] = dz_of(dh, dc, tape, W, R)[:, 3 * H :]
    return from_dz(dz, tape, W, R, with_dc[5])


def total_returned(dh, dc, tape, W, R):
    *rest, dc_prev = through_tape(dh, dc, tape, W, R)
    return *rest, dc_prev / tape["f"]


def total_by_hand(dh, dc, tape, W, R):
    *rest, _ = by_hand()(dh, dc, tape, W, R)
    return *rest, dc + dh * tape["o"] / np.cosh(tape["c"]) ** 2


def only_given_dc(dh, dc, tape, W, R):
    return *by_hand()(dh, dc, tape, W, R)[:5], tape["f"] * dc


def only_given_dc_by_library(dh, dc, tape, W, R):
    last = through_tape(0 * dh, dc, tape, W, R)[5]
    return *through_tape(dh, dc, tape, W, R)[:5], last


def reordered(dh, dc, tape, W, R):
    H = dh.shape[1]
    dz = dz_of(dh, dc, tape, W, R)[:, np.r_[0 : 2 * H, 3 * H : 4 * H, 2 * H : 3 * H]]
    return from_dz(dz, tape, W, R, through_tape(dh, dc, tape, W, R)[5])


def reordered_by_split(dh, dc, tape, W, R):
    i, f, g, o = np.split(dz_of(dh, dc, tape, W, R), 4, axis=1)
    return from_dz(np.concatenate([i, f, o, g], 1), tape, W, R, by_hand()(dh, dc, tape, W, R)[5])


def new_h_in_dr(dh, dc, tape, W, R):
    right = by_hand()(dh, dc, tape, W, R)
    dR = dz_of(dh, dc, tape, W, R).T @ (np.tanh(tape["c"]) * tape["o"])
    return right[0], dR, *right[2:]


def new_h_by_tape(dh, dc, tape, W, R):
    h = tape["o"] * np.tanh(tape["c"])
    return through_tape(dh, dc, tape, W, R, h_prev=h)


def mean_by_dz(dh, dc, tape, W, R):
    right = through_tape(dh, dc, tape, W, R)
    return from_dz(dz_of(dh, dc, tape, W, R), tape, W, R, right[5], divide=len(dh))


def mean_afterwards(dh, dc, tape, W, R):
    dW, dR, db, *rest = by_hand()(dh, dc, tape, W, R)
    return dW / len(dh), dR / len(dh), db / len(dh), *rest


def layer(valve, slope, total, db_mean=False):
    """The gated layer backwards, sequence by sequence."""

    def answer(dy, x, v, W, b):
        n = len(x)
        dx, dv, dW, db = np.zeros_like(x), np.zeros_like(v), np.zeros_like(W), np.zeros_like(b)
        for k in range(n):
            s = s_(W @ x[k] + b)
            back = dy[k] * v[k] * (s - s * s if slope else s)
            dx[k] = W.T @ back
            dv[k] = s * dy[k] if valve else dy[k]
            dW += np.outer(back, x[k]) / (1 if total else n)
            db += back / (n if db_mean else 1)
        return dx, dv, dW, db

    return answer


def layer_at_once(valve, slope, total, db_mean=False):
    """The same with einsum."""

    def answer(dy, x, v, W, b):
        s = sigmoid(np.einsum("bi,hi->bh", x, W) + b)
        back = np.einsum("bh,bh->bh", dy, v) * (s * s_(-(x @ W.T + b)) if slope else s)
        dW = np.einsum("bh,bi->hi", back, x)
        return (
            np.einsum("bh,hi->bi", back, W),
            dy * (s if valve else 1),
            dW if total else dW / x.shape[0],
            back.mean(0) if db_mean else back.sum(0),
        )

    return answer


def both(*flags, **more):
    return [layer(*flags, **more), layer_at_once(*flags, **more)]


SPELLINGS = {
    ("05.1", 0): [
        lambda s, t: (s_(s) - s_(s) ** 2, np.cosh(t) ** -2.0),
        lambda s, t: (np.exp(-s) / (1 + np.exp(-s)) ** 2, 1 - np.square(np.tanh(t))),
    ],
    ("05.1", 1): [
        lambda s, t: (s_(s) - s_(s) ** 2, (1 - t) * (1 + t)),
        lambda s, t: (s_(s) * s_(-s), 1 - t * t),
    ],
    ("05.1", 2): [
        lambda s, t: (s - s**2, np.cosh(t) ** -2.0),
        lambda s, t: ((1 - s) * s, (1 - np.tanh(t)) * (1 + np.tanh(t))),
    ],
    ("05.1", 3): [
        lambda s, t: (s - s * s, -t + 1),
        lambda s, t: [(1 - s) * s, 1.0 - t],
    ],
    ("05.1", 4): [
        lambda s, t: (s - s * s, (t - 1) * (t + 1)),
        lambda s, t: (s * (1 - s), -(1 - t * t)),
    ],
    ("05.1", 5): [
        lambda s, t: (1 * s, 1 - t * t),
        lambda s, t: (s.copy(), (1 - t) * (1 + t)),
    ],
    ("05.1", 6): [
        lambda s, t: (1 - t * t, s - s * s),
        lambda s, t: ((1 - t) * (1 + t), (1 - s) * s),
    ],
    ("05.1", 7): [
        lambda s, t: (s - s * s, t - t * t),
        lambda s, t: tuple(v * (1 - v) for v in (s, t)),
    ],
    ("05.2", 0): [
        lambda dc, i, f, g, cp: (1.0 * g, 1.0 * cp, 1.0 * i, 1.0 * f),
        lambda dc, i, f, g, cp: [dc / dc * v if dc.all() else v for v in (g, cp, i, f)],
    ],
    ("05.2", 1): [
        lambda dc, i, f, g, cp: (i * dc, f * dc, g * dc, cp * dc),
        lambda dc, i, f, g, cp: tuple(dc * v for v in (i, f, g, cp)),
    ],
    ("05.2", 2): [
        lambda dc, i, f, g, cp: (g * dc, f * dc, i * dc, cp * dc),
        lambda dc, i, f, g, cp: tuple(dc * v for v in (g, f, i, cp)),
    ],
    ("05.2", 3): [
        lambda dc, i, f, g, cp: (i * dc, cp * dc, g * dc, f * dc),
        lambda dc, i, f, g, cp: tuple(dc * v for v in (i, cp, g, f)),
    ],
    ("05.2", 4): [
        lambda dc, i, f, g, cp: (g * dc, cp * dc, i * dc, dc.copy()),
        lambda dc, i, f, g, cp: (*(v * dc for v in (g, cp, i)), 1 * dc),
    ],
    ("05.2", 5): [
        lambda dc, i, f, g, cp: (cp * dc, g * dc, i * dc, f * dc),
        lambda dc, i, f, g, cp: tuple(dc * v for v in (cp, g, i, f)),
    ],
    ("05.2", 6): [
        lambda dc, i, f, g, cp: (
            dc * g * (i - i * i),
            dc * cp * (f - f * f),
            dc * i * (1 - g) * (1 + g),
            f * dc,
        ),
        lambda dc, i, f, g, cp: (
            i * (1 - i) * g * dc,
            f * (1 - f) * cp * dc,
            (1 - g * g) * i * dc,
            dc * f,
        ),
    ],
    ("05.2", 7): [
        lambda dc, i, f, g, cp: tuple(np.sum(dc * v, 0) for v in (g, cp, i, f)),
        lambda dc, i, f, g, cp: tuple(np.einsum("bh,bh->h", dc, v) for v in (g, cp, i, f)),
    ],
    ("05.3", 0): [without("f"), by_hand(skip="f")],
    ("05.3", 1): [without("i", "f", "o"), by_hand(skip="ifo")],
    ("05.3", 2): [without("g"), by_hand(skip="g")],
    ("05.3", 3): [no_h_source, by_hand(part_h=False)],
    ("05.3", 4): [
        by_hand(part_next=False),
        lambda dh, dc, tape, W, R: through_tape(dh, 0 * dc, tape, W, R),
    ],
    ("05.3", 5): [
        by_hand(slope_c=False),
        lambda dh, dc, tape, W, R: by_hand(part_h=False)(dh, dc + dh * tape["o"], tape, W, R),
    ],
    ("05.3", 6): [mean_by_dz, mean_afterwards],
    ("05.3", 7): [total_returned, total_by_hand],
    ("05.3", 8): [only_given_dc, only_given_dc_by_library],
    ("05.3", 9): [reordered, reordered_by_split],
    ("05.3", 10): [new_h_in_dr, new_h_by_tape],
    ("05.3", 11): [without("o"), by_hand(skip="o")],
    ("05.4", 0): both(True, False, False),
    ("05.4", 1): both(False, True, False),
    ("05.4", 2): both(False, False, True),
    ("05.4", 3): both(True, True, False),
    ("05.4", 4): both(True, False, True),
    ("05.4", 5): both(False, True, True),
    ("05.4", 6): both(True, True, False, db_mean=True),
}
