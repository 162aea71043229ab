"""Near misses of notebook 16."""

import difflib

import numpy as np
import torch


def one_by_one(codes, B, T, k, shift=0):
    n = len(codes) // B
    return np.array([[codes[b * n + k * T + t + shift] for b in range(B)] for t in range(T)])


def in_torch(codes, B, T, k):
    n = len(codes) // B
    streams = torch.as_tensor(np.asarray(codes))[: n * B].view(B, n).t()
    return streams[k * T : (k + 1) * T], streams[k * T + 1 : (k + 1) * T + 1]


def fortran(codes, B, T, k):
    n = len(codes) // B
    streams = np.asarray(codes)[: n * B].reshape(n, B, order="F")
    return streams[k * T : k * T + T], streams[k * T + 1 : k * T + T + 1]


def by_batches_of_text(codes, B, T, k):
    """Each chunk is the next B · T characters: rows of one chunk do not go on in the next."""
    piece = codes[k * B * T : (k + 1) * B * T + 1]
    return piece[:-1].reshape(B, T).T, piece[1:].reshape(B, T).T


def sorted_nucleus(p, share):
    order = sorted(range(len(p)), key=lambda k: p[k], reverse=True)
    kept, total = [], 0.0
    for k in order:
        kept.append(k)
        total += p[k]
        if total >= share:
            break
    return np.array([p[k] / total if k in kept else 0.0 for k in range(len(p))])


def by_mask(p, share):
    falling = np.sort(p)[::-1]
    enough = falling[np.searchsorted(np.cumsum(falling), share)]
    q = np.where(p >= enough, p, 0)
    return q / q.sum()


def in_torch_nucleus(p, share):
    values, order = torch.sort(torch.as_tensor(np.asarray(p)), descending=True)
    values[torch.cumsum(values, 0) - values >= share] = 0
    return torch.zeros(len(p), dtype=values.dtype).scatter(0, order, values / values.sum())


def without_the_last(p, share):
    order = np.argsort(-p)
    out = np.where(np.cumsum(p[order]) > share)[0]
    q = p.copy()
    q[order[out]] = 0
    with np.errstate(all="ignore"):
        return q / q.sum()


def matcher(text, source):
    found = difflib.SequenceMatcher(None, text, source, autojunk=False).find_longest_match()
    return found.size, found.a if found.size else 0


def table(text, source):
    best, place = 0, 0
    row = [0] * (len(source) + 1)
    for a in range(len(text)):
        new = [0] * (len(source) + 1)
        for b in range(len(source)):
            if text[a] == source[b]:
                new[b + 1] = row[b] + 1
                if new[b + 1] > best:
                    best, place = new[b + 1], a - new[b + 1] + 1
        row = new
    return best, place


def last_of_equals(text, source):
    best, place = 0, 0
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if text[start:end] in source and end - start >= best:
                best, place = end - start, start
    return best, place


def grown(text, source):
    best, place = 0, 0
    for start in range(len(text)):
        length = 0
        while start + length < len(text) and text[start : start + length + 1] in source:
            length += 1
        if length > best:
            best, place = length, start
    return best, place


NEAR_MISSES = [
    ("16.1", lambda p: (-np.log2(p).mean(), 2 ** -np.log2(p).mean()), True, None),
    ("16.1", lambda p: (-np.log2(p).mean(), np.exp(-np.log(p).mean())), True, None),
    ("16.1", lambda p: (-np.mean(np.log2(p)), np.prod(np.asarray(p) ** (-1 / len(p)))), True, None),
    ("16.1", lambda p: (-np.log2(np.prod(p)) / len(p), np.prod(1 / p) ** (1 / len(p))), True, None),
    ("16.1", lambda p: [float(-np.log2(p).mean()), float(2 ** -np.log2(p).mean())], True, None),
    ("16.1", lambda p: (np.log2(p).mean(), 2 ** np.log2(p).mean()), False, "sign is missing"),
    ("16.1", lambda p: (-np.log(p).mean() * np.log(2), np.exp(-np.log(p).mean())), False, "divide"),
    ("16.1", lambda p: (-np.log2(p.mean()), 1 / p.mean()), False, "logarithm of the mean"),
    ("16.1", lambda p: (-np.log2(p).mean(), np.exp(-np.log2(p).mean())), False, "2 to their power"),
    ("16.1", lambda p: (-np.log2(p).mean(), np.mean(1 / p)), False, "geometric"),
    ("16.1", lambda p: (-np.log2(p).mean(), -np.log(p).mean()), False, "is not that yet"),
    ("16.2", lambda c, B, T, k: (one_by_one(c, B, T, k), one_by_one(c, B, T, k, 1)), True, None),
    ("16.2", in_torch, True, None),
    ("16.2", fortran, True, None),
    ("16.2", by_batches_of_text, False, "next B · T characters"),
    (
        "16.2",
        lambda c, B, T, k: (one_by_one(c, B, T, k), one_by_one(c, B, T, k)),
        False,
        "targets are the inputs",
    ),
    (
        "16.2",
        lambda c, B, T, k: (one_by_one(c, B, T, k).T, one_by_one(c, B, T, k, 1).T),
        False,
        "batch comes first",
    ),
    ("16.3", sorted_nucleus, True, None),
    ("16.3", by_mask, True, None),
    ("16.3", in_torch_nucleus, True, None),
    ("16.3", without_the_last, False, "crosses `share` was left out"),
    ("16.3", lambda p, s: np.where(p >= 1 - s, p, 0), False, None),
    ("16.3", lambda p, s: p, False, "came back as they were"),
    ("16.4", matcher, True, None),
    ("16.4", table, True, None),
    ("16.4", grown, True, None),
    ("16.4", last_of_equals, False, "Of equally long runs"),
    ("16.4", lambda text, source: grown(source, text), False, "exchanged"),
]
