"""The weather task: nothing leaks, the model learns, the committed result is the code's own."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from lstm_lib.data import load_weather
from lstm_lib.places import RESULTS
from lstm_lib.tasks import weather
from lstm_lib.tasks.difference import interval
from lstm_lib.train import load_weights

AT_24 = weather.LEADS.index(24)


@pytest.fixture(scope="module")
def data():
    return weather.prepare()


@pytest.fixture(scope="module")
def full():
    return json.loads((RESULTS / "weather/full.json").read_text(encoding="utf-8"))


def altered(monkeypatch, change):
    """`prepare()` on weather whose values were changed by `change(values, split)`."""
    original = load_weather()
    values = original.values.copy()
    change(values, original.split)
    monkeypatch.setattr(
        "lstm_lib.tasks.weather.data.load_weather", lambda: replace(original, values=values)
    )
    return weather.prepare()


def test_windows_and_targets_stay_in_their_part(data):
    split = load_weather().split
    for part, origins in data.origins.items():
        rows = getattr(split, part)
        assert origins.min() - (data.config.hours - 1) == rows.start
        assert origins.max() + max(weather.LEADS) == rows.stop - 1
    train, valid, test = (data.origins[part] for part in ("train", "valid", "test"))
    assert train.max() < valid.min() and valid.max() < test.min()


def test_nothing_of_the_test_part_reaches_scaling_climatology_or_scale(data, monkeypatch):
    def spoil(values, split):
        values[split.valid] += 50.0
        values[split.test] -= 100.0

    spoiled = altered(monkeypatch, spoil)
    train = load_weather().split.train
    assert torch.equal(spoiled.inputs[train], data.inputs[train])
    assert torch.equal(spoiled.scale, data.scale)
    assert np.array_equal(weather.climatology(spoiled), weather.climatology(data))


def test_a_window_does_not_see_what_comes_after_its_origin(data, monkeypatch):
    origin = int(data.origins["test"][500])

    def spoil(values, split):
        values[origin + 1 :] = 1e4

    x, _ = weather.windows(data, torch.tensor([origin]))
    after, _ = weather.windows(altered(monkeypatch, spoil), torch.tensor([origin]))
    assert torch.equal(x, after)


def test_a_window_is_the_last_72_hours_in_order(data):
    origins = torch.tensor([100, 5000])
    x, change = weather.windows(data, origins)
    hourly = x.transpose(0, 1).reshape(2, 72, 14)
    for row, t in enumerate(origins.tolist()):
        assert torch.equal(hourly[row], data.inputs[t - 71 : t + 1])
        for k, lead in enumerate(weather.LEADS):
            assert change[row, k] == data.temperature[t + lead] - data.temperature[t]
    assert np.allclose(weather.changes(data, origins), change.numpy(), atol=1e-5)


def test_training_inputs_are_scaled_to_mean_0_and_deviation_1(data):
    known = data.inputs[load_weather().split.train, :10].double()
    assert known.mean(0).abs().max() < 1e-4
    assert (known.std(0, correction=0) - 1).abs().max() < 1e-4


def test_floors_are_what_data_md_measured(data):
    floors = {k: v.mean(0)[AT_24] for k, v in weather.simple_floors(data).items()}
    assert floors["persistence"] == pytest.approx(2.087, abs=0.005)
    assert floors["climatology"] == pytest.approx(2.943, abs=0.005)
    assert floors["damped anomaly"] == pytest.approx(1.972, abs=0.005)


def test_blending_keeps_pairs_together():
    torch.manual_seed(0)
    change = torch.randn(64, 3)
    x = change.sum(1).expand(5, 64)[..., None] * torch.ones(2)
    mixed_x, mixed_change = weather.blend(x, change, 0.3)
    assert torch.allclose(mixed_x[0, :, 0], mixed_change.sum(1), atol=1e-5)
    assert not torch.equal(mixed_change, change)
    assert mixed_x.var() < x.var()


def test_regularisation_acts_in_training_alone(data):
    config = replace(weather.LAPTOP, weight_dropout=0.5, blend=0.5, dropout=0.5)
    prepared = weather.prepare(config)
    model, origins = weather.Forecaster(prepared), prepared.origins["train"][:8]
    x, _ = weather.windows(prepared, origins)
    model.eval()
    assert torch.equal(model(x), model(x))
    assert weather.loss(model, prepared, origins) == weather.loss(model, prepared, origins)
    model.train()
    assert not torch.equal(model(x), model(x))
    assert model.lstm.weight_hh_l0.count_nonzero() == model.lstm.weight_hh_l0.numel()


def test_an_untrained_forecaster_is_near_persistence_and_a_little_training_helps(data):
    short = replace(weather.LAPTOP, steps=60, warmup=10, evaluate_every=60)
    prepared = weather.prepare(short)
    persistence = float((prepared.scale / prepared.scale).mean())
    model, history = weather.train(prepared, seed=0, log=None)
    assert history.best < 0.75 * persistence
    again, _ = weather.train(prepared, seed=0, log=None)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters()))


def test_laptop_and_full_differ_in_values_only():
    assert type(weather.LAPTOP) is type(weather.FULL)
    assert weather.LAPTOP.leads == weather.FULL.leads and len(weather.FULL.seeds) >= 5


@pytest.mark.parametrize(
    "change, message", [({"hours": 70}, "hours_per_step"), ({"leads": (0, 24)}, "at least 1 hour")]
)
def test_bad_configurations_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        weather.prepare(replace(weather.LAPTOP, **change))


def test_the_committed_result_is_of_this_configuration_and_these_data(full):
    from lstm_lib.data.weather import RECIPE

    assert full["config"] == json.loads(json.dumps(asdict(weather.FULL)))
    assert full["data_sha256"] == RECIPE.extract_sha256
    assert [run["seed"] for run in full["seeds"]] == list(weather.FULL.seeds)


def test_the_committed_weights_give_the_committed_score(full):
    prepared = weather.prepare(weather.FULL)
    model = load_weights(RESULTS / "weather/full.safetensors", weather.Forecaster(prepared))
    some = prepared.origins["test"][::10]
    found = weather.errors(model, prepared, some)[:, AT_24].mean()
    assert found == pytest.approx(full["seeds"][0]["test"][AT_24], abs=0.02)


def test_the_committed_result_holds_together(full):
    weeks = {k: np.array(v) for k, v in full["weeks_at_24_h"]["mean"].items()}
    size = np.array(full["weeks_at_24_h"]["hours"])
    assert size.sum() == full["hours"]
    seeds = np.array([run["test"] for run in full["seeds"]])
    assert np.allclose(seeds.mean(0), full["lstm"], atol=1e-3)
    assert np.average(weeks["lstm"], weights=size) == pytest.approx(full["lstm"][AT_24], abs=1e-3)
    for name in full["floors"]:
        low, high = interval(weeks["lstm"] - weeks[name], size)
        against = full["against"][name]
        assert (low, high) == pytest.approx(
            (against["low"][AT_24], against["high"][AT_24]), abs=2e-3
        )


def test_what_the_readme_and_notebook_claim_of_the_full_run(full):
    against = full["against"]
    assert full["boosting_at_24_h"]["every 6, 250 rounds"] == pytest.approx(1.673, abs=0.005)
    weeks, size = full["weeks_at_24_h"]["mean"], np.array(full["weeks_at_24_h"]["hours"])
    difference = np.array(weeks["lstm"]) - np.array(weeks["every 6, 250 rounds"])
    assert interval(difference, size)[1] < 0
    assert against["gradient boosting"]["high"][AT_24] < 0
    for floor in ("persistence", "climatology"):
        assert max(against[floor]["high"]) < 0
