"""What happened in a training: plain numbers, in a form that JSON holds."""

from dataclasses import asdict, dataclass, field
from statistics import fmean


@dataclass
class History:
    """The record of a training, kept in every checkpoint.

    `losses[s]` is the loss of optimiser step s; `evaluations` are pairs (steps done, value), lower
    is better; `best_step` is the number of steps done when the best value was reached. `resumed_at`
    lists the steps at which a checkpoint was taken up, `seconds` the time spent: neither steers
    anything.

    >>> history = History(losses=[3.0, 1.0], evaluations=[(2, 0.5)], best=0.5, best_step=2)
    >>> history.steps, history.mean_loss(2)
    (2, 2.0)
    >>> History.from_dict(history.to_dict()) == history
    True
    """

    losses: list[float] = field(default_factory=list)
    evaluations: list[tuple[int, float]] = field(default_factory=list)
    best: float | None = None
    best_step: int | None = None
    stopped_early: bool = False
    resumed_at: list[int] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def steps(self) -> int:
        """Optimiser steps done."""
        return len(self.losses)

    def mean_loss(self, last: int) -> float:
        """The mean loss of the last `last` steps."""
        return fmean(self.losses[-last:])

    def since_best(self) -> int:
        """How many evaluations in a row, up to now, were no better than the best."""
        after = [step for step, _ in self.evaluations if step > (self.best_step or 0)]
        return len(after)

    def to_dict(self) -> dict:
        """Everything, as JSON holds it (with `steps`, for the reader of a result file)."""
        return {"steps": self.steps, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict) -> "History":
        """The inverse of `to_dict`."""
        values = {name: value for name, value in values.items() if name != "steps"}
        values["evaluations"] = [(int(step), value) for step, value in values["evaluations"]]
        return cls(**values)
