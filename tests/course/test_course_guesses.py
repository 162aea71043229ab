"""Guesses: kept until the truth is shown and after it, and nothing else hangs on them."""

import json
import os
import re

import numpy as np
import pytest

from lstm_lib.course import check, guess, progress, record, reveal
from lstm_lib.course.guesses import distance, factor


@pytest.fixture(autouse=True)
def nothing_left(own_progress, monkeypatch):
    """Also none of the guesses that this process could not write down."""
    monkeypatch.setattr(record, "_unwritten_guesses", {})


def test_a_guess_can_be_changed_until_the_truth_is_shown_and_stays_from_then_on():
    """For: a guess that is made good after the answer was seen."""
    guess("02.half-life", 20)
    assert "your guess: 10" in repr(guess("02.half-life", 10))
    first = repr(reveal("02.half-life", 6.5788, "steps"))
    assert first == (
        "02.half-life your guess: 10 steps. The answer is 6.58 steps. "
        "Your guess is 1.5 times the answer."
    )
    assert "10. (The answer was shown; the guess from before it stays.)" in repr(
        guess("02.half-life", 6.6)
    )
    assert repr(reveal("02.half-life", 6.5788, "steps")) == first


def test_an_untouched_notebook_says_the_same_each_time_and_leaves_no_mark():
    """For: a second run in one kernel, and committed outputs that hang on the reader."""
    for _ in range(2):
        assert repr(guess("02.half-life", ...)) == "– 02.half-life no guess yet"
        assert repr(reveal("02.half-life", 7)) == "– 02.half-life no guess yet. The answer is 7."
    assert not record.place().exists() and "guessed" not in repr(progress())


def test_a_fresh_copy_still_knows_what_was_guessed():
    guess("02.half-life", 10)
    assert repr(guess("02.half-life", ...)) == "02.half-life your guess: 10"


def test_the_picture_is_there_for_numbers_that_can_be_compared_alone():
    """For: an axis in a committed output, or of words."""
    assert "<img" not in reveal("02.half-life", 7)._repr_html_()
    assert "<img" not in guess("02.half-life", 10)._repr_html_()
    html = reveal("02.half-life", 7)._repr_html_()
    assert 'alt="On one axis, your guess, 10, and the answer, 7."' in html
    guess("07.left", "a half", "a half", "a hundredth")
    assert "<img" not in reveal("07.left", "a hundredth")._repr_html_()


@pytest.mark.parametrize("value", [0, -3, 1e-300, 9e14, np.float32(0.1), np.array(2)])
@pytest.mark.parametrize("truth", [0, -3, 2.5e-6, np.int64(44_400), np.array([0.5])])
def test_whatever_numbers_meet_there_is_a_sentence_and_a_picture(value, truth):
    guess("02.any", value)
    found = reveal("02.any", truth)
    assert repr(found).endswith((".", "%.")) and "<img" in found._repr_html_()
    assert "numbers guessed: 1, " in repr(progress())


def test_words_are_one_of_the_options_however_they_are_capitalised():
    assert 'your guess: "no"' in repr(guess("01.two", " No", "yes", "no"))
    assert repr(reveal("01.two", "no")).endswith('The answer is "no". Right.')
    guess("01.three", "yes", "yes", "no")
    assert repr(reveal("01.three", "no")).endswith("Not this time.")
    assert "choices guessed: 2, 1 of them right" in repr(progress())


@pytest.mark.parametrize(("value", "options"), [
    ("ten", ()), (True, ()), (np.bool_(True), ()), (None, ()), (np.nan, ()), (np.inf, ()),
    (1e15, ()), (10**400, ()), (1j, ()), ([1, 2], ()), (np.ones(2), ()), (print, ()),
    ("maybe", ("yes", "no")), (1, ("yes", "no")), (None, ("yes", "no")),
], ids=lambda value: ascii(value)[:20])  # fmt: skip
def test_what_is_no_guess_is_told_and_not_kept(value, options):
    with pytest.raises((TypeError, ValueError), match=r"02\.x: (a number is|choose one of)"):
        guess("02.x", value, *options)
    assert record.guesses() == {}


@pytest.mark.parametrize("key", ["", "02", "02.1", "half-life", "2.half-life", "02.Half", 2, None])
def test_a_key_is_a_notebook_and_a_name(key):
    """For: the keys of exercises, which are others."""
    for call in (guess, reveal):
        with pytest.raises(ValueError, match="a guess needs a key"):
            call(key, 1)


def test_where_nothing_can_be_written_a_guess_lasts_as_long_as_the_kernel(tmp_path):
    (tmp_path / "file").write_text("")
    os.environ["LSTM_COURSE_PROGRESS"] = str(tmp_path / "file" / "p.json")
    guess("02.half-life", 10)
    assert "1.5 times" in repr(reveal("02.half-life", 6.5788))
    assert "numbers guessed: 1, within a factor of 1.6" in repr(progress())


@pytest.mark.parametrize("broken", [
    None, 3, [], {"02.a": 1}, {"02.a": [1]}, {"02.a": [None, 1]}, {"02.a": [True, 1]},
    {"02.a": [1, "no"]}, {"02.a": [10**400, 1]}, {"02.a": ["x", 1]},
], ids=lambda value: ascii(value)[:20])  # fmt: skip
def test_broken_guesses_cost_no_mark(broken):
    """For: a record that is thrown away for what is optional in it."""
    whole = {"passed": ["00.1"], "hints": {"00.1": 2}, "guesses": broken}
    record.place().write_text(json.dumps(whole))
    assert record.read() == whole | {"guesses": {}}
    assert "your guess: 3" in repr(guess("02.a", 3))
    assert record.read()["passed"] == ["00.1"]


def test_a_record_from_before_there_were_guesses_goes_on():
    record.place().write_text('{"passed": ["00.1"], "hints": {}}')
    guess("02.half-life", 10)
    assert check("00.1", lambda x: 2 * x).passed
    assert record.read()["guesses"] == {"02.half-life": [10, None]}


def test_half_of_the_numbers_lie_within_the_factor_that_is_said():
    """For: a mean, which one wild guess decides, and a median that rounds below the truth."""
    factors = [1.0, 1.12, 1.55, 400.0]
    for k, times in enumerate(factors):
        guess(f"02.n{k}-", times)
        reveal(f"02.n{k}-", 1.0)
        (said,) = re.findall(r"within a factor of ([\d.]+)", repr(progress()))
        near = [f for f in factors[: k + 1] if f <= float(said)]
        assert len(near) >= (k + 1) / 2 and float(said) < 1.6


def test_the_distance_is_the_same_from_both_sides():
    rng = np.random.default_rng(0)
    for one, other in np.exp(rng.normal(size=(50, 2))):
        assert factor(one, other) == factor(other, one) >= 1
        assert factor(one, -other) == np.inf
        small, large = sorted((one, other))
        if large > 1.1 * small:
            assert "Your guess is" in distance(large, small)
            assert distance(small, large).startswith("The answer is")
