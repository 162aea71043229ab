"""Exercises of notebook 11: weights counted, coupled gates, what a share says, count and fire."""

import numpy as np

from lstm_lib.course.choice import two_arrays
from lstm_lib.course.exercise import Exercise
from lstm_lib.scratch import VARIANTS, Variant, cell, sigmoid


def name_and_sizes(rng: np.random.Generator, size: int) -> tuple:
    """A variant's name, the inputs I and the cells H; every variant comes up twice."""
    names = ("NP", "V", "CIFG", "NIG", "NFG", "NOG", "NIAF", "NOAF", "FGR")
    I, H = (1, 1) if size == 0 else (int(n) for n in rng.integers(1, 4 + size, 2))
    return names[size % 9], I, H


def weights(name, I, H):
    variant = VARIANTS[name]
    # Each block, gate or candidate, sees the input, the old h, and a bias.
    count = len(variant.blocks) * H * (I + H + 1)
    # A peephole joins a gate with its own cell: one number for each of the H.
    if variant.peepholes:
        count += len(variant.gates) * H
    # Each of three gates sees all H units of each of three gates.
    if variant.gate_recurrence:
        count += 3 * 3 * H * H
    return count


def weights_of_a_cell(name, I, H):
    """Make one and count."""
    return sum(array.size for array in cell.init(I, H, name).values())


COUNT = Exercise(
    key="11.1",
    title="How many weights has a variant?",
    stars=1,
    names=("name", "I", "H"),
    specification=weights_of_a_cell,
    inputs=name_and_sizes,
    mistakes="""
        (I + H + 1) -> (I + H)
            The biases are missing: each unit of each block has one.
        len(variant.blocks) * H -> 4 * H
            That is four blocks for each variant. One whose gate is constant has no weights for it:
            ask `len(variant.blocks)`.
        len(variant.blocks) * H -> len(variant.gates) * H
            You counted the gates alone. The candidate g has weights too: `variant.blocks` are the
            gates and g.
        len(variant.gates) * H -> 3 * H
            That is three peepholes a cell for each variant. A gate that is constant has none: ask
            `len(variant.gates)`.
        len(variant.gates) * H -> len(variant.blocks) * H
            The candidate g has no peephole: only gates look at the cell.
        len(variant.gates) * H -> len(variant.gates) * H * H
            A peephole sees its own cell alone: H numbers for a gate, not H × H.
        len(variant.gates) * H -> H
            One number for each gate and cell: there are `len(variant.gates)` gates.
        variant.peepholes -> False
            The peepholes are missing: H numbers for each gate of a variant that has them.
        variant.gate_recurrence -> False
            FGR's nine matrices are missing: each of three gates sees all units of each of three.
        len(variant.blocks) * H -> 4 * H
        variant.peepholes -> False
        variant.gate_recurrence -> False
            That is the count of NP, for every name. Others have fewer blocks, or peepholes, or the
            nine matrices of FGR: ask the variant.
        variant.peepholes -> False
        variant.gate_recurrence -> False
            Blocks and biases are right. Peepholes (H for each gate of a variant that has them) and
            FGR's nine matrices are missing.
        variant.peepholes -> True
            You gave peepholes to a variant that has none: ask `variant.peepholes`.
        3 * 3 * H * H -> 3 * 3 * H
            Each gate of FGR sees all H units of a gate, for each of its own H units: matrices of
            H × H.
        3 * 3 * H * H -> len(variant.blocks) ** 2 * H * H
            In FGR only the three gates see each other; the candidate g does not take part.
        3 * 3 * H * H -> 3 * H * H
            Each of the three gates sees the *three* gates of the step before: nine matrices.
        (I + H + 1) -> (I * H + 1)
            A unit sees I inputs *and* H outputs: I + H weights, not I · H.
        (I + H + 1) -> (I + H + 2)
            You counted two biases. torch has two, which it adds up; a cell needs one.
        H * (I + H + 1) -> (I + H + 1)
            That is one unit. Each block has H of them.
    """,
    steps=(
        "How many numbers does one unit of one block see? Inputs, old outputs, a bias.",
        "There are H units in each of `len(variant.blocks)` blocks.",
        "Peepholes: H for each gate in `variant.gates`, if `variant.peepholes`. FGR: nine "
        "matrices of H × H, if `variant.gate_recurrence`.",
    ),
    solution=weights,
)


