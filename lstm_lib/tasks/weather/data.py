"""The weather task's data: what the model sees, and which hours it may be asked about."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch

from lstm_lib.data import load_weather
from lstm_lib.tasks.network import Learning

LEADS = (1, 2, 3, 6, 9, 12, 18, 24, 30, 36, 48, 60, 72)


@dataclass(frozen=True, kw_only=True)
class Config(Learning):
    """One experiment; `LAPTOP` and `FULL` differ in values only."""

    hours: int = 72
    hours_per_step: int = 6
    leads: tuple[int, ...] = LEADS
    hidden_size: int = 128
    dropout: float = 0.2
    weight_dropout: float = 0.0
    blend: float = 0.0
    batch_size: int = 256
    learning_rate: float = 3e-3
    average: float = 0.998
    warmup: int = 100
    steps: int = 1200
    patience: int | None = 10
    seeds: tuple[int, ...] = (0,)
    dear: bool = False  # also what takes many minutes: boosted trees, a run left to overfit


# A minute of training does not overfit; a longer one does, unless it is held back.
LAPTOP = Config()
FULL = replace(
    LAPTOP,
    learning_rate=2e-3,
    weight_dropout=0.3,
    blend=0.3,
    steps=8000,
    evaluate_every=400,
    seeds=(0, 1, 2, 3, 4),
    dear=True,
)


@dataclass(frozen=True)
class Prepared:
    """What the model sees and what it is asked for.

    `inputs` (N, I) float32: ten variables, scaled with the training part's mean and standard
    deviation, then sine and cosine of the hour of the day and of the day of the year.
    `temperature` (N,) float32 in °C. `scale` (K,): the mean absolute change of the temperature over
    each lead time, on the training part. `origins`: for each part the hours t whose whole window,
    t - hours + 1 ... t + the longest lead time, lies in that part. `deviation`: the training part's
    standard deviation of the temperature in °C, which leads from `inputs` back to degrees.
    """

    inputs: torch.Tensor
    temperature: torch.Tensor
    scale: torch.Tensor
    origins: dict[str, torch.Tensor]
    time: np.ndarray = field(repr=False)
    train_rows: slice
    config: Config = field(repr=False)
    deviation: float


def calendar(time: np.ndarray) -> np.ndarray:
    """Sine and cosine of the hour of the day and of the day of the year, (N, 4) float64.

    >>> calendar(np.array(["2001-01-01T06"], dtype="datetime64[h]")).round(3)
    array([[1.   , 0.   , 0.004, 1.   ]])
    """
    day, year = time.astype("datetime64[D]"), time.astype("datetime64[Y]")
    of_day = (time - day).astype(np.float64) / 24
    of_year = (time - year.astype(time.dtype)).astype(np.float64) / 24 / 365.25
    angles = 2 * np.pi * np.stack([of_day, of_year], axis=1)
    return np.stack([f(angles[:, k]) for k in (0, 1) for f in (np.sin, np.cos)], axis=1)


def prepare(config: Config = LAPTOP, device: str | torch.device = "cpu") -> Prepared:
    """Load the weather, scale it with the training part alone, find the hours to forecast from.

    The tensors go to `device`; the floors want them on the CPU.

    Raises ValueError if `hours` is no multiple of `hours_per_step` or a lead time is below 1.
    """
    if config.hours % config.hours_per_step:
        raise ValueError(
            f"hours must be a multiple of hours_per_step; got {config.hours} and "
            f"{config.hours_per_step}"
        )
    if min(config.leads) < 1:
        raise ValueError(f"leads must be at least 1 hour; got {config.leads}")
    weather = load_weather()
    train = weather.values[weather.split.train].astype(np.float64)
    scaled = (weather.values - train.mean(0)) / train.std(0)
    inputs = np.concatenate([scaled, calendar(weather.time)], axis=1)
    temperature = torch.from_numpy(weather.column("temp_2m").copy())
    origins = {
        part: torch.arange(rows.start + config.hours - 1, rows.stop - max(config.leads))
        for part, rows in vars(weather.split).items()
    }
    t = origins["train"]
    scale = torch.stack([(temperature[t + k] - temperature[t]).abs().mean() for k in config.leads])
    return Prepared(
        inputs=torch.from_numpy(inputs.astype(np.float32)).to(device),
        temperature=temperature.to(device),
        scale=scale.to(device),
        origins=origins,
        time=weather.time,
        train_rows=weather.split.train,
        config=config,
        deviation=float(train[:, weather.columns.index("temp_2m")].std()),
    )


def check_hours(data: Prepared, origins: torch.Tensor, before: int, after: int) -> None:
    """Raises ValueError unless `before` hours stand before each of these, and `after` behind it."""
    first, last = before, len(data.temperature) - 1 - after
    wrong = origins[(origins < first) | (origins > last)]
    if len(wrong):
        raise ValueError(
            f"origins must lie between {first} and {last}, with {before} hours before and {after} "
            f"after them; got {int(wrong[0])}"
        )


def windows(data: Prepared, origins: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Input windows and true changes of the temperature for these hours t.

    origins (B,) integers. Returns x (T, B, I * hours_per_step), whose last step ends at t, and
    change (B, K): temperature at t + lead minus temperature at t, in °C. Several hours that share a
    step lie side by side, in the order of time. Raises ValueError for an hour whose window begins
    before the first hour or ends after the last.
    """
    check_hours(data, origins, data.config.hours - 1, max(data.config.leads))
    config, device = data.config, data.inputs.device
    origins = origins.to(device)
    x = data.inputs[origins[:, None] + torch.arange(-config.hours + 1, 1, device=device)]
    x = x.reshape(len(origins), config.hours // config.hours_per_step, -1).transpose(0, 1)
    ahead = torch.tensor(config.leads, device=device)
    return x, data.temperature[origins[:, None] + ahead] - data.temperature[origins, None]


def changes(data: Prepared, origins: torch.Tensor) -> np.ndarray:
    """True changes of the temperature in °C for these hours t, (n, K) float64.

    Raises ValueError for an hour with no hour that is asked for ahead.
    """
    check_hours(data, origins, 0, max(data.config.leads))
    y, t = data.temperature.cpu().numpy().astype(np.float64), origins.cpu().numpy()
    return y[t[:, None] + np.array(data.config.leads)] - y[t, None]
