"""Files that appear whole or not at all; what a reader has written is moved, never replaced."""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path


def write_atomically(path: str | Path, data: bytes, keep_as: str | Path | None = None) -> None:
    """Write `data` to `path`, and make its folder: a reader sees the old file or the new one.

    Draft beside it, fsync, rename, fsync of the folder. With `keep_as`, a file already at `path` is
    renamed to that first, once the new bytes are safely on the disk: at every moment `path`, or
    else `keep_as`, is a whole file. An OSError (of a full disk, say) names `path` and leaves no
    draft.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a"
    ...     write_atomically(path, b"one")
    ...     write_atomically(path, b"two", keep_as=path.with_name("b"))
    ...     sorted((p.name, p.read_bytes()) for p in path.parent.iterdir())
    [('a', b'two'), ('b', b'one')]
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _draft(path, data) as draft:
        if keep_as is not None and path.exists():
            _rename(path, keep_as)
        _rename(draft, path)
    if os.name != "nt":  # a folder cannot be opened there; NTFS journals the rename itself
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_text(path: Path, text: str) -> None:
    """The same for a text, as UTF-8. A link stays one, and what it points to is written."""
    write_atomically(os.path.realpath(path), text.encode())


def create(path: Path, text: str) -> bool:
    """Write a new file; False if that name is taken, also when it was taken just now.

    Raises OSError if the folder cannot be written to.
    """
    with _draft(path, text.encode()) as draft:
        try:
            os.link(draft, path)  # unlike a renaming, this never replaces what is there
        except FileExistsError:
            return False
        except OSError:  # a file system without links (a memory stick)
            if not _claimed(path):
                return False
            _onto_claimed(draft, path)
    return True


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


def remove_drafts(path: Path) -> None:
    """Remove what killed writers of `path` left: for whoever alone may write it now."""
    for draft in path.parent.glob(_draft_name(glob.escape(path.name), "*")):
        draft.unlink(missing_ok=True)


def _draft_name(name: str, mark: str) -> str:
    return f".{name}.{mark}.tmp"


@contextlib.contextmanager
def _draft(path: Path, data: bytes) -> Iterator[Path]:
    """A file beside `path` with these bytes, safely on the disk; gone after the block."""
    draft = path.with_name(_draft_name(path.name, secrets.token_hex(4)))  # two may write at once
    try:
        with open(draft, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    except OSError as error:
        if error.filename2 is None:  # a rename names both
            error.filename = str(path)
        raise
    finally:
        with contextlib.suppress(OSError):
            os.unlink(draft)


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
        _rename(source, place)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(place)
        raise


def _rename(source: Path, target: str | Path, attempts: int = 20) -> None:
    """Windows refuses to rename over a file that somebody reads: there, try again for a second."""
    for left in reversed(range(attempts)):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if os.name != "nt" or not left:
                raise
            time.sleep(0.05)
