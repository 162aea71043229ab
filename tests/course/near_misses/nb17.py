"""Near misses of notebook 17."""

import numpy as np
from scipy.special import expit, log1p


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def quiet(answer):
    def without_warnings(*arguments):
        with np.errstate(all="ignore"):
            return answer(*arguments)

    return without_warnings


def by_sign(logits, x):
    return np.logaddexp(0, -(2 * x - 1) * logits).sum()


def as_torch_writes_it(logits, x):
    """max(z, 0) - x z + log(1 + exp(-|z|)), as torch documents its loss."""
    return (np.maximum(logits, 0) - x * logits + np.log1p(np.exp(-np.abs(logits)))).sum()


def softplus_by_hand(logits, x):
    a = (1 - 2 * x) * logits
    return np.where(a > 30, a, log1p(np.exp(np.minimum(a, 30)))).sum()


def completed(change=lambda x, W, b, t, u: u[t] < sigmoid(W[t, :t] @ x[:t] + b[t])):
    def answer(W, b, known, uniform):
        x = np.concatenate([known, np.zeros(len(b) - len(known))])
        for t in range(len(known), len(b)):
            x[t] = change(x, W, b, t, uniform)
        return x

    return answer


def recursive(W, b, known, uniform):
    t = len(known)
    if t == len(b):
        return known
    p = sigmoid(W[t, :t] @ known + b[t])
    return recursive(W, b, np.append(known, float(uniform[t] < p)), uniform)


def masked_with_tril(W, b, known, uniform):
    x = np.zeros(len(b))
    x[: len(known)] = known
    for t in range(len(known), len(b)):
        x[t] = uniform[t] < expit((np.tril(W, -1) @ x + b)[t])
    return x


def own_uniform(W, b, known, uniform):
    x = known.tolist()
    for u in uniform[: len(b) - len(known)]:
        t = len(x)
        x.append(float(u < sigmoid(W[t, :t] @ x + b[t])))
    return np.array(x)


def patterns(x, left=lambda p: p[:, 1:, :-1], above=lambda p: p[:, :-1, 1:], fill=0):
    padded = np.pad(x, ((0, 0), (1, 0), (1, 0)), constant_values=fill)
    return left(padded), above(padded)


def counted(smooth=lambda ink, seen, prior, mean: (ink + prior * mean) / (seen + prior), **options):
    def answer(train, picture, prior):
        total = 0.0
        asked = patterns(picture[None], **options)
        known = patterns(train, **options)
        for left in (0, 1):
            for above in (0, 1):
                here = (known[0] == left) & (known[1] == above)
                p = smooth(train[here].sum(), here.sum(), prior, train.mean())
                there = picture[(asked[0][0] == left) & (asked[1][0] == above)]
                total -= np.log(np.where(there == 1, p, 1 - p)).sum()
        return total

    return answer


NEAR_MISSES = [
    ("17.1", by_sign, True, None),
    ("17.1", as_torch_writes_it, True, None),
    ("17.1", softplus_by_hand, True, None),
    (
        "17.1",
        lambda z, x: sum(np.logaddexp(0, -z)[x == 1]) + sum(np.logaddexp(0, z)[x == 0]),
        True,
        None,
    ),
    (
        "17.1",
        quiet(lambda z, x: -np.log(np.where(x == 1, expit(z), expit(-z))).sum()),
        False,
        "infinite far from 0",
    ),
    (
        "17.1",
        quiet(lambda z, x: -np.log(np.abs(1 - x - sigmoid(z))).sum()),
        False,
        "`np.logaddexp`",
    ),
    ("17.1", lambda z, x: np.logaddexp(0, by_sign(z, x)), False, None),
    ("17.1", lambda z, x: by_sign(z, x) / x.size, False, "That is the mean"),
    ("17.1", lambda z, x: np.logaddexp2(0, -(2 * x - 1) * z).sum(), False, None),
    ("17.3", completed(), True, None),
    ("17.3", recursive, True, None),
    ("17.3", masked_with_tril, True, None),
    (
        "17.3",
        completed(lambda x, W, b, t, u: u[t] > sigmoid(W[t, :t] @ x[:t] + b[t])),
        False,
        "exchanged",
    ),
    (
        "17.3",
        completed(lambda x, W, b, t, u: round(sigmoid(W[t, :t] @ x[:t] + b[t]))),
        False,
        "likelier value",
    ),
    ("17.3", completed(lambda x, W, b, t, u: u[t] < sigmoid(W[t] @ x + b[t])), True, None),
    (
        "17.3",
        completed(lambda x, W, b, t, u: u[t] < W[t, :t] @ x[:t] + b[t]),
        False,
        "The logit was compared",
    ),
    ("17.3", own_uniform, False, "Number t belongs to pixel t"),
    ("17.2", counted(), True, None),
    (
        "17.2",
        counted(lambda ink, seen, prior, mean: (ink + prior) / (seen + 2 * prior)),
        False,
        "towards one half",
    ),
    ("17.2", counted(fill=1), False, "framed by ink"),
    ("17.2", counted(left=lambda p: p[:, 1:, 1:]), False, "part of its own pattern"),
    ("17.2", counted(left=lambda p: p[:, :-1, :-1]), False, None),
    ("17.1", lambda z, x: -np.logaddexp(0, (2 * x - 1) * z).sum(), False, None),
    (
        "17.1",
        lambda z, x: [
            [float(np.logaddexp(0, -a if b else a)) for a, b in zip(*r)] for r in zip(z, x)
        ],
        False,
        "nats of each pixel came back",
    ),
    ("17.1", lambda z, x: float(by_sign(z, x)), True, None),
    ("17.1", lambda z, x: ((x - z) ** 2).sum(), False, None),
    ("17.3", lambda W, b, known, u: completed()(W, b, known, u).tolist(), True, None),
    ("17.3", lambda W, b, known, u: completed()(W, b, known, u).astype(bool), True, None),
    ("17.3", lambda W, b, known, u: completed()(W, b, known[:0], u), False, "drawn anew"),
    ("17.3", lambda W, b, known, u: completed()(W.T, b, known, u), False, "W is transposed"),
    ("17.3", lambda W, b, known, u: known, False, None),
    ("17.2", lambda train, x, prior: counted()(train, x, 0.0001), False, None),
    (
        "17.2",
        lambda train, x, prior: counted()(train, x, prior) / x.size,
        False,
        "That is the mean",
    ),
    ("17.2", lambda train, x, prior: -counted()(train, x, prior), False, "The sign"),
    ("17.2", lambda train, x, prior: counted()(x[None], x, prior), False, None),
    ("17.2", counted(lambda ink, seen, prior, mean: (ink + mean) / (seen + 1)), False, None),
    ("17.2", counted(above=lambda p: p[:, :-1, :-1]), False, None),
]
