"""How good the forecasts of a series are: errors by step ahead, beside the floors'."""

from dataclasses import dataclass

import numpy as np

from lstm_lib.forecast import floors
from lstm_lib.forecast.model import QuantileLSTM, quantiles
from lstm_lib.forecast.series import DAY, Series, following
from lstm_lib.tasks.difference import block_means, interval

MOST = 4000  # test steps that are forecast from
LSTM, BOOSTING = "LSTM", "boosted trees"


@dataclass(frozen=True)
class Skill:
    """Of the last 15 % of a series, on which nothing was fitted or chosen.

    errors    name -> mean absolute error at `leads` (nan where a floor was not computed)
    mean      name -> mean over all steps ahead (nan likewise)
    against   the strongest floor by `mean`; the LSTM's mean less its, with a 95 % interval over
              days (or over blocks as long as the forecast, if that is longer)
    inside    share of what came that lies between the outer quantiles, and how many should
    crps      2 x mean pinball loss over the levels: the score of the whole distribution (Gneiting &
              Raftery 2007), as far as a few levels tell it
    """

    leads: tuple[int, ...]
    errors: dict[str, tuple[float, ...]]
    mean: dict[str, float]
    against: str
    difference: float
    low: float
    high: float
    inside: float
    wanted_inside: float
    crps: float
    origins: int

    @property
    def verdict(self) -> str:
        """Better, worse or a tie, in a sentence."""
        word = "a tie" if self.low <= 0 <= self.high else "better" if self.high < 0 else "worse"
        return (
            f"the LSTM against {self.against}: {word} "
            f"({self.difference:+.4g}, 95 % interval {self.low:+.4g} to {self.high:+.4g})"
        )

    def __repr__(self) -> str:
        names = sorted(self.errors, key=lambda name: name == LSTM)
        head = f"{'mean absolute error, steps ahead':34}" + "".join(f"{k:>9}" for k in self.leads)
        rows = [head + f"{'all':>9}"]
        for name in names:
            values = [*self.errors[name], self.mean[name]]
            rows.append(f"{name:34}" + "".join(number(value) for value in values))
        return "\n".join([*rows, self.verdict])


def number(value: float) -> str:
    return f"{'-':>9}" if np.isnan(value) else f"{value:9.4g}"


def skill(model: QuantileLSTM, series: Series, boost: bool = True) -> Skill:
    """Forecast the test part and compare; `boost`: boosted trees too, at a few steps ahead."""
    rows = series.origins["test"]
    rows = rows[:: max(1, -(-len(rows) // MOST))]
    y, measured = (part.numpy() for part in following(series, rows))
    weight = measured.astype(np.float64)
    q, levels = quantiles(model, series, rows), np.array(series.config.levels)
    forecasts = {LSTM: q[..., int(np.abs(levels - 0.5).argmin())]}
    forecasts = floors.simple(series, rows.numpy()) | forecasts
    K = series.config.ahead
    leads = tuple(sorted({1, max(1, K // 4), max(1, K // 2), K}))
    missed = {name: np.abs(forecast - y) * weight for name, forecast in forecasts.items()}
    at = np.array(leads) - 1
    errors = {
        name: tuple(miss[:, at].sum(0) / weight[:, at].sum(0)) for name, miss in missed.items()
    }
    mean = {name: float(miss.sum() / weight.sum()) for name, miss in missed.items()}
    if boost:
        trees = [np.abs(floors.boosting(series, rows.numpy(), k) - y[:, k - 1]) for k in leads]
        errors[BOOSTING] = tuple((trees * weight[:, at].T).sum(1) / weight[:, at].sum(0))
        mean[BOOSTING] = float("nan")
    best = min((name for name in missed if name != LSTM), key=mean.__getitem__)
    gap = (missed[LSTM] - missed[best]).sum(1) / weight.sum(1).clip(min=1)
    block = rows.numpy() // max(DAY // series.regular.step, K)
    low, high = interval(*block_means(gap, block)) if len(set(block)) > 1 else (np.nan, np.nan)
    above = y[..., None] - q
    pinball = np.maximum(levels * above, (levels - 1) * above) * weight[..., None]
    inside = ((y >= q[..., 0]) & (y <= q[..., -1])) * weight
    return Skill(
        leads=leads,
        errors={name: tuple(map(float, values)) for name, values in errors.items()},
        mean=mean,
        against=best,
        difference=float(gap.mean()),
        low=float(low),
        high=float(high),
        inside=float(inside.sum() / weight.sum()),
        wanted_inside=float(levels[-1] - levels[0]),
        crps=float(2 * pinball.sum() / weight.sum() / len(levels)),
        origins=len(rows),
    )
