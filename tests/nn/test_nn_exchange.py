"""Weights carried over: torch's state dicts, scratch's params, seeds, initialisation."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nn_cases import make, random_input

from lstm_lib import scratch
from lstm_lib.nn import LSTM
from lstm_lib.scratch.variants import VARIANTS, Variant


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(0, 2**31),
)
def test_state_dicts_are_torchs(layers, bias, both, width, hidden, seed):
    """Same seed, same names, same order, same numbers; loaded strictly both ways."""
    torch.manual_seed(seed)
    ours = LSTM(width, hidden, layers, bias, bidirectional=both)
    torch.manual_seed(seed)
    theirs = torch.nn.LSTM(width, hidden, layers, bias, bidirectional=both)
    a, b = ours.state_dict(), theirs.state_dict()
    assert list(a) == list(b)
    assert all(torch.equal(a[name], b[name]) for name in a)
    torch.nn.LSTM(width, hidden, layers, bias, bidirectional=both).load_state_dict(a)
    ours.load_state_dict(
        torch.nn.LSTM(width, hidden, layers, bias, bidirectional=both).state_dict()
    )


@pytest.mark.parametrize("variant", list(VARIANTS))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scratch_and_back_is_exact(variant, dtype):
    mine = scratch.LSTM(3, 4, 2, variant=variant, seed=1, dtype=dtype)
    for name, array in mine.params.items():
        array += np.random.default_rng(len(name)).normal(size=array.shape).astype(dtype)
    module = LSTM.from_scratch(mine)
    back = module.to_scratch()
    assert back.variant is mine.variant and list(back.params) == list(mine.params)
    for name, array in mine.params.items():
        assert back.params[name].dtype == dtype
        assert np.array_equal(back.params[name], array)
    module.weight_ih_l0.data.zero_()
    assert mine.params["W0"].any() and back.params["W0"].any(), "memory is shared"


@pytest.mark.parametrize("variant", list(VARIANTS))
def test_torch_and_back_is_the_same_function(variant):
    """Two random biases become their sum; without bias it is zero."""
    for bias in (True, False):
        module = make(variant, 2, bias=bias, backend="loop")
        back = LSTM.from_scratch(module.to_scratch(), backend="loop")
        x = random_input(4, 2, 3)
        assert torch.allclose(module(x)[0], back(x)[0], rtol=0, atol=1e-14)


def test_what_scratch_lacks_is_refused():
    with pytest.raises(ValueError, match="bidirectional=False"):
        make("V", bidirectional=True).to_scratch()
    with pytest.raises(TypeError, match="bfloat16"):
        LSTM(3, 4, dtype=torch.bfloat16).to_scratch()
    with pytest.raises(TypeError, match="got hidden_size"):
        LSTM.from_scratch(scratch.LSTM(3, 4), hidden_size=5)
    with pytest.raises(TypeError, match="got Linear"):
        LSTM.from_scratch(torch.nn.Linear(3, 4))


def test_forget_bias_is_what_the_gate_sees():
    """f's bias, or minus i's where coupled, is exactly that in sum; nothing else changes."""
    for variant in VARIANTS.values():
        torch.manual_seed(3)
        plain = LSTM(3, 4, 2, variant=variant, bidirectional=True)
        torch.manual_seed(3)
        biased = LSTM(3, 4, 2, variant=variant, bidirectional=True, forget_bias=1.5)
        gate, value = ("i", -1.5) if variant.coupled else ("f", 1.5)
        for a, b in zip(plain.weights(), biased.weights(), strict=True):
            sums = dict(zip(variant.blocks, (b.b_ih + b.b_hh).split(4)))
            for block, before in zip(variant.blocks, (a.b_ih + a.b_hh).split(4)):
                wanted = torch.full_like(before, value) if block == gate else before
                assert torch.equal(sums[block], wanted)
            assert torch.equal(a.W, b.W) and torch.equal(a.R, b.R)


def test_a_variant_of_ones_own():
    """No code asks for a variant by name: an unnamed combination runs, NP by any name is NP."""
    mine = Variant("mine", input_gate=False, output_gate=False, output_activation="identity")
    module = LSTM(3, 4, variant=mine)
    assert module.weight_ih_l0.shape == (8, 3) and module.weight_ch_l0.shape == (4,)
    assert module(torch.zeros(5, 2, 3))[0].shape == (5, 2, 4)
    assert LSTM(3, 4, variant=Variant("Bob", peepholes=False), backend="torch")
    bare = Variant("bare", input_gate=False, forget_gate=False, output_gate=False)
    assert LSTM(3, 4, variant=bare)(torch.zeros(5, 2, 3))[0].shape == (5, 2, 4)
