"""Exercises of notebook 03: one step, a cell that keeps, a wired counter, a stuck gate."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise, Mistake
from lstm_lib.scratch import sigmoid


def one_step_inputs(rng: np.random.Generator, size: int) -> tuple:
    """x (B, I), h and c (B, H), W (4H, I), R (4H, H), b (4H,)."""
    B, I, H = ((1, 1, 1), (2, 4, 1), (2, 3, 2), (3, 8, 2))[size % 4]
    B += size // 4
    shapes = ((B, I), (B, H), (B, H), (4 * H, I), (4 * H, H), (4 * H,))
    return tuple(rng.normal(size=shape).round(2) for shape in shapes)


def step(x, h, c, W, R, b):
    # All four pre-activations in one product, (B, 4H); then cut into four blocks of H columns.
    i, f, g, o = np.split(x @ W.T + h @ R.T + b, 4, axis=1)
    # Three gates between 0 and 1; the candidate between -1 and 1.
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    # The belt: keep a part of the old, add a part of the new.
    c = f * c + i * g
    return o * np.tanh(c), c


def number_by_number(x, h, c, W, R, b):
    B, H = h.shape
    h_new, c_new = np.zeros((B, H)), np.zeros((B, H))
    for n in range(B):
        for k in range(H):
            z = []
            for row in (k, H + k, 2 * H + k, 3 * H + k):
                total = b[row]
                for m in range(x.shape[1]):
                    total += W[row, m] * x[n, m]
                for m in range(H):
                    total += R[row, m] * h[n, m]
                z.append(total)
            i, f, o = (1 / (1 + math.exp(-z[gate])) for gate in (0, 1, 3))
            c_new[n, k] = f * c[n, k] + i * math.tanh(z[2])
            h_new[n, k] = o * math.tanh(c_new[n, k])
    return h_new, c_new


def four(x, h, W, R, b):
    """The four pre-activations, (B, H) each."""
    return np.split(x @ W.T + h @ R.T + b, 4, axis=1)


def gates(x, h, W, R, b):
    i, f, g, o = four(x, h, W, R, b)
    return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)


def finished(i, f, g, o, c):
    c = f * c + i * g
    return o * np.tanh(c), c


def order_ifog(x, h, c, W, R, b):
    i, f, o, g = four(x, h, W, R, b)
    return finished(sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o), c)


def h_without_tanh(x, h, c, W, R, b):
    i, f, g, o = gates(x, h, W, R, b)
    c = f * c + i * g
    return o * c, c


def sigmoid_for_g(x, h, c, W, R, b):
    return finished(*map(sigmoid, four(x, h, W, R, b)), c)


def old_c_in_h(x, h, c, W, R, b):
    i, f, g, o = gates(x, h, W, R, b)
    return o * np.tanh(c), f * c + i * g


def i_and_f_exchanged(x, h, c, W, R, b):
    i, f, g, o = gates(x, h, W, R, b)
    return finished(f, i, g, o, c)


def not_transposed(x, h, c, W, R, b):
    i, f, g, o = np.split(x @ W + h @ R.T + b, 4, axis=1)
    return finished(sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o), c)


def cut_along_the_batch(x, h, c, W, R, b):
    i, f, g, o = np.split(x @ W.T + h @ R.T + b, 4)
    return finished(sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o), c)


def as_in_the_formula(x, h, c, W, R, b):
    i, f, g, o = np.split(W @ x + R @ h + b, 4, axis=1)
    return finished(sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o), c)


def unit_by_unit(x, h, c, W, R, b):
    z = x @ W.T + h @ R.T + b
    i, f, g, o = (z[:, k::4] for k in range(4))
    return finished(sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o), c)


def tanh_of_the_product(x, h, c, W, R, b):
    i, f, g, o = gates(x, h, W, R, b)
    c = f * c + i * g
    return np.tanh(o * c), c


def kept_is_one_minus_i(x, h, c, W, R, b):
    i, _, g, o = gates(x, h, W, R, b)
    return finished(i, 1 - i, g, o, c)


STEP = Exercise(
    key="03.1",
    title="One step of the cell",
    stars=1,
    names=("x", "h", "c", "W", "R", "b"),
    specification=number_by_number,
    inputs=one_step_inputs,
    mistakes=(
        Mistake(
            "The blocks were taken in the order i, f, o, g. In this course (and in torch) the "
            "order is i, f, g, o: the third block is the candidate, the fourth the output gate.",
            order_ifog,
        ),
        Mistake(
            "c is right, but h is o ⊙ c. The cell state can grow without a limit; it is squashed "
            "by tanh before the output gate shows it.",
            h_without_tanh,
        ),
        Mistake(
            "The candidate g went through the sigmoid. Then it is never negative, and the cell "
            "could only count upwards: g is squashed by tanh.",
            sigmoid_for_g,
        ),
        Mistake(
            "c is right, but h was made from the old c. The output gate looks at the belt after "
            "this step's change: use the new c.",
            old_c_in_h,
        ),
        Mistake(
            "i and f are exchanged: f multiplies the old cell state, i the candidate.",
            i_and_f_exchanged,
        ),
        Mistake(
            "W was not transposed. It is (4H, I), a row for each number that comes out, so that x "
            "(B, I) needs W.T. (It only ran where I happens to be 4H.)",
            not_transposed,
        ),
        Mistake(
            "The bias b is missing.",
            lambda x, h, c, W, R, b: step(x, h, c, W, R, 0 * b),
        ),
        Mistake(
            "R is missing: the four z also see the last output, through h @ R.T.",
            lambda x, h, c, W, R, b: step(x, 0 * h, c, W, R, b),
        ),
        Mistake(
            "Both numbers are right, but in the wrong order: return h first, then c.",
            lambda x, h, c, W, R, b: step(x, h, c, W, R, b)[::-1],
        ),
        Mistake(
            "c is i ⊙ g alone. The kept part of the old cell state, f ⊙ c, is missing.",
            lambda x, h, c, W, R, b: step(x, h, 0 * c, W, R, b),
        ),
        Mistake(
            "np.split cut the rows, which are the sequences. The blocks stand side by side: cut "
            "the columns, with axis=1. (It runs only where 4 divides B.)",
            cut_along_the_batch,
        ),
        Mistake(
            "W @ x is for one sequence, a column. Here the sequences are the rows of x, (B, I): "
            "x @ W.T, and h @ R.T. (It only ran where all sizes happen to be 1.)",
            as_in_the_formula,
        ),
        Mistake(
            "z was cut unit by unit. It holds first the H columns of i, then the H of f, and so "
            "on: four blocks of H columns, gate by gate.",
            unit_by_unit,
        ),
        Mistake(
            "Nothing was squashed: i, f and o go through the sigmoid, and g through tanh.",
            lambda x, h, c, W, R, b: finished(*four(x, h, W, R, b), c),
        ),
        Mistake(
            "c is right, but h is tanh(o ⊙ c). The tanh belongs to c alone; the output gate "
            "multiplies what comes out of it.",
            tanh_of_the_product,
        ),
        Mistake(
            "You kept the part 1 − i of the old cell state. The forget gate is a gate of its own, "
            "with weights of its own.",
            kept_is_one_minus_i,
        ),
    ),
    steps=(
        "The four z of all units are one line: x @ W.T + h @ R.T + b. Its shape is (B, 4H).",
        "np.split(z, 4, axis=1) cuts it into the four blocks i, f, g, o, (B, H) each.",
        "Squash them: sigmoid for i, f and o, np.tanh for g.",
        "Now the two lines from above: the new c, then h from the new c. Return (h, c).",
    ),
    solution=step,
)


MANY = 100  # units of the layers in which W x + R h is as large as it can be


def weights_and_a_sequence(rng: np.random.Generator, size: int) -> tuple:
    """W (4H, 3), R (4H, H), x (T, 3), all from -1 to 1, and a cell state c (H,).

    Small layers first, with small weights; then large ones in which all that pulls a gate the
    wrong way adds up.
    """
    if size >= 16:
        H, T = MANY, 3
        signs = rng.choice([-1.0, 1.0], 3)
        # One row of weights for each block: i is pulled open and f closed, by all inputs together.
        W = np.repeat([signs, -signs, signs, signs], H, axis=0)
        R = np.repeat([[1.0], [-1.0], [1.0], [1.0]], H, axis=0) * np.ones(H)
        return W, R, np.tile(signs, (T, 1)), np.full(H, 6.0)
    H, T = 1 + size % 4, 2 + size
    signs, weak = rng.choice([-1.0, 1.0], 3), rng.uniform(0.05, 0.15, (4 * H, 3))
    W = (weak * signs * np.repeat([1.0, -1.0, 1.0, 1.0], H)[:, None]).round(2)
    R = rng.uniform(-0.02, 0.02, (4 * H, H)).round(2)
    x = rng.uniform(-1, 1, (T, 3)).round(2)
    x[0] = 0.8 * signs
    return W, R, x, rng.normal(size=H).round(2)


def keeping_bias(H):
    # W x + R h is a sum of 3 + H numbers up to 1: it can move z by 3 + H at most. A bias of
    # 30 + 3 + H leaves z beyond 30 all the same, and σ(30) differs from 1 by about 1e-13.
    large = 33 + H
    b = np.zeros(4 * H)
    b[:H] = -large  # i: closed
    b[H : 2 * H] = large  # f: open
    return b


def in_words(units: np.ndarray) -> str:
    """One word if all units agree; else the word of each, or how many there are of it."""
    words = units.tolist()
    if len(set(words)) == 1:
        return words[0]
    if len(words) <= 4:
        return ", ".join(words)
    return ", ".join(f"{words.count(word)} units {word}" for word in sorted(set(words)))


def leaning(b: np.ndarray) -> np.ndarray:
    """Where a bias alone puts a gate, for each unit, in a word."""
    return np.where(b > 10, "open", np.where(b < -10, "closed", "in between"))


def the_cell_with_this_bias(answer, W, R, x, c):
    """Run the cell with the answer's bias, and say in words what its gates did."""
    H = len(c)
    b = as_array("the bias", answer(H), (4 * H,))
    by_bias = {"input gate": leaning(b[:H]), "forget gate": leaning(b[H : 2 * H])}
    if (by_bias["input gate"] != "closed").any() or (by_bias["forget gate"] != "open").any():
        return {gate: in_words(words) for gate, words in by_bias.items()}
    h, c, most_i, least_f = np.zeros((1, H)), c[None], np.zeros(H), np.ones(H)
    for row in x:
        i, f, g, o = gates(row[None], h, W, R, b)
        c = f * c + i * g
        h = o * np.tanh(c)
        most_i, least_f = np.maximum(most_i, i[0]), np.minimum(least_f, f[0])
    # A little more than 1e-8, for a bias that is exactly large enough.
    firm = {"closed": most_i < 1.01e-8, "open": 1 - least_f < 1.01e-8}
    found = {word: np.where(yes, word, f"not firmly {word}") for word, yes in firm.items()}
    return {
        "input gate": in_words(found["closed"]),
        "forget gate": in_words(found["open"]),
    }


