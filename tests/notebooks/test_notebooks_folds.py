"""Answers that follow "decide before you open this", and guesses, in every notebook."""

import ast
import json
import re

import pytest

from lstm_lib.course.copies import number_of
from lstm_lib.course.handout import markdown
from lstm_lib.places import NOTEBOOKS

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
# Markdown inside of HTML is Markdown only between empty lines, and maths is none in a summary.
FOLD = re.compile(r"^<details><summary>[^<$`*]+</summary>\n\n.+?\n\n</details>$", re.S | re.M)


def sources(path, kind):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]


def calls(source):
    """Calls of `guess` and `reveal` with a key: (name, key, arguments)."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("guess", "reveal"):
            key = getattr(node.args[0], "value", None) if node.args else None
            found += [(node.func.id, key, node.args)] * isinstance(key, str)
    return found


@notebook
def test_a_fold_is_one_in_the_browser_too_and_open_on_paper(path):
    for source in sources(path, "markdown"):
        assert source.count("<details") == source.count("</details>") == len(FOLD.findall(source))
        assert "<details>" not in markdown(source)


@notebook
def test_each_guess_is_asked_for_once_and_revealed_once_after_that(path):
    """For: a key that was misspelled, of another notebook, or shown before it is asked for."""
    order = [call for source in sources(path, "code") for call in calls(source)]
    asked = [key for name, key, _ in order if name == "guess"]
    assert asked == [key for name, key, _ in order if name == "reveal"]
    assert len(set(asked)) == len(asked) and all(
        key.startswith(number_of(path) + ".") for key in asked
    )
    for k, (name, key, _) in enumerate(order):
        assert name == "guess" or ("guess", key) in [call[:2] for call in order[:k]]


@notebook
def test_a_guess_is_left_to_the_reader_and_its_cell_shows_it_alone(path):
    for source in sources(path, "code"):
        asked = [arguments for name, _, arguments in calls(source) if name == "guess"]
        if asked:
            assert len(ast.parse(source).body) == 1 and len(asked) == 1
            assert ast.literal_eval(asked[0][1]) is ...


@notebook
def test_what_a_choice_is_compared_with_is_one_of_the_options(path):
    """For: a truth in other words than the options, which nobody could guess."""
    options = {}
    for source in sources(path, "code"):
        for name, key, (_, value, *rest) in calls(source):
            if name == "guess":
                options[key] = {ast.literal_eval(option) for option in rest}
            else:
                values = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                words = {v.value for v in values if isinstance(v, ast.Constant)}
                texts = {word for word in words if isinstance(word, str)}
                assert texts <= options[key] and bool(texts) == bool(options[key])
