"""What is wrong with the times of a table: gaps, doubles, disorder, a clock change."""

from dataclasses import dataclass

import numpy as np

from lstm_lib.forecast.table import Table, TableError

SHOWN = 3


@dataclass(frozen=True)
class Findings:
    """What `look` found; nothing was changed.

    step        seconds from a row to the next, as most rows have it
    rows        of the table
    missing     times that the step asks for and no row has, and the first of them
    doubled     rows whose time another row had before, and the first such times
    off         rows that lie between two times of the step
    disordered  rows that are earlier than the row before
    empty       column -> empty cells
    clocks      days on which an hour is missing or doubled as by a clock change
    """

    step: int
    rows: int
    missing: int
    first_missing: tuple[np.datetime64, ...]
    doubled: int
    first_doubled: tuple[np.datetime64, ...]
    off: int
    disordered: int
    empty: dict[str, int]
    clocks: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Nothing is to be mended."""
        return not (self.missing or self.doubled or self.off or self.disordered or self.any_empty)

    @property
    def any_empty(self) -> bool:
        return any(self.empty.values())

    def __repr__(self) -> str:
        lines = [f"{self.rows:,} rows, one every {spoken(self.step)}"]
        if self.disordered:
            lines.append(f"  {self.disordered:,} rows are earlier than the row before them")
        if self.doubled:
            lines.append(f"  {self.doubled:,} rows repeat a time: {listed(self.first_doubled)}")
        if self.missing:
            lines.append(f"  {self.missing:,} times have no row: {listed(self.first_missing)}")
        if self.off:
            lines.append(f"  {self.off:,} rows lie between two steps")
        for name, count in self.empty.items():
            if count:
                lines.append(f"  {count:,} cells of {name} are empty")
        if self.clocks:
            lines.append(f"  clocks seem to change on {', '.join(self.clocks)}")
        return "\n".join(lines if len(lines) > 1 else [*lines, "  nothing to mend"])


def look(table: Table, step: int | None = None) -> Findings:
    """Gaps, doubles, disorder and empty cells of a table; `step` in seconds (default: found).

    Raises TableError if all rows have one time.

    >>> hours = np.array([0, 1, 1, 3], "datetime64[h]").astype("datetime64[s]")
    >>> look(Table(hours, {"load": np.array([1.0, 2, 2, np.nan])}, True), step=3600)
    4 rows, one every hour
      1 rows repeat a time: 1970-01-01T01:00
      1 times have no row: 1970-01-01T02:00
      1 cells of load are empty
    """
    seconds = table.time.astype(np.int64)
    ordered, counts = np.unique(seconds, return_counts=True)
    if len(ordered) < 2:
        raise TableError("all rows have one and the same time")
    if step is None:
        steps, times = np.unique(np.diff(ordered), return_counts=True)
        step = int(steps[times.argmax()])
    on = (ordered - ordered[0]) % step == 0
    wanted = np.arange(ordered[0], ordered[-1] + 1, step)
    missing = np.setdiff1d(wanted, ordered, assume_unique=True)
    doubled = ordered[counts > 1]
    return Findings(
        step=step,
        rows=len(table),
        missing=len(missing),
        first_missing=moments(missing),
        doubled=int((counts - 1).sum()),
        first_doubled=moments(doubled),
        off=int(counts[~on].sum()),
        disordered=int((np.diff(seconds) < 0).sum()),
        empty={name: int(np.isnan(column).sum()) for name, column in table.values.items()},
        clocks=clock_changes(missing, doubled, step),
    )


def clock_changes(missing: np.ndarray, doubled: np.ndarray, step: int) -> tuple[str, ...]:
    """Days in March or April, October or November with just one hour missing or doubled."""
    found = set()
    for times in (missing, doubled):
        days = times // 86_400
        for day in np.unique(days):
            date = np.datetime64(int(day), "D")
            month = int(str(date)[5:7])
            if (days == day).sum() * step == 3600 and month in (3, 4, 9, 10, 11):
                found.add(str(date))
    return tuple(sorted(found))


def moments(seconds: np.ndarray) -> tuple[np.datetime64, ...]:
    """The first few, as times."""
    return tuple(seconds[:SHOWN].astype("datetime64[s]"))


def listed(times: tuple[np.datetime64, ...]) -> str:
    return ", ".join(str(time.astype("datetime64[m]")) for time in times)


def spoken(step: int) -> str:
    """A step in words.

    >>> spoken(600), spoken(3600), spoken(86400), spoken(90)
    ('10 minutes', 'hour', 'day', '90 seconds')
    """
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if step % size == 0:
            return name if step == size else f"{step // size} {name}s"
    return "second" if step == 1 else f"{step} seconds"
