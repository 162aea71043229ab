"""The launcher: complete is said last, a second run does nothing, what is broken is found."""

import importlib.util
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from lstm_lib import doctor
from lstm_lib.places import ROOT


@pytest.fixture
def course(tmp_path, monkeypatch):
    """course.py over an empty folder; the programs it starts are written down and acted."""
    spec = importlib.util.spec_from_file_location("course_launcher", ROOT / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    venv = tmp_path / ".venv"
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", venv)
    monkeypatch.setattr(module, "PYTHON", venv / "bin" / "python")
    module.commands, module.version, module.pip, module.stop_at = [], "3 11", True, None

    def started(command, **streams):
        words = [str(word) for word in command]
        if "sys.base_prefix" in words[-1]:
            here = words[0] == sys.executable or (venv / "bin/python").exists()
            return done(not here, "here" if words[0] == sys.executable else module.same)
        if "version_info" in words[-1]:
            return done(not module.version, module.version)
        if "--help" in words:
            return done(not module.pip)
        module.commands.append(" ".join(words))
        if module.stop_at is not None and module.stop_at in module.commands[-1]:
            raise KeyboardInterrupt
        if "venv" in words:
            (venv / "bin").mkdir(parents=True, exist_ok=True)
            (venv / "bin" / "python").touch()
            module.same, module.pip = "here", True
        if "ensurepip" in words:
            module.pip = module.can_have_pip
        return done(module.failing is not None and module.failing in module.commands[-1])

    def done(code, out=""):
        return subprocess.CompletedProcess([], int(code), out)

    monkeypatch.setattr(module, "started", started)
    module.same, module.can_have_pip, module.failing = "here", True, None
    return module


def complete(course):
    return [path.name for path in course.VENV.glob("complete*")]


def test_the_second_run_does_nothing(course):
    course.prepared_venv([])
    assert course.commands
    course.commands.clear()
    course.prepared_venv([])
    assert not course.commands


def test_tests_need_more_and_what_has_more_serves_for_less(course):
    course.prepared_venv([])
    course.prepared_venv(["test"])
    assert any("--editable=.[test]" in command for command in course.commands)
    course.commands.clear()
    course.prepared_venv([])
    course.prepared_venv(["doctor"])
    assert not course.commands


@pytest.mark.parametrize("at, made_anew", [
    ("-m venv", True), ("pip>=26", True), ("--editable", False), ("requirements", False),
])  # fmt: skip
def test_a_set_up_cut_off_anywhere_is_mended_and_goes_on(course, at, made_anew):
    course.stop_at = at
    with pytest.raises(KeyboardInterrupt):
        course.prepared_venv([])
    assert not complete(course)
    (course.VENV / "bin").mkdir(exist_ok=True)
    (course.VENV / "bin" / "python").touch()  # as far as anyone can see, all is well
    course.stop_at = None
    course.commands.clear()
    course.prepared_venv([])
    assert complete(course) == ["complete"]
    assert ("-m venv" in course.commands[0]) == made_anew
    assert (course.FIND_BROKEN in course.commands[0]) == (not made_anew)


def test_a_pip_that_does_not_start_is_made_anew_with_its_environment(course):
    course.prepared_venv([])
    course.pip = False
    (course.VENV / "complete").unlink()
    course.commands.clear()
    course.prepared_venv([])
    assert "-m venv" in course.commands[0] and complete(course)


def test_what_is_not_there_after_all_is_not_called_complete(course):
    course.failing = "lstm_lib.requirements"
    with pytest.raises(SystemExit, match="sends it elsewhere"):
        course.prepared_venv([])
    assert not complete(course)


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_change_of_what_is_wanted_installs_again(course, name):
    course.prepared_venv([])
    with open(course.ROOT / name, "a") as file:
        file.write("# changed\n")
    course.commands.clear()
    course.prepared_venv([])
    assert any("--editable" in command for command in course.commands)


def test_an_environment_of_another_python_is_made_anew_if_it_is_the_courses(course):
    course.prepared_venv([])
    course.same = "another"
    (course.VENV / "relic").touch()
    (course.VENV / "complete").unlink()
    course.prepared_venv([])
    assert not (course.VENV / "relic").exists() and complete(course)


def readers_own(course):
    (course.VENV / "bin").mkdir(parents=True)
    (course.VENV / "bin" / "python").touch()
    (course.VENV / "mine").write_text("work")


@pytest.mark.parametrize("pip, another", [(True, False), (False, False), (True, True)])
def test_a_readers_own_environment_is_used_and_kept(course, pip, another):
    readers_own(course)
    course.pip, course.same = pip, "another" if another else "here"
    for changed in (False, True):  # also the second time, when the course has been in it
        if changed:
            (course.ROOT / "constraints.txt").write_text("")
        course.prepared_venv([])
        assert (course.VENV / "mine").read_text() == "work" and complete(course)
    assert not any("-m venv" in command for command in course.commands)
    assert any("ensurepip" in command for command in course.commands) == (not pip)


@pytest.mark.parametrize("trouble, said", [
    ({"version": ""}, "no Python that starts"), ({"version": "3 9"}, "of Python 3.9"),
    ({"pip": False, "can_have_pip": False}, "pip could not be added"),
])  # fmt: skip
def test_a_readers_own_environment_that_cannot_serve_is_not_touched(course, trouble, said):
    readers_own(course)
    for name, value in trouble.items():
        setattr(course, name, value)
    with pytest.raises(SystemExit, match=said):
        course.prepared_venv([])
    assert sorted(path.name for path in course.VENV.iterdir()) == ["bin", "mine"]


def test_clearing_that_is_cut_off_does_not_forget_whose_the_environment_is(course):
    course.prepared_venv([])
    course.same = "another"
    (course.VENV / "complete").unlink()

    def cut_off(path):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(course.shutil, "rmtree", cut_off)
        course.prepared_venv([])
    assert not course.belongs_to_the_reader()


def test_no_path_is_pasted_into_what_pip_is_told(course):
    """For: a folder `kurs [2026]`, where brackets mean extras."""
    course.prepared_venv(["test"])
    told = [command for command in course.commands if "pip --disable" in command]
    assert told and not any(str(course.ROOT) in command.split("install")[1] for command in told)


def test_the_doctors_advice_works(course):
    course.prepared_venv([])
    course.commands.clear()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "prefix", str(course.VENV))
        assert "`python course.py` again" in doctor.install_again(course.VENV)
    course.prepared_venv([])
    assert course.FIND_BROKEN in course.commands[0]
    assert any("--editable" in command for command in course.commands) and complete(course)


