"""A notebook's copy for the tests: as it is, then once more in the same kernel, solved.

Both rounds are compared with the committed outputs. In the second an exercise must pass its check;
everything else must come out as it did unsolved, since nothing may depend on an answer. A cell
whose metadata hold `course.trained_once` trains wholly in the first round alone.

As a plugin (`pytest -p lstm_lib.two_rounds`) this module calls a cell by its round and its number.
"""

import copy
import json
import sys
import textwrap
from pathlib import Path

from lstm_lib.course.solved import solved

# Peaks. A notebook run by itself takes less than 1,000 MB (13 and 15: 800 to 940 measured, from run
# to run); in a kernel that has run for long the allocator's holes add up to 200.
ONE_ROUND, BOTH_ROUNDS = 1100, 1400


def write_copies(paths: list[Path], folder: Path) -> None:
    """Write a copy of each notebook into a new folder, its file of progress beside it."""
    folder.mkdir()
    for path in paths:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        made = two_rounds(notebook, folder / f"{path.stem}.progress.json")
        (folder / path.name).write_text(json.dumps(made), encoding="utf-8")


def two_rounds(notebook: dict, progress: Path) -> dict:
    """The cells, then the solved cells with a passing check; a look at the memory after each.

    The kernel records progress in a file of its own.
    """
    first, second = copy.deepcopy(notebook), solved(notebook)
    for cell in second["cells"]:
        if "exercise" in cell["metadata"].get("tags", []):
            *lines, check = "".join(cell["source"]).splitlines()
            assert check.startswith("check(")
            cell["source"] = "\n".join([*lines, f"assert {check}.passed"])
    own = f'__import__("os").environ["LSTM_COURSE_PROGRESS"] = {str(progress)!r}'
    cells = [silent("round-1-progress", own)]
    for number, whole, limit in ((1, first, ONE_ROUND), (2, second, BOTH_ROUNDS)):
        code = [cell for cell in whole["cells"] if cell["cell_type"] == "code"]
        for k, cell in enumerate(code):
            cell["source"] = inside_trained_once("".join(cell["source"]), cell)
            cell["id"] = f"round-{number}-cell-{k}"
        cells += [*code, silent(f"round-{number}-memory", memory(limit))]
    return notebook | {"cells": cells}


def inside_trained_once(source: str, cell: dict) -> str:
    """The source of a cell; where its metadata say so, inside of `trained_once`."""
    plan = cell["metadata"].get("course", {}).get("trained_once")
    if plan is None:
        return source
    options = ", ".join(f"{name}={value!r}" for name, value in plan.items())
    return (
        "from lstm_lib.trained_once import trained_once\n\n"
        f"with trained_once(globals(), {cell['id']!r}, {options}):\n"
        f"{textwrap.indent(source, '    ')}"
    )


def silent(name: str, source: str) -> dict:
    """A code cell that shows nothing."""
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": []}
    return cell | {"id": name, "source": source}


def memory(limit: int) -> str:
    """Source that fails if the kernel ever held more than `limit` MB; only Linux tells."""
    source = f"""import resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
assert peak < {limit}, f"{{peak:.0f}} MB"
"""
    return source if sys.platform.startswith("linux") else ""


def pytest_collection_modifyitems(items: list) -> None:
    """A cell of a copy is called by its round and by its number in the notebook."""
    items[:] = map(renamed, items)


def renamed(item):
    """The test of a copy's cell anew, under the cell's id; any other test as it is."""
    name = getattr(item, "cell", {}).get("id", "")
    if not name.startswith("round-"):
        return item
    last = name.rpartition("-")[2]
    number = int(last) if last.isdecimal() else item.cell_num
    options = {"cell": item.cell, "cell_num": number, "options": item.options}
    return type(item).from_parent(item.parent, name=name, **options)
