"""Hourly weather of 22 years at one place in north-eastern France: MERRA-2 reanalysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.recipe import Arrays, Recipe
from lstm_lib.data.split import Split, chronological

TEMPERATURES = ("temp_2m", "surface_skin_temperature", "temp_850")
UNITS = {
    "temp_2m": "°C",
    "surface_pressure": "Pa",
    "surface_skin_temperature": "°C",
    "temp_850": "°C",
    "u_10": "m/s",
    "v_10": "m/s",
    "u_50": "m/s",
    "v_50": "m/s",
    "u_850": "m/s",
    "v_850": "m/s",
}


@dataclass(frozen=True, repr=False)
class Weather:
    """Ten variables, hour by hour.

    `time` (N,) datetime64[h], UTC: the hour over which row n is the mean, by its start.
    `values` (N, 10) float32, in the order of `columns`, in `units`; temperatures are in °C.
    `split` three slices of N, 70/15/15 in the order of time. Both arrays are read-only.
    """

    time: np.ndarray
    values: np.ndarray
    columns: tuple[str, ...]
    units: tuple[str, ...]
    split: Split
    card: str

    def __repr__(self) -> str:
        shape = f"{len(self.time):,} hours x {len(self.columns)} columns"
        return f"Weather({shape}, {self.time[0]}/{self.time[-1]})"

    def __len__(self) -> int:
        return len(self.time)

    def column(self, name: str) -> np.ndarray:
        """One variable by name, (N,) float32. Raises KeyError that lists the names there are."""
        if name not in self.columns:
            raise KeyError(f"no column {name!r}; there are {', '.join(self.columns)}")
        return self.values[:, self.columns.index(name)]


def load_weather() -> Weather:
    """The weather set, checked against its SHA-256: 195,720 hours x 10 variables.

    Raises DataError if the committed file is missing or damaged.

    >>> weather = load_weather()
    >>> weather
    Weather(195,720 hours x 10 columns, 1997-01-01T00/2019-04-30T23)
    >>> weather.values.shape, weather.values.dtype, weather.units[:2]
    ((195720, 10), dtype('float32'), ('°C', 'Pa'))
    >>> weather.time[weather.split.test][0]
    np.datetime64('2015-12-24T18','h')
    """
    arrays = extract.read(RECIPE)
    columns = tuple(UNITS)
    values = np.ascontiguousarray(arrays["values"], dtype=np.float32)
    for name in TEMPERATURES:
        values[:, columns.index(name)] = to_celsius(values[:, columns.index(name)])
    time = arrays["start"] + np.arange(len(values)).astype("timedelta64[h]")
    for array in (time, values):
        array.setflags(write=False)
    split = chronological(len(time))
    return Weather(time, values, columns, tuple(UNITS.values()), split, RECIPE.card)


def to_celsius(kelvin: np.ndarray) -> np.ndarray:
    """Kelvin to °C in float32; no two of the source's values fall together, so it can be undone.

    >>> to_celsius(np.array([283.25], dtype=np.float32)).round(4)
    array([10.1], dtype=float32)
    """
    return (kelvin.astype(np.float64) - 273.15).astype(np.float32)


def to_arrays(files: Mapping[str, bytes]) -> Arrays:
    """The CSV file -> `start` (datetime64[h]), `values` (N, 10) float32 in its K, Pa and m/s.

    Raises ValueError if a column or an hour is missing, or a stamp is not at half past the hour.
    """
    (content,) = files.values()
    header, *lines = content.decode("ascii").splitlines()
    names = header.split(",")
    where = [names.index(name) for name in UNITS]
    rows = [line.split(",") for line in lines]
    stamps = np.array([row[names.index("datetime")] for row in rows], dtype="datetime64[m]")
    time = stamps.astype("datetime64[h]")
    if not np.all(stamps - time == np.timedelta64(30, "m")):
        raise ValueError("expected every stamp at half past the hour, the middle of its mean")
    if not np.all(np.diff(time) == np.timedelta64(1, "h")):
        raise ValueError("expected one row an hour without a gap")
    values = np.array([[float(row[i]) for i in where] for row in rows], dtype=np.float32)
    if not np.isfinite(values).all():
        raise ValueError("expected finite numbers only")
    return {"start": np.asarray(time[0]), "values": np.asfortranarray(values)}


RECIPE = Recipe(
    name="weather",
    title="Hourly weather, 1997-2019: MERRA-2 reanalysis at 48.45 N, 5.59 E",
    package="openoa",
    version="3.2",
    archive="openoa-3.2-py3-none-any.whl",
    member="examples/data/la_haute_borne.zip!merra2_la_haute_borne.csv",
    sha256="85789fec10016fe1518286e8a26acdc3e048d1c118b18f4f7361a3b3735ffdaf",
    extract_sha256="9f43d905648a13f1a9781fd7fb60c3a99e73f35b67af010052c9b257908fd0c0",
    to_arrays=to_arrays,
    licence="NASA open data; Etalab Open Licence 2.0 (the collection); BSD-3-Clause (OpenOA)",
    credit="MERRA-2: NASA GMAO and GES DISC; La Haute Borne collection: ENGIE; via OpenOA 3.2",
    redistributable=True,
    committed=True,
)
