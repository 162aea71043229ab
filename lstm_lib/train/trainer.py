"""The training loop: steps, evaluations, early stopping, best weights, exact resume."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import torch

from lstm_lib.train.average import Average
from lstm_lib.train.fingerprint import describe, plain
from lstm_lib.train.finite import NonFiniteError, all_finite, explain_nonfinite
from lstm_lib.train.history import History
from lstm_lib.train.interrupts import deferred_interrupt
from lstm_lib.train.keeper import Keeper
from lstm_lib.train.schedule import Schedule
from lstm_lib.train.seeds import random_state, set_random_state, set_seed, untouched_random_state
from lstm_lib.train.state import TrainingState, copied


class BatchSource(Protocol):
    """Anything that says which examples make up step s, as a pure function of s (see `Batches`)."""

    def indices(self, step: int) -> torch.Tensor: ...


class Trainer:
    """Train `model` until a number of optimiser steps is done, in one go or in several.

    loss(model, indices) -> scalar tensor      the task turns indices into tensors
    evaluate(model) -> float                   lower is better; called in eval mode, without grad,
                                               every `evaluate_every` steps (default: an epoch) and
                                               at the end
    schedule(step) -> factor                   on the optimiser's learning rates, a pure function
    clip_norm                                  the global gradient norm is scaled down to this
    patience                                   stop after so many evaluations without a new best
    average                                    decay of a running mean of the weights (`Average`),
                                               which is then evaluated and kept instead of the raw
    checkpoint, checkpoint_every               a file, and how many steps apart (default: with the
                                               evaluations); written at the end and on Ctrl-C too
    seed                                       of all generators at step 0; None leaves them alone
    config                                     plain data that a resumed training must share (the
                                               hash of its data, say)

    Nothing here reads the clock but to record seconds. Everything random must come from `batches`
    or from the global generators of torch, NumPy and Python: these are in the checkpoint.

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
        loss: Callable[[torch.nn.Module, torch.Tensor], torch.Tensor],
        optimizer: torch.optim.Optimizer,
        *,
        batches: BatchSource,
        schedule: Schedule | None = None,
        clip_norm: float | None = None,
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
        self.schedule, self.clip_norm, self.evaluate = schedule, clip_norm, evaluate
        self.patience, self.seed, self.log_every = patience, seed, log_every
        self.log = log if log is not None else lambda line: None
        if evaluate is not None and evaluate_every is None:
            evaluate_every = getattr(batches, "steps_per_epoch", None)
        if checkpoint_every is None:
            checkpoint_every = evaluate_every if evaluate is not None else 100
        self.evaluate_every, self.checkpoint_every = evaluate_every, checkpoint_every
        self._check()
        self.state = TrainingState(model, optimizer, None if average is None else Average(average))
        self._rates = [group["lr"] for group in optimizer.param_groups]
        fingerprint = describe(
            model,
            optimizer,
            batches=plain(batches),
            clip_norm=clip_norm,
            evaluate_every=evaluate_every,
            patience=patience,
            average=average,
            seed=seed,
            **{f"config.{name}": value for name, value in (config or {}).items()},
        )
        self.keeper = None
        if checkpoint is not None:
            self.keeper = Keeper(checkpoint, fingerprint, schedule, self.log)
        # Between two `fit`s: the weights and the generators as the last step left them.
        self._last: dict[str, torch.Tensor] = {}
        self._random: tuple | None = None
        self._within_step = False

    def _check(self) -> None:
        for name in ("clip_norm", "evaluate_every", "checkpoint_every", "patience", "log_every"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be positive; got {value}")
        if self.evaluate is None and (self.patience or self.evaluate_every):
            raise ValueError("patience and evaluate_every need evaluate=; got None")
        if self.evaluate is not None and self.evaluate_every is None:
            raise ValueError("batches have no steps_per_epoch: evaluate_every must be given")
        ours = {id(parameter) for parameter in self.model.parameters()}
        theirs = [p for group in self.optimizer.param_groups for p in group["params"]]
        if not all(id(parameter) in ours for parameter in theirs):
            raise ValueError(
                "optimizer must hold the model's parameters; got one that holds others. Was the "
                "model built again, or moved, after the optimizer?"
            )

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
        it), CheckpointError if the file is of another training or damaged.
        """
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 0:
            raise ValueError(f"steps must be an integer of at least 0; got {steps!r}")
        was_training = self.model.training
        self._take_up(resume)
        self._since = time.perf_counter()
        try:
            with deferred_interrupt() as interrupted:
                self._run(steps, interrupted)
        except KeyboardInterrupt:
            self._interrupted()
            raise
        finally:
            self._tick()
            for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
                group["lr"] = rate
            self.model.train(was_training)
        self._keep_best()
        return self.history

    def _run(self, steps: int, interrupted: object) -> None:
        history, begun = self.history, self.history.steps
        while True:
            done = history.stopped_early or history.steps >= steps
            if self._evaluation_is_due(done):
                self._evaluate()
                done = done or history.stopped_early
            here = history.steps
            if self.log_every and here > begun and (done or here % self.log_every == 0):
                self.log(self._line())
            if self.keeper and (done or (here > begun and here % self.checkpoint_every == 0)):
                self._save()
            if interrupted:
                raise KeyboardInterrupt
            if done:
                return
            self._within_step = True
            self._step(here)
            self._within_step = False

    def _step(self, step: int) -> None:
        """Optimiser step number `step`, counted from 0."""
        factor = 1.0 if self.schedule is None else float(self.schedule(step))
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.model, self.batches.indices(step))
        if not torch.is_tensor(loss) or loss.ndim != 0 or not loss.requires_grad:
            shape = tuple(loss.shape) if torch.is_tensor(loss) else type(loss).__name__
            raise ValueError(f"loss must return a scalar tensor that needs a gradient; got {shape}")
        value = loss.item()
        if not math.isfinite(value):
            raise explain_nonfinite("loss", value, step, self.model, loss)
        loss.backward()
        gradients = [p.grad for p in self.model.parameters() if p.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients)
        if not norm.isfinite():
            raise explain_nonfinite("gradient norm", norm.item(), step, self.model)
        if self.clip_norm is not None:
            torch.nn.utils.clip_grads_with_norm_(self.model.parameters(), self.clip_norm, norm)
        self.optimizer.step()
        if not all_finite(self.model.parameters()):
            raise explain_nonfinite("update", value, step, self.model)
        if self.state.average is not None:
            self.state.average.update(self.model.state_dict())
        self.history.losses.append(value)

    def _evaluation_is_due(self, done: bool) -> bool:
        here, evaluations = self.history.steps, self.history.evaluations
        if self.evaluate is None or here == 0 or (evaluations and evaluations[-1][0] == here):
            return False
        return done or here % self.evaluate_every == 0

    def _evaluate(self) -> None:
        state, raw = self.state, None
        if state.average is not None:
            raw = copied(self.model.state_dict())
        try:
            if raw is not None:
                self.model.load_state_dict(state.average.state)
            self.model.eval()
            with torch.no_grad(), untouched_random_state():
                value = float(self.evaluate(self.model))
            if not math.isfinite(value):
                steps = self.history.steps
                raise NonFiniteError(f"after {steps} steps, evaluate returned {value}", steps)
            state.keep_if_best(value)
        finally:
            if raw is not None:
                self.model.load_state_dict(raw)
        if self.patience is not None:
            self.history.stopped_early = self.history.since_best() >= self.patience

    def _line(self) -> str:
        history = self.history
        last = min(self.log_every, history.steps)
        line = f"step {history.steps:>6}  loss {history.mean_loss(last):.4g}"
        if history.evaluations:
            value = history.evaluations[-1][1]
            line += f"  evaluation {value:.4g} (best {history.best:.4g} at {history.best_step})"
        return line + f"  rate {self.optimizer.param_groups[0]['lr']:.3g}"

    def _take_up(self, resume: bool) -> None:
        """Bring model, optimiser and generators to the end of the last step done."""
        if self._last and resume:
            self.model.load_state_dict(self._last)
            set_random_state(*self._random)
            self._last = {}
            return
        fresh = not self.history.steps and not self._within_step
        if self.keeper and resume and self.keeper.load(self.state):
            self._within_step = False
        elif not fresh:
            raise RuntimeError(
                f"this training is at step {self.history.steps} and can neither go on (it broke "
                "off without a checkpoint) nor start over: build model, optimizer and Trainer anew"
            )
        else:
            if self.keeper:
                self.keeper.delete()
            if self.seed is not None:
                set_seed(self.seed)

    def _save(self) -> None:
        self._tick()
        self.keeper.save(self.state)

    def _interrupted(self) -> None:
        """Leave the best weights in the model, and a checkpoint unless a step was cut in two."""
        if self._within_step:
            if self.state.best:
                self.model.load_state_dict(self.state.best)
            return
        if self.keeper and self.history.steps:
            self._save()
        self._keep_best()
        self.log(f"interrupted after {self.history.steps} steps")

    def _keep_best(self) -> None:
        self._last, self._random = copied(self.model.state_dict()), random_state()
        average = self.state.average
        if self.state.best:
            self.model.load_state_dict(self.state.best)
        elif average is not None and average.updates:
            self.model.load_state_dict(average.state)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.history.seconds += now - self._since
        self._since = now
