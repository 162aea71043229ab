"""KanjiVG: curves become the right points, and no drawing is in two parts."""

import itertools
import shutil
import unicodedata

import numpy as np
import pytest

from lstm_lib.data import DataError, kanji, load_kanji, places


@pytest.fixture(scope="module")
def characters():
    return load_kanji()


def test_characters_are_whole(characters):
    """For: points given to the wrong character, a stroke cut in two."""
    assert len(characters) == len(characters.text) == len(set(characters.text)) == 6703
    assert sum(map(len, characters.points)) == 319_752
    for points, ends in zip(characters.points, characters.ends, strict=True):
        assert len(points) == len(ends) and ends[-1] and points.max() <= 218
    strokes = {"一": 1, "山": 3, "川": 3, "書": 10, "鬱": 29, "8": 1}
    for character, count in strokes.items():
        found = characters.strokes(characters.text.index(character))
        assert len(found) == count and all(len(stroke) >= 2 for stroke in found), character


def test_one_is_written_from_left_to_right_and_three_from_above(characters):
    """For: y upwards, x and y swapped, strokes in another order."""
    (one,) = characters.strokes(characters.text.index("一"))
    assert one[-1, 0] - int(one[0, 0]) > 150 and abs(int(one[-1, 1]) - int(one[0, 1])) < 30
    heights = [stroke[0, 1] for stroke in characters.strokes(characters.text.index("三"))]
    assert heights == sorted(heights)


def test_no_drawing_and_no_compatible_form_is_in_two_parts(characters):
    """For: a split that cuts between two names of one character."""
    part = np.zeros(len(characters), int)
    part[characters.split.valid], part[characters.split.test] = 1, 2
    assert np.bincount(part).tolist() == [5503, 500, 700]
    parts: dict = {}
    for n, points in enumerate(characters.points):
        for key in (
            points.tobytes() + characters.ends[n].tobytes(),
            unicodedata.normalize("NFKC", characters.text[n]),
        ):
            assert parts.setdefault(key, part[n]) == part[n], characters.text[n]


def test_a_curve_is_cut_as_its_equation_says():
    """For: small letters read as large ones, S without its mirrored control point."""
    curve = "M10,20c1,2,3,4,5,0s2-9,4,1C1,2,3,4,30,40"
    p0, p1, p2, p3 = np.array([[10, 20], [11, 22], [13, 24], [15, 20]], float)
    t = 3 / 16
    third = (1 - t) ** 3 * p0 + 3 * t * (1 - t) ** 2 * p1 + 3 * t**2 * (1 - t) * p2 + t**3 * p3
    found = kanji.flattened(curve)
    assert len(found) == 1 + 3 * 16 and np.allclose(found[3], third)
    q1, q2, q3 = (
        2 * p3 - p2,
        p3 + np.array([2, -9]),
        p3 + np.array([4, 1]),
    )  # the mirrored point, and two that follow
    middle = (p3 + 3 * q1 + 3 * q2 + q3) / 8
    assert np.allclose(found[16 + 8], middle) and np.allclose(found[-1], [30, 40])


@pytest.mark.parametrize("curve", ["M1,2L3,4", "c1,2,3,4,5,6", "M1,2c1,2,3", "M1,2Q1,2,3,4"])
def test_other_curves_are_refused(curve):
    with pytest.raises(ValueError):
        kanji.flattened(curve)


@pytest.mark.parametrize("seed", range(5))
def test_no_point_is_further_away_than_the_tolerance(seed):
    """For: distance from an endless straight line instead of the piece, corners lost."""
    walk = np.random.default_rng(seed).normal(size=(60, 2)).cumsum(0)
    few = kanji.simplified(walk, 1.5)
    assert len(few) < 60 and (few[[0, -1]] == walk[[0, -1]]).all()
    for point in walk:
        away = []
        for a, b in itertools.pairwise(few):
            along = np.clip((point - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
            away.append(np.linalg.norm(point - a - along * (b - a)))
        assert min(away) <= 1.5 + 1e-9


def test_a_drawing_without_strokes_or_a_missing_one_is_refused():
    with pytest.raises(ValueError, match="expected paths"):
        kanji.strokes_of("<svg></svg>")
    with pytest.raises(ValueError, match="6703 drawings, got 1"):
        kanji.to_arrays({"kanji/04e00.svg": b""})


def test_a_dot_keeps_two_points():
    assert kanji.on_grid(np.array([[1.0, 1.0], [1.1, 1.1]])).tolist() == [[2, 2], [2, 2]]


def test_a_damaged_file_is_refused(monkeypatch, tmp_path):
    shutil.copytree(places.datasets() / "kanji", tmp_path / "kanji")
    path = tmp_path / "kanji" / "kanji.npz"
    path.write_bytes(path.read_bytes()[:-1])
    monkeypatch.setattr(places, "datasets", lambda: tmp_path)
    with pytest.raises(DataError, match="kanji"):
        load_kanji()
