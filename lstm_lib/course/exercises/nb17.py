"""Exercises of notebook 17: nats of a picture, a look-up, a picture completed."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise


def logits_and_picture(rng: np.random.Generator, size: int) -> tuple:
    """logits (R, C), far from 0 in some inputs, and a picture (R, C) of 0 and 1."""
    shape = (1 + size // 2, 2 + size // 3)
    far = (1.0, 3.0, 60.0, 900.0)[size % 4]
    logits = (far * rng.normal(0, 1, shape)).round(2)
    return logits, rng.integers(0, 2, shape).astype(float)


def nats_of(logits, x):
    # Ink costs -log σ(z) = log(1 + exp(-z)), paper -log(1 - σ(z)) = log(1 + exp(z)).
    against = np.where(x == 1, -logits, logits)
    # logaddexp(0, a) is log(exp(0) + exp(a)), and no exp of a large number is taken.
    return np.logaddexp(0, against).sum()


def nats_pixel_by_pixel(logits, x):
    total = 0.0
    for z, ink in zip(logits.ravel().tolist(), x.ravel().tolist()):
        against = -z if ink else z
        total += max(against, 0.0) + math.log1p(math.exp(-abs(against)))
    return total


def by_sigmoid(logits, x):
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-logits))
        return -np.log(np.where(x == 1, p, 1 - p)).sum()


def by_both_logs(logits, x):
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-logits))
        return -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum()


def by_log_of_exp(logits, x):
    with np.errstate(all="ignore"):
        return np.log(1 + np.exp(np.where(x == 1, -logits, logits))).sum()


def clipped(least):
    def answer(logits, x):
        with np.errstate(all="ignore"):
            p = np.clip(1 / (1 + np.exp(-logits)), least, 1 - least)
            return -np.log(np.where(x == 1, p, 1 - p)).sum()

    return answer


clipped_6, clipped_7, clipped_8, clipped_9, clipped_10, clipped_12, clipped_15 = (
    clipped(10.0**-digits) for digits in (6, 7, 8, 9, 10, 12, 15)
)


def a_little_added(logits, x):
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-logits))
        return -np.log(np.where(x == 1, p, 1 - p) + 1e-9).sum()


NATS = Exercise(
    key="17.1",
    title="Nats of a picture",
    stars=1,
    names=("logits", "x"),
    specification=nats_pixel_by_pixel,
    inputs=logits_and_picture,
    mistakes="""
        .sum() -> .mean()
            That is the mean over the pixels. The probability of the picture is the *product* of
            those of its pixels, so the nats add up.
        .sum() ->
            The nats of each pixel came back. Those of the picture are their sum.
        np.logaddexp(0, against).sum() -> -np.logaddexp(0, against).sum()
            The sign: that is the logarithm of the probability, which is never above 0. Nats are
            minus it.
        np.where(x == 1, -logits, logits) -> np.where(x == 1, logits, -logits)
            Ink and paper are exchanged: σ(z) is the probability of *ink*, x = 1, so a large logit
            makes ink cheap.
        .sum() -> .sum() / np.log(2)
            Those are bits. A nat uses the natural logarithm.
        .sum() -> .sum(axis=-1)
            The sums of the rows came back: rows add up, too.
        .sum() -> .sum(axis=0)
            The sums of the columns came back: columns add up, too.
        np.logaddexp(0, against).sum() -> (x * np.logaddexp(0, against)).sum()
            Only pixels with ink were counted. A pixel of paper has a probability as well, 1 - σ(z),
            and costs its nats.
        by_sigmoid
            Right near 0. Far from it σ(z) is exactly 0 or 1 in floating point, and the logarithm of
            0 is infinite. Write -log σ(z) as log(1 + exp(-z)) and use `np.logaddexp`.
        by_both_logs
            Right near 0. Far from it σ(z) is exactly 0 or 1 in floating point, and 0 times log 0 is
            nan. Write -log σ(z) as log(1 + exp(-z)) and use `np.logaddexp`.
        by_log_of_exp
            Right, but infinite far from 0: there exp of a large number overflows, or a probability
            is rounded to 0 and its logarithm taken. `np.logaddexp(0, a)` is log(1 + exp(a)) without
            that.
        clipped_6
            The probabilities were clipped: what is less likely than 1e-6 costs too little.
            `np.logaddexp` needs no clipping.
        clipped_7
            The probabilities were clipped: what is less likely than 1e-7 costs too little.
            `np.logaddexp` needs no clipping.
        clipped_8
            The probabilities were clipped: what is less likely than 1e-8 costs too little.
            `np.logaddexp` needs no clipping.
        clipped_9
            The probabilities were clipped: what is less likely than 1e-9 costs too little.
            `np.logaddexp` needs no clipping.
        clipped_10
            The probabilities were clipped: what is less likely than 1e-10 costs too little.
            `np.logaddexp` needs no clipping.
        clipped_12
            The probabilities were clipped: what is less likely than 1e-12 costs too little.
            `np.logaddexp` needs no clipping.
        clipped_15
            The probabilities were clipped: what is less likely than 1e-15 costs too little.
            `np.logaddexp` needs no clipping.
        a_little_added
            Something was added inside the logarithm. Then no pixel costs more than about 20 nats,
            and the probabilities no longer sum to 1. `np.logaddexp` needs nothing added.
        np.where(x == 1, -logits, logits) -> logits
            The picture was not looked at: every pixel was taken for paper. Where x is 1, the cost
            is log(1 + exp(-z)).
    """,
    steps=(
        "-log σ(z) = log(1 + exp(-z)) for ink, and log(1 + exp(z)) for paper.",
        "`np.where(x == 1, -logits, logits)` is what stands inside that exp.",
        "`np.logaddexp(0, a)` computes log(1 + exp(a)) without an overflow; then the sum.",
    ),
    solution=nats_of,
)


def small_network(rng: np.random.Generator, size: int) -> tuple:
    """W (T, T), b (T,), the first K pixels, uniform numbers (T,)."""
    T = 3 + size // 2
    W, b = rng.normal(0, 2, (T, T)).round(2), rng.normal(0, 1, T).round(2)
    known = rng.integers(0, 2, size % T).astype(float)
    return W, b, known, rng.uniform(0, 1, T).round(3)


def complete(W, b, known, uniform):
    # What is known stays; the rest is drawn in order, each pixel from those before it.
    x = np.zeros(len(b))
    x[: len(known)] = known
    for t in range(len(known), len(b)):
        p = 1 / (1 + np.exp(-(W[t, :t] @ x[:t] + b[t])))
        x[t] = uniform[t] < p
    return x


def completed_one_by_one(W, b, known, uniform):
    pixels = known.tolist()
    while len(pixels) < len(b):
        t = len(pixels)
        logit = b[t]
        for s, pixel in enumerate(pixels):
            logit = logit + W[t, s] * pixel
        pixels.append(1.0 if uniform[t] < 1 / (1 + math.exp(-logit)) else 0.0)
    return np.array(pixels)


def uniform_from_the_front(W, b, known, uniform):
    return complete(W, b, known, np.concatenate([uniform[: len(known)], uniform])[: len(b)])


COMPLETE = Exercise(
    key="17.3",
    title="A picture completed",
    stars=2,
    names=("W", "b", "known", "uniform"),
    specification=completed_one_by_one,
    inputs=small_network,
    mistakes="""
        range(len(known), len(b)) -> range(len(b))
            The known pixels were drawn anew. They stay as they are: begin at `len(known)`.
        uniform[t] < p -> p > 0.5
            You took the likelier value of each pixel. Then every completion is the same; a pixel is
            to be ink with *probability* p: where `uniform[t] < p`.
        uniform[t] < p -> uniform[t] > p
            Ink and paper are exchanged: a uniform number is below p with probability p.
        uniform[t] < p -> p
            The probabilities came back. A pixel is drawn: 1 where `uniform[t] < p`, else 0; and the
            next pixels must see what was drawn.
        W[t, :t] @ x[:t] -> W[:t, t] @ x[:t]
            W is transposed: row t holds the weights of pixel t, `W[t, s]` of what it hears from s.
        return x -> return x[len(known) :]
            Only the drawn pixels came back. The whole picture is wanted, the known ones first.
        W[t, :t] @ x[:t] + b[t] -> W[t, :t] @ x[:t]
            `b[t]` is missing in the logit.
        1 / (1 + np.exp(-(W[t, :t] @ x[:t] + b[t]))) -> W[t, :t] @ x[:t] + b[t]
            The logit was compared with the uniform number. A probability is wanted: σ of the logit.
        1 / (1 + np.exp(-( -> 1 / (1 + np.exp(+(
            The sign in the sigmoid: σ(z) = 1 / (1 + exp(-z)).
        x[: len(known)] = known ->
        range(len(known), len(b)) -> range(len(b))
        return x -> x[: len(known)] = known; return x
            The known pixels were put in after the drawing. They must be in place *before* it
            begins: later pixels listen to them.
        uniform_from_the_front
            The uniform numbers were used from the first one on. Number t belongs to pixel t.
        W[t, :t] @ x[:t] -> W[t, : len(known)] @ known
            Each pixel was drawn from the *known* pixels alone. It must also see those drawn just
            before it; without them the pieces do not fit together.
    """,
    steps=(
        "Begin with zeros and put the known pixels in front.",
        "For t from len(known) on: the logit is W[t, :t] @ x[:t] + b[t], then σ.",
        "x[t] is 1 where uniform[t] < p, else 0, before you go on to t + 1.",
    ),
    solution=complete,
)


def pictures_to_count(rng: np.random.Generator, size: int) -> tuple:
    """train (N, R, C), one picture (R, C), prior > 0; neighbours are rather alike."""
    shape = (2 + size // 2, 3 + size // 4, 2 + size // 3)
    smooth = rng.normal(0, 1, (shape[0] + 1, shape[1], 1))
    noisy = smooth + rng.normal(0, 0.8, (shape[0] + 1, *shape[1:]))
    x = (noisy > 0).astype(float)
    return x[:-1], x[-1], float(rng.choice([0.5, 1.0, 2.0, 5.0]))


def look_up(train, picture, prior):
    def context(x):
        # The pixels left and above, 0 outside, as one number from 0 to 3.
        around = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(1, 0), (1, 0)])
        return (2 * around[..., 1:, :-1] + around[..., :-1, 1:]).astype(int)

    # Count on the training pictures: how often was the pattern seen, how often was there ink?
    seen = np.bincount(context(train).ravel(), minlength=4)
    ink = np.bincount(context(train).ravel(), train.ravel(), minlength=4)
    p = (ink + prior * train.mean()) / (seen + prior)
    chance = p[context(picture)]
    return -np.log(np.where(picture == 1, chance, 1 - chance)).sum()


def looked_up_pixel_by_pixel(train, picture, prior):
    def pattern(x, r, c):
        return (x[r, c - 1] if c > 0 else 0.0, x[r - 1, c] if r > 0 else 0.0)

    R, C = picture.shape
    total = 0.0
    for r in range(R):
        for c in range(C):
            ink, seen = prior * train.mean(), prior
            for other in train:
                for i in range(R):
                    for j in range(C):
                        if pattern(other, i, j) == pattern(picture, r, c):
                            seen, ink = seen + 1, ink + other[i, j]
            total -= math.log(ink / seen if picture[r, c] else 1 - ink / seen)
    return total


def wrapped_round(train, picture, prior):
    def context(x):
        return (2 * np.roll(x, 1, -1) + np.roll(x, 1, -2)).astype(int)

    seen = np.bincount(context(train).ravel(), minlength=4)
    ink = np.bincount(context(train).ravel(), train.ravel(), minlength=4)
    p = ((ink + prior * train.mean()) / (seen + prior))[context(picture)]
    return -np.log(np.where(picture == 1, p, 1 - p)).sum()


LOOK_UP = Exercise(
    key="17.2",
    title="A look-up of neighbours",
    stars=2,
    names=("train", "picture", "prior"),
    specification=looked_up_pixel_by_pixel,
    inputs=pictures_to_count,
    mistakes="""
        (ink + prior * train.mean()) / (seen + prior) -> (ink + prior) / (seen + 2 * prior)
            You smoothed towards one half. What is known before any count is how much ink the
            training pictures hold: `train.mean()`.
        (ink + prior * train.mean()) / (seen + prior) -> (ink + prior) / (seen + prior)
            A pattern never seen gets probability 1 there. `prior` imagined pixels are added to
            `seen`, and only the share `train.mean()` of them is ink.
        around[..., 1:, :-1] + around[..., :-1, 1:] -> around[..., 1:, 1:] + around[..., :-1, 1:]
            The pixel itself is part of its own pattern: it must not be known before it is drawn.
            Left is one column less.
        2 * around[..., 1:, :-1] -> around[..., 1:, :-1]
            Two patterns were thrown together: with left + above, ink on the left alone and ink
            above alone are the same number. Weigh one of them by 2.
        .sum() -> .mean()
            That is the mean over the pixels. Those of the picture add up.
        np.log(np.where(picture == 1, chance, 1 - chance)).sum() -> (picture * np.log(chance)).sum()
            Only pixels with ink were counted. A pixel of paper costs -log(1 - p).
        np.log( -> np.log2(
            Those are bits. A nat uses the natural logarithm.
        [(1, 0), (1, 0)] -> [(1, 0), (1, 0)], constant_values=1
            Outside of the picture stands 0, as paper; yours is framed by ink.
        wrapped_round
            `np.roll` goes round: left of the first column came the last one, above the first row
            the last. Outside of the picture stands 0.
        np.where(picture == 1, chance, 1 - chance) -> np.where(picture == 1, 1 - chance, chance)
            Ink and paper are exchanged: p is the probability of ink.
        -np.log( -> np.log(
            The sign: that is the logarithm of the probability. Nats are minus it.
    """,
    steps=(
        "Pad each picture with a row of 0 above and a column of 0 at the left; then the pixels "
        "left and above are slices.",
        "2 * left + above numbers the four patterns; `np.bincount` counts them, and with weights "
        "it counts the ink.",
        "p = (ink + prior * train.mean()) / (seen + prior), one for each pattern; then the nats.",
    ),
    solution=look_up,
)

EXERCISES = (NATS, LOOK_UP, COMPLETE)
