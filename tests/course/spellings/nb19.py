"""The mistakes of notebook 19 in other words than the exercise's own: two or more of each."""

import math
from collections import Counter

import numpy as np

from lstm_lib.course.exercises import EXERCISES

RIGHT = {key: EXERCISES[key].solution for key in EXERCISES if key.startswith("19.")}


def counted(found, wanted, largest=4, clip=True):
    """Right runs and all runs, for each length, over all sentences."""
    right, said = [0] * largest, [0] * largest
    for one, other in zip(found, wanted, strict=True):
        for n in range(largest):
            here = Counter(" ".join(one[k : k + n + 1]) for k in range(len(one) - n))
            there = Counter(" ".join(other[k : k + n + 1]) for k in range(len(other) - n))
            both = here & there if clip else Counter({r: here[r] for r in here if r in there})
            right[n] += sum(both.values())
            said[n] += sum(here.values())
    return right, said


def words_of(sentences):
    return sum(len(sentence) for sentence in sentences)


def product_of(right, said):
    return math.prod(r / s for r, s in zip(right, said, strict=True)) ** (1 / len(right))


def short(found, wanted):
    c, r = words_of(found), words_of(wanted)
    return 1.0 if c > r else math.exp(1 - r / c)


def unclipped_by_lists(found, wanted):
    result = 0.0
    for n in range(1, 5):
        hits = total = 0
        for one, other in zip(found, wanted, strict=True):
            there = {tuple(other[k : k + n]) for k in range(len(other) - n + 1)}
            here = [tuple(one[k : k + n]) for k in range(len(one) - n + 1)]
            hits, total = hits + sum(run in there for run in here), total + len(here)
        result += math.log(hits / total) / 4
    return 100 * short(found, wanted) * math.exp(result)


def average_of_sentences(found, wanted):
    total = 0.0
    for one, other in zip(found, wanted, strict=True):
        total += RIGHT["19.1"]([one], [other])
    return total / len(found)


def average_by_hand(found, wanted):
    each = [
        100 * short([one], [other]) * product_of(*counted([one], [other]))
        for one, other in zip(found, wanted, strict=True)
    ]
    return sum(each) / len(each)


def rewarded(found, wanted):
    c, r = words_of(found), words_of(wanted)
    return 100 * math.exp(1 - r / c) * product_of(*counted(found, wanted))


def mean_precision(found, wanted):
    right, said = counted(found, wanted)
    return 100 * short(found, wanted) * sum(r / s for r, s in zip(right, said, strict=True)) / 4


def turned_brevity(found, wanted):
    c, r = words_of(found), words_of(wanted)
    return 1.0 if c < r else math.exp(1 - c / r)


def recall(found, wanted):
    product = 1.0
    for n in range(1, 5):
        hits = total = 0
        for one, other in zip(found, wanted, strict=True):
            here = [one[k : k + n] for k in range(len(one) - n + 1)]
            total += len(other) - n + 1
            for k in range(len(other) - n + 1):
                if other[k : k + n] in here:
                    here.remove(other[k : k + n])
                    hits += 1
        product *= hits / total
    return 100 * short(found, wanted) * product**0.25


def by_swapping(found, wanted):
    """The other way round BLEU's precisions are recalls."""
    return 100 * short(found, wanted) * product_of(*counted(wanted, found))


def by_sets(right_only):
    def score(found, wanted):
        logs = 0.0
        for n in range(1, 5):
            hits = total = 0
            for one, other in zip(found, wanted, strict=True):
                here = [" ".join(one[k : k + n]) for k in range(len(one) - n + 1)]
                there = [" ".join(other[k : k + n]) for k in range(len(other) - n + 1)]
                hits += len(set(here) & set(there))
                total += len(here) if right_only else len(set(here))
            logs += math.log(hits / total)
        return 100 * short(found, wanted) * math.exp(logs / 4)

    return score


def by_dicts(right_only):
    def score(found, wanted):
        right, said = [0] * 4, [0] * 4
        for one, other in zip(found, wanted, strict=True):
            for n in range(4):
                here = dict.fromkeys(zip(*(one[k:] for k in range(n + 1)), strict=False))
                there = dict.fromkeys(zip(*(other[k:] for k in range(n + 1)), strict=False))
                right[n] += sum(1 for run in here if run in there)
                said[n] += len(one) - n if right_only else len(here)
        return product_of(right, said) * short(found, wanted) * 100

    return score


