"""The reader's own copies of the notebooks, in `work/`: made once, never overwritten.

The originals in `notebooks/` belong to the course: an update may change them, and git may compare
them. What a reader writes goes into the copies, which git ignores. A copy starts without outputs,
so that a prediction can be made before the answer is seen.

`python course.py fresh`           lists the copies, and which originals have changed since
`python course.py fresh 03 05`     brings these originals back; the old copies are kept beside them
"""

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path

from lstm_lib.course.normal_form import as_text, empty
from lstm_lib.places import NOTEBOOKS, WORK

# In a copy's metadata, under "course": the fingerprint of the original that it was made from.
MARK = "copied_from"


def main(arguments: list[str]) -> int:
    """`fresh`: list the copies, or bring the numbered originals back."""
    if not arguments:
        make_missing()
        for original in originals():
            print(f"{original.stem:28} {state(original)}")
        return 0
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
        found = [p for p in originals() if wanted in (p.stem[:2], p.stem, p.name)]
        if not found:
            known = ", ".join(path.stem[:2] for path in originals())
            raise ValueError(f"there is no notebook {number!r}; there are {known}")
        chosen += found
    return list(dict.fromkeys(chosen))


def originals() -> list[Path]:
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


def make_missing(work: Path = WORK) -> list[Path]:
    """Make the copies that are not there yet; return those made. What is there is not touched."""
    work.mkdir(exist_ok=True)
    made = []
    for original in originals():
        copy = work / original.name
        if not os.path.lexists(copy) and create(copy, blank(original)):
            made.append(copy)
    return made


def renew(original: Path, work: Path = WORK) -> Path | None:
    """Bring an original back; return where the old copy is kept now, or None if there was none."""
    work.mkdir(exist_ok=True)
    copy, kept = work / original.name, None
    text = blank(original)  # read first: nothing is moved if the original cannot be read
    if os.path.lexists(copy):
        kept = next(
            place
            for k in range(1, 10_000)
            if not os.path.lexists(place := work / f"{original.stem}.kept-{k}.ipynb")
        )
        os.rename(copy, kept)
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
        f"`python course.py fresh {original.stem[:2]}` brings the new one and keeps yours"
    )


def outdated(work: Path = WORK) -> list[Path]:
    """The originals that have changed since their copies were made."""
    marks = {original: made_from(original, work) for original in originals()}
    return [o for o, mark in marks.items() if mark is not None and mark != fingerprint(o)]


def made_from(original: Path, work: Path) -> str | None:
    """The fingerprint that the copy was made from; None if there is none or it does not say."""
    try:
        text = (work / original.name).read_text(encoding="utf-8")
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


def create(path: Path, text: str) -> bool:
    """Write a new file, whole or not at all; False if that name has appeared meanwhile."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # unlike a renaming, this never replaces what is there
        except FileExistsError:
            return False
        except OSError:  # a file system without links (a memory stick)
            if os.path.lexists(path):
                return False
            os.rename(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    return True
