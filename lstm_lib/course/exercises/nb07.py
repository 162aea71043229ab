"""Exercises of notebook 07: a bound for the RNN, half-lives from gates, the way round through h."""

import numpy as np

from lstm_lib.course.exercise import Exercise
from lstm_lib.scratch import sigmoid


def matrix_and_outputs(rng: np.random.Generator, size: int) -> tuple:
    """R (H, H), not symmetric, and h_seq (T, H) between −1 and 1."""
    H, T = 2 + size // 4, (1, 2, 3, 4)[size % 4] + size // 4
    R = rng.normal(size=(H, H)).round(2)
    return R, np.tanh(rng.normal(size=(T, H))).round(2)


def step_bounds(R, h_seq):
    bounds = []
    for h in h_seq:
        # One step back is dh ↦ ((1 − h²) ⊙ dh) R: row j of R times the slope of unit j.
        J = (1 - h**2)[:, None] * R
        # The largest singular value is the largest factor by which J can lengthen a vector.
        bounds.append(np.linalg.norm(J, 2))
    return np.array(bounds)


def bounds_by_eigenvalues(R, h_seq):
    """The longest ‖dh J‖ for ‖dh‖ = 1: the root of the largest eigenvalue of J Jᵀ."""
    H, bounds = len(R), []
    for h in h_seq:
        J = [[(1 - h[j] ** 2) * R[j, k] for k in range(H)] for j in range(H)]
        square = [[sum(J[i][k] * J[j][k] for k in range(H)) for j in range(H)] for i in range(H)]
        bounds.append(max(np.linalg.eigvalsh(np.array(square)).max(), 0.0) ** 0.5)
    return np.array(bounds)


BOUND = Exercise(
    key="07.1",
    title="How far can one step back stretch a gradient?",
    stars=2,
    names=("R", "h_seq"),
    specification=bounds_by_eigenvalues,
    inputs=matrix_and_outputs,
    mistakes="""
        np.linalg.norm(J, 2) -> np.abs(np.linalg.eigvals(J)).max()
            You took the largest eigenvalue. It says what happens in the very long run to one
            direction; a single step can stretch by more. Take the largest singular value.
        (1 - h**2)[:, None] * R -> R
            That is the largest singular value of R alone. The slope of tanh, 1 − h², is missing.
        [:, None] ->
            The slopes are on the wrong side: you multiplied the *columns* of R (or transposed it).
            The slope of unit j belongs to row j, (1 - h**2)[:, None] * R.
        (1 - h**2) -> (h * (1 - h))
            h(1 − h) is the slope of the sigmoid. That of tanh is 1 − h².
        (J, 2) -> (J)
            That is the root of the sum of all squares (the Frobenius norm). It is a bound as well,
            but not the smallest: np.linalg.norm needs the 2 for the singular value.
        np.linalg.norm(J, 2) -> (1 - h**2).max() * np.linalg.norm(R, 2)
            You multiplied the largest slope by the largest singular value of R. That is true, but
            too large: build the matrix of the step, with each unit's own slope.
        np.array(bounds) -> np.cumprod(bounds)
            You returned the bounds multiplied up. Wanted is one number for each step.
        (J, 2) -> (J, -2)
            That is the *smallest* singular value: how little a step can stretch at least.
        h**2 -> np.tanh(h) ** 2
            You took tanh of h once more. h is already a tanh: its slope is 1 − h², from the value
            itself.
        h**2 -> h
            The square is missing: the slope of tanh is 1 − h², not 1 − h.
        1 - h**2 -> h**2
            You multiplied by h². The slope of tanh is what is left: 1 − h².
        np.array(bounds) -> np.mean(bounds)
            You averaged over the steps. Wanted is one number for each step, (T,).
        (1 - h**2)[:, None] * R -> (1 - h**2) @ R
            That is the length of the vector (1 − h²) @ R: the rows of R are added up. J is a
            matrix, with a slope for each row of R: np.diag(1 - h**2) @ R.
        bounds.append -> return
            That is the bound of the first step alone. Is the `return` inside the loop? Wanted is
            one number for each step, (T,).
        np.array(bounds) -> bounds[-1]
            That is the bound of the last step alone. Wanted is one number for each step, (T,).
        np.array(bounds) -> max(bounds)
            That is the largest of the bounds. Wanted is one number for each step, (T,).
        for h in h_seq -> for h in [0 * h_seq[0], *h_seq[:-1]]
            Each slope is one step late: row t holds the slope at the output of the step before.
            h_seq[t] is what tanh gave at step t, so its slope belongs to step t.
        (J, 2) -> (J, 1)
            That is the largest sum of absolute values in a column of J, the norm with a 1. The
            largest singular value needs the 2: np.linalg.norm(J, 2).
    """,
    steps=(
        "One step back: first each unit's gradient times its slope 1 − h², then times R.",
        "Both together are one matrix, J = diag(1 − h²) R.",
        "np.linalg.norm(J, 2) is the largest singular value of a matrix J.",
        "The row j of J is (1 − h_j²) times the row j of R: (1 - h**2)[:, None] * R.",
    ),
    solution=step_bounds,
    tolerance=1e-7,
)


