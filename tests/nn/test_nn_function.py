"""What autograd asks of a hand-written backward, of every backend alike."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nn_cases import (
    dtype_of,
    error,
    every_backend,
    every_variant,
    fast_backend,
    gradients,
    make,
    only_if_it_can,
    ragged,
    random_input,
    state_for,
)
from torch.func import functional_call

from lstm_lib.nn import LSTM
from lstm_lib.nn.backends import function, products
from lstm_lib.scratch.variants import VARIANTS


def results(module, x, hx=None, inputs=(), **options):
    """Values and gradients, detached."""
    y, state = module(x, hx)
    grads = gradients([y, *state], [*inputs, *module.parameters()], **options)
    return [t.detach().clone() for t in (y, *state, *grads)]


def same(a, b):
    return all(torch.equal(s, t) for s, t in zip(a, b, strict=True))


@every_variant
@every_backend
def test_two_calls_alive_at_once(variant, backend):
    """Forward A, forward B, backward A, backward B, and A's once more.

    For: a workspace that is overwritten while a tape needs it, a backward that spoils its tape.
    """
    dtype = dtype_of(backend)
    only_if_it_can(backend, variant, dtype)
    module = make(variant, 2, backend=backend, dtype=dtype)
    xs = [random_input(3, 3, 3, seed=k, dtype=dtype) for k in (1, 2)]
    want = [results(module, x, inputs=[x]) for x in xs]
    runs = [module(x) for x in xs]
    for which in (0, 1, 0):
        (y, state), x = runs[which], xs[which]
        grads = gradients([y, *state], [x, *module.parameters()], retain_graph=True)
        assert same([y, *state, *grads], want[which])


@every_variant
@fast_backend
def test_without_gradients_the_values_are_the_same(variant, backend):
    """no_grad and inference_mode; and training after that. For: a buffer made in inference mode."""
    module = make(variant, 2, backend=backend)
    x, hx = random_input(5, 3, 3), state_for(module, 3)
    want = results(module, x, hx, [x, *hx])
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            y, state = module(x, hx)
        assert same([y, *state], want[: 1 + len(state)]) and not y.requires_grad
    assert same(results(module, x, hx, [x, *hx]), want)


@pytest.mark.parametrize("variant", ["V", "FGR"])
@fast_backend
def test_only_what_needs_a_gradient_gets_one(variant, backend):
    """Any one input alone has the gradient that it has among all; a frozen layer asks for none.

    For: products for weights that are frozen, gradients returned in the wrong place.
    """
    module = make(variant, backend=backend)
    x, hx = random_input(5, 3, 3), state_for(module, 3)
    everything = [x, *hx, *module.parameters()]
    y, state = module(x, hx)
    want = gradients([y, *state], everything)
    for k, one in enumerate(everything):
        for other in everything:
            other.requires_grad_(other is one)
        y, state = module(x, hx)
        assert torch.equal(gradients([y, *state], [one])[0], want[k])


@fast_backend
def test_a_frozen_layer_multiplies_nothing_for_its_weights(backend, monkeypatch):
    asked = []
    module, x = make("V", backend=backend), random_input(5, 3, 3)
    for name in ("linear", "weight_gradient"):
        plain = getattr(products, name)

        def counted(*tensors, plain=plain, name=name):
            asked.append(name)
            return plain(*tensors)

        monkeypatch.setattr(function, name, counted)
    module(x)[0].sum().backward()
    assert asked.count("weight_gradient") == 3 and asked.count("linear") == 2  # dW, dR twice; z, dx
    asked.clear()
    module.requires_grad_(False)
    module(x)[0].sum().backward()
    assert asked == ["linear", "linear"]
    asked.clear()
    module.requires_grad_(True)
    module(x.detach())[0].sum().backward()
    assert asked.count("linear") == 1


@fast_backend
def test_what_changed_since_the_forward_pass_is_noticed(backend):
    """As in torch: weights, input and state are guarded until the backward pass."""
    for name in ("weight_ih_l0", "weight_hh_l0", "weight_ch_l0", "x", "h", "y"):
        module, x = make("V", backend=backend), random_input(5, 3, 3)
        hx = state_for(module, 3)
        y, _ = module(x, hx)
        changed = {"x": x, "h": hx[0], "y": y}.get(name)
        changed = getattr(module, name) if changed is None else changed
        with torch.no_grad():
            changed.add_(1.0)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.sum().backward()


@every_variant
@fast_backend
def test_memory_of_any_order(variant, backend):
    """Transposed, strided and expanded inputs, states and weights; an expanded upstream gradient.

    For: a kernel that takes every tensor for contiguous.
    """
    module = make(variant, backend=backend)
    hx = state_for(module, 1)
    wide = [part.expand(*part.shape[:-2], 3, 4) for part in hx]
    weights = {n: p.t().contiguous().t() for n, p in module.named_parameters() if p.ndim == 2}
    for x in (
        random_input(3, 5, 3).transpose(0, 1),
        random_input(5, 3, 6)[..., ::2],
        random_input(1, 3, 3).expand(5, 3, 3),
        random_input(5, 1, 1).expand(5, 3, 3),
    ):
        of_each = []
        for tensors, state in ((weights, wide), ({}, [part.contiguous() for part in wide])):
            inputs = [x if tensors else x.contiguous(), tuple(state)]
            y, final = functional_call(module, tensors, tuple(inputs))
            total = y.sum() + sum(part.sum() for part in final)
            grads = torch.autograd.grad(total, [*hx, *module.parameters()])
            of_each.append([y, *final, *grads])
        assert all(error(a, b) < 1e-12 for a, b in zip(*of_each, strict=True))


@every_backend
def test_batch_first_is_a_transposition(backend):
    dtype = dtype_of(backend)
    module = make("NP", 2, backend=backend, dtype=dtype, bidirectional=True)
    x = random_input(5, 3, 3, dtype=dtype)
    want = module(x)[0]
    module.batch_first = True
    assert error(module(x.transpose(0, 1))[0].transpose(0, 1), want) < 1e-6


@st.composite
def problems(draw):
    lengths = draw(st.lists(st.integers(1, 7), min_size=1, max_size=6))
    sizes = draw(st.integers(1, 9)), draw(st.integers(1, 19))
    layers, both = draw(st.integers(1, 2)), draw(st.booleans())
    return draw(st.sampled_from(list(VARIANTS))), sizes, layers, both, lengths


@settings(max_examples=60, deadline=None)
@given(problems(), st.sampled_from(["fused", "compiled"]), st.booleans())
def test_any_shape_equals_the_definition(problem, backend, bias):
    """For: a loop's last columns that no full vector covers, one step, one sequence, one unit."""
    variant, sizes, layers, both, lengths = problem
    module = make(variant, layers, sizes=sizes, bidirectional=both, bias=bias)
    xs = [random_input(n, sizes[0], seed=k) for k, n in enumerate(lengths)]
    hx = state_for(module, len(lengths))
    of_each = []
    for name in (backend, "loop"):
        module.backend = name
        y, state = ragged(xs, module, hx)
        of_each.append([*y, *state, *gradients([*y, *state], [*xs, *hx, *module.parameters()])])
    assert max(error(a, b) for a, b in zip(*of_each, strict=True)) < 1e-10


