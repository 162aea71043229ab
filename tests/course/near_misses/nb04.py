"""Near misses of notebook 04."""

import numpy as np

from lstm_lib.scratch import LSTM, cell


def loop(choose, outputs=lambda on, h_new: np.where(on, h_new, 0)):
    """The loop over time with a choice of the new states."""

    def answer(x, lengths, W, R, b):
        T, B, _ = x.shape
        h, c = np.zeros((B, R.shape[1])), np.zeros((B, R.shape[1]))
        h_seq = np.zeros((T, B, R.shape[1]))
        for t in range(T):
            on = (t < lengths)[:, None]
            h_new, c_new, _ = cell.step(x[t], h, c, {"W": W, "R": R, "b": b})
            h, c = choose(on, h_new, h), choose(on, c_new, c)
            h_seq[t] = outputs(on, h_new)
        return h_seq, h, c

    return answer


def probe(change, far, collect=lambda old, new: old or new):
    """A test of a layer, entry by entry."""

    def answer(layer, x):
        before, mixes, peeks = layer(x), False, False
        for t in range(x.shape[0]):
            for n in range(x.shape[1]):
                changed = x.copy()
                changed[t, n] = change(changed[t, n])
                moved = far(layer(changed) - before)
                mixes = collect(mixes, np.delete(moved, n, axis=1).any())
                peeks = collect(peeks, moved[:t, n].any())
        return bool(mixes), bool(peeks)

    return answer


def most(change):
    return np.abs(change).max(axis=2) > 1e-9


def returning(wanted, on=np.less):
    """The right loop, but for what is returned or when a sequence goes on."""

    def answer(x, lengths, W, R, b):
        h = c = np.zeros((x.shape[1], R.shape[1]))
        h_seq = []
        for t, row in enumerate(x):
            going_on = on(t, lengths)[:, None]
            h_new, c_new, _ = cell.step(row, h, c, {"W": W, "R": R, "b": b})
            h, c = np.where(going_on, h_new, h), np.where(going_on, c_new, c)
            h_seq.append(going_on * h)
        return wanted(np.stack(h_seq), h, c)

    return answer


def old_where_it_goes_on(x, lengths, W, R, b):
    h = c = np.zeros((x.shape[1], R.shape[1]))
    h_seq = []
    for t, row in enumerate(x):
        on = (t < lengths)[:, None]
        h_new, c_new, _ = cell.step(row, h, c, {"W": W, "R": R, "b": b})
        h, c = np.where(on, h, h_new), np.where(on, c, c_new)
        h_seq.append(on * h)
    return np.stack(h_seq), h, c


def as_an_array(layer, x):
    return np.array(probe(lambda v: v + 1, most)(layer, x))


def forward(x, lengths, W, R, b):
    """By the library's layer: right."""
    lstm = LSTM(x.shape[2], R.shape[1], dtype=np.float64)
    lstm.params.update(W0=W, R0=R, b0=b)
    h_seq, (h, c), _ = lstm.forward(x, lengths=lengths)
    return h_seq, h[0], c[0]


def last_output_repeated(x, lengths, W, R, b):
    h_seq, h, c = forward(x, lengths, W, R, b)
    for k, n in enumerate(lengths):
        h_seq[n:, k] = h[k]
    return h_seq, h, c


def states_lost(x, lengths, W, R, b):
    h_seq, h, c = forward(x, lengths, W, R, b)
    over = [n < len(x) for n in lengths]
    h[over] = c[over] = 0
    return h_seq, h, c


def times_a_row(x, lengths, W, R, b):
    params, h_seq = {"W": W, "R": R, "b": b}, np.zeros((*x.shape[:2], R.shape[1]))
    h = c = np.zeros((x.shape[1], R.shape[1]))
    for t in range(len(x)):
        on = t < lengths
        h_new, c_new, _ = cell.step(x[t], h, c, params)
        h, c = (on * new + ~on * old for new, old in ((h_new, h), (c_new, c)))
        h_seq[t] = on * h_new
    return h_seq, h, c


