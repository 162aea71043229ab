"""What simple rivals reach on the three problems, each with settings chosen on its own validation.

A library's models, but for dynamic time warping, which is three lines of a table.
"""

import warnings
from collections.abc import Mapping

import numpy as np
from numba import njit

from lstm_lib.experiments.search.problems import Problem, padded

DECAYS = (1e-5, 3e-5, 1e-4, 1e-3)
STEPS = 200  # of L-BFGS: enough, or an early stop
FRAMES = (1, 2, 4)
POINTS = 8


def floors(problem: Problem) -> dict[str, dict]:
    """Each rival's validation and test score: nats a frame for music, else shares of errors.

    `trials`: how many settings it had to choose from, by the validation part.
    """
    return music_floors(problem) if problem.each_step else label_floors(problem)


def music_floors(problem: Problem) -> dict[str, dict]:
    """How often each key sounds; a logistic regression on the last 1, 2 or 4 frames."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    parts = {name: getattr(problem.split, name) for name in ("train", "valid", "test")}
    targets = {name: np.concatenate(problem.targets[part]) for name, part in parts.items()}
    share = (targets["train"].sum(axis=0) + 1) / (len(targets["train"]) + 2)
    rows = {
        "each key's share": {
            name: nats(np.broadcast_to(share, targets[name].shape), targets[name])
            for name in ("valid", "test")
        }
        | {"trials": 1}
    }
    tried = []
    for frames in FRAMES:
        x = {
            name: np.concatenate([last_frames(one, frames) for one in problem.sequences[part]])
            for name, part in parts.items()
        }
        for decay in DECAYS:  # without a hidden layer it is a logistic regression for each key
            model = MLPClassifier((), alpha=decay * len(x["train"]), solver="lbfgs", max_iter=STEPS)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(x["train"], targets["train"])
            score = {
                name: nats(model.predict_proba(x[name]), targets[name])
                for name in ("valid", "test")
            }
            tried.append({**score, "frames": frames, "decay": decay})
    return rows | {"logistic regression": best(tried)}


def nats(probability: np.ndarray, target: np.ndarray) -> float:
    """Mean over frames of −Σ over keys of the log probability of what was there."""
    p = np.clip(np.where(target > 0, probability, 1 - probability), 1e-6, 1)
    return float(-np.log(p).sum(axis=1).mean())


def last_frames(sequence: np.ndarray, frames: int) -> np.ndarray:
    """(T, frames·I): each step with those before it, zeros before the first.

    >>> last_frames(np.array([[1.0], [2.0]]), 2).tolist()
    [[1.0, 0.0], [2.0, 1.0]]
    """
    before = np.zeros((frames - 1, sequence.shape[1]), sequence.dtype)
    whole, steps = np.concatenate([before, sequence]), len(sequence)
    return np.hstack([whole[frames - 1 - k : frames - 1 - k + steps] for k in range(frames)])


def label_floors(problem: Problem) -> dict[str, dict]:
    """The nearest sequence after warping of time; a forest and a support vector machine on each
    sequence at eight equal steps of its time."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.svm import SVC

    x = np.stack([resampled(one, POINTS).ravel() for one in problem.sequences])
    y, split = problem.targets, problem.split
    rows = {"1-NN, time warped": best([nearest(problem, window) for window in (0, 1, 2, 5, 30)])}
    families = {
        "random forest": [
            RandomForestClassifier(300, max_features=m, random_state=0, n_jobs=1)
            for m in ("sqrt", 0.3, 0.6)
        ],
        "support vector machine": [
            SVC(C=c, gamma=g / x.shape[1]) for c in (1, 10, 100) for g in (0.1, 0.3, 1, 3)
        ],
    }
    for name, models in families.items():
        tried = []
        for model in models:
            model.fit(x[split.train], y[split.train])
            tried.append(
                {
                    part: float(np.mean(model.predict(x[at]) != y[at]))
                    for part, at in (("valid", split.valid), ("test", split.test))
                }
            )
        rows[name] = best(tried)
    return rows


def best(tried: list[dict]) -> dict:
    """Of several settings the one with the lowest validation score; the first among equals."""
    return {**min(tried, key=lambda one: one["valid"]), "trials": len(tried)}


def resampled(sequence: np.ndarray, points: int) -> np.ndarray:
    """(points, I): a sequence at equal steps of its time, from its first to its last, linearly.

    >>> resampled(np.array([[0.0], [1.0], [4.0]]), 5).ravel().tolist()
    [0.0, 0.5, 1.0, 2.5, 4.0]
    """
    at = np.linspace(0, len(sequence) - 1, points)
    return np.stack(
        [np.interp(at, np.arange(len(sequence)), column) for column in sequence.T], axis=1
    )


def nearest(problem: Problem, window: int) -> Mapping[str, float]:
    """Share of errors when each sequence gets the class of the nearest of the training part."""
    train = problem.split.train
    known = problem.targets[train]
    x, lengths = padded(problem.sequences)
    x = x.transpose(1, 0, 2).astype(np.float64)
    scores: dict[str, float] = {"window": window}
    for part in ("valid", "test"):
        at = getattr(problem.split, part)
        rows = nearest_rows(x[at], lengths[at], x[train], lengths[train], window)
        scores[part] = float(np.mean(known[rows] != problem.targets[at]))
    return scores


@njit(cache=True)
def nearest_rows(asked, asked_lengths, known, known_lengths, window):
    """Of each sequence the row of the known one with the least warped distance."""
    rows = np.zeros(len(asked), np.int64)
    for k in range(len(asked)):
        least = np.inf
        for m in range(len(known)):
            far = warped_distance(
                asked[k, : asked_lengths[k]], known[m, : known_lengths[m]], window, least
            )
            if far < least:
                least, rows[k] = far, m
    return rows


@njit(cache=True)
def warped_distance(a, b, window, limit):
    """Dynamic time warping (Sakoe & Chiba 1978): the least sum of squared distances on a way
    through both, D[s, t] = |a_s − b_t|² + min(D[s−1, t], D[s, t−1], D[s−1, t−1]).

    A way may leave the diagonal by `window` steps, or by as many as the lengths differ. Above
    `limit` the sum is not finished.
    """
    window = max(window, abs(len(a) - len(b)))
    before = np.full(len(b) + 1, np.inf)
    before[0] = 0.0
    for s in range(len(a)):
        now, least = np.full(len(b) + 1, np.inf), np.inf
        for t in range(max(0, s - window), min(len(b), s + window + 1)):
            far = 0.0
            for k in range(a.shape[1]):
                far += (a[s, k] - b[t, k]) ** 2
            now[t + 1] = far + min(before[t + 1], now[t], before[t])
            least = min(least, now[t + 1])
        if least >= limit:
            return np.inf
        before = now
    return before[len(b)]
