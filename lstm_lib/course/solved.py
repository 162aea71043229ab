"""A notebook with its exercises solved: each answer replaced by the exercise's own solution."""

import ast
import copy
import re

from lstm_lib.course.exercises import find
from lstm_lib.course.normal_form import empty


def solved(notebook: dict) -> dict:
    """A copy whose exercises hold their solutions; exercise cells lose their outputs.

    Raises ValueError for an exercise cell in which the function that is checked is not defined, or
    whose solution has another name or other arguments.
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        if "exercise" in cell["metadata"].get("tags", []):
            cell["source"] = solve("".join(cell["source"])).splitlines(keepends=True)
            empty(cell)
    return notebook


def solve(source: str) -> str:
    """The source of an exercise cell, with each function that is checked replaced.

    >>> print(solve('def double(x): ...\\n\\n\\ncheck("00.1", double)'))
    def double(x):
        # Twice x, for a number as for an array: NumPy multiplies every element.
        return 2 * x
    <BLANKLINE>
    <BLANKLINE>
    check("00.1", double)
    """
    lines = source.splitlines()
    functions = {
        node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)
    }
    checks = re.findall(r'check\("([\w.]+)", (\w+)', source)
    for key, name in sorted(checks, key=lambda found: -functions[found[1]].lineno):
        blank = functions[name]
        source = find(key).source
        theirs = ast.parse(source).body[0]
        if theirs.name != name or ast.dump(theirs.args) != ast.dump(blank.args):
            raise ValueError(f"{key}: the solution must be {name} with the notebook's arguments")
        lines[blank.lineno - 1 : blank.end_lineno] = source.splitlines()
    return "\n".join(lines)
