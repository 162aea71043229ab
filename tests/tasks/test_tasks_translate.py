"""Translation: no leak in the split, BLEU is BLEU, the translator learns and takes any input."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_lib.tasks import translate
from lstm_lib.tasks.translate import scores
from lstm_lib.tasks.translate.data import END, PADDING, START, same

TINY = replace(
    translate.LAPTOP,
    max_source=4,
    max_target=5,
    pieces=300,
    cuts=3,
    embedding_size=24,
    hidden_size=24,
    state_size=32,
    steps=60,
    warmup=5,
    evaluate_every=30,
    average=0.9,
    smoothing=0.0,
    dropout=0.0,
    learning_rate=2e-2,
)


@pytest.fixture(scope="module")
def data():
    return translate.prepare(TINY)


@pytest.mark.parametrize("language", ["french", "german", "spanish"])
def test_no_sentence_stands_in_two_parts(language):
    """Neither side's, whatever the capitals and the punctuation. For: a split by chance."""
    split = translate.split_of(language, 12, 14)
    assert len(split.valid) == len(split.test) == 1000
    parts = (split.train, split.valid, split.test)
    for side in (0, 1):
        known = [{same(pair[side]) for pair in part} for part in parts]
        assert not (known[0] & known[1] or known[0] & known[2] or known[1] & known[2])
    assert len(set(split.train + split.valid + split.test)) == sum(map(len, parts))


def test_a_split_by_chance_would_leak():
    """What the groups are for: 3 to 6 % of the test sentences would be known."""
    split = translate.split_of("french", 12, 14)
    pairs = split.train + split.valid + split.test
    order = np.random.default_rng(0).permutation(len(pairs))
    held_out = {same(pairs[n][0]) for n in order[:1000]}
    known = {same(pairs[n][0]) for n in order[1000:]}
    assert 0.02 < len(held_out & known) / len(held_out) < 0.08


SENTENCES = st.sampled_from("abcdef")


@given(st.lists(st.tuples(SENTENCES, SENTENCES), min_size=1, max_size=12))
def test_groups_are_what_hangs_together(pairs):
    """Two pairs have one number exactly if a chain of shared sentences joins them."""
    number = translate.groups(pairs)
    near = [[a == c or b == d for c, d in pairs] for a, b in pairs]
    reach = np.linalg.matrix_power(np.array(near, dtype=float), len(pairs)) > 0
    assert (reach == (number[:, None] == number[None, :])).all()


def test_the_short_test_part_is_a_part_of_the_long_one():
    """For: a live run tested on what the full run was trained on."""
    short, long = translate.split_of("french", 6, 8), translate.split_of("french", 12, 14)
    assert set(short.test) < set(long.test) and set(short.train) < set(long.train)


def test_pieces_are_learnt_from_the_training_part_alone(data, monkeypatch):
    """Other test sentences, the same pieces. For: a table of pieces that has seen the test part."""
    whole = translate.split_of(TINY.language, TINY.max_source, TINY.max_target)
    nonsense = [("Zyzzyva qoph!", "Xylophage kumquat !")] * len(whole.test)
    monkeypatch.setattr(
        "lstm_lib.tasks.translate.data.split_of",
        lambda *of: translate.Split(whole.train, nonsense, nonsense),
    )
    other = translate.prepare(TINY)
    assert other.pieces.model == data.pieces.model
    assert torch.equal(other.source["train"], data.source["train"])


def test_symbols_spell_the_sentences(data):
    """Every way of cutting gives the sentence back; ends and padding are where they belong."""
    for way in range(TINY.cuts):
        for n in (0, 17, 400):
            english, french = data.split.train[n]
            source, target = data.source["train"][way, n], data.target["train"][way, n]
            length = int(data.lengths["train"][way, n])
            assert source[length - 1] == END and (source[length:] == PADDING).all()
            assert target[0] == START
            assert data.pieces.join(source.tolist()) == english
            assert data.pieces.join(target.tolist()) == french
    assert not torch.equal(data.source["train"][0], data.source["train"][1])


def test_the_loss_is_a_mean_over_sentences(data):
    """Of a batch: the mean of its sentences' losses. For: padding counted, pieces for sentences."""
    torch.manual_seed(0)
    model = translate.build(TINY, len(data.pieces)).double().eval()
    rows = torch.tensor([3, 50, 7, 200])
    whole = translate.loss(model, data, "train", rows)
    alone = [translate.loss(model, data, "train", row[None]) for row in rows]
    assert torch.allclose(whole, torch.stack(alone).mean(), atol=1e-6)


