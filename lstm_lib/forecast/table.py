"""A CSV file as a table: one column of times, all others numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

FEWEST = 2
DATE = r"\s*(?:\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})\b"


class TableError(ValueError):
    """What is wrong with a table, where, and how to mend it."""


@dataclass(frozen=True, repr=False)
class Table:
    """The rows of a file, in its order.

    `time` (N,) datetime64[s]: UTC where the file says an offset or a zone was given, else as
    written (`zoned` says which). `values`: name -> (N,) float64, nan where a cell is empty.
    """

    time: np.ndarray
    values: dict[str, np.ndarray]
    zoned: bool
    name: str = ""

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        return f"Table({len(self):,} rows, columns {', '.join(self.values)})"


def read_table(
    path: str | Path,
    time: str | None = None,
    columns: Sequence[str] | None = None,
    zone: str | None = None,
) -> Table:
    """A CSV file (comma, semicolon or tab; a header) as a `Table`.

    time        the column of times; default: the first whose cells can all be read as times
    columns     the ones wanted; default: all others
    zone        where clocks show these times, "Europe/Paris" say, if the file writes no offset; the
                hour that a clock change doubles is told apart by the order of the rows

    Raises TableError that names file, column, row and cell, and what to do: no such file, no rows,
    no times, a word among numbers, a name that is not there or stands twice, a zone that is none.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "load.csv"
    ...     _ = path.write_text("when,load\\n2026-01-01 00:00,7.5\\n2026-01-01 01:00,\\n")
    ...     table = read_table(path)
    >>> table, table.values["load"].tolist()
    (Table(2 rows, columns load), [7.5, nan])
    """
    path = Path(path)
    cells = read_cells(path)
    time = find_time(cells, path) if time is None else there(time, cells, path)
    stamps, zoned = read_times(cells[time], path, zone)
    wanted = [name for name in cells.columns if name != time] if columns is None else columns
    if not wanted:
        raise TableError(f"{path.name} has no column but {time!r}: there is nothing to forecast")
    values = {name: read_numbers(cells[there(name, cells, path)], path) for name in wanted}
    return Table(stamps, values, zoned, path.name)


def read_cells(path: Path) -> pd.DataFrame:
    """All cells as text, in columns."""
    try:
        cells = pd.read_csv(
            path, sep=separator(path), dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
    except FileNotFoundError:
        raise TableError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise TableError(f"{path} is a folder; a CSV file is wanted") from None
    except UnicodeDecodeError:
        raise TableError(
            f"{path.name} is no UTF-8 text: save it as CSV, UTF-8 (an .xlsx file is none)"
        ) from None
    except pd.errors.EmptyDataError:
        raise TableError(f"{path.name} is empty") from None
    except pd.errors.ParserError as error:
        raise TableError(f"{path.name}: {error}") from None
    cells.columns = [name.strip() for name in cells.columns]
    twice = sorted({name for name in cells.columns if list(cells.columns).count(name) > 1})
    if twice:
        raise TableError(f"{path.name} has two columns of the name {twice[0]!r}: rename one")
    if len(cells) < FEWEST:
        raise TableError(
            f"{path.name} has {len(cells)} rows below its header; at least 2 are wanted"
        )
    return cells


def separator(path: Path) -> str:
    """Comma, semicolon or tab: the one that the header has most of."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            header = file.readline()
    except OSError:
        return ","
    return max(",;\t", key=header.count)


def there(name: str, cells: pd.DataFrame, path: Path) -> str:
    """`name`, if the file has a column of that name."""
    if name not in cells.columns:
        raise TableError(
            f"{path.name} has no column {name!r}; there are {', '.join(map(repr, cells.columns))}"
        )
    return name


def find_time(cells: pd.DataFrame, path: Path) -> str:
    """The first column whose first and last cells begin with a date."""
    for name in cells.columns:
        if cells[name].iloc[[0, -1]].str.match(DATE).all():
            return name
    raise TableError(
        f"{path.name} has no column of times (such as 2026-01-31 13:00); name it if there is one: "
        f"{', '.join(map(repr, cells.columns))}"
    )


