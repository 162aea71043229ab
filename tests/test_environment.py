"""pyproject.toml is the one source of what the course needs; the other files agree with it."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from lstm_lib.places import ROOT
from lstm_lib.test import DECISIVE, constraints

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PYTHONS = ("3.11", "3.12", "3.13")
UNPINNED = {"triton"}  # torch for a GPU asks for one exact version of its own
NEEDS = [
    need
    for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    if (need := Requirement(line)).name not in UNPINNED
]


def conda_pip_section():
    return next(entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict))


def test_environment_yml_installs_this_very_project_with_its_test_extra_and_constraints():
    assert sorted(conda_pip_section()) == ["-c constraints.txt", "-e .[test]"]


def test_environment_yml_brings_nothing_that_pyproject_does_not_name():
    names = {re.split(r"[<>=~! ]", entry)[0] for entry in CONDA["dependencies"][:-1]}
    assert names == {"python", "pip"}


def test_environment_yml_asks_for_an_exact_python_that_pyproject_allows():
    (python,) = (d for d in CONDA["dependencies"] if str(d).startswith("python"))
    version = re.fullmatch(r"python=(\d+\.\d+)", python)[1]
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)


@pytest.mark.parametrize("python", PYTHONS)
def test_the_launcher_and_pyproject_allow_the_same_pythons(python):
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)
    launcher = (ROOT / "course.py").read_text(encoding="utf-8")
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in launcher
    assert not SpecifierSet(PROJECT["requires-python"]).contains("3.14")
    assert not SpecifierSet(PROJECT["requires-python"]).contains("3.10")


@pytest.mark.parametrize("need", NEEDS, ids=str)
def test_constraints_name_a_version_of_every_dependency_within_its_range(need):
    pinned = {name.lower().replace("_", "-"): v for name, v in constraints().items()}
    assert need.specifier.contains(Version(pinned[need.name.lower().replace("_", "-")]))


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0"])
def test_the_first_release_of_every_python_takes_each_pin(python):
    """For: a pin that the newest 3.11 takes and Debian's 3.11.2 does not."""
    refused = {
        name: wanted
        for name, version in constraints().items()
        if (wanted := requires_python(name, version)) is not None
        and not SpecifierSet(wanted).contains(python)
    }
    assert refused == {}


def requires_python(name: str, version: str) -> str | None:
    """What an installed package says, if it is installed in the version that is pinned."""
    try:
        found = distribution(name)
    except PackageNotFoundError:  # another system's
        return None
    return found.metadata["Requires-Python"] if found.version == version else None


def test_the_versions_that_decide_how_notebooks_are_compared_are_pinned():
    assert set(DECISIVE) <= set(constraints())
