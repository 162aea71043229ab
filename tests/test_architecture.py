"""Imports point one way, and the first steps of the course need NumPy alone."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_lib.places import ROOT

LIBRARY = ROOT / "lstm_lib"
# package: the packages of the library that it may import
ALLOWED = {
    "scratch": set(),
    "data": set(),
    "plots": set(),
    "nn": {"scratch"},
    "train": set(),
    "tasks": {"scratch", "nn", "train", "data", "plots"},
    "experiments": {"scratch", "nn", "train", "data", "plots", "tasks"},
    "course": {"scratch", "nn", "plots"},
    "forecast": {"scratch", "nn", "train", "plots", "tasks"},
    "bench": {"scratch", "nn"},
}
NUMPY_ALONE = {"torch", "pandas", "matplotlib", "scipy", "sklearn"}
FILES = sorted(path for path in LIBRARY.rglob("*.py") if len(path.relative_to(LIBRARY).parts) > 1)


def imported(path: Path) -> set[str]:
    """Names of all modules that a file imports, at its top or inside a function."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute in this library"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_imports_follow_the_arrows(path):
    package = path.relative_to(LIBRARY).parts[0]
    used = {name.split(".")[1] for name in imported(path) if name.startswith("lstm_lib.")}
    used = {name for name in used if (LIBRARY / name).is_dir()}
    assert used <= ALLOWED[package] | {package}


def files_imported(path: Path) -> set[Path]:
    """The library's files that a file imports by name (a package is its `__init__`)."""
    files = set()
    for name in imported(path):
        parts = name.split(".")[1:] if name.startswith("lstm_lib.") else []
        while parts:
            module = LIBRARY.joinpath(*parts)
            places = [module.with_suffix(".py"), module / "__init__.py"]
            if there := [place for place in places if place.exists()]:
                files.update(there)
                break
            parts.pop()  # what is imported is a name in that module
    return files - {path}


def test_no_two_files_import_each_other_in_any_number_of_steps():
    """For: two files that can only be read together, and imports hidden inside functions."""
    every = sorted(LIBRARY.rglob("*.py"))
    graph = {path: files_imported(path) for path in every}
    try:
        list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        circle = [str(path.relative_to(LIBRARY)) for path in error.args[1]]
        raise AssertionError(f"these import each other: {' <- '.join(circle)}") from None


@pytest.mark.parametrize("package", ["scratch", "data"])
def test_importing_needs_numpy_alone(package):
    code = f"import sys, lstm_lib.{package}; print({NUMPY_ALONE!r} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


@pytest.mark.parametrize("name", ["course.py", "lstm_lib/handover.py", "lstm_lib/__init__.py"])
def test_what_runs_before_the_set_up_needs_python_alone(name):
    first = {module.split(".")[0] for module in imported(ROOT / name)}
    assert first <= sys.stdlib_module_names | {"lstm_lib"}
    ours = {module for module in imported(ROOT / name) if module.startswith("lstm_lib")}
    assert ours <= {"lstm_lib.handover", "lstm_lib.handover.hand_over"}


def test_there_is_no_drawer():
    drawers = {"utils", "util", "helpers", "common", "misc", "tools"}
    assert not [path for path in LIBRARY.rglob("*.py") if path.stem in drawers]
