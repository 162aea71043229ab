"""The mistakes of notebook 07 in other words than the exercise's own: two or more of each."""

import numpy as np

from lstm_lib.course.exercises import EXERCISES

RIGHT = {key: EXERCISES[key].solution for key in EXERCISES if key.startswith("07.")}
LN2 = np.log(2)


def jacobians(R, h_seq):
    return [np.diag(1 - h * h) @ R for h in h_seq]


def largest(M):
    return np.linalg.svd(M)[1][0]


def squashed(z):
    return 0.5 * (1 + np.tanh(z / 2))


def inside(c, o, x, W, R, b):
    """i, f, g, tanh(c) of the scalar cell."""
    t = np.tanh(c)
    z = [W[k] * x + R[k] * o * t + b[k] for k in range(4)]
    return squashed(z[0]), squashed(z[1]), np.tanh(z[2]), t


def ways(terms):
    """An answer from the three terms of the second half and the first half."""

    def answer(c, o, x, W, R, b):
        i, f, g, t = inside(c, o, x, W, R, b)
        return f, terms(i, f, g, t, c, o, R)

    return answer


def three(i, f, g, c, R):
    return R[1] * c * f * (1 - f), R[0] * g * i * (1 - i), R[2] * i * (1 - g * g)


def by_hand(first, f_part, i_part, g_part):
    """The same from four small functions of (i, f, g, t, c, o)."""

    def answer(c, o, x, W, R, b):
        at = (*inside(c, o, x, W, R, b), c, o)
        return at[1], first(*at) * (f_part(*at) * R[1] + i_part(*at) * R[0] + g_part(*at) * R[2])

    return answer


FIRST = lambda i, f, g, t, c, o: o - o * t**2  # noqa: E731
F_PART = lambda i, f, g, t, c, o: (f - f**2) * c  # noqa: E731
I_PART = lambda i, f, g, t, c, o: (i - i**2) * g  # noqa: E731
G_PART = lambda i, f, g, t, c, o: i - i * g**2  # noqa: E731

