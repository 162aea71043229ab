"""Settings of NumPy and torch as they are by default, while an answer is run and judged.

An earlier cell may have changed them for its own purpose; a right answer stays right.
"""

import contextlib
import sys
import warnings
from collections.abc import Iterator

import numpy as np

PRINTING = {
    "precision": 8,
    "threshold": 1000,
    "edgeitems": 3,
    "linewidth": 75,
    "suppress": False,
    "nanstr": "nan",
    "infstr": "inf",
    "sign": "-",
    "formatter": None,
    "floatmode": "maxprec",
    "legacy": False,
}


@contextlib.contextmanager
def usual_state() -> Iterator[None]:
    """NumPy's errors and printing, torch's gradients and dtype, warnings: as they are by default.

    >>> with np.errstate(all="raise"), usual_state():
    ...     print(np.geterr()["invalid"])
    warn
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        errors = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
        stack.enter_context(np.errstate(**errors))
        stack.enter_context(np.printoptions(**PRINTING))
        if torch := sys.modules.get("torch"):  # as slow to import as it is, never for its own sake
            stack.enter_context(torch.inference_mode(False))
            stack.enter_context(torch.enable_grad())
            stack.callback(torch.set_default_dtype, torch.get_default_dtype())
            torch.set_default_dtype(torch.float32)
        yield