def mask_by_sequences(errors, lengths):
    mask = np.stack([np.arange(len(errors)) < n for n in lengths])
    return errors[mask].sum() / mask.sum()


def mean_of_each(errors, lengths):
    return [errors[:n, k].mean() for k, n in enumerate(lengths)]


def reordered(layer, x):
    order = [1, 0, *range(2, x.shape[1])]
    mixes = np.abs(layer(x[:, order]) - layer(x)[:, order]).max() > 1e-9
    return bool(mixes), probe(lambda v: v - 2, most)(layer, x)[1]


def last_sequence_changed(layer, x):
    other = x.copy()
    other[:, -1] += 2
    mixes = (np.abs(layer(other) - layer(x))[:, :-1] > 1e-9).any()
    return bool(mixes), probe(lambda v: v - 2, most)(layer, x)[1]


NEAR_MISSES = [
    ("04.1", loop(lambda on, new, old: np.where(on, old, new)), False, "branches of np.where"),
    ("04.1", old_where_it_goes_on, False, "branches of np.where"),
    ("04.1", returning(lambda *all: all, np.greater), False, "The comparison is turned round"),
    ("04.1", returning(lambda *all: all, np.greater_equal), False, "comparison is turned round"),
    ("04.1", returning(lambda h_seq, h, c: (h_seq, (h, c))), False, "came as a pair"),
    ("04.1", returning(lambda h_seq, h, c: h_seq), False, "Only h_seq came back"),
    ("04.1", last_output_repeated, False, "you repeat the last output"),
    ("04.1", states_lost, False, "became zero"),
    ("04.1", times_a_row, False, "lacks a column"),
    ("04.1", returning(lambda *all: list(all)), True, None),
    ("04.1", loop(np.where), True, None),
    ("04.2", lambda e, n: np.nan_to_num(e).sum() / n.sum(), False, "nan became 0, but"),
    ("04.2", lambda e, n: np.nan_to_num(e).mean(), False, "everything was averaged"),
    ("04.2", mask_by_sequences, False, "Batch and time are exchanged"),
    ("04.2", mean_of_each, False, "one mean for each sequence"),
    ("04.3", reordered, False, "you put the batch in another order"),
    ("04.3", last_sequence_changed, False, "the last sequence of the batch only"),
    ("04.3", probe(lambda v: v + 1, lambda d: abs(d[:, :, 0]) > 1e-9), False, "first output unit"),
    ("04.3", probe(lambda v: 0 * v, most), False, "You set the entry to zero"),
    ("04.3", probe(lambda v: 3 * v, most), False, "or multiply it"),
    ("04.3", probe(lambda v: v + 1, lambda d: d.max(axis=2) > 1e-9), False, "absolute value"),
    ("04.3", probe(lambda v: v + 1, most, lambda _, new: new), False, "collect with `or`"),
    ("04.3", probe(lambda v: 0 * v + 1, most), False, "You set the entry to 1"),
    ("04.3", probe(lambda v: v + 1, lambda d: abs(d.mean(axis=2)) > 1e-9), False, "cancel"),
    ("04.3", probe(lambda v: v + 1, lambda d: (d != 0).any(axis=2)), False, "that are too small"),
    ("04.3", probe(lambda v: v + 1, lambda d: abs(d).max(axis=2) > 1e-5), False, "Small leaks"),
    ("04.3", probe(lambda v: v + 1e-5, most), False, "change x by very little"),
    ("04.3", probe(lambda v: v - 5, most), True, None),
    ("04.3", as_an_array, True, None),
    ("04.4", lambda I, H, L: 4 * H * (I + 2 * H * L - H + 1), False, "one bias for the whole"),
    ("04.4", lambda I, H, L: 4 * H * (I + H * L + L), False, "R is missing above"),
    ("04.4", lambda I, H, L: 2 * H * L * (2 * I + 2 + H * (L + 1)), False, "all that is below"),
    (
        "04.4",
        lambda I, H, L: sum(4 * H * (w + H) + H for w in [I] + [H] * (L - 1)),
        False,
        "4H, not",
    ),
]
