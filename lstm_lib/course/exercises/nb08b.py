"""Exercises of notebook 08b: streams, the loop that carries a state, the sampler."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise


def text_and_streams(rng: np.random.Generator, size: int) -> tuple:
    """ids (n,) and B: square blocks among them, and rests that fill no row."""
    B = (2, 3, 3, 4, 2)[size % 5]
    N = (3, 2, 3, 4, 5)[size % 5] + size // 5
    n = N * B + 1 + int(rng.integers(0, B))
    return rng.integers(0, 10, n), B


def given_lay_out(ids, B):
    """One long sequence as B streams side by side.

    ids (n,) with n > B. Returns x and y, (N, B) each.
    """
    N = (len(ids) - 1) // B
    x = ids[: N * B].reshape(N, B)
    y = ids[1 : N * B + 1].reshape(N, B)
    return x, y


def lay_out(ids, B):
    N = (len(ids) - 1) // B
    # Fill the pieces one after the other as rows, (B, N); then turn rows into columns.
    x = ids[: N * B].reshape(B, N).T
    y = ids[1 : N * B + 1].reshape(B, N).T
    return x, y


def lay_out_one_by_one(ids, B):
    N = (len(ids) - 1) // B
    x = [[ids[b * N + t] for b in range(B)] for t in range(N)]
    y = [[ids[b * N + t + 1] for b in range(B)] for t in range(N)]
    return np.array(x), np.array(y)


def three_blocks(ids, B):
    """The blocks A, B and C of the notebook's quiz, (x, y) each. Look after you have decided.

    >>> [x.shape == y.shape == (3, 2) for x, y in three_blocks(np.arange(7), 2).values()]
    [True, True, True]
    """
    x, y = lay_out(ids, B)
    return {"A": given_lay_out(ids, B), "B": (x, y), "C": (x, x)}


STREAMS = Exercise(
    key="08b.2",
    title="A silent bug: streams that do not flow",
    stars=2,
    names=("ids", "B"),
    specification=lay_out_one_by_one,
    inputs=text_and_streams,
    given=given_lay_out,
    mistakes="""
        return x, y -> return x.T, y.T
            Now the pieces are right, but they are rows, (B, N). Time has to run down: turn rows
            into columns.
        ids[: N * B].reshape(B, N) -> ids[: N * B].reshape(N, B)
        ids[1 : N * B + 1].reshape(B, N) -> ids[1 : N * B + 1].reshape(N, B)
            You turned the block, but its numbers were filled in as before: neighbours in the text
            are still in different streams. Change the shape in `reshape`, then turn it.
        ids[: N * B].reshape(B, N).T -> ids[: N * B].reshape(N, B)
        ids[1 : N * B + 1].reshape(B, N).T -> ids[1 : N * B + 1].reshape(N, B)
            That is the block that was handed out, made in another way: the text still runs along
            the rows. (Calling reshape once more leads back to it: reshape never moves a number.)
            Make the pieces the rows of a block (B, N), then turn it with .T.
        return x, y -> return x, x
            The streams are right, but y is x: the target has to be one character ahead.
        ids[1 : N * B + 1].reshape(B, N).T -> ids[1 : N * B + 1].reshape(N, B)
            x is right now; y is still laid out in the old way. Both need the same order.
        return x, y -> return x, np.roll(x, -1, axis=0)
            y was shifted inside each column and wraps round to the column's own beginning. After
            the last character of a piece comes the first of the next piece.
        return x, y -> return y, x
            y is one character *behind* x: it asks for what was read before. x begins at 0, y at 1.
        ids[: N * B].reshape(B, N).T -> ids[: N * B].reshape(N, B)
            y is right now; x is still laid out in the old way. Both need the same order.
        return x, y -> return x
            x is right, and y is left out. Return both: x, y.
        ids[1 : N * B + 1] -> ids[2 : N * B + 2]
            y is *two* characters ahead of x (and where the text ends, one is missing). x begins at
            0, y at 1.
        (len(ids) - 1) // B -> len(ids) // B
            You changed N. The last character of x needs one more after it, for y; that is why N was
            (len(ids) - 1) // B.
        return x, y -> return x[:-1], x[1:]
            You took x and y from the same pieces, so that each piece loses a character. The last
            target of a piece is the first character of the next: cut y out of ids[1:].
        return x, y -> return x, x[1:]
            y is x without its first row: then the last target of each stream is missing. y has as
            many rows as x: cut it out of ids[1:].
        (len(ids) - 1) // B -> len(ids) // B
        y = ids[1 : N * B + 1].reshape(B, N).T -> x, y = x[:-1], x[1:]
            You cut the text into pieces of len(ids) // B and let x and y share them: the last
            character of each piece is then in no x. Keep N, and cut y out of ids[1:].
    """,
    steps=(
        "Run it on np.arange(7) and B = 2 with pencil and paper. Column 0 should be 0, 1, 2.",
        "`reshape` fills row after row. Which shape has the pieces as its rows?",
        "The shape (B, N) has the pieces as rows. `.T` turns rows into columns.",
    ),
    solution=lay_out,
    picture=True,
)


def adding(x, y, state):
    """A step of a network that is none: the state adds up what was read, the loss tells all."""
    before = 0.0 if state is None else state
    order = 1 + np.arange(len(x))[:, None]
    return before + (order * x).sum() + 1000.0 * (order * y).sum(), before + float(np.sum(x))


def two_streams(rng: np.random.Generator, size: int) -> tuple:
    """x (N, 2) of small numbers, y one step ahead, and the rows of a chunk: some are left over."""
    rows = (1, 2, 3, 2, 4)[size % 5]
    N = rows * (1 + size // 2) + (size % 3 if rows > size % 3 else 0)
    ids = rng.integers(1, 9, size=(N + 1, 2))
    return ids[:-1], ids[1:], rows


def train_over(step, x, y, rows):
    losses, state = [], None
    # Whole chunks alone: the last one begins at len(x) - rows or before.
    for first in range(0, len(x) - rows + 1, rows):
        chunk = slice(first, first + rows)
        # The state that comes out of a chunk goes into the next.
        loss, state = step(x[chunk], y[chunk], state)
        losses.append(loss)
    return losses


def chunk_by_chunk(x, y, rows):
    """The losses of `adding`, whose state before a chunk is the sum of all that came before it."""
    losses = []
    for first in range(len(x)):
        if first % rows == 0 and first + rows <= len(x):
            state = float(x[:first].sum())
            losses.append(adding(x[first : first + rows], y[first : first + rows], state)[0])
    return np.array(losses)


def at_work(train_over, x, y, rows):
    """The losses that the loop brings back with `adding` as its step."""
    return np.asarray(train_over(adding, x, y, rows), dtype=np.float64)


LOOP = Exercise(
    key="08b.1",
    title="The loop that carries the state",
    stars=1,
    names=("x", "y", "rows"),
    specification=chunk_by_chunk,
    inputs=two_streams,
    use=at_work,
    mistakes="""
        step(x[chunk], y[chunk], state) -> step(x[chunk], y[chunk], None)
            Every chunk begins with an empty state. The state that comes out of one chunk has to go
            into the next.
        len(x) - rows + 1 -> len(x)
            The rows at the end that fill no whole chunk are trained on as well. Leave them out.
        len(x) - rows + 1 -> len(x) - rows
            The last chunk is missing where the rows come out even: it begins at len(x) − rows.
        + 1, rows): -> + 1):
            Your chunks overlap: the next one begins where the last one ended, `rows` further on.
        y[chunk], state) -> x[chunk], state)
            The step got x twice. Its targets are y.
        step(x[chunk], y[chunk] -> step(y[chunk], x[chunk]
            x and y are exchanged.
        return losses -> return losses[-1:]
            Only the last loss came back. Wanted are all, one for each chunk.
        return losses -> return np.sum(losses)
            That is the sum. Wanted are all losses, one for each chunk, in their order.
        losses.append(loss) -> return [loss]
            Only the first loss came back: the `return` stands inside the loop.
        losses.append(loss) -> losses.append(state)
            You collected the states. Wanted are the losses.
        slice(first, first + rows) -> slice(first, first + rows - 1)
            The last row of each chunk is missing: a slice ends before its second number.
        slice(first, first + rows) -> slice(first, first + rows + 1)
            One row too many in each chunk: a slice ends before its second number.
        slice(first, first + rows) -> slice(0, first + rows)
            Each chunk begins at 0 again. It begins at `first`.
    """,
    steps=(
        "A `for` over the places where a chunk begins: 0, rows, 2 · rows, …, and a variable "
        "`state` that is None before it.",
        "Inside: cut the same rows out of x and y, and call step with them and with `state`.",
        "`loss, state = step(x[first : first + rows], y[first : first + rows], state)`",
    ),
    solution=train_over,
)


def logits_temperature_and_number(rng: np.random.Generator, size: int) -> tuple:
    """logits (V,), a temperature, and u in the middle of the share of one of them."""
    V = 2 + size // 3
    logits, temperature = (1.5 * rng.normal(size=V)).round(1), (1.0, 0.5, 2.0, 0.8)[size % 4]
    if size >= 8 and size % 4 == 1:
        logits[:2] = 800.0, 801.0
    shares = shares_of(logits, temperature)
    wanted = int(rng.choice(V, p=shares))
    return logits, temperature, sum(shares[:wanted]) + 0.5 * shares[wanted]


def shares_of(logits, temperature) -> list[float]:
    most = max(float(z) for z in logits)
    e = [math.exp((float(z) - most) / temperature) for z in logits]
    return [value / sum(e) for value in e]


def draw(logits, temperature, u):
    z = logits / temperature
    # The largest is taken away, so that np.exp does not overflow: the shares stay as they are.
    e = np.exp(z - z.max())
    p = e / e.sum()
    # The shares lie side by side from 0 to 1; u falls into one of them.
    return int((p.cumsum() <= u).sum())


def draw_by_walking(logits, temperature, u):
    passed = 0.0
    for k, share in enumerate(shares_of(logits, temperature)):
        passed += share
        if u < passed:
            return k
    return len(logits) - 1


SAMPLER = Exercise(
    key="08b.3",
    title="A sampler with a temperature",
    stars=2,
    names=("logits", "temperature", "u"),
    specification=draw_by_walking,
    inputs=logits_temperature_and_number,
    mistakes="""
        logits / temperature -> logits * temperature
            The temperature multiplies your logits. It divides them: below 1 the likely ones become
            even more likely.
        p.cumsum() -> (p / temperature).cumsum()
            You divided the probabilities. The temperature divides the *logits*, before np.exp.
        logits / temperature -> logits
            The temperature has got lost: divide the logits by it before np.exp.
        int((p.cumsum() <= u).sum()) -> int(p.argmax())
            That is the most likely one always, whatever u is: the same text again and again.
        e / e.sum() -> e
            The shares do not sum to 1: divide e by its sum.
        (p.cumsum() <= u).sum() -> (p.cumsum() <= u).sum() + 1
            One too far: places count from 0. If u falls into the first share, the answer is 0.
        (p.cumsum() <= u).sum() -> (p.cumsum() <= u).sum() - 1
            One too early: as many shares as lie wholly below u have been passed; the next is it.
        (p.cumsum() <= u).sum() -> (p <= u).sum()
            The shares were not added up: u is a place on a line on which they lie side by side,
            p.cumsum().
        (p.cumsum() <= u).sum() -> (p.cumsum() > u).sum()
            You counted the shares that end *beyond* u. Wanted is how many end at or before it.
        - z.max() ->
            Right for small numbers. Here np.exp got one so large that it is infinite, and ∞ / ∞ is
            no number: after the division by the temperature, take the largest away.
        int((p.cumsum() <= u).sum()) -> p
            Those are the shares. Wanted is the place, a whole number, into whose share u falls.
        int((p.cumsum() <= u).sum()) -> float(p[int((p.cumsum() <= u).sum())])
            That is the share of the right place. Wanted is the place itself, a whole number.
        np.exp(z - z.max()) -> z - z.min()
            np.exp is missing: logits become shares by e to each of them, divided by the sum.
        int((p.cumsum() <= u).sum()) -> int(u * len(p))
            That gives every place the same share. u falls into the shares p, laid side by side.
        int((p.cumsum() <= u).sum()) -> int((np.sort(p)[::-1].cumsum() <= u).sum())
            You sorted the shares, and the place in the sorted list is another. Leave the order.
        int((p.cumsum() <= u).sum()) -> int((p[::-1].cumsum() <= u).sum())
            You laid the shares from the last to the first.
    """,
    steps=(
        "First the softmax of logits / temperature: e to each, divided by their sum.",
        "Take the largest away before np.exp: np.exp(z - z.max()).",
        "Lay the shares side by side: p.cumsum() says where each ends. How many end at or before "
        "u? That many are passed; the next one is it.",
    ),
    solution=draw,
)

given_lay_out.__name__ = "lay_out"

EXERCISES = (LOOP, STREAMS, SAMPLER)
