"""The mistakes of notebook 04 in other words than the exercise's own: two or more of each."""

import numpy as np

from lstm_lib.scratch import LSTM, cell


def forward(x, lengths, W, R, b):
    """By the library's layer."""
    lstm = LSTM(x.shape[2], R.shape[1], dtype=np.float64)
    lstm.params.update(W0=W, R0=R, b0=b)
    h_seq, (h, c), _ = lstm.forward(x, lengths=lengths)
    return h_seq, h[0], c[0]


def loop(x, lengths, W, R, b, keep=np.where, write=np.where, ends=None):
    """Step by step; `keep` and `write` choose what becomes of the states and of h_seq."""
    params, h_seq = {"W": W, "R": R, "b": b}, []
    h = c = np.zeros((x.shape[1], R.shape[1]))
    for t, row in enumerate(x):
        new_h, new_c, _ = cell.step(row, h, c, params)
        on = (t < (lengths if ends is None else ends))[:, None]
        h, c = keep(on, new_h, h), keep(on, new_c, c)
        h_seq.append(write(on, new_h, 0.0))
    return np.stack(h_seq), h, c


def newest(on, new, old):
    return new


def erased(on, new, old):
    return new * on


def long(x):
    return np.full(x.shape[1], len(x))


def outside(x, lengths):
    """Where there is padding, (T, B)."""
    return np.array([[t >= n for n in lengths] for t in range(len(x))])


def at_the_end(h_seq, lengths):
    return np.array([h_seq[n - 1, k] for k, n in enumerate(lengths)])


def repeated(x, lengths, W, R, b):
    h_seq, h, c = forward(x, lengths, W, R, b)
    for k, n in enumerate(lengths):
        h_seq[n:, k] = h[k]
    return h_seq, h, c


def one_long(x, lengths, W, R, b):
    return forward(x, np.minimum(lengths + 1, len(x)), W, R, b)


def one_short(x, lengths, W, R, b):
    return loop(x, lengths, W, R, b, ends=lengths - 1)


def zeroed_by_hand(x, lengths, W, R, b):
    h_seq, h, c = forward(x, None, W, R, b)
    h_seq[outside(x, lengths)] = 0
    return h_seq, h, c


def lost(x, lengths, W, R, b):
    h_seq, h, c = forward(x, lengths, W, R, b)
    over = [n < len(x) for n in lengths]
    h[over] = c[over] = 0
    return h_seq, h, c


def silent_inputs(x, lengths, W, R, b):
    quiet = x.copy()
    quiet[outside(x, lengths)] = 0
    return forward(quiet, None, W, R, b)


def last_of_h_seq(x, lengths, W, R, b):
    h_seq, _, c = loop(x, lengths, W, R, b)
    return h_seq, h_seq[len(x) - 1], c


def loop_with(x, lengths, W, R, b, feed, states):
    """The loop; `feed` makes the inputs, `states` what is kept of the new and the old (h, c)."""
    params, T = {"W": W, "R": R, "b": b}, len(x)
    h, c = np.zeros((2, x.shape[1], R.shape[1]))
    h_seq = np.zeros((T, *h.shape))
    for t in range(T):
        on = (lengths > t)[:, np.newaxis]
        new = cell.step(feed(x[t], on), h, c, params)[:2]
        h_seq[t] = new[0] * on
        h, c = states(on, new, (h, c))
    return h_seq, h, c


def as_it_is(row, on):
    return row


def zeros_in_and_masked_out(x, lengths, W, R, b):
    h_seq, h, c = silent_inputs(x, lengths, W, R, b)
    h_seq[outside(x, lengths)] = 0
    return h_seq, h, c


def without_a_column(x, lengths, W, R, b):
    params, h_seq = {"W": W, "R": R, "b": b}, []
    h = c = np.zeros((x.shape[1], R.shape[1]))
    for t in range(len(x)):
        new_h, new_c, _ = cell.step(x[t], h, c, params)
        h_seq.append(np.where(lengths > t, new_h, 0))
        h, c = np.where(lengths > t, new_h, h), np.where(lengths > t, new_c, c)
    return np.array(h_seq), h, c


