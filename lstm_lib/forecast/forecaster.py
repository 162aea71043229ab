"""Three calls: `fit` a table, `forecast` the steps after its last row, `save` it in one file."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open

from lstm_lib.files import write_atomically
from lstm_lib.forecast.model import NETWORK, QuantileLSTM
from lstm_lib.forecast.regular import Regular, regular
from lstm_lib.forecast.series import Config, Scaler, Series, inputs_of, prepare
from lstm_lib.forecast.skill import Skill, skill
from lstm_lib.forecast.table import Table, TableError, read_table
from lstm_lib.tasks.experiment import read_config

FORMAT = "lstm-course forecaster 1"
LONGEST_PAST = 336


@dataclass(frozen=True, repr=False)
class Forecast:
    """The steps after a table's last row: `time` (K,), `quantiles` (K, P) at `levels` (P,)."""

    target: str
    time: np.ndarray
    quantiles: np.ndarray
    levels: tuple[float, ...]
    zoned: bool

    @property
    def middle(self) -> np.ndarray:
        """The forecast itself, (K,): the median, or the level nearest to it."""
        return self.quantiles[:, int(np.abs(np.array(self.levels) - 0.5).argmin())]

    def to_csv(self) -> str:
        """As a table: a row a step; times with Z where they are UTC."""
        names = [f"{self.target} {100 * level:g} %" for level in self.levels]
        rows = [",".join(["time", *(f'"{name}"' if "," in name else name for name in names)])]
        for time, values in zip(self.time, self.quantiles):
            stamp = str(time) + ("Z" if self.zoned else "")
            rows.append(",".join([stamp, *(f"{value:.6g}" for value in values)]))
        return "\n".join(rows) + "\n"

    def __repr__(self) -> str:
        return f"Forecast({self.target}, {len(self.time)} steps from {self.time[0]})"


