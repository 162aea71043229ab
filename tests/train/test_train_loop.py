"""What the loop does: batches, schedules, early stopping, best weights, averages, errors."""

import copy
import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_training import build, same

from lstm_lib.train import Average, Batches, NonFiniteError, Trainer, checkpoint, warmup_cosine

sizes = st.integers(1, 60)


@settings(max_examples=200, deadline=None)
@given(sizes, sizes, st.integers(0, 9), st.booleans(), st.booleans(), st.integers(0, 4))
def test_each_epoch_is_a_permutation(n, batch_size, seed, shuffle, drop_last, epoch):
    """For: an example left out or seen twice; a last batch lost."""
    if drop_last and batch_size > n:
        with pytest.raises(ValueError, match="drop_last leaves no batch"):
            Batches(n, batch_size, seed, shuffle, drop_last)
        return
    batches = Batches(n, batch_size, seed, shuffle, drop_last)
    per = batches.steps_per_epoch
    parts = [batches.indices(step) for step in range(epoch * per, (epoch + 1) * per)]
    seen = torch.cat(parts)
    assert seen.dtype == torch.long
    assert len(seen.unique()) == len(seen) and 0 <= seen.min() and seen.max() < n
    assert len(seen) == (n - n % batch_size if drop_last else n)
    assert all(len(part) == batch_size for part in parts[:-1])


@settings(max_examples=100, deadline=None)
@given(sizes, sizes, st.lists(st.integers(0, 500), min_size=1, max_size=20))
def test_batches_are_a_pure_function(n, batch_size, steps):
    """In any order, asked twice, after the caller wrote into what it got, in another object."""
    batches = Batches(n, batch_size, seed=3)
    before = [batches.indices(step).clone() for step in steps]
    for step in reversed(steps):
        batches.indices(step).fill_(-1)
    other = Batches(n, batch_size, seed=3)
    for step, wanted in zip(steps, before, strict=True):
        assert torch.equal(batches.indices(step), wanted)
        assert torch.equal(other.indices(step), wanted)


def test_epochs_and_seeds_differ():
    a = Batches(50, 50, seed=0)
    orders = [a.indices(0), a.indices(1), Batches(50, 50, seed=1).indices(0)]
    assert len({tuple(order.tolist()) for order in orders}) == 3


@pytest.mark.parametrize("wrong", [dict(n=0), dict(batch_size=0), dict(seed=-1), dict(n=2.0)])
def test_batches_errors(wrong):
    with pytest.raises((ValueError, TypeError), match=next(iter(wrong))):
        Batches(**{**dict(n=4, batch_size=2), **wrong})


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 500), st.data())
def test_warmup_cosine(steps, data):
    """Rises, then falls; between floor and 1; the same whenever asked."""
    warmup = data.draw(st.integers(0, steps - 1))
    floor = data.draw(st.floats(0, 1))
    factor = warmup_cosine(steps, warmup, floor)
    values = [factor(step) for step in range(steps + 20)]
    assert values == [warmup_cosine(steps, warmup, floor)(step) for step in range(steps + 20)]
    assert all(a <= b for a, b in pairwise(values[:warmup]))
    assert all(a >= b for a, b in pairwise(values[warmup:]))
    assert values[warmup] == 1.0 and math.isclose(values[steps], floor, abs_tol=1e-12)


def test_the_rate_is_the_schedules():
    """The factor of step s is applied at step s, counted from 0, to each group's own rate."""
    rates = []
    trainer = build(steps=6, schedule=lambda step: 1.0 / (1 + step), rate=0.5)
    step = trainer.optimizer.step
    trainer.optimizer.step = lambda: (rates.append(trainer.optimizer.param_groups[0]["lr"]), step())
    trainer.fit(6)
    assert rates == [0.5 / (1 + s) for s in range(6)]
    assert trainer.optimizer.param_groups[0]["lr"] == 0.5


