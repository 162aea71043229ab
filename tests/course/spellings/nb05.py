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


def by_hand(
    skip="",
    part_h=True,
    part_next=True,
    slope_c=True,
    valve=lambda o, t: o,
    sech=lambda c: np.cosh(c) ** -2,
    sech_g=lambda g: (1 - g) * (1 + g),
    out=np.tanh,
    old="c_prev",
):
    """Written out once more, gate by gate."""

    def answer(dh, dc, tape, W, R):
        i, f, g, o, c = (tape[n] for n in "ifgoc")
        inner = np.where(part_next, dc, 0.0)
        if part_h:
            inner = inner + dh * valve(o, np.tanh(c)) * (sech(c) if slope_c else 1.0)
        zi = inner * g * (1 if "i" in skip else i - i * i)
        zf = inner * tape[old] * (1 if "f" in skip else f - f * f)
        zg = inner * i * (1 if "g" in skip else sech_g(g))
        zo = dh * out(c) * (1 if "o" in skip else o - o * o)
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


def scaled(gate, factor):
    """The right dz, with the block of one gate multiplied by factor(tape)."""

    def answer(dh, dc, tape, W, R):
        H, k = dh.shape[1], "ifgo".index(gate)
        dz = dz_of(dh, dc, tape, W, R)
        dz[:, k * H : (k + 1) * H] *= factor(tape)
        return from_dz(dz, tape, W, R, through_tape(dh, dc, tape, W, R)[5])

    return answer


def other_dc(more):
    """The right code for another dc: `more(dh, tape)` is added to it."""

    def answer(dh, dc, tape, W, R):
        return by_hand()(dh, dc + more(dh, tape), tape, W, R)

    return answer


def sech2(tape):
    return np.cosh(tape["c"]) ** -2.0


def after(change):
    """Both ways to the right results, and then a change of them."""
    return [
        lambda dh, dc, tape, W, R: change(dh, *through_tape(dh, dc, tape, W, R)),
        lambda dh, dc, tape, W, R: change(dh, *by_hand()(dh, dc, tape, W, R)),
    ]


def r_with_c(dh, dc, tape, W, R):
    dW, _, *rest = through_tape(dh, dc, tape, W, R)
    return dW, np.einsum("bz,bh->zh", dz_of(dh, dc, tape, W, R), tape["c_prev"]), *rest


def r_with_c_by_tape(dh, dc, tape, W, R):
    return through_tape(dh, dc, tape, W, R, h_prev=tape["c_prev"])


def db_rows(dh, dc, tape, W, R):
    right = through_tape(dh, dc, tape, W, R)
    return *right[:2], dz_of(dh, dc, tape, W, R), *right[3:]


def db_rows_listed(dh, dc, tape, W, R):
    right = by_hand()(dh, dc, tape, W, R)
    rows = [by_hand()(*one, W, R)[2] for one in sequences(dh, dc, tape)]
    return *right[:2], np.stack(rows), *right[3:]


def f_first(dh, dc, tape, W, R):
    H = dh.shape[1]
    dz = dz_of(dh, dc, tape, W, R)[:, np.r_[H : 2 * H, 0:H, 2 * H : 4 * H]]
    return from_dz(dz, tape, W, R, through_tape(dh, dc, tape, W, R)[5])


def f_first_by_split(dh, dc, tape, W, R):
    i, f, g, o = np.split(dz_of(dh, dc, tape, W, R), 4, axis=1)
    return from_dz(np.hstack([f, i, g, o]), tape, W, R, by_hand()(dh, dc, tape, W, R)[5])


def gate_layer(
    back=lambda dy, v, s: dy * v * (s - s * s),
    dv=lambda dy, v, s: s * dy,
    turned=False,
    rows=False,
):
    """The gated layer once more, with something wrong in it."""

    def answer(dy, x, v, W, b):
        s = s_(np.einsum("bi,hi->bh", x, W) + b)
        dz = back(dy, v, s)
        dx = np.dot(dz, W.T) if turned else np.einsum("bh,hi->bi", dz, W)
        return dx, dv(dy, v, s), np.einsum("bh,bi->hi", dz, x), dz if rows else dz.sum(0)

    return answer


def exactly(change):
    """The right results by another way, and then a change of them: change(dy, x, v, W, b, *all)."""

    def answer(dy, x, v, W, b):
        return change(dy, x, v, W, b, *layer(True, True, True)(dy, x, v, W, b))

    return answer


