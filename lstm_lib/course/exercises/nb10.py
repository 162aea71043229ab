"""Exercises of notebook 10: targets, weights counted, a gate held, what a trace is made of."""

import numpy as np

from lstm_lib.course.exercise import Exercise
from lstm_lib.scratch import sigmoid


def small_grammar(rng: np.random.Generator, size: int) -> tuple:
    """Tables (nodes, 2) of symbols and next nodes, a node and an arc; often one symbol alone."""
    nodes = 2 + size // 2
    symbol = np.array([rng.choice(7, 2, replace=False) for _ in range(nodes)])
    alone = rng.random(nodes) < 0.4
    symbol[alone, 1] = symbol[alone, 0]
    following = rng.integers(nodes, size=(nodes, 2))
    following[alone, 1] = following[alone, 0]
    return symbol, following, int(rng.integers(nodes)), int(rng.integers(2))


def target(symbol, following, node, arc):
    # The arc leads to the next node: what may come is what leaves from there.
    reached = following[node, arc]
    wanted = np.zeros(7)
    # Both symbols get a 1; where they are the same, that is one 1.
    wanted[symbol[reached]] = 1.0
    return wanted


def target_by_looking(symbol, following, node, arc):
    """Every symbol in turn: does an arc with it leave the node that was reached?"""
    reached = following[node][arc]
    return np.array([float(any(s == k for s in symbol[reached])) for k in range(7)])


TARGET = Exercise(
    key="10.1",
    title="Which symbols may come?",
    stars=1,
    names=("symbol", "following", "node", "arc"),
    specification=target_by_looking,
    inputs=small_grammar,
    mistakes="""
        following[node, arc] -> node
            Those are the symbols that could have come *now*. The arc leads to the next node,
            following[node, arc]; the target is what may come there.
        symbol[reached] -> symbol[reached, 0]
            Only the first of the two arcs is there. Every symbol that may come gets a 1.
        symbol[reached] -> symbol[reached, 1]
            Only the second of the two arcs is there. Every symbol that may come gets a 1.
        symbol[reached] -> symbol[reached, arc]
            Only one of the two arcs is there. Every symbol that may come gets a 1.
        wanted[symbol[reached]] = 1.0 -> for s in symbol[reached]: wanted[s] += 1.0
            Where both arcs have the same symbol you count it twice. It may come, or not: 1 or 0.
        = 1.0 -> = 1 / len(set(symbol[reached]))
            Those are probabilities. A target says only whether a symbol may come: 1 or 0.
        = 1.0 -> = 0.5
            You wrote one half. A target says only whether a symbol may come: 1 or 0.
        symbol[reached] -> symbol[node, arc]
            That marks the symbol that was just read. The target is what may come after it.
        return wanted -> return symbol[reached]
            Those are the numbers of the symbols. Wanted is one number for each of the seven
            symbols, (7,): 1 if it may come, else 0.
        symbol[reached] -> reached
            You marked the number of the *node* that was reached. `symbol` says which symbols leave
            from it: symbol[reached].
        following[node, arc] -> following[node, 1 - arc]
            You followed the other arc.
        return wanted -> return 1 - wanted
            Ones and zeros are exchanged: 1 means that the symbol may come.
        wanted[symbol[reached]] = 1.0 -> pass
            You return zeros alone. If you looked for letters: `symbol` holds numbers, 0 to 6.
    """,
    steps=(
        "Which node is reached? following[node, arc].",
        "Which two arcs leave from there? One row of `symbol`.",
        "Begin with seven zeros and put a 1 at each symbol of that row.",
    ),
    solution=target,
)


def wiring(rng: np.random.Generator, size: int) -> tuple:
    """inputs, outputs, blocks, cells in a block, with forget gates or without."""
    if size == 6:
        return 7, 7, 4, 2, True
    low, high = 1 + size // 6, 3 + size // 2
    return (*(int(n) for n in rng.integers(low, high, size=4)), bool(size % 2))


