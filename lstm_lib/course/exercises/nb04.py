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
    if size % 4 == 3:
        H = B  # (B,) fits (B, H) then, along the wrong axis
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


def over_time(x, lengths, W, R, b, read=None, keep_h=True, keep_c=True, column=True):
    """The loop with one thing done otherwise. h_seq is zero past each end."""
    h = c = np.zeros((x.shape[1], R.shape[1]))
    h_seq = []
    for t in range(len(x)):
        on = t < lengths
        row = x[t] if read is None else read(x[t], on[:, None])
        h_new, c_new, _ = cell.step(row, h, c, {"W": W, "R": R, "b": b})
        on = on[:, None] if column else on
        h = np.where(on, h_new, h) if keep_h else h_new
        c = np.where(on, c_new, c) if keep_c else c_new
        h_seq.append(np.where(on, h_new, 0))
    return np.stack(h_seq), h, c


def zeros_read(x, lengths, W, R, b):
    silent = lambda row, on: np.where(on, row, 0)  # noqa: E731
    return over_time(x, lengths, W, R, b, read=silent, keep_h=False, keep_c=False)


def batch_first(x, lengths, W, R, b):
    h_seq, h, c = layer_with_lengths(x, lengths, W, R, b)
    return h_seq.swapaxes(0, 1), h, c


def stacked_states(x, lengths, W, R, b):
    h_seq, h, c = layer_with_lengths(x, lengths, W, R, b)
    return h_seq, h[None], c[None]


def cut_to_the_longest(x, lengths, W, R, b):
    return layer_with_lengths(x[: max(lengths)], lengths, W, R, b)


def exchanged(x, lengths, W, R, b):
    h_seq, h, c = layer_with_lengths(x, lengths, W, R, b)
    return h_seq, c, h


def branches_exchanged(x, lengths, W, R, b, of_the_state=False):
    """The old state where the new one is wanted; h_seq from the new h, or from the state."""
    h = c = np.zeros((x.shape[1], R.shape[1]))
    h_seq = []
    for t in range(len(x)):
        on = (t < lengths)[:, None]
        h_new, c_new, _ = cell.step(x[t], h, c, {"W": W, "R": R, "b": b})
        h, c = np.where(on, h, h_new), np.where(on, c, c_new)
        h_seq.append(np.where(on, h if of_the_state else h_new, 0))
    return np.stack(h_seq), h, c


def turned_round(x, lengths, W, R, b, on):
    """Runs where `on` of t and the lengths says so."""
    h = c = np.zeros((x.shape[1], R.shape[1]))
    h_seq = []
    for t in range(len(x)):
        going_on = on(t, lengths)[:, None]
        h_new, c_new, _ = cell.step(x[t], h, c, {"W": W, "R": R, "b": b})
        h, c = np.where(going_on, h_new, h), np.where(going_on, c_new, c)
        h_seq.append(np.where(going_on, h_new, 0))
    return np.stack(h_seq), h, c


def states_as_a_pair(x, lengths, W, R, b):
    h_seq, h, c = layer_with_lengths(x, lengths, W, R, b)
    return h_seq, (h, c)


