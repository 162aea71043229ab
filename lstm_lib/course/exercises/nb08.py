"""Exercises of notebook 08: the targets of a counting language, and four silent bugs."""

import numpy as np

from lstm_lib.course.exercise import Exercise


def word_number(rng: np.random.Generator, size: int) -> tuple:
    """n, small first."""
    return (1 + size,)


def legal_next(n):
    rows = np.zeros((2 * n + 1, 3))
    # After "$" the word begins: an a.
    rows[0, 0] = 1
    # After each a: another a, or the first b.
    rows[1 : n + 1, :2] = 1
    # After each b but the last: a b. After the last: the mark.
    rows[n + 1 : 2 * n, 1] = 1
    rows[2 * n, 2] = 1
    return rows


def legal_by_trying(n):
    """A symbol is legal if some word of the language goes on with it."""
    language = ["$" + "a" * m + "b" * m + "$" for m in range(1, n + 2)]
    word = "$" + "a" * n + "b" * n
    rows = []
    for t in range(len(word)):
        read = word[: t + 1]
        rows.append([float(any(w.startswith(read + s) for w in language)) for s in "ab$"])
    return np.array(rows)


TARGETS = Exercise(
    key="08.1",
    title="The targets of aⁿbⁿ",
    stars=1,
    names=("n",),
    specification=legal_by_trying,
    inputs=word_number,
    mistakes="""
        return rows -> return np.eye(3)[n * [0] + n * [1] + [2]]
            You marked the symbol that does come next in this word. Wanted are all symbols that
            *may* come: after an a, both a and b are legal, because n is not known yet.
        return rows -> return np.eye(3)[[2] + n * [0] + n * [1]]
            Those are the symbols that were just read. The targets are about what comes after them,
            one step ahead.
        rows[2 * n, 2] -> rows[2 * n, 1]
            Look at the last row. After the last b there are as many b's as a's: the word is over,
            and only $ is legal.
        rows[1 : n + 1, :2] -> rows[1 : n + 1, 0]
            After an a, you allow only another a. But the b's may begin at any time.
        rows[0, 0] -> rows[0, :2]
            Look at the first row. After $ there must be at least one a (n is at least 1), so b is
            not legal there.
        rows[n + 1 : 2 * n, 1] -> rows[n + 1 :, 1:]
            After each b you allow b and $. Whoever has counted knows which of the two it is.
        return rows -> return np.vstack([rows, [1, 0, 0]])
            One row too many: the word is read up to its last b. What follows the closing $ is not
            asked.
        return rows -> return rows[:, [2, 0, 1]]
            The columns stand in another order: wanted are a, b, $.
        rows[1 : n + 1, :2] -> rows[1:n, :2]
        rows[n + 1 : 2 * n, 1] -> rows[n : 2 * n, 1]
            Look at the row of the last a. You allow only b there, because in this word a b comes.
            But whoever reads it cannot know that: another a is legal, too.
        return rows -> return rows.T
            Rows and columns are exchanged: wanted is one row for each symbol read, and three
            columns.
        return rows -> return rows[:-1]
            One row too few: after the last b, too, something may come (the mark).
        rows[1 : n + 1, :2] -> rows[1 : n + 1]
            You allow $ after an a. But a word has as many b's as a's: after an a at least one b is
            missing.
        rows[0, 0] -> rows[0]
            Look at the first row. After $ there must be an a: neither b nor a second $ is legal
            there.
        return rows -> return ["a"] + n * ["ab"] + (n - 1) * ["b"] + ["$"]
            Those are the right symbols, as texts. Wanted are rows of three numbers, 1 or 0, one
            each for a, b and $.
        return rows -> return rows[1:]
            One row is missing: "$" is read, too, and gets a row of its own, the first.
        2 * n + 1, 3 -> 2 * n + 2, 3
            One row too many: 2n + 1 symbols are read, $, n a's and n b's. (Your last row is empty.)
        return rows -> return np.vstack([rows, [0, 0, 1]])
            The closing $ got a row, too. It is not read: the word is read up to its last b, and $
            is what comes after.
        2 * n + 1, 3 -> 2 * n + 2, 3
        rows[n + 1 : 2 * n, 1] -> rows[n + 1 : 2 * n + 1, 1]
        rows[2 * n, 2] -> rows[2 * n + 1, 2]
            One row too many. Your last row is right; but after the last b no b may come any more:
            only n - 1 of the n b's get the row 0, 1, 0.
        rows[0, 0] -> rows[0, ::2]
            Look at the first row. Words have at least one a, so the mark is not legal after the
            mark: only a is.
        rows[2 * n, 2] = 1 ->
            The last row is empty. After the last b, too, something may come: the mark.
    """,
    steps=(
        "Write the word n = 2, $aabb, on paper, and under each symbol what may follow.",
        "There are four kinds of rows: after $, after an a, after a b that is not the last, and "
        "after the last b.",
        "Begin with np.zeros((2 * n + 1, 3)). Row 0 is $, rows 1 to n are a's, rows n + 1 to "
        "2 * n are b's.",
    ),
    solution=legal_next,
    picture=True,
)