def no_root(found, wanted):
    p1, p2, p3, p4 = (r / s for r, s in zip(*counted(found, wanted), strict=True))
    return 100 * short(found, wanted) * p1 * p2 * p3 * p4


def in_one(found, wanted):
    one, other = [], []
    for a, b in zip(found, wanted, strict=True):
        one += a
        other += b
    return 100 * short([one], [other]) * product_of(*counted([one], [other]))


def table(rows, width, padding):
    found = np.full((len(rows), width), padding)
    for n, row in enumerate(rows):
        found[n, : len(row)] = row
    return found


def wide(rows):
    return max(len(row) for row in rows) + 1


def the_same_twice(rows, start, end, padding):
    wanted = table([[*row, end] for row in rows], wide(rows), padding)
    return wanted, wanted.copy()


def own_wanted(rows, start, end, padding):
    _, wanted = RIGHT["19.2"](rows, start, end, padding)
    return wanted, wanted


def without_end(rows, start, end, padding):
    given, wanted = RIGHT["19.2"](rows, start, end, padding)
    return given, np.where(wanted == end, padding, wanted)


def shifted_given(rows, start, end, padding):
    given = table([[start, *row] for row in rows], wide(rows), padding)
    wanted = np.full_like(given, padding)
    wanted[:, :-1] = given[:, 1:]
    return given, wanted


def end_in_the_last_column(rows, start, end, padding):
    given, wanted = RIGHT["19.2"](rows, start, end, padding)
    wanted[wanted == end] = padding
    wanted[:, -1] = end
    return given, wanted


def end_by_stacking(rows, start, end, padding):
    padded = [row + [padding] * (wide(rows) - 1 - len(row)) for row in rows]
    return [[start, *row] for row in padded], [[*row, end] for row in padded]


def given_with_end(rows, start, end, padding):
    return (
        table([[start, *row, end] for row in rows], wide(rows) + 1, padding),
        table([[*row, end] for row in rows], wide(rows), padding),
    )


def given_with_end_in_lists(rows, start, end, padding):
    _, wanted = RIGHT["19.2"](rows, start, end, padding)
    return np.hstack([np.full((len(rows), 1), start), wanted]), wanted


def swapped(rows, start, end, padding):
    given, wanted = RIGHT["19.2"](rows, start, end, padding)
    return wanted, given


def swapped_tables(rows, start, end, padding):
    return (
        table([[*row, end] for row in rows], wide(rows), padding),
        table([[start, *row] for row in rows], wide(rows), padding),
    )


def start_is_said(rows, start, end, padding):
    given, _ = RIGHT["19.2"](rows, start, end, padding)
    return given, given


def start_is_said_by_hand(rows, start, end, padding):
    same = [[start, *row, *[padding] * (wide(rows) - 1 - len(row))] for row in rows]
    return np.array(same), np.array(same)


def end_in_given(rows, start, end, padding):
    given, wanted = RIGHT["19.2"](rows, start, end, padding)
    for n, row in enumerate(rows):
        if len(row) + 1 < given.shape[1]:
            given[n, len(row) + 1] = end
    return given, wanted


def one_table_of_lists(rows, start, end, padding):
    whole = [[start, *row, end] + [padding] * (wide(rows) - 1 - len(row)) for row in rows]
    return [line[:-1] for line in whole], [line[1:] for line in whole]


def written_in(rows, start, end, padding):
    given = table([[2, *row] for row in rows], wide(rows), 0)
    wanted = table([[*row, 3] for row in rows], wide(rows), 0)
    return given, wanted


def written_in_zeros(rows, start, end, padding):
    given = np.zeros((len(rows), wide(rows)), int)
    wanted = np.zeros_like(given)
    for n, row in enumerate(rows):
        given[n, 0], wanted[n, len(row)] = 2, 3
        given[n, 1 : len(row) + 1] = wanted[n, : len(row)] = row
    return given, wanted


def share(score):
    raised = np.exp(score - score.max(-1)[:, None])
    return raised / raised.sum(-1)[:, None]


def both(weights, memory):
    return np.einsum("ts,sd->td", weights, memory), weights


def dots(query, memory):
    return np.einsum("td,sd->ts", query, memory)


def row_by_row(weigh):
    """An attention from `weigh(scores (S,), mask) -> weights (S,)`."""

    def attention(query, memory, mask):
        weights = np.array([weigh(memory @ one, mask) for one in query])
        return both(weights, memory)

    return attention


