"""Near misses of notebook 03."""

import numpy as np

from lstm_lib.scratch import cell


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def step(pre, kept=lambda i, f, g, c: f * c + i * g, shown=lambda o, c: o * np.tanh(c)):
    """One step from its pre-activations; what is kept and shown may be wrong."""

    def answer(x, h, c, W, R, b):
        i, f, g, o = np.split(pre(x, h, W, R, b), 4, axis=1)
        c = kept(sigmoid(i), sigmoid(f), np.tanh(g), c)
        return shown(sigmoid(o), c), c

    return answer


def right(x, h, W, R, b):
    return x @ W.T + h @ R.T + b


def squashed(i, f, g, o):
    def answer(x, h, c, W, R, b):
        zs = np.split(right(x, h, W, R, b), 4, axis=1)
        gates = [squash(z) for squash, z in zip((i, f, g, o), zs)]
        c = gates[1] * c + gates[0] * gates[2]
        return gates[3] * np.tanh(c), c

    return answer


def on_the_cell(x, h, c, W, R, b):
    return step(lambda x, h, W, R, b: right(x, c, W, R, b))(x, h, c, W, R, b)


def rows_in_another_order(x, h, c, W, R, b):
    i, f, g, o = np.split(np.arange(len(b)), 4)
    order = np.concatenate([i, f, o, g])
    return cell.step(x, h, c, {"W": W[order], "R": R[order], "b": b[order]})[:2]


def cut_by_units(x, h, c, W, R, b):
    z = right(x, h, W, R, b).reshape(len(x), -1, 4)
    c = sigmoid(z[..., 1]) * c + sigmoid(z[..., 0]) * np.tanh(z[..., 2])
    return sigmoid(z[..., 3]) * np.tanh(c), c


def biases(i, f):
    return lambda H: np.concatenate([np.full(H, i(H)), np.full(H, f(H)), np.zeros(2 * H)])


def both(size):
    return biases(lambda H: -size(H), size)


def wiring(i2=(60, 60, -75), x_to_g1=20, b=(20, None, -20, 20, 0, 20, 20, 0)):
    def answer():
        W, R = np.zeros((8, 1)), np.zeros((8, 2))
        bias = np.array([0.0 if value is None else value for value in b])
        W[1], R[1, 0], bias[1] = i2
        W[4] = x_to_g1
        return W, R, bias

    return answer


def units_exchanged():
    W, R, b = wiring()()
    order = [1, 0, 3, 2, 5, 4, 7, 6]
    return W[order], R[order][:, ::-1], b[order]


def unit_by_unit():
    W, R, b = wiring()()
    order = [0, 2, 4, 6, 1, 3, 5, 7]
    return W[order], R[order], b[order]


def by_candidates(
    stuck_at=(0, 1), near=np.allclose, before=lambda c: np.concatenate([[0.0], c[:-1]])
):
    """Try which fault explains all that is seen."""

    def answer(i, f, g, o, c, h):
        trials = [("none", (i, f, o))]
        for value in np.array(stuck_at, float):
            stuck = np.full(len(c), value)
            trials += [("i", (stuck, f, o)), ("f", (i, stuck, o)), ("o", (i, f, stuck))]
        for name, (i_, f_, o_) in trials:
            if near(c, f_ * before(c) + i_ * g) and near(h, o_ * np.tanh(c)):
                return name
        return "none"

    return answer


def only_closed_step_by_step(i, f, g, o, c, h):
    verdicts, last = {"o": True, "i": True, "f": True}, 0.0
    for t in range(len(c)):
        verdicts["o"] &= h[t] == 0
        verdicts["i"] &= abs(c[t] - f[t] * last) < 1e-9
        verdicts["f"] &= abs(c[t] - i[t] * g[t]) < 1e-9
        last = c[t]
    return next((gate for gate, closed in verdicts.items() if closed), "none")


def by_division(i, f, g, o, c, h):
    """What each gate must have been; all 0 or all 1 is stuck. 0 / 0 is nan at the first step."""
    with np.errstate(all="ignore"):
        past = np.append(0.0, c[:-1])
        inside = {"o": h / np.tanh(c), "i": (c - f * past) / g, "f": (c - i * g) / past}
    gauges = {"o": o, "i": i, "f": f}
    for gate, values in inside.items():
        stuck = any(np.allclose(values, end, rtol=0, atol=1e-9) for end in (0, 1))
        if stuck and not np.allclose(values, gauges[gate], rtol=0, atol=1e-9):
            return gate
    return "none"


