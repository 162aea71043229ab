"""The stocks task: no forecast knows the future, floors are strong, the result holds together."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from lstm_lib.data import load_stocks
from lstm_lib.places import RESULTS
from lstm_lib.tasks import stocks
from lstm_lib.tasks.difference import block_means, interval
from lstm_lib.tasks.experiment import read_config
from lstm_lib.tasks.stocks.floors import ewma, least_qlike
from lstm_lib.tasks.stocks.model import mixed_variance

KINDS = ("returns", "alone", "correction")
SHORT = {"steps": 20, "warmup": 5, "evaluate_every": 10}
BEST_OF_DATA_MD = {  # mean of log h + r^2 / h on the test days, fitted on the training part
    "constant": 0.957,
    "rolling, 22 days": 0.456,
    "GARCH(1,1)": 0.290,
    "log-HAR": 0.244,
}


@pytest.fixture(scope="module")
def data():
    return stocks.prepare()


@pytest.fixture(scope="module")
def full():
    return json.loads((RESULTS / "stocks/full.json").read_text(encoding="utf-8"))


def spoilt(monkeypatch, row):
    """`prepare()` on prices that from this row on are others."""

    def load(index="sp500"):
        original = load_stocks(index)
        rng = np.random.default_rng(1)
        columns = {}
        for name in ("open", "high", "low", "close"):
            columns[name] = getattr(original, name).copy()
            columns[name][row:] *= 3.0
        columns["high"][row:] *= 1.0 + rng.uniform(0.1, 0.5, len(original) - row)
        columns["close"][row:] *= rng.uniform(0.8, 1.2, len(original) - row)
        return replace(original, **columns)

    monkeypatch.setattr("lstm_lib.tasks.stocks.data.load_stocks", load)
    return stocks.prepare()


def test_days_and_the_closes_before_them_lie_in_their_part(data):
    """For: a test day whose price of the day before was trained on; a part off by one."""
    split = load_stocks().split
    for part, rows in vars(split).items():
        days = data.days[part]
        assert days[-1] == rows.stop - 1
        assert days[0] - 1 == (rows.start if part != "train" else stocks.FIRST)
    assert len(data.days["test"]) == 754


def test_a_return_is_the_move_from_the_close_before(data):
    """For: a return dated one day early, which would hand over the future."""
    close = load_stocks().close
    assert data.returns[100] == pytest.approx(100 * np.log(close[100] / close[99]))
    assert data.variance[100] == pytest.approx(
        1e4 * np.log(load_stocks().high[100] / load_stocks().low[100]) ** 2 / (4 * np.log(2))
    )


@pytest.mark.parametrize("name", stocks.FLOORS)
def test_no_floor_knows_what_comes_after(data, monkeypatch, name):
    """For: today's range or return in today's forecast; parameters that saw the test part."""
    row = int(data.days["test"][300])
    floor = stocks.FLOORS[name]
    before, after = floor(data, data.until), floor(spoilt(monkeypatch, row), data.until)
    assert np.allclose(before[: row + 1], after[: row + 1], rtol=1e-9, equal_nan=True)
    assert name == "constant" or not np.allclose(before[row + 1 :], after[row + 1 :])


@pytest.mark.parametrize("name", stocks.RETURN_FLOORS)
def test_no_forecast_of_a_return_knows_what_comes_after(data, monkeypatch, name):
    """For: the return of the day itself among its own predictors."""
    row = int(data.days["test"][300])
    floor = stocks.RETURN_FLOORS[name]
    before, after = floor(data, data.until), floor(spoilt(monkeypatch, row), data.until)
    assert np.allclose(before[: row + 1], after[: row + 1], rtol=1e-9, equal_nan=True)


@pytest.mark.parametrize("kind", KINDS)
def test_no_network_knows_what_comes_after(data, monkeypatch, kind):
    """For: a window that holds its own day; training, scaling, rescaling on the test part."""
    row = int(data.days["test"][300])
    net = replace(getattr(stocks.LAPTOP, kind), **SHORT)
    found = []
    for prepared in (data, spoilt(monkeypatch, row)):
        problem = stocks.pose(prepared, net)
        model, _ = stocks.train(problem, seed=0, log=None)
        found.append(stocks.forecast(model, problem))
    assert np.array_equal(found[0][: row + 1], found[1][: row + 1], equal_nan=True)
    assert not np.allclose(found[0][row + 1 :], found[1][row + 1 :])


def test_scaling_and_training_see_nothing_past_the_training_part(data, monkeypatch):
    """For: a scaler fitted on all rows; a base, a truth or a batch from beyond `until`."""
    until = int(data.days["train"][-1]) + 1
    changed = spoilt(monkeypatch, until)
    assert torch.equal(changed.inputs[stocks.FIRST : until], data.inputs[stocks.FIRST : until])
    for kind in KINDS:
        ours, theirs = (stocks.pose(d, getattr(d.config, kind)) for d in (data, changed))
        rows = ours.rows
        assert int(rows.max()) == until - 1 and torch.equal(rows, theirs.rows)
        assert torch.equal(ours.base[rows], theirs.base[rows])
        assert torch.equal(ours.truth[rows], theirs.truth[rows])
        assert set(ours.held_out.tolist()) == set(data.days["valid"].tolist())


def test_refitting_trains_up_to_the_test_part_and_holds_nothing_out():
    """For: test days trained on; a validation part that is trained on and then chosen by."""
    data = stocks.prepare(replace(stocks.LAPTOP, refit=True))
    problem = stocks.pose(data, data.config.correction)
    assert int(problem.rows.max()) == int(data.days["valid"][-1]) < int(data.days["test"][0]) - 1
    assert len(problem.held_out) == 0


def test_a_window_ends_at_the_close_of_the_day_before(data):
    """For: a window shifted by one, or turned round in time."""
    days = torch.tensor([100, 4500])
    x = stocks.windows(data, days, 7)
    for k, day in enumerate(days.tolist()):
        assert torch.equal(x[:, k], data.inputs[day - 7 : day])
    with pytest.raises(ValueError, match="at least 45 with a window of 22"):
        stocks.windows(data, torch.tensor([44]), 22)


@pytest.mark.parametrize("name, score", BEST_OF_DATA_MD.items())
def test_floors_are_what_data_md_measured(data, name, score):
    """For: another split, another proxy, returns in other units."""
    days = data.days["test"]
    found = stocks.qlike(data.returns[days], stocks.FLOORS[name](data, data.until)[days])
    assert found.mean() == pytest.approx(score, abs=0.0015)


def test_ewma_is_what_data_md_measured_with_its_mean_taken_off(data):
    """For: another decay. (There the loss, too, was of the return less its training mean.)"""
    days, until = data.days["test"], data.until
    centred = data.returns[days] - data.returns[1:until].mean()
    assert stocks.qlike(centred, ewma(data, until)[days]).mean() == pytest.approx(0.358, abs=5e-4)


def test_the_trap_and_the_range_are_what_data_md_measured(data):
    """For: a close shifted by a day; another proxy than Parkinson's."""
    days = data.days["test"]
    price, copy = data.close[days], data.close[days - 1]
    r2 = 1 - ((price - copy) ** 2).sum() / ((price - price.mean()) ** 2).sum()
    assert r2 == pytest.approx(0.9951, abs=5e-5)
    level = np.log(data.variance)
    assert ((level[days] - level[days - 1]) ** 2).mean() == pytest.approx(1.112, abs=1e-3)
    assert (data.returns[days] ** 2).mean() == pytest.approx(0.6730, abs=5e-5)


