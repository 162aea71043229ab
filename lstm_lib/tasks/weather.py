"""Weather: tomorrow's temperature from the last three days, hour by hour.

data -> floors -> model -> training -> report; notebook 13 writes the same steps out by hand.

The task. At hour t everything up to and including t is known: ten variables at one place. The
2 m temperature is forecast for t + 1 ... t + 72 hours. Error: mean absolute error in °C over all
hours t of the test part, the last 15 % of 22 years, which nothing was fitted or chosen on.
"""

from dataclasses import asdict, dataclass, field, replace

import numpy as np
import torch

from lstm_lib.data import load_weather
from lstm_lib.nn import LSTM
from lstm_lib.train import Batches, History, Trainer, set_seed, warmup_cosine

LEADS = (1, 2, 3, 6, 9, 12, 18, 24, 30, 36, 48, 60, 72)


@dataclass(frozen=True)
class Config:
    """One experiment; `LAPTOP` and `FULL` differ in values only."""

    hours: int = 72
    hours_per_step: int = 3
    leads: tuple[int, ...] = LEADS
    hidden_size: int = 64
    dropout: float = 0.2
    batch_size: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 0.01
    average: float = 0.995
    warmup: int = 100
    steps: int = 1500
    evaluate_every: int = 250
    patience: int | None = None
    seeds: tuple[int, ...] = (0,)


LAPTOP = Config()
FULL = replace(LAPTOP, seeds=(0, 1, 2, 3, 4))


# --- data ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Prepared:
    """What the model sees and what it is asked for.

    `inputs` (N, I) float32: ten variables, scaled with the training part's mean and standard
    deviation, then sine and cosine of the hour of the day and of the day of the year.
    `temperature` (N,) float32 in °C. `scale` (K,): the mean absolute change of the temperature over
    each lead time, on the training part. `origins`: for each part the hours t whose whole window,
    t - hours + 1 ... t + the longest lead time, lies in that part.
    """

    inputs: torch.Tensor
    temperature: torch.Tensor
    scale: torch.Tensor
    origins: dict[str, torch.Tensor]
    time: np.ndarray = field(repr=False)
    train_rows: slice
    config: Config = field(repr=False)


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


