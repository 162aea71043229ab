"""A share of few networks and its interval."""

import pytest
from scipy.stats import binomtest

from lstm_lib.tasks.share import solved_record, wilson


@pytest.mark.parametrize("solved, of", [(0, 1), (0, 40), (3, 7), (40, 40), (18, 100)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_wilsons_interval_is_scipys(solved, of, level):
    theirs = binomtest(solved, of).proportion_ci(level, method="wilson")
    assert wilson(solved, of, level) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@pytest.mark.parametrize("solved, of", [(-1, 3), (4, 3), (0, 0)])
def test_a_share_that_cannot_be_is_named(solved, of):
    with pytest.raises(ValueError, match=f"got {solved} of {of}"):
        wilson(solved, of)


def test_none_solved_has_no_mean():
    record = solved_record([None, None])
    assert (record["share"], record["mean"], record["median"]) == (0.0, None, None)
