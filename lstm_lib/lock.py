"""One writer at a time; the system itself lets go of the lock of a process that was killed."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

BUSY = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


@contextmanager
def exclusive(path: Path, patience: float = 900.0, pause: float = 0.1) -> Iterator[bool]:
    """Hold the lock file `path` while the block runs; tells whether it is held.

    Waits for another holder up to `patience` seconds, then goes on without: what it guards appears
    by one rename, so two at once waste work but leave no half of a file. The same on file systems
    without locks. The empty lock file stays; without a holder it means nothing. Raises OSError if
    it cannot be opened.
    """
    with path.open("a+b") as file:
        held = _wait(file, patience, pause)
        try:
            yield held
        finally:
            if held:
                _release(file)


def _wait(file: IO[bytes], patience: float, pause: float) -> bool:
    end = time.monotonic() + patience
    while True:
        try:
            acquire(file)
            return True
        except OSError as error:
            if error.errno not in BUSY or time.monotonic() >= end:
                return False
        time.sleep(pause)


if os.name == "nt":
    import msvcrt

    def acquire(file: IO[bytes]) -> None:
        """Lock an open file, or raise OSError at once; closing it lets go."""
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _release(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def acquire(file: IO[bytes]) -> None:
        """Lock an open file, or raise OSError at once; closing it lets go."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
