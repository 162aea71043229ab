"""Text: the probability of the next character, and what comes out when characters are drawn.

data -> floors -> model -> report; notebook 16 writes the same steps out by hand.

The task. Nine plays of Shakespeare, 1.1 million characters of 64 kinds. The first 90 % are learnt
from, the last 10 % scored, in nats a character; settings are chosen on the 5 % before 90 %, by
networks that learnt from the first 85 %. What adapts while it reads (dynamic evaluation, a cache,
compressors) and what does not are compared apart.
"""

from lstm_lib.tasks.text.adapting import cache_chances, dynamic_surprises, mean_squares, outputs
from lstm_lib.tasks.text.cells import best_cell, labels, states, words_of
from lstm_lib.tasks.text.chosen import CHOSEN, Chosen
from lstm_lib.tasks.text.copying import longest_run, longest_runs
from lstm_lib.tasks.text.data import (
    FULL,
    LAPTOP,
    Config,
    Prepared,
    Windows,
    encode,
    own_text,
    prepare,
    window_at,
)
from lstm_lib.tasks.text.floors import kneser_ney_nats
from lstm_lib.tasks.text.kneser_ney import Table
from lstm_lib.tasks.text.looking_back import cut_and_shuffled
from lstm_lib.tasks.text.model import (
    Writer,
    in_pieces,
    loss,
    nats_a_character,
    surprises,
    train,
    trainer,
)
from lstm_lib.tasks.text.report import EXPERIMENT, load
from lstm_lib.tasks.text.sampling import (
    calibration_error,
    draw,
    nucleus,
    sample,
    temperature,
    top_k,
)

__all__ = [
    "CHOSEN",
    "EXPERIMENT",
    "FULL",
    "LAPTOP",
    "Chosen",
    "Config",
    "Prepared",
    "Table",
    "Windows",
    "Writer",
    "best_cell",
    "cache_chances",
    "calibration_error",
    "cut_and_shuffled",
    "draw",
    "dynamic_surprises",
    "encode",
    "in_pieces",
    "kneser_ney_nats",
    "labels",
    "load",
    "longest_run",
    "longest_runs",
    "loss",
    "mean_squares",
    "nats_a_character",
    "nucleus",
    "outputs",
    "own_text",
    "prepare",
    "sample",
    "states",
    "surprises",
    "temperature",
    "top_k",
    "train",
    "trainer",
    "window_at",
    "words_of",
]
