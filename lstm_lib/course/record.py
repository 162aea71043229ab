"""The reader's own small file: which exercises are done, how many hints were shown.

Several kernels write it: each change is made to what the file holds at that moment, under a lock.
Where it cannot be written, the course goes on and says so.
"""

import contextlib
import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path

from lstm_lib.files import move_aside, write_text
from lstm_lib.lock import exclusive
from lstm_lib.places import ROOT, complaint

# Seconds to wait for another kernel, which needs some milliseconds.
PATIENCE = 10.0
# Hints that were shown in this process and could not be written down.
_unwritten: dict[str, int] = {}


def place() -> Path:
    """`.progress.json` beside the course, or where LSTM_COURSE_PROGRESS says (`~` is the home)."""
    chosen = os.environ.get("LSTM_COURSE_PROGRESS") or ".progress.json"
    return ROOT / os.path.expanduser(chosen)


def read() -> dict:
    """What is recorded: {"passed": [keys], "hints": {key: shown}}. A damaged file is kept aside.

    A file that is not there, or cannot be read, is a record of nothing.
    """
    try:
        return _read()
    except OSError:
        return _nothing()
    except ValueError:
        with contextlib.suppress(OSError):
            return _changed(lambda record: None)
        return _nothing()


def trouble() -> str | None:
    """Why the record cannot be read, as a sentence; None if it can."""
    try:
        _read()
    except OSError as error:
        return f"progress cannot be read: {complaint(error)}"
    except ValueError:
        pass  # it will be kept aside
    return None


def passed(key: str) -> str | None:
    """Record an exercise as done. None, or the sentence that says why that could not be."""

    def add(record):
        record["passed"] = sorted({*record["passed"], key})

    if key in read()["passed"]:
        return None
    try:
        _changed(add)
    except OSError as error:
        return f"progress was not recorded: {place()}: {error.strerror or error}"
    return None


def one_more_hint(key: str, at_most: int) -> int:
    """Count a hint as shown; return how many are shown now."""

    def add(record):
        shown = max(record["hints"].get(key, 0), _unwritten.get(key, 0))
        record["hints"][key] = min(shown + 1, at_most)

    try:
        return _changed(add)["hints"][key]
    except OSError:
        record = read()
        add(record)
        _unwritten[key] = record["hints"][key]
        return _unwritten[key]


def _nothing() -> dict:
    return {"passed": [], "hints": {}}


def _read() -> dict:
    """The record in the file. Raises ValueError if it is damaged, OSError if it cannot be read."""
    path = place()
    if not path.exists():
        return _nothing()
    if not path.is_file():  # a pipe would keep us waiting
        raise OSError(0, "is not a file", str(path))
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        record = {"passed": list(written["passed"]), "hints": dict(written["hints"])}
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not a record") from error
    known = [*record["passed"], *record["hints"]]
    if not all(type(key) is str for key in known):
        raise ValueError("keys are strings")
    if not all(type(shown) is int for shown in record["hints"].values()):
        raise ValueError("hints are counted")
    return record


def _changed(change: Callable[[dict], None]) -> dict:
    """Apply a change to what the file holds now, and return the new record. Raises OSError."""
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(path.with_name(f"{path.stem}.lock.json"), PATIENCE, pause=0.01):
        try:
            record = _read()
            before = json.dumps(record)
        except ValueError:
            numbers = itertools.chain([""], (f"-{k}" for k in itertools.count(2)))
            move_aside(path, (path.with_name(f"{path.stem}.damaged{n}.json") for n in numbers))
            record, before = _nothing(), None
        change(record)
        if json.dumps(record) != before:
            write_text(path, json.dumps(record, indent=1) + "\n")
    return record
