"""Near misses of notebook 18."""

import numpy as np
import torch
from scipy.special import logsumexp, softmax
from scipy.stats import multivariate_normal


def pen_of(strokes):
    return np.concatenate([np.arange(len(stroke)) == 0 for stroke in strokes]).astype(int)


def strokes_to(offsets, pen=lambda strokes: np.append(pen_of(strokes), 2)):
    return lambda strokes, start: (offsets(np.concatenate(strokes), np.array(start)), pen(strokes))


def differences(points, start):
    return np.diff(np.vstack([start, points]), axis=0)


def stroke_by_stroke(strokes, start):
    return np.concatenate([np.diff(s, axis=0) for s in strokes]), np.append(pen_of(strokes), 2)


def as_lists(strokes, start):
    offsets, pen, last = [], [], list(start)
    for stroke in strokes:
        for k, point in enumerate(stroke.tolist()):
            offsets.append([point[0] - last[0], point[1] - last[1]])
            pen.append(1 if k == 0 else 0)
            last = point
    return offsets, [*pen, 2]


def gaussian(
    z=lambda u, v, r: u * u + v * v - 2 * r * u * v,
    front=lambda s, r: np.log(2 * np.pi * s[0] * s[1] * np.sqrt(1 - r * r)),
    divide=lambda r: 2 * (1 - r * r),
):
    def answer(x, mu, sigma, rho):
        u, v = (x - mu) / sigma
        return -front(sigma, rho) - z(u, v, rho) / divide(rho)

    return answer


def by_scipy(x, mu, sigma, rho):
    c = rho * sigma[0] * sigma[1]
    return multivariate_normal(mu, [[sigma[0] ** 2, c], [c, sigma[1] ** 2]]).logpdf(x)


def by_torch(x, mu, sigma, rho):
    x, mu, sigma = (torch.tensor(part, dtype=torch.float64) for part in (x, mu, sigma))
    c = rho * sigma[0] * sigma[1]
    matrix = torch.stack([torch.stack([sigma[0] ** 2, c]), torch.stack([c, sigma[1] ** 2])])
    return torch.distributions.MultivariateNormal(mu, matrix).log_prob(x).item()


def exp_then_log(x, mu, sigma, rho):
    u, v = (x - mu) / sigma
    free = 1 - rho**2
    front = 2 * np.pi * sigma[0] * sigma[1] * np.sqrt(free)
    with np.errstate(all="ignore"):
        return np.log(np.exp(-(u**2 + v**2 - 2 * rho * u * v) / (2 * free)) / front)


def summed(log_pi, log_n):
    with np.errstate(all="ignore"):
        return np.log(np.sum(np.exp(log_pi) * np.exp(log_n)))


def with_a_small_number(log_pi, log_n):
    with np.errstate(all="ignore"):
        return np.log(np.exp(log_pi + log_n).sum() + 1e-300)


def loop(log_pi, log_n):
    total = log_pi[0] + log_n[0]
    for a, b in zip(log_pi[1:], log_n[1:], strict=True):
        total = np.logaddexp(total, a + b)
    return total


def neat(pi=lambda p, b: softmax(p * (1 + b)), sigma=lambda s, b: np.exp(s - b)):
    return lambda pi_hat, sigma_hat, bias: (pi(pi_hat, bias), sigma(sigma_hat, bias))