def gate_values(rng: np.random.Generator, size: int) -> tuple:
    """f (T, H), between 0 and 1; square ones among them; the first readable, one very long.

    And one with a gate that is all but closed.
    """
    if size == 19:
        return (rng.uniform(0.2, 0.98, (3000, 2)).round(2),)
    T, H = ((2, 1), (2, 2), (3, 2), (3, 3), (5, 2))[size % 5]
    T, H = T + size // 5, H + size // 5
    f = rng.uniform(0.2, 0.98, (T, H)).round(2)
    if size == 18:
        f[0, 0] = 1e-12
    return (f,)


def half_lives(f):
    # Along the direct path the factors multiply, so their logarithms add up:
    # the slope of log ∏f against the lag is the mean of log f over time.
    slope = np.log(f).mean(axis=0)
    # Half is left after k steps: slope * k = log(1/2).
    return np.log(0.5) / slope


def half_lives_by_multiplying(f):
    """The constant gate that does the same as a unit's gates in turn, and its half-life."""
    answers = []
    for column in f.T:
        constant = 1.0
        for value in column:
            constant *= value ** (1 / len(column))
        answers.append(-1 / np.log2(constant))
    return np.array(answers)


HALF_LIFE = Exercise(
    key="07.2",
    title="Half-lives from the gates",
    stars=2,
    names=("f",),
    specification=half_lives_by_multiplying,
    inputs=gate_values,
    mistakes="""
        np.log(f).mean(axis=0) -> np.log(f.mean(axis=0))
            You took the logarithm of the mean. The gates multiply: take the mean of the logarithms.
            (A single step with a small f costs more than the mean shows.)
        np.log(0.5) -> -1
            That is the time until 1/e is left, not one half: log(1/2) is missing.
        mean(axis=0) -> sum(axis=0)
            You summed log f over time. That is the loss over all T steps; the slope is a step's:
            take the mean.
        axis=0 -> axis=1
            You averaged over the units and got one number a step. Each unit has its own half-life:
            average over time, axis 0.
        np.log(0.5) -> np.log(2)
            The sign: log f is negative, and log(1/2) is, too. Their ratio is positive.
        np.log(0.5) / slope -> slope
            Those are the slopes, the mean of log f. The half-life is log(1/2) divided by them.
        np.log(0.5) / slope -> (np.log(0.5) / np.log(f)).mean(axis=0)
            You averaged the half-lives of single steps. Average the logarithms first, then compute
            one half-life.
        mean(axis=0) -> mean()
            You mixed all units into one number. Wanted is one half-life for each unit.
        np.log(0.5) / slope -> np.exp(slope)
            That is the factor a step. The half-life is the number of steps after which the product
            of such factors is one half.
        np.log(0.5) / slope -> slope / np.log(0.5)
            The ratio is upside down: log(1/2) is divided by the slope.
        np.log(0.5) -> 1
            log(1/2) is missing: 1 divided by the slope is negative, and no half-life.
        np.log(f).mean(axis=0) -> np.log(np.prod(f, axis=0)) / len(f)
            Right for short sequences. But the product of thousands of gates is too small for a
            number (it becomes 0, and its logarithm −∞): add the logarithms instead.
        np.log(f).mean(axis=0) -> np.log(np.prod(f, axis=0))
            That is the product over all T steps. The slope is a step's: divide the logarithm by T.
            (And of thousands of gates the product is too small for a number: add logarithms.)
        np.log(f).mean(axis=0) -> np.polyfit(range(len(f)), np.log(f).cumsum(axis=0), 1)[0]
            You fitted a line through the running sums of log f. Its slope gives no weight to the
            first gate and most to those in the middle; each step counts the same: the mean.
        mean(axis=0) -> sum(axis=0) / (len(f) - 1)
            You divided by T − 1. There are T gates, so there are T factors: divide by T.
        np.log(f).mean(axis=0) -> np.median(np.log(f), axis=0)
            The median is not the mean: the product of all gates needs every one of them.
    """,
    steps=(
        "A gate that is always 0.5 has the half-life 1. What is it for one that is 0.5 and 1 in "
        "turn?",
        "The product of T factors is e to the sum of their logarithms.",
        "The slope of one unit is the mean of log f over time. After which k is slope · k equal "
        "to log(1/2)?",
    ),
    solution=half_lives,
)


