"""A wind turbine's own records, every ten minutes of two years, as it wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.recipe import Arrays, Recipe
from lstm_lib.files import write_atomically

TURBINE = "R80736"
FIRST = np.datetime64("2014-01-01T01:00", "m")  # on the clock of the first row
# column of the file: (our name, its unit)
COLUMNS = {
    "P_avg": ("power_kw", "kW"),
    "Ws_avg": ("wind_speed", "m/s"),
    "Wa_avg": ("wind_direction", "degrees"),
    "Ot_avg": ("temperature", "°C"),
}


@dataclass(frozen=True, repr=False)
class Wind:
    """Rows in the order of the file, nothing mended: times are doubled, missing, cells are empty.

    `stamps` (N,) text, the local time with its offset; `values` (N, 4) float32 in the order of
    `columns`, in `units`, nan where a cell is empty. Read-only.
    """

    stamps: np.ndarray
    values: np.ndarray
    columns: tuple[str, ...]
    units: tuple[str, ...]
    card: str

    def __repr__(self) -> str:
        return f"Wind({len(self):,} rows, columns {', '.join(self.columns)})"

    def __len__(self) -> int:
        return len(self.stamps)

    def write_csv(self, path: str | Path) -> Path:
        """The rows as a CSV file, as anybody's records come: empty cells stay empty."""
        lines = [",".join(["time", *self.columns])]
        for stamp, row in zip(self.stamps.tolist(), self.values.astype(np.float64).tolist()):
            cells = ["" if value != value else f"{value:.2f}" for value in row]
            lines.append(",".join([stamp, *cells]))
        write_atomically(path, ("\n".join(lines) + "\n").encode())
        return Path(path)


def load_wind() -> Wind:
    """The records of one turbine, checked against their SHA-256.

    Raises DataError if the committed file is missing or damaged.

    >>> wind = load_wind()
    >>> wind, wind.values.shape, wind.stamps[0]
    (Wind(105,120 rows, columns power_kw, wind_speed, wind_direction, temperature), (105120, 4), \
np.str_('2014-01-01T01:00:00+01:00'))
    """
    arrays = extract.read(RECIPE)
    clock = FIRST + np.cumsum(arrays["minutes"], dtype=np.int64).astype("timedelta64[m]")
    offset = np.array(["+00:00", "+01:00", "+02:00"])[arrays["offset"]]
    stamps = np.char.add(np.char.add(clock.astype(str), ":00"), offset)
    values = np.stack([arrays[name] for name in COLUMNS], axis=1).astype(np.float32) / 100
    values[arrays["empty"]] = np.nan
    for array in (stamps, values):
        array.setflags(write=False)
    names, units = zip(*COLUMNS.values())
    return Wind(stamps, values, names, units, RECIPE.card)


def to_arrays(files: Mapping[str, bytes]) -> Arrays:
    """The table of four turbines -> of one its clock, `minutes` (N,) int8 since the row before and
    `offset` (N,) uint8 hours, its columns in hundredths, and `empty` (N,): rows without numbers.

    Raises ValueError if rows are missing, a number has more than two decimals, or a row has some
    numbers and not all.
    """
    (content,) = files.values()
    header, *lines = content.decode("ascii").splitlines()
    names = header.split(",")
    name, time = names.index("Wind_turbine_name"), names.index("Date_time")
    rows = [row for row in (line.split(",") for line in lines) if row[name] == TURBINE]
    if len(rows) != 105_120:
        raise ValueError(f"expected 105,120 rows of {TURBINE}, got {len(rows):,}")
    clock = np.array([row[time][:16] for row in rows], dtype="datetime64[m]")
    arrays = {
        "minutes": np.diff(clock, prepend=FIRST).astype(np.int64).astype(np.int8),
        "offset": np.array([int(row[time][20:22]) for row in rows], np.uint8),
    }
    cells = {column: [row[names.index(column)] for row in rows] for column in COLUMNS}
    empty = np.array([[cell == "" for cell in column] for column in cells.values()])
    if (empty.any(0) != empty.all(0)).any():
        raise ValueError("expected rows with all numbers or none")
    for column, texts in cells.items():
        values = 100 * np.array([float(text or 0) for text in texts])
        if np.abs(np.rint(values) - values).max() > 0.02:
            raise ValueError(f"expected numbers of two decimals in {column}")
        arrays[column] = np.rint(values).astype("<i4" if column == "P_avg" else "<i2")
        if column == "Wa_avg":
            arrays[column] = np.rint(values).astype("<u2")
    return arrays | {"empty": empty.all(0)}


RECIPE = Recipe(
    name="wind",
    title="Wind power: one turbine at La Haute Borne, every ten minutes, 2014-2015",
    package="openoa",
    version="3.2",
    archive="openoa-3.2-py3-none-any.whl",
    member="examples/data/la_haute_borne.zip!la-haute-borne-data-2014-2015.csv",
    sha256="9be32aabe7e6b911f58ad3a9f292aed1e5b48cdc603b35d3feccb94f4c043cf4",
    extract_sha256="72298b8e9b88b9899ad73027e24b55f0248f78cf2e8834e998d8798727f08d3e",
    to_arrays=to_arrays,
    licence="Etalab Open Licence 2.0",
    credit="La Haute Borne wind farm, open data: ENGIE Green; via OpenOA 3.2",
    redistributable=True,
    committed=True,
)
