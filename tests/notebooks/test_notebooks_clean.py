"""What strict comparison cannot see: a notebook is executed, whole, small, readable and silent."""

import ast
import json
import re
import statistics

import pytest

from lstm_lib.course.copies import number_of
from lstm_lib.course.exercises import EXERCISES
from lstm_lib.course.normal_form import normalise
from lstm_lib.places import NOTEBOOKS

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
FORBIDDEN = {
    "shell command or pip": r"^\s*[!%]\s*(pip|conda|wget|curl|\w+ install)|^\s*!",
    "magic": r"^\s*%",
    "path of a machine": r"['\"](/|[A-Z]:\\)\w",
    "change of sys.path": r"sys\.path",
    "input()": r"(?<![\w.])input\(",
    "comment in place of a tag": r"NBVAL_|PYTEST_VALIDATE",
}
TAGS = {"nbval-ignore-output", "solution", "exercise"}


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def code_cells(path):
    return [cell for cell in load(path)["cells"] if cell["cell_type"] == "code"]


def lines(cell):
    return [line for line in "".join(cell["source"]).splitlines() if line.strip()]


notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def test_there_are_notebooks_and_the_first_is_00():
    assert PATHS and PATHS[0].name == "00_start_here.ipynb"


@notebook
def test_it_is_in_normal_form(path):
    text = path.read_text(encoding="utf-8")
    assert normalise(text) == text, "`python course.py normalise` mends this"


@notebook
def test_every_code_cell_was_executed_in_order(path):
    counts = [cell["execution_count"] for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


@notebook
def test_no_error_and_nothing_on_stderr_is_stored(path):
    outputs = [output for cell in code_cells(path) for output in cell["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]


@notebook
def test_it_is_under_500_kb(path):
    assert path.stat().st_size < 500_000


@notebook
@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_cell_holds_what_a_reader_cannot_rely_on(path, what):
    found = [line for cell in code_cells(path) for line in lines(cell)]
    assert not [line for line in found if re.search(FORBIDDEN[what], line)]


@notebook
def test_code_cells_are_short(path):
    sizes = [len(lines(cell)) for cell in code_cells(path)]
    assert statistics.median(sizes) <= 6
    assert max(sizes) <= 25


@notebook
def test_every_image_says_what_it_shows(path):
    for cell in code_cells(path):
        for output in cell["outputs"]:
            if "image/png" in output.get("data", {}):
                assert len(output["metadata"]["image/png"]["alt"].split()) >= 5


@notebook
def test_a_slider_has_a_static_twin_beside_it(path):
    cells = code_cells(path)
    for k, cell in enumerate(cells):
        for function in re.findall(r"plots\.sliders\(\s*(\w+)", "".join(cell["source"])):
            beside = cells[max(k - 1, 0) : k] + cells[k + 1 : k + 2]
            drawn = [c for c in beside if f"{function}(" in "".join(c["source"])]
            assert any("image/png" in o.get("data", {}) for c in drawn for o in c["outputs"])


@notebook
def test_sliders_are_made_in_one_way(path):
    source = "".join("".join(cell["source"]) for cell in code_cells(path))
    assert "interact(" not in source and "widgets." not in source, "use plots.sliders"


@notebook
def test_tags_are_known(path):
    used = {tag for cell in load(path)["cells"] for tag in cell["metadata"].get("tags", [])}
    assert used <= TAGS


@notebook
def test_a_cell_whose_output_is_not_compared_is_followed_by_an_assertion(path):
    cells = code_cells(path)
    for cell, following in zip(cells, [*cells[1:], None]):
        if "nbval-ignore-output" in cell["metadata"].get("tags", []):
            both = "".join(cell["source"]) + "".join(following["source"] if following else [])
            assert "assert" in both, "".join(cell["source"])


def names_called(node):
    """Names that are called, or handed on to be called, below a node."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


@notebook
def test_what_is_defined_is_called_and_asserted_at_once(path):
    cells = code_cells(path)
    trees = [ast.parse("".join(cell["source"])) for cell in cells]
    for k, (cell, tree) in enumerate(zip(cells, trees)):
        if "exercise" in cell["metadata"].get("tags", []):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                rest = [other for other in tree.body if other is not node]
                rest += trees[k + 1].body if k + 1 < len(trees) else []
                assert any(node.name in names_called(other) for other in rest), node.name
                assert any(
                    isinstance(inner, ast.Assert) for other in rest for inner in ast.walk(other)
                ), f"nothing is asserted after {node.name}"


@notebook
def test_its_metadata_name_minutes_and_prerequisites(path):
    course = load(path)["metadata"]["course"]
    assert set(course) == {"minutes", "needs"}
    assert set(course["minutes"]) == {"running_measured", "reading_and_exercises_estimated"}
    known = {number_of(other) for other in PATHS}
    assert set(course["needs"]) <= known


@notebook
def test_it_checks_the_exercises_that_exist_for_it(path):
    source = "".join("".join(cell["source"]) for cell in code_cells(path))
    wanted = [key for key in EXERCISES if key.startswith(number_of(path) + ".")]
    assert list(dict.fromkeys(re.findall(r'check\("([\w.]+)"', source))) == wanted
