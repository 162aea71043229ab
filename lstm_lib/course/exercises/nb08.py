"""Exercises of notebook 08: the cross-entropy, a silent bug, one step of Adam."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise


def logits_and_legal(rng: np.random.Generator, size: int) -> tuple:
    """z and 0 or 1, (1,), (2,), then (n, 3); the later ones hold numbers too large for np.exp."""
    shape = (1,) if size == 0 else (2,) if size == 1 else (1 + size // 3, 3)
    z = (2 * rng.normal(size=shape)).round(2)
    legal = rng.integers(0, 2, size=shape)
    if size < 2:
        legal.flat[0] = 1 - size
    else:
        legal[0, :2] = 0, 1
    if size >= 8:
        z[1, :2] = 800.0, -800.0
        legal[1, :2] = (size % 2, 1 - size % 2) if size % 4 else (size // 4 % 2, size // 4 % 2)
    return z, legal


def cross_entropy(z, legal):
    # -log σ(z) is log(e^0 + e^-z), and -log(1 - σ(z)) is log(e^0 + e^z): z more than the first.
    return np.logaddexp(0, z) - legal * z


def cross_entropy_one_by_one(z, legal):
    """-log of the belief in what is true; log(1 + e^a) is a, to rounding, for a large a."""
    losses = np.zeros(np.shape(z))
    for place, value in np.ndenumerate(z):
        against = -value if np.asarray(legal)[place] else value
        losses[place] = against if against > 700 else math.log1p(math.exp(against))
    return losses


def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z)))


def with_sigmoids(z, legal):
    with np.errstate(all="ignore"):
        return -(legal * np.log(sigmoid(z)) + (1 - legal) * np.log(1 - sigmoid(z)))


def chosen_sigmoids(z, legal):
    with np.errstate(all="ignore"):
        return -np.log(np.where(legal, sigmoid(z), 1 - sigmoid(z)))


def clipped_sigmoids(z, legal):
    p = np.clip(sigmoid(z), 1e-12, 1 - 1e-12)
    return -(legal * np.log(p) + (1 - legal) * np.log(1 - p))


def nudged_sigmoids(z, legal):
    p = sigmoid(z)
    return -(legal * np.log(p + 1e-9) + (1 - legal) * np.log(1 - p + 1e-9))


def softmax_instead(z, legal):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return -legal * np.log(e / e.sum(axis=-1, keepdims=True) + 1e-300)


LOSS = Exercise(
    key="08.1",
    title="The cross-entropy",
    stars=1,
    names=("z", "legal"),
    specification=cross_entropy_one_by_one,
    inputs=logits_and_legal,
    mistakes="""
        with_sigmoids
            Right for moderate z. At z = 800 your 1 − σ(z) is exactly 0 and its logarithm infinite,
            and 0 · ∞ is no number. Use the hint in the text: np.logaddexp never computes σ.
        chosen_sigmoids
            Right for moderate z. At z = ±800 one of the beliefs is exactly 0 and the loss infinite.
            It is 800. Use the hint in the text: np.logaddexp never computes σ.
        clipped_sigmoids
            You keep the belief away from 0 and 1 (cut off, or with a small number added inside the
            logarithm), and so the loss stays below a limit. At z = 800 it should be 800.
            np.logaddexp needs no limit.
        nudged_sigmoids
            The small number inside the logarithm changes every loss a little, and at z = 800 the
            loss should be 800. np.logaddexp needs no such number.
        np.logaddexp(0, z) -> np.log(1 + np.exp(z))
            Right for moderate z. But np.exp(800) is infinite: np.logaddexp(0, z) is the same
            without the overflow.
        - legal * z ->
            That is −log(1 − σ(z)) everywhere: the loss where a symbol is *not* legal. Where it is,
            −log σ(z) is wanted.
        np.logaddexp(0, z) - legal * z -> np.logaddexp(0, -z)
            That is −log σ(z) everywhere: the loss where a symbol *is* legal. Where it is not,
            −log(1 − σ(z)) is wanted.
        np.logaddexp(0, z) - legal * z -> legal * np.logaddexp(0, -z)
            Where a symbol is not legal your loss is 0, whatever the network believes. There the
            belief in what is true is 1 − σ(z).
        np.logaddexp(0, z) - legal * z -> (1 - legal) * np.logaddexp(0, z)
            Where a symbol is legal your loss is 0, whatever the network believes. There the belief
            in what is true is σ(z).
        np.logaddexp(0, z) - legal * z -> legal * z - np.logaddexp(0, z)
            The sign: that is the logarithm of the belief, which is below 0. The loss is minus it.
        - legal * z -> - (1 - legal) * z
            Legal and not legal are exchanged.
        - legal * z -> + legal * z
            Right where a symbol is not legal. Where it is, the loss has to *fall* when z grows.
        np.logaddexp(0, z) - legal * z -> np.mean(np.logaddexp(0, z) - legal * z)
            That is the mean. Wanted is the loss at each place, of the shape of z.
        np.logaddexp(0, z) - legal * z -> np.sum(np.logaddexp(0, z) - legal * z)
            That is the sum. Wanted is the loss at each place, of the shape of z.
        np.logaddexp(0, z) - legal * z -> (np.logaddexp(0, z) - legal * z) / np.log(2)
            Those are bits: the logarithm to base 2. Wanted is the natural one, np.log.
        np.logaddexp(0, z) - legal * z -> np.abs(legal - sigmoid(z))
            That is the distance between belief and truth. Wanted is −log of the belief in what is
            true.
        np.logaddexp(0, z) - legal * z -> (legal - sigmoid(z)) ** 2
            That is the squared distance. Wanted is −log of the belief in what is true.
        np.logaddexp(0, z) - legal * z -> np.where(legal, sigmoid(z), 1 - sigmoid(z))
            That is the belief in what is true. The loss is −log of it.
        softmax_instead
            A softmax lets the three symbols share one belief of 1. Here two may be legal at once:
            each symbol has a belief σ(z) of its own.
    """,
    steps=(
        "Two cases. Where legal is 1, −log σ(z) is wanted; where it is 0, −log(1 − σ(z)).",
        "σ(z) = 1 / (1 + e^−z), so −log σ(z) = log(1 + e^−z). In the same way "
        "−log(1 − σ(z)) = log(1 + e^z).",
        "np.logaddexp(0, a) is log(1 + e^a) without overflow. np.where(legal, …, …) chooses.",
    ),
    solution=cross_entropy,
)


def losses_and_lengths(rng: np.random.Generator, size: int) -> tuple:
    """each (T, B), with a 0 inside a word now and then; lengths (B,), the first below T.

    Past its end a word holds other numbers, every fourth time nan, the last time infinity.
    """
    T, B = ((3, 2), (4, 3), (4, 4), (6, 3), (3, 3))[size % 5]
    T, B = T + size // 5, B + size // 5
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0], lengths[1] = T - 1, 1
    each = rng.uniform(0.1, 2.0, (T, B)).round(2)
    if size % 3 == 2:
        each[0, 0] = 0.0
    if size % 4 == 3:
        past = np.arange(T)[:, None] >= lengths
        each[past] = np.nan if size < 19 else np.inf
    return each, lengths


def given_mean_loss(each, lengths):
    """The mean loss over the places that are inside a word.

    each (T, B), lengths (B,) integers up to T. Returns a number.
    """
    inside = np.arange(len(each))[:, None] < lengths
    return (each * inside).mean()


def mean_loss(each, lengths):
    inside = np.arange(len(each))[:, None] < lengths
    # The places inside alone, in one row: whatever stands past an end is left out, nan too.
    return each[inside].mean()


def mean_place_by_place(each, lengths):
    total, count = 0.0, 0
    for k, length in enumerate(lengths):
        for t in range(length):
            total, count = total + each[t, k], count + 1
    return total / count


PADDING = Exercise(
    key="08.2",
    title="A silent bug: the padding counts",
    stars=1,
    names=("each", "lengths"),
    specification=mean_place_by_place,
    inputs=losses_and_lengths,
    given=given_mean_loss,
    mistakes="""
        each[inside] -> each
            Now the padding is in the sum as well: a plain mean over everything. Divide the sum over
            the places inside by their number.
        each[inside].mean() -> each.mean(axis=0, where=inside).mean()
            You took the mean of each word, then the mean of these. Then a place in a short word
            weighs more than one in a long word. Add up everything, and divide once.
        < lengths -> <= lengths
            One place too many in each word: a word of length n has the places 0 to n − 1.
        mean() -> sum() / len(lengths)
            You divided by the number of words. Wanted is the mean over places.
        mean() -> sum()
            That is the sum over the places inside. Divide it by how many there are.
        each[inside].mean() -> each.sum() / inside.sum()
            The sum is over everything, the padding included, and divided by the number of places
            inside. Both must leave the padding out.
        [inside] -> [: lengths.min()]
            You cut all words to the length of the shortest. Each has its own length.
        mean() -> sum() / len(each)
            You divided by T, the length of the block. Wanted is the mean over the places inside:
            divide by how many there are.
        mean() -> sum() / (lengths.max() * len(lengths))
            You divided as if all words were as long as the longest. The shorter ones have fewer
            places inside: count those.
        each[inside].mean() -> each.mean(axis=0, where=inside)
            Those are the means of the words, one for each. Wanted is a single number: the mean over
            all places inside.
        each[inside].mean() -> each.sum(axis=0, where=inside)
            Those are the sums of the words, one for each. Wanted is a single number: one sum over
            all places inside, divided by how many there are.
        < lengths -> <= lengths
        each[inside].mean() -> np.where(inside, each, 0).mean()
            You changed the mask, and it was right: `t < length` are the places 0 to length − 1. The
            bug is in the last line.
        [inside] -> [inside & (each != 0)]
            You count only the places whose loss is not 0. A place inside a word counts, whatever
            its loss is: count with the mask.
        each[inside].mean() -> (each * inside).sum() / inside.sum()
            The mask multiplies: that is right for numbers, but past its end a word may hold nan,
            and 0 · nan is nan. Do not multiply, choose: each[inside], or np.where.
        each[inside].mean() -> np.where(inside, each, 0).mean()
            The padding is out of the sum, but still counts in `.mean()`, which divides by T · B.
            Divide by how many places are inside.
        each[inside].mean() -> ((each * inside).sum(axis=0) / lengths).mean()
            You took the mean of each word, then the mean of these: each *place* counts the same.
            And 0 · nan is nan: do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).sum() / len(lengths)
            You divided by the number of words. Wanted is the mean over places. And 0 · nan is nan:
            do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).sum()
            That is the sum over the places inside. Divide it by how many there are. And 0 · nan is
            nan: do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).sum() / len(each)
            You divided by T. Wanted is the mean over the places inside: count them. And 0 · nan is
            nan: do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).sum() / np.count_nonzero(each * inside)
            You count only the places whose loss is not 0. Count with the mask. And 0 · nan is nan:
            do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).sum(axis=0) / lengths
            Those are the means of the words, one for each. A single number is wanted. And 0 · nan
            is nan: do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).mean()
            You still divide by T · B, all places of the block. Divide by how many are inside. And 0
            · nan is nan: do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (np.where(np.isnan(each), 0, each) * inside).sum() / inside.sum()
            Right, but where infinity stands past a word's end: 0 · ∞ is nan. Do not multiply by the
            mask, choose: each[inside].
    """,
    steps=(
        "Compute the mean by hand for each = [[2], [4], [9]] and lengths = [2]. What does the "
        "function return?",
        "`.mean()` divides by T · B. How many places are inside?",
        "True counts as 1: the sum of `inside` is the number of places inside.",
    ),
    solution=mean_loss,
)


def weights_and_means(rng: np.random.Generator, size: int) -> tuple:
    """w, grad, m, v of one shape, the means 0 at step 1; later a gradient of 0 and a tiny one."""
    shape = (1,) if size == 0 else (2,) if size < 4 else (2, 1 + size % 4)
    w, grad = rng.normal(size=(2, *shape)).round(2)
    step = (1, 1, 2, 3, 10, 100, 1)[size % 7]
    m, v = np.zeros((2, *shape))
    if step > 1:
        m = rng.normal(size=shape).round(2)
        v = (m**2 + rng.uniform(0.1, 1, shape)).round(2)
    elif size >= 6:
        grad.flat[0], grad.flat[-1] = 0.0, 1e-4
    return w, grad, m, v, step, (0.1, 0.01)[size % 2]


def adam(w, grad, m, v, step, rate):
    # Running means of the gradient and of its square.
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    # Both began at 0: each is divided by the share that it has seen so far.
    m_hat = m / (1 - 0.9**step)
    v_hat = v / (1 - 0.999**step)
    return w - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def adam_number_by_number(w, grad, m, v, step, rate):
    """Adam (Kingma and Ba 2015, algorithm 1), one weight after the other."""
    new_w, new_m, new_v = np.zeros(w.shape), np.zeros(w.shape), np.zeros(w.shape)
    for k in np.ndindex(w.shape):
        new_m[k] = m[k] + (grad[k] - m[k]) * (1 - 0.9)
        new_v[k] = v[k] + (grad[k] * grad[k] - v[k]) * (1 - 0.999)
        seen_m, seen_v = 1 - math.pow(0.9, step), 1 - math.pow(0.999, step)
        move = (new_m[k] / seen_m) / (math.sqrt(new_v[k] / seen_v) + 1e-8)
        new_w[k] = w[k] - rate * move
    return new_w, new_m, new_v


def plain_sgd(w, grad, m, v, step, rate):
    return w - rate * grad, m, v


ADAM = Exercise(
    key="08.3",
    title="One step of Adam",
    stars=2,
    names=("w", "grad", "m", "v", "step", "rate"),
    specification=adam_number_by_number,
    inputs=weights_and_means,
    mistakes="""
        m / (1 - 0.9**step) -> m
        v / (1 - 0.999**step) -> v
            The means are right, but not corrected: they began at 0 and are too small at first.
            Divide each by the share that it has seen, 1 − 0.9^step and 1 − 0.999^step.
        m / (1 - 0.9**step) -> m
            v is corrected and m is not: divide m by 1 − 0.9^step as well.
        v / (1 - 0.999**step) -> v
            m is corrected and v is not: divide v by 1 − 0.999^step as well.
        (np.sqrt(v_hat) + 1e-8) -> (v_hat + 1e-8)
            The root is missing: the move is m over the *root* of v.
        0.001 * grad**2 -> 0.001 * grad
            v is the running mean of the *squared* gradient.
        0.001 * grad**2 -> 0.001 * m**2
            v is the running mean of the squared gradient, not of the squared m.
        w - rate -> w + rate
            The sign: the step goes *against* the gradient.
        m = 0.9 * m + 0.1 * grad -> m = 0.1 * m + 0.9 * grad
            0.9 of the old m is kept, and 0.1 of the gradient comes in.
        v = 0.999 * v + 0.001 * grad**2 -> v = 0.001 * v + 0.999 * grad**2
            0.999 of the old v is kept, and 0.001 of the square comes in.
        m = 0.9 * m + 0.1 * grad -> m = 0.9 * m + grad
            The new gradient comes in with the weight 0.1, so that m is a mean.
        v = 0.999 * v + 0.001 * grad**2 -> v = 0.999 * v + grad**2
            The new square comes in with the weight 0.001, so that v is a mean.
        m = 0.9 * m + 0.1 * grad -> m = 0.999 * m + 0.001 * grad
            m forgets at the speed of v: of the old m 0.9 is kept.
        v = 0.999 * v + 0.001 * grad**2 -> v = 0.9 * v + 0.1 * grad**2
            v forgets at the speed of m: of the old v 0.999 is kept.
        1e-8), m, v -> 1e-8), m_hat, v_hat
            The new w is right. Give back m and v as they are: corrected ones would be corrected
            again at the next step.
        0.9**step -> 0.9 * step
        0.999**step -> 0.999 * step
            A power: 0.9 ** step, not 0.9 * step.
        0.9**step -> 0.9 ** (step - 1)
        0.999**step -> 0.999 ** (step - 1)
            step counts from 1: at the first step the means have seen one gradient.
        0.9**step -> 0.9 ** (step + 1)
        0.999**step -> 0.999 ** (step + 1)
            step counts from 1, so that the powers are 0.9^step and 0.999^step.
        rate * m_hat -> m_hat
            The learning rate is missing.
        rate * m_hat -> rate * grad
            The move is the mean m over the root of v, not the gradient alone over it.
        + 1e-8), m -> ), m
            Where no gradient has ever come, v is 0, and 0 / 0 is no number: add 1e-8 to the root.
        np.sqrt(v_hat) + 1e-8 -> np.sqrt(v_hat + 1e-8)
            1e-8 is added to the root, not under it.
        plain_sgd
            That is SGD: w − rate · grad. Adam moves by m over the root of v, and m and v change.
        1e-8), m, v -> 1e-8)
            The new w is right. Give back all three: w, m, v.
    """,
    steps=(
        "First the two running means: m keeps 0.9 of itself and takes 0.1 of the gradient; v keeps "
        "0.999 of itself and takes 0.001 of the gradient's square.",
        "Then correct copies of them: m_hat = m / (1 − 0.9**step), v_hat = v / (1 − 0.999**step).",
        "The new w is w − rate · m_hat / (np.sqrt(v_hat) + 1e-8). Return w, m, v; not the hats.",
    ),
    solution=adam,
)

given_mean_loss.__name__ = "mean_loss"

EXERCISES = (LOSS, PADDING, ADAM)
