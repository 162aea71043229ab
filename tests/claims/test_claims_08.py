"""Notebook 08, training: how far a counter reaches, how it fails, and what clipping is worth.

`python tests/claims/test_claims_08.py`: twenty seeds, three sizes, ten minutes and more.
"""

import numpy as np
import pytest
from claims import fresh, in_full, notebook, try_in_full


@pytest.fixture(scope="module")
def nb():
    """The notebook, with the words that its functions read."""
    nb = notebook("08")
    space = nb.reach.__globals__
    space["ten_words"] = nb.ten_words = nb.batch(range(1, 11))
    space["test_x"], space["test_legal"], space["test_lengths"] = nb.batch(range(1, 101))
    space["word"], _, _ = nb.batch([20])
    space["count"] = np.cumsum(space["word"][:, 0, 0] - space["word"][:, 0, 1])
    return nb


def trained(nb, net, seed):
    """The network and its head after the notebook's thousand steps; the reach."""
    top = nb.Dense(net.hidden_size, 3, seed=100 + seed, dtype=np.float64)
    nb.train(net, top, nb.ten_words, nb.Adam(nb.all_params(net, top), rate=0.02), 1000)
    return top, nb.reach(net, top)


@pytest.mark.parametrize("H, of_rnn", [(8, 18), (6, 14), (16, 38)])
def test_lstms_reach_beyond_the_training_words_and_not_far(nb, H, of_rnn):
    if H != 8 and not in_full():
        pytest.skip("only in full: it trains")
    seeds, lstms, rnns, inside = fresh(1, 20), [], [], []
    for seed in seeds:
        lstm = nb.LSTM(3, H, seed=seed, dtype=np.float64)
        top, reach = trained(nb, lstm, seed)
        lstms.append(reach)
        rnn = nb.RNN(3, of_rnn, seed=seed, dtype=np.float64)
        rnns.append(trained(nb, rnn, seed)[1])
        if reach < 100:
            inside.append(failure(nb, lstm, top, 1 + reach))
    print(f"H = {H}: reach of LSTMs {sorted(lstms)}, of RNNs {sorted(rnns)}")
    down, lost, last = np.sum(inside, axis=0)
    print(f"   of {len(inside)}: stairs down higher {down}, lost {lost}, a single b missing {last}")
    assert min(lstms) > 10 and np.median(lstms) > np.median(rnns) and max(rnns) < 20
    assert lost == len(inside) and last > 0.7 * len(inside)
    if in_full() and H == 8:  # the notebook: 13 to 30, 10 to 16; 16 of 20
        assert (min(lstms), max(lstms)) == (13, 30) and np.median(lstms) == 18
        assert (min(rnns), max(rnns)) == (10, 16)
        assert (down, lost, last) == (16, 20, 19)


def failure(nb, lstm, top, n):
    """Of the first wrong word n: are stairs down higher, is some lost, is one b missing?"""
    x, legal, _ = nb.batch([n])
    z = top.forward(lstm.forward(x)[0])[0][:, 0]
    t = int(((z > 0) != legal[:, 0]).any(axis=1).argmax())
    v = nb.counting(lstm)[2]
    step = np.abs(np.diff(v["c"]))
    taken = (1 - v["f"][1:]) * abs(v["c"][:-1])
    return step[24:].mean() > step[4:20].mean(), taken[4:20].mean() > 0, 2 * n - t == 1


@pytest.mark.parametrize("units", (18, 9, 30))
def test_with_clipping_most_end_lower(nb, units):
    if units != 18 and not in_full():
        pytest.skip("only in full: it trains")
    ends = {}
    for limit in (0.3, np.inf):
        ends[limit] = []
        for seed in fresh(2, 20):
            net = nb.RNN(3, units, seed=seed, dtype=np.float64)
            top = nb.Dense(units, 3, seed=100 + seed, dtype=np.float64)
            optimiser = nb.SGD(nb.all_params(net, top), rate=4.0)
            losses, _ = nb.train(net, top, nb.ten_words, optimiser, 400, limit)
            ends[limit].append(losses[-50:].mean())
    lower = np.mean(np.less(ends[0.3], ends[np.inf]))
    print(f"{units} units: lower with clipping {lower:.0%}; worst {max(ends[0.3]):.3f}", end="")
    print(f" and without {max(ends[np.inf]):.3f}")
    assert lower > 0.5 and max(ends[0.3]) < max(ends[np.inf])


if __name__ == "__main__":
    try_in_full(__file__)
