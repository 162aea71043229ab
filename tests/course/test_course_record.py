"""The reader's marks: none is lost, and a file that cannot be written decides no verdict."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_lib.course import hint, progress, record
from lstm_lib.course.exercises import EXERCISES
from lstm_lib.places import ROOT

pytestmark = pytest.mark.usefixtures("own_progress")
NOTHING = {"passed": [], "hints": {}, "guesses": {}}


def unwritable(tmp_path):
    """Progress in a folder that cannot be: whoever runs the tests, and on every system."""
    (tmp_path / "file").write_text("")
    os.environ["LSTM_COURSE_PROGRESS"] = str(tmp_path / "file" / "p.json")


def a_folder(tmp_path):
    record.place().mkdir()


def a_pipe(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no FIFOs here")
    os.mkfifo(record.place())


@pytest.mark.parametrize("kind", [unwritable, a_folder, a_pipe])
def test_what_cannot_be_recorded_is_told_in_a_sentence(tmp_path, kind):
    kind(tmp_path)
    said = record.passed("00.1")
    assert said.startswith("progress was not recorded: ") and str(tmp_path) in said
    assert record.read() == NOTHING and f"0 of {len(EXERCISES)}" in repr(progress())
    assert ("progress cannot be read" in repr(progress())) == (kind is not unwritable)


def test_hints_go_on_where_they_cannot_be_counted(tmp_path):
    unwritable(tmp_path)
    steps = EXERCISES["13.1"].steps
    shown = [repr(hint("13.1")) for _ in steps]
    assert [step in shown[-1] for step in steps] == [True] * len(steps)
    assert steps[1] not in shown[0]


@pytest.mark.parametrize("text", [
    "", "{half", "[]", "null", '{"passed": [1], "hints": {}}', '{"passed": 3, "hints": {}}',
    '{"passed": [], "hints": {"a": "b"}}', '{"passed": [null], "hints": []}', "[" * 100_000,
    "\udcff",
], ids=lambda text: ascii(text[:30]))  # fmt: skip
def test_what_is_no_record_is_kept_aside_and_marks_go_on(tmp_path, text):
    record.place().write_text(text, encoding="utf-8", errors="surrogateescape")
    damaged = record.place().read_bytes()
    assert record.passed("00.1") is None
    assert record.read()["passed"] == ["00.1"]
    (kept,) = tmp_path.glob("*damaged*")
    assert kept.read_bytes() == damaged


def test_each_damaged_file_is_kept():
    for text in ("{one", "{two", "{three"):
        record.place().write_text(text)
        assert record.read() == NOTHING
    kept = {path.read_text() for path in record.place().parent.glob("*damaged*")}
    assert kept == {"{one", "{two", "{three"}


def test_kernels_that_write_at_once_lose_no_mark():
    code = (
        "import sys\nfrom lstm_lib.course import record\nsys.stdin.readline()\n"
        "for key in sys.argv[1:]: assert record.passed(key) is None; record.one_more_hint(key, 3)"
    )
    everyones = sorted(f"{kernel}.{k}" for kernel in range(4) for k in range(25))
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, *everyones[k::4]], stdin=subprocess.PIPE)
        for k in range(4)
    ]
    for kernel in kernels:
        kernel.stdin.close()
    assert [kernel.wait() for kernel in kernels] == [0] * 4
    assert record.read()["passed"] == everyones
    assert record.read()["hints"] == dict.fromkeys(everyones, 1)


def test_the_home_folder_may_be_meant_and_a_name_alone_is_beside_the_course(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("LSTM_COURSE_PROGRESS", "~/new/p.json")
    assert record.passed("00.1") is None and (tmp_path / "new/p.json").exists()
    monkeypatch.setenv("LSTM_COURSE_PROGRESS", "p.json")
    monkeypatch.chdir(tmp_path)
    assert record.place() == ROOT / "p.json" and Path("p.json") != record.place()
    monkeypatch.setenv("LSTM_COURSE_PROGRESS", "")
    assert record.place() == ROOT / ".progress.json"
