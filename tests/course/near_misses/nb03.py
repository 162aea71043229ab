"""Near misses of notebook 03."""

import numpy as np


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
    ("03.2", both(lambda H: 20 * H), False, "With 1 unit your bias of i is -20"),
    ("03.2", both(lambda H: 20), False, "z is -16 at worst"),
    ("03.2", both(lambda H: 3 + H + 18), False, "z is -18 at worst, and i is off by 1.5e-08"),
    ("03.2", both(lambda H: 20 + H), False, "z is -17 at worst"),
    ("03.2", both(lambda H: H + 8), False, "z is -5 at worst"),
    ("03.2", both(lambda H: 25), False, "The bias has to grow with H"),
    ("03.2", biases(lambda H: 0, lambda H: 200), False, "your bias of i is 0"),
    ("03.2", lambda H: np.tile([-200.0, 200, 0, 0], H), False, "gate by gate"),
    ("03.2", both(lambda H: 3 + H + 18.43), True, None),
    ("03.2", both(lambda H: 500), True, None),
    ("03.3", wiring(i2=(40, 40, -45)), False, "in 300 bits the count goes off by more than 0.1"),
    ("03.3", wiring(x_to_g1=0), False, "g_1 is 0.00 at a 1"),
    ("03.3", wiring(i2=(60, 60, -40)), False, "1.00 after 0 1"),
    ("03.3", wiring(b=(20, None, -20, 1, 0, 20, 20, 0)), False, "forget gate is 0.73"),
    ("03.3", wiring(b=(20, None, -20, 20, 0, 20, -20, 0)), False, "o_1 is 0.00 at a 1"),
    ("03.3", wiring(b=(20, None, -20, 20, 0, 1, 20, 0)), False, "each adds g_2 = 0.76"),
    ("03.3", units_exchanged, False, "The first unit does not show the last bit"),
    ("03.3", wiring(), True, None),
]