def scripted(values, **options):
    """A trainer whose evaluations are `values`, one a step."""
    rest = iter(values)
    options = dict(evaluate=lambda model: next(rest), evaluate_every=1, average=None) | options
    return build(steps=len(values), **options)


def test_early_stopping_counts_evaluations():
    trainer = scripted([5, 4, 4.5, 3, 3, 3.5, 3.2, 1], patience=3)
    history = trainer.fit(8)
    assert history.stopped_early and history.steps == 7
    assert (history.best, history.best_step) == (3, 4)
    assert trainer.fit(100) is history and history.steps == 7


def test_early_stopping_outlives_a_resume(tmp_path):
    """The counter is not reset by a new process: 2 bad evaluations before it, 1 after."""
    path = tmp_path / "run.safetensors"
    scripted([5, 6, 7], patience=3, checkpoint=path, schedule=None).fit(3)
    trainer = scripted([8, 1], patience=3, checkpoint=path, schedule=None)
    history = trainer.fit(5)
    assert history.stopped_early and history.steps == 4
    assert (history.best, history.best_step) == (5, 1)
    again = scripted([0], patience=3, checkpoint=path, schedule=None)
    assert again.fit(5).steps == 4
    assert same(again.model.state_dict(), trainer.model.state_dict())


def test_best_weights_are_kept():
    """Those evaluated best, bit for bit; not the last, not an alias of the live ones."""
    copies = []
    values = iter([3.0, 1.0, 2.0, 1.0])

    def evaluate(model):
        assert not model.training and not torch.is_grad_enabled()
        copies.append(copy.deepcopy(model.state_dict()))
        return next(values)

    trainer = build(steps=4, evaluate=evaluate, evaluate_every=1)
    trainer.model.eval()
    trainer.fit(4)
    assert same(trainer.model.state_dict(), copies[1]), "a tie is no new best"
    assert not same(copies[1], copies[3])
    assert not trainer.model.training, "the mode is the caller's"


def test_average_is_its_definition():
    """mean_t = Σ d^(t-k) w_k / Σ d^(t-k); evaluated and kept in place of the raw weights."""
    trail, decay = [], 0.7
    trainer = build(steps=5, average=decay, evaluate=None, evaluate_every=None)
    step = trainer.optimizer.step

    def recording():
        step()
        trail.append(copy.deepcopy(trainer.model.state_dict()))

    trainer.optimizer.step = recording
    trainer.fit(5)
    shares = torch.tensor([decay ** (4 - k) for k in range(5)], dtype=torch.float64)
    shares /= shares.sum()
    for name, mean in trainer.model.state_dict().items():
        stacked = torch.stack([weights[name].double() for weights in trail])
        wanted = torch.tensordot(shares, stacked, 1)
        assert torch.allclose(mean.double(), wanted, rtol=1e-5, atol=1e-7)
    assert same(trainer.pause.weights, trail[-1])


def test_average_copies_what_is_not_floating():
    average = Average(0.5)
    for count in (1, 2, 7):
        average.update({"count": torch.tensor(count)})
    assert average.state["count"].item() == 7
    with pytest.raises(ValueError, match="decay"):
        Average(1.0)


def test_clipping_is_by_the_global_norm():
    norms = []
    trainer = build(steps=3, clip_norm=1e-3)
    step = trainer.optimizer.step

    def recording():
        grads = [p.grad for p in trainer.model.parameters()]
        norms.append(torch.stack([g.norm() for g in grads]).norm().item())
        step()

    trainer.optimizer.step = recording
    trainer.fit(3)
    assert all(0.99e-3 < norm <= 1e-3 for norm in norms)


def test_lines_are_plain_and_without_a_clock():
    lines, again = [], []
    for kept in (lines, again):
        build(steps=10, log=kept.append, log_every=4, evaluate_every=4).fit(10)
    assert lines == again
    assert [line.split()[1] for line in lines] == ["4", "8", "10"]
    assert lines[0].startswith("step      4  loss ") and "(best " in lines[0]


