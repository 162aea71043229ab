"""How long a notebook takes a learner: an estimate by one rule, the same for all notebooks."""

import re

from lstm_lib.course.exercises import EXERCISES

WORDS_A_MINUTE = 120  # technical prose, English as a second language
MINUTES_A_CODE_CELL = 0.5
MINUTES_AN_EXERCISE = {1: 4, 2: 8, 3: 15}  # by its stars


def estimate(notebook: dict) -> int:
    """Minutes of reading and exercises, rounded up to five; `notebook` as read from its JSON.

    >>> prose = {"cell_type": "markdown", "source": ["word " * 600]}
    >>> code = {"cell_type": "code", "source": ['check("00.1", double)']}
    >>> estimate({"cells": [prose, code]})
    10
    """
    sources = {"markdown": "", "code": ""}
    for cell in notebook["cells"]:
        sources[cell["cell_type"]] += "".join(cell["source"]) + "\n"
    words = len(sources["markdown"].split())
    cells = sum(cell["cell_type"] == "code" for cell in notebook["cells"])
    keys = set(re.findall(r'check\("([\w.]+)"', sources["code"]))
    exercises = sum(MINUTES_AN_EXERCISE[EXERCISES[key].stars] for key in keys)
    minutes = words / WORDS_A_MINUTE + MINUTES_A_CODE_CELL * cells + exercises
    return 5 * -int(-minutes // 5)
