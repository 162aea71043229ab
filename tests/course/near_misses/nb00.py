"""Near misses of notebook 00."""

import numpy as np

NEAR_MISSES = [
    ("00.1", lambda x: x * x, False, "x times itself"),
    ("00.1", lambda x: 2**x, False, "2 to the power x"),
    ("00.1", lambda x: -2 * x, False, None),
    ("00.1", lambda x: 2 * abs(x), False, None),
    ("00.1", lambda x: 2 * int(x) if np.ndim(x) == 0 else 2 * x, False, None),
    ("00.1", lambda x: [x] * 2, False, None),
    ("00.1", lambda x: np.add(x, x), True, None),
]
