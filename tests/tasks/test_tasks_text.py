"""The text task: nothing leaks, probabilities are proper, sampling follows them, results hold."""

import itertools
import json
import os
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from lstm_lib.data import load_shakespeare
from lstm_lib.places import RESULTS
from lstm_lib.tasks import text
from lstm_lib.tasks.difference import interval
from lstm_lib.tasks.experiment import read_config
from lstm_lib.tasks.text import compressors, kneser_ney, looking_back, report, sampling, write

TINY = replace(text.LAPTOP, window=16, embedding_size=5, hidden_size=7, layers=2, dropout=0.3)
LETTERS = "abc"


@pytest.fixture(scope="module")
def full():
    return json.loads((RESULTS / "text/full.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tuning():
    return json.loads((RESULTS / "text/tuning.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def data():
    """A text of three letters with some order in it."""
    rng = np.random.default_rng(0)
    words = ["abc", "ca", "bba", "c"]
    return text.prepare(TINY, text="".join(rng.choice(words, 1500)))


@pytest.fixture(scope="module")
def model():
    """A network of three letters, its weights large enough for probabilities that differ."""
    torch.manual_seed(0)
    net = text.Writer(3, TINY).eval()
    with torch.no_grad():
        for weight in net.parameters():
            weight.mul_(2.5)
    return net


def test_the_last_tenth_is_the_test_and_validation_lies_before_it():
    """For: validation taken from the test part; a cut that moves when it is rounded."""
    whole = load_shakespeare()
    test = text.prepare(text.FULL)
    assert test.decode(test.train) == whole.train and test.decode(test.held_out) == whole.valid
    valid = text.prepare(replace(text.FULL, part="valid"))
    seen = valid.decode(valid.train) + valid.decode(valid.held_out)
    assert seen == whole.train and len(valid.held_out) == round(0.05 * len(whole.tiny))


def test_no_window_leaves_the_training_part_and_a_step_is_always_the_same(data):
    windows = text.Windows(len(data.train), 16, 64, seed=3)
    starts = torch.cat([windows.indices(step) for step in range(50)])
    assert starts.min() >= 0 and starts.max() + 16 < len(data.train)
    assert torch.equal(windows.indices(7), text.Windows(len(data.train), 16, 64, 3).indices(7))
    assert not torch.equal(windows.indices(7), windows.indices(8))
    smallest = text.Windows(17, 16, 8)  # one place is left
    x, y = text.window_at(torch.arange(17), smallest.indices(0), 16)
    assert torch.equal(y, x + 1) and y.max() == 16


def test_the_loss_is_the_mean_surprise_of_what_follows(data, model):
    """For: targets that are the inputs; time and batch exchanged."""
    starts = torch.tensor([0, 40, 7])
    found = text.loss(model, data, starts).item()
    surprise = []
    for start in starts.tolist():
        logits = model(data.train[start : start + 16, None])[0][:, 0]
        p = torch.softmax(logits, -1)
        surprise += [-p[t, data.train[start + t + 1]].log().item() for t in range(16)]
    assert found == pytest.approx(np.mean(surprise), rel=1e-5)


def test_the_probabilities_of_all_strings_of_three_add_up_to_one(model):
    """For: logits that are not normalised; a target scored with what it foretells."""
    before, total = torch.tensor([1, 2]), 0.0
    for codes in itertools.product(range(3), repeat=3):
        total += text.surprises(model, torch.tensor(codes), before).double().sum().neg().exp()
    assert total.item() == pytest.approx(1.0, abs=1e-5)


def test_reading_in_chunks_is_reading_in_one_go(data, model, monkeypatch):
    """For: a state that is lost, or carried from the wrong place, between two chunks."""
    codes, before = data.held_out[:300], data.train[-201:]
    whole = text.surprises(model, codes, before)
    monkeypatch.setattr("lstm_lib.tasks.text.model.CHUNK", 70)
    assert torch.allclose(whole, text.surprises(model, codes, before), atol=1e-5)
    pieces = text.in_pieces(model, codes, before, pieces=7, warm=200)
    assert torch.allclose(whole[:43], pieces[:43], atol=1e-5)
    assert torch.allclose(whole, pieces, atol=0.02)


def test_sampling_follows_the_probabilities(model):
    """Chi-square over the 27 strings of length 3; 0.1 % of honest samplers are above 54.1."""
    before, n = torch.tensor([1, 2]), 20_000
    drawn = text.sample(model, before, 3, texts=n, seed=1)
    counts = np.bincount(drawn @ [9, 3, 1], minlength=27)
    expected = n * np.array(
        [
            text.surprises(model, torch.tensor(codes), before).double().sum().neg().exp().item()
            for codes in itertools.product(range(3), repeat=3)
        ]
    )
    assert ((counts - expected) ** 2 / expected).sum() < 54.1
    assert expected.max() > 3 * expected.min()


def test_what_is_reshaped_is_proper_and_keeps_its_order():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.full(9, 0.4), 200)
    for way in (
        lambda q: text.temperature(q, 0.6),
        lambda q: text.top_k(q, 3),
        lambda q: text.nucleus(q, 0.8),
    ):
        q = way(p)
        assert np.allclose(q.sum(-1), 1) and (q >= 0).all()
        assert np.array_equal(q.argmax(-1), p.argmax(-1))
        assert np.allclose(way(p[3]), q[3])
    assert np.allclose(text.temperature(p, 1), p) and np.allclose(text.nucleus(p, 1.0), p)
    assert np.allclose(text.top_k(p, 9), p)
    assert (text.nucleus(p, 1e-9) > 0).sum(-1).tolist() == [1] * 200
    for row, kept in zip(p, text.nucleus(p, 0.8) > 0):
        falling = np.sort(row)[::-1]
        assert kept.sum() == 1 + np.searchsorted(np.cumsum(falling), 0.8 - 1e-12)
    assert np.allclose(text.temperature(np.array([0.0, 1.0]), 0.01), [0, 1])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda p: text.temperature(p, 0), "temperature"),
        (lambda p: text.top_k(p, 0), "k must"),
        (lambda p: text.nucleus(p, 0), "share"),
        (lambda p: text.nucleus(p, 1.1), "share"),
        (lambda p: text.temperature(p, float("nan")), "temperature"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.array([0.5, 0.5]))


def test_kneser_ney_is_the_same_by_two_ways_and_proper():
    """For: counts that look ahead; continuation counts of the wrong side."""
    rng = np.random.default_rng(1)
    codes = rng.choice(4, 900, p=[0.5, 0.3, 0.15, 0.05]) * (rng.random(900) < 0.8)
    for order in (1, 2, 3, 5):
        table = text.Table(codes[:800], order, 4)
        rows = [table.distribution(codes[:t].tolist()) for t in range(800, 900)]
        assert np.allclose(np.sum(rows, 1), 1)
        slow = [row[code] for row, code in zip(rows, codes[800:])]
        assert np.allclose(kneser_ney.chances(codes, 800, order, 4), slow)


def test_an_adapting_table_has_counted_what_it_has_read_and_no_more(monkeypatch):
    rng = np.random.default_rng(2)
    codes = rng.integers(0, 3, 400)
    monkeypatch.setattr(kneser_ney, "discounts", lambda *_: np.array([0, 0.6, 1.0, 1.3]))
    found = kneser_ney.chances(codes, 300, 3, 3, adapting=True)
    for t in (300, 333, 399):
        alone = kneser_ney.chances(codes[: t + 1], t, 3, 3)
        assert found[t - 300] == pytest.approx(alone[0])
    changed = codes.copy()
    changed[350:] = 2 - changed[350:]
    assert np.allclose(found[:50], kneser_ney.chances(changed, 300, 3, 3, adapting=True)[:50])


def test_dynamic_evaluation_at_rate_zero_is_none_and_never_looks_ahead(data, model):
    """For: a segment scored after the step on it; a model that is changed for its owner."""
    codes, before = data.held_out[:200], data.train[-30:]
    squares = text.mean_squares(model, data, batches=3)
    weights = [weight.clone() for weight in model.parameters()]
    still = text.dynamic_surprises(model, codes, before, squares, rate=0.0)
    assert torch.allclose(still, text.surprises(model, codes, before), atol=1e-5)
    moved = text.dynamic_surprises(model, codes, before, squares, rate=3e-3, segment=10)
    assert torch.allclose(moved[:10], still[:10], atol=1e-6)
    assert moved[100:].mean() < still[100:].mean() - 0.05
    other = codes.clone()
    other[100:] = (other[100:] + 1) % 3
    again = text.dynamic_surprises(model, other, before, squares, rate=3e-3, segment=10)
    assert torch.allclose(again[:100], moved[:100], atol=1e-6)
    assert all(map(torch.equal, weights, model.parameters()))


def test_the_cache_is_its_definition():
    """For: a state that is compared with itself, whose next character is what is asked for."""
    rng = torch.Generator().manual_seed(0)
    h, codes = torch.randn(300, 4, generator=rng), torch.randint(0, 3, (301,), generator=rng)
    found = text.cache_chances(h, codes, 3, sharpness=0.7, window=40)
    assert torch.allclose(found[0], torch.full((3,), 1 / 3))
    for t in (1, 17, 255, 256, 299):
        weight = torch.zeros(3)
        for i in range(max(0, t - 40), t):
            weight[codes[i + 1]] += torch.exp(0.7 * h[t] @ h[i])
        assert torch.allclose(found[t], weight / weight.sum(), atol=1e-5)


def test_with_all_of_the_past_kept_nothing_is_lost(data, model):
    places = np.array([100, 333])
    found = looking_back.cut_and_shuffled(model, data.held_out, places, 60, whole=60)
    for way, place, nats in zip(("cut", "shuffled"), places, found["cut"]):
        start = place - 60
        alone = text.surprises(
            model, data.held_out[start + 1 : place + 1], data.held_out[start : start + 1]
        )
        assert alone[-1].item() == pytest.approx(nats, abs=1e-5)
        assert np.allclose(found[way], found["cut"])
    with pytest.raises(ValueError, match="whole"):
        looking_back.cut_and_shuffled(model, data.held_out, np.array([10]), 5, whole=60)


def test_the_longest_run_by_brute_force():
    rng = np.random.default_rng(0)
    for _ in range(60):
        a, b = ("".join(rng.choice(list("abc"), rng.integers(1, 25))) for _ in range(2))
        pieces = {a[i:j]: i for i in range(len(a) - 1, -1, -1) for j in range(i + 1, len(a) + 1)}
        longest = max((len(p) for p in pieces if p in b), default=0)
        length, start = text.longest_run(a, b)
        assert length == longest and (not length or a[start : start + length] in b)
        runs = text.longest_runs(a, b)
        for start, run in enumerate(runs):
            assert a[start : start + run] in b and (
                start + run == len(a) or a[start : start + run + 1] not in b
            )
    assert text.longest_run("", "abc") == (0, 0)


def test_a_cell_that_knows_is_found_and_scored_elsewhere():
    rng = np.random.default_rng(0)
    yes, other = rng.random(2000) < 0.2, rng.random(2000) < 0.2
    states, elsewhere = rng.normal(size=(2000, 40)), rng.normal(size=(2000, 40))
    chance = text.best_cell((states, yes), (elsewhere, other))
    assert chance.found > 0.52 and abs(chance.held_out - 0.5) < 0.06  # the search itself finds
    states[:, 7] -= 3 * yes
    elsewhere[:, 7] -= 3 * other
    best = text.best_cell((states, yes), (elsewhere, other))
    assert best.cell == 7 and not best.above and best.held_out > 0.85


def test_labels_on_a_page_that_can_be_read():
    page = "\n\nFIRST LORD:\nNo, sir. Why?\n"
    found = {
        name: "".join(c if is_so else "." for c, is_so in zip(page, values))
        for name, values in text.labels(page).items()
    }
    assert found["in a speaker's name"] == "..FIRST LORD................."[: len(page)]
    assert found["after a comma, same sentence"] == "................, sir........"[: len(page)]
    assert (
        found["in the first sentence of a speech"][12:22] == ":\nNo, sir."[:1] + "\nNo, sir" + "."
    )
    assert found["in a word that began with a capital"][13:17] == ".No."
    assert found["four letters or more into a word"][2:7] == "...ST"


def test_compressors_of_what_is_known_already():
    known = bytes(range(256)) * 40
    assert compressors.adapting_nats(compressors.STANDARD["zlib"], known, known[:2560]) < 0.1
    pieces = compressors.restarted_nats(lambda data: data, known, known[:1000], 256)
    assert np.allclose(pieces, 8 * np.log(2)) and len(pieces) == 3


def test_training_twice_gives_the_same_weights_and_less_surprise(data):
    config = replace(TINY, steps=150, warmup=10, learning_rate=0.02, hidden_size=16, dropout=0.1)
    prepared = replace(data, config=config)
    first, second = (text.train(prepared, seed=1, log=None)[0] for _ in range(2))
    assert all(map(torch.equal, first.parameters(), second.parameters()))
    assert text.nats_a_character(first, prepared) < 0.85 * np.log(3)


def test_an_interrupted_training_goes_on_to_the_same_weights(data, tmp_path):
    config = replace(TINY, steps=6, warmup=1, evaluate_every=3, weight_dropout=0.2)
    prepared = replace(data, config=config)
    whole, _ = text.train(prepared, seed=1, log=None)
    text.trainer(prepared, 1, tmp_path / "a.ckpt", log=None).fit(3)
    torch.rand(5)
    second = text.trainer(prepared, 1, tmp_path / "a.ckpt", log=None)
    second.fit(6)
    assert all(map(torch.equal, whole.parameters(), second.model.parameters()))


def test_only_a_trial_looks_at_its_held_out_part_while_it_learns(data):
    """For: best weights that are chosen on the test part."""
    from lstm_lib.tasks.text.model import WRITER

    assert WRITER.held_out(replace(data, config=replace(TINY, part="test"))) is None
    assert WRITER.held_out(replace(data, config=replace(TINY, part="valid"))) is not None


@pytest.mark.parametrize(
    "content, error, words",
    [
        (b"too short", ValueError, "at least 5,000"),
        (b"", ValueError, "0 characters"),
        (b"\xff\xfe" + b"a\x00" * 9000, ValueError, "not UTF-8"),
        (b"PK\x03\x04" + bytes(range(128, 256)) * 99, ValueError, "not UTF-8"),
    ],
)
def test_a_file_that_is_no_text_is_refused_in_a_line(tmp_path, content, error, words):
    (tmp_path / "my.txt").write_bytes(content)
    with pytest.raises(error, match=words):
        text.own_text(tmp_path / "my.txt")


def test_any_text_in_utf8_can_be_learnt(tmp_path):
    """For: a rare sign that has a number of its own and is never learnt; a mark at the start."""
    lines = "Привет, мир! 你好 🙂\r\n" * 400 + "Ω"
    (tmp_path / "my.txt").write_text(lines, encoding="utf-8-sig", newline="")
    own = text.own_text(tmp_path / "my.txt")
    assert own[0] == "П" and "\r" not in own and own[-1] == "�" and "🙂" in own
    prepared = text.prepare(replace(TINY, window=32), text=own)
    assert prepared.decode(prepared.encode(own)) == own
    with pytest.raises(FileNotFoundError):
        text.own_text(tmp_path / "none.txt")
    with pytest.raises(ValueError, match="too short"):
        text.prepare(replace(TINY, window=1000), text=own)


@pytest.mark.parametrize(
    "typed, remark",
    [
        ("", None),
        ("To be", None),
        ("I’ll – go", None),
        ("🙂", "does not know 🙂"),
        ("Привет", "does not know П р"),
        ("x" * 10_000, "the last 1,000"),
        ("\x00\x1b[31m\t", r"does not know \\x00"),
        ("日本語のとても長い文章です。ここまで", "and .* more"),
        ("\udcff", "does not know"),
    ],
)
def test_whatever_is_typed_is_gone_on_with(typed, remark, committed):
    written, remarks = write.continued(*committed, typed, length=20)
    known, _ = write.known_part(typed, committed[1].alphabet)
    assert written.startswith(known) and len(written) == len(known) + 20
    assert bool(remarks) == (remark is not None)
    if remark:
        assert pytest.importorskip("re").search(remark, remarks[0])
        assert len(remarks[0]) < 200


@pytest.fixture(scope="module")
def committed():
    return text.load()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--temperature", "0"],
        ["--temperature", "nan"],
        ["--temperature", "hot"],
        ["--length", "ten"],
        ["--length", "-1"],
        ["--seed", "1.5"],
    ],
)
def test_the_command_refuses_numbers_that_make_no_sense(arguments, capsys):
    with pytest.raises(SystemExit) as error:
        write.main(["To be", *arguments])
    assert error.value.code == 2 and "a number from" in capsys.readouterr().err