SPELLINGS = {
    ("07.1", 0): [
        lambda R, h_seq: np.array([max(abs(np.linalg.eigvals(J))) for J in jacobians(R, h_seq)]),
        lambda R, h_seq: np.array(
            [np.abs(np.linalg.eig(J.T)[0]).max() for J in jacobians(R, h_seq)]
        ),
    ],
    ("07.1", 1): [
        lambda R, h_seq: np.array([largest(R)] * len(h_seq)),
        lambda R, h_seq: np.full(len(h_seq), np.sqrt(np.linalg.eigvalsh(R.T @ R).max())),
    ],
    ("07.1", 2): [
        lambda R, h_seq: np.array([largest(R @ np.diag(1 - h**2)) for h in h_seq]),
        lambda R, h_seq: np.array([largest((1 - h**2)[None] * R) for h in h_seq]),
    ],
    ("07.1", 3): [
        lambda R, h_seq: np.array([largest(np.diag(h - h * h) @ R) for h in h_seq]),
        lambda R, h_seq: np.array([largest((R.T * h * (1 - h)).T) for h in h_seq]),
    ],
    ("07.1", 4): [
        lambda R, h_seq: np.array([np.sqrt((J**2).sum()) for J in jacobians(R, h_seq)]),
        lambda R, h_seq: np.array([np.linalg.norm(J, "fro") for J in jacobians(R, h_seq)]),
    ],
    ("07.1", 5): [
        lambda R, h_seq: (1 - h_seq**2).max(axis=1) * largest(R),
        lambda R, h_seq: np.array([max(1 - h * h) * largest(R) for h in h_seq]),
    ],
    ("07.1", 6): [
        lambda R, h_seq: np.array(
            [np.prod([largest(J) for J in jacobians(R, h_seq)[: k + 1]]) for k in range(len(h_seq))]
        ),
        lambda R, h_seq: np.exp(np.cumsum([np.log(largest(J)) for J in jacobians(R, h_seq)])),
    ],
    ("07.1", 7): [
        lambda R, h_seq: np.array([np.linalg.norm(J, -2) for J in jacobians(R, h_seq)]),
        lambda R, h_seq: np.array([np.linalg.svd(J)[1].min() for J in jacobians(R, h_seq)]),
    ],
    ("07.2", 0): [
        lambda f: -LN2 / np.log(np.mean(f, axis=0)),
        lambda f: np.array([-1 / np.log2(sum(column) / len(column)) for column in f.T]),
    ],
    ("07.2", 1): [
        lambda f: 1 / -np.mean(np.log(f), axis=0),
        lambda f: np.array([len(column) / -sum(np.log(column)) for column in f.T]),
    ],
    ("07.2", 2): [
        lambda f: -LN2 / np.log(f).sum(axis=0),
        lambda f: RIGHT["07.2"](f) / len(f),
    ],
    ("07.2", 3): [
        lambda f: -LN2 / np.log(f).mean(axis=1),
        lambda f: RIGHT["07.2"](f.T),
    ],
    ("07.2", 4): [
        lambda f: -RIGHT["07.2"](f),
        lambda f: 1 / np.mean(np.log2(f), axis=0),
    ],
    ("07.2", 5): [
        lambda f: np.log(f).sum(axis=0) / len(f),
        lambda f: np.log(2 ** np.log2(f).mean(axis=0)),
    ],
    ("07.2", 6): [
        lambda f: np.mean(-1 / np.log2(f), axis=0),
        lambda f: sum(-LN2 / np.log(row) for row in f) / len(f),
    ],
    ("07.2", 7): [
        lambda f: -LN2 / np.mean(np.log(f)),
        lambda f: -f.size / np.log2(f).sum(),
    ],
    ("07.3", 0): [
        ways(lambda i, f, g, t, c, o, R: o * sum(three(i, f, g, c, R))),
        by_hand(lambda i, f, g, t, c, o: o, F_PART, I_PART, G_PART),
    ],
    ("07.3", 1): [
        ways(lambda i, f, g, t, c, o, R: (1 - t * t) * sum(three(i, f, g, c, R))),
        by_hand(lambda i, f, g, t, c, o: 1 - t**2, F_PART, I_PART, G_PART),
    ],
    ("07.3", 2): [
        ways(
            lambda i, f, g, t, c, o, R: (
                o * (1 - t * t) * (R[1] * c * f + R[0] * g * i + R[2] * i * (1 - g * g))
            )
        ),
        by_hand(FIRST, lambda i, f, g, t, c, o: f * c, lambda i, f, g, t, c, o: i * g, G_PART),
    ],
    ("07.3", 3): [
        ways(
            lambda i, f, g, t, c, o, R: (
                o * (1 - t * t) * (sum(three(i, f, g, c, R)[:2]) + R[2] * i * g * (1 - g))
            )
        ),
        by_hand(FIRST, F_PART, I_PART, lambda i, f, g, t, c, o: i * (g - g**2)),
    ],
    ("07.3", 4): [
        ways(
            lambda i, f, g, t, c, o, R: (
                o * (1 - t * t) * (R[1] * f * (1 - f) + sum(three(i, f, g, c, R)[1:]))
            )
        ),
        by_hand(FIRST, lambda i, f, g, t, c, o: f - f**2, I_PART, G_PART),
    ],
    ("07.3", 5): [
        ways(lambda i, f, g, t, c, o, R: o * (1 - t * t) * three(i, f, g, c, R)[0]),
        by_hand(FIRST, F_PART, lambda *at: 0.0, lambda *at: 0.0),
    ],
    ("07.3", 6): [
        ways(
            lambda i, f, g, t, c, o, R: (
                o * (1 - t * t) * (sum(three(i, f, g, c, R)[:2]) + R[3] * i * (1 - g * g))
            )
        ),
        lambda c, o, x, W, R, b: (
            inside(c, o, x, W, R, b)[1],
            (lambda i, f, g, t: FIRST(i, f, g, t, c, o) * sum(three(i, f, g, c, R[[0, 1, 3, 3]])))(
                *inside(c, o, x, W, R, b)
            ),
        ),
    ],
    ("07.3", 7): [
        ways(lambda i, f, g, t, c, o, R: f + o * (1 - t * t) * sum(three(i, f, g, c, R))),
        lambda *case: (RIGHT["07.3"](*case)[0], np.sum(RIGHT["07.3"](*case))),
    ],
    ("07.1", 8): [
        lambda R, h_seq: np.array([largest(np.diag(np.cosh(h) ** -2.0) @ R) for h in h_seq]),
        lambda R, h_seq: np.array([largest((R.T * (1 - np.tanh(h) ** 2)).T) for h in h_seq]),
    ],
    ("07.1", 9): [
        lambda R, h_seq: np.array([largest(R - np.diag(h) @ R) for h in h_seq]),
        lambda R, h_seq: np.array([largest(np.diag(1 - h) @ R) for h in h_seq]),
    ],
    ("07.1", 10): [
        lambda R, h_seq: np.array([largest(np.diag(h * h) @ R) for h in h_seq]),
        lambda R, h_seq: np.array([largest(R - J) for J in jacobians(R, h_seq)]),
    ],
    ("07.1", 11): [
        lambda R, h_seq: np.mean([largest(J) for J in jacobians(R, h_seq)]),
        lambda R, h_seq: sum(RIGHT["07.1"](R, h_seq)) / len(h_seq),
    ],
    ("07.2", 8): [
        lambda f: np.prod(f ** (1 / len(f)), axis=0),
        lambda f: 2 ** (np.log2(f).sum(0) / len(f)),
    ],
    ("07.2", 9): [lambda f: -np.log2(f).mean(0), lambda f: 1 / RIGHT["07.2"](f)],
    ("07.2", 10): [
        lambda f: len(f) / np.log(f).sum(axis=0),
        lambda f: -RIGHT["07.2"](f) / LN2,
    ],
    ("07.3", 8): [
        lambda *case: (RIGHT["07.3"](*case)[1], RIGHT["07.3"](*case)[0]),
        lambda *case: list(reversed(RIGHT["07.3"](*case))),
    ],
    ("07.3", 9): [
        ways(lambda i, f, g, t, c, o, R: o * (1 - t * t) * sum(three(i, f, g, c, np.ones(4)))),
        lambda c, o, x, W, R, b: (
            RIGHT["07.3"](c, o, x, W, R, b)[0],
            sum(
                by_hand(FIRST, F_PART, I_PART, G_PART)(c, o, x, W, R, b)[1] * share
                for share in [
                    sum(three(*inside(c, o, x, W, R, b)[:3], c, np.ones(4)))
                    / sum(three(*inside(c, o, x, W, R, b)[:3], c, R))
                ]
            ),
        ),
    ],
    ("07.3", 10): [
        ways(lambda i, f, g, t, c, o, R: sum(three(i, f, g, c, R))),
        by_hand(lambda *at: 1.0, F_PART, I_PART, G_PART),
    ],
    ("07.3", 12): [
        ways(lambda i, f, g, t, c, o, R: o * (1 - t * t) * sum(three(i, f, g, c, R)[1:])),
        by_hand(FIRST, lambda *at: 0.0, I_PART, G_PART),
    ],
    ("07.3", 13): [
        ways(lambda i, f, g, t, c, o, R: o * (1 - t * t) * (R[1] * c + R[0] * g + R[2] * i)),
        by_hand(
            FIRST,
            lambda i, f, g, t, c, o: c,
            lambda i, f, g, t, c, o: g,
            lambda i, f, g, t, c, o: i,
        ),
    ],
    ("07.3", 11): [
        ways(lambda i, f, g, t, c, o, R: o * (1 - (o * t) ** 2) * sum(three(i, f, g, c, R))),
        by_hand(lambda i, f, g, t, c, o: o - o**3 * t**2, F_PART, I_PART, G_PART),
    ],
}
