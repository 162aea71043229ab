"""Near misses of notebook 10."""

import numpy as np


def marked(at):
    wanted = np.zeros(7)
    wanted[list(at)] = 1
    return wanted


def as_a_list(symbol, following, node, arc):
    after = symbol[following[node, arc]]
    return [1 if k in after else 0 for k in range(7)]


def one_hot_sum(symbol, following, node, arc):
    return np.eye(7)[symbol[following[node, arc]]].sum(axis=0)


def one_hot_max(symbol, following, node, arc):
    return np.eye(7)[symbol[following[node, arc]]].max(axis=0)


def two_steps_on(symbol, following, node, arc):
    return marked(symbol[following[following[node, arc], arc]])


def in_one_line(inputs, outputs, blocks, cells, forget):
    h = blocks * cells
    return h * (inputs + h) + blocks * (2 + forget) * (inputs + h + 1) + outputs * (h + inputs + 1)


def as_today(inputs, outputs, blocks, cells, forget):
    h = blocks * cells
    return (3 + forget) * h * (inputs + h + 1) + outputs * (h + inputs + 1)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def with_gates(x, h, c, W, f, gate=lambda f, computed: np.repeat(f, 2), out=np.tanh):
    H, B = len(c), len(f)
    z = W @ np.r_[x, h, 1]
    i, o, computed = (sigmoid(z[H + k * B : H + (k + 1) * B]).repeat(2) for k in range(3))
    new = gate(f, computed) * c + i * 2 * np.tanh(z[:H] / 2)
    return new, o * out(new)


def the_paper(x, h, c, W, f):
    return with_gates(x, h, c, W, f, out=lambda c: np.tanh(c / 2))


def f_by_bias(x, h, c, W, f):
    """Only right for f = 1: the bias of the forget gates made large."""
    W = W.copy()
    W[-len(f) :] = 0
    W[-len(f) :, -1] = 60
    return (
        the_paper(x, h, c, W, f)
        if np.all(f == 1)
        else with_gates(x, h, c, W, f, gate=lambda f, _: 1.0, out=lambda c: np.tanh(c / 2))
    )


def not_repeated(x, h, c, W, f):
    return with_gates(x, h, c, W, f, gate=lambda f, _: f)


def added(f, i, x, w):
    return i * x / np.cosh(w * x / 2) ** 2


def later(f):
    return np.r_[np.cumprod(f[::-1])[::-1][1:], 1.0]


def by_division(f, i, x, w):
    """Breaks at a closed gate: the product of all, divided by the product so far."""
    with np.errstate(all="ignore"):
        return added(f, i, x, w) * np.prod(f) / np.cumprod(f)


def carried(f, i, x, w):
    trace = np.zeros(len(f))
    for k, new in enumerate(added(f, i, x, w)):
        trace *= f[k]
        trace[k] += new
    return trace


def carried_late(f, i, x, w):
    trace = np.zeros(len(f))
    for k, new in enumerate(added(f, i, x, w)):
        trace[k] += new
        trace *= f[k]
    return trace


def the_sum(f, i, x, w):
    trace = 0.0
    for k, new in enumerate(added(f, i, x, w)):
        trace = f[k] * trace + new
    return trace


def history(f, i, x, w):
    trace, all_of_them = 0.0, []
    for k, new in enumerate(added(f, i, x, w)):
        trace = f[k] * trace + new
        all_of_them.append(trace)
    return all_of_them


def the_step_of_the_notebook(x, h, c, W, f):
    """Its sizes left in: 8 cells, 4 blocks."""
    z = W @ np.concatenate([x, h, [1.0]])
    i, o, _ = sigmoid(z[8:]).reshape(3, 4).repeat(2, axis=1)
    c = f.repeat(2) * c + i * (4 * sigmoid(z[:8]) - 2)
    return c, o * (2 * sigmoid(c) - 1)


def the_cell_of_03(x, h, c, W, f):
    H, B = len(c), len(f)
    z = W @ np.r_[x, h, 1]
    new = f.repeat(2) * c + sigmoid(z[H : H + B]).repeat(2) * np.tanh(z[:H])
    return new, sigmoid(z[H + B : H + 2 * B]).repeat(2) * np.tanh(new)


def amounts_from_behind(f, i, x, w):
    """Right, and in another order: from the last step to the first."""
    left, answer = 1.0, []
    for f_t, new in zip(f[::-1], added(f, i, x, w)[::-1]):
        answer.append(left * new)
        left *= f_t
    return np.array(answer)[::-1]


def slope_at_x(f, i, x, w):
    return carried(f, i, x, 1.0)


