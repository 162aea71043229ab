"""Where does the film that was watched next stand among all films? Ranks, HR@k, NDCG@k.

A tie is counted against the scorer: the rank is the worst that its scores allow. Any other rule
pays for saying nothing: a scorer that gives all films one score would rank every film first, and
a Markov chain, which gives most films the score 0, would double its hits.
"""

from collections.abc import Sequence

import numpy as np


def ranks(
    scores: np.ndarray, wanted: np.ndarray, seen: Sequence[np.ndarray] | None = None
) -> np.ndarray:
    """The rank of each user's wanted film among all films, 1 the best, the worst of equals.

    rank_u = number of films f with score_uf >= score_u,wanted (the wanted film itself included)

    scores (U, F), the higher the better; -inf is allowed, NaN is not. wanted (U,) film numbers.
    With `seen`, U arrays of film numbers, those films are masked: they do not compete. Returns (U,)
    integers. Raises ValueError for NaN, for shapes that do not fit, if a wanted film is masked.

    >>> scores = np.array([[0.5, 0.9, 0.5, 0.1]])
    >>> ranks(scores, np.array([0])), ranks(scores, np.array([0]), [np.array([1])])
    (array([3]), array([2]))
    """
    scores, wanted = np.asarray(scores), np.asarray(wanted)
    if scores.ndim != 2 or wanted.shape != scores.shape[:1]:
        raise ValueError(
            f"scores must be (U, F) and wanted (U,); got {scores.shape} and {wanted.shape}"
        )
    if np.isnan(scores).any():
        raise ValueError("scores must not be NaN: a NaN compares with nothing")
    users = np.arange(len(scores))
    ahead = scores >= scores[users, wanted][:, None]
    if seen is not None:
        ahead &= ~seen_films(seen, scores.shape)
        if not ahead[users, wanted].all():
            user = int(np.argmin(ahead[users, wanted]))
            raise ValueError(f"user {user}: the wanted film {wanted[user]} is among the seen ones")
    return ahead.sum(1)


def seen_films(seen: Sequence[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """(U, F) bool, True where user u has seen film f.

    >>> seen_films([np.array([2]), np.array([0, 1])], (2, 3)).astype(int)
    array([[0, 0, 1],
           [1, 1, 0]])
    """
    if len(seen) != shape[0]:
        raise ValueError(f"seen must have {shape[0]} entries, one a user; got {len(seen)}")
    table = np.zeros(shape, dtype=bool)
    for row, films in zip(table, seen, strict=True):
        row[np.asarray(films, dtype=np.int64)] = True
    return table


def hits(rank: np.ndarray, k: int = 10) -> np.ndarray:
    """1 where the film is among the first k, else 0; its mean is HR@k.

    >>> hits(np.array([1, 10, 11]))
    array([1., 1., 0.])
    """
    return (np.asarray(rank) <= k).astype(np.float64)


def gains(rank: np.ndarray, k: int = 10) -> np.ndarray:
    """1 / log2(1 + rank) among the first k, else 0; with one wanted film its mean is NDCG@k.

    Järvelin & Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques".

    >>> gains(np.array([1, 3, 11]))
    array([1. , 0.5, 0. ])
    """
    rank = np.asarray(rank, dtype=np.float64)
    return np.where(rank <= k, 1.0 / np.log2(1.0 + rank), 0.0)


def sampled_ranks(
    scores: np.ndarray,
    wanted: np.ndarray,
    seen: Sequence[np.ndarray],
    negatives: int = 100,
    seed: int = 0,
) -> np.ndarray:
    """The rank of the wanted film among `negatives` films drawn at random: a much easier question.

    Drawn for each user, without replacement, from the films that are neither seen nor wanted.
    Krichene & Rendle (2020), "On sampled metrics for item recommendation", show that such ranks can
    order two methods the other way round than ranks among all films do.

    As `ranks`, (U,) integers from 1 to negatives + 1.
    """
    scores, wanted = np.asarray(scores), np.asarray(wanted)
    barred = seen_films(seen, scores.shape)
    barred[np.arange(len(scores)), wanted] = True
    if (left := int((~barred).sum(1).min())) < negatives:
        raise ValueError(f"negatives must be at most {left}, the unseen films; got {negatives}")
    rng, places = np.random.default_rng(seed), np.empty(len(scores), dtype=np.int64)
    for user, row in enumerate(scores):
        drawn = rng.choice(np.flatnonzero(~barred[user]), negatives, replace=False)
        places[user] = 1 + (row[drawn] >= row[wanted[user]]).sum()
    return places
