"""Exercises of notebook 15: the last film, equal scores, the next film, unseen, sampled ranks."""

from fractions import Fraction
from math import comb, lgamma

import numpy as np

from lstm_lib.course.exercise import Exercise, Mistake


def one_history(rng: np.random.Generator, size: int) -> tuple:
    """film (T,) all different, time (T,) with equal ones, in a file's order, not that of time."""
    T = 4 + size
    film = rng.permutation(3 * T)[:T]
    time = rng.integers(0, 2 + size // 2, T) + 100
    return film, time


def hold_out(film, time):
    # A stable sort: ratings of one second stay in the order in which the file has them.
    order = np.argsort(time, kind="stable")
    film = film[order]
    return film[:-2], film[-2], film[-1]


def _cut(film):
    return film[:-2], film[-2], film[-1]


def _latest_twice(film, time):
    test = int(np.argmax(time))
    film_left, time_left = np.delete(film, test), np.delete(time, test)
    valid = int(np.argmax(time_left))
    return np.delete(film_left, valid), film_left[valid], film[test]


def _latest_first(film, time):
    test = int(np.argmax(time))
    valid = int(np.argmax(np.where(np.arange(len(time)) == test, -1, time)))
    order = [k for k in np.argsort(time, kind="stable") if k not in (test, valid)]
    return film[order], film[valid], film[test]


def held_out_by_insertion(film, time):
    """Every rating is put behind all that are not later than it."""
    films, times = [], []
    for f, t in zip(film.tolist(), time.tolist()):
        place = sum(earlier <= t for earlier in times)
        films.insert(place, f)
        times.insert(place, t)
    return np.array(films[:-2]), films[-2], films[-1]


HOLD_OUT = Exercise(
    key="15.1",
    title="The last one out, in the order of time",
    stars=1,
    names=("film", "time"),
    specification=held_out_by_insertion,
    inputs=one_history,
    mistakes=(
        Mistake(
            "The last rows of the *file* came back. They are not the last in time: put the films "
            "in the order of `time` first.",
            lambda film, time: (film[:-2], film[-2], film[-1]),
        ),
        Mistake(
            "Ratings of one second were put in the order of their film numbers. Then what is "
            "asked for depends on how films are numbered. A stable sort leaves them as they are "
            "in the file.",
            lambda film, time: hold_out(np.sort(film), time[np.argsort(film)]),
        ),
        Mistake(
            "Ratings of one second came out in the reverse of the file's order. (Sorting by "
            "-time and turning the result round does that.) Sort by `time`, with a stable sort.",
            lambda film, time: hold_out(film[::-1], time[::-1]),
        ),
        Mistake(
            "Validation and test are exchanged: the last film is the test, the one before it the "
            "validation.",
            lambda film, time: tuple(hold_out(film, time)[k] for k in (0, 2, 1)),
        ),
        Mistake(
            "The validation film is still in the training part: a leak. Two films are held out, "
            "so training ends before both.",
            lambda film, time: (
                film[np.argsort(time, kind="stable")][:-1],
                *hold_out(film, time)[1:],
            ),
        ),
        Mistake(
            "Those are the *earliest* films: you trained on the future. The two that are latest in "
            "time are held out.",
            lambda film, time: (
                film[np.argsort(-time, kind="stable")][:-2],
                *film[np.argsort(-time, kind="stable")][[-2, -1]],
            ),
        ),
        Mistake(
            "The times came back, not the films. Sort the films by their times.",
            lambda film, time: (np.sort(time)[:-2], np.sort(time)[-2], np.sort(time)[-1]),
        ),
        Mistake(
            "The order of time is right, but ratings of one second got mixed up: a plain "
            "`np.argsort(time)` may exchange equals. It has a `kind` that leaves them in the "
            "order of the file.",
            lambda film, time: _cut(film[np.argsort(time)]),
        ),
        Mistake(
            "The right films are held out, but the training films came newest first. A history "
            "begins with the oldest.",
            lambda film, time: (hold_out(film, time)[0][::-1], *hold_out(film, time)[1:]),
        ),
        Mistake(
            "You sorted from the newest to the oldest. Then the training films stand in the wrong "
            "order, and of ratings of one second the first counts as the last. Sort by `time`, "
            "upwards, and cut at the end.",
            lambda film, time: (
                film[np.argsort(-time, kind="stable")][2:],
                *film[np.argsort(-time, kind="stable")][[1, 0]],
            ),
        ),
        Mistake(
            "The films came out in the order of their numbers. `np.lexsort` sorts by its *last* "
            "key first: there `time` has to stand.",
            lambda film, time: _cut(np.sort(film)),
        ),
        Mistake(
            "You looked for the latest rating, and then for the next: of ratings of one second "
            "that finds the *first* in the file, not the last; and the rest was not put in order. "
            "One stable sort does all of it.",
            lambda film, time: _latest_twice(film, time),
        ),
        Mistake(
            "The films are right, but validation and test came as arrays with one entry. "
            "`film[-1]`, without a colon, is the number.",
            lambda film, time: (
                hold_out(film, time)[0],
                *(np.array([held]) for held in hold_out(film, time)[1:]),
            ),
        ),
        Mistake(
            "The numbers of *rows* came back: `np.argsort` says in which row each film stands. "
            "Index `film` with it to get the films.",
            lambda film, time: _cut(np.argsort(time, kind="stable")),
        ),
        Mistake(
            "All films are in the training part, the two that are held out among them: a leak. "
            "Training ends before both.",
            lambda film, time: (film[np.argsort(time, kind="stable")], *hold_out(film, time)[1:]),
        ),
        Mistake(
            "The right films are held out, but the training films stand in the order of the file. "
            "They are wanted oldest first.",
            lambda film, time: (
                film[np.sort(np.argsort(time, kind="stable")[:-2])],
                *hold_out(film, time)[1:],
            ),
        ),
        Mistake(
            "The right films are held out, but the training films came in the order of their "
            "numbers. They are wanted oldest first.",
            lambda film, time: (np.sort(hold_out(film, time)[0]), *hold_out(film, time)[1:]),
        ),
        Mistake(
            "Validation and test came together, as one array. Three values are wanted: the "
            "training films, the validation film, the test film.",
            lambda film, time: (
                hold_out(film, time)[0],
                film[np.argsort(time, kind="stable")][-2:],
            ),
        ),
        Mistake(
            "You looked for the latest rating, and then for the next: of ratings of one second "
            "`argmax` finds the *first* in the file, but the last of them is the last film.",
            lambda film, time: _latest_first(film, time),
        ),
        Mistake(
            "The two *oldest* films are held out. It is the two newest: the last of the sorted "
            "films, and the one before it.",
            lambda film, time: (
                film[np.argsort(time, kind="stable")][2:],
                *film[np.argsort(time, kind="stable")][:2],
            ),
        ),
    ),
    steps=(
        "`np.argsort(time)` gives the rows in the order of time.",
        'With kind="stable", rows of one second stay in the order of the file.',
        "Index `film` with it; then the last is the test, the one before it the validation.",
    ),
    solution=hold_out,
)


def scores_with_ties(rng: np.random.Generator, size: int) -> tuple:
    """scores (F,) of few different values, and the number of the film that was wanted.

    In one input two scores are nearly equal, and are not.
    """
    if size == 3:
        return np.array([16777217.0, 16777216.0, 0.5, 16777216.0]), 1
    F = 4 + 2 * size
    scores = rng.integers(0, 3 + size // 4, F) / 2
    return scores, int(rng.integers(F))


def three_ranks(scores, wanted):
    # How many are strictly ahead, and how many have the same score (the wanted film among them).
    ahead = int((scores > scores[wanted]).sum())
    equal = int((scores == scores[wanted]).sum())
    # All orders of the equal ones are alike: the mean lies half way.
    return ahead + 1, ahead + equal, ahead + (equal + 1) / 2


def ranks_by_sorting(scores, wanted):
    """Put the wanted film first, then last, among its equals; then at every place in turn."""
    values = scores.tolist()
    others = [value for film, value in enumerate(values) if film != wanted]
    places = [
        place + 1
        for place in range(len(values))
        if all(value >= values[wanted] for value in sorted(others, reverse=True)[:place])
        and all(value <= values[wanted] for value in sorted(others, reverse=True)[place:])
    ]
    return min(places), max(places), sum(places) / len(places)


RANKS = Exercise(
    key="15.2",
    title="The best, the worst and the mean rank",
    stars=2,
    names=("scores", "wanted"),
    specification=ranks_by_sorting,
    inputs=scores_with_ties,
    mistakes=(
        Mistake(
            "One rank came back three times, the best: films of equal score were not counted. "
            "They may stand before the wanted film.",
            lambda scores, wanted: (1 + (scores > scores[wanted]).sum(),) * 3,
        ),
        Mistake(
            "You let a sort put the equal scores in order: then the number of a film decides its "
            "rank. Count instead: how many scores are above, how many equal?",
            lambda scores, wanted: (
                (1 + int(np.argmax(np.argsort(-scores, kind="stable") == wanted)),) * 3
            ),
        ),
        Mistake(
            "The ranks count from 0. The first place is 1.",
            lambda scores, wanted: tuple(rank - 1 for rank in three_ranks(scores, wanted)),
        ),
        Mistake(
            "The worst rank is one too large: the wanted film is equal to itself, and was counted "
            "among its rivals.",
            lambda scores, wanted: (
                1 + (scores > scores[wanted]).sum(),
                1 + (scores >= scores[wanted]).sum(),
                1 + ((scores > scores[wanted]).sum() + (scores >= scores[wanted]).sum()) / 2,
            ),
        ),
        Mistake(
            "Low scores came first. The film with the highest score has rank 1.",
            lambda scores, wanted: three_ranks(-scores, wanted),
        ),
        Mistake(
            "Best and worst are exchanged: the best rank is the smaller number.",
            lambda scores, wanted: tuple(three_ranks(scores, wanted)[k] for k in (1, 0, 2)),
        ),
        Mistake(
            "Best and worst are right. The mean rank is the middle of the two: it need not be a "
            "whole number, so nothing is rounded.",
            lambda scores, wanted: (
                *three_ranks(scores, wanted)[:2],
                int(three_ranks(scores, wanted)[2]),
            ),
        ),
        Mistake(
            "Films of one score were given one common place, and the next score the next place "
            "(1, 1, 2, ...). A list has no such places: three films ahead push you to the fourth.",
            lambda scores, wanted: (1 + len(set(scores[scores > scores[wanted]].tolist())),) * 3,
        ),
        Mistake(
            "Best and worst are right; the mean is half a place too low. With n equals their "
            "places go from 1 to n, and the middle of 1 and n is (n + 1) / 2.",
            lambda scores, wanted: (
                *three_ranks(scores, wanted)[:2],
                three_ranks(scores, wanted)[2] - 0.5,
            ),
        ),
        Mistake(
            "The worst rank is one too small: you counted only the *other* equals, and then no "
            "place was left for the wanted film itself.",
            lambda scores, wanted: (
                three_ranks(scores, wanted)[0],
                three_ranks(scores, wanted)[1] - 1,
                three_ranks(scores, wanted)[2] - 0.5,
            ),
        ),
        Mistake(
            "All three are right, in another order: return best, worst, mean.",
            lambda scores, wanted: tuple(three_ranks(scores, wanted)[k] for k in (0, 2, 1)),
        ),
        Mistake(
            "You compared the scores with `wanted`, which is the film's *number*. Its score is "
            "`scores[wanted]`.",
            lambda scores, wanted: (
                1 + (scores > wanted).sum(),
                (scores >= wanted).sum(),
                ((scores > wanted).sum() + (scores >= wanted).sum() + 1) / 2,
            ),
        ),
        Mistake(
            "All three ranks are the wanted film's place in `np.argsort(-scores)`. It puts equal "
            "scores in *some* order, which is one of many. Count instead: how many scores are "
            "above, how many equal?",
            lambda scores, wanted: (1 + int(np.argmax(np.argsort(-scores) == wanted)),) * 3,
        ),
        Mistake(
            "Best and worst are right; the mean is half a place too high. The wanted film is one "
            "of its equals: n of them take the places from 1 to n, whose middle is (n + 1) / 2.",
            lambda scores, wanted: (
                *three_ranks(scores, wanted)[:2],
                three_ranks(scores, wanted)[2] + 0.5,
            ),
        ),
        Mistake(
            "Scores that are *nearly* equal count as equal in yours (`np.isclose` and float32 do "
            "that). A film with a higher score stands ahead, however little it is: compare with > "
            "and ==.",
            lambda scores, wanted: three_ranks(scores.astype(np.float32), wanted),
        ),
        Mistake(
            "The best rank is one too small: you counted the films ahead. Behind three that are "
            "ahead the place is the fourth. (And the mean lies between the right best and worst.)",
            lambda scores, wanted: (
                three_ranks(scores, wanted)[0] - 1,
                three_ranks(scores, wanted)[1],
                three_ranks(scores, wanted)[2] - 0.5,
            ),
        ),
        Mistake(
            "The best rank is one too small: you counted the films ahead. Behind three that are "
            "ahead the place is the fourth. Worst and mean are right.",
            lambda scores, wanted: (
                three_ranks(scores, wanted)[0] - 1,
                *three_ranks(scores, wanted)[1:],
            ),
        ),
        Mistake(
            "Best and worst are right. The mean was rounded: between two places it is a half, and "
            "stays so.",
            lambda scores, wanted: (
                *three_ranks(scores, wanted)[:2],
                round(three_ranks(scores, wanted)[2]),
            ),
        ),
        Mistake(
            "Worst and mean are right. For the best rank you counted the different *scores* that "
            "are higher; each *film* ahead takes a place, films of equal score, too.",
            lambda scores, wanted: (
                1 + len(np.unique(scores[scores > scores[wanted]])),
                *three_ranks(scores, wanted)[1:],
            ),
        ),
        Mistake(
            "Only best and worst came back. The mean rank is wanted, too: three values.",
            lambda scores, wanted: three_ranks(scores, wanted)[:2],
        ),
    ),
    steps=(
        "Count the films whose score is strictly higher, and those whose score is equal.",
        "At best the wanted film stands before all its equals; at worst behind them.",
        "The wanted film is equal to itself: of n equals, n - 1 are rivals.",
    ),
    solution=three_ranks,
)


def vectors_and_output(rng: np.random.Generator, size: int) -> tuple:
    """table (F + 1, E), its last row 0, h (H,), W (E, H), a (E,), b (F,); H is not always E."""
    F, E = 3 + size, 2 + size // 2
    H = E if size % 3 == 0 else E + 1 + size % 2
    table = rng.normal(0, 0.8, (F + 1, E)).round(2)
    table[F] = 0.0
    h, W = rng.uniform(-1, 1, H).round(2), rng.normal(0, 1, (E, H)).round(2)
    return table, h, W, rng.normal(0, 0.5, E).round(2), rng.normal(0, 0.7, F).round(2)


def next_film(table, h, W, a, b):
    # The vector that the model asks for, of the size of a film's.
    wanted = W @ h + a
    # The last row stands for "no film": nobody can rate it next.
    logits = table[:-1] @ wanted + b
    # Softmax; the largest is taken out first, so that nothing overflows.
    p = np.exp(logits - logits.max())
    return p / p.sum()


def next_film_one_by_one(table, h, W, a, b):
    weights = []
    for film in range(len(table) - 1):
        logit = b[film]
        for n in range(len(a)):
            wanted = a[n]
            for m in range(len(h)):
                wanted = wanted + W[n, m] * h[m]
            logit = logit + table[film, n] * wanted
        weights.append(np.exp(logit))
    return np.array(weights) / sum(weights)


def _share(weights):
    return weights / weights.sum()


def _softmax(logits):
    return _share(np.exp(logits))


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


NEXT = Exercise(
    key="15.3",
    title="From the output to the next film",
    stars=2,
    names=("table", "h", "W", "a", "b"),
    specification=next_film_one_by_one,
    inputs=vectors_and_output,
    mistakes=(
        Mistake(
            "Those are the logits. Softmax turns them into probabilities: exp, and then each "
            "divided by the sum of all.",
            lambda table, h, W, a, b: table[:-1] @ (W @ h + a) + b,
        ),
        Mistake(
            "Those are the *logarithms* of the probabilities, which are never above 0.",
            lambda table, h, W, a, b: np.log(next_film(table, h, W, a, b)),
        ),
        Mistake(
            "The logits were divided by their sum. Softmax takes exp of each first; so nothing is "
            "negative, either.",
            lambda table, h, W, a, b: (
                (table[:-1] @ (W @ h + a) + b) / (table[:-1] @ (W @ h + a) + b).sum()
            ),
        ),
        Mistake(
            "`a` is missing: the wanted vector is W h + a.",
            lambda table, h, W, a, b: next_film(table, h, W, 0 * a, b),
        ),
        Mistake(
            "`b` is missing: each film has a number of its own that is added to its logit.",
            lambda table, h, W, a, b: next_film(table, h, W, a, 0 * b),
        ),
        Mistake(
            "The vectors were multiplied by the root of their size. That is done where films are "
            "*read*; the scores take them as they stand in the table.",
            lambda table, h, W, a, b: next_film(table * len(a) ** 0.5, h, W, a, b),
        ),
        Mistake(
            "W is transposed. Its rows belong to the numbers of a film's vector, its columns to "
            "h: `W @ h`.",
            lambda table, h, W, a, b: next_film(table, h, W.T, a, b),
        ),
        Mistake(
            'The first row was left out. "No film" is the *last* row of the table; film 0 is a '
            "film like the others.",
            lambda table, h, W, a, b: _softmax(table[1:] @ (W @ h + a) + b),
        ),
        Mistake(
            '"No film" competes: softmax went over all rows of the table, so what is left for '
            "the films does not add up to 1.",
            lambda table, h, W, a, b: _softmax(table @ (W @ h + a) + np.append(b, 0.0))[:-1],
        ),
        Mistake(
            "The table has one row more than there are films, and so has your answer: its last "
            'row, "no film", has to go before softmax.',
            lambda table, h, W, a, b: _softmax(table @ (W @ h + a) + np.append(b, 0.0)),
        ),
        Mistake(
            "`b` was added after softmax, so the numbers do not add up to 1. It belongs to the "
            "logits.",
            lambda table, h, W, a, b: next_film(table, h, W, a, 0 * b) + b,
        ),
        Mistake(
            "Each logit went through a sigmoid of its own: that answers for every film alone, and "
            "the numbers do not add up to 1. Softmax lets the films compete.",
            lambda table, h, W, a, b: _sigmoid(table[:-1] @ (W @ h + a) + b),
        ),
        Mistake(
            "Sigmoids, divided by their sum. Softmax takes exp of each logit, and nothing else, "
            "before it divides.",
            lambda table, h, W, a, b: _share(_sigmoid(table[:-1] @ (W @ h + a) + b)),
        ),
        Mistake(
            "The wanted vector went through a sigmoid. In the formula W h + a is used as it is.",
            lambda table, h, W, a, b: _softmax(table[:-1] @ _sigmoid(W @ h + a) + b),
        ),
        Mistake(
            "The wanted vector went through tanh. In the formula W h + a is used as it is.",
            lambda table, h, W, a, b: _softmax(table[:-1] @ np.tanh(W @ h + a) + b),
        ),
        Mistake(
            "exp of the logits, and not yet divided by their sum: probabilities add up to 1.",
            lambda table, h, W, a, b: np.exp(table[:-1] @ (W @ h + a) + b),
        ),
        Mistake(
            'The table has one row more than `b` has numbers: "no film", the last. Leave that row '
            "out before you add b.",
            lambda table, h, W, a, b: table @ (W @ h + a) + b,
        ),
        Mistake(
            'The probabilities are right; but "no film" is among them, with a 0 at the end. Return '
            "those of the films.",
            lambda table, h, W, a, b: np.append(next_film(table, h, W, a, b), 0.0),
        ),
        Mistake(
            "The logits were divided by the root of the vectors' size. That is another model's "
            "formula: here the product is taken as it is.",
            lambda table, h, W, a, b: next_film(table / len(a) ** 0.5, h, W, a, b),
        ),
        Mistake(
            "You return the number of the likeliest film. The probabilities of all are wanted.",
            lambda table, h, W, a, b: int(np.argmax(next_film(table, h, W, a, b))),
        ),
    ),
    steps=(
        "First the wanted vector: a matrix times h, plus a. It is as long as a row of the table.",
        "The last row of the table is no film: `table[:-1]` has one row for each film. (If two "
        "shapes do not go together: the whole table has one row more than `b`.)",
        "A film's logit is the sum of products of its row with the wanted vector, plus its b. "
        "Then softmax.",
    ),
    solution=next_film,
)


def logits_and_seen(rng: np.random.Generator, size: int) -> tuple:
    """logits (F,), seen (F,) bool, and a wanted film: it and another are not seen.

    In one input a seen film is 900 above the others, and the wanted film 50 below the best unseen:
    exp of each is still a number, but what is taken off or put in too carelessly shows.
    """
    if size == 4:
        return np.array([650.0, -250.0, -300.0, 7.0]), np.array([True, False, False, True]), 2
    F = 4 + size
    one, other, wanted, *_ = rng.permutation(F).tolist()
    seen = rng.random(F) < 0.5
    seen[[one, other, wanted]] = True, False, False
    return rng.normal(0, 2, F).round(2), seen, wanted


def unseen_nats(logits, seen, wanted):
    # A seen film does not compete: minus infinity becomes the probability 0.
    left = np.where(seen, -np.inf, logits)
    # log of the sum of exponentials; the largest is taken out first, so that nothing overflows.
    top = left.max()
    return top + np.log(np.exp(left - top).sum()) - logits[wanted]


def nats_film_by_film(logits, seen, wanted):
    total = sum(np.exp(logit) for logit, gone in zip(logits, seen) if not gone)
    return -np.log(np.exp(logits[wanted]) / total)


def _nats(left, wanted, top=None):
    """Nats by the sum of exponentials, of the logits less `top`."""
    top = left.max() if top is None else top
    with np.errstate(divide="ignore"):
        return top + np.log(np.exp(left - top).sum()) - left[wanted]


def _by_probability(logits, some, wanted):
    """Minus the logarithm of a share in the sum over some films."""
    with np.errstate(divide="ignore"):
        return -np.log(np.exp(logits[wanted]) / np.exp(logits[some]).sum())


def _taken_out_late(logits, seen, wanted):
    """The softmax of all films, then 0 for the seen ones, and divided by what is left."""
    p = np.where(seen, 0.0, np.exp(logits - logits.max()))
    with np.errstate(invalid="ignore"):
        return -np.log(p[wanted] / p.sum())


UNSEEN = Exercise(
    key="15.4",
    title="The loss among unseen films",
    stars=2,
    names=("logits", "seen", "wanted"),
    specification=nats_film_by_film,
    inputs=logits_and_seen,
    mistakes=(
        Mistake(
            "That is the loss among *all* films: the seen ones still compete. Take them out "
            "before you add up.",
            lambda logits, seen, wanted: np.log(np.exp(logits).sum()) - logits[wanted],
        ),
        Mistake(
            "The logits of seen films were set to 0. But exp(0) is 1: they still compete. The "
            "logit that means the probability 0 is -np.inf.",
            lambda logits, seen, wanted: (
                np.log(np.exp(np.where(seen, 0.0, logits)).sum()) - logits[wanted]
            ),
        ),
        Mistake(
            "The mask is turned round: you kept the seen films and left out the unseen ones.",
            lambda logits, seen, wanted: np.log(np.exp(logits[seen]).sum()) - logits[wanted],
        ),
        Mistake(
            "That is the *logarithm of the probability*, which is never above 0. The loss is its "
            "negative.",
            lambda logits, seen, wanted: -unseen_nats(logits, seen, wanted),
        ),
        Mistake(
            "That is the probability itself. The loss is minus its natural logarithm.",
            lambda logits, seen, wanted: np.exp(-unseen_nats(logits, seen, wanted)),
        ),
        Mistake(
            "The unit is bits: you took the logarithm to base 2. With np.log it is nats.",
            lambda logits, seen, wanted: unseen_nats(logits, seen, wanted) / np.log(2),
        ),
        Mistake(
            "The wanted film itself was left out of the sum, so the shares do not add up to 1. "
            "It competes, too.",
            lambda logits, seen, wanted: (
                np.log(np.exp(np.delete(logits, [wanted, *np.flatnonzero(seen)])).sum())
                - logits[wanted]
            ),
        ),
        Mistake(
            "After `logits[~seen]` the films have moved up: entry `wanted` is another film there, "
            "or none at all. Take the wanted film's logit from `logits` itself.",
            lambda logits, seen, wanted: (
                np.log(np.exp(logits[~seen]).sum()) - logits[~seen][wanted]
            ),
        ),
        Mistake(
            "The sign of the second part is turned round: less competition makes the wanted film "
            "*more* likely, so its nats get fewer.",
            lambda logits, seen, wanted: (
                2 * (np.log(np.exp(logits).sum()) - logits[wanted])
                - unseen_nats(logits, seen, wanted)
            ),
        ),
        Mistake(
            "That is the mean of both losses, among all films and among the unseen ones. Here only "
            "the second is asked for.",
            lambda logits, seen, wanted: (
                (np.log(np.exp(logits).sum()) - logits[wanted] + unseen_nats(logits, seen, wanted))
                / 2
            ),
        ),
        Mistake(
            "-10 is not minus infinity: exp(-10) is small, but a seen film still competes a "
            "little, and wins where all others are lower. Use -np.inf.",
            lambda logits, seen, wanted: _nats(np.where(seen, -10.0, logits), wanted),
        ),
        Mistake(
            "-100 is not minus infinity: where the unseen films are lower, the seen ones get all "
            "the probability. Use -np.inf.",
            lambda logits, seen, wanted: _nats(np.where(seen, -100.0, logits), wanted),
        ),
        Mistake(
            "Seen films still have a say. If their exp is far larger than all others, these become "
            "0 beside it, and 0 / 0 is nan. Take the seen ones out of the *logits*, before "
            "exp, the largest and softmax.",
            _taken_out_late,
        ),
        Mistake(
            "The largest logit of *all* films was taken off. If a seen film has it, exp of all "
            "others can be 0, whose logarithm is -inf. Take the largest of the unseen ones.",
            lambda logits, seen, wanted: _nats(
                np.where(seen, -np.inf, logits), wanted, logits.max()
            ),
        ),
        Mistake(
            "inf on every input: in yours the wanted film has the probability 0. Is the mask "
            "turned round? True marks a film that is seen, and goes.",
            lambda logits, seen, wanted: np.inf,
        ),
        Mistake(
            "A probability of less than 1e-12 was raised to that, so the nats end at 27.6. Work "
            "with logits: log of the sum of exp, minus the wanted one's.",
            lambda logits, seen, wanted: min(unseen_nats(logits, seen, wanted), -np.log(1e-12)),
        ),
        Mistake(
            "Those are the nats of *all* films, each in its place. One is wanted: entry `wanted`.",
            lambda logits, seen, wanted: (
                unseen_nats(logits, seen, wanted) + logits[wanted] - np.where(seen, -np.inf, logits)
            ),
        ),
        Mistake(
            "You added up the nats of all unseen films. Only those of the wanted one are "
            "asked for.",
            lambda logits, seen, wanted: sum(
                unseen_nats(logits, seen, film) for film in np.flatnonzero(~seen)
            ),
        ),
        Mistake(
            "Minus the logarithm of a sigmoid: that asks about the wanted film alone. Here the "
            "unseen films compete: softmax.",
            lambda logits, seen, wanted: np.log1p(np.exp(-logits[wanted])),
        ),
        Mistake(
            "That is the loss among *all* films: the seen ones still take part in the sum. (And "
            "where exp or a share is too large or too small for a float the nats become inf: "
            "take the logarithm of the sum alone, and subtract the wanted logit.)",
            lambda logits, seen, wanted: _by_probability(logits, seen == seen, wanted),
        ),
        Mistake(
            "The mask is turned round: you kept the seen films and left out the unseen ones. (And "
            "where exp or a share is too large or too small for a float the nats become inf: "
            "subtract the wanted logit from the logarithm of the sum.)",
            lambda logits, seen, wanted: _by_probability(logits, seen, wanted),
        ),
    ),
    steps=(
        "A probability is exp(logit), divided by the sum of exp(logit) over those that compete.",
        "Only unseen films compete: `logits[~seen]`. (In this shorter array the films have other "
        "places.)",
        "The loss is minus the logarithm of the wanted film's probability: log of the sum, "
        "minus its logit.",
    ),
    solution=unseen_nats,
)


def a_place_among_all(rng: np.random.Generator, size: int) -> tuple:
    """rank among all films, how many films, how many are drawn, length of the list k.

    In the last one there are more ways to draw than a float can hold.
    """
    if size == 19:
        return 150, 5000, 300, 10
    while True:
        drawn = int(rng.integers(3, 6 + size))
        films = drawn + int(rng.integers(4, 10 + 5 * size))
        case = int(rng.integers(1, films)), films, drawn, int(rng.integers(1, drawn))
        # Near 0 and 1 a right answer may differ by rounding more than the check allows.
        if 1e-6 < chance_draw_by_draw(*case) < 1 - 1e-6:
            return case


def sampled_chance(rank, films, drawn, k):
    # Of the films - 1 rivals, rank - 1 are ahead. Among the `drawn` ones at most k - 1 may be.
    ahead, behind = rank - 1, films - rank
    # How many ways are there to draw j from those ahead and the rest from those behind?
    ways = sum(comb(ahead, j) * comb(behind, drawn - j) for j in range(k))
    return ways / comb(films - 1, drawn)


def chance_draw_by_draw(rank, films, drawn, k):
    """One rival is drawn after the other: the chances of j of them being ahead, for each j."""
    chances = {0: 1.0}
    for n in range(drawn):
        following: dict[int, float] = {}
        for j, chance in chances.items():
            share = (rank - 1 - j) / (films - 1 - n)
            following[j + 1] = following.get(j + 1, 0.0) + chance * share
            following[j] = following.get(j, 0.0) + chance * (1 - share)
        chances = following
    return sum(chance for j, chance in chances.items() if j < k)


def _chance(ahead: int, rivals: int, drawn: int, most: int, least: int = 0) -> float:
    """The chance that of `drawn` rivals `least` to `most` are ahead; the mistakes' own way."""
    if not 0 <= ahead <= rivals or drawn > rivals:
        raise ValueError("more films drawn, or ahead, than there are")

    def log_ways(n: int, j: int) -> float:
        return lgamma(n + 1) - lgamma(j + 1) - lgamma(n - j + 1)

    total = 0.0
    for j in range(max(least, drawn - (rivals - ahead)), min(most, ahead, drawn) + 1):
        ways = log_ways(ahead, j) + log_ways(rivals - ahead, drawn - j)
        total += float(np.exp(ways - log_ways(rivals, drawn)))
    return total


def _with_replacement(rank, films, drawn, k):
    share = (rank - 1) / (films - 1)
    return sum(comb(drawn, j) * share**j * (1 - share) ** (drawn - j) for j in range(k))


def _twice(answer, *case):
    """The answer's number, asked for twice: a simulation gives another one each time.

    A fraction is a number, too.
    """
    one, other = answer(*case), answer(*case)
    shares = all(isinstance(number, float) and 0 <= number <= 1 for number in (one, other))
    if shares and one != other:
        raise ValueError(
            f"asked twice, it gave {one:.4g} and {other:.4g}. A simulation comes near the chance, "
            "but the exact number is wanted: count the ways to draw."
        )
    if isinstance(one, int) and abs(one) > 2**53:
        raise ValueError("it gave a number of more than 15 digits; a chance is at most 1")
    return float(one) if isinstance(one, Fraction) else one


def _by_floats(rank, films, drawn, k):
    """The ways in floats, as `scipy.special.comb` counts them: inf where there are too many."""

    def ways(n, j):
        return float(comb(n, j)) if comb(n, j) < 1e308 else np.inf

    with np.errstate(invalid="ignore"):
        hits = [ways(rank - 1, j) * ways(films - rank, drawn - j) for j in range(k)]
        return np.sum(hits) / ways(films - 1, drawn)


SAMPLED = Exercise(
    key="15.5",
    title="What a sampled rank hides",
    stars=3,
    names=("rank", "films", "drawn", "k"),
    specification=chance_draw_by_draw,
    inputs=a_place_among_all,
    mistakes=(
        Mistake(
            "Up to k rivals were allowed ahead. Then the wanted film stands at k + 1: at most "
            "k - 1 may be.",
            lambda rank, films, drawn, k: _chance(rank - 1, films - 1, drawn, k),
        ),
        Mistake(
            "`rank` films were taken to be ahead. The film at rank 1 has nobody ahead of it: it "
            "is rank - 1.",
            lambda rank, films, drawn, k: _chance(rank, films - 1, drawn, k - 1),
        ),
        Mistake(
            "That is the chance of *exactly* k - 1 rivals ahead. Fewer are as good: add up the "
            "chances of 0, 1, ..., k - 1.",
            lambda rank, films, drawn, k: _chance(rank - 1, films - 1, drawn, k - 1, k - 1),
        ),
        Mistake(
            "You drew with replacement (a binomial distribution). The negatives are all "
            "different: each film that was drawn is gone from the urn.",
            _with_replacement,
        ),
        Mistake(
            "That is the chance of *not* being among the first k. Take it from 1.",
            lambda rank, films, drawn, k: 1 - _chance(rank - 1, films - 1, drawn, k - 1),
        ),
        Mistake(
            "The wanted film is still in the urn: it was drawn as a rival of itself. There are "
            "films - 1 rivals, films - rank of them behind it.",
            lambda rank, films, drawn, k: _chance(rank - 1, films, drawn, k - 1),
        ),
        Mistake(
            "That answers whether the *average* sampled rank is at most k: a yes or no. Some "
            "draws are kinder than others: the chance lies between 0 and 1.",
            lambda rank, films, drawn, k: float(1 + drawn * (rank - 1) / (films - 1) <= k),
        ),
        Mistake(
            "The ways that count are right, but you divided by the ways to draw from all `films`. "
            "The wanted film is not in the urn: films - 1 are.",
            lambda rank, films, drawn, k: (
                _chance(rank - 1, films - 1, drawn, k - 1) * (films - drawn) / films
            ),
        ),
        Mistake(
            "`rank` films ahead and films - rank behind make `films` rivals: the wanted film "
            "itself is among them. Ahead of rank 1 there is nobody.",
            lambda rank, films, drawn, k: _chance(rank, films, drawn, k - 1),
        ),
        Mistake(
            "`rank` films were taken to be ahead; it is rank - 1. (So the ways that you added up "
            "are of one film more than those that you divided by.)",
            lambda rank, films, drawn, k: (
                _chance(rank, films, drawn, k - 1) * films / (films - drawn)
            ),
        ),
        Mistake(
            "`drawn` + 1 rivals were drawn. It is `drawn` of them; the wanted film makes it one "
            "more.",
            lambda rank, films, drawn, k: _chance(rank - 1, films - 1, drawn + 1, k - 1),
        ),
        Mistake(
            "Ahead and behind are exchanged: that is the chance that at most k - 1 of those drawn "
            "stand *behind* the wanted film.",
            lambda rank, films, drawn, k: _chance(films - rank, films - 1, drawn, k - 1),
        ),
        Mistake(
            "The sum begins at 1. That *none* of those drawn is ahead is the best case, and "
            "counts: `range(k)` begins at 0.",
            lambda rank, films, drawn, k: _chance(rank - 1, films - 1, drawn, k - 1, 1),
        ),
        Mistake(
            "k / rank does not know how many are drawn. Think of an urn: rank - 1 films in it are "
            "ahead, films - rank behind. How many of those ahead are drawn?",
            lambda rank, films, drawn, k: k / rank,
        ),
        Mistake(
            "At most k - 2 rivals were allowed ahead: `range(k - 1)` ends there. With k - 1 ahead "
            "the wanted film is the k-th, and counts.",
            lambda rank, films, drawn, k: _chance(rank - 1, films - 1, drawn, k - 2),
        ),
        Mistake(
            "That is the chance of *exactly* k rivals ahead. Then the wanted film is not even "
            "among the first k: add up the chances of 0, 1, ..., k - 1.",
            lambda rank, films, drawn, k: _chance(rank - 1, films - 1, drawn, k, k),
        ),
        Mistake(
            "`drawn` - 1 rivals were drawn. It is `drawn` of them; the wanted film is one more.",
            lambda rank, films, drawn, k: _chance(rank - 1, films - 1, drawn - 1, k - 1),
        ),
        Mistake(
            "That is the *number* of ways that count. Divide by the number of all ways to draw.",
            lambda rank, films, drawn, k: sum(
                comb(rank - 1, j) * comb(films - rank, drawn - j) for j in range(k)
            ),
        ),
        Mistake(
            "Right while numbers are small. The ways to draw 300 of 4,999 are too many for a "
            "float: inf / inf is nan. `math.comb` counts in integers, without end.",
            _by_floats,
        ),
    ),
    steps=(
        "Of the other films, rank - 1 are ahead of the wanted one and films - rank behind it.",
        "The wanted film is among the first k if at most k - 1 of those drawn are ahead.",
        "j ahead and drawn - j behind can be drawn in comb(ahead, j) * comb(behind, drawn - j) "
        "ways, of comb(films - 1, drawn) in all.",
    ),
    solution=sampled_chance,
    use=_twice,
)

EXERCISES = (HOLD_OUT, RANKS, NEXT, UNSEEN, SAMPLED)
