"""Exercises of notebook 09: the marks, a blind guess, what reaches the first one, five weights."""

import numpy as np

from lstm_lib.course.exercise import Exercise
from lstm_lib.scratch import sigmoid


def two_ends(rng: np.random.Generator, size: int) -> tuple:
    """a < b; the notebook's own interval first, then others, none around 0 alone."""
    if size < 2:
        return ((0.0, 1.0), (-1.0, 1.0))[size]
    a = round(float(rng.uniform(-3, 3)), 1)
    return a, round(a + float(rng.uniform(0.5, 4)), 1)


def trivial_error(a, b):
    # One number drawn evenly between a and b has a twelfth of (b − a)² as variance.
    one = (b - a) ** 2 / 12
    # The variances of independent numbers add up.
    return 2 * one


def trivial_error_by_integrals(a, b):
    """E[s²] − E[s]² with E[x] and E[x²] as integrals, moved so that the interval begins at 0."""
    width = b - a
    mean, mean_of_squares = width / 2, width**3 / 3 / width
    return 2 * mean_of_squares + 2 * mean * mean - (2 * mean) ** 2


TRIVIAL = Exercise(
    key="09.2",
    title="The error of a blind guess",
    stars=1,
    names=("a", "b"),
    specification=trivial_error_by_integrals,
    inputs=two_ends,
    mistakes="""
        return 2 * one -> return one
            That is the variance of one number. The answer is a sum of two.
        return 2 * one -> return 4 * one
            That is the error for twice the *same* number. The two are drawn independently: their
            variances add up, once each.
        return 2 * one -> return (2 * one) ** 0.5
            That is the standard deviation. The mean *squared* error is its square.
        return 2 * one -> return one / 2
            That is the variance of the mean of the two numbers. Wanted is their sum.
        / 12 -> / 3
            That is four times too much: the mean of (b − a)² · u² instead of the variance. The
            best constant guess is the mean, not a.
        (b - a) ** 2 / 12 -> 1 / 12
            Right for the interval from 0 to 1 alone. Twice as wide an interval has four times the
            variance.
        (b - a) ** 2 -> (b - a)
            The error grows with the *square* of the width b − a.
        (b - a) ** 2 -> (b + a) ** 2
            The variance hangs on the width, b − a, and not on where the interval lies.
        (b - a) ** 2 -> (b**2 - a**2)
            That is b² − a². The width comes first, then the square: (b − a)².
        (b - a) ** 2 -> b**2
            Where the interval begins counts, too: the width is b − a.
        return 2 * one -> return a + b
            That is the best constant guess itself. Wanted is its mean squared error.
    """,
    steps=(
        "The best constant is the mean of the sum. Its mean squared error is the sum's variance.",
        "Independent numbers: the variance of the sum is the sum of the variances.",
        "One number drawn evenly from an interval of width 1 has the variance 1/12. And of width "
        "w?",
    ),
    solution=trivial_error,
)