def column_by_column(query, memory, mask):
    score = np.where(mask[None, :], dots(query, memory), -np.inf)
    with np.errstate(invalid="ignore"):
        weights = np.stack([np.exp(s - s.max()) / np.exp(s - s.max()).sum() for s in score.T], 1)
    return both(weights, memory)


def softmax_of_the_transposed(query, memory, mask):
    score = dots(query, memory)
    score[:, ~mask] = -np.inf
    with np.errstate(invalid="ignore"):
        return both(share(score.T).T, memory)


def padding_alone(query, memory, mask):
    score = dots(query, memory)
    score[:, mask] = -np.inf
    with np.errstate(invalid="ignore"):
        return both(share(score), memory)


def lifted(scores):
    """A softmax of one row, by the logarithm of the sum."""
    return np.exp(scores - np.logaddexp.reduce(scores))


def not_there(scores, mask):
    with np.errstate(invalid="ignore"):
        return lifted(np.where(~mask, scores, -np.inf))


def zeroed(scores, mask):
    return np.where(mask, lifted(scores), 0.0)


def no_softmax(scores, mask):
    return np.where(mask, scores, 0.0)


def exp_of_masked(scores, mask):
    scores = scores.copy()
    scores[~mask] = 0.0
    return lifted(scores)


def scaled(scores, mask, width):
    return lifted(np.where(mask, scores / np.sqrt(width), -np.inf))


def scaled_attention(query, memory, mask):
    weights = np.array([scaled(memory @ one, mask, memory.shape[1]) for one in query])
    return both(weights, memory)


def scaled_query(query, memory, mask):
    return RIGHT["19.3"](query / np.sqrt(query.shape[-1]), memory, mask)


def zeroed_memory(query, memory, mask):
    there = memory.copy()
    there[~mask] = 0
    return both(share(dots(query, there)), there)


def zeroed_memory_by_row(query, memory, mask):
    there = np.where(mask[:, None], memory, 0.0)
    weights = [lifted(there @ one) for one in query]
    return np.array(weights) @ there, np.array(weights)


def context_alone_masked(query, memory, mask):
    weights = share(dots(query, memory))
    return weights[:, mask] @ memory[mask], weights


def context_of_masked_weights(query, memory, mask):
    weights = np.array([lifted(memory @ one) for one in query])
    return np.einsum("ts,s,sd->td", weights, mask, memory), weights


def weights_first(query, memory, mask):
    score = dots(query, memory)
    score[:, ~mask] = -np.inf
    return share(score), share(score) @ memory


def weights_first_by_swap(query, memory, mask):
    context, weights = RIGHT["19.3"](query, memory, mask)
    return weights, context


def minus_ten(query, memory, mask):
    score = dots(query, memory)
    score[:, ~mask] = -10
    return both(share(score), memory)


def minus_ten_by_row(scores, mask):
    return lifted([score if there else -10 for score, there in zip(scores, mask, strict=True)])


def greedy(logp, beams, longest):
    now, said, end = 0, [], len(logp) - 1
    while len(said) < longest and now != end:
        now = 1 + int(np.argmax(logp[now, 1:]))
        said.append(now)
    return said


def one_beam(logp, beams, longest):
    return RIGHT["19.4"](logp, 1, longest)


def search(logp, beams, longest, key, finished=True, early=False):
    """Beam search over (total, symbols) pairs, by another route."""
    end, kept = len(logp) - 1, [(0.0, ())]
    for _ in range(longest):
        pool = []
        for total, said in kept:
            last = said[-1] if said else 0
            if said and last == end and finished:
                pool.append((total, said))
            else:
                pool.extend((total + logp[last, s], (*said, s)) for s in range(1, end + 1))
        kept = sorted(pool, key=lambda one: -key(one))[:beams]
        if early and kept[0][1][-1] == end:
            return list(kept[0][1])
    return list(kept[0][1])


def per_symbol(one):
    return one[0] / len(one[1])


def whole(one):
    return one[0]


def total_with_arrays(logp, beams, longest):
    """All sequences' whole log-probabilities, the best `beams` at each step."""
    end, kept = len(logp) - 1, {(): 0.0}
    for _ in range(longest):
        pool = {}
        for said, total in kept.items():
            if said and said[-1] == end:
                pool[said] = total
            else:
                before = said[-1] if said else 0
                for s in range(1, end + 1):
                    pool[(*said, s)] = total + logp[before, s]
        best = sorted(pool, key=pool.get, reverse=True)[:beams]
        kept = {said: pool[said] for said in best}
    return list(max(kept, key=kept.get))


