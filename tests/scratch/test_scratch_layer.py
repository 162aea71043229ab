"""What the layer promises beyond right gradients: state, memory, precision, exact exchange."""

import copy
import pickle

import numpy as np
import pytest
import torch

from lstm_lib.scratch import LSTM, RNN, VARIANTS, mse, relative_error, streams, truncated_bptt

T, B, I, H = 7, 5, 3, 4


def random_state(lstm, rng, batch=B):
    state = tuple(rng.standard_normal((lstm.num_layers, batch, H)) for _ in "hc")
    if lstm.variant.gate_recurrence:
        state += (rng.random((lstm.num_layers, 3, batch, H)),)
    return state


@pytest.mark.parametrize("variant", VARIANTS)
def test_two_halves_equal_the_whole(variant):
    """Catches a state that lacks something (FGR's gates), and a dstate that is dropped."""
    rng = np.random.default_rng(0)
    lstm = LSTM(I, H, 2, variant, dtype=np.float64)
    x, state, dh_seq = rng.standard_normal((T, B, I)), random_state(lstm, rng), None
    dh_seq, dfinal = rng.standard_normal((T, B, H)), random_state(lstm, rng)
    whole, final, tape = lstm.forward(x, state)
    grads, dx, dstart = lstm.backward(dh_seq, tape, dfinal)

    first, middle, tape_1 = lstm.forward(x[:3], state)
    second, end, tape_2 = lstm.forward(x[3:], middle)
    grads_2, dx_2, dmiddle = lstm.backward(dh_seq[3:], tape_2, dfinal)
    grads_1, dx_1, dstart_1 = lstm.backward(dh_seq[:3], tape_1, dmiddle)

    assert relative_error(np.concatenate([first, second]), whole) < 1e-13
    assert relative_error(np.concatenate([dx_1, dx_2]), dx) < 1e-13
    for got, want in zip((*end, *dstart_1), (*final, *dstart)):
        assert relative_error(got, want) < 1e-13
    for name in grads:
        assert relative_error(grads_1[name] + grads_2[name], grads[name]) < 1e-13, name


@pytest.mark.parametrize("variant", ["NP", "V", "FGR", "NOAF"])
@pytest.mark.parametrize("batch", [1, B])
def test_buffers_never_show(variant, batch):
    """Forward A, forward B, backward A, backward B equal fresh runs, and nothing returned changes.

    Catches a buffer handed out while a tape or a caller still holds it; the weights change in
    place in between, as an optimiser does it, and the caller writes into what it was given.
    """
    rng = np.random.default_rng(1)
    lstm = LSTM(I, H, 2, variant, dtype=np.float64)
    xs = [rng.standard_normal((T, batch, I)) for _ in "AB"]
    ds = [rng.standard_normal((T, batch, H)) for _ in "AB"]
    fresh = []
    for x, d in zip(xs, ds):
        twin = LSTM(I, H, 2, variant, dtype=np.float64)
        h_seq, final, tape = twin.forward(x)
        fresh.append((h_seq, final, *twin.backward(d, tape)))
    want = copy.deepcopy(fresh)

    got = []
    for _ in range(3):  # in the second round buffers have come back
        forwards = [lstm.forward(x) for x in xs]
        kept = copy.deepcopy([(h_seq, final) for h_seq, final, _ in forwards])
        saved = copy.deepcopy(lstm.params)
        for array in lstm.params.values():
            array += 1
        inputs = copy.deepcopy(xs)
        for x, (h_seq, final, _) in zip(xs, forwards):
            for array in (x, h_seq, *final):
                array[:] = np.nan
        results = [lstm.backward(d, tape) for d, (_, _, tape) in zip(ds, forwards)]
        again = lstm.backward(ds[0], forwards[0][2])
        for name, array in saved.items():
            lstm.params[name][:] = array
        xs = inputs
        got.append([(*k, *r) for k, r in zip(kept, results)])
        same(again, results[0])
        del forwards
    for round_ in got:
        same(round_, want)


