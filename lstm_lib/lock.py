"""One writer at a time; the system itself lets go of the lock of a process that was killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock


def system_lock(path: Path) -> BaseFileLock:
    """The operating system's lock on the file `path`, not yet taken.

    Its `acquire` raises TimeoutError where another holds it, and another OSError on file systems
    without locks: a file whose mere presence is the lock would outlive a killed process. The empty
    file stays; without a holder it means nothing. Raises OSError if it cannot be opened.
    """
    from filelock import FileLock

    path.open("ab").close()
    return FileLock(path, fallback_to_soft=False)


@contextmanager
def exclusive(path: Path, patience: float = 900.0, pause: float = 0.1) -> Iterator[bool]:
    """Hold the lock file `path` while the block runs; tells whether it is held.

    Waits for another holder up to `patience` seconds, then goes on without: what it guards appears
    by one rename, so two at once waste work but leave no half of a file. The same on file systems
    without locks. Raises OSError if the lock file cannot be opened.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / ".lock"
    ...     with exclusive(path) as first, exclusive(path, patience=0) as second:
    ...         first, second
    (True, False)
    """
    lock = system_lock(path)
    try:
        lock.acquire(patience, poll_interval=pause)
    except OSError:
        pass
    try:
        yield lock.is_locked
    finally:
        lock.release()
