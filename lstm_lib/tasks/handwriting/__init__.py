"""Handwriting: an LSTM moves a pen; characters that do not exist, digits in many hands.

data -> floors -> model -> report; notebook 18 writes the same steps out by hand.

The task. A path is a list of offsets, from point to point. A network says before each what the pen
does (draw, be lifted, have done), and where it goes: a density. Two sources: KanjiVG, 6,703
characters as they are ideally written, split by character; Pen-Digits, digits of 44 people, their
class given, 14 of the people in the test part alone. The score is nats a point: the mean of
-ln p(pen) - ln p(offset | pen), offsets divided by one number a source, with uniform noise of the
grid's own width added, without which the density of points on a grid has no bound.
"""

from lstm_lib.tasks.handwriting.batches import AlikeLong
from lstm_lib.tasks.handwriting.comparison import by_case, compare, difference
from lstm_lib.tasks.handwriting.copies import along, nearest
from lstm_lib.tasks.handwriting.data import (
    DRAW,
    END,
    FULL,
    LAPTOP,
    LIFT,
    NOTHING,
    Config,
    Paths,
    Prepared,
    Problem,
    Writing,
    digit_paths,
    kanji_paths,
    prepare,
)
from lstm_lib.tasks.handwriting.model import (
    WRITER,
    Writer,
    first_input,
    inputs,
    loss,
    moves_of,
    nats,
    next_input,
    stretched,
    surprise,
    train,
    trainer,
)
from lstm_lib.tasks.handwriting.report import EXPERIMENT, load
from lstm_lib.tasks.handwriting.sampling import Written, write, writing

__all__ = [
    "DRAW",
    "END",
    "EXPERIMENT",
    "FULL",
    "LAPTOP",
    "LIFT",
    "NOTHING",
    "WRITER",
    "AlikeLong",
    "Config",
    "Paths",
    "Prepared",
    "Problem",
    "Writer",
    "Writing",
    "Written",
    "along",
    "by_case",
    "compare",
    "difference",
    "digit_paths",
    "first_input",
    "inputs",
    "kanji_paths",
    "load",
    "loss",
    "moves_of",
    "nats",
    "nearest",
    "next_input",
    "prepare",
    "stretched",
    "surprise",
    "train",
    "trainer",
    "write",
    "writing",
]
