"""`train TASK` in torchrun's other processes: words and files are the first one's."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from lstm_lib import training
from lstm_lib.tasks import weather
from lstm_lib.train import NonFiniteError, first_process, own_gpu, process_count


@pytest.fixture
def second(monkeypatch):
    """The environment of process 1 of 2."""
    values = dict(RANK="1", WORLD_SIZE="2", LOCAL_RANK="1", LOCAL_WORLD_SIZE="2")
    for name, value in (values | dict(MASTER_ADDR="localhost", MASTER_PORT="1")).items():
        monkeypatch.setenv(name, value)


def test_who_is_who(second):
    assert process_count() == 2 and not first_process()


def test_the_others_are_silent(second, monkeypatch, capsys):
    """Of an error that every process raises one is enough to hear; any other must be heard."""

    def failing(error):
        def main(arguments):
            print("a line")
            raise error

        return SimpleNamespace(main=main)

    monkeypatch.setattr(weather, "EXPERIMENT", failing(NonFiniteError("NaN", 3)))
    assert training.main(["weather"]) == 1
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(weather, "EXPERIMENT", failing(ValueError("in process 1 alone")))
    with pytest.raises(ValueError, match="alone"):
        training.main(["weather"])


def test_more_processes_than_gpus(second, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    with pytest.raises(ValueError, match=r"2 processes .* 1 GPUs.*--nproc-per-node 1"):
        own_gpu()


def test_training_alone_loads_no_more_of_torch_than_torch_does():
    """A plain process pays nothing for the others: no part of torch.distributed is loaded for it
    but what the rendezvous is, which torch loads itself."""
    code = (
        "import sys, torch; before = set(sys.modules); import lstm_lib.train;"
        "print([m for m in set(sys.modules) - before if m.startswith('torch')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]", run.stdout
