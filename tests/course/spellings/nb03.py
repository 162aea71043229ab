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


def finish(i, f, g, o, c):
    """From the four z."""
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c


def cut_in_rows(x, h, c, W, R, b):
    return finish(*np.vsplit(h @ R.T + x @ W.T + b, 4), c)


def cut_by_default(x, h, c, W, R, b):
    z_i, z_f, z_g, z_o = np.split(np.dot(x, W.T) + np.dot(h, R.T) + b, 4, axis=0)
    c = sigmoid(z_f) * c + sigmoid(z_i) * np.tanh(z_g)
    return sigmoid(z_o) * np.tanh(c), c


def as_printed(x, h, c, W, R, b):
    z = np.dot(W, x) + np.dot(R, h) + b
    return finish(*np.hsplit(z, 4), c)


def as_printed_with_matmul(x, h, c, W, R, b):
    z = np.matmul(R, h) + np.matmul(W, x) + b
    i, f, g, o = np.split(z, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def by_units(x, h, c, W, R, b):
    z = (x @ W.T + h @ R.T + b).reshape(len(x), -1, 4)
    return finish(z[..., 0], z[..., 1], z[..., 2], z[..., 3], c)


def by_sorted_rows(x, h, c, W, R, b):
    order = np.arange(len(b)).reshape(-1, 4).T.ravel()
    return library(x, h, c, W[order], R[order], b[order])[:2]


def linear(x, h, c, W, R, b):
    z = blockwise(x, h, W, R, b)
    c = z["f"] * c + z["i"] * z["g"]
    return z["o"] * np.tanh(c), c


def linear_split(x, h, c, W, R, b):
    i, f, g, o = np.split(x @ W.T + h @ R.T + b, 4, axis=1)
    c = f * c + i * g
    return o * np.tanh(c), c


def tanh_outside(x, h, c, W, R, b):
    z = blockwise(x, h, W, R, b)
    c = s(z["f"]) * c + s(z["i"]) * np.tanh(z["g"])
    return np.tanh(s(z["o"]) * c), c


def tanh_outside_tape(x, h, c, W, R, b):
    _, c, tape = library(x, h, c, W, R, b)
    return np.tanh(tape.o * c), c


def coupled(x, h, c, W, R, b):
    z = blockwise(x, h, W, R, b)
    c = (1 - s(z["i"])) * c + s(z["i"]) * np.tanh(z["g"])
    return s(z["o"]) * np.tanh(c), c


def coupled_by_a_bias(x, h, c, W, R, b):
    tape = library(x, h, c, W, R, b)[2]
    c = c + tape.i * (tape.g - c)
    return tape.o * np.tanh(c), c


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


def blocks_exchanged(weights):
    """The last two blocks in the order o, g."""
    return [np.concatenate([a[:4], a[6:], a[4:6]]) for a in weights]


def by_unit(weights):
    """i, f, g, o of the first unit, then those of the second."""
    return [np.concatenate([a[::2], a[1::2]]) for a in weights]


def always_forgets(i2=(100, 100, -130), f1=0, f2=100, o1=100, f1_from_x=0, g2=100):
    """Another way to keep the last bit: the first unit's gates look at x themselves."""
    w, r, b = i2
    R = np.zeros((8, 2))
    R[1, 0] = r
    W = [200, w, f1_from_x, 0, 0, 0, 0, 0]
    return wired(W, R, [-100, b, f1 or -100, f2, 100, g2, o1, 50])


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


def from_the_gauges(i, f, g, o, c, h):
    wanted, total = [], 0.0
    for ii, ff, gg in zip(i, f, g):
        total = ff * total + ii * gg
        wanted.append(total)
    if not close(h, o * np.tanh(wanted)):
        return "o"
    return diagnose(i, f, g, o, c, h)


def from_the_gauges_first(i, f, g, o, c, h):
    wanted = np.zeros(len(c))
    for t in range(len(c)):
        wanted[t] = f[t] * wanted[t - 1] + i[t] * g[t]
    return "none" if close(h, o * np.tanh(wanted)) and close(c, wanted) else "o"


def round_the_corner(c):
    return np.array([c[t - 1] for t in range(len(c))])


def open_only(i, f, g, o, c, h):
    if close(h, np.tanh(c)):
        return "o"
    past = before(c)
    return "i" if close(c - f * past, g) else "f" if close(c - i * g, past) else "none"


def open_only_stepwise(i, f, g, o, c, h):
    verdicts, last = {"o": True, "i": True, "f": True}, 0.0
    for t in range(len(c)):
        verdicts["o"] &= abs(h[t] - np.tanh(c[t])) < 1e-9
        verdicts["i"] &= abs(c[t] - f[t] * last - g[t]) < 1e-9
        verdicts["f"] &= abs(c[t] - last - i[t] * g[t]) < 1e-9
        last = c[t]
    return next((gate for gate, true in verdicts.items() if true), "none")


def by_division(i, f, g, o, c, h):
    """What each gate must have been; all 0 or all 1 is stuck. 0 / 0 is nan at the first step."""
    with np.errstate(all="ignore"):
        past = before(c)
        inside = {"o": h / np.tanh(c), "i": (c - f * past) / g, "f": (c - i * g) / past}
    shown = {"o": o, "i": i, "f": f}
    for gate, values in inside.items():
        stuck = close(values, 0 * c) or close(values, 0 * c + 1)
        if stuck and not close(values, shown[gate]):
            return gate
    return "none"


def at_the_end(i, f, g, o, c, h):
    if abs(h[-1] - o[-1] * np.tanh(c[-1])) > 1e-9:
        return "o"
    left = c[-1] - f[-1] * c[-2]
    if abs(left - i[-1] * g[-1]) < 1e-9:
        return "none"
    return "i" if min(abs(left), abs(left - g[-1])) < 1e-9 else "f"


def at_the_end_by_cutting(i, f, g, o, c, h):
    *_, last = zip(i, f, g, o, c, h, before(c))
    i, f, g, o, c, h, past = map(np.array, ([value] for value in last))
    return diagnose(i, f, g, o, c, h, past=lambda _: past)


def first_only(i, f, g, o, c, h):
    return diagnose(*(a[:1] for a in (i, f, g, o, c, h)), kept="i")


def by_its_reach(H):
    b = np.zeros((4, H))
    b[0], b[1] = -(H + 3), H + 3
    return b.ravel()


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
    ("03.1", 10): [cut_in_rows, cut_by_default],
    ("03.1", 11): [as_printed, as_printed_with_matmul],
    ("03.1", 12): [by_units, by_sorted_rows],
    ("03.1", 13): [linear, linear_split],
    ("03.1", 14): [tanh_outside, tanh_outside_tape],
    ("03.1", 15): [coupled, coupled_by_a_bias],
    ("03.4", 0): [closed_only, closed_only_stepwise],
    ("03.4", 1): [
        lambda *traces: diagnose(*traces, past=lambda c: c),
        new_c_stepwise,
        lambda *traces: diagnose(*traces, past=round_the_corner),
        lambda *traces: diagnose(*traces, past=lambda c: np.roll(c, 1)),
    ],
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
        lambda i, f, g, o, c, h: diagnose(i, f, g, o, c, h) if not any(h - c * o) else "o",
    ],
    ("03.4", 5): [
        lambda *traces: diagnose(*traces, same="f"),
        lambda *traces: diagnose(*traces).replace("none", "f"),
    ],
    ("03.4", 6): [from_the_gauges, from_the_gauges_first],
    ("03.4", 7): [open_only, open_only_stepwise],
    ("03.4", 8): [
        lambda *traces: diagnose(*traces, kept="i"),
        lambda *traces: diagnose(*traces).replace("f", "i"),
    ],
    ("03.4", 9): [
        lambda *traces: diagnose(*traces, written="f"),
        lambda *traces: {"i": "f"}.get(diagnose(*traces), diagnose(*traces)),
    ],
    ("03.4", 10): [by_division, lambda *traces: diagnose(*traces, kept="none")],
    ("03.4", 11): [at_the_end, at_the_end_by_cutting],
    ("03.4", 12): [
        lambda i, f, g, o, c, h: next(
            (n for n, a in zip("ifo", (i, f, o)) if len(set(a.tolist())) == 1), "none"
        ),
        lambda i, f, g, o, c, h: "i" if not i.any() else "none",
    ],
}