def count(inputs, outputs, blocks, cells, forget):
    # A cell and a gate see the input and all h of the step before; a gate has a bias, too.
    seen = inputs + blocks * cells
    of_cells = blocks * cells * seen
    gates = blocks * (3 if forget else 2)
    of_gates = gates * (seen + 1)
    # An output sees all h of this step, the input (the shortcut) and a bias.
    of_outputs = outputs * (blocks * cells + inputs + 1)
    return of_cells + of_gates + of_outputs


def count_by_listing(inputs, outputs, blocks, cells, forget):
    """Every connection, written down: who sees whom."""
    x = [("x", k) for k in range(inputs)]
    h = [("h", block, cell) for block in range(blocks) for cell in range(cells)]
    kinds = ("i", "o", "f") if forget else ("i", "o")
    connections = [(source, "to", cell) for cell in h for source in x + h]
    for block in range(blocks):
        for kind in kinds:
            connections += [(source, "to", kind, block) for source in [*x, *h, "1"]]
    for k in range(outputs):
        connections += [(source, "to", "out", k) for source in [*h, *x, "1"]]
    return len(set(connections))


COUNT = Exercise(
    key="10.2",
    title="Count the weights",
    stars=2,
    names=("inputs", "outputs", "blocks", "cells", "forget"),
    specification=count_by_listing,
    inputs=wiring,
    mistakes="""
        of_cells = blocks * cells * seen -> of_cells = blocks * cells * (seen + 1)
            You gave the cells a bias. In this network only gates and outputs have one.
        of_gates = gates * (seen + 1) -> of_gates = gates * seen
            The gates' biases are missing: one for each gate.
        (blocks * cells + inputs + 1) -> (blocks * cells + inputs)
            The outputs' biases are missing: one for each output.
        (blocks * cells + inputs + 1) -> (blocks * cells + 1)
            The shortcut is missing: an output sees the input, too, not only the cells.
        gates = blocks * (3 if forget else 2) -> gates = blocks * cells * (3 if forget else 2)
            You gave each cell its own gates. The cells of a block share one gate of each kind.
        gates = blocks * (3 if forget else 2) -> gates = blocks * 3
            You counted a forget gate where there is none: without `forget` a block has two gates.
        gates = blocks * (3 if forget else 2) -> gates = blocks * 2
            The forget gates are missing: with `forget` a block has three gates.
        seen = inputs + blocks * cells -> seen = inputs + cells
            You let a unit see the cells of its own block alone. It sees those of all blocks.
        seen = inputs + blocks * cells -> seen = inputs + blocks
        (blocks * cells + inputs + 1) -> (blocks + inputs + 1)
            You counted one h for each block. Each *cell* has its own h: blocks · cells of them.
        seen = inputs + blocks * cells -> seen = inputs + blocks
            One h for each block is too few: each *cell* has its own h, so there are blocks · cells.
        seen = inputs + blocks * cells -> seen = inputs + blocks * cells + blocks * (2 + forget)
            You let the units see the gates of the step before, as in 1997. In 2000 they do not.
        seen = inputs + blocks * cells -> seen = inputs
            The recurrent weights are missing: every cell and gate sees all h of the step before.
        of_cells = blocks * cells * seen -> of_cells = blocks * seen
            You counted one cell for each block. There are blocks · cells of them.
        return of_cells + of_gates + of_outputs -> return of_cells + of_gates
            The weights of the outputs are missing.
        return of_cells + of_gates -> return 4 * blocks * cells * (seen + 1)
            That is the LSTM of today: three gates and a bias for each cell. Here the cells of a
            block share their gates, and a cell's own input has no bias.
        return of_cells + of_gates + of_outputs -> return 424
            That is the number for the notebook's network. Count from the five arguments.
        return of_cells + of_gates + of_outputs -> return 432
            That is how many numbers W and V hold in the notebook's network. Count from the five
            arguments, and leave out the cells' biases.
    """,
    steps=(
        "Three kinds of units: cells, gates, outputs. Each unit has one weight for each thing that "
        "it sees.",
        "A cell sees inputs + blocks · cells numbers, a gate the same and a bias.",
        "There are blocks · cells cells, 2 or 3 gates a block, and an output sees "
        "blocks · cells + inputs numbers and a bias.",
    ),
    solution=count,
)


