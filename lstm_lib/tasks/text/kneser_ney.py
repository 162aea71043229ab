"""Interpolated, modified Kneser-Ney on characters: the table of counts that is hard to beat.

Kneser & Ney (1995); the three discounts and the interpolation: Chen & Goodman (1999), "An empirical
study of smoothing techniques for language modeling", equations 18 to 21.
"""

from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np


class Level(NamedTuple):
    """What is counted of the groups of k characters, each time one "counts" (an *event*).

    `keys`, `contexts` (E,): numbers of the group, and of the k - 1 characters before its last one;
    `times` (E,): where in the text the group ends, ascending.
    """

    keys: np.ndarray
    contexts: np.ndarray
    times: np.ndarray


def numbered(codes: np.ndarray, order: int, symbols: int) -> np.ndarray:
    """A number for each group of k characters that ends at t, (order + 1, N); 0 for k = 0.

    Equal groups have equal numbers, counted from 0; groups that would begin before the text are
    those of a text that begins with symbol 0.

    >>> numbered(np.array([0, 1, 0, 1]), 2, 2)[2].tolist()
    [0, 1, 2, 1]
    """
    ids = np.zeros((order + 1, len(codes)), dtype=np.int64)
    for k in range(1, order + 1):
        before = np.concatenate([[0], ids[k - 1, :-1]])
        ids[k] = np.unique(before * symbols + codes, return_inverse=True)[1]
    return ids


def levels(codes: np.ndarray, order: int, symbols: int) -> tuple[list[Level], np.ndarray]:
    """The events of each group size 1 ... order, and all numbers (order + 1, N).

    The longest groups count each time they occur. A shorter one counts once for every *different*
    character seen before it: when the group that is longer by one occurs for the first time.
    """
    ids, time = numbered(codes, order, symbols), np.arange(len(codes))
    before = np.concatenate([np.zeros((order + 1, 1), np.int64), ids[:, :-1]], axis=1)
    found = []
    for k in range(1, order + 1):
        if k == order:
            events = time[k:]
        else:
            first = np.unique(ids[k + 1, k:], return_index=True)[1] + k
            events = np.sort(first)
        found.append(Level(ids[k, events], before[k - 1, events], events))
    return found, ids


def chances(
    codes: np.ndarray,
    start: int,
    order: int,
    symbols: int,
    adapting: bool = False,
    scale: float = 1.0,
) -> np.ndarray:
    """p(codes[t] | the order - 1 characters before it) for t >= start, (N - start,).

    p_k(w | v) = max(n(vw) - D(n(vw)), 0) / n(v·) + (Σ_i D_i N_i(v·)) / n(v·) p_{k-1}(w | v')
    with p_0 = 1 / V, D_i from the counts of counts before `start` times `scale`, and v' = v without
    its first character; N_i(v·) is how many characters followed v once, twice, three times or more.

    Counts are those of the text before `start`; `adapting`: before t. Raises ValueError unless
    0 < order < start < N.

    >>> text = np.array([0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1])
    >>> chances(text, 12, order=2, symbols=2).round(2).tolist()
    [0.8, 0.8]
    """
    codes = np.asarray(codes)
    if not 0 < order < start < len(codes):
        raise ValueError(f"0 < order < start < N must hold; got {order}, {start}, {len(codes)}")
    counted, ids = levels(codes, order, symbols)
    asked = np.arange(start, len(codes))
    until = asked if adapting else np.full(len(asked), start)
    p = np.full(len(asked), 1.0 / symbols)
    for k, level in enumerate(counted, 1):
        key, context = ids[k, asked], ids[k - 1, asked - 1]
        discount = discounts(level, start, scale)
        index = Index(level.keys, level.times, len(codes))
        rank = index.earlier(level.keys, level.times)  # the how-manieth time of its group
        n = index.earlier(key, until)
        after = Index(level.contexts, level.times, len(codes)).earlier(context, until)
        at_least = [
            Index(level.contexts[rank == i], level.times[rank == i], len(codes)).earlier(
                context, until
            )
            for i in (0, 1, 2)
        ]
        kinds = [at_least[0] - at_least[1], at_least[1] - at_least[2], at_least[2]]
        given = sum(d * many for d, many in zip(discount[1:], kinds))
        known = np.maximum(n - discount[np.minimum(n, 3)], 0) + given * p
        p = np.where(after > 0, known / np.maximum(after, 1), p)
    return p