def losses_and_lengths(rng: np.random.Generator, size: int) -> tuple:
    """each (T, B), with a 0 inside a word now and then; lengths (B,), the first below T.

    Past its end a word holds other numbers, every fourth time nan, the last time infinity.
    """
    T, B = ((3, 2), (4, 3), (4, 4), (6, 3), (3, 3))[size % 5]
    T, B = T + size // 5, B + size // 5
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0], lengths[1] = T - 1, 1
    each = rng.uniform(0.1, 2.0, (T, B)).round(2)
    if size % 3 == 2:
        each[0, 0] = 0.0
    if size % 4 == 3:
        past = np.arange(T)[:, None] >= lengths
        each[past] = np.nan if size < 19 else np.inf
    return each, lengths


def given_mean_loss(each, lengths):
    """The mean loss over the places that are inside a word.

    each (T, B), lengths (B,) integers up to T. Returns a number.
    """
    inside = np.arange(len(each))[:, None] < lengths
    return (each * inside).mean()


def mean_loss(each, lengths):
    inside = np.arange(len(each))[:, None] < lengths
    # The places inside alone, in one row: whatever stands past an end is left out, nan too.
    return each[inside].mean()


def mean_place_by_place(each, lengths):
    total, count = 0.0, 0
    for k, length in enumerate(lengths):
        for t in range(length):
            total, count = total + each[t, k], count + 1
    return total / count


