"""What is done across the course: `progress()` in a notebook, `python course.py progress`."""

from lstm_lib.course import record
from lstm_lib.course.exercises import EXERCISES
from lstm_lib.course.reveal import Text


def progress() -> Text:
    """A line for each notebook that has exercises, a mark for each of them."""
    done = set(record.read()["passed"])
    notebooks: dict[str, list] = {}
    for exercise in EXERCISES.values():
        notebooks.setdefault(exercise.key.split(".")[0], []).append(exercise)
    lines = []
    for number, exercises in sorted(notebooks.items()):
        marks = "".join("✓" if exercise.key in done else "·" for exercise in exercises)
        lines.append(f"notebook {number}  {marks}")
    finished = len(done & set(EXERCISES))
    lines.append(f"{finished} of {len(EXERCISES)} exercises done")
    return Text("\n".join([*lines, *filter(None, [record.trouble()])]))


def main(arguments: list[str]) -> int:
    """Print the same on the command line."""
    print(progress())
    return 0
