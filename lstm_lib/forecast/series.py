"""A regular series as a network sees it: scaled columns, what was filled, the calendar."""

from dataclasses import dataclass, field

import numpy as np
import torch

from lstm_lib.forecast.regular import Regular
from lstm_lib.forecast.table import TableError
from lstm_lib.tasks.network import Learning

DAY, WEEK, YEAR = 86_400, 7 * 86_400, 365.2425 * 86_400
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
SHARES = (0.7, 0.85)
FEWEST_WINDOWS = 20


@dataclass(frozen=True, kw_only=True)
class Config(Learning):
    """What is forecast from what, and how the network learns.

    `target`: the column; `ahead`: steps forecast; `past`: steps read; `levels`: the quantiles;
    `shares`: where the training and the validation part end.
    """

    target: str = ""
    ahead: int = 24
    past: int = 72
    levels: tuple[float, ...] = LEVELS
    shares: tuple[float, float] = SHARES
    hidden_size: int = 64
    dropout: float = 0.2
    learning_rate: float = 3e-3
    batch_size: int = 128
    steps: int = 1500
    warmup: int = 100
    evaluate_every: int = 100
    patience: int | None = 6
    average: float = 0.995
    seed: int = 0


@dataclass(frozen=True)
class Scaler:
    """Mean and standard deviation of each column over what was measured in the training part.

    `change` (K,): the mean absolute change of the target over 1 to K steps, there.
    """

    mean: np.ndarray
    deviation: np.ndarray
    change: np.ndarray


@dataclass(frozen=True)
class Series:
    """What the network reads and is asked for.

    `inputs` (N, I) float32; `target` (N,) float32 in its own unit; `measured` (N,) bool: where the
    target was measured and not filled. `origins`: for each part the steps t from which is forecast,
    whose window t - past + 1 ... t + ahead lies in that part.
    """

    config: Config
    inputs: torch.Tensor = field(repr=False)
    target: torch.Tensor = field(repr=False)
    measured: torch.Tensor = field(repr=False)
    origins: dict[str, torch.Tensor] = field(repr=False)
    scaler: Scaler = field(repr=False)
    regular: Regular = field(repr=False)


def prepare(regular: Regular, config: Config) -> Series:
    """Scale a series with its training part alone, and cut it in three by `config.shares`.

    Raises TableError for a target that is not there, or a part too short for twenty windows.
    """
    regular.column(config.target)
    ends = [round(share * len(regular)) for share in config.shares]
    parts = dict(zip(("train", "valid", "test"), zip([0, *ends], [*ends, len(regular)])))
    origins = {
        part: torch.tensor(range(start + config.past - 1, stop - config.ahead), dtype=torch.int64)
        for part, (start, stop) in parts.items()
    }
    short = [part for part, rows in origins.items() if len(rows) < FEWEST_WINDOWS]
    if config.ahead < 1 or config.past < 1 or short:
        raise TableError(
            f"{len(regular):,} steps are too few to read {config.past} and forecast {config.ahead}:"
            f" the part {short[0] if short else 'train'!r} has fewer than {FEWEST_WINDOWS} windows"
        )
    scaler = fit_scaler(regular, config, ends[0])
    return Series(
        config=config,
        inputs=inputs_of(regular, scaler),
        target=torch.from_numpy(regular.column(config.target).astype(np.float32)),
        measured=torch.from_numpy(regular.known[:, regular.columns.index(config.target)].copy()),
        origins=origins,
        scaler=scaler,
        regular=regular,
    )


def fit_scaler(regular: Regular, config: Config, stop: int) -> Scaler:
    """From the first `stop` steps alone; a column that never changes there has the deviation 1."""
    values, known = regular.values[:stop], regular.known[:stop]
    mean = np.array([column[there].mean() for column, there in zip(values.T, known.T)])
    deviation = np.array([column[there].std() for column, there in zip(values.T, known.T)])
    y = values[:, regular.columns.index(config.target)]
    change = np.array([np.abs(y[k:] - y[:-k]).mean() for k in range(1, config.ahead + 1)])
    return Scaler(mean, np.where(deviation > 0, deviation, 1.0), np.where(change > 0, change, 1.0))


def inputs_of(regular: Regular, scaler: Scaler) -> torch.Tensor:
    """(N, I) float32: scaled columns, 1 where a column was filled (if any was), the calendar."""
    scaled = (regular.values - scaler.mean) / scaler.deviation
    parts = [scaled, (~regular.known).astype(np.float64), calendar(regular.time, regular.step)]
    return torch.from_numpy(np.concatenate(parts, axis=1).astype(np.float32))


def calendar(time: np.ndarray, step: int) -> np.ndarray:
    """Sine and cosine of the time of day, the day of the week and of the year, (N, 2 to 6).

    Only of what is at least two steps long: daily rows have no time of day.

    >>> calendar(np.array(["2026-01-01T06"], "datetime64[s]"), 3600)[0, :2].round(2)
    array([ 1., -0.])
    >>> calendar(np.array(["2026-01-01"], "datetime64[s]"), 86_400).shape
    (1, 4)
    """
    seconds = time.astype("datetime64[s]").astype(np.int64)
    year = time.astype("datetime64[Y]").astype("datetime64[s]").astype(np.int64)
    angles = [
        2 * np.pi * since / length
        for since, length in ((seconds % DAY, DAY), (seconds % WEEK, WEEK), (seconds - year, YEAR))
        if length >= 2 * step
    ]
    return np.stack([f(angle) for angle in angles for f in (np.sin, np.cos)], axis=1)


def windows(series: Series, origins: torch.Tensor) -> torch.Tensor:
    """What is read before a forecast, x (T, B, I), whose last step is t.

    Raises ValueError for a t with no whole window before it.
    """
    past = series.config.past
    wrong = origins[(origins < past - 1) | (origins >= len(series.target))]
    if len(wrong):
        raise ValueError(
            f"origins must lie between {past - 1} and {len(series.target) - 1}; got {int(wrong[0])}"
        )
    return series.inputs[origins[None] + torch.arange(-past + 1, 1)[:, None]]


def following(series: Series, origins: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What came: the target at t + 1 ... t + K, (B, K), and where it was measured."""
    rows = origins[:, None] + torch.arange(1, series.config.ahead + 1)
    if int(rows.max()) >= len(series.target) or int(origins.min()) < 0:
        raise ValueError(f"origins must have {series.config.ahead} steps after them")
    return series.target[rows], series.measured[rows]
