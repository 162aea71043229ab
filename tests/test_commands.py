"""Commands where little is as it should be: a line that says so, never a traceback."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_lib import __main__, doctor, lab, places
from lstm_lib.course import record


class Ascii(io.TextIOWrapper):
    """A terminal that can show ASCII alone."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="ascii")


def test_what_a_terminal_cannot_show_is_spelt_out(monkeypatch):
    stream = Ascii()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(__main__, "run", lambda name, rest: print("✓ ·") or 0)
    assert __main__.main(["progress"]) == 0
    assert stream.buffer.getvalue() == b"\\u2713 \\xb7\n"


@pytest.mark.parametrize("error, said", [
    (PermissionError(13, "Permission denied", "runs/x"), "`train` stopped: runs/x: Permission"),
    (OSError(28, "No space left on device"), "`train` stopped: No space left on device"),
])  # fmt: skip
def test_a_place_that_cannot_be_written_to_is_told_in_a_line(monkeypatch, capsys, error, said):
    def fails(name, rest):
        raise error

    monkeypatch.setattr(__main__, "run", fails)
    assert __main__.main(["train"]) == 1
    assert capsys.readouterr().err.startswith(said)


def test_an_error_of_our_own_keeps_its_traceback(monkeypatch):
    def fails(name, rest):
        raise FileNotFoundError(2, "No such file or directory", "results/x.json")

    monkeypatch.setattr(__main__, "run", fails)
    with pytest.raises(FileNotFoundError):
        __main__.main(["train"])


@pytest.mark.skipif(os.name != "posix", reason="pipes")
def test_a_reader_who_has_seen_enough_is_no_error():
    shell = f"{sys.executable} -m lstm_lib syllabus; echo code $? >&2"
    seen = subprocess.run(
        ["sh", "-c", f"{{ {shell}; }} | true"], capture_output=True, text=True, cwd=places.ROOT
    )
    assert seen.stderr == "code 0\n"


@pytest.fixture
def locked(tmp_path):
    """Folders that nobody can make, on any system and whoever runs the tests."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "folder"


def test_jupyters_own_files_go_to_a_temporary_folder_if_home_is_locked(locked, monkeypatch, capsys):
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    for name in names:
        monkeypatch.setenv(name, str(locked / name))
    monkeypatch.setenv("MPLCONFIGDIR", str(locked.parent.parent / "fine"))
    changed = lab.at_home(dict(os.environ))
    for name in names:
        assert places.can_hold_files(Path(changed[name]))
    assert changed["MPLCONFIGDIR"] == os.environ["MPLCONFIGDIR"]
    assert "cannot be written to" in capsys.readouterr().out


def test_nothing_is_asked_over_the_first_page_and_the_environment_is_not_written_to():
    (settings,) = (o for o in lab.options() if o.startswith("--LabApp.app_settings_dir="))
    folder = Path(settings.partition("=")[2])
    assert folder.is_relative_to(places.ROOT / "lstm_lib")
    said = json.loads((folder / "overrides.json").read_text(encoding="utf-8"))
    notification = said["@jupyterlab/apputils-extension:notification"]
    assert notification == {"checkForUpdates": False, "fetchNews": "false"}
    from jupyterlab.labapp import LabApp

    app = LabApp()
    app.parse_command_line([o for o in lab.options() if o.startswith("--LabApp.check")])
    assert app.check_for_updates_class.__name__ == "NeverCheckForUpdate"


def test_the_doctor_tries_to_write(locked, monkeypatch, own_progress):
    assert not doctor.writing().cure
    monkeypatch.setattr(doctor, "WORK", locked)
    assert str(locked) in doctor.writing().found and doctor.writing().cure
    monkeypatch.undo()
    monkeypatch.setenv("LSTM_COURSE_PROGRESS", str(locked.parent.parent / "a folder"))
    record.place().mkdir()
    assert "is not a file" in doctor.writing().found and doctor.writing().cure


def test_the_doctor_survives_what_it_looks_with(monkeypatch):
    def needs_a_tool():
        raise ModuleNotFoundError("No module named 'psutil'")

    monkeypatch.setattr(doctor, "install_again", lambda: "the cure")
    (finding,) = doctor.looked(needs_a_tool)
    assert "psutil" in finding.found and finding.cure == "the cure"


def test_what_is_missing_takes_the_stamp_so_that_the_advice_works(monkeypatch, tmp_path):
    for name in ("complete", "complete[test]"):
        (tmp_path / name).write_text("stamp")
    cure = doctor.install_again
    assert "pip install" in cure(tmp_path) and (tmp_path / "complete").exists(), "not in use"
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(doctor, "unmet", lambda: ["arch missing"])
    monkeypatch.setattr(doctor, "install_again", lambda: cure(tmp_path))
    assert "again" in doctor.packages().cure
    assert [path.name for path in tmp_path.iterdir()] == ["installing"]