def as_array(name: str, value, shape: tuple) -> np.ndarray:
    """`value` as a float array of this shape; ValueError or TypeError in words if it is not one."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers")
    if array.shape != shape:
        raise ValueError(f"{name} must be {shape}; got {array.shape}")
    if not np.isfinite(array).all() or np.abs(array).max() > 1e6:
        raise ValueError(f"{name} must hold finite numbers, at most a million in size")
    return array.astype(float)


def blocks(i, f, g=0.0, o=0.0):
    """An answer to 03.2: the same bias for all units of a gate."""
    return lambda H: np.repeat([i, f, g, o], H)


KEEP = Exercise(
    key="03.2",
    title="A cell that keeps what it has",
    stars=1,
    names=("W", "R", "x", "c"),
    specification=lambda W, R, x, c: {"input gate": "closed", "forget gate": "open"},
    inputs=weights_and_a_sequence,
    use=the_cell_with_this_bias,
    mistakes=(
        Mistake(
            "Both gates stand somewhere in between. A bias has to be so large that W x + R h, up "
            "to 3 + H in size, cannot pull z back: think of tens, not of ones.",
            blocks(0.0, 0.0),
        ),
        Mistake(
            "The two are exchanged: your input gate is open and your forget gate closed, so the "
            "cell is overwritten at each step. (Remember the order i, f, g, o.)",
            blocks(40.0, -40.0),
        ),
        Mistake(
            "The forget gate is open, as it should be. But so is the input gate: something is "
            "added at each step.",
            blocks(40.0, 40.0),
        ),
        Mistake(
            "Nothing comes in, as it should be. But the forget gate is closed, too: the cell is "
            'empty after one step. "Forget gate open" means: keep.',
            blocks(-40.0, -40.0),
        ),
        Mistake(
            "The forget gate is open, but the input gate is not firmly closed: it needs a bias, "
            "too, a negative one.",
            blocks(0.0, 40.0),
        ),
        Mistake(
            "The input gate is closed, but the forget gate is not firmly open. Its biases are the "
            "*second* block of b.",
            blocks(-40.0, 0.0),
        ),
        Mistake(
            "For one unit this is right. For more, b holds first the H biases of i, then the H of "
            "f, and so on: gate by gate, not unit by unit.",
            lambda H: np.tile([-40.0, 40.0, 0.0, 0.0], H),
        ),
        Mistake(
            "Only the first unit keeps its state. Each gate has H biases: set the whole block.",
            lambda H: np.array([-40.0] + [0.0] * (H - 1) + [40.0] + [0.0] * (3 * H - 1)),
        ),
        Mistake(
            "Right for small layers. But W x + R h can reach 3 + H, and that is 103 for a hundred "
            "units: all of it pulled the wrong way here. The bias has to grow with H: put 3 + H "
            "on top of what is needed without it.",
            blocks(-25.0, 25.0),
        ),
        Mistake(
            "Not firm enough. σ(z) is below 1e-8 if z is below −18.42, but that is z, not b: "
            "W x + R h comes on top, up to 3 + H in size, and pulls it back.",
            blocks(-18.42, 18.42),
        ),
        Mistake(
            "3 + H only makes up for W x + R h at its worst; then z is 0, and the gate half open. "
            "Put on top what the gate needs by itself: 18.42 or more.",
            lambda H: np.repeat([-3.0 - H, 3.0 + H, 0.0, 0.0], H),
        ),
    ),
    steps=(
        "c is unchanged if f = 1 and i = 0. Which z makes a sigmoid 1, and which 0?",
        "b has four blocks of H numbers: i, f, g, o. Only two of them matter here.",
        "σ(z) is 1e-8 at the logit of 1e-8 (notebook 01), z = −18.42. So the z of i must be at "
        "most −18.42 even when W x + R h adds 3 + H, and the z of f at least +18.42 even when it "
        "takes away 3 + H.",
    ),
    solution=keeping_bias,
)


def a_bit_stream(rng: np.random.Generator, size: int) -> tuple:
    """Bits (T,): short ones first, with runs of ones in them."""
    if size < 3:
        return (np.array([[0.0, 1, 1], [1.0, 1, 1], [1.0, 0, 1]][size]),)
    return ((rng.random(3 + size) < 0.6).astype(float),)


def rearranged(weights, rows):
    """The same weights with the eight rows in another order."""
    return tuple(array[rows] for array in weights)


def wiring(i2=(60.0, 60.0, -75.0), f=(-20.0, 20.0), x_to_g1=20.0, o1=20.0, g2=20.0):
    """Weights of two units; `i2`: weights from x and h_1 and the bias of the second input gate."""
    W, R, b = np.zeros((8, 1)), np.zeros((8, 2)), np.zeros(8)
    W[1], R[1, 0], b[1] = i2
    W[4], b[0], b[2:4], b[5:7] = x_to_g1, 20, f, (g2, o1)
    return W, R, b


def pair_counter():
    W, R, b = np.zeros((8, 1)), np.zeros((8, 2)), np.zeros(8)
    i, f, g, o = 0, 2, 4, 6  # where the blocks begin; + 0 is unit 1, + 1 is unit 2
    # Unit 1 shows the last bit: it forgets all, always writes g = x, and always shows it.
    b[f], b[i], W[g], b[o] = -20, 20, 20, 20  # h_1 is tanh(1) = 0.76 after a 1, and 0 after a 0
    # Unit 2 counts: it keeps, and adds g = 1 when i opens.
    b[f + 1], b[g + 1] = 20, 20
    # i opens if x = 1 and h_1 = 0.76: z = 60 + 46 - 75 = 31. With one of the two, z is negative.
    W[i + 1], R[i + 1, 0], b[i + 1] = 60, 60, -75
    return W, R, b


def counted(answer, bits):
    """What the second unit's c says after each bit, and why it stays at 0 if it does."""
    choice = answer()
    if not isinstance(choice, tuple | list) or len(choice) != 3:
        raise TypeError("return the three arrays W, R, b")
    shapes = {"W": (8, 1), "R": (8, 2), "b": (8,)}
    W, R, b = (as_array(name, a, shape) for (name, shape), a in zip(shapes.items(), choice))
    h, c, seen = np.zeros((1, 2)), np.zeros((1, 2)), []
    for bit in bits:
        i, _, g, _ = gates(np.full((1, 1), bit), h, W, R, b)
        h, c = step(np.full((1, 1), bit), h, c, W, R, b)
        seen.append((c[0, 1], i[0, 1], g[0, 1], h[0, 0]))
    count, i2, g2, h1 = np.array(seen).T
    right = pairs_so_far(bits)
    if (np.abs(count - right) < 0.1).all():
        return {COUNT: right, WHY: "none"}
    if np.abs(count).max() < 0.01:
        return {COUNT: np.zeros(len(bits)), WHY: why_at_zero(bits, i2, g2, h1)}
    return {COUNT: count + 0.0, WHY: "none"}


