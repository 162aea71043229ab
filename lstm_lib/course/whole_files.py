"""Files that appear whole or not at all; what a reader has written is moved, never replaced."""

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path


def create(path: Path, text: str) -> bool:
    """Write a new file; False if that name is taken, also when it was taken just now.

    Raises OSError if the folder cannot be written to.
    """
    with _draft(path, text) as draft:
        try:
            os.link(draft, path)  # unlike a renaming, this never replaces what is there
        except FileExistsError:
            return False
        except OSError:  # a file system without links (a memory stick)
            if not _claimed(path):
                return False
            _onto_claimed(draft, path)
    return True


def replace(path: Path, text: str) -> None:
    """Write a file over an old one: at every moment a reader sees the old text or the new.

    A link stays one, and what it points to is written. Raises OSError, and then the old file is as
    it was.
    """
    path = Path(os.path.realpath(path))
    with _draft(path, text) as draft:
        os.replace(draft, path)


def move_aside(path: Path, names: Iterable[Path]) -> Path | None:
    """Rename to the first of these names that is free; None if there was nothing to move.

    A name is claimed by an empty file before it is used, so that of two who move at the same moment
    neither replaces what the other has moved. Raises OSError.
    """
    place = next(name for name in names if _claimed(name))
    try:
        _onto_claimed(path, place)
    except FileNotFoundError:
        return None
    return place


def _claimed(path: Path) -> bool:
    """Make this empty file; False if the name is taken."""
    try:
        with open(path, "x"):
            return True
    except FileExistsError:
        return False


def _onto_claimed(source: Path, place: Path) -> None:
    """Rename onto an empty file of ours, which goes if that fails."""
    try:
        os.replace(source, place)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(place)
        raise


@contextlib.contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    """A file beside `path` with this text, safely on the disk; gone after the block."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(draft, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        with contextlib.suppress(OSError):
            os.unlink(draft)
