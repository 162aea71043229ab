"""Near misses of notebook 07."""

import numpy as np


def by_the_product(f):
    with np.errstate(divide="ignore"):
        return np.log(0.5) / (np.log(np.prod(f, axis=0)) / len(f))


NEAR_MISSES = [
    ("07.2", by_the_product, False, "the product of thousands of gates"),
    ("07.2", lambda f: np.log(2) / -np.log2(f).mean(axis=0) / np.log(2), True, None),
]