def never_finished(logp, beams, longest):
    kept = [(0.0, [])]
    for _ in range(longest):
        pool = [
            (total + logp[said[-1] if said else 0, s], [*said, s])
            for total, said in kept
            for s in range(1, len(logp))
        ]
        pool.sort(key=per_symbol, reverse=True)
        kept = pool[:beams]
    return kept[0][1]


def first_finished(logp, beams, longest):
    for steps in range(1, longest + 1):
        said = RIGHT["19.4"](logp, beams, steps)
        if said[-1] == len(logp) - 1:
            return said
    return said


def total_of(said, logp):
    return sum(logp[a, b] for a, b in zip((0, *said), said, strict=False))


def mean_of(said, logp):
    return total_of(said, logp) / len(said)


def best(choices, logp, by, number):
    """The first `number` by `by`, as `sorted` has them, picked one after another."""
    choices, picked = list(choices), []
    while choices and len(picked) < number:
        picked.append(max(choices, key=lambda said: by(said, logp)))
        choices.remove(picked[-1])
    return picked


def grow(kept, end):
    """What is ended, as it is; everything else with each symbol behind it. Tuples of symbols."""
    for said in kept:
        if said and said[-1] == end:
            yield said
    for said in kept:
        if not said or said[-1] != end:
            for symbol in range(1, end + 1):
                yield (*said, symbol)


def over_tuples(logp, beams, longest, by, last):
    """A beam over tuples, whose scores are worked out anew: `by` in the beam, `last` at the end."""
    kept = [()]
    for _ in range(longest):
        kept = best(grow(kept, len(logp) - 1), logp, by, beams)
    return list(best(kept, logp, last, 1)[0])


def by_whole_then_mean(logp, beams, longest):
    end, kept = len(logp) - 1, [(0.0, [0])]
    for _ in range(longest):
        pool = [one for one in kept if one[1][-1] == end]
        for total, path in kept:
            if path[-1] != end:
                pool += [(total + logp[path[-1], s], [*path, s]) for s in range(1, end + 1)]
        kept = sorted(pool, key=lambda one: one[0], reverse=True)[:beams]
    kept = sorted(kept, key=lambda one: one[0] / (len(one[1]) - 1), reverse=True)
    return kept[0][1][1:]


def by_mean_then_whole(logp, beams, longest):
    end, kept = len(logp) - 1, {(0,): 0.0}
    for _ in range(longest):
        pool = {path: total for path, total in kept.items() if path[-1] == end}
        for path, total in kept.items():
            if path[-1] != end:
                pool |= {(*path, s): total + logp[path[-1], s] for s in range(1, end + 1)}
        order = sorted(pool, key=lambda path: -pool[path] / (len(path) - 1))[:beams]
        kept = {path: pool[path] for path in order}
    return list(max(kept, key=kept.get))[1:]


def with_a_list(everything=False, ended_alone=False):
    """Ended ones leave the beam for a list: those among the best, or all of them."""

    def searched(logp, beams, longest):
        end, open_ones, done = len(logp) - 1, [()], []
        for _ in range(longest):
            longer = list(grow(open_ones, end))
            if everything:
                done += [said for said in longer if said[-1] == end]
                longer = [said for said in longer if said[-1] != end]
            kept = best(longer, logp, mean_of, beams)
            if not everything:
                done += [said for said in kept if said[-1] == end]
            open_ones = [said for said in kept if said[-1] != end]
        last = done if ended_alone and done else done + open_ones
        return list(best(last, logp, mean_of, 1)[0])

    return searched


def with_a_record(everything=False, ended_alone=False):
    """The same with the best ended one so far in place of a list."""

    def searched(logp, beams, longest):
        end, kept, record = len(logp) - 1, [(0.0, [])], (-np.inf, None)
        for step in range(1, longest + 1):
            pool = [
                (total + logp[said[-1] if said else 0, s], [*said, s])
                for total, said in kept
                for s in range(1, end + 1)
            ]
            pool.sort(key=whole, reverse=True)  # all of one length
            kept, beaten = [], 0
            for total, said in pool:
                if said[-1] == end and (everything or beaten < beams):
                    record = max(record, (total / step, said), key=lambda one: one[0])
                elif said[-1] != end and (len(kept) if everything else beaten) < beams:
                    kept.append((total, said))
                beaten += 1
        if record[1] is not None and (ended_alone or not kept or record[0] > kept[0][0] / longest):
            return record[1]
        return kept[0][1]

    return searched