def one_step(rng: np.random.Generator, size: int) -> tuple:
    """x (I,), h and c (2B,), W (5B, I + 2B + 1) and f (B,) with zeros and ones among them."""
    blocks, inputs = 1 + size // 5, 1 + size // 4
    H = 2 * blocks
    x, c = rng.normal(size=inputs), 2 * rng.normal(size=H)
    h, W = rng.uniform(-1, 1, H), rng.normal(size=(5 * blocks, inputs + H + 1))
    f = rng.uniform(0, 1, blocks).round(1)
    if size % 3 == 1:
        f = np.ones(blocks)
    return x.round(2), h.round(2), c.round(2), W.round(2), f


def step_with(x, h, c, W, f):
    H = len(c)
    z = W @ np.concatenate([x, h, [1.0]])
    # Input and output gates as ever; what W says of the forget gates is not used.
    i, o, _ = sigmoid(z[H:]).reshape(3, -1).repeat(2, axis=1)
    g = 4 * sigmoid(z[:H]) - 2
    # The given f, once for each of the two cells of its block.
    c = np.repeat(f, 2) * c + i * g
    h = o * (2 * sigmoid(c) - 1)
    return c, h


def step_cell_by_cell(x, h, c, W, f):
    """One cell after the other, every sum written out."""
    H, blocks = len(c), len(f)
    v = [*x, *h, 1.0]

    def net(row):
        return sum(w * value for w, value in zip(W[row], v))

    def squash(z):
        return 1 / (1 + np.exp(-z))

    new_c, new_h = [], []
    for j in range(H):
        block = j // 2
        enter, leave = squash(net(H + block)), squash(net(H + blocks + block))
        new_c.append(f[block] * c[j] + enter * (4 * squash(net(j)) - 2))
        new_h.append(leave * (2 * squash(new_c[-1]) - 1))
    return np.array(new_c), np.array(new_h)


def from_the_old_state(x, h, c, W, f):
    H = len(c)
    gates = sigmoid(W[H:] @ np.concatenate([x, h, [1.0]])).reshape(3, -1)
    return step_with(x, h, c, W, f)[0], gates[1].repeat(2) * (2 * sigmoid(c) - 1)


