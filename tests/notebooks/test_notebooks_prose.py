"""Every numeral in the prose is computed nearby, and symbols are those of the course's table."""

import ast
import json
import re

import pytest
from prose import numerals, unsupported, value_of, written

from lstm_lib.course.copies import number_of
from lstm_lib.places import NOTEBOOKS, ROOT

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)

# Numerals that no cell nearby computes, each with the reason why it may stand.
SETTING = "a setting of the full run, in the result file"
TRIED = "seeds, sizes and counts of tests/claims"
ALLOWED: dict[str, dict[str, str]] = {
    "06": dict.fromkeys(("40", "38", "37", "16"), TRIED),
    "07": dict.fromkeys(("40", "16", "64", "28", "11"), TRIED),
    "08": dict.fromkeys(("20", "13", "30", "18", "10", "16", "6", "9"), TRIED),
    "12": dict.fromkeys(("40", "32"), TRIED),
    "13": {
        "50": "the height in metres in a column's name, u_50",
        "850": "the pressure in a column's name, u_850",
        "1,500": "the usual height of the 850 hPa surface, said once to give an idea",
        "98,000": "a printed mean, 97,836, in round words",
        "23": "an hour of the day",
        "70": "72 - 2, said in words",
        "1.7": "a score asked about, not claimed",
        "14": "the inputs of the boosting floor and of the model, in the library",
        "36": "one of the lead times",
        "60": "one of the lead times",
        "0.003": SETTING,
        "5": SETTING,
        "250": SETTING,
        "2": "the height in metres in a column's name, temp_2m",
    }
    | dict.fromkeys(("6", "24", "72", "128"), "stated and executed with `shapes`"),
}


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def is_heading(cell):
    """The first cell names minutes; they have a test of their own."""
    return "".join(cell["source"]).startswith("# ")


@notebook
def test_every_numeral_in_the_prose_is_computed_nearby(path):
    cells = load(path)
    allowed = ALLOWED.get(number_of(path), {})
    found = [
        (k, numeral)
        for k, numeral in unsupported(cells)
        if not is_heading(cells[k]) and numeral not in allowed
    ]
    assert not found


@pytest.mark.parametrize("number, figure", [("13", "1.598"), ("19", "32.6")])
def test_a_figure_without_a_result_file_says_where_it_comes_from(number, figure):
    """Rivals that a review tried: they stand in the heading, where no cell computes."""
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    [cell] = [c for c in load(path) if figure in "".join(c["source"])]
    [sentence] = [s for s in re.split(r"(?<=\.)\s", "".join(cell["source"])) if figure in s]
    assert is_heading(cell) and "in a review" in sentence and "no result file yet" in sentence


@notebook
def test_no_allowance_is_idle(path):
    prose = " ".join("".join(c["source"]) for c in load(path) if c["cell_type"] == "markdown")
    assert set(ALLOWED.get(number_of(path), {})) <= set(numerals(prose))


@notebook
def test_what_is_said_to_be_tried_stands_in_the_claims(path):
    number = number_of(path)
    tried = [n for n, reason in ALLOWED.get(number, {}).items() if reason == TRIED]
    files = (ROOT / "tests/claims").glob("*claims*.py")
    sources = [f.read_text("utf-8") for f in files if f.stem in ("claims", f"test_claims_{number}")]
    known = {number for source in sources for number in written({"source": [source]})}
    assert {value_of(numeral)[0] for numeral in tried} <= known


def cell(source, *outputs, kind="code"):
    texts = [{"output_type": "stream", "name": "stdout", "text": [text]} for text in outputs]
    return {"cell_type": kind, "source": [source], "outputs": texts, "metadata": {}}