def test_no_checkpoint_no_evaluation():
    trainer = build(steps=5, evaluate=None, evaluate_every=None, average=None)
    history = trainer.fit(5)
    assert history.steps == 5 and history.evaluations == [] and history.best is None
    assert same(trainer.model.state_dict(), trainer.pause.weights)


def spoil(trainer, at, spoiler):
    loss = trainer.loss

    def spoilt(model, rows):
        value = loss(model, rows)
        return spoiler(model, value) if trainer.history.steps == at else value

    trainer.loss = spoilt
    return trainer


def sqrt_at_zero(model, value):
    return value + (model.head.weight[0, 0] * 0.0).sqrt()


@pytest.mark.parametrize(
    ("spoiler", "parameter", "words"),
    [
        (
            lambda model, value: value * math.nan,
            "lstm.weight_ih_l0",
            "NaN or infinity in the input",
        ),
        (lambda model, value: value / 0.0, "lstm.weight_ih_l0", "the loss is inf"),
        (sqrt_at_zero, "head.weight", "exploding gradients"),
    ],
)
def test_non_finite_loss_or_gradient(tmp_path, spoiler, parameter, words):
    """Stops at that step, names the parameter and a cause; the checkpoint before it stays whole."""
    path = tmp_path / "run.safetensors"
    trainer = spoil(build(path, 24), 7, spoiler)
    with pytest.raises(NonFiniteError, match=words) as caught:
        trainer.fit(24)
    assert caught.value.step == 7 and caught.value.parameter == parameter
    assert "step 7" in str(caught.value) and parameter in str(caught.value)
    _, document, _ = checkpoint.read(path)
    assert document["history"]["steps"] == 6
    assert all(p.isfinite().all() for p in trainer.model.parameters()), "no update was made of it"


def test_non_finite_weights(tmp_path):
    """An update that overflows is found at its own step, before a checkpoint can hold it."""
    path = tmp_path / "run.safetensors"
    schedule = lambda step: math.inf if step == 5 else 1.0  # noqa: E731
    trainer = build(path, schedule=schedule, optimizer=torch.optim.SGD)
    with pytest.raises(NonFiniteError, match=r"update made weight 'lstm\.weight_ih_l0'") as caught:
        trainer.fit(24)
    assert caught.value.step == 5
    assert checkpoint.read(path)[1]["history"]["steps"] == 3
    trainer = build()
    trainer.model.head.bias.data.fill_(math.nan)
    with pytest.raises(NonFiniteError, match=r"'head.bias' is not finite.*when the training began"):
        trainer.fit(3)


def test_non_finite_evaluation():
    with pytest.raises(NonFiniteError, match="after 1 steps, evaluate returned nan"):
        scripted([math.nan]).fit(1)


@pytest.mark.parametrize("name", ["clip_norm", "evaluate_every", "checkpoint_every", "patience"])
def test_counts_must_be_positive(name):
    with pytest.raises(ValueError, match=f"{name} must be positive; got 0"):
        build(**{name: 0})


def test_other_errors_name_the_argument():
    with pytest.raises(ValueError, match="patience and evaluate_every need evaluate="):
        build(evaluate=None)
    with pytest.raises(ValueError, match="steps must be an integer"):
        build().fit(-1)
    with pytest.raises(ValueError, match=r"loss must return a scalar.*got \(2,\)"):
        spoil(build(), 0, lambda model, value: torch.ones(2)).fit(1)
    with pytest.raises(ValueError, match=r"loss must return a scalar.*got float"):
        spoil(build(), 0, lambda model, value: 0.5).fit(1)
    a, b = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    with pytest.raises(ValueError, match="optimizer must hold the model's parameters"):
        Trainer(a, None, torch.optim.SGD(b.parameters(), lr=0.1), batches=Batches(4, 2))

    class Endless:
        def indices(self, step):
            return torch.arange(8)

    with pytest.raises(ValueError, match="evaluate_every must be given"):
        build(batches=Endless(), evaluate_every=None)
