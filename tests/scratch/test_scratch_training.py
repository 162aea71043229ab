"""Gates, losses, optimisers, clipping and the dense head: against torch's, and at the extremes."""

import numpy as np
import pytest
import torch

from lstm_lib.scratch import (
    SGD,
    Adam,
    Dense,
    RMSProp,
    Variant,
    clip_global_norm,
    gradcheck,
    mse,
    relative_error,
    sigmoid,
    sigmoid_cross_entropy,
    sigmoid_slope,
    softmax_cross_entropy,
    tanh,
    tanh_slope,
)

EXTREME = np.array([-np.inf, -1e308, -1e3, -745.2, -89.0, -1e-300, 0.0, 1e-300, 1.0, 1e3, np.inf])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gates_at_the_extremes(dtype):
    """Warnings are errors here: the plain 1 / (1 + e^−z) fails at −1e3."""
    with np.errstate(over="ignore"):
        z = EXTREME.astype(dtype)
    s, t = sigmoid(z), tanh(z)
    assert s.dtype == t.dtype == dtype
    assert np.isfinite(s).all() and ((s >= 0) & (s <= 1)).all() and (np.diff(s) >= 0).all()
    np.testing.assert_allclose(s, torch.sigmoid(torch.tensor(z)).numpy(), rtol=1e-6, atol=1e-38)
    for slope in (sigmoid_slope(s), tanh_slope(t)):
        assert np.isfinite(slope).all() and (slope >= 0).all() and slope[0] == slope[-1] == 0
    ordinary = np.linspace(-30, 30, 601)
    want = torch.sigmoid(torch.tensor(ordinary)).numpy()
    np.testing.assert_allclose(sigmoid(ordinary), want, rtol=1e-14)


def test_gate_slopes():
    z = np.linspace(-4, 4, 17)
    assert gradcheck(lambda z: sigmoid(z).sum(), z, sigmoid_slope(sigmoid(z))).passed
    assert gradcheck(lambda z: tanh(z).sum(), z, tanh_slope(tanh(z))).passed


def logits_with_extremes(rng, shape):
    z = rng.standard_normal(shape) * 5
    z.flat[:6] = [1e4, -1e4, 800, -800, 1e300, -1e300]
    return z


@pytest.mark.parametrize("masked", [False, True])
def test_losses_equal_torch(masked):
    rng = np.random.default_rng(0)
    shape = (4, 3, 5)
    z, y = logits_with_extremes(rng, shape), rng.random(shape)
    classes = rng.integers(0, 5, shape[:2])
    keep = rng.random(shape[:2]) < 0.6 if masked else np.ones(shape[:2], bool)
    keep[0, 0] = True  # the row with the extremes
    mask = keep if masked else None
    F = torch.nn.functional
    kept = torch.tensor(keep)
    cases = {
        softmax_cross_entropy: (classes, lambda a, b: F.cross_entropy(a[kept], b[kept])),
        sigmoid_cross_entropy: (
            y,
            lambda a, b: F.binary_cross_entropy_with_logits(a[kept], b[kept]),
        ),
    }
    for loss, (target, theirs) in cases.items():
        leaf = torch.tensor(z, requires_grad=True)
        want = theirs(leaf, torch.tensor(target))
        want.backward()
        got, gradient = loss(z, target, mask)
        assert np.isfinite(got) and np.isfinite(gradient).all()
        assert relative_error(got, want.detach().numpy()) < 1e-14
        assert relative_error(gradient, leaf.grad.numpy()) < 1e-14
    leaf = torch.tensor(y + 1, requires_grad=True)
    want = F.mse_loss(leaf[kept], torch.tensor(y)[kept])
    want.backward()
    got, gradient = mse(y + 1, y, mask)
    assert relative_error(got, want.detach().numpy()) < 1e-14
    assert relative_error(gradient, leaf.grad.numpy()) < 1e-14


def test_what_is_masked_may_be_anything():
    y, keep = np.array([[1.0, np.nan], [2.0, np.inf]]), np.array([[1, 0], [1, 0]])
    assert mse(y, np.zeros((2, 2)), keep)[1].tolist() == [[1, 0], [2, 0]]
    y[1, 0] = 0.5
    assert np.isfinite(sigmoid_cross_entropy(y, y, keep)[1]).all()
    logits = np.array([[0.0, 1.0], [np.nan, np.inf]])
    loss, gradient = softmax_cross_entropy(logits, np.array([0, -100]), np.array([True, False]))
    assert np.isfinite(loss) and not gradient[1].any()