COUNT, WHY = "c of the second unit", "what holds it at 0"


def why_at_zero(bits, i2, g2, h1) -> str:
    reports = (h1[bits == 1] > 0.5).all() and (np.abs(h1[bits == 0]) < 0.1).all()
    if (i2 > 0.5).any() and np.abs(g2).max() < 0.01:
        return "i_2 opens but g_2 is 0" + ("" if reports else "; h_1 is not the last bit")
    if np.abs(h1).max() < 0.01:
        return "i_2 stays closed; h_1 is 0"
    return "i_2 stays closed" + ("" if reports else "; h_1 is not the last bit")


def pairs_so_far(bits):
    counts, count = [], 0
    for t, bit in enumerate(bits):
        if t > 0 and bit == 1 and bits[t - 1] == 1:
            count += 1
        counts.append(float(count))
    return np.array(counts)


COUNTER = Exercise(
    key="03.3",
    title="Wire a counter of pairs",
    stars=3,
    names=("bits",),
    specification=lambda bits: {COUNT: pairs_so_far(bits), WHY: "none"},
    inputs=a_bit_stream,
    use=counted,
    tolerance=0.01,
    picture=True,
    mistakes=(
        Mistake(
            "This counts every 1. The second unit's input gate has to look at h_1 as well: that "
            "is a weight in R, in the row of i, unit 2, and the column of unit 1.",
            lambda: wiring(i2=(40.0, 0.0, -20.0)),
        ),
        Mistake(
            "This counts a step if the bit is 1 *or* the last bit was 1. For *and*, the bias must "
            "be so negative that one of the two alone cannot open the gate.",
            lambda: wiring(i2=(60.0, 60.0, -20.0)),
        ),
        Mistake(
            "This counts the 1s that follow a 0. The weight from h_1 must help to open the gate: "
            "it has to be positive, and the bias more negative.",
            lambda: wiring(i2=(40.0, -60.0, -20.0)),
        ),
        Mistake(
            "This counts the last bit alone, whatever the bit of now is: the second unit's input "
            "gate needs a weight from x as well.",
            lambda: wiring(i2=(0.0, 60.0, -20.0)),
        ),
        Mistake(
            'The first unit never forgets: after the first 1 it says "there was a 1" for ever, '
            "and every 1 is counted from then on. Close its forget gate.",
            lambda: wiring(f=(20.0, 20.0)),
        ),
        Mistake(
            "The second unit's forget gate is half open (its bias is 0): half of the count is "
            "lost at each step.",
            lambda: wiring(f=(-20.0, 0.0)),
        ),
        Mistake(
            "The count stays at 0: the first unit's output h_1 is 0 all the time, so that the "
            "second never hears of the last bit. Is the first unit's output gate open?",
            lambda: wiring(o1=-20.0),
        ),
        Mistake(
            "The second unit's forget gate is closed: it says whether this step was a pair, and "
            "has forgotten all pairs before it.",
            lambda: wiring(f=(-20.0, -20.0)),
        ),
        Mistake(
            "The count stays at 0: the first unit is right, but the second unit's input gate never "
            "opens. Work out its z for x = 1 and h_1 = 0.76; it must be positive. And does the "
            "weight from h_1 stand in the row of i_2, R[1, 0]?",
            lambda: wiring(i2=(60.0, 60.0, -150.0)),
        ),
        Mistake(
            "The count stays at 0 although the second unit's input gate opens: its candidate g is "
            "0, so that nothing is put on the belt. Give g_2 a large bias.",
            lambda: wiring(g2=0.0),
        ),
        Mistake(
            "The second unit's input gate opens, but its candidate is 0; and h_1 is not the last "
            "bit. Are the blocks in the order i, f, g, o?",
            lambda: rearranged(pair_counter(), [0, 1, 2, 3, 6, 7, 4, 5]),
        ),
        Mistake(
            "The count stays at 0: the input gate never opens, and h_1 is not the last bit. "
            "Are your rows in the order of the gates, i_1, i_2, f_1, f_2, …? Not unit by unit.",
            lambda: rearranged(pair_counter(), [0, 2, 4, 6, 1, 3, 5, 7]),
        ),
        Mistake(
            "All pairs are found, but each adds 0.1: that is the candidate of the counter above. "
            "Here it should be nearly 1: give g_2 a bias of 20.",
            lambda: wiring(g2=np.arctanh(0.1)),
        ),
        Mistake(
            "All pairs are found, but each adds 0.76, which is tanh(1). A bias of 1 does not make "
            "g_2 nearly 1: take a larger one.",
            lambda: wiring(g2=1.0),
        ),
        Mistake(
            "Nearly: each pair adds 0.96, which is tanh(2), and after a few pairs the count is "
            "off by more than 0.1. Give g_2 a larger bias.",
            lambda: wiring(g2=2.0),
        ),
    ),
    steps=(
        "Give each unit a job. Unit 1 shows the last bit in h_1. Unit 2 is the counter from above, "
        "but its input gate opens only if x and h_1 are both there.",
        "Unit 1: i open (bias), f closed (bias), g = tanh(20 x), o open (bias). Then h_1 is "
        "tanh(1) = 0.76 after a 1 and 0 after a 0.",
        "Unit 2: f open and g = 1 by their biases. Its input gate has z = w x + r h_1 + b: choose "
        "w, r, b so that z is positive only if both are there.",
        "The rows are i_1, i_2, f_1, f_2, g_1, g_2, o_1, o_2. The weight from h_1 to i_2 is "
        "R[1, 0].",
    ),
    solution=pair_counter,
)