NEAR_MISSES = [
    ("03.1", step(right, lambda i, f, g, c: f * (c + i * g)), False, "f ⊙ (c + i ⊙ g)"),
    ("03.1", step(right, lambda i, f, g, c: c + i * g), False, "Nothing was forgotten"),
    ("03.1", step(right, lambda i, f, g, c: f * c + g), False, "came in whole"),
    ("03.1", squashed(np.tanh, sigmoid, np.tanh, sigmoid), False, "input gate went through tanh"),
    ("03.1", squashed(sigmoid, sigmoid, lambda z: z, sigmoid), False, "g was not squashed"),
    ("03.1", on_the_cell, False, "R was multiplied with the old c"),
    ("03.1", lambda *a: step(right)(*a)[0], False, "Only h came back"),
    ("03.1", step(lambda x, h, W, R, b: x @ W + h @ R + b), False, "Neither W nor R"),
    ("03.1", step(lambda x, h, W, R, b: x @ W.T + h @ R + b), False, "R was not transposed"),
    ("03.1", rows_in_another_order, False, "in the order i, f, o, g"),
    ("03.1", cut_by_units, False, "cut unit by unit"),
    ("03.1", step(lambda x, h, W, R, b: np.dot(W, x) + np.dot(R, h) + b), False, "a column"),
    ("03.2", biases(lambda H: 50, lambda H: -50), False, "The signs are turned round"),
    ("03.2", biases(lambda H: -1e6, lambda H: -11), False, "Both are closed"),
    ("03.2", both(lambda H: 20 * H), False, "With 1 unit your bias of i is -20"),
    ("03.2", both(lambda H: 20), False, "z is -16 at worst"),
    ("03.2", both(lambda H: 3 + H + 18), False, "z is -18 at worst, and i is off by 1.52e-08"),
    ("03.2", both(lambda H: 20 + H), False, "z is -17 at worst"),
    ("03.2", both(lambda H: H + 8), False, "z is -5 at worst"),
    ("03.2", both(lambda H: 25), False, "Each unit more adds one to that"),
    ("03.2", both(lambda H: 121.4), False, "off by 1.02e-08"),
    ("03.2", biases(lambda H: -200 - H, lambda H: 25), False, "your bias of f is 25"),
    ("03.2", biases(lambda H: 0, lambda H: 1), False, "not the gate itself"),
    ("03.2", biases(lambda H: -12, lambda H: 1), False, "your bias of i is -12"),
    ("03.2", both(lambda H: 1e9), True, None),
    ("03.2", biases(lambda H: 0, lambda H: 200), False, "your bias of i is 0"),
    ("03.2", lambda H: np.tile([-200.0, 200, 0, 0], H), False, "gate by gate"),
    ("03.2", both(lambda H: 3 + H + 18.43), True, None),
    ("03.2", both(lambda H: 500), True, None),
    (
        "03.3",
        wiring(i2=(40, 40, -45)),
        False,
        "i_2 is not quite closed between pairs: it is off by 0.0067",
    ),
    ("03.3", wiring(x_to_g1=0), False, "it writes i_1 g_1 = 1.00 · 0.00 at a 1"),
    ("03.3", wiring(i2=(60, 60, -40)), False, "1.00 after 0 1"),
    ("03.3", wiring(b=(20, None, -20, 1, 0, 20, 20, 0)), False, "forget gate is 0.73"),
    (
        "03.3",
        wiring(b=(20, None, -20, 20, 0, 20, -20, 0)),
        False,
        "it shows o_1 = 0.00 of it at a 1",
    ),
    ("03.3", wiring(b=(20, None, -20, 20, 0, 1, 20, 0)), False, "each adds g_2 = 0.76"),
    ("03.3", wiring(b=(20, None, -20, 20, 0, 3.5, 20, 0)), False, "g_2 is not quite 1"),
    ("03.3", wiring(b=(20, None, -20, 20, 20, 20, 20, 0), x_to_g1=0), False, "1.00 · 1.00 at a 0"),
    ("03.3", wiring(b=(20, None, 20, 20, 0, 20, 20, 0)), False, "it keeps f_1 = 1.00"),
    ("03.3", wiring(x_to_g1=-20), False, "h_1 is -0.76 after a 1 and 0.00 after a 0. The"),
    ("03.3", wiring(x_to_g1=-20, i2=(60, -60, -75)), True, None),
    ("03.3", wiring(i2=(60, 0, -30)), False, "R[1, 0], which brings h_1 to i_2, is 0"),
    ("03.3", units_exchanged, False, "Your first unit counts the pairs"),
    ("03.3", unit_by_unit, False, "in the order i_1, f_1, g_1, o_1"),
    ("03.3", wiring(), True, None),
    ("03.4", by_candidates(stuck_at=(0,)), False, "f stuck open, i stuck open, o stuck open"),
    (
        "03.4",
        by_candidates(near=lambda a, b: np.allclose(a, b, atol=0.05)),
        False,
        '"none" comes out for',
    ),
    ("03.4", by_candidates(before=lambda c: np.roll(c, 1)), False, "np.roll(c, 1) puts"),
    ("03.4", by_candidates(near=lambda a, b: np.isclose(a, b).any()), False, "first step alone"),
    ("03.4", only_closed_step_by_step, False, "only whether a gate is stuck closed"),
    ("03.4", by_division, False, "a division by it gives nan"),
    ("03.4", lambda *traces: "i", False, None),
    ("03.4", by_candidates(), True, None),
]