def test_the_command_writes_the_same_for_the_same_seed(capsys):
    assert write.main(["To", "be", "--length", "30"]) == 0
    first = capsys.readouterr().out
    assert write.main(["To be", "--length", "30"]) == 0
    assert capsys.readouterr().out == first and first.startswith("To be")


def test_laptop_and_full_differ_in_values_only():
    assert type(text.LAPTOP) is type(text.FULL)
    assert len(text.FULL.seeds) == 3 and text.LAPTOP.seeds == (0,) and not text.LAPTOP.dear


def test_the_committed_result_is_of_this_configuration_and_these_data(full):
    from lstm_lib.data.shakespeare import RECIPE

    assert read_config(text.LAPTOP, full["config"]) == text.FULL
    assert full["chosen"] == asdict(text.CHOSEN)
    assert full["data_sha256"] == RECIPE.extract_sha256
    assert [run["seed"] for run in full["seeds"]] == list(text.FULL.seeds)


def test_the_configuration_is_the_one_that_the_trials_chose(tuning):
    """For: a setting changed after the trials; a floor that was not given its best."""
    config = asdict(text.FULL)
    (chosen,) = (trial for trial in tuning["networks"] if trial.get("chosen"))
    for name, value in chosen["config"].items():
        assert config[name] == value, name
    config = asdict(text.CHOSEN)
    for family, prefix in (("kneser_ney", "kn"), ("kneser_ney_adapting", "adapting_kn")):
        best = min(tuning[family], key=lambda trial: trial["nats"])
        assert (config[f"{prefix}_order"], config[f"{prefix}_scale"]) == (
            best["order"],
            best["scale"],
        )
    best = min(tuning["ppmd"], key=lambda trial: trial["nats"])
    assert (config["ppmd_variant"], config["ppmd_order"]) == (best["variant"], best["order"])
    best = min(tuning["zpaq"], key=lambda trial: trial["nats"])
    assert config["zpaq_method"] == best["method"]
    for family in ("dynamic", "cache"):
        best = min(tuning[family], key=lambda trial: trial["nats"])
        for name in best.keys() - {"nats"}:
            assert config[f"{family}_{name}"] == best[name], (family, name)
    for family in ("kn_share", "fixed_kn_share"):
        assert config[family] == min(tuning[family], key=lambda trial: trial["nats"])["share"]
    for floor in ("kneser_ney", "kneser_ney_adapting", "ppmd", "zpaq"):
        assert len(tuning[floor]) >= len(tuning["networks"]), floor


