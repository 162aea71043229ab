"""The reader's own copies of the notebooks, in `work/`: made once, never overwritten.

The originals in `notebooks/` belong to the course: an update may change them, and git may compare
them. What a reader writes goes into the copies, which git ignores. A copy starts without outputs,
so that a prediction can be made before the answer is seen.

`python course.py fresh`           lists the copies, and which originals have changed since
`python course.py fresh 03 05`     brings these originals back; the old copies are kept beside them
"""

import hashlib
import itertools
import json
import os
import sys
from pathlib import Path

from lstm_lib.course.normal_form import as_text, empty
from lstm_lib.files import create, move_aside
from lstm_lib.places import NOTEBOOKS, WORK, complaint

# In a copy's metadata, under "course": the fingerprint of the original that it was made from.
MARK = "copied_from"


def main(arguments: list[str]) -> int:
    """`fresh`: list the copies, or bring the numbered originals back."""
    if not arguments:
        wrong = make_missing_or_say()
        for original in originals():
            print(f"{original.stem:28} {state(original)}")
        return int(wrong)
    try:
        chosen = choose(arguments)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for original in chosen:
        kept = renew(original)
        print(f"{original.name}: fresh" + (f"; your old copy is {kept.name}" if kept else ""))
    return 0


def choose(numbers: list[str]) -> list[Path]:
    """The originals with these numbers or names, each once. Raises ValueError for one unknown."""
    chosen = []
    for number in numbers:
        wanted = number.zfill(2) if number.isdigit() else number
        named = [p for p in originals() if wanted in (number_of(p), p.stem, p.name)]
        if not named:
            known = ", ".join(number_of(path) for path in originals())
            raise ValueError(f"there is no notebook {number!r}; there are {known}")
        chosen += named
    return list(dict.fromkeys(chosen))


def originals() -> list[Path]:
    """The notebooks in the order of their numbers: 08 comes before 08b."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]*_*.ipynb"), key=number_of)


def number_of(notebook: Path) -> str:
    """Its number: two digits, and a letter for the second half of one that was cut in two.

    >>> number_of(Path("08_training.ipynb")), number_of(Path("08b_writing.ipynb"))
    ('08', '08b')
    """
    return notebook.stem.partition("_")[0]


def make_missing(work: Path = WORK) -> list[Path]:
    """Make the copies that are not there yet; return those made. What is there is not touched."""
    work.mkdir(exist_ok=True)
    made = []
    for original in originals():
        copy = work / original.name
        if not os.path.lexists(copy) and create(copy, blank(original)):
            made.append(copy)
    return made


def make_missing_or_say(work: Path = WORK) -> bool:
    """Make the copies that are not there; if that cannot be, say why and return True."""
    try:
        make_missing(work)
    except OSError as error:
        print(f"No copies can be made: {complaint(error)}", file=sys.stderr)
        return True
    return False


def renew(original: Path, work: Path = WORK) -> Path | None:
    """Bring an original back; return where the old copy is kept now, or None if there was none."""
    work.mkdir(exist_ok=True)
    copy, kept = work / original.name, None
    text = blank(original)  # read first: nothing is moved if the original cannot be read
    if os.path.lexists(copy):
        free = (work / f"{original.stem}.kept-{k}.ipynb" for k in itertools.count(1))
        kept = move_aside(copy, free)
    create(copy, text)
    return kept


def state(original: Path, work: Path = WORK) -> str:
    """One line about the copy of an original."""
    if not (work / original.name).exists():
        return "no copy yet"
    mark = made_from(original, work)
    if mark is None:
        return "your copy (it does not say which version it was made from)"
    if mark == fingerprint(original):
        return "your copy"
    return (
        "your copy; the original has changed since: "
        f"`python course.py fresh {number_of(original)}` brings the new one and keeps yours"
    )


def outdated(work: Path = WORK) -> list[Path]:
    """The originals that have changed since their copies were made."""
    marks = {original: made_from(original, work) for original in originals()}
    return [o for o, mark in marks.items() if mark is not None and mark != fingerprint(o)]


def made_from(original: Path, work: Path) -> str | None:
    """The fingerprint that the copy was made from; None if there is none or it does not say."""
    copy = work / original.name
    try:
        text = copy.read_text(encoding="utf-8") if copy.is_file() else ""
        return json.loads(text)["metadata"]["course"][MARK]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def fingerprint(original: Path) -> str:
    """Changes with the cells' sources; outputs do not count."""
    cells = json.loads(original.read_text(encoding="utf-8"))["cells"]
    sources = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()[:16]


def blank(original: Path) -> str:
    """The text of a new copy: the original without outputs, and with its mark."""
    notebook = json.loads(original.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        empty(cell)
    notebook["metadata"].setdefault("course", {})[MARK] = fingerprint(original)
    return as_text(notebook)