FAULTS = ("none", "i closed", "f closed", "o closed", "i open", "f open", "o open")


def traces_of_a_faulty_cell(rng: np.random.Generator, size: int) -> tuple:
    """What i, f, g, o should have been, and what c and h were, (T,) each.

    After the first seven, a fault shows at two steps alone, neither the first two nor the last: at
    the others the gauge happens to stand where the gate is stuck.
    """
    fault = FAULTS[size] if size < 3 else FAULTS[(size * 3) % 7]
    while True:
        traces = traces_with(rng, 3 + size, fault, hidden=size >= 7)
        if {name[0] for name in FAULTS if fits(name, *traces)} == {fault[0]}:
            return traces  # no other gate would explain them


def traces_with(rng: np.random.Generator, T: int, fault: str, hidden: bool) -> tuple:
    gauges = dict(zip("ifo", rng.uniform(0.2, 0.8, (3, T)).round(2)))
    g = (rng.choice([-1, 1], T) * rng.uniform(0.3, 0.9, T)).round(2)
    if hidden:
        # Healthy gates, too, are sometimes fully open; the input gate also fully closed.
        for gate, lowest in (("i", 0), ("f", 1)):
            ends = rng.random(T) < 0.2
            gauges[gate][ends] = rng.integers(lowest, 2, T)[ends]
    real = dict(gauges)
    if fault != "none":
        stuck = float(fault.endswith("open"))
        real[fault[0]] = np.full(T, stuck)
        if hidden:
            shows = rng.choice(np.arange(2, T - 1), 2, replace=False)
            seen = rng.uniform(0.3, 0.7, 2).round(2)
            gauges[fault[0]][:] = stuck
            gauges[fault[0]][shows] = seen
    c, h, last = np.zeros(T), np.zeros(T), 0.0
    for t in range(T):
        last = real["f"][t] * last + real["i"][t] * g[t]
        c[t], h[t] = last, real["o"][t] * np.tanh(last)
    return gauges["i"], gauges["f"], g, gauges["o"], c, h