NEAR_MISSES = [
    ("18.1", strokes_to(differences), True, None),
    ("18.1", as_lists, True, None),
    (
        "18.1",
        strokes_to(lambda p, s: np.concatenate([p[:1] - s, p[1:] - p[:-1]])),
        True,
        None,
    ),
    ("18.1", strokes_to(lambda p, s: p - s), False, "counted from the start"),
    ("18.1", strokes_to(lambda p, s: p), False, "points themselves"),
    ("18.1", strokes_to(lambda p, s: np.diff(p, axis=0)), False, "from `start` to the first"),
    ("18.1", strokes_to(lambda p, s: np.diff(p, axis=0, prepend=p[:1])), False, None),
    ("18.1", strokes_to(lambda p, s: np.diff(p, axis=0, prepend=0)), False, "counts from 0, 0"),
    ("18.1", strokes_to(lambda p, s: -differences(p, s)), False, "sign is turned round"),
    ("18.1", strokes_to(differences, pen_of), False, "last decision is missing"),
    ("18.1", strokes_to(differences, lambda s: np.append(1 - pen_of(s), 2)), False, "exchanged"),
    ("18.1", strokes_to(differences, lambda s: np.append(0 * pen_of(s), 2)), False, "never lifted"),
    (
        "18.1",
        strokes_to(differences, lambda s: np.append(np.roll(pen_of(s), -1), 2)),
        False,
        "at the *last* point",
    ),
    (
        "18.1",
        strokes_to(differences, lambda s: np.append(pen_of(s)[:-1], 2)),
        False,
        "written over",
    ),
    ("18.1", stroke_by_stroke, False, None),
    ("18.2", gaussian(), True, None),
    ("18.2", by_scipy, True, None),
    ("18.2", by_torch, True, None),
    ("18.2", exp_then_log, False, "Far away exp gives 0"),
    ("18.2", lambda *given: -by_scipy(*given), False, "you return -ln N"),
    ("18.2", lambda *given: np.exp(by_scipy(*given)), False, "density itself"),
    ("18.2", gaussian(z=lambda u, v, r: u * u + v * v), False, "lacks its last term"),
    ("18.2", gaussian(z=lambda u, v, r: u * u + v * v + 2 * r * u * v), False, "*minus* 2 rho"),
    ("18.2", gaussian(z=lambda u, v, r: u * u + v * v - r * u * v), False, "a factor 2 is"),
    ("18.2", gaussian(divide=lambda r: 2), False, "you divided by 2"),
    ("18.2", gaussian(divide=lambda r: 1 - r * r), False, "your 2 is missing"),
    ("18.2", gaussian(front=lambda s, r: np.log(2 * np.pi * s[0] * s[1])), False, "root of 1"),
    (
        "18.2",
        gaussian(front=lambda s, r: np.log(2 * np.pi * s[0] * s[1] * (1 - r * r))),
        False,
        "The *root*",
    ),
    ("18.2", gaussian(front=lambda s, r: 0.0), False, "factor in front is missing"),
    ("18.2", gaussian(divide=lambda r: 2 * np.sqrt(1 - r * r)), False, "not by its root"),
    ("18.3", lambda a, b: logsumexp(a + b), True, None),
    ("18.3", lambda a, b: logsumexp(b, b=np.exp(a)), False, None),
    ("18.3", lambda a, b: np.logaddexp.reduce(a + b), True, None),
    ("18.3", lambda a, b: torch.logsumexp(torch.tensor(a + b), 0).item(), True, None),
    ("18.3", loop, True, None),
    (
        "18.3",
        lambda a, b: b.max() + np.log((np.exp(a) * np.exp(b - b.max())).sum()),
        False,
        "not the largest *term*",
    ),
    ("18.3", lambda a, b: np.log(np.exp(a + b).sum()), False, "exp(-2000) is 0"),
    ("18.3", summed, False, "exp(-2000) is 0"),
    ("18.3", with_a_small_number, False, "exp(-2000) is 0"),
    ("18.3", lambda a, b: logsumexp(b), False, "weights are missing"),
    ("18.3", lambda a, b: (a + b).max(), False, "largest term alone"),
    ("18.3", lambda a, b: (a + b).sum(), False, "not the sum of logarithms"),
    ("18.3", lambda a, b: logsumexp(a + b) - (a + b).max(), False, "not put back"),
    ("18.3", lambda a, b: -logsumexp(a + b), False, "Here ln p is wanted"),
    ("18.3", lambda a, b: logsumexp(np.exp(a) + b), False, "their logarithm"),
    ("18.3", lambda a, b: (np.exp(a) * b).sum(), False, "mean of the logarithms"),
    ("18.4", neat(), True, None),
    ("18.4", neat(sigma=lambda s, b: np.exp(s) / np.exp(b)), True, None),
    (
        "18.4",
        neat(pi=lambda p, b: softmax(p) ** (1 + b) / (softmax(p) ** (1 + b)).sum()),
        True,
        None,
    ),
    ("18.4", neat(sigma=lambda s, b: np.exp(s + b)), False, "*wider*"),
    ("18.4", neat(sigma=lambda s, b: np.exp(s) - b), False, "subtracted after exp"),
    ("18.4", neat(sigma=lambda s, b: np.exp(s)), False, "widths do not know"),
    ("18.4", neat(sigma=lambda s, b: s - b), False, "exp is missing"),
    ("18.4", neat(sigma=lambda s, b: np.exp(s) * b), False, "multiplied by the bias"),
    ("18.4", neat(pi=lambda p, b: softmax(p)), False, "without a bias"),
    ("18.4", neat(pi=lambda p, b: softmax(p + b)), False, "would cancel"),
    ("18.4", neat(pi=lambda p, b: softmax(p * b)), False, "factor is 1 + b"),
    ("18.4", neat(pi=lambda p, b: softmax(p / (1 + b))), False, "more *alike*"),
    ("18.4", neat(pi=lambda p, b: np.exp(p * (1 + b))), False, "add up to 1"),
    ("18.4", neat(pi=lambda p, b: p * (1 + b)), False, "softmax is missing"),
    ("18.4", neat(pi=lambda p, b: softmax(p) * (1 + b)), False, "after softmax"),
    ("18.4", lambda p, s, b: neat()(p, s, b)[::-1], False, "in the other order"),
]