def times_a_row(x, lengths, W, R, b):
    params, h_seq = {"W": W, "R": R, "b": b}, np.zeros((*x.shape[:2], R.shape[1]))
    h = c = np.zeros((x.shape[1], R.shape[1]))
    for t in range(len(x)):
        going_on = t < lengths
        new_h, new_c, _ = cell.step(x[t], h, c, params)
        h, c = (going_on * a + ~going_on * old for a, old in ((new_h, h), (new_c, c)))
        h_seq[t] = going_on * new_h
    return h_seq, h, c


def unmasked(x, lengths, W, R, b):
    return forward(x, None, W, R, b)[0], *forward(x, lengths, W, R, b)[1:]


def true_entries(errors, lengths):
    return [errors[:n, k] for k, n in enumerate(lengths)]


def swap(errors, lengths):
    T = errors.shape[0]
    mask = np.stack([np.arange(T) < n for n in lengths])
    return errors[mask].mean()


def swapped_where(errors, lengths):
    mask = np.arange(errors.shape[0]) < lengths[:, None]
    return errors[mask].sum() / mask.sum()


def moved(layer, x, t, n):
    other = np.array(x)
    other[t, n] -= 3
    return (np.abs(layer(other) - layer(x)) > 1e-9).any(axis=-1)


def places(x):
    return [(t, n) for t in range(x.shape[0]) for n in range(x.shape[1])]


def mixes(layer, x, columns=None):
    for t, n in places(x):
        if columns is None or n in columns:
            others = [k for k in range(x.shape[1]) if k != n]
            if moved(layer, x, t, n)[:, others].any():
                return True
    return False


def others(table, n):
    """A (T, B) table without the column n."""
    return table[:, [k for k in range(table.shape[1]) if k != n]]


def seen(layer, x, where, least=1e-9, which=slice(None)):
    """Both verdicts, from changes at some places and of some features."""
    base, found = layer(x), [False, False]
    for t, n in where:
        other = np.array(x)
        other[t, n, which] += 2
        far = np.linalg.norm(layer(other) - base, axis=2) > least
        found[0] |= bool(others(far, n).any())
        found[1] |= bool(far[:t, n].any())
    return tuple(found)


def cut(x, t, n):
    """x with another entry at (t, n)."""
    other = x.copy()
    other[t, n] = 0.5 - other[t, n]
    return other


def reordered(layer, x, order):
    """Does another order of the batch give other outputs?"""
    return bool((np.abs(layer(x[:, order]) - layer(x)[:, order]) > 1e-9).any())


def peeks(layer, x):
    return any(bool(moved(layer, x, t, n)[:t, n].any()) for t, n in places(x))


def whole_last(layer, x):
    other = x.copy()
    other[:, -1] += 2
    return bool((np.abs(layer(other) - layer(x))[:, :-1] > 1e-9).any())


def first_step_moved(layer, x):
    other = x.copy()
    other[-1, 1] += 1
    return bool(np.abs(layer(other) - layer(x))[0, 1].max() > 1e-9)


