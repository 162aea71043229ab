"""Bad input: a ValueError or TypeError that names the argument, what came and what was wanted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lib.scratch import LSTM, RNN, VARIANTS, cell

T, B, I, H = 4, 3, 2, 5
MODELS = {name: LSTM(I, H, 2, name) for name in VARIANTS}
GOOD = np.zeros((T, B, I), np.float32)
few = settings(max_examples=60, deadline=None)


@few
@given(shape=st.lists(st.integers(0, 5), max_size=4).map(tuple), name=st.sampled_from([*VARIANTS]))
def test_any_shape_works_or_is_named(shape, name):
    x = np.zeros(shape, np.float32)
    if len(shape) == 3 and shape[2] == I and min(shape) > 0:
        h_seq, _, tape = MODELS[name].forward(x)
        assert h_seq.shape == (*shape[:2], H)
        assert MODELS[name].backward(h_seq, tape)[1].shape == shape
        return
    with pytest.raises(ValueError, match=r"^x must be") as error:
        MODELS[name].forward(x)
    assert str(shape) in str(error.value) and f"input_size={I}" in str(error.value)


@few
@given(
    lengths=st.one_of(
        st.lists(st.integers(-2, T + 2), max_size=B + 1),
        st.lists(st.floats(1, T), min_size=B, max_size=B),
        st.just([True] * B),
    )
)
def test_any_lengths_work_or_are_named(lengths):
    ints = all(type(n) is int for n in lengths) and len(lengths) > 0
    if ints and len(lengths) == B and all(1 <= n <= T for n in lengths):
        h_seq = MODELS["NP"].forward(GOOD + 1, lengths=np.array(lengths))[0]
        assert [int(np.count_nonzero(h_seq[:, b].any(-1))) for b in range(B)] == lengths
        return
    with pytest.raises((ValueError, TypeError), match=r"^lengths"):
        MODELS["NP"].forward(GOOD, lengths=np.array(lengths))


@few
@given(
    dtype=st.sampled_from(["f2", "f8", "i4", "c8", "?", "O"]),
    name=st.sampled_from([*VARIANTS]),
)
def test_nothing_is_cast(dtype, name):
    with pytest.raises(TypeError, match="x must be float32; got") as error:
        MODELS[name].forward(GOOD.astype(dtype))
    assert str(np.dtype(dtype)) in str(error.value)


@few
@given(
    where=st.tuples(st.integers(0, T - 1), st.integers(0, B - 1), st.integers(0, I - 1)),
    value=st.sampled_from([np.nan, np.inf, -np.inf]),
)
def test_what_is_not_finite_is_refused_at_the_door(where, value):
    x = GOOD.copy()
    x[where] = value
    for model in (MODELS["NP"], RNN(I, H)):
        with pytest.raises(ValueError, match="x must be finite") as error:
            model.forward(x)
        assert f"x{list(where)} is {value}" in str(error.value)


@few
@given(
    shapes=st.lists(
        st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple), min_size=0, max_size=4
    ),
    name=st.sampled_from(["NP", "FGR"]),
)
def test_any_state_works_or_is_named(shapes, name):
    model = MODELS[name]
    right = [(2, B, H), (2, B, H), (2, 3, B, H)][: 3 if name == "FGR" else 2]
    state = tuple(np.zeros(shape, np.float32) for shape in shapes)
    if shapes == right:
        model.forward(GOOD, state)
        return
    with pytest.raises(ValueError, match=r"^(state|h|c|gates) must be"):
        model.forward(GOOD, state)


def test_swapped_axes_are_guessed():
    dh_seq = np.zeros((B, T, H), np.float32)
    tape = MODELS["NP"].forward(GOOD)[2]
    with pytest.raises(ValueError, match="Are batch and time swapped"):
        MODELS["NP"].backward(dh_seq, tape)
    with pytest.raises(ValueError, match=r"h must be \(2, 3, 5\); got \(3, 2, 5\)"):
        MODELS["NP"].forward(GOOD, tuple(np.zeros((2, 3, 2, 5), np.float32)))


def test_a_state_without_fgrs_gates_is_refused():
    state = MODELS["FGR"].forward(GOOD)[1]
    assert [s.shape for s in state] == [(2, B, H), (2, B, H), (2, 3, B, H)]
    with pytest.raises(ValueError, match=r"state must be \(h, c, gates\); got 2"):
        MODELS["FGR"].forward(GOOD, state[:2])
    with pytest.raises(ValueError, match=r"dstate must be \(dh, dc, dgates\); got 2"):
        MODELS["FGR"].backward(np.zeros((T, B, H), "f4"), MODELS["FGR"].forward(GOOD)[2], state[:2])
    with pytest.raises(TypeError, match="state must be a tuple"):
        MODELS["NP"].forward(GOOD, state[0])


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"input_size": 0}, ValueError, "input_size must be at least 1; got 0"),
        ({"hidden_size": -3}, ValueError, "hidden_size must be at least 1; got -3"),
        ({"num_layers": 1.5}, TypeError, "num_layers must be an integer; got 1.5"),
        ({"hidden_size": True}, TypeError, "hidden_size must be an integer"),
        ({"variant": "GRU"}, ValueError, "variant must be one of V, NIG.*got 'GRU'"),
        ({"variant": 3}, TypeError, "variant must be a name or a Variant; got int"),
        ({"dtype": np.float16}, TypeError, "dtype must be float32 or float64; got float16"),
        ({"dtype": int}, TypeError, "dtype must be float32 or float64; got int64"),
    ],
)
def test_constructor(arguments, error, words):
    with pytest.raises(error, match=words):
        LSTM(**({"input_size": 2, "hidden_size": 3} | arguments))


def test_changed_parameters_are_looked_at():
    """A parameter that has been replaced by one of another shape or dtype, or taken away."""
    lstm = LSTM(I, H)
    lstm.params["R0"] = lstm.params["R0"].astype(np.float64)
    with pytest.raises(TypeError, match=r"params\['R0'\] must be float32; got float64"):
        lstm.forward(GOOD)
    lstm.params["R0"] = lstm.params["W0"]
    with pytest.raises(ValueError, match=r"params\['R0'\] must be \(20, 5\); got \(20, 2\)"):
        lstm.forward(GOOD)


def test_backward_wants_its_own_tape():
    tape = LSTM(I, H).forward(GOOD)[2]
    with pytest.raises(TypeError, match="tape must be what this LSTM's forward returned"):
        LSTM(I, H).backward(np.zeros((T, B, H), np.float32), tape)
    with pytest.raises(TypeError, match="x must be a NumPy array; got list"):
        LSTM(I, H).forward([[1.0, 2.0]])


def test_the_cell_names_what_is_wrong():
    params, zero = cell.init(I, H), np.zeros((B, H), np.float32)
    with pytest.raises(ValueError, match=r"x must be \(B, 2\), as W says; got \(3, 5\)"):
        cell.step(zero, zero, zero, params)
    with pytest.raises(ValueError, match=r"h and c must be \(3, 5\)"):
        cell.step(GOOD[0], zero, zero[:2], params)
    with pytest.raises(ValueError, match="gates must be i, f, o of the last step"):
        cell.step(GOOD[0], zero, zero, cell.init(I, H, "FGR"), "FGR")
    with pytest.raises(ValueError, match="gates must be None for NP"):
        cell.step(GOOD[0], zero, zero, params, "NP", np.zeros((3, B, H)))