def test_log_har_predicts_the_range_as_data_md_says(data):
    """For: a HAR term over the wrong days. The factor for the night is taken out again."""
    days, rows = data.days["test"], slice(stocks.FIRST, data.until)
    found, level = np.log(stocks.FLOORS["log-HAR"](data, data.until)), np.log(data.variance)
    found = found - (found[rows] - level[rows]).mean()
    assert ((found[days] - level[days]) ** 2).mean() == pytest.approx(0.845, abs=2e-3)


@pytest.mark.parametrize("vol, o", [("GARCH", 0), ("GARCH", 1), ("APARCH", 1)])
def test_the_garch_recursion_is_that_of_arch(data, vol, o):
    """For: a surprise of the same day, the sign of the asymmetry, a power that is not undone."""
    from arch import arch_model

    until = data.until
    fitted = arch_model(data.returns[1:until], vol=vol, o=o, dist="t").fit(disp="off")
    name = {("GARCH", 0): "GARCH(1,1), t", ("GARCH", 1): "GJR-GARCH, t"}.get((vol, o), "APARCH, t")
    ours = stocks.FLOORS[name](data, until)[1000:until]  # long after the start, which differs
    assert np.allclose(ours, fitted.conditional_volatility[999:] ** 2, rtol=1e-3)


