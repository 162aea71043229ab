"""Images: exact likelihoods, nothing seen too early, samples by the probabilities, the result."""

import inspect
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from lstm_lib.data import load_mnist
from lstm_lib.places import RESULTS
from lstm_lib.tasks import images
from lstm_lib.tasks.difference import paired
from lstm_lib.tasks.experiment import read_config
from lstm_lib.tasks.images import draw
from lstm_lib.training import main as train_command

SIDE = 3
SMALL = replace(images.LAPTOP, side=SIDE, hidden_size=8)


def networks():
    """One of each kind, with random weights, for pictures of 3 x 3."""
    torch.manual_seed(0)
    return {
        "three ways": images.ThreeWays(SIDE, 8, 8),
        "diagonal": images.DiagonalBiLSTM(SIDE, 8, 16),
        "raster": images.Raster(SMALL),
    }


KINDS = list(networks())


@pytest.fixture(scope="module")
def every():
    """All 512 pictures of 3 x 3."""
    bits = torch.arange(512)[:, None] >> torch.arange(9) & 1
    return bits.view(512, SIDE, SIDE).float()


@pytest.fixture(scope="module")
def full():
    return json.loads((RESULTS / "images/full.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def data():
    return images.prepare(images.FULL)


@pytest.mark.parametrize("kind", KINDS)
def test_the_probabilities_of_all_pictures_sum_to_one(kind, every):
    """For: a pixel that sees itself or a later one, a pixel left out of the sum."""
    nats = images.score(networks()[kind], every, torch.full((512,), 4))
    assert torch.exp(-nats.double()).sum().item() == pytest.approx(1, abs=1e-5)
    assert len(nats.unique()) > 100


@pytest.mark.parametrize("kind", KINDS)
def test_no_logit_sees_its_own_pixel_or_a_later_one_but_all_before(kind):
    """For: a shift by none, a back-running LSTM that was not moved down, a pixel out of reach."""
    model = networks()[kind].double()
    x = (torch.rand(1, SIDE, SIDE) > 0.5).double()
    for t in range(SIDE * SIDE):
        flipped = x.clone()
        flipped.view(-1)[t] = 1 - flipped.view(-1)[t]
        with torch.no_grad():
            change = (model(flipped, torch.tensor([2])) - model(x, torch.tensor([2]))).flatten()
        assert (change[: t + 1] == 0).all(), t
        assert (change[t + 1 :] != 0).all(), t


@pytest.mark.parametrize("kind", KINDS)
def test_samples_follow_the_probabilities(kind, every):
    """Chi-square of 4,000 samples on the 64 pictures below a given first row.

    For: a state that is not carried, another class, uniform numbers used twice.
    """
    model, first_row = networks()[kind], torch.tensor([[1.0, 0.0, 1.0]])
    drawn = images.drawn(model, [7] * 4000, first_row, side=SIDE, seed=1)
    assert (drawn[:, 0] == first_row).all()
    below = (every[:, 0] == first_row).all(1)
    p = torch.exp(-images.score(model, every[below], torch.full((64,), 7)))
    p = (p / p.sum()).numpy()
    where = (drawn[:, None] == every[below]).flatten(2).all(2).int().argmax(1)
    expected = 4000 * p
    chi = ((np.bincount(where, minlength=64) - expected) ** 2 / expected).sum()
    assert chi < 63 + 4 * np.sqrt(2 * 63)


def test_the_fast_sampler_draws_what_the_whole_network_says():
    """For: a row's state that is carried into the next, a neighbour off by one."""
    torch.manual_seed(1)
    model, labels = images.ThreeWays(8), list(range(10))
    drawn = images.drawn(model, labels, side=8, seed=5)
    u = torch.rand(drawn.shape, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        said = (u < torch.sigmoid(model(drawn, torch.tensor(labels)))).float()
    assert torch.equal(said, drawn)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (([10],), "0 to 9"),
        (([-1],), "0 to 9"),
        (([1.5],), "whole numbers"),
        (([[1]],), "whole numbers"),
        (([1], torch.zeros(2, 5)), r"\(B, K, 3\)"),
        (([1], torch.full((1, 3), 0.5)), "0 and 1"),
        (([1], torch.zeros(4, 3)), r"\(B, K, 3\)"),
    ],
)
def test_what_cannot_be_drawn_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        images.drawn(networks()["three ways"], *arguments, side=SIDE)


def test_skewed_pictures_have_their_diagonals_in_columns():
    z = torch.randn(2, 3, 5, 4)
    skewed = images.skew(z)
    for r in range(3):
        for c in range(5):
            assert torch.equal(skewed[:, r, r + c], z[:, r, c])
    assert torch.equal(images.unskew(skewed), z)


def test_the_parts_are_those_of_the_set_and_drawn_once(data):
    """For: a part that overlaps another, held-out pixels drawn anew each time, labels moved."""
    loaded, again = load_mnist(), images.prepare(images.FULL, way="stochastic")
    for part in ("valid", "test"):
        rows = getattr(loaded.split, part)
        x, label = data.held_out[part]
        assert np.array_equal(x.numpy(), loaded.images[rows] > 127)
        assert np.array_equal(label.numpy(), loaded.labels[rows])
        chance = again.held_out[part][0]
        assert torch.equal(chance, images.prepare(images.FULL, way="stochastic").held_out[part][0])
        grey = torch.from_numpy(loaded.images[rows] / 255)
        assert ((chance == 1) <= (grey > 0)).all() and ((chance == 0) <= (grey < 1)).all()
        assert abs((chance - grey).mean()) < 0.002
    assert len(data.grey) == 4000 and len(data.held_out["test"][0]) == 500
    with pytest.raises(ValueError, match="way"):
        images.binarised(np.zeros(3), "thresholds")
    with pytest.raises(ValueError, match="side"):
        images.prepare(replace(images.FULL, side=9))


def test_a_changed_picture_is_still_the_digit(data):
    """For: a picture mirrored, turned right round or moved out of the frame."""
    torch.manual_seed(0)
    changed = images.changed(data.grey[:200], images.FULL)
    away = (changed - data.grey[:200]).abs().flatten(1).sum(1)
    apart = (data.grey[:200] - data.grey[200:400]).abs().flatten(1).sum(1)
    assert 0.02 * apart.mean() < away.mean() < 0.7 * apart.mean()
    assert (changed.sum() / data.grey[:200].sum()).item() == pytest.approx(1, abs=0.05)
    still = replace(images.FULL, turn=0.0, scale=0.0, bend=0.0)
    assert torch.equal(images.changed(data.grey[:9], still), data.grey[:9])


@pytest.mark.parametrize("name", list(images.FLOORS))
def test_a_floor_is_a_distribution_too(name, every):
    """Brute force as for the networks. For: a floor that sees its own pixel and looks strong."""
    rng = np.random.default_rng(0)
    x = (rng.random((300, SIDE, SIDE)) < 0.4).astype(np.float32)
    floor = images.FLOORS[name](x, rng.integers(0, 10, 300))
    total = np.exp(-floor(every.numpy(), np.full(512, 3))).sum()
    assert total == pytest.approx(1, abs=1e-3)


def test_the_look_up_backs_off():
    """By hand: one neighbour, two levels of counts above the mean."""
    x = np.array([[[1, 1, 0]], [[1, 0, 0]]], dtype=np.float32)
    nats = images.look_up(x, None, count=1, prior=2.0, cells=1)
    mean, p0 = 3 / 6, (3 + 2 * 3 / 6) / (6 + 2)
    after_ink, after_paper = (1 + 2 * p0) / (3 + 2), (2 + 2 * p0) / (3 + 2)
    assert mean == 0.5
    wanted = -np.log([after_paper * after_ink * (1 - after_ink)])
    assert nats(x[:1], None) == pytest.approx(wanted)


def test_training_is_repeatable_and_learns():
    short = replace(images.LAPTOP, steps=40, warmup=5, evaluate_every=40)
    data = images.prepare(short)
    first, second = (images.RASTER.train(data, seed=1, log=None)[0] for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters()))
    x, label = data.held_out["test"]
    assert images.score(first, x, label).mean() < 0.75 * 64 * np.log(2)


