"""Exercises of notebook 18: strokes as offsets, one Gaussian, a mixture's sum, neatness."""

import numpy as np

from lstm_lib.course.exercise import Exercise


def some_strokes(rng: np.random.Generator, size: int) -> tuple:
    """A list of strokes (n, 2) of whole numbers, n >= 2, and the start (2,), which is not 0."""
    strokes = [rng.integers(0, 30, (2 + int(rng.integers(3)), 2)) for _ in range(1 + size % 4)]
    return strokes, rng.integers(1, 15, 2)


def to_offsets(strokes, start):
    # One list of points; the first offset leads to the first of them.
    points = np.concatenate(strokes)
    offsets = np.diff(points, axis=0, prepend=[start])
    # Before a stroke's first point the pen is lifted, before its others it draws.
    pen = [1 if k == 0 else 0 for stroke in strokes for k in range(len(stroke))]
    return offsets, np.array([*pen, 2])


def offsets_one_by_one(strokes, start):
    x, y = start
    offsets, pen = [], []
    for stroke in strokes:
        first = True
        for px, py in np.asarray(stroke).tolist():
            offsets.append([px - x, py - y])
            pen.append(int(first))
            x, y, first = px, py, False
    return np.array(offsets), np.array([*pen, 2])


OFFSETS = Exercise(
    key="18.1",
    title="From strokes to offsets",
    stars=1,
    names=("strokes", "start"),
    specification=offsets_one_by_one,
    inputs=some_strokes,
    mistakes="""
        , prepend=[start] ->
            The way from `start` to the first point is missing: there are as many offsets as points.
        prepend=[start] -> prepend=[[0, 0]]
            The first offset counts from 0, 0. It leads from `start` to the first point.
        np.diff(points, axis=0, prepend=[start]) -> points - start
            Each point was counted from the start. An offset leads from one point to the *next* one.
        np.diff(points, axis=0, prepend=[start]) -> points
            The points themselves came back. An offset is a point less the one before it.
        np.diff(points, axis=0, prepend=[start]) -> -np.diff(points, axis=0, prepend=[start])
            The sign is turned round: an offset is the new point minus the old one.
        1 if k == 0 else 0 -> 0 if k == 0 else 1
            Drawing and lifting are exchanged: 1 (lifted) stands before the first point of a stroke,
            0 (drawing) before its others.
        [*pen, 2] -> pen
            The offsets are right. The pen's last decision is missing: after the last point it has
            done, a 2.
        1 if k == 0 else 0 -> 1 if k == len(stroke) - 1 else 0
            The 1 stands at the *last* point of each stroke. What is wanted is what the pen does
            *before* an offset: it is lifted on the way to a stroke's first point.
        1 if k == 0 else 0 -> 0
            The pen was never lifted: before the first point of each stroke stands a 1.
        [*pen, 2] -> [0, *pen[1:], 2]
            To the first point of all the pen comes through the air, too: the first decision is a 1.
        [*pen, 2] -> [*pen[:-1], 2]
            The 2 was written over the last decision. It is one more: there is one decision for each
            offset, and then the end.
        [*pen, 2] -> [*pen[1:], 2]
            A decision comes *before* its offset: for each stroke a 1 first, then 0s, and after the
            last point the 2. Yours are one place late.
        offsets, np.array([*pen, 2]) -> np.array([*pen, 2]), offsets
            Both are right, in the other order: return the offsets, then the pen.
    """,
    steps=(
        "`np.concatenate(strokes)` puts all points under each other.",
        "`np.diff(points, axis=0, prepend=[start])` is each point less the one before it.",
        "For each stroke the pen's decisions are a 1 and then 0s, one for each point. After all "
        "strokes comes a 2.",
    ),
    solution=to_offsets,
)


def a_gaussian(rng: np.random.Generator, size: int) -> tuple:
    """x (2,), mu (2,), sigma (2,) > 0, rho in -1..1; from size 3 on so far away that p is 0."""
    mu, sigma = rng.normal(0, 1, 2).round(2), rng.uniform(0.2, 3, 2).round(2)
    rho = 0.0 if size == 0 else round(rng.uniform(-0.95, 0.95), 2)
    far = 400.0 if size % 5 == 3 else 1.0
    return (mu + far * rng.normal(0, 1, 2)).round(2), mu, sigma, rho