def h_seq_turned_round(x, lengths, W, R, b):
    _, h, c = layer_with_lengths(x, lengths, W, R, b)
    mask = np.arange(len(x))[:, None] < lengths
    whole = without_lengths(x, lengths, W, R, b)[0]
    return np.where(mask[:, :, None], 0, whole), h, c


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
        Mistake(
            "h_seq is right, but past the end you feed zeros to the cell and let its states run "
            "on. A cell changes its state on zeros as well: the states must stand still.",
            zeros_read,
        ),
        Mistake(
            "np.where lacks a column. t < lengths is (B,), and NumPy lays it along the *last* "
            "axis of (B, H), the units. (t < lengths)[:, None] is (B, 1): a row for each sequence.",
            lambda x, lengths, W, R, b: over_time(x, lengths, W, R, b, column=False),
        ),
        Mistake(
            "h stands still when a sequence is over, but c runs on.",
            lambda x, lengths, W, R, b: over_time(x, lengths, W, R, b, keep_c=False),
        ),
        Mistake(
            "c stands still when a sequence is over, but h does not: it is computed anew at each "
            "step.",
            lambda x, lengths, W, R, b: over_time(x, lengths, W, R, b, keep_h=False),
        ),
        Mistake("The last two are exchanged: return h_seq, h, c.", exchanged),
        Mistake(
            "h_seq came as (B, T, H). Time is the first axis: (T, B, H).",
            batch_first,
        ),
        Mistake(
            "The final states are right, but have an axis too many: here there is one layer, so "
            "h and c are (B, H).",
            stacked_states,
        ),
        Mistake(
            "h_seq ends with the longest sequence. It has a row for every step of x, (T, B, H), "
            "also where all sequences are over.",
            cut_to_the_longest,
        ),
        Mistake(
            "The branches of np.where are exchanged: where a sequence is going on, take the new "
            "state; where it is over, keep the old one.",
            branches_exchanged,
        ),
        Mistake(
            "The mask is turned round in h_seq: the outputs of the steps that are there are zero, "
            "and those past the end are not.",
            h_seq_turned_round,
        ),
        Mistake(
            "The branches of np.where are exchanged: np.where(going_on, new, old) is wanted. Yours "
            "keeps the states still while a sequence is going on, so that h_seq is 0 throughout.",
            lambda *inputs: branches_exchanged(*inputs, of_the_state=True),
        ),
        Mistake(
            "The comparison is turned round: a sequence is going on while t < lengths. Yours runs "
            "after its end, and not before.",
            lambda *inputs: turned_round(*inputs, on=np.greater_equal),
        ),
        Mistake(
            "The comparison is turned round: a sequence is going on while t < lengths, not while "
            "t > lengths.",
            lambda *inputs: turned_round(*inputs, on=np.greater),
        ),
        Mistake(
            "h and c came as a pair inside, as torch does it. Here three values are wanted: "
            "return h_seq, h, c.",
            states_as_a_pair,
        ),
        Mistake(
            "Only h_seq came back. Three values are wanted: return h_seq, h, c.",
            lambda *inputs: layer_with_lengths(*inputs)[0],
        ),
    ),
    steps=(
        "Begin with the loop over time as in the notebook, for all sequences together.",
        "At step t, the sequences with t < lengths are going on: a row of B booleans.",
        "Compute the new states for all, then keep them only where a sequence is going on: "
        "np.where(going_on[:, None], new, old). [:, None] makes a column (B, 1), which NumPy "
        "repeats for all H units.",
        "h_seq starts as zeros; write the new h where a sequence is going on.",
    ),
    solution=layer_with_lengths,
)


