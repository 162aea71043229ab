"""Resuming is exact: for each optimiser, from each moment, with everything random switched on."""

import json
import signal

import pytest
import torch
from small_training import EVERY, MIXED, build, same, weights

from lstm_lib.train import Batches, CheckpointError, History, step_decay

STEPS = 24


class Stop(Exception):
    pass


def break_off(trainer, at):
    """Make the trainer fail inside step `at`, after its dropout masks were drawn."""
    loss = trainer.loss

    def failing(model, rows):
        value = loss(model, rows)
        if trainer.history.steps == at:
            raise Stop
        return value

    trainer.loss = failing
    return trainer


def adam(parameters, lr):
    return torch.optim.Adam(parameters, lr=lr, amsgrad=True)


def momentum(parameters, lr):
    return torch.optim.SGD(parameters, lr=lr, momentum=0.9, nesterov=True)


def groups(parameters, lr):
    parameters = list(parameters)
    return torch.optim.AdamW(
        [{"params": parameters[:3], "lr": lr / 2}, {"params": parameters[3:], "weight_decay": 0.1}],
        lr=lr,
    )


OPTIMISERS = [adam, momentum, groups, torch.optim.SGD, torch.optim.RMSprop, torch.optim.NAdam]


@pytest.mark.parametrize("optimizer", OPTIMISERS, ids=lambda o: o.__name__)
@pytest.mark.parametrize("at", [5, 13])
def test_every_optimiser(tmp_path, optimizer, at):
    """For: a moment, a step count or a group's rate that is left behind."""
    whole = build(steps=STEPS, optimizer=optimizer)
    wanted = whole.fit(STEPS)
    path, seen = tmp_path / "run.safetensors", []
    with pytest.raises(Stop):
        break_off(build(path, STEPS, seen, optimizer), at).fit(STEPS)
    trainer = build(path, STEPS, seen, optimizer)
    history = trainer.fit(STEPS)
    assert same(weights(trainer), weights(whole))
    assert history.losses == wanted.losses and history.evaluations == wanted.evaluations
    assert (history.best, history.best_step) == (wanted.best, wanted.best_step)
    assert history.resumed_at == [at - at % EVERY]
    assert len(seen) - STEPS <= EVERY


@pytest.mark.parametrize(
    ("at", "changes"), [(at, {}) for at in range(STEPS)] + [(at, MIXED) for at in (2, 13, 21)]
)
def test_every_step(tmp_path, at, changes):
    whole = build(steps=STEPS, **changes)
    whole.fit(STEPS)
    path, seen = tmp_path / "run.safetensors", []
    with pytest.raises(Stop):
        break_off(build(path, STEPS, seen, **changes), at).fit(STEPS)
    trainer = build(path, STEPS, seen, **changes)
    trainer.fit(STEPS)
    assert same(weights(trainer), weights(whole))
    assert len(seen) - STEPS <= EVERY


def test_in_two_calls(tmp_path):
    """fit(12), fit(24) in one process or two is fit(24): the best weights put into the model in
    between do not leak into the training (12 is a step of the evaluations)."""
    whole = build(steps=STEPS)
    whole.fit(STEPS)
    one = build(steps=STEPS)
    one.fit(12)
    torch.rand(3)  # what is drawn in between is the caller's business
    one.fit(STEPS)
    assert same(weights(one), weights(whole))
    path = tmp_path / "run.safetensors"
    build(path, STEPS).fit(12)
    two = build(path, STEPS)
    two.fit(STEPS)
    assert same(weights(two), weights(whole))
    again = build(path, STEPS)
    again.fit(STEPS)
    assert same(weights(again), weights(whole))


def test_a_broken_trainer_goes_back_to_its_checkpoint(tmp_path):
    """After an error the same object resumes from the file; without a file it refuses."""
    whole = build(steps=STEPS)
    whole.fit(STEPS)
    trainer = build(tmp_path / "run.safetensors", STEPS)
    good = trainer.loss
    trainer.fit(6)
    with pytest.raises(Stop):
        break_off(trainer, 16).fit(STEPS)
    trainer.loss = good
    trainer.fit(STEPS)
    assert same(weights(trainer), weights(whole))
    trainer = break_off(build(steps=STEPS), 6)
    with pytest.raises(Stop):
        trainer.fit(STEPS)
    with pytest.raises(RuntimeError, match="at step 6 and can neither go on"):
        trainer.fit(STEPS)


def test_evaluating_changes_nothing():
    """Draws, dropout and weights of an evaluation leave the training's bits alone."""

    def wild(model):
        torch.rand(7), torch.manual_seed(0)
        return 1.0

    plain = build(steps=STEPS, evaluate=None, evaluate_every=None)
    plain.fit(STEPS)
    wildly = build(steps=STEPS, evaluate=wild, evaluate_every=1)
    wildly.fit(STEPS)
    assert same(plain.pause.weights, wildly.pause.weights)