def read_times(cells: pd.Series, path: Path, zone: str | None) -> tuple[np.ndarray, bool]:
    """Times (N,) datetime64[s], and whether they are UTC."""
    offsets = cells.str.contains(r"(?:[+-]\d\d:?\d\d|Z)$", regex=True)
    if offsets.any() and not offsets.all():
        raise TableError(
            f"{path.name}, column {cells.name!r}: some times have an offset such as +01:00, some "
            f"have none; the first without is {cells[~offsets].iloc[0]!r} in row "
            f"{row_of(np.flatnonzero(~offsets)[0])}"
        )
    stamps = pd.to_datetime(cells, utc=True, errors="coerce", format="ISO8601")
    if stamps.isna().any():
        stamps = pd.to_datetime(cells, utc=True, errors="coerce", dayfirst=is_day_first(cells))
    if stamps.isna().any():
        row = int(np.flatnonzero(stamps.isna())[0])
        raise TableError(
            f"{path.name}, column {cells.name!r}, row {row_of(row)}: {cells.iloc[row]!r} is no "
            "time (write times as 2026-01-31 13:00)"
        )
    times = stamps.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    if offsets.all() or zone is None:
        return times, bool(offsets.all())
    return to_utc(times, zone), True


def is_day_first(cells: pd.Series) -> bool:
    """31/01/2026 somewhere: the day comes first in all of them."""
    parts = cells.str.extract(r"^\s*(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}")
    return bool((pd.to_numeric(parts[0], errors="coerce") > 12).any())


def to_utc(times: np.ndarray, zone: str) -> np.ndarray:
    """What clocks in a zone showed, as UTC; of an hour shown twice the first half is the earlier.

    >>> clock = np.array(["2026-10-25T02:00", "2026-10-25T02:00"], "datetime64[s]")
    >>> to_utc(clock, "Europe/Paris").astype("datetime64[h]").astype(str).tolist()
    ['2026-10-25T00', '2026-10-25T01']
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise TableError(f"{zone!r} is no time zone; write one as Europe/Paris or UTC") from None
    clock = pd.DatetimeIndex(times)
    earlier, later = (
        clock.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
        .tz_convert("UTC")
        .tz_localize(None)
        .to_numpy()
        .astype("datetime64[s]")
        for first in (np.ones(len(times), bool), np.zeros(len(times), bool))
    )
    utc = earlier.copy()
    shown_twice = np.flatnonzero(earlier != later)
    for hour in np.split(shown_twice, np.flatnonzero(np.diff(shown_twice) > 1) + 1):
        back = np.flatnonzero(np.diff(times[hour]) <= np.timedelta64(0, "s"))
        if len(back):
            second = hour[back[0] + 1 :]
            utc[second] = later[second]
    return utc


def read_numbers(cells: pd.Series, path: Path) -> np.ndarray:
    """A column as float64; nan where a cell is empty or says so ("nan", "NA", "null", "-")."""
    text = cells.str.strip()
    empty = text.str.lower().isin(["", "nan", "na", "n/a", "null", "none", "-"])
    numbers = pd.to_numeric(text.where(~empty), errors="coerce")
    wrong = numbers.isna() & ~empty
    if wrong.any() and ";" == separator(
        path
    ):  # where ; separates, a comma may be the decimal point
        numbers = pd.to_numeric(text.where(~empty).str.replace(",", "."), errors="coerce")
        wrong = numbers.isna() & ~empty
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise TableError(
            f"{path.name}, column {cells.name!r}, row {row_of(row)}: {cells.iloc[row]!r} is no "
            f"number ({int(wrong.sum()):,} such cells). Leave the column out (columns=...), or "
            "empty the cell"
        )
    values = numbers.to_numpy(dtype=np.float64)
    if np.isinf(values).any():
        row = int(np.flatnonzero(np.isinf(values))[0])
        raise TableError(f"{path.name}, column {cells.name!r}, row {row_of(row)}: infinite")
    return values


def row_of(index: int) -> int:
    """A row's number as a spreadsheet shows it: the header is row 1."""
    return int(index) + 2