def test_blocks_show_every_pixel():
    """For: a quarter exchanged with another."""
    x = np.random.default_rng(0).integers(0, 2, (6, 8))
    rows = draw.blocks(x).split("\n")
    back = np.zeros_like(x)
    for r, row in enumerate(rows):
        for c, letter in enumerate(row):
            q = draw.QUARTERS.index(letter)
            back[2 * r : 2 * r + 2, 2 * c : 2 * c + 2] = [[q & 1, q >> 1 & 1], [q >> 2 & 1, q >> 3]]
    assert np.array_equal(back, x)


def test_the_command_draws(tmp_path, capsys):
    path = tmp_path / "sevens.png"
    assert draw.main(["seven", "--count", "2", "--seed", "1", "--out", str(path)]) == 0
    out = capsys.readouterr().out
    assert path.read_bytes()[:4] == b"\x89PNG" and str(path) in out
    assert draw.main([" 7 ", "--count", "2", "--seed", "1"]) == 0
    again = capsys.readouterr().out
    assert again.strip("\n") in out and set(again) <= set(draw.QUARTERS) | {"\n"}
    assert draw.main(["7", "--count", "2", "--seed", "2"]) == 0
    assert capsys.readouterr().out != again


@pytest.mark.parametrize(
    "typed, message",
    [
        (["ten"], "a digit from 0 to 9"),
        (["12"], "a digit from 0 to 9"),
        ([""], "a digit from 0 to 9"),
        (["🎨"], "a digit from 0 to 9"),
        (["7" * 10_000], "a digit from 0 to 9"),
        (["7.0"], "a digit from 0 to 9"),
        (["²"], "a digit from 0 to 9"),
        (["--", "-7"], "a digit from 0 to 9"),
        ([], "digit"),
        (["7", "--count", "0"], "--count must be from 1"),
        (["7", "--count", "1000000"], "--count must be from 1"),
        (["7", "--count", "many"], "--count"),
        (["7", "--seed", "-1"], "--seed must be 0 or more"),
        (["7", "--out", "nowhere/at/all.png"], "cannot be written"),
        (["7", "--out", "seven.digit"], "cannot be written"),
    ],
)
def test_bad_input_gets_a_clear_line(typed, message, capsys):
    with pytest.raises(SystemExit) as stop:
        draw.main(typed)
    error = capsys.readouterr().err
    assert stop.value.code == 2 and message in error and "Traceback" not in error
    assert len(error.splitlines()[-1]) < 200


