"""Near misses of notebook 19."""

from collections import Counter

import numpy as np

from lstm_lib.course.exercises import EXERCISES

RIGHT = {key: EXERCISES[key].solution for key in EXERCISES if key.startswith("19.")}


def runs(words, n):
    return [tuple(words[k : k + n]) for k in range(len(words) - n + 1)]


def counts(found, wanted, n, cut=runs):
    both = [(Counter(cut(a, n)), Counter(cut(b, n))) for a, b in zip(found, wanted)]
    return [((a & b).total(), a.total()) for a, b in both]


def short(c, r):
    return min(1, np.exp(1 - r / c))


def bleu(precision, brevity=lambda c, r: short(sum(c), sum(r))):
    """BLEU from a list of (right, all), one for each sentence, and from lists of lengths."""

    def answer(found, wanted):
        p = [precision(counts(found, wanted, n)) for n in (1, 2, 3, 4)]
        c, r = ([len(s) for s in sentences] for sentences in (found, wanted))
        return 100 * brevity(c, r) * np.prod(p) ** 0.25

    return answer


def over_all(pairs, more=0):
    right, said = map(sum, zip(*pairs))
    return (right + more) / (said + more)


def after(change):
    """The right BLEU of changed sentences."""
    return lambda found, wanted: RIGHT["19.1"](
        [change(s) for s in found], [change(s) for s in wanted]
    )


def cut_by(cut):
    def answer(found, wanted):
        p = [over_all(counts(found, wanted, n, cut)) for n in (1, 2, 3, 4)]
        c, r = (sum(map(len, sentences)) for sentences in (found, wanted))
        return 100 * short(c, r) * np.prod(p) ** 0.25

    return answer


def glued(words, n):
    return ["".join(run) for run in runs(words, n)]


def pooled(found, wanted):
    def together(sentences, n):
        return Counter(run for s in sentences for run in runs(s, n))

    p = []
    for n in (1, 2, 3, 4):
        here, there = together(found, n), together(wanted, n)
        p.append((here & there).total() / here.total())
    c, r = (sum(map(len, sentences)) for sentences in (found, wanted))
    return 100 * short(c, r) * np.prod(p) ** 0.25


def tables(width=lambda longest: longest + 1, left=False, given=True):
    def answer(rows, start, end, padding):
        wide = width(max(map(len, rows)))

        def fill(row):
            gap = [padding] * (wide - len(row))
            return [*gap, *row] if left else [*row, *gap][:wide]

        first = [fill([start, *row] if given else row) for row in rows]
        return np.array(first), np.array([fill([*row, end]) for row in rows])

    return answer


def narrow(rows, start, end, padding):
    given = np.full((len(rows), max(map(len, rows))), padding)
    wanted = given.copy()
    for n, row in enumerate(rows):
        given[n, 0], given[n, 1 : len(row) + 1] = start, row
        wanted[n, : len(row)], wanted[n, len(row)] = row, end
    return given, wanted


def ragged(rows, start, end, padding):
    wide = max(map(len, rows))

    def fill(row):
        return row + [padding] * (wide - len(row))

    return np.array([fill([start, *r]) for r in rows]), np.array([fill([*r, end]) for r in rows])


def attention(weigh):
    """From scores and mask to weights, and the context of them."""

    def answer(query, memory, mask):
        with np.errstate(all="ignore"):
            weights = weigh(query @ memory.T, mask)
            return weights @ memory, weights

    return answer


def softmax(score, keep=True):
    e = np.exp(score - score.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=keep)


def share(e):
    return e / e.sum(axis=1, keepdims=True)


def low(score, mask, value=-np.inf):
    return np.where(mask, score, value)


def prefix(query, memory, mask):
    n = mask.sum()
    weights = np.pad(softmax(query @ memory[:n].T), ((0, 0), (0, len(memory) - n)))
    return weights @ memory, weights


def search(key, per_parent=False, places=lambda beams: beams, divide=False):
    """A beam search with one part of it changed."""

    def answer(logp, beams, longest):
        end, kept = len(logp) - 1, [((0,), 0.0)]
        for step in range(1, longest + 1):
            longer = [one for one in kept if one[0][-1] == end]
            for said, total in kept:
                if said[-1] != end:
                    each = [((*said, s), total + logp[said[-1], s]) for s in range(1, end + 1)]
                    if divide:
                        each = [(said, total / step) for said, total in each]
                    each.sort(key=lambda one: -one[1])
                    longer += each[:beams] if per_parent else each
            kept = sorted(longer, key=lambda one: -key(one, step))[: places(beams)]
        return list(kept[0][0][1:])

    return answer


