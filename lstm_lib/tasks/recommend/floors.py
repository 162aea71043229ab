"""What a recommender has to beat: popularity, two Markov chains, films that go together.

Each floor is fitted on the training part alone and gives scores (U, F) after the U histories
`given`.
"""

from collections.abc import Callable, Sequence

import numpy as np

from lstm_lib.tasks.recommend.data import History, Prepared

WINDOW, LAST, DECAY = 10, 10, 0.8
PRIOR = 10.0  # of the chain that is mixed with a model


def popularity(data: Prepared, given: Sequence[History]) -> np.ndarray:
    """How many people rated a film: the same scores for everyone."""
    return np.tile(data.popularity.astype(np.float64), (len(given), 1))


def transitions(histories: Sequence[np.ndarray], films: int, window: int = 1) -> np.ndarray:
    """(F, F): entry [a, b] sums 1 / distance over all places where b follows a within `window`.

    >>> transitions([np.array([0, 1, 2])], 3, window=2)
    array([[0. , 1. , 0.5],
           [0. , 0. , 1. ],
           [0. , 0. , 0. ]])
    """
    counts = np.zeros((films, films))
    for history in histories:
        for distance in range(1, min(window, len(history) - 1) + 1):
            np.add.at(counts, (history[:-distance], history[distance:]), 1.0 / distance)
    return counts


def shares(counts: np.ndarray) -> np.ndarray:
    """Each row divided by its sum: from counts to probabilities; an empty row stays 0."""
    total = counts.sum(-1, keepdims=True)
    return np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)


def markov(data: Prepared, given: Sequence[History]) -> np.ndarray:
    """P(next film | last film), counted; films that never followed come last, by popularity."""
    chain = shares(transitions([history.film for history in data.train], data.films))
    return np.stack([chain[history.film[-1]] for history in given]) + _last_resort(data)


def decayed_markov(data: Prepared, given: Sequence[History], prior: float = 0.0) -> np.ndarray:
    """The strong floor: transitions over ten films, summed over the last ten.

    score_b = Σ_{k=0..9} 0.8^k P10(b | x_{n-k}), where P10 counts what followed within ten films,
    each by 1 / distance: consecutive ratings often share their second, so that the next film is no
    better known than the one after. To every film's transitions `prior` more are added, by
    popularity: none in the floor; in a mixture (`mixed`) no film may have the probability 0.
    """
    counts = transitions([history.film for history in data.train], data.films, WINDOW)
    chain = shares(counts + prior * data.popularity / data.popularity.sum())
    return np.stack([_faded_rows(chain[history.film[-LAST:]]) for history in given]) + _last_resort(
        data
    )


def smoothed_markov(data: Prepared, given: Sequence[History]) -> np.ndarray:
    """`decayed_markov` with `PRIOR` transitions by popularity: what is mixed with a model."""
    return decayed_markov(data, given, PRIOR)


def others_markov(data: Prepared, given: Sequence[History]) -> np.ndarray:
    """`decayed_markov` counted without the user who asks: what he saw next, he will not see again.

    `given` must be the users of the data, all of them, in their order.
    """
    if len(given) != len(data.train):
        raise ValueError(f"given must have {len(data.train)} entries, all users; got {len(given)}")
    counts = transitions([history.film for history in data.train], data.films, WINDOW)
    rows = []
    for own, history in zip(data.train, given, strict=True):
        known = history.film[-LAST:]
        left = counts[known] - _followed(own.film, known, data.films)
        rows.append(_faded_rows(shares(np.where(left > 1e-9, left, 0.0))))
    return np.stack(rows) + _last_resort(data)


def neighbours(data: Prepared, given: Sequence[History]) -> np.ndarray:
    """Films that the same people rated: cosine of their columns, older films fading.

    score_b = Σ_k 0.9^k cos(x_{n-k}, b), as item-kNN (Sarwar et al. 2001, "Item-based
    collaborative filtering") with all neighbours. Over
    the last ten films alone it is stronger, yet below the decayed chain.
    """
    table = np.zeros((len(data.train), data.films))
    for row, history in zip(table, data.train, strict=True):
        row[history.film] = 1.0
    together = table.T @ table
    size = np.sqrt(np.maximum(np.diag(together), 1.0))
    alike = together / size[:, None] / size
    np.fill_diagonal(alike, 0.0)
    return np.stack([_faded_rows(alike[history.film], 0.9) for history in given])


FLOORS: dict[str, Callable[[Prepared, Sequence[History]], np.ndarray]] = {
    "popularity": popularity,
    "item-kNN": neighbours,
    "Markov": markov,
    "decayed Markov": decayed_markov,
    "smoothed decayed Markov": smoothed_markov,
    "others' decayed Markov": others_markov,
}


def _faded_rows(rows: np.ndarray, decay: float = DECAY) -> np.ndarray:
    """Σ_k decay^k rows[-1 - k], (K, F) -> (F,)."""
    return decay ** np.arange(len(rows))[::-1] @ rows


def _followed(own: np.ndarray, known: np.ndarray, films: int) -> np.ndarray:
    """(K, F): the transitions of one user's own history from each of the films `known`."""
    place = {film: n for n, film in enumerate(own.tolist())}
    counts = np.zeros((len(known), films))
    for row, film in zip(counts, known.tolist(), strict=True):
        if (n := place.get(film)) is not None:
            after = own[n + 1 : n + 1 + WINDOW]
            row[after] = 1.0 / np.arange(1, len(after) + 1)
    return counts


def _last_resort(data: Prepared) -> np.ndarray:
    """Popularity so small that it only orders what would be tied."""
    return 1e-9 * data.popularity / data.popularity.sum()
