"""The order of the blocks inside the layer: o, i, f, g, each H rows, the sequences side by side.

It differs from the order of `params` (i, f, g, o) so that what is done alike lies together.
"""

from typing import NamedTuple

import numpy as np

from lstm_lib.scratch.variants import Variant

OIF, IFO = [2, 0, 1], [1, 2, 0]  # FGR: gates i, f, o into the order of the rows, and back


class Rows(NamedTuple):
    """Where the blocks lie among the K·H rows, and what becomes of them."""

    of: dict[str, slice]
    sigma: slice  # all sigmoids
    inner: slice  # i, f and g: what c is made of
    first: slice  # squashed before c is known; an output gate with a peephole waits for c


def rows_of(v: Variant, H: int) -> Rows:
    """The rows of a variant's blocks.

    >>> from lstm_lib.scratch.variants import VARIANTS
    >>> rows_of(VARIANTS["CIFG"], 2).of
    {'o': slice(0, 2, None), 'i': slice(2, 4, None), 'g': slice(4, 6, None)}
    """
    order = [block for block in "oifg" if block in v.blocks]
    of = {block: slice(k * H, (k + 1) * H) for k, block in enumerate(order)}
    g, inner = of["g"], H if v.output_gate else 0
    start = inner if v.peepholes else 0
    stop = g.start if v.input_activation == "identity" else g.stop
    return Rows(of, slice(0, g.start), slice(inner, g.stop), slice(start, stop))


def flat(array: np.ndarray) -> np.ndarray:
    """Without the batch axis if B = 1: NumPy is quicker on vectors."""
    return array[..., 0] if array.shape[-1] == 1 else array
