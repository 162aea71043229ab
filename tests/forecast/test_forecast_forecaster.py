"""A forecaster learns from the past alone, keeps whole, and says how good it is."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from lstm_lib.forecast import Forecaster, Table, TableError, regular, rolling
from lstm_lib.forecast.command import main
from lstm_lib.forecast.floors import features, same_time_before
from lstm_lib.forecast.model import QuantileLSTM, pinball
from lstm_lib.forecast.series import DAY, Config, following, prepare, windows

STEP = np.timedelta64(3600, "s")
QUICK = dict(ahead=6, past=24, steps=20, evaluate_every=10, hidden_size=16)


def tides(hours=700, seed=0):
    """A day's wave, a slower one and noise; a second column that tells nothing."""
    rng, t = np.random.default_rng(seed), np.arange(hours)
    y = (
        10
        + 3 * np.sin(2 * np.pi * t / 24)
        + np.sin(2 * np.pi * t / 90)
        + 0.2 * rng.normal(size=hours)
    )
    time = np.datetime64("2026-01-01", "s") + t * STEP
    return Table(time, {"level": y, "noise": rng.normal(size=hours)}, True)


@pytest.fixture(scope="module")
def quick():
    return Forecaster("level", **QUICK).fit(tides(), log=None)


def test_it_forecasts_the_steps_after_the_last_row_in_order(quick):
    forecast = quick.forecast()
    assert forecast.time[0] == tides().time[-1] + STEP and len(forecast.time) == 6
    assert (np.diff(forecast.time) == STEP).all()
    assert (np.diff(forecast.quantiles, axis=1) > 0).all()
    header, first, *_ = forecast.to_csv().splitlines()
    assert header == "time,level 5 %,level 25 %,level 50 %,level 75 %,level 95 %"
    assert first.startswith("2026-01-30T04:00:00Z,")


def test_a_little_training_beats_the_last_value_where_there_is_a_daily_wave():
    taught = Forecaster("level", ahead=6, past=24, steps=150, evaluate_every=50)
    found = taught.fit(tides(1500), log=None).skill(boost=False)
    assert found.mean["LSTM"] < 0.6 * found.mean["the last value"]
    assert 0.6 < found.inside <= 1 and found.wanted_inside == pytest.approx(0.9)


def test_a_saved_one_forecasts_the_same_to_the_bit_elsewhere(quick, tmp_path):
    """For: a scaler, a rule or a window that is not in the file; a cast on the way."""
    quick.save(tmp_path / "level.forecaster")
    again = Forecaster.load(tmp_path / "level.forecaster")
    assert (again.forecast().quantiles == quick.forecast().quantiles).all()
    assert (
        again.forecast(tides(800, 5)).quantiles == quick.forecast(tides(800, 5)).quantiles
    ).all()
    code = (
        "import sys; from lstm_lib.forecast import Forecaster;"
        "sys.stdout.buffer.write(Forecaster.load(sys.argv[1]).forecast().quantiles.tobytes())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "level.forecaster")]
    elsewhere = subprocess.run(command, capture_output=True, check=True).stdout
    assert elsewhere == quick.forecast().quantiles.tobytes()


@pytest.mark.parametrize(
    "damage, said", [(lambda b: b[:-40], "not a whole"), (None, "no forecaster")]
)
def test_a_file_that_is_none_is_told(quick, tmp_path, damage, said):
    path = tmp_path / "x"
    quick.save(path)
    if damage is None:
        from safetensors.torch import save_file

        save_file({"a": torch.ones(1)}, path)
    else:
        path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=said):
        Forecaster.load(path)


def series_of(table, **change):
    return prepare(
        regular(table, missing="line"), Config(target="level", ahead=6, past=24, **change)
    )


def test_nothing_that_is_fitted_or_read_sees_what_comes_later():
    """The last 30 % are replaced: scaler, training windows and what they ask for stay the same."""
    table, other = tides(), tides()
    stop = round(0.7 * len(table))
    other.values["level"][stop:] = 1e6
    one, two = series_of(table), series_of(other)
    for a, b in zip(vars(one.scaler).values(), vars(two.scaler).values()):
        assert (a == b).all()
    rows = one.origins["train"]
    assert (windows(one, rows) == windows(two, rows)).all()
    assert (following(one, rows)[0] == following(two, rows)[0]).all()
    assert int(rows.max()) + one.config.ahead < stop


