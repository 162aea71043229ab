"""Accumulation is the whole batch's step; autocast and the scaler of float16; where it broke."""

import math

import pytest
import torch
from small_training import MIXED, build, same, weights

from lstm_lib.train import Batches, NonFiniteError, checkpoint
from lstm_lib.train import precision as precisions
from lstm_lib.train.finite import SKIPS

STEPS = 12


@pytest.fixture
def float16(monkeypatch):
    """The scaler on a CPU, where a training refuses float16; the products are bfloat16."""
    monkeypatch.setattr(precisions, "FLOAT16_DEVICES", ("cpu", "cuda"))
    monkeypatch.setitem(precisions.DTYPES, "float16", torch.bfloat16)


@pytest.mark.parametrize("pieces", [2, 3, 7, 11, 50])
def test_pieces_make_the_step_of_the_whole_batch(pieces):
    """For: a mean of means (11 rows in 2, 3, 7 pieces), an empty piece, a gradient that is kept."""
    batches = Batches(n=40, batch_size=11, seed=2)
    whole = build(steps=STEPS, exact=True, batches=batches)
    cut = build(steps=STEPS, exact=True, batches=batches, accumulate=pieces)
    wanted, in_pieces = whole.fit(STEPS), cut.fit(STEPS)
    assert in_pieces.losses == pytest.approx(wanted.losses, rel=1e-12)
    assert dict(in_pieces.evaluations) == pytest.approx(dict(wanted.evaluations), rel=1e-12)
    for name, value in weights(whole).items():
        torch.testing.assert_close(weights(cut)[name], value, rtol=1e-12, atol=1e-12)


def test_a_piece_is_no_step():
    """Schedule, data and evaluations count optimiser steps; each row is seen once a step."""
    trainer, rows_of = build(steps=STEPS, accumulate=3), {}
    loss = trainer.loss

    def watched(model, rows):
        rows_of.setdefault(trainer.history.steps, []).append(rows)
        return loss(model, rows)

    trainer.loss = watched
    history = trainer.fit(STEPS)
    assert history.steps == STEPS and [step for step, _ in history.evaluations] == [4, 8, 12]
    for step, pieces in rows_of.items():
        assert [len(piece) for piece in pieces] == [3, 3, 2]
        assert torch.equal(torch.cat(pieces), trainer.batches.indices(step))


def test_autocast_covers_the_loss_alone():
    """In bfloat16: the products of the loss. In float32: weights, moments, mean, evaluation."""
    trainer, seen = build(steps=STEPS, **MIXED), {}
    loss, evaluate = trainer.loss, trainer.evaluate

    def watched(name, call, model, *arguments):
        seen[name] = model.head(torch.zeros(1, 6)).dtype
        return call(model, *arguments)

    trainer.loss = lambda model, rows: watched("loss", loss, model, rows)
    trainer.evaluate = lambda model: watched("evaluation", evaluate, model)
    mixed = trainer.fit(STEPS)
    assert seen == {"loss": torch.bfloat16, "evaluation": torch.float32}
    tensors, _ = trainer.state.pack()
    kept = {t.dtype for name, t in tensors.items() if not name.startswith("random")}
    assert kept == {torch.float32}
    plain = build(steps=STEPS, accumulate=3).fit(STEPS)
    assert mixed.losses != plain.losses
    assert mixed.losses == pytest.approx(plain.losses, rel=0.05)


def overflow_at(trainer, steps):
    """Make the scaled gradient infinite at these steps: the loss itself stays as it is."""
    loss = trainer.loss

    def steep(model, rows):
        value = loss(model, rows)
        return Steep.apply(value) if trainer.history.steps in steps else value

    trainer.loss = steep
    return trainer


class Steep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, value):
        return value.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient * math.inf


