"""`python course.py forecast my.csv --target load --hours 24`: a CSV and a picture come out."""

import argparse
import sys
from pathlib import Path

import numpy as np

from lstm_lib import plots
from lstm_lib.forecast.forecaster import Forecast, Forecaster
from lstm_lib.forecast.regular import DOUBLED, MISSING, Regular, regular
from lstm_lib.forecast.steps import look, spoken
from lstm_lib.forecast.table import Table, TableError, read_table
from lstm_lib.train import NonFiniteError, default_threads

SHOWN_BEFORE = 3  # times as much of the past as of the future is drawn


def main(arguments: list[str]) -> int:
    """Read, look, learn, compare with floors, forecast; 1 if the table is none, in a few lines."""
    given = parse(arguments)
    default_threads()
    try:
        table = read_table(given.table, given.time, wanted_columns(given), given.zone)
        findings = look(table)
        print(f"{given.table}: {findings}")
        even, forecaster, forecast = learn(given, table, findings.step)
    except TableError as error:
        print(f"{error}{advice(error)}", file=sys.stderr)
        return 1
    except NonFiniteError as error:
        print(error, file=sys.stderr)
        return 1
    out = Path(given.out or Path(given.table).with_suffix(".forecast.csv").name)
    out.write_text(forecast.to_csv(), encoding="utf-8")
    picture = out.with_suffix(".png")
    draw(even, forecast, picture)
    print(f"\nwritten: {out} and {picture}")
    if given.save:
        forecaster.save(given.save)
        print(f"written: {given.save} (Forecaster.load forecasts from it)")
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python course.py forecast", description="Forecast a column of a CSV file."
    )
    parser.add_argument("table", help="a CSV file with a column of times")
    parser.add_argument("--target", required=True, help="the column to be forecast")
    parser.add_argument("--hours", type=float, default=24, help="how far ahead (default 24)")
    parser.add_argument("--columns", help="inputs, separated by commas (default: all numbers)")
    parser.add_argument("--time", help="the column of times (default: found)")
    parser.add_argument("--zone", help="where clocks show these times, as Europe/Paris")
    parser.add_argument("--doubled", choices=DOUBLED, default="refuse", help="rows with one time")
    parser.add_argument(
        "--missing", choices=MISSING, default="refuse", help="what was not measured"
    )
    parser.add_argument("--steps", type=int, default=1500, help="of training (default 1500)")
    parser.add_argument("--out", help="the CSV to write (default: NAME.forecast.csv, here)")
    parser.add_argument("--save", help="keep the forecaster in this file")
    given = parser.parse_args(arguments)
    if given.steps < 10:
        parser.error(f"--steps must be at least 10; got {given.steps}")
    return given


def wanted_columns(given: argparse.Namespace) -> list[str] | None:
    """The inputs and the target, each once; None for all."""
    if given.columns is None:
        return None
    names = [name.strip() for name in given.columns.split(",") if name.strip()]
    return list(dict.fromkeys([*names, given.target]))


def learn(
    given: argparse.Namespace, table: Table, step: int
) -> tuple[Regular, Forecaster, Forecast]:
    """The table on even steps; fit, print how good it is, forecast."""
    if given.target not in table.values:
        raise TableError(
            f"there is no column {given.target!r}; there are {', '.join(map(repr, table.values))}"
        )
    ahead = round(given.hours * 3600 / step)
    if ahead < 1:
        raise TableError(f"{given.hours:g} hours are less than one step, {spoken(step)}")
    every = max(1, given.steps // 10)
    even = regular(table, step, given.doubled, given.missing)
    forecaster = Forecaster(
        given.target,
        ahead,
        doubled=given.doubled,
        missing=given.missing,
        steps=given.steps,
        evaluate_every=every,
    ).fit(even)
    print("\nOn the last 15 % of the rows, which it has not seen:")
    found = forecaster.skill()
    print(found)
    print(
        f"{found.inside:.0%} of what came lies between its outer quantiles; "
        f"{found.wanted_inside:.0%} should"
    )
    return even, forecaster, forecaster.forecast()


def advice(error: TableError) -> str:
    """How the command line mends what `regular` refuses."""
    said = str(error)
    if "choose doubled=" in said:
        return "\n\nAdd --doubled mean (or first, last)."
    if "choose missing=" in said:
        return "\n\nAdd --missing line (or hold)."
    return ""


def draw(even: Regular, forecast: Forecast, path: Path) -> None:
    """The last measured values and the fan of what is expected, over hours from the last row."""
    count = min(len(even), SHOWN_BEFORE * len(forecast.time))
    hours = even.step / 3600
    before = np.arange(1 - count, 1) * hours
    q, levels = forecast.quantiles, forecast.levels
    pairs = range(len(levels) // 2 - 1, -1, -1)
    plots.fan(
        np.arange(1, len(q) + 1) * hours,
        forecast.middle,
        {f"{levels[-1 - k] - levels[k]:.0%}": (q[:, k], q[:, -1 - k]) for k in pairs},
        before=(before, even.column(forecast.target)[-count:]),
        xlabel="hours after the last row",
        ylabel=forecast.target,
        title=f"from {forecast.time[0]}" + (" UTC" if forecast.zoned else ""),
        alt=f"The last values of {forecast.target}, and its forecast with intervals.",
        save=path,
    )