CHANGES = {
    "batches": dict(batches=Batches(n=40, batch_size=10, seed=2)),
    "batches seed": dict(batches=Batches(n=40, batch_size=8, seed=3)),
    "optimizer": dict(optimizer=torch.optim.Adam),
    "optimizer.0.lr": dict(rate=1e-2),
    "clip_norm": dict(clip_norm=None),
    "average": dict(average=None),
    "evaluate_every": dict(evaluate_every=5),
    "patience": dict(patience=50),
    "seed": dict(seed=1),
    "precision": dict(precision="bfloat16"),
    "accumulate": dict(accumulate=2),
    "schedule": dict(schedule=step_decay(3)),
    "config.data": dict(config={"data": "sha256 of other data"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_training_is_refused_by_name(tmp_path, name):
    path = tmp_path / "run.safetensors"
    build(path, STEPS).fit(7)
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match=f"{name.split()[0]}: .*the checkpoint has"):
        build(path, STEPS, **CHANGES[name]).fit(STEPS)
    assert path.read_bytes() == before


def test_a_training_that_differs_in_much_is_refused_in_brief(tmp_path):
    """For: a message that tells how to mend it behind fifty lines of differences."""
    path = tmp_path / "run.safetensors"
    build(path, STEPS).fit(7)
    changes = {key: value for change in CHANGES.values() for key, value in change.items()}
    with pytest.raises(CheckpointError, match=r"and \d+ more differences\. Delete it") as caught:
        build(path, STEPS, **changes).fit(STEPS)
    assert str(caught.value).count("the checkpoint has") == 3


def test_another_model_is_refused(tmp_path, monkeypatch):
    import small_training

    path = tmp_path / "run.safetensors"
    build(path, STEPS).fit(7)
    model = small_training.Model
    monkeypatch.setattr(small_training, "Model", lambda: model(dropout=0.2))
    with pytest.raises(CheckpointError, match=r"model\.lstm: the checkpoint has .*dropout=0\.3"):
        build(path, STEPS).fit(STEPS)


def test_ctrl_c_waits_for_the_end_of_the_step(tmp_path):
    """A signal inside a step: the step is finished, the checkpoint written, the best weights kept;
    the same trainer or a new one goes on to the same end."""
    whole = build(steps=STEPS)
    whole.fit(STEPS)
    for same_object in (True, False):
        path = tmp_path / f"{same_object}.safetensors"
        trainer = build(path, STEPS)
        loss = trainer.loss

        def pressing(model, rows, trainer=trainer, loss=loss):
            if trainer.history.steps == 10:
                signal.raise_signal(signal.SIGINT)
            return loss(model, rows)

        trainer.loss = pressing
        with pytest.raises(KeyboardInterrupt):
            trainer.fit(STEPS)
        assert trainer.history.steps == 11
        assert same(trainer.model.state_dict(), trainer.state.best)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        trainer = trainer if same_object else build(path, STEPS)
        history = trainer.fit(STEPS)
        assert history.resumed_at == ([] if same_object else [11])
        assert same(weights(trainer), weights(whole))


@pytest.mark.parametrize("where", ["loss", "evaluate", "log"])
def test_interrupt_raised_anywhere(tmp_path, where):
    """The second Ctrl-C, or one raised by the user's own code: still usable, still exact."""
    whole = build(steps=STEPS)
    whole.fit(STEPS)
    path = tmp_path / "run.safetensors"
    trainer = build(path, STEPS, log=lambda line: None, log_every=1)
    inner = getattr(trainer, where)

    def interrupted(*arguments):
        if trainer.history.steps == 8:
            raise KeyboardInterrupt
        return inner(*arguments)

    setattr(trainer, where, interrupted)
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(STEPS)
    assert same(trainer.model.state_dict(), trainer.state.best)
    setattr(trainer, where, inner)
    trainer.fit(STEPS)
    assert same(weights(trainer), weights(whole))
    fresh = build(path, STEPS)
    fresh.fit(STEPS)
    assert same(weights(fresh), weights(whole))


def test_checkpoint_holds_no_pickle_and_history_is_json(tmp_path):
    path = tmp_path / "run.safetensors"
    history = build(path, STEPS).fit(STEPS)
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        names = set(file.keys())
        document = json.loads(file.metadata()["json"])
    kinds = {name.split("/")[0] for name in names}
    assert kinds == {"model", "best", "average", "optimizer", "random"}
    assert {**document["history"], "seconds": 0} == {
        **json.loads(json.dumps(history.to_dict())),
        "seconds": 0,
    }
    assert History.from_dict(json.loads(json.dumps(history.to_dict()))) == history
