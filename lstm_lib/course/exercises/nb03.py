"""Exercises of notebook 03: one step, a cell that keeps, a wired counter, a stuck gate."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise
from lstm_lib.scratch import sigmoid


def one_step_inputs(rng: np.random.Generator, size: int) -> tuple:
    """x (B, I), h and c (B, H), W (4H, I), R (4H, H), b (4H,)."""
    B, I, H = ((1, 1, 1), (2, 4, 1), (2, 3, 2), (3, 8, 2))[size % 4]
    B += size // 4
    shapes = ((B, I), (B, H), (B, H), (4 * H, I), (4 * H, H), (4 * H,))
    return tuple(rng.normal(size=shape).round(2) for shape in shapes)


def step(x, h, c, W, R, b):
    # All four pre-activations in one product, (B, 4H); then cut into four blocks of H columns.
    z = x @ W.T + h @ R.T + b
    i, f, g, o = np.split(z, 4, axis=1)
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


def gates(x, h, W, R, b):
    """The four values of a step, (B, H) each."""
    i, f, g, o = np.split(x @ W.T + h @ R.T + b, 4, axis=1)
    return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)


STEP = Exercise(
    key="03.1",
    title="One step of the cell",
    stars=1,
    names=("x", "h", "c", "W", "R", "b"),
    specification=number_by_number,
    inputs=one_step_inputs,
    mistakes="""
        i, f, g, o = np.split -> i, f, o, g = np.split
            The blocks were taken in the order i, f, o, g. In this course (and in torch) the order
            is i, f, g, o: the third block is the candidate, the fourth the output gate.
        np.tanh(c) -> c
            c is right, but h is o ⊙ c. The cell state can grow without a limit; it is squashed by
            tanh before the output gate shows it.
        np.tanh(g) -> sigmoid(g)
            The candidate g went through the sigmoid. Then it is never negative, and the cell could
            only count upwards: g is squashed by tanh.
        c = f * c + i * g -> new_c = f * c + i * g
        np.tanh(c), c -> np.tanh(c), new_c
            c is right, but h was made from the old c. The output gate looks at the belt after this
            step's change: use the new c.
        f * c + i * g -> i * c + f * g
            i and f are exchanged: f multiplies the old cell state, i the candidate.
        x @ W.T -> x @ W
            W was not transposed. It is (4H, I), a row for each number that comes out, so that x (B,
            I) needs W.T. (It only ran where I happens to be 4H.)
        + b ->
            The bias b is missing.
        + h @ R.T ->
            R is missing: the four z also see the last output, through h @ R.T.
        return o * np.tanh(c), c -> return c, o * np.tanh(c)
            Both numbers are right, but in the wrong order: return h first, then c.
        f * c + i * g -> i * g
            c is i ⊙ g alone. The kept part of the old cell state, f ⊙ c, is missing.
        , axis=1 ->
            np.split cut the rows, which are the sequences. The blocks stand side by side: cut the
            columns, with axis=1. (It runs only where 4 divides B.)
        x @ W.T + h @ R.T -> W @ x + R @ h
            W @ x is for one sequence, a column. Here the sequences are the rows of x, (B, I): x @
            W.T, and h @ R.T. (It only ran where all sizes happen to be 1.)
        np.split(z, 4, axis=1) -> (z[:, k::4] for k in range(4))
            z was cut unit by unit. It holds first the H columns of i, then the H of f, and so on:
            four blocks of H columns, gate by gate.
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o) ->
            Nothing was squashed: i, f and o go through the sigmoid, and g through tanh.
        o * np.tanh(c) -> np.tanh(o * c)
            c is right, but h is tanh(o ⊙ c). The tanh belongs to c alone; the output gate
            multiplies what comes out of it.
        f * c -> (1 - i) * c
            You kept the part 1 − i of the old cell state. The forget gate is a gate of its own,
            with weights of its own.
        f * c + i * g -> f * (c + i * g)
            The forget gate multiplied the new part as well: f ⊙ (c + i ⊙ g). It acts on the old c
            alone.
        f * c -> c
            Nothing was forgotten: the old c has to be multiplied by f.
        i * g -> g
            The candidate came in whole: it has to be multiplied by i.
        o * np.tanh(c) -> np.tanh(c)
            c is right, but h is tanh(c) alone: the output gate o has to multiply it.
        np.tanh(g) -> g
            The candidate g was not squashed: it goes through tanh.
        sigmoid(i) -> np.tanh(i)
            The input gate went through tanh. A gate is a sigmoid, between 0 and 1; tanh is for the
            candidate g.
        h @ R.T -> c @ R.T
            R was multiplied with the old c. The gates see the last *output* h, not the cell state.
        return o * np.tanh(c), c -> return o * np.tanh(c)
            Only h came back. Two values are wanted: return (h, c).
        h @ R.T -> h @ R
            R was not transposed: it is (4H, H), a row for each number that comes out, so that h (B,
            H) needs R.T.
        x @ W.T -> x @ W
        h @ R.T -> h @ R
            Neither W nor R was transposed. Both have a row for each of the 4H numbers that come
            out, so that x (B, I) needs W.T and h (B, H) needs R.T.
    """,
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
    if size >= 12:
        # 1, 2, 3, 4 units and then a hundred, four times
        H, T = (1, 2, 3, 4, *[MANY] * 4)[size - 12], 3
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
    told = {word: np.where(yes, word, f"not firmly {word}") for word, yes in firm.items()}
    return {"input gate": in_words(told["closed"]), "forget gate": in_words(told["open"])}


def as_array(name: str, value, shape: tuple) -> np.ndarray:
    """`value` as a float array of this shape; ValueError or TypeError in words if it is not one."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers")
    if array.shape != shape:
        raise ValueError(f"{name} must be {shape}; got {array.shape}")
    if not np.isfinite(array).all() or np.abs(array).max() > 1e12:
        raise ValueError(f"{name} must hold finite numbers, at most 1e12 in size")
    return array.astype(float)


