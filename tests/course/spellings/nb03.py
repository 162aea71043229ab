"""The mistakes of notebook 03 in other words than the exercise's own: two or more of each."""

import numpy as np

from lstm_lib.scratch import cell, sigmoid


def s(z):
    return 1 / (1 + np.exp(-z))


def blockwise(x, h, W, R, b, names="ifgo"):
    """z of each gate from its own rows of W, R and b."""
    H = h.shape[1]
    rows = {n: slice(k * H, (k + 1) * H) for k, n in enumerate(names)}
    return {n: x @ W[r].T + h @ R[r].T + b[r] for n, r in rows.items()}


def library(x, h, c, W, R, b):
    """(h, c, tape) of the library's own step."""
    return cell.step(x, h, c, {"W": W, "R": R, "b": b})


def ifog(x, h, c, W, R, b):
    z = blockwise(x, h, W, R, b, "ifog")
    c = s(z["f"]) * c + s(z["i"]) * np.tanh(z["g"])
    return s(z["o"]) * np.tanh(c), c


def ifog_reordered(x, h, c, W, R, b):
    H = h.shape[1]
    order = np.r_[0 : 2 * H, 3 * H : 4 * H, 2 * H : 3 * H]
    return library(x, h, c, W[order], R[order], b[order])[:2]


def plain_c_shown(x, h, c, W, R, b):
    z = blockwise(x, h, W, R, b)
    c = s(z["f"]) * c + s(z["i"]) * np.tanh(z["g"])
    return s(z["o"]) * c, c


def noaf(x, h, c, W, R, b):
    _, c, tape = library(x, h, c, W, R, b)
    return tape.o * c, c


def all_sigmoid(x, h, c, W, R, b):
    z = s(h @ R.T + x @ W.T + b).reshape(len(x), 4, -1)
    c = z[:, 1] * c + z[:, 0] * z[:, 2]
    return z[:, 3] * np.tanh(c), c


def g_by_sigmoid(x, h, c, W, R, b):
    z = blockwise(x, h, W, R, b)
    c = s(z["f"]) * c + s(z["i"]) * s(z["g"])
    return s(z["o"]) * np.tanh(c), c


def h_too_early(x, h, c, W, R, b):
    z = blockwise(x, h, W, R, b)
    h = s(z["o"]) * np.tanh(c)
    return h, s(z["f"]) * c + s(z["i"]) * np.tanh(z["g"])


def h_from_tape(x, h, c, W, R, b):
    _, c_new, tape = library(x, h, c, W, R, b)
    return tape.o * np.tanh(tape.c_prev), c_new


def order_figo(x, h, c, W, R, b):
    z = blockwise(x, h, W, R, b, "figo")
    c = s(z["f"]) * c + s(z["i"]) * np.tanh(z["g"])
    return s(z["o"]) * np.tanh(c), c


def i_keeps_f_writes(x, h, c, W, R, b):
    tape = library(x, h, c, W, R, b)[2]
    c = tape.i * c + tape.f * tape.g
    return tape.o * np.tanh(c), c


def w_as_it_is(x, h, c, W, R, b):
    z = np.dot(x, W) + np.dot(h, R.T) + b
    i, f, g, o = (z[:, k * h.shape[1] : (k + 1) * h.shape[1]] for k in range(4))
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c


def w_by_matmul(x, h, c, W, R, b):
    z = np.split(np.matmul(x, W) + h @ R.T + b, 4, -1)
    c = sigmoid(z[1]) * c + sigmoid(z[0]) * np.tanh(z[2])
    return sigmoid(z[3]) * np.tanh(c), c


def no_bias(x, h, c, W, R, b):
    i, f, g, o = np.split(x @ W.T + h @ R.T, 4, axis=1)
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c


def no_r(x, h, c, W, R, b):
    i, f, g, o = np.split(x @ W.T + b, 4, axis=1)
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c