def stuck_gate(i, f, g, o, c, h):
    # The output gate first: it is the last thing that happens.
    if not np.allclose(h, o * np.tanh(c)):
        return "o"
    before = np.concatenate([[0.0], c[:-1]])  # c of the step before; the cell begins at 0
    if np.allclose(c, f * before + i * g):
        return "none"
    # Is f innocent? Then what is left, c - f c₋₁, is all of g or nothing of it.
    written = c - f * before
    if np.allclose(written, 0) or np.allclose(written, g):
        return "i"
    return "f"


def fits(fault, i, f, g, o, c, h) -> bool:
    """Would a cell with this fault have done that?"""
    real = {"i": list(i), "f": list(f), "o": list(o)}
    if fault != "none":
        real[fault[0]] = [1.0 if fault.endswith("open") else 0.0] * len(c)
    last = 0.0
    for t in range(len(c)):
        last = real["f"][t] * last + real["i"][t] * g[t]
        if abs(last - c[t]) > 1e-9 or abs(real["o"][t] * math.tanh(last) - h[t]) > 1e-9:
            return False
    return True


def by_trying_all(i, f, g, o, c, h):
    found = next(fault for fault in FAULTS if fits(fault, i, f, g, o, c, h))
    return found if found == "none" else found[0]


def seen_so_far(c):
    return np.concatenate([[0.0], c[:-1]])