def values_and_places(rng: np.random.Generator, size: int) -> tuple:
    """values (T, B), not square; first and second (B,), in their halves; B differs from T."""
    T, B = 4 + 2 * (size // 3), 2 + size % 3
    T += T == B
    values = rng.random((T, B)).round(2)
    return values, rng.integers(T // 2, size=B), rng.integers(T // 2, T, size=B)


def mark(values, first, second):
    T, B = values.shape
    x = np.zeros((T, B, 2))
    x[:, :, 0] = values
    # Pairs of indices: step first[0] of sequence 0, step first[1] of sequence 1, ...
    who = np.arange(B)
    x[first, who, 1] = 1
    x[second, who, 1] = 1
    y = values[first, who] + values[second, who]
    return x, y


def mark_one_by_one(values, first, second):
    T, B = np.shape(values)
    x, y = np.zeros((T, B, 2)), np.zeros(B)
    for b in range(B):
        for t in range(T):
            marked = t in (first[b], second[b])
            x[t, b] = values[t][b], marked
            y[b] += values[t][b] if marked else 0.0
    return x, y


MARK = Exercise(
    key="09.1",
    title="Mark the two numbers",
    stars=2,
    names=("values", "first", "second"),
    specification=mark_one_by_one,
    inputs=values_and_places,
    mistakes="""
        x[first, who, 1] = 1 -> x[first, :, 1] = 1
        x[second, who, 1] = 1 -> x[second, :, 1] = 1
            With `:` every sequence gets the marks of all of them. Each has two marks of its own:
            index with first and np.arange(B), pair by pair.
        x[first, who, 1] = 1 -> x[first, :, 1] = 1
            With `:` every sequence gets the first marks of all of them. Index with first and
            np.arange(B), pair by pair.
        x[second, who, 1] = 1 -> x[second, :, 1] = 1
            With `:` every sequence gets the second marks of all of them. Index with second and
            np.arange(B), pair by pair.
        values[first, who] + values[second, who] -> values[first] + values[second]
            y has become (B, B): values[first] takes whole rows. Wanted is one value for each
            sequence, values[first, np.arange(B)].
        values[first, who] + values[second, who] -> (values[first, who] + values[second, who]) / 2
            y is half of what it should be: the sum is wanted, not the mean.
        values[first, who] + values[second, who] -> values[first, who] * values[second, who]
            You multiplied the two marked values. Add them.
        values[first, who] + values[second, who] -> values[first, who]
            y holds the first marked value alone. Add the second one.
        values[first, who] + values[second, who] -> first + second
            You added the places. Add the values that stand there.
        values[first, who] + values[second, who] -> values.sum(axis=0)
            You added up all values of a sequence. Only the two marked ones count.
        x[:, :, 0] = values -> x[:, :, 0] = 0
            The values are missing: they stand in x[:, :, 0].
        x[second, who, 1] = 1 ->
            The second mark is missing: there is one in each half.
        x[first, who, 1] = 1 ->
            The first mark is missing: there is one in each half.
        return x, y -> return x[:, :, ::-1], y
            Values and marks are exchanged: x[:, :, 0] are the values, x[:, :, 1] the marks.
        return x, y -> return x * x[:, :, 1:], y
            Your values are 0 where there is no mark. All values stay: to tell which ones count is
            the network's work.
        return x, y -> return y, x
            The two are exchanged: first x, then y.
        return x, y -> return x
            That is x alone. Return both, x and y.
    """,
    steps=(
        "x has a value and a mark at each step: x[:, :, 0] are the values, x[:, :, 1] the marks.",
        "Sequence b has its marks at the steps first[b] and second[b].",
        "With who = np.arange(B), values[first, who] picks one value for each sequence.",
    ),
    solution=mark,
)


def factor_and_length(rng: np.random.Generator, size: int) -> tuple:
    """A factor a step, 0.5 to 1.02, and an even T."""
    factor = (0.5, 0.9, 1.0)[size] if size < 3 else round(float(rng.uniform(0.5, 1.02)), 2)
    return factor, 4 + 2 * size


def share_at_first(factor, T):
    # The first mark stands in the first half; from step t to the last one, T − 1, there are
    # T − 1 − t steps back.
    lags = T - 1 - np.arange(T // 2)
    return np.mean(factor**lags)


def share_by_walking_back(factor, T):
    """Walk back from the last step, and write down what is left at each step."""
    left, found = 1.0, []
    for t in range(T - 1, -1, -1):
        if t < T // 2:
            found.append(left)
        left *= factor
    return sum(found) / len(found)


SHARE = Exercise(
    key="09.3",
    title="What reaches the first mark?",
    stars=2,
    names=("factor", "T"),
    specification=share_by_walking_back,
    inputs=factor_and_length,
    mistakes="""
        T - 1 - np.arange -> T - np.arange
            One step too many: from the last step, T − 1, back to step t there are T − 1 − t.
        T - 1 - np.arange(T // 2) -> np.arange(T // 2)
            Your lags are 0 to T/2 − 1: those of the second half. The first mark stands in the first
            half, and the lag of step t is counted from the end: T − 1 − t.
        np.arange(T // 2) -> np.arange(T)
            You averaged over all steps. The first mark stands in the first half.
        np.mean(factor**lags) -> factor ** np.mean(lags)
            You took the mean of the lags. Average what is left, factor**lag: a mean of powers is
            not the power of the mean (notebook 07).
        np.mean(factor**lags) -> factor ** (3 * T / 4)
            That is for a mark in the middle of the first half. A mean of powers is not the power of
            the mean lag (notebook 07): average factor**lag.
        np.mean(factor**lags) -> (factor ** (T - 1) + factor ** (T // 2)) / 2
            That is the mean of the farthest and the nearest place. Average over all of them.
        np.mean(factor**lags) -> np.sum(factor**lags)
            That is the sum over all places of the first mark. It stands at one of them: the mean.
        np.mean(factor**lags) -> factor**lags
            That is one number for each place. Average over them.
        np.mean(factor**lags) -> factor ** (T - 1)
            That is for a mark at step 0, the farthest place. Average over all places of the first
            half.
        np.mean(factor**lags) -> factor ** (T // 2)
            That is for the nearest place in the first half alone. Average over all of them.
        np.mean(factor**lags) -> np.mean(factor * lags)
            Each step *multiplies*: factor**lag, not factor · lag.
        np.mean(factor**lags) -> np.median(factor**lags)
            That is the median over the places. Wanted is the mean.
    """,
    steps=(
        "The loss looks at step T − 1. How many steps back is step t?",
        "Each of them multiplies by factor: factor ** (T − 1 − t) is left.",
        "The first mark stands at t = 0 … T/2 − 1, each as likely as the others: the mean.",
    ),
    solution=share_at_first,
)


def two_classes(rng: np.random.Generator, size: int) -> tuple:
    """x (T, 2): three steps of 1 or −1, then noise of variance 0.2; both classes; up to T = 110."""
    T = (4, 20, 60)[size] if size < 3 else int(rng.integers(100, 111))
    x = rng.normal(scale=0.2**0.5, size=(T, 2)).round(2)
    x[:3] = 1.0, -1.0
    return (x,)


def states(weights, x) -> np.ndarray:
    """h (T, 2) of one unit that feeds itself: h = tanh(w x + r h + b)."""
    w, r, b = weights[:3]
    h, seen = np.zeros(2), []
    for now in x:
        h = np.tanh(w * now + r * h + b)
        seen.append(h)
    return np.array(seen)


def five_numbers(found) -> np.ndarray:
    weights = np.asarray(found, dtype=float)
    if weights.shape != (5,):
        raise ValueError(f"return five numbers, w, r, b, v, a; got an array {weights.shape}")
    if not np.isfinite(weights).all():
        raise ValueError("all five must be finite numbers")
    return weights


def five_weights():
    w = 4.0  # three steps of ±1 push h to ±1 from 0
    r = 12.0  # then r h holds it there: in one step noise would have to reach 12/4 = 3, over six σ
    b = 0.0  # neither class is preferred
    v, a = 5.0, 0.0  # σ(5) = 0.993 for h = 1, σ(−5) = 0.007 for h = −1
    return w, r, b, v, a


def at_work(answer, x):
    weights = five_numbers(answer())
    y = sigmoid(weights[3] * states(weights, x)[-1] + weights[4])
    return tuple(in_words(value) for value in y)


def in_words(y: float) -> str:
    return "class 1" if y > 0.8 else "class 0" if y < 0.2 else "between the two"


def right_classes(x):
    return tuple("class 1" if first > 0 else "class 0" for first in x[0])


def diagnosed(answer) -> str | None:
    """What goes wrong first: taking the class in, holding it, or saying it."""
    weights = five_numbers(answer())
    w, r, _, v, a = weights
    rng = np.random.default_rng(9)
    walks = [states(weights, two_classes(rng, size)[0]) for size in (4,) * 50]
    sign = np.array([1.0, -1.0]) * (1.0 if w >= 0 else -1.0)
    if w == 0:
        return "w is 0: nothing of x comes in."
    if r < 0:
        return f"r is {r:g}: a negative r turns h round from step to step."
    taken = walks[0][2] * sign
    if taken.min() <= 0:
        return (
            f"After the three steps that tell the class, h is {walks[0][2][0]:.2f} for class 1 and "
            f"{walks[0][2][1]:.2f} for class 0. They should have different signs: look at b, which "
            "pushes both to one side."
        )
    held = np.array([(walk[2:] * sign).min() for walk in walks])
    ends = np.array([(walk[-1] * sign).min() for walk in walks])
    if held.min() <= 0:
        quiet = np.zeros((103, 2))
        quiet[:3] = 1.0, -1.0
        if (states(weights, quiet)[-1] * sign).min() < 0.1:
            return (
                "h takes the class in, but does not hold it: without any noise, after a hundred "
                f"steps it has come to {states(weights, quiet)[-1].round(2).tolist()}. It has two "
                f"states to rest in only if r is above 1 and b small; r is {r:g}."
            )
        return (
            "h takes the class in, but the noise turns it round later (in "
            f"{np.mean(held <= 0):.0%} of 50 trials at some step). The noise comes in through w, "
            "and r holds against it: make r larger compared with w."
        )
    said = sigmoid(v * np.array([walk[-1] for walk in walks]) + a)
    if said[:, 0].min() > 0.8 and said[:, 1].max() < 0.2:
        return (
            "Nearly: in 50 trials all is right, but not in each of those that are tried here. Now "
            "and then the noise is larger: make r larger compared with w."
        )
    if said[:, 0].max() < 0.2 and said[:, 1].min() > 0.8:
        return "All answers are turned round: with these w and v, σ(v h + a) is small for class 1."
    return (
        f"h holds the class to the end (its size is {ends.min():.2f} or more in 50 trials), but "
        f"the output does not say it: σ(v h + a) is between {said[:, 0].min():.2f} and "
        f"{said[:, 0].max():.2f} for class 1, where above 0.8 is wanted, and between "
        f"{said[:, 1].min():.2f} and {said[:, 1].max():.2f} for class 0 (below 0.2). Look at v "
        "and a."
    )


def as_a_story(x) -> str:
    more = len(x) - 3
    return f"three steps of 1 (class 1) or −1 (class 0), then {more} of noise"


FIVE = Exercise(
    key="09.4",
    title="Five weights",
    stars=2,
    names=("x",),
    specification=right_classes,
    inputs=two_classes,
    mistakes="",
    steps=(
        "Three jobs: w takes the class in, r holds it, v and a say it. Begin with b = a = 0.",
        "h = tanh(w x + r h): once h is near 1, one step of noise turns it if w · noise is below "
        "−r, and several weaker ones in a row can, too. Noise of σ = 0.45 reaches about 1.3 in a "
        "hundred steps: keep a good distance.",
        "So r should be three times w or more, and well above 1, so that it makes a small h large. "
        "For the output σ(v) should be above 0.8.",
    ),
    solution=five_weights,
    use=at_work,
    diagnose=diagnosed,
    story=as_a_story,
)

EXERCISES = (MARK, TRIVIAL, SHARE, FIVE)
