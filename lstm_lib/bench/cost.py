"""What a shape costs: floating-point operations, by variant."""

from lstm_lib.scratch.variants import VARIANTS, Variant

Shape = tuple[int, int, int, int]


def operations(shape: Shape, variant: Variant, training: bool = False) -> int:
    """Floating-point operations of the matrix products; a training step has three times as many.

    A block has the rows of W and R: 2·T·B·H·(I + H) operations; gate recurrence adds nine
    products of H by H. A product in the forward pass has two in the backward pass, one for each
    factor's gradient.

    >>> operations((100, 64, 512, 512), VARIANTS["NP"]) / 1e9
    26.8435456
    """
    T, B, I, H = shape
    rows = len(variant.blocks) * H
    once = 2 * T * B * (rows * (I + H) + 9 * H * H * variant.gate_recurrence)
    return once * (3 if training else 1)


def relative_cost(shape: Shape, variant: Variant) -> float:
    """Operations ÷ those of the plain LSTM (NP).

    >>> relative_cost((100, 64, 512, 512), VARIANTS["CIFG"])
    0.75
    >>> relative_cost((100, 64, 512, 512), VARIANTS["FGR"])
    2.125
    """
    return operations(shape, variant) / operations(shape, VARIANTS["NP"])
