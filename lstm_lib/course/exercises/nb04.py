"""Exercises of notebook 04: time, batch, shapes, and what goes wrong between them."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise
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


LENGTHS = Exercise(
    key="04.1",
    title="Each sequence ends at its own step",
    stars=2,
    names=("x", "lengths", "W", "R", "b"),
    specification=each_sequence_alone,
    inputs=padded_batch,
    mistakes="""
        (t < lengths)[:, None] -> True
            The lengths were not used: h_seq goes on after a sequence is over.
        np.where(going_on, h_new, h) -> h_new
        np.where(going_on, c_new, c) -> c_new
            h_seq is right, but the states ran on through the padding: h and c are those of the last
            step, not of each sequence's own last step.
        np.where(going_on, h_new, 0) -> h_new
            The final states are right, but h_seq is not zero past a sequence's end.
        np.where(going_on, h_new, 0) -> h
            The final states are right. In h_seq you repeat the last output past a sequence's end;
            it should be zero there.
        h_seq, h, c -> h_seq, h_seq[-1], c
            You took h from h_seq[-1]. For a sequence that ended before, that row is padding: zero.
        going_on = (t < lengths)[:, None] -> going_on = True
        x[t] -> x[t] * (t < lengths)[:, None]
            You set the inputs to zero past the end. The cell goes on all the same: its state
            changes also when x is zero. The *states* must stand still.
        np.where(going_on, h_new, h) -> h_new * going_on
        np.where(going_on, c_new, c) -> c_new * going_on
            The states of sequences that are over became zero. They should be kept as they were:
            choose with np.where between the new state and the old one.
        t < lengths -> t <= lengths
            Each sequence runs one step too long. Sequence n has the steps 0 to lengths[n] − 1: it
            goes on while t < lengths[n].
        t < lengths -> t < lengths - 1
            Each sequence ends one step too early: the step lengths[n] − 1 still belongs to it.
        x[t] -> x[t] * (t < lengths)[:, None]
        np.where(going_on, h_new, h) -> h_new
        np.where(going_on, c_new, c) -> c_new
            h_seq is right, but past the end you feed zeros to the cell and let its states run on. A
            cell changes its state on zeros as well: the states must stand still.
        [:, None] ->
            np.where lacks a column. t < lengths is (B,), and NumPy lays it along the *last* axis of
            (B, H), the units. (t < lengths)[:, None] is (B, 1): a row for each sequence.
        np.where(going_on, c_new, c) -> c_new
            h stands still when a sequence is over, but c runs on.
        np.where(going_on, h_new, h) -> h_new
            c stands still when a sequence is over, but h does not: it is computed anew at each
            step.
        h_seq, h, c -> h_seq, c, h
            The last two are exchanged: return h_seq, h, c.
        return h_seq -> return h_seq.swapaxes(0, 1)
            h_seq came as (B, T, H). Time is the first axis: (T, B, H).
        h_seq, h, c -> h_seq, h[None], c[None]
            The final states are right, but have an axis too many: here there is one layer, so h and
            c are (B, H).
        return h_seq -> return h_seq[: max(lengths)]
            h_seq ends with the longest sequence. It has a row for every step of x, (T, B, H), also
            where all sequences are over.
        np.where(going_on, h_new, h) -> np.where(going_on, h, h_new)
        np.where(going_on, c_new, c) -> np.where(going_on, c, c_new)
            The branches of np.where are exchanged: where a sequence is going on, take the new
            state; where it is over, keep the old one.
        np.where(going_on, h_new, 0) -> np.where(going_on, 0, h_new)
            The mask is turned round in h_seq: the outputs of the steps that are there are zero, and
            those past the end are not.
        np.where(going_on, h_new, h) -> np.where(going_on, h, h_new)
        np.where(going_on, c_new, c) -> np.where(going_on, c, c_new)
        np.where(going_on, h_new, 0) -> np.where(going_on, h, 0)
            The branches of np.where are exchanged: np.where(going_on, new, old) is wanted. Yours
            keeps the states still while a sequence is going on, so that h_seq is 0 throughout.
        t < lengths -> t >= lengths
            The comparison is turned round: a sequence is going on while t < lengths. Yours runs
            after its end, and not before.
        t < lengths -> t > lengths
            The comparison is turned round: a sequence is going on while t < lengths, not while t >
            lengths.
        h_seq, h, c -> h_seq, (h, c)
            h and c came as a pair inside, as torch does it. Here three values are wanted: return
            h_seq, h, c.
        h_seq, h, c -> h_seq
            Only h_seq came back. Three values are wanted: return h_seq, h, c.
    """,
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
    padding = np.arange(T)[:, None] >= lengths
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


MASKED = Exercise(
    key="04.2",
    title="The mean over a padded batch",
    stars=2,
    names=("errors", "lengths"),
    specification=mean_one_by_one,
    inputs=errors_and_lengths,
    mistakes="""
        errors[mask] -> errors
            Your number is the mean over everything, padding included. What stands past the end of a
            sequence must not count, whatever it is.
        errors[mask] -> np.where(mask, errors, 0)
            The padding is out of the sum, but not out of the count: divide by the number of true
            steps, the sum of the lengths.
        errors[mask].mean() -> errors.mean(axis=0, where=mask).mean()
            You averaged each sequence first, then the averages. A step of a short sequence counts
            more than one of a long sequence then. Here every step counts the same.
        np.arange(len(errors))[:, None] < lengths -> np.arange(len(errors)) < lengths[:, None]
            Batch and time are exchanged in your mask: it must be (T, B), as the errors are. Where T
            and B are equal this runs without an error, and the number is wrong.
        < lengths -> <= lengths
            One step too many of each sequence: its steps are those with t < length.
        .mean() -> .sum()
            That is the sum. Divide it by the number of true steps.
        [mask] -> [~mask]
            That is the mean over the *padding*: the mask is turned round.
        .mean() -> .sum() / len(lengths)
            You divided by the number of sequences. Divide by the number of true steps, the sum of
            the lengths.
        errors[mask].mean() -> errors.sum() / lengths.sum()
            You divide by the right number, but the sum has the padding in it. It need not be zero:
            leave it out.
        errors[mask].mean() -> (errors * mask).sum() / mask.sum()
            The mask multiplies: that is right for numbers, but 0 · nan is nan. Do not multiply,
            choose: errors[mask], or np.where.
        mask = np -> errors = errors[: max(lengths)]; mask = np
        errors[mask].mean() -> errors.mean(axis=1, where=mask).mean()
            You averaged each time step first, then the averages. A step at which few sequences go
            on counts too much then. Here every entry counts the same.
        errors[mask].mean() -> errors.mean(axis=0, where=mask)
            That is one mean for each sequence, (B,). One number for the whole batch is wanted.
        errors[mask] -> errors[: min(lengths)]
            You cut all sequences to the shortest one. The longer ones have true steps after it.
        errors[mask] -> errors[: max(lengths)]
            You cut the block to the longest sequence. The shorter ones have padding in there.
        [mask] -> [errors != 0]
            You left out the entries that are zero. Padding need not be zero, and a true error may
            be: only the lengths say where there is data.
        len(errors) -> len(lengths)
            Your mask counts the sequences where it should count the steps: np.arange(T), with T =
            errors.shape[0]. (It only ran where B and T are equal.)
        errors[mask] -> (errors * mask)
            The zeros that you multiplied in still count: divide by the number of true steps, the
            sum of the lengths. And 0 · nan is nan: choose with the mask, do not multiply.
        errors[mask].mean() -> np.nanmean(errors)
            Only the nan were left out. Past its end a sequence may also hold ordinary numbers:
            choose by the lengths.
        errors[mask].mean() -> np.nan_to_num(errors).sum() / lengths.sum()
            nan became 0, but past its end a sequence may also hold ordinary numbers, and these are
            still in your sum: choose by the lengths.
        errors[mask] -> np.nan_to_num(errors)
            nan became 0, and then everything was averaged, padding included: choose by the lengths.
    """,
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


FAULTS = {  # of each layer: does it mix, does it peek?
    honest: (False, False),
    swapped: (True, False),
    backwards: (False, True),
    next_too: (False, True),
    neighbour: (True, False),
    crowd: (True, False),
    centred: (True, True),
    hears_the_last: (True, False),
    peeks_once: (False, True),
    neighbours_future: (True, False),
    faint_neighbour: (True, False),
    faint_next: (False, True),
    last_feature: (False, True),
    second_output: (False, True),
    hears_in_the_second_output: (True, False),
    downwards: (False, True),
    opposite: (False, True),
    rounds_otherwise: (False, False),
}
LAYERS = {layer.__name__: layer for layer in FAULTS}


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
    verdict = answer(LAYERS[name], x)
    if not isinstance(verdict, tuple | list | np.ndarray) or np.shape(verdict) != (2,):
        raise ValueError(f"return two values, mixes and peeks; got {verdict!r}")
    for word, value in zip(("mixes", "peeks"), verdict):
        if not isinstance(value, bool | np.bool_):
            raise TypeError(f"{word} must be True or False; got {value!r}")
    return tuple(bool(value) for value in verdict)


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


SWAPPED = Exercise(
    key="04.3",
    title="A test that finds swapped axes",
    stars=3,
    names=("layer", "x"),
    specification=lambda name, x: FAULTS[LAYERS[name]],
    inputs=a_layer_and_a_block,
    mistakes="""
        layer(changed) -> layer(x)
            Your test never finds anything. A layer with swapped axes returns the right shape: it is
            the numbers that tell. Is the changed block a copy, and do you compare the outputs
            before and after the change?
        bool(mixes), bool(peeks) -> bool(peeks), bool(mixes)
            The two answers are exchanged: first mixes, then peeks.
        bool(mixes), bool(peeks) -> not mixes, not peeks
            Both answers are turned round: True means that the fault is there.
        np.delete(far, n, axis=1) -> far
            You say "mixes" for an honest layer. The changed sequence moves itself, of course: leave
            it out of the comparison.
        far[:t, n] -> far[: t + 1, n]
            You say "peeks" for an honest layer. A change at step t may move the steps from t on:
            only *earlier* steps must stay.
        range(B) -> [B - 1]
            You change the last sequence of the batch only. A layer that takes the batch for time
            passes on what it reads to the *following* sequences, and the last one has none. Change
            the first one, or better each.
        far[:t, n].any() -> t == T - 1 and far[0, n]
            You look at the first step only to see whether the future comes through. A layer that
            looks one step ahead is not caught by that: look at every step before the change.
        mixes = peeks = False -> mixes = peeks = True
            You say that every layer has both faults, the honest one, too. Compare the output for
            the changed block with the output for x, entry by entry.
        range(T) -> [0]
            You change the first step only. Nothing comes before it, so that a look into the future
            cannot show there. Change every step in turn.
        bool(peeks) -> False
            mixes is right, but peeks is never found. After a change at step t, look at the outputs
            of the same sequence *before* t.
        bool(mixes) -> False
            peeks is right, but mixes is never found. After a change in sequence n, look at the
            outputs of all *other* sequences.
        far[:t, n] -> far[:t]
            Nearly. You say that a layer peeks if any sequence moves before t. peeks is about the
            changed sequence's own past; a move elsewhere is mixing.
        range(B) -> [0]
            Nearly. You change one sequence only. There are layers in which just one sequence is
            heard by just one other: change each sequence in turn.
        range(T) -> [T - 1]
            Nearly. You change one step only. There are layers that look ahead at one step alone:
            change each step in turn.
        range(T) -> [T // 2]
        range(B) -> [B // 2]
            You change one entry only. A fault may show for one sequence or one step alone: do the
            same for every t and every n.
        1e-9 -> 1e-2
            Nearly. Small leaks slip through. A movement counts from 1e-9 on: is your limit larger
            (that of np.isclose and np.allclose is), or do you change x by very little?
        changed[t, n] -> changed[t, n, 0]
            Nearly. You change one feature only; a leak may come through another. Change all
            features of the entry: changed[t, n] += 1.
        bool(mixes) -> not np.allclose(layer(x[:, ::-1])[:, ::-1], before, rtol=0, atol=1e-9)
            peeks is right; for mixes you put the batch in another order. That is too weak: a layer
            that subtracts the mean of the batch passes it. Change one sequence, and look at the
            others.
        .max(axis=2) -> [:, :, 0]
            Nearly. You compare the first output unit only. A leak may show in another: the most
            over all units, np.abs(after - before).max(axis=2).
        np.abs ->
            Nearly. You do not take the absolute value: a movement downwards is missed. Use
            np.abs(after - before).
        += 1 -> = 0
            Nearly. You set the entry to zero, or multiply it. Where it is zero already nothing is
            changed by that: add something instead.
        mixes or ->
        peeks or ->
            Each entry overwrites what the one before it found, so that only the last counts:
            collect with `or`.
        += 1 -> = 1
            Nearly. You set the entry to 1. Where it is 1 already nothing is changed by that: add
            something instead.
        np.abs(layer -> np.abs((layer
        .max(axis=2) -> .sum(axis=2))
            Nearly. You add up the movements of the units, and two that are opposite cancel:
            np.abs(after - before) first, then the most over the units.
        1e-9 -> 0
            Nearly. You count movements that are too small. Below 1e-9 it is none: the last digits
            of a sum may depend on what is computed beside it.
    """,
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


COUNT = Exercise(
    key="04.4",
    title="The parameters of a stack",
    stars=1,
    names=("input_size", "hidden_size", "num_layers"),
    specification=count_by_arrays,
    inputs=three_sizes,
    mistakes="""
        input_size if k == 0 else hidden_size -> input_size
            You multiplied the first layer's count with the number of layers. The other layers read
            the layer below: their input has the size H, not I.
        hidden_size + 1 -> hidden_size + 2
            That is torch's count, with two biases for each gate. One is enough: ours has one.
        hidden_size + 1 -> hidden_size
            The biases are missing: one for each row of W.
        4 * ->
            That is one gate for each unit. There are four blocks of weights: i, f, g, o.
        4 * -> 3 *
            You counted three blocks. The candidate g has weights, too: i, f, g, o.
        + hidden_size + 1 -> + 1
            R is missing: (4H, H) in every layer.
        range(num_layers) -> range(1)
            That is the first layer alone.
        range(num_layers) -> range(num_layers + 1)
            You counted one layer too many: the first layer is one of the num_layers.
        input_size if k == 0 else hidden_size -> hidden_size
            You gave the first layer an input of the size H, too. It reads x, which has I features.
        (width + hidden_size + 1) -> (width + hidden_size) + 4
            There are more biases than four in a layer: one for each row of W, that is 4H.
        width + hidden_size + 1 -> width + (hidden_size if k == 0 else 0) + 1
            R is missing above the first layer. Each layer has an R of its own, (4H, H), beside the
            W that reads the layer below.
        input_size if k == 0 else hidden_size -> input_size + k * hidden_size
            Your layers read all that is below them. Each reads only the one directly below: H
            numbers.
        (width + hidden_size + 1) -> (width + hidden_size) + hidden_size
            A bias has a number for each row of W: that is 4H, not H.
        total = 0 -> total = 4 * hidden_size
        hidden_size + 1 -> hidden_size
            You counted one bias for the whole stack. Each layer has its own, 4H numbers.
    """,
    steps=(
        "One layer has W (4H, I), R (4H, H) and b (4H,). How many numbers is that?",
        "In the second layer the input is the first layer's output: I becomes H.",
    ),
    solution=count,
)

EXERCISES = (LENGTHS, MASKED, SWAPPED, COUNT)
