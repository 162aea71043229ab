"""`python course.py train TASK`: what goes wrong is said in a line, and nothing is lost."""

import pytest

from lstm_lib.tasks import recommend
from lstm_lib.tasks.command import main
from lstm_lib.train import CheckpointError, NonFiniteError


@pytest.mark.parametrize("arguments", [[], ["wether"]])
def test_a_task_that_there_is_not(arguments, capsys):
    assert main(arguments) == 2
    assert "weather,stocks,translate,recommend" in capsys.readouterr().err


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

    def fails(arguments):
        raise error

    monkeypatch.setattr(recommend, "main", fails)
    assert main(["recommend"]) == 1
    errors = capsys.readouterr().err
    assert (said or str(error)) in errors and "Traceback" not in errors


def test_a_mistake_in_the_code_is_not_hidden(monkeypatch):
    """For: an `except` that is too wide."""

    def fails(arguments):
        raise KeyError("hidden_size")

    monkeypatch.setattr(recommend, "main", fails)
    with pytest.raises(KeyError, match="hidden_size"):
        main(["recommend"])