def test_the_task_is_known_to_the_command(capsys):
    with pytest.raises(SystemExit):
        train_command(["images", "--help"])
    assert "--full" in capsys.readouterr().out


def test_a_laptop_run_leaves_a_result_and_a_picture(tmp_path, monkeypatch):
    """For: a kind without weights, a floor that cannot take small digits."""
    monkeypatch.setattr("lstm_lib.tasks.experiment.ROOT", tmp_path)
    config = replace(images.LAPTOP, steps=3, warmup=1, evaluate_every=3)
    result = images.EXPERIMENT.run(config, "laptop", log=lambda line: None)
    folder = tmp_path / "runs/images"
    assert (folder / "laptop.png").exists() and (folder / "laptop-threshold.safetensors").exists()
    assert set(result["test"]["threshold"]) == {"LSTM", *images.FLOORS}
    assert "threshold, LSTM" in images.EXPERIMENT.table(result)


def test_the_committed_result_is_of_this_configuration_and_these_data(full):
    from lstm_lib.data.mnist import RECIPE

    assert read_config(images.LAPTOP, full["config"]) == images.FULL
    assert full["data_sha256"] == RECIPE.extract_sha256
    for way in images.WAYS:
        assert [run["seed"] for run in full["training"][way]] == list(images.FULL.seeds)
        assert set(images.FLOORS) < set(full["test"][way])


def test_the_committed_differences_follow_from_the_committed_nats(full):
    """For: numbers of one run beside pictures of another, an interval of something else."""
    for systems in full["test"].values():
        for told in ("told", "untold"):
            each = {k: np.array(v[told]["each"].split(), float) for k, v in systems.items()}
            for name, nats in each.items():
                assert len(nats) == 500
                assert nats.mean() == pytest.approx(systems[name][told]["nats"], abs=0.01)
                if name != "LSTM":
                    found = systems[name][told]["lstm_minus_this"]
                    again = paired(each["LSTM"], nats)
                    assert found["difference"] == pytest.approx(again.difference, abs=0.01)
                    assert found["interval"] == pytest.approx(again[1:], abs=0.02)


@pytest.mark.parametrize("way", images.WAYS)
def test_the_committed_weights_give_the_committed_nats(way, full):
    """For: weights of another run; half precision that moves the score."""
    x, label = images.prepare(images.FULL, way=way).held_out["test"]
    nats = images.score(images.committed(way), x, label).mean().item()
    assert nats == pytest.approx(full["test"][way]["LSTM"]["told"]["by_seed"][0], abs=0.1)


def test_the_floors_have_the_best_settings_that_were_tried():
    """For: a trial left out of the count; a floor with settings that were not tried."""
    tuning = json.loads((RESULTS / "images/tuning.json").read_text(encoding="utf-8"))
    assert set(tuning["floors"]) == set(tuning["chosen"]) == set(images.FLOORS)
    for name, trials in tuning["floors"].items():
        best = min(trials, key=lambda trial: sum(trial["valid"].values()))
        chosen = dict(tuning["chosen"][name])
        assert {key: best[key] for key in chosen} == chosen, name
        assert chosen.pop("copies") == defaults(images.training_pixels)["copies"]
        assert {key: defaults(images.FLOORS[name])[key] for key in chosen} == chosen, name
    assert len(tuning["network"]) == tuning["network_trials"]
    assert len(tuning["floors"]["boosted trees"]) >= tuning["network_trials"]


def defaults(function):
    return {key: p.default for key, p in inspect.signature(function).parameters.items()}


def test_what_the_readme_and_notebook_claim_of_the_full_run(full):
    for systems in full["test"].values():
        for name, numbers in systems.items():
            if name != "LSTM":
                for told in ("told", "untold"):
                    assert numbers[told]["lstm_minus_this"]["interval"][1] < 0, name
