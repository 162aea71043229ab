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
    ("15.3", 0): [
        lambda logits, seen, wanted: -np.log(softmax_without(logits, 0 * seen, wanted)),
        lambda logits, seen, wanted: -(logits - np.logaddexp.reduce(logits))[wanted],
    ],
    ("15.3", 1): [
        lambda logits, seen, wanted: (
            -np.log(softmax_without(logits * (1 - seen), 0 * seen, wanted))
        ),
        lambda logits, seen, wanted: np.logaddexp.reduce(logits * ~seen) - logits[wanted],
    ],
    ("15.3", 2): [
        lambda logits, seen, wanted: -np.log(softmax_without(logits, ~seen, wanted)),
        lambda logits, seen, wanted: np.logaddexp.reduce(logits[seen]) - logits[wanted],
    ],
    ("15.3", 3): [
        lambda logits, seen, wanted: np.log(softmax_without(logits, seen, wanted)),
        lambda logits, seen, wanted: logits[wanted] - np.logaddexp.reduce(logits[~seen]),
    ],
    ("15.3", 4): [
        lambda logits, seen, wanted: softmax_without(logits, seen, wanted),
        lambda logits, seen, wanted: 1 / np.exp(logits[~seen] - logits[wanted]).sum(),
    ],
    ("15.3", 5): [
        lambda logits, seen, wanted: -np.log2(softmax_without(logits, seen, wanted)),
        lambda logits, seen, wanted: np.log2(np.exp(logits[~seen] - logits[wanted]).sum()),
    ],
    ("15.3", 6): [
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
    ("15.4", 0): [
        lambda rank, films, drawn, k: urn(rank - 1, films - rank, drawn, range(k + 1)),
        lambda rank, films, drawn, k: (
            1 - urn(rank - 1, films - rank, drawn, range(k + 1, drawn + 1))
        ),
    ],
    ("15.4", 1): [
        lambda rank, films, drawn, k: urn(rank, films - 1 - rank, drawn, range(k)),
        lambda rank, films, drawn, k: 1 - urn(rank, films - rank - 1, drawn, range(k, drawn + 1)),
    ],
    ("15.4", 2): [
        lambda rank, films, drawn, k: urn(rank - 1, films - rank, drawn, [k - 1]),
        lambda rank, films, drawn, k: (
            urn(rank - 1, films - rank, drawn, range(k))
            - urn(rank - 1, films - rank, drawn, range(k - 1))
        ),
    ],
    ("15.4", 3): [
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
    ("15.4", 4): [
        lambda rank, films, drawn, k: urn(rank - 1, films - rank, drawn, range(k, drawn + 1)),
        lambda rank, films, drawn, k: 1 - urn(rank - 1, films - rank, drawn, range(k)),
    ],
    ("15.4", 5): [
        lambda rank, films, drawn, k: urn(rank - 1, films - rank + 1, drawn, range(k)),
        lambda rank, films, drawn, k: (
            1 - urn(rank - 1, films + 1 - rank, drawn, range(k, drawn + 1))
        ),
    ],
    ("15.4", 6): [
        lambda rank, films, drawn, k: 1 if drawn * (rank - 1) / (films - 1) <= k - 1 else 0,
        lambda rank, films, drawn, k: int((k - 1) * (films - 1) >= drawn * (rank - 1)),
    ],
}