def test_qlike_is_least_at_the_true_variance():
    """For: a loss with r instead of r^2, or h turned round."""
    r = np.random.default_rng(0).normal(scale=2.0, size=200_000)
    scores = {h: stocks.qlike(r, np.full(r.shape, h)).mean() for h in (2.0, 3.5, 4.0, 4.5, 8.0)}
    assert min(scores, key=scores.get) == 4.0
    with pytest.raises(ValueError, match="above 0"):
        stocks.qlike(r[:2], np.array([1.0, 0.0]))


def test_least_qlike_is_a_minimum():
    """For: a Newton step of the wrong sign, a penalty on the constant."""
    rng = np.random.default_rng(0)
    x = np.concatenate([np.ones((500, 1)), rng.normal(size=(500, 3))], axis=1)
    v = np.exp(x @ [0.5, 1.0, 0.0, -1.0]) * rng.chisquare(3, 500) / 3

    def total(w, penalty):
        z = x @ w
        return (z + v * np.exp(-z)).mean() + penalty * (w[1:] ** 2).sum() / 2

    for penalty in (0.0, 0.5):
        best = least_qlike(x, v, np.zeros(4), penalty)
        for _ in range(50):
            assert total(best, penalty) < total(best + rng.normal(scale=0.01, size=4), penalty)


def test_rescaling_makes_the_mean_ratio_one_on_fitted_rows_only(data):
    """For: a factor fitted on the test part, or on its inverse."""
    h = stocks.rescaled(data, data.variance * 7.0, data.until)
    rows = slice(stocks.FIRST, data.until)
    assert (data.returns[rows] ** 2 / h[rows]).mean() == pytest.approx(1.0)
    assert (data.returns[data.until :] ** 2 / h[data.until :]).mean() != pytest.approx(1.0)


def test_an_untrained_forecaster_is_its_floor(data):
    """For: a correction that does not start at nothing."""
    for kind in KINDS:
        problem = stocks.pose(data, getattr(data.config, kind))
        torch.manual_seed(0)
        model = stocks.Forecaster(data.inputs.shape[1], problem.net)
        found, days = stocks.answers(model, problem), data.days["test"]
        assert np.array_equal(found[days], problem.base.numpy()[days].astype(np.float64))


def test_the_loss_is_the_score(data):
    """For: a loss in other units than the score; a base added twice; dropout in a score."""
    net = replace(data.config.alone, range_share=0.0)
    problem, days = stocks.pose(data, net), torch.from_numpy(data.days["valid"])
    model = stocks.Forecaster(data.inputs.shape[1], net)
    torch.nn.init.normal_(model.dense.weight, std=0.3)
    model.eval()
    h = np.exp(stocks.answers(model, problem))[data.days["valid"]]
    score = stocks.qlike(data.returns[data.days["valid"]], h).mean()
    with torch.no_grad():
        assert float(stocks.loss(model, problem, days)) == pytest.approx(score, rel=1e-5)
    problem = stocks.pose(data, data.config.returns)
    found = stocks.answers(model, problem)[data.days["valid"]]
    with torch.no_grad():
        mse = ((data.returns[data.days["valid"]] - found) ** 2).mean()
        assert float(stocks.loss(model, problem, days)) == pytest.approx(mse, rel=1e-5)


def test_the_mixed_variance_is_the_range_at_the_level_of_the_squares(data):
    """For: a level taken from all rows, shares the wrong way round."""
    rows = slice(stocks.FIRST, data.until)
    for share in (0.0, 0.3, 1.0):
        net = replace(data.config.alone, range_share=share)
        mixed = mixed_variance(data, net, data.until)
        assert mixed[rows].mean() == pytest.approx((data.returns[rows] ** 2).mean())
    assert np.allclose(mixed[1:] / data.variance[1:], mixed[50] / data.variance[50])


