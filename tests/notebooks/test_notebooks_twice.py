"""Two rounds of a notebook in one kernel: what reaches the second round from the first is found."""

import ast
import json
import os
import subprocess
import sys

import nbformat
import pytest
import torch

from lstm_lib.places import NOTEBOOKS, ROOT
from lstm_lib.test import in_two_rounds, notebook_options
from lstm_lib.trained_once import STEPS, trained_once
from lstm_lib.two_rounds import inside_trained_once, two_rounds


def code(source, output=None, **metadata):
    outputs = [nbformat.v4.new_output("stream", text=output)] if output else []
    return nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=1, metadata=metadata)


def test_what_is_left_over_is_found_and_its_place_is_named(tmp_path):
    """For: state that a second run meets; a report that leaves open which cell, which round."""
    leaking = code("times = globals().get('times', 0) + 1\nprint(times)", "1\n")
    own = code("import os\nprint(os.path.exists(os.environ['LSTM_COURSE_PROGRESS']))", "False\n")
    path = tmp_path / "leaks.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[own, leaking]), path)
    (tmp_path / "rounds").mkdir()
    options = in_two_rounds([str(path)], str(tmp_path / "rounds"))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *notebook_options(), "-p", "no:cacheprovider", *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
    )
    failed = [line.split(" - ")[0] for line in run.stdout.splitlines() if line[:6] == "FAILED"]
    assert failed == ["FAILED notebooks/leaks.ipynb::round-2-cell-1"], run.stdout + run.stderr
    assert "Cell 1: Cell outputs differ" in run.stdout and "6 passed" in run.stdout


def test_the_second_round_is_solved_and_asks_for_a_pass(tmp_path):
    text = 'def double(x): ...\n\n\ncheck("00.1", double)'
    given = nbformat.v4.new_notebook(cells=[code(text, "not yet", tags=["exercise"])])
    before = json.dumps(given)
    made = two_rounds(given, tmp_path / "progress.json")
    sources = {cell["id"]: cell["source"] for cell in made["cells"]}
    assert json.dumps(given) == before
    assert sources["round-1-cell-0"] == text and "return 2 * x" in sources["round-2-cell-0"]
    assert sources["round-2-cell-0"].endswith('\nassert check("00.1", double).passed')


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_training_inside_of_trained_once_is_the_same(path):
    """For: a text of several lines, which would be indented too."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if "trained_once" in cell["metadata"].get("course", {}):
            source = "".join(cell["source"])
            *_, within = ast.parse(inside_trained_once(source, cell)).body
            assert list(map(ast.dump, within.body)) == list(map(ast.dump, ast.parse(source).body))


class Training:
    """A cell that trains: a whole run of it and a second one, each with the globals `names`."""

    def __init__(self, key, leaves=("losses",), steps=100):
        self.key, self.leaves, self.steps, self.done = key, leaves, steps, 0
        self.names = {"loss_of": self.loss_of, "losses": [], "rate": 1.0}

    def loss_of(self, step):
        return torch.tensor(self.names["rate"] / (1 + step)), "gradients"

    def run(self, anew=True):
        with trained_once(self.names, self.key, "loss_of", list(self.leaves)):
            if anew:
                self.names["losses"] = []
            for step in range(self.steps):
                self.done = step
                self.names["losses"].append(self.names["loss_of"](step)[0].item())


def test_what_the_whole_training_left_is_back_after_the_first_steps():
    """For: copies that lose what they share, random numbers that go on from elsewhere."""
    training = Training("left", leaves=["losses", "pair"])
    shared = [0.0]
    training.names["pair"] = [shared, shared]
    training.run()
    whole, drawn = list(training.names["losses"]), torch.rand(3)
    shared.append(1.0)  # what comes after the training may change it
    training.names["pair"] = []
    training.run()
    assert training.done == STEPS and training.names["losses"] == whole and len(whole) == 100
    assert training.names["loss_of"] == training.loss_of
    one, other = training.names["pair"]
    assert one is other and one == [0.0] and torch.rand(3).equal(drawn)


def test_a_training_whose_steps_are_not_seen_is_told():
    """For: the name of a function that the training does not call, or calls too seldom."""
    training = Training("few", steps=STEPS)
    training.run()
    with pytest.raises(AssertionError, match=f"ended before step {STEPS + 1}"):
        training.run()


def test_a_training_that_starts_from_something_left_over_is_found():
    """For: an optimiser or a model that goes on where the first round ended."""
    training = Training("rate")
    training.run()
    training.names["rate"] = 1.001
    with pytest.raises(AssertionError, match="the first losses are"):
        training.run()


def test_a_list_that_goes_on_growing_is_found():
    training = Training("list")
    training.run()
    with pytest.raises(AssertionError, match="`losses` did not begin anew"):
        training.run(anew=False)


def test_an_error_of_the_training_is_its_own():
    """For: a stop that hides what went wrong, a function that stays replaced."""
    training = Training("error")
    training.run()
    training.names["rate"] = "fast"
    with pytest.raises(TypeError):
        training.run()
    assert training.names["loss_of"] == training.loss_of
