"""Run a reader's answer where it can do no harm: in a child process with limits.

The child is a fork, so that a function typed into a notebook needs no pickling. Windows cannot
fork: there the answer runs in a thread of the kernel, with a limit of time (a loop inside one call
of NumPy goes on in the background until it ends by itself) and none of memory.
"""

import contextlib
import ctypes
import faulthandler
import json
import os
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable

CAN_FORK = hasattr(os, "fork")
REPORT_LIMIT = 1_000_000


def run(judge: Callable[[], dict], seconds: float = 10.0, memory: int = 1 << 30) -> dict:
    """Call `judge` in a child; return the plain dict that it returns.

    `seconds` of wall-clock time and `memory` bytes beyond what the process uses now. If the child
    is stopped or ends by itself, the dict is {"status": "stopped", "reason": ...}: this never
    raises for what an answer does, and never waits for ever.

    >>> run(lambda: {"status": "fine"})
    {'status': 'fine'}
    >>> run(lambda: sys.exit(3))["status"]
    'stopped'
    """
    if not CAN_FORK:
        return run_in_thread(judge, seconds)
    read_end, write_end = os.pipe()
    sys.stdout.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside the kernel's threads
        child = os.fork()
    if child == 0:
        os.close(read_end)
        work(judge, write_end, memory)
    os.close(write_end)
    own_group(child)
    try:
        text, in_time = collect(read_end, seconds)
    finally:
        os.close(read_end)
        os.killpg(child, signal.SIGKILL)  # the child, and what it may have started
        os.waitpid(child, 0)
    if not in_time:
        return too_slow(seconds)
    try:
        report = json.loads(text)
    except ValueError:
        return stopped("it ended the process it ran in, or used too much memory")
    return report if isinstance(report, dict) else stopped("it ended the process it ran in")


def own_group(child: int) -> None:
    """Make the child the head of a group of processes. Both it and its parent call this."""
    with contextlib.suppress(OSError):
        os.setpgid(child, child)


def stopped(reason: str) -> dict:
    return {"status": "stopped", "reason": reason}


def too_slow(seconds: float) -> dict:
    unit = "second" if seconds == 1 else "seconds"
    return stopped(f"it was not done after {seconds:g} {unit} (an endless loop?)")


def run_in_thread(judge: Callable[[], dict], seconds: float) -> dict:
    """The best that can be done without a fork: wait so long, then ask the thread to end."""
    reports = []

    def target():
        try:
            reports.append(judge())
        except BaseException as error:
            reports.append(stopped(f"it raised {type(error).__name__}"))

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(seconds)
    if reports:
        return reports[0]
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)
    )
    return too_slow(seconds)


def work(judge: Callable[[], dict], write_end: int, memory: int) -> None:
    """The child: limits on, output off, one report, no way back into the parent's code."""
    try:
        own_group(0)
        faulthandler.disable()  # a crash here is an answer's, and ends as one
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        silence = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(silence, descriptor)
        sys.stdout = sys.stderr = open(os.devnull, "w")
        limit_memory(memory)
        view = json.dumps(judge())[:REPORT_LIMIT].encode()
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


def collect(read_end: int, seconds: float) -> tuple[bytes, bool]:
    """Everything that comes through the pipe until it closes; False if time ran out first."""
    end, text = time.monotonic() + seconds, b""
    while (left := end - time.monotonic()) > 0:
        if not select.select([read_end], [], [], left)[0]:
            break
        chunk = os.read(read_end, 65536)
        if not chunk:
            return text, True
        text += chunk
        if len(text) > 2 * REPORT_LIMIT:
            return b"", True
    return text, False
