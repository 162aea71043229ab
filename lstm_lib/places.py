"""Where the course's folders are: next to the library, since the course runs from its checkout."""

import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
RESULTS = ROOT / "results"
# What readers write, and what instructors export: git ignores both.
WORK = ROOT / "work"
EXPORTS = ROOT / "exports"


def complaint(error: OSError) -> str:
    """What could not be read or written, and why, in one line.

    >>> complaint(PermissionError(13, "Permission denied", "work"))
    'work: Permission denied'
    """
    where = f"{error.filename}: " if error.filename is not None else ""
    return where + (error.strerror or str(error) or type(error).__name__)


def can_hold_files(folder: Path) -> bool:
    """Can files be written in this folder, which is made if it is not there? Leaves none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