def only_closed(i, f, g, o, c, h):
    if np.allclose(h, 0):
        return "o"
    before = seen_so_far(c)
    if np.allclose(c, f * before):
        return "i"
    return "f" if np.allclose(c, i * g) else "none"


def with_the_new_c(i, f, g, o, c, h):
    if not np.allclose(h, o * np.tanh(c)):
        return "o"
    if np.allclose(c, f * c + i * g):
        return "none"
    return "i" if np.allclose(c - f * c, 0) or np.allclose(c - f * c, g) else "f"


def at_the_first_step(i, f, g, o, c, h):
    if not np.isclose(h[0], o[0] * np.tanh(c[0])):
        return "o"
    return "none" if np.isclose(c[0], i[0] * g[0]) else "i"


def o_by_the_gauges(i, f, g, o, c, h):
    last, expected = 0.0, []
    for t in range(len(c)):
        last = f[t] * last + i[t] * g[t]
        expected.append(o[t] * math.tanh(last))
    return stuck_gate(i, f, g, o, c, h) if np.allclose(h, expected) else "o"


def only_open(i, f, g, o, c, h):
    if np.allclose(h, np.tanh(c)):
        return "o"
    before = seen_so_far(c)
    if np.allclose(c, f * before + g):
        return "i"
    return "f" if np.allclose(c, before + i * g) else "none"