STEP_WITH = Exercise(
    key="10.3",
    title="A step with the forget gate in your hand",
    stars=2,
    names=("x", "h", "c", "W", "f"),
    specification=step_cell_by_cell,
    inputs=one_step,
    mistakes="""
        np.repeat(f, 2) * c -> _ * c
            The forget gates were computed from W, and the given `f` was not used. Put the given
            one in their place.
        np.repeat(f, 2) * c -> np.repeat(f, 2) * _ * c
            You multiplied the given f by the computed one. The given f stands *in place of* it.
        np.repeat(f, 2) * c -> c
            The given f is not used: that is f = 1 whatever was given.
        np.repeat(f, 2) * c -> np.tile(f, 2) * c
            The f of the blocks went to the wrong cells: cells 0 and 1 belong to block 0, cells 2
            and 3 to block 1. np.repeat(f, 2) gives that order, np.tile does not.
        np.repeat(f, 2) * c -> f * c
            f has one number for each block, c one for each cell: np.repeat(f, 2).
        reshape(3, -1) -> reshape(3, 4)
            Your step works for four blocks alone: the sizes 8 and 4 are fixed in it. Use len(c) and
            len(f).
        np.repeat(f, 2) * c + i * g -> np.repeat(f, 2) * (c + i * g)
            f multiplies the *old* cell state alone, not what comes in.
        i, o, _ = sigmoid -> o, i, _ = sigmoid
            Input gates and output gates are exchanged: the rows of W are cells, input gates,
            output gates, forget gates.
        i, o, _ = sigmoid -> i, _, o = sigmoid
            You took the rows of the forget gates for the output gates. The rows of W are cells,
            input gates, output gates, forget gates.
        4 * sigmoid(z[:H]) - 2 -> np.tanh(z[:H])
        (2 * sigmoid(c) - 1) -> np.tanh(c)
            That is the cell of notebook 03. Here g = 4 σ(z) − 2 and h = o · (2 σ(c) − 1).
        4 * sigmoid(z[:H]) - 2 -> np.tanh(z[:H])
            The candidate is not a tanh here: it is 4 σ(z) − 2, between −2 and 2.
        4 * sigmoid(z[:H]) - 2 -> 2 * sigmoid(z[:H]) - 1
            The candidate goes from −2 to 2 here: it is 4 σ(z) − 2.
        (2 * sigmoid(c) - 1) -> np.tanh(c)
            h is not o · tanh(c) here, but o · (2 σ(c) − 1).
        (2 * sigmoid(c) - 1) -> (4 * sigmoid(c) - 2)
            h is o · (2 σ(c) − 1): it lies between −1 and 1. You took the candidate's 4 σ − 2.
        (2 * sigmoid(c) - 1) -> c
            What leaves the cell is squashed: h is o · (2 σ(c) − 1).
        return c, h -> return h, c
            Right, but in the wrong order: first c, then h.
        return c, h -> return c
            Only c came back. Return c and h.
        return c, h -> return h
            Only h came back. Return c and h.
        + i * g -> + g
            The input gate is missing: what comes in is i · g.
        from_the_old_state
            h was made of the *old* c. First the new c, then h from it.
        np.concatenate([x, h, [1.0]]) -> np.concatenate([h, x, [1.0]])
            The columns of W are x, then h, then the bias. You joined them in another order.
        np.repeat(f, 2) * c -> (1 - np.repeat(f, 2)) * c
            You kept 1 − f of the old state. f says how much is *kept*.
    """,
    steps=(
        "Take `step` from above and find the line in which f is used.",
        "f has one number for each block, c one for each cell: np.repeat(f, 2).",
        "c = np.repeat(f, 2) * c + i * g; all else stays. The outputs are not needed.",
    ),
    solution=step_with,
)


def one_cell(rng: np.random.Generator, size: int) -> tuple:
    """f, i and x (T,) and a weight; a closed forget gate among them in every second case."""
    T = 2 + size // 2
    f, i = rng.uniform(0.3, 1, T).round(2), rng.uniform(0.1, 1, T).round(2)
    if size % 2:
        f[rng.integers(T)] = 0.0
    return f, i, rng.normal(size=T).round(2), round(float(rng.normal()), 2)


def amounts(f, i, x, w):
    # What step k adds to the trace: the slope of i g(w x) along w; g' = 4 σ (1 − σ).
    slope = 4 * sigmoid(w * x) * (1 - sigmoid(w * x))
    added = i * slope * x
    # Afterwards the trace is multiplied by every later f.
    kept = np.array([np.prod(f[k + 1 :]) for k in range(len(f))])
    return added * kept


def amounts_by_complex_step(f, i, x, w):
    """Give each step a weight of its own, move one of them a little, and look at the last c."""
    answer = []
    for moved in range(len(x)):
        c = 0.0
        for k in range(len(x)):
            weight = w + (1e-30j if k == moved else 0.0)
            c = f[k] * c + i[k] * (4 / (1 + np.exp(-weight * x[k])) - 2)
        answer.append(np.imag(c) / 1e-30)
    return np.array(answer)


def running_trace(f, i, x, w):
    return np.array([amounts(f[:t], i[:t], x[:t], w).sum() for t in range(1, len(f) + 1)])