def log_gaussian(x, mu, sigma, rho):
    # How far away, in standard deviations.
    u, v = (x - mu) / sigma
    z = u**2 + v**2 - 2 * rho * u * v
    free = 1 - rho**2
    # The logarithm of each factor; no exp is ever taken.
    norm = np.log(2 * np.pi) + np.log(sigma).sum() + np.log(free) / 2
    return -norm - z / (2 * free)


def gaussian_by_its_matrix(x, mu, sigma, rho):
    """With the covariance matrix: -ln(2 pi) - ln|C| / 2 - d C^-1 d / 2."""
    c = rho * sigma[0] * sigma[1]
    matrix = np.array([[sigma[0] ** 2, c], [c, sigma[1] ** 2]])
    d = np.asarray(x) - mu
    _, logdet = np.linalg.slogdet(matrix)
    return -np.log(2 * np.pi) - logdet / 2 - d @ np.linalg.solve(matrix, d) / 2


def log_of_the_density(x, mu, sigma, rho):
    with np.errstate(divide="ignore", under="ignore"):
        return np.log(np.exp(log_gaussian(x, mu, sigma, rho)))


GAUSSIAN = Exercise(
    key="18.2",
    title="ln of a Gaussian in two dimensions",
    stars=2,
    names=("x", "mu", "sigma", "rho"),
    specification=gaussian_by_its_matrix,
    inputs=a_gaussian,
    mistakes="""
        log_of_the_density
            Right where the point is near. Far away exp gives 0, and its logarithm minus infinity:
            take the logarithm of each factor of the formula, and no exp at all.
        -norm - z / (2 * free) -> np.exp(-norm - z / (2 * free))
            That is the density itself. Its logarithm is wanted.
        -norm - z / (2 * free) -> norm + z / (2 * free)
            The sign: you return -ln N, the nats. Here ln N is wanted.
        - 2 * rho * u * v -> + 2 * rho * u * v
            The sign of the term with rho: Z has *minus* 2 rho u v.
        - 2 * rho * u * v ->
            Z lacks its last term: minus 2 rho u v.
        - 2 * rho * u * v -> - rho * u * v
            In Z a factor 2 is missing: minus *2* rho u v.
        z / (2 * free) -> z / 2 * free
            The exponent is Z divided by the *whole* 2 (1 - rho^2). Z / 2 * (1 - rho**2) multiplies:
            write Z / (2 * (1 - rho**2)).
        z / (2 * free) -> z / 2
            Z is divided by 2 (1 - rho^2); you divided by 2.
        z / (2 * free) -> z / free
            Z is divided by 2 (1 - rho^2); your 2 is missing.
        np.log(free) / 2 -> np.log(free)
            The *root* of 1 - rho^2 stands in the formula: its logarithm is half of ln(1 - rho^2).
        + np.log(free) / 2 ->
            The root of 1 - rho^2 is missing from the factor in front.
        np.log(2 * np.pi) -> np.log(2 * np.pi) / 2
            In two dimensions the factor in front is 1 / (2 pi), not its root.
        + np.log(sigma).sum() ->
            The two sigmas are missing from the factor in front: a narrow Gaussian is a high one.
        (x - mu) / sigma -> (x - mu) / sigma**2
            You divided by the variances. u and v are divided by the standard deviations.
        np.log(sigma).sum() -> np.log(sigma).sum() / 2
            In front stand sigma_1 and sigma_2 themselves, not their roots.
        np.log(2 * np.pi) + ->
            The factor 2 pi is missing.
        -norm - z / (2 * free) -> -z / (2 * free)
            The whole factor in front is missing: 1 / (2 pi sigma_1 sigma_2 root of 1 - rho^2).
        z / (2 * free) -> z / (2 * free**0.5)
            Z is divided by 2 (1 - rho^2), not by its root; the root belongs to the factor in front.
        (x - mu) / sigma -> x / sigma
            mu is missing: u and v count from the mean.
    """,
    steps=(
        "`u, v = (x - mu) / sigma`",
        "The logarithm of a product is the sum of logarithms, of a root the half: "
        "ln N = -ln 2 pi - ln sigma_1 - ln sigma_2 - ln(1 - rho^2) / 2 - Z / (2 (1 - rho^2)).",
    ),
    solution=log_gaussian,
)


