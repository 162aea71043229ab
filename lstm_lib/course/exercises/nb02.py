"""Exercises of notebook 02: a number that stays, how long it stays, and a bit that is held."""

import math

import numpy as np

from lstm_lib.course.choice import two_arrays
from lstm_lib.course.exercise import Exercise
from lstm_lib.scratch.gates import sigmoid


def signal_f_and_i(rng: np.random.Generator, size: int) -> tuple:
    """x (T,), and how much is kept and taken in at each step."""
    if size == 0:
        return np.array([1.0, 0.0, 2.0]), 0.9, 0.5
    f, i = (float(part) for part in rng.uniform(0.1, 0.9, 2).round(2))
    i = i / 2 if abs(f + i - 1) < 0.01 else i  # i is a number of its own, not 1 - f
    # One step alone; a gate that keeps nothing; and so many steps that powers of f underflow.
    T, f = {17: (1, f), 18: (6, 0.0), 19: (340, 0.1)}.get(size, (3 + size, f))
    return rng.normal(size=T).round(2), f, i


def leak(x, f, i):
    # c starts at 0. At each step a part of the old c stays and a part of the input comes in.
    c = 0.0
    c_seq = []
    for value in x:
        c = f * c + i * value
        c_seq.append(c)
    return np.array(c_seq)


def leak_as_a_sum(x, f, i):
    T = len(x)
    return np.array([sum(i * x[s] * f ** (t - s) for s in range(t + 1)) for t in range(T)])


LEAK = Exercise(
    key="02.1",
    title="A leaky memory over a sequence",
    stars=1,
    names=("x", "f", "i"),
    specification=leak_as_a_sum,
    inputs=signal_f_and_i,
    mistakes="""
        np.array(c_seq) -> c
            Only the last value came back. The memory at every step is wanted: collect them, (T,).
        i * value -> value
            The input came in whole. Only the part i of it comes in: i times x_t.
        f * c + i * value -> f * (c + i * value)
            The new input was forgotten together with the old memory: f times the sum. f acts on the
            old c alone.
        c = 0.0 -> c = x[0]
        c_seq = [] -> c_seq = [c]
        value in x -> value in x[1:]
            The memory began with x[0]. It begins with 0, so that the first value is i times x[0].
        f * c -> (1 - f) * c
            You kept the part 1 − f. f is the part that is *kept*.
        c_seq.append(c) ->
        c = f * c -> c_seq.append(c); c = f * c
            All values come one step late: write c down after the update, not before.
        i * value -> (1 - f) * value
            You took in the part 1 − f. Here i is a number of its own.
        np.array(c_seq) -> i * x + f * np.append(0.0, x[:-1])
            That remembers one step only: f must multiply the old *memory*, not the old input.
        f * c + i * value -> i * c + f * value
            f and i are exchanged: f multiplies the old memory, i the input.
        c_seq.append(c) -> return np.array([c])
            Only the first value came back: the `return` stands inside the loop.
        c_seq = [] -> c_seq = [c]
            There is one value too many: the 0 of the beginning is not one of the T steps.
        value in x -> value in [0.0, *x[1:]]
            You left x[0] out: the loop begins at 1. The first input comes in, too; what is 0 is the
            memory *before* it.
        value in x -> value in x[1:]
            The first step is missing: T values are wanted, one after each input, x[0] too.
        c = f * c -> c += f * c
            You *added* f c to the old c (perhaps by `+=`), so that 1 + f of it is there. The new c
            takes the place of the old one: c = f * c + i * value.
        f * c -> c
            Nothing is forgotten: the old memory has to be multiplied by f.
        f * c + i * value -> i * value
            Nothing is carried over: that is i times x_t alone. Does c become 0 again inside the
            loop? It begins with 0 once, before the loop.
    """,
    steps=(
        "A loop over x, and one number c that lives through the whole loop.",
        "At each step the new c is made of the old c and of x_t: two products and a sum.",
        "Begin with c = 0.0 and an empty list; append c after each update.",
    ),
    solution=leak,
    picture=True,
)


def one_half_life(rng: np.random.Generator, size: int) -> tuple:
    """A number of steps, above 1."""
    return (2.0,) if size == 0 else (round(float(rng.uniform(1.5, 3.0) * 1.4**size), 1),)


