"""Is it always as good? Fit anew as time goes on, and judge each time on the block that follows."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lstm_lib.forecast.forecaster import Forecaster
from lstm_lib.forecast.regular import Regular
from lstm_lib.forecast.skill import LSTM, Skill
from lstm_lib.forecast.table import TableError

FIRST = 0.5  # of the rows: what the first fit has
VALID = 0.15  # of the rows that a fit has: what it stops by


@dataclass(frozen=True, repr=False)
class Fold:
    """One fit and the block after it: `start` and `stop` are its first time and the one after."""

    start: np.datetime64
    stop: np.datetime64
    skill: Skill

    def __repr__(self) -> str:
        mean = self.skill.mean
        against = self.skill.against
        return (
            f"{self.start.astype('datetime64[D]')} to {self.stop.astype('datetime64[D]')}: "
            f"LSTM {mean[LSTM]:.4g}, {against} {mean[against]:.4g}"
        )


def rolling(
    even: Regular,
    make: Callable[[], Forecaster],
    folds: int = 4,
    log: Callable[[str], object] | None = None,
) -> list[Fold]:
    """The second half of a series in `folds` blocks, each forecast by a fit to all before it.

    make() gives a new forecaster. Scaling, training and stopping see nothing of a block. Raises
    TableError if a block is too short.
    """
    if folds < 1:
        raise TableError(f"folds must be at least 1; got {folds}")
    ends = np.linspace(FIRST, 1, folds + 1) * len(even)
    found = []
    for start, stop in zip(ends[:-1].astype(int), ends[1:].astype(int)):
        part = even.rows(slice(stop))
        forecaster = make()
        shares = ((1 - VALID) * start / stop, start / stop)
        forecaster.config = replace(forecaster.config, shares=shares)
        skill = forecaster.fit(part, log=log).skill(boost=False)
        found.append(Fold(even.time[start], part.time[-1], skill))
        if log is not None:
            log(repr(found[-1]))
    return found
