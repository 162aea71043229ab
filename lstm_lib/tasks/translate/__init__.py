"""Translation: short English sentences into French (German, Spanish), from 29,000 pairs.

data -> floor -> model -> report; notebook 19 writes the same steps out by hand.

The task. Tatoeba's pairs of at most 12 English and 14 French words and marks, cut by groups of
pairs that share a sentence. Scored by BLEU (sacrebleu, case-sensitive) on 1,000 test sentences.
"""

from lstm_lib.tasks.translate.data import (
    FULL,
    LAPTOP,
    Config,
    Pieces,
    Prepared,
    Split,
    clean,
    cut,
    groups,
    prepare,
    split_of,
    words,
)
from lstm_lib.tasks.translate.floors import nearest
from lstm_lib.tasks.translate.model import build, loss, nats_a_piece, train, trainer, translate
from lstm_lib.tasks.translate.report import EXPERIMENT, load

__all__ = [
    "EXPERIMENT",
    "FULL",
    "LAPTOP",
    "Config",
    "Pieces",
    "Prepared",
    "Split",
    "build",
    "clean",
    "cut",
    "groups",
    "load",
    "loss",
    "nats_a_piece",
    "nearest",
    "prepare",
    "split_of",
    "train",
    "trainer",
    "translate",
    "words",
]
