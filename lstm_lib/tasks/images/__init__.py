"""Images: digits drawn pixel by pixel, and how many nats a digit takes.

data -> floors -> model -> report; notebook 17 writes the same steps out for small digits.

The task. 5,000 digits of MNIST: 4,000 to learn from, 500 to choose by, 500 to report; the writers
are not known, so one may be in several parts. Pixels are made black and white in two ways, by a
threshold or by chance, and a likelihood in the one may not stand beside one in the other.
"""

from lstm_lib.tasks.images.data import (
    FULL,
    LAPTOP,
    WAYS,
    Config,
    Prepared,
    binarised,
    changed,
    drawn_pixels,
    prepare,
    prepare_both,
)
from lstm_lib.tasks.images.diagonal import Diagonal, DiagonalBiLSTM, skew, unskew
from lstm_lib.tasks.images.draw import blocks, committed, side_by_side
from lstm_lib.tasks.images.floors import (
    FLOORS,
    boosting,
    independent,
    logistic,
    look_up,
    neighbours,
    training_pixels,
    window,
)
from lstm_lib.tasks.images.learn import DIAGONAL, RASTER, THREE_WAYS, loss, nats, score
from lstm_lib.tasks.images.model import ThreeWays, above, left
from lstm_lib.tasks.images.raster import Raster, places
from lstm_lib.tasks.images.report import EXPERIMENT, by_class, unpacked, untold
from lstm_lib.tasks.images.sample import drawn, frames

__all__ = [
    "DIAGONAL",
    "EXPERIMENT",
    "FLOORS",
    "FULL",
    "LAPTOP",
    "RASTER",
    "THREE_WAYS",
    "WAYS",
    "Config",
    "Diagonal",
    "DiagonalBiLSTM",
    "Prepared",
    "Raster",
    "ThreeWays",
    "above",
    "binarised",
    "blocks",
    "boosting",
    "by_class",
    "changed",
    "committed",
    "drawn",
    "drawn_pixels",
    "frames",
    "independent",
    "left",
    "logistic",
    "look_up",
    "loss",
    "nats",
    "neighbours",
    "places",
    "prepare",
    "prepare_both",
    "score",
    "side_by_side",
    "skew",
    "training_pixels",
    "unpacked",
    "unskew",
    "untold",
    "window",
]
