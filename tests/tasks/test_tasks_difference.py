"""The paired block bootstrap: covers what it promises, and blocks matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_lib.tasks.difference import block_means, interval, paired, percentiles


@given(st.lists(st.tuples(st.floats(-9, 9), st.integers(0, 5)), min_size=1, max_size=60))
def test_block_means_weighted_by_size_are_the_overall_mean(rows):
    values, block = np.array([v for v, _ in rows]), np.array([b for _, b in rows])
    means, sizes = block_means(values, block)
    assert sizes.sum() == len(values)
    assert np.average(means, weights=sizes) == pytest.approx(values.mean(), abs=1e-9)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng, hits = np.random.default_rng(1), 0
    for trial in range(200):
        means = 0.3 + rng.normal(size=60)
        low, high = interval(means, np.full(60, 24), level=0.9, draws=500, seed=trial)
        hits += low <= 0.3 <= high
    assert 0.83 <= hits / 200 <= 0.96


def test_ignoring_the_blocks_would_make_the_interval_too_narrow():
    rng = np.random.default_rng(2)
    hours = np.repeat(rng.normal(size=50), 100) + 0.1 * rng.normal(size=5000)
    by_week = np.subtract(*interval(*block_means(hours, np.arange(5000) // 100)))
    by_hour = np.subtract(*interval(*block_means(hours, np.arange(5000))))
    assert abs(by_week) > 5 * abs(by_hour)


def test_large_blocks_count_more():
    low, high = interval(np.array([0.0, 1.0]), np.array([1, 999]), draws=4000)
    assert low == 0.0 and high == 1.0
    assert interval(np.array([0.0, 1.0] * 20), np.array([1, 999] * 20))[0] > 0.9


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: block_means(np.ones(3), np.ones(2)), r"values and block must be \(N,\)"),
        (lambda: block_means(np.array([np.nan]), np.array([0])), "finite"),
        (lambda: interval(np.ones(1), np.ones(1)), "blocks must be at least 2"),
        (lambda: interval(np.ones(3), np.ones(3), level=95), "level"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_paired_difference_is_that_of_its_parts_column_by_column():
    """For: other blocks drawn for one column, or for one of the two that are compared."""
    rng = np.random.default_rng(3)
    ours, theirs, week = rng.normal(size=(70, 2)), rng.normal(size=(70, 2)), np.arange(70) // 7
    both = paired(ours, theirs, week)
    for k in range(2):
        one = paired(ours[:, k], theirs[:, k], week)
        assert np.allclose(one, [ends[k] for ends in both], atol=1e-12)
        assert (one.low, one.high) == interval(*block_means(ours[:, k] - theirs[:, k], week))
    back = paired(theirs, ours, week)
    assert np.allclose(back.low, -both.high, atol=1e-12)
    assert both.record(2)["interval"] == [both.low.round(2).tolist(), both.high.round(2).tolist()]


def test_any_statistic_of_blocks_has_its_interval():
    """A ratio of sums; where both are proportional it has no width. For: independent draws."""
    top = np.random.default_rng(4).gamma(2.0, size=30)
    low, high = percentiles(lambda times: (times @ top) / (times @ (2 * top)), 30)
    assert low == pytest.approx(0.5) and high == pytest.approx(0.5)
    low, high = percentiles(lambda times: times.sum(1), 30)
    assert low == high == 30