def test_an_epoch_takes_every_pair_once_in_batches_of_like_length(data):
    """For: pairs lost or doubled by the sorting, batches in the order of length, another epoch's
    way of cutting."""
    batches = translate.trainer(data, log=None).batches
    count, ways = len(data.split.train), TINY.cuts
    size = (data.target["train"] != PADDING).sum(-1)
    for epoch in (0, 1, ways + 1):
        first = epoch * batches.steps_per_epoch
        steps = [batches.indices(first + k) for k in range(batches.steps_per_epoch)]
        whole = torch.cat(steps)
        assert (whole // count == epoch % ways).all()
        assert torch.equal((whole % count).sort().values, torch.arange(count))
        spread = [np.ptp(size[epoch % ways][rows % count].numpy()) for rows in steps]
        assert np.mean(spread) < 0.4 * np.ptp(size.numpy())
        middle = [size[epoch % ways][rows % count].double().mean().item() for rows in steps]
        assert abs(np.corrcoef(middle, range(len(middle)))[0, 1]) < 0.5
    again = translate.trainer(data, log=None).batches
    assert torch.equal(again.indices(first + 3), steps[3])


def test_a_minute_of_training_is_resumed_exactly(data, tmp_path):
    """Cuts, batches and dropout come from the step number and the generators alone."""
    whole, _ = translate.train(data, 0, None, None)
    first = translate.trainer(data, 0, tmp_path / "t.ckpt", None)
    first.fit(30)
    again = translate.trainer(data, 0, tmp_path / "t.ckpt", None)
    again.fit(TINY.steps)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name]), name


def test_it_learns(data):
    """Sixty steps: far fewer nats a piece than guessing pieces by how often they are."""
    model, _ = translate.train(data, 0, None, None)
    pieces = data.target["train"][0][:, 1:]
    counts = torch.bincount(pieces[pieces != PADDING].long(), minlength=len(data.pieces)) + 1.0
    held = data.target["valid"][0][:, 1:]
    floor = -(counts / counts.sum()).log()[held[held != PADDING].long()].mean().item()
    assert translate.nats_a_piece(model, data, "valid") < floor - 0.5


@pytest.mark.parametrize(
    "typed", ["", "   ", "😀", "!?", "Привет, мир", "a " * 10_000, "x" * 5_000, "\x00\n", "Tom's"]
)
def test_typed_input_of_any_kind_comes_back_as_text(data, typed):
    """For: a sentence without pieces, signs that no piece has, an input without end."""
    model = translate.build(TINY, len(data.pieces))
    for beams in (1, 3):
        (found,) = translate.translate(model, data.pieces, [translate.clean(typed)], beams)
        assert isinstance(found, str) and "⁇" not in found and len(found) < 2_000
    if not typed.strip():
        assert found == ""


def test_translations_do_not_depend_on_their_neighbours(data):
    """One by one as all together. For: padding that is read, an order that is not undone."""
    torch.manual_seed(0)
    model = translate.build(TINY, len(data.pieces)).double()
    sentences = [english for english, _ in data.split.test[:12]]
    together = translate.translate(model, data.pieces, sentences, 2)
    assert together == [translate.translate(model, data.pieces, [s], 2)[0] for s in sentences]


def test_bleu_from_counts_is_sacrebleus():
    """The sum over sentences that the bootstrap draws gives the library's own number."""
    split = translate.split_of("french", 12, 14)
    english, wanted = zip(*split.test[:200], strict=True)
    found = translate.nearest(split, list(english))
    counted = scores.counts(found, wanted)
    assert scores.bleu_of(counted.sum(0)) == pytest.approx(scores.bleu(found, wanted), abs=1e-4)
    low, high = scores.interval(counted)
    assert low < scores.bleu(found, wanted) < high
    assert scores.interval(counted, counted) == (0.0, 0.0)
    assert "case:mixed" in scores.signature()


def test_the_floor_reads_the_training_part_alone():
    """A sentence's own translation is not to be found. For: a neighbour out of the test part."""
    split = translate.split_of("french", 6, 8)
    english, wanted = zip(*split.test, strict=True)
    found = translate.nearest(split, list(english))
    known = {other for _, other in split.train}
    assert set(found) <= known and not set(found) & set(wanted)
    own = translate.nearest(split, [split.train[5][0]])
    assert own == [split.train[5][1]]


@pytest.mark.parametrize("score", [scores.bleu, scores.chrf, scores.counts])
def test_every_sentence_needs_its_reference(score):
    """For: sentences without a partner, which sacrebleu leaves out of the score."""
    for found, wanted in (
        (["a b c d", "e"], ["a b c d"]),
        (["a b c d"], ["a b c d", "e"]),
        ([], []),
    ):
        with pytest.raises(ValueError, match="as many sentences, and at least one; got"):
            score(found, wanted)
    with pytest.raises(TypeError, match="lists of sentences; got a string"):
        score("a cat", "a cat")
