"""Exercises of notebook 19: BLEU, teacher forcing, attention with a mask, a beam."""

from collections import Counter

import numpy as np

from lstm_lib.course.exercise import Exercise

TOLD = (
    ("the cat sat down here", "the cat sat down here now"),
    # Small letters are other words, and marks count.
    ("we know that it is it !", "We know that it is IT ."),
    # Two words written together are other words, too.
    ("they are no where and we know it", "they are now here and we know it"),
)


def sentences(rng: np.random.Generator, size: int) -> tuple:
    """Translations and references, lists of lists of words; every sentence has four words or more.

    Words repeat, lengths differ, and each reference shares at least one run of four words. A single
    sentence has five words: a run of four is left even if the last one is forgotten.
    """
    if size < len(TOLD):
        return tuple([sentence.split()] for sentence in TOLD[size])
    words = list("abcdef")
    translations, references = [], []
    for _ in range(1 + size // 4):
        right = rng.choice(words, rng.integers(5, 9)).tolist()
        said = right[: rng.integers(4 if size > 3 else 5, len(right) + 1)]
        extra = [said[-1]] * int(rng.integers(0, 3)) + rng.choice(words, size % 3).tolist()
        translations.append(said + extra)
        references.append(right)
    return translations, references


def bleu(found, wanted):
    right, said = np.zeros(4), np.zeros(4)
    for one, other in zip(found, wanted):
        for n in range(1, 5):
            here = [tuple(one[k : k + n]) for k in range(len(one) - n + 1)]
            there = [tuple(other[k : k + n]) for k in range(len(other) - n + 1)]
            said[n - 1] += len(here)
            # A run of words is right at most as often as the reference has it.
            right[n - 1] += sum(min(here.count(run), there.count(run)) for run in set(here))
    found_length, wanted_length = sum(map(len, found)), sum(map(len, wanted))
    # Too short a translation is punished, too long a one already has more wrong runs.
    brevity = min(1.0, np.exp(1 - wanted_length / found_length))
    return 100 * brevity * np.exp(np.log(right / said).mean())


def bleu_by_hand(found, wanted):
    """Each run of the translation ticks off one equal run of the reference that is still free."""
    product = 1.0
    for n in (1, 2, 3, 4):
        ticked = all_of_them = 0
        for one, other in zip(found, wanted, strict=True):
            free = [other[k : k + n] for k in range(len(other) - n + 1)]
            for k in range(len(one) - n + 1):
                all_of_them += 1
                if one[k : k + n] in free:
                    free.remove(one[k : k + n])
                    ticked += 1
        product *= ticked / all_of_them
    here, there = sum(len(one) for one in found), sum(len(other) for other in wanted)
    return 100 * product**0.25 * (1.0 if here >= there else float(np.exp(1 - there / here)))


def small(sentences: list) -> list:
    return [[word.lower() for word in sentence] for sentence in sentences]


def the_mean_of_each_bleu(found, wanted):
    return np.mean([bleu([one], [other]) for one, other in zip(found, wanted)])


def runs_of_all_in_one_counter(found, wanted):
    logs = []
    for n in range(1, 5):
        here, there = (
            Counter(tuple(one[k : k + n]) for one in every for k in range(len(one) - n + 1))
            for every in (found, wanted)
        )
        logs.append(np.log((here & there).total() / here.total()))
    ratio = sum(map(len, wanted)) / sum(map(len, found))
    return 100 * min(1.0, np.exp(1 - ratio)) * np.exp(np.mean(logs))


BLEU = Exercise(
    key="19.1",
    title="BLEU from its definition",
    stars=2,
    names=("found", "wanted"),
    specification=bleu_by_hand,
    inputs=sentences,
    mistakes="""
        min(here.count(run), there.count(run)) -> here.count(run) * (run in there)
            A translation that says a word five times gets five points in yours. A run counts at
            most as often as the reference has it.
        brevity * ->
            The brevity penalty is missing: a translation of four sure words would score 100.
        np.exp(np.log(right / said).mean()) -> (right / said).mean()
            You took the arithmetic mean of the four precisions. BLEU multiplies them and takes the
            fourth root: the mean of the logarithms.
        the_mean_of_each_bleu
            You took BLEU of each sentence and then their mean. Counts are added over all sentences
            first; there is one BLEU for the whole.
        100 * ->
            Right, but as a share: BLEU is given out of 100.
        min(1.0, -> (
            In yours a translation that is too long is *rewarded*: exp(1 - r/c) grows beyond 1. The
            brevity penalty is never more than 1.
        np.zeros(4), np.zeros(4) -> np.zeros(3), np.zeros(3)
        range(1, 5) -> range(1, 4)
            Runs of up to three words only. BLEU counts runs of one to four words.
        wanted_length / found_length -> found_length / wanted_length
            The ratio is turned round: c / r punishes what is too long. Here it is r / c, the words
            of the references by those of the translations, that goes into exp(1 - r/c).
        len(here) -> len(there)
            You divide by the runs of the *reference*: that is how much of it was found. A precision
            asks how much of what was said is right: divide by the translation's runs.
        len(here) -> len(set(here))
        min(here.count(run), there.count(run)) -> run in there
            Each different run counts once in yours, as in a set. A run that is said twice is two
            runs, and both are right if the reference has it twice.
        min(here.count(run), there.count(run)) -> run in there
            All runs are counted, but the right ones come from a set, once each. A run that both
            have twice is right twice: min(count here, count in the reference).
        .mean() -> .sum()
            The product of the four precisions, without its fourth root: ** (1 / 4).
        zip(found, wanted) -> [(sum(found, []), sum(wanted, []))]
            All sentences are joined into one long list: runs then go across from one sentence to
            the next, and find their match in any reference. Count sentence by sentence.
        zip(found, wanted) -> zip(small(found), small(wanted))
            Capitals are made small in yours. "It" and "it" are two words here: compare words as
            they come.
        right / said -> (right + 1) / (said + 1)
            1 is added to the counts of each length: that is smoothing, which keeps a precision from
            being 0. The definition has none, and here none is 0.
        right / said -> (right + [0, 1, 1, 1]) / (said + [0, 1, 1, 1])
            1 is added to the counts of runs of two words and more: that is smoothing, which keeps a
            precision from being 0. The definition has none, and here none is 0.
        sum(map(len, found)) -> np.array([*map(len, found)])
        sum(map(len, wanted)) -> np.array([*map(len, wanted)])
        min(1.0, np.exp -> np.minimum(1.0, np.exp
        brevity * -> brevity.mean() *
            You took the brevity penalty of each sentence, and then their mean. There is one for the
            whole: c and r are the words of *all* translations and references.
        len(here) -> 1
        for run in set(here)) -> for run in set(here)) / len(here)
            You took the precisions of each sentence, and then their mean. Right runs and all runs
            are added up over all sentences first, and divided once.
        runs_of_all_in_one_counter
            The runs of all sentences are put together before they are compared, so that one
            sentence's run finds its match in another's reference. Compare sentence by sentence, and
            add up.
        np.exp(1 - wanted_length / found_length) -> found_length / wanted_length
            The brevity penalty is c / r in yours. It is exp(1 - r/c), and at most 1.
        min(1.0, -> max(1.0,
            The larger of 1 and exp(1 - r/c) is taken: so a short translation is not punished, and a
            long one rewarded. The penalty is the smaller of the two.
        len(one) - n + 1 -> len(one) - n
        len(other) - n + 1 -> len(other) - n
            The last run of each sentence is missing. Of L words there are L - n + 1 runs of n:
            range(len(words) - n + 1).
        len(one) - n + 1 -> len(one)
        len(other) - n + 1 -> len(other)
            At each sentence's end yours counts runs of fewer than n words: words[k:k + n] is cut
            off there. k goes up to len(words) - n: range(len(words) - n + 1).
        zip(found, wanted) -> zip(wanted, found)
        wanted_length / found_length -> found_length / wanted_length
            This is the BLEU of the references, measured against the translations: the two are
            exchanged.
    """,
    steps=(
        "Four precisions, for n = 1 to 4: of all runs of n words in the translations, which share "
        "is also in the reference? Add right runs and all runs over the sentences before you "
        "divide.",
        "`collections.Counter` counts runs: `Counter(tuple(s[k:k + n]) for k in ...)`. A run is "
        "right min(count here, count in the reference) times.",
        "The mean of the four logarithms, back through exp; times min(1, exp(1 - r / c)), where r "
        "and c are all words of the references and of the translations; times 100.",
    ),
    solution=bleu,
)


def pieces(rng: np.random.Generator, size: int) -> tuple:
    """Rows of symbols from 4 to 11, of different lengths, and three others: start, end, padding."""
    if size == 0:
        return [[5, 7]], 2, 3, 0
    rows = [rng.integers(4, 12, rng.integers(1, 5)).tolist() for _ in range(1 + size % 4)]
    start, end, padding = rng.permutation([0, 1, 2, 3, 12, 13])[:3].tolist()
    return [*rows, [4] * (1 + size % 3)], start, end, padding


def teacher(rows, start, end, padding):
    longest = max(len(row) for row in rows) + 1
    given = np.full((len(rows), longest), padding)
    wanted = np.full((len(rows), longest), padding)
    for n, row in enumerate(rows):
        # What the decoder is given at each step is what it should have said the step before.
        given[n, : len(row) + 1] = [start, *row]
        wanted[n, : len(row) + 1] = [*row, end]
    return given, wanted


def step_by_step(rows, start, end, padding):
    """Fill both tables entry by entry."""
    longest = max(len(row) for row in rows) + 1
    given = [[padding] * longest for _ in rows]
    wanted = [[padding] * longest for _ in rows]
    for n, row in enumerate(rows):
        before = start
        for t in range(len(row) + 1):
            now = row[t] if t < len(row) else end
            given[n][t], wanted[n][t] = before, now
            before = now
    return np.array(given), np.array(wanted)


def filled_up_to_the_longest_row(rows, start, end, padding):
    def filled(symbols):
        return symbols + [padding] * (max(map(len, rows)) - len(symbols))

    given = np.array([filled([start, *row]) for row in rows])
    return given, np.array([filled([*row, end]) for row in rows])


def no_room_behind_start(rows, start, end, padding):
    given, wanted = np.full((2, len(rows), max(map(len, rows))), padding)
    for n, row in enumerate(rows):
        given[n, 0] = start
        given[n, 1 : len(row) + 1] = wanted[n, : len(row)] = row
        wanted[n, len(row)] = end
    return given, wanted


TEACHER = Exercise(
    key="19.2",
    title="What the decoder is given, and what it should say",
    stars=1,
    names=("rows", "start", "end", "padding"),
    specification=step_by_step,
    inputs=pieces,
    mistakes="""
        [start, *row] -> [*row, end]
            The decoder is given the very symbol that it should say: it would learn to copy its
            input. Give it the symbol *before*, and `start` at first.
        [*row, end] -> [*row, padding]
            `end` is never wanted, so the decoder never learns to stop.
        [*row, end] -> [*row, padding]
        return given, wanted -> wanted[:, -1] = end; return given, wanted
            All rows end at the same step: `end` stands after the padding. It belongs right after
            the last symbol of its row.
        given = np.full((len(rows), longest) -> given = np.full((len(rows), longest + 1)
        given[n, : len(row) + 1] = [start, *row] -> given[n, : len(row) + 2] = [start, *row, end]
            `given` is one step longer than `wanted` says it should be: `end` need not be given,
            since nothing comes after it. Both tables have as many columns.
        return given, wanted -> return wanted, given
            The two tables are swapped: `given` first, then `wanted`.
        [*row, end] -> [start, *row]
            `start` is among what the decoder should say. It is given, never said.
        given[n, : len(row) + 1] -> given[n, : len(row) + 2]
        [start, *row] -> [start, *row, end][:longest]
            `end` stands in what is given, in the rows that are not the longest. It does no harm,
            since nothing is wanted after it - the library's batches have it, too - but here leave
            it out: padding in its place.
        longest = max -> start, end, padding = 2, 3, 0; longest = max
            2, 3 and 0 are written in. The start, end and padding that come as arguments can be
            others.
        given[n, : len(row) + 1] -> given[n, -len(row) - 1 :]
        wanted[n, : len(row) + 1] -> wanted[n, -len(row) - 1 :]
            The padding stands on the left. It goes behind each row: the first column of `given` is
            `start` in every row.
        return given, wanted -> return given[:, :-1], wanted[:, :-1]
            Your tables are one column too narrow: the last symbol of the longest row is not given,
            and its `end` not wanted. The width is the longest row plus one.
        filled_up_to_the_longest_row
            Your rows differ in length: each is filled up only to the length of the longest row, and
            with `start` or `end` the longest is one longer. The width is the longest row plus one.
        no_room_behind_start
            The longest row does not fit behind `start`: your table is only as wide as the longest
            row. It has to be one wider.
        for row in rows) + 1 -> for row in rows)
            `start` and the longest row together do not fit: your table is only as wide as the
            longest row. It has to be one wider.
        for row in rows) + 1 -> for row in rows) + 2
            Both tables have one column too many: it holds nothing but padding. The width is the
            longest row plus one.
        for row in rows) + 1 -> for row in rows) + 2
        given[n, : len(row) + 1] = [start, *row] -> given[n, : len(row) + 2] = [start, *row, end]
        return given, wanted -> return given, given
            Both tables have `start` and `end`. `end` is never given, and `start` never wanted: each
            table has one of the two.
        for row in rows) + 1 -> for row in rows) + 2
        given[n, : len(row) + 1] = [start, *row] -> given[n, : len(row) + 2] = [start, *row, end]
            `end` is given, and `wanted` is filled up to the same width. `end` is never given:
            without it both tables have the longest row plus one columns.
        [start, *row] -> [*row, padding]
            `start` is not given: the decoder would get the very symbol that it should say. What it
            is given is one step behind: `start` first, then the row.
        given, wanted -> [[start, *row] for row in rows], [[*row, end] for row in rows]
            The rows are not filled up: they differ in length, so this is no table. Put `padding`
            behind the short ones.
        wanted = np.full((len(rows), longest), padding) -> wanted = np.full_like(given, end)
            `wanted` is filled up with `end`. It stands once in each row, right after the last
            symbol; what follows is `padding`.
        longest = max -> padding = 0; longest = max
            The tables are filled up with 0, whatever `padding` is.
    """,
    steps=(
        "For one row a b: given is start a b, wanted is a b end. Both are one longer than the row.",
        "Make two tables full of `padding`, as wide as the longest row plus one, and fill in each "
        "row from the left.",
    ),
    solution=teacher,
)


def looking(rng: np.random.Generator, size: int) -> tuple:
    """query (T, D), memory (S, D), mask (S,) with at least one True; T = S in some.

    In one the mask has a hole. In one the scores of one row lie 1,200 below those of the other, and
    below that of padding; in one exp overflows, and padding's score is 900 above all others. All
    these numbers are exact in float32.
    """
    T, S, D = ((1, 2, 1), (2, 3, 2), (3, 3, 2), (2, 4, 3), (4, 4, 4))[size % 5]
    S = S + size // 10
    mask = np.arange(S) < rng.integers(1, S + 1)
    if size == 0:
        mask = np.array([True, False])
    query, memory = rng.normal(size=(T, D)).round(2), rng.normal(size=(S, D)).round(2)
    if size == 3:
        mask = np.array([True, False, True, False])
    if size in (6, 7):
        query = np.array([[30.0, 0.0], [0.0, 30.0]])
        first, second = np.array([20.0, -20.0]), np.array([20.125, -20.0625])
        if size == 7:
            first, second = abs(first) + 10, abs(second) + 10
        memory = np.array([first, second, np.full(2, 20.0 if size == 6 else 60.0)])
        mask = np.array([True, True, False])
    return query, memory, mask


def attend(query, memory, mask):
    score = query @ memory.T  # (T, S)
    # exp(-inf) = 0: a place that is not there gets no weight, and takes none from the others.
    score = np.where(mask, score, -np.inf)
    weights = np.exp(score - score.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ memory, weights


def place_by_place(query, memory, mask):
    """Loops over the places that are there."""
    context = np.zeros((len(query), memory.shape[1]))
    weights = np.zeros((len(query), len(memory)))
    there = [s for s in range(len(memory)) if mask[s]]
    for t in range(len(query)):
        scores = [sum(query[t, d] * memory[s, d] for d in range(query.shape[1])) for s in there]
        for s, score in zip(there, scores, strict=True):
            weights[t, s] = 1 / sum(np.exp(other - score) for other in scores)
            context[t] += weights[t, s] * memory[s]
    return context, weights


ATTEND = Exercise(
    key="19.3",
    title="Attention that does not look at padding",
    stars=2,
    names=("query", "memory", "mask"),
    specification=place_by_place,
    inputs=looking,
    mistakes="""
        score = np.where(mask, score, -np.inf) ->
            The mask has no effect: padding gets weight. Give places that are not there the score
            -inf before the softmax.
        score = np.where(mask, score, -np.inf) ->
        weights = weights / -> weights = mask * weights /
            You set the weights of padding to 0 *after* the softmax: what is left no longer adds up
            to 1.
        -np.inf -> 0
            You set the score of padding to 0, and exp(0) = 1 is not nothing. It has to be -inf.
        score.max(axis=1 -> score.max(axis=0
        weights.sum(axis=1 -> weights.sum(axis=0
            The softmax runs over the queries. Each query's weights add up to 1 over the places of
            the memory: the last axis.
        weights / weights.sum(axis=1, keepdims=True) -> query @ memory.T * mask
            No softmax at all: scores can be negative, and do not add up to 1.
        mask, score, -np.inf -> mask, -np.inf, score
            The mask is turned round: True marks a place that *is* there.
        query @ memory.T -> query @ memory.T / query.shape[1] ** 0.5
            The scores are divided by √D. The Transformer does that; here it is the plain dot
            product.
        score = query -> memory = memory * mask[:, None]; score = query
        score = np.where(mask, score, -np.inf) ->
            You set the *memory* of padding to 0. Its score is then 0, and exp(0) = 1: it takes
            weight from the others. It is the score that has to be -inf.
        score = np.where(mask, score, -np.inf) ->
        weights @ memory -> weights @ (memory * mask[:, None])
            The context leaves padding out, but the weights do not: padding still gets its share,
            and the others too little. The mask comes before the softmax.
        weights @ memory, weights -> weights, weights @ memory
            The two are swapped: the context first, then the weights.
        -np.inf -> -10
            -10 is not low enough: exp(-10) is small, but padding still gets a little weight, and
            much where other scores are low, too. Use -inf.
        score - score.max(axis=1, keepdims=True) -> score
            Right while scores are small. But exp of a score above 709 is inf, and inf / inf is nan:
            take each row's largest score off before exp. The weights stay the same.
        score = np.where(mask, score, -np.inf) ->
        score - score.max(axis=1, keepdims=True) -> score
            The mask has no effect: padding gets weight. Give places that are not there the score
            -inf before the softmax. (And exp of a score above 709 is inf: take each row's largest
            score off before exp.)
        score = np.where(mask, score, -np.inf) ->
        score - score.max(axis=1, keepdims=True) -> score
        weights = weights / -> weights = mask * weights /
            You set the weights of padding to 0 *after* the softmax: what is left no longer adds up
            to 1. (And exp of a score above 709 is inf: take each row's largest score off before
            exp.)
        -np.inf -> 0
        score - score.max(axis=1, keepdims=True) -> score
            You set the score of padding to 0, and exp(0) = 1 is not nothing. It has to be -inf.
            (And exp of a score above 709 is inf: take each row's largest score off before exp.)
        score = query -> memory = memory * mask[:, None]; score = query
        score = np.where(mask, score, -np.inf) ->
        score - score.max(axis=1, keepdims=True) -> score
            You set the *memory* of padding to 0. Its score is then 0, and exp(0) = 1: it takes
            weight from the others. It is the score that has to be -inf. (And exp of a score above
            709 is inf: take each row's largest score off before exp.)
        score = np.where(mask, score, -np.inf) ->
        np.exp(score -> mask * np.exp(score
            Padding still has a say: exp is taken of the score less the largest of *all* places. If
            that one is padding and far above, every exp that counts is 0, and 0 / 0 is nan. Mask
            the scores first, then take the largest.
        score.max(axis=1, keepdims=True) -> score.max()
            You take off one largest score for all queries. A query whose scores all lie far below
            it has nothing but 0 left, and 0 / 0 is nan: each row needs its own largest.
        score.max(axis=1, keepdims=True) -> score.max()
        weights.sum(axis=1, keepdims=True) -> weights.sum()
            You divide by the sum over all queries. Each query has weights of its own, which add up
            to 1: sum over the last axis, with keepdims=True.
        -np.inf -> -100
            -100 is not low enough: where the other scores are lower, padding gets all the weight.
            Use -inf.
        score = query -> memory = memory[mask]; score = query
        score = np.where(mask, score, -np.inf) ->
            The weights have columns only for the places that are there. They are (T, S): padding
            has a column, too, of zeros.
        np.where(mask, -> np.where(np.arange(len(mask)) < mask.sum(),
            You count the places that are there and take as many from the beginning. The mask can
            have a hole: it says which places, not only how many.
        weights @ memory, weights -> weights @ memory
            Only the context came back. The weights are wanted, too.
        weights @ memory, weights -> weights
            Only the weights came back. The context is wanted, too, and comes first.
        weights.sum(axis=1, keepdims=True) -> weights.sum(axis=1)
            The sum of each row has the shape (T,) and lines up with the columns: that fails, or if
            T = S divides by the wrong row's sum. keepdims=True keeps it (T, 1).
        score.max(axis=1, keepdims=True) -> score.max(axis=1)
            The largest of each row has the shape (T,) and lines up with the columns: that fails, or
            if T = S takes off the wrong row's. keepdims=True keeps it (T, 1).
        score.max(axis=1, keepdims=True) -> score.max(axis=1)
        weights.sum(axis=1, keepdims=True) -> weights.sum(axis=1)
            The largest and the sum of each row have the shape (T,) and line up with the columns:
            that fails, or if T = S takes the wrong row's. keepdims=True keeps them (T, 1).
        score = np.where(mask, score, -np.inf) ->
        np.exp(score - score.max(axis=1, keepdims=True)) -> np.exp(score) * mask
            Right while scores are small. But exp of a score above 709 is inf, and inf times the
            mask's 0 is nan: mask the scores, and take each row's largest off before exp.
    """,
    steps=(
        "All scores at once: query @ memory.T is (T, S), one row for each query.",
        "np.where(mask, score, -np.inf) takes away the places that are not there.",
        "The softmax of each row: exp of the row less its largest, divided by the row's sum. The "
        "context is weights @ memory.",
    ),
    solution=attend,
)


# Probabilities of the next symbol, 1 to V - 1, after each; and the number of steps. Two beams.
SMALL = (
    (2, [[0.6, 0.4], [0.45, 0.55], [0.1, 0.9]]),
    # The end at once is overtaken by two others, and leaves the beam.
    (2, [[0.1, 0.6, 0.3], [0.3, 0.3, 0.4], [0.7, 0.2, 0.1], [0.3, 0.1, 0.6]]),
    # The end at once is the best of the first step, and is overtaken.
    (3, [[0.4, 0.1, 0.5], [0.02, 0.95, 0.03], [0.03, 0.02, 0.95], [0.4, 0.3, 0.3]]),
    # The likeliest first symbol leads to nothing likely.
    (3, [[0.5, 0.45, 0.05], [0.36, 0.3, 0.34], [0.06, 0.04, 0.9], [0.4, 0.3, 0.3]]),
    # By whole log-probability the end at once would keep its place, and 1 2 would lose it.
    (3, [[0.45, 0.15, 0.4], [0.5, 0.45, 0.05], [0.9, 0.05, 0.05], [0.3, 0.3, 0.4]]),
    # The end at once keeps its place: 1 2 is lost, which would have become the best.
    (3, [[0.4, 0.1, 0.5], [0.1, 0.4, 0.5], [0.04, 0.95, 0.01], [0.3, 0.4, 0.3]]),
    # The end at once keeps 2 out of the beam, which would have become the best.
    (3, [[0.3, 0.25, 0.45], [0.2, 0.3, 0.5], [0.1, 0.8, 0.1], [0.2, 0.3, 0.5]]),
    # The end at once loses its place to 1 3, which remains the best.
    (3, [[0.7, 0.1, 0.2], [0.4, 0.25, 0.35], [0.1, 0.5, 0.4], [0.3, 0.3, 0.4]]),
    # 1 2 1 would be the best, but 1 2 is the third of the second step: two stay, not two of each.
    (3, [[0.6, 0.3, 0.1], [0.45, 0.35, 0.2], [0.85, 0.05, 0.1], [0.1, 0.6, 0.3]]),
)

# The likeliest, 2 3 2 3 5, needs a beam of seven; three find 1 5, two find 5.
DEEP = [
    [0.17, 0.17, 0.06, 0.27, 0.33],
    [0.01, 0.04, 0.08, 0.17, 0.70],
    [0.14, 0.17, 0.49, 0.10, 0.10],
    [0.01, 0.30, 0.11, 0.02, 0.56],
    [0.23, 0.20, 0.06, 0.19, 0.33],
    [0.48, 0.08, 0.13, 0.06, 0.25],
]


def tables(rng: np.random.Generator, size: int) -> tuple:
    """logp (V, V): of the next symbol, given this one; 0 starts, V - 1 ends; beams; longest."""
    V = 3 + size % 4
    share = rng.dirichlet(np.full(V - 1, 0.6), size=V).round(3) + 0.01
    beams, longest = 1 + (size + 1) % 3, 2 + (size + 1) // 2 % 5
    if size < len(SMALL):
        beams, (longest, share) = 2, SMALL[size]
    if size == 19:
        beams, longest, share = 2, 5, np.array(DEEP)
    share = np.pad(share, ((0, 0), (1, 0)))  # nothing goes back to the start
    with np.errstate(divide="ignore"):
        logp = np.log(share / share.sum(axis=1, keepdims=True)).round(4)
    return logp, beams, longest


def beam(logp, beams, longest):
    end = len(logp) - 1
    kept = [([0], 0.0)]  # candidates: symbols so far, log-probability
    for _ in range(longest):
        longer = []
        for symbols, score in kept:
            if symbols[-1] == end:
                longer.append((symbols, score))  # it is finished and stays as it is
            else:
                for symbol in range(1, len(logp)):
                    longer.append(([*symbols, symbol], score + logp[symbols[-1], symbol]))
        # Divided by the number of symbols said: each further one makes a sentence less likely.
        longer.sort(key=lambda one: one[1] / (len(one[0]) - 1), reverse=True)
        kept = longer[:beams]
    return kept[0][0][1:]


def one_by_one(logp, beams, longest):
    """The same search over tuples, the best picked out one after another."""
    end = len(logp) - 1

    def score(said):
        return sum(logp[a, b] for a, b in zip((0, *said), said, strict=False)) / max(len(said), 1)

    kept = [()]
    for _ in range(longest):
        open_ones = [said for said in kept if not said or said[-1] != end]
        choices = [said for said in kept if said and said[-1] == end]
        choices += [(*said, symbol) for said in open_ones for symbol in range(1, end + 1)]
        kept = []
        while choices and len(kept) < beams:
            best = max(choices, key=score)
            choices.remove(best)
            kept.append(best)
    return np.array(kept[0])


def best_of(candidates):
    """What the best candidate says."""
    return max(candidates, key=lambda one: one[1] / (len(one[0]) - 1))[0][1:]


def parted(candidates, end):
    """The candidates that have ended, and those that have not."""
    ended = [one for one in candidates if one[0][-1] == end]
    return ended, [one for one in candidates if one[0][-1] != end]


BEAM = Exercise(
    key="19.4",
    title="A beam of candidates",
    stars=3,
    names=("logp", "beams", "longest"),
    specification=one_by_one,
    inputs=tables,
    mistakes="""
        longer[:beams] -> longer[:1]
            This is the greedy search: `beams` has no effect. Keep several candidates, and extend
            each by *every* symbol.
        one[1] / (len(one[0]) - 1) -> one[1]
            Your candidates stand in the order of their whole log-probability (to divide all by one
            number, the step, changes no order). Every further symbol lowers it, so short ones win.
            Divide each by the number of symbols that *it* has said, end included.
        symbols[-1] == end -> False
            A candidate goes on after its end. One that is finished stays in the beam as it is.
        longer[:beams] -> longer[: 1 if longer[0][0][-1] == end else beams]
            You stop as soon as the best candidate is finished. An unfinished one behind it can
            still overtake it: go on for `longest` steps.
        kept[0][0][1:] -> kept[0][0]
            The start symbol is part of your answer. Return what was said after it.
        kept[0][0][1:] -> [symbol for symbol in kept[0][0][1:] if symbol != end]
            The end symbol is missing in your answer. Return it where the sentence has come to its
            end, so that one can see whether it has.
        one[1] / (len(one[0]) - 1) -> one[1]
        kept[0][0][1:] -> best_of(kept)
            The beam is cut by the whole log-probability, and you divide only at the end. By then
            long candidates have lost their places to short ones. Divide in every step.
        kept[0][0][1:] -> max(kept, key=lambda one: one[1])[0][1:]
            In the beam you divide by the length, but the last choice is by the whole
            log-probability, so a short one wins. Divide there, too.
        kept = [( -> aside, kept = [], [(
        kept = longer[:beams] -> ended, kept = parted(longer[:beams], end); aside += ended
        kept[0][0][1:] -> best_of(kept + aside)
            A candidate that has ended leaves your beam for a list, and another takes its place. It
            stays in the beam, takes up one of the `beams` places, and is lost when enough better
            ones come.
        kept = [( -> aside, kept = [], [(
        longer[:beams] -> parted(longer, end)[1][:beams]; aside += parted(longer, end)[0]
        kept[0][0][1:] -> best_of(kept + aside)
            Whatever ends goes into a list of yours, even what is not among the best, and the beam
            holds only the others. Ended or not, all compete for the same `beams` places.
        kept = [( -> aside, kept = [], [(
        kept = longer[:beams] -> ended, kept = parted(longer[:beams], end); aside += ended
        [:beams] -> [: beams - len(aside)]
        kept[0][0][1:] -> best_of(kept + aside)
            A candidate that has ended keeps its place in your beam whatever comes. It stays as it
            is, but only as long as it is among the `beams` best.
        kept[0][0][1:] -> best_of(parted(kept, end)[0] or kept)
            At the end you prefer a candidate that has ended to a better one that has not. Return
            the best of the beam, ended or not.
        kept = [( -> aside, kept = [], [(
        kept = longer[:beams] -> ended, kept = parted(longer[:beams], end); aside += ended
        kept[0][0][1:] -> best_of(aside or kept)
            You keep ended candidates in a list and return the best of that list. They belong in the
            beam, with the others, and the best of the beam is wanted, ended or not.
        kept = [( -> aside, kept = [], [(
        longer[:beams] -> parted(longer, end)[1][:beams]; aside += parted(longer, end)[0]
        kept[0][0][1:] -> best_of(aside or kept)
            You keep all that ends in a list, even what is not among the best, and return the best
            of that list. Ended or not, all compete for the same `beams` places.
        (len(one[0]) - 1) -> max(1, len(one[0]) - 1 - (one[0][-1] == end))
            The end is not counted in your length. It is said like any other symbol: it counts.
        (len(one[0]) - 1) -> (len(one[0]) - 1 - (one[0][-1] == end))
            The end is not counted in your length, and the end alone is divided by 0. It is said
            like any other symbol: it counts.
        (len(one[0]) - 1) -> len(one[0])
            The start is counted in your length. Divide by the number of symbols that were said: one
            less.
        range(1, len(logp)) -> 1 + np.argsort(-logp[symbols[-1], 1:], kind="stable")[:beams]
        longer[:beams] -> longer
            You keep the best `beams` continuations of *each* candidate, and never cut to `beams` in
            all: the beam grows in every step. Put all continuations into one list and keep the best
            `beams` of it.
        longer[:beams] -> longer
            The beam is never cut: you look at every sequence there is, V to the power of `longest`.
            After each step keep the best `beams` only.
        longer.append((symbols, score)) -> pass
        longer[:beams] -> longer[:beams] or kept
            A candidate that has ended vanishes: it is not continued, and does not stay either. Put
            it into the next step's list as it is.
        kept = [( -> ever, kept = [], [(
        longer[:beams] -> longer[:beams]; ever += kept
        kept[0][0][1:] -> best_of(ever)
            You return the best that was ever in the beam. A beginning that looked good is not the
            answer: return the best of the beam after the last step.
        range(longest) -> range(longest + 1)
            One step too many: the answer has at most `longest` symbols, the end included.
        range(longest) -> range(longest - 1)
            One step too few: do `longest` steps. The start is not one of them.
        , reverse=True ->
            Yours keeps and returns the *least* likely: a sort has the smallest first, and the
            largest (the one nearest to 0) is the best. reverse=True turns it round.
        score + logp[symbols[-1], symbol] -> (score + logp[symbols[-1], symbol]) / len(symbols)
        one[1] / (len(one[0]) - 1) -> one[1]
            What you divide you go on adding to: the score of a candidate is already a mean, and is
            divided again. Keep the sum, and divide only to compare.
        range(1, len(logp)) -> range(1, len(logp) - 1)
            Yours never says the end: `range(1, V - 1)` leaves it out. Symbols go from 1 to V - 1,
            the end included.
    """,
    steps=(
        "A candidate is a pair: the symbols so far and their log-probability. Begin with one: "
        "([0], 0.0).",
        "In each step make a list of all that can come: finished candidates as they are, every "
        "other one with each symbol from 1 to V - 1 behind it.",
        "Sort the list by log-probability divided by the number of symbols after the start, and "
        "keep the first `beams`.",
    ),
    solution=beam,
)

EXERCISES = (BLEU, TEACHER, ATTEND, BEAM)