def at_the_last_step(i, f, g, o, c, h):
    if not np.isclose(h[-1], o[-1] * np.tanh(c[-1])):
        return "o"
    written = c[-1] - f[-1] * c[-2]
    if np.isclose(written, i[-1] * g[-1]):
        return "none"
    return "i" if np.isclose(written, 0) or np.isclose(written, g[-1]) else "f"


EXCHANGED = {"i": "f", "f": "i"}

STUCK = Exercise(
    key="03.4",
    title="Which gate is stuck?",
    stars=2,
    names=("i", "f", "g", "o", "c", "h"),
    specification=by_trying_all,
    inputs=traces_of_a_faulty_cell,
    use=None,
    mistakes=(
        Mistake(
            "You find gates that are stuck closed, but a gate can also be stuck open, at 1. Then "
            "c - f c₋₁ is all of g, for instance.",
            only_closed,
        ),
        Mistake(
            "The forget gate multiplies the cell state of the step *before*: c moved on by one "
            "step, with a 0 in front. Not c of the same step, and not np.roll(c, 1), which puts "
            "the last value in front.",
            with_the_new_c,
        ),
        Mistake(
            "You looked at the first step alone. There the old cell state is 0, so that a fault "
            "of the forget gate cannot be seen; and a gauge may happen to be right there. Compare "
            "all steps.",
            at_the_first_step,
        ),
        Mistake(
            "i and f are exchanged: if c is not f c₋₁ + i g, find out which of the two products "
            "is wrong. If c - f c₋₁ is 0 or g, it is i.",
            lambda *traces: EXCHANGED.get(stuck_gate(*traces), stuck_gate(*traces)),
        ),
        Mistake(
            "h was compared with o ⊙ c. The output gate shows tanh(c): compare with that.",
            lambda i, f, g, o, c, h: stuck_gate(i, f, g, o, c, h) if np.allclose(h, o * c) else "o",
        ),
        Mistake(
            'A cell in which nothing is wrong was called faulty: return "none" if c and h are '
            "what the four values make of them.",
            lambda *traces: {"none": "f"}.get(stuck_gate(*traces), stuck_gate(*traces)),
        ),
        Mistake(
            "A stuck i or f comes out as o: you computed c from the gauges, and compared h with "
            "that. The output gate shows the c that really was: compare h with o ⊙ tanh(c).",
            o_by_the_gauges,
        ),
        Mistake(
            "You find gates that are stuck open, but a gate can also be stuck closed, at 0. Then "
            "c − f c₋₁ is 0 throughout, for instance.",
            only_open,
        ),
        Mistake(
            "Whenever c is wrong, you say i. It may be f: suppose that f is healthy, and look at "
            "what was written, c − f c₋₁. Is it 0 or g throughout, as with a stuck i?",
            lambda *traces: {"f": "i"}.get(stuck_gate(*traces), stuck_gate(*traces)),
        ),
        Mistake(
            "Whenever c is wrong, you say f. It may be i: look at what was written, c − f c₋₁. It "
            "is 0 or g throughout if i is stuck.",
            lambda *traces: {"i": "f"}.get(stuck_gate(*traces), stuck_gate(*traces)),
        ),
        Mistake(
            'A stuck f was called "none". At the first step the cell state before is 0, so that f '
            "cannot be seen there (and a division by it gives nan): find f by the other steps.",
            lambda *traces: {"f": "none"}.get(stuck_gate(*traces), stuck_gate(*traces)),
        ),
        Mistake(
            "You looked at the last step alone. There a gauge may happen to be right, and the "
            "fault shows at another step: compare all of them.",
            at_the_last_step,
        ),
        Mistake(
            'You always say "none". The gauges show what the gates *should* be, so a stuck gate '
            "does not show there: compare what c and h really were with what the gauges make.",
            lambda *traces: "none",
        ),
    ),
    steps=(
        "Begin at the end: is h what o and c make of it, o ⊙ tanh(c)? If not, it is o.",
        "Make the array of the cell states before: np.concatenate([[0.0], c[:-1]]).",
        "If c = f c₋₁ + i g throughout, nothing is stuck.",
        "If not: suppose that f is healthy. Then c - f c₋₁ is what was written, 0 or g if i is "
        "stuck. If it is neither, the fault is f.",
    ),
    solution=stuck_gate,
)

EXERCISES = (STEP, KEEP, COUNTER, STUCK)