def test_training_helps_and_repeats_itself(data):
    """For: a gradient that goes nowhere, randomness that no seed governs."""
    net = replace(data.config.alone, steps=150, evaluate_every=150)
    problem = stocks.pose(data, net)
    model, _ = stocks.train(problem, seed=0, log=None)
    again, _ = stocks.train(problem, seed=0, log=None)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters()))
    days = data.days["valid"]
    constant = stocks.FLOORS["constant"](data, data.until)[days]
    found = stocks.forecast(model, problem)[days]
    r = data.returns[days]
    assert stocks.qlike(r, found).mean() < stocks.qlike(r, constant).mean() - 0.3


def test_several_networks_answer_by_the_mean_of_their_logarithms(data):
    """For: a mean of variances, or a factor that is put on twice."""
    problem = stocks.pose(data, data.config.correction)
    models = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        models.append(stocks.Forecaster(data.inputs.shape[1], problem.net))
        torch.nn.init.normal_(models[-1].dense.weight, std=0.1)
    both, days = stocks.forecast(models, problem), data.days["test"]
    each = [stocks.forecast(model, problem)[days] for model in models]
    geometric = np.sqrt(each[0] * each[1])
    assert (both[days] / geometric).std() < 1e-6 * (both[days] / geometric).mean()


def test_walking_forward_fits_each_year_on_the_days_before_it(data):
    """For: a year that is fitted on itself."""
    asked = []

    def forecast(data, until):
        asked.append(until)
        return np.arange(len(data)) * 0.0 + until

    found = stocks.walk_forward(data, forecast)
    first = int(data.days["valid"][0])
    assert asked[0] == first and asked == sorted(asked)
    assert np.isnan(found[:first]).all() and (found[first:] <= np.arange(first, len(data))).all()
    years = data.time[np.array(asked)].astype("datetime64[Y]")
    assert len(set(years.tolist())) == len(asked)


@pytest.mark.parametrize(
    "change, message",
    [({"onto": "moon"}, "onto must be one of"), ({"target": "price"}, "variance or return")],
)
def test_bad_configurations_are_named(data, change, message):
    with pytest.raises(ValueError, match=message):
        stocks.pose(data, replace(data.config.alone, **change))


def test_a_run_leaves_a_result_and_weights_and_can_be_taken_up(tmp_path, monkeypatch, capsys):
    """For: weights that are not the forecasts'; a run that starts over when it is run again."""
    monkeypatch.setattr("lstm_lib.tasks.experiment.ROOT", tmp_path)
    nets = {kind: replace(getattr(stocks.LAPTOP, kind), **SHORT) for kind in KINDS}
    config = replace(stocks.FULL, **nets, seeds=(0, 1), walk_forward=False)
    result = stocks.EXPERIMENT.run(config, "try", log=lambda line: None)
    folder = tmp_path / "runs/stocks"
    again = json.loads((folder / "try.json").read_text(encoding="utf-8"))
    assert again["variance"]["nets"] == result["variance"]["nets"]
    models, data = stocks.load("try", folder)
    assert asdict(data.config) == asdict(config)
    problem, days = stocks.pose(data, config.alone), data.days["test"]
    found = stocks.qlike(data.returns[days], stocks.forecast(models["alone"], problem)[days])
    assert found.mean() == pytest.approx(
        result["variance"]["nets"]["LSTM alone, together"], abs=2e-3
    )
    assert (folder / "try.png").exists()
    _, history = stocks.train(problem, 1, folder / "try-alone-1.ckpt", None)
    assert history.resumed_at == [SHORT["steps"]] and history.steps == SHORT["steps"]
    print(stocks.EXPERIMENT.table(result))
    assert "GARCH(1,1)" in capsys.readouterr().out


# What follows reads the committed full run.


def test_the_committed_result_is_of_this_configuration_and_these_data(full, data):
    assert read_config(stocks.LAPTOP, full["config"]) == stocks.FULL
    assert full["data_sha256"] == stocks.fingerprint(data)
    assert all([run["seed"] for run in full["training"][k]] == [0, 1, 2, 3, 4] for k in KINDS)
    assert full["test"] == {"from": str(data.time[data.days["test"][0]]), "days": 754}