def times(factor):
    """dz of the right code multiplied by factor(s, v), by changing dy; dv is kept right."""

    def answer(dy, x, v, W, b):
        s = sigmoid(x @ W.T + b)
        dx, _, dW, db = layer(True, True, True)(dy * factor(s, v), x, v, W, b)
        return dx, s * dy, dW, db

    return answer


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
    ("05.1", 8): [
        lambda s, t: tuple(1 - v * v for v in (s, t)),
        lambda s, t: ((1 - s) * (1 + s), (1 - t) * (1 + t)),
    ],
    ("05.1", 9): [
        lambda s, t: (s * s - s, 1 - t * t),
        lambda s, t: (-(1 - s) * s, (1 - t) * (1 + t)),
    ],
    ("05.1", 10): [
        lambda s, t: (s - s * s, 1 - 2 * t + t * t),
        lambda s, t: ((1 - s) * s, np.square(t - 1)),
    ],
    ("05.1", 11): [
        lambda s, t: s - s * s,
        lambda s, t: (1 - s) * s,
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
    ("05.2", 8): [
        lambda dc, i, f, g, cp: (g * dc, cp * dc, i * dc, dc * (f - f * f)),
        lambda dc, i, f, g, cp: (*(v * dc for v in (g, cp, i)), (1 - f) * f * dc),
    ],
    ("05.2", 9): [
        lambda dc, i, f, g, cp: (g * dc, cp * dc, i * dc, dc - dc * f),
        lambda dc, i, f, g, cp: tuple(v * dc for v in (g, cp, i, 1 - f)),
    ],
    ("05.2", 10): [
        lambda dc, i, f, g, cp: (g * dc, i * dc, cp * dc, f * dc),
        lambda dc, i, f, g, cp: [dc * v for v in (g, i, cp, f)],
    ],
    ("05.2", 11): [
        lambda dc, i, f, g, cp: (g * dc, (i * g + f * cp) * dc, i * dc, f * dc),
        lambda dc, i, f, g, cp: tuple(dc * v for v in (g, f * cp + g * i, i, f)),
    ],
    ("05.2", 12): [
        lambda dc, i, f, g, cp: (g * dc, cp * dc, i * dc),
        lambda dc, i, f, g, cp: [dc * v for v in (g, cp, i)],
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
    ("05.3", 12): [without("i", "f", "g", "o"), by_hand(skip="ifgo")],
    ("05.3", 13): [without("i"), by_hand(skip="i")],
    ("05.3", 14): [
        scaled("g", lambda tape: tape["g"] / (1 + tape["g"])),
        by_hand(sech_g=lambda g: g - g * g),
    ],
    ("05.3", 15): [
        scaled("g", lambda tape: np.cosh(tape["g"]) ** -2.0 / (1 - tape["g"] ** 2)),
        by_hand(sech_g=lambda g: 1 - np.square(np.tanh(g))),
    ],
    ("05.3", 16): [r_with_c, r_with_c_by_tape],
    ("05.3", 17): after(lambda dh, a, b, c, dx, last_h, last_c: (a, b, c, dx, last_c, last_h)),
    ("05.3", 18): [
        scaled("o", lambda tape: tape["c"] / np.tanh(tape["c"])),
        by_hand(out=lambda c: 1.0 * c),
    ],
    ("05.3", 19): [db_rows, db_rows_listed],
    ("05.3", 20): [
        other_dc(lambda dh, tape: dh * tape["o"] * (1 - tape["c"] ** 2 - sech2(tape))),
        by_hand(sech=lambda c: (1 - c) * (1 + c)),
    ],
    ("05.3", 21): [
        other_dc(lambda dh, tape: dh * (1 - tape["o"]) * sech2(tape)),
        by_hand(valve=lambda o, t: 1.0),
    ],
    ("05.3", 22): [
        other_dc(lambda dh, tape: dh * tape["o"] * (np.tanh(tape["c"]) - 1) * sech2(tape)),
        by_hand(valve=lambda o, t: t * o),
    ],
    ("05.3", 23): after(lambda dh, a, b, db, *rest: (a, b, db.reshape(1, -1), *rest)),
    ("05.3", 24): after(lambda dh, a, b, db, *rest: (a, b, db / dh.shape[0], *rest)),
    ("05.3", 25): after(lambda dh, dW, dR, *rest: (np.transpose(dW), np.transpose(dR), *rest)),
    ("05.3", 26): [f_first, f_first_by_split],
    ("05.3", 27): after(lambda dh, a, b, c, *rest: (*rest, a, b, c)),
    ("05.3", 28): after(lambda dh, a, b, c, dx, back, keep: (a, b, c, dx, dh + back, keep)),
    ("05.3", 29): [
        lambda dh, dc, tape, W, R: through_tape(dh, dc, tape, W, R, c_prev=tape["c"]),
        by_hand(old="c"),
    ],
    ("05.4", 0): both(True, False, False),
    ("05.4", 1): both(False, True, False),
    ("05.4", 2): both(False, False, True),
    ("05.4", 3): both(True, True, False),
    ("05.4", 4): both(True, False, True),
    ("05.4", 5): both(False, True, True),
    ("05.4", 6): both(True, True, False, db_mean=True),
    ("05.4", 7): [
        gate_layer(lambda dy, v, s: dy * (s - s * s)),
        lambda dy, x, v, W, b: layer(True, True, True)(dy, x, np.ones_like(v), W, b),
    ],
    ("05.4", 8): [gate_layer(lambda dy, v, s: v * (dy - dy * s)), times(lambda s, v: 1 / s)],
    ("05.4", 9): [
        gate_layer(dv=lambda dy, v, s: v * dy),
        exactly(lambda dy, x, v, W, b, dx, dv, dW, db: (dx, dy * v, dW, db)),
    ],
    ("05.4", 10): [
        gate_layer(dv=lambda dy, v, s: (s - s * s) * dy),
        exactly(lambda dy, x, v, W, b, dx, dv, dW, db: (dx, dv - dv * s_(x @ W.T + b), dW, db)),
    ],
    ("05.4", 11): [
        gate_layer(turned=True),
        lambda dy, x, v, W, b: (
            np.matmul(dy * v * s_(x @ W.T + b) * s_(-x @ W.T - b), np.transpose(W)),
            *gate_layer()(dy, x, v, W, b)[1:],
        ),
    ],
    ("05.4", 12): [
        gate_layer(lambda dy, v, s: dy * v * s_(s) * s_(-s)),
        times(lambda s, v: s_(s) * (1 - s_(s)) / (s * (1 - s))),
    ],
    ("05.4", 13): [
        gate_layer(lambda dy, v, s: dy * v * (1 - s) * (1 + s)),
        times(lambda s, v: (1 + s) / s),
    ],
    ("05.4", 14): [
        gate_layer(rows=True),
        lambda dy, x, v, W, b: (
            *gate_layer()(dy, x, v, W, b)[:3],
            dy * v * s_(x @ W.T + b) * s_(-x @ W.T - b),
        ),
    ],
}
