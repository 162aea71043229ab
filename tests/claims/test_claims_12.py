"""Notebook 12: where the error of half precision comes from.

`python tests/claims/test_claims_12.py`: forty seeds, three sizes, about two minutes.
"""

import statistics

import pytest
import torch
from claims import fresh, try_in_full

from lstm_lib.nn import LSTM


def error_in_bf16(seed, variant, H, times_R=1.0, steps=300):
    """Outputs in bfloat16 against float64, as in the notebook, with a seed and a size."""
    torch.manual_seed(seed)
    lstm = LSTM(8, H, variant=variant, backend="loop")
    x = torch.randn(steps, 8, 8)
    with torch.no_grad():
        lstm.weight_hh_l0.mul_(times_R)
        with torch.autocast("cpu", torch.bfloat16):
            rough = lstm(x)[0].double()
        exact = lstm.double()(x.double())[0]
    return ((rough - exact).abs().max() / exact.abs().max()).item()


@pytest.mark.parametrize("H", (64, 32, 128))
def test_without_a_forget_gate_most_of_the_error_comes_through_R(H):
    def middle(*args):
        return statistics.median(error_in_bf16(seed, *args) for seed in fresh(1))

    plain, without = middle("NP", H), middle("NFG", H)
    added_up = middle("NFG", H, 0.0)
    print(f"H = {H}: NP {plain:.4f}, NFG {without:.3f}, NFG with R = 0 {added_up:.3f}")
    assert plain < 0.02 and without > 10 * plain and without > 4 * added_up > 4 * plain


if __name__ == "__main__":
    try_in_full(__file__)
