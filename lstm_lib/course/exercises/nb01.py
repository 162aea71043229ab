"""Exercises of notebook 01: what a gate does, and how its two numbers are chosen."""

import math

import numpy as np

from lstm_lib.course.choice import two_arrays
from lstm_lib.course.exercise import Exercise
from lstm_lib.scratch.gates import sigmoid


def signal_and_driver(rng: np.random.Generator, size: int) -> tuple:
    """A signal and what drives its gate, (T,) each, and the gate's two numbers."""
    T = 3 + size
    signal, driver = rng.normal(size=(2, T)).round(2)
    w, b = rng.choice([-1, 1], 2) * rng.uniform(0.5, 4.0, 2)
    return signal, driver, round(float(w), 2), round(float(b), 2)


def gated(signal, driver, w, b):
    # The driver opens the gate; the signal goes through it.
    gate = sigmoid(w * driver + b)
    return gate * signal


def gated_step_by_step(signal, driver, w, b):
    passed = []
    for value, opener in zip(signal.tolist(), driver.tolist()):
        gate = 1 / (1 + math.exp(-(w * opener + b)))
        passed.append(gate * value)
    return np.array(passed)


GATED = Exercise(
    key="01.1",
    title="A gate with a guard",
    stars=1,
    names=("signal", "driver", "w", "b"),
    specification=gated_step_by_step,
    inputs=signal_and_driver,
    mistakes="""
        w * driver -> w * signal
            The signal opened its own gate. Here the driver opens it: w is multiplied with the
            driver.
        gate * signal -> gate
            That is the gate itself. What passes is the gate times the signal.
        sigmoid ->
            The sigmoid is missing: w · driver + b can be any number, and a gate lies between 0 and
            1.
        gate * signal -> (1 - gate) * signal
            Your gate is closed where it should be open: that is 1 minus the gate, or a minus too
            many in front of w · driver + b.
        + b -> - b
            You subtracted b. The bias is added.
        w * driver + b -> w * (driver + b)
            You multiplied b by w as well: w · (driver + b). Multiply first, then add b.
        w * driver + b -> (w * driver + b) * signal
        gate * signal -> gate
            The signal went into the sigmoid. Squash first, w · driver + b alone; then multiply with
            the signal.
        sigmoid(w * driver + b) -> w * driver + b > 0
            That is a hard switch, 0 or 1. A gate may stand half open: use the sigmoid.
        w * driver -> w * signal
        gate * signal -> gate * driver
            Signal and driver are exchanged: the driver goes into the gate, the signal passes.
        gate * signal -> gate * driver
            The driver opens the gate, but it also passes. It is the signal that should pass.
        w * driver + b -> driver
            w and b are missing in your gate: it is the sigmoid of w · driver + b.
        sigmoid -> np.tanh
            The gate went through tanh, which may be negative. A gate is a sigmoid.
        + b ->
            The bias b is missing: the gate is the sigmoid of w · driver + b.
        w * driver + b -> b * driver + w
            w and b are exchanged: w multiplies the driver, b is added.
        gate * signal -> gate + signal
            The gate was added to the signal. What passes is the gate *times* the signal.
        gate * signal -> gate @ signal
            That is the sum of what passes, one number (`@` and np.dot add up). What passes at each
            step is wanted, (T,).
    """,
    steps=(
        "Two steps: first the gate, a number between 0 and 1 for each time step; then what passes.",
        "The gate is the sigmoid of w times the driver plus b.",
        "What passes is the product of gate and signal, element by element.",
    ),
    solution=gated,
    picture=True,
)


def counts(rng: np.random.Generator, size: int) -> tuple:
    """0, 1, 2, 0, 1, 2, ...: exact first, then each off by 0.1 or by nothing."""
    count = (np.arange(3 + 3 * size) % 3).astype(float)
    if size:
        count += rng.choice([-0.1, 0.0, 0.1], len(count))
        count[:3] = [0.1, 1.1, 1.9]
    return (count,)


def marks(gate: np.ndarray, closed: float, open_: float) -> np.ndarray:
    """1 where the gate is open, 0 where it is closed, 0.5 where it is neither."""
    return np.where(gate > open_, 1.0, np.where(gate < closed, 0.0, 0.5))


