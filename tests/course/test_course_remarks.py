"""What `check` says of an unknown mistake is true, and something is said of most."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lib.course.remarks import remarks

RNG = np.random.default_rng(0)
SERIES = [RNG.normal(size=4 + k) for k in range(6)]
MAPS = [RNG.normal(size=(3 + k, 2 + k, 2))[:, :, 0] for k in range(6)]

CHANGES = {
    "the sign turned round": lambda e: -e,
    "the expected one times 0.5": lambda e: e / 2,
    "times a number": lambda e: e / len(e),
    "the expected one plus 3": lambda e: e + 3,
    "plus a number": lambda e: e + len(e),
    "1 minus the expected one": lambda e: 1 - e,
    "1 divided by the expected one": lambda e: 1 / e,
    "the square of": np.square,
    "cut off after the point: are these integers?": lambda e: e.astype(int),
    "the expected one rounded": lambda e: np.round(e),
    "in reverse order": lambda e: e[::-1],
    "one step late": lambda e: np.concatenate([e[:1] + 1, e[:-1]]),
    "one step early": lambda e: np.concatenate([e[1:], e[-1:] + 1]),
    "in another order": lambda e: np.sort(e),
    "right to about 4 digits": lambda e: e + 3e-5 * np.abs(e).max() * (-1.0) ** np.arange(len(e)),
    "one too many at the end": lambda e: np.append(e, 0),
    "one too many at the beginning": lambda e: np.append(0, e),
    "one too few at the end": lambda e: e[:-1],
    "one too few at the beginning": lambda e: e[1:],
    "Only the first element is ever wrong": lambda e: e + (np.arange(len(e)) == 0) * len(e),
    "Only the last element is ever wrong": lambda e: np.append(e[:-1], 7),
    "the first 2 of 4 are right, and index 2 is not": lambda e: np.append(e[:2], e[2:] ** 2 + 9),
    "every other number is right": lambda e: np.append(np.nan, e[1:]),
    "nan where a number is expected, on 6 of 6 inputs.": lambda e: e * np.nan,
    "yours is 0 on every input": lambda e: 0 * e,
    "the shape is not: (4, 1) where (4,) is wanted": lambda e: e[:, None],
    "It returned the same on every input": lambda e: 5.0,
}


@pytest.mark.parametrize("words", CHANGES)
def test_a_change_that_holds_on_every_input_is_named(words):
    assert words in " ".join(remarks(SERIES, [CHANGES[words](e) for e in SERIES], 1e-9))


def test_axes_are_named():
    assert "transposed" in remarks(MAPS, [e.T for e in MAPS], 1e-9)[0]
    cubes = [np.stack([e, e + 1]) for e in MAPS]
    exchanged = remarks(cubes, [np.swapaxes(e, 0, 1) for e in cubes], 1e-9)
    assert "first two axes exchanged" in exchanged[0]
    last_column = [np.column_stack([e[:, :-1], np.arange(len(e))]) for e in MAPS]
    assert "Only the last element of axis 1" in remarks(MAPS, last_column, 1e-9)[0]


def test_the_wrong_member_of_several_is_named():
    pairs = [(e, e.sum()) for e in SERIES]
    said = remarks(pairs, [(e, -s) for e, s in pairs], 1e-9)
    assert said[0] == "Value 1 of 2 is right on every input; value 2 of 2 is not."
    assert said[1] == "On every input value 2 of 2 is the expected one with the sign turned round."
    dicts = [{"h": e, "c": 2 * e} for e in SERIES]
    said = remarks(dicts, [{"h": d["h"] + 1, "c": d["c"]} for d in dicts], 1e-9)
    assert said[0] == "'c' is right on every input; 'h' is not."


def test_where_it_is_right_and_where_it_raised_are_counted():
    first = remarks(SERIES, [*SERIES[:2], *(np.sort(e) for e in SERIES[2:])], 1e-9)
    assert first[0] == "Right on the first 2 of 6 inputs, and on none after them."
    raised = remarks(SERIES, [None, *SERIES[1:]], 1e-9)
    assert raised == ["No value to compare on 1 of 6 inputs; on the other 5 it is right."]
    assert remarks(SERIES, [None] * 6, 1e-9) == ["No value to compare on any of the 6 inputs."]
    some = remarks(SERIES, [None, *SERIES[1:5], SERIES[5] + 1], 1e-9)
    assert some[0] == "No value to compare on 1 of 6 inputs; right on 4, not right on 1."


def test_few_digits_are_said_of_the_inputs_that_are_not_right():
    said = remarks(SERIES, [*SERIES[:5], CHANGES["right to about 4 digits"](SERIES[5])], 1e-9)
    assert said[1] == "Where it is not right, yours is right to about 4 digits, and no further."


def test_truths_are_opposite_and_not_one_minus():
    truths = [e > 0 for e in SERIES]
    assert "yours is the opposite" in remarks(truths, [~t for t in truths], 1e-9)[0]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nothing_is_said_that_one_more_input_can_contradict(data):
    """A relation is only named if it holds on every input: spoil one and it is not named."""
    of_all = [w for w in CHANGES if "nan" not in w and "index 2" not in w]
    words = data.draw(st.sampled_from(of_all))
    spoiled = data.draw(st.integers(0, 5))
    got = [CHANGES[words](e) for e in SERIES]
    got[spoiled] = np.asarray(got[spoiled]) + RNG.normal(size=np.shape(got[spoiled]))
    assert words not in " ".join(remarks(SERIES, got, 1e-9))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 2, 3]))
def test_noise_has_no_relation(seed, axes):
    rng = np.random.default_rng(seed)
    shapes = [tuple(rng.integers(2, 5, axes)) for _ in range(5)]
    said = remarks([rng.normal(size=s) for s in shapes], [rng.normal(size=s) for s in shapes], 1e-9)
    assert said == []


@pytest.mark.parametrize(
    "got", ["text", None, {}, (), [[1], [1, 2]], np.array(["a"]), np.zeros((0, 3)), 1j, ({}, "a")]
)
@pytest.mark.parametrize("expected", [1.0, np.ones(3), (1.0, np.ones(2)), "word", {"a": 1}, True])
def test_no_value_makes_it_raise(expected, got):
    remarks([expected] * 3, [got, expected, got], 1e-9)