AMOUNTS = Exercise(
    key="10.4",
    title="What a trace is made of",
    stars=3,
    names=("f", "i", "x", "w"),
    specification=amounts_by_complex_step,
    inputs=one_cell,
    mistakes="""
        f[k + 1 :] -> f[k:]
            You multiplied what step k adds by the f of step k as well. That gate acts on what
            was there *before* step k adds its part: begin at k + 1.
        f[k + 1 :] -> f[:k]
            You multiplied by the f *before* step k. What step k added is multiplied by every f
            *after* it.
        f[k + 1 :] -> f[: k + 1]
            You multiplied by the f up to step k. What step k added is multiplied by every f
            *after* it.
        f[k + 1 :] -> f[k + 1 : -1]
            The f of the last step is missing: it multiplies all that was there before.
        f[k + 1 :] -> f[k + 1 : k + 2]
            Only one f is there. What step k added is multiplied by *every* later f.
        return added * kept -> return added
            That is what each step adds. The later forget gates are missing.
        return added * kept -> return kept
            That is how much each step keeps. What it adds to the trace, i · g′ · x, is missing.
        return added * kept -> return (added * kept).sum()
            That is the whole trace, the sum of the amounts. Return the amount of each step, (T,).
        return added * kept -> return (added * kept)[::-1]
            The order is turned round: the first number belongs to the first step.
        return added * kept -> return np.cumsum(added * kept)
            You added the amounts up. Return the amount of each step by itself.
        return added * kept -> return added * kept / (added * kept).sum()
            These sum to 1. Wanted are the amounts, whose sum is the trace.
        return added * kept -> return added * np.prod(f) / np.cumprod(f)
            You divide by a product that can be 0. Multiply the later gates instead.
        4 * sigmoid(w * x) * (1 - sigmoid(w * x)) -> 4 * sigmoid(x) * (1 - sigmoid(x))
            You took the slope of g at x. What goes into g is w · x: take the slope there.
        4 * sigmoid(w * x) * (1 - sigmoid(w * x)) -> sigmoid(w * x) * (1 - sigmoid(w * x))
            The factor 4 is missing: g(z) = 4 σ(z) − 2, so its slope is 4 σ (1 − σ).
        4 * sigmoid(w * x) * (1 - sigmoid(w * x)) -> 1 - np.tanh(w * x) ** 2
            That is the slope of tanh. Here g(z) = 4 σ(z) − 2, with the slope 4 σ (1 − σ).
        4 * sigmoid(w * x) * (1 - sigmoid(w * x)) -> (4 * sigmoid(w * x) - 2)
            That is g itself. Wanted is its slope, 4 σ (1 − σ).
        4 * sigmoid(w * x) * (1 - sigmoid(w * x)) -> 1 - (4 * sigmoid(w * x) - 2) ** 2
            1 − g² is the slope of a tanh from its value. Here g(z) = 4 σ(z) − 2, with the slope
            4 σ (1 − σ).
        added = i * slope * x -> added = i * slope
            The x is missing: z is w · x, so it moves by x when w moves by 1.
        added = i * slope * x -> added = slope * x
            The input gate is missing: what comes in is i · g.
        added = i * slope * x -> added = i * slope * w
            You multiplied by w. z is w · x: when *w* moves by 1, z moves by x.
        added = i * slope * x -> added = i * (1 - i) * slope * x
            The input gate does not move here, it is given: multiply by i, not by i (1 − i).
        running_trace
            That is the whole trace after each step. Wanted is its last value, taken apart: the
            amount that each step adds.
        np.prod(f[k + 1 :]) -> np.sum(f[k + 1 :])
            You added the later f. They multiply, one after the other.
        np.prod(f[k + 1 :]) -> f[-1] ** (len(f) - k - 1)
            You took the last f for all. Every later step has its own f.
    """,
    steps=(
        "Write c after two steps: f₂ (f₁ c₀ + i₁ g(w x₁)) + i₂ g(w x₂). Which part comes from "
        "step 1, and what is it multiplied by?",
        "Step k adds i · g′(w x) · x, with g′ = 4 σ (1 − σ).",
        "Then it is multiplied by the f of all later steps: np.prod(f[k + 1:]).",
    ),
    solution=amounts,
)

EXERCISES = (TARGET, COUNT, STEP_WITH, AMOUNTS)
