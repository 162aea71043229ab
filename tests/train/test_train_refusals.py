"""What cannot go on is told in words, and leaves the folder as it was."""

import hashlib
import json
import os
import subprocess
import sys

import pytest
import safetensors.torch
import torch
from small_training import build, same, weights

from lstm_lib.train import (
    Batches,
    CheckpointError,
    NonFiniteError,
    Trainer,
    checkpoint,
)
from lstm_lib.train.keeper import Keeper, lock_name


def line(optimizer, model=None, **options):
    """A training that fits a line."""
    torch.manual_seed(0)
    model, x = model or torch.nn.Linear(1, 1), torch.linspace(-1, 1, 8)[:, None]
    return Trainer(
        model,
        lambda model, rows: (model(x[rows]) - 2 * x[rows]).square().mean(),
        optimizer(model.parameters()),
        batches=Batches(n=8, batch_size=4),
        log=None,
        **options,
    )


@pytest.mark.skipif(os.name == "nt", reason="a limit on the size of files is POSIX's")
def test_a_training_on_a_full_disk_keeps_its_checkpoint(tmp_path):
    """Files are limited to what the first checkpoint takes: a longer history finds no place."""
    import resource

    path = tmp_path / "run.safetensors"
    build(path).fit(6)
    size, limits = path.stat().st_size, resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size - 1000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"run\.safetensors"):
            build(path).fit(24)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    names = {p.name for p in tmp_path.iterdir()}
    assert names == {"run.safetensors", "run.previous.safetensors"}
    again, whole = build(path), build()
    assert again.fit(12).resumed_at == [6]
    whole.fit(12)
    assert same(weights(again), weights(whole))


def test_the_second_training_on_a_checkpoint_is_told_so(tmp_path):
    """For: two that take the file from each other, and a missing-file error out of that."""
    path = tmp_path / "run.safetensors"
    first, second = build(path), build(path)
    take, told = first.optimiser_step.take, []

    def at_the_same_time(step, *arguments):
        if step == 4:
            with pytest.raises(
                CheckpointError, match="another training that is still running"
            ) as e:
                second.fit(24)
            told.append(str(e.value))
        return take(step, *arguments)

    first.optimiser_step.take = at_the_same_time
    first.fit(8)
    assert str(path) in told[0]
    assert second.fit(12).resumed_at == [8], "afterwards the file is free"
    assert not lock_name(path).exists()


@pytest.mark.skipif(os.name == "nt", reason="flock is POSIX's")
def test_a_lock_ends_with_its_process(tmp_path):
    """However it ends: a file that a killed training left behind bars nobody."""
    path = tmp_path / "run.safetensors"
    keeper = Keeper(path, {}, None, print)
    code = (
        "import fcntl, sys; file = open(sys.argv[1], 'ab'); fcntl.flock(file, fcntl.LOCK_EX);"
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(lock_name(path))]
    pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with subprocess.Popen(command, **pipes) as other:
        other.stdout.readline()
        with pytest.raises(CheckpointError, match="still running"), keeper.hold():
            pass
        other.kill()
    assert lock_name(path).exists()
    with keeper.hold():
        with pytest.raises(CheckpointError, match="still running"), keeper.hold():
            pass
    assert not lock_name(path).exists()


def forged(metadata, tensors=None):
    """A checkpoint with these metadata, and a checksum that is right."""
    metadata = {"format": checkpoint.FORMAT, "sha256": "0" * 64} | metadata
    data = safetensors.torch.save(tensors or {"a": torch.ones(1)}, metadata)
    digest = hashlib.sha256(data).hexdigest()
    return data.replace(b"0" * 64, digest.encode(), 1)


def headed(header):
    header = header.encode()
    return len(header).to_bytes(8, "little") + header


CRAFTED = {
    "no document": (forged({}), "not what this library writes"),
    "no JSON": (forged({"json": "{"}), "not what this library writes"),
    "a list": (forged({"json": "[1]"}), "its document is no object"),
    "endless brackets": (forged({"json": "[" * 100_000}), "not what this library writes"),
    "an empty document": (forged({"json": "{}"}), "KeyError: 'fingerprint'"),
    "other kinds": (
        forged({"json": json.dumps({"fingerprint": [], "history": 3, "factor": None})}),
        "AttributeError",
    ),
    "a number for metadata": (headed('{"__metadata__": 3}'), "header cannot be read"),
    "a header of brackets": (headed("[" * 100_000), "header cannot be read"),
    "a checksum of another kind": (
        headed('{"__metadata__": {"format": "lstm-course checkpoint 1", "sha256": 5}}'),
        "damaged",
    ),
    "endless length": (b"\xff" * 64, "header cannot be read"),
}


@pytest.mark.parametrize("kind", CRAFTED)
def test_a_crafted_checkpoint_is_refused_as_one(tmp_path, kind):
    """For: a KeyError or TypeError out of a file that somebody else made."""
    path = tmp_path / "run.safetensors"
    data, message = CRAFTED[kind]
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match=message) as caught:
        build(path).fit(3)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == data


def test_a_newer_checkpoint_is_left_alone(tmp_path):
    """It is whole: going on from the one before it would overwrite it."""
    path = tmp_path / "run.safetensors"
    build(path).fit(6)
    newer = path.read_bytes().replace(b"lstm-course checkpoint 1", b"lstm-course checkpoint 2")
    path.write_bytes(newer)
    with pytest.raises(
        CheckpointError, match=r"another version .* format is 'lstm-course chec.* 2'"
    ):
        build(path).fit(9)
    assert path.read_bytes() == newer


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.Adam])
def test_a_learning_rate_may_be_a_tensor(tmp_path, kind):
    """Resuming is exact, and the rate is a tensor afterwards as well."""
    path = tmp_path / "run.safetensors"

    def training(**options):
        return line(
            lambda p: kind(p, lr=torch.tensor(0.1)), schedule=lambda s: 1 / (s + 1), **options
        )

    training(checkpoint=path).fit(3)
    resumed, whole = training(checkpoint=path), training()
    assert resumed.fit(6).losses == whole.fit(6).losses
    assert torch.is_tensor(resumed.optimizer.param_groups[0]["lr"])
    assert same(weights(resumed), weights(whole))


@pytest.mark.parametrize("rate", [1e38, 1e300])
@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.AdamW, torch.optim.RMSprop])
def test_a_learning_rate_beyond_all_numbers_is_named(kind, rate):
    with pytest.raises(NonFiniteError, match="the learning rate is too high"):
        line(lambda p: kind(p, lr=rate)).fit(5)


def test_optimisers_that_ask_for_the_loss_again_are_refused():
    with pytest.raises(ValueError, match=r"got LBFGS, whose step\(closure\) computes the loss"):
        line(torch.optim.LBFGS)


class Table(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(9, 1, sparse=True)

    def forward(self, x):
        return self.table((x.abs() * 8).long())[:, 0]


@pytest.mark.parametrize("clip", [None, 0.1])
def test_sparse_gradients_are_refused_by_name(clip):
    with pytest.raises(TypeError, match=r"gradient of 'table.weight' is sparse.*sparse=False"):
        line(lambda p: torch.optim.SGD(p, lr=0.1), Table(), clip_norm=clip).fit(2)


@pytest.mark.parametrize("name", ["shuffle", "drop_last"])
def test_flags_are_true_or_false(name):
    with pytest.raises(TypeError, match=f"{name} must be True or False; got 'no'"):
        Batches(n=3, batch_size=1, **{name: "no"})
