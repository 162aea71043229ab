"""Wrong arguments: a ValueError or TypeError by name: what came, what was wanted."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nn_cases import make, state_for
from torch.nn.utils.rnn import pack_sequence

from lstm_lib.nn import LSTM
from lstm_lib.scratch.variants import VARIANTS

anything = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(-2, 2), st.text(max_size=3)
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["input_size", "hidden_size", "num_layers", "dropout", "variant", "backend"]),
    anything,
)
def test_constructor(name, value):
    """Each argument takes what it should, and refuses the rest by name."""
    arguments = dict(input_size=3, hidden_size=4, num_layers=2) | {name: value}
    number = not isinstance(value, bool) and isinstance(value, int | float)
    if name == "dropout":
        good = number and 0 <= value <= 1
    elif name == "variant":
        good = isinstance(value, str) and value in VARIANTS
    elif name == "backend":
        good = False
    else:
        good = number and isinstance(value, int) and value > 0
    if good and not (name == "num_layers" and value == 1):
        LSTM(**arguments)
    elif not good:
        with pytest.raises((ValueError, TypeError), match=name):
            LSTM(**arguments)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=0, max_size=5), st.booleans())
def test_input_shape(shape, batch_first):
    """A ValueError that is a RuntimeError too, as torch raises; or the shape it should have."""
    module = LSTM(3, 4, batch_first=batch_first)
    x = torch.zeros(shape)
    time = 1 if batch_first and len(shape) == 3 else 0
    if len(shape) in (2, 3) and shape[-1] == 3 and shape[time] > 0:
        assert module(x)[0].shape == (*shape[:-1], 4)
        return
    with pytest.raises(ValueError, match="input must") as caught:
        module(x)
    assert isinstance(caught.value, RuntimeError)
    assert str(tuple(shape)) in str(caught.value)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(list(VARIANTS)),
    st.integers(0, 2),
    st.lists(st.integers(1, 4), min_size=2, max_size=4),
)
def test_state_shape(variant, member, shape):
    module = make(variant, 2)
    hx = list(state_for(module, 3, grad=False))
    assume(member < len(hx) and tuple(shape) != tuple(hx[member].shape))
    wanted = tuple(hx[member].shape)
    hx[member] = torch.zeros(shape, dtype=torch.float64)
    name = ["h", "c", "gates"][member]
    with pytest.raises(ValueError, match=f"hx's {name} must be") as caught:
        module(torch.zeros(5, 3, 3, dtype=torch.float64), tuple(hx))
    assert str(wanted) in str(caught.value) and str(tuple(shape)) in str(caught.value)


def test_state_kind():
    x = torch.zeros(5, 2, 3)
    h = torch.zeros(1, 2, 4)
    for hx in (h, (h,), (h, h, h), "hc", 3, {"h": h}):
        with pytest.raises(TypeError, match=r"hx must be a tuple of h \(1, 2, 4\), c \(1, 2, 4\)"):
            LSTM(3, 4)(x, hx)
    with pytest.raises(TypeError, match=r"gates \(1, 3, 2, 4\); got 2 members"):
        LSTM(3, 4, variant="FGR")(x, (h, h))
    with pytest.raises(TypeError, match="hx's c must be a tensor; got list"):
        LSTM(3, 4)(x, (h, [0.0]))


def test_dtype_and_kind():
    module = LSTM(3, 4)
    for x in (torch.zeros(5, 2, 3).double(), torch.zeros(5, 2, 3, dtype=torch.long)):
        with pytest.raises(ValueError, match=r"input must be torch.float32, as the weights are"):
            module(x)
    with pytest.raises(TypeError, match="input must be a tensor; got list"):
        module([[1.0]])
    with pytest.raises(ValueError, match="input must be on cpu"):
        module(torch.zeros(5, 2, 3, device="meta"))
    with pytest.raises(ValueError, match=r"input.data must be \(N, 3\)"):
        module(pack_sequence([torch.zeros(4, 2)]))
    with pytest.raises(ValueError, match="forget_bias needs bias=True"):
        LSTM(3, 4, bias=False, forget_bias=1.0)
    with pytest.warns(UserWarning, match="dropout acts between layers"):
        LSTM(3, 4, dropout=0.5)


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name != "NP"])
def test_torch_backend_runs_np_alone(variant):
    with pytest.raises(
        ValueError, match=f"backend 'torch' cannot run variant {variant}: torch has"
    ):
        LSTM(3, 4, variant=variant, backend="torch")


def test_module_is_an_ordinary_one():
    """Deep copies, moves and repr work as with any module."""
    import copy

    module = make("V", 2, dropout=0.1)
    other = copy.deepcopy(module)
    assert all(torch.equal(a, b) for a, b in zip(module.parameters(), other.parameters()))
    assert repr(module) == "LSTM(3, 4, num_layers=2, dropout=0.1, variant=V)"
    assert module.to("meta").weight_ih_l0.device.type == "meta"
    module = LSTM(3, 4)
    assert len(module.all_weights) == 1 and len(module.all_weights[0]) == 4
    module.flatten_parameters()