def step_inputs(rng: np.random.Generator, size: int) -> tuple:
    """x (B, I), h and c (B, H), W (3H, I), R (3H, H), b (3H,): the rows of i, g, o."""
    B, I, H = (1, 1, 1) if size < 3 else (int(n) for n in rng.integers(1, 2 + size // 4, 3))
    shapes = ((B, I), (B, H), (B, H), (3 * H, I), (3 * H, H), (3 * H,))
    return tuple(rng.normal(size=shape).round(2) for shape in shapes)


def cifg_step(x, h, c, W, R, b):
    # Three blocks: the forget gate has no weights.
    i, g, o = np.split(x @ W.T + h @ R.T + b, 3, axis=1)
    i, g, o = sigmoid(i), np.tanh(g), sigmoid(o)
    # What the input gate lets in, the belt loses.
    c = (1 - i) * c + i * g
    h = o * np.tanh(c)
    return h, c


COUPLED = Variant("coupled", forget_gate=False, coupled=True, peepholes=False)


def cifg_by_the_library(x, h, c, W, R, b):
    """The cell of notebook 03 with one flag."""
    return cell.step(x, h, c, {"W": W, "R": R, "b": b}, COUPLED)[:2]


COUPLING = Exercise(
    key="11.2",
    title="One gate fewer: f = 1 − i",
    stars=2,
    names=("x", "h", "c", "W", "R", "b"),
    specification=cifg_by_the_library,
    inputs=step_inputs,
    mistakes="""
        (1 - i) * c + i * g -> i * c + (1 - i) * g
            i and 1 − i are exchanged: the input gate lets g *in*, and 1 − i is what is kept.
        (1 - i) * c + -> c +
            Nothing is forgotten: the old c is not multiplied by 1 − i.
        (1 - i) * c + i * g -> i * c + i * g
            The old c is multiplied by i. It is kept where the input gate is *shut*: 1 − i.
        (1 - i) * c + i * g -> (1 - i) * (c + g)
            g is multiplied by 1 − i. It comes in as far as the input gate is *open*: i.
        + i * g -> + g
            g comes in whole: it is multiplied by i.
        (1 - i) -> (1 - sigmoid(i))
            i went through the sigmoid twice.
        i, g, o = sigmoid(i), np.tanh(g), sigmoid(o) -> g, o = np.tanh(g), sigmoid(o)
            i has not gone through the sigmoid.
        np.tanh(g), -> sigmoid(g),
            The candidate g is a tanh, not a sigmoid.
        np.tanh(g), -> g,
            The candidate g has not gone through tanh.
        i, g, o = np.split -> i, o, g = np.split
            g and o are exchanged: the rows are those of i, g, o, in this order.
        i, g, o = np.split -> g, i, o = np.split
            i and g are exchanged: the rows are those of i, g, o, in this order.
        o * np.tanh(c) -> o * c
            h is o times tanh(c); the tanh is missing.
        o * np.tanh(c) -> np.tanh(c)
            The output gate is missing: h is o times tanh(c).
        return h, c -> return c, h
            h and c are exchanged: return h first.
        return h, c -> return h
            Return both, h and the new c.
        + h @ R.T ->
            The old output h is missing in the gates: R h.
        + b, -> ,
            The bias is missing.
        with_the_old_cell
            h was made of the old c. It shows the new one.
    """,
    steps=(
        "z = x Wᵀ + h Rᵀ + b has three blocks: np.split(z, 3, axis=1).",
        "The order is i, g, o. i and o go through the sigmoid, g through tanh.",
        "c = (1 − i) c + i g. The rest is as in notebook 03.",
    ),
    solution=cifg_step,
)


def with_the_old_cell(x, h, c, W, R, b):
    i, g, o = np.split(x @ W.T + h @ R.T + b, 3, axis=1)
    i, g, o = sigmoid(i), np.tanh(g), sigmoid(o)
    return o * np.tanh(c), (1 - i) * c + i * g


def loss_table(rng: np.random.Generator, size: int) -> tuple:
    """loss (K, M): rows are rates, columns are sizes; both matter, and not by themselves alone."""
    K, M = (2, 2) if size < 4 else (int(n) for n in rng.integers(2, 4 + size // 3, 2))
    rows, columns = rng.normal(size=(K, 1)), rng.normal(size=(1, M))
    return ((3 + 2 * rows + columns + rng.normal(size=(K, M))).round(1),)


def shares_of(loss):
    total = loss.var()
    # What each rate costs on average over all sizes, and the other way round.
    rate = loss.mean(axis=1).var() / total
    size = loss.mean(axis=0).var() / total
    # What neither explains by itself: they act together.
    return rate, size, 1 - rate - size


def shares_by_effects(loss):
    """The table taken apart: mean + rate's effect + size's effect + what is left; squares."""
    K, M = loss.shape
    mean = sum(loss.ravel()) / (K * M)
    rate = [sum(loss[k]) / M - mean for k in range(K)]
    size = [sum(loss[:, m]) / K - mean for m in range(M)]
    left = [loss[k, m] - mean - rate[k] - size[m] for k in range(K) for m in range(M)]
    squares = [M * sum(e * e for e in rate), K * sum(e * e for e in size), sum(e * e for e in left)]
    return tuple(square / sum(squares) for square in squares)


SHARES = Exercise(
    key="11.3",
    title="Which share does each setting explain?",
    stars=2,
    names=("loss",),
    specification=shares_by_effects,
    inputs=loss_table,
    mistakes="""
        loss.mean(axis=1) -> loss.mean(axis=0)
            Both shares are the size's. Rows are rates: averaging over the sizes, axis 1, leaves
            one number for each rate.
        loss.mean(axis=0) -> loss.mean(axis=1)
            Both shares are the rate's. Columns are sizes: averaging over the rates, axis 0, leaves
            one number for each size.
        rate, size, 1 - rate - size -> size, rate, 1 - rate - size
            Rate and size are exchanged: rows are rates, so the mean over axis 1 belongs to the
            rate.
        loss.mean(axis=1) -> loss[:, 0]
        loss.mean(axis=0) -> loss[0]
            You looked at the first column and the first row alone: what one does where the other
            is *fixed*, conditionals. Their own shares are those of the means, marginals.
        loss.mean(axis=1) -> loss.sum(axis=1)
        loss.mean(axis=0) -> loss.sum(axis=0)
            You added up where the mean is wanted: a sum over M values has M² times the variance.
        loss.mean(axis=1).var() -> loss.var(axis=1).mean()
        loss.mean(axis=0).var() -> loss.var(axis=0).mean()
            Those are means of the variances within the rows and columns: what is left when one is
            known. Take the variances of the row means and the column means.
        loss.var() -> loss.var(ddof=1)
        loss.mean(axis=1).var() -> loss.mean(axis=1).var(ddof=1)
        loss.mean(axis=0).var() -> loss.mean(axis=0).var(ddof=1)
            With ddof=1 each variance is divided by another number, and the shares do not add up.
            The table is all there is, not a sample: `.var()` alone.
        loss.mean(axis=1).var() -> loss[:, 0].var()
            You looked at the first column alone: what the rate does *at that size*, a conditional.
            Its own share is that of the mean over all sizes, a marginal.
        loss.mean(axis=0).var() -> loss[0].var()
            You looked at the first row alone: what the size does *at that rate*, a conditional. Its
            own share is that of the mean over all rates, a marginal.
        loss.mean(axis=1).var() -> loss.var(axis=1).mean()
            That is the mean of the variances within each row: what is left when the rate is known.
            Take the variance of the row means.
        loss.mean(axis=1).var() -> loss.min(axis=1).var()
            You took the best of each rate. Its share is that of the *mean* over all sizes.
        loss.mean(axis=1).var() -> loss.mean(axis=1).std()
        loss.mean(axis=0).var() -> loss.mean(axis=0).std()
            That is a standard deviation. Shares are shares of the variance, its square.
        loss.mean(axis=1).var() -> loss.mean(axis=1).var(ddof=1)
        loss.mean(axis=0).var() -> loss.mean(axis=0).var(ddof=1)
            With ddof=1 the shares do not add up: the table is all there is, not a sample. Divide by
            the number of values, as `.var()` does.
        rate, size, 1 - rate - size -> rate, size
            The third number is missing: what the two explain only together.
        1 - rate - size -> rate * size
            The third is what is left of 1. It is not the product of the two shares.
        1 - rate - size -> 1 - (rate + size) * total
            The shares are shares already: what is left is 1 less both.
        rate, size, 1 - rate - size -> rate * total, size * total, total - (rate + size) * total
            Those are variances. Divide by that of the whole table.
        rate, size, 1 - rate - size -> 100 * rate, 100 * size, 100 * (1 - rate - size)
            Those are per cent. Wanted are shares between 0 and 1.
        rate, size, 1 - rate - size -> rate / (rate + size), size / (rate + size), 0.0
            You divided by the sum of the two. That hides what they explain only together; divide by
            the variance of the whole table.
    """,
    steps=(
        "The mean over the sizes, axis 1, leaves one number for each rate. How much do these vary?",
        "Its share is that variance over the variance of the whole table: loss.var().",
        "The same with axis 0 for the sizes. What is left of 1 they explain only together.",
    ),
    solution=shares_of,
)


def how_far(rng: np.random.Generator, size: int) -> tuple:
    """To which number the cell counts."""
    return ((2, 3, 5, 4)[size] if size < 4 else int(rng.integers(2, 31)),)


def counter(n):
    # Each step adds 1/n: i is open, and g = tanh(b) is 1/n.
    enter, add = 20.0, np.arctanh(1 / n)
    # The line between n − 1 and n steps; steep enough to tell them apart.
    line, steep = (n - 0.5) / n, 40.0 * n
    # o opens when c is above the line, f shuts when the old c was.
    b = np.array([enter, steep * line, add, -steep * line])
    p = np.array([0.0, -steep, steep])
    return b, p


def run_counter(answer, n: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """c and h (steps,) of one cell with peepholes that sees nothing but itself."""
    b, p = two_arrays(answer(n), b=(4,), p=(3,))
    params = {"W": np.zeros((4, 1)), "R": np.zeros((4, 1)), "b": b, "p": p}
    h, c, kept = np.zeros((1, 1)), np.zeros((1, 1)), []
    for _ in range(steps):
        h, c, _ = cell.step(np.zeros((1, 1)), h, c, params, VARIANTS["V"])
        kept.append((c[0, 0], h[0, 0]))
    return np.array(kept).T


def fired(answer, n):
    """1 where h is at least ½, 0 where it is at most 0.1, ½ between; four rounds."""
    _, h = run_counter(answer, n, 4 * n)
    return np.where(h >= 0.5, 1.0, np.where(np.abs(h) <= 0.1, 0.0, 0.5))


def every_nth(n):
    return np.array([float(t % n == 0) for t in range(1, 4 * n + 1)])


def what_looks(p) -> str:
    """What the peepholes of f and o cannot do, whatever the biases are."""
    _, of_forget, of_output = np.asarray(p, float)
    if of_output <= 0:
        return (
            " The peephole of o is not positive: then o does not open as c grows. (p is in the "
            "order i, f, o.)"
        )
    if of_forget == 0:
        return " The forget gate does not look at c (its peephole is 0): it cannot know when."
    if of_forget > 0:
        return " The peephole of f is positive: then f opens as c grows, where it should shut."
    return ""


def counter_diagnosed(answer) -> str | None:
    """What the cell did, for the first n that is not right."""
    for n in (2, 3, 5, 10, 30):
        out = fired(answer, n)
        if np.array_equal(out, every_nth(n)):
            continue
        c, _ = run_counter(answer, n, 4 * n)
        steps = [int(t) + 1 for t in np.flatnonzero(out == 1)]
        told = f"at step {', '.join(map(str, steps[:6]))}" if steps else "at no step"
        between = int((out == 0.5).sum())
        more = f" At {between} steps h is neither: between 0.1 and 0.5, or below −0.1." * bool(
            between
        )
        values = ", ".join(f"{value:.2f}" for value in c[: min(n + 1, 6)])
        b, p = two_arrays(answer(n), b=(4,), p=(3,))
        before, at = sigmoid(p[2] * c[n - 2 : n] + b[3])
        return (
            f"With n = {n} the cell fired {told} of {4 * n}; wanted: {n}, {2 * n}, {3 * n}.{more} "
            f"c after the first steps: {values}. At step {n - 1} o is {before:.2f} and at step {n} "
            f"{at:.2f}; h can be {np.tanh(abs(c[n - 1])):.2f} there at most.{what_looks(p)}"
        )
    return None


FIRE = Exercise(
    key="11.4",
    title="Count to n and fire",
    stars=3,
    names=("n",),
    specification=every_nth,
    inputs=how_far,
    use=fired,
    diagnose=counter_diagnosed,
    mistakes="",
    steps=(
        "Let each step add 1/n to c: an input gate that is open, and a candidate of 1/n.",
        "After n steps c is 1, after n − 1 steps it is 1 − 1/n. Put a line between them.",
        "o = σ(p c + b) opens above the line, if p is large and b = −p · line. It sees the new c.",
        "f sees the old c. With the opposite signs it is open below the line and shut above it: "
        "then the next step begins at 1 again.",
    ),
    solution=counter,
)

EXERCISES = (COUNT, COUPLING, SHARES, FIRE)
