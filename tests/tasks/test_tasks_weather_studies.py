"""The weather task's studies: hour by hour, how sure, which inputs, in every season."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from lstm_lib.places import RESULTS
from lstm_lib.tasks import weather
from lstm_lib.tasks.weather import inputs, quantiles, recursive, skill, studies
from lstm_lib.train import load_weights

AT_24 = weather.LEADS.index(24)


@pytest.fixture(scope="module")
def data():
    return weather.prepare()


@pytest.fixture(scope="module")
def hourly():
    return weather.prepare(recursive.RECURSIVE)


def result(name):
    return json.loads((RESULTS / f"weather/{name}.json").read_text(encoding="utf-8"))


def one_hour(data):
    return load_weights(RESULTS / "weather/recursive.safetensors", recursive.OneHour(data)).eval()


def spoiled_after(data, origin):
    """The same data, all variables but the calendar altered after an hour."""
    changed = data.inputs.clone()
    changed[origin + 1 :, : recursive.VARIABLES] += 5.0
    return replace(data, inputs=changed)


def test_a_free_run_sees_nothing_of_the_future_but_the_calendar(hourly):
    """For: the true next hour fed in place of the model's own (teacher forcing in the test)."""
    origin = hourly.origins["test"][500:501]
    model = one_hour(hourly)
    before = recursive.roll(model, hourly, origin)
    after = recursive.roll(model, spoiled_after(hourly, int(origin)), origin)
    assert np.array_equal(before, after)


def test_a_free_run_is_the_window_read_again_with_its_own_output(hourly):
    """For: a state carried wrongly, a calendar one hour off, an output added to the wrong hour."""
    t, model = int(hourly.origins["test"][40]), one_hour(hourly)
    x, path = hourly.inputs[t - 71 : t + 1].clone(), []
    with torch.no_grad():
        for k in range(1, 25):
            new = x[-1, :10] + model(x[:, None])[0][-1, 0]
            x = torch.cat([x, torch.cat([new, hourly.inputs[t + k, 10:]])[None]])
            path.append((x[-1, 0] - x[71, 0]).item() * hourly.deviation)
    found = recursive.roll(model, hourly, torch.tensor([t]))[0]
    wanted = [path[lead - 1] for lead in weather.LEADS if lead <= 24]
    assert np.allclose(found[: AT_24 + 1], wanted, atol=1e-3)


def test_a_model_that_says_no_change_rolls_to_persistence(hourly):
    """For: degrees lost between scaled units and °C, or a path that does not start at t."""
    model, origins = recursive.OneHour(hourly), hourly.origins["test"][::2000]
    with torch.no_grad():
        model.dense.weight.zero_()
        model.dense.bias.zero_()
    wanted = np.abs(weather.changes(hourly, origins))
    assert np.allclose(recursive.recursive_errors(model, hourly, origins), wanted, atol=1e-6)


def test_the_scale_of_the_hourly_changes_is_of_the_training_part(hourly):
    """For: a scale that looks ahead."""
    changed = spoiled_after(hourly, hourly.train_rows.stop)
    changed.inputs[hourly.train_rows.stop + 7 :: 9] *= 3
    scales = [recursive.OneHour(each).scale for each in (hourly, changed)]
    assert torch.equal(*scales)


def test_the_one_hour_model_learns_and_repeats(hourly):
    """For: a loss that does not reach the weights, targets one hour off, a random start."""
    short = replace(recursive.RECURSIVE, steps=8, warmup=2, evaluate_every=8, batch_size=16)
    prepared = weather.prepare(short)
    first, history = recursive.ONE_HOUR.train(prepared, log=None)
    again, _ = recursive.ONE_HOUR.train(prepared, log=None)
    assert history.losses[-1] < 0.97 * history.losses[0]
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters()))


def test_the_pinball_loss_is_least_at_the_quantile():
    """For: the two sides of the loss exchanged."""
    truth = np.arange(101.0)
    tried = np.arange(101.0)
    for p in (0.05, 0.5, 0.9):
        losses = [quantiles.pinball(truth, np.full((101, 1), q), (p,)).mean() for q in tried]
        assert tried[np.argmin(losses)] == pytest.approx(100 * p, abs=1)
    both = [quantiles.pinball(kind([3.0]), kind([[1.0] * 7])) for kind in (np.array, torch.tensor)]
    assert np.allclose(both[0], both[1].numpy())


