"""What has to be beaten without a network: Gaussians and mixtures, tuned on the validation part."""

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

from lstm_lib.tasks.handwriting.data import DRAW, END, LIFT, Paths

Density = Callable[[np.ndarray], np.ndarray]  # points (N, D) -> ln p, (N,)
LEAST = 1e-3  # of a floor's covariance, in units of the scale: that nothing has no width


def gaussian(points: np.ndarray) -> Density:
    """The one Gaussian of these points (N, D).

    >>> round(float(gaussian(np.array([[-1.0], [1.0]]))(np.zeros((1, 1)))[0]), 3)
    -0.919
    """
    return mixture_of(
        np.ones(1),
        points.mean(0)[None],
        np.cov(points.T, bias=True).reshape(1, *2 * points.shape[1:]),
    )


def mixture_of(weights: np.ndarray, means: np.ndarray, covariances: np.ndarray) -> Density:
    """ln p of a mixture: weights (K,), means (K, D), covariances (K, D, D)."""
    roots = np.linalg.cholesky(covariances + 1e-9 * np.eye(means.shape[1]))
    constant = means.shape[1] * np.log(2 * np.pi) / 2
    logdet = np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(1)
    inverse = np.linalg.inv(roots)

    def density(points: np.ndarray) -> np.ndarray:
        away = [(points - mean) @ root.T for mean, root in zip(means, inverse, strict=True)]
        z = np.stack([(one**2).sum(1) for one in away], 1)
        return logsumexp(np.log(weights) - constant - logdet - z / 2, axis=1)

    return density


def fitted_mixture(points: np.ndarray, components: int, least: float = LEAST) -> Density:
    """A mixture fitted by expectation and maximisation (Dempster, Laird & Rubin 1977)."""
    from sklearn.mixture import GaussianMixture

    found = GaussianMixture(
        components, reg_covar=least, random_state=0, max_iter=200, tol=1e-3
    ).fit(points)
    return mixture_of(found.weights_, found.means_, found.covariances_)


def moves(paths: Paths, part: str) -> tuple[np.ndarray, np.ndarray]:
    """All offsets of a part with their noise, divided by the scale (P, 2), and the pen's, (P,)."""
    rows = getattr(paths.split, part)
    pen = paths.pen[rows].numpy()
    there = (pen == DRAW) | (pen == LIFT)
    there = there[:, : paths.offsets.shape[1]]
    offsets = (paths.offsets[rows] + paths.noise[rows]).double().numpy() / paths.scale
    return offsets[there], pen[:, : there.shape[1]][there]


def whole(paths: Paths, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Each path as one point of 2 T numbers (N, 2 T), and its label: where all are equally long."""
    rows = getattr(paths.split, part)
    offsets = (paths.offsets[rows] + paths.noise[rows]).double().numpy() / paths.scale
    return offsets.reshape(len(offsets), -1), paths.labels[rows].numpy()


def by_kind(fit: Callable[[np.ndarray], Density], paths: Paths, part: str) -> np.ndarray:
    """Nats of every point of a part, one density for each thing that the pen does, (P,)."""
    known, pens = moves(paths, "train")
    points, pen = moves(paths, part)
    nats = np.zeros(len(points))
    for kind in np.unique(pens):
        nats[pen == kind] = -fit(known[pens == kind])(points[pen == kind])
    return nats


def by_label(fit: Callable[[np.ndarray], Density], paths: Paths, part: str) -> np.ndarray:
    """Nats of every whole path of a part, one density for each label, (N,)."""
    known, labels = whole(paths, "train")
    points, label = whole(paths, part)
    nats = np.zeros(len(points))
    for one in np.unique(labels):
        nats[label == one] = -fit(known[labels == one])(points[label == one])
    return nats


def pen_markov(paths: Paths, part: str) -> np.ndarray:
    """Nats of the pen at every point, given what it did before: counts, each one larger.

    The end is counted with the last point.
    """
    counts = np.ones((paths.kinds + 1, paths.kinds))
    for row in _rows(paths, "train"):
        np.add.at(counts, (np.append(-1, row[:-1]), row), 1)
    logp = np.log(counts / counts.sum(1, keepdims=True))
    nats = []
    for row in _rows(paths, part):
        each = -logp[np.append(-1, row[:-1]), row]
        if row[-1] == END:
            each[-2] += each[-1]
            each = each[:-1]
        nats.append(each)
    return np.concatenate(nats)


def _rows(paths: Paths, part: str) -> list[np.ndarray]:
    return [row[row >= 0] for row in paths.pen[getattr(paths.split, part)].numpy()]
