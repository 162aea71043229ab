"""The handwriting task: nothing leaks, nats are those of the definition, the result holds."""

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from lstm_lib.data import load_kanji, load_pendigits
from lstm_lib.nn.mixture import log_density, mixture
from lstm_lib.places import RESULTS
from lstm_lib.tasks import handwriting as hw
from lstm_lib.tasks.experiment import read_config
from lstm_lib.tasks.handwriting import floors, pen
from lstm_lib.training import main as train_command

TINY = dict(hidden_size=12, components=3, batch_size=8, steps=4, evaluate_every=2, warmup=1)


@pytest.fixture(scope="module")
def kanji():
    return hw.kanji_paths()


@pytest.fixture(scope="module")
def digits():
    return hw.digit_paths()


@pytest.fixture(scope="module")
def full():
    return json.loads((RESULTS / "handwriting/full.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def committed():
    return hw.load()


def problem(paths, **changes):
    """A tiny network's, of either source."""
    source = "digits" if paths.classes > 1 else "kanji"
    return hw.Problem(hw.Writing(source=source, **{**TINY, "dropout": 0.0, **changes}), paths)


def test_offsets_lead_back_to_the_points_of_both_sources(kanji, digits):
    """For: a start forgotten, a pen decision at the wrong point, padding among the points."""
    data = load_kanji()
    for n in (0, 17, 6702):
        long = int(kanji.lengths[n])
        points = 109 + kanji.offsets[n, :long].cumsum(0).numpy()
        assert np.array_equal(points, data.points[n])
        pen_row = kanji.pen[n].tolist()
        assert pen_row[long] == hw.END and set(pen_row[long + 1 :]) <= {hw.NOTHING}
        lifted = [hw.LIFT if e else hw.DRAW for e in [True, *data.ends[n][:-1]]]
        assert pen_row[:long] == lifted
    table = load_pendigits().points.astype(float)
    assert np.array_equal(digits.offsets.numpy(), np.diff(table, axis=1))
    assert digits.lengths.tolist() == [7] * len(table)


def test_the_scale_knows_the_training_part_alone(kanji):
    train = kanji.offsets[kanji.split.train][hw.moves_of(kanji.pen[kanji.split.train])[:, :-1]]
    assert kanji.scale == pytest.approx(train.square().mean().sqrt().item(), rel=1e-5)


def test_writers_and_characters_of_the_test_are_in_no_other_part(kanji, digits):
    assert digits.split.test == slice(7494, 10992)  # UCI's other 14 writers
    assert kanji.names == load_kanji().text
    parts = [set(kanji.names[getattr(kanji.split, p)]) for p in ("train", "valid", "test")]
    assert not parts[0] & parts[1] and not (parts[0] | parts[1]) & parts[2]


@pytest.mark.parametrize("window", [0, 3])
def test_what_comes_later_changes_nothing_before(kanji, window):
    """For: a network that reads the offset which it predicts."""
    torch.manual_seed(0)
    model = hw.Writer(problem(kanji, window=window).config, kanji).eval()
    offsets, pens = kanji.offsets[:2].clone(), kanji.pen[:2]
    before = model(hw.inputs(offsets, pens, kanji.labels[:2], kanji))
    offsets[:, 5:] += 7
    after = model(hw.inputs(offsets, pens, kanji.labels[:2], kanji))
    for a, b in zip(before, after, strict=True):
        assert torch.equal(a[:, :6], b[:, :6]) and not torch.allclose(a[:, 6], b[:, 6])


def test_a_window_forgets_what_is_further_back(kanji):
    """For: a floor that has a memory after all. (Places are sums: here none moves.)"""
    torch.manual_seed(0)
    model = hw.Writer(problem(kanji, window=3).config, kanji).eval()
    x = hw.inputs(kanji.offsets[:1], kanji.pen[:1], kanji.labels[:1], kanji)
    other = x.clone()
    other[:, 4] += 1
    a, b = model(x)[1], model(other)[1]
    assert not torch.allclose(a[:, 6], b[:, 6]) and torch.equal(a[:, 7:], b[:, 7:])


@pytest.mark.parametrize("source", ["kanji", "digits"])
def test_nats_are_those_of_the_definition(kanji, digits, source):
    """Point by point, from the probabilities themselves. For: padding that counts, the mixture of
    the wrong move, the end forgotten, nats in another unit.
    """
    paths = {"kanji": kanji, "digits": digits}[source]
    asked = problem(paths)
    torch.manual_seed(1)
    model = hw.Writer(asked.config, paths).eval()
    short = replace(paths, split=replace_valid(paths.split, 3))
    place, of_pen = hw.nats(model, hw.Problem(asked.config, short), "valid")
    at, wanted_place, wanted_pen = short.split.valid.start, [], []
    for n in range(at, at + 3):
        rows = slice(n, n + 1)
        logits, raw = model(
            hw.inputs(paths.offsets[rows], paths.pen[rows], paths.labels[rows], paths)
        )
        for t in range(int(paths.lengths[n])):
            kind = int(paths.pen[n, t])
            target = (paths.offsets[n, t] + paths.noise[n, t]) / paths.scale
            wanted_place.append(-log_density(mixture(raw[0, t, kind]), target).item())
            wanted_pen.append(-math.log(torch.softmax(logits[0, t], -1)[kind].item()))
        if source == "kanji":
            end = torch.softmax(logits[0, int(paths.lengths[n])], -1)[hw.END].item()
            wanted_pen[-1] -= math.log(end)
    assert place == pytest.approx(np.array(wanted_place), abs=1e-3)
    assert of_pen == pytest.approx(np.array(wanted_pen), abs=1e-4)


def replace_valid(split, count):
    return type(split)(split.train, slice(split.valid.start, split.valid.start + count), split.test)


def test_the_loss_is_the_mean_of_nats(kanji):
    """With the noise of the generator. For: a mean over padding, points counted twice."""
    asked = problem(kanji, stretch=0.0)
    torch.manual_seed(0)
    model, rows = hw.Writer(asked.config, kanji).eval(), torch.arange(5)
    torch.manual_seed(3)
    found = hw.loss(model, asked, rows).item()
    torch.manual_seed(3)
    long = int(kanji.lengths[:5].max())
    noise = torch.rand(5, long, 2) - 0.5
    given = kanji.offsets[:5, :long], kanji.pen[:5, : long + 1], kanji.labels[:5], noise
    place, of_pen = hw.surprise(model, kanji, *given)
    total = sum((place[n].sum() + of_pen[n].sum()).item() for n in range(5))
    assert found == pytest.approx(total / int(kanji.lengths[:5].sum()), rel=1e-5)


def test_stretching_is_linear_and_small():
    torch.manual_seed(0)
    offsets = torch.randn(200, 4, 2)
    far = hw.stretched(offsets, 0.1) - offsets
    assert far.abs().max() <= 0.1 * offsets.abs().sum(-1).max() and far.abs().max() > 0.1
    assert torch.allclose(hw.stretched(2 * offsets[:, :2], 0.0), 2 * offsets[:, :2])


def test_batches_of_alike_lengths_see_every_row_once():
    lengths = np.random.default_rng(0).integers(1, 100, 103)
    batches = hw.AlikeLong(103, 8, seed=1, lengths=tuple(lengths.tolist()), together=4)
    epochs = [[batches.indices(s + e * 13) for s in range(13)] for e in (0, 1)]
    for epoch in epochs:
        assert sorted(torch.cat(epoch).tolist()) == list(range(103))
    spread = np.mean([np.ptp(lengths[rows]) for rows in epochs[0]])
    assert spread < 40 and not torch.equal(epochs[0][0], epochs[1][0])


@pytest.mark.parametrize("window", [0, 3])
def test_writing_step_by_step_is_reading_at_once(kanji, window):
    """For: a state lost between steps, an input that differs from that of training."""
    torch.manual_seed(0)
    model = hw.Writer(problem(kanji, window=window).config, kanji).eval()
    steps = list(hw.writing(model, kanji, 3, seed=4))
    offsets = torch.stack([s.offset for s in steps], 1)
    pens = torch.stack([s.pen for s in steps], 1)
    logits, raw = model(hw.inputs(offsets, pens, torch.zeros(3, dtype=torch.long), kanji))
    for t, step in enumerate(steps):
        there = (pens[:, :t] != hw.END).all(1)
        assert torch.allclose(torch.softmax(logits[there, t], -1), step.chance[there], atol=1e-5)
        for row in torch.nonzero(there & (pens[:, t] != hw.END))[:, 0]:
            mix = mixture(raw[row, t, pens[row, t]])
            assert torch.allclose(mix.mu, step.mix.mu[row], atol=1e-5)


def test_the_pen_follows_its_probabilities(kanji):
    """Chi-square of 20,000 first decisions. For: logits taken for probabilities."""
    torch.manual_seed(2)
    model = hw.Writer(problem(kanji).config, kanji).eval()
    first = next(hw.writing(model, kanji, 20_000, seed=0))
    wanted = first.chance[0].numpy() * 20_000
    counts = np.bincount(first.pen.numpy(), minlength=3)
    assert ((counts - wanted) ** 2 / wanted).sum() < 13.8  # 0.1 % at two degrees of freedom


def test_what_is_written_begins_new_strokes_where_the_pen_was_lifted():
    offsets = np.array([[1, 1], [2, 0], [5, 5], [0, 3]], float)
    strokes = hw.Written(offsets, np.array([1, 0, 1, 0])).strokes
    assert [s.tolist() for s in strokes] == [[[1, 1], [3, 1]], [[8, 6], [8, 9]]]
    (one,) = hw.Written(offsets, np.zeros(4, int)).strokes
    assert one.tolist()[0] == [0, 0] and len(one) == 5


def test_bad_labels_are_refused(digits):
    model = hw.Writer(problem(digits).config, digits)
    for labels in ([10], [-1], []):
        with pytest.raises(ValueError, match="labels must be of 0 to 9"):
            hw.write(model, digits, labels=labels)


def test_floors_are_what_data_md_measured(digits):
    """For: a floor made weak. Offsets over 10: a point 4.97, joint 4.26, by class about 3."""
    one = floors.by_kind(floors.gaussian, digits, "test").mean()
    known, _ = floors.whole(digits, "train")
    joint = -floors.gaussian(known)(floors.whole(digits, "test")[0]).mean() / 7
    by_class = floors.by_label(floors.gaussian, digits, "test").mean() / 7
    assert (one, joint) == pytest.approx((4.97, 4.26), abs=0.03)
    assert by_class == pytest.approx(3.05, abs=0.02)


def test_a_mixture_is_its_formula_and_the_pen_a_table_of_counts(kanji):
    points = np.array([[0.0, 0.0], [1.0, -1.0]])
    covariances = np.array([np.eye(2), 4 * np.eye(2)])
    density = floors.mixture_of(np.array([0.25, 0.75]), points, covariances)
    wanted = 0.25 / (2 * np.pi) + 0.75 / (8 * np.pi) * np.exp(-2 / 8)
    assert density(np.zeros((1, 2)))[0] == pytest.approx(math.log(wanted), abs=1e-6)
    found = floors.pen_markov(kanji, "valid")
    assert len(found) == int(kanji.lengths[kanji.split.valid].sum()) and (found >= 0).all()


def test_a_case_gets_the_points_of_its_own(kanji):
    lengths = kanji.lengths[kanji.split.valid].numpy()
    found = hw.by_case(np.ones(lengths.sum()), kanji, "valid")
    assert np.array_equal(found, lengths)
    same = hw.difference(np.array([2.0 * lengths]), np.array([1.0 * lengths]), lengths)
    assert same == {"difference": 1.0, "interval": [1.0, 1.0]}


def test_an_interrupted_training_goes_on_to_the_same_weights(kanji, tmp_path):
    """For: noise or stretch from a generator that the checkpoint does not hold."""
    asked = problem(kanji, dropout=0.1)
    whole = hw.trainer(asked, seed=1, log=None)
    whole.fit(4)
    first = hw.trainer(asked, seed=1, checkpoint=tmp_path / "a.ckpt", log=None)
    first.fit(2)
    torch.rand(7)
    second = hw.trainer(asked, seed=1, checkpoint=tmp_path / "a.ckpt", log=None)
    second.fit(4)
    for ours, theirs in zip(whole.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_copies_are_found_wherever_the_points_lie_on_the_stroke(kanji):
    data = load_kanji()
    known = [data.strokes(n) for n in range(300)]
    moved = [[hw.along(stroke, 30) + 1 for stroke in known[7]]]
    which, far = hw.nearest([*moved, [np.zeros((2, 2))] * 40], known)
    assert which.tolist() == [7, -1] and far[0] == pytest.approx(math.sqrt(2), abs=0.4)
    assert far[1] == np.inf


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "nothing to write"),
        ("  ", "nothing to write"),
        ("ten", "got 't'"),
        ("-5", "got '-'"),
        ("7🎬", "got '🎬'"),
        ("1" * 10_000, "at most 200 digits at once; got 10,000"),
    ],
)
def test_what_is_no_number_gets_a_clear_line(capsys, text, message, tmp_path):
    out = tmp_path / "pen.png"
    assert pen.main([text, "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1 and not out.exists()


@pytest.mark.parametrize(
    "options, message",
    [
        (["--bias", "nan"], "--bias must be"),
        (["--bias", "-1"], "--bias must be"),
        (["--seed", "-1"], "--seed must be"),
        (["--out", "pen.jpg"], "--out must end with .png"),
        (["--out", "no/such/folder/pen.png"], "there is no folder"),
    ],
)
def test_bad_options_get_a_clear_line(capsys, options, message):
    assert pen.main(["2026", *options]) == 2
    assert message in capsys.readouterr().err


def test_digits_of_other_scripts_are_digits():
    assert pen.digits_of("２٣ 4") == [2, 3, 4]


def test_laptop_and_full_differ_in_values_only():
    assert type(hw.LAPTOP) is type(hw.FULL)
    assert len(hw.FULL.seeds) == 3 and hw.LAPTOP.seeds == (0,)


def test_the_task_is_known_to_the_command(capsys):
    with pytest.raises(SystemExit):
        train_command(["handwriting", "--help"])
    assert "--full" in capsys.readouterr().out


def test_the_committed_result_is_of_this_configuration_and_these_data(full):
    from lstm_lib.data.kanji import RECIPE as KANJI
    from lstm_lib.data.pendigits import RECIPE as DIGITS

    assert read_config(hw.LAPTOP, full["config"]) == hw.FULL
    assert full["data_sha256"] == f"{KANJI.extract_sha256} {DIGITS.extract_sha256}"
    for runs in full["training"].values():
        assert [run["seed"] for run in runs] == list(hw.FULL.seeds)
    assert (full["kanji"]["cases"], full["digits"]["cases"]) == (700, 3498)


@pytest.mark.parametrize("source", ["kanji", "digits"])
def test_the_committed_scores_follow_from_the_nats_of_each_case(full, kanji, digits, source):
    """For: numbers of one run beside nats of another; an interval of something else."""
    paths = {"kanji": kanji, "digits": digits}[source]
    points = paths.lengths[paths.split.test].numpy()
    rows = {
        system: np.array(text.split(), float)[None] for system, text in full[source]["nats"].items()
    }
    for system, numbers in full[source]["test"].items():
        found = hw.difference(rows[system], 0 * rows[system], points)
        assert found["difference"] == pytest.approx(numbers["nats"], abs=1e-3)
        assert found["interval"] == pytest.approx(numbers["interval"], abs=1e-3)
    for system, numbers in full[source]["against"].items():
        found = hw.difference(rows["LSTM"], rows[system], points)
        assert found["difference"] == pytest.approx(numbers["difference"], abs=1e-3)
        assert found["interval"] == pytest.approx(numbers["interval"], abs=1e-3)


@pytest.mark.parametrize("source", ["kanji", "digits"])
def test_the_committed_weights_and_floors_give_the_committed_scores(full, committed, source):
    """For: weights of another run; half precision that moves the nats."""
    models, data = committed
    place, of_pen = hw.nats(models[source], data.problem(source), "test")
    numbers, paths = full[source]["test"], data.sources[source]
    assert (place + of_pen).mean() == pytest.approx(numbers["LSTM"]["seeds"][0], abs=0.02)
    one = floors.by_kind(floors.gaussian, paths, "test") + floors.pen_markov(paths, "test")
    assert one.mean() == pytest.approx(numbers["one Gaussian"]["nats"], abs=1e-3)


def test_what_the_readme_and_notebook_claim_of_the_full_run(full):
    """Characters under 0 nats a point in all; every floor beaten by an interval."""
    assert full["kanji"]["test"]["LSTM"]["interval"][1] < 0
    for source in ("kanji", "digits"):
        for system, numbers in full[source]["against"].items():
            assert numbers["interval"][1] < 0, (source, system)


def test_the_configuration_is_the_one_that_the_trials_chose():
    """For: a setting changed after the trials, a floor with fewer trials than the model."""
    tuning = json.loads((RESULTS / "handwriting/tuning.json").read_text(encoding="utf-8"))
    for name, trials in tuning["trials"].items():
        chosen = [trial for trial in trials if trial["chosen"]]
        assert len(chosen) == 1 and chosen[0]["valid"] == min(t["valid"] for t in trials)
        config = asdict(getattr(hw.FULL, name))
        for option in tuning["settings"]:
            assert chosen[0][option] == config[option], (name, option)
    for name in ("kanji", "digits"):
        assert len(tuning["trials"][f"{name}_markov"]) >= len(tuning["trials"][name])


@pytest.mark.parametrize("text", ["2026", "Kanji"])
def test_a_number_and_a_character_are_written(capsys, tmp_path, text):
    """For: a picture without its drawing, a drawing that is empty."""
    out = tmp_path / "pen.png"
    assert pen.main([text, "--out", str(out), "--seed", "1"]) == 0
    drawn, place = capsys.readouterr().out.rsplit(str(out), 1)
    assert drawn.count("#") > 50 and place == "\n" and max(map(len, drawn.split("\n"))) <= 80
    assert out.read_bytes().startswith(b"\x89PNG")


def test_what_a_writer_is_asked_for_is_written_and_the_bias_makes_it_neat(committed):
    """Judged by the nearest training digit. For: a class that is not told, a bias that adds."""
    models, data = committed
    paths = data.sources["digits"]
    train = paths.offsets[paths.split.train].cumsum(1).flatten(1)
    labels = [n % 10 for n in range(200)]
    right = {}
    for bias in (0.0, 1.0):
        written = hw.write(models["digits"], paths, labels=labels, bias=bias, seed=3)
        points = torch.tensor(np.stack([one.points for one in written])).float().flatten(1)
        nearest = torch.cdist(points, train).argmin(1)
        right[bias] = (paths.labels[nearest] == torch.tensor(labels)).float().mean().item()
    assert right[0.0] > 0.85 and right[1.0] >= right[0.0] - 0.02
