"""A mixture of Gaussians in two dimensions as a network's output: where the pen goes next."""

import math
from typing import NamedTuple

import torch

RHO_MOST = 0.99  # |rho| stays below: at 1 the Gaussian is a line, and its density has no bound
SIGMA_LEAST = 1e-4
PER_COMPONENT = 6  # pi, mu_1, mu_2, sigma_1, sigma_2, rho


class Mixture(NamedTuple):
    """K bivariate Gaussians for each place: their weights, means, widths and correlations.

    log_pi (..., K), mu (..., K, 2), log_sigma (..., K, 2), a (..., K) with rho = RHO_MOST tanh a.
    """

    log_pi: torch.Tensor
    mu: torch.Tensor
    log_sigma: torch.Tensor
    a: torch.Tensor

    @property
    def rho(self) -> torch.Tensor:
        """The correlation of the two coordinates in each component, (..., K)."""
        return RHO_MOST * torch.tanh(self.a)


def mixture(raw: torch.Tensor, bias: float = 0.0, sigma_least: float = SIGMA_LEAST) -> Mixture:
    """What the numbers of the last layer mean (Bishop 1994; Graves 2013, eqs. 19-22).

    pi = softmax(pi^ (1 + b)), mu = mu^, sigma = exp(sigma^ - b) but at least `sigma_least`,
    rho = RHO_MOST tanh rho^. A bias b > 0 writes more neatly (eqs. 61-62); 0 is what was learnt.

    raw (..., 6 K): K of pi^, 2 K of mu^, 2 K of sigma^, K of rho^. Raises ValueError for another
    number of columns or a bias that is negative or not finite.

    >>> normal = mixture(torch.zeros(6))
    >>> normal.log_pi.tolist(), normal.mu.tolist(), normal.rho.tolist()
    ([0.0], [[0.0, 0.0]], [0.0])
    """
    if raw.shape[-1] % PER_COMPONENT or not raw.shape[-1]:
        raise ValueError(f"raw must be (..., 6 K); got {tuple(raw.shape)}")
    if not 0 <= bias < math.inf:
        raise ValueError(f"bias must be a number of at least 0; got {bias}")
    k = raw.shape[-1] // PER_COMPONENT
    pi, mu, sigma, a = raw.split([k, 2 * k, 2 * k, k], -1)
    return Mixture(
        torch.log_softmax(pi * (1 + bias), -1),
        mu.unflatten(-1, (k, 2)),
        (sigma.unflatten(-1, (k, 2)) - bias).clamp(min=math.log(sigma_least)),
        a,
    )


def log_density(mix: Mixture, x: torch.Tensor) -> torch.Tensor:
    """ln p(x), x (..., 2) -> (...): Graves (2013), eqs. 23-26, in logarithms throughout.

    ln N = -ln 2 pi - ln sigma_1 - ln sigma_2 - ln(1 - rho^2) / 2 - Z / (2 (1 - rho^2)),
    Z = u^2 + v^2 - 2 rho u v with u, v = (x - mu) / sigma, and ln p = logsumexp(ln pi + ln N).
    Nothing overflows: a far point has a large negative ln p, never -inf.

    >>> standard = mixture(torch.zeros(6))
    >>> round(log_density(standard, torch.zeros(2)).item(), 4), round(-math.log(2 * math.pi), 4)
    (-1.8379, -1.8379)
    """
    u, v = ((x.unsqueeze(-2) - mix.mu) * torch.exp(-mix.log_sigma)).unbind(-1)
    rho = mix.rho
    free = 1 - rho * rho
    z = u * u + v * v - 2 * rho * u * v
    log_n = -math.log(2 * math.pi) - mix.log_sigma.sum(-1) - free.log() / 2 - z / (2 * free)
    return torch.logsumexp(mix.log_pi + log_n, -1)


def sample(mix: Mixture, generator: torch.Generator | None = None) -> torch.Tensor:
    """One point from each mixture, (..., 2): a component by its weight, then its Gaussian.

    x_1 = mu_1 + sigma_1 e_1, x_2 = mu_2 + sigma_2 (rho e_1 + sqrt(1 - rho^2) e_2) with e_1, e_2
    standard normal.

    >>> sample(mixture(torch.zeros(7, 12)), torch.Generator().manual_seed(0)).shape
    torch.Size([7, 2])
    """
    shape = mix.log_pi.shape[:-1]
    weights = mix.log_pi.exp().reshape(-1, mix.log_pi.shape[-1])
    chosen = torch.multinomial(weights, 1, generator=generator).reshape(*shape, 1)
    mu, log_sigma = (
        part.gather(-2, chosen.unsqueeze(-1).expand(*shape, 1, 2)).squeeze(-2)
        for part in (mix.mu, mix.log_sigma)
    )
    rho = mix.rho.gather(-1, chosen).squeeze(-1)
    e = torch.randn(*shape, 2, generator=generator, dtype=mu.dtype, device=mu.device)
    second = rho * e[..., 0] + (1 - rho * rho).sqrt() * e[..., 1]
    return mu + log_sigma.exp() * torch.stack([e[..., 0], second], -1)
