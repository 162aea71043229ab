"""The mistakes of notebook 15 in other words than the exercise's own: two or more of each."""

from math import comb

import numpy as np


def by(film, order):
    """Cut the films, put in this order, as the exercise wants it."""
    film = [int(film[k]) for k in order]
    return np.array(film[:-2]), film[-2], film[-1]


def urn(ahead, behind, drawn, counts):
    """The chance that the number of those ahead, of `drawn` from the urn, is one of `counts`."""
    ways = [comb(ahead, j) * comb(behind, drawn - j) for j in counts if j <= drawn]
    return sum(ways) / comb(ahead + behind, drawn)


def counted(scores, wanted):
    above = sum(float(s) > float(scores[wanted]) for s in scores)
    return above, sum(float(s) == float(scores[wanted]) for s in scores)


def softmax_without(logits, gone, wanted):
    kept = [np.exp(value) for value, out in zip(logits, gone) if not out]
    return np.exp(logits[wanted]) / sum(kept)


def nats_among(logits, some, wanted):
    return np.log(sum(np.exp(z) for z, one in zip(logits, some) if one)) - logits[wanted]


def picked(film, test, valid):
    """The rest in the order of the file, and the two at these places."""
    rest = [int(f) for k, f in enumerate(film) if k not in (test, valid)]
    return np.array(rest), film[valid], film[test]


def softmax(logits):
    return np.array([1 / np.exp(logits - logit).sum() for logit in logits])


def logits_of(table, h, W, a, b):
    return np.array([row @ (W @ h + a) + b[f] for f, row in enumerate(table[: len(b)])])