SPELLINGS = {
    ("04.1", 0): [
        lambda x, n, W, R, b: forward(x, None, W, R, b),
        lambda x, n, W, R, b: loop(x, long(x), W, R, b),
    ],
    ("04.1", 1): [
        zeroed_by_hand,
        lambda x, n, W, R, b: loop(x, n, W, R, b, keep=newest),
    ],
    ("04.1", 2): [
        unmasked,
        lambda x, n, W, R, b: (
            loop(x, long(x), W, R, b)[0],
            *loop(x, n, W, R, b, write=newest)[1:],
        ),
    ],
    ("04.1", 3): [
        repeated,
        lambda x, n, W, R, b: (
            np.stack([loop(x[: t + 1], n, W, R, b)[1] for t in range(len(x))]),
            *loop(x, n, W, R, b)[1:],
        ),
    ],
    ("04.1", 4): [
        last_of_h_seq,
        lambda x, n, W, R, b: (
            forward(x, n, W, R, b)[0],
            forward(x, n, W, R, b)[0][-1],
            forward(x, n, W, R, b)[2],
        ),
    ],
    ("04.1", 5): [
        silent_inputs,
        lambda x, n, W, R, b: loop(np.where(outside(x, n)[..., None], 0, x), long(x), W, R, b),
    ],
    ("04.1", 6): [
        lost,
        lambda x, n, W, R, b: loop(x, n, W, R, b, keep=erased),
    ],
    ("04.1", 7): [
        one_long,
        lambda x, n, W, R, b: loop(x, n, W, R, b, ends=n + 1),
    ],
    ("04.1", 8): [
        one_short,
        lambda x, n, W, R, b: loop(x, n - 1, W, R, b),
    ],
    ("04.1", 9): [
        zeros_in_and_masked_out,
        lambda *args: loop_with(
            *args, feed=lambda row, on: row * on, states=lambda on, new, old: new
        ),
    ],
    ("04.1", 10): [without_a_column, times_a_row],
    ("04.1", 11): [
        lambda *args: loop_with(
            *args,
            feed=as_it_is,
            states=lambda on, new, old: (np.where(on, new[0], old[0]), new[1]),
        ),
        lambda *args: loop_with(
            *args,
            feed=as_it_is,
            states=lambda on, new, old: (on * new[0] + (1 - on) * old[0], new[1]),
        ),
    ],
    ("04.1", 12): [
        lambda *args: loop_with(
            *args,
            feed=as_it_is,
            states=lambda on, new, old: (new[0], np.where(on, new[1], old[1])),
        ),
        lambda *args: loop_with(
            *args,
            feed=as_it_is,
            states=lambda on, new, old: (new[0], on * new[1] + (1 - on) * old[1]),
        ),
    ],
    ("04.1", 13): [
        lambda *args: tuple(forward(*args)[k] for k in (0, 2, 1)),
        lambda *args: (loop(*args)[0], *loop(*args)[:0:-1]),
    ],
    ("04.1", 14): [
        lambda *args: (np.swapaxes(forward(*args)[0], 0, 1), *forward(*args)[1:]),
        lambda *args: (np.stack(list(loop(*args)[0]), axis=1), *loop(*args)[1:]),
    ],
    ("04.1", 15): [
        lambda *args: (forward(*args)[0], *(a[None] for a in forward(*args)[1:])),
        lambda *args: (loop(*args)[0], *(np.expand_dims(a, 0) for a in loop(*args)[1:])),
    ],
    ("04.1", 16): [
        lambda x, n, W, R, b: (loop(x, n, W, R, b)[0][: n.max()], *loop(x, n, W, R, b)[1:]),
        lambda x, n, W, R, b: forward(x[: np.sort(n)[-1]], n, W, R, b),
    ],
    ("04.2", 17): [
        lambda e, n: np.nansum(e) / (~np.isnan(e)).sum(),
        lambda e, n: e[~np.isnan(e)].mean(),
    ],
    ("04.2", 0): [lambda e, n: np.mean(e), lambda e, n: e.sum() / e.size],
    ("04.2", 1): [
        lambda e, n: sum(part.sum() for part in true_entries(e, n)) / e.size,
        lambda e, n: np.where(outside(e, n), 0, e).mean(),
    ],
    ("04.2", 2): [
        lambda e, n: np.mean([part.mean() for part in true_entries(e, n)]),
        lambda e, n: (np.where(outside(e, n), 0, e).sum(axis=0) / n).mean(),
    ],
    ("04.2", 3): [swap, swapped_where],
    ("04.2", 4): [
        lambda e, n: np.concatenate([e[: k + 1, j] for j, k in enumerate(n)]).mean(),
        lambda e, n: e[np.arange(len(e))[:, None] <= n].mean(),
    ],
    ("04.2", 5): [
        lambda e, n: sum(part.sum() for part in true_entries(e, n)),
        lambda e, n: np.where(outside(e, n), 0, e).sum(),
    ],
    ("04.2", 6): [
        lambda e, n: e[outside(e, n)].mean(),
        lambda e, n: np.concatenate([e[k:, j] for j, k in enumerate(n)]).mean(),
    ],
    ("04.2", 7): [
        lambda e, n: np.where(outside(e, n), 0, e).sum() / e.shape[1],
        lambda e, n: np.where(outside(e, n), 0, e).sum(axis=0).mean(),
    ],
    ("04.2", 8): [
        lambda e, n: np.sum(e) / np.sum(n),
        lambda e, n: e.sum() / (~outside(e, n)).sum(),
    ],
    ("04.2", 9): [
        lambda e, n: (e * ~outside(e, n)).sum() / (~outside(e, n)).sum(),
        lambda e, n: np.sum((1 - outside(e, n)) * e) / sum(n),
    ],
    ("04.2", 10): [
        lambda e, n: np.mean([e[t][n > t].mean() for t in range(len(e)) if (n > t).any()]),
        lambda e, n: np.nanmean(
            [e[t, n > t].sum() / (n > t).sum() for t in range(int(n.max()))],
        ),
    ],
    ("04.2", 11): [
        lambda e, n: [part.mean() for part in true_entries(e, n)],
        lambda e, n: np.where(outside(e, n), 0, e).sum(axis=0) / n,
    ],
    ("04.2", 12): [
        lambda e, n: e[: n.min()].mean(),
        lambda e, n: np.mean([e[: min(n), k].mean() for k in range(len(n))]),
    ],
    ("04.2", 13): [
        lambda e, n: e[: n.max()].mean(),
        lambda e, n: e[: sorted(n)[-1], :].sum() / (len(n) * max(n)),
    ],
    ("04.2", 14): [
        lambda e, n: e.sum() / np.count_nonzero(e),
        lambda e, n: np.mean([value for value in e.ravel() if value != 0]),
    ],
    ("04.2", 15): [
        lambda e, n: e[np.arange(len(n))[:, None] < n].mean(),
        lambda e, n: e[np.array([[t < k for k in n] for t in range(e.shape[1])])].mean(),
    ],
    ("04.2", 16): [
        lambda e, n: (e * ~outside(e, n)).sum() / e.size,
        lambda e, n: np.mean((1 - outside(e, n)) * e),
    ],
    ("04.3", 0): [
        lambda layer, x: (layer(x).shape != x.shape, layer(x).shape != x.shape),
        lambda layer, x: (bool((layer(x) != layer(x.copy())).any()), False),
    ],
    ("04.3", 1): [
        lambda layer, x: (peeks(layer, x), mixes(layer, x)),
        lambda layer, x: [peeks(layer, x), mixes(layer, x)],
    ],
    ("04.3", 2): [
        lambda layer, x: (not mixes(layer, x), not peeks(layer, x)),
        lambda layer, x: [mixes(layer, x) is False, peeks(layer, x) is False],
    ],
    ("04.3", 3): [
        lambda layer, x: (bool(moved(layer, x, 0, 0).any()), peeks(layer, x)),
        lambda layer, x: (any(moved(layer, x, t, n).any() for t, n in places(x)), peeks(layer, x)),
    ],
    ("04.3", 4): [
        lambda layer, x: (
            mixes(layer, x),
            any(bool(moved(layer, x, t, n)[: t + 1, n].any()) for t, n in places(x)),
        ),
        lambda layer, x: (
            mixes(layer, x),
            any(bool(moved(layer, x, t, n)[t:, n].any()) for t, n in places(x)),
        ),
    ],
    ("04.3", 5): [
        lambda layer, x: (whole_last(layer, x), peeks(layer, x)),
        lambda layer, x: (mixes(layer, x, columns=[x.shape[1] - 1]), peeks(layer, x)),
    ],
    ("04.3", 6): [
        lambda layer, x: (mixes(layer, x), first_step_moved(layer, x)),
        lambda layer, x: (
            mixes(layer, x),
            any(bool(moved(layer, x, len(x) - 1, n)[0, n]) for n in range(x.shape[1])),
        ),
    ],
    ("04.3", 7): [
        lambda layer, x: (layer(x).size > 0, bool(np.isfinite(layer(x)).all())),
        lambda layer, x: [True, layer(x).shape == x.shape],
    ],
    ("04.3", 8): [
        lambda layer, x: seen(layer, x, [(0, n) for n in range(x.shape[1])]),
        lambda layer, x: (
            any(others(moved(layer, x, 0, n), n).any() for n in range(x.shape[1])),
            False,
        ),
    ],
    ("04.3", 9): [
        lambda layer, x: (mixes(layer, x), False),
        lambda layer, x: (seen(layer, x, places(x))[0], layer(x).shape != x.shape),
    ],
    ("04.3", 10): [
        lambda layer, x: (False, peeks(layer, x)),
        lambda layer, x: (layer(x).shape != x.shape, seen(layer, x, places(x))[1]),
    ],
    ("04.3", 11): [
        lambda layer, x: (
            mixes(layer, x),
            any(bool(moved(layer, x, t, n)[:t].any()) for t, n in places(x)),
        ),
        lambda layer, x: (
            mixes(layer, x),
            any(
                bool((np.abs(layer(x)[:t] - layer(cut(x, t, n))[:t]) > 1e-9).any())
                for t, n in places(x)
            ),
        ),
    ],
    ("04.3", 12): [
        lambda layer, x: seen(layer, x, [(t, 0) for t in range(len(x))]),
        lambda layer, x: seen(layer, x, [(1, 0)]),
    ],
    ("04.3", 13): [
        lambda layer, x: seen(layer, x, [(len(x) - 1, n) for n in range(x.shape[1])]),
        lambda layer, x: seen(layer, x, [(2, n) for n in range(x.shape[1])]),
    ],
    ("04.3", 14): [
        lambda layer, x: seen(layer, x, [(2, 1)]),
        lambda layer, x: seen(layer, x, [(len(x) - 1, 0)]),
    ],
    ("04.3", 15): [
        lambda layer, x: seen(layer, x, places(x), least=1e-3),
        lambda layer, x: seen(layer, x, places(x), least=3e-3),
    ],
    ("04.3", 16): [
        lambda layer, x: seen(layer, x, places(x), which=slice(0, 1)),
        lambda layer, x: seen(layer, x, places(x), which=0),
    ],
    ("04.3", 17): [
        lambda layer, x: (
            reordered(layer, x, [1, 0, *range(2, x.shape[1])]),
            peeks(layer, x),
        ),
        lambda layer, x: (reordered(layer, x, list(range(x.shape[1]))[::-1]), peeks(layer, x)),
    ],
    ("04.4", 0): [
        lambda I, H, L: 4 * H * (I + H + 1) * L,
        lambda I, H, L: sum(4 * H * I + 4 * H * H + 4 * H for _ in range(L)),
    ],
    ("04.4", 1): [
        lambda I, H, L: 4 * H * (I + H + 2) + (L - 1) * 4 * H * (2 * H + 2),
        lambda I, H, L: 4 * H * (I + H * (2 * L - 1)) + 8 * H * L,
    ],
    ("04.4", 2): [
        lambda I, H, L: 4 * H * (I + H) + (L - 1) * 8 * H * H,
        lambda I, H, L: 4 * H * (I + H * (2 * L - 1)),
    ],
    ("04.4", 3): [
        lambda I, H, L: H * (I + H + 1) + (L - 1) * H * (2 * H + 1),
        lambda I, H, L: H * (I + H * (2 * L - 1) + L),
    ],
    ("04.4", 4): [
        lambda I, H, L: 3 * H * (I + H + 1) + (L - 1) * 3 * H * (2 * H + 1),
        lambda I, H, L: 3 * H * (I + H * (2 * L - 1) + L),
    ],
    ("04.4", 5): [
        lambda I, H, L: 4 * H * (I + 1) + (L - 1) * 4 * H * (H + 1),
        lambda I, H, L: 4 * H * (I + H * (L - 1) + L),
    ],
    ("04.4", 6): [
        lambda I, H, L: 4 * H * I + 4 * H * H + 4 * H,
        lambda I, H, L: 4 * (H * (I + H) + H),
    ],
    ("04.4", 7): [
        lambda I, H, L: 4 * H * (I + H + 1) + L * 4 * H * (2 * H + 1),
        lambda I, H, L: 4 * H * (I + H * (2 * L + 1) + L + 1),
    ],
    ("04.4", 8): [
        lambda I, H, L: L * 4 * H * (2 * H + 1),
        lambda I, H, L: 8 * L * H * H + 4 * L * H,
    ],
    ("04.4", 9): [
        lambda I, H, L: sum(4 * H * (I if k == 0 else H) + 4 * H * H + 4 for k in range(L)),
        lambda I, H, L: 4 * (H * (I + H * (2 * L - 1)) + L),
    ],
    ("04.4", 10): [
        lambda I, H, L: 4 * H * (I + H + 1) + 4 * H * (H + 1) * (L - 1),
        lambda I, H, L: 4 * H * (I + H * L + L),
    ],
    ("04.4", 11): [
        lambda I, H, L: sum(4 * H * (I + (k + 1) * H + 1) for k in range(L)),
        lambda I, H, L: 4 * H * (L * (I + 1) + H * L * (L + 1) // 2),
    ],
}