def pulses():
    # The border lies between 1 and 2, at -b / w = 1.5. At a distance of 0.4 from the border
    # (a count of 1.1 or 1.9) w x + b is 8: far enough out.
    w = 20.0
    b = -30.0
    return w, b


def two_numbers(choice) -> tuple[float, float]:
    """w and b as floats. Raises ValueError for anything else."""
    if not isinstance(choice, tuple | list | np.ndarray) or len(choice) != 2:
        raise ValueError(f"return two numbers, w and b; got {choice!r}")
    values = [np.asarray(value) for value in choice]
    if any(value.dtype.kind not in "biuf" or value.size != 1 for value in values):
        raise ValueError(f"w and b must be numbers; got {choice!r}")
    w, b = (float(value.item()) for value in values)
    if not (math.isfinite(w) and math.isfinite(b)):
        raise ValueError(f"w and b must be finite numbers; got {w} and {b}")
    return w, b


def pulses_at_work(answer, count):
    w, b = two_numbers(answer())
    return marks(sigmoid(w * count + b), 0.01, 0.99)


LIMITS = {0.0, 0.01, 0.03, 0.97, 0.99, 1.0}


def in_digits(gate: float) -> str:
    """A gate's opening with enough digits to tell it from 0, from 1 and from a limit."""
    if not 0.0001 < gate < 0.9999:
        return f"{gate:.3g}"
    texts = [f"{gate:.{digits}f}".rstrip("0").rstrip(".") for digits in (4, 6, 8)]
    return next((text for text in texts if float(text) not in LIMITS), texts[0])


def pulses_diagnosed(answer) -> str | None:
    w, b = two_numbers(answer())
    gate = {count: float(sigmoid(w * count + b)) for count in (0, 1, 1.1, 1.9, 2)}
    stands = {count: f"{in_digits(opening)} at count {count}" for count, opening in gate.items()}
    if w == 0:
        return "Your gate does not look at the count: its weight is 0."
    if w < 0:
        return (
            f"Your gate closes as the count grows ({stands[0]}, {stands[2]}), because w is "
            "negative. It should open when the count is large."
        )
    border = -b / w + 0.0  # no -0
    if not 1 < border < 2:
        hint = (
            f"The border −b/w lies at {border:.3g}, so that your gate is {stands[1]} and "
            f"{stands[2]}. The border belongs between 1 and 2."
        )
        as_a_border = 1 < abs(b) < 2
        return hint + (" (b is not the border: it is −w times the border.)" if as_a_border else "")
    if gate[1] < 0.01 and gate[2] > 0.99:
        hint = f"That works for exact counts, but your gate is {stands[1.1]} and "
        hint += f"{stands[1.9]}: a count of 1.1 must still be closed, and 1.9 open. "
        if gate[1.1] >= 0.01 and gate[1.9] <= 0.99:
            return hint + "Make the gate sharper: w larger, and b with it, so that −b/w stays."
        near = 1 if gate[1.1] >= 0.01 else 2
        return hint + f"The border −b/w, at {border:.3g}, is nearer to {near} than it could be."
    return (
        f"Your gate is too soft: it is {stands[1]} (closed is below 0.01) and {stands[2]} "
        f"(open is above 0.99). Make w larger, and b with it: the border −b/w is at {border:.3g} "
        "now, and belongs about half-way between 1 and 2."
    )


PULSES = Exercise(
    key="01.2",
    title="Every third value passes",
    stars=2,
    names=("count",),
    specification=lambda count: np.array([1.0 if round(c) == 2 else 0.0 for c in count.tolist()]),
    inputs=counts,
    mistakes="",
    steps=(
        "Where must the border −b/w lie so that 0 and 1 are on one side and 2 on the other?",
        "σ(z) is above 0.99 for z above 4.6, and below 0.01 for z below −4.6.",
        "The border in the middle, at 1.5: then b = −1.5 w. At 1.9 the gate wants 0.4 w > 4.6.",
    ),
    solution=pulses,
    use=pulses_at_work,
    diagnose=pulses_diagnosed,
    picture=True,
)


def two_wishes(rng: np.random.Generator, size: int) -> tuple:
    """x1, a1, x2, a2: the gate should be a1 open at x1 and a2 open at x2."""
    x1 = round(float(rng.uniform(-2, 2)), 1)
    x2 = round(x1 + float(rng.choice([-1, 1]) * rng.uniform(0.3, 2)), 1)
    a1, a2 = rng.choice([0.01, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 0.99], 2, replace=False)
    return (0.0, 0.2, 1.0, 0.9) if size == 0 else (x1, float(a1), x2, float(a2))


