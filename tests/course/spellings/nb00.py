"""The mistakes of notebook 00 in other words than the exercise's own: two or more of each."""

import numpy as np

SPELLINGS = {
    ("00.1", 0): [lambda x: x**2, lambda x: np.square(x)],
    ("00.1", 1): [lambda x: 0.5 * x, lambda x: x - x / 2],
    ("00.1", 2): [lambda x: 1 * x, lambda x: x + 0],
    ("00.1", 3): [lambda x: 2 + x, lambda x: x - (-2)],
}