def test_what_a_shell_says_does_not_send_pip_elsewhere(course):
    given = {"PIP_USER": "1", "PIP_PREFIX": "/x", "PYTHONPATH": "/y", "PIP_INDEX_URL": "z"}
    assert course.unmisled(given) == {"PIP_INDEX_URL": "z"}


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
        [sys.executable, "-S", "-c", course.FIND_BROKEN, str(tmp_path / "site")],
        env=dict(os.environ, PYTHONPATH=str(tmp_path / "site")),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = {os.path.basename(line).split("-")[0] for line in found.splitlines()}
    assert names == {"cut", "gone", "unrecorded"}
    elsewhere = subprocess.run(
        [sys.executable, "-S", "-c", course.FIND_BROKEN, str(tmp_path / "venv")],
        env=dict(os.environ, PYTHONPATH=str(tmp_path / "site")),
        capture_output=True,
        check=True,
    )
    assert not elsewhere.stdout, "packages of the system are not ours to mend"


LAUNCH = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); import course\n"
    "course.inside_prepared_environment = lambda: True\n"
    "sys.exit(course.main(sys.argv[1:]))"
)


def launch(*arguments, **environment):
    """The launcher as in an environment that is prepared: nothing is installed by this test."""
    return subprocess.run(
        [sys.executable, "-c", LAUNCH, *arguments],
        capture_output=True,
        text=True,
        env=dict(os.environ, **environment),
    )


def test_arguments_reach_the_library_and_its_exit_code_comes_back():
    known, unknown = launch("help"), launch("no-such-command")
    assert known.returncode == 0 and "doctor" in known.stdout
    assert unknown.returncode == 2 and "no-such-command" in unknown.stderr


def test_every_command_prints_whatever_the_shell_says(own_progress, tmp_path):
    shell = {"PYTHONIOENCODING": "ascii", "PYTHONOPTIMIZE": "2"}
    progress = launch("progress", **shell)
    assert progress.returncode == 0 and "exercises done" in progress.stdout
    export = launch("export", "solved", "0", "--to", str(tmp_path / "solved"), **shell)
    assert export.returncode == 0, export.stderr


SLOW_PIP = """#!/bin/sh
case "$*" in
  *version_info*) echo 3 11;;
  *--help*) ;;
  *) echo $$ > pid.tmp; mv pid.tmp pid; exec sleep 60;;
esac
"""


def as_at_a_terminal():
    """In a child: a job in the background ignores SIGINT, one under nohup SIGHUP."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_launcher_alone_ends_the_set_up_and_its_pip(tmp_path, number):
    for name in ("course.py", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").write_text(SLOW_PIP)
    (tmp_path / ".venv/bin/python").chmod(0o755)
    launcher = subprocess.Popen(
        [sys.executable, "-S", str(tmp_path / "course.py"), "help"],  # not prepared
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": ""},
        preexec_fn=as_at_a_terminal,
    )
    while not (tmp_path / "pid").exists():
        assert launcher.poll() is None, launcher.communicate()
        time.sleep(0.02)
    time.sleep(0.5)  # until it waits for pip
    launcher.send_signal(number)
    _, said = launcher.communicate(timeout=30)
    assert launcher.returncode == 1 and "Interrupted" in said
    pip = int((tmp_path / "pid").read_text())
    for _ in range(100):
        if ended(pip):
            return
        time.sleep(0.05)
    os.kill(pip, signal.SIGKILL)
    raise AssertionError("pip goes on")


def ended(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.skipif(os.name != "posix", reason="flock")
def test_the_lock_is_held_by_what_a_killed_set_up_started(tmp_path):
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import course\n"
        "from pathlib import Path\n"
        f"course.ROOT = Path({str(tmp_path)!r})\n"
        "with course.one_at_a_time():\n"
        "    course.started([sys.executable, '-c', 'print(1, flush=True); input()'])"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout.readline() == "1\n"
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    second = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert second.stdout.readline().startswith("Another set-up is at work")
    first.stdin.close()  # the orphan ends
    assert second.stdout.readline() == "1\n"
    second.communicate("")
