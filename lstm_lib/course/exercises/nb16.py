"""Exercises of notebook 16: bits and perplexity, streams, the nucleus, the longest copied run."""

import numpy as np

from lstm_lib.course.exercise import Exercise


def probabilities_that_came(rng: np.random.Generator, size: int) -> tuple:
    """p (N,): what a model gave to each character that came."""
    return (rng.uniform(0.02, 0.98, 2 + size),)


def bits_and_perplexity(p):
    nats = -np.log(p).mean()
    # One bit is ln 2 nats; the perplexity is how many equally likely characters would do the same.
    return nats / np.log(2), np.exp(nats)


def in_powers_of_two(p):
    """Character by character: its bits; then the number of equal choices with that many bits."""
    bits = [-np.log2(chance) for chance in p]
    mean = sum(bits) / len(bits)
    return mean, 2.0**mean


def of_log2_in_nats(p):
    bits = -np.log2(p).mean()
    return bits, np.exp(bits)


BITS = Exercise(
    key="16.1",
    title="Bits a character, and perplexity",
    stars=1,
    names=("p",),
    specification=in_powers_of_two,
    inputs=probabilities_that_came,
    mistakes="""
        nats / np.log(2) -> nats * np.log(2)
            You multiplied by ln 2. One bit is ln 2 = 0.693 nats, so the same surprise is *more*
            bits than nats: divide.
        -np.log(p).mean() -> -np.log(p.mean())
            You took the logarithm of the mean probability. Each character's surprise comes first,
            their mean after that: one bad character must be able to cost much.
        -np.log(p).mean() -> np.log(p).mean()
            The sign is missing: the logarithm of a probability is below zero, a surprise above.
        -np.log(p).mean() -> -np.log(p).sum()
            That is the sum over all characters. A character's share is wanted: the mean.
        nats / np.log(2) -> nats
            The first number is still in nats. Divide by ln 2 to have bits.
        of_log2_in_nats
            The bits are right. With bits the perplexity is 2 to their power; e belongs to nats.
        np.exp(nats) -> 2**nats
            You took 2 to the power of the *nats*. With nats the base is e, with bits it is 2.
        np.exp(nats) -> nats
            The bits are right; the second number is the surprise in nats, and the perplexity is not
            that yet: it is e to the power of it.
        np.exp(nats) -> (1 / p).mean()
            That is the mean of 1 / p. The perplexity is e to the mean surprise: the *geometric*
            mean of 1 / p, which one bad character does not rule.
        np.exp(nats) -> 1 / p.mean()
            That is one over the mean probability. The perplexity is e to the mean surprise.
        nats / np.log(2), np.exp(nats) -> np.exp(nats), nats / np.log(2)
            The two are right and exchanged: bits first, then the perplexity.
        -np.log(p).mean() -> -(p * np.log(p)).sum()
            You weighed each surprise by its own probability, as in an entropy. Here p holds the
            characters that *came*: each counts once.
        -np.log(p).mean() -> -(p * np.log(p)).mean()
            You weighed each surprise by its own probability, and took the mean. Here p holds the
            characters that *came*: each counts once.
        np.exp(nats) -> np.exp(-nats)
            That is the geometric mean of the probabilities. The perplexity is one over it.
        -np.log(p).mean() -> -np.log10(p).mean()
            `np.log10` is to the base 10. Nats come from `np.log`, bits from `np.log2`.
        -np.log(p).mean() -> -np.log1p(p).mean()
            `np.log1p(p)` is the logarithm of 1 + p. Take `np.log(p)`.
    """,
    steps=(
        "A character's surprise is `-np.log(p)`, in nats. Take the mean.",
        "Divide by `np.log(2)`: bits.",
        "The perplexity is e to the mean surprise in nats, or 2 to that in bits.",
    ),
    solution=bits_and_perplexity,
)


