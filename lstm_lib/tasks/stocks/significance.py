"""Is one forecast better than another? Diebold & Mariano's test."""

import numpy as np


def diebold_mariano(ours: np.ndarray, theirs: np.ndarray, lags: int | None = None) -> dict:
    """A test that two forecasts have the same expected loss: mean of d = ours - theirs, t, and p.

    Diebold & Mariano (1995): t = mean(d) / sqrt(V / n), with V the long-run variance of d, its
    autocovariances up to `lags` weighted as Newey & West (1987) do. Harvey, Leybourne & Newbold
    (1997), for one-step forecasts: t times sqrt((n - 1) / n), held against Student's t with n - 1
    degrees of freedom. `lags`: floor(4 (n / 100)^(2/9)) if not given. p is two-sided.

    ours, theirs (n,): losses on the same days, lower is better. A negative mean is in our favour.
    Raises ValueError if the shapes differ or a loss is not finite.

    >>> rng = np.random.default_rng(0)
    >>> a, b = rng.normal(size=(2, 500))
    >>> diebold_mariano(a, b)["p"] > 0.05, diebold_mariano(a, b + 1)["p"] < 1e-6
    (True, True)
    """
    from scipy.stats import t as student

    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    if ours.shape != theirs.shape or ours.ndim != 1 or len(ours) < 3:
        raise ValueError(
            f"ours and theirs must be (n,), n of at least 3; got {ours.shape}, {theirs.shape}"
        )
    difference = ours - theirs
    if not np.isfinite(difference).all():
        raise ValueError("losses must be finite")
    n = len(difference)
    lags = int(4 * (n / 100) ** (2 / 9)) if lags is None else lags
    variance = long_run_variance(difference, lags)
    mean = float(difference.mean())
    if variance == 0.0:  # the same difference every day: there is nothing random to test
        return {"mean": mean, "t": 0.0 if mean == 0 else float(np.inf), "p": float(mean == 0)}
    value = mean / np.sqrt(variance / n) * np.sqrt((n - 1) / n)
    return {"mean": mean, "t": float(value), "p": float(2 * student.sf(abs(value), n - 1))}


def long_run_variance(values: np.ndarray, lags: int) -> float:
    """c_0 + 2 sum_k (1 - k / (lags + 1)) c_k, with c_k the autocovariance at lag k.

    Newey & West (1987), "A simple, positive semi-definite, heteroskedasticity and autocorrelation
    consistent covariance matrix". values (n,). Raises ValueError unless 0 <= lags < n.

    >>> long_run_variance(np.array([1.0, -1.0, 1.0, -1.0]), 1)     # 1 + 2 (1/2) (-3/4)
    0.25
    """
    values = np.asarray(values, np.float64)
    if not 0 <= lags < len(values):
        raise ValueError(f"lags must be from 0 to {len(values) - 1}; got {lags}")
    centred, n = values - values.mean(), len(values)
    covariance = [centred[k:] @ centred[: n - k] / n for k in range(lags + 1)]
    weights = 1 - np.arange(1, lags + 1) / (lags + 1)
    return float(covariance[0] + 2 * weights @ covariance[1:])
