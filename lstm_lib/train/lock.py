"""One training a checkpoint: whoever comes second is told so, and writes nothing."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lstm_lib.lock import acquire
from lstm_lib.train.checkpoint import CheckpointError


def lock_name(path: str | Path) -> Path:
    """The file beside a checkpoint that is there while a training uses it.

    >>> lock_name("runs/weather.safetensors").name
    '.weather.safetensors.lock'
    """
    path = Path(path)
    return path.with_name(f".{path.name}.lock")


@contextmanager
def held(path: str | Path) -> Iterator[None]:
    """Inside, no other training has this checkpoint. Raises CheckpointError if one has it.

    The operating system lets go of a lock when its process ends, however it ends. Where there are
    no locks (some network drives), there are none.
    """
    name = lock_name(path)
    name.parent.mkdir(parents=True, exist_ok=True)
    file = _open_locked(name, Path(path))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if os.name != "nt":  # there, an open file cannot be removed
                name.unlink()
        file.close()
        if os.name == "nt":
            with contextlib.suppress(OSError):
                name.unlink()


def _open_locked(name: Path, path: Path) -> BinaryIO:
    while True:
        file = open(name, "ab")
        try:
            acquire(file)
        except (BlockingIOError, PermissionError):
            file.close()
            raise CheckpointError(
                f"{path} is being written by another training that is still running: wait for its "
                "end, stop it, or choose another file"
            ) from None
        except OSError:  # a file system without locks
            return file
        if os.name == "nt" or _is_still(name, file):
            return file
        file.close()  # its owner removed it between our opening and locking it


def _is_still(name: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(os.stat(name), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