def mean(one, step):
    return one[1] / (len(one[0]) - 1)


def per_word_without_the_end(logp, beams, longest):
    end = len(logp) - 1

    def key(one, step):
        return np.float64(one[1]) / sum(symbol != end for symbol in one[0][1:])

    with np.errstate(divide="ignore"):
        return search(key)(logp, beams, longest)


def end_behind_the_padding(rows, start, end, padding):
    wide = max(map(len, rows))
    filled = [row + [padding] * (wide - len(row)) for row in rows]
    return [[start, *row] for row in filled], [[*row, end] for row in filled]


NEAR_MISSES = [
    ("19.1", after(lambda s: [w.lower() for w in s]), False, "Capitals are made small"),
    ("19.1", after(lambda s: [s[0].lower(), *s[1:]]), False, None),
    ("19.1", after(lambda s: [w for w in s if w.isalnum()]), False, None),
    ("19.1", cut_by(glued), False, None),
    ("19.1", cut_by(runs), True, None),
    ("19.1", bleu(lambda pairs: over_all(pairs, 1)), False, "1 is added to the counts of each"),
    ("19.1", bleu(lambda pairs: np.mean([r / s for r, s in pairs])), False, "precisions of each"),
    (
        "19.1",
        bleu(over_all, lambda c, r: np.mean([short(*pair) for pair in zip(c, r)])),
        False,
        "brevity penalty of each sentence",
    ),
    ("19.1", bleu(over_all, lambda c, r: min(1, sum(c) / sum(r))), False, "is c / r in yours"),
    ("19.1", pooled, False, "put together before"),
    (
        "19.1",
        cut_by(lambda words, n: runs(words, n)[: len(words) - n]),
        False,
        "The last run of each sentence is missing",
    ),
    ("19.2", tables(), True, None),
    ("19.2", tables(left=True), False, "padding stands on the left"),
    ("19.2", tables(width=lambda longest: longest), False, "one column too narrow"),
    ("19.2", tables(width=lambda longest: longest + 2), False, "one column too many"),
    ("19.2", tables(given=False), False, "`start` is not given"),
    ("19.2", narrow, False, "does not fit behind `start`"),
    ("19.2", ragged, False, "Your rows differ in length"),
    (
        "19.2",
        lambda rows, start, end, padding: RIGHT["19.2"](rows, start, end, 0),
        False,
        "filled up with 0",
    ),
    ("19.2", end_behind_the_padding, False, "All rows end at the same step"),
    ("19.3", attention(lambda s, mask: softmax(low(s, mask).T).T), False, "over the queries"),
    ("19.3", attention(lambda s, mask: np.where(mask, softmax(s), 0.0)), False, "*after* the soft"),
    ("19.3", attention(lambda s, mask: share(np.exp(s) * mask)), False, "times the mask's 0 is"),
    ("19.3", attention(lambda s, mask: share(np.exp(low(s, mask)))), False, "inf / inf is nan"),
    ("19.3", attention(lambda s, mask: share(softmax(s) * mask)), False, "Padding still has a say"),
    (
        "19.3",
        attention(lambda s, mask: share(np.exp(low(s, mask) - s[:, mask].max()))),
        False,
        "one largest score for all queries",
    ),
    ("19.3", attention(lambda s, mask: softmax(low(s, mask, -100))), False, "-100 is not low"),
    ("19.3", attention(lambda s, mask: softmax(low(s, mask, -1e9))), True, None),
    ("19.3", prefix, False, "The mask can have a hole"),
    (
        "19.3",
        attention(lambda s, mask: softmax(low(s, mask), keep=False)),
        False,
        "sum of each row",
    ),
    (
        "19.3",
        lambda query, memory, mask: RIGHT["19.3"](query, memory[mask], mask[mask]),
        False,
        "columns only for the places that are there",
    ),
    ("19.4", search(mean), True, None),
    ("19.4", search(mean, per_parent=True, places=lambda beams: None), False, "of *each*"),
    ("19.4", search(mean, places=lambda beams: None), False, "never cut"),
    ("19.4", search(mean, places=lambda beams: beams + 1), False, None),
    ("19.4", search(lambda one, step: one[1] / step), False, "changes no order"),
    ("19.4", search(lambda one, step: -mean(one, step)), False, "least"),
    ("19.4", per_word_without_the_end, False, "the end alone is divided by 0"),
    ("19.4", lambda *case: (0, *RIGHT["19.4"](*case)), False, "start symbol is part"),
    ("19.4", search(lambda one, step: one[1], divide=True), False, "go on adding"),
]
