"""What claims are tried with: a notebook's own functions, on fresh seeds and in other sizes.

Under pytest a few seeds are tried; `python tests/claims/NAME.py` tries forty and prints what it
measured.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from lstm_lib.places import NOTEBOOKS

FEW, MANY = 2, 40


def in_full() -> bool:
    """Is the file run by itself, with all seeds?"""
    return "CLAIMS_IN_FULL" in os.environ


def fresh(few: int = FEW, many: int = MANY) -> range:
    """Seeds that no notebook uses: `few` of them, or `many` if the file is run by itself."""
    return range(1000, 1000 + (many if in_full() else few))


def try_in_full(path: str) -> None:
    """Run a file of claims with all seeds, show what it prints, and leave Python."""
    os.environ["CLAIMS_IN_FULL"] = "1"
    sys.exit(pytest.main(["-q", "-s", "-p", "no:cacheprovider", path]))


def notebook(number: str, **changed: Any) -> SimpleNamespace:
    """The imports, functions, classes and CAPITAL constants of a notebook; nothing else is run.

    `changed` replaces constants, so that the functions see other sizes. Raises ValueError for a
    constant that the notebook does not have.

    >>> notebook("07", H=16).inputs_and_end(0)[1].shape
    (8, 16)
    """
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    space: dict[str, Any] = {"__name__": path.stem}
    for node in filter(_defines, (node for source in code for node in ast.parse(source).body)):
        with suppress(NameError):  # R = rnn.params["R0"] is a result, no constant
            exec(compile(ast.Module([node], []), path.name, "exec"), space)
    if unknown := set(changed) - set(space):
        raise ValueError(f"{path.name} defines no {sorted(unknown)}")
    space.update(changed)
    return SimpleNamespace(**{name: value for name, value in space.items() if name[0] != "_"})


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        names = [n.id for target in node.targets for n in ast.walk(target) if hasattr(n, "id")]
        return bool(names) and all(name.isupper() for name in names)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
