"""What an LSTM needs at least on this GPU: no implementation can be faster.

A step waits for the one before: its product of 8·B·H² operations, or the 10·B·H numbers that it
moves (11 backward), whichever takes longer, and one exchange between the multiprocessors. What does
not wait (input products and weight gradients) is one large product before and after.
"""

from lstm_lib.bench.cost import Shape
from lstm_lib.scratch.variants import Variant

BYTES = {"bf16": 2, "fp16": 2, "TF32": 4, "fp32": 4}
BARRIER = 1.2  # microseconds, estimated, where none was measured


def floor(shape: Shape, precision: str, variant: Variant, training: bool, ceilings: dict) -> float:
    """Milliseconds of one forward pass, or of forward and backward.

    `ceilings` as `ceilings.ceilings` gives them. Products scale with the variant's blocks, and with
    gate recurrence's nine more.

    >>> known = {"copy": 4.3, "bf16": 790.0, "barrier": 1.2}
    >>> round(floor((100, 128, 1, 1024), "bf16", Variant("NP", peepholes=False), False, known), 2)
    0.26
    """
    T, B, I, H = shape
    rate = ceilings["bf16" if precision == "fp16" else precision] * 1e12
    bandwidth = ceilings["copy"] * 1e12
    exchange = (ceilings.get("barrier") or BARRIER) * 1e-6
    blocks = len(variant.blocks)
    recurrent = 2 * B * H * H * (blocks + 9 * variant.gate_recurrence) / rate
    inputs = 2 * B * H * I * blocks / rate

    def sweep(numbers: int) -> float:
        return max(recurrent, numbers * B * H * BYTES[precision] / bandwidth) + exchange

    seconds = sweep(10) + inputs
    if training:
        seconds += sweep(11) + 2 * inputs + recurrent
    return T * seconds * 1e3