def test_a_skipped_step_is_recorded(float16):
    """No weight, moment or mean changes in it; the scale is halved; losses and history go on."""
    lines = []
    trainer = overflow_at(
        build(steps=STEPS, precision="float16", log=lines.append, log_every=4), {5}
    )
    before, scales = {}, []
    step = trainer._step

    def watched(number):
        kept, _ = trainer.state.pack()
        before[number] = {n: t.clone() for n, t in kept.items() if not n.startswith("random")}
        scales.append(trainer.state.precision.scale)
        step(number)

    trainer._step = watched
    history = trainer.fit(STEPS)
    assert history.skipped == [5] and len(history.losses) == STEPS
    assert same(before[5], before[6]) and not same(before[6], before[7])
    assert scales[6] == scales[5] / 2
    assert [line.endswith("skipped 1") for line in lines] == [False, True, True]


def test_float16_is_unscaled_before_clipping(float16):
    """For: clipping the scaled gradient, whose norm is 2^16 times too large."""
    norms = {}
    for precision in ("float32", "float16"):
        trainer = build(steps=3, precision=precision, clip_norm=1e3)
        step, norms[precision] = trainer.optimizer.step, []

        def recording(trainer=trainer, step=step, seen=norms[precision]):
            seen.append(torch.nn.utils.get_total_norm([p.grad for p in trainer.model.parameters()]))
            step()

        trainer.optimizer.step = recording
        trainer.fit(3)
    torch.testing.assert_close(norms["float16"][0], norms["float32"][0], rtol=0.02, atol=0)


@pytest.mark.parametrize("at", [3, 8])
def test_a_resumed_scaler_is_the_same(tmp_path, float16, at):
    """For: a scale, a count of steps without overflow, or a record of skips that is left behind."""
    options = dict(steps=STEPS, precision="float16", accumulate=2, checkpoint_every=1)
    path = tmp_path / "run.safetensors"
    trainers = [build(**options), build(path, **options), build(path, **options)]
    for trainer in trainers:
        overflow_at(trainer, {2, 3, 7})
        if trainer.state.precision.scaler is not None:
            trainer.state.precision.scaler.set_growth_interval(3)
    whole, first, second = trainers
    wanted = whole.fit(STEPS)
    first.fit(at)
    resumed = second.fit(STEPS)
    assert same(weights(second), weights(whole))
    assert (resumed.losses, resumed.skipped) == (wanted.losses, [2, 3, 7])
    assert second.state.precision.pack() == whole.state.precision.pack()


def test_a_scale_that_sinks_for_ever_is_an_error(tmp_path, float16):
    """Skipping must not hide a gradient that is never finite; no checkpoint after the error."""
    path = tmp_path / "run.safetensors"
    trainer = overflow_at(build(path, steps=60, precision="float16"), range(4, 60))
    with pytest.raises(NonFiniteError, match=r"in 25 steps in a row.*down to 0\.00") as caught:
        trainer.fit(60)
    assert caught.value.step == 4 + SKIPS - 1 and caught.value.parameter == "lstm.weight_ih_l0"
    assert checkpoint.read(path)[1]["history"]["steps"] == 27


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_non_finite_loss_names_the_piece(float16, precision):
    """Under autocast, with pieces: the step, the piece, the parameter, a cause, no update."""
    trainer = build(steps=STEPS, accumulate=3, precision=precision)
    loss, calls = trainer.loss, []

    def spoilt(model, rows):
        calls.append(trainer.history.steps)
        second = trainer.history.steps == 7 and calls.count(7) == 2
        return loss(model, rows) * (math.nan if second else 1.0)

    trainer.loss = spoilt
    words = r"step 7: the loss is nan in piece 2 of 3; .* 'lstm.weight_ih_l0'.*Likely cause"
    with pytest.raises(NonFiniteError, match=words) as caught:
        trainer.fit(STEPS)
    assert (caught.value.step, caught.value.parameter) == (7, "lstm.weight_ih_l0")
    assert all(p.isfinite().all() for p in trainer.model.parameters())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (dict(precision="fp16"), "precision must be one of float32, bfloat16, float16; got 'fp16'"),
        (dict(precision="float16"), "'float16' needs a GPU; the model is on cpu"),
        (dict(accumulate=0), "accumulate must be positive; got 0"),
        (dict(accumulate=2.0), "accumulate must be an integer; got 2.0"),
        (dict(accumulate=True), "accumulate must be an integer; got True"),
    ],
)
def test_wrong_options_are_named(changes, words):
    with pytest.raises(ValueError, match=words):
        build(**changes)