def a_text_and_a_chunk(rng: np.random.Generator, size: int) -> tuple:
    """codes (N,) all different in the small ones, B streams, T steps, the number k of a chunk."""
    B, T = int(rng.integers(2, 4 + size // 4)), int(rng.integers(2, 5 + size // 4))
    chunks = int(rng.integers(2, 4))
    N = B * (T * chunks + 1) + int(rng.integers(0, B))
    return rng.permutation(N), B, T, int(rng.integers(chunks)) if size else 1


def chunk(codes, B, T, k):
    # Each stream is one long piece of the text; what does not fill all of them is left out.
    n = len(codes) // B
    streams = codes[: n * B].reshape(B, n).T
    start = k * T
    return streams[start : start + T], streams[start + 1 : start + 1 + T]


def chunk_by_places(codes, B, T, k):
    """Every character is looked up by its place in the text."""
    n = len(codes) // B
    x = [[codes[b * n + k * T + t] for b in range(B)] for t in range(T)]
    y = [[codes[b * n + k * T + t + 1] for b in range(B)] for t in range(T)]
    return np.array(x), np.array(y)


def batch_first(codes, B, T, k):
    x, y = chunk(codes, B, T, k)
    return x.T, y.T


def next_of_the_text(codes, B, T, k):
    piece = codes[k * B * T : (k + 1) * B * T + 1]
    return piece[:-1].reshape(B, T).T, piece[1:].reshape(B, T).T


def exchanged(codes, B, T, k):
    x, y = chunk(codes, B, T, k)
    return y, x


STREAMS = Exercise(
    key="16.2",
    title="Streams that go on where they stopped",
    stars=2,
    names=("codes", "B", "T", "k"),
    specification=chunk_by_places,
    inputs=a_text_and_a_chunk,
    mistakes="""
        reshape(B, n).T -> reshape(n, B)
            Neighbours in the text landed in neighbouring *columns*. Down a column stands then every
            B-th character, and the carried state belongs to a text that nobody wrote. A column must
            be one piece of the text.
        batch_first
            Right, but the batch comes first: (B, T). Here time comes first: (T, B).
        .reshape(B, n).T -> .reshape(B, n)
            The streams lie in the rows, and you took rows as time. Transpose: time goes down.
        next_of_the_text
            Each chunk was the next B · T characters of the text, cut into B columns. Then a column
            does not go on in the next chunk: there another piece of the text stands in its place,
            and the carried state belongs to the old one. Cut the *whole* text into B streams first.
        start = k * T -> start = k
            Chunk k began k characters after the first: most of it had been read before. The state
            has seen k · T characters by then.
        start = k * T -> start = k * (T + 1)
            Between two chunks one character is never read, though it was asked for: the target that
            ends a chunk is the first input of the next one. Move on by T.
        start = k * T -> start = k * B
            You moved on by the number of streams. Each stream moves on by T characters a chunk.
        start = k * T -> start = k * B * T
            You moved on by all characters of a chunk. But each of the B streams moves on by T.
        streams[start + 1 : start + 1 + T] -> streams[start : start + T]
            The targets are the inputs: that is what notebook 08 calls "too good". They are one
            character ahead.
        exchanged
            x and y are exchanged: the network would read what comes and foretell what was.
        streams[start + 1 : start + 1 + T] -> streams[start + T : start + 2 * T]
            The targets are those of the next chunk: T characters ahead. It is one.
        codes[: n * B] -> codes[-n * B :]
            You left out the characters at the *beginning*. Leave out those at the end.
        streams[start + 1 : start + 1 + T] -> streams[start + 1 : start + T]
            The last target is missing: y has as many rows as x. It begins one later and ends one
            later.
        k * T -> (k - 1) * T if k else 0
            The chunks were counted from 1. The first is k = 0.
        streams[start + 1 : start + 1 + T] -> np.roll(streams[start : start + T], -1, axis=0)
            The last row of targets is the first row of inputs: `np.roll` goes round in a circle.
            What follows the chunk stands in the text.
        k * T -> (k + 1) * T
            That is the chunk after the one asked for. The first is k = 0 and begins at the start.
    """,
    steps=(
        "`n = len(codes) // B` characters a stream: stream b begins at b · n.",
        "`codes[: n * B].reshape(B, n)` has a stream in each row; `.T` puts them into columns.",
        "Chunk k begins at row k · T. The targets begin one row later.",
    ),
    solution=chunk,
)


def chances_and_share(rng: np.random.Generator, size: int) -> tuple:
    """p (V,), all different, in parts of a power of two: sums are exact. share in (0, 1)."""
    V = 4 + size // 2
    counts = np.sort(rng.choice(np.arange(1, 4 * V), V, replace=False))[::-1].astype(np.int64)
    whole = 1 << int(counts.sum() - 1).bit_length()
    counts[0] += whole - counts.sum()
    falling = np.cumsum(counts)
    share = falling[rng.integers(V - 1)] if size % 3 == 2 else rng.integers(1, whole) - 0.5
    if size == 0:
        share = counts[0] / 2  # the likeliest one alone is enough
    return rng.permutation(counts) / whole, float(share) / whole


def nucleus(p, share):
    order = np.argsort(-p, kind="stable")
    # What the likelier ones hold: a character stays as long as that is not yet enough.
    before = np.cumsum(p[order]) - p[order]
    kept = order[before < share]
    q = np.zeros(len(p))
    q[kept] = p[kept]
    return q / q.sum()


def nucleus_one_by_one(p, share):
    """Take the likeliest that is left, until the sum is enough."""
    left, q = list(range(len(p))), np.zeros(len(p))
    while q.sum() < share:
        best = max(left, key=lambda k: p[k])
        left.remove(best)
        q[best] = p[best]
    return q / q.sum()


def as_many_as_the_share(p, share):
    k = max(1, int(share * len(p)))
    kept = np.argsort(-p)[:k]
    q = np.zeros(len(p))
    q[kept] = p[kept]
    return q / q.sum()


def half_of_the_largest(p, share):
    q = np.where(p >= share * p.max(), p, 0.0)
    return q / q.sum()


NUCLEUS = Exercise(
    key="16.3",
    title="The nucleus",
    stars=2,
    names=("p", "share"),
    specification=nucleus_one_by_one,
    inputs=chances_and_share,
    mistakes="""
        before < share -> before + p[order] < share
            The character with which the sum reaches `share` was left out; where the likeliest alone
            is enough, nothing stays. It is the last one *in*.
        before < share -> before + p[order] <= share
            The character with which the sum crosses `share` was left out; where the likeliest alone
            is more than enough, nothing stays. It is the last one *in*.
        before < share -> before <= share
            One too many where the sum is exactly `share`: then it is enough.
        q / q.sum() -> q
            The probabilities that are left do not sum to 1. Divide by their sum.
        kept = order[before < share] -> kept = np.flatnonzero(p >= 1 - share)
            You kept what is above a threshold. The nucleus has no threshold: the likeliest, one
            after the other, until their *sum* is enough.
        kept = order[before < share] -> kept = np.flatnonzero(p >= share)
            You kept the characters that have `share` each. It is their *sum* that must reach it.
        np.argsort(-p, kind="stable") -> np.argsort(p, kind="stable")
            You began with the *unlikeliest* characters. Sort by -p.
        np.argsort(-p, kind="stable") -> np.arange(len(p))
            You added up in the order of the alphabet. Begin with the likeliest.
        q[kept] = p[kept] -> q[: len(kept)] = p[kept]
            The right probabilities, in falling order. Each must stand at its character's own place.
        q[kept] = p[kept] -> q[kept] = 1
            The right characters, all equally likely. They keep their proportions.
        q / q.sum() -> np.where(q > 0, np.exp(q), 0) / np.where(q > 0, np.exp(q), 0).sum()
            These are probabilities already: a softmax would flatten them. Divide by the sum.
        as_many_as_the_share
            You kept that share of the *characters*, a top-k. Here the share is of the probability:
            sometimes one character is enough, sometimes it takes twenty.
        half_of_the_largest
            You kept what has `share` of the largest probability ("min-p"). The nucleus looks at the
            sum of the likeliest.
        q / q.sum() -> q / share
            You divided by `share`. What is left sums to a little more than that: divide by its own
            sum.
        return q / q.sum() -> return p
            The probabilities came back as they were. Only the likeliest stay, until their sum is
            `share`.
        return q / q.sum() -> return kept
            The numbers of the kept characters came back. Probabilities are wanted, one for each
            character, 0 for those that are out.
    """,
    steps=(
        "`order = np.argsort(-p)` has the characters, the likeliest first.",
        "`np.cumsum(p[order]) - p[order]` is what the likelier ones hold. A character stays while "
        "that is below `share`.",
        "Put what stays at its own place in an array of zeros, and divide by the sum.",
    ),
    solution=nucleus,
)


def two_texts(rng: np.random.Generator, size: int) -> tuple:
    """A text and a source over a few letters."""
    letters = "ab" if size < 8 else "abc "
    first, second = (
        "".join(rng.choice(list(letters), int(rng.integers(1, 4 + 2 * size)))) for _ in range(2)
    )
    if size == 3:
        return "aaa", "bbb"
    if size == 6:
        return "abcabd", "xabdxabc"
    return first, second


def longest_run(text, source):
    best, place = 0, 0
    for start in range(len(text)):
        # As long as a longer run than the best so far begins here.
        while start + best < len(text) and text[start : start + best + 1] in source:
            best, place = best + 1, start
    return best, place


def run_by_all_pairs(text, source):
    """Every piece of the text, from long to short and from left to right."""
    for length in range(len(text), 0, -1):
        for start in range(len(text) - length + 1):
            if text[start : start + length] in source:
                return length, start
    return 0, 0


def letters_in_order(text, source):
    """The longest common *subsequence*: gaps are allowed."""
    table = np.zeros((len(text) + 1, len(source) + 1), dtype=int)
    for a, one in enumerate(text, 1):
        for b, other in enumerate(source, 1):
            table[a, b] = (
                table[a - 1, b - 1] + 1 if one == other else max(table[a - 1, b], table[a, b - 1])
            )
    return int(table[-1, -1]), run_by_all_pairs(text, source)[1]


def same_place(text, source):
    """The longest run that stands at the *same place* in both."""
    best, place, length = 0, 0, 0
    for t, (one, other) in enumerate(zip(text, source)):
        length = length + 1 if one == other else 0
        if length > best:
            best, place = length, t - length + 1
    return best, place


def from_the_beginning(text, source):
    length = 0
    while length < len(text) and text[: length + 1] in source:
        length += 1
    return length, 0


def last_of_equals(text, source):
    best, place = 0, 0
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if text[start:end] in source and end - start >= best:
                best, place = end - start, start
    return best, place


def texts_exchanged(text, source):
    return run_by_all_pairs(source, text)


def place_in_the_source(text, source):
    best, place = run_by_all_pairs(text, source)
    return best, source.find(text[place : place + best])


def known_letters(text, source):
    best, place, length = 0, 0, 0
    for t, character in enumerate(text):
        length = length + 1 if character in source else 0
        if length > best:
            best, place = length, t - length + 1
    return best, place


RUN = Exercise(
    key="16.4",
    title="The longest copied run",
    stars=3,
    names=("text", "source"),
    specification=run_by_all_pairs,
    inputs=two_texts,
    mistakes="""
        text[start : start + best + 1] in source -> text[start : start + best + 1] in source[1:]
            The run at the very beginning of `source` was missed.
        texts_exchanged
            The two texts were exchanged: the place is that in `source`. Wanted is where the run
            begins in `text`.
        last_of_equals
            Of equally long runs the last one came back. The first is wanted: only a *longer* run
            takes its place.
        place_in_the_source
            The length is right. The place is that in `source`; wanted is where the run begins in
            `text`.
        known_letters
            You asked of each character whether it is in `source` at all. The whole run must stand
            there, in one piece.
        same_place
            You compared the two place by place. The run may stand anywhere in `source`.
        from_the_beginning
            You looked at runs from the beginning of `text` alone. It may begin anywhere.
        letters_in_order
            That is the longest common *subsequence*: letters in order, with gaps. A copied run has
            none.
        start + best < len(text) -> start + best + 1 < len(text)
            A run that ends with the last character of `text` was cut by one.
        best, place = best + 1, start -> best, place = best + 1, start + 1
            The place is one too far. Places are counted from 0.
        return best, place -> return best + 1, place
            The length is one too large.
        best, place = 0, 0 -> best, place = 0, -1
            Where nothing is copied, the run has length 0 and place 0.
        return best, place -> return text[place : place + best]
            The run itself came back. Its length and its place are wanted.
        return best, place -> return place, best
            Length and place are right, and exchanged.
        return best, place -> return best
            The length is right; its place in `text` is wanted, too.
        return best, place -> return best, place + best
            That is where the run *ends*. Wanted is where it begins.
        text[start : start + best + 1] in source -> text[start : start + best + 2] in source
            Every run was asked for with one character too many.
        start + best < len(text) -> best < len(source)
            At the end of `text` a slice is shorter than you think: `"ab"[1:9]` is `"b"`, and the
            run seemed to grow for ever. Stop at the end of `text`.
    """,
    steps=(
        "`text[a:b] in source` asks whether a piece is copied.",
        "From a start on, let the run grow while it is still in `source`.",
        "Only runs longer than the best so far matter: begin with that length plus one. Then no "
        "piece is asked for twice.",
    ),
    solution=longest_run,
)

EXERCISES = (BITS, STREAMS, NUCLEUS, RUN)
