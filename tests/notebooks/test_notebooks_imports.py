"""The first notebooks run with NumPy, matplotlib and the course alone: the rest is slow to load."""

import ast
import json
import subprocess
import sys

import pytest

from lstm_lib.course.copies import number_of
from lstm_lib.places import NOTEBOOKS, ROOT

PATHS = sorted(NOTEBOOKS.glob("0[0-8]_*.ipynb"))
notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
SLOW = ("torch", "numba", "triton", "sklearn", "pandas", "scipy")
LOADED = f"import sys; print(*[name for name in {SLOW} if name in sys.modules])"


def code_cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def imported(tree):
    """The packages that a piece of code imports by name."""
    names = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    names += [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def loaded_after(source):
    run = subprocess.run(
        [sys.executable, "-c", f"{source}\n{LOADED}"], capture_output=True, text=True, cwd=ROOT
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_one_import_cell_stands_first_in_all_of_them():
    assert len({code_cells(path)[0] for path in PATHS}) == 1 and len(PATHS) == 9


def test_the_import_cell_leaves_out_what_is_slow():
    """For: a module of the course that imports torch or numba when it is imported itself."""
    assert loaded_after(code_cells(PATHS[0])[0]) == []


def test_what_the_first_notebooks_import_of_the_course_leaves_it_out_too():
    """For: the same further down, as with a data set or the library's layers."""
    lines = set()
    for path in PATHS:
        for source in code_cells(path):
            for node in ast.parse(source).body:
                if isinstance(node, ast.Import | ast.ImportFrom) and "torch" not in imported(node):
                    lines.add(ast.unparse(node))
    assert loaded_after("\n".join(sorted(lines))) == []


@notebook
def test_a_cell_that_uses_torch_imports_it_or_comes_after_one_that_does(path):
    known = False
    for source in code_cells(path):
        tree = ast.parse(source)
        known = known or "torch" in imported(tree)
        uses = any(isinstance(n, ast.Name) and n.id == "torch" for n in ast.walk(tree))
        assert known or not uses
    assert known == (number_of(path) in ("04", "05"))
