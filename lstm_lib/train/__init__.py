"""Training: steps, schedules, early stopping, atomic checkpoints, exact resume.

`optimizer`, in torch's spelling, is an argument or attribute that holds a torch.optim.Optimizer.
"""

from lstm_lib.train.batches import Batches
from lstm_lib.train.checkpoint import CheckpointError
from lstm_lib.train.finite import NonFiniteError
from lstm_lib.train.history import History
from lstm_lib.train.processes import (
    FirstProcessError,
    ProcessLostError,
    first_process,
    own_gpu,
    process_count,
)
from lstm_lib.train.result import environment, write_result
from lstm_lib.train.schedule import step_decay, warmup_cosine
from lstm_lib.train.seeds import default_threads, set_seed
from lstm_lib.train.step import Average
from lstm_lib.train.trainer import Trainer
from lstm_lib.train.weights import load_weights, save_weights

__all__ = [
    "Average",
    "Batches",
    "CheckpointError",
    "FirstProcessError",
    "History",
    "NonFiniteError",
    "ProcessLostError",
    "Trainer",
    "default_threads",
    "environment",
    "first_process",
    "load_weights",
    "own_gpu",
    "process_count",
    "save_weights",
    "set_seed",
    "step_decay",
    "warmup_cosine",
    "write_result",
]
