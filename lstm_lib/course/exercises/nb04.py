"""Exercises of notebook 04: time, batch, shapes, and what goes wrong between them."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise, Mistake
from lstm_lib.scratch import cell
from lstm_lib.scratch.cell import init


def padded_batch(rng: np.random.Generator, size: int) -> tuple:
    """x (T, B, I) with junk past each length, lengths (B,), and the weights W, R, b."""
    if size == 0:
        T, B, I, H = 3, 2, 1, 1
    else:
        T, B, I, H = (int(n) for n in rng.integers([3, 2, 1, 1], [6, 5, 4, 4]))
    if size % 3 == 2:
        B = T  # square: batch and time are easily confused
    lengths = rng.integers(1, T, B)
    lengths[0] = 1
    if size % 2 == 0:
        lengths[-1] = T
    params = init(I, H, seed=rng, dtype=np.float64)
    x = rng.normal(size=(T, B, I)).round(2)
    return x, lengths, params["W"], params["R"], params["b"]


def layer_with_lengths(x, lengths, W, R, b):
    params = {"W": W, "R": R, "b": b}
    T, B, _ = x.shape
    H = R.shape[1]
    h = np.zeros((B, H))
    c = np.zeros((B, H))
    h_seq = np.zeros((T, B, H))
    for t in range(T):
        h_new, c_new, _ = cell.step(x[t], h, c, params)
        # A sequence that is over keeps its last state, and its row of h_seq stays zero.
        going_on = (t < lengths)[:, None]
        h = np.where(going_on, h_new, h)
        c = np.where(going_on, c_new, c)
        h_seq[t] = np.where(going_on, h_new, 0)
    return h_seq, h, c


def each_sequence_alone(x, lengths, W, R, b):
    params = {"W": W, "R": R, "b": b}
    T, B, _ = x.shape
    H = R.shape[1]
    h_seq, h_last, c_last = np.zeros((T, B, H)), np.zeros((B, H)), np.zeros((B, H))
    for n in range(B):
        h, c = np.zeros((1, H)), np.zeros((1, H))
        for t in range(int(lengths[n])):
            h, c, _ = cell.step(x[t, n : n + 1], h, c, params)
            h_seq[t, n] = h[0]
        h_last[n], c_last[n] = h[0], c[0]
    return h_seq, h_last, c_last


def without_lengths(x, lengths, W, R, b):
    return layer_with_lengths(x, np.full(len(lengths), len(x)), W, R, b)


def only_h_seq_masked(x, lengths, W, R, b):
    h_seq, h, c = without_lengths(x, lengths, W, R, b)
    mask = np.arange(len(x))[:, None] < lengths
    return h_seq * mask[:, :, None], h, c


def not_zeroed(x, lengths, W, R, b):
    _, h, c = layer_with_lengths(x, lengths, W, R, b)
    return without_lengths(x, lengths, W, R, b)[0], h, c


def held_in_h_seq(x, lengths, W, R, b):
    h_seq, h, c = layer_with_lengths(x, lengths, W, R, b)
    mask = np.arange(len(x))[:, None] < lengths
    return np.where(mask[:, :, None], h_seq, h), h, c


def last_row(x, lengths, W, R, b):
    h_seq, _, c = layer_with_lengths(x, lengths, W, R, b)
    return h_seq, h_seq[-1], c


def inputs_masked(x, lengths, W, R, b):
    mask = np.arange(len(x))[:, None] < lengths
    return without_lengths(x * mask[:, :, None], lengths, W, R, b)


def states_erased(x, lengths, W, R, b):
    h_seq, h, c = layer_with_lengths(x, lengths, W, R, b)
    whole = (lengths == len(x))[:, None]
    return h_seq, h * whole, c * whole


LENGTHS = Exercise(
    key="04.1",
    title="Each sequence ends at its own step",
    stars=2,
    names=("x", "lengths", "W", "R", "b"),
    specification=each_sequence_alone,
    inputs=padded_batch,
    mistakes=(
        Mistake(
            "The lengths were not used: h_seq goes on after a sequence is over.",
            without_lengths,
        ),
        Mistake(
            "h_seq is right, but the states ran on through the padding: h and c are those of the "
            "last step, not of each sequence's own last step.",
            only_h_seq_masked,
        ),
        Mistake(
            "The final states are right, but h_seq is not zero past a sequence's end.",
            not_zeroed,
        ),
        Mistake(
            "The final states are right. In h_seq you repeat the last output past a sequence's "
            "end; it should be zero there.",
            held_in_h_seq,
        ),
        Mistake(
            "You took h from h_seq[-1]. For a sequence that ended before, that row is padding: "
            "zero.",
            last_row,
        ),
        Mistake(
            "You set the inputs to zero past the end. The cell goes on all the same: its state "
            "changes also when x is zero. The *states* must stand still.",
            inputs_masked,
        ),
        Mistake(
            "The states of sequences that are over became zero. They should be kept as they "
            "were: choose with np.where between the new state and the old one.",
            states_erased,
        ),
        Mistake(
            "Each sequence runs one step too long. Sequence n has the steps 0 to lengths[n] − 1: "
            "it goes on while t < lengths[n].",
            lambda x, lengths, W, R, b: layer_with_lengths(x, lengths + 1, W, R, b),
        ),
        Mistake(
            "Each sequence ends one step too early: the step lengths[n] − 1 still belongs to it.",
            lambda x, lengths, W, R, b: layer_with_lengths(x, lengths - 1, W, R, b),
        ),
    ),
    steps=(
        "Begin with the loop over time as in the notebook, for all sequences together.",
        "At step t, the sequences with t < lengths are going on: a row of B booleans.",
        "Compute the new states for all, then keep them only where a sequence is going on: "
        "np.where(going_on[:, None], new, old).",
        "h_seq starts as zeros; write the new h where a sequence is going on.",
    ),
    solution=layer_with_lengths,
)


def errors_and_lengths(rng: np.random.Generator, size: int) -> tuple:
    """errors (T, B), with junk past each length; lengths (B,) that are not all T."""
    T = 3 + size // 2
    B = 2 if size == 0 else T if size % 3 == 2 else 2 + int(rng.integers(0, 4))
    lengths = rng.integers(1, T + 1, B)
    lengths[0], lengths[-1] = T, 1 + size % 2
    errors = rng.gamma(2.0, 1.0, (T, B)).round(2)
    return errors, lengths


def masked_mean(errors, lengths):
    # True where there is data: the step number is below the length of the sequence.
    mask = np.arange(len(errors))[:, None] < lengths
    return errors[mask].mean()


def mean_one_by_one(errors, lengths):
    values = [errors[t, n] for n in range(len(lengths)) for t in range(int(lengths[n]))]
    return sum(values) / len(values)


def mask_of(errors, lengths):
    return np.arange(len(errors))[:, None] < lengths


MASKED = Exercise(
    key="04.2",
    title="The mean over a padded batch",
    stars=2,
    names=("errors", "lengths"),
    specification=mean_one_by_one,
    inputs=errors_and_lengths,
    mistakes=(
        Mistake(
            "That is the mean over everything, padding included.",
            lambda errors, lengths: errors.mean(),
        ),
        Mistake(
            "The padding is out of the sum, but not out of the count: divide by the number of "
            "true steps, the sum of the lengths.",
            lambda errors, lengths: (errors * mask_of(errors, lengths)).mean(),
        ),
        Mistake(
            "You averaged each sequence first, then the averages. A step of a short sequence "
            "counts more than one of a long sequence then. Here every step counts the same.",
            lambda errors, lengths: np.mean([errors[:n, k].mean() for k, n in enumerate(lengths)]),
        ),
        Mistake(
            "Batch and time are exchanged in your mask: it must be (T, B), as the errors are. "
            "Where T and B are equal this runs without an error, and the number is wrong.",
            lambda errors, lengths: errors[
                np.arange(errors.shape[0])[None, :] < lengths[:, None]
            ].mean(),
        ),
        Mistake(
            "One step too many of each sequence: its steps are those with t < length.",
            lambda errors, lengths: errors[mask_of(errors, lengths + 1)].mean(),
        ),
        Mistake(
            "That is the sum. Divide it by the number of true steps.",
            lambda errors, lengths: errors[mask_of(errors, lengths)].sum(),
        ),
        Mistake(
            "That is the mean over the *padding*: the mask is turned round.",
            lambda errors, lengths: errors[~mask_of(errors, lengths)].mean(),
        ),
        Mistake(
            "You divided by the number of sequences. Divide by the number of true steps, the sum "
            "of the lengths.",
            lambda errors, lengths: errors[mask_of(errors, lengths)].sum() / len(lengths),
        ),
    ),
    steps=(
        "Which entries (t, n) are true? Those with t < lengths[n].",
        "np.arange(T)[:, None] < lengths compares a column with a row: a mask (T, B).",
        "errors[mask] are the true entries alone, in one row.",
    ),
    solution=masked_mean,
)

# Layers with and without a fault, for the reader's test. Each takes x (T, B, I), gives (T, B, I).


def honest(x):
    """Time is the first axis: each sequence depends on its own past."""
    h, h_seq = np.zeros(x.shape[1:]), []
    for row in x:
        h = np.tanh(0.6 * h + row)
        h_seq.append(h)
    return np.array(h_seq)


def swapped(x):
    """Takes the batch for time, as a layer does that is given (B, T, I)."""
    return honest(x.swapaxes(0, 1)).swapaxes(0, 1)


def backwards(x):
    """Reads each sequence from its end."""
    return honest(x[::-1])[::-1]


def next_too(x):
    """Looks one step ahead."""
    return honest(x + 0.5 * np.concatenate([x[1:], 0 * x[:1]]))


def neighbour(x):
    """Each sequence hears the one before it in the batch."""
    return honest(x + 0.5 * np.roll(x, 1, axis=1))


def crowd(x):
    """Subtracts the mean over the batch."""
    return honest(x - x.mean(axis=1, keepdims=True))


def centred(x):
    """Subtracts the mean over everything: over the batch and over time."""
    return honest(x - x.mean(axis=(0, 1)))


LAYERS = {
    layer.__name__: layer
    for layer in (honest, swapped, backwards, next_too, neighbour, crowd, centred)
}
FAULTS = {
    "honest": (False, False),
    "swapped": (True, False),
    "backwards": (False, True),
    "next_too": (False, True),
    "neighbour": (True, False),
    "crowd": (True, False),
    "centred": (True, True),
}


def a_layer_and_a_block(rng: np.random.Generator, size: int) -> tuple:
    """The name of a layer, and x (T, B, I); every second block is square, T = B."""
    name = list(LAYERS)[size % len(LAYERS)]
    T, B = (3 + size // 5, 3 + size // 5) if size % 2 else (5, 3)
    T, B = (3, 2) if size == 0 else (T, B)
    return name, rng.normal(size=(T, B, 2)).round(2)


def put_to_the_test(answer, name, x):
    found = answer(LAYERS[name], x)
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise ValueError(f"return two values, mixes and peeks; got {found!r}")
    for word, value in zip(("mixes", "peeks"), found):
        if not isinstance(value, bool | np.bool_):
            raise TypeError(f"{word} must be True or False; got {value!r}")
    return tuple(bool(value) for value in found)


def faults(layer, x):
    before = layer(x)
    T, B, _ = x.shape
    mixes = peeks = False
    for t in range(T):
        for n in range(B):
            changed = x.copy()
            changed[t, n] += 1
            moved = np.abs(layer(changed) - before).max(axis=2) > 1e-9  # (T, B)
            # Any other sequence that moved has been mixed with sequence n.
            mixes = mixes or np.delete(moved, n, axis=1).any()
            # Any earlier output of the sequence itself that moved has seen the future.
            peeks = peeks or moved[:t, n].any()
    return bool(mixes), bool(peeks)


def moves(layer, x, t, n):
    """Which outputs (T, B) move when x[t, n] is changed."""
    changed = x.copy()
    changed[t, n] += 1
    return np.abs(layer(changed) - layer(x)).max(axis=2) > 1e-9


def everywhere(layer, x):
    return [(t, n) for t in range(len(x)) for n in range(x.shape[1])]


SWAPPED = Exercise(
    key="04.3",
    title="A test that finds swapped axes",
    stars=3,
    names=("layer", "x"),
    specification=lambda name, x: FAULTS[name],
    inputs=a_layer_and_a_block,
    mistakes=(
        Mistake(
            "Your test never finds anything. A layer with swapped axes returns the right shape: it "
            "is the numbers that tell. Is the changed block a copy, and do you compare the outputs "
            "before and after the change?",
            lambda layer, x: (False, False),
        ),
        Mistake(
            "The two answers are exchanged: first mixes, then peeks.",
            lambda layer, x: faults(layer, x)[::-1],
        ),
        Mistake(
            "Both answers are turned round: True means that the fault is there.",
            lambda layer, x: tuple(not fault for fault in faults(layer, x)),
        ),
        Mistake(
            'You say "mixes" for an honest layer. The changed sequence moves itself, of course: '
            "leave it out of the comparison.",
            lambda layer, x: (True, faults(layer, x)[1]),
        ),
        Mistake(
            'You say "peeks" for an honest layer. A change at step t may move the steps from t '
            "on: only *earlier* steps must stay.",
            lambda layer, x: (faults(layer, x)[0], True),
        ),
        Mistake(
            "You change the last sequence of the batch only. A layer that takes the batch for "
            "time passes on what it reads to the *following* sequences, and the last one has "
            "none. Change the first one, or better each.",
            lambda layer, x: (
                bool(any(moves(layer, x, t, x.shape[1] - 1)[:, :-1].any() for t in range(len(x)))),
                faults(layer, x)[1],
            ),
        ),
        Mistake(
            "You look at the first step only to see whether the future comes through. A layer "
            "that looks one step ahead is not caught by that: look at every step before the "
            "change.",
            lambda layer, x: (
                faults(layer, x)[0],
                bool(moves(layer, x, len(x) - 1, 0)[0, 0]),
            ),
        ),
        Mistake(
            "You say that every layer has both faults, the honest one, too. Compare the output "
            "for the changed block with the output for x, entry by entry.",
            lambda layer, x: (True, True),
        ),
    ),
    steps=(
        "Keep the output for x. Then change one entry, x[t, n], in a *copy*, and run again.",
        "Which of the (T, B) outputs moved? np.abs(after - before).max(axis=2) > 1e-9",
        "Mixes: did any column but n move? Peeks: did column n move at any step before t?",
        "Do this for every t and every n, and collect what you found with `or`.",
    ),
    solution=faults,
    use=put_to_the_test,
)


def three_sizes(rng: np.random.Generator, size: int) -> tuple:
    """input_size, hidden_size, num_layers."""
    if size < 2:
        return 3, 2, 1 + size
    return int(rng.integers(1, 50)), int(rng.integers(2, 100)), int(rng.integers(1, 5))


def count(input_size, hidden_size, num_layers):
    total = 0
    for layer in range(num_layers):
        # The first layer reads the input; every other layer reads the layer below.
        width = input_size if layer == 0 else hidden_size
        total += 4 * hidden_size * (width + hidden_size + 1)
    return total


def count_by_arrays(input_size, hidden_size, num_layers):
    params = [init(input_size, hidden_size)]
    params += [init(hidden_size, hidden_size) for _ in range(num_layers - 1)]
    return sum(math.prod(array.shape) for own in params for array in own.values())


def counted(gates: int, biases: int, recurrent: bool = True):
    def answer(I, H, L):
        widths = [I] + [H] * (L - 1)
        return sum(gates * H * (width + (H if recurrent else 0) + biases) for width in widths)

    return answer


COUNT = Exercise(
    key="04.4",
    title="The parameters of a stack",
    stars=1,
    names=("input_size", "hidden_size", "num_layers"),
    specification=count_by_arrays,
    inputs=three_sizes,
    mistakes=(
        Mistake(
            "You multiplied the first layer's count with the number of layers. The other layers "
            "read the layer below: their input has the size H, not I.",
            lambda I, H, L: L * 4 * H * (I + H + 1),
        ),
        Mistake(
            "That is torch's count, with two biases for each gate. One is enough: ours has one.",
            counted(4, 2),
        ),
        Mistake("The biases are missing: one for each row of W.", counted(4, 0)),
        Mistake(
            "That is one gate for each unit. There are four blocks of weights: i, f, g, o.",
            counted(1, 1),
        ),
        Mistake(
            "You counted three blocks. The candidate g has weights, too: i, f, g, o.",
            counted(3, 1),
        ),
        Mistake("R is missing: (4H, H) in every layer.", counted(4, 1, recurrent=False)),
        Mistake(
            "That is the first layer alone.",
            lambda I, H, L: 4 * H * (I + H + 1),
        ),
        Mistake(
            "You counted one layer too many: the first layer is one of the num_layers.",
            lambda I, H, L: counted(4, 1)(I, H, L + 1),
        ),
    ),
    steps=(
        "One layer has W (4H, I), R (4H, H) and b (4H,). How many numbers is that?",
        "In the second layer the input is the first layer's output: I becomes H.",
    ),
    solution=count,
)

EXERCISES = (LENGTHS, MASKED, SWAPPED, COUNT)