def test_losses_pass_gradcheck():
    rng = np.random.default_rng(1)
    z, y, classes = rng.standard_normal((6, 4)), rng.random((6, 4)), rng.integers(0, 4, 6)
    keep = np.array([1, 0, 1, 1, 0, 1], bool)
    for loss, target in (
        (mse, y),
        (sigmoid_cross_entropy, y),
        (softmax_cross_entropy, classes),
    ):
        errors = gradcheck(lambda z: loss(z, target, keep)[0], z, loss(z, target, keep)[1])  # noqa: B023
        assert errors.passed, (loss.__name__, errors)


def test_losses_refuse():
    z = np.zeros((3, 2))
    with pytest.raises(ValueError, match=r"target must be \(3, 2\)"):
        mse(z, np.zeros(3))
    with pytest.raises(TypeError, match="target must be integers"):
        softmax_cross_entropy(z, np.zeros(3))
    with pytest.raises(ValueError, match="between 0 and 1; got 2"):
        softmax_cross_entropy(z, np.array([0, 1, 2]))
    with pytest.raises(ValueError, match="target must lie between 0 and 1"):
        sigmoid_cross_entropy(z, z - 1)
    with pytest.raises(ValueError, match="nothing to average"):
        mse(z, z, np.zeros(3, bool))
    with pytest.raises(ValueError, match="mask must be"):
        mse(z, z, np.ones(2))


TORCH = {
    "sgd": (lambda p: SGD(p, 0.1), lambda p: torch.optim.SGD(p, 0.1)),
    "momentum": (
        lambda p: SGD(p, 0.1, momentum=0.9),
        lambda p: torch.optim.SGD(p, 0.1, momentum=0.9),
    ),
    "nesterov": (
        lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True),
        lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True),
    ),
    "rmsprop": (lambda p: RMSProp(p, 0.01), lambda p: torch.optim.RMSprop(p, 0.01)),
    "adam": (lambda p: Adam(p, 0.01), lambda p: torch.optim.Adam(p, 0.01)),
}


@pytest.mark.parametrize("name", TORCH)
def test_optimisers_equal_torch(name):
    """Fifty steps with changing gradients, zeros among them. Catches ε inside the root, a momentum
    that is damped, a bias correction off by one step."""
    ours, theirs = TORCH[name]
    rng = np.random.default_rng(2)
    params = {"a": rng.standard_normal((3, 2)), "b": rng.standard_normal(4)}
    tensors = {n: torch.tensor(a, requires_grad=True) for n, a in params.items()}
    optimiser, reference = ours(params), theirs(list(tensors.values()))
    for step in range(50):
        grads = {n: rng.standard_normal(a.shape) * (step % 7 > 0) for n, a in params.items()}
        for n, tensor in tensors.items():
            tensor.grad = torch.tensor(grads[n])
        optimiser.step(grads)
        reference.step()
        for n, tensor in tensors.items():
            assert relative_error(params[n], tensor.detach().numpy()) < 1e-13, (step, n)


@pytest.mark.parametrize("name", TORCH)
def test_optimisers_keep_the_dtype_and_the_gradients(name):
    params = {"a": np.ones(3, np.float32)}
    held, grads = params["a"], {"a": np.ones(3, np.float32)}
    optimiser = TORCH[name][0](params)
    for _ in range(3):
        optimiser.step(grads)
    assert params["a"] is held and held.dtype == np.float32 and (held < 1).all()
    assert (grads["a"] == 1).all()


def test_optimisers_refuse_what_is_not_finite():
    optimiser = SGD({"a": np.zeros(2), "b": np.zeros(2)}, 0.1)
    optimiser.step({"a": np.ones(2), "b": np.ones(2)})
    before = optimiser.params["a"].copy()
    with pytest.raises(ValueError, match=r"step 2 grads\['b'\]"):
        optimiser.step({"a": np.ones(2), "b": np.array([1, np.nan])})
    np.testing.assert_array_equal(optimiser.params["a"], before)
    with pytest.raises(ValueError, match="keys"):
        optimiser.step({"a": np.ones(2)})
    with pytest.raises(ValueError, match="rate must be positive"):
        Adam({}, -1)


@pytest.mark.parametrize("limit", [0.1, 1.0, 100.0])
def test_clipping_equals_torch(limit):
    rng = np.random.default_rng(3)
    grads = {"a": rng.standard_normal((5, 4)), "b": rng.standard_normal(7)}
    leaves = [torch.zeros(g.shape, dtype=torch.float64) for g in grads.values()]
    for leaf, grad in zip(leaves, grads.values()):
        leaf.grad = torch.tensor(grad)
    want = torch.nn.utils.clip_grad_norm_(leaves, limit)
    assert abs(clip_global_norm(grads, limit) - float(want)) < 1e-12
    for leaf, grad in zip(leaves, grads.values()):
        assert relative_error(grad, leaf.grad.numpy()) < 1e-14
    with pytest.raises(ValueError, match=r"grads\['b'\]"):
        clip_global_norm({"a": np.ones(2), "b": np.array([np.inf])}, 1.0)