PADDING = Exercise(
    key="08.2",
    title="Silent bug 1: the padding counts",
    stars=1,
    names=("each", "lengths"),
    specification=mean_place_by_place,
    inputs=losses_and_lengths,
    given=given_mean_loss,
    mistakes="""
        each[inside] -> each
            Now the padding is in the sum as well: a plain mean over everything. Divide the sum over
            the places inside by their number.
        each[inside].mean() -> each.mean(axis=0, where=inside).mean()
            You took the mean of each word, then the mean of these. Then a place in a short word
            weighs more than one in a long word. Add up everything, and divide once.
        < lengths -> <= lengths
            One place too many in each word: a word of length n has the places 0 to n − 1.
        mean() -> sum() / len(lengths)
            You divided by the number of words. Wanted is the mean over places.
        mean() -> sum()
            That is the sum over the places inside. Divide it by how many there are.
        each[inside].mean() -> each.sum() / inside.sum()
            The sum is over everything, the padding included, and divided by the number of places
            inside. Both must leave the padding out.
        [inside] -> [: lengths.min()]
            You cut all words to the length of the shortest. Each has its own length.
        mean() -> sum() / len(each)
            You divided by T, the length of the block. Wanted is the mean over the places inside:
            divide by how many there are.
        mean() -> sum() / (lengths.max() * len(lengths))
            You divided as if all words were as long as the longest. The shorter ones have fewer
            places inside: count those.
        each[inside].mean() -> each.mean(axis=0, where=inside)
            Those are the means of the words, one for each. Wanted is a single number: the mean over
            all places inside.
        each[inside].mean() -> each.sum(axis=0, where=inside)
            Those are the sums of the words, one for each. Wanted is a single number: one sum over
            all places inside, divided by how many there are.
        < lengths -> <= lengths
        each[inside].mean() -> np.where(inside, each, 0).mean()
            You changed the mask, and it was right: `t < length` are the places 0 to length − 1. The
            bug is in the last line.
        [inside] -> [inside & (each != 0)]
            You count only the places whose loss is not 0. A place inside a word counts, whatever
            its loss is: count with the mask.
        each[inside].mean() -> (each * inside).sum() / inside.sum()
            The mask multiplies: that is right for numbers, but past its end a word may hold nan,
            and 0 · nan is nan. Do not multiply, choose: each[inside], or np.where.
        each[inside].mean() -> np.where(inside, each, 0).mean()
            The padding is out of the sum, but still counts in `.mean()`, which divides by T · B.
            Divide by how many places are inside.
        each[inside].mean() -> ((each * inside).sum(axis=0) / lengths).mean()
            You took the mean of each word, then the mean of these: each *place* counts the same.
            And 0 · nan is nan: do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).sum() / len(lengths)
            You divided by the number of words. Wanted is the mean over places. And 0 · nan is nan:
            do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).sum()
            That is the sum over the places inside. Divide it by how many there are. And 0 · nan is
            nan: do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).sum() / len(each)
            You divided by T. Wanted is the mean over the places inside: count them. And 0 · nan is
            nan: do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).sum() / np.count_nonzero(each * inside)
            You count only the places whose loss is not 0. Count with the mask. And 0 · nan is nan:
            do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).sum(axis=0) / lengths
            Those are the means of the words, one for each. A single number is wanted. And 0 · nan
            is nan: do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (each * inside).mean()
            You still divide by T · B, all places of the block. Divide by how many are inside. And 0
            · nan is nan: do not multiply by the mask, choose: each[inside].
        each[inside].mean() -> (np.where(np.isnan(each), 0, each) * inside).sum() / inside.sum()
            Right, but where infinity stands past a word's end: 0 · ∞ is nan. Do not multiply by the
            mask, choose: each[inside].
    """,
    steps=(
        "Compute the mean by hand for each = [[2], [4], [9]] and lengths = [2]. What does the "
        "function return?",
        "`.mean()` divides by T · B. How many places are inside?",
        "True counts as 1: the sum of `inside` is the number of places inside.",
    ),
    solution=mean_loss,
)


def gradients_and_limit(rng: np.random.Generator, size: int) -> tuple:
    """Two or three arrays by name; the limit above or below their norm, which may be 0."""
    shapes = {"W": (2 + size % 3, 1 + size % 4), "b": (2 + size % 3,)}
    if size % 2:
        shapes["R"] = (2, 3)
    factors = 3.0 ** rng.integers(-1, 3, len(shapes))
    grads = {
        name: (factor * rng.normal(size=shape) + 0.05).round(2)
        for (name, shape), factor in zip(shapes.items(), factors)
    }
    norm = float(np.sqrt(sum((grad**2).sum() for grad in grads.values())))
    if size % 8 == 5:
        grads = {name: 0.0 * np.abs(grad) for name, grad in grads.items()}
    return grads, round(norm * (2.0, 0.4, 0.1, 0.7)[size % 4], 2)


def given_clip(grads, max_norm):
    """All gradients, shortened together to a norm of max_norm at most.

    grads: name -> array. Returns a new dict with the same names.
    """
    clipped = {}
    for name, grad in grads.items():
        norm = np.sqrt((grad**2).sum())
        clipped[name] = grad * min(1.0, max_norm / norm)
    return clipped


def clip(grads, max_norm):
    squares = [(grad**2).sum() for grad in grads.values()]
    # One norm for all arrays together: the length of the one long vector.
    norm = np.sqrt(sum(squares))
    # One factor for all, and never above 1: the direction stays. (And no division by 0.)
    factor = max_norm / norm if norm > max_norm else 1.0
    return {name: factor * grad for name, grad in grads.items()}