class Forecaster:
    """An LSTM that forecasts one column of a table, with quantiles.

    target           the column
    ahead            how many steps
    past             how many steps are read before; default: three times `ahead`, 24 to 336
    columns          the inputs; default: all
    time, zone       as `read_table` takes them
    doubled, missing as `regular` takes them
    settings         fields of `Config`: hidden_size, steps, dropout, learning_rate, seed ...

    >>> hours = np.arange(600)
    >>> time = np.datetime64("2026-01-01", "s") + hours * np.timedelta64(3600, "s")
    >>> table = Table(time, {"load": 5 + np.sin(hours / 24 * 2 * np.pi)}, True)
    >>> clock = Forecaster("load", ahead=6, steps=20, evaluate_every=10).fit(table, log=None)
    >>> clock.forecast()
    Forecast(load, 6 steps from 2026-01-26T00:00:00)
    """

    def __init__(
        self,
        target: str,
        ahead: int = 24,
        past: int | None = None,
        *,
        columns: Sequence[str] | None = None,
        time: str | None = None,
        zone: str | None = None,
        doubled: str = "refuse",
        missing: str = "refuse",
        **settings,
    ):
        past = min(LONGEST_PAST, max(24, 3 * ahead)) if past is None else past
        if "steps" in settings:
            settings = {"warmup": settings["steps"] // 10, **settings}
        self.config = Config(target=target, ahead=ahead, past=past, **settings)
        self.columns = tuple(columns) if columns is not None else None
        self.reading = {"time": time, "zone": zone}
        self.rules = {"doubled": doubled, "missing": missing}
        self.step: int | None = None
        self.scaler: Scaler | None = None
        self.model: QuantileLSTM | None = None
        self.last: Regular | None = None  # the window that the next forecast is made from
        self._series: Series | None = None

    def __repr__(self) -> str:
        taught = "untaught" if self.model is None else f"reads {', '.join(self.columns)}"
        return f"Forecaster({self.config.target}, {self.config.ahead} steps ahead, {taught})"

    def fit(
        self, table: Table | Regular | str | Path, log: Callable[[str], object] | None = print
    ) -> "Forecaster":
        """Learn from the first 70 % of the rows, stop by the next 15 %; returns itself.

        The last 15 % are left for `skill`. Raises TableError if the table is none or needs a rule.
        """
        even = self.read(table)
        self._series = series = prepare(even, self.config)
        self.columns, self.step, self.scaler = even.columns, even.step, series.scaler
        self.model, _ = NETWORK.train(series, self.config.seed, log=log)
        self.last = tail(even, self.config.past)
        return self

    def read(self, table: Table | Regular | str | Path) -> Regular:
        """A file or a table on even steps, by this forecaster's rules; what is even stays."""
        if isinstance(table, Regular):
            return self.chosen(table)
        if not isinstance(table, Table):
            columns = self.columns
            if columns is not None and self.config.target not in columns:
                columns = (*columns, self.config.target)
            table = read_table(table, columns=columns, **self.reading)
        if self.columns is not None:
            if lost := [name for name in self.columns if name not in table.values]:
                raise TableError(f"the table has no column {lost[0]!r}, which was learnt from")
            values = {name: table.values[name] for name in self.columns}
            table = Table(table.time, values, table.zoned, table.name)
        return regular(table, self.step, **self.rules)

    def chosen(self, even: Regular) -> Regular:
        """The columns that are read, of a series that is on even steps already."""
        columns = even.columns if self.columns is None else self.columns
        where = []
        for name in columns:
            even.column(name)
            where.append(even.columns.index(name))
        if self.step not in (None, even.step):
            raise TableError(f"the series has steps of {even.step} s; learnt from {self.step} s")
        return replace(
            even, values=even.values[:, where], known=even.known[:, where], columns=tuple(columns)
        )

    def skill(self, boost: bool = True) -> Skill:
        """How good it is on the last 15 % of what it was fitted to, beside simple floors."""
        if self._series is None:
            raise ValueError("skill is asked of a forecaster right after fit: call fit first")
        return skill(self.model, self._series, boost)

    def forecast(self, table: Table | Regular | str | Path | None = None) -> Forecast:
        """The steps after the last row: of the table it was fitted to, or of a newer one."""
        if self.model is None:
            raise ValueError("this forecaster has learnt nothing yet: call fit first")
        last = self.last if table is None else tail(self.read(table), self.config.past)
        x = inputs_of(last, self.scaler)[:, None]
        y = torch.tensor(last.column(self.config.target)[-1:].astype(np.float32))
        with torch.no_grad():
            q = self.model.eval()(x, y)[0].numpy().astype(np.float64)
        ahead = self.step * np.arange(1, self.config.ahead + 1).astype("timedelta64[s]")
        return Forecast(
            self.config.target, last.time[-1] + ahead, q, self.config.levels, last.zoned
        )

    def save(self, path: str | Path) -> None:
        """Weights, scaler, columns, settings and the last window: one file, whole or not at all."""
        if self.model is None:
            raise ValueError("this forecaster has learnt nothing yet: call fit first")
        tensors = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        arrays = {f"scaler.{name}": array for name, array in asdict(self.scaler).items()}
        arrays |= {"last.values": self.last.values, "last.known": self.last.known}
        arrays["last.time"] = self.last.time.astype(np.int64)
        tensors |= {name: torch.from_numpy(np.ascontiguousarray(a)) for name, a in arrays.items()}
        facts = {
            "config": asdict(self.config),
            "columns": self.columns,
            "step": self.step,
            "zoned": self.last.zoned,
            "reading": self.reading,
            "rules": self.rules,
        }
        tensors = {name: value.contiguous().clone() for name, value in tensors.items()}
        meta = {"format": FORMAT, "facts": json.dumps(facts)}
        write_atomically(path, safetensors.torch.save(tensors, meta))

    @classmethod
    def load(cls, path: str | Path) -> "Forecaster":
        """What `save` wrote: its forecasts are the same to the bit.

        Raises ValueError if the file is none of ours, or not whole; FileNotFoundError if none.
        """
        if not Path(path).exists():
            raise FileNotFoundError(f"there is no file {path}")
        try:
            with safe_open(path, framework="pt") as file:
                meta = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}
        except SafetensorError as error:
            raise ValueError(f"{path} is not a whole forecaster: {error}") from None
        if meta.get("format") != FORMAT:
            raise ValueError(f"{path} is no forecaster of this course")
        facts = json.loads(meta["facts"])
        config = read_config(Config(), facts["config"])
        own = cls(config.target, config.ahead, config.past)
        own.config = config
        own.columns, own.step = tuple(facts["columns"]), facts["step"]
        own.reading, own.rules = facts["reading"], facts["rules"]
        parts = {"model": {}, "scaler": {}, "last": {}}
        for name, value in tensors.items():
            part, _, key = name.partition(".")
            parts[part][key] = value
        own.scaler = Scaler(**{name: value.numpy() for name, value in parts["scaler"].items()})
        last = {name: value.numpy() for name, value in parts["last"].items()}
        own.last = Regular(
            last["time"].astype("datetime64[s]"),
            last["values"],
            last["known"],
            own.columns,
            own.step,
            facts["zoned"],
            None,
        )
        inputs = inputs_of(own.last, own.scaler).shape[1]
        own.model = QuantileLSTM(inputs, own.config, own.scaler.change)
        own.model.load_state_dict(parts["model"])
        return own


def tail(even: Regular, past: int) -> Regular:
    """The last `past` steps. Raises TableError if there are fewer."""
    if len(even) < past:
        raise TableError(f"a forecast reads {past} steps; there are {len(even):,}")
    return even.rows(slice(-past, None))
