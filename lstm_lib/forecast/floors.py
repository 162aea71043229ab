"""What a forecast has to beat: the last value, the same time before, ridge, boosted trees."""

import numpy as np

from lstm_lib.forecast.series import DAY, WEEK, Series

SEED = 0
RIDGE_ROWS, BOOSTING_ROWS = 20_000, 20_000
LAGS = (0, 1, 2, 3, 6, 12, 23, 24, 47, 48, 71)


def persistence(series: Series, origins: np.ndarray) -> np.ndarray:
    """It stays as it is: (n, K)."""
    y = series.target.numpy().astype(np.float64)
    return np.repeat(y[origins, None], series.config.ahead, axis=1)


def same_time_before(series: Series, origins: np.ndarray, length: int) -> np.ndarray | None:
    """As it was `length` seconds before (a day, a week), or so many times that it is known: (n, K).

    None where the series has no such step, or not so much of a past.
    """
    steps, rest = divmod(length, series.regular.step)
    if rest or steps < 2:
        return None
    ahead = np.arange(1, series.config.ahead + 1)
    back = -(-ahead // steps) * steps
    rows = origins[:, None] + ahead - back
    if rows.min() < 0:
        return None
    return series.target.numpy().astype(np.float64)[rows]


def features(series: Series, origins: np.ndarray) -> np.ndarray:
    """What ridge and trees read: lagged inputs, means over the past, the last change, (n, F)."""
    x, past = series.inputs.numpy(), series.config.past
    y = series.target.numpy()
    lagged = [x[origins - lag] for lag in LAGS if lag < past]
    total = np.concatenate([[0.0], np.cumsum(y, dtype=np.float64)])
    spans = sorted({max(2, past // 12), max(2, past // 3), past})
    means = [((total[origins + 1] - total[origins + 1 - span]) / span)[:, None] for span in spans]
    change = [(y[origins] - y[origins - span + 1])[:, None] for span in spans]
    return np.concatenate([*lagged, *means, *change], axis=1)


def some(rows: np.ndarray, count: int) -> np.ndarray:
    """At most `count` of them, evenly."""
    return rows[:: max(1, -(-len(rows) // count))]


def ridge(series: Series, origins: np.ndarray) -> np.ndarray:
    """Ridge regression of the change, every step ahead: (n, K). The penalty of four is the one that
    does best on the validation part."""
    from sklearn.linear_model import Ridge

    y, ahead = series.target.numpy().astype(np.float64), np.arange(1, series.config.ahead + 1)
    train, valid = (some(series.origins[part].numpy(), RIDGE_ROWS) for part in ("train", "valid"))
    best = None
    for penalty in (1.0, 10.0, 100.0, 1000.0):
        model = Ridge(alpha=penalty).fit(
            features(series, train), y[train[:, None] + ahead] - y[train, None]
        )
        miss = model.predict(features(series, valid)) - (y[valid[:, None] + ahead] - y[valid, None])
        if best is None or np.abs(miss).mean() < best[0]:
            best = (np.abs(miss).mean(), model)
    return y[origins, None] + best[1].predict(features(series, origins)).reshape(len(origins), -1)


def boosting(series: Series, origins: np.ndarray, lead: int) -> np.ndarray:
    """Gradient-boosted trees (scikit-learn) for one step ahead, (n,): the strong floor.

    As many trees as are best on the validation part, at most 400.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    y = series.target.numpy().astype(np.float64)
    train = some(series.origins["train"].numpy(), BOOSTING_ROWS)
    valid = some(series.origins["valid"].numpy(), 2000)
    trees = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=400,
        learning_rate=0.05,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=SEED,
    ).fit(features(series, train), y[train + lead] - y[train])
    change = y[valid + lead] - y[valid]
    stages = trees.staged_predict(features(series, valid))
    best = int(np.argmin([np.abs(said - change).mean() for said in stages]))
    for count, said in enumerate(trees.staged_predict(features(series, origins))):
        if count == best:
            return y[origins] + said
    raise AssertionError("a forest without trees")


def simple(series: Series, origins: np.ndarray) -> dict[str, np.ndarray]:
    """All floors that are computed in seconds, each (n, K)."""
    mean = series.scaler.mean[series.regular.columns.index(series.config.target)]
    found = {
        "the mean": np.full((len(origins), series.config.ahead), mean),
        "the last value": persistence(series, origins),
        "the same time a day before": same_time_before(series, origins, DAY),
        "the same time a week before": same_time_before(series, origins, WEEK),
        "ridge": ridge(series, origins),
    }
    return {name: forecast for name, forecast in found.items() if forecast is not None}
