"""Ctrl-C at a step's end instead of in the middle of an update."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Interrupted:
    """True once Ctrl-C was pressed."""

    def __init__(self):
        self.pressed = False

    def __bool__(self) -> bool:
        return self.pressed


@contextmanager
def deferred_interrupt() -> Iterator[Interrupted]:
    """Note the first SIGINT and go on; the second raises KeyboardInterrupt at once.

    Outside the main thread, or where SIGINT is not Python's own, nothing is changed.

    >>> before = signal.signal(signal.SIGINT, signal.default_int_handler)
    >>> with deferred_interrupt() as interrupted:
    ...     signal.raise_signal(signal.SIGINT)
    ...     bool(interrupted)
    True
    >>> _ = signal.signal(signal.SIGINT, before)
    """
    interrupted = Interrupted()

    def note(number, frame):
        if interrupted.pressed:
            raise KeyboardInterrupt
        interrupted.pressed = True

    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if not ours:
        yield interrupted
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