LARGEST_Z = math.log(1e-8 / (1 - 1e-8))  # -18.42


def keeping_diagnosed(answer) -> str | None:
    """Where the z of i and f can go at worst, for the first number of units that is not enough."""
    for H in (1, 2, 3, 4, MANY):
        b = as_array("the bias", answer(H), (4 * H,))
        by_gate = {"i": -b[:H], "f": b[H : 2 * H]}  # as large as they are firm
        both = np.concatenate(list(by_gate.values()))
        if (both < -10).any() and (np.abs(both) > 10).all() and H == 1:
            return None  # a gate on the wrong side: the mistakes below name it
        if set(np.abs(both).round(2)) <= {0.0, 1.0}:
            return (
                f"i and f have the biases {b[0]:.5g} and {b[H]:.5g}. A bias is not the gate "
                "itself: it stands inside the sigmoid, and σ(0) is 0.5, σ(1) is 0.73."
            )
        columns = b.reshape(H, 4)
        if H > 1 and (columns[:, 0] < -10).all() and (columns[:, 1] > 10).all():
            return (
                "For one unit this is right. For more, b holds first the H biases of i, then the H "
                "of f, and so on: gate by gate, not unit by unit."
            )
        for gate, firm in by_gate.items():
            if firm.min() < 3 + H - LARGEST_Z - 0.01:
                return not_firm(gate, firm, H)
    return None


def not_firm(gate: str, firm: np.ndarray, H: int) -> str:
    """How far off a gate is at worst; `firm` (H,) are its biases, counted the wanted way."""
    wanted = "closed" if gate == "i" else "open"
    if 0 < (firm > 10).sum() < H:
        return (
            f"With {H} units, only some of the biases of {gate} keep it {wanted}: each gate has "
            "H biases, and every one of them counts. Set the whole block."
        )
    side = -1 if gate == "i" else 1
    off = float(sigmoid(3 + H - firm.min()))
    # Enough for few units: then H has not been thought of, or not enough.
    more = "" if H == 1 else " Each unit more adds one to that."
    worst = side * (firm.min() - 3 - H) + 0.0
    return (
        f"With {H} {'unit' if H == 1 else 'units'} your bias of {gate} is {side * firm.min():.5g}. "
        f"W x + R h can add 3 + H = {3 + H} or take it away, so that z is {worst:.5g} at worst, "
        f"and {gate} is off by {off:.3g}, more than 1e-8.{more}"
    )