def one_half_life_or_less(rng: np.random.Generator, size: int) -> tuple:
    """A number of steps; the last is below 1."""
    return (0.5,) if size == 19 else one_half_life(rng, size)


def forget_for(steps):
    # f multiplied with itself so many times must be one half.
    return 0.5 ** (1 / steps)


FORGET = Exercise(
    key="02.2",
    title="The forget gate for a half-life",
    stars=1,
    names=("steps",),
    specification=lambda half_life: math.exp(math.log(0.5) / half_life),
    inputs=one_half_life_or_less,
    mistakes="""
        0.5 ** (1 / steps) -> math.exp(-1 / steps)
            After so many steps that leaves 1/e, about 37 %. One half is wanted.
        0.5 ** (1 / steps) -> 1 - 0.5 / steps
            You took the half away in equal steps. But each step takes a share of what is still
            there: the losses multiply, they do not add up.
        (1 / steps) -> steps
            That is what f = 0.5 leaves after so many steps. It is the other way round: which f,
            multiplied with itself so many times, is 0.5?
        0.5 -> 1 - 0.5
            That is the share that is lost in a step. f is the share that stays.
        0.5 -> 2
            That is above 1: the memory would double, not halve. The root of 0.5 is wanted, not that
            of 2.
        0.5 ** (1 / steps) -> 1 - 1 / steps
            You lose the share 1/steps at each step. That leaves too little: after so many steps
            less than half is there.
        0.5 ** (1 / steps) -> math.log(0.5) / math.log(steps)
            That is the half-life of f = steps. The question is turned round: the half-life is
            given, f is wanted.
        (1 / steps) -> 1 / steps
            That is one half divided by steps. In Python 0.5 ** 1 / n means (0.5 ** 1) / n: put the
            exponent in brackets.
        0.5 ** (1 / steps) -> math.log(0.5) / steps
            That is ln f. You want f itself: e to this power.
        1 / steps -> 1 // steps
            That comes out of 1 // steps, which is cut down to a whole number. Write 1 / steps.
    """,
    steps=(
        "How is it the other way round? With f = 0.9, how do you compute what is left after 7 "
        "steps?",
        "Write the wish as an equation: f to the power `steps` is …",
        "Take the root: x ** (1 / n) is the n-th root of x.",
    ),
    solution=forget_for,
)


def bias_for(steps):
    # First the gate that halves the memory in so many steps, then the z that opens it so far.
    f = 0.5 ** (1 / steps)
    return np.log(f / (1 - f))


BIAS = Exercise(
    key="02.3",
    title="The forget bias for a half-life",
    stars=2,
    names=("steps",),
    specification=lambda half_life: -math.log(2 ** (1 / half_life) - 1),
    inputs=one_half_life,
    mistakes="""
        np.log(f / (1 - f)) -> f
            That is f itself. The bias is the z for which σ(z) is f: take the logit of f.
        f / (1 - f) -> (1 - f) / f
            The sign is turned round: a gate that keeps more than half has a positive bias. The
            logit is ln(f / (1 − f)).
        f / (1 - f) -> f
            That is ln f. The logit is ln(f / (1 − f)).
        0.5 ** (1 / steps) -> np.exp(-1 / steps)
            With that bias 1/e is left after so many steps, about 37 %. One half is wanted.
        0.5 ** (1 / steps) -> 1 - 1 / steps
            You lost the share 1/steps at each step. Use f of exercise 02.2.
        np.log(f / (1 - f)) -> sigmoid(f)
            You took the sigmoid of f. What is wanted is its inverse, the logit.
        np.log -> np.log10
            You took the logarithm to the base 10. The sigmoid is made of e: np.log.
        np.log -> np.log2
            You took the logarithm to the base 2. The sigmoid is made of e: np.log.
        np.log ->
            That is f / (1 − f). The logit is the logarithm of it.
        0.5 ** (1 / steps) -> 1 - 0.5 / steps
            Your f takes the half away in equal steps. The f of exercise 02.2 is a root.
        np.log(f / (1 - f)) -> np.log(steps)
            That is ln(steps), too small (for a long memory by about 0.37): first the f of 02.2,
            then its logit.
        f / (1 - f)) -> f) / (1 - f)
            That is (ln f) / (1 − f). The logarithm is that of the whole fraction, f / (1 − f):
            where does its bracket close?
        f / (1 - f) -> f / 1 - f
            Minus infinity is the logarithm of 0. In Python f / 1 - f is (f / 1) - f, which is 0: 1
            - f needs brackets.
    """,
    steps=(
        "Two steps: from the half-life to f, and from f to b.",
        "The first is exercise 02.2. The second is the sigmoid backwards: the logit.",
        "Begin with f = …, as in 02.2; then return the logit of that f, ln(f / (1 − f)).",
    ),
    solution=bias_for,
)

