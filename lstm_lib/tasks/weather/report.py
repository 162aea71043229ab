"""A whole run: every seed, the floors, paired intervals, one result file."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from lstm_lib import plots
from lstm_lib.data.weather import RECIPE
from lstm_lib.tasks.difference import block_means
from lstm_lib.tasks.experiment import Experiment, Kind, Run
from lstm_lib.tasks.kept import kept
from lstm_lib.tasks.weather.compare import compared, rounded, week_of
from lstm_lib.tasks.weather.data import FULL, LAPTOP, Prepared, changes, prepare
from lstm_lib.tasks.weather.floors import boosting_floor, ridge_floor, simple_floors
from lstm_lib.tasks.weather.model import FORECASTER, errors, forecast
from lstm_lib.tasks.weather.studies import STUDIES

# Boosting at 24 h in other sizes than the standard one, as (every, rounds, rate): the floor that
# the course set out with, and the strongest found (on the test part: in boosting's favour).
OTHER_BOOSTING = ((6, 250, 0.08), (1, 600, 0.05))


def kinds(data: Prepared) -> dict[str, Kind]:
    """The forecaster, and in a dear run one with nothing against overfitting: a warning."""
    wanted = {"": Kind(FORECASTER, data, data.config.seeds)}
    if data.config.dear:
        bare = replace(
            data.config, dropout=0.0, weight_dropout=0.0, blend=0.0, weight_decay=0.0, patience=None
        )
        wanted["bare"] = Kind(FORECASTER, replace(data, config=bare), (0,))
    return wanted


def report(run: Run) -> dict:
    """Errors of LSTM and floors by lead time, paired intervals over weeks, every seed."""
    data = prepare(run.data.config)  # the floors want it on the CPU
    test = data.origins["test"]
    truth = changes(data, test)
    seeds, forecasts = tested(run, "", truth)
    floors, others = all_floors(data, run.scratch, run.log)
    lstm = np.mean([np.abs(forecast - truth) for forecast in forecasts], axis=0)
    together = np.abs(np.mean(forecasts, axis=0) - truth)
    return {
        "hours": len(test),
        "floors": {floor: rounded(err.mean(0)) for floor, err in floors.items()},
        "boosting_at_24_h": {label: round(err.mean(), 4) for label, err in others.items()},
        "lstm": rounded(lstm.mean(0)),
        "together": rounded(together.mean(0)),
        "seeds": seeds,
        "against": {floor: compared(lstm, err, data) for floor, err in floors.items()},
        "weeks_at_24_h": weeks(lstm, together, floors, others, data),
        "without_regularisation": tested(run, "bare", truth)[0][0] if data.config.dear else None,
    }


def tested(run: Run, kind: str, truth: np.ndarray) -> tuple[list[dict], list[np.ndarray]]:
    """Of each seed of this kind: errors by lead time with how training went, and its forecast."""
    reports, forecasts, data = [], [], run.data
    for model, training in zip(run.models[kind], run.training[kind], strict=True):
        forecasts.append(forecast(model, data, data.origins["test"]))
        means = {
            "test": rounded(np.abs(forecasts[-1] - truth).mean(0)),
            "valid": rounded(errors(model, data, data.origins["valid"]).mean(0)),
        }
        reports.append({**training, **means})
    return reports, forecasts


def picture(result: dict, path: Path) -> None:
    """Error against lead time: the LSTM, and its floors in grey."""
    plots.lines(
        result["config"]["leads"],
        {"LSTM": result["lstm"]},
        floors=dict(reversed(result["floors"].items())),
        xlabel="lead time, hours",
        ylabel="mean absolute error, °C",
        marker="o",
        alt="Error of the temperature forecast against lead time, 1 to 72 hours: the LSTM's line "
        "lies below those of its floors.",
        save=path,
    )


def all_floors(
    data: Prepared, folder: Path, log: Callable[[str], object]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Errors of the floors, (n, K) each, and of boosting in other sizes at 24 h, (n,) each."""
    floors = simple_floors(data) | {"ridge": ridge_floor(data)}
    if not data.config.dear:
        return floors, {}
    floors["gradient boosting"], others = boosting_floors(data, folder, log)
    return floors, others


def boosting_floors(
    data: Prepared, folder: Path, log: Callable[[str], object]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Errors of gradient boosting at every lead time, (n, K), and of its other sizes at 24 h.

    About fifteen minutes on one thread; each finished fit is kept in `folder`.
    """

    def once(lead: int, every: int = 1, rounds: int = 250, rate: float = 0.08) -> np.ndarray:
        def fit() -> np.ndarray:
            log(f"gradient boosting, {lead} h, every {every}, {rounds} rounds, rate {rate}")
            return boosting_floor(data, lead, every, rounds, rate)

        key = f"{lead}-{every}-{rounds}-{rate}-{RECIPE.extract_sha256[:8]}"
        return kept(folder / f"boosting-{key}.npy", fit)

    standard = np.stack([once(lead) for lead in data.config.leads], axis=1)
    others = {f"every {e}, {r} rounds": once(24, e, r, rate) for e, r, rate in OTHER_BOOSTING}
    return standard, others


def weeks(
    lstm: np.ndarray,
    together: np.ndarray,
    floors: Mapping[str, np.ndarray],
    others: Mapping[str, np.ndarray],
    data: Prepared,
) -> dict:
    """Mean error of each week at 24 h: enough to compute the intervals again."""
    at = data.config.leads.index(24)
    columns = {"lstm": lstm[:, at], "together": together[:, at]} | {
        floor: err[:, at] for floor, err in floors.items()
    }
    blocks = {k: block_means(err, week_of(data)) for k, err in (columns | dict(others)).items()}
    return {
        "hours": blocks["lstm"][1],
        "mean": {k: rounded(mean) for k, (mean, _) in blocks.items()},
    }


def table(result: dict) -> str:
    """Mean absolute error in °C by lead time, floors first."""
    leads = result["config"]["leads"]
    rows = [f"{'hours ahead':18}" + "".join(f"{lead:7}" for lead in leads)]
    for name, means in {**result["floors"], "LSTM": result["lstm"]}.items():
        rows.append(f"{name:18}" + "".join(f"{value:7.3f}" for value in means))
    return "\n".join(rows)


EXPERIMENT = Experiment(
    name="weather",
    laptop=LAPTOP,
    full=FULL,
    prepare=prepare,
    data_sha256=lambda data: RECIPE.extract_sha256,
    kinds=kinds,
    weights=lambda models: {"": models[""][0]},
    report=report,
    picture=picture,
    table=table,
    options={"precision": ("float32", "bfloat16", "float16")},
    studies=STUDIES,
)
