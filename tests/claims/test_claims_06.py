"""Notebook 06, back through time: what goes through R, and how an error grows.

`python tests/claims/test_claims_06.py`: forty seeds, three sizes.
"""

import numpy as np
import pytest
from claims import fresh, notebook, try_in_full


@pytest.mark.parametrize("H", (3, 6, 16))
def test_in_about_a_quarter_of_the_units_the_way_through_R_turns_the_sign(H):
    nb = notebook("06", H=H)
    found = [nb.at_start(seed) for seed in fresh(20)]
    turned = np.mean([total < 0 for total, _ in found])
    smaller = np.mean([abs(total) < direct for total, direct in found])
    print(f"H = {H}: sign turned in {turned:.0%} of the units, smaller in {smaller:.0%}")
    assert 0.15 < turned < 0.4 and 0.3 < smaller < 0.6


@pytest.mark.parametrize("H, worse", [(8, 38), (4, 37), (16, 40)])
def test_with_open_gates_the_planted_error_grows_beyond_the_gradient(H, worse):
    """The counts of the notebook, of forty; a part of them under pytest."""
    nb = notebook("06")
    seeds = fresh(10)
    short, long = (
        np.array([nb.error_at(T, 3.0, s, nb.planted, units=H) for s in seeds]) for T in (2, 64)
    )
    stays = np.array([nb.error_at(64, 3.0, s, nb.stays, units=H) for s in seeds])
    print(f"H = {H}: above 1 in {(long > 1).sum()} of {len(seeds)}, median {np.median(long):.2f}")
    print(f"   not sent on: median {np.median(stays):.2f}")
    assert (long > short).all() and np.median(long) > 2 * np.median(stays)
    assert len(seeds) < 40 or (long > 1).sum() == worse


@pytest.mark.parametrize("H", (8, 4, 16))
def test_with_half_closed_gates_it_hardly_grows(H):
    nb = notebook("06")
    short, long = (
        np.median([nb.error_at(T, 0.0, s, nb.planted, units=H) for s in fresh()]) for T in (2, 64)
    )
    print(f"H = {H}, bias 0: median {short:.2f} at T = 2, {long:.2f} at T = 64")
    assert long < 0.5 and long < 3 * short


if __name__ == "__main__":
    try_in_full(__file__)
