"""What instructors hand out: no solution in a student copy, a handout that needs no network."""

import errno
import json
import os
import re
import subprocess
import sys

import pytest

from lstm_lib.course import export, handout, normal_form, syllabus
from lstm_lib.course.copies import number_of
from lstm_lib.course.exercises import EXERCISES
from lstm_lib.course.minutes import estimate
from lstm_lib.course.solved import solve, solved
from lstm_lib.places import NOTEBOOKS, ROOT

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def code(cells):
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def statements(source):
    """The lines that do something, without indentation, comments and docstrings."""
    source = re.sub(r'"""(.|\n)*?"""', "", source)
    return [line.strip() for line in source.splitlines() if line.strip() and "#" not in line]


@notebook
def test_a_student_copy_holds_no_solution_and_no_output(path):
    made = export.student(load(path))
    assert not any(cell.get("outputs") for cell in made["cells"])
    for key, exercise in EXERCISES.items():
        if not key.startswith(number_of(path) + "."):
            continue
        blank = next(source for source in code(made["cells"]) if f'check("{key}", ' in source)
        answer = statements(solve(blank))
        handed_out = set(statements(blank))
        own = [line for line in answer if line not in handed_out and len(line) > 12]
        cells = [set(statements(source)) for source in code(made["cells"])]
        solved_in = [k for k, lines in enumerate(cells) if own and set(own) <= lines]
        assert not solved_in, f"{key} is solved in the student copy"
        assert exercise.stars


@notebook
def test_a_solved_copy_solves_every_exercise_and_changes_nothing_else(path):
    before, after = load(path), solved(load(path))
    for cell, other in zip(before["cells"], after["cells"], strict=True):
        if "exercise" not in cell["metadata"].get("tags", []):
            assert cell == other
        else:
            assert "".join(cell["source"]) != "".join(other["source"])


@notebook
def test_a_handout_is_whole_and_fetches_nothing(path):
    page = handout.page(load(path))
    assert not re.search(r"<(script|link)\b|@import|url\(", page)
    assert not re.search(r"<(img|iframe)[^>]*src=\"(?!data:)", page)
    assert "\x02" not in page and "$$" not in page
    body = re.sub(r"<pre.*?</pre>|<code>.*?</code>|<math.*?</math>", "", page, flags=re.DOTALL)
    assert not re.search(r"\\[a-z]+\{?", re.sub(r"data:[^\"]*", "", body)), "maths left as LaTeX"
    assert "\\" not in "".join(re.findall(r"<math.*?</math>", page, flags=re.DOTALL))
    pictures = sum(
        "image/png" in o.get("data", {}) for c in load(path)["cells"] for o in c.get("outputs", ())
    )
    assert page.count("<img ") == pictures


def test_a_solution_cell_is_left_out_or_replaced():
    cells = [
        {"cell_type": "code", "source": ["secret = 1"], "metadata": {"tags": ["solution"]}},
        {
            "cell_type": "code",
            "source": ["secret = 2"],
            "metadata": {"tags": ["solution"], "course": {"student": ["x = library()"]}},
        },
    ]
    assert code(export.student({"cells": cells})["cells"]) == ["x = library()"]


def test_a_solution_must_fit_the_cell_it_is_put_into():
    with pytest.raises(ValueError, match=r"00\.1: the solution must be twice"):
        solve('def twice(x): ...\n\n\ncheck("00.1", twice)')


def test_the_command_writes_what_it_says(tmp_path, capsys):
    for kind, suffix in (("student", "ipynb"), ("solved", "ipynb"), ("handout", "html")):
        assert export.main([kind, "0", "--to", str(tmp_path / kind)]) == 0
        assert [p.name for p in (tmp_path / kind).iterdir()] == [f"00_start_here.{suffix}"]
    with pytest.raises(SystemExit):
        export.main(["handout", "77"])
    assert "there is no notebook '77'" in capsys.readouterr().err


@pytest.mark.parametrize("own", ["NOTEBOOKS", "WORK"])
def test_an_export_replaces_neither_originals_nor_what_a_reader_wrote(
    tmp_path, monkeypatch, capsys, own
):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/00_start_here.ipynb").write_text("mine")
    monkeypatch.setattr(export, own, tmp_path / "own")
    with pytest.raises(SystemExit):
        export.main(["student", "0", "--to", f"{tmp_path}/own/../own"])
    assert "choose another folder" in capsys.readouterr().err
    assert (tmp_path / "own/00_start_here.ipynb").read_text() == "mine"


def test_commands_need_no_docstrings(tmp_path):
    command = [sys.executable, "-OO", "-m", "lstm_lib", "export", "solved", "0", "--to", "solved"]
    subprocess.run(command, cwd=tmp_path, check=True, env=dict(os.environ, PYTHONPATH=str(ROOT)))
    assert (tmp_path / "solved/00_start_here.ipynb").exists()


@pytest.mark.parametrize("command", ["export", "normalise"])
def test_a_full_disk_leaves_the_notebook_that_was_there(tmp_path, monkeypatch, command):
    path = tmp_path / "00_start_here.ipynb"
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4}')
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        if command == "export":
            export.main(["solved", "0", "--to", str(tmp_path)])
        else:
            normal_form.main([str(path)])
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@notebook
def test_minutes_are_those_of_the_rule_and_stand_in_the_heading(path):
    minutes = load(path)["metadata"]["course"]["minutes"]
    assert minutes["reading_and_exercises_estimated"] == estimate(load(path))
    heading = "".join(load(path)["cells"][0]["source"])
    assert f"about {minutes['reading_and_exercises_estimated']} minutes (estimated)" in heading
    assert re.search(r"running, [\w ,]*(second|minute)s? \(measured\)", heading)


@pytest.mark.parametrize("route", syllabus.ROUTES)
def test_a_route_leads_through_notebooks_of_the_syllabus(route):
    numbers = syllabus.ROUTES[route]
    entries = syllabus.syllabus()
    assert list(numbers) == sorted(numbers) and set(numbers) <= set(entries)
    for k, number in enumerate(numbers):
        assert set(entries[number].needs) <= set(numbers[:k]), number


def test_half_a_day_is_half_a_day():
    entries = syllabus.syllabus()
    assert 150 <= sum(entries[n].minutes for n in syllabus.ROUTES["half-a-day"]) <= 240


def test_the_syllabus_is_printed_with_minutes_and_routes(capsys):
    assert syllabus.main([]) == 0
    out = capsys.readouterr().out
    assert "Start here" in out and "to come" in out and "concepts" in out
    assert syllabus.main(["half", "a", "day"]) == 0
    assert "Weather" not in capsys.readouterr().out
    assert syllabus.main(["nowhere"]) == 2
    assert "there are concepts" in capsys.readouterr().err