@pytest.mark.parametrize("variant", ["V", "FGR"])
@fast_backend
def test_many_steps_and_columns(variant, backend, monkeypatch):
    """Long enough for several chunks of steps, wide enough for every way to multiply and squash.

    For: a chunk's border, tanh by σ, the products that oneDNN computes.
    """
    monkeypatch.setattr(products, "ONEDNN_FROM", 1)
    torch.manual_seed(0)
    lengths = [40, 25, 40, 7] * 10
    xs = [torch.randn(n, 10, requires_grad=True) for n in lengths]
    module, of_each = LSTM(10, 100, 1, variant=variant, bidirectional=True), []
    hx = state_for(module, len(lengths))
    for name in (backend, "loop"):
        module.backend = name
        y, state = ragged(xs, module, hx)
        of_each.append([*y, *state, *gradients([*y, *state], [*hx, *module.parameters()])])
    assert max(error(a, b) for a, b in zip(*of_each, strict=True)) < 2e-5


@fast_backend
def test_second_derivatives_are_refused_by_name(backend):
    """create_graph alone does no harm; what goes through the backward pass again ends in words."""
    module, x = make("V", backend=backend), random_input(5, 3, 3)
    (first,) = torch.autograd.grad(module(x)[0].sum(), x, create_graph=True)
    module.backend = "loop"
    (want,) = torch.autograd.grad(module(x)[0].sum(), x, create_graph=True)
    assert error(first, want) < 1e-12
    want.pow(2).sum().backward()
    with pytest.raises(NotImplementedError, match=f"'{backend}' has first .* needs backend='loop'"):
        first.pow(2).sum().backward()


@fast_backend
def test_forward_mode_is_refused(backend):
    module, x = make("V", backend=backend), random_input(5, 3, 3)
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(x.detach(), torch.ones_like(x))
        with pytest.raises(NotImplementedError, match="needs backend='loop'"):
            module(dual)
        module.backend = "loop"
        y, _ = module(dual)
        assert torch.autograd.forward_ad.unpack_dual(y).tangent is not None


@every_variant
@fast_backend
def test_not_a_number_stays_one(variant, backend):
    """NaN and ±∞ in the input come out where and as they come out of the definition.

    For: a clamp that makes a number of NaN, fast-math flags that assume there is none.
    """
    module = make(variant, backend=backend)
    x = torch.randn(6, 4, 3, dtype=torch.float64)
    x[2, 1, 0], x[3, 2, 1], x[1, 3, 2] = torch.nan, torch.inf, -torch.inf
    for dtype in (torch.float64, torch.float32):
        module.to(dtype)
        y, (h, c, *_) = module(x.to(dtype))
        module.backend = "loop"
        want, (want_h, want_c, *_) = module(x.to(dtype))
        module.backend = backend
        for a, b in ((y, want), (h, want_h), (c, want_c)):
            assert torch.allclose(a, b, rtol=1e-4, atol=1e-5, equal_nan=True)
        assert y[2:, 1].isnan().all() and y[:, 0].isfinite().all()


@every_variant
@fast_backend
def test_saturated_gates(variant, backend):
    """Pre-activations of ±100: gates are 0 and 1, no overflow, gradients vanish as they should."""
    module = make(variant, backend=backend, dtype=torch.float32)
    for sign in (1.0, -1.0):
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.zero_()
            module.bias_ih_l0.fill_(100.0 * sign)
        x, of_each = torch.ones(3, 70, 3, requires_grad=True), []
        for name in (backend, "loop"):
            module.backend = name
            of_each.append(results(module, x, inputs=[x]))
        for a, b in zip(*of_each, strict=True):
            assert torch.isfinite(a).all() and torch.allclose(a, b, rtol=1e-5, atol=1e-5)
