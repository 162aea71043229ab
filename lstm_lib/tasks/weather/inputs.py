"""Which inputs matter? Two questions that are not the same.

Permutation (Breiman, 2001): what does the *trained* network lose when a variable is taken from
other weeks? Retraining: what is lost when a network never had it? Where two inputs tell nearly the
same, the first can be large for both while the second is nothing for either.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from lstm_lib.tasks.network import evaluating
from lstm_lib.tasks.weather.data import Prepared, changes, windows
from lstm_lib.tasks.weather.skill import season_of

# The ten variables, two components of a wind together: their columns in `Prepared.inputs`.
VARIABLE_GROUPS: dict[str, tuple[int, ...]] = {
    "temperature, 2 m": (0,),
    "pressure": (1,),
    "skin temperature": (2,),
    "temperature, 850 hPa": (3,),
    "wind, 10 m": (4, 5),
    "wind, 50 m": (6, 7),
    "wind, 850 hPa": (8, 9),
}
# What goes together: near the ground there are two temperatures and two winds.
PAIRS = {
    "both temperatures near the ground": (0, 2),
    "both winds near the ground": (4, 5, 6, 7),
}
CALENDAR = {"hour of the day": (10, 11), "day of the year": (12, 13)}
GROUPS = VARIABLE_GROUPS | PAIRS | CALENDAR


def without(data: Prepared, columns: Sequence[int]) -> Prepared:
    """The same task for a model that never sees these columns of the inputs.

    Targets, parts and floors stay as they are. Raises ValueError for a column that is not there.
    """
    width = data.inputs.shape[1]
    if strangers := [c for c in columns if not 0 <= c < width]:
        raise ValueError(f"columns must lie in 0 ... {width - 1}; got {strangers}")
    kept = [c for c in range(width) if c not in set(columns)]
    return replace(data, inputs=data.inputs[:, kept])


def partner_weeks(week: np.ndarray, season: np.ndarray, seed: int = 0) -> np.ndarray:
    """For each week another one of the same season, drawn at random: (W,) integers.

    A permutation in which no week is its own partner: within a season the weeks stand in a circle
    in random order, and each takes from the next. week (W,) their numbers 0 ... W - 1, season (W,)
    labels. Raises ValueError if a season has one week only.

    >>> partner_weeks(np.arange(4), np.array([0, 0, 1, 1]))
    array([1, 0, 3, 2])
    """
    partner, rng = np.empty_like(week), np.random.default_rng(seed)
    for label in np.unique(season):
        circle = rng.permutation(week[season == label])
        if len(circle) < 2:
            raise ValueError(f"season {label} must have at least 2 weeks to exchange; got 1")
        partner[circle] = np.roll(circle, -1)
    return partner


def exchanged(data: Prepared, origins: torch.Tensor, seed: int = 0) -> torch.Tensor:
    """For each hour t the same hour of another week of the same season, (n,).

    origins: hours t in whole weeks, that is, those of `whole_weeks` or every so many of them.
    """
    first = int(data.origins["test"][0])
    t = origins.numpy()
    week = (t - first) // 168
    numbers = np.arange(week.max() + 1)
    partner = partner_weeks(numbers, season_of(data.time[first + 168 * numbers + 84]), seed)
    return torch.from_numpy(t + 168 * (partner[week] - week))


def whole_weeks(data: Prepared) -> torch.Tensor:
    """The hours t of the test part without its last, broken week, (n,)."""
    origins = data.origins["test"]
    return origins[: len(origins) // 168 * 168]


def permuted_errors(
    model: torch.nn.Module,
    data: Prepared,
    origins: torch.Tensor,
    columns: Sequence[int],
    seed: int = 0,
) -> np.ndarray:
    """Absolute errors in °C when the model gets these columns from other weeks, (n, K) float64.

    Whole windows are exchanged, from the same hour of the week in the same season: what comes in is
    weather that could be, and no window is spliced. So the calendar's columns, which hardly change
    by it, cannot be asked about in this way.
    """
    pairs = zip(origins.split(1024), exchanged(data, origins, seed).split(1024))
    with evaluating(model):
        change = [model(mixed_windows(data, t, other, columns)).numpy() for t, other in pairs]
    return np.abs(np.concatenate(change).astype(np.float64) - changes(data, origins))


def mixed_windows(
    data: Prepared, origins: torch.Tensor, other: torch.Tensor, columns: Sequence[int]
) -> torch.Tensor:
    """The windows of `origins` with some columns from the windows of `other`, (T, B, I)."""
    x, there = windows(data, origins)[0], windows(data, other)[0]
    width = data.inputs.shape[1]
    taken = torch.zeros(width, dtype=torch.bool)
    taken[list(columns)] = True
    return torch.where(taken.repeat(data.config.hours_per_step), there, x)