SPELLINGS = {
    ("15.1", 0): [
        lambda film, time: by(film, range(len(film))),
        lambda film, time: (film[: len(film) - 2], film[len(film) - 2], film[len(film) - 1]),
    ],
    ("15.1", 1): [
        lambda film, time: by(film, np.lexsort((film, time))),
        lambda film, time: by(film, sorted(range(len(film)), key=lambda k: (time[k], film[k]))),
    ],
    ("15.1", 2): [
        lambda film, time: by(film, np.argsort(-time, kind="stable")[::-1]),
        lambda film, time: by(film, sorted(range(len(film)), key=lambda k: (time[k], -k))),
    ],
    ("15.1", 3): [
        lambda film, time: tuple(by(film, np.argsort(time, kind="stable"))[k] for k in (0, 2, 1)),
        lambda film, time: (
            (ordered := film[np.argsort(time, kind="mergesort")])[:-2],
            ordered[-1],
            ordered[-2],
        ),
    ],
    ("15.1", 4): [
        lambda film, time: (
            (ordered := film[np.argsort(time, kind="mergesort")])[:-1],
            ordered[-2],
            ordered[-1],
        ),
        lambda film, time: (
            np.array([film[k] for k in sorted(range(len(film)), key=lambda k: time[k])][:-1]),
            *by(film, np.argsort(time, kind="stable"))[1:],
        ),
    ],
    ("15.1", 5): [
        lambda film, time: by(film, sorted(range(len(film)), key=lambda k: -time[k])),
        lambda film, time: by(film, np.lexsort((np.arange(len(film)), -time))),
    ],
    ("15.1", 6): [
        lambda film, time: (np.array(sorted(time)[:-2]), sorted(time)[-2], sorted(time)[-1]),
        lambda film, time: by(time, np.argsort(time, kind="stable")),
    ],
    ("15.1", 7): [
        lambda film, time: by(film, time.argsort()),
        lambda film, time: (
            (f := np.take(film, np.argsort(time, kind="quicksort")))[: len(f) - 2],
            f[len(f) - 2],
            f[len(f) - 1],
        ),
    ],
    ("15.1", 8): [
        lambda film, time: (
            (f := film[np.argsort(time, kind="stable")][::-1])[2:],
            f[1],
            f[0],
        ),
        lambda film, time: (
            np.array(list(reversed(by(film, np.argsort(time, kind="mergesort"))[0]))),
            *by(film, np.argsort(time, kind="mergesort"))[1:],
        ),
    ],
    ("15.1", 9): [
        lambda film, time: (
            (f := film[sorted(range(len(film)), key=lambda k: -time[k])])[2:],
            f[1],
            f[0],
        ),
        lambda film, time: (
            (f := film[np.lexsort((np.arange(len(film)), -time))])[2:],
            f[1],
            f[0],
        ),
    ],
    ("15.1", 10): [
        lambda film, time: by(film, np.lexsort((time, film))),
        lambda film, time: by(sorted(film), range(len(film))),
    ],
    ("15.1", 11): [
        lambda film, time: picked(
            film,
            (test := int(np.argmax(time))),
            max((k for k in range(len(time)) if k != test), key=lambda k: time[k]),
        ),
        lambda film, time: picked(film, *np.lexsort((np.arange(len(time)), -time))[:2]),
    ],
    ("15.1", 12): [
        lambda film, time: (
            (f := film[np.argsort(time, kind="stable")])[:-2],
            f[-2:-1],
            f[-1:],
        ),
        lambda film, time: (
            by(film, np.argsort(time, kind="stable"))[0],
            *np.split(film[np.argsort(time, kind="stable")][-2:], 2),
        ),
    ],
    ("15.1", 13): [
        lambda film, time: by(range(len(film)), np.lexsort((np.arange(len(time)), time))),
        lambda film, time: (
            (rows := sorted(range(len(film)), key=lambda k: time[k]))[:-2],
            *rows[-2:],
        ),
    ],
    ("15.2", 0): [
        lambda scores, wanted: [1 + counted(scores, wanted)[0]] * 3,
        lambda scores, wanted: (len(scores[scores > scores[wanted]]) + 1,) * 3,
    ],
    ("15.2", 1): [
        lambda scores, wanted: (
            (sorted(range(len(scores)), key=lambda film: -scores[film]).index(wanted) + 1,) * 3
        ),
        lambda scores, wanted: (
            (np.lexsort((np.arange(len(scores)), -scores)).tolist().index(wanted) + 1,) * 3
        ),
    ],
    ("15.2", 2): [
        lambda scores, wanted: (
            (above := counted(scores, wanted)[0]),
            above + counted(scores, wanted)[1] - 1,
            above + (counted(scores, wanted)[1] - 1) / 2,
        ),
        lambda scores, wanted: (
            np.sum(scores > scores[wanted]),
            np.sum(scores >= scores[wanted]) - 1,
            (np.sum(scores > scores[wanted]) + np.sum(scores >= scores[wanted]) - 1) / 2,
        ),
    ],
    ("15.2", 3): [
        lambda scores, wanted: (
            (best := 1 + counted(scores, wanted)[0]),
            best + counted(scores, wanted)[1],
            best + counted(scores, wanted)[1] / 2,
        ),
        lambda scores, wanted: (
            np.count_nonzero(scores > scores[wanted]) + 1,
            np.count_nonzero(scores >= scores[wanted]) + 1,
            np.mean(
                [
                    np.count_nonzero(scores > scores[wanted]) + 1,
                    np.count_nonzero(scores >= scores[wanted]) + 1,
                ]
            ),
        ),
    ],
    ("15.2", 4): [
        lambda scores, wanted: (
            1 + (scores < scores[wanted]).sum(),
            (scores <= scores[wanted]).sum(),
            (1 + (scores < scores[wanted]).sum() + (scores <= scores[wanted]).sum()) / 2,
        ),
        lambda scores, wanted: (
            (best := 1 + sum(s < scores[wanted] for s in scores)),
            best + counted(scores, wanted)[1] - 1,
            best + (counted(scores, wanted)[1] - 1) / 2,
        ),
    ],
    ("15.2", 5): [
        lambda scores, wanted: (
            (scores >= scores[wanted]).sum(),
            1 + (scores > scores[wanted]).sum(),
            (1 + (scores > scores[wanted]).sum() + (scores >= scores[wanted]).sum()) / 2,
        ),
        lambda scores, wanted: (
            sum(counted(scores, wanted)),
            1 + counted(scores, wanted)[0],
            counted(scores, wanted)[0] + (1 + counted(scores, wanted)[1]) / 2,
        ),
    ],
    ("15.2", 6): [
        lambda scores, wanted: (
            (best := 1 + (scores > scores[wanted]).sum()),
            (worst := (scores >= scores[wanted]).sum()),
            (best + worst) // 2,
        ),
        lambda scores, wanted: (
            1 + counted(scores, wanted)[0],
            sum(counted(scores, wanted)),
            np.floor((1 + counted(scores, wanted)[0] + sum(counted(scores, wanted))) / 2),
        ),
    ],
    ("15.2", 7): [
        lambda scores, wanted: (1 + list(np.unique(scores)[::-1]).index(scores[wanted]),) * 3,
        lambda scores, wanted: (len(np.unique(scores[scores >= scores[wanted]])),) * 3,
    ],
    ("15.2", 8): [
        lambda scores, wanted: (
            1 + counted(scores, wanted)[0],
            sum(counted(scores, wanted)),
            counted(scores, wanted)[0] + counted(scores, wanted)[1] / 2,
        ),
        lambda scores, wanted: (
            (best := 1 + (scores > scores[wanted]).sum()),
            (worst := (scores >= scores[wanted]).sum()),
            (best - 1 + worst) / 2,
        ),
    ],
    ("15.2", 9): [
        lambda scores, wanted: (
            (best := 1 + counted(scores, wanted)[0]),
            (worst := sum(counted(scores, wanted)) - 1),
            (best + worst) / 2,
        ),
        lambda scores, wanted: (
            (ahead := (scores > scores[wanted]).sum()) + 1,
            ahead + (others := (np.delete(scores, wanted) == scores[wanted]).sum()),
            ahead + (others + 1) / 2,
        ),
    ],
    ("15.2", 10): [
        lambda scores, wanted: (
            (best := 1 + counted(scores, wanted)[0]),
            (best + sum(counted(scores, wanted))) / 2,
            sum(counted(scores, wanted)),
        ),
        lambda scores, wanted: (
            (ahead := (scores > scores[wanted]).sum()) + 1,
            ahead + ((equal := (scores == scores[wanted]).sum()) + 1) / 2,
            ahead + equal,
        ),
    ],
    ("15.2", 11): [
        lambda scores, wanted: (
            (above := sum(s > wanted for s in scores)) + 1,
            above + sum(s == wanted for s in scores),
            above + (sum(s == wanted for s in scores) + 1) / 2,
        ),
        lambda scores, wanted: (
            len(scores[scores > wanted]) + 1,
            len(scores[scores >= wanted]),
            (len(scores[scores > wanted]) + 1 + len(scores[scores >= wanted])) / 2,
        ),
    ],
    ("15.2", 12): [
        lambda scores, wanted: [np.where(np.argsort(-scores) == wanted)[0][0] + 1] * 3,
        lambda scores, wanted: (np.argsort(np.argsort(-scores))[wanted] + 1,) * 3,
    ],
    ("15.2", 13): [
        lambda scores, wanted: (
            (best := 1 + counted(scores, wanted)[0]),
            sum(counted(scores, wanted)),
            best + counted(scores, wanted)[1] / 2,
        ),
        lambda scores, wanted: (
            (ahead := (scores > scores[wanted]).sum()) + 1,
            ahead + (equal := (scores == scores[wanted]).sum()),
            (2 * ahead + equal + 2) / 2,
        ),
    ],
    ("15.3", 0): [
        lambda table, h, W, a, b: logits_of(table, h, W, a, b),
        lambda table, h, W, a, b: b + (table @ (a + W.dot(h)))[: len(b)],
    ],
    ("15.3", 1): [
        lambda table, h, W, a, b: (z := logits_of(table, h, W, a, b)) - np.logaddexp.reduce(z),
        lambda table, h, W, a, b: np.log(softmax(logits_of(table, h, W, a, b))),
    ],
    ("15.3", 2): [
        lambda table, h, W, a, b: (z := logits_of(table, h, W, a, b)) / z.sum(),
        lambda table, h, W, a, b: (z := b + table[:-1] @ (h @ W.T + a)) / sum(z),
    ],
    ("15.3", 3): [
        lambda table, h, W, a, b: softmax(table[:-1] @ (W @ h) + b),
        lambda table, h, W, a, b: softmax(table[:-1] @ W @ h + b),
    ],
    ("15.3", 4): [
        lambda table, h, W, a, b: softmax(table[:-1] @ (W @ h + a)),
        lambda table, h, W, a, b: softmax(logits_of(table, h, W, a, b) - b),
    ],
    ("15.3", 5): [
        lambda table, h, W, a, b: softmax(np.sqrt(len(a)) * table[:-1] @ (W @ h + a) + b),
        lambda table, h, W, a, b: softmax(logits_of(table * table.shape[1] ** 0.5, h, W, a, b)),
    ],
    ("15.3", 6): [
        lambda table, h, W, a, b: softmax(table[:-1] @ (h @ W + a) + b),
        lambda table, h, W, a, b: softmax(logits_of(table, h, np.transpose(W), a, b)),
    ],
    ("15.3", 7): [
        lambda table, h, W, a, b: softmax(b + (table @ (W @ h + a))[1:]),
        lambda table, h, W, a, b: softmax(logits_of(np.delete(table, 0, 0), h, W, a, b)),
    ],
    ("15.3", 8): [
        lambda table, h, W, a, b: softmax(np.append(logits_of(table, h, W, a, b), 0.0))[: len(b)],
        lambda table, h, W, a, b: (e := np.exp(logits_of(table, h, W, a, b))) / (1.0 + e.sum()),
    ],
    ("15.3", 9): [
        lambda table, h, W, a, b: softmax(np.append(logits_of(table, h, W, a, b), 0.0)),
        lambda table, h, W, a, b: (
            (e := np.exp([row @ (W @ h + a) for row in table] + np.array([*b, 0]))) / sum(e)
        ),
    ],
    ("15.3", 10): [
        lambda table, h, W, a, b: softmax(table[:-1] @ (W @ h + a)) + b,
        lambda table, h, W, a, b: b + softmax(logits_of(table, h, W, a, b) - b),
    ],
    ("15.4", 0): [
        lambda logits, seen, wanted: nats_among(logits, seen == seen, wanted),
        lambda logits, seen, wanted: -(logits - np.logaddexp.reduce(logits))[wanted],
    ],
    ("15.4", 1): [
        lambda logits, seen, wanted: (
            -np.log(softmax_without(logits * (1 - seen), 0 * seen, wanted))
        ),
        lambda logits, seen, wanted: np.logaddexp.reduce(logits * ~seen) - logits[wanted],
    ],
    ("15.4", 2): [
        lambda logits, seen, wanted: nats_among(logits, seen, wanted),
        lambda logits, seen, wanted: np.logaddexp.reduce(logits[seen]) - logits[wanted],
    ],
    ("15.4", 3): [
        lambda logits, seen, wanted: np.log(softmax_without(logits, seen, wanted)),
        lambda logits, seen, wanted: logits[wanted] - np.logaddexp.reduce(logits[~seen]),
    ],
    ("15.4", 4): [
        lambda logits, seen, wanted: softmax_without(logits, seen, wanted),
        lambda logits, seen, wanted: 1 / np.exp(logits[~seen] - logits[wanted]).sum(),
    ],
    ("15.4", 5): [
        lambda logits, seen, wanted: -np.log2(softmax_without(logits, seen, wanted)),
        lambda logits, seen, wanted: np.log2(np.exp(logits[~seen] - logits[wanted]).sum()),
    ],
    ("15.4", 6): [
        lambda logits, seen, wanted: (
            -np.log(softmax_without(logits, seen | (np.arange(len(seen)) == wanted), wanted))
        ),
        lambda logits, seen, wanted: (
            np.logaddexp.reduce(
                [logits[f] for f in range(len(logits)) if not seen[f] and f != wanted]
            )
            - logits[wanted]
        ),
    ],
    ("15.4", 7): [
        lambda logits, seen, wanted: (
            np.logaddexp.reduce(logits[~seen]) - logits[np.flatnonzero(~seen)[wanted]]
        ),
        lambda logits, seen, wanted: (
            -np.log(np.exp(z := np.delete(logits, np.flatnonzero(seen))) / np.exp(z).sum())[wanted]
        ),
    ],
    ("15.4", 8): [
        lambda logits, seen, wanted: (
            2 * nats_among(logits, seen == seen, wanted) - nats_among(logits, ~seen, wanted)
        ),
        lambda logits, seen, wanted: (
            (total := np.logaddexp.reduce(logits))
            - np.logaddexp.reduce(logits[~seen])
            + (total - logits[wanted])
        ),
    ],
    ("15.4", 9): [
        lambda logits, seen, wanted: (
            0.5 * nats_among(logits, seen == seen, wanted) + 0.5 * nats_among(logits, ~seen, wanted)
        ),
        lambda logits, seen, wanted: (
            np.mean([np.logaddexp.reduce(z) for z in (logits, logits[~seen])]) - logits[wanted]
        ),
    ],
    ("15.5", 0): [
        lambda rank, films, drawn, k: urn(rank - 1, films - rank, drawn, range(k + 1)),
        lambda rank, films, drawn, k: (
            1 - urn(rank - 1, films - rank, drawn, range(k + 1, drawn + 1))
        ),
    ],
    ("15.5", 1): [
        lambda rank, films, drawn, k: urn(rank, films - 1 - rank, drawn, range(k)),
        lambda rank, films, drawn, k: 1 - urn(rank, films - rank - 1, drawn, range(k, drawn + 1)),
    ],
    ("15.5", 2): [
        lambda rank, films, drawn, k: urn(rank - 1, films - rank, drawn, [k - 1]),
        lambda rank, films, drawn, k: (
            urn(rank - 1, films - rank, drawn, range(k))
            - urn(rank - 1, films - rank, drawn, range(k - 1))
        ),
    ],
    ("15.5", 3): [
        lambda rank, films, drawn, k: sum(
            comb(drawn, j)
            * ((rank - 1) / (films - 1)) ** j
            * ((films - rank) / (films - 1)) ** (drawn - j)
            for j in range(k)
        ),
        lambda rank, films, drawn, k: (
            sum(comb(drawn, j) * (rank - 1) ** j * (films - rank) ** (drawn - j) for j in range(k))
            / (films - 1) ** drawn
        ),
    ],
    ("15.5", 4): [
        lambda rank, films, drawn, k: urn(rank - 1, films - rank, drawn, range(k, drawn + 1)),
        lambda rank, films, drawn, k: 1 - urn(rank - 1, films - rank, drawn, range(k)),
    ],
    ("15.5", 5): [
        lambda rank, films, drawn, k: urn(rank - 1, films - rank + 1, drawn, range(k)),
        lambda rank, films, drawn, k: (
            1 - urn(rank - 1, films + 1 - rank, drawn, range(k, drawn + 1))
        ),
    ],
    ("15.5", 6): [
        lambda rank, films, drawn, k: 1 if drawn * (rank - 1) / (films - 1) <= k - 1 else 0,
        lambda rank, films, drawn, k: int((k - 1) * (films - 1) >= drawn * (rank - 1)),
    ],
    ("15.5", 7): [
        lambda rank, films, drawn, k: (
            sum(comb(rank - 1, j) * comb(films - rank, drawn - j) for j in range(k))
            / comb(films, drawn)
        ),
        lambda rank, films, drawn, k: (
            urn(rank - 1, films - rank, drawn, range(k))
            * (comb(films - 1, drawn) / comb(films, drawn))
        ),
    ],
    ("15.5", 8): [
        lambda rank, films, drawn, k: urn(rank, films - rank, drawn, range(k)),
        lambda rank, films, drawn, k: 1 - urn(rank, films - rank, drawn, range(k, drawn + 1)),
    ],
    ("15.5", 9): [
        lambda rank, films, drawn, k: (
            sum(comb(rank, j) * comb(films - rank, drawn - j) for j in range(k))
            / comb(films - 1, drawn)
        ),
        lambda rank, films, drawn, k: (
            urn(rank, films - rank, drawn, range(k)) / (1 - drawn / films)
        ),
    ],
    ("15.5", 10): [
        lambda rank, films, drawn, k: urn(rank - 1, films - rank, drawn + 1, range(k)),
        lambda rank, films, drawn, k: (
            1 - urn(rank - 1, films - rank, drawn + 1, range(k, drawn + 2))
        ),
    ],
    ("15.5", 11): [
        lambda rank, films, drawn, k: urn(films - rank, rank - 1, drawn, range(k)),
        lambda rank, films, drawn, k: urn(
            rank - 1, films - rank, drawn, range(max(drawn - k + 1, 0), drawn + 1)
        ),
    ],
    ("15.5", 12): [
        lambda rank, films, drawn, k: urn(rank - 1, films - rank, drawn, range(1, k)),
        lambda rank, films, drawn, k: urn(rank - 1, films - rank, drawn, range(k - 1, 0, -1)),
    ],
    ("15.5", 13): [
        lambda rank, films, drawn, k: k / rank,
        lambda rank, films, drawn, k: 1 / (rank / k),
    ],
}