WAIT = 100


def events(rng: np.random.Generator, size: int) -> tuple:
    """x (T, 3): value, store, reset; a bit is stored or erased, and a hundred steps follow."""
    kinds = ["store"]
    if size:
        more = ["store", "reset", "store"]
        kinds += more[:size] if size < 4 else rng.choice(["store", "reset"], 3).tolist()
    parts, bit = [], float(rng.choice([-1, 1]))
    for kind in kinds:
        side = float(rng.choice([-1, 1]))
        part = np.zeros((1 + WAIT, 3))
        part[:, 0] = side * rng.uniform(0.2, 0.8, 1 + WAIT).round(2)
        if size >= 16:
            part[:, 0] = 0.8 * side  # as much as may come in
        if kind == "store":
            part[0] = [bit, 1, 0]
            # mostly another bit than before; now and then the same again
            bit = -bit if rng.random() < 0.7 else bit
        else:
            part[0, 2] = 1
        parts.append(part)
    return (np.concatenate(parts),)


def latch():
    # The input gate opens on "store" alone. The forget gate is open, and closes on "store" (the
    # new bit replaces the old one) and on "reset". 10 is far enough out: σ(10)**100 is 0.995.
    W = np.array(
        [
            [0.0, 20.0, 0.0],  # i: value, store, reset
            [0.0, -20.0, -20.0],  # f
        ]
    )
    b = np.array([-10.0, 10.0])
    return W, b


def latch_at_work(answer, x):
    W, b = two_arrays(answer(), W=(2, 3), b=(2,))
    i, f = sigmoid(x @ W.T + b).T.tolist()
    c, read, kept = 0.0, [], 1.0
    for t, value in enumerate(x[:, 0].tolist()):
        c = f[t] * c + i[t] * value
        if t % (1 + WAIT) == 0:  # the event
            read.append(f"{event(x[t])}: c is {in_words(c)}")
            stored, kept = c, 1.0
        else:
            kept *= f[t]
        if t % (1 + WAIT) == WAIT:  # the end of the wait after it
            words = in_words(c)
            if words == "no clear bit":
                leaked = abs(stored) * (1 - kept) > 0.05
                came_in = abs(c - kept * stored) > 0.05
                words += WHY[leaked, came_in]
            read.append(f"a hundred steps later: c is {words}")
    return tuple(read)


WHY = {
    (True, False): " (it leaked away)",
    (False, True): " (values came in)",
    (True, True): " (it leaked away, and values came in)",
    (False, False): " (a little leaked away and a little came in)",
}


def event(row) -> str:
    value, store, _ = row.tolist()
    return f"store {value:g}" if store else "reset"


def in_words(c: float) -> str:
    clear = [bit for bit in (-1, 0, 1) if abs(c - bit) < 0.05]
    return str(clear[0]) if clear else "no clear bit" if abs(c) < 4 else "far too large"


def ideal_latch(x):
    c, read = 0, []
    for t, row in enumerate(x):
        if t % (1 + WAIT) == 0:
            c = int(row[0]) if row[1] else 0
            read.append(f"{event(row)}: c is {c}")
        if t % (1 + WAIT) == WAIT:
            read.append(f"a hundred steps later: c is {c}")
    return tuple(read)


