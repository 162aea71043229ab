"""How a verdict looks: the same words everywhere, colour beside them, buttons where they work."""

import html
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from lstm_lib.course import check, progress, record
from lstm_lib.course.buttons import buttons
from lstm_lib.course.copies import number_of
from lstm_lib.course.exercises import EXERCISES
from lstm_lib.places import NOTEBOOKS

pytestmark = pytest.mark.usefixtures("own_progress")


def loud(x):
    print("<b>loud</b>")
    return x * x


ANSWERS = {
    "untouched": ...,
    "right": lambda x: 2 * x,
    "recognised": lambda x: x * x,
    "unknown": lambda x: 2 * x + 0.01,
    "raises": lambda x: 1 / 0,
    "no function": 3,
    "prints": loud,
}


@pytest.fixture
def shell(monkeypatch):
    """IPython as in a kernel; what is displayed."""
    from IPython.core.interactiveshell import InteractiveShell

    shell, shown = InteractiveShell(), []
    shell.kernel = SimpleNamespace()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.setattr(
        "IPython.display.display",
        lambda what, raw=False: shown.append(what if raw else shell.display_formatter.format(what)),
    )
    yield lambda verdict: (shell.display_formatter.format(verdict)[0], shown)
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_coloured_verdict_says_the_words_of_the_plain_one(kind):
    """For: a line that only one of the two shows, what an answer prints taken for HTML."""
    verdict = check("00.1", ANSWERS[kind])
    parts = re.findall("<pre[^>]*>(.*?)</pre>", verdict._repr_html_(), re.DOTALL)
    lines = [html.unescape(line).strip() for part in parts for line in part.splitlines()]
    assert lines == [line.strip() for line in repr(verdict).splitlines()]
    assert "<b>" not in "".join(parts)


@pytest.mark.parametrize(("kind", "mark"), [("right", "✓"), ("unknown", "✗"), ("untouched", None)])
def test_a_verdict_is_told_by_its_mark_and_by_its_colour(kind, mark):
    """Colours are the theme's, with one that stands in for them where there is no theme."""
    page = check("00.1", ANSWERS[kind])._repr_html_()
    assert ("color:" in page, "border-left" in page) == (mark is not None,) * 2
    assert mark is None or f">{mark} 00.1" in page
    assert all("," in variable for variable in re.findall(r"var\(([^)]*)", page))


def test_the_input_that_shows_it_is_set_apart_from_what_is_said_of_it():
    def twice_as_far(x):
        return 4 * x

    verdict = check("00.1", twice_as_far)
    (example,) = re.findall(
        "<pre[^>]*background[^>]*>(.*?)</pre>", verdict._repr_html_(), re.DOTALL
    )
    assert (
        example.startswith("The smallest of our inputs") and "expected" in example.splitlines()[-1]
    )
    assert len(example.splitlines()) == verdict.example < len(verdict.lines)
    assert "background" not in check("00.1", 3)._repr_html_()


def test_under_a_wrong_answer_stand_a_hint_and_the_solution(shell):
    data, shown = shell(check("00.1", lambda x: x * x))
    assert data == {}, "it displays itself"
    verdict, (box, _) = shown
    assert set(verdict) == {"text/plain", "text/html"}
    assert box["text/plain"].startswith("(Buttons:")
    assert "application/vnd.jupyter.widget-view+json" in box
    line, below = buttons("00.1").children
    next_hint, solution = line.children
    steps = EXERCISES["00.1"].steps
    for count in (1, 2, 3, 3):
        next_hint.click()
        assert [html.escape(step, quote=True) in below.value for step in steps] == [
            k < count for k in range(3)
        ]
        assert record.read()["hints"]["00.1"] == count and below.value.startswith("<pre")
    solution.click()
    assert "return 2 * x" in below.value


def test_an_input_of_several_lines_is_set_apart_whole():
    """For: the lines of a table counted as one."""
    verdict = check("00.1", lambda x: 2 * x if np.ndim(x) < 2 else x)
    example = "\n".join(verdict.lines[: verdict.example])
    assert example.count("[[") == 3 and example.endswith("shape (2, 2)"), "input, expected and got"


@pytest.mark.parametrize("kind", ["right", "untouched"])
def test_elsewhere_is_no_button_and_committed_outputs_stay(shell, kind):
    verdict = check("00.1", ANSWERS[kind])
    data, shown = shell(verdict)
    assert data == {"text/plain": repr(verdict), "text/html": verdict._repr_html_()} and not shown


def test_where_there_are_no_widgets_the_text_is_all(shell, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    _, shown = shell(check("00.1", lambda x: x * x))
    assert len(shown) == 1 and '`hint("00.1")`' not in shown[0]["text/plain"]
    monkeypatch.undo()
    assert buttons("00.1") is None, "a terminal is no notebook"


def test_what_the_notebooks_hold_for_an_open_exercise_is_what_it_says_now():
    """For: a new look that makes every committed notebook differ."""
    (cell,) = [
        cell
        for cell in json.loads((NOTEBOOKS / "00_start_here.ipynb").read_text("utf-8"))["cells"]
        if "exercise" in cell["metadata"].get("tags", [])
    ]
    assert "".join(cell["outputs"][0]["data"]["text/html"]) == check("00.1", ...)._repr_html_()


def test_progress_leads_to_the_notebook_beside_the_one_that_shows_it():
    """For: links to the originals from a reader's copy, titles that are not those of the files."""
    page = progress()._repr_html_()
    links = re.findall(r'<a href="([^"/]+)">([^<]+)</a>', page)
    assert ("01_one_gate.ipynb", "One gate") in links
    for name, title in links:
        heading = json.loads((NOTEBOOKS / name).read_text("utf-8"))["cells"][0]["source"][0]
        assert heading.strip() == f"# {number_of(Path(name))} · {html.unescape(title)}"
        assert html.unescape(title) in repr(progress())
    words = re.sub("<[^>]*>", "", page)
    assert html.unescape(words) == repr(progress())


def test_progress_does_without_a_notebook_that_cannot_be_read(tmp_path, monkeypatch):
    (tmp_path / "00_start_here.ipynb").write_text("{half")
    monkeypatch.setattr("lstm_lib.course.copies.NOTEBOOKS", tmp_path)
    assert f"0 of {len(EXERCISES)} exercises done" in repr(progress())
    page = progress()._repr_html_()
    assert "<a " not in page and html.unescape(re.sub("<[^>]*>", "", page)) == repr(progress())
