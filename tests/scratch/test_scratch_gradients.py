"""Gradients three ways, for every variant, one to three layers, ragged lengths, initial states."""

import numpy as np
import pytest
import scratch_transcription
import torch

from lstm_lib.scratch import LSTM, RNN, VARIANTS, cell, gradcheck, relative_error
from lstm_lib.scratch import sweep as sweep_module
from lstm_lib.scratch import sweep_back as sweep_back_module

T, B, I, H = 5, 4, 3, 4
LENGTHS = np.array([3, 5, 1, 4])


@pytest.fixture(params=["tanh", "exp"])
def way(request, monkeypatch):
    """The layer squashes in two ways, by size and by machine; the tests' sizes are all small."""
    monkeypatch.setattr(sweep_module, "SMALL", 0)
    monkeypatch.setattr(sweep_module, "QUICK_TANH", request.param == "tanh")
    monkeypatch.setattr(sweep_back_module, "CHUNK", 2 * 4 * H * B)  # two steps a chunk
    monkeypatch.setattr(sweep_back_module, "SPAN", 3 * B)  # three a span
    monkeypatch.setattr(sweep_back_module, "REPAY", 0)
    return request.param


def problem(variant, layers, rng):
    """An LSTM with everything random, biases and peepholes too; an input, a start, upstream."""
    lstm = LSTM(I, H, layers, variant, seed=1, dtype=np.float64)
    for array in lstm.params.values():
        array[:] = rng.standard_normal(array.shape) * 0.6
    x = rng.standard_normal((T, B, I))
    state = tuple(rng.standard_normal((layers, B, H)) for _ in "hc")
    if variant == "FGR":
        state += (rng.random((layers, 3, B, H)),)
    upstream = rng.standard_normal((T, B, H)), tuple(rng.standard_normal(s.shape) for s in state)
    return lstm, x, state, upstream


def inputs_of(lstm, x, state):
    return {**lstm.params, "x": x, **dict(zip(("h", "c", "gates"), state))}


def gradients(lstm, x, state, upstream, lengths):
    """What the library claims, by name."""
    _, _, tape = lstm.forward(x, state, lengths)
    grads, dx, dstate = lstm.backward(upstream[0], tape, upstream[1])
    return {**grads, "x": dx, **dict(zip(("h", "c", "gates"), dstate))}


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["full", "ragged"])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("variant", VARIANTS)
def test_autograd(variant, layers, lengths, way):
    """Would catch any wrong term: a missing σ′, p_o left out of dc, lengths off by one."""
    lstm, x, state, upstream = problem(variant, layers, np.random.default_rng(2))
    leaves = {
        name: torch.tensor(array, requires_grad=True)
        for name, array in inputs_of(lstm, x, state).items()
    }
    start = [leaves[name] for name in ("h", "c", "gates") if name in leaves]
    own = {name: leaves[name] for name in lstm.params}
    h_seq, final = scratch_transcription.run(variant, own, leaves["x"], start, lengths)
    loss = (h_seq * torch.tensor(upstream[0])).sum()
    for value, du in zip(final, upstream[1]):
        loss = loss + (value * torch.tensor(du)).sum()
    loss.backward()

    got_seq, got_final, _ = lstm.forward(x, state, lengths)
    assert relative_error(got_seq, h_seq.detach().numpy()) < 1e-12
    for got, want in zip(got_final, final):
        assert relative_error(got, want.detach().numpy()) < 1e-12
    for name, got in gradients(lstm, x, state, upstream, lengths).items():
        assert relative_error(got, leaves[name].grad.numpy()) < 1e-10, name


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["full", "ragged"])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("variant", VARIANTS)
def test_finite_differences_and_adjoint(variant, layers, lengths):
    """The same without torch. Every entry with one layer, twelve of each array with more."""
    lstm, x, state, upstream = problem(variant, layers, np.random.default_rng(3))
    real = LSTM(I, H, layers, variant, dtype=np.float64)
    complex_ = LSTM(I, H, layers, variant, dtype=np.complex128)

    def f(values):
        model = complex_ if any(map(np.iscomplexobj, values.values())) else real
        values = {name: value.astype(model.dtype) for name, value in values.items()}
        model.params = {name: values[name] for name in lstm.params}
        start = tuple(values[name] for name in ("h", "c", "gates") if name in values)
        h_seq, final, _ = model.forward(values["x"], start, lengths)
        return (h_seq * upstream[0]).sum() + sum((s * d).sum() for s, d in zip(final, upstream[1]))

    claimed = gradients(lstm, x, state, upstream, lengths)
    errors = gradcheck(f, inputs_of(lstm, x, state), claimed, entries=None if layers == 1 else 12)
    assert set(errors.finite) == set(errors.adjoint) == set(claimed)
    assert errors.passed, errors


