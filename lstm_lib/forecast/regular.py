"""A table on even steps: doubles joined, gaps filled by a rule, and what was filled marked."""

from dataclasses import dataclass, replace

import numpy as np

from lstm_lib.forecast.steps import Findings, look
from lstm_lib.forecast.table import Table, TableError

DOUBLED = ("refuse", "mean", "first", "last")
MISSING = ("refuse", "line", "hold")
MOST_FILLED = 0.5


@dataclass(frozen=True, repr=False)
class Regular:
    """One row a step. `time` (N,) datetime64[s]; `values` (N, C) float64, all finite.

    `known` (N, C) bool: False where a value was filled. `columns` (C,) names; `step` seconds.
    """

    time: np.ndarray
    values: np.ndarray
    known: np.ndarray
    columns: tuple[str, ...]
    step: int
    zoned: bool
    findings: Findings | None = None

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        filled = int((~self.known).sum())
        return (
            f"Regular({len(self):,} steps of {self.step} s, columns {', '.join(self.columns)}, "
            f"{filled:,} values filled)"
        )

    def rows(self, rows: slice) -> "Regular":
        """Some of the steps, one after the other."""
        return replace(self, time=self.time[rows], values=self.values[rows], known=self.known[rows])

    def column(self, name: str) -> np.ndarray:
        """One column, (N,). Raises TableError for a name that is not there."""
        if name not in self.columns:
            raise TableError(f"there is no column {name!r}; there are {', '.join(self.columns)}")
        return self.values[:, self.columns.index(name)]


def regular(
    table: Table, step: int | None = None, doubled: str = "refuse", missing: str = "refuse"
) -> Regular:
    """The table on even steps, by rules that the reader chooses.

    step        seconds; default: what most rows have
    doubled     of rows with one time: "mean", "first" or "last"; "refuse" raises
    missing     what stands where nothing was measured: "line" between the neighbours, "hold" the
                last value; "refuse" raises. What is filled is False in `known`

    Rows are put in the order of time. Raises TableError, with what was found, if something is to be
    mended and no rule says how; for rows between two steps; and if more than half of a column
    would be filled.

    >>> hours = np.array([0, 1, 1, 3], "datetime64[h]").astype("datetime64[s]")
    >>> table = Table(hours, {"load": np.array([1.0, 2, 4, 7])}, True)
    >>> even = regular(table, doubled="mean", missing="line")
    >>> even.values[:, 0].tolist(), even.known[:, 0].tolist()
    ([1.0, 3.0, 5.0, 7.0], [True, True, False, True])
    """
    for name, rule, rules in (("doubled", doubled, DOUBLED), ("missing", missing, MISSING)):
        if rule not in rules:
            raise TableError(f"{name} must be one of {', '.join(rules)}; got {rule!r}")
    findings = look(table, step)
    if findings.off:
        raise TableError(
            f"{findings.off:,} rows do not lie on steps of {findings.step} seconds:\n{findings}"
        )
    if findings.doubled and doubled == "refuse":
        raise TableError(
            f"times are doubled; choose doubled='mean', 'first' or 'last':\n{findings}"
        )
    seconds = table.time.astype(np.int64)
    place = (seconds - seconds.min()) // findings.step
    N, columns = int(place.max()) + 1, tuple(table.values)
    values = np.full((N, len(columns)), np.nan)
    for k, name in enumerate(columns):
        values[:, k] = joined(place, table.values[name], N, doubled)
    known = np.isfinite(values)
    if not known.all() and missing == "refuse":
        raise TableError(f"values are missing; choose missing='line' or 'hold':\n{findings}")
    for k, name in enumerate(columns):
        if known[:, k].mean() < 1 - MOST_FILLED:
            raise TableError(
                f"{name}: {known[:, k].mean():.0%} of the steps have a value; at least half must"
            )
        values[:, k] = filled(values[:, k], missing)
    time = (seconds.min() + findings.step * np.arange(N)).astype("datetime64[s]")
    return Regular(time, values, known, columns, findings.step, table.zoned, findings)


def joined(place: np.ndarray, column: np.ndarray, N: int, rule: str) -> np.ndarray:
    """One value a place, nan where there is none; nan among several is left out."""
    there = np.isfinite(column)
    place, column = place[there], column[there]
    even = np.full(N, np.nan)
    if rule == "mean":
        total, count = np.bincount(place, column, N), np.bincount(place, minlength=N)
        even[count > 0] = total[count > 0] / count[count > 0]
    elif rule == "first":
        even[place[::-1]] = column[::-1]
    else:
        even[place] = column
    return even


def filled(column: np.ndarray, rule: str) -> np.ndarray:
    """Without nan: on the line between the neighbours, or the last value held; at the ends, the
    nearest.

    >>> filled(np.array([np.nan, 1, np.nan, 5, np.nan]), "line").tolist()
    [1.0, 1.0, 3.0, 5.0, 5.0]
    """
    there = np.flatnonzero(np.isfinite(column))
    steps = np.arange(len(column))
    if rule == "hold":
        last = there[np.clip(np.searchsorted(there, steps, "right") - 1, 0, None)]
        return column[last]
    return np.interp(steps, there, column[there])


def coarser(even: Regular, step: int) -> Regular:
    """Means over longer steps, of what was measured: ten minutes become hours, say.

    A mean is `known` if half of its parts were. Rows that fill no whole step at either end are left
    out. Raises TableError unless `step` (seconds) is a multiple of the series' own.

    >>> time = np.arange(0, 3 * 1800, 1800).astype("datetime64[s]")
    >>> half_hours = regular(Table(time, {"load": np.array([1.0, 3, 9])}, True))
    >>> coarser(half_hours, 3600).values.tolist()
    [[2.0]]
    """
    size, rest = divmod(step, even.step)
    if rest or size < 1:
        raise TableError(f"step must be a multiple of {even.step} seconds; got {step}")
    seconds = even.time.astype(np.int64)
    first = int(np.argmax(seconds % step == seconds[0] % even.step)) if size > 1 else 0
    count = (len(even) - first) // size
    rows = slice(first, first + count * size)
    values = even.values[rows].reshape(count, size, -1)
    known = even.known[rows].reshape(count, size, -1)
    weight = np.where(known.any(1, keepdims=True), known, True)
    mean = (values * weight).sum(1) / weight.sum(1)
    time = even.time[rows].reshape(count, size)[:, 0]
    return Regular(time, mean, known.mean(1) >= 0.5, even.columns, step, even.zoned, even.findings)
