"""The launcher: complete is said last, a second run does nothing, what is broken is found."""

import importlib.util
import os
import subprocess
import sys

import pytest

from lstm_lib.places import ROOT


@pytest.fixture
def course(tmp_path, monkeypatch):
    """course.py over an empty folder, with every command that it would run written down."""
    spec = importlib.util.spec_from_file_location("course_launcher", ROOT / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    venv = tmp_path / ".venv"
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", venv)
    monkeypatch.setattr(module, "PYTHON", venv / "bin" / "python")
    module.commands = []

    def make_venv():
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").touch()
        module.pythons[str(venv / "bin" / "python")] = "this"

    def run(command, capture=False):
        module.commands.append(" ".join(map(str, command)))
        return ""

    monkeypatch.setattr(module, "make_venv", make_venv)
    monkeypatch.setattr(module, "identity", lambda python: module.pythons.get(str(python)))
    module.pythons = {sys.executable: "this"}
    monkeypatch.setattr(module, "run", run)
    return module


def test_the_second_run_does_nothing(course):
    course.prepared_venv([])
    assert course.commands
    course.commands.clear()
    course.prepared_venv([])
    assert not course.commands


def test_tests_need_more_and_what_has_more_serves_for_less(course):
    course.prepared_venv([])
    course.prepared_venv(["test"])
    assert course.commands[-1].endswith("constraints.txt") and "[test]" in course.commands[-1]
    course.commands.clear()
    course.prepared_venv([])
    course.prepared_venv(["doctor"])
    assert not course.commands


@pytest.mark.parametrize("broken_at", [0, 1])
def test_an_interrupted_set_up_is_mended_and_goes_on(course, monkeypatch, broken_at):
    calm, calls = course.run, []

    def interrupted(command, capture=False):
        calls.append(command)
        if len(calls) == broken_at + 1:
            raise KeyboardInterrupt
        return calm(command, capture)

    monkeypatch.setattr(course, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        course.prepared_venv([])
    assert not list(course.VENV.glob("complete*"))
    monkeypatch.setattr(course, "run", calm)
    course.commands.clear()
    course.prepared_venv([])
    assert course.FIND_BROKEN in course.commands[0]
    assert "--editable" in course.commands[-1]
    assert list(course.VENV.glob("complete*"))


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_change_of_what_is_wanted_installs_again(course, name):
    course.prepared_venv([])
    with open(course.ROOT / name, "a") as file:
        file.write("# changed\n")
    course.commands.clear()
    course.prepared_venv([])
    assert any("--editable" in command for command in course.commands)


def test_an_environment_of_another_python_is_made_anew(course):
    course.prepared_venv([])
    course.pythons[str(course.PYTHON)] = "another"
    (course.VENV / "relic").touch()
    (course.VENV / "complete").unlink()
    course.prepared_venv([])
    assert not (course.VENV / "relic").exists()


def test_half_installed_packages_are_found_and_whole_ones_are_not(course, tmp_path):
    def package(name, record, files):
        info = tmp_path / "site" / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        if record is not None:
            (info / "RECORD").write_text(record)
        for path, text in files.items():
            (tmp_path / "site" / path).write_text(text)

    package("whole", "whole.py,,4\n", {"whole.py": "x=1\n"})
    package("cut", "cut.py,,40\n", {"cut.py": "x=1\n"})
    package("gone", "gone.py,,4\n", {})
    package("unrecorded", None, {})
    found = subprocess.run(
        [sys.executable, "-S", "-c", course.FIND_BROKEN],
        env=dict(os.environ, PYTHONPATH=str(tmp_path / "site")),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = {os.path.basename(line).split("-")[0] for line in found.splitlines()}
    assert names == {"cut", "gone", "unrecorded"}


def test_arguments_reach_the_library_and_its_exit_code_comes_back():
    launch = [sys.executable, str(ROOT / "course.py")]
    known = subprocess.run([*launch, "help"], capture_output=True, text=True)
    unknown = subprocess.run([*launch, "no-such-command"], capture_output=True, text=True)
    assert known.returncode == 0 and "doctor" in known.stdout
    assert unknown.returncode == 2 and "no-such-command" in unknown.stderr