def errors_and_lengths(rng: np.random.Generator, size: int) -> tuple:
    """errors (T, B), with junk, zeros or nan past each length; lengths (B,) that are not all T."""
    T = 3 + size // 2
    B = 2 if size == 0 else T if size % 3 == 2 else 2 + int(rng.integers(0, 4))
    lengths = rng.integers(1, T + 1, B)
    lengths[0], lengths[-1] = T, 1 + size % 2
    if size % 5 == 3:
        lengths = np.minimum(lengths, T - 1)  # no sequence fills the block
    errors = rng.gamma(2.0, 1.0, (T, B)).round(2)
    if size % 4 == 2:
        errors[0, 0] = 0.0  # an error of a true step may be zero
    padding = ~mask_of(errors, lengths)
    if size % 4 == 3:
        errors[padding] = 0.0
    if size > 4 and size % 4 == 1:
        errors[padding] = np.nan
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
            "Your number is the mean over everything, padding included. What stands past the end "
            "of a sequence must not count, whatever it is.",
            lambda errors, lengths: errors.mean(),
        ),
        Mistake(
            "The padding is out of the sum, but not out of the count: divide by the number of "
            "true steps, the sum of the lengths.",
            lambda errors, lengths: np.where(mask_of(errors, lengths), errors, 0).mean(),
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
        Mistake(
            "You divide by the right number, but the sum has the padding in it. It need not be "
            "zero: leave it out.",
            lambda errors, lengths: errors.sum() / lengths.sum(),
        ),
        Mistake(
            "The mask multiplies: that is right for numbers, but 0 · nan is nan. Do not multiply, "
            "choose: errors[mask], or np.where.",
            lambda errors, lengths: (errors * mask_of(errors, lengths)).sum() / lengths.sum(),
        ),
        Mistake(
            "You averaged each time step first, then the averages. A step at which few sequences "
            "go on counts too much then. Here every entry counts the same.",
            lambda errors, lengths: np.mean(
                [row[t < lengths].mean() for t, row in enumerate(errors) if t < max(lengths)]
            ),
        ),
        Mistake(
            "That is one mean for each sequence, (B,). One number for the whole batch is wanted.",
            lambda errors, lengths: np.array([errors[:n, k].mean() for k, n in enumerate(lengths)]),
        ),
        Mistake(
            "You cut all sequences to the shortest one. The longer ones have true steps after it.",
            lambda errors, lengths: errors[: min(lengths)].mean(),
        ),
        Mistake(
            "You cut the block to the longest sequence. The shorter ones have padding in there.",
            lambda errors, lengths: errors[: max(lengths)].mean(),
        ),
        Mistake(
            "You left out the entries that are zero. Padding need not be zero, and a true error "
            "may be: only the lengths say where there is data.",
            lambda errors, lengths: errors[errors != 0].mean(),
        ),
        Mistake(
            "Your mask counts the sequences where it should count the steps: np.arange(T), with T "
            "= errors.shape[0]. (It only ran where B and T are equal.)",
            lambda errors, lengths: errors[np.arange(errors.shape[1])[:, None] < lengths].mean(),
        ),
        Mistake(
            "The zeros that you multiplied in still count: divide by the number of true steps, "
            "the sum of the lengths. And 0 · nan is nan: choose with the mask, do not multiply.",
            lambda errors, lengths: (errors * mask_of(errors, lengths)).mean(),
        ),
        Mistake(
            "Only the nan were left out. Past its end a sequence may also hold ordinary numbers: "
            "choose by the lengths.",
            lambda errors, lengths: np.nanmean(errors),
        ),
        Mistake(
            "nan became 0, but past its end a sequence may also hold ordinary numbers, and these "
            "are still in your sum: choose by the lengths.",
            lambda errors, lengths: np.nan_to_num(errors).sum() / lengths.sum(),
        ),
        Mistake(
            "nan became 0, and then everything was averaged, padding included: choose by the "
            "lengths.",
            lambda errors, lengths: np.nan_to_num(errors).mean(),
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


def hears_the_last(x):
    """The first sequence hears the last one of the batch, and no other hears any."""
    first = np.arange(x.shape[1])[:, None] == 0
    return honest(x + 0.5 * first * x[:, -1:])


def peeks_once(x):
    """Looks one step ahead, but at the first step only."""
    ahead = np.concatenate([x[1:], 0 * x[:1]])
    return honest(x + 0.5 * ahead * (np.arange(len(x)) == 0)[:, None, None])


def faint_neighbour(x):
    """Each sequence hears the one before it, faintly."""
    return honest(x + 1e-7 * np.roll(x, 1, axis=1))


def faint_next(x):
    """Looks one step ahead, faintly."""
    return honest(x + 1e-7 * np.concatenate([x[1:], 0 * x[:1]]))


def last_feature(x):
    """Looks one step ahead, at the last feature alone."""
    return honest(x + 0.5 * np.concatenate([x[1:], 0 * x[:1]])[:, :, -1:])


def second_output(x):
    """Looks one step ahead, and shows it in the second output unit alone."""
    ahead = honest(x + 0.5 * np.concatenate([x[1:], 0 * x[:1]]))
    return np.concatenate([honest(x)[:, :, :1], ahead[:, :, 1:]], axis=2)


def hears_in_the_second_output(x):
    """Each sequence hears the one before it, in the second output unit alone."""
    heard = honest(x + 0.5 * np.roll(x, 1, axis=1))
    return np.concatenate([honest(x)[:, :, :1], heard[:, :, 1:]], axis=2)


def downwards(x):
    """Looks one step ahead, in a way in which a larger input makes the output smaller."""
    ahead = np.concatenate([x[1:], 0 * x[:1]])
    return honest(x) - 0.3 * ahead


def opposite(x):
    """Looks one step ahead: what one output unit gains by it, the other loses."""
    ahead = np.concatenate([x[1:], 0 * x[:1]]).sum(axis=2, keepdims=True)
    return honest(x) + 0.3 * ahead * np.array([1.0, -1.0])


def rounds_otherwise(x):
    """An honest layer whose last digits depend on the batch, as in fast products of matrices."""
    return honest(x) + 1e-11 * np.roll(np.tanh(x), 1, axis=1)


def neighbours_future(x):
    """Each sequence hears what the one before it will read at the next step."""
    return honest(x + 0.5 * np.roll(np.concatenate([x[1:], 0 * x[:1]]), 1, axis=1))


LAYERS = {
    layer.__name__: layer
    for layer in (
        honest,
        swapped,
        backwards,
        next_too,
        neighbour,
        crowd,
        centred,
        hears_the_last,
        peeks_once,
        neighbours_future,
        faint_neighbour,
        faint_next,
        last_feature,
        second_output,
        hears_in_the_second_output,
        downwards,
        opposite,
        rounds_otherwise,
    )
}
FAULTS = {
    "honest": (False, False),
    "swapped": (True, False),
    "backwards": (False, True),
    "next_too": (False, True),
    "neighbour": (True, False),
    "crowd": (True, False),
    "centred": (True, True),
    "hears_the_last": (True, False),
    "peeks_once": (False, True),
    "neighbours_future": (True, False),
    "faint_neighbour": (True, False),
    "faint_next": (False, True),
    "last_feature": (False, True),
    "second_output": (False, True),
    "hears_in_the_second_output": (True, False),
    "downwards": (False, True),
    "opposite": (False, True),
    "rounds_otherwise": (False, False),
}


def a_layer_and_a_block(rng: np.random.Generator, size: int) -> tuple:
    """The name of a layer, and x (T, B, I); every second block is square, T = B."""
    name = list(LAYERS)[size % len(LAYERS)]
    T, B = (4 + size // 5, 4 + size // 5) if size % 2 else (5, 3)
    T, B = (3, 2) if size == 0 else (T, B)
    x = rng.normal(size=(T, B, 2)).round(2)
    if size >= 18:  # in a block of zeros a factor moves nothing
        name, x = ("next_too", "neighbour")[size - 18], 0.0 * x
    if name == "downwards":  # and in a block of ones nothing is changed by setting an entry to 1
        x = np.ones_like(x)
    return name, x


def put_to_the_test(answer, name, x):
    found = answer(LAYERS[name], x)
    if not isinstance(found, tuple | list | np.ndarray) or np.shape(found) != (2,):
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
            far = np.abs(layer(changed) - before).max(axis=2) > 1e-9  # (T, B)
            # Any other sequence that moved has been mixed with sequence n.
            mixes = mixes or np.delete(far, n, axis=1).any()
            # Any earlier output of the sequence itself that moved has seen the future.
            peeks = peeks or far[:t, n].any()
    return bool(mixes), bool(peeks)


def moves(layer, x, t, n):
    """Which outputs (T, B) move when x[t, n] is changed."""
    changed = x.copy()
    changed[t, n] += 1
    return np.abs(layer(changed) - layer(x)).max(axis=2) > 1e-9


def everywhere(layer, x):
    return [(t, n) for t in range(len(x)) for n in range(x.shape[1])]


def found_at(layer, x, places, least=1e-9, features=slice(None), all_before=False):
    """What is found by changing these entries alone."""
    mixes = peeks = False
    for t, n in places:
        changed = x.copy()
        changed[t, n, features] += 1
        far = np.abs(layer(changed) - layer(x)).max(axis=2) > least
        mixes = mixes or np.delete(far, n, axis=1).any()
        peeks = peeks or (far[:t] if all_before else far[:t, n]).any()
    return bool(mixes), bool(peeks)


def moved(change):
    return np.abs(change).max(axis=2) > 1e-9


def with_moves(layer, x, far_of, change=lambda entry: entry + 1):
    """The right test, but for what counts as a movement, or for how an entry is changed."""
    mixes = peeks = False
    for t, n in everywhere(layer, x):
        changed = x.copy()
        changed[t, n] = change(changed[t, n])
        far = far_of(layer(changed) - layer(x))
        mixes = mixes or np.delete(far, n, axis=1).any()
        peeks = peeks or far[:t, n].any()
    return bool(mixes), bool(peeks)


def in_another_order(layer, x):
    turned = layer(x[:, ::-1])[:, ::-1]
    return not np.allclose(turned, layer(x), rtol=0, atol=1e-9)


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
        Mistake(
            "You change the first step only. Nothing comes before it, so that a look into the "
            "future cannot show there. Change every step in turn.",
            lambda layer, x: found_at(layer, x, [(0, n) for n in range(x.shape[1])]),
        ),
        Mistake(
            "mixes is right, but peeks is never found. After a change at step t, look at the "
            "outputs of the same sequence *before* t.",
            lambda layer, x: (faults(layer, x)[0], False),
        ),
        Mistake(
            "peeks is right, but mixes is never found. After a change in sequence n, look at the "
            "outputs of all *other* sequences.",
            lambda layer, x: (False, faults(layer, x)[1]),
        ),
        Mistake(
            "Nearly. You say that a layer peeks if any sequence moves before t. peeks is about "
            "the changed sequence's own past; a move elsewhere is mixing.",
            lambda layer, x: found_at(layer, x, everywhere(layer, x), all_before=True),
        ),
        Mistake(
            "Nearly. You change one sequence only. There are layers in which just one sequence is "
            "heard by just one other: change each sequence in turn.",
            lambda layer, x: found_at(layer, x, [(t, 0) for t in range(len(x))]),
        ),
        Mistake(
            "Nearly. You change one step only. There are layers that look ahead at one step alone: "
            "change each step in turn.",
            lambda layer, x: found_at(layer, x, [(len(x) - 1, n) for n in range(x.shape[1])]),
        ),
        Mistake(
            "You change one entry only. A fault may show for one sequence or one step alone: do "
            "the same for every t and every n.",
            lambda layer, x: found_at(layer, x, [(len(x) // 2, x.shape[1] // 2)]),
        ),
        Mistake(
            "Nearly. Small leaks slip through. A movement counts from 1e-9 on: is your limit "
            "larger (that of np.isclose and np.allclose is), or do you change x by very little?",
            lambda layer, x: found_at(layer, x, everywhere(layer, x), least=1e-2),
        ),
        Mistake(
            "Nearly. You change one feature only; a leak may come through another. Change all "
            "features of the entry: changed[t, n] += 1.",
            lambda layer, x: found_at(layer, x, everywhere(layer, x), features=0),
        ),
        Mistake(
            "peeks is right; for mixes you put the batch in another order. That is too weak: a "
            "layer that subtracts the mean of the batch passes it. Change one sequence, and look "
            "at the others.",
            lambda layer, x: (in_another_order(layer, x), faults(layer, x)[1]),
        ),
        Mistake(
            "Nearly. You compare the first output unit only. A leak may show in another: the most "
            "over all units, np.abs(after - before).max(axis=2).",
            lambda layer, x: with_moves(layer, x, lambda change: np.abs(change)[:, :, 0] > 1e-9),
        ),
        Mistake(
            "Nearly. You do not take the absolute value: a movement downwards is missed. Use "
            "np.abs(after - before).",
            lambda layer, x: with_moves(layer, x, lambda change: change.max(axis=2) > 1e-9),
        ),
        Mistake(
            "Nearly. You set the entry to zero, or multiply it. Where it is zero already nothing "
            "is changed by that: add something instead.",
            lambda layer, x: with_moves(layer, x, moved, change=lambda entry: 0 * entry),
        ),
        Mistake(
            "Each entry overwrites what the one before it found, so that only the last counts: "
            "collect with `or`.",
            lambda layer, x: found_at(layer, x, everywhere(layer, x)[-1:]),
        ),
        Mistake(
            "Nearly. You set the entry to 1. Where it is 1 already nothing is changed by that: add "
            "something instead.",
            lambda layer, x: with_moves(layer, x, moved, change=lambda entry: 0 * entry + 1),
        ),
        Mistake(
            "Nearly. You add up the movements of the units, and two that are opposite cancel: "
            "np.abs(after - before) first, then the most over the units.",
            lambda layer, x: with_moves(layer, x, lambda change: np.abs(change.sum(axis=2)) > 1e-9),
        ),
        Mistake(
            "Nearly. You count movements that are too small. Below 1e-9 it is none: the last "
            "digits of a sum may depend on what is computed beside it.",
            lambda layer, x: with_moves(layer, x, lambda change: (change != 0).any(axis=2)),
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
    for k in range(num_layers):
        # The first layer reads the input; every other layer reads the layer below.
        width = input_size if k == 0 else hidden_size
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
        Mistake(
            "You gave the first layer an input of the size H, too. It reads x, which has I "
            "features.",
            lambda I, H, L: counted(4, 1)(H, H, L),
        ),
        Mistake(
            "There are more biases than four in a layer: one for each row of W, that is 4H.",
            lambda I, H, L: counted(4, 0)(I, H, L) + 4 * L,
        ),
        Mistake(
            "R is missing above the first layer. Each layer has an R of its own, (4H, H), beside "
            "the W that reads the layer below.",
            lambda I, H, L: 4 * H * (I + H + 1) + (L - 1) * 4 * H * (H + 1),
        ),
        Mistake(
            "Your layers read all that is below them. Each reads only the one directly below: H "
            "numbers.",
            lambda I, H, L: sum(4 * H * (I + k * H + H + 1) for k in range(L)),
        ),
        Mistake(
            "A bias has a number for each row of W: that is 4H, not H.",
            lambda I, H, L: counted(4, 0)(I, H, L) + L * H,
        ),
        Mistake(
            "You counted one bias for the whole stack. Each layer has its own, 4H numbers.",
            lambda I, H, L: counted(4, 0)(I, H, L) + 4 * H,
        ),
    ),
    steps=(
        "One layer has W (4H, I), R (4H, H) and b (4H,). How many numbers is that?",
        "In the second layer the input is the first layer's output: I becomes H.",
    ),
    solution=count,
)

EXERCISES = (LENGTHS, MASKED, SWAPPED, COUNT)