def same(a, b):
    """Equal to the last bit, whatever the nesting."""
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        a, b = list(a.values()), list(b.values())
    if isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for one, other in zip(a, b):
            same(one, other)
    else:
        np.testing.assert_array_equal(a, b)


def test_copies_and_pickles_share_no_memory():
    lstm = LSTM(I, H)
    x = np.ones((T, B, I), np.float32)
    for twin in (copy.deepcopy(lstm), pickle.loads(pickle.dumps(lstm))):
        twin.params["W0"] += 1
        same(twin.forward(x)[0].shape, (T, B, H))
        assert not np.array_equal(twin.forward(x)[0], lstm.forward(x)[0])
    with pytest.raises(TypeError, match="tape"):
        pickle.dumps(lstm.forward(x)[2])


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("layers", [1, 3])
def test_ragged_equals_each_sequence_alone(variant, layers):
    """Padding must not leak: not into states, not into gradients, not even as NaN in dh_seq."""
    rng = np.random.default_rng(2)
    lstm = LSTM(I, H, layers, variant, dtype=np.float64)
    lengths = np.array([4, 7, 1, 7, 2])
    x, state = rng.standard_normal((T, B, I)), random_state(lstm, rng)
    dh_seq, dfinal = rng.standard_normal((T, B, H)), random_state(lstm, rng)
    for b, n in enumerate(lengths):
        dh_seq[n:, b] = np.nan
    h_seq, final, tape = lstm.forward(x, state, lengths)
    grads, dx, dstart = lstm.backward(dh_seq, tape, dfinal)

    total = dict.fromkeys(grads, 0)
    one = lambda parts, b: tuple(np.ascontiguousarray(p[..., b : b + 1, :]) for p in parts)  # noqa: E731
    for b, n in enumerate(lengths):
        alone, end, tape = lstm.forward(x[:n, b : b + 1], one(state, b))
        own, own_dx, own_dstart = lstm.backward(dh_seq[:n, b : b + 1], tape, one(dfinal, b))
        assert relative_error(h_seq[:n, b : b + 1], alone) < 1e-13
        assert not h_seq[n:, b].any() and not dx[n:, b].any()
        assert relative_error(dx[:n, b : b + 1], own_dx) < 1e-13
        for got, want in zip((*one(final, b), *one(dstart, b)), (*end, *own_dstart)):
            assert relative_error(got, want) < 1e-13
        total = {name: total[name] + own[name] for name in total}
    for name, want in total.items():
        assert relative_error(grads[name], want) < 1e-13, name


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("batch", [1, B])
def test_step_is_forward_on_one_step(variant, batch):
    rng = np.random.default_rng(3)
    lstm = LSTM(I, H, 2, variant, dtype=np.float64)
    x, state = rng.standard_normal((T, batch, I)), random_state(lstm, rng, batch)
    h_seq, final, _ = lstm.forward(x, state)
    for t in range(T):
        before = copy.deepcopy(state)
        h, after = lstm.step(x[t], state)
        same(state, before)
        state = after
        assert relative_error(h, h_seq[t]) < 1e-13
    for got, want in zip(state, final):
        assert relative_error(got, want) < 1e-13


@pytest.mark.parametrize("variant", VARIANTS)
def test_float32_agrees_with_float64(variant):
    """Sizes on both sides of the layer's threshold between small and large."""
    rng = np.random.default_rng(4)
    for batch, hidden in ((3, 8), (40, 128)):
        models = [LSTM(I, hidden, 1, variant, dtype=dtype) for dtype in (np.float32, np.float64)]
        x, d = rng.standard_normal((T, batch, I)), rng.standard_normal((T, batch, hidden))
        results = []
        for model in models:
            h_seq, _, tape = model.forward(x.astype(model.dtype))
            results.append({"h": h_seq, **model.backward(d.astype(model.dtype), tape)[0]})
        for name, array in results[0].items():
            assert array.dtype == np.float32
            assert relative_error(array, results[1][name]) < 5e-6, name


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("hidden", [4, 300])
def test_saturated_gates_are_silent(dtype, hidden):
    """Inputs of ±1e3 and weights to match: no warning (an error here), nothing not finite."""
    lstm = LSTM(I, hidden, variant="V", dtype=dtype)
    lstm.params["W0"] *= 1e3
    x = np.full((T, 16, I), 1e3, dtype)
    x[::2] *= -1
    h_seq, _, tape = lstm.forward(x)
    grads, dx, _ = lstm.backward(np.ones_like(h_seq), tape)
    assert all(np.isfinite(a).all() for a in (h_seq, dx, *grads.values()))


