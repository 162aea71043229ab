"""Daily prices of two stock indices, 1999-2018, as the package `arch` brings them along."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from lstm_lib.data import places
from lstm_lib.data.split import Split, chronological

INDICES = {"sp500": "S&P 500", "nasdaq": "NASDAQ Composite"}


@dataclass(frozen=True, repr=False)
class Stocks:
    """One index, trading day by trading day.

    `time` (N,) datetime64[D]. `open`, `high`, `low`, `close` (N,) float64, in points of the index.
    `volume` (N,) int64, shares traded. `split` three slices of N, 70/15/15 in the order of time.
    All arrays are read-only.
    """

    time: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray
    name: str
    split: Split
    card: str

    def __repr__(self) -> str:
        return f"Stocks({self.name}, {len(self):,} days, {self.time[0]}/{self.time[-1]})"

    def __len__(self) -> int:
        return len(self.time)


def load_stocks(index: str = "sp500") -> Stocks:
    """The daily prices of "sp500" or "nasdaq", out of the installed package `arch`.

    Raises ValueError for another index, ImportError that says what to install.

    >>> load_stocks()
    Stocks(S&P 500, 5,031 days, 1999-01-04/2018-12-31)
    >>> load_stocks("dax")
    Traceback (most recent call last):
    ValueError: index must be one of sp500, nasdaq; got 'dax'
    """
    if index not in INDICES:
        raise ValueError(f"index must be one of {', '.join(INDICES)}; got {index!r}")
    frame = _frame(index)
    time = frame.index.to_numpy().astype("datetime64[D]")
    columns = {name: frame[name.title()].to_numpy().copy() for name in ("open", "high", "low")}
    columns |= {
        "close": frame["Close"].to_numpy().copy(),
        "volume": frame["Volume"].to_numpy().copy(),
    }
    for array in (time, *columns.values()):
        array.setflags(write=False)
    card = (places.datasets() / "stocks" / "README.md").read_text(encoding="utf-8")
    split = chronological(len(time))
    return Stocks(time, **columns, name=INDICES[index], split=split, card=card)


@cache
def _frame(index: str) -> Any:
    try:
        from arch.data import nasdaq, sp500
    except ImportError as error:
        raise ImportError(
            "the prices come with the package arch, which is missing here: pip install 'arch>=8,<9'"
        ) from error
    return {"sp500": sp500, "nasdaq": nasdaq}[index].load()
