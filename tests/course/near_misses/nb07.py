"""Near misses of notebook 07."""

import numpy as np


def by_the_product(f):
    with np.errstate(divide="ignore"):
        return np.log(0.5) / (np.log(np.prod(f, axis=0)) / len(f))


def matrices(R, h_seq):
    return (1 - h_seq**2)[:, :, None] * R


def bounds(R, h_seq):
    return np.linalg.svd(matrices(R, h_seq), compute_uv=False)[:, 0]


def returned_in_the_loop(R, h_seq):
    for h in h_seq:
        return np.linalg.norm(np.diag(1 - h**2) @ R, 2)


def of_a_vector(R, h_seq):
    return [np.linalg.norm((1 - h**2) @ R, 2) for h in h_seq]


def a_step_late(R, h_seq):
    before = [np.zeros(len(R)), *h_seq[:-1]]
    return [np.linalg.norm(np.diag(1 - h**2) @ R, 2) for h in before]


def fitted(f):
    sums = np.cumsum(np.log(f), axis=0)
    return [np.log(0.5) / np.polyfit(range(len(f)), column, 1)[0] for column in sums.T]


def whole_product(f):
    with np.errstate(divide="ignore"):
        return np.log(0.5) / np.log(np.multiply.reduce(f))


def geometric(f):
    return np.log(0.5) / np.log(np.prod(f ** (1 / len(f)), axis=0))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def ways(names="ifgo", h=lambda c, o: o * np.tanh(c), to_h=lambda c, o: o / np.cosh(c) ** 2):
    def answer(c, o, x, W, R, b):
        at = {name: names.index(name) for name in "ifg"}
        z = W * x + R * h(c, o) + b
        i, f, g = sigmoid(z[at["i"]]), sigmoid(z[at["f"]]), np.tanh(z[at["g"]])
        round_ = c * f * (1 - f) * R[at["f"]] + g * i * (1 - i) * R[at["i"]]
        return f, to_h(c, o) * (round_ + i * (1 - g**2) * R[at["g"]])

    return answer


def with_the_new_c(c, o, x, W, R, b):
    z = W * x + R * o * np.tanh(c) + b
    i, f, g = sigmoid(z[0]), sigmoid(z[1]), np.tanh(z[2])
    c_new = f * c + i * g
    along_h = c_new * f * (1 - f) * R[1] + g * i * (1 - i) * R[0] + i * (1 - g * g) * R[2]
    return f, o * (1 - np.tanh(c) ** 2) * along_h


def along_c(c, o, x, W, R, b):
    """Both by an imaginary step."""

    def new(on_belt, in_h):
        z = W * x + R * (o * np.tanh(in_h)) + b
        return sigmoid(z[1]) * on_belt + sigmoid(z[0]) * np.tanh(z[2])

    return new(c + 1e-20j, c).imag / 1e-20, new(c, c + 1e-20j).imag / 1e-20


NEAR_MISSES = [
    ("07.1", returned_in_the_loop, False, "Is the `return` inside the loop?"),
    ("07.1", of_a_vector, False, "the rows of R are added up"),
    ("07.1", a_step_late, False, "one step late"),
    ("07.1", lambda R, h: max(bounds(R, h)), False, "the largest of the bounds"),
    ("07.1", lambda R, h: np.exp(np.log(bounds(R, h)).cumsum()), False, "multiplied up"),
    ("07.1", lambda R, h: np.linalg.svd(matrices(R, h))[1].min(axis=1), False, "*smallest*"),
    ("07.1", lambda R, h: bounds(R, h) ** 2, False, None),
    ("07.1", bounds, True, None),
    ("07.1", lambda R, h: np.linalg.norm(matrices(R, h), 2, axis=(1, 2)), True, None),
    ("07.2", whole_product, False, "divide the logarithm by T"),
    ("07.2", fitted, False, "no weight to the first gate"),
    ("07.2", lambda f: np.log(0.5) / np.log(np.clip(f, 1e-6, 1)).mean(axis=0), False, None),
    ("07.2", lambda f: np.log(0.5) / (np.log(f).sum(0) / (len(f) - 1)), False, "You divided by T"),
    ("07.2", lambda f: np.prod(f ** (1 / len(f)), axis=0), False, "the factor a step"),
    ("07.2", geometric, True, None),
    ("07.3", lambda *a: sum(along_c(*a)), False, "the sum of the two"),
    ("07.3", ways(names="ifog"), False, "g and o are exchanged"),
    ("07.3", ways(h=lambda c, o: np.tanh(c)), False, "o is missing there"),
    ("07.3", ways(to_h=lambda c, o: o * (1 - c**2)), False, "You took 1 − c²"),
    (
        "07.3",
        ways(to_h=lambda c, o: o - o**3 * np.tanh(c) ** 2),
        False,
        "the slope is 1 − tanh²(c)",
    ),
    ("07.3", ways(to_h=lambda c, o: 1 - (o * np.tanh(c)) ** 2), False, "for the slope of h"),
    ("07.3", with_the_new_c, False, "You took the new one"),
    ("07.3", along_c, True, None),
    ("07.3", ways(), True, None),
    ("07.2", by_the_product, False, "the product of thousands of gates"),
    ("07.2", lambda f: np.log(2) / -np.log2(f).mean(axis=0) / np.log(2), True, None),
]