def test_dense_gradients():
    rng = np.random.default_rng(4)
    head, x, dy = Dense(4, 3, dtype=np.float64), rng.standard_normal((5, 2, 4)), None
    dy = rng.standard_normal((5, 2, 3))
    grads, dx = head.backward(dy, head.forward(x)[1])
    f = lambda v: ((v["x"] @ v["W"].T + v["b"]) * dy).sum()  # noqa: E731
    assert gradcheck(f, {**head.params, "x": x}, {**grads, "x": dx}).passed
    with pytest.raises(ValueError, match=r"x must be \(\.\.\., 4\)"):
        head.forward(np.zeros((2, 3)))
    with pytest.raises(TypeError, match="float64; got float32"):
        head.forward(np.zeros((2, 4), np.float32))


@pytest.mark.parametrize(
    ("size", "dtype"),
    [(size, np.float64) for size in (1e-200, 1e-30, 1.0, 1e200, 1e307)]
    + [(size, np.float32) for size in (1e-30, 1.0, 1e30, 5e37)],
)
def test_clipping_keeps_the_direction_at_any_size(size, dtype):
    """For: squares that overflow, so that the norm is infinite and what is left is 0."""
    grads = {"a": np.array([3.0, 0.0], dtype) * dtype(size), "b": np.array([4.0], dtype) / 2}
    grads["b"] *= dtype(2 * size)
    norm = clip_global_norm(grads, 1e-2)
    assert norm == pytest.approx(5.0 * size, rel=1e-6)
    want = 1e-2 if norm > 1e-2 else norm
    joint = np.sqrt(sum(np.square(g.astype(np.float64)).sum() for g in grads.values()))
    assert joint == pytest.approx(want, rel=1e-4)


def test_a_norm_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match=r"joint norm beyond float64; the largest is 1.7e\+308"):
        clip_global_norm({"a": np.full(9, 1.7e308)}, 1.0)


@pytest.mark.parametrize("optimiser", [Adam, RMSProp])
def test_a_square_that_overflows_is_refused(optimiser):
    """For: an infinite mean square, which divides every later step down to 0."""
    params = {"w": np.ones(2, np.float32)}
    with pytest.raises(ValueError, match=r"at step 1 those of grads\['w'\] are beyond float32"):
        optimiser(params, rate=0.1).step({"w": np.array([0.0, 1e20], np.float32)})
    assert (params["w"] == 1.0).all()


@pytest.mark.parametrize("loss", [mse, sigmoid_cross_entropy, softmax_cross_entropy])
@pytest.mark.parametrize("dtype", [np.int8, np.int64, bool])
def test_predictions_are_no_integers(loss, dtype):
    """For: 100 - (-100) = -56 in int8, and a loss out of that."""
    predictions = np.zeros((2, 3), dtype)
    target = np.zeros(2, int) if loss is softmax_cross_entropy else predictions
    with pytest.raises(TypeError, match="must be a NumPy array of floating-point numbers; got"):
        loss(predictions, target)
    with pytest.raises(TypeError, match="floating-point numbers; got list"):
        loss(predictions.tolist(), target)


def test_certainty_is_right_or_endlessly_wrong():
    """Infinite logits: -log σ(∞) is 0, and ∞ for the other class; never NaN."""
    logits = np.array([np.inf, -np.inf, np.inf, -np.inf, np.inf])
    for logit, target, want in zip(logits, [1, 0, 0, 1, 0.5], [0, 0, np.inf, np.inf, np.inf]):
        loss, gradient = sigmoid_cross_entropy(np.array([logit]), np.array([target]))
        assert loss == want and gradient == (logit > 0) - target
    with pytest.raises(ValueError, match="target must lie between 0 and 1"):
        sigmoid_cross_entropy(np.zeros(1), np.array([np.nan]))


def test_flags_are_true_or_false():
    with pytest.raises(TypeError, match="nesterov must be True or False; got 'no'"):
        SGD({"w": np.ones(1)}, rate=0.1, momentum=0.9, nesterov="no")
    with pytest.raises(TypeError, match="peepholes must be True or False; got 0"):
        Variant("mine", peepholes=0)