def weights_and_gaussians(rng: np.random.Generator, size: int) -> tuple:
    """log_pi (K,), log_n (K,): ordinary ones, all far below what exp can do, one far above."""
    K = 1 + size
    logits = rng.normal(0, 1, K).round(2)
    log_pi = logits - np.log(np.exp(logits).sum())
    log_n = rng.normal(0, 2, K).round(2)
    log_n += -2000.0 if size % 4 == 2 else 0.0
    log_n[0] += 2000.0 if size % 4 == 3 else 0.0
    if size == 9:  # the likeliest place has nearly no weight
        log_pi[0], log_n[1:] = -800.0, log_n[1:] - 900.0
    return log_pi, log_n


def log_mixture(log_pi, log_n):
    # The logarithm of each component's share.
    terms = log_pi + log_n
    # The largest is taken out first: the others are at most 1 then, and one is 1.
    top = terms.max()
    return top + np.log(np.exp(terms - top).sum())


def mixture_by_pairs(log_pi, log_n):
    """Two at a time: ln(e^a + e^b) = larger + ln(1 + e^-distance)."""
    total = -np.inf
    for term in np.asarray(log_pi) + np.asarray(log_n):
        high, low = max(total, term), min(total, term)
        total = high + np.log1p(np.exp(low - high))
    return float(total)


def in_one_go(log_pi, log_n):
    with np.errstate(all="ignore"):
        return np.log(np.exp(log_pi + log_n).sum())


def guarded(log_pi, log_n):
    with np.errstate(all="ignore"):
        return np.log(np.exp(log_pi + log_n).sum() + 1e-300)


MIXTURE = Exercise(
    key="18.3",
    title="A sum of exponentials that never overflows",
    stars=2,
    names=("log_pi", "log_n"),
    specification=mixture_by_pairs,
    inputs=weights_and_gaussians,
    mistakes="""
        in_one_go
            Right for small numbers. But exp(-2000) is 0 and exp(2000) is infinite: take the largest
            term out of the sum first.
        guarded
            A small number in the sum keeps the logarithm finite, and wrong: where all terms are far
            down, it alone is left. exp(-2000) is 0. Take the largest term out of the sum first.
        top + np.log( -> np.log(
            The largest term was taken out, and not put back: add it at the end.
        terms = log_pi + log_n -> terms = log_n
            The weights are missing: each term is ln pi + ln N.
        terms = log_pi + log_n -> terms = log_pi * log_n
            A product became a *product* of logarithms. ln(pi N) is ln pi + ln N.
        top + np.log(np.exp(terms - top).sum()) -> top
            That is the largest term alone. The others count, too.
        top + np.log(np.exp(terms - top).sum()) -> terms.sum()
            The logarithm of a sum is not the sum of logarithms.
        terms.max() -> log_n.max()
            The largest ln N was taken out, not the largest *term* ln pi + ln N: where the likeliest
            place has nearly no weight, all exponentials are 0.
        terms.max() -> terms.mean()
            The *mean* was taken out. If one term is far above it, exp still overflows, or the
            result loses digits: take out the largest.
        top + np.log(np.exp(terms - top).sum()) -> top - np.log(np.exp(terms - top).sum())
            Minus where plus belongs: ln sum = top + ln sum exp(term - top).
        top + np.log(np.exp(terms - top).sum()) -> top + np.exp(terms - top).sum()
            The logarithm of the sum is missing.
        .sum() -> .mean()
            The mean of the exponentials was taken. The weights say already how much each counts:
            add up.
        terms = log_pi + log_n -> terms = np.exp(log_pi) + log_n
            The weights were added as they are: it is their logarithms that belong to ln N.
        terms = log_pi + log_n -> terms = np.exp(log_pi) * log_n
            The weights multiply N, not ln N: ln(pi N) = ln pi + ln N.
        top + np.log(np.exp(terms - top).sum()) -> (np.exp(log_pi) * log_n).sum()
            That is the mean of the logarithms, and the logarithm of the mean is wanted: it is never
            smaller.
        return top + -> return -top -
            The sign: those are nats. Here ln p is wanted.
    """,
    steps=(
        "Each term is `log_pi + log_n`.",
        "With m the largest term: ln sum e^t = m + ln sum e^(t - m). Why is that the same?",
        "No t - m is above 0, so nothing overflows; one of them is 0, so the sum is at least 1.",
    ),
    solution=log_mixture,
)


