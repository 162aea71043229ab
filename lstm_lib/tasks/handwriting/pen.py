"""`python course.py pen 2026`: a number in a handwriting that nobody has."""

import argparse
import sys
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from lstm_lib import plots
from lstm_lib.tasks.handwriting.data import Prepared
from lstm_lib.tasks.handwriting.model import Writer
from lstm_lib.tasks.handwriting.report import load
from lstm_lib.tasks.handwriting.sampling import write

Strokes = list[np.ndarray]
MOST = 200  # digits at once
WIDTH = 0.7  # of a digit, as a share of its height: the data's boxes are stretched to squares
BIAS = 0.5


def digits_of(text: str) -> list[int]:
    """The digits to write; spaces are left out. Raises ValueError, in words, for anything else.

    >>> digits_of("20 26")
    [2, 0, 2, 6]
    >>> digits_of("ten")
    Traceback (most recent call last):
    ValueError: the pen knows the digits 0 to 9 only; got 't'
    """
    signs = [sign for sign in text if not sign.isspace()]
    if not signs:
        raise ValueError(
            "there is nothing to write: give a number, such as 2026, or the word kanji"
        )
    if len(signs) > MOST:
        raise ValueError(f"at most {MOST} digits at once; got {len(signs):,}")
    for sign in signs:
        if unicodedata.decimal(sign, None) is None:
            raise ValueError(f"the pen knows the digits 0 to 9 only; got {sign!r}")
    return [unicodedata.decimal(sign) for sign in signs]


def number(
    model: Writer, data: Prepared, text: str, bias: float = BIAS, seed: int = 0
) -> list[Strokes]:
    """Each digit of `text` as strokes, y upwards, 100 high. Raises ValueError as `digits_of`."""
    written = write(model, data.sources["digits"], labels=digits_of(text), bias=bias, seed=seed)
    return [[smooth(stroke) for stroke in boxed(one.strokes)] for one in written]


def boxed(strokes: Strokes) -> Strokes:
    """Strokes moved and stretched to the height 100 and the width of a digit, from 0, 0 on."""
    points = np.concatenate(strokes)
    low, side = points.min(0), np.maximum(np.ptp(points, axis=0), 1)
    return [(stroke - low) / side * [100 * WIDTH, 100] for stroke in strokes]


def smooth(stroke: np.ndarray, pieces: int = 8) -> np.ndarray:
    """A curve through the points of a stroke (n, 2), ((n - 1) pieces + 1, 2): Catmull & Rom (1974).

    Between two points a cubic whose slope at each is half the way from the point before to the
    point after it.

    >>> smooth(np.array([[0, 0], [2, 2], [4, 4]]), 2).tolist()
    [[0.0, 0.0], [0.875, 0.875], [2.0, 2.0], [3.125, 3.125], [4.0, 4.0]]
    """
    p = np.vstack([stroke[:1], stroke, stroke[-1:]]).astype(float)
    t = np.arange(pieces)[:, None] / pieces
    curve = [
        (
            (2 * b)
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        / 2
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.concatenate([*curve, p[-1:]])


def in_letters(
    characters: Sequence[Strokes], high: int = 12, upwards: bool = True, most: int = 78
) -> str:
    """A small drawing for a terminal: `high` lines of characters, twice as many columns a side."""
    points = np.concatenate([stroke for strokes in characters for stroke in strokes])
    low, side = points.min(0), max(np.ptp(points, axis=0).max(), 1)
    wide = int(2 * high * np.ptp(points, axis=0)[0] / side) + 3
    tables = []
    for strokes in characters:
        table = np.full((high, wide), " ")
        for stroke in strokes:
            for a, b in pairwise(stroke):
                for t in np.linspace(0, 1, 40):
                    x, y = ((1 - t) * a + t * b - low) / side
                    row = round((1 - y if upwards else y) * (high - 1))
                    table[row, round(x * 2 * (high - 1))] = "#"
        tables.append(table)
    lines, fit = [], max(1, most // wide)
    for start in range(0, len(tables), fit):
        rows = np.concatenate(tables[start : start + fit], 1)
        lines += ["".join(row).rstrip() for row in rows] + [""]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """`pen 2026 [--bias 0.5] [--seed 0] [--out pen.png]`, or `pen kanji`; 2 for what cannot be."""
    parser = argparse.ArgumentParser(prog="python course.py pen", description=main.__doc__)
    parser.add_argument("text", nargs="*", help="a number; or kanji, for an invented character")
    parser.add_argument("--bias", type=float, default=BIAS, help="0 as learnt, 2 very neat")
    parser.add_argument("--seed", type=int, default=0, help="another number, another hand")
    parser.add_argument("--out", type=Path, default=Path("pen.png"), help="a PNG file")
    given = parser.parse_args(arguments)
    text = " ".join(given.text)
    try:
        if not 0 <= given.bias <= 10:
            raise ValueError(f"--bias must be a number from 0 to 10; got {given.bias}")
        if not 0 <= given.seed < 2**63:
            raise ValueError(f"--seed must be a whole number of at least 0; got {given.seed}")
        if given.out.suffix.lower() != ".png":
            raise ValueError(f"--out must end with .png; got {given.out}")
        if not given.out.parent.is_dir():
            raise ValueError(f"--out: there is no folder {given.out.parent}")
        kanji = text.strip().lower() == "kanji"
        said = "an invented character" if kanji else f"the digits {digits_of(text)}"
        models, data = load()
    except (ValueError, FileNotFoundError) as error:
        print(f"pen: {error}", file=sys.stderr)
        return 2
    if kanji:
        characters = [invented(models["kanji"], data, given.bias, given.seed)]
    else:
        characters = number(models["digits"], data, text, given.bias, given.seed)
    print(in_letters(characters, 24 if kanji else 12, upwards=not kanji))
    plots.strokes(
        characters,
        columns=20,
        upwards=not kanji,
        size=3.0 if kanji else 1.0,
        alt=f"Written by a network with a pen: {said}.",
        save=given.out,
    )
    print(given.out)
    return 0


def invented(
    model: Writer, data: Prepared, bias: float = BIAS, seed: int = 0, least: int = 5
) -> Strokes:
    """A character that the network made up, of at least so many strokes if one of 20 has them."""
    written = write(model, data.sources["kanji"], 20, bias=bias, seed=seed)
    return next((w.strokes for w in written if len(w.strokes) >= least), written[0].strokes)
