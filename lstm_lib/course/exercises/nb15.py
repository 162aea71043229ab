"""Exercises of notebook 15: the last film, equal scores, the next film, unseen, sampled ranks."""

from fractions import Fraction
from math import comb

import numpy as np

from lstm_lib.course.exercise import Exercise


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


def held_out_by_insertion(film, time):
    """Every rating is put behind all that are not later than it."""
    films, times = [], []
    for rated, second in zip(film.tolist(), time.tolist()):
        place = sum(earlier <= second for earlier in times)
        films.insert(place, rated)
        times.insert(place, second)
    return np.array(films[:-2]), films[-2], films[-1]


def by_argmax_twice(film, time):
    test = int(np.argmax(time))
    valid = int(np.argmax(np.where(np.arange(len(time)) == test, -1, time)))
    return np.delete(film, [test, valid]), film[valid], film[test]


def by_argmax_twice_then_sorted(film, time):
    _, *held_out = by_argmax_twice(film, time)
    film = film[np.argsort(time, kind="stable")]
    return film[~np.isin(film, held_out)], *held_out


HOLD_OUT = Exercise(
    key="15.1",
    title="The last one out, in the order of time",
    stars=1,
    names=("film", "time"),
    specification=held_out_by_insertion,
    inputs=one_history,
    mistakes="""
        film = film[order] ->
            The last rows of the *file* came back. They are not the last in time: put the films in
            the order of `time` first.
        np.argsort(time, kind="stable") -> np.lexsort((film, time))
            Ratings of one second were put in the order of their film numbers. Then what is asked
            for depends on how films are numbered. A stable sort leaves them as they are in the
            file.
        np.argsort(time, kind="stable") -> np.argsort(-time, kind="stable")[::-1]
            Ratings of one second came out in the reverse of the file's order. (Sorting by -time and
            turning the result round does that.) Sort by `time`, with a stable sort.
        film[-2], film[-1] -> film[-1], film[-2]
            Validation and test are exchanged: the last film is the test, the one before it the
            validation.
        film[:-2] -> film[:-1]
            The validation film is still in the training part: a leak. Two films are held out, so
            training ends before both.
        np.argsort(time -> np.argsort(-time
            Those are the *earliest* films: you trained on the future. The two that are latest in
            time are held out.
        film[order] -> time[order]
            The times came back, not the films. Sort the films by their times.
        , kind="stable" ->
            The order of time is right, but ratings of one second got mixed up: a plain
            `np.argsort(time)` may exchange equals. It has a `kind` that leaves them in the order of
            the file.
        film[:-2] -> film[:-2][::-1]
            The right films are held out, but the training films came newest first. A history begins
            with the oldest.
        np.argsort(time -> np.argsort(-time
        film[:-2], film[-2], film[-1] -> film[2:], film[1], film[0]
            You sorted from the newest to the oldest. Then the training films stand in the wrong
            order, and of ratings of one second the first counts as the last. Sort by `time`,
            upwards, and cut at the end.
        np.argsort(time, kind="stable") -> np.lexsort((time, film))
            The films came out in the order of their numbers. `np.lexsort` sorts by its *last* key
            first: there `time` has to stand.
        by_argmax_twice
            You looked for the latest rating, and then for the next: of ratings of one second that
            finds the *first* in the file, not the last; and the rest was not put in order. One
            stable sort does all of it.
        film[-2], film[-1] -> film[-2:-1], film[-1:]
            The films are right, but validation and test came as arrays with one entry. `film[-1]`,
            without a colon, is the number.
        film[order] -> order
            The numbers of *rows* came back: `np.argsort` says in which row each film stands. Index
            `film` with it to get the films.
        film[:-2] -> film
            All films are in the training part, the two that are held out among them: a leak.
            Training ends before both.
        film[order] -> np.append(film[np.sort(order[:-2])], film[order[-2:]])
            The right films are held out, but the training films stand in the order of the file.
            They are wanted oldest first.
        film[:-2] -> np.sort(film[:-2])
            The right films are held out, but the training films came in the order of their numbers.
            They are wanted oldest first.
        film[-2], film[-1] -> film[-2:]
            Validation and test came together, as one array. Three values are wanted: the training
            films, the validation film, the test film.
        by_argmax_twice_then_sorted
            You looked for the latest rating, and then for the next: of ratings of one second
            `argmax` finds the *first* in the file, but the last of them is the last film.
        film[:-2], film[-2], film[-1] -> film[2:], film[0], film[1]
            The two *oldest* films are held out. It is the two newest: the last of the sorted films,
            and the one before it.
    """,
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
    mistakes="""
        ahead + equal, ahead + (equal + 1) / 2 -> ahead + 1, ahead + 1
            One rank came back three times, the best: films of equal score were not counted. They
            may stand before the wanted film.
        (scores > scores[wanted]).sum() -> np.argsort(np.argsort(-scores, kind="stable"))[wanted]
        (scores == scores[wanted]).sum() -> 1
            You let a sort put the equal scores in order: then the number of a film decides its
            rank. Count instead: how many scores are above, how many equal?
        ahead + 1, ahead + equal -> ahead, ahead + equal - 1
        (equal + 1) / 2 -> (equal - 1) / 2
            The ranks count from 0. The first place is 1.
        equal = int( -> equal = 1 + int(
            The worst rank is one too large: the wanted film is equal to itself, and was counted
            among its rivals.
        (scores > -> (scores <
            Low scores came first. The film with the highest score has rank 1.
        ahead + 1, ahead + equal -> ahead + equal, ahead + 1
            Best and worst are exchanged: the best rank is the smaller number.
        / 2 -> // 2
            Best and worst are right. The mean rank is the middle of the two: it need not be a whole
            number, so nothing is rounded.
        (scores > scores[wanted]).sum() -> len(set(scores[scores > scores[wanted]]))
        (scores == scores[wanted]).sum() -> 1
            Films of one score were given one common place, and the next score the next place (1, 1,
            2, ...). A list has no such places: three films ahead push you to the fourth.
        (equal + 1) / 2 -> equal / 2
            Best and worst are right; the mean is half a place too low. With n equals their places
            go from 1 to n, and the middle of 1 and n is (n + 1) / 2.
        equal = int( -> equal = -1 + int(
            The worst rank is one too small: you counted only the *other* equals, and then no place
            was left for the wanted film itself.
        ahead + equal, ahead + (equal + 1) / 2 -> ahead + (equal + 1) / 2, ahead + equal
            All three are right, in another order: return best, worst, mean.
        scores > scores[wanted] -> scores > wanted
        scores == scores[wanted] -> scores == wanted
            You compared the scores with `wanted`, which is the film's *number*. Its score is
            `scores[wanted]`.
        (scores > scores[wanted]).sum() -> np.argsort(np.argsort(-scores))[wanted]
        (scores == scores[wanted]).sum() -> 1
            All three ranks are the wanted film's place in `np.argsort(-scores)`. It puts equal
            scores in *some* order, which is one of many. Count instead: how many scores are above,
            how many equal?
        (equal + 1) / 2 -> 1 + equal / 2
            Best and worst are right; the mean is half a place too high. The wanted film is one of
            its equals: n of them take the places from 1 to n, whose middle is (n + 1) / 2.
        ahead = int( -> scores = np.float32(scores); ahead = int(
            Scores that are *nearly* equal count as equal in yours (`np.isclose` and float32 do
            that). A film with a higher score stands ahead, however little it is: compare with > and
            ==.
        ahead + 1, -> ahead,
        (equal + 1) / 2 -> equal / 2
            The best rank is one too small: you counted the films ahead. Behind three that are ahead
            the place is the fourth. (And the mean lies between the right best and worst.)
        ahead + 1, -> ahead,
            The best rank is one too small: you counted the films ahead. Behind three that are ahead
            the place is the fourth. Worst and mean are right.
        ahead + (equal + 1) / 2 -> round(ahead + (equal + 1) / 2)
            Best and worst are right. The mean was rounded: between two places it is a half, and
            stays so.
        ahead + 1, -> 1 + len(set(scores[scores > scores[wanted]])),
            Worst and mean are right. For the best rank you counted the different *scores* that are
            higher; each *film* ahead takes a place, films of equal score, too.
        , ahead + (equal + 1) / 2 ->
            Only best and worst came back. The mean rank is wanted, too: three values.
    """,
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


NEXT = Exercise(
    key="15.3",
    title="From the output to the next film",
    stars=2,
    names=("table", "h", "W", "a", "b"),
    specification=next_film_one_by_one,
    inputs=vectors_and_output,
    mistakes="""
        p / p.sum() -> logits
            Those are the logits. Softmax turns them into probabilities: exp, and then each divided
            by the sum of all.
        p / p.sum() -> np.log(p / p.sum())
            Those are the *logarithms* of the probabilities, which are never above 0.
        p / p.sum() -> logits / logits.sum()
            The logits were divided by their sum. Softmax takes exp of each first; so nothing is
            negative, either.
        W @ h + a -> W @ h
            `a` is missing: the wanted vector is W h + a.
        wanted + b -> wanted
            `b` is missing: each film has a number of its own that is added to its logit.
        table[:-1] -> len(a) ** 0.5 * table[:-1]
            The vectors were multiplied by the root of their size. That is done where films are
            *read*; the scores take them as they stand in the table.
        W @ h -> W.T @ h
            W is transposed. Its rows belong to the numbers of a film's vector, its columns to h: `W
            @ h`.
        table[:-1] -> table[1:]
            The first row was left out. "No film" is the *last* row of the table; film 0 is a film
            like the others.
        table[:-1] @ wanted + b -> table @ wanted + np.append(b, 0.0)
        p / p.sum() -> (p / p.sum())[:-1]
            "No film" competes: softmax went over all rows of the table, so what is left for the
            films does not add up to 1.
        table[:-1] @ wanted + b -> table @ wanted + np.append(b, 0.0)
            The table has one row more than there are films, and so has your answer: its last row,
            "no film", has to go before softmax.
        wanted + b -> wanted
        p / p.sum() -> p / p.sum() + b
            `b` was added after softmax, so the numbers do not add up to 1. It belongs to the
            logits.
        p / p.sum() -> 1 / (1 + np.exp(-logits))
            Each logit went through a sigmoid of its own: that answers for every film alone, and the
            numbers do not add up to 1. Softmax lets the films compete.
        np.exp(logits - logits.max()) -> 1 / (1 + np.exp(-logits))
            Sigmoids, divided by their sum. Softmax takes exp of each logit, and nothing else,
            before it divides.
        W @ h + a -> 1 / (1 + np.exp(-(W @ h + a)))
            The wanted vector went through a sigmoid. In the formula W h + a is used as it is.
        W @ h + a -> np.tanh(W @ h + a)
            The wanted vector went through tanh. In the formula W h + a is used as it is.
        p / p.sum() -> np.exp(logits)
            exp of the logits, and not yet divided by their sum: probabilities add up to 1.
        table[:-1] -> table
            The table has one row more than `b` has numbers: "no film", the last. Leave that row out
            before you add b.
        p / p.sum() -> np.append(p / p.sum(), 0.0)
            The probabilities are right; but "no film" is among them, with a 0 at the end. Return
            those of the films.
        table[:-1] -> table[:-1] / len(a) ** 0.5
            The logits were divided by the root of the vectors' size. That is another model's
            formula: here the product is taken as it is.
        p / p.sum() -> int(np.argmax(p))
            You return the number of the likeliest film. The probabilities of all are wanted.
    """,
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
    log_sum = top + np.log(np.exp(left - top).sum())
    return log_sum - logits[wanted]


def nats_film_by_film(logits, seen, wanted):
    total = sum(np.exp(logit) for logit, gone in zip(logits, seen) if not gone)
    return -np.log(np.exp(logits[wanted]) / total)


def taken_out_after_softmax(logits, seen, wanted):
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
    mistakes="""
        np.where(seen, -np.inf, logits) -> logits
            That is the loss among *all* films: the seen ones still compete. Take them out before
            you add up.
        -np.inf -> 0.0
            The logits of seen films were set to 0. But exp(0) is 1: they still compete. The logit
            that means the probability 0 is -np.inf.
        np.where(seen, -np.inf, logits) -> logits[seen]
            The mask is turned round: you kept the seen films and left out the unseen ones.
        log_sum - logits[wanted] -> logits[wanted] - log_sum
            That is the *logarithm of the probability*, which is never above 0. The loss is its
            negative.
        log_sum - logits[wanted] -> np.exp(logits[wanted] - log_sum)
            That is the probability itself. The loss is minus its natural logarithm.
        log_sum - logits[wanted] -> (log_sum - logits[wanted]) / np.log(2)
            The unit is bits: you took the logarithm to base 2. With np.log it is nats.
        np.where(seen, -> np.where(seen | (np.arange(len(seen)) == wanted),
            The wanted film itself was left out of the sum, so the shares do not add up to 1. It
            competes, too.
        np.where(seen, -np.inf, logits) -> logits[~seen]
        logits[wanted] -> left[wanted]
            After `logits[~seen]` the films have moved up: entry `wanted` is another film there, or
            none at all. Take the wanted film's logit from `logits` itself.
        log_sum - logits[wanted] -> 2 * np.log(np.exp(logits).sum()) - log_sum - logits[wanted]
            The sign of the second part is turned round: less competition makes the wanted film
            *more* likely, so its nats get fewer.
        log_sum - logits[wanted] -> (np.log(np.exp(logits).sum()) + log_sum) / 2 - logits[wanted]
            That is the mean of both losses, among all films and among the unseen ones. Here only
            the second is asked for.
        -np.inf -> -10.0
            -10 is not minus infinity: exp(-10) is small, but a seen film still competes a little,
            and wins where all others are lower. Use -np.inf.
        -np.inf -> -100.0
            -100 is not minus infinity: where the unseen films are lower, the seen ones get all the
            probability. Use -np.inf.
        taken_out_after_softmax
            Seen films still have a say. If their exp is far larger than all others, these become 0
            beside it, and 0 / 0 is nan. Take the seen ones out of the *logits*, before exp, the
            largest and softmax.
        left.max() -> logits.max()
            The largest logit of *all* films was taken off. If a seen film has it, exp of all others
            can be 0, whose logarithm is -inf. Take the largest of the unseen ones.
        -np.inf, logits -> logits, -np.inf
        logits[wanted] -> left[wanted]
            inf on every input: in yours the wanted film has the probability 0. Is the mask turned
            round? True marks a film that is seen, and goes.
        log_sum - logits[wanted] -> min(log_sum - logits[wanted], -np.log(1e-12))
            A probability of less than 1e-12 was raised to that, so the nats end at 27.6. Work with
            logits: log of the sum of exp, minus the wanted one's.
        logits[wanted] -> left
            Those are the nats of *all* films, each in its place. One is wanted: entry `wanted`.
        log_sum - logits[wanted] -> (log_sum - logits[~seen]).sum()
            You added up the nats of all unseen films. Only those of the wanted one are asked for.
        log_sum - logits[wanted] -> np.log1p(np.exp(-logits[wanted]))
            Minus the logarithm of a sigmoid: that asks about the wanted film alone. Here the unseen
            films compete: softmax.
        log_sum - logits[wanted] -> -np.log(np.exp(logits[wanted]) / np.exp(logits).sum())
            That is the loss among *all* films: the seen ones still take part in the sum. (And where
            exp or a share is too large or too small for a float the nats become inf: take the
            logarithm of the sum alone, and subtract the wanted logit.)
        log_sum - logits[wanted] -> -np.log(np.exp(logits[wanted]) / np.exp(logits[seen]).sum())
            The mask is turned round: you kept the seen films and left out the unseen ones. (And
            where exp or a share is too large or too small for a float the nats become inf: subtract
            the wanted logit from the logarithm of the sum.)
    """,
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


def asked_twice(answer, *case):
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


def counted_in_floats(rank, films, drawn, k):
    """As `scipy.special.comb` counts the ways: inf where there are too many."""

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
    mistakes="""
        range(k) -> range(k + 1)
            Up to k rivals were allowed ahead. Then the wanted film stands at k + 1: at most k - 1
            may be.
        rank - 1, films - rank -> rank, films - rank - 1
            `rank` films were taken to be ahead. The film at rank 1 has nobody ahead of it: it is
            rank - 1.
        range(k) -> [k - 1]
            That is the chance of *exactly* k - 1 rivals ahead. Fewer are as good: add up the
            chances of 0, 1, ..., k - 1.
        comb(ahead, j) -> comb(drawn, j) * ahead**j
        comb(behind, drawn - j) -> behind ** (drawn - j)
        comb(films - 1, drawn) -> (films - 1) ** drawn
            You drew with replacement (a binomial distribution). The negatives are all different:
            each film that was drawn is gone from the urn.
        ways / comb(films - 1, drawn) -> 1 - ways / comb(films - 1, drawn)
            That is the chance of *not* being among the first k. Take it from 1.
        films - rank -> films - rank + 1
        comb(films - 1, drawn) -> comb(films, drawn)
            The wanted film is still in the urn: it was drawn as a rival of itself. There are films
            - 1 rivals, films - rank of them behind it.
        ways / comb(films - 1, drawn) -> float(1 + drawn * ahead / (films - 1) <= k)
            That answers whether the *average* sampled rank is at most k: a yes or no. Some draws
            are kinder than others: the chance lies between 0 and 1.
        comb(films - 1, drawn) -> comb(films, drawn)
            The ways that count are right, but you divided by the ways to draw from all `films`. The
            wanted film is not in the urn: films - 1 are.
        rank - 1, films - rank -> rank, films - rank
        comb(films - 1, drawn) -> comb(films, drawn)
            `rank` films ahead and films - rank behind make `films` rivals: the wanted film itself
            is among them. Ahead of rank 1 there is nobody.
        rank - 1, films - rank -> rank, films - rank
            `rank` films were taken to be ahead; it is rank - 1. (So the ways that you added up are
            of one film more than those that you divided by.)
        drawn - j -> drawn + 1 - j
        comb(films - 1, drawn) -> comb(films - 1, drawn + 1)
            `drawn` + 1 rivals were drawn. It is `drawn` of them; the wanted film makes it one more.
        ahead, behind = -> behind, ahead =
            Ahead and behind are exchanged: that is the chance that at most k - 1 of those drawn
            stand *behind* the wanted film.
        range(k) -> range(1, k)
            The sum begins at 1. That *none* of those drawn is ahead is the best case, and counts:
            `range(k)` begins at 0.
        ways / comb(films - 1, drawn) -> k / rank
            k / rank does not know how many are drawn. Think of an urn: rank - 1 films in it are
            ahead, films - rank behind. How many of those ahead are drawn?
        range(k) -> range(k - 1)
            At most k - 2 rivals were allowed ahead: `range(k - 1)` ends there. With k - 1 ahead the
            wanted film is the k-th, and counts.
        range(k) -> [k]
            That is the chance of *exactly* k rivals ahead. Then the wanted film is not even among
            the first k: add up the chances of 0, 1, ..., k - 1.
        drawn - j -> drawn - 1 - j
        comb(films - 1, drawn) -> comb(films - 1, drawn - 1)
            `drawn` - 1 rivals were drawn. It is `drawn` of them; the wanted film is one more.
        ways / comb(films - 1, drawn) -> ways
            That is the *number* of ways that count. Divide by the number of all ways to draw.
        counted_in_floats
            Right while numbers are small. The ways to draw 300 of 4,999 are too many for a float:
            inf / inf is nan. `math.comb` counts in integers, without end.
    """,
    steps=(
        "Of the other films, rank - 1 are ahead of the wanted one and films - rank behind it.",
        "The wanted film is among the first k if at most k - 1 of those drawn are ahead.",
        "j ahead and drawn - j behind can be drawn in comb(ahead, j) * comb(behind, drawn - j) "
        "ways, of comb(films - 1, drawn) in all.",
    ),
    solution=sampled_chance,
    use=asked_twice,
)

EXERCISES = (HOLD_OUT, RANKS, NEXT, UNSEEN, SAMPLED)