def numbers_and_bias(rng: np.random.Generator, size: int) -> tuple:
    """pi_hat (K,), sigma_hat (K, 2), and a bias of at least 0."""
    K = 2 + size // 3
    pi_hat, sigma_hat = rng.normal(0, 1, K).round(2), rng.normal(-1, 1, (K, 2)).round(2)
    return pi_hat, sigma_hat, 0.0 if size == 0 else round(rng.uniform(0.1, 3), 2)


def neater(pi_hat, sigma_hat, bias):
    # Narrower Gaussians.
    sigma = np.exp(sigma_hat - bias)
    # And more for those that were likely already.
    weights = np.exp(pi_hat * (1 + bias))
    return weights / weights.sum(), sigma


def neater_by_powers(pi_hat, sigma_hat, bias):
    """pi to the power of 1 + b, brought to the sum 1; sigma divided by e^b."""
    shares = np.exp(pi_hat) / np.exp(pi_hat).sum()
    powers = [share ** (1 + bias) for share in shares]
    return np.array(powers) / sum(powers), np.exp(sigma_hat) / np.exp(bias)


NEATER = Exercise(
    key="18.4",
    title="Bias: neater than learnt",
    stars=2,
    names=("pi_hat", "sigma_hat", "bias"),
    specification=neater_by_powers,
    inputs=numbers_and_bias,
    mistakes="""
        sigma_hat - bias -> sigma_hat + bias
            A bias made the Gaussians *wider*: it is subtracted.
        np.exp(sigma_hat - bias) -> np.exp(sigma_hat) - bias
            The bias was subtracted after exp, so widths may be negative. It belongs inside:
            exp(sigma^ - b).
        np.exp(sigma_hat - bias) -> np.exp(sigma_hat)
            The weights are right; the widths do not know of the bias: exp(sigma^ - b).
        np.exp(sigma_hat - bias) -> np.exp(sigma_hat) / (1 + bias)
            The widths were divided by 1 + b. The bias is subtracted inside exp: exp(sigma^ - b).
        np.exp(sigma_hat - bias) -> sigma_hat - bias
            exp is missing: a width is exp(sigma^ - b).
        pi_hat * (1 + bias) -> pi_hat
            The widths are right; the weights are those without a bias: softmax(pi^ (1 + b)) is
            wanted. (A number *added* to all of pi^ would cancel.)
        pi_hat * (1 + bias) -> pi_hat * bias
            The factor is 1 + b, so that a bias of 0 changes nothing.
        pi_hat * (1 + bias) -> pi_hat / (1 + bias)
            A bias made the weights more *alike*: the factor 1 + b multiplies.
        weights / weights.sum() -> weights
            The weights do not add up to 1: softmax divides by the sum.
        weights / weights.sum() -> pi_hat * (1 + bias)
            The widths are right; of the weights softmax is missing: exp, then divide by the sum.
        weights / weights.sum() -> (1 + bias) * np.exp(pi_hat) / np.exp(pi_hat).sum()
            The factor came after softmax, so the weights do not add up to 1. It belongs inside.
        weights / weights.sum(), sigma -> sigma, weights / weights.sum()
            Both are right, in the other order: the weights, then the widths.
        np.exp(sigma_hat - bias) -> np.exp(sigma_hat * (1 - bias))
            The bias is subtracted from sigma^; it is no factor there.
        np.exp(sigma_hat - bias) -> np.exp(sigma_hat * (1 + bias))
            The bias is subtracted from sigma^; it is a factor for the weights alone.
        np.exp(sigma_hat - bias) -> np.exp(sigma_hat) * bias
            The widths were multiplied by the bias; with a bias of 0 they would be 0. Inside exp,
            subtract it.
    """,
    steps=(
        "A width: `np.exp(sigma_hat - bias)`.",
        "A weight: softmax of `pi_hat * (1 + bias)`, that is exp, divided by the sum of all.",
    ),
    solution=neater,
)

EXERCISES = (OFFSETS, GAUSSIAN, MIXTURE, NEATER)