def test_the_committed_scores_follow_from_the_committed_forecasts(full, data):
    """For: numbers of one run beside forecasts of another; an interval of something else."""
    found, r = stocks.read_forecasts(full), data.returns[data.days["test"]]
    loss = {name: stocks.qlike(r, h) for name, h in found["variance"].items()}
    for name, rows in found["variance by seed"].items():
        loss[name] = np.mean([stocks.qlike(r, row) for row in rows], axis=0)
    written = {**full["variance"]["floors"], **full["variance"]["nets"]}
    assert set(written) == set(loss)
    for name, score in written.items():
        assert loss[name].mean() == pytest.approx(score, abs=2e-4), name
    block = stocks.blocks(data.days["test"])
    for net, floors in full["variance"]["against"].items():
        for floor, numbers in floors.items():
            gap = loss[net] - loss[floor]
            assert gap.mean() == pytest.approx(numbers["difference"], abs=3e-4)
            ends = interval(*block_means(gap, block))
            assert ends == pytest.approx(numbers["interval"], abs=1e-3)
            p = stocks.diebold_mariano(loss[net], loss[floor])["p"]
            assert p == pytest.approx(numbers["p"], abs=0.02)


def test_the_committed_floors_are_those_of_the_code(full):
    """For: floors of an older code, weaker ones."""
    data = stocks.prepare(stocks.FULL)
    days = data.days["test"]
    assert set(full["variance"]["floors"]) == set(stocks.FLOORS)
    for name, floor in stocks.FLOORS.items():
        score = stocks.qlike(data.returns[days], floor(data, data.until)[days]).mean()
        assert score == pytest.approx(full["variance"]["floors"][name], abs=2e-3), name


def test_the_committed_weights_give_the_committed_scores(full):
    """For: weights of another run; half precision that moves a forecast."""
    models, data = stocks.load()
    days = data.days["test"]
    for kind, label in (("alone", "LSTM alone"), ("correction", "LSTM on a floor")):
        problem = stocks.pose(data, getattr(data.config, kind))
        found = stocks.forecast(models[kind], problem)[days]
        score = stocks.qlike(data.returns[days], found).mean()
        assert score == pytest.approx(full["variance"]["nets"][f"{label}, together"], abs=2e-3)


def test_the_configuration_is_the_one_that_the_trials_chose(full):
    """For: a setting changed after the trials, a trial left out of the count."""
    tuning = json.loads((RESULTS / "stocks/tuning.json").read_text(encoding="utf-8"))
    assert len(tuning["trials"]) == tuning["trials_count"]
    for kind in ("alone", "correction"):
        chosen, config = tuning["chosen"][kind], full["config"][kind]
        assert chosen["mean"] == min(t["mean"] for t in tuning["trials"] if t["kind"] == kind)
        assert {k: v for k, v in config.items() if k != "target"} == {
            k: chosen[k] for k in config if k != "target"
        }
    best = min(tuning["log_linear"], key=lambda trial: trial["mean"])
    assert (best["days"], best["penalty"]) == (5, 0.03)


def test_what_the_notebook_claims_of_the_full_run(full):
    """Nothing beats zero; the correction is ahead of GARCH by its interval, tied with the best."""
    for part in ("returns", "walk_forward"):
        for name, numbers in full[part]["against_zero"].items():
            assert numbers["interval"][1] > 0 and numbers["p_holm"] > 0.05, name
    for rule in full["rules"].values():
        assert rule["1 bp"]["less buy and hold"][0] <= 0
    against, bar = full["variance"]["against"], stocks.best_floor(full)
    assert bar == "log-linear in five days"
    low, high = against["LSTM on a floor"][bar]["interval"]
    assert low < 0 < high  # a tie, and called so
    for floor in ("GARCH(1,1)", "GJR-GARCH", "EWMA, 0.94"):
        assert against["LSTM on a floor"][floor]["interval"][1] < 0
    raised = stocks.holm(np.array([v["p"] for v in against["LSTM on a floor"].values()]))
    assert [k for k, p in zip(stocks.FLOORS, raised) if p < 0.05] == ["constant"]
    assert full["variance"]["nets"]["LSTM alone"] > full["variance"]["floors"]["log-HAR, leverage"]
