"""The sets themselves: shapes, units, splits without overlap, cards that say what is true."""

from __future__ import annotations

import io
import re
import shutil
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_lib.data import (
    DataError,
    catalog,
    chorales,
    chronological,
    extract,
    load_chorales,
    load_pendigits,
    load_shakespeare,
    load_vowels,
    load_weather,
    pendigits,
    places,
    weather,
)
from lstm_lib.data.plays import spoken
from lstm_lib.data.vowels import read as read_vowels

SETS = list(catalog.RECIPES.values())


@pytest.fixture(scope="module")
def hours():
    return load_weather()


def test_weather_is_every_hour_of_22_years(hours):
    assert hours.values.shape == (195_720, 10) and hours.values.dtype == np.float32
    assert hours.values.flags.c_contiguous and np.isfinite(hours.values).all()
    assert hours.time.dtype == np.dtype("datetime64[h]")
    assert set(np.diff(hours.time).astype(int)) == {1}
    assert hours.time[[0, -1]].astype(str).tolist() == ["1997-01-01T00", "2019-04-30T23"]
    assert len(hours.columns) == len(hours.units) == 10 and len(hours) == 195_720


def test_weather_is_in_its_units(hours):
    ranges = {"°C": (-25, 50), "Pa": (92_000, 102_000), "m/s": (-45, 45)}
    for name, unit in zip(hours.columns, hours.units, strict=True):
        low, high = ranges[unit]
        assert low < hours.column(name).min() and hours.column(name).max() < high, name
    july = hours.time.astype("datetime64[M]").astype(int) % 12 == 6
    january = hours.time.astype("datetime64[M]").astype(int) % 12 == 0
    temperature = hours.column("temp_2m")
    assert temperature[july].mean() > 15 + temperature[january].mean()
    hour = hours.time.astype(int) % 24
    by_hour = [temperature[july & (hour == h)].mean() for h in range(24)]
    assert 12 <= int(np.argmax(by_hour)) <= 16 and 2 <= int(np.argmin(by_hour)) <= 5, "UTC"


def test_celsius_gives_the_source_back_bit_for_bit(hours):
    source = extract.read(weather.RECIPE)["values"]
    for i, name in enumerate(hours.columns):
        values = hours.values[:, i]
        if name in weather.TEMPERATURES:
            exact = source[:, i].astype(np.float64) - 273.15
            assert np.abs(values - exact).max() < 2e-6
            values = (values.astype(np.float64) + 273.15).astype(np.float32)
        np.testing.assert_array_equal(values, source[:, i])


def test_unknown_column_lists_those_there_are(hours):
    with pytest.raises(KeyError, match=r"no column 'temp'.*temp_2m"):
        hours.column("temp")


