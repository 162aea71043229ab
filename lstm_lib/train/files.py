"""Writing a file so that a reader sees the old one or the new one, never a part."""

import contextlib
import os
from pathlib import Path


def temporary_name(path: Path) -> Path:
    """Where `write_atomically` writes first: in the same folder, so that renaming is atomic."""
    return path.with_name(f".{path.name}.tmp")


def write_atomically(path: str | Path, data: bytes, keep_as: str | Path | None = None) -> None:
    """Write `data` to `path`: temporary file, fsync, rename, fsync of the folder.

    With `keep_as`, a file already at `path` is renamed to that first, once the new bytes are safely
    on the disk: at every moment `path`, or else `keep_as`, is a whole file. An OSError (of a full
    disk, say) names `path`, and leaves no temporary file behind.

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
    temporary = temporary_name(path)
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if keep_as is not None and path.exists():
            os.replace(path, keep_as)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if error.filename2 is None:  # a rename names both
            error.filename = str(path)
        raise
    if os.name != "nt":  # a folder cannot be opened there; NTFS journals the rename itself
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
