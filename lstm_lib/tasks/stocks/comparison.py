"""All forecasts of the test part beside each other: scores, tests, intervals, what a rule earns."""

from collections.abc import Mapping

import numpy as np

from lstm_lib.tasks.difference import paired
from lstm_lib.tasks.holm import holm
from lstm_lib.tasks.stocks.data import MONTH, Prepared
from lstm_lib.tasks.stocks.floors import qlike
from lstm_lib.tasks.stocks.returns import earned, hits
from lstm_lib.tasks.stocks.significance import diebold_mariano

COSTS = (0.0, 1.0, 5.0)  # basis points
YEAR = 252  # trading days

Forecasts = Mapping[str, np.ndarray]  # name -> (seeds, N) or (N,)


def blocks(days: np.ndarray) -> np.ndarray:
    """The number of the block of 22 trading days in which each day lies, (n,) integers."""
    return (np.asarray(days) - days[0]) // MONTH


def against(ours: np.ndarray, theirs: np.ndarray, days: np.ndarray) -> dict:
    """Mean of ours - theirs, its 95 % interval over blocks, t and p of Diebold and Mariano.

    ours, theirs (n,): losses on `days`. An interval that holds 0 is a tie.
    """
    test = diebold_mariano(ours, theirs)
    return {
        **paired(ours, theirs, blocks(days)).record(5),
        "t": round(test["t"], 3),
        "p": round(test["p"], 5),
    }


def losses(data: Prepared, forecasts: Forecasts, days: np.ndarray, target: str) -> dict:
    """Loss of each day, (n,) for each name: QLIKE or squared error; of several seeds, the mean."""
    r = data.returns[days]
    by_name = {}
    for name, forecast in forecasts.items():
        rows = np.atleast_2d(forecast)[:, days]
        each = [qlike(r, row) if target == "variance" else (r - row) ** 2 for row in rows]
        by_name[name] = np.mean(each, axis=0)
    return by_name


def compare_variance(data: Prepared, floors: Forecasts, nets: Forecasts, days: np.ndarray) -> dict:
    """QLIKE of floors and networks on the same days, and each network against each floor."""
    loss = losses(data, {**floors, **nets}, days, "variance")
    return {
        "floors": {name: round(float(loss[name].mean()), 4) for name in floors},
        "nets": {name: round(float(loss[name].mean()), 4) for name in nets},
        "seeds": {
            name: [
                round(float(qlike(data.returns[days], row[days]).mean()), 4)
                for row in np.atleast_2d(nets[name])
            ]
            for name in nets
        },
        "against": {
            net: {floor: against(loss[net], loss[floor], days) for floor in floors} for net in nets
        },
    }


def compare_returns(data: Prepared, forecasts: Forecasts, days: np.ndarray) -> dict:
    """Squared error and direction of forecasts of the return, each tested against "zero"."""
    r, loss = data.returns[days], losses(data, forecasts, days, "return")
    others = [name for name in forecasts if name != "zero"]
    tests = {name: against(loss[name], loss["zero"], days) for name in others}
    raised = holm(np.array([tests[name]["p"] for name in others]))
    right = {
        name: float(np.mean([hits(r, row[days]).mean() for row in np.atleast_2d(forecast)]))
        for name, forecast in forecasts.items()
    }
    return {
        "mse": {name: round(float(loss[name].mean()), 4) for name in forecasts},
        "direction": {name: round(share, 4) for name, share in right.items()},
        "direction_error": round(0.5 / len(days) ** 0.5, 4),
        "against_zero": {
            name: tests[name] | {"p_holm": round(float(p), 5)} for name, p in zip(others, raised)
        },
    }


def compare_rules(data: Prepared, forecasts: Forecasts, days: np.ndarray) -> dict:
    """What "in if the forecast is above 0, else out" earns, beside buying once and holding.

    For each cost: the gain in % a year (of logarithms), the interval of its difference from buy and
    hold over blocks, and the Sharpe ratio of a year; and how often the rule trades in a year.
    """
    r = data.returns[days]
    positions = {"buy and hold": np.ones(len(days))} | {
        name: (forecast[days] >= 0).astype(float) for name, forecast in forecasts.items()
    }
    rules = {}
    for name, position in positions.items():
        traded = np.abs(np.diff(position, prepend=0.0)).sum() / len(days) * YEAR
        rules[name] = {"days in": round(float(position.mean()), 3), "trades": round(traded, 1)}
        for cost in COSTS:
            gain, hold = earned(r, position, cost), earned(r, positions["buy and hold"], cost)
            more = paired(YEAR * gain, YEAR * hold, blocks(days)).record(2)
            spread = gain.std()
            rules[name][f"{cost:g} bp"] = {
                "a year": round(YEAR * float(gain.mean()), 2),
                "less buy and hold": more["interval"],
                "sharpe": round(float(YEAR**0.5 * gain.mean() / spread), 2) if spread else None,
            }
    return rules
