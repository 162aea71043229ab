"""The mistakes of notebook 08 in other words than the exercise's own: two or more of each."""

import math

import numpy as np

from lstm_lib.course.exercises import EXERCISES

RIGHT = {key: EXERCISES[key].solution for key in EXERCISES if key.startswith("08.")}


def places(symbols):
    rows = np.zeros((len(symbols), 3))
    for t, symbol in enumerate(symbols):
        rows[t, "ab$".index(symbol)] = 1
    return rows


def rows_of(n, first, a, b, last):
    """The four kinds of rows, written out."""
    return np.array([first] + [a] * n + [b] * (n - 1) + [last])


def patched(n, where, values):
    legal = RIGHT["08.1"](n).copy()
    for t in where(n):
        legal[t] = values
    return legal


def inside_of(each, lengths):
    return np.array([[t < length for length in lengths] for t in range(each.shape[0])])


def word_means(each, lengths):
    return [each[:length, k].mean() for k, length in enumerate(lengths)]


def joint(grads):
    return np.linalg.norm(np.concatenate([np.ravel(grad) for grad in grads.values()]))


def times(grads, factor):
    return dict(zip(grads, (grad * factor for grad in grads.values())))


def shortened(grads, norm, limit):
    return times(grads, limit / norm if norm > limit else 1.0)


def pieces(ids, B):
    """The B pieces of the text, and those one character ahead, as lists."""
    N = (len(ids) - 1) // B
    return [ids[b * N : b * N + N] for b in range(B)], [
        ids[b * N + 1 : b * N + N + 1] for b in range(B)
    ]


def columns(ids, B):
    return tuple(np.stack(part, axis=1) for part in pieces(ids, B))


def old(ids, B):
    N = (len(ids) - 1) // B
    return (
        np.array([ids[t * B : t * B + B] for t in range(N)]),
        np.array([ids[t * B + 1 : t * B + B + 1] for t in range(N)]),
    )


def masked(each, lengths):
    return np.where(inside_of(each, lengths), each, 0.0)


def flat(grads):
    return np.concatenate([np.ravel(grad) for grad in grads.values()])


def pieces_from(ids, B, N, first):
    """B pieces of N characters, beginning at `first`; an error where the text is too short."""
    if len(ids) < N * B + first:
        raise ValueError
    return np.stack([ids[b * N + first : (b + 1) * N + first] for b in range(B)], axis=1)


def by_rows(logits, t, last):
    return np.array([last(np.exp(row / t - row.max() / t)) for row in logits])


def max_of_columns(logits, t):
    with np.errstate(all="ignore"):
        e = np.exp((logits - np.amax(logits, axis=0)) / t)
        return e / np.sum(e, axis=1)[:, None]


def max_of_columns_in_a_loop(logits, t):
    with np.errstate(all="ignore"):
        e = np.exp(np.stack([(column - max(column)) / t for column in logits.T], axis=1))
        return np.array([row / row.sum() for row in e])


