"""What a network of digits has to beat: counts, a regression, boosted trees; same pixels, same way.

Each floor is fitted on pixels (N, R, C) and labels (N,), or None where the class is not told, and
gives a function (pixels, labels) -> nats of each picture, (N,): an exact likelihood, since each
pixel's probability is made of the pixels before it alone.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F

from lstm_lib.tasks.images.data import CLASSES, Prepared, drawn_pixels
from lstm_lib.tasks.images.model import above, left
from lstm_lib.train import Batches, warmup_cosine
from lstm_lib.train.seeds import untouched_random_state

LEAST = 1e-6  # no pixel is surer than this
Nats = Callable[[np.ndarray, np.ndarray | None], np.ndarray]


def sum_nats(x: np.ndarray, p: np.ndarray) -> np.ndarray:
    """-log p of each picture: x (N, R, C) 0 or 1, p (N, R, C) the probability of ink -> (N,)."""
    p = p.clip(LEAST, 1 - LEAST)
    return -np.log(np.where(x > 0.5, p, 1 - p)).sum((1, 2))


def neighbours(count: int) -> list[tuple[int, int]]:
    """The `count` nearest pixels that come before: (rows up, columns to the right), near first.

    >>> neighbours(4)
    [(0, -1), (1, 0), (1, -1), (1, 1)]
    """
    reach = range(-12, 13)
    before = [(up, c) for up in range(13) for c in reach if up > 0 or c < 0]
    return sorted(before, key=lambda n: (n[0] ** 2 + n[1] ** 2, n[0], n[1]))[:count]


def window(x: np.ndarray, places: list[tuple[int, int]]) -> np.ndarray:
    """What stands at these places beside each pixel, 0 outside: (N, R, C) -> (N, R, C, K) uint8."""
    far = max(max(up, abs(c)) for up, c in places)
    padded = np.pad(x.astype(np.uint8), ((0, 0), (far, far), (far, far)))
    _, rows, columns = x.shape
    return np.stack(
        [padded[:, far - up : far - up + rows, far + c : far + c + columns] for up, c in places],
        -1,
    )


def independent(x: np.ndarray, label: np.ndarray | None, prior: float = 1.0) -> Nats:
    """Each pixel by itself: how often there is ink here (of this class, if it is told)."""
    groups = np.zeros(len(x), dtype=int) if label is None else label
    tables = np.stack(
        [
            (x[groups == k].sum(0) + prior * x.mean()) / ((groups == k).sum() + prior)
            for k in range(groups.max() + 1)
        ]
    )
    tables = tables.clip(1e-6, 1 - 1e-6)
    return lambda x, label: sum_nats(x, tables[np.zeros(len(x), int) if label is None else label])


def look_up(
    x: np.ndarray, label: np.ndarray | None, count: int = 16, prior: float = 60.0, cells: int = 7
) -> Nats:
    """Counts of ink after each pattern of the nearest `count` pixels, backing off to fewer.

    p_k = (ink_k + prior p_{k-1}) / (seen_k + prior), from no neighbour, p_0, to all of them: a
    Beta prior whose mean is what one neighbour fewer says (as interpolated n-grams; notebook 08).
    The pattern also holds the class, if told, and which of cells x cells parts of the picture.
    """

    ink, tables = x.ravel().astype(np.float64), []
    for k, code in enumerate(_codes(x, label, count, cells)):
        size = cells * cells * CLASSES * 2**k
        tables.append((np.bincount(code.ravel(), ink, size), np.bincount(code.ravel(), None, size)))

    def nats(x: np.ndarray, label: np.ndarray | None) -> np.ndarray:
        p = np.full(x.shape, ink.mean())
        for code, (inked, seen) in zip(_codes(x, label, count, cells), tables, strict=True):
            p = (inked[code] + prior * p) / (seen[code] + prior)
        return sum_nats(x, p)

    return nats


def _codes(x: np.ndarray, label: np.ndarray | None, count: int, cells: int) -> Iterator[np.ndarray]:
    """A number for each pixel's place and class, then for these and one neighbour more, (N, R, C).

    Sizes: cells * cells * 10 * 2**k, k = 0 .. count.
    """
    _, rows, columns = x.shape
    code = np.arange(rows)[:, None] * cells // rows * cells + np.arange(columns) * cells // columns
    code, size = np.broadcast_to(code, x.shape), cells * cells * CLASSES
    if label is not None:
        code = code + cells * cells * label[:, None, None]
    yield code
    for pixel in np.moveaxis(window(x, neighbours(count)), -1, 0):
        code, size = code + size * pixel.astype(np.int64), 2 * size
        yield code


class Logistic(torch.nn.Module):
    """A regression on the pixels above and left: weights for all places, and more for each place.

    p(x_rc = 1) = σ((w + u_rc) . [a_rc, l_rc] + b_rc + b_k,rc)
    """

    def __init__(self, side: int):
        super().__init__()
        nothing = torch.zeros(1, side, side)
        size = above(nothing).shape[-1] + left(nothing).shape[-1]
        self.w = torch.nn.Parameter(torch.zeros(size))
        self.u = torch.nn.Parameter(torch.zeros(side, side, size))
        self.b = torch.nn.Parameter(torch.full((side, side), -2.0))
        self.k = torch.nn.Parameter(torch.zeros(CLASSES, side, side))

    def forward(self, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        seen = torch.cat([above(x), left(x)], -1)
        return torch.einsum("brck,rck->brc", seen, self.w + self.u) + self.b + self.k[label]


def logistic(
    x: np.ndarray, label: np.ndarray, decay: float = 1e-2, rate: float = 0.05, epochs: int = 4
) -> Nats:
    """`Logistic` by AdamW; `decay` draws the weights of the places towards none of their own."""
    model, pixels = Logistic(x.shape[1]), torch.from_numpy(x)
    classes = torch.from_numpy(label)
    groups = [{"params": [model.w, model.b], "weight_decay": 0.0}]
    groups += [{"params": [model.u, model.k], "weight_decay": decay}]
    optimizer = torch.optim.AdamW(groups, lr=rate)
    batches = Batches(len(x), 50)
    steps = epochs * batches.steps_per_epoch
    falling = warmup_cosine(steps, 0)
    for step in range(steps):
        rows = batches.indices(step)
        for group in optimizer.param_groups:
            group["lr"] = rate * falling(step)
        optimizer.zero_grad()
        logits = model(pixels[rows], classes[rows])
        F.binary_cross_entropy_with_logits(logits, pixels[rows]).backward()
        optimizer.step()

    def nats(x: np.ndarray, label: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            logits = model(torch.from_numpy(x), torch.from_numpy(label))
        return sum_nats(x, torch.sigmoid(logits.double()).numpy())

    return nats


def features(x: np.ndarray, label: np.ndarray | None, up: int, aside: int) -> np.ndarray:
    """The pixels before within `up` rows and `aside` columns, row, column, class: (N R C, K)."""
    places = [(u, c) for u in range(up + 1) for c in range(-aside, aside + 1) if u or c < 0]
    near = window(x, places)
    rows, columns = np.indices(x.shape[1:], dtype=np.uint8)
    more = [np.broadcast_to(part, x.shape) for part in (rows, columns)]
    if label is not None:
        more.append(np.broadcast_to(label[:, None, None].astype(np.uint8), x.shape))
    return np.concatenate([near, np.stack(more, -1)], -1).reshape(x.size, -1)


def boosting(
    x: np.ndarray,
    label: np.ndarray | None,
    up: int = 5,
    aside: int = 6,
    rounds: int = 150,
    leaves: int = 63,
    rate: float = 0.15,
    l2: float = 30.0,
    most: int = 600_000,
) -> Nats:
    """Gradient boosted trees on the pixels before (scikit-learn's, by histograms).

    `most`: how many pixels it learns from at most, drawn among all.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    kept = np.random.RandomState(0).permutation(x.size)[:most]
    seen = features(x, label, up, aside)[kept]
    trees = HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=rate,
        max_leaf_nodes=leaves,
        l2_regularization=l2,
        early_stopping=False,
        categorical_features=None if label is None else [seen.shape[1] - 1],
        random_state=0,
    ).fit(seen, x.ravel()[kept] > 0.5)

    def nats(x: np.ndarray, label: np.ndarray | None) -> np.ndarray:
        p = trees.predict_proba(features(x, label, up, aside))[:, 1]
        return sum_nats(x, p.reshape(x.shape).clip(1e-7, 1 - 1e-7))

    return nats


def training_pixels(data: Prepared, copies: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """What the floors learn from: each training picture changed a little, `copies` times.

    The network sees each picture changed anew at every pass; trees and counts hold all at once.
    """
    rows = torch.arange(len(data.grey))
    with untouched_random_state():
        torch.manual_seed(0)
        parts = [drawn_pixels(data, rows) for _ in range(copies)]
    x, label = (torch.cat(part).cpu().numpy() for part in zip(*parts, strict=True))
    return x, label


FLOORS: dict[str, Callable[[np.ndarray, np.ndarray], Nats]] = {
    "independent pixels": independent,
    "look-up of neighbours": look_up,
    "logistic regression": logistic,
    "boosted trees": boosting,
}
