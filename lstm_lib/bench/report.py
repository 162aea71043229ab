"""The bench's report: its goals as a table on the screen, all of it as a file."""

import json
from pathlib import Path

from lstm_lib.files import write_atomically


def print_goals(goals: list[dict]) -> None:
    """The table of goals."""
    print()
    for goal in goals:
        verdict = "met" if goal["met"] else "missed"
        what, measured = f"{goal['number']:3}{goal['what']:58}", f"{goal['measured']:7.3f}"
        print(f"{what}{measured}  {goal['goal']:>7}  {verdict}")


def write(report: dict, path: Path) -> None:
    """The report as JSON, whole or not at all."""
    write_atomically(path, (json.dumps(report, indent=1, ensure_ascii=False) + "\n").encode())
