"""The loop backend is the definition: it must equal the equations, and torch's own where that is.

Each test says which mistake it is there for.
"""

import pytest
import torch
from nn_cases import (
    dtype_of,
    error,
    every_backend,
    every_variant,
    gradients,
    make,
    only_if_it_can,
    random_input,
    state_for,
)
from torch.nn.utils.rnn import PackedSequence, pack_sequence

from lstm_lib.nn import LSTM


def pair(dtype=torch.float64, backend="torch", **options):
    """Ours and torch.nn.LSTM from the same seed."""
    torch.manual_seed(7)
    ours = LSTM(3, 4, backend=backend, dtype=dtype, **options)
    torch.manual_seed(7)
    return ours, torch.nn.LSTM(3, 4, dtype=dtype, **options)


def ragged(x):
    """Four sequences of `x`, unsorted, packed."""
    return pack_sequence([x[:n, k] for k, n in enumerate([2, 5, 3, 1])], enforce_sorted=False)


OPTIONS = [
    dict(),
    dict(num_layers=3),
    dict(num_layers=2, bidirectional=True),
    dict(batch_first=True),
    dict(bias=False, num_layers=2),
    dict(num_layers=3, dropout=0.4, bidirectional=True),
    dict(num_layers=2, dropout=1.0),
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("packed", [False, True], ids=["padded", "packed"])
def test_torch_backend_is_torch(options, dtype, packed):
    """Bit for bit: same seed, same weights; same call, same outputs and gradients, dropout too.

    For: weights in another order, dropout left on in eval mode or drawn in another order.
    """
    ours, theirs = pair(dtype, **options)
    x = random_input(5, 4, 3, dtype=dtype)
    for training in (True, False):
        results = []
        for module in (ours, theirs):
            module.train(training)
            module.zero_grad()
            torch.manual_seed(1)
            y, state = module(ragged(x) if packed else x)
            y = y.data if packed else y
            grads = gradients([y, *state], [x, *module.parameters()])
            results.append([y, *state, *grads])
        for a, b in zip(*results, strict=True):
            assert torch.equal(a, b)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("packed", [False, True], ids=["padded", "packed"])
def test_loop_is_torch_for_np(options, packed):
    """The definition, with the same dropout masks from the same seed, to 1e-12."""
    ours, theirs = pair(backend="loop", **options)
    x = random_input(5, 4, 3)
    hx = state_for(ours, 5 if options.get("batch_first") and not packed else 4)
    results = []
    for module in (ours, theirs):
        torch.manual_seed(1)
        y, state = module(ragged(x) if packed else x, hx)
        y = y.data if packed else y
        results.append([y, *state, *gradients([y, *state], [x, *hx, *module.parameters()])])
    for a, b in zip(*results, strict=True):
        assert error(a, b) < 1e-12


@every_backend
@pytest.mark.parametrize("options", [dict(), dict(num_layers=2, bidirectional=True)], ids=str)
def test_shapes_as_torch(backend, options):
    """Unbatched, empty batch, one step, one sequence; sorted packs without an order."""
    dtype = dtype_of(backend)
    close = 1e-12 if dtype == torch.float64 else 1e-5
    ours, theirs = pair(dtype, backend, **options)
    for shape in [(5, 3), (1, 3), (5, 0, 3), (1, 1, 3), (5, 2, 3)]:
        x = random_input(*shape, dtype=dtype)
        (y, state), (wanted, wanted_state) = ours(x), theirs(x)
        assert error(y, wanted) < close
        for a, b in zip(state, wanted_state, strict=True):
            assert error(a, b) < close
        again, _ = ours(x, state)
        assert error(again, theirs(x, wanted_state)[0]) < close
    packed = pack_sequence([random_input(n, 3, dtype=dtype) for n in (4, 4, 2)])
    y, _ = ours(packed)
    assert isinstance(y, PackedSequence) and y.unsorted_indices is None
    assert error(y.data, theirs(packed)[0].data) < close


@every_variant
@every_backend
def test_empty_batch_of_every_variant(variant, backend):
    """No sequences: no outputs, and gradients of zero for the weights."""
    dtype = dtype_of(backend)
    only_if_it_can(backend, variant, dtype)
    module = make(variant, 2, backend=backend, dtype=dtype)
    y, state = module(random_input(5, 0, 3, dtype=dtype))
    assert y.shape == (5, 0, 4)
    assert [part.shape[-2:] for part in state] == [(0, 4)] * len(state)
    grads = gradients([y, *state], list(module.parameters()))
    assert not any(grad.any() for grad in grads)


@every_variant
@every_backend
def test_two_halves_equal_the_whole(variant, backend):
    """With the state handed over; for: a state that leaves out what the next step needs (FGR)."""
    dtype = dtype_of(backend)
    only_if_it_can(backend, variant, dtype)
    close = 1e-12 if dtype == torch.float64 else 1e-5
    module = make(variant, 2, backend=backend, dtype=dtype)
    x, hx = random_input(5, 3, 3, dtype=dtype), state_for(module, 3)
    whole, final = module(x, hx)
    first, middle = module(x[:2], hx)
    second, end = module(x[2:], middle)
    inputs = [x, *hx, *module.parameters()]
    assert error(torch.cat([first, second]), whole) < close
    for a, b in zip(end, final, strict=True):
        assert error(a, b) < close
    ours = gradients([torch.cat([first, second]), *end], inputs)
    for a, b in zip(ours, gradients([whole, *final], inputs), strict=True):
        assert error(a, b) < close


@pytest.mark.parametrize("options", [dict(), dict(num_layers=3, dropout=0.4)], ids=str)
@every_backend
def test_dropout_is_the_same_from_the_same_seed(backend, options):
    """Between layers alone, drawn in the same order by every backend, absent in eval mode."""
    dtype = dtype_of(backend)
    modules = [pair(dtype, name, **options)[0] for name in (backend, "loop")]
    x = random_input(5, 4, 3, dtype=dtype)
    seen = []
    for training in (True, False):
        outs = []
        for module in modules:
            module.train(training)
            torch.manual_seed(1)
            outs.append(module(x)[0])
        assert error(*outs) < 1e-5
        seen.append(outs[0])
    assert torch.equal(*seen) is not bool(options)


def test_dropout_drops_its_share_and_keeps_the_mean():
    """For: a rate that is 1 - p, a scale that is missing."""
    module = LSTM(3, 64, 2, dropout=0.25, backend="fused", variant="V")
    with torch.no_grad():  # the second layer's output shows its input: i = o = 1/2, g = tanh(x)
        for name, parameter in module.named_parameters():
            if "l1" in name:
                parameter.zero_()
        module.weight_ih_l1[128:192] = torch.eye(64)
    y = module(torch.randn(1, 500, 3))[0]
    kept = y != 0
    assert abs(kept.float().mean().item() - 0.75) < 0.01
    plain = module.eval()(torch.zeros(1, 1, 3))[0]
    assert torch.isfinite(plain).all()
