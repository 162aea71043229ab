"""A small training that uses everything a checkpoint must hold; also a script that can be killed.

LSTM with dropout, AdamW, clipping, schedule, running mean of the weights, evaluations, and noise
from Python's and NumPy's generators: whatever is not restored changes the last weights.

    python small_training.py FOLDER STEPS [mixed]     trains to the end, going on from
                                                      FOLDER/run.safetensors
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

# Cut batches and autocast on top of what every training here has.
MIXED = dict(accumulate=3, precision="bfloat16")


class Model(torch.nn.Module):
    def __init__(self, dropout=0.3):
        super().__init__()
        self.lstm = LSTM(2, 6, 2, dropout=dropout)
        self.head = torch.nn.Linear(6, 1)

    def forward(self, x):
        return self.head(self.lstm(x)[0][-1])


class Exact(Model):
    """In float64 and without dropout; one parameter is in no loss, one in that of row 0 alone."""

    def __init__(self):
        super().__init__(dropout=0.0)
        self.idle = torch.nn.Parameter(torch.ones(3))
        self.seldom = torch.nn.Parameter(torch.ones(3))
        self.double()


def build(
    checkpoint=None,
    steps=24,
    seen=None,
    optimizer=torch.optim.AdamW,
    rate=2e-2,
    exact=False,
    **changes,
):
    """A Trainer on a toy task; `seen` collects the number of each step as it is begun.

    `exact` is for comparing sums in another order: float64, `Exact`, no noise.
    """
    torch.manual_seed(1)
    model = Exact() if exact else Model()
    x = torch.randn(5, 40, 2, dtype=torch.float64 if exact else torch.float32)
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

    begun = set()

    def loss(model, rows):
        step = trainer.history.steps
        if seen is not None and step not in begun:  # once a step, not once a piece
            begun.add(step)
            seen.append(step)
        if exact:
            extra = (rows == 0).double().mean() * model.seldom.square().sum() if 0 in rows else 0.0
            return (model(x[:, rows]) - y[rows]).square().mean() + extra
        noise = random.gauss(0, 0.01) + np.random.normal(0, 0.01)  # noqa: NPY002
        return (model(x[:, rows] + noise) - y[rows]).square().mean()

    made = optimizer(model.parameters(), lr=rate)
    trainer = Trainer(model, loss, made, **{**options, **changes})
    return trainer


def weights(trainer):
    """All last and best numbers of a finished training, as one dict of clones."""
    last = {f"last/{n}": t.clone() for n, t in trainer.pause.weights.items()}
    return last | {n: t.clone() for n, t in trainer.model.state_dict().items()}


def same(a, b):
    """Bit for bit."""
    return list(a) == list(b) and all(torch.equal(a[name], b[name]) for name in a)


def main(folder, steps, mixed=False):
    default_threads()

    class Log(list):
        def append(self, step):
            os.write(file, f"{step}\n".encode())

    file = os.open(folder / "steps.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    trainer = build(folder / "run.safetensors", steps, seen=Log(), **(MIXED if mixed else {}))
    trainer.fit(steps)
    trainer.model.load_state_dict(trainer.pause.weights)
    save_weights(folder / "last.safetensors", trainer.model)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == ["mixed"])