def logit_(a: float) -> float:
    return math.log(a / (1 - a))


def set_gate(x1, a1, x2, a2):
    # The logit turns the two wishes into two points of a straight line z = w x + b.
    z1 = np.log(a1 / (1 - a1))
    z2 = np.log(a2 / (1 - a2))
    w = (z2 - z1) / (x2 - x1)
    b = z1 - w * x1
    return w, b


def wishes_by_cramer(x1, a1, x2, a2):
    z1, z2 = logit_(a1), logit_(a2)
    return (z1 - z2) / (x1 - x2), (x1 * z2 - x2 * z1) / (x1 - x2)


WISHES = Exercise(
    key="01.3",
    title="A gate from two wishes",
    stars=2,
    names=("x1", "a1", "x2", "a2"),
    specification=wishes_by_cramer,
    inputs=two_wishes,
    mistakes="""
        np.log(a1 / (1 - a1)) -> a1
        np.log(a2 / (1 - a2)) -> a2
            That is the straight line through the two openings. The line goes through their logits:
            w x + b is what the sigmoid squashes.
        a1 / (1 - a1) -> (1 - a1) / a1
        a2 / (1 - a2) -> (1 - a2) / a2
            Both signs are turned round: the logit is ln(a / (1 − a)), with a above the line.
        z1 - w * x1 -> z1
            w is right. b is where the line crosses x = 0: subtract w · x1 from the first logit.
        z1 - w * x1 -> z1 + w * x1
            w is right. For b you added w · x1; subtract it.
        z2 - z1 -> z1 - z2
            The sign of w is wrong: z2 − z1 belongs over x2 − x1, in the same order.
        (z2 - z1) / (x2 - x1) -> (x2 - x1) / (z2 - z1)
            Your w is upside down: the slope is the change of z over the change of x.
        a1 / (1 - a1) -> a1
        a2 / (1 - a2) -> a2
            You took the logarithm of the openings alone. The logit is ln(a / (1 − a)).
        return w, b -> return b, w
            w and b are exchanged: return w first.
        np.log(a1 / (1 - a1)) -> sigmoid(a1)
        np.log(a2 / (1 - a2)) -> sigmoid(a2)
            You used the sigmoid of the openings. What is wanted is its inverse, the logit.
        np.log(a1 -> np.log10(a1
        np.log(a2 -> np.log10(a2
            You took the logarithm to the base 10. The sigmoid is made of e: np.log, not np.log10.
        z1 - w * x1 -> z2 - w * x1
            w is right. For b you took w · x1 from the *second* logit. Each logit goes with its own
            x: logit a1 − w · x1, or logit a2 − w · x2.
        z1 - w * x1 -> z1 - w * x2
            w is right. For b you took w · x2 from the *first* logit. Each logit goes with its own
            x: logit a1 − w · x1, or logit a2 − w · x2.
        z1 - w * x1 -> -w * (x1 + x2) / 2
            w is right. Your b puts the border half-way between x1 and x2, which is right only if
            the two openings are as far from 0.5. Take b from one of the two points.
        (z2 - z1) / (x2 - x1) -> z2 - z1 / x2 - x1
            Brackets are missing in w: z2 - z1 / x2 - x1 means z2 − (z1 / x2) − x1. Write (z2 - z1)
            / (x2 - x1).
    """,
    steps=(
        "Each wish says what w x + b must be: the logit of the opening.",
        "Two points of a straight line are known: (x1, logit a1) and (x2, logit a2).",
        "w is the slope: difference of the logits over difference of the x. Then b follows from "
        "one of the two points.",
    ),
    solution=set_gate,
)


def pairs_of_bits(rng: np.random.Generator, size: int) -> tuple:
    """x (B, 2): the four pairs of bits first; then in any order, each off by at most 0.1."""
    bits = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    if size == 0:
        return (bits,)
    wobble = rng.choice([-0.1, 0.0, 0.1], (4 + size, 2))
    wobble[:4] = [[0.1, 0.1], [0.1, 0.1], [-0.1, -0.1], [-0.1, -0.1]]
    chosen = np.concatenate([bits, bits[rng.integers(0, 4, size)]])
    return ((chosen + wobble).round(1),)


