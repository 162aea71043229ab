"""`python course.py export KIND [NUMBERS] [--to FOLDER]`: what an instructor hands out.

student    notebooks without outputs and without solutions
solved     notebooks with every exercise replaced by its solution
handout    one HTML file a notebook, to be printed from a browser; needs no network

A cell tagged `solution` is left out of a student copy. Where later cells need what it computes, the
cell's metadata hold, as `course.student`, the source that stands there instead.
"""

import argparse
import copy
import json
from pathlib import Path

from lstm_lib.course import handout
from lstm_lib.course.copies import choose, originals
from lstm_lib.course.normal_form import as_text, empty
from lstm_lib.course.solved import solved
from lstm_lib.files import write_text
from lstm_lib.places import EXPORTS, NOTEBOOKS, WORK


def main(arguments: list[str]) -> int:
    """Write the notebooks named, or all, in one of the three kinds; say where they are."""
    parser = argparse.ArgumentParser(
        "python course.py export", description="Write what an instructor hands out."
    )
    parser.add_argument("kind", choices=("student", "solved", "handout"))
    parser.add_argument("numbers", nargs="*", help="such as 03; all notebooks if left out")
    parser.add_argument("--to", type=Path, help="a folder; exports/KIND if left out")
    chosen = parser.parse_args(arguments)
    try:
        paths = choose(chosen.numbers) or originals()
    except ValueError as error:
        parser.error(str(error))
    folder = chosen.to or EXPORTS / chosen.kind
    if folder.exists() and any(own.exists() and folder.samefile(own) for own in (NOTEBOOKS, WORK)):
        parser.error(
            f"{folder} holds notebooks that an export would replace: choose another folder"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        print(export(path, chosen.kind, folder))
    return 0


def export(path: Path, kind: str, folder: Path) -> Path:
    """Write one notebook; return the file."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    if kind == "handout":
        target, text = folder / f"{path.stem}.html", handout.page(notebook)
    else:
        made = student(notebook) if kind == "student" else solved(notebook)
        target = folder / path.name
        text = as_text(made)
    write_text(target, text)
    return target


def student(notebook: dict) -> dict:
    """A copy without outputs, in which no cell shows a solution.

    >>> given = {"cell_type": "code", "source": ["x = 1"], "metadata": {"tags": ["solution"]}}
    >>> student({"cells": [given]})["cells"]
    []
    """
    notebook = copy.deepcopy(notebook)
    kept = []
    for cell in notebook["cells"]:
        if "solution" in cell["metadata"].get("tags", []):
            instead = cell["metadata"].get("course", {}).get("student")
            if instead is None:
                continue
            cell["source"], cell["metadata"] = instead, {}
        empty(cell)
        kept.append(cell)
    notebook["cells"] = kept
    return notebook