def test_quantiles_come_out_in_order_and_in_degrees(data):
    """For: crossing quantiles, and a scale spread over the wrong axis."""
    torch.manual_seed(0)
    model = quantiles.QuantileForecaster(data)
    found = quantiles.quantile_forecast(model, data, data.origins["test"][:50])
    assert (np.diff(found, axis=-1) >= 0).all()
    model.scale *= torch.arange(1, 14)
    more = quantiles.quantile_forecast(model, data, data.origins["test"][:50])
    assert np.allclose(more, found * np.arange(1, 14)[:, None], rtol=1e-5)


@pytest.mark.parametrize("floor", [quantiles.climatological_quantiles, quantiles.damped_quantiles])
def test_a_floor_of_quantiles_is_calibrated_where_it_was_fitted_and_sees_no_future(data, floor):
    """For: quantiles of all rows, a month or an hour off, a change counted from the wrong hour."""
    origins = data.origins["train"][::7]
    found, truth = floor(data, origins), weather.changes(data, origins)
    below = (truth[..., None] <= found).mean(axis=0)
    assert np.abs(below - np.array(quantiles.LEVELS)).max() < 0.01
    for at, lead in enumerate(weather.LEADS):  # of each pair of months and hours, too
        group = quantiles.month_and_hour(data.time[origins.numpy() + lead])
        summer_noon = np.isin(group // 24, (5, 6, 7)) & np.isin(group % 24, (11, 12, 13))
        found_there = (truth[summer_noon, at, None] <= found[summer_noon, at]).mean(axis=0)
        assert np.abs(found_there - np.array(quantiles.LEVELS)).max() < 0.035
    spoiled = data.temperature.clone()
    spoiled[data.train_rows.stop :] += 30.0
    again = floor(replace(data, temperature=spoiled), origins)
    assert np.array_equal(found, again)


def test_inside_counts_the_ends_and_refuses_other_shares():
    """For: an interval of the wrong two quantiles."""
    q = np.tile(np.array([-3.0, -2, -1, 0, 1, 2, 3]), (7, 1))
    truth = np.array([-3.0, -2, -1, 0, 1, 2, 3])
    counts = [quantiles.inside(truth, q, share).sum() for share in quantiles.INTERVALS]
    assert counts == [3, 5, 7]
    with pytest.raises(ValueError, match=r"share must be one of .*0.95"):
        quantiles.inside(truth, q, 0.95)


def test_without_a_group_its_columns_are_gone_and_the_others_stay(data):
    """For: the wrong column left out."""
    fewer = inputs.without(data, (4, 5))
    assert torch.equal(fewer.inputs, data.inputs[:, [0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13]])
    x, change = weather.windows(fewer, data.origins["train"][:3])
    assert weather.Forecaster(fewer)(x).shape == change.shape
    with pytest.raises(ValueError, match=r"0 \.\.\. 13; got \[14\]"):
        inputs.without(data, (14,))


def test_the_groups_cover_every_column_once():
    """For: a wind without its second component."""
    single = inputs.VARIABLE_GROUPS | inputs.CALENDAR
    assert sorted(c for columns in single.values() for c in columns) == list(range(14))


def test_partners_are_a_permutation_within_the_season_without_fixed_points():
    """For: a week that keeps its own weather, or January in July."""
    season = np.repeat([0, 1, 2, 3], 10)
    partner = inputs.partner_weeks(np.arange(40), season, seed=3)
    assert sorted(partner) == list(range(40))
    assert (partner != np.arange(40)).all() and (season[partner] == season).all()
    with pytest.raises(ValueError, match="at least 2 weeks"):
        inputs.partner_weeks(np.arange(3), np.array([0, 0, 1]))


def test_exchanged_hours_keep_the_hour_of_the_week_and_stay_in_the_test_part(data):
    """For: a window from the validation part, or noon exchanged with midnight."""
    whole = inputs.whole_weeks(data)
    other = inputs.exchanged(data, whole)
    assert ((other - whole) % 168 == 0).all()
    assert torch.equal(other.sort().values, whole)


def test_only_the_named_columns_come_from_elsewhere(data):
    """For: a mask over hours instead of columns (a step holds six hours of all inputs)."""
    here, there = data.origins["test"][:4], data.origins["test"][1000:1004]
    mixed = inputs.mixed_windows(data, here, there, (1, 4)).transpose(0, 1).reshape(4, 72, 14)
    for row, (a, b) in enumerate(zip(here.tolist(), there.tolist())):
        for column in range(14):
            t = b if column in (1, 4) else a
            assert torch.equal(mixed[row, :, column], data.inputs[t - 71 : t + 1, column])


def test_an_input_that_the_model_ignores_has_no_importance(data):
    """For: the target's temperature exchanged along with the input."""
    model, some = weather.Forecaster(data), inputs.whole_weeks(data)[::501]
    with torch.no_grad():
        model.lstm.weight_ih_l0.view(-1, 6, 14)[..., 0] = 0
    intact = weather.errors(model, data, some)
    assert np.allclose(inputs.permuted_errors(model, data, some, (0,)), intact, atol=1e-5)
    assert not np.allclose(inputs.permuted_errors(model, data, some, (1,)), intact, atol=1e-3)


def test_skill_is_a_ratio_of_means_and_its_interval_is_paired():
    """For: a mean of ratios, or different weeks drawn for model and reference."""
    rng = np.random.default_rng(0)
    reference = rng.gamma(2.0, 2.0, (400, 3)) * np.repeat(rng.gamma(1, 1, 20), 20)[:, None]
    model, week = 0.7 * reference, np.repeat(np.arange(20), 20)
    assert np.allclose(skill.skill(model, reference), 0.3)
    low, high = skill.skill_interval(model, reference, week)
    assert np.allclose(low, 0.3) and np.allclose(high, 0.3)
    low, high = skill.skill_interval(model[::-1], reference, week)
    found = skill.skill(model[::-1], reference)
    assert (low < found).all() and (found < high).all() and (high - low > 0.1).all()
    with pytest.raises(ValueError, match="model and reference"):
        skill.skill(model, reference[:, :2])
    with pytest.raises(ValueError, match="at least 2 different"):
        skill.skill_interval(model, reference, week * 0)


def test_seasons_change_on_the_first_of_march_june_september_december():
    """For: December counted to autumn, or a season that starts in January."""
    months = np.arange("2003-01", "2004-01", dtype="datetime64[M]").astype("datetime64[h]")
    assert skill.season_of(months).tolist() == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0]