NEAR_MISSES = [
    ("10.1", as_a_list, True, None),
    ("10.1", one_hot_max, True, None),
    ("10.1", lambda s, n, node, arc: marked(s[n[node, arc]]) > 0, True, None),
    ("10.1", one_hot_sum, False, "you count it twice"),
    ("10.1", lambda s, n, node, arc: one_hot_sum(s, n, node, arc) / 2, False, "probab"),
    ("10.1", lambda s, n, node, arc: marked(s[node]), False, "come *now*"),
    ("10.1", lambda s, n, node, arc: marked([s[node, arc]]), False, "just read"),
    ("10.1", lambda s, n, node, arc: np.eye(7)[s[n[node, arc], 0]], False, "first of the two arcs"),
    ("10.1", lambda s, n, node, arc: marked(s[n[node, 1 - arc]]), False, "the other arc"),
    ("10.1", lambda s, n, node, arc: marked(s[n[node]].ravel()), False, None),
    ("10.1", two_steps_on, False, None),
    ("10.1", lambda s, n, node, arc: list(s[n[node, arc]]), False, "numbers of the symbols"),
    ("10.1", lambda s, n, node, arc: n[node, arc], False, None),
    ("10.1", lambda s, n, node, arc: s[n[node, arc]] == np.arange(7), False, None),
    ("10.1", lambda s, n, *at: [float(a in list(s[n[at]])) for a in "BTPSXVE"], False, "zeros"),
    ("10.2", in_one_line, True, None),
    ("10.2", lambda i, o, b, c, f: 432, False, "how many numbers W and V hold"),
    (
        "10.2",
        lambda i, o, b, c, f: b * (c + 2 + f) * (i + b) + b * (2 + f) + o * (b + i + 1),
        False,
        "counted one h for each block",
    ),
    ("10.2", lambda *a: float(in_one_line(*a)), True, None),
    ("10.2", as_today, False, None),
    ("10.2", lambda i, o, b, c, f: 424, False, "for the notebook's network"),
    ("10.2", lambda i, o, b, c, f: in_one_line(i, o, b, c, True), False, "where there is none"),
    ("10.2", lambda i, o, b, c, f: in_one_line(i, o, b, c, False), False, "forget gates are mis"),
    ("10.2", lambda i, o, b, c, f: in_one_line(i, o, b, c, f) + b * c, False, "cells a bias"),
    ("10.2", lambda i, o, b, c, f: in_one_line(i, o, b, c, f) - o, False, "outputs' biases"),
    ("10.2", lambda i, o, b, c, f: in_one_line(i, o, b, c, f) - o * i, False, "shortcut"),
    ("10.2", lambda i, o, b, c, f: in_one_line(i, o, b * c, 1, f), False, "its own gates"),
    ("10.2", lambda i, o, b, c, f: (in_one_line(i, o, b, c, f), 0), False, None),
    ("10.3", the_paper, True, None),
    ("10.3", lambda *a: [list(part) for part in the_paper(*a)], True, None),
    ("10.3", lambda *a: np.array(the_paper(*a)), True, None),
    ("10.3", f_by_bias, False, "whatever was given"),
    ("10.3", with_gates, False, "not o · tanh(c)"),
    ("10.3", not_repeated, False, None),
    (
        "10.3",
        lambda *a: with_gates(*a, gate=lambda f, _: f, out=lambda c: np.tanh(c / 2)),
        False,
        "one number for each block",
    ),
    ("10.3", the_step_of_the_notebook, False, "the sizes 8 and 4 are fixed"),
    ("10.3", the_cell_of_03, False, "the cell of notebook 03"),
    ("10.3", lambda *a: the_paper(*a)[::-1], False, "in the wrong order"),
    ("10.3", lambda *a: the_paper(*a)[0], False, "Only c"),
    (
        "10.3",
        lambda *a: with_gates(*a, gate=lambda f, own: own, out=lambda c: np.tanh(c / 2)),
        False,
        "in their place",
    ),
    (
        "10.3",
        lambda *a: with_gates(
            *a, gate=lambda f, own: own * np.repeat(f, 2), out=lambda c: np.tanh(c / 2)
        ),
        False,
        "*in place of*",
    ),
    ("10.4", lambda *a: added(*a) * later(a[0]), True, None),
    ("10.4", carried, True, None),
    ("10.4", lambda *a: list(carried(*a)), True, None),
    ("10.4", carried_late, False, "begin at k + 1"),
    ("10.4", added, False, "later forget gates are missing"),
    ("10.4", the_sum, False, "the whole trace, the sum"),
    ("10.4", history, False, "the whole trace after each step"),
    ("10.4", by_division, False, "a product that can be 0"),
    ("10.4", amounts_from_behind, True, None),
    ("10.4", lambda *a: carried(*a) / carried(*a).sum(), False, "These sum to 1"),
    ("10.4", slope_at_x, False, "the slope of g at x"),
    ("10.4", lambda *a: carried(*a)[::-1], False, "turned round"),
    ("10.4", lambda *a: carried(*a) / 4, False, "factor 4"),
    ("10.4", lambda *a: carried(*a) * a[3], False, None),
    ("10.4", lambda *a: added(*a) * np.cumprod(a[0]), False, "up to step k"),
    ("10.4", lambda *a: added(*a) * np.prod(a[0]), False, None),
    ("10.4", lambda f, i, x, w: carried(f, i, np.ones_like(x), w), False, None),
]