def c_then_h(x, h, c, W, R, b):
    h, c, _ = library(x, h, c, W, R, b)
    return c, h


def c_then_h_by_hand(x, h, c, W, R, b):
    z = blockwise(x, h, W, R, b)
    c = s(z["f"]) * c + s(z["i"]) * np.tanh(z["g"])
    return [c, s(z["o"]) * np.tanh(c)]


def nothing_kept(x, h, c, W, R, b):
    z = blockwise(x, h, W, R, b)
    c = s(z["i"]) * np.tanh(z["g"])
    return s(z["o"]) * np.tanh(c), c


def large(H, **signs):
    """Biases of ±50, written block by block."""
    return np.concatenate([np.full(H, 50.0 * signs.get(gate, 0)) for gate in "ifgo"])


def by_reshape(*columns):
    return lambda H: (np.ones((H, 4)) * columns).T.reshape(-1)


def wired(rows_W, rows_R, rows_b):
    """W, R, b from rows i1, i2, f1, f2, g1, g2, o1, o2."""
    return np.array(rows_W, float).reshape(8, 1), np.array(rows_R, float), np.array(rows_b, float)


def two_units(i2=(60, 60, -80), f1=-30, f2=30, o1=30, g2=30):
    w, r, b = i2
    R = np.zeros((8, 2))
    R[1] = (r, 0)
    return wired([0, w, 0, 0, 30, 0, 0, 0], R, [30, b, f1, f2, 0, g2, o1, 0])


def always_forgets(i2=(100, 100, -130), f1=0, f2=100, o1=100, f1_from_x=0):
    """Another way to keep the last bit: the first unit's gates look at x themselves."""
    w, r, b = i2
    R = np.zeros((8, 2))
    R[1, 0] = r
    W = [200, w, f1_from_x, 0, 0, 0, 0, 0]
    return wired(W, R, [-100, b, f1 or -100, f2, 100, 100, o1, 50])


def before(c):
    return np.r_[0.0, c][:-1]


def close(a, b):
    return bool((np.abs(a - b) < 1e-9).all())


def diagnose(i, f, g, o, c, h, same="none", written="i", kept="f", shown=np.tanh, past=before):
    if not close(h, o * shown(c)):
        return "o"
    left = c - f * past(c)
    if close(left, i * g):
        return same
    return written if close(left, 0 * g) or close(left, g) else kept


def closed_only(i, f, g, o, c, h):
    if not h.any():
        return "o"
    kept = f * before(c)
    return "i" if close(c, kept) else "f" if close(c, i * g) else "none"


def closed_only_stepwise(i, f, g, o, c, h):
    verdicts = {"o": True, "i": True, "f": True}
    last = 0.0
    for t in range(len(c)):
        verdicts["o"] &= h[t] == 0
        verdicts["i"] &= abs(c[t] - f[t] * last) < 1e-9
        verdicts["f"] &= abs(c[t] - i[t] * g[t]) < 1e-9
        last = c[t]
    return next((gate for gate, true in verdicts.items() if true), "none")


def new_c_stepwise(i, f, g, o, c, h):
    if any(abs(h - o * np.tanh(c)) > 1e-9):
        return "o"
    left = [c[t] - f[t] * c[t] for t in range(len(c))]
    if close(np.array(left), i * g):
        return "none"
    return "i" if close(np.array(left), g) or not any(left) else "f"


def first_only(i, f, g, o, c, h):
    return diagnose(*(a[:1] for a in (i, f, g, o, c, h)), kept="i")


