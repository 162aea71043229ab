"""The training loop: steps, evaluations, early stopping, best weights, exact resume."""

import inspect
import math
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Protocol

import torch

from lstm_lib.train.fingerprint import describe, plain
from lstm_lib.train.finite import SKIPS, NonFiniteError, explain_nonfinite
from lstm_lib.train.history import History
from lstm_lib.train.interrupts import deferred_interrupt
from lstm_lib.train.keeper import Keeper
from lstm_lib.train.precision import Precision
from lstm_lib.train.processes import Processes, joined
from lstm_lib.train.schedule import Schedule
from lstm_lib.train.seeds import (
    random_state,
    seed_from,
    set_random_state,
    set_seed,
    untouched_random_state,
)
from lstm_lib.train.state import Pause, TrainingState, holding
from lstm_lib.train.step import Average, Loss, OptimiserStep


class BatchSource(Protocol):
    """Anything that says which examples make up step s, as a pure function of s (see `Batches`)."""

    def indices(self, step: int) -> torch.Tensor: ...


class Trainer:
    """Train `model` until a number of optimiser steps is done, in one go or in several.

    loss(model, indices) -> scalar tensor      the task turns indices into tensors; a mean over rows
                                               (it must be, with `accumulate` or several processes)
    evaluate(model) -> float                   lower is better; called in eval mode, without grad,
                                               every `evaluate_every` steps (default: an epoch) and
                                               at the end
    schedule(step) -> factor                   on the optimiser's learning rates, a pure function
    clip_norm                                  the global gradient norm is scaled down to this
    patience                                   stop after so many evaluations without a new best
    precision                                  of the loss: "float32", "bfloat16", "float16" (on a
                                               GPU). Weights stay in float32, and so do evaluations:
                                               the best are chosen in the form they are kept in
    accumulate                                 cut each step's batch into so many pieces that follow
                                               each other, for less memory: the same step
    average                                    decay of a running mean of the weights (`Average`),
                                               which is then evaluated and kept instead of the raw
    checkpoint, checkpoint_every               a file, and how many steps apart (default: with the
                                               evaluations); written at the end and on Ctrl-C too
    seed                                       of all generators at step 0; None leaves them alone
    config                                     plain data that a resumed training must share (the
                                               hash of its data, say)

    Nothing here reads the clock but to record seconds. Everything random must come from `batches`
    or from the global generators of torch, NumPy and Python: these are in the checkpoint.

    Under torchrun, all processes run the same script and share every step: each computes its part
    of the batch, gradients are added up, the first evaluates, logs and writes the checkpoint, and
    all stop together. Losses are those of one process but for what is random in them: each process
    draws its own numbers, the same in every run.

    >>> model = torch.nn.Linear(1, 1)
    >>> from lstm_lib.train import Batches
    >>> x = torch.linspace(-1, 1, 8)[:, None]
    >>> trainer = Trainer(
    ...     model,
    ...     loss=lambda model, rows: (model(x[rows]) - 2 * x[rows]).square().mean(),
    ...     optimizer=torch.optim.SGD(model.parameters(), lr=0.5),
    ...     batches=Batches(n=8, batch_size=4),
    ...     evaluate=lambda model: (model(x) - 2 * x).square().mean().item(),
    ... )
    >>> history = trainer.fit(60)
    >>> history.steps, history.best < 1e-4
    (60, True)
    """

    def __init__(
        self,
        model: torch.nn.Module,
        loss: Loss,
        optimizer: torch.optim.Optimizer,
        *,
        batches: BatchSource,
        schedule: Schedule | None = None,
        clip_norm: float | None = None,
        precision: str = "float32",
        accumulate: int = 1,
        evaluate: Callable[[torch.nn.Module], float] | None = None,
        evaluate_every: int | None = None,
        patience: int | None = None,
        checkpoint: str | Path | None = None,
        checkpoint_every: int | None = None,
        average: float | None = None,
        log: Callable[[str], object] | None = print,
        log_every: int | None = None,
        seed: int | None = 0,
        config: dict | None = None,
    ):
        self.model, self.loss, self.optimizer, self.batches = model, loss, optimizer, batches
        self.evaluate, self.patience, self.seed, self.log_every = (
            evaluate,
            patience,
            seed,
            log_every,
        )
        self.log = log if log is not None else lambda line: None
        if evaluate is not None and evaluate_every is None:
            evaluate_every = getattr(batches, "steps_per_epoch", None)
        if checkpoint_every is None:
            checkpoint_every = evaluate_every if evaluate is not None else 100
        self.evaluate_every, self.checkpoint_every = evaluate_every, checkpoint_every
        shared = dict(
            clip_norm=clip_norm,
            accumulate=accumulate,
            evaluate_every=evaluate_every,
            patience=patience,
        )
        every = dict(checkpoint_every=checkpoint_every, log_every=log_every)
        check_options(model, optimizer, evaluate, **shared, **every)
        self.device = next(model.parameters()).device
        mixed = Precision(precision, self.device)
        self.optimiser_step = OptimiserStep(
            model, optimizer, schedule, clip_norm, mixed, accumulate
        )
        mean = None if average is None else Average(average)
        self.state = TrainingState(model, optimizer, mixed, mean)
        fingerprint = describe(
            model,
            optimizer,
            batches=plain(batches),
            precision=precision,
            average=average,
            seed=seed,
            **shared,
            **{f"config.{name}": value for name, value in (config or {}).items()},
        )
        self.keeper = None
        if checkpoint is not None:
            self.keeper = Keeper(checkpoint, fingerprint, schedule, self.log)
        self.processes, self.pause, self._within_step = Processes(), Pause(), False

    @property
    def history(self) -> History:
        """What has happened so far (also after an error or Ctrl-C)."""
        return self.state.history

    def fit(self, steps: int, resume: bool = True) -> History:
        """Train until `steps` optimiser steps are done in all, or early stopping; `history`.

        If the checkpoint file exists, the training goes on from it (`resume=False` deletes it and
        starts anew). Afterwards the model holds the best weights that were evaluated, or, without
        `evaluate`, the last (or averaged) ones; a later `fit` goes on from the last step all the
        same. Ctrl-C takes effect at the end of the step: the checkpoint is written, the best
        weights are put into the model, and KeyboardInterrupt is raised, so that nothing
        downstream takes the half for the whole; `self.history` has what was done.

        Raises NonFiniteError at the first number that is not finite (no checkpoint is written of
        it), CheckpointError if the file is damaged, of another training, or in use by one that
        runs, under torchrun ProcessLostError if another process ended, and FirstProcessError in
        the others if what the first does for all failed there.
        """
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 0:
            raise ValueError(f"steps must be an integer of at least 0; got {steps!r}")
        was_training = self.model.training
        with joined(self.device) as self.processes, ExitStack() as stack:
            if self.keeper:
                self.processes.from_first(lambda: stack.enter_context(self.keeper.hold()))
            self._take_up(resume)
            self._since, agreed = time.perf_counter(), False
            try:
                with deferred_interrupt() as interrupted:
                    agreed = self._run(steps, interrupted)
                    if agreed:
                        raise KeyboardInterrupt
            except KeyboardInterrupt:
                self._interrupted()
                if agreed:  # torchrun ends all as soon as one has: not before the file is there
                    self.processes.any(True)
                raise
            finally:
                self._tick()
                self.optimiser_step.set_rates(1.0)
                self.model.train(was_training)
            if self.processes.count > 1:  # alike again, whatever the caller draws next
                set_random_state(*self.processes.from_first(random_state))
            self.pause.begin(self.state)
        return self.history

    def _run(self, steps: int, interrupted: object) -> bool:
        """Train to the end; True if all processes stop before, for an interrupt in one of them."""
        history, begun = self.history, self.history.steps
        while True:
            done = history.stopped_early or history.steps >= steps
            if self._evaluation_is_due(done):
                self._evaluate()
                done = done or history.stopped_early
            here = history.steps
            if self.log_every and here > begun and (done or here % self.log_every == 0):
                self._say(history.line(self.log_every, self.optimizer.param_groups[0]["lr"]))
            if self.keeper and (done or (here > begun and here % self.checkpoint_every == 0)):
                self._save()
            if self.processes.any(bool(interrupted)):
                return True
            if done:
                return False
            self._within_step = True
            self._step(here)
            self._within_step = False

    def _step(self, step: int) -> None:
        """Optimiser step number `step`, counted from 0."""
        history, average = self.history, self.state.average
        if self.processes.rank:  # the first goes on in the stream that the checkpoint holds
            set_seed(seed_from(self.seed or 0, self.processes.rank, step))
        batch = self.batches.indices(step)
        value, taken = self.optimiser_step.take(step, self.loss, batch, self.processes)
        if not taken:
            history.skipped.append(step)
            if history.skipped_in_a_row() >= SKIPS:
                scale = self.state.precision.scale
                raise explain_nonfinite("scaled gradient", scale, step, self.model)
        elif average is not None:
            average.update(self.model.state_dict())
        history.losses.append(value)

    def _evaluation_is_due(self, done: bool) -> bool:
        here, evaluations = self.history.steps, self.history.evaluations
        if self.evaluate is None or here == 0 or (evaluations and evaluations[-1][0] == here):
            return False
        return done or here % self.evaluate_every == 0

    def _evaluate(self) -> None:
        value, steps = self.processes.from_first(self._measure), self.history.steps
        if not math.isfinite(value):
            raise NonFiniteError(f"after {steps} steps, evaluate returned {value}", steps)
        self.state.keep_if_best(value)
        if self.patience is not None:
            self.history.stopped_early = self.history.since_best() >= self.patience

    def _measure(self) -> float:
        with holding(self.model, self.state.evaluated), torch.no_grad(), untouched_random_state():
            self.model.eval()
            return float(self.evaluate(self.model))

    def _say(self, line: str) -> None:
        if self.processes.rank == 0:
            self.log(line)

    def _take_up(self, resume: bool) -> None:
        """Bring model, optimiser and generators to the end of the last step done."""
        if resume and self.pause.end(self.model):
            return
        fresh = not self.history.steps and not self._within_step
        if self.keeper and resume and self.keeper.load(self.state, self.processes):
            self._within_step = False
        elif not fresh:
            raise RuntimeError(
                f"this training is at step {self.history.steps} and can neither go on (it broke "
                "off without a checkpoint) nor start over: build model, optimiser and Trainer anew"
            )
        else:
            if self.keeper:
                self.processes.from_first(self.keeper.delete)
            if self.seed is not None:
                set_seed(self.seed)
            self.processes.like_first(chain(self.model.parameters(), self.model.buffers()))

    def _save(self) -> None:
        self._tick()
        if self.processes.rank == 0:
            self.keeper.save(self.state)

    def _interrupted(self) -> None:
        """Leave the best weights in the model, and a checkpoint unless a step was cut in two."""
        if self._within_step:
            if self.state.best:
                self.model.load_state_dict(self.state.best)
            return
        if self.keeper and self.history.steps:
            self._save()
        self.pause.begin(self.state)
        self._say(f"interrupted after {self.history.steps} steps")

    def _tick(self) -> None:
        now = time.perf_counter()
        self.history.seconds += now - self._since
        self._since = now


