"""The whole state of a training, as named tensors and JSON and back: what a checkpoint holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch

from lstm_lib.train.fingerprint import without_tensors
from lstm_lib.train.history import History
from lstm_lib.train.precision import Precision
from lstm_lib.train.seeds import random_state, set_random_state
from lstm_lib.train.step import Average

Tensors = dict[str, torch.Tensor]


def copied(tensors: Tensors) -> Tensors:
    """The same names, memory of their own."""
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}


@contextmanager
def holding(model: torch.nn.Module, weights: Tensors | None) -> Iterator[None]:
    """Inside, the model has these weights (None: its own); afterwards its own again."""
    if weights is None:
        yield
        return
    own = copied(model.state_dict())
    try:
        model.load_state_dict(weights)
        yield
    finally:
        model.load_state_dict(own)


@dataclass
class TrainingState:
    """Everything that a training changes; the best weights so far are part of it."""

    model: torch.nn.Module
    optimizer: torch.optim.Optimizer
    precision: Precision
    average: Average | None = None
    history: History = field(default_factory=History)
    best: Tensors = field(default_factory=dict)

    def pack(self) -> tuple[Tensors, dict]:
        """The state, and that of every global random-number generator."""
        moments, optimizer = optimiser_state(self.optimizer)
        generators, rest = random_state()
        tensors = {
            **prefixed("model", self.model.state_dict()),
            **prefixed("best", self.best),
            **prefixed("average", {} if self.average is None else self.average.state),
            **prefixed("optimizer", moments),
            **prefixed("random", generators),
        }
        document = {
            "history": self.history.to_dict(),
            "updates": 0 if self.average is None else self.average.updates,
            "optimizer": optimizer,
            "scaler": self.precision.pack(),
            "random": rest,
        }
        return tensors, document

    def unpack(self, tensors: Tensors, document: dict) -> None:
        """The inverse of `pack`, into the same kind of model and optimiser."""
        self.history = History.from_dict(document["history"])
        self.model.load_state_dict(under("model", tensors))
        devices = {name: tensor.device for name, tensor in self.model.state_dict().items()}
        best, mean = under("best", tensors), under("average", tensors)
        self.best = {name: tensor.to(devices[name]) for name, tensor in best.items()}
        if self.average is not None:
            self.average.state = {name: t.to(devices[name]) for name, t in mean.items()}
            self.average.updates = document["updates"]
        load_optimiser_state(self.optimizer, under("optimizer", tensors), document["optimizer"])
        self.precision.unpack(document["scaler"])
        set_random_state(under("random", tensors), document["random"])

    @property
    def evaluated(self) -> Tensors | None:
        """The weights that are evaluated and kept: the mean's; None where the model's own are."""
        return None if self.average is None else self.average.state or None

    def keep_if_best(self, value: float) -> None:
        """Record an evaluation of the weights as they are now."""
        history = self.history
        history.evaluations.append((history.steps, value))
        if history.best is None or value < history.best:
            history.best, history.best_step = value, history.steps
            self.best = copied(self.evaluated or self.model.state_dict())


class Pause:
    """The weights and the random-number generators as the last step left them, set aside."""

    def __init__(self):
        self.weights: Tensors = {}
        self._random: tuple | None = None

    def begin(self, state: TrainingState) -> None:
        """Set them aside; the model gets the best weights, or the averaged, if there are any."""
        self.weights, self._random = copied(state.model.state_dict()), random_state()
        kept = state.best or state.evaluated
        if kept:
            state.model.load_state_dict(kept)

    def end(self, model: torch.nn.Module) -> bool:
        """Put them back; False if nothing is set aside (a new training, or one that broke off)."""
        if not self.weights:
            return False
        model.load_state_dict(self.weights)
        set_random_state(*self._random)
        self.weights = {}
        return True


def prefixed(prefix: str, tensors: Tensors) -> Tensors:
    """The same tensors under "prefix/name"."""
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def under(prefix: str, tensors: Tensors) -> Tensors:
    """The inverse of `prefixed`: those under the prefix, without it.

    >>> list(under("best", prefixed("best", {"w": torch.ones(1)})))
    ['w']
    """
    start = f"{prefix}/"
    return {n.removeprefix(start): t for n, t in tensors.items() if n.startswith(start)}


def optimiser_state(optimizer: torch.optim.Optimizer) -> tuple[Tensors, dict]:
    """An optimiser's state dict, split into tensors and what JSON holds."""
    state = optimizer.state_dict()
    tensors, numbers = {}, {}
    for index, entries in state["state"].items():
        for name, value in entries.items():
            if torch.is_tensor(value):
                tensors[f"{index}/{name}"] = value
            elif value is None or isinstance(value, bool | int | float | str):
                numbers.setdefault(str(index), {})[name] = value
            else:
                raise TypeError(
                    f"{type(optimizer).__name__} keeps a {type(value).__name__} as {name!r}, which "
                    "a checkpoint has no form for"
                )
    return tensors, {"state": numbers, "param_groups": without_tensors(state["param_groups"])}


def load_optimiser_state(
    optimizer: torch.optim.Optimizer, tensors: Tensors, document: dict
) -> None:
    """The inverse of `optimiser_state`; what is a tensor in a group stays one."""
    state: dict[int, dict] = {int(i): dict(entries) for i, entries in document["state"].items()}
    for path, tensor in tensors.items():
        index, name = path.split("/", 1)
        state.setdefault(int(index), {})[name] = tensor
    groups = [
        {name: tuple(v) if isinstance(v, list) and name != "params" else v for name, v in g.items()}
        for g in document["param_groups"]
    ]
    for group, own in zip(groups, optimizer.param_groups, strict=True):
        for name, value in own.items():
            if torch.is_tensor(value):
                group[name] = torch.as_tensor(group[name]).to(value)
    optimizer.load_state_dict({"state": state, "param_groups": groups})