SPELLINGS = {
    ("03.1", 0): [ifog, ifog_reordered],
    ("03.1", 1): [plain_c_shown, noaf],
    ("03.1", 2): [all_sigmoid, g_by_sigmoid],
    ("03.1", 3): [h_too_early, h_from_tape],
    ("03.1", 4): [order_figo, i_keeps_f_writes],
    ("03.1", 5): [w_as_it_is, w_by_matmul],
    ("03.1", 6): [
        no_bias,
        lambda x, h, c, W, R, b: library(x, h, c, W, R, np.zeros_like(b))[:2],
    ],
    ("03.1", 7): [
        no_r,
        lambda x, h, c, W, R, b: library(x, h, c, W, np.zeros_like(R), b)[:2],
    ],
    ("03.1", 8): [c_then_h, c_then_h_by_hand],
    ("03.1", 9): [
        nothing_kept,
        lambda x, h, c, W, R, b: library(x, h, np.zeros_like(c), W, R, b)[:2],
    ],
    ("03.2", 0): [lambda H: np.zeros(4 * H), lambda H: large(H, i=-0.06, f=0.06)],
    ("03.2", 1): [lambda H: large(H, i=1, f=-1), by_reshape(60, -60, 0, 0)],
    ("03.2", 2): [lambda H: np.full(4 * H, 50.0), by_reshape(60, 60, -60, 0)],
    ("03.2", 3): [lambda H: np.full(4 * H, -50.0), by_reshape(-60, -60, 60, 60)],
    ("03.2", 4): [lambda H: large(H, f=1), by_reshape(0, 60, 0, 60)],
    ("03.2", 5): [lambda H: large(H, i=-1, g=1), by_reshape(-60, 0, 0, 0)],
    ("03.2", 6): [
        lambda H: np.array([-50.0, 50.0, 0.0, 0.0] * H),
        lambda H: large(H, i=-1, f=1).reshape(4, H).T.reshape(-1),
    ],
    ("03.2", 7): [
        lambda H: np.eye(1, 4 * H, H)[0] * 50 - np.eye(1, 4 * H)[0] * 50,
        lambda H: large(H, i=-1, f=1) * (np.arange(4 * H) % H == 0),
    ],
    ("03.3", 0): [lambda: two_units((60, 0, -30)), lambda: always_forgets((100, 0, -50))],
    ("03.3", 1): [lambda: two_units((60, 60, -25)), lambda: always_forgets((100, 100, -40))],
    ("03.3", 2): [lambda: two_units((60, -90, -30)), lambda: always_forgets((100, -200, -50))],
    ("03.3", 3): [lambda: two_units((0, 90, -30)), lambda: always_forgets((0, 100, -40))],
    ("03.3", 4): [lambda: two_units(f1=30), lambda: always_forgets(f1=100)],
    ("03.3", 5): [lambda: two_units(f2=0), lambda: always_forgets(f2=0)],
    ("03.3", 6): [lambda: two_units(o1=-30), lambda: two_units(g2=0)],
    ("03.3", 7): [lambda: two_units(f2=-30), lambda: always_forgets(f2=-100)],
    ("03.4", 0): [closed_only, closed_only_stepwise],
    ("03.4", 1): [lambda *traces: diagnose(*traces, past=lambda c: c), new_c_stepwise],
    ("03.4", 2): [
        first_only,
        lambda i, f, g, o, c, h: (
            "o"
            if abs(h[0] / np.tanh(c[0] or 1.0) - (o[0] if c[0] else 0)) > 1e-9
            else ("none" if abs(c[0] - i[0] * g[0]) < 1e-9 else "i")
        ),
    ],
    ("03.4", 3): [
        lambda *traces: diagnose(*traces, written="f", kept="i"),
        lambda *traces: {"i": "f", "f": "i", "o": "o", "none": "none"}[diagnose(*traces)],
    ],
    ("03.4", 4): [
        lambda *traces: diagnose(*traces, shown=lambda c: c),
        lambda i, f, g, o, c, h: diagnose(i, f, g, o, c, h) if close(h / o, c) else "o",
    ],
    ("03.4", 5): [
        lambda *traces: diagnose(*traces, same="f"),
        lambda *traces: diagnose(*traces).replace("none", "f"),
    ],
}