KEEP = Exercise(
    key="03.2",
    title="A cell that keeps what it has",
    stars=2,
    names=("W", "R", "x", "c"),
    specification=lambda W, R, x, c: {"input gate": "closed", "forget gate": "open"},
    inputs=weights_and_a_sequence,
    use=the_cell_with_this_bias,
    diagnose=keeping_diagnosed,
    mistakes="""
        b[:H] = -large -> b[:H] = large
        2 * H] = large -> 2 * H] = -large
            The signs are turned round: the input gate must be closed, and the forget gate open.
        b[:H] = -large -> b[:H] = large
            Both are open: the old state stays, but the input comes in as well. Close the input
            gate.
        2 * H] = large -> 2 * H] = -large
            Both are closed: nothing comes in, and nothing is kept.
    """,
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
    T = 3 + size if size < 17 else 300  # a gate that leaks a little is found out
    return ((rng.random(T) < 0.6).astype(float),)


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


def wired(answer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W, R and b as arrays. Raises TypeError or ValueError for anything else."""
    choice = answer()
    if not isinstance(choice, tuple | list) or len(choice) != 3:
        raise TypeError("return the three arrays W, R, b")
    shapes = {"W": (8, 1), "R": (8, 2), "b": (8,)}
    W, R, b = (as_array(name, part, shapes[name]) for name, part in zip(shapes, choice))
    return W, R, b


def run_on(bits, W, R, b) -> dict[str, np.ndarray]:
    """The four gates, h and c at every step, (T, 2) each."""
    h, c, seen = np.zeros((1, 2)), np.zeros((1, 2)), []
    for bit in bits:
        x = np.full((1, 1), bit)
        i, f, g, o = gates(x, h, W, R, b)
        h, c = step(x, h, c, W, R, b)
        seen.append((i[0], f[0], g[0], o[0], h[0], c[0]))
    return dict(zip("ifgohc", np.array(seen).transpose(1, 0, 2)))


def counted(answer, bits):
    """What the second unit's c says after each bit; the right count if it is near enough."""
    count, right = run_on(bits, *wired(answer))["c"][:, 1], pairs_so_far(bits)
    return right if (np.abs(count - right) < 0.1).all() else count + 0.0


PROBE = np.array([0.0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0])


def two(values) -> str:
    """A number, or the least and the most of several that differ."""
    least, most = (f"{round(float(end), 2) + 0.0:.2f}" for end in (min(values), max(values)))
    return least if least == most else f"{least} to {most}"


def counts_pairs(W, R, b, unit: int = 1) -> bool:
    """Does this unit's c count the pairs of the probe?"""
    return bool((np.abs(run_on(PROBE, W, R, b)["c"][:, unit] - pairs_so_far(PROBE)) < 0.1).all())


def counter_diagnosed(answer) -> str | None:
    """What is wrong with the order of the rows, or with the first unit that does not do its job."""
    W, R, b = wired(answer)
    gate_by_gate = [4 * unit + gate for gate in range(4) for unit in range(2)]
    if counts_pairs(W, R, b, unit=0) and not counts_pairs(W, R, b):
        return (
            "Your first unit counts the pairs. The count is wanted in the second: exchange the two "
            "units, in each pair of rows, and in R the two columns as well."
        )
    if not counts_pairs(W, R, b) and counts_pairs(
        W[gate_by_gate], R[gate_by_gate], b[gate_by_gate]
    ):
        return (
            "Your rows would be right in the order i_1, f_1, g_1, o_1, i_2, f_2, g_2, o_2. Here "
            "they are gate by gate: i_1, i_2, f_1, f_2, g_1, g_2, o_1, o_2."
        )
    run, ones = run_on(PROBE, W, R, b), PROBE == 1
    after = run["h"][ones, 0], run["h"][~ones, 0]
    steady = all(np.ptp(h) < 0.1 for h in after)
    tells = steady and abs(after[0].mean() - after[1].mean()) > 0.5
    return (None if tells else reporter_diagnosed(run, ones)) or second_unit_diagnosed(run, R)


def reporter_diagnosed(run: dict[str, np.ndarray], ones: np.ndarray) -> str | None:
    """What the first unit writes, keeps and shows, where it departs from the plan; None if not."""
    i, f, g, o, h = (run[name][:, 0] for name in "ifgoh")
    departs = [
        f"it writes i_1 g_1 = {two(i[at])} · {two(g[at])} at a {bit} (the plan: {bit})"
        for bit, at in ((1, ones), (0, ~ones))
        if np.abs(i[at] * g[at] - bit).max() > 0.1
    ]
    if f.max() > 0.1:
        departs.append(f"it keeps f_1 = {two(f)} of what was there (the plan: 0)")
    if o[ones].min() < 0.9:
        departs.append(f"it shows o_1 = {two(o[ones])} of it at a 1 (the plan: 1)")
    if not departs:
        return None
    return (
        f"The first unit does not show the last bit as planned: h_1 is {two(h[ones])} after a 1 "
        f"and {two(h[~ones])} after a 0 (the plan: 0.76 and 0). The cause: {'; '.join(departs)}."
    )


def second_unit_diagnosed(run: dict[str, np.ndarray], R: np.ndarray) -> str:
    """Does the second unit's input gate open at pairs alone, does it keep, is what it adds 1?"""
    i, f, g, h = (run[name] for name in "ifgh")
    ones, before = PROBE == 1, np.concatenate([[0.0], PROBE[:-1]])
    opens = {
        (last, now): i[(before == last) & (PROBE == now), 1] for last in (0, 1) for now in (0, 1)
    }
    elsewhere = max(opens[at].max() for at in opens if at != (1, 1))
    if opens[1, 1].min() < 0.9 or elsewhere > 0.1:
        table = ", ".join(f"{two(v)} after {last} {now}" for (last, now), v in opens.items())
        deaf = " R[1, 0], which brings h_1 to i_2, is 0." if R[1, 0] == 0 else ""
        return (
            f"The first unit tells the last bit: h_1 is {two(h[ones, 0])} after a 1 and "
            f"{two(h[~ones, 0])} after a 0. The second unit's input gate is {table}; it should "
            f"open after 1 1 alone.{deaf or ' Its z is w x + r h_1 + b.'}"
        )
    if f[:, 1].min() < 0.9:
        return (
            f"Pairs are found, but the second unit's forget gate is {two(f[:, 1])}, so that the "
            "count is lost. It should be open: 1."
        )
    pair = (before == 1) & ones
    if np.abs(g[pair, 1] - 1).max() > 0.1:
        return (
            f"Pairs are found and kept, but each adds g_2 = {two(g[pair, 1])}. Make it nearly 1 "
            "by a large bias."
        )
    leaks = {
        "i_2 is not quite closed between pairs": (elsewhere, 1),
        "i_2 is not quite open at a pair": (1 - opens[1, 1].min(), 1),
        "g_2 is not quite 1": (np.abs(1 - g[pair, 1]).max(), 1),
        "f_2 is not quite open": (1 - f[:, 1].min(), 100),  # of a count of about a hundred
    }
    worst = max(leaks, key=lambda name: np.prod(leaks[name]))
    return (
        f"Right at first, but over many bits the count goes off by more than 0.1. Above all, "
        f"{worst}: it is off by {leaks[worst][0]:.2g}. Larger weights and biases are firmer."
    )


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
    specification=pairs_so_far,
    inputs=a_bit_stream,
    use=counted,
    diagnose=counter_diagnosed,
    picture=True,
    mistakes="",
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
    the others the gauge happens to stand where the gate is stuck. In the last three it is nearly
    there at those two steps as well.
    """
    fault = FAULTS[size] if size < 3 else FAULTS[(size * 3) % 7]
    while True:
        traces = traces_with(rng, 3 + size, fault, hidden=size >= 7, slight=size >= 17)
        if {name[0] for name in FAULTS if fits(name, *traces)} == {fault[0]}:
            return traces  # no other gate would explain them


def traces_with(rng: np.random.Generator, T: int, fault: str, hidden: bool, slight: bool) -> tuple:
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
            if slight:
                seen = np.abs(stuck - 0.05 * seen).round(3)
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
    return "i" if np.allclose(written, 0) or np.allclose(written, g) else "f"


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
    fault = next(name for name in FAULTS if fits(name, i, f, g, o, c, h))
    return fault if fault == "none" else fault[0]


def only_closed(i, f, g, o, c, h):
    if np.allclose(h, 0):
        return "o"
    if np.allclose(c, f * np.append(0.0, c[:-1])):
        return "i"
    return "f" if np.allclose(c, i * g) else "none"


def only_open(i, f, g, o, c, h):
    before = np.append(0.0, c[:-1])
    if np.allclose(h, np.tanh(c)):
        return "o"
    if np.allclose(c, f * before + g):
        return "i"
    return "f" if np.allclose(c, before + i * g) else "none"


def judged_by_the_first_step(*traces):
    return stuck_gate(*(trace[:1] for trace in traces))


def judged_by_the_last_step(i, f, g, o, c, h):
    if not np.isclose(h[-1], o[-1] * np.tanh(c[-1])):
        return "o"
    written = c[-1] - f[-1] * c[-2]
    if np.isclose(written, i[-1] * g[-1]):
        return "none"
    return "i" if np.isclose(written, 0) or np.isclose(written, g[-1]) else "f"


def h_compared_with_the_gauges(i, f, g, o, c, h):
    last, by_the_gauges = 0.0, []
    for t in range(len(c)):
        last = f[t] * last + i[t] * g[t]
        by_the_gauges.append(o[t] * math.tanh(last))
    return stuck_gate(i, f, g, o, c, h) if np.allclose(h, by_the_gauges) else "o"


def all_tried_with_the_new_c(i, f, g, o, c, h):
    trials = [("none", i, f, o)]
    for stuck in (np.zeros(len(c)), np.ones(len(c))):
        trials += [("i", stuck, f, o), ("f", i, stuck, o), ("o", i, f, stuck)]
    for name, i, f, o in trials:
        if np.allclose(c, f * c + i * g) and np.allclose(h, o * np.tanh(c)):
            return name
    return "none"


def faults_named(answer) -> str | None:
    """Which faults get which wrong name, over the inputs of the check; None if a mistake fits."""
    cases = STUCK.cases()
    said = [str(answer(*(trace.copy() for trace in case))) for case in cases]
    if not set(said) <= {"i", "f", "o", "none"} or len(set(said)) == 1:
        return None
    if any(said == [mistake.answer(*case) for case in cases] for mistake in STUCK.wrong_answers):
        return None
    miscalled: dict[str, set[str]] = {}
    for case, name in zip(cases, said):
        fault = next(fault for fault in FAULTS if fits(fault, *case))
        if name != (fault if fault == "none" else fault[0]):
            cell = "a healthy cell" if fault == "none" else fault.replace(" ", " stuck ")
            miscalled.setdefault(name, set()).add(cell)
    told = [
        f'"{name}" comes out for {", ".join(sorted(cells))}.' for name, cells in miscalled.items()
    ]
    if not told:
        return None
    return f"At least once, {' And '.join(told)} All else is named rightly."


STUCK = Exercise(
    key="03.4",
    title="Which gate is stuck?",
    stars=2,
    names=("i", "f", "g", "o", "c", "h"),
    specification=by_trying_all,
    inputs=traces_of_a_faulty_cell,
    diagnose=faults_named,
    mistakes="""
        only_closed
            Your rule tests only whether a gate is stuck closed. A gate can also be stuck open, at
            1; then c − f c₋₁ is all of g, for instance.
        np.concatenate([[0.0], c[:-1]]) -> c
            The forget gate multiplies the cell state of the step *before*: c moved on by one step,
            with a 0 in front. Not c of the same step, and not np.roll(c, 1), which puts the last
            value in front.
        judged_by_the_first_step
            Your answer is what the first step alone would say. There the old cell state is 0, so
            that a fault of the forget gate cannot be seen; and a gauge may happen to be right
            there. Compare all steps.
        return "i" if -> return "f" if
        else "f" -> else "i"
            i and f are exchanged: if c is not f c₋₁ + i g, find out which of the two products is
            wrong. If c - f c₋₁ is 0 or g, it is i.
        np.tanh(c) -> c
            h was compared with o ⊙ c. The output gate shows tanh(c): compare with that.
        return "none" -> return "f"
            A cell in which nothing is wrong was called faulty: return "none" if c and h are what
            the four values make of them.
        h_compared_with_the_gauges
            A stuck i or f comes out as o: you computed c from the gauges, and compared h with that.
            The output gate shows the c that really was: compare h with o ⊙ tanh(c).
        only_open
            You find gates that are stuck open, but a gate can also be stuck closed, at 0. Then c −
            f c₋₁ is 0 throughout, for instance.
        else "f" -> else "i"
            Whenever c is wrong, you say i. It may be f: suppose that f is healthy, and look at what
            was written, c − f c₋₁. Is it 0 or g throughout, as with a stuck i?
        return "i" if -> return "f" if
            Whenever c is wrong, you say f. It may be i: look at what was written, c − f c₋₁. It is
            0 or g throughout if i is stuck.
        else "f" -> else "none"
            A stuck f was called "none". At the first step the cell state before is 0, so that f
            cannot be seen there (and a division by it gives nan): find f by the other steps.
        judged_by_the_last_step
            Your answer is what the last step alone would say. There a gauge may happen to be right,
            and the fault shows at another step: compare all of them.
        return "o" -> return "none"
        return "i" if -> return "none" if
        else "f" -> else "none"
            You always say "none". The gauges show what the gates *should* be, so a stuck gate does
            not show there: compare what c and h really were with what the gauges make.
        all_tried_with_the_new_c
            That comes out if f is multiplied with another cell state than that of the step before.
            c moved on by one step, with a 0 in front: 0, c₀, c₁ … (np.roll(c, 1) puts the last
            value in front, not 0.)
    """,
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