def test_the_committed_scores_follow_from_the_committed_blocks(full):
    """For: numbers of one run beside blocks of another."""
    size = full["characters"]["held out"]
    sizes = np.bincount(report.block_of(size))
    for name, blocks in full["blocks"].items():
        score = full["nats"][name]
        assert np.average(blocks, weights=sizes) == pytest.approx(score["nats"], abs=2e-4)
        assert interval(np.array(blocks), sizes) == pytest.approx(score["interval"], abs=3e-4)
    for name, found in full["against"].items():
        ours, theirs = (np.array(full["blocks"][part]) for part in name.split(" less "))
        assert np.average(ours - theirs, weights=sizes) == pytest.approx(
            found["difference"], abs=3e-4
        )
        assert interval(ours - theirs, sizes) == pytest.approx(found["interval"], abs=5e-4)


def test_the_committed_floors_and_weights_give_the_committed_scores(full, committed):
    """For: weights of another run; half precision that changes what is said."""
    model, data = committed
    nats = text.kneser_ney_nats(data, text.CHOSEN.kn_order, text.CHOSEN.kn_scale)
    assert nats.mean() == pytest.approx(full["nats"]["Kneser-Ney"]["nats"], abs=1e-4)
    found = text.in_pieces(model, data.held_out, data.train).mean().item()
    assert found == pytest.approx(full["nats"]["LSTM"]["seeds"][0], abs=0.004)


@pytest.mark.skipif(os.name == "nt", reason="the wheels differ")
def test_the_committed_compressors_are_those_of_today(full):
    """For: a code length of another text, or without what is known."""
    pytest.importorskip("pyppmd")
    data = text.prepare(text.FULL)
    from lstm_lib.tasks.text.floors import as_bytes

    codec = compressors.ppmd(text.CHOSEN.ppmd_variant, text.CHOSEN.ppmd_order)
    found = compressors.adapting_nats(codec, *as_bytes(data))
    assert found == pytest.approx(full["compressors"]["adapting"]["PPMd"], abs=1e-3)


def test_calibration_of_a_forecaster_that_is_right_as_often_as_it_says():
    rng = np.random.default_rng(0)
    p = rng.dirichlet([1, 1, 1], 50_000)
    came = sampling.draw(p, rng)
    assert text.calibration_error(p, came) < 0.01
    assert text.calibration_error(text.temperature(p, 0.5), came) > 0.1
