"""`python course.py train TASK`: what goes wrong is said in a line, and nothing is lost."""

import importlib

import pytest

from lstm_lib.tasks import recommend
from lstm_lib.train import CheckpointError, NonFiniteError
from lstm_lib.training import main, modules, names


@pytest.mark.parametrize("arguments", [[], ["wether"]])
def test_a_task_that_there_is_not(arguments, capsys):
    assert main(arguments) == 2
    assert ",".join(names()) in capsys.readouterr().err


class Failing:
    """An experiment that says a line, and then cannot go on."""

    def __init__(self, error):
        self.error = error

    def main(self, arguments):
        print("a line")
        raise self.error


def test_each_task_has_its_experiment():
    """For: a folder that `train` offers and cannot run; two that write to one place."""
    for name, module in zip(names(), modules()):
        assert importlib.import_module(module).EXPERIMENT.name == name
    assert len(set(names())) == len(names())


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CheckpointError("laptop.ckpt is the checkpoint of another training: delete it."), None),
        (NonFiniteError("the loss is nan at step 3", 3), None),
        (KeyboardInterrupt(), "no result was written"),
    ],
)
def test_a_training_that_cannot_go_on(error, said, monkeypatch, capsys):
    """For: a page of traceback in which the reason is the last of thirty lines."""

    monkeypatch.setattr(recommend, "EXPERIMENT", Failing(error))
    assert main(["recommend"]) == 1
    errors = capsys.readouterr().err
    assert (said or str(error)) in errors and "Traceback" not in errors


def test_a_mistake_in_the_code_is_not_hidden(monkeypatch):
    """For: an `except` that is too wide."""

    monkeypatch.setattr(recommend, "EXPERIMENT", Failing(KeyError("hidden_size")))
    with pytest.raises(KeyError, match="hidden_size"):
        main(["recommend"])
