"""Faults around every write and rename of a checkpoint: what is left is always good enough."""

import builtins
import os

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_training import EVERY, MIXED, build, same, weights

from lstm_lib import files
from lstm_lib.train import CheckpointError, checkpoint

STEPS = 12
OPERATIONS = ("open", "write", "fsync file", "rotate", "rename", "open folder", "fsync folder")


class Crash(BaseException):
    """The process is gone: nothing catches this."""


class Faulty:
    """`files`' own `os` and `open`, with a crash at one operation, before, half-way or after it."""

    def __init__(self, at, when):
        self.at, self.when, self.count, self.names, self.gone = at, when, -1, [], False
        self.name, self.O_RDONLY, self.close = os.name, os.O_RDONLY, os.close

    def _do(self, name, operation, half=None):
        self.count += 1
        self.names.append(name)
        here = self.count == self.at
        self.gone = here
        if here and self.when == "before":
            raise Crash
        if here and self.when == "half-way" and half is not None:
            half()
            raise Crash
        returned = operation()
        if here:
            raise Crash
        return returned

    def builtin_open(self, path, mode):
        file = self._do("open", lambda: builtins.open(path, mode))
        return FaultyFile(self, file)

    def open(self, path, flags):
        return self._do("open folder", lambda: os.open(path, flags))

    def fsync(self, number):
        folder = self.names[-1] == "open folder"
        self._do("fsync folder" if folder else "fsync file", lambda: os.fsync(number))

    def unlink(self, path):
        if self.gone:  # who is gone tidies nothing up
            raise Crash
        os.unlink(path)

    def replace(self, source, target):
        rotate = ".previous" in str(target)
        self._do("rotate" if rotate else "rename", lambda: os.replace(source, target))


class FaultyFile:
    def __init__(self, faulty, file):
        self.faulty, self.file = faulty, file
        self.flush, self.fileno = file.flush, file.fileno

    def write(self, data):
        def half():
            self.file.write(data[: len(data) // 2])
            self.file.flush()

        self.faulty._do("write", lambda: self.file.write(data), half)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.file.close()


@pytest.fixture
def faulty(monkeypatch):
    def install(at, when):
        made = Faulty(at, when)
        monkeypatch.setattr(files, "os", made)
        monkeypatch.setattr(files, "open", made.builtin_open, raising=False)
        return made

    yield install


def finished(**changes):
    trainer = build(steps=STEPS, **changes)
    trainer.fit(STEPS)
    return weights(trainer)


@pytest.fixture(scope="module")
def undisturbed():
    return finished()


@pytest.fixture(scope="module")
def mixed_undisturbed():
    return finished(**MIXED)


# Steps 3, 6, 9, 12: four checkpoints; the first has nothing to rotate.
COUNT = 4 * len(OPERATIONS) - 1


@pytest.mark.parametrize("when", ["before", "half-way", "after"])
@pytest.mark.parametrize("at", range(COUNT))
def test_crash_at_every_operation(tmp_path, faulty, monkeypatch, undisturbed, at, when):
    """For: writing in place, renaming before the data is down, a moment without any whole file."""
    crash_and_resume(tmp_path / "run.safetensors", faulty, monkeypatch, undisturbed, at, when)


@pytest.mark.parametrize("at", range(1, COUNT, 4))
def test_crash_with_pieces_and_autocast(tmp_path, faulty, monkeypatch, mixed_undisturbed, at):
    """For: a piece's random numbers, or what autocast keeps, that a resume does not bring back."""
    path = tmp_path / "run.safetensors"
    crash_and_resume(path, faulty, monkeypatch, mixed_undisturbed, at, "after", **MIXED)


def crash_and_resume(path, faulty, monkeypatch, wanted, at, when, **changes):
    made, seen = faulty(at, when), []
    with pytest.raises(Crash):
        build(path, STEPS, seen, **changes).fit(STEPS)
    assert made.count == at, made.names
    monkeypatch.undo()
    trainer = build(path, STEPS, seen, **changes)
    trainer.fit(STEPS)
    assert same(weights(trainer), wanted)
    assert len(seen) - STEPS <= EVERY
    assert {p.name for p in path.parent.iterdir()} <= {path.name, "run.previous.safetensors"}


def test_the_operations_are_all_there(tmp_path, faulty):
    """The parametrisation above covers every operation: none was added without a test."""
    made = faulty(-1, "never")
    build(tmp_path / "run.safetensors", STEPS).fit(STEPS)
    once = list(OPERATIONS)
    assert made.names == [n for n in once if n != "rotate"] + once * 3
    assert len(made.names) == COUNT


@pytest.mark.parametrize("damage", ["cut", "empty", "flip", "zeros", "missing", "other"])
def test_damaged_newest(tmp_path, undisturbed, damage):
    """A disk that lied: the generation before is used, said, and not pushed out by the bad one."""
    path, seen, lines = tmp_path / "run.safetensors", [], []

    class Stop(Exception):
        pass

    trainer = build(path, STEPS, seen)
    trainer._step, step = lambda s: stop(s), trainer._step

    def stop(s):
        if s == 10:
            raise Stop
        step(s)

    with pytest.raises(Stop):
        trainer.fit(STEPS)
    data = path.read_bytes()
    middle = len(data) // 2
    spoilt = {
        "cut": data[:middle],
        "empty": b"",
        "flip": data[:middle] + bytes([data[middle] ^ 4]) + data[middle + 1 :],
        "zeros": bytes(len(data)),
        "other": b"\x02\x00\x00\x00\x00\x00\x00\x00{}",
    }
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(spoilt[damage])
    good = checkpoint.previous_name(path).read_bytes()
    resumed = build(path, STEPS, seen, log=lines.append)
    save, kept = resumed._save, []

    def watch():
        save()
        kept.append(checkpoint.previous_name(path).read_bytes() == good)

    resumed._save = watch
    resumed.fit(STEPS)
    assert same(weights(resumed), undisturbed)
    assert resumed.history.resumed_at == [6]
    assert kept[0], "the damaged file pushed out the last good one"
    assert bool(lines) == (damage != "missing")
    assert all("going on from the one before it" in line for line in lines)


def test_never_starts_over_unasked(tmp_path):
    path = tmp_path / "run.safetensors"
    build(path, STEPS).fit(STEPS)
    for file in (path, checkpoint.previous_name(path)):
        file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match="No whole checkpoint is left"):
        build(path, STEPS).fit(STEPS)
    seen = []
    build(path, STEPS, seen).fit(STEPS, resume=False)
    assert len(seen) == STEPS


PACKED = checkpoint.pack(
    {"a": torch.arange(6.0), "b": torch.ones((), dtype=torch.int64)}, {"x": [1, "ä"]}
)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(PACKED) * 8 - 1))
def test_any_flipped_bit_is_found(bit):
    data = bytearray(PACKED)
    data[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(CheckpointError):
        checkpoint.unpack(bytes(data))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(PACKED) - 1), st.binary(max_size=4))
def test_any_cut_is_found(length, more):
    if PACKED[:length] + more != PACKED:
        with pytest.raises(CheckpointError):
            checkpoint.unpack(PACKED[:length] + more)