def prepare(config: Config = LAPTOP) -> Prepared:
    """Load the weather, scale it with the training part alone, and find the hours to forecast from.

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
        inputs=torch.from_numpy(inputs.astype(np.float32)),
        temperature=temperature,
        scale=scale,
        origins=origins,
        time=weather.time,
        train_rows=weather.split.train,
        config=config,
    )


def windows(data: Prepared, origins: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Input windows and true changes of the temperature for these hours t.

    origins (B,) integers. Returns x (T, B, I * hours_per_step), whose last step ends at t, and
    change (B, K): temperature at t + lead minus temperature at t, in °C. Several hours that share a
    step lie side by side, in the order of time.
    """
    config = data.config
    hours = torch.arange(-config.hours + 1, 1)
    x = data.inputs[origins[:, None] + hours]
    x = x.reshape(len(origins), config.hours // config.hours_per_step, -1).transpose(0, 1)
    ahead = torch.tensor(config.leads)
    change = data.temperature[origins[:, None] + ahead] - data.temperature[origins, None]
    return x, change


# --- floors -------------------------------------------------------------------------------------


def climatology(data: Prepared) -> np.ndarray:
    """The usual temperature of each hour of the year, (N,) in °C, fitted on the training part.

    Harmonic regression: {1, 3 annual harmonics} x {1, 2 daily harmonics}, 35 terms.
    """
    terms, rows = harmonics(data.time), data.train_rows
    y = data.temperature.numpy().astype(np.float64)
    return terms @ np.linalg.lstsq(terms[rows], y[rows], rcond=None)[0]


def harmonics(time: np.ndarray) -> np.ndarray:
    """Products of annual and daily harmonics of time, (N, 35)."""
    sin_day, cos_day, sin_year, cos_year = calendar(time).T
    day, year = np.arctan2(sin_day, cos_day), np.arctan2(sin_year, cos_year)
    annual = [np.ones(len(time))] + [f(k * year) for k in (1, 2, 3) for f in (np.sin, np.cos)]
    daily = [np.ones(len(time))] + [f(k * day) for k in (1, 2) for f in (np.sin, np.cos)]
    return np.stack([a * d for a in annual for d in daily], axis=1)


def simple_floors(data: Prepared, part: str = "test") -> dict[str, np.ndarray]:
    """Absolute errors in °C of forecasts that need no learning, each (n, K), for a part's origins.

    persistence: the temperature stays. climatology: the usual temperature of that hour.
    damped anomaly: climatology plus a share of today's distance from it, the share fitted for each
    lead time on the training part by least squares.
    """
    usual, y = climatology(data), data.temperature.numpy().astype(np.float64)
    t, train = data.origins[part].numpy(), data.origins["train"].numpy()
    anomaly = y - usual
    errors = {"persistence": [], "climatology": [], "damped anomaly": []}
    for lead in data.config.leads:
        now, later = anomaly[train], anomaly[train + lead]
        share = (now @ later) / (now @ now)
        errors["persistence"].append(np.abs(y[t + lead] - y[t]))
        errors["climatology"].append(np.abs(anomaly[t + lead]))
        errors["damped anomaly"].append(np.abs(anomaly[t + lead] - share * anomaly[t]))
    return {name: np.stack(columns, axis=1) for name, columns in errors.items()}


def ridge_floor(data: Prepared, part: str = "test", every: int = 6) -> np.ndarray:
    """Absolute errors in °C of scikit-learn's ridge regression on the LSTM's own inputs, (n, K).

    All variables over all hours of the window, fitted to the change on each `every`-th origin of
    the training part (neighbouring windows share 71 of 72 hours: more add next to nothing).
    """
    from sklearn.linear_model import Ridge

    x, change = windows(data, data.origins["train"][::every])
    model = Ridge(alpha=10.0).fit(flat(x), change.numpy())
    errors = []
    for chunk in data.origins[part].split(4096):
        x, change = windows(data, chunk)
        errors.append(np.abs(model.predict(flat(x)) - change.numpy()))
    return np.concatenate(errors).astype(np.float64)


def flat(x: torch.Tensor) -> np.ndarray:
    """(T, B, I) windows -> one row for each, (B, T * I)."""
    return x.transpose(0, 1).reshape(x.shape[1], -1).numpy()


BOOSTING_LAGS = (0, 1, 2, 3, 6, 9, 12, 18, 23, 24, 35, 47, 48, 71)


def boosting_floor(data: Prepared, part: str = "test", every: int = 6) -> np.ndarray:
    """Absolute errors in °C of scikit-learn's histogram gradient boosting, (n, K).

    One model a lead time, for the absolute error: 250 rounds, rate 0.08, 31 leaves, L2 1. Inputs:
    the ten columns at 14 lags, day of year and hour of the target, climatology anomaly.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    usual, y = climatology(data), data.temperature.numpy().astype(np.float64)
    train, t = data.origins["train"][::every].numpy(), data.origins[part].numpy()
    season = calendar(data.time)
    columns = data.inputs[:, :10].numpy()

    def features(origins, lead):
        lagged = [columns[origins - lag] for lag in BOOSTING_LAGS]
        anomaly = (y - usual)[origins, None]
        ahead = (usual[origins + lead] - usual[origins])[:, None]
        return np.concatenate([*lagged, season[origins + lead], anomaly, ahead], axis=1)

    errors = []
    for lead in data.config.leads:
        model = HistGradientBoostingRegressor(
            loss="absolute_error",
            max_iter=250,
            learning_rate=0.08,
            max_leaf_nodes=31,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=0,
        ).fit(features(train, lead), y[train + lead] - y[train])
        errors.append(np.abs(model.predict(features(t, lead)) - (y[t + lead] - y[t])))
    return np.stack(errors, axis=1)


# --- model --------------------------------------------------------------------------------------


class Forecaster(torch.nn.Module):
    """An LSTM reads the window; its last output, through one dense layer, gives all changes.

    change_k = scale_k (w_k . dropout(h_T) + b_k), in °C: the dense layer works in units of the
    typical change, and a change of 0 is the persistence forecast.

    >>> data = prepare()
    >>> x, change = windows(data, data.origins["train"][:4])
    >>> Forecaster(data)(x).shape == change.shape == (4, 13)
    True
    """

    def __init__(self, data: Prepared):
        super().__init__()
        config = data.config
        width = data.inputs.shape[1] * config.hours_per_step
        self.lstm = LSTM(width, config.hidden_size)
        self.dropout = torch.nn.Dropout(config.dropout)
        self.dense = torch.nn.Linear(config.hidden_size, len(config.leads))
        self.register_buffer("scale", data.scale.clone())
        with torch.no_grad():  # torch adds its two biases: a forget bias of 1 goes into one of them
            self.lstm.bias_ih_l0[config.hidden_size : 2 * config.hidden_size] = 1.0
            self.lstm.bias_hh_l0[config.hidden_size : 2 * config.hidden_size] = 0.0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (T, B, I) -> changes of the temperature in °C, (B, K)."""
        h_seq, _ = self.lstm(x)
        return self.scale * self.dense(self.dropout(h_seq[-1]))


# --- training -----------------------------------------------------------------------------------


def loss(model: Forecaster, data: Prepared, origins: torch.Tensor) -> torch.Tensor:
    """Mean absolute error in units of the typical change, over batch and lead times: a scalar."""
    x, change = windows(data, origins)
    return ((model(x) - change).abs() / model.scale).mean()


def errors(model: Forecaster, data: Prepared, origins: torch.Tensor) -> np.ndarray:
    """Absolute errors in °C for these hours t, (n, K) float64, without dropout."""
    was_training = model.training
    model.eval()
    found = []
    with torch.no_grad():
        for chunk in origins.split(1024):
            x, change = windows(data, chunk)
            found.append((model(x) - change).abs())
    model.train(was_training)
    return torch.cat(found).numpy().astype(np.float64)


def train(data: Prepared, seed: int = 0, checkpoint=None, log=print) -> tuple[Forecaster, History]:
    """Train one forecaster; the best by the validation part's mean loss is what comes back.

    The validation score is the loss on every seventh origin of the validation part.
    With `checkpoint` (a path) the training can be interrupted and resumed exactly.
    """
    config = data.config
    set_seed(seed)
    model = Forecaster(data)
    origins, held_out = data.origins["train"], data.origins["valid"][::7]
    trainer = Trainer(
        model,
        lambda model, rows: loss(model, data, origins[rows]),
        torch.optim.AdamW(
            model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        ),
        batches=Batches(len(origins), config.batch_size, seed=seed),
        schedule=warmup_cosine(config.steps, config.warmup),
        clip_norm=1.0,
        evaluate=lambda model: float((errors(model, data, held_out) / data.scale.numpy()).mean()),
        evaluate_every=config.evaluate_every,
        patience=config.patience,
        checkpoint=checkpoint,
        average=config.average,
        log=log,
        log_every=config.evaluate_every,
        seed=seed,
        config=asdict(config),
    )
    return model, trainer.fit(config.steps)