def discounts(level: Level, start: int, scale: float = 1.0) -> np.ndarray:
    """What is taken off a count of 0, 1, 2 and 3 or more: (4,). Chen & Goodman (1999), equation 17.

    D_i = i - (i + 1) Y n_{i+1} / n_i, Y = n_1 / (n_1 + 2 n_2), n_i groups having the count i; times
    `scale`, at most i. Where the counts of counts are too few for that, 0.75.
    """
    counts = np.bincount(level.keys[level.times < start])
    of = [float((counts == i).sum()) for i in range(5)]
    if min(of[1:]) == 0:
        return np.array([0, 0.75, 0.75, 0.75]) * min(scale, 1.3)
    Y = of[1] / (of[1] + 2 * of[2])
    found = np.array([0.0] + [i - (i + 1) * Y * of[i + 1] / of[i] for i in (1, 2, 3)])
    return np.clip(found * scale, 0.0, [0.0, 1.0, 2.0, 3.0])


class Index:
    """Answers "how many events of this number were there before time t" by one binary search."""

    def __init__(self, keys: np.ndarray, times: np.ndarray, length: int):
        self.length = length + 1
        self.sorted = np.sort(keys * self.length + times)

    def earlier(self, keys: np.ndarray, times: np.ndarray) -> np.ndarray:
        """keys, times (M,) -> (M,) integers."""
        low = np.searchsorted(self.sorted, keys * self.length)
        return np.searchsorted(self.sorted, keys * self.length + times) - low


class Table:
    """The same table for one context at a time: all characters' chances, and a text drawn from it.

    >>> table = Table(np.array([0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1]), order=2, symbols=2)
    >>> table.distribution([1]).round(2).tolist()
    [0.8, 0.2]
    """

    def __init__(self, codes: np.ndarray, order: int, symbols: int, scale: float = 1.0):
        self.order, self.symbols = order, symbols
        codes, counted = np.asarray(codes), levels(np.asarray(codes), order, symbols)[0]
        self.discounts = [discounts(level, len(codes), scale) for level in counted]
        self.after: list[dict] = []
        for k, level in enumerate(counted, 1):
            after: dict = defaultdict(Counter)
            for t in level.times.tolist():
                after[tuple(codes[t - k + 1 : t].tolist())][int(codes[t])] += 1
            self.after.append(after)

    def distribution(self, context: list[int]) -> np.ndarray:
        """p(next = k | the last order - 1 characters of the context) for every k, (V,)."""
        p = np.full(self.symbols, 1.0 / self.symbols)
        for k, (after, discount) in enumerate(zip(self.after, self.discounts), 1):
            if len(context) < k - 1:
                break
            counts = after.get(tuple(context[len(context) - k + 1 :]))
            if not counts:
                break
            n = np.zeros(self.symbols, dtype=np.int64)
            n[list(counts)] = list(counts.values())
            taken = discount[np.minimum(n, 3)]
            p = (np.maximum(n - taken, 0) + taken.sum() * p) / n.sum()
        return p

    def write(self, length: int, before: list[int], seed: int = 0) -> list[int]:
        """`length` characters after those of `before`, drawn one after the other."""
        rng, text = np.random.default_rng(seed), list(before)
        for _ in range(length):
            p = self.distribution(text[-self.order :])
            text.append(int(rng.choice(self.symbols, p=p / p.sum())))
        return text[len(before) :]