def scalar_cell(rng: np.random.Generator, size: int) -> tuple:
    """A cell with one unit: c and o of the last step, x now, and W, R, b (4,), i, f, g, o."""
    c, o, x = rng.normal(), rng.uniform(0.1, 0.9), rng.normal()
    scale = 1.0 if size < 10 else 2.0
    W, R, b = rng.normal(size=4), scale * rng.normal(size=4), 0.5 * rng.normal(size=4)
    return (*(round(float(v), 2) for v in (c, o, x)), W.round(2), R.round(2), b.round(2))


def two_ways(c, o, x, W, R, b):
    h = o * np.tanh(c)
    z = W * x + R * h + b
    i, f, g = sigmoid(z[0]), sigmoid(z[1]), np.tanh(z[2])
    # Straight on along the belt: c is multiplied by f.
    direct = f
    # The way round, first half: c moves h ...
    to_h = o * (1 - np.tanh(c) ** 2)
    # ... second half: h moves f, i and g through R, and they move the new c.
    from_h = c * f * (1 - f) * R[1] + g * i * (1 - i) * R[0] + i * (1 - g**2) * R[2]
    return direct, to_h * from_h


def two_ways_by_complex_step(c, o, x, W, R, b):
    """The slope of f c + i g along c where it stands, and along c where h is made of it."""

    def next_c(on_belt, in_h):
        z = W * x + R * (o * np.tanh(in_h)) + b
        i, f, g = 1 / (1 + np.exp(-z[0])), 1 / (1 + np.exp(-z[1])), np.tanh(z[2])
        return f * on_belt + i * g

    tiny = 1e-30
    return (
        next_c(c + 1j * tiny, c).imag / tiny,
        next_c(c, c + 1j * tiny).imag / tiny,
    )


