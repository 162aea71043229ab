"""The reader's own small file: exercises done, hints shown, guesses made.

Several kernels write it: each change is made to what the file holds at that moment, under a lock.
Where it cannot be written, the course goes on and says so.
"""

import contextlib
import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lstm_lib.files import move_aside, write_text
from lstm_lib.lock import exclusive
from lstm_lib.places import ROOT, complaint

# Seconds to wait for another kernel, which needs some milliseconds.
PATIENCE = 10.0
# No guess is as large.
LARGEST = 1e15
# Hints that were shown in this process and could not be written down.
_unwritten: dict[str, int] = {}
# And guesses.
_unwritten_guesses: dict[str, list] = {}


def place() -> Path:
    """`.progress.json` beside the course, or where LSTM_COURSE_PROGRESS says (`~` is the home)."""
    chosen = os.environ.get("LSTM_COURSE_PROGRESS") or ".progress.json"
    return ROOT / os.path.expanduser(chosen)


def read() -> dict:
    """What is recorded. A damaged file is kept aside.

    {"passed": [keys], "hints": {key: shown}, "guesses": {key: [guess, truth or None]}}
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

    return _kept("hints", key, add, _unwritten)


def keep_guess(key: str, guess: float | str, truth: float | str | None = None) -> list:
    """Keep a guess, and the truth when it is known; return what is kept: [guess, truth].

    Once its truth is known a guess stays as it is.
    """

    def add(record):
        kept = record["guesses"].get(key) or _unwritten_guesses.get(key)
        if kept is None or kept[1] is None:
            kept = [guess, truth]
        record["guesses"][key] = kept

    return _kept("guesses", key, add, _unwritten_guesses)


def _kept(part: str, key: str, add: Callable[[dict], None], unwritten: dict) -> Any:
    """What a part of the record holds for a key after `add`; in `unwritten` if not in the file."""
    try:
        return _changed(add)[part][key]
    except OSError:
        record = read()
        add(record)
        unwritten[key] = record[part][key]
        return unwritten[key]


def guesses() -> dict[str, list]:
    """All guesses, [guess, truth or None] by key: those written, and those that could not be."""
    return _unwritten_guesses | read()["guesses"]


def _nothing() -> dict:
    return {"passed": [], "hints": {}, "guesses": {}}


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
    record["guesses"] = _guesses(written)
    return record


def _guesses(written: dict) -> dict[str, list]:
    """The guesses in a file. Older files have none; what is no guess costs no mark."""
    found = written.get("guesses")
    if not isinstance(found, dict):
        return {}
    return {key: pair for key, pair in found.items() if _is_guess(pair)}


def _is_guess(pair: Any) -> bool:
    """Is this [guess, truth or None], numbers or words, both of one kind?"""
    if not isinstance(pair, list) or len(pair) != 2:
        return False
    guess, truth = pair
    if isinstance(guess, str):
        return truth is None or isinstance(truth, str)
    values = (guess, 0 if truth is None else truth)
    return all(type(value) in (int, float) and abs(value) < LARGEST for value in values)


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