def exactly_one():
    # Gate 1 opens if at least one bit is 1: the border is at a sum of 0.5.
    # Gate 2 opens unless both are 1: minus the sum, with the border at 1.5.
    # Both gates open together only where exactly one bit is 1.
    W = np.array([[20.0, 20.0], [-20.0, -20.0]])
    b = np.array([-10.0, 30.0])
    return W, b


def two_gates_at_work(answer, x):
    W, b = two_arrays(answer(), W=(2, 2), b=(2,))
    gates = sigmoid(x @ W.T + b)
    return marks(gates[:, 0] * gates[:, 1], 0.03, 0.97)


PAIRS = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])


def opens_for(gate: np.ndarray, closed: float, open_: float) -> str:
    """For which of the four pairs a gate, (4,), is open, and for which neither open nor closed."""
    if np.ptp(gate) < 1e-4:
        return f"is {in_digits(float(gate[0]))} for every pair"
    named = [f"({p:.0f}, {q:.0f})" for p, q in PAIRS]
    open_pairs = [name for name, value in zip(named, gate) if value > open_]
    between = [
        f"{in_digits(value)} for {name}"
        for name, value in zip(named, gate.tolist())
        if closed <= value <= open_
    ]
    words = [f"opens for {', '.join(open_pairs)}" if open_pairs else "opens for no pair"]
    if between:
        words.append(f"is {', '.join(between)}")
    return ", and ".join(words)


def two_gates_diagnosed(answer) -> str | None:
    W, b = two_arrays(answer(), W=(2, 2), b=(2,))
    gates = sigmoid(PAIRS @ W.T + b)
    product = gates.prod(axis=1)
    if np.array_equal(marks(product, 0.03, 0.97), [0, 1, 1, 0]):
        wobbles = np.array([[p, q] for p in (-0.1, 0, 0.1) for q in (-0.1, 0, 0.1)])
        bits = (PAIRS[:, None] + wobbles).reshape(-1, 2)
        off = marks(sigmoid(bits @ W.T + b).prod(axis=1), 0.03, 0.97) != one_of_two(bits)
        if not off.any():
            return None
        p, q = bits[off][0]
        stands = in_digits(float(sigmoid(bits[off][:1] @ W.T + b).prod()))
        return (
            "That works for exact bits. But bits may be off by 0.1, and for "
            f"({p:.1f}, {q:.1f}) the product is {stands}. Make the gates sharper (all weights and "
            "biases larger, by the same factor), each with its border half-way between the sums "
            "that it tells apart."
        )
    told = [f"Gate {k + 1} {opens_for(gates[:, k], 0.03, 0.97)}." for k in (0, 1)]
    told.append(f"Their product {opens_for(product, 0.03, 0.97)}.")
    if (gates.max(axis=0) < 0.03).any():
        told.append("A gate that never opens keeps the product closed: look at its bias.")
    elif ((gates > 0.03) & (gates < 0.97)).any():
        told.append(
            "A gate that is neither open nor closed has its border too near to that pair (change "
            "b), or it is too soft (make its weights and its b larger)."
        )
    else:
        told.append(
            "The product opens where *both* gates do. Which two conditions hold together exactly "
            "when one bit is 1?"
        )
    return " ".join(told)


def one_of_two(x):
    return np.array([float((round(p) == 1) != (round(q) == 1)) for p, q in x.tolist()])


EXACTLY_ONE = Exercise(
    key="01.4",
    title="Exactly one of two, with two gates",
    stars=3,
    names=("x",),
    specification=one_of_two,
    inputs=pairs_of_bits,
    mistakes="",
    steps=(
        'A product of two gates is open only where both are. So cut "exactly one" into two '
        "conditions, each of which one gate can test.",
        '"At least one" and "not both".',
        "Both conditions look at the sum of the bits: at least one means a sum above 0.5, not "
        "both means a sum below 1.5.",
        "Above 0.5: weights 20, 20 and bias −10. For the other, turn the signs round and move "
        "the border.",
    ),
    solution=exactly_one,
    use=two_gates_at_work,
    diagnose=two_gates_diagnosed,
)

EXERCISES = (GATED, PULSES, WISHES, EXACTLY_ONE)
