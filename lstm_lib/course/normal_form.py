"""`python course.py normalise`: the form in which notebooks are committed. Runs nothing.

Kept: cells, their ids, sources, tags and outputs. Dropped: timestamps, the kernel's version, widget
state and the views of it (their text stays), and whatever an editor left in the metadata. Applying
it twice changes nothing.
"""

import json
import sys
from pathlib import Path

from lstm_lib.files import write_text
from lstm_lib.places import NOTEBOOKS, ROOT

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# What the course says of a notebook (minutes, prerequisites) or a cell stands under this key.
OWN_METADATA = "course"
# A view of a widget whose state is not kept: JupyterLab would show "model not found".
VIEW = "application/vnd.jupyter.widget-view+json"


def main(arguments: list[str]) -> int:
    """Bring the notebooks named, or all of them, into normal form; say which changed."""
    paths = [Path(name) for name in arguments] or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in paths:
        try:
            before = path.read_text(encoding="utf-8")
            after = normalise(before)
        except (OSError, ValueError, KeyError, TypeError) as error:
            print(f"{path}: not a notebook that can be read ({error})", file=sys.stderr)
            return 1
        if after != before:
            write_text(path, after)
            here = path.resolve()
            print(f"{here.relative_to(ROOT) if here.is_relative_to(ROOT) else path}: normalised")
    return 0


def normalise(text: str) -> str:
    """The normal form of a notebook's text.

    >>> once = normalise('{"cells": [], "metadata": {"widgets": {}}, "nbformat": 4}')
    >>> "widgets" in once, normalise(once) == once
    (False, True)
    """
    notebook = json.loads(text)
    own = notebook["metadata"].get(OWN_METADATA)
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    normal = {
        "cells": [normal_cell(cell, k) for k, cell in enumerate(notebook["cells"])],
        "metadata": metadata | ({OWN_METADATA: own} if own else {}),
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return as_text(normal)


def as_text(notebook: dict) -> str:
    """A notebook as it is written to a file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def empty(cell: dict) -> None:
    """Take the outputs out of a code cell."""
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None


def normal_cell(cell: dict, position: int) -> dict:
    given = cell.get("metadata", {})
    metadata = {"tags": sorted(set(given["tags"]))} if given.get("tags") else {}
    if OWN_METADATA in given:
        metadata[OWN_METADATA] = given[OWN_METADATA]
    normal = {
        "cell_type": cell["cell_type"],
        "id": cell.get("id") or f"cell-{position:02d}",
        "metadata": metadata,
        "source": as_lines(cell["source"]),
    }
    if cell["cell_type"] == "code":
        normal["execution_count"] = cell.get("execution_count")
        normal["outputs"] = [normal_output(output) for output in merged(cell.get("outputs", []))]
    return normal


def merged(outputs: list[dict]) -> list[dict]:
    """Neighbouring pieces of one stream as one: how a stream was cut depends on the clock."""
    whole: list[dict] = []
    for output in outputs:
        last = whole[-1] if whole else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            text = "".join(last["text"]) + "".join(output["text"])
            whole[-1] = {"output_type": "stream", "name": last["name"], "text": text}
        else:
            whole.append(output)
    return whole


def normal_output(output: dict) -> dict:
    normal = {key: value for key, value in output.items() if key != "transient"}
    if "text" in normal:
        normal["text"] = as_lines(normal["text"])
    if "data" in normal:
        normal["data"] = {
            kind: as_lines(value) if kind.startswith("text/") else value
            for kind, value in normal["data"].items()
            if kind != VIEW or len(normal["data"]) == 1
        }
        if "image/png" in normal["data"]:
            normal["data"]["image/png"] = "".join(normal["data"]["image/png"]).strip()
    return normal


def as_lines(text: str | list[str]) -> list[str]:
    return "".join(text).splitlines(keepends=True)
