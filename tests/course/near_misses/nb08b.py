"""Near misses of notebook 08b."""

import numpy as np


def columns(ids, B, N):
    return ids[: N * B].reshape(B, N).T


def without_first_row(ids, B):
    x = columns(ids, B, (len(ids) - 1) // B)
    return x, x[1:]


def by_index(ids, B):
    """The block that was handed out, by strides."""
    at = np.arange((len(ids) - 1) // B)[:, None] * B + np.arange(B)
    return ids[at], ids[at + 1]


def tutorial(ids, B):
    block = columns(ids, B, len(ids) // B)
    return block[:-1], block[1:]


def pieces(ids, B, N, first):
    """B pieces of N characters, beginning at `first`; np.stack raises where the text ends."""
    return np.stack([ids[b * N + first : (b + 1) * N + first] for b in range(B)], axis=1)


def two_ahead(ids, B):
    N = (len(ids) - 1) // B
    return pieces(ids, B, N, 0), pieces(ids, B, N, 2)


def too_long(ids, B):
    return pieces(ids, B, len(ids) // B, 0), pieces(ids, B, len(ids) // B, 1)


def with_a_while(step, x, y, rows):
    losses, state, first = [], None, 0
    while first + rows <= len(x):
        loss, state = step(x[first : first + rows], y[first : first + rows], state)
        losses += [loss]
        first += rows
    return np.array(losses)


def by_splitting(step, x, y, rows):
    whole, losses, state = len(x) // rows, [], None
    for part, target in zip(np.split(x[: whole * rows], whole), np.split(y[: whole * rows], whole)):
        loss, state = step(part, target, state)
        losses.append(loss)
    return losses


def chunks_along_the_streams(step, x, y, rows):
    losses, state = [], None
    for k in range(len(x) // rows):
        loss, state = step(x[k : k + rows], y[k : k + rows], state)
        losses.append(loss)
    return losses


def state_of_the_losses(step, x, y, rows):
    losses, state = [], None
    for first in range(0, len(x) - rows + 1, rows):
        state, loss = step(x[first : first + rows], y[first : first + rows], state)
        losses.append(loss)
    return losses


def by_choice(logits, t, u):
    z = np.array(logits) / t
    p = np.exp(z - max(z)) / sum(np.exp(z - max(z)))
    return np.searchsorted(np.cumsum(p), u)


def by_argmax(logits, t, u):
    e = np.exp((logits - logits.max()) / t)
    return np.argmax(np.cumsum(e) / e.sum() > u)


def at_random(logits, t, u):
    e = np.exp((logits - logits.max()) / t)
    return np.random.default_rng(0).choice(len(e), p=e / e.sum())


def powers(logits, t, u):
    e = np.exp(logits - logits.max())
    p = (e / e.sum()) ** (1 / t)
    return int((p.cumsum() <= u).sum())


NEAR_MISSES = [
    ("08b.2", without_first_row, False, "the last target of each stream is missing"),
    ("08b.2", by_index, False, "the block that was handed out, made in another way"),
    ("08b.2", two_ahead, False, "*two* characters ahead"),
    ("08b.2", too_long, False, "You changed N"),
    ("08b.2", tutorial, False, "the last character of each piece"),
    (
        "08b.2",
        lambda ids, B: np.stack([columns(ids[k:], B, (len(ids) - 1) // B) for k in (0, 1)]),
        True,
        None,
    ),
    ("08b.1", with_a_while, True, None),
    ("08b.1", by_splitting, True, None),
    ("08b.1", chunks_along_the_streams, False, None),
    ("08b.1", state_of_the_losses, False, None),
    ("08b.3", by_choice, True, None),
    ("08b.3", by_argmax, True, None),
    ("08b.3", at_random, False, None),
    ("08b.3", powers, False, None),
]
