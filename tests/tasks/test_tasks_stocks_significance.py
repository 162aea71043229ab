"""Tests of one difference and of many, and what a rule earns: each against its definition."""

import numpy as np
import pytest

from lstm_lib.tasks import stocks
from lstm_lib.tasks.stocks.comparison import against, compare_rules


def test_the_long_run_variance_is_the_double_sum_over_pairs():
    """For: weights that do not fall to zero, a factor 2 forgotten, a mean not taken off."""
    x, lags = np.random.default_rng(0).normal(size=40) + 3, 4
    centred = x - x.mean()
    total = 0.0
    for i in range(40):
        for j in range(40):
            total += max(0.0, 1 - abs(i - j) / (lags + 1)) * centred[i] * centred[j]
    assert stocks.long_run_variance(x, lags) == pytest.approx(total / 40)


def test_diebold_mariano_is_a_t_test_when_days_are_independent():
    """For: the correction of Harvey, Leybourne and Newbold turned round; a one-sided p."""
    from scipy.stats import ttest_1samp

    d = np.random.default_rng(1).normal(0.2, 1.0, 60)
    found, known = stocks.diebold_mariano(d, np.zeros(60), lags=0), ttest_1samp(d, 0.0)
    assert found["t"] == pytest.approx(known.statistic)  # (n - 1) / n turns 1 / n into 1 / (n - 1)
    assert found["p"] == pytest.approx(known.pvalue)
    turned = stocks.diebold_mariano(np.zeros(60), d, lags=0)
    assert (turned["t"], turned["p"]) == pytest.approx((-found["t"], found["p"]))


def test_diebold_mariano_gives_false_alarm_as_often_as_it_says():
    """For: days that hang together taken for independent ones (here: 4 times as many)."""
    rng, alarms, naive = np.random.default_rng(2), 0, 0
    for _ in range(400):
        d = np.convolve(rng.normal(size=1002), np.ones(3), "valid")
        alarms += stocks.diebold_mariano(d, np.zeros(len(d)))["p"] < 0.05
        naive += stocks.diebold_mariano(d, np.zeros(len(d)), lags=0)["p"] < 0.05
    assert 0.02 < alarms / 400 < 0.10 and naive / 400 > 0.15


def test_equal_losses_are_no_difference_and_nonsense_is_refused():
    """For: 0 / 0 in a p-value."""
    same = np.ones(10)
    assert stocks.diebold_mariano(same, same) == {"mean": 0.0, "t": 0.0, "p": 1.0}
    with pytest.raises(ValueError, match="finite"):
        stocks.diebold_mariano(np.full(10, np.nan), same)
    with pytest.raises(ValueError, match="ours and theirs"):
        stocks.diebold_mariano(same, same[:5])


def test_holm_keeps_false_alarms_of_many_tests_in_bounds():
    """For: p-values that are left as they are, or sorted and not put back."""
    rng = np.random.default_rng(3)
    alarms = [(stocks.holm(rng.uniform(size=20)) < 0.05).any() for _ in range(2000)]
    assert 0.03 < np.mean(alarms) < 0.07
    assert stocks.holm(np.array([0.5, 0.001])).tolist() == [0.5, 0.002]


def test_what_a_rule_earns_is_what_a_ledger_says():
    """For: costs paid on days without a trade, a position that knows its own day, basis points."""
    r, position = np.array([1.0, -2.0, 0.5, 3.0]), np.array([1.0, 0.0, 0.0, -1.0])
    ledger, held = [], 0.0
    for day, wanted in zip(r, position):
        ledger.append(wanted * day - abs(wanted - held) * 10 / 100)
        held = wanted
    assert np.allclose(stocks.earned(r, position, 10.0), ledger)
    with pytest.raises(ValueError, match="cost"):
        stocks.earned(r, position, -1.0)


def test_a_rule_that_is_always_in_is_buy_and_hold():
    """For: buy and hold that pays its costs every day."""
    data = stocks.prepare()
    days = data.days["test"]
    found = compare_rules(data, {"up": np.ones(len(data))}, days)
    assert found["up"] == found["buy and hold"]
    assert found["up"]["0 bp"]["a year"] == pytest.approx(252 * data.returns[days].mean(), abs=0.01)
    assert found["up"]["5 bp"]["a year"] == pytest.approx(
        found["up"]["0 bp"]["a year"] - 252 * 0.05 / len(days), abs=0.011
    )


def test_direction_counts_what_was_said_before():
    """For: a forecast of 0 counted as right whatever comes."""
    assert stocks.hits(np.array([1.0, -1.0, 1.0]), np.array([0.1, 0.0, -0.2])).tolist() == [1, 0, 0]


def test_the_interval_is_over_whole_blocks():
    """For: single days drawn, whose interval is too narrow when days hang together."""
    days = np.arange(1000, 1000 + 22 * 30)
    level = np.repeat(np.random.default_rng(4).normal(size=30), 22)
    low, high = against(level, np.zeros(len(level)), days)["interval"]
    narrow = 2 * 1.96 * level.std() / len(level) ** 0.5
    assert high - low > 3 * narrow
    assert stocks.blocks(days).max() == 29