def check_options(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer, evaluate: object, **counts: object
) -> None:
    """Raise ValueError for the first option that is wrong; of the `counts`, None is always right.

    >>> model = torch.nn.Linear(1, 1)
    >>> check_options(model, torch.optim.SGD(model.parameters(), lr=0.1), None, accumulate=0)
    Traceback (most recent call last):
    ValueError: accumulate must be positive; got 0
    """
    for name, value in counts.items():
        if value is not None and not value > 0:
            raise ValueError(f"{name} must be positive; got {value}")
    accumulate = counts.get("accumulate", 1)
    if isinstance(accumulate, bool) or not isinstance(accumulate, int):
        raise ValueError(f"accumulate must be an integer; got {accumulate!r}")
    if evaluate is None and (counts.get("patience") or counts.get("evaluate_every")):
        raise ValueError("patience and evaluate_every need evaluate=; got None")
    if evaluate is not None and counts.get("evaluate_every") is None:
        raise ValueError("batches have no steps_per_epoch: evaluate_every must be given")
    closure = inspect.signature(type(optimizer).step).parameters.get("closure")
    if closure is not None and closure.default is inspect.Parameter.empty:
        raise ValueError(
            f"optimizer must take a step from one gradient; got {type(optimizer).__name__}, whose "
            "step(closure) computes the loss several times: call it yourself, without a Trainer"
        )
    ours = {id(parameter) for parameter in model.parameters()}
    theirs = [p for group in optimizer.param_groups for p in group["params"]]
    if not all(id(parameter) in ours for parameter in theirs):
        raise ValueError(
            "optimizer must hold the model's parameters; got one that holds others. Was the "
            "model built again, or moved, after the optimiser?"
        )