SPELLINGS = {
    ("08.1", 0): [
        lambda n: places("a" * n + "b" * n + "$"),
        lambda n: np.eye(3)[[0] * n + [1] * n + [2]],
    ],
    ("08.1", 1): [
        lambda n: places("$" + "a" * n + "b" * n),
        lambda n: np.eye(3)[[2] + [0] * n + [1] * n],
    ],
    ("08.1", 2): [
        lambda n: rows_of(n, [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 0]),
        lambda n: patched(n, lambda n: [2 * n], [0, 1, 0]),
    ],
    ("08.1", 3): [
        lambda n: rows_of(n, [1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]),
        lambda n: patched(n, lambda n: range(1, n + 1), [1, 0, 0]),
    ],
    ("08.1", 4): [
        lambda n: rows_of(n, [1, 1, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]),
        lambda n: patched(n, lambda n: range(1), [1, 1, 0]),
    ],
    ("08.1", 5): [
        lambda n: rows_of(n, [1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 1, 1]),
        lambda n: patched(n, lambda n: range(n + 1, 2 * n + 1), [0, 1, 1]),
    ],
    ("08.1", 6): [
        lambda n: np.append(RIGHT["08.1"](n), [[1, 0, 0]], axis=0),
        lambda n: np.array([*RIGHT["08.1"](n).tolist(), [1, 0, 0]]),
    ],
    ("08.1", 7): [
        lambda n: np.roll(RIGHT["08.1"](n), 1, axis=1),
        lambda n: rows_of(n, [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 0]),
    ],
    ("08.2", 0): [
        lambda each, lengths: each.sum() / each.size,
        lambda each, lengths: np.mean(each, axis=0).mean(),
    ],
    ("08.2", 1): [
        lambda each, lengths: np.mean(word_means(each, lengths)),
        lambda each, lengths: sum(word_means(each, lengths)) / len(lengths),
    ],
    ("08.2", 2): [
        lambda each, lengths: each[np.arange(len(each))[:, None] <= lengths].mean(),
        lambda each, lengths: (
            sum(each[: n + 1, k].sum() for k, n in enumerate(lengths))
            / sum(min(n + 1, len(each)) for n in lengths)
        ),
    ],
    ("08.2", 3): [
        lambda each, lengths: np.where(inside_of(each, lengths), each, 0).sum(axis=0).mean(),
        lambda each, lengths: sum(each[:n, k].sum() for k, n in enumerate(lengths)) / each.shape[1],
    ],
    ("08.2", 4): [
        lambda each, lengths: each[inside_of(each, lengths)].sum(),
        lambda each, lengths: sum(each[:n, k].sum() for k, n in enumerate(lengths)),
    ],
    ("08.2", 5): [
        lambda each, lengths: each.sum() / inside_of(each, lengths).sum(),
        lambda each, lengths: np.sum(each) / sum(lengths),
    ],
    ("08.2", 6): [
        lambda each, lengths: np.mean(each[: min(lengths)]),
        lambda each, lengths: np.mean([each[t] for t in range(min(lengths))]),
    ],
    ("08.3", 0): [
        lambda grads, limit: times(grads, limit / joint(grads)),
        lambda grads, limit: {k: limit * grad / joint(grads) for k, grad in grads.items()},
    ],
    ("08.3", 1): [
        lambda grads, limit: shortened(
            grads, sum(np.linalg.norm(grad) for grad in grads.values()), limit
        ),
        lambda grads, limit: shortened(
            grads, np.sum([np.sqrt((grad**2).sum()) for grad in grads.values()]), limit
        ),
    ],
    ("08.3", 2): [
        lambda grads, limit: shortened(
            grads, max(np.linalg.norm(grad) for grad in grads.values()), limit
        ),
        lambda grads, limit: shortened(
            grads, np.sqrt(max((grad**2).sum() for grad in grads.values())), limit
        ),
    ],
    ("08.3", 3): [
        lambda grads, limit: {
            k: np.minimum(np.maximum(grad, -limit), limit) for k, grad in grads.items()
        },
        lambda grads, limit: {
            k: np.where(np.abs(grad) > limit, np.sign(grad) * limit, grad)
            for k, grad in grads.items()
        },
    ],
    ("08.3", 4): [
        lambda grads, limit: shortened(grads, joint(grads) ** 2, limit),
        lambda grads, limit: shortened(
            grads, sum((grad**2).sum() for grad in grads.values()), limit
        ),
    ],
    ("08.3", 5): [
        lambda grads, limit: times(grads, 1 / joint(grads) if joint(grads) > limit else 1),
        lambda grads, limit: {
            k: grad / (joint(grads) if joint(grads) > limit else 1) for k, grad in grads.items()
        },
    ],
    ("08.3", 6): [
        lambda grads, limit: shortened(grads, joint(grads) / np.sqrt(len(grads)), limit),
        lambda grads, limit: shortened(
            grads, np.sqrt(np.mean([(grad**2).sum() for grad in grads.values()])), limit
        ),
    ],
    ("08.4", 0): [
        lambda ids, B: tuple(np.array(part) for part in pieces(ids, B)),
        lambda ids, B: tuple(part.T for part in columns(ids, B)),
    ],
    ("08.4", 1): [
        lambda ids, B: tuple(part.T for part in old(ids, B)),
        lambda ids, B: tuple(part.transpose(1, 0) for part in old(ids, B)),
    ],
    ("08.4", 2): [
        old,
        lambda ids, B: tuple(np.array(part).ravel().reshape(-1, B) for part in pieces(ids, B)),
    ],
    ("08.4", 3): [
        lambda ids, B: (columns(ids, B)[0], columns(ids, B)[0].copy()),
        lambda ids, B: [np.array(pieces(ids, B)[0]).T] * 2,
    ],
    ("08.4", 4): [
        lambda ids, B: (columns(ids, B)[0], old(ids, B)[1]),
        lambda ids, B: (
            np.array(pieces(ids, B)[0]).T,
            ids[1 : len(ids) - (len(ids) - 1) % B].reshape(-1, B),
        ),
    ],
    ("08.4", 5): [
        lambda ids, B: (
            columns(ids, B)[0],
            np.vstack([columns(ids, B)[0][1:], columns(ids, B)[0][:1]]),
        ),
        lambda ids, B: (
            columns(ids, B)[0],
            np.stack([np.roll(part, -1) for part in pieces(ids, B)[0]], axis=1),
        ),
    ],
    ("08.4", 6): [
        lambda ids, B: (columns(ids, B)[1], columns(ids, B)[0]),
        lambda ids, B: tuple(np.array(part).T for part in pieces(ids, B)[::-1]),
    ],
    ("08.1", 8): [
        lambda n: patched(n, lambda n: [n], [0, 1, 0]),
        lambda n: np.array([[1, 0, 0]] + [[1, 1, 0]] * (n - 1) + [[0, 1, 0]] * n + [[0, 0, 1]]),
    ],
    ("08.1", 9): [
        lambda n: np.array([*zip(*RIGHT["08.1"](n))]),
        lambda n: np.stack(list(RIGHT["08.1"](n)), axis=1),
    ],
    ("08.1", 10): [
        lambda n: RIGHT["08.1"](n)[: 2 * n],
        lambda n: np.array([[1, 0, 0]] + [[1, 1, 0]] * n + [[0, 1, 0]] * (n - 1)),
    ],
    ("08.1", 11): [
        lambda n: rows_of(n, [1, 0, 0], [1, 1, 1], [0, 1, 0], [0, 0, 1]),
        lambda n: patched(n, lambda n: range(1, n + 1), [1, 1, 1]),
    ],
    ("08.1", 12): [
        lambda n: rows_of(n, [1, 1, 1], [1, 1, 0], [0, 1, 0], [0, 0, 1]),
        lambda n: patched(n, lambda n: range(1), 1.0),
    ],
    ("08.1", 13): [
        lambda n: ["".join(np.array([*"ab$"])[row > 0]) for row in RIGHT["08.1"](n)],
        lambda n: [*"a", *["ab" for _ in range(n)], *["b" for _ in range(n - 1)], *"$"],
    ],
    ("08.2", 7): [
        lambda each, lengths: masked(each, lengths).sum() / each.shape[0],
        lambda each, lengths: each[inside_of(each, lengths)].sum() / len(each),
    ],
    ("08.2", 8): [
        lambda each, lengths: masked(each, lengths)[: max(lengths)].mean(),
        lambda each, lengths: masked(each, lengths).sum() / max(lengths) / each.shape[1],
    ],
    ("08.2", 9): [
        lambda each, lengths: np.array(word_means(each, lengths)),
        lambda each, lengths: masked(each, lengths).sum(axis=0) / inside_of(each, lengths).sum(0),
    ],
    ("08.2", 10): [
        lambda each, lengths: masked(each, lengths).sum(axis=0),
        lambda each, lengths: np.array([each[:n, k].sum() for k, n in enumerate(lengths)]),
    ],
    ("08.2", 11): [
        lambda each, lengths: masked(each, np.array(lengths) + 1).mean(),
        lambda each, lengths: (
            sum(each[: n + 1, k].sum() for k, n in enumerate(lengths)) / each.size
        ),
    ],
    ("08.2", 12): [
        lambda each, lengths: masked(each, lengths)[masked(each, lengths) > 0].mean(),
        lambda each, lengths: (lambda kept: kept[kept != 0].mean())(
            np.concatenate([each[:n, k] for k, n in enumerate(lengths)])
        ),
    ],
    ("08.3", 7): [
        lambda grads, limit: times(grads, max(1.0, limit / joint(grads))),
        lambda grads, limit: times(
            grads, np.maximum(1, np.divide(limit, np.sqrt((flat(grads) ** 2).sum())))
        ),
    ],
    ("08.3", 8): [
        lambda grads, limit: times(grads, min(1.0, joint(grads) / limit)),
        lambda grads, limit: {
            k: grad * (joint(grads) / limit if joint(grads) < limit else 1)
            for k, grad in grads.items()
        },
    ],
    ("08.3", 9): [
        lambda grads, limit: shortened(grads, np.sqrt(np.mean(flat(grads) ** 2)), limit),
        lambda grads, limit: shortened(grads, joint(grads) / flat(grads).size ** 0.5, limit),
    ],
    ("08.3", 10): [
        lambda grads, limit: shortened(grads, np.linalg.norm([*grads.values()][-1]), limit),
        lambda grads, limit: shortened(
            grads, [np.sqrt((grad**2).sum()) for grad in grads.values()][-1], limit
        ),
    ],
    ("08.3", 11): [
        lambda grads, limit: shortened(grads, np.abs(flat(grads)).sum(), limit),
        lambda grads, limit: shortened(grads, np.linalg.norm(flat(grads), 1), limit),
    ],
    ("08.3", 12): [
        lambda grads, limit: times(
            grads, min(1.0, limit / math.sqrt(sum((g**2).sum() for g in grads.values())))
        ),
        lambda grads, limit: times(
            grads, min(1, limit / sum(float(x) ** 2 for x in flat(grads)) ** 0.5)
        ),
    ],
    ("08.4", 7): [
        lambda ids, B: (old(ids, B)[0], columns(ids, B)[1]),
        lambda ids, B: (
            ids[: len(ids) - 1 - (len(ids) - 1) % B].reshape(-1, B),
            np.array(pieces(ids, B)[1]).T,
        ),
    ],
    ("08.4", 8): [
        lambda ids, B: columns(ids, B)[0],
        lambda ids, B: np.array(pieces(ids, B)[0]).T,
    ],
    ("08.4", 9): [
        lambda ids, B: (columns(ids, B)[0], pieces_from(ids, B, (len(ids) - 1) // B, 2)),
        lambda ids, B: (
            (lambda N: (columns(ids, B)[0], ids[2 : N * B + 2].reshape(B, -1).T))(
                (len(ids) - 1) // B
            )
            if len(ids) > (len(ids) - 1) // B * B + 1
            else pieces_from(ids, B, len(ids), 0)
        ),
    ],
    ("08.4", 10): [
        lambda ids, B: tuple(pieces_from(ids, B, len(ids) // B, first) for first in (0, 1)),
        lambda ids, B: tuple(
            np.reshape(part, (B, len(ids) // B)).T
            for part in (ids[: len(ids) // B * B], ids[1:][: len(ids) // B * B])
        ),
    ],
    ("08.4", 11): [
        lambda ids, B: (columns(ids, B)[0][:-1], columns(ids, B)[0][1:]),
        lambda ids, B: (
            np.array([part[:-1] for part in pieces(ids, B)[0]]).T,
            np.array([part[1:] for part in pieces(ids, B)[0]]).T,
        ),
    ],
    ("08.5", 19): [max_of_columns, max_of_columns_in_a_loop],
    ("08.1", 14): [
        lambda n: np.array([[1, 1, 0]] * n + [[0, 1, 0]] * (n - 1) + [[0, 0, 1]]),
        lambda n: np.delete(
            np.array([[1, 0, 0]] + [[1, 1, 0]] * n + [[0, 1, 0]] * (n - 1) + [[0, 0, 1]]), 0, 0
        ),
    ],
    ("08.5", 0): [
        lambda logits, t: (lambda e: e / e.sum())(np.exp(logits / t - (logits / t).max())),
        lambda logits, t: (lambda e: e / np.sum(e))(np.exp((logits - logits.max()) / t)),
    ],
    ("08.5", 1): [
        lambda logits, t: RIGHT["08.5"](logits, 1 / t),
        lambda logits, t: by_rows(logits * t, 1.0, lambda e: e / e.sum()),
    ],
    ("08.5", 2): [
        lambda logits, t: RIGHT["08.5"](logits, 1.0),
        lambda logits, t: by_rows(logits, 1.0, lambda e: e / e.sum()),
    ],
    ("08.5", 3): [
        lambda logits, t: (lambda e: e / e.sum(1)[None, :])(np.exp((logits - logits.max()) / t)),
        lambda logits, t: (lambda e: e / e.sum(axis=-1))(np.exp(logits / t - np.max(logits / t))),
    ],
    ("08.5", 4): [
        lambda logits, t: RIGHT["08.5"](logits, 1.0) / t,
        lambda logits, t: by_rows(logits, 1.0, lambda e: e / e.sum() / t),
    ],
    ("08.5", 5): [
        lambda logits, t: np.exp((logits - np.max(logits)) / t),
        lambda logits, t: np.array([np.exp(row / t - logits.max() / t) for row in logits]),
    ],
    ("08.5", 6): [
        lambda logits, t: np.eye(logits.shape[1])[logits.argmax(1)],
        lambda logits, t: np.array([np.arange(len(row)) == row.argmax() for row in logits]) * 1.0,
    ],
    ("08.5", 7): [
        lambda logits, t: (lambda e: e / e.sum(axis=1, keepdims=True))(
            np.exp((logits - logits.max()) / t)
        ),
        lambda logits, t: np.array(
            [(lambda e: e / e.sum())(np.exp(row / t - logits.max() / t)) for row in logits]
        ),
    ],
    ("08.5", 8): [
        lambda logits, t: np.exp(logits / t) / np.exp(logits / t).sum(axis=1)[:, None],
        lambda logits, t: np.array([np.exp(row / t) / np.exp(row / t).sum() for row in logits]),
    ],
    ("08.5", 9): [
        lambda logits, t: (lambda e: e / e.sum(axis=0))(by_rows(logits, t, lambda e: e)),
        lambda logits, t: (lambda e: (e.T / e.T.sum(axis=1, keepdims=True)).T)(
            np.exp((logits - logits.max(axis=1)[:, None]) / t)
        ),
    ],
    ("08.5", 10): [
        lambda logits, t: (lambda e: e / e.sum(axis=0, keepdims=True))(
            np.exp((logits - logits.max()) / t)
        ),
        lambda logits, t: (lambda e: (e.T / e.T.sum(axis=1, keepdims=True)).T)(
            np.exp(logits / t - (logits / t).max())
        ),
    ],
    ("08.5", 11): [
        lambda logits, t: RIGHT["08.5"](logits, 1.0) ** (1 / t),
        lambda logits, t: by_rows(logits, 1.0, lambda e: (e / e.sum()) ** (1 / t)),
    ],
    ("08.5", 12): [
        lambda logits, t: logits / logits.sum(axis=1, keepdims=True),
        lambda logits, t: np.array([row / t / (row / t).sum() for row in logits]),
    ],
    ("08.5", 13): [
        lambda logits, t: (lambda e: e / e.sum(axis=1))(by_rows(logits, t, lambda e: e)),
        lambda logits, t: (lambda e: e / np.array([row.sum() for row in e]))(
            np.exp((logits - logits.max(axis=1)[:, None]) / t)
        ),
    ],
    ("08.5", 14): [
        lambda logits, t: (lambda e: e / e.sum(axis=1, keepdims=True))(
            np.exp((logits - logits.max(axis=1)) / t)
        ),
        lambda logits, t: (lambda e: e / e.sum(axis=1)[:, None])(
            np.exp(logits / t - np.array([max(row / t) for row in logits]))
        ),
    ],
    ("08.5", 15): [
        lambda logits, t: (lambda e: e / e.sum(axis=1))(np.exp((logits - logits.max(axis=1)) / t)),
        lambda logits, t: (lambda e: e / e.sum(axis=-1)[None])(
            np.exp(logits / t - np.array([max(row / t) for row in logits]))
        ),
    ],
    ("08.5", 16): [
        lambda logits, t: np.exp(logits / t) / np.exp(logits / t).sum(axis=1),
        lambda logits, t: (lambda e: e / np.array([row.sum() for row in e]))(np.exp(logits / t)),
    ],
    ("08.5", 17): [
        lambda logits, t: np.exp(logits / t) / np.exp(logits / t).sum(),
        lambda logits, t: (lambda e: e / sum(map(sum, e)))(np.exp(logits / t)),
    ],
    ("08.5", 18): [
        lambda logits, t: np.exp(logits / t) / np.exp(logits / t).sum(axis=0),
        lambda logits, t: (lambda e: e / sum(e))(np.exp(logits / t)),
    ],
}

# Where a row has nothing left, or too much, they divide 0 by 0: a warning for a reader.
for key, answers in SPELLINGS.items():
    if key[0] == "08.5":
        SPELLINGS[key] = [np.errstate(all="ignore")(answer) for answer in answers]