def test_initialisation():
    """CIFG has no forget gate: the input gate's bias makes f = 1 − i start at σ(forget_bias)."""
    for variant in VARIANTS:
        lstm = LSTM(I, H, 2, variant, forget_bias=2.0)
        v = lstm.variant
        for layer in range(2):
            b = dict(zip(v.blocks, lstm.params[f"b{layer}"].reshape(-1, H)))
            if v.coupled:
                assert (b.pop("i") == -2).all()
            elif v.forget_gate:
                assert (b.pop("f") == 2).all()
            assert not any(rest.any() for rest in b.values())
        assert ("p0" in lstm.params) == v.peepholes and ("G1" in lstm.params) == v.gate_recurrence
    f = LSTM(I, H, variant="CIFG", dtype=np.float64, forget_bias=2.0)
    f.params["p0"][:] = 0
    trace = f.forward(np.zeros((1, 1, I)))[2].trace()
    np.testing.assert_allclose(1 - trace["i"], 1 / (1 + np.exp(-2)), atol=1e-15)


def test_one_seed_one_model():
    a, b, c = (LSTM(I, H, 2, seed=s, dtype=d) for s, d in ((7, "f4"), (7, "f8"), (8, "f8")))
    for name in a.params:
        np.testing.assert_array_equal(a.params[name], b.params[name].astype(np.float32))
    assert not np.array_equal(b.params["W0"], c.params["W0"])
    assert not np.array_equal(b.params["R0"], b.params["R1"])


