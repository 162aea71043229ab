"""Run a reader's answer where it can do no harm: in a child process with limits.

The child is a fork, so that a function typed into a notebook needs no pickling. Windows and a
browser cannot fork: there the answer runs in a thread of the kernel, with a limit of time (a loop
inside one call of NumPy goes on in the background until it ends by itself) and none of memory.
"""

import contextlib
import ctypes
import faulthandler
import gc
import os
import selectors
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

from lstm_lib.course import parcel

# In a browser `os.fork` exists and raises.
CAN_FORK = hasattr(os, "fork") and sys.platform != "emscripten"


class Stopped(Exception):
    """The answer did not come to its end; the message says why."""


def run(job: Callable[[], Any], seconds: float = 10.0, memory: int = 1 << 30) -> Any:
    """Call `job` in a child; return the plain data that it returns (see `parcel`).

    `seconds` of wall-clock time and `memory` bytes beyond what the process uses now. Raises
    `Stopped` if the child is stopped or ends by itself, whatever the job does, and waits for no
    longer than it was given.

    >>> run(lambda: {"status": "fine"})
    {'status': 'fine'}
    >>> run(lambda: sys.exit(3))
    Traceback (most recent call last):
    lstm_lib.course.sandbox.Stopped: it ended the process it ran in, or used too much memory
    """
    if not CAN_FORK:
        return run_in_thread(job, seconds)
    read_end, write_end = os.pipe()
    with contextlib.suppress(Exception):  # there may be no output, or a closed one
        sys.stdout.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside the kernel's threads
        child = os.fork()
    if child == 0:
        os.close(read_end)
        work(job, write_end, memory)
    os.close(write_end)
    own_group(child)
    try:
        data = collect(read_end, seconds)
    finally:
        os.close(read_end)
        end(child)
    try:
        return parcel.unpack(data)
    except ValueError:
        raise Stopped("it ended the process it ran in, or used too much memory") from None


def end(child: int) -> None:
    """End the child and what it may have started, and wait for it.

    macOS answers EPERM for a group that has ended already, and a system that ignores SIGCHLD has
    nothing to wait for: neither may become the verdict.
    """
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.kill(child, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.waitpid(child, 0)


def own_group(child: int) -> None:
    """Make the child the head of a group of processes. Both it and its parent call this."""
    with contextlib.suppress(OSError):
        os.setpgid(child, child)


def too_slow(seconds: float) -> Stopped:
    unit = "second" if seconds == 1 else "seconds"
    return Stopped(f"it was not done after {seconds:g} {unit} (an endless loop?)")


def run_in_thread(job: Callable[[], Any], seconds: float) -> Any:
    """The best that can be done without a fork: wait so long, then ask the thread to end."""
    ends = []

    def target():
        try:
            ends.append((parcel.pack(job()), None))
        except BaseException as error:
            ends.append((None, Stopped(f"it raised {type(error).__name__}")))

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(seconds)
    if ends:
        data, trouble = ends[0]
        if trouble:
            raise trouble
        return parcel.unpack(data)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)
    )
    raise too_slow(seconds)


def work(job: Callable[[], Any], write_end: int, memory: int) -> None:
    """The child: limits on, output off, one report, no way back into the parent's code."""
    try:
        own_group(0)
        gc.freeze()  # the parent's objects are not ours to look through, page by copied page
        faulthandler.disable()  # a crash here is an answer's, and ends as one
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        silence = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(silence, descriptor)
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8", errors="replace")
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(1)  # the parent's threads do not exist here; waiting hangs
        limit_memory(memory)
        view = memoryview(parcel.pack(job()))
        while view:
            view = view[os.write(write_end, view) :]
    except BaseException:
        pass
    finally:
        os._exit(0)


def limit_memory(extra: int) -> None:
    """Allow `extra` bytes more address space than now (Linux; elsewhere there is no such count)."""
    try:
        import resource

        with open("/proc/self/statm") as statm:
            now = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + extra, now + extra))
    except (ImportError, OSError, ValueError):
        pass


def collect(read_end: int, seconds: float) -> bytes:
    """Everything that comes through the pipe until it closes. Raises Stopped if time runs out.

    Not `select`: that fails for a process with more than 1,024 open files.
    """
    end, chunks, size = time.monotonic() + seconds, [], 0
    with selectors.DefaultSelector() as selector:
        selector.register(read_end, selectors.EVENT_READ)
        while (left := end - time.monotonic()) > 0:
            if not selector.select(left):
                break
            chunk = os.read(read_end, 1 << 20)
            if not chunk:
                return b"".join(chunks)
            chunks.append(chunk)
            size += len(chunk)
            if size > 2 * parcel.LARGEST:
                raise Stopped("it sent more than can be looked at")
    raise too_slow(seconds)
