"""What happened in a training: plain numbers, in a form that JSON holds."""

from dataclasses import asdict, dataclass, field
from itertools import takewhile
from statistics import fmean


@dataclass
class History:
    """The record of a training, kept in every checkpoint.

    `losses[s]` is the loss of optimiser step s; `evaluations` are pairs (steps done, value), lower
    is better; `best_step` is the number of steps done when the best value was reached. `skipped`
    lists the steps (counted as in `losses`) that changed no weight, because a float16 gradient
    overflowed. `resumed_at` lists the steps at which a checkpoint was taken up, `seconds` the time
    spent: neither steers anything.

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
    skipped: list[int] = field(default_factory=list)
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

    def skipped_in_a_row(self) -> int:
        """How many steps up to the last one skipped followed each other.

        >>> History(skipped=[3, 7, 8]).skipped_in_a_row()
        2
        """
        pairs = enumerate(reversed(self.skipped))
        return sum(1 for _ in takewhile(lambda pair: pair[1] == self.skipped[-1] - pair[0], pairs))

    def line(self, last: int, rate: float) -> str:
        """One line of progress; the loss is the mean over the last `last` steps.

        >>> History(losses=[3.0, 1.0], skipped=[0]).line(last=2, rate=0.1)
        'step      2  loss 2  rate 0.1  skipped 1'
        """
        last = min(last, self.steps)
        line = f"step {self.steps:>6}  loss {self.mean_loss(last):.4g}"
        if self.evaluations:
            value = self.evaluations[-1][1]
            line += f"  evaluation {value:.4g} (best {self.best:.4g} at {self.best_step})"
        line += f"  rate {rate:.3g}"
        return line + (f"  skipped {len(self.skipped)}" if self.skipped else "")

    def summary(self, block: int) -> dict:
        """What a result file keeps of a training; losses are means over `block` steps each.

        >>> History(losses=[3.0, 1.0, 5.0]).summary(block=2)["train_loss"]
        [2.0, 5.0]
        """
        starts = range(0, self.steps, block)
        return {
            "steps": self.steps,
            "best_step": self.best_step,
            "train_loss": [round(fmean(self.losses[k : k + block]), 4) for k in starts],
            "valid_loss": [[step, round(value, 4)] for step, value in self.evaluations],
            "seconds": round(self.seconds, 1),
        }

    def to_dict(self) -> dict:
        """Everything, as JSON holds it (with `steps`, for the reader of a result file)."""
        return {"steps": self.steps, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict) -> "History":
        """The inverse of `to_dict`."""
        values = {name: value for name, value in values.items() if name != "steps"}
        values["evaluations"] = [(int(step), value) for step, value in values["evaluations"]]
        return cls(**values)