@pytest.mark.parametrize("variant", VARIANTS)
def test_cell_gradients(variant):
    """One step of the readable definition, by itself."""
    rng = np.random.default_rng(4)
    lstm, x, state, upstream = problem(variant, 1, rng)
    values = {**{name[0]: a for name, a in lstm.params.items()}, "x": x[0]}
    values |= {name: s[0] for name, s in zip(("h", "c", "gates"), state)}
    dh, dc, *dgates = (d[0] for d in upstream[1])

    def f(values):
        h, c, tape = cell.step(
            values["x"], values["h"], values["c"], values, variant, values.get("gates")
        )
        total = (h * dh).sum() + (c * dc).sum()
        return total + (tape.gates * dgates[0]).sum() if dgates else total

    tape = cell.step(x[0], state[0][0], state[1][0], values, variant, values.get("gates"))[2]
    grads, dx, dstate = cell.step_backward(dh, dc, tape, *dgates)
    claimed = {**grads, "x": dx, **dict(zip(("h", "c", "gates"), dstate))}
    errors = gradcheck(f, values, claimed)
    assert errors.passed, errors


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("batch", [1, B])
def test_layer_is_the_cell_step_by_step(variant, batch, way):
    """Values and gradients; a batch of one takes another path through the layer."""
    lstm, x, state, upstream = problem(variant, 1, np.random.default_rng(5))
    x, (dh_seq, dstate) = x[:, :batch].copy(), upstream
    cut = lambda parts: tuple(np.ascontiguousarray(s[..., :batch, :]) for s in parts)  # noqa: E731
    state, dh_seq, dstate = cut(state), *cut([dh_seq]), cut(dstate)
    params = {name[0]: array for name, array in lstm.params.items()}

    h, c, *gates = (s[0] for s in state)
    hs, tapes = [], []
    for t in range(T):
        h, c, tape = cell.step(x[t], h, c, params, variant, *gates)
        gates = [tape.gates] if gates else []
        hs.append(h)
        tapes.append(tape)
    d = tuple(part[0] for part in dstate)
    total, dxs = dict.fromkeys(params, 0), []
    for t in reversed(range(T)):
        grads, dx, d = cell.step_backward(dh_seq[t] + d[0], d[1], tapes[t], *d[2:])
        total = {name: total[name] + grads[name] for name in total}
        dxs.append(dx)

    h_seq, final, tape = lstm.forward(x, state)
    assert relative_error(h_seq, np.array(hs)) < 1e-12
    for got, want in zip(final, [h, c, *gates]):
        assert relative_error(got[0], want) < 1e-12
    grads, dx, dstart = lstm.backward(dh_seq, tape, dstate)
    assert relative_error(dx, np.array(dxs[::-1])) < 1e-12
    for name, want in total.items():
        assert relative_error(grads[f"{name}0"], want) < 1e-12, name
    for got, want in zip(dstart, d):
        assert relative_error(got[0], want) < 1e-12
    for name, values in tape.trace().items():
        wanted = {n: getattr(tapes[2], n) for n in "ifgoc"} | {"h": hs[2]}
        assert relative_error(values[2], wanted[name]) < 1e-12, name


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["full", "ragged"])
def test_rnn_gradients(lengths):
    rng = np.random.default_rng(6)
    rnn, x = RNN(I, H, 2, dtype=np.float64), rng.standard_normal((T, B, I))
    state, dh_seq, dh = (rng.standard_normal(s) for s in ((2, B, H), (T, B, H), (2, B, H)))
    real, complex_ = RNN(I, H, 2, dtype=np.float64), RNN(I, H, 2, dtype=np.complex128)

    def f(values):
        model = complex_ if any(map(np.iscomplexobj, values.values())) else real
        values = {name: value.astype(model.dtype) for name, value in values.items()}
        model.params = {name: values[name] for name in rnn.params}
        h_seq, h, _ = model.forward(values["x"], values["h"], lengths)
        return (h_seq * dh_seq).sum() + (h * dh).sum()

    tape = rnn.forward(x, state, lengths)[2]
    grads, dx, dstate = rnn.backward(dh_seq, tape, dh)
    errors = gradcheck(f, {**rnn.params, "x": x, "h": state}, {**grads, "x": dx, "h": dstate})
    assert errors.passed, errors


def test_gradcheck_fails_what_is_wrong():
    """A check that always passes would pass every other test here."""
    x = np.array([0.3, -0.7, 1.1])
    f = lambda x: np.tanh(x).sum()  # noqa: E731
    right = 1 - np.tanh(x) ** 2
    assert gradcheck(f, x, right).passed
    for wrong in (right * (1 + 1e-5), right[::-1], -right, right + np.eye(3)[1] * 1e-5):
        errors = gradcheck(f, x, wrong)
        assert not errors.passed and "FAILED" in repr(errors)
        assert max(errors.finite.values()) > 1e-6 and max(errors.adjoint.values()) > 1e-10
    only_adjoint = gradcheck(f, x, right * (1 + 1e-8))
    assert max(only_adjoint.finite.values()) < 1e-6 and not only_adjoint.passed


def test_gradcheck_says_what_it_cannot_check():
    x = np.array([0.3, -0.7])
    with pytest.raises(TypeError, match=r"imaginary part.*complex_step=False"):
        gradcheck(lambda x: np.abs(x).sum(), x, np.sign(x))
    assert gradcheck(lambda x: np.abs(x).sum(), x, np.sign(x), complex_step=False).passed
    with pytest.raises(TypeError, match="float64"):
        gradcheck(lambda x: x.sum(), x.astype(np.float32), x)
    with pytest.raises(ValueError, match="grad must have the names and shapes"):
        gradcheck(lambda x: x.sum(), x, np.ones(3))
    with pytest.raises(ValueError, match="f must return a number"):
        gradcheck(lambda x: x, x, x)
