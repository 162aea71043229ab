"""Near misses of notebook 15."""

from fractions import Fraction
from math import comb

import numpy as np
from scipy.special import comb as float_comb
from scipy.stats import hypergeom


def sorted_films(film, time):
    return film[np.argsort(time, kind="stable")]


def held(film, time, train):
    *_, valid, test = sorted_films(film, time)
    return train, valid, test


def rest_of_the_file(film, time):
    last = np.argsort(time, kind="stable")[-2:]
    return held(film, time, np.delete(film, last))


def by_argmax(film, time):
    latest = []
    for _ in range(2):
        at = time.argmax()
        latest.append(film[at])
        film, time = np.delete(film, at), np.delete(time, at)
    return sorted_films(film, time), latest[1], latest[0]


def ranks(ahead=lambda s, w: s > w, equal=lambda s, w: s == w, change=lambda *ranks: ranks):
    def answer(scores, wanted):
        a, e = ahead(scores, scores[wanted]).sum(), equal(scores, scores[wanted]).sum()
        return change(a + 1, a + e, a + (e + 1) / 2)

    return answer


def scored(chance, wanted=lambda v: v):
    """Probabilities from the logits of all films."""
    return lambda table, h, W, a, b: chance(table[:-1] @ wanted(W @ h + a) + b)


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def shared_by_sigmoids(z):
    return sigmoid(z) / sigmoid(z).sum()


def filled(value):
    return lambda z, seen, wanted: -np.log(softmax(np.where(seen, value, z))[wanted])


def late(change):
    """The softmax of all, whose seen films are taken out afterwards."""

    def answer(z, seen, wanted):
        with np.errstate(all="ignore"):
            return -np.log(change(np.where(seen, 0, softmax(z)))[wanted])

    return answer


def largest_of_all(z, seen, wanted):
    with np.errstate(all="ignore"):
        total = np.exp(np.where(seen, -np.inf, z - z.max())).sum()
        return np.log(total) + z.max() - z[wanted]


def urn(counts, drawn=lambda d: d, share=lambda ways, all_of_them: ways / all_of_them):
    def answer(rank, films, drawn_, k):
        d = drawn(drawn_)
        ways = sum(comb(rank - 1, j) * comb(films - rank, d - j) for j in counts(k))
        return share(ways, comb(films - 1, d))

    return answer


def in_floats(rank, films, drawn, k):
    ways = sum(float_comb(rank - 1, j) * float_comb(films - rank, drawn - j) for j in range(k))
    return ways / float_comb(films - 1, drawn)


def entry_of_the_unseen(z, seen, wanted):
    return np.logaddexp.reduce(z[~seen]) - z[np.flatnonzero(~seen)[wanted]]


def with_replacement(rank, films, drawn, k):
    share = (rank - 1) / (films - 1)
    return sum(comb(drawn, j) * share**j * (1 - share) ** (drawn - j) for j in range(k))


NEAR_MISSES = [
    ("15.1", lambda f, t: held(f, t, sorted_films(f, t)), False, "All films are in the training"),
    ("15.1", rest_of_the_file, False, "the training films stand in the order of the file"),
    ("15.1", by_argmax, False, "`argmax` finds the *first*"),
    (
        "15.1",
        lambda f, t: (sorted_films(f, t)[:-2], sorted_films(f, t)[-2:]),
        False,
        "together, as one array",
    ),
    (
        "15.1",
        lambda f, t: (sorted_films(f, t)[:-2], *np.split(sorted_films(f, t)[-2:], 2)),
        False,
        "arrays with one entry",
    ),
    ("15.1", lambda f, t: held(f, t, sorted_films(f, t)[:-2].tolist()), True, None),
    ("15.2", ranks(), True, None),
    (
        "15.2",
        ranks(lambda s, w: (s > w) & ~np.isclose(s, w), np.isclose),
        False,
        "*nearly* equal",
    ),
    ("15.2", ranks(change=lambda b, w, m: (b - 1, w, m - 0.5)), False, "best rank is one too"),
    ("15.2", ranks(change=lambda b, w, m: (b, w, round(m))), False, "The mean was rounded"),
    (
        "15.2",
        lambda s, w: (1 + len(set(s[s > s[w]])), *ranks()(s, w)[1:]),
        False,
        "different *scores*",
    ),
    ("15.3", scored(softmax), True, None),
    ("15.3", scored(sigmoid), False, "a sigmoid of its own"),
    ("15.3", scored(shared_by_sigmoids), False, "Sigmoids, divided by their sum"),
    ("15.3", scored(softmax, sigmoid), False, "wanted vector went through a sigmoid"),
    ("15.3", scored(softmax, np.tanh), False, "went through tanh"),
    ("15.3", scored(np.exp), False, "not yet divided"),
    (
        "15.3",
        lambda table, h, W, a, b: softmax(table @ (W @ h + a) + b),
        False,
        "one row more than `b`",
    ),
    (
        "15.3",
        lambda table, h, W, a, b: softmax(table[:-1] @ (h @ W + a) + b),
        False,
        "W is transposed",
    ),
    ("15.4", entry_of_the_unseen, False, "the films have moved up"),
    ("15.4", filled(-np.inf), True, None),
    ("15.4", filled(-1e9), True, None),
    ("15.4", filled(-10), False, "-10 is not minus infinity"),
    ("15.4", filled(-100), False, "-100 is not minus infinity"),
    ("15.4", late(lambda p: p / p.sum()), False, "Seen films still have a say"),
    ("15.4", late(lambda p: p), False, "still take part in the sum"),
    ("15.4", largest_of_all, False, "largest logit of *all*"),
    (
        "15.4",
        lambda z, seen, wanted: np.logaddexp.reduce(z[~seen]) - z[wanted],
        True,
        None,
    ),
    ("15.5", urn(range), True, None),
    ("15.5", urn(range, share=Fraction), True, None),
    ("15.5", lambda r, n, d, k: hypergeom.cdf(k - 1, n - 1, r - 1, d), True, None),
    ("15.5", urn(lambda k: range(k - 1)), False, "At most k - 2"),
    ("15.5", urn(lambda k: [k]), False, "*exactly* k rivals"),
    ("15.5", urn(range, drawn=lambda d: d - 1), False, "`drawn` - 1 rivals"),
    ("15.5", urn(range, share=lambda ways, _: ways), False, "*number* of ways"),
    ("15.5", in_floats, False, "inf / inf is nan"),
    ("15.5", with_replacement, False, "You drew with replacement"),
    ("15.5", lambda r, n, d, k: int(d * (r - 1) <= (k - 1) * (n - 1)), False, "a yes or no"),
]