@pytest.mark.parametrize("n, B", [(10, 3), (13, 3), (12, 4), (5, 1), (3, 2)])
def test_streams_run_on_without_a_gap(n, B):
    ids = np.random.default_rng(n).integers(0, 100, n)
    x, y = streams(ids, B)
    assert x.shape == y.shape == ((n - 1) // B, B)
    assert (x[1:] == y[:-1]).all() and (x[0, 1:] == y[-1, :-1]).all()
    assert (x.T.ravel() == ids[: x.size]).all() and (y.T.ravel() == ids[1 : x.size + 1]).all()
    x[:] = -1
    assert (ids >= 0).all(), "the streams are the caller's own"


def test_streams_refuse_too_little():
    with pytest.raises(ValueError, match="more than B = 3 items"):
        streams(np.arange(3), 3)


def test_truncated_bptt_with_one_chunk_is_the_full_thing():
    rng = np.random.default_rng(5)
    x, y = rng.standard_normal((T, B, I)), rng.standard_normal((T, B, H))
    for model in (LSTM(I, H, 2, "FGR", dtype=np.float64), RNN(I, H, dtype=np.float64)):
        h_seq, final, tape = model.forward(x)
        loss, dh_seq = mse(h_seq, y)
        full = model.backward(dh_seq, tape)[0]
        [(got, grads, state)] = truncated_bptt(model, x, T, lambda h, t: mse(h, y[t]))
        same((got, grads, state), (loss, full, final))

        chunks = list(truncated_bptt(model, x, 3, lambda h, t: mse(h, y[t])))
        assert len(chunks) == 3  # 3 + 3 + 1 steps
        for got, want in zip(chunks[-1][2], final):
            assert relative_error(got, want) < 1e-13  # the state was carried
        assert relative_error(sum(c[1]["R0"] for c in chunks), full["R0"]) > 1e-3  # truncated


def run_torch(module, x, state=None, dh_seq=None, dfinal=None, lengths=None):
    """Outputs, final states, and all gradients of torch's own, as NumPy arrays by name."""
    leaves = {"x": torch.tensor(x, requires_grad=True)}
    leaves |= {n: torch.tensor(s, requires_grad=True) for n, s in zip(("h", "c"), state)}
    inputs = leaves["x"]
    if lengths is not None:
        inputs = torch.nn.utils.rnn.pack_padded_sequence(
            inputs, torch.tensor(lengths), enforce_sorted=False
        )
    h_seq, final = module(inputs, tuple(leaves[n] for n in ("h", "c")))
    if lengths is not None:
        h_seq = torch.nn.utils.rnn.pad_packed_sequence(h_seq, total_length=len(x))[0]
    loss = (h_seq * torch.tensor(dh_seq)).sum()
    (loss + sum((s * torch.tensor(d)).sum() for s, d in zip(final, dfinal))).backward()
    grads = {name: leaf.grad for name, leaf in leaves.items()}
    for layer in range(module.num_layers):
        for name, key in {"weight_ih": "W", "weight_hh": "R", "bias_ih": "b"}.items():
            grads[f"{key}{layer}"] = getattr(module, f"{name}_l{layer}").grad
    numpy = lambda t: t.detach().numpy()  # noqa: E731
    return numpy(h_seq), tuple(map(numpy, final)), {n: numpy(g) for n, g in grads.items()}


@pytest.mark.parametrize("lengths", [None, np.array([4, 7, 1, 7, 2])], ids=["full", "packed"])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_equals_torch(layers, lengths):
    rng = np.random.default_rng(6)
    lstm = LSTM(I, H, layers, dtype=np.float64)
    x, state = rng.standard_normal((T, B, I)), random_state(lstm, rng)
    dh_seq, dfinal = rng.standard_normal((T, B, H)), random_state(lstm, rng)
    want = run_torch(lstm.to_torch(), x, state, dh_seq, dfinal, lengths)
    h_seq, final, tape = lstm.forward(x, state, lengths)
    grads, dx, dstart = lstm.backward(dh_seq, tape, dfinal)
    assert relative_error(h_seq, want[0]) < 1e-12
    for got, wanted in zip(final, want[1]):
        assert relative_error(got, wanted) < 1e-12
    for name, got in {**grads, "x": dx, "h": dstart[0], "c": dstart[1]}.items():
        assert relative_error(got, want[2][name]) < 1e-12, name


@pytest.mark.parametrize("kind", [LSTM, RNN])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_to_torch_and_back(kind, dtype):
    ours = kind(I, H, 2, seed=3, dtype=dtype)
    back = kind.from_torch(ours.to_torch())
    same(back.params, ours.params)
    assert back.dtype == ours.dtype
    theirs = {LSTM: torch.nn.LSTM, RNN: torch.nn.RNN}[kind]
    for bias in (True, False):
        module = theirs(I, H, 2, bias=bias, dtype=getattr(torch, np.dtype(dtype).name))
        model = kind.from_torch(module)
        x = np.random.default_rng(0).standard_normal((T, B, I)).astype(dtype)
        want = module(torch.tensor(x))[0].detach().numpy()
        assert relative_error(model.forward(x)[0], want) < (1e-6 if dtype == np.float32 else 1e-14)
        model.params["W0"][:] = 0  # the module's weights are its own
        assert module.weight_ih_l0.detach().abs().min() > 0


def test_exchange_refuses_what_would_be_lost():
    with pytest.raises(ValueError, match=r"variant must be NP.*got V"):
        LSTM(I, H, variant="V").to_torch()
    for options in ({"bidirectional": True}, {"batch_first": True}, {"proj_size": 2}):
        with pytest.raises(ValueError, match=next(iter(options))):
            LSTM.from_torch(torch.nn.LSTM(I, H, **options))
    with pytest.raises(ValueError, match="dropout"):
        LSTM.from_torch(torch.nn.LSTM(I, H, 2, dropout=0.1))
    with pytest.raises(TypeError, match=r"torch\.nn\.LSTM; got GRU"):
        LSTM.from_torch(torch.nn.GRU(I, H))
    with pytest.raises(ValueError, match="nonlinearity"):
        RNN.from_torch(torch.nn.RNN(I, H, nonlinearity="relu"))