def test_arrays_cannot_be_changed_by_accident(hours):
    digits = load_pendigits()
    for array in (hours.time, hours.values, digits.points, digits.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_pendigits():
    digits = load_pendigits()
    assert digits.points.shape == (10_992, 8, 2) and digits.labels.shape == (10_992,)
    assert np.ptp(digits.points.astype(int), axis=1).tolist() == [[100, 100]] * 10_992
    assert np.bincount(digits.labels).tolist() == [
        1143, 1143, 1144, 1055, 1144, 1055, 1056, 1142, 1055, 1055
    ]  # fmt: skip
    rows = np.concatenate([digits.points.reshape(-1, 16), digits.labels[:, None]], axis=1)
    assert len(np.unique(rows, axis=0)) == len(rows), "no digit twice, so none in two parts"
    parts = [digits.split.train, digits.split.valid, digits.split.test]
    for part in parts:
        assert np.bincount(digits.labels[part]).min() > 0.08 * len(digits.labels[part])


def all_rows(n: int, split) -> list[int]:
    return [i for part in (split.train, split.valid, split.test) for i in range(n)[part]]


def test_pendigits_are_split_by_writers():
    """The digit counts are those of UCI's two files; a writer's hand is easier when it is known."""
    digits = load_pendigits()
    split, y = digits.split, digits.labels
    thirty = slice(split.train.start, split.valid.stop)
    assert np.bincount(y[thirty]).tolist() == [780, 779, 780, 719, 780, 720, 720, 778, 719, 719]
    assert np.bincount(y[split.test]).tolist() == [363, 364, 364, 336, 364, 335, 336, 364, 336, 336]
    first_of_test = [88, 92, 2, 99, 16, 66, 94, 37, 70, 0, 0, 24, 42, 65, 100, 100]
    assert digits.points[split.test][0].ravel().tolist() == first_of_test
    x = digits.points.reshape(-1, 16).astype(np.float32)

    def error(part):
        """Of the nearest training digit; |a − b|² without the |a|², which is the same for all."""
        known = x[split.train]
        far = (known**2).sum(axis=1) - 2 * x[part] @ known.T
        return 100 * (y[split.train][far.argmin(axis=1)] != y[part]).mean()

    card = " ".join(digits.card.split())
    assert f"{error(split.valid):.1f} % of the validation digits" in card
    assert f"{error(split.test):.1f} % of the test digits" in card
    assert "6,728 train and 766 validation (30 writers), 3,498 test (14 others)" in card


def test_pendigits_with_rows_missing_are_refused():
    line = ",".join(["0"] * 17)
    with pytest.raises(ValueError, match="expected 10992 lines, got 2"):
        pendigits.to_arrays({"file": f"{line}\n{line}\n".encode()})


@pytest.mark.parametrize("load", [load_weather, load_pendigits])
def test_splits_are_in_order_disjoint_and_complete(load):
    data = load()
    assert all_rows(len(data), data.split) == list(range(len(data)))


def test_the_weather_is_split_70_15_15(hours):
    sizes = [len(range(len(hours))[s]) for s in (hours.split.train, hours.split.valid)]
    assert np.allclose(np.array(sizes) / len(hours), [0.70, 0.15], atol=1e-3)


@given(n=st.integers(0, 500), train=st.floats(0, 1), valid=st.floats(0, 1))
def test_any_split_is_chronological_disjoint_and_complete(n, train, valid):
    if train + valid > 1:
        with pytest.raises(ValueError, match="sum of at most 1"):
            chronological(n, train, valid)
        return
    split = chronological(n, train, valid)
    assert all_rows(n, split) == list(range(n))
    assert abs(split.train.stop - n * train) <= 0.5 + 1e-9


@pytest.mark.parametrize(
    "bad", [(-1, 0.7, 0.1), (5, -0.1, 0.5), (5, 0.5, -0.1), (5, float("nan"), 0)]
)
def test_split_refuses_nonsense(bad):
    with pytest.raises(ValueError, match="got n="):
        chronological(*bad)


@pytest.mark.parametrize("recipe", SETS, ids=lambda recipe: recipe.name)
def test_the_card_agrees_with_the_recipe(recipe):
    card = recipe.card
    for fact in (recipe.sha256, recipe.extract_sha256, recipe.archive, recipe.package):
        assert fact in card, fact
    assert "## Not for" in card and "credit" in card
    if recipe.committed:
        assert f"{recipe.path.stat().st_size:,} bytes" in card


@pytest.mark.parametrize("recipe", SETS, ids=lambda recipe: recipe.name)
def test_a_recipe_is_one_exact_version(recipe):
    assert re.fullmatch(r"[0-9.]+", recipe.version)
    assert recipe.archive.startswith(f"{recipe.package}-{recipe.version}")
    assert all(re.fullmatch("[0-9a-f]{64}", h) for h in (recipe.sha256, recipe.extract_sha256))
    assert recipe.licence and recipe.credit


def test_the_weather_card_says_what_the_weather_is_not(hours):
    assert "These are not station measurements" in hours.card and "MERRA-2" in hours.card


def test_a_missing_card_is_replaced_by_the_recipe(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "datasets", lambda: tmp_path)
    assert weather.RECIPE.licence in weather.RECIPE.card and "is missing" in weather.RECIPE.card


@pytest.mark.parametrize("load", [load_weather, load_pendigits, load_vowels])
def test_a_damaged_committed_file_is_refused(monkeypatch, tmp_path, load):
    name = load.__name__.removeprefix("load_")
    shutil.copytree(places.datasets() / name, tmp_path / name)
    monkeypatch.setattr(places, "datasets", lambda: tmp_path)
    load()
    with (tmp_path / name / f"{name}.npz").open("r+b") as file:
        file.seek(100_000)
        file.write(b"\xff\x00\xff")
    with pytest.raises(DataError, match=f"is damaged(.|\n)*data repair {name}"):
        load()


def test_shakespeare_that_is_not_built_yet(cache):
    with pytest.raises(DataError, match=r"is missing.\nTo repair it: .* data repair shakespeare"):
        load_shakespeare()


@pytest.mark.parametrize(
    "markdown, expected",
    [
        ("# Play\n\n**A**  \nOne,  \ntwo.\n", "A:\nOne,\ntwo.\n"),
        ("**A**  \nOne.\n\n_Enter B_\n\nTwo.\n", "A:\nOne.\nTwo.\n"),
        ("_Enter A,  \nand B_\n\n**B**  \nHo.\n", "B:\nHo.\n"),
        ("*Exit A.*\n\n**B**  \nHo\\--ho.\n", "B:\nHo--ho.\n"),
        ("**A**  \nAnd _\\[some\\]_ more.\n", "A:\nAnd some more.\n"),
        ("**A**  \n__\\[Sings\\]_  \nLa.\n**B**  \nHush.\n", "A:\nLa.\n\nB:\nHush.\n"),
        ("Prologue without a name.\n", "Prologue without a name.\n"),
    ],
)
def test_what_is_spoken(markdown, expected):
    assert spoken(markdown) == expected


def test_vowels():
    vowels = load_vowels()
    assert len(vowels) == 640 and {one.shape[1] for one in vowels.frames} == {12}
    lengths = [len(one) for one in vowels.frames]
    assert (min(lengths), max(lengths), sum(lengths)) == (7, 29, 9961)
    assert len({one.tobytes() for one in vowels.frames}) == 640, "none twice, so none in two parts"
    count = {
        name: np.bincount(vowels.labels[getattr(vowels.split, name)]).tolist()
        for name in ("train", "valid", "test")
    }
    assert count["train"] == [23] * 9 and count["valid"] == [7] * 9
    assert count["test"] == [31, 35, 88, 44, 29, 24, 40, 50, 29], "as UCI publishes it"
    assert all_rows(640, vowels.split) == list(range(640))


@pytest.mark.parametrize("line", ["1,2:3,4:1", ":".join(["1,2"] * 12 + ["10"])])
def test_vowels_with_other_columns_are_refused(line):
    with pytest.raises(ValueError, match="expected 12 series and a speaker"):
        read_vowels(f"@data\n{line}\n".encode())


SCORE = """<score-partwise>{parts}</score-partwise>"""
PART = """<part><measure><attributes><divisions>2</divisions><key><fifths>{fifths}</fifths></key>
</attributes>{notes}</measure></part>"""
NOTE = """<note>{first}<pitch><step>{step}</step><octave>4</octave></pitch>
<duration>{duration}</duration></note>"""


def score_of(notes, fifths=0, parts=4):
    """A compressed score, each part with the same notes (step, duration[, "<chord/>"])."""
    notes = "".join(
        NOTE.format(step=step, duration=duration, first="".join(chord))
        for step, duration, *chord in notes
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        part = PART.format(notes=notes, fifths=fifths)
        archive.writestr("score.xml", SCORE.format(parts=part * parts))
    return file.getvalue()


@pytest.mark.parametrize(
    "notes, fifths, soprano",
    [
        ([("C", 2), ("D", 4)], 0, [60, 62, 62]),  # held: it sounds in both frames
        ([("C", 1), ("D", 1), ("E", 2)], 0, [60, 64]),  # D lies between two frames
        ([("C", 3), ("D", 1)], 0, [60, 60]),
        ([("C", 2), ("E", 2, "<chord/>"), ("D", 2)], 0, [60, 62]),
        ([("G", 2)], 1, [60]),  # G major, five semitones up
        ([("F", 2)], -1, [60]),  # F major, five semitones down
    ],
)
def test_a_score_is_read_at_every_quarter_note(notes, fifths, soprano):
    got = chorales.read_score(score_of(notes, fifths))
    wanted = [pitch + 12 * (fifths == 1) for pitch in soprano]
    assert got.dtype == np.uint8 and got.tolist() == [[pitch] * 4 for pitch in wanted]


def test_a_score_for_five_voices_is_left_out():
    assert chorales.read_score(score_of([("C", 2)], parts=5)) is None


def test_chorales_do_not_leak():
    """All settings of a hymn are in one part, and no eight frames stand on both sides."""
    music = load_chorales()
    assert len(music) == 362 and sum(map(len, music.pitches)) == 19_728
    assert all_rows(362, music.split) == list(range(362))
    parts = [getattr(music.split, name) for name in ("train", "valid", "test")]
    openings = [{one[:8, 0].tobytes() for one in music.pitches[part]} for part in parts]
    runs = [
        {one[k : k + 8].tobytes() for one in music.pitches[part] for k in range(len(one) - 7)}
        for part in parts
    ]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert not openings[first] & openings[second] and not runs[first] & runs[second]
    voices = np.concatenate(music.pitches)
    means = [voices[voices[:, k] > 0, k].mean() for k in range(4)]
    assert means == sorted(means, reverse=True), "soprano, alto, tenor, bass"
    sung = voices[voices > 0]
    assert (sung.min(), sung.max()) == (31, 84)