TWO_WAYS = Exercise(
    key="07.3",
    title="The two ways from one cell state to the next",
    stars=3,
    names=("c", "o", "x", "W", "R", "b"),
    specification=two_ways_by_complex_step,
    inputs=scalar_cell,
    mistakes="""
        * (1 - np.tanh(c) ** 2) ->
            In the indirect part tanh(c) has no slope: h = o · tanh(c) moves by o · (1 − tanh²(c))
            when c moves by 1.
        o * (1 - np.tanh(c) ** 2) -> 1 - np.tanh(c) ** 2
            The output gate is missing: h is o · tanh(c), so the way through h is multiplied by o.
        f * (1 - f) -> f
        i * (1 - i) -> i
            The slopes of the sigmoids are missing: f moves by f(1 − f) for each unit of its z, and
            i by i(1 − i).
        (1 - g**2) -> g * (1 - g)
            g is a tanh: its slope is 1 − g², not g(1 − g).
        c * f * (1 - f) -> f * (1 - f)
            The forget gate's part is not multiplied by c. In f · c, when f moves, the product moves
            by c.
        + g * i * (1 - i) * R[0] + i * (1 - g**2) * R[2] ->
            Only the forget gate's part of the way round is there. h also moves i and g.
        R[2] -> R[3]
            The rows are i, f, g, o. You took R[3], the output gate's, for g; the new o does not
            touch the new c at all.
        direct, to_h * from_h -> direct, direct + to_h * from_h
            Your second number is the total. Return the direct part and the indirect part, one
            beside the other.
        direct, to_h * from_h -> to_h * from_h, direct
            The two numbers are exchanged: first the direct path, then the way round.
        * R[1] ->
        * R[0] ->
        * R[2] ->
            R is missing: h reaches the gates through R, so each of the three parts has its R.
        to_h * from_h -> from_h
            The first half of the way is missing: from c to h, o · (1 − tanh²(c)).
        np.tanh(c) ** 2 -> h**2
            You took 1 − h² for the slope of tanh(c). But h is o · tanh(c) here: the slope is 1 −
            tanh²(c).
        c * f * (1 - f) * R[1] + ->
            The way round through f is missing: f reads h as well, and f · c moves by c times that.
        * f * (1 - f) ->
        * i * (1 - i) ->
        * (1 - g**2) ->
            All slopes of the gates and of g are missing: f moves by f(1 − f) R[1], not by R[1]; i
            and g likewise.
        g * i * (1 - i) * R[0] + ->
            The way round through i is missing: i reads h as well, and i · g moves by g times that.
        + i * (1 - g**2) * R[2] ->
            The way round through g is missing: g reads h as well, and i · g moves by i times that.
        np.tanh(c) ** 2 -> c**2
            You took 1 − c² for the slope of tanh(c). From the value it is 1 − tanh²(c).
        o * (1 - np.tanh(c) ** 2) -> 1 - h**2
            You took 1 − h² for the slope of h. But h is o · tanh(c): that is o · (1 − tanh²(c)).
        direct, to_h * from_h -> direct + to_h * from_h
            That is the sum of the two. Return both, the direct part and the indirect one.
        o * np.tanh(c) -> np.tanh(c)
            The gates were made with h = tanh(c): o is missing there. h is o · tanh(c).
        o * np.tanh(c) -> o * c
            The gates were made with h = o · c: tanh is missing there. h is o · tanh(c).
        W * x + R * h + b -> W * x + b
            The gates were made without h. It is not 0: h is o · tanh(c), and R · h is a part of z.
        np.tanh(z[2]) -> np.tanh(z[3])
        R[2] -> R[3]
            g and o are exchanged: the rows are i, f, g, o, so that g is the third.
        i, f, g = sigmoid -> f, i, g = sigmoid
        (1 - f) * R[1] -> (1 - f) * R[0]
        (1 - i) * R[0] -> (1 - i) * R[1]
            i and f are exchanged: the rows are i, f, g, o.
        direct = f -> direct = f * c
            The direct part is not f · c but its slope along c, which is f.
        = c * f * (1 - f) -> = (f * c + i * g) * f * (1 - f)
            When f moves, f · c moves by the *old* c: that is what f is multiplied with. You took
            the new one.
    """,
    steps=(
        "Direct: hold h still. The new c is f · c + i · g. How does it move with c?",
        "Indirect, first half: h = o · tanh(c). How does h move with c?",
        "Indirect, second half: which of the four read h? Which of them stand in the new c?",
        "Each z has R · h in it. f moves by f(1 − f) R[1], i by i(1 − i) R[0], g by (1 − g²) R[2].",
        "When f moves, f · c moves by c times that; when i moves, i · g moves by g times that; "
        "when g moves, by i times that. Add the three and multiply by the first half.",
    ),
    solution=two_ways,
    tolerance=1e-7,
)

EXERCISES = (BOUND, HALF_LIFE, TWO_WAYS)
