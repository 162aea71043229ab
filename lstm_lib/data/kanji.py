"""Characters as they are written, stroke after stroke: KanjiVG."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.recipe import Arrays, Recipe
from lstm_lib.data.split import Split

CHARACTERS, VALIDATION, TEST = 6703, 500, 700
UNITS = 2  # a point lies on a grid of half units of the drawing, which is 109 units wide
SIDE = 109 * UNITS
TOLERANCE = 0.5  # units: no point of a stroke is further than this from its polygon
PIECES = 16  # straight pieces that a Bezier curve is first cut into


@dataclass(frozen=True, repr=False)
class Kanji:
    """Characters as strokes of points, in the order in which a hand writes them.

    `points` tuple of (T, 2) uint8: x to the right, y downwards, 0 to 218, in half units of a frame
    of 109. `ends` tuple of (T,) bool: at this point a stroke ends and the pen is lifted. `text`:
    which characters they are. `split` three slices: train, valid and test are different characters,
    and forms of one character that Unicode calls compatible are in the same part. Read-only.
    """

    points: tuple[np.ndarray, ...]
    ends: tuple[np.ndarray, ...]
    text: str
    split: Split
    card: str

    def __repr__(self) -> str:
        return f"Kanji({len(self):,} characters, {sum(map(len, self.points)):,} points)"

    def __len__(self) -> int:
        return len(self.points)

    def strokes(self, number: int) -> list[np.ndarray]:
        """The strokes of one character, (T, 2) each."""
        return np.split(self.points[number], np.flatnonzero(self.ends[number])[:-1] + 1)


def load_kanji() -> Kanji:
    """The characters, checked against their SHA-256.

    Raises DataError if the committed file is missing or damaged.

    >>> kanji = load_kanji()
    >>> kanji
    Kanji(6,703 characters, 319,752 points)
    >>> number = kanji.text.index("\u5c71")  # mountain
    >>> [stroke.tolist() for stroke in kanji.strokes(number)][-1]
    [[178, 98], [182, 106], [176, 174]]
    """
    arrays = extract.read(RECIPE)
    points, strokes = arrays["points"], arrays["strokes"].astype(int)
    ends = np.zeros(len(points), bool)
    ends[np.cumsum(strokes) - 1] = True
    at = np.cumsum(strokes)[np.cumsum(arrays["counts"].astype(int)) - 1][:-1]
    for array in (points, ends):
        array.setflags(write=False)
    valid, test = CHARACTERS - VALIDATION - TEST, CHARACTERS - TEST
    return Kanji(
        tuple(np.split(points, at)),
        tuple(np.split(ends, at)),
        "".join(map(chr, arrays["codes"])),
        Split(slice(0, valid), slice(valid, test), slice(test, CHARACTERS)),
        RECIPE.card,
    )


def to_arrays(files: Mapping[str, bytes]) -> Arrays:
    """The drawings -> `points` (P, 2), points of each of the `strokes`, strokes of each character
    (`counts`), and the characters' `codes`.

    Each curve is cut into straight pieces, and the corners that are needed to stay within
    TOLERANCE are kept (Ramer 1972; Douglas & Peucker 1973) and rounded to the grid. The order of
    the characters is one that no seed decides: by the SHA-256 of the character in Unicode's
    compatible form; those that are drawn alike stand together. Raises ValueError if a drawing has
    no stroke or characters are missing.
    """
    if len(files) != CHARACTERS:
        raise ValueError(f"expected {CHARACTERS} drawings, got {len(files)}")
    drawn = {
        int(path.split("/")[-1][:-4], 16): strokes_of(files[path].decode("utf-8")) for path in files
    }
    first: dict[tuple, int] = {}
    for code in sorted(drawn):
        first.setdefault(tuple(stroke.tobytes() for stroke in drawn[code]), code)
    alike = {code: first[tuple(s.tobytes() for s in strokes)] for code, strokes in drawn.items()}
    codes = sorted(drawn, key=lambda code: (_order(alike[code]), code))
    strokes = [stroke for code in codes for stroke in drawn[code]]
    return {
        "points": np.concatenate(strokes),
        "strokes": np.array([len(stroke) for stroke in strokes], np.uint8),
        "counts": np.array([len(drawn[code]) for code in codes], np.uint8),
        "codes": np.array(codes, "<i4"),
    }


def _order(code: int) -> str:
    same = unicodedata.normalize("NFKC", chr(code))
    return hashlib.sha256(same.encode("utf-8")).hexdigest()


def strokes_of(drawing: str) -> list[np.ndarray]:
    """The strokes of one drawing (the text of an SVG file) on the grid, (T, 2) uint8 each.

    Raises ValueError if there is none.

    >>> [stroke.tolist() for stroke in strokes_of('<path d="M1,2c0,0,4,0,4,0"/>')]
    [[[2, 4], [10, 4]]]
    """
    curves = re.findall(r'<path[^>]*? d="([^"]*)"', drawing)
    if not curves:
        raise ValueError(f"expected paths with curves, got {drawing[:60]!r}")
    return [on_grid(simplified(flattened(curve), TOLERANCE)) for curve in curves]


def flattened(curve: str, pieces: int = PIECES) -> np.ndarray:
    """Points along an SVG path of cubic Bezier curves, (N, 2), each curve cut into `pieces`.

    Commands M, C, S and the same in small letters, whose numbers are relative. Raises ValueError
    for another.

    >>> flattened("M1,2c0,0,4,0,4,0", 2).tolist()
    [[1.0, 2.0], [3.0, 2.0], [5.0, 2.0]]
    """
    t = np.arange(1, pieces + 1)[:, None] / pieces
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    path, control = [], None
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", curve):
        values = np.array(re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers), float).reshape(-1, 2)
        if command in "Mm" and len(values) == 1 and not path:
            path.append(values)
            continue
        each = {"c": 3, "s": 2}.get(command.lower())
        if each is None or not path or len(values) % each:
            raise ValueError(f"expected M, C or S with pairs of numbers, got {command}{numbers}")
        for group in values.reshape(-1, each, 2):
            here = path[-1][-1]
            corner = group + here if command.islower() else group
            if each == 2:  # the first control point mirrors the last one
                corner = np.vstack([2 * here - (here if control is None else control), corner])
            path.append(sum(w * p for w, p in zip(weights, [here, *corner], strict=True)))
            control = corner[1]
    return np.concatenate(path)


def simplified(points: np.ndarray, tolerance: float) -> np.ndarray:
    """The fewest corners by Ramer's rule: no point is further from the polygon than `tolerance`.

    points (N, 2), N >= 2. First and last stay; between them the furthest one stays if it is too far
    from the straight piece, and both halves are treated alike.

    >>> simplified(np.array([[0, 0], [1, 0.1], [2, 0], [2, 3.0]]), 0.5).tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 3.0]]
    """
    kept, open_pieces = {0, len(points) - 1}, [(0, len(points) - 1)]
    while open_pieces:
        first, last = open_pieces.pop()
        way, off = points[last] - points[first], points[first + 1 : last] - points[first]
        long = way @ way
        along = np.clip((off * way).sum(1) / long, 0, 1) if long else np.zeros(len(off))
        far = ((off - along[:, None] * way) ** 2).sum(1)
        if len(far) and far.max() > tolerance**2:
            middle = first + 1 + int(far.argmax())
            kept.add(middle)
            open_pieces += [(first, middle), (middle, last)]
    return points[sorted(kept)]


def on_grid(points: np.ndarray) -> np.ndarray:
    """Points rounded to the grid of half units, (N, 2) uint8; of equal neighbours one stays, but
    two points in all.
    """
    grid = np.clip(np.floor(points * UNITS + 0.5), 0, SIDE).astype(np.uint8)
    new = np.append(True, (np.diff(grid.astype(int), axis=0) != 0).any(1))
    new[-1] |= new.sum() == 1
    return grid[new]


RECIPE = Recipe(
    name="kanji",
    title="KanjiVG: 6,703 characters, stroke by stroke",
    package="kanjivg",
    version="20260714",
    archive="kanjivg-20260714-py3-none-any.whl",
    member="kanji/?????.svg",
    sha256="07fec01564843a5aa02d4ea1838e4f8541b41ec2786f13db36b858fd64982d83",
    extract_sha256="70ed9ee68610a66181d0b07d5d612196e2b04994f2d79291e04016ee7732f2e9",
    to_arrays=to_arrays,
    licence="CC BY-SA 3.0",
    credit="Ulrich Apel, KanjiVG (https://kanjivg.tagaini.net); via kanjivg 20260714",
    redistributable=True,
    committed=True,
    terms="The extract and what is built upon it are passed on under the same licence.",
)