def holding(logp, beams, longest):
    """An ended one is never pushed out: the beam grows narrower by it."""
    end, kept, fixed = len(logp) - 1, [()], []
    for _ in range(longest):
        kept = best(grow(kept, end), logp, mean_of, beams - len(fixed))
        fixed += [said for said in kept if said[-1] == end]
        kept = [said for said in kept if said[-1] != end]
    return list(best(kept + fixed, logp, mean_of, 1)[0])


def ended_are_sorted_first(logp, beams, longest):
    kept, end = [()], len(logp) - 1

    def order(said):
        return (said[-1] != end or said not in kept, -mean_of(said, logp))

    for _ in range(longest):
        kept = sorted(grow(kept, end), key=order)[:beams]
    return list(max(kept, key=lambda said: mean_of(said, logp)))


def first_ended(logp, beams, longest):
    end, kept = len(logp) - 1, [()]
    for _ in range(longest):
        kept = best(grow(kept, end), logp, mean_of, beams)
    for said in kept:
        if said[-1] == end:
            return list(said)
    return list(kept[0])


def ended_by_a_key(logp, beams, longest):
    end, kept = len(logp) - 1, [(0.0, ())]
    for _ in range(longest):
        pool = [one for one in kept if one[1][-1:] == (end,)]
        pool += [
            (total + logp[(0, *said)[-1], s], (*said, s))
            for total, said in kept
            if said[-1:] != (end,)
            for s in range(1, end + 1)
        ]
        kept = sorted(pool, key=per_symbol, reverse=True)[:beams]
    return list(max(kept, key=lambda one: (one[1][-1] == end, per_symbol(one)))[1])


def words_alone(least):
    """Per symbol that is not the end; of the end alone, by `least` or, if that is 0, the last."""

    def by(said, logp):
        said_before = len(said) - (said[-1] == len(logp) - 1)
        if said_before == 0 and least == 0:
            return -math.inf
        return total_of(said, logp) / max(least, said_before)

    return lambda logp, beams, longest: over_tuples(logp, beams, longest, by, by)


def divided_by_zero(logp, beams, longest):
    end = len(logp) - 1
    with np.errstate(divide="ignore"):
        return search(
            logp, beams, longest, lambda one: np.float64(one[0]) / sum(s != end for s in one[1])
        )


def one_at_least(logp, beams, longest):
    end = len(logp) - 1
    return search(
        logp, beams, longest, lambda one: one[0] / (len([s for s in one[1] if s < end]) or 1)
    )


def path_length(said, logp):
    return total_of(said, logp) / len([0, *said])