def clip_number_by_number(grads, max_norm):
    norm = sum(float(x) ** 2 for grad in grads.values() for x in grad.flat) ** 0.5
    if norm <= max_norm:
        return {name: grad.copy() for name, grad in grads.items()}
    return {name: grad / norm * max_norm for name, grad in grads.items()}


def by_those_before(grads, max_norm):
    squares, clipped = 0.0, {}
    for name, grad in grads.items():
        squares += (grad**2).sum()
        norm = np.sqrt(squares)
        clipped[name] = max_norm / norm * grad if norm > max_norm else grad
    return clipped


CLIPPING = Exercise(
    key="08.3",
    title="Silent bug 2: clipped one by one",
    stars=2,
    names=("grads", "max_norm"),
    specification=clip_number_by_number,
    inputs=gradients_and_limit,
    given=given_clip,
    mistakes="""
        if norm > max_norm else 1.0 ->
            You scale always. A gradient whose norm is below the limit has to stay as it is: the
            factor is never above 1.
        np.sqrt(sum(squares)) -> sum(np.sqrt(squares))
            You added the norms of the arrays. Lengths do not add up like that: add the squares,
            then take one root.
        sum(squares) -> max(squares)
            You took the largest of the arrays' norms. The joint norm contains them all.
        factor * grad -> np.clip(grad, -max_norm, max_norm)
            You cut each single number to ± the limit. That changes the direction, too, and the norm
            can still be above the limit.
        np.sqrt(sum(squares)) -> sum(squares)
            The root is missing: the norm is the root of the sum of all squares.
        max_norm / norm -> 1 / norm
            You divided by the norm only. That makes it 1; multiply by max_norm as well.
        sum(squares) -> np.mean(squares)
            Your norm is too small: the sum of the squares was divided by the number of arrays.
            Wanted is the plain root of the sum of all squares.
        norm > max_norm -> norm < max_norm
            max instead of min: the factor is at most 1, so take the *smaller* of 1 and max_norm /
            norm.
        max_norm / norm if norm > max_norm else 1.0 -> min(1, norm / max_norm)
            The fraction is upside down: to shorten a long gradient, multiply it by max_norm / norm,
            which is below 1.
        sum(squares) -> sum(squares) / sum(grad.size for grad in grads.values())
            You took the root of the *mean* of all squares. The norm is the root of their sum.
        sum(squares) -> squares[-1]
            That is the norm of the last array alone (a name that is left over from a loop?). The
            joint norm contains all arrays.
        grad**2 -> np.abs(grad)
        np.sqrt(sum(squares)) -> sum(squares)
            You added the absolute values. The norm is the root of the sum of the *squares*.
        max_norm / norm if norm > max_norm else 1.0 -> min(1, max_norm / float(norm))
            Right, but for gradients that are all zero: their norm is 0, and Python does not divide
            by that. Ask first whether the norm is above max_norm.
        max_norm / norm if norm > max_norm else 1.0 -> max_norm / (norm + 1e-12)
            You scale always: `min` has got lost. A gradient whose norm is below the limit stays as
            it is, so the factor is min(1, max_norm / norm).
        factor * grad -> max_norm / np.linalg.norm(grad) * grad
            `min` has got lost, and each array still has its own norm: one norm for all, and a
            factor that is never above 1.
        by_those_before
            Each array was shortened by the norm of itself and those *before* it: the sum of the
            squares was not complete yet. First a loop for the norm, then one for the factor.
        else 1.0 -> else 0.0
            Long gradients are right. Those whose norm is below max_norm came back as zeros: they
            stay as they are.
        grads.items() -> grads.items() if norm > max_norm
            Long gradients are right. Those whose norm is below max_norm are not in your dict: they
            stay as they are.
        factor * grad -> clip({name: grad}, max_norm)[name]
            Each array is still shortened by its own norm, as in the code that was handed out. One
            norm for all together: compute it before the loop.
        (grad**2).sum() -> np.linalg.norm(grad, 2) ** 2
            np.linalg.norm(grad, 2) of a matrix is its largest singular value, not the root of the
            sum of its squares: leave the 2 out.
    """,
    steps=(
        "Take the gradients {a: [3], b: [4]} and the limit 1. The joint norm is 5. What should "
        "come out, and what does?",
        "Compute one norm before the loop: the root of the sum of the squares of all numbers in "
        "all arrays.",
        "Then use one factor, min(1, max_norm / norm), for each array.",
    ),
    solution=clip,
    tolerance=1e-5,
)


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
    key="08.4",
    title="Silent bug 3: streams that do not flow",
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


