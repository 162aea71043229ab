"""Wrong arguments: a ValueError or TypeError by name: what came, what was wanted."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nn_cases import every_backend, make, only_if_it_can, state_for
from torch.nn.utils.rnn import PackedSequence, pack_sequence

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


WRONG_PACKS = {
    "more steps than rows": (3, [2, 2], None),
    "rows left over": (4, [2, 1], None),
    "growing": (5, [1, 2, 2], None),
    "zero": (2, [2, 0], None),
    "negative": (2, [3, -1], None),
    "empty": (0, [], None),
    "not flat": (2, [[2]], None),
    "an order too short": (4, [2, 2], [0]),
    "an order with a place twice": (4, [2, 2], [1, 1]),
    "an order out of range": (4, [2, 2], [0, 2]),
}


@pytest.mark.parametrize("wrong", WRONG_PACKS)
@every_backend
def test_packed_by_hand(backend, wrong):
    """For: compiled code that walks out of its arrays (it did, into a crash), rows nobody wrote."""
    rows, sizes, order = WRONG_PACKS[wrong]
    only_if_it_can(backend, "NP", torch.float32)
    module = LSTM(3, 4, backend=backend)
    order = None if order is None else torch.tensor(order)
    sizes = torch.tensor(sizes, dtype=torch.int64)
    packed = PackedSequence(torch.zeros(rows, 3), sizes)._replace(
        sorted_indices=order, unsorted_indices=order
    )
    state = (torch.zeros(1, 2, 4),) * 2
    for hx in (None, state):
        with pytest.raises(ValueError, match=r"input\.(batch_sizes|sorted_indices) must"):
            module(packed, hx)


@pytest.mark.parametrize("name", ["bias", "batch_first", "bidirectional"])
@pytest.mark.parametrize("value", [None, "yes", 1, 0.0, [True], torch.tensor(True)])
def test_flags_are_true_or_false(name, value):
    """As torch.nn.LSTM's `bias` is. For: LSTM(3, 4, 2, 0.2), whose dropout was lost in `bias`."""
    with pytest.raises(TypeError, match=f"{name} must be True or False; got"):
        LSTM(3, 4, **{name: value})


def test_numbers_by_position():
    with pytest.raises(TypeError, match=r"bias must be True or False; got 0.2 \(by position, drop"):
        LSTM(3, 4, 2, 0.2)
    for value in ("1", True, float("nan")):
        with pytest.raises(TypeError, match="forget_bias must be a finite number or None"):
            LSTM(3, 4, forget_bias=value)


def test_autocast_casts_no_integers():
    with torch.autocast("cpu", torch.bfloat16):
        with pytest.raises(ValueError, match="input must hold floating-point numbers"):
            LSTM(3, 4)(torch.ones(5, 2, 3, dtype=torch.int64))


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
