"""Every notebook a second time: run all, solve every exercise, run all again, in one kernel.

The second round is compared strictly with the committed outputs. An exercise must pass its check
now; everything else must come out as it did unsolved, since nothing may depend on an answer.
"""

import json
import os
import subprocess
import sys

import pytest

from lstm_lib.course.solved import solved
from lstm_lib.places import NOTEBOOKS
from lstm_lib.test import notebook_options

# Peaks. A notebook run by itself takes less than 1,000 MB (13 and 15: 800 to 940 measured, from run
# to run); in a kernel that has run for long the allocator's holes add up to 200.
ONE_ROUND, BOTH_ROUNDS = 1100, 1400


def memory(limit):
    """A cell that fails if the kernel ever held more than `limit` MB."""
    source = f"""import resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
assert peak < {limit}, f"{{peak:.0f}} MB"
"""
    return {
        "cell_type": "code",
        "execution_count": 1,
        "id": f"memory-{limit}",
        "metadata": {},
        "outputs": [],
        "source": source if sys.platform.startswith("linux") else "",
    }


def again(notebook):
    """The cells, then the solved cells with a passing check; a look at the memory after each."""
    first, second = notebook["cells"], solved(notebook)["cells"]
    for cell in second:
        if "exercise" in cell["metadata"].get("tags", []):
            lines = "".join(cell["source"]).splitlines()
            assert lines[-1].startswith("check(")
            lines[-1] = f"assert {lines[-1]}.passed"
            cell["source"], cell["outputs"] = "\n".join(lines), []
    for k, cell in enumerate(second):
        cell["id"] = f"again-{k}"
    cells = [*first, memory(ONE_ROUND), *second, memory(BOTH_ROUNDS)]
    return notebook | {"cells": cells}


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_it_runs_twice_and_solved(path, tmp_path):
    copy = tmp_path / path.name
    copy.write_text(json.dumps(again(json.loads(path.read_text("utf-8")))), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, *notebook_options(), copy.name],
        cwd=tmp_path,
        env=dict(os.environ, LSTM_COURSE_PROGRESS=str(tmp_path / "progress.json")),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