def test_a_forecast_reads_nothing_after_its_own_step():
    """Window, floors' features and the same time before: what lies behind t may be anything."""
    table, t = tides(), 500
    other = tides()
    for column in other.values.values():
        column[t + 1 :] = np.nan_to_num(column[t + 1 :]) + 77
    one, two, rows = series_of(table), series_of(other), torch.tensor([t])
    two = type(two)(**{**vars(two), "inputs": two.inputs, "scaler": one.scaler})
    same = prepare(regular(table, missing="line"), one.config)
    assert (windows(one, rows) == windows(same, rows)).all()
    day = [same_time_before(s, rows.numpy(), DAY) for s in (one, two)]
    assert (day[0] == day[1]).all()
    raw = [s.regular.values[: t + 1] for s in (one, two)]
    assert (raw[0] == raw[1]).all()
    changed = features(one, rows.numpy())
    one.inputs[t + 1 :] = 5.0
    one.target[t + 1 :] = 5.0
    assert (features(one, rows.numpy()) == changed).all()


def test_what_lies_outside_is_refused():
    series = series_of(tides())
    for wrong in (22, len(series.target)):
        with pytest.raises(ValueError, match="origins must lie"):
            windows(series, torch.tensor([wrong]))
    with pytest.raises(ValueError, match="steps after them"):
        following(series, torch.tensor([len(series.target) - 6]))
    with pytest.raises(TableError, match="too few"):
        series_of(tides(100))
    with pytest.raises(TableError, match="no column 'price'"):
        prepare(regular(tides()), Config(target="price"))


def test_what_was_filled_is_read_as_filled_and_never_asked_for():
    table = tides()
    table.values["level"][300:310] = np.nan
    series = series_of(table)
    assert series.measured[300:310].sum() == 0 and series.measured.sum() == 690
    assert (series.inputs[300:310, 2] == 1).all() and series.inputs[:300, 2].sum() == 0


def test_pinball_is_least_at_the_quantile():
    y = torch.from_numpy(np.random.default_rng(0).normal(size=20_000))
    places = torch.linspace(-3, 3, 601, dtype=torch.float64)
    for level in (0.05, 0.5, 0.9):
        cost = pinball(places.expand(len(y), -1), y, torch.tensor(level)).mean(0)
        assert float(places[cost.argmin()]) == pytest.approx(float(y.quantile(level)), abs=0.011)


def test_quantiles_never_cross_whatever_the_weights():
    net = QuantileLSTM(3, Config(target="y", ahead=4), np.ones(4))
    with torch.no_grad():
        for weight in net.parameters():
            weight.normal_(std=10)
    assert bool((net(torch.randn(24, 50, 3), torch.randn(50)).diff(dim=-1) >= 0).all())


def test_another_table_must_have_the_columns_that_were_learnt_from(quick):
    with pytest.raises(TableError, match="no column 'noise', which was learnt from"):
        quick.forecast(Table(tides().time, {"level": tides().values["level"]}, True))
    with pytest.raises(TableError, match="reads 24 steps; there are 10"):
        short = tides(10)
        quick.forecast(short)
    with pytest.raises(ValueError, match="call fit first"):
        Forecaster("level").forecast()


def as_csv(table, clock=lambda time: time):
    rows = zip(table.time, *table.values.values())
    lines = [f"{clock(time)},{y:.4f},{noise:.4f}" for time, y, noise in rows]
    return "\n".join(["when,level,noise", *lines]) + "\n"


def with_a_gap(lines):
    return lines[:100] + lines[112:]


def with_a_double(lines):
    return [*lines[:100], lines[99], *lines[100:]]


