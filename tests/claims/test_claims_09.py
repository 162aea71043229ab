"""Notebook 09, long lags: tried with fresh seeds, and with 16 and 64 units beside 32.

`python tests/claims/test_claims_09.py`: twenty seeds, some minutes.
"""

import numpy as np
import pytest
from claims import fresh, notebook, try_in_full

from lstm_lib.experiments.lags.guessing import guess

sizes = pytest.mark.parametrize("H", (32, 16, 64))


@sizes
def test_what_reaches_the_first_mark(H):
    nb = notebook("09")

    def first(kind):
        share = nb.reach(kind, 100, hidden=H, seeds=fresh(2, 20))[:, 50:].mean(axis=1)
        print(f"H = {H}, {kind}: {share.min():.1e} to {share.max():.1e}")
        return share

    assert first("RNN").max() < 1e-8
    assert first("LSTM, forget bias 0").max() < 1e-8
    assert first("LSTM, chrono start").min() > 1e-4
    assert first("RNN, identity start").min() > 0.5


@pytest.mark.parametrize("H, few, many", [(32, 1, 20), (16, 0, 5), (64, 0, 5)])
def test_the_lstm_solves_fifty_steps_and_the_plain_network_does_not(H, few, many):
    nb = notebook("09")
    for seed in fresh(few, many):
        lstm, _ = nb.trained("LSTM, chrono start", 0.03, 800, seed=seed, hidden=H)
        rnn, _ = nb.trained("RNN", 0.001, 800, seed=seed, hidden=H)
        errors = nb.error_on_new(lstm), nb.error_on_new(rnn)
        print(f"H = {H}, seed {seed}: LSTM {errors[0]:.4f}, RNN {errors[1]:.4f}")
        assert errors[0] < 0.01 and 0.14 < errors[1] < 0.19


@pytest.mark.parametrize("length, telling", [(100, 3), (100, 1)])
def test_guessing_needs_fewer_sequences_than_training_did_in_1997(length, telling):
    shown = [guess(np.random.default_rng(s), length, telling).sequences for s in fresh(2, 20)]
    print(f"T = {length}, {telling} steps tell it: {min(shown)} to {max(shown)}")
    assert max(shown) < 39_850


if __name__ == "__main__":
    try_in_full(__file__)
