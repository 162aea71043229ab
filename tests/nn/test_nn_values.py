"""The loop backend is the definition: it must equal the equations, and torch's own where that is.

Each test says which mistake it is there for.
"""

import numpy as np
import pytest
import torch
from nn_cases import error, gradients, make, random_input, state_for
from nn_transcription import lstm as transcribed
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence

from lstm_lib import scratch
from lstm_lib.nn import LSTM
from lstm_lib.scratch.variants import VARIANTS

TOLERANCE = 1e-10
every_variant = pytest.mark.parametrize("variant", list(VARIANTS))
every_pair = pytest.mark.parametrize(
    ("variant", "backend"), [*((variant, "loop") for variant in VARIANTS), ("NP", "torch")]
)


@every_variant
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_equals_the_equations(variant, layers, bidirectional):
    """Values and every gradient, ragged and unsorted, from a state that is not zero.

    For: a peephole on the wrong cell state, gates in another order, a final state taken at the last
    step of the batch, a state that is not put back in the caller's order.
    """
    module = make(variant, layers, bidirectional=bidirectional, backend="loop")
    lengths = [2, 5, 1, 5, 3]
    xs = [random_input(n, 3, seed=10 + k) for k, n in enumerate(lengths)]
    hx = state_for(module, len(lengths))
    wanted, wanted_state = transcribed(module, xs, hx)
    y, state = module(pack_sequence(xs, enforce_sorted=False), hx)
    padded, back = pad_packed_sequence(y)
    assert back.tolist() == lengths
    got = [padded[:n, k] for k, n in enumerate(lengths)]
    for a, b in zip([*got, *state], [*wanted, *wanted_state], strict=True):
        assert error(a, b) < TOLERANCE
    inputs = [*xs, *hx, *module.parameters()]
    ours = gradients([*got, *state], inputs)
    theirs = gradients([*wanted, *wanted_state], inputs)
    for a, b in zip(ours, theirs, strict=True):
        assert error(a, b) < TOLERANCE


@every_variant
@pytest.mark.parametrize("layers", [1, 3])
def test_equals_scratch(variant, layers):
    """The other definition of the course, in NumPy with a hand-written backward.

    For: two implementations that drift apart, G transposed, p in another order.
    """
    mine = scratch.LSTM(3, 4, layers, variant=variant, seed=5, dtype=np.float64)
    for array in mine.params.values():
        array += 0.5 * np.random.default_rng(array.size).normal(size=array.shape)
    module = LSTM.from_scratch(mine, backend="loop")
    lengths = [2, 6, 4]
    x = random_input(6, 3, 3)
    hx = state_for(module, 3)
    plain = tuple(part.detach().numpy() for part in hx)
    h_seq, state, tape = mine.forward(x.detach().numpy(), plain, lengths=np.array(lengths))
    packed, final = module(
        pack_sequence([x[:n, k] for k, n in enumerate(lengths)], enforce_sorted=False), hx
    )
    y = pad_packed_sequence(packed)[0]
    outputs = [y, *final]
    for a, b in zip(outputs, [h_seq, *state], strict=True):
        assert error(a, torch.from_numpy(b)) < TOLERANCE
    generator = np.random.default_rng(0)
    upstream = [generator.normal(size=out.shape) for out in outputs]
    grads, dx, dstate = mine.backward(upstream[0], tape, tuple(upstream[1:]))
    total = sum((out * torch.from_numpy(u)).sum() for out, u in zip(outputs, upstream))
    total.backward()
    assert error(x.grad, torch.from_numpy(dx)) < TOLERANCE
    for a, b in zip(hx, dstate, strict=True):
        assert error(a.grad, torch.from_numpy(b)) < TOLERANCE
    names = {"W": "weight_ih", "R": "weight_hh", "b": "bias_ih", "p": "weight_ch", "G": "weight_gh"}
    for name, grad in grads.items():
        parameter = getattr(module, f"{names[name[0]]}_l{name[1:]}")
        assert error(parameter.grad, torch.from_numpy(grad)) < TOLERANCE, name


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


@pytest.mark.parametrize("backend", ["loop", "torch"])
@pytest.mark.parametrize("options", [dict(), dict(num_layers=2, bidirectional=True)], ids=str)
def test_shapes_as_torch(backend, options):
    """Unbatched, empty batch, one step, one sequence; sorted packs without an order."""
    ours, theirs = pair(backend=backend, **options)
    for shape in [(5, 3), (1, 3), (5, 0, 3), (1, 1, 3), (5, 2, 3)]:
        x = random_input(*shape)
        (y, state), (wanted, wanted_state) = ours(x), theirs(x)
        assert error(y, wanted) < 1e-12
        for a, b in zip(state, wanted_state, strict=True):
            assert error(a, b) < 1e-12
        again, _ = ours(x, state)
        assert error(again, theirs(x, wanted_state)[0]) < 1e-12
    packed = pack_sequence([random_input(n, 3) for n in (4, 4, 2)])
    y, _ = ours(packed)
    assert isinstance(y, PackedSequence) and y.unsorted_indices is None
    assert error(y.data, theirs(packed)[0].data) < 1e-12


@every_variant
def test_empty_batch_of_every_variant(variant):
    y, state = make(variant, 2)(random_input(5, 0, 3))
    assert y.shape == (5, 0, 4)
    assert [part.shape[-2:] for part in state] == [(0, 4)] * len(state)


@every_pair
def test_two_halves_equal_the_whole(variant, backend):
    """With the state handed over; for: a state that leaves out what the next step needs (FGR)."""
    module = make(variant, 2, backend=backend)
    x, hx = random_input(7, 3, 3), state_for(module, 3)
    whole, final = module(x, hx)
    first, middle = module(x[:3], hx)
    second, end = module(x[3:], middle)
    inputs = [x, *hx, *module.parameters()]
    assert error(torch.cat([first, second]), whole) < 1e-13
    for a, b in zip(end, final, strict=True):
        assert error(a, b) < 1e-13
    ours = gradients([torch.cat([first, second]), *end], inputs)
    for a, b in zip(ours, gradients([whole, *final], inputs), strict=True):
        assert error(a, b) < 1e-12


@every_pair
def test_two_calls_alive_at_once(variant, backend):
    """Forward A, forward B, backward A, backward B; for: a workspace overwritten while in use."""
    module = make(variant, 2, backend=backend)

    def fresh(x):
        y, state = module(x)
        return [t.detach().clone() for t in (y, *state)], gradients(
            [y, *state], [x, *module.parameters()]
        )

    a, b = random_input(5, 3, 3, seed=1), random_input(5, 3, 3, seed=2)
    wanted = fresh(a), fresh(b)
    run_a, run_b = module(a), module(b)
    for x, (y, state), (values, grads) in zip((a, b), (run_a, run_b), wanted):
        got = gradients([y, *state], [x, *module.parameters()])
        assert all(torch.equal(s, t) for s, t in zip((y, *state), values, strict=True))
        assert all(torch.equal(s, t) for s, t in zip(got, grads, strict=True))


@every_variant
def test_float32_is_near_float64(variant):
    module = make(variant, 2, backend="loop")
    x = random_input(20, 3, 3)
    wanted = module(x)[0]
    assert error(module.float()(x.float())[0].double(), wanted) < 2e-4
