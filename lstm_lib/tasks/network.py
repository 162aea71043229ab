"""How the networks of all experiments learn: one optimiser, one schedule, the best weights kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from lstm_lib.train import Batches, History, Trainer, set_seed, warmup_cosine
from lstm_lib.train.trainer import BatchSource

Log = Callable[[str], object] | None


@dataclass(frozen=True, kw_only=True)
class Learning:
    """What every configuration says of the way its network learns.

    AdamW with a rate that rises over `warmup` steps and falls as a cosine until `steps`; the mean
    of the weights over the last steps (`average`: its decay) is evaluated every `evaluate_every`
    steps, and the best is kept; `patience` and `precision` as in `train.Trainer`.
    """

    steps: int = 1000
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    warmup: int = 50
    average: float = 0.99
    evaluate_every: int = 100
    patience: int | None = None
    precision: str = "float32"


def all_decay(model: torch.nn.Module) -> list:
    """Weight decay for every parameter."""
    return list(model.parameters())


def matrices_decay(model: torch.nn.Module) -> list[dict]:
    """Weight decay for matrices alone: none for biases and other vectors."""
    return [
        {"params": [p for p in model.parameters() if p.ndim > 1]},
        {"params": [p for p in model.parameters() if p.ndim == 1], "weight_decay": 0.0},
    ]


@contextmanager
def evaluating(model: torch.nn.Module) -> Iterator[None]:
    """Inside there is no dropout and no gradient; afterwards the model is in the mode it was in."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(was_training)


@dataclass(frozen=True)
class Network:
    """One kind of network and how it is trained on a problem: data with a `config` (`Learning`).

    build       problem -> an untrained model, on the problem's device
    loss        (model, problem, rows) -> scalar, a mean over the rows
    examples    (problem, seed) -> how many rows there are, or batches of them
    held_out    problem -> (model -> the loss that the best weights are chosen by, or None)
    decaying    model -> its parameters, in the groups that the optimiser takes
    """

    build: Callable[[Any], torch.nn.Module]
    loss: Callable[[Any, Any, torch.Tensor], torch.Tensor]
    examples: Callable[[Any, int], int | BatchSource]
    held_out: Callable[[Any], Callable[[Any], float] | None]
    decaying: Callable[[torch.nn.Module], list] = all_decay

    def trainer(
        self, problem: Any, seed: int = 0, checkpoint: str | Path | None = None, log: Log = print
    ) -> Trainer:
        """A new model and all that its training needs; `fit(config.steps)` runs it.

        With `checkpoint`, a path, it can be interrupted and resumed.
        """
        config: Learning = problem.config
        set_seed(seed)
        model = self.build(problem)
        batches, held_out = self.examples(problem, seed), self.held_out(problem)
        if isinstance(batches, int):
            batches = Batches(batches, config.batch_size, seed=seed)
        return Trainer(
            model,
            lambda model, rows: self.loss(model, problem, rows),
            torch.optim.AdamW(
                self.decaying(model), lr=config.learning_rate, weight_decay=config.weight_decay
            ),
            batches=batches,
            schedule=warmup_cosine(config.steps, config.warmup),
            clip_norm=1.0,
            evaluate=held_out,
            evaluate_every=config.evaluate_every if held_out else None,
            patience=config.patience if held_out else None,
            checkpoint=checkpoint,
            checkpoint_every=config.evaluate_every,
            average=config.average,
            precision=config.precision,
            log=log,
            log_every=config.evaluate_every,
            seed=seed,
            config={name: value for name, value in asdict(config).items() if name != "seeds"},
        )

    def train(
        self, problem: Any, seed: int = 0, checkpoint: str | Path | None = None, log: Log = print
    ) -> tuple[Any, History]:
        """Train one to the end of its configuration: the best one, and its history."""
        training = self.trainer(problem, seed, checkpoint, log)
        history = training.fit(problem.config.steps)
        return training.model, history

    def run(
        self, problem: Any, seed: int, checkpoint: str | Path, log: Log
    ) -> tuple[torch.nn.Module, dict]:
        """Train one, and what a result file says of its training."""
        model, history = self.train(problem, seed, checkpoint, log)
        return model, history.summary(problem.config.evaluate_every)