@pytest.mark.parametrize(
    "prose, fine",
    [
        ("The half-life is 6.6 steps.", True),
        ("The half-life is 6.58 steps.", True),
        ("The half-life is 6.57 steps.", False),
        ("The half-life is 7 steps.", True),
        ("The half-life is 6 steps.", False),
        ("After 100 steps", True),
        ("90 % is left", True),
        ("91 % is left", False),
        ("It falls to −0.25.", True),
        ("It falls to −0.26.", False),
        ("In 1997, notebook 07 and `x[77]` and $h_{55}$", True),
        ("There are 12,345 words.", True),
        ("Three gates.", True),
    ],
)
def test_the_test_of_numerals_itself(prose, fine):
    code = cell("steps = 100; keep = 0.9", "half-life 6.5788, lowest −0.25, words 12,345")
    assert (unsupported([cell(prose, kind="markdown"), code]) == []) == fine


def test_a_number_far_away_does_not_count():
    cells = [cell("It is 42.", kind="markdown"), *[cell("x = 1")] * 3, cell("x = 42")]
    assert unsupported(cells) == [(0, "42")]


# Other books' names for what this course calls x, h, c, i, f, g, o, W, R, b, p.
OTHER_NAMES = {
    "code": r"\b(h_t|c_t|x_t|ht|ct|xt|h_prev_t|C_t|c_tilde|c_hat|c_bar|g_t|i_t|f_t|o_t|"
    r"W_?[ifgoc]h?|U_?[ifgoc]?|W_?xh|W_?hh|W_?hx|Wx|Wh|R_?hh|bh|bx|b_h|"
    r"hidden_state|cell_state|forget_gate|input_gate|output_gate|candidate|"
    r"weight_ih|weight_hh|seq_len|sequence_length|batch_size|n_hidden|hidden_dim)\b",
    "maths": r"\\tilde\{?c|\\tilde\{?C|\\hat\{?c|C_\{?t|C_t|W_\{?[xh]h|W_\{?hh|\bU_|\bU\s|"
    r"\\bar\{?c|\\circ|\\ast|\\star",
}
# Where another library's own word is the subject.
MEANT = {"weight_ih_l0", "weight_hh_l0", "batch_first"}


@notebook
def test_no_other_names_in_code(path):
    for c in load(path):
        if c["cell_type"] != "code":
            continue
        assigned = {
            node.id
            for node in ast.walk(ast.parse("".join(c["source"])))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        } | {
            node.arg
            for node in ast.walk(ast.parse("".join(c["source"])))
            if isinstance(node, ast.arg)
        }
        strange = {n for n in assigned - MEANT if re.fullmatch(OTHER_NAMES["code"], n)}
        assert not strange, "".join(c["source"])


@notebook
def test_no_other_names_in_maths(path):
    for c in load(path):
        if c["cell_type"] == "markdown":
            for block, inline in re.findall(
                r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", "".join(c["source"]), flags=re.DOTALL
            ):
                assert not re.search(OTHER_NAMES["maths"], block + inline), block + inline


# The last axes that an array of this name has, wherever `shapes` states it in these letters.
AXES = {
    "x": [("T", "B", "I"), ("B", "I"), ("B", "T", "I")],
    "h": [("B", "H"), ("L", "B", "H")],
    "c": [("B", "H"), ("L", "B", "H")],
    "h_seq": [("T", "B", "H")],
    "dh": [("B", "H"), ("L", "B", "H")],
    "dc": [("B", "H"), ("L", "B", "H")],
    "dh_seq": [("T", "B", "H")],
    "dx": [("T", "B", "I"), ("B", "I")],
    "W": [("4 * H", "I"), ("H", "I")],
    "R": [("4 * H", "H"), ("H", "H")],
    "b": [("4 * H",), ("H",)],
    **{gate: [("B", "H"), ("T", "B", "H")] for gate in "ifgo"},
}


@notebook
def test_shapes_are_those_of_the_table(path):
    for c in load(path):
        if c["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse("".join(c["source"]))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "shapes":
                for keyword in node.keywords:
                    letters = tuple(
                        ast.unparse(axis) for axis in getattr(keyword.value, "elts", ())
                    )
                    lettered = all(re.fullmatch(r"(4 \* )?[TBIHL]", axis) for axis in letters)
                    if keyword.arg in AXES and lettered:
                        assert letters in AXES[keyword.arg], ast.unparse(node)
