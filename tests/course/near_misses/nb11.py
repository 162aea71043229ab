"""Near misses of notebook 11."""

import numpy as np

from lstm_lib.scratch import VARIANTS, cell, sigmoid


def counted(name, I, H, peepholes=None, gates=9):
    variant = VARIANTS[name]
    there = variant.peepholes if peepholes is None else peepholes
    count = len(variant.blocks) * (H * I + H * H + H) + there * len(variant.gates) * H
    return float(count + gates * H * H * variant.gate_recurrence)


def coupled(x, h, c, W, R, b, new=lambda i, c, g: c + i * (g - c)):
    H = h.shape[1]
    z = x @ W.T + h @ R.T + b
    i, g, o = sigmoid(z[:, :H]), np.tanh(z[:, H : 2 * H]), sigmoid(z[:, 2 * H :])
    c = new(i, c, g)
    return np.stack([o * np.tanh(c), c])


def all_sigmoids(x, h, c, W, R, b):
    i, g, o = np.split(sigmoid(x @ W.T + h @ R.T + b), 3, axis=1)
    c = (1 - i) * c + i * g
    return o * np.tanh(c), c


def shares(loss, rate=lambda L: L.mean(1).var(), size=lambda L: L.mean(0).var(), total=np.var):
    first, second = rate(loss) / total(loss), size(loss) / total(loss)
    return first, second, 1 - first - second


def firing(n, enter=20.0, step=None, keep=None, steep=100.0):
    """Weights with a line at n - ½ steps, of `step` each."""
    step = 1 / n if step is None else step
    line, steep = (n - 0.5) * step, steep * n
    b = [enter, steep * line if keep is None else keep, np.arctanh(step), -steep * line]
    return b, [0, -steep if keep is None else 0, steep]


NEAR_MISSES = [
    ("11.1", lambda name, I, H: sum(a.size for a in cell.init(I, H, name).values()), True, None),
    ("11.1", counted, True, None),
    ("11.1", lambda *a: counted(*a, peepholes=True), False, "a variant that has none"),
    ("11.1", lambda *a: counted(*a, peepholes=False, gates=0), False, "biases are right"),
    ("11.1", lambda *a: counted(*a, gates=16), False, "g does not take part"),
    ("11.1", lambda name, I, H: 4 * H * (I + H) + 4 * H, False, "the count of NP"),
    ("11.2", coupled, True, None),
    ("11.2", lambda *a: coupled(*a, new=lambda i, c, g: i * c + (1 - i) * g), False, "exchanged"),
    ("11.2", lambda *a: coupled(*a, new=lambda i, c, g: (1 - i) * (c + g)), False, "1 − i"),
    ("11.2", lambda *a: coupled(*a, new=lambda i, c, g: c - i * c + g), False, "g comes in whole"),
    ("11.2", all_sigmoids, False, "The candidate g is a tanh"),
    ("11.3", shares, True, None),
    ("11.3", lambda L: np.array(shares(L)), True, None),
    ("11.3", lambda L: shares(L, total=lambda L: 1.0)[:2], False, None),
    (
        "11.3",
        lambda L: shares(L, lambda L: L.var(axis=1).mean(), lambda L: L.var(axis=0).mean()),
        False,
        "what is left when one is",
    ),
    ("11.3", lambda L: shares(L, lambda L: L[:, 0].var(), lambda L: L[0].var()), False, "fixed"),
    ("11.3", lambda L: shares(L, lambda L: np.median(L, 1).var()), False, None),
    ("11.4", firing, True, None),
    ("11.4", lambda n: firing(n, step=0.5), True, None),
    ("11.4", lambda n: firing(n, keep=20.0), False, "The forget gate does not look at c"),
    ("11.4", lambda n: firing(n, enter=0.0), False, "the cell fired"),
    ("11.4", lambda n: firing(n, steep=1.0), False, "At 8 steps h is neither"),
    ("11.4", lambda n: firing(5), False, "With n = 2 the cell fired at step 5"),
]