def logits_and_temperature(rng: np.random.Generator, size: int) -> tuple:
    """logits (B, V), a single row first, square ones among them; temperatures around 1.

    Now and then one number is so large that no other row could do with its maximum; once two are,
    and another row has large negative numbers alone.
    """
    shape = ((1, 3), (2, 2), (3, 3), (2, 4), (4, 2))[size % 5]
    shape = (shape[0] + size // 5, shape[1] + size // 5) if size >= 5 else shape
    logits, temperature = (2 * rng.normal(size=shape)).round(2), (0.5, 2.0, 0.8, 1.5)[size % 4]
    if size == 6:
        return np.array([[0.0, 800.0], [0.0, 1.0]]), 1.0
    if size == 13:
        logits[0, -2:] = 3998.0, 4000.0
        logits[1] = logits[1].round() - 4000.0  # exact in float32, too
    return logits, temperature


def given_probabilities(logits, temperature):
    """Softmax of logits / temperature, row by row.

    logits (B, V), temperature: a number > 0. Returns (B, V).
    """
    z = logits / temperature
    e = np.exp(z - z.max())
    return e / e.sum(axis=0)


def probabilities(logits, temperature):
    z = logits / temperature
    # Each row has its own largest number (so that nothing overflows) and its own sum.
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def probabilities_row_by_row(logits, temperature):
    rows = []
    for row in logits:
        e = [np.exp(float(z - max(row)) / temperature) for z in row]
        rows.append([value / sum(e) for value in e])
    return np.array(rows)


SAMPLING = Exercise(
    key="08.5",
    title="Silent bug 4: good loss, bad samples",
    stars=1,
    names=("logits", "temperature"),
    specification=probabilities_row_by_row,
    inputs=logits_and_temperature,
    given=given_probabilities,
    mistakes="""
        z.max(axis=1, keepdims=True) -> z.max()
        e.sum(axis=1, keepdims=True) -> e.sum()
            Now all numbers together sum to 1. Each row is a distribution of its own and sums to 1.
        logits / temperature -> logits * temperature
            Each row sums to 1, but the temperature multiplies the logits. It divides them: below 1
            the likely ones become even more likely.
        logits / temperature -> logits
            The temperature has got lost: the rows are a softmax of the logits themselves.
        z.max(axis=1, keepdims=True) -> z.max()
        e.sum(axis=1, keepdims=True) -> e.sum(axis=1)
            The right axis, but the row sums are a flat array (B,), which NumPy takes for a *row*
            and divides columns by. Keep the axis: keepdims=True. (And z.max() is still the largest
            number of the whole block: each row needs its own.)
        logits / temperature -> logits
        return e -> return e / temperature
            You divided the probabilities by the temperature, not the logits: the rows no longer sum
            to 1, and their shape is that of temperature 1.
        z.max(axis=1, keepdims=True) -> z.max()
        e / e.sum(axis=1, keepdims=True) -> e
            e was not divided by its row's sum: these are no probabilities yet.
        e / e.sum(axis=1, keepdims=True) -> 1.0 * (z == z.max(axis=1, keepdims=True))
            That puts everything on the most likely character of each row. Drawing from it writes
            the same text again and again: return the softmax.
        z.max(axis=1, keepdims=True) -> z.max()
            The sums are right; the maximum is not. z.max() is the largest number of the whole
            block. Take 800 from a row of 0 and 1: np.exp gives 0 twice, and 0 / 0 is no number.
            Each row needs its own maximum.
        - z.max(axis=1, keepdims=True) ->
            Right for small logits. But np.exp of a large one is infinite, and infinite divided by
            infinite is no number: take each row's own maximum away first.
        e.sum(axis=1, keepdims=True) -> e.sum(axis=0)
            You mended the maximum; the sum still runs down the columns (axis 0). It has to run
            along each row.
        z.max(axis=1, keepdims=True) -> z.max()
        e.sum(axis=1, keepdims=True) -> e.sum(axis=0)
            The sum still runs down the columns (axis 0), with or without keepdims. The characters
            lie along axis 1: each row needs its own sum.
        e / e.sum(axis=1, keepdims=True) -> probabilities(logits, 1) ** (1 / temperature)
            A power of the probabilities is a way to use a temperature, but then the rows no longer
            sum to 1. Divide the logits by it instead, before np.exp.
        np.exp(z - z.max(axis=1, keepdims=True)) -> z
            np.exp is missing: logits can be negative, and shares of them are no probabilities.
        e.sum(axis=1, keepdims=True) -> e.sum(axis=1)
            The right axis and the right maximum, but the row sums are a flat array (B,), which
            NumPy takes for a *row*. Keep the axis in the sum, too: keepdims=True.
        z.max(axis=1, keepdims=True) -> z.max(axis=1)
            The row maxima are a flat array (B,), which NumPy takes for a *row*: a number is taken
            away from each column. Keep the axis in max as well: keepdims=True.
        z.max(axis=1, keepdims=True) -> z.max(axis=1)
        e.sum(axis=1, keepdims=True) -> e.sum(axis=1)
            Maxima and sums are flat arrays (B,), which NumPy takes for *rows*. Keep the axis in
            both: keepdims=True.
        - z.max(axis=1, keepdims=True) ->
        e.sum(axis=1, keepdims=True) -> e.sum(axis=1)
            The right axis, but the row sums are a flat array (B,): keepdims=True keeps the axis.
            And no maximum is taken away: np.exp of a large logit is infinite.
        - z.max(axis=1, keepdims=True) ->
        e.sum(axis=1, keepdims=True) -> e.sum()
            All numbers together sum to 1: each row needs its own sum. And no maximum is taken away:
            np.exp of a large logit is infinite.
        - z.max(axis=1, keepdims=True) ->
        e.sum(axis=1, keepdims=True) -> e.sum(axis=0)
            The sum runs down the columns (axis 0); the characters lie along axis 1. And no maximum
            is taken away: np.exp of a large logit is infinite.
        z.max(axis=1, keepdims=True) -> z.max(axis=0, keepdims=True)
            The sums are right; the maximum is not: you took one for each column. With a single row
            every number becomes 0, and all shares are equal. Take each row's own: axis=1.
        e.sum(axis=1, keepdims=True) -> e.sum()
            All numbers together sum to 1: each row needs its own sum, e.sum(axis=1, keepdims=True).
            (The maximum of each row is right.)
        z.max( -> logits.max(
            Right for small logits. But you take away the maximum of the *logits*; what goes into
            np.exp is z = logits / temperature, and it has another maximum: take z's.
        e / e.sum(axis=1, keepdims=True) -> e
            The maximum is right. Now divide e by its row's sum: these are no probabilities yet.
    """,
    steps=(
        "Which axis of (B, V) runs over the characters?",
        "The sum has to run along axis 1, one sum for each row; and so has the maximum.",
        "e.sum(axis=1, keepdims=True) has the shape (B, 1) and divides row by row. It is the same "
        "with z.max.",
    ),
    solution=probabilities,
)

for given in (given_mean_loss, given_clip, given_lay_out, given_probabilities):
    given.__name__ = given.__name__.removeprefix("given_")

EXERCISES = (TARGETS, PADDING, CLIPPING, STREAMS, SAMPLING)
