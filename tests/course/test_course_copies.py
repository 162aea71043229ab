"""The reader's work is safe: copies are made once, never overwritten, and kept when renewed."""

import itertools
import json
import os
import subprocess
import threading
import time

import pytest

from lstm_lib.course import check, copies, record
from lstm_lib.places import ROOT


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder of two originals, and a folder for the copies that does not exist yet."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00_start_here", "03_the_cell"):
        write_original(folder / f"{name}.ipynb", "x = 1")
    monkeypatch.setattr(copies, "NOTEBOOKS", folder)
    return folder, tmp_path / "work"


def write_original(path, source):
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "id": "c00",
        "metadata": {},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["the answer\n"]}],
        "source": [source],
    }
    notebook = {"cells": [cell], "metadata": {"course": {"needs": []}}, "nbformat": 4}
    path.write_text(json.dumps(notebook | {"nbformat_minor": 5}), encoding="utf-8")


def test_copies_are_made_once_without_outputs(course):
    folder, work = course
    made = copies.make_missing(work)
    assert sorted(path.name for path in made) == sorted(path.name for path in folder.iterdir())
    text = (work / "03_the_cell.ipynb").read_text(encoding="utf-8")
    assert "x = 1" in text and "the answer" not in text
    assert copies.make_missing(work) == []


@pytest.mark.parametrize("found", ["my own work", "", "{half"])
def test_what_is_there_is_never_touched(course, found):
    folder, work = course
    work.mkdir()
    mine = work / "03_the_cell.ipynb"
    mine.write_text(found, encoding="utf-8")
    before = mine.stat().st_mtime_ns
    write_original(folder / "03_the_cell.ipynb", "x = 2  # an update of the course")
    copies.make_missing(work)
    assert mine.read_text(encoding="utf-8") == found and mine.stat().st_mtime_ns == before


def test_an_update_is_announced_and_brought_in_by_one_command(course):
    folder, work = course
    copies.make_missing(work)
    original = folder / "03_the_cell.ipynb"
    assert copies.state(original, work) == "your copy"
    (work / original.name).write_text(
        (work / original.name).read_text(encoding="utf-8").replace("x = 1", "x = 'mine'"),
        encoding="utf-8",
    )
    assert copies.state(original, work) == "your copy", "the reader's edits are no update"
    write_original(original, "x = 2")
    assert "has changed since" in copies.state(original, work)
    kept = copies.renew(original, work)
    assert "x = 'mine'" in kept.read_text(encoding="utf-8")
    assert "x = 2" in (work / original.name).read_text(encoding="utf-8")
    assert copies.state(original, work) == "your copy"


def test_new_outputs_in_an_original_are_no_update(course):
    folder, work = course
    copies.make_missing(work)
    original = folder / "00_start_here.ipynb"
    text = original.read_text(encoding="utf-8").replace("the answer", "another")
    original.write_text(text, encoding="utf-8")
    assert copies.state(original, work) == "your copy"


def test_each_renewal_keeps_another_copy(course):
    folder, work = course
    original = folder / "03_the_cell.ipynb"
    assert copies.renew(original, work) is None, "there was no copy to keep"
    kept = [copies.renew(original, work) for _ in range(3)]
    assert len(set(kept)) == 3 and all(path.exists() for path in kept)


def test_an_original_that_cannot_be_read_costs_nothing(course):
    folder, work = course
    copies.make_missing(work)
    mine = (work / "03_the_cell.ipynb").read_bytes()
    (folder / "03_the_cell.ipynb").write_text("{half", encoding="utf-8")
    with pytest.raises(ValueError):
        copies.renew(folder / "03_the_cell.ipynb", work)
    assert (work / "03_the_cell.ipynb").read_bytes() == mine


def test_two_starts_at_once_do_not_overwrite_each_other(course):
    _, work = course
    starts = [threading.Thread(target=copies.make_missing, args=(work,)) for _ in range(8)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert sorted(path.name for path in work.iterdir()) == [
        "00_start_here.ipynb",
        "03_the_cell.ipynb",
    ]


def test_renewals_at_the_same_moment_lose_nothing(course, monkeypatch):
    folder, work = course
    original = folder / "03_the_cell.ipynb"
    copies.make_missing(work)
    (work / original.name).write_text("what the reader wrote", encoding="utf-8")
    turns = itertools.count(1)

    def one_after_the_other(move):
        def late(source, target):
            time.sleep(0.1 * next(turns))
            return move(source, target)

        return late

    for name in ("rename", "replace"):  # all have chosen a name before the first one moves
        monkeypatch.setattr(os, name, one_after_the_other(getattr(os, name)))
    renewals = [threading.Thread(target=copies.renew, args=(original, work)) for _ in range(4)]
    for renewal in renewals:
        renewal.start()
    for renewal in renewals:
        renewal.join()
    texts = [path.read_text(encoding="utf-8") for path in work.iterdir()]
    assert texts.count("what the reader wrote") == 1 and (work / original.name).exists()
    assert "" not in texts, "a name was claimed and not used"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_pipe_in_the_place_of_a_copy_stops_nothing(course):
    _, work = course
    work.mkdir()
    os.mkfifo(work / "03_the_cell.ipynb")
    assert [path.name for path in copies.make_missing(work)] == ["00_start_here.ipynb"]
    assert copies.outdated(work) == []


def test_a_folder_that_cannot_be_written_is_told_in_a_line(course, capsys):
    _, work = course
    work.write_text("a file where the folder should be")
    assert copies.make_missing_or_say(work)
    assert f"No copies can be made: {work}" in capsys.readouterr().err


def test_the_command_lists_renews_and_names_what_is_unknown(course, monkeypatch, capsys):
    _, work = course
    names = ("make_missing", "make_missing_or_say", "renew", "state")
    for function in (getattr(copies, name) for name in names):
        defaults = tuple(work for _ in function.__defaults__)
        monkeypatch.setattr(function, "__defaults__", defaults)
    assert copies.main([]) == 0
    assert "03_the_cell" in capsys.readouterr().out
    assert copies.main(["3", "00_start_here"]) == 0
    out = capsys.readouterr().out
    assert "03_the_cell.kept-1.ipynb" in out and "00_start_here.kept-1.ipynb" in out
    assert copies.main(["77"]) == 2
    assert "'77'; there are 00, 03" in capsys.readouterr().err


def test_progress_survives(course, own_progress):
    folder, work = course
    assert check("00.1", lambda x: 2 * x).passed
    copies.make_missing(work)
    copies.renew(folder / "00_start_here.ipynb", work)
    assert record.read()["passed"] == ["00.1"]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_git_ignores_copies_progress_and_exports():
    names = ["work/03_the_cell.ipynb", ".progress.json", ".progress.damaged.json", "exports/a.html"]
    found = subprocess.run(
        ["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True
    )
    assert found.stdout.split() == names


def test_lab_opens_a_copy_or_the_original_where_none_can_be_made(tmp_path, monkeypatch):
    from lstm_lib import lab

    monkeypatch.setattr(lab, "WORK", tmp_path / "work")
    (tmp_path / "work").mkdir()
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in lab.options()
    (tmp_path / "work/00_start_here.ipynb").write_text("mine")
    assert "--LabApp.default_url=/lab/tree/work/00_start_here.ipynb" in lab.options()