ROWS = {"store": (0.0, 1.0, 0.0), "wait": (0.0, 0.0, 0.0), "reset": (0.0, 0.0, 1.0)}
LARGEST_VALUE = {"store": 1.0, "reset": 0.8, "wait": 0.8}  # of what comes in, by its size
WANTED = {
    "store": ((0.95, 1.0), (0.0, 0.05)),
    "reset": ((0.0, 0.05), (0.0, 0.05)),
    # 100 values of 0.8 may bring 0.05; of the bit 0.95 must be left after 100 steps
    "wait": ((0.0, 0.05 / (WAIT * 0.8)), (0.95 ** (1 / WAIT), 1.0)),
}


def openings(W, b) -> dict[tuple[str, str], tuple[float, float]]:
    """The least and the most that each gate opens on each kind of row, over all values."""
    opened = {}
    for row, bits in ROWS.items():
        rows = np.array([bits, bits])
        rows[:, 0] = [-LARGEST_VALUE[row], LARGEST_VALUE[row]]
        gates = sigmoid(rows @ W.T + b)
        for k, gate in enumerate("if"):
            opened[row, gate] = (float(gates[:, k].min()), float(gates[:, k].max()))
    return opened


def wrong_gates(W, b) -> list[tuple[str, str]]:
    """Row and gate of each opening that is out of its limits."""
    wanted = {(row, gate): WANTED[row][k] for row in ROWS for k, gate in enumerate("if")}
    return [
        at
        for at, (least, most) in openings(W, b).items()
        if least < wanted[at][0] or most > wanted[at][1]
    ]


def latch_diagnosed(answer) -> str | None:
    W, b = two_arrays(answer(), W=(2, 3), b=(2,))
    wrong, opened = wrong_gates(W, b), openings(W, b)
    if not wrong:
        return (
            "Nearly: each gate is good enough by itself, but what is missing on store, what is "
            "left of the old bit, what leaks away and what comes in add up to more than 0.05. "
            "Weights and biases that are larger, all by the same factor, make all of it smaller."
        )
    if not wrong_gates(W[::-1], b[::-1]):
        return "The two rows are exchanged: the first row of W, and b[0], belong to the input gate."
    if not wrong_gates(-W, -b):
        return "All signs are turned round."
    reasons = {
        ("store", "i"): "it should be open (1), so that the bit comes in whole",
        ("store", "f"): "it should be closed (0), so that the old bit goes",
        ("reset", "i"): "it should be closed (0), so that no value comes in",
        ("reset", "f"): "it should be closed (0), so that the bit goes",
        ("wait", "i"): "below 0.0006 is needed, since a hundred values come in",
        ("wait", "f"): "above 0.9995 is needed, since f¹⁰⁰ is what is left",
    }
    times = {"store": "On store", "reset": "On reset", "wait": "During the wait"}
    told = []
    for row, gate in wrong[:2]:
        least, most = (f"{round(value, 7):.4g}" for value in opened[row, gate])
        stands = least if least == most else f"{least} to {most} (it depends on the value)"
        told.append(f"{times[row]} {gate} is {stands}: {reasons[row, gate]}.")
    if len(wrong) > 2:
        more = f"{len(wrong) - 2} more {'is' if len(wrong) == 3 else 'are'}"
        told.append(f"(Of i and f on store, on reset and during the wait, {more} off.)")
    return " ".join(told)


def as_a_story(x) -> str:
    """The events one after the other; each is followed by a hundred steps."""
    told = [f"{event(x[t])}, wait" for t in range(0, len(x), 1 + WAIT)]
    return "; ".join(told) + f" ({WAIT} steps each, values between −0.8 and 0.8)"


LATCH = Exercise(
    key="02.4",
    title="Hold a bit for a hundred steps",
    stars=3,
    names=("x",),
    specification=ideal_latch,
    inputs=events,
    mistakes="",
    steps=(
        "Make a table of three rows: store, reset, wait. What should i be in each, and f?",
        "i is 1 on store alone. f is 1 during the wait alone.",
        "f looks at store and at reset, both with a negative weight, and has a positive bias.",
        "How large? What leaks away is 1 − f¹⁰⁰; what comes in is at most 100 · 0.8 · i. Together "
        "they must stay below 0.05.",
    ),
    solution=latch,
    use=latch_at_work,
    diagnose=latch_diagnosed,
    story=as_a_story,
)

EXERCISES = (LEAK, FORGET, BIAS, LATCH)
