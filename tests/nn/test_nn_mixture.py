"""The mixture of Gaussians is a density, in any corner; samples follow it."""

import math

import numpy as np
import pytest
import torch

from lstm_lib.nn.mixture import RHO_MOST, log_density, mixture, sample

K = 3


def raw_of(seed, *shape, size=1.0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, 6 * K, generator=generator, dtype=dtype) * size


def naive(raw, x):
    """Graves (2013), eqs. 19-25, as they are printed, one component after the other."""
    pi, mu, sigma, a = raw[:K], raw[K : 3 * K], raw[3 * K : 5 * K], raw[5 * K :]
    m1, m2, s1, s2 = mu[::2], mu[1::2], sigma[::2], sigma[1::2]
    total = 0.0
    for k in range(K):
        weight = torch.exp(pi[k]) / torch.exp(pi).sum()
        one, two, rho = torch.exp(s1[k]), torch.exp(s2[k]), RHO_MOST * torch.tanh(a[k])
        u, v = (x[0] - m1[k]) / one, (x[1] - m2[k]) / two
        z = u**2 + v**2 - 2 * rho * u * v
        n = torch.exp(-z / (2 * (1 - rho**2))) / (2 * math.pi * one * two * torch.sqrt(1 - rho**2))
        total = total + weight * n
    return torch.log(total)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_printed_formula_in_values_and_gradients(seed):
    """For: sigma where its logarithm is meant, rho without its bound, coordinates swapped."""
    raw = raw_of(seed).requires_grad_()
    x = raw_of(seed + 100)[:2].requires_grad_()
    ours, theirs = log_density(mixture(raw), x), naive(raw, x)
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-12)
    for a, b in zip(
        torch.autograd.grad(ours, (raw, x)), torch.autograd.grad(theirs, (raw, x)), strict=True
    ):
        assert torch.allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("bias", [0.0, 1.0])
def test_it_integrates_to_one(seed, bias):
    """For: a forgotten 2 pi, a factor that rho changes."""
    mix = mixture(raw_of(seed, size=0.5), bias)
    side = torch.linspace(-15, 15, 1501, dtype=torch.float64)
    grid = torch.stack(torch.meshgrid(side, side, indexing="ij"), -1).reshape(-1, 2)
    mass = log_density(mix, grid).exp().sum() * (side[1] - side[0]) ** 2
    assert mass.item() == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_nothing_overflows(dtype):
    """For: exp before log; a Gaussian without width; a correlation of 1."""
    raw = raw_of(0, 50, size=60.0, dtype=dtype)
    far = torch.full((50, 2), 1e3, dtype=dtype)
    for numbers, x in (
        (torch.zeros(50, 6 * K, dtype=dtype), far),
        (raw.clamp(-80, 80), torch.zeros(50, 2, dtype=dtype)),
        (torch.full((50, 6 * K), -80.0, dtype=dtype), torch.zeros(50, 2, dtype=dtype)),
    ):
        numbers = numbers.clone().requires_grad_()
        value = log_density(mixture(numbers), x)
        assert value.isfinite().all()
        assert torch.autograd.grad(value.sum(), numbers)[0].isfinite().all()


def test_samples_follow_it():
    """For: a component by the wrong weight, the second coordinate without its correlation."""
    mix = mixture(raw_of(4, size=0.7))
    many = type(mix)(*(part.expand(200_000, *part.shape) for part in mix))
    found = sample(many, torch.Generator().manual_seed(0)).numpy()
    pi, mu, sigma, rho = (
        part.numpy() for part in (mix.log_pi.exp(), mix.mu, mix.log_sigma.exp(), mix.rho)
    )
    mean = pi @ mu
    second = np.zeros((2, 2))
    for p, m, (one, two), r in zip(pi, mu, sigma, rho, strict=True):
        own = np.array([[one**2, r * one * two], [r * one * two, two**2]])
        second += p * (np.outer(m, m) + own)
    assert found.mean(0) == pytest.approx(mean, abs=0.02)
    assert np.cov(found.T) == pytest.approx(second - np.outer(mean, mean), abs=0.05)


def test_the_share_of_samples_in_a_cell_is_its_probability():
    """Chi-square over a grid of cells, each probability by a fine sum of the density."""
    mix = mixture(raw_of(7, size=0.6))
    many = type(mix)(*(part.expand(20_000, *part.shape) for part in mix))
    found = sample(many, torch.Generator().manual_seed(1)).numpy()
    edges = np.linspace(-4, 4, 9)
    counts, *_ = np.histogram2d(*found.T, bins=(edges, edges))
    fine = torch.linspace(-4, 4, 801, dtype=torch.float64)[:-1] + 0.005
    grid = torch.stack(torch.meshgrid(fine, fine, indexing="ij"), -1)
    mass = log_density(mix, grid).exp().numpy() * 0.01**2
    p = mass.reshape(8, 100, 8, 100).sum((1, 3))
    some = p > 5 / len(found)
    wanted = p[some] * len(found)
    chi = ((counts[some] - wanted) ** 2 / wanted).sum()
    cells = some.sum()
    assert chi < cells + 4 * np.sqrt(2 * cells)


def test_a_bias_makes_narrower_gaussians_and_prefers_the_likely_ones():
    raw = raw_of(2, 10)
    plain, neat = mixture(raw), mixture(raw, 1.5)
    assert torch.allclose(neat.log_sigma, plain.log_sigma - 1.5)
    assert torch.equal(neat.mu, plain.mu) and torch.equal(neat.rho, plain.rho)
    assert (neat.log_pi.max(-1).values > plain.log_pi.max(-1).values).all()
    assert torch.allclose(neat.log_pi.exp().sum(-1), torch.ones(10, dtype=torch.float64))


@pytest.mark.parametrize(
    "raw, bias, message",
    [
        (torch.zeros(7), 0.0, r"\(\.\.\., 6 K\); got \(7,\)"),
        (torch.zeros(0), 0.0, "6 K"),
        (torch.zeros(6), -1.0, "bias must be"),
        (torch.zeros(6), math.nan, "bias must be"),
    ],
)
def test_bad_input_is_refused(raw, bias, message):
    with pytest.raises(ValueError, match=message):
        mixture(raw, bias)