SPELLINGS = {
    ("19.1", 0): [
        unclipped_by_lists,
        lambda found, wanted: (
            100 * short(found, wanted) * product_of(*counted(found, wanted, clip=False))
        ),
    ],
    ("19.1", 1): [
        lambda found, wanted: 100 * product_of(*counted(found, wanted)),
        lambda found, wanted: RIGHT["19.1"](found, wanted) / short(found, wanted),
    ],
    ("19.1", 2): [
        mean_precision,
        lambda found, wanted: (
            short(found, wanted) * 100 * np.mean(np.divide(*map(np.array, counted(found, wanted))))
        ),
    ],
    ("19.1", 3): [average_of_sentences, average_by_hand],
    ("19.1", 4): [
        lambda found, wanted: RIGHT["19.1"](found, wanted) / 100,
        lambda found, wanted: short(found, wanted) * product_of(*counted(found, wanted)),
    ],
    ("19.1", 5): [
        rewarded,
        lambda found, wanted: (
            RIGHT["19.1"](found, wanted)
            / short(found, wanted)
            * np.exp(1 - words_of(wanted) / words_of(found))
        ),
    ],
    ("19.1", 6): [
        lambda found, wanted: 100 * short(found, wanted) * product_of(*counted(found, wanted, 3)),
        lambda found, wanted: (
            100
            * short(found, wanted)
            * float(np.exp(np.log(np.divide(*map(np.array, counted(found, wanted, 3)))).mean()))
        ),
    ],
    ("19.1", 7): [
        lambda found, wanted: (
            100 * turned_brevity(found, wanted) * product_of(*counted(found, wanted))
        ),
        lambda found, wanted: (
            RIGHT["19.1"](found, wanted) / short(found, wanted) * short(wanted, found)
        ),
    ],
    ("19.1", 8): [recall, by_swapping],
    ("19.1", 9): [by_sets(False), by_dicts(False)],
    ("19.1", 10): [by_sets(True), by_dicts(True)],
    ("19.1", 11): [
        no_root,
        lambda found, wanted: (
            100
            * short(found, wanted)
            * float(np.exp(np.log(np.divide(*map(np.array, counted(found, wanted)))).sum()))
        ),
    ],
    ("19.1", 12): [
        in_one,
        lambda found, wanted: RIGHT["19.1"](
            [[w for one in found for w in one]], [[w for one in wanted for w in one]]
        ),
    ],
    ("19.2", 0): [the_same_twice, own_wanted],
    ("19.2", 1): [without_end, shifted_given],
    ("19.2", 2): [end_in_the_last_column, end_by_stacking],
    ("19.2", 3): [given_with_end, given_with_end_in_lists],
    ("19.2", 4): [swapped, swapped_tables],
    ("19.2", 5): [start_is_said, start_is_said_by_hand],
    ("19.2", 6): [end_in_given, one_table_of_lists],
    ("19.2", 7): [written_in, written_in_zeros],
    ("19.3", 0): [
        lambda query, memory, mask: both(share(dots(query, memory)), memory),
        row_by_row(lambda scores, mask: lifted(scores)),
    ],
    ("19.3", 1): [
        row_by_row(zeroed),
        lambda query, memory, mask: both(
            share(dots(query, memory)) * mask.astype(float)[None], memory
        ),
    ],
    ("19.3", 2): [
        row_by_row(exp_of_masked),
        lambda query, memory, mask: both(share(np.where(mask, dots(query, memory), 0.0)), memory),
    ],
    ("19.3", 3): [column_by_column, softmax_of_the_transposed],
    ("19.3", 4): [
        row_by_row(no_softmax),
        lambda query, memory, mask: both(dots(query, memory * mask[:, None]), memory),
    ],
    ("19.3", 5): [padding_alone, row_by_row(not_there)],
    ("19.3", 6): [scaled_attention, scaled_query],
    ("19.3", 7): [zeroed_memory, zeroed_memory_by_row],
    ("19.3", 8): [context_alone_masked, context_of_masked_weights],
    ("19.3", 9): [weights_first, weights_first_by_swap],
    ("19.3", 10): [minus_ten, row_by_row(minus_ten_by_row)],
    ("19.4", 0): [greedy, one_beam],
    ("19.4", 1): [
        lambda logp, beams, longest: search(logp, beams, longest, whole),
        total_with_arrays,
    ],
    ("19.4", 2): [
        lambda logp, beams, longest: search(logp, beams, longest, per_symbol, finished=False),
        never_finished,
    ],
    ("19.4", 3): [
        lambda logp, beams, longest: search(logp, beams, longest, per_symbol, early=True),
        first_finished,
    ],
    ("19.4", 4): [
        lambda logp, beams, longest: [0, *search(logp, beams, longest, per_symbol)],
        lambda logp, beams, longest: (0, *RIGHT["19.4"](logp, beams, longest)),
    ],
    ("19.4", 5): [
        lambda logp, beams, longest: [
            s for s in search(logp, beams, longest, per_symbol) if s < len(logp) - 1
        ],
        lambda logp, beams, longest: [
            s for s in RIGHT["19.4"](logp, beams, longest) if s != len(logp) - 1
        ],
    ],
    ("19.4", 6): [
        by_whole_then_mean,
        lambda logp, beams, longest: over_tuples(logp, beams, longest, total_of, mean_of),
    ],
    ("19.4", 7): [
        by_mean_then_whole,
        lambda logp, beams, longest: over_tuples(logp, beams, longest, mean_of, total_of),
    ],
    ("19.4", 8): [with_a_list(), with_a_record()],
    ("19.4", 9): [with_a_list(everything=True), with_a_record(everything=True)],
    ("19.4", 10): [holding, ended_are_sorted_first],
    ("19.4", 11): [first_ended, ended_by_a_key],
    ("19.4", 12): [with_a_list(ended_alone=True), with_a_record(ended_alone=True)],
    ("19.4", 13): [
        with_a_list(everything=True, ended_alone=True),
        with_a_record(everything=True, ended_alone=True),
    ],
    ("19.4", 14): [words_alone(1), one_at_least],
    ("19.4", 15): [words_alone(0), divided_by_zero],
    ("19.4", 16): [
        lambda logp, beams, longest: over_tuples(logp, beams, longest, path_length, path_length),
        lambda logp, beams, longest: search(
            logp, beams, longest, lambda one: one[0] / (len(one[1]) + 1)
        ),
    ],
}
