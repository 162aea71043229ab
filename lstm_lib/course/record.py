"""The reader's own small file: which exercises are done, how many hints were shown."""

import json
import os
from pathlib import Path

from lstm_lib.places import ROOT


def place() -> Path:
    """`.progress.json` beside the course, or where LSTM_COURSE_PROGRESS says."""
    return Path(os.environ.get("LSTM_COURSE_PROGRESS") or ROOT / ".progress.json")


def read() -> dict:
    """What is recorded: {"passed": [keys], "hints": {key: shown}}. A damaged file is kept aside."""
    empty = {"passed": [], "hints": {}}
    try:
        found = json.loads(place().read_text(encoding="utf-8"))
        return {"passed": list(found["passed"]), "hints": dict(found["hints"])}
    except FileNotFoundError:
        return empty
    except (ValueError, KeyError, TypeError):
        os.replace(place(), place().with_suffix(".damaged.json"))
        return empty


def write(record: dict) -> None:
    temporary = place().with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(record, indent=1), encoding="utf-8")
    os.replace(temporary, place())


def passed(key: str) -> None:
    record = read()
    if key not in record["passed"]:
        record["passed"] = sorted([*record["passed"], key])
        write(record)


def one_more_hint(key: str, at_most: int) -> int:
    """Count a hint as shown; return how many are shown now."""
    record = read()
    record["hints"][key] = min(record["hints"].get(key, 0) + 1, at_most)
    write(record)
    return record["hints"][key]
