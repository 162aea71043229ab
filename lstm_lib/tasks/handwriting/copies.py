"""Is it a copy? The nearest character that was in the training part."""

from collections.abc import Sequence

import numpy as np

PIECES = 8  # points at equal distances along a stroke


def along(stroke: np.ndarray, points: int = PIECES) -> np.ndarray:
    """A stroke (n, 2) as so many points at equal distances along it, (points, 2).

    >>> along(np.array([[0, 0], [0, 3], [1, 3]]), 5).tolist()
    [[0.0, 0.0], [0.0, 1.0], [0.0, 2.0], [0.0, 3.0], [1.0, 3.0]]
    """
    stroke = np.asarray(stroke, float)
    way = np.append(0, np.hypot(*np.diff(stroke, axis=0).T).cumsum())
    at = np.linspace(0, way[-1], points)
    return np.stack([np.interp(at, way, column) for column in stroke.T], 1)


def nearest(
    characters: Sequence[Sequence[np.ndarray]], known: Sequence[Sequence[np.ndarray]]
) -> tuple[np.ndarray, np.ndarray]:
    """For each of the characters (lists of strokes) the nearest known one, and how far it is, (N,).

    The distance is the mean distance of points that correspond, stroke by stroke in their order, in
    the grid; among known characters of as many strokes (if there is none: -1, and infinity).

    >>> one, two = [np.array([[0, 0], [4, 0]])], [np.array([[0, 2], [4, 2]])]
    >>> [part.tolist() for part in nearest([one], [two, one])]
    [[1], [0.0]]
    """
    tables: dict = {}
    for number, strokes in enumerate(known):
        tables.setdefault(len(strokes), []).append((number, np.stack([*map(along, strokes)])))
    which, far = np.full(len(characters), -1), np.full(len(characters), np.inf)
    for n, strokes in enumerate(characters):
        if len(strokes) in tables:
            numbers, shapes = zip(*tables[len(strokes)], strict=True)
            gaps = np.stack(shapes) - np.stack([*map(along, strokes)])
            away = np.hypot(gaps[..., 0], gaps[..., 1]).mean((1, 2))
            which[n], far[n] = numbers[away.argmin()], away.min()
    return which, far
