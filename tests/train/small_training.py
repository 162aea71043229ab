"""A small training that uses everything a checkpoint must hold; also a script that can be killed.

LSTM with dropout, AdamW, clipping, schedule, running mean of the weights, evaluations, and noise
from Python's and NumPy's generators: whatever is not restored changes the last weights.

    python small_training.py FOLDER      trains to the end, going on from FOLDER/run.safetensors
"""

import os
import random
import sys
from pathlib import Path

import numpy as np
import torch

from lstm_lib.nn import LSTM
from lstm_lib.train import Batches, Trainer, default_threads, save_weights, warmup_cosine

EVERY = 3


class Model(torch.nn.Module):
    def __init__(self, dropout=0.3):
        super().__init__()
        self.lstm = LSTM(2, 6, 2, dropout=dropout)
        self.head = torch.nn.Linear(6, 1)

    def forward(self, x):
        return self.head(self.lstm(x)[0][-1])


def build(checkpoint=None, steps=24, seen=None, optimizer=torch.optim.AdamW, rate=2e-2, **changes):
    """A Trainer on a toy task; `seen` collects the number of each step as it is begun."""
    torch.manual_seed(1)
    model = Model()
    x = torch.randn(5, 40, 2)
    y = x[:, :, :1].prod(0)
    options = dict(
        batches=Batches(n=40, batch_size=8, seed=2),
        schedule=warmup_cosine(steps, warmup=min(3, steps - 1)),
        clip_norm=0.3,
        evaluate=lambda model: (model(x) - y).square().mean().item(),
        evaluate_every=4,
        average=0.8,
        checkpoint=checkpoint,
        checkpoint_every=EVERY,
        log=None,
    )

    def loss(model, rows):
        if seen is not None:
            seen.append(trainer.history.steps)
        noise = random.gauss(0, 0.01) + np.random.normal(0, 0.01)  # noqa: NPY002
        return (model(x[:, rows] + noise) - y[rows]).square().mean()

    made = optimizer(model.parameters(), lr=rate)
    trainer = Trainer(model, loss, made, **{**options, **changes})
    return trainer


def weights(trainer):
    """All last and best numbers of a finished training, as one dict of clones."""
    last = {f"last/{n}": t.clone() for n, t in trainer._last.items()}
    return last | {n: t.clone() for n, t in trainer.model.state_dict().items()}


def same(a, b):
    """Bit for bit."""
    return list(a) == list(b) and all(torch.equal(a[name], b[name]) for name in a)


def main(folder, steps):
    default_threads()

    class Log(list):
        def append(self, step):
            os.write(file, f"{step}\n".encode())

    file = os.open(folder / "steps.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    trainer = build(folder / "run.safetensors", steps, seen=Log())
    trainer.fit(steps)
    trainer.model.load_state_dict(trainer._last)
    save_weights(folder / "last.safetensors", trainer.model)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