@pytest.mark.parametrize(
    "harm, rule, said",
    [
        (with_a_gap, ["--missing", "line"], "12 times have no row"),
        (with_a_double, ["--doubled", "mean"], "1 rows repeat a time"),
    ],
)
def test_the_command_says_what_is_wrong_and_goes_on_by_a_rule(
    tmp_path, capsys, monkeypatch, harm, rule, said
):
    monkeypatch.chdir(tmp_path)
    header, *lines = as_csv(tides()).splitlines()
    (tmp_path / "tide.csv").write_text("\n".join([header, *harm(lines)]))
    ask = ["tide.csv", "--target", "level", "--hours", "6", "--steps", "20"]
    assert main(ask) == 1
    told = capsys.readouterr()
    assert said in told.out and f"Add {rule[0]} " in told.err
    assert not list(tmp_path.glob("*forecast*"))
    assert main([*ask, *rule, "--save", "tide.forecaster"]) == 0
    assert {p.name for p in tmp_path.iterdir()} == {
        "tide.csv",
        "tide.forecast.csv",
        "tide.forecast.png",
        "tide.forecaster",
    }
    assert len((tmp_path / "tide.forecast.csv").read_text().splitlines()) == 7
    assert "95 % interval" in capsys.readouterr().out


def test_the_command_takes_clock_times_of_a_zone(tmp_path, capsys, monkeypatch):
    """For: an hour that is missing in March, in a table that nobody would call damaged."""
    monkeypatch.chdir(tmp_path)
    table = tides()
    start = np.datetime64("2026-03-10", "s")
    utc = start + np.arange(len(table)) * STEP
    summer = utc >= np.datetime64("2026-03-29T01", "s")
    clock = utc + np.where(summer, 2, 1) * STEP
    (tmp_path / "t.csv").write_text(as_csv(Table(clock, table.values, False)))
    ask = ["t.csv", "--target", "level", "--hours", "6", "--steps", "20"]
    assert main(ask) == 1 and "clocks seem to change on 2026-03-29" in capsys.readouterr().out
    assert main([*ask, "--zone", "Europe/Paris"]) == 0
    assert str(utc[-1] + STEP) in (tmp_path / "t.forecast.csv").read_text()


@pytest.mark.parametrize(
    "text, arguments, said",
    [
        ("when,level\n2026-01-01,1\n2026-01-02,broken\n", [], "'broken' is no number"),
        ("", [], "is empty"),
        ("when,level\n2026-01-01,1\n2026-01-02,2\n", ["--hours", "1"], "less than one step"),
        ("when,level\n2026-01-01,1\n2026-01-02,2\n", ["--hours", "48"], "too few"),
        ("when,price\n2026-01-01,1\n2026-01-02,2\n", [], "no column 'level'; there are 'price'"),
    ],
)
def test_the_command_ends_in_a_line_and_writes_nothing(
    tmp_path, capsys, monkeypatch, text, arguments, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(text)
    assert main(["t.csv", "--target", "level", *arguments]) == 1
    assert said in capsys.readouterr().err and len(list(tmp_path.iterdir())) == 1


def test_the_whole_of_it_agrees_in_onnxruntime(quick):
    """For: a scaler left out, a row of the window too late, quantiles in another order."""
    runtime = pytest.importorskip("onnxruntime")
    from lstm_lib.forecast.onnx import inputs_for_onnx, to_onnx

    graph = to_onnx(quick).SerializeToString()
    session = runtime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    (q,) = session.run(None, inputs_for_onnx(quick))
    assert np.allclose(q, quick.forecast().quantiles, atol=1e-4)
    with pytest.raises(ValueError, match="call fit first"):
        to_onnx(Forecaster("level"))


def test_a_rolling_refit_is_judged_on_blocks_that_follow_each_other():
    """For: blocks that overlap or leave a gap, a scaler or a window that reaches into a block."""
    table = tides(800)
    even = regular(table)
    made = []

    def make():
        made.append(Forecaster("level", **QUICK))
        return made[-1]

    folds = rolling(even, make, folds=2)
    assert [str(f.start)[:13] for f in folds] == [str(even.time[k])[:13] for k in (400, 600)]
    assert [str(f.stop)[:13] for f in folds] == [str(even.time[k])[:13] for k in (599, 799)]
    for fold, forecaster, stop in zip(folds, made, (400, 600)):
        series = forecaster._series
        assert int(series.origins["test"].min()) - 24 + 1 == stop
        assert int(series.origins["valid"].max()) + 6 < stop
        assert series.scaler.mean[0] == pytest.approx(
            table.values["level"][: round(0.85 * stop)].mean()
        )
        assert set(fold.skill.mean) >= {"LSTM", "ridge"}
    with pytest.raises(TableError, match="too few"):
        rolling(even, make, folds=40)
