"""Notebook 07, why gradients die: tried with fresh seeds, and with 16 and 64 units beside 32.

`python tests/claims/test_claims_07.py`: forty seeds, two minutes.
"""

import numpy as np
import pytest
from claims import fresh, in_full, notebook, try_in_full

sizes = pytest.mark.parametrize("H", (32, 16, 64))


def of(H, seeds=None):
    """The notebook with this many units and fresh seeds."""
    return notebook("07", H=H, SEEDS=seeds or fresh())


def say(H, what, values):
    low, middle, high = np.min(values), np.median(values), np.max(values)
    print(f"H = {H}: {what}: {low:.3g} to {high:.3g}, median {middle:.3g}")
    return low, middle, high


@sizes
def test_the_plain_network_vanishes_and_eight_times_R_explodes_with_most(H):
    nb = of(H, fresh(16))  # chaos: few would not do
    once = nb.rnn_shares(1)
    _, _, high = say(H, "RNN, R × 1, factor a step", nb.factor(once))
    assert high < 0.7
    lags = np.arange(5, 41)
    straight = [np.corrcoef(lags, np.log(row[lags]))[0, 1] for row in once]
    assert max(straight) < -0.995
    assert say(H, "R × 2", nb.factor(nb.rnn_shares(2)))[2] < 0.98
    low, middle, _ = say(H, "R × 8, chaotic", nb.factor(nb.rnn_shares(8)))
    assert middle > 1.05 and (H < 64 or low > 1)


@sizes
def test_the_largest_eigenvalue_times_the_mean_slope_is_near(H):
    nb = of(H)
    off = []
    for seed, measured in zip(nb.SEEDS, nb.factor(nb.rnn_shares(1)), strict=True):
        rnn = nb.RNN(nb.I, H, seed=seed, dtype=np.float64)
        h_seq, _, _ = rnn.forward(nb.inputs_and_end(seed)[0])
        radius = np.abs(np.linalg.eigvals(rnn.params["R0"])).max()
        off.append(abs(radius * (1 - h_seq[-nb.T :] ** 2).mean() - measured))
    assert say(H, "eigenvalue × slope, off by", off)[2] < 0.05


@sizes
def test_a_step_against_a_chaotic_gradient_is_a_coin(H):
    nb = of(H, fresh(12))
    lower = {
        scale: np.mean([nb.is_lower(s, scale, d) for s in nb.SEEDS for d in nb.LENGTHS])
        for scale in (1, 8)
    }
    print(f"H = {H}: a clipped step lowers: {lower}")
    assert lower[1] == 1 and 0.1 < lower[8] < 0.9


@sizes
def test_the_total_gradient_outlives_the_direct_path(H):
    nb = of(H)
    rnn = nb.factor(nb.rnn_shares(1))
    ends = []
    for bias in nb.BIASES:
        total, path, f = nb.lstm_shares(bias)
        say(H, f"bias {bias}, left at lag 59", total[:, 59])
        ends.append(total[:, 59])
        assert (total[:, 59] > path[:, 59]).all()
        assert (nb.factor(total) > nb.factor(path)).all()
        predicted = np.exp(np.log(f).mean(axis=(1, 2, 3)))
        assert say(H, "  predicted slope off by", abs(predicted - nb.factor(path)))[2] < 0.03
        if bias == 0:
            assert 0 < nb.factor(total).mean() - rnn.mean() < 0.13
    assert (ends[0] < ends[1]).all() and (ends[1] < ends[2]).all()


@sizes
def test_more_R_more_way_round(H):
    nb = of(H)
    at_40 = [nb.lstm_shares(1, scale=s)[0][:, 40] for s in (0, 1, 2)]
    assert (at_40[0] < at_40[1]).all() and (at_40[1] < at_40[2]).all()


@pytest.mark.parametrize("H, grows", [(16, 11), (32, 28), (64, 40)])
def test_with_eight_times_R_an_lstm_grows_with_so_many_of_forty(H, grows):
    if H != 32 and not in_full():
        pytest.skip("only in full")
    nb = of(H, range(1000, 1040))
    found = int((nb.lstm_shares(1, scale=8)[0][:, 40] > 1).sum())
    print(f"H = {H}: LSTM, R × 8, larger at lag 40 with {found} of 40")
    assert abs(found - grows) <= 2  # chaos: on another processor a seed may change sides


@sizes
def test_the_gradient_of_h_is_the_smaller_one_and_falls_alike(H):
    nb = of(H)
    for seed in nb.SEEDS:
        params = nb.cell.init(nb.I, H, "NP", seed, np.float64, 1.0)
        of_h, of_c, _, _ = nb.lstm_back(params, *nb.inputs_and_end(seed))
        ratio = (np.linalg.norm(of_h, axis=2) / np.linalg.norm(of_c, axis=2)).mean(axis=1)
        assert ratio[0] > 1.5 and 0.2 < ratio[1:].min() and ratio[1:].max() < 0.5
        assert abs(nb.factor(nb.shares(of_h)) - nb.factor(nb.shares(of_c))) < 0.015


@sizes
def test_the_carousel_grows_to_the_start_and_is_nearly_constant_late(H):
    nb = of(H)
    early, late = (nb.first_shares(steps)[0] for steps in (60, 240))
    assert say(H, "1997, at step 60, at lag 59", early[:, -1])[0] > 2.5
    assert 0.15 < say(H, "1997, at step 240, least", late)[0]
    assert say(H, "1997, at step 240, at lag 59", late[:, -1])[2] < 3


@sizes
@pytest.mark.parametrize("wanted", (10, 100, 1000))
def test_a_half_life_by_its_bias_is_kept_to_within_a_fifth(H, wanted):
    nb = of(H)
    found = nb.half_life(nb.factor(nb.lstm_shares(nb.bias_for(wanted))[1]).mean())
    print(f"H = {H}: half-life wanted {wanted}, direct path {found:.1f}")
    assert 0.8 < found / wanted < 1.1


if __name__ == "__main__":
    try_in_full(__file__)
