"""What is done across the course: `progress()` in a notebook, `python course.py progress`."""

import html
from pathlib import Path

from lstm_lib.course import record, syllabus
from lstm_lib.course.copies import number_of, originals
from lstm_lib.course.exercises import EXERCISES
from lstm_lib.course.guesses import how_good
from lstm_lib.course.hints import Text, in_lines


def progress() -> Text:
    """A line for each notebook that has exercises, a mark for each of them; how good the guesses.

    In a notebook each title leads to the notebook beside it: from a reader's copy to another copy.
    """
    done = set(record.read()["passed"])
    notebooks: dict[str, list] = {}
    for exercise in EXERCISES.values():
        notebooks.setdefault(exercise.key.split(".")[0], []).append(exercise)
    files = {number_of(path): path for path in originals()}
    lines, rows = [], []
    for number, exercises in sorted(notebooks.items()):
        marks = "".join("✓" if exercise.key in done else "·" for exercise in exercises)
        title = title_of(files.get(number))
        lines.append(f"notebook {number}  {marks:7}{title}".rstrip())
        link = f'<a href="{files[number].name}">{html.escape(title)}</a>' if title else ""
        rows.append(f"notebook {number}  {marks:7}{link}".rstrip())
    finished = len(done & set(EXERCISES))
    end = [f"{finished} of {len(EXERCISES)} exercises done", *how_good()]
    end += filter(None, [record.trouble()])
    page = in_lines("\n".join([*rows, *map(html.escape, end)]))
    return Text("\n".join([*lines, *end]), html=page)


def title_of(path: Path | None) -> str:
    """A notebook's title; nothing for one that is not there or cannot be read."""
    if path is None:
        return ""
    try:
        return syllabus.entry(path).title
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return ""


def main(arguments: list[str]) -> int:
    """Print the same on the command line."""
    print(progress())
    return 0