@pytest.mark.parametrize(
    "name, config",
    [
        ("recursive", recursive.RECURSIVE),
        ("quantiles", weather.FULL),
        ("inputs", studies.RETRAINED),
    ],
)
def test_a_committed_study_is_of_this_configuration_and_these_data(name, config):
    """For: a result file that an older code wrote."""
    from lstm_lib.data.weather import RECIPE

    found = result(name)
    assert found["config"] == json.loads(json.dumps(asdict(config)))
    assert (found["task"], found["study"]) == ("weather", name)
    assert found["data_sha256"] == RECIPE.extract_sha256


def test_the_committed_recursive_weights_give_the_committed_errors(hourly):
    """For: weights and figures of different trainings; and the study's direct rival is seed 0."""
    found, some = result("recursive"), hourly.origins["test"][::101]
    errors = recursive.recursive_errors(one_hour(hourly), hourly, some).mean(axis=0)
    assert np.allclose(errors, found["recursive"], rtol=0.12)
    assert found["direct"] == pytest.approx(result("full")["seeds"][0]["test"], abs=2e-3)
    for at in (24, 48, 72):
        assert found["minus_direct"]["low"][weather.LEADS.index(at)] > 0


def test_the_committed_quantile_weights_give_the_committed_losses(data):
    """For: weights and figures of different trainings; losses and coverage that disagree."""
    model = quantiles.QuantileForecaster(data)
    load_weights(RESULTS / "weather/quantiles.safetensors", model)
    found, some = result("quantiles"), data.origins["test"][::41]
    truth, q = weather.changes(data, some), quantiles.quantile_forecast(model, data, some)
    assert np.allclose(quantiles.pinball(truth, q).mean((0, 2)), found["lstm"], rtol=0.1)
    for share in quantiles.INTERVALS:
        held = quantiles.inside(truth, q, share).mean(axis=0)
        assert np.allclose(held, found["coverage"][str(share)], atol=0.06)
    for floor, against in found["against"].items():
        assert max(against["high"]) < 0, floor


def test_the_committed_inputs_hold_together():
    """For: a difference of other runs than those whose scores stand beside it."""
    found = result("inputs")
    assert {k: tuple(v) for k, v in found["groups"].items()} == inputs.GROUPS
    scores = {name: np.mean(seeds) for name, seeds in found["seeds_at_24_h"].items()}
    assert scores["none"] == pytest.approx(found["all_inputs"][AT_24], abs=1e-3)
    for name, against in found["minus_all_inputs"].items():
        gap = scores[name] - scores["none"]
        assert against["difference"][AT_24] == pytest.approx(gap, abs=1e-3)
