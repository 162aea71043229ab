"""Starting another program in this one's place: what the reader or the system tells it, it hears.

Needs nothing but Python, since the launcher uses it before anything is installed.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# What a system may send to this process alone. Ctrl-C goes to every process at the terminal.
PASSED_ON = ("SIGTERM", "SIGHUP")


def hand_over(
    command: Sequence[str], environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> int:
    """Become this program; where a system cannot, wait for it and return its exit code."""
    if os.name != "posix":
        return wait_for(command, environment, folder)
    sys.stdout.flush()
    sys.stderr.flush()
    if folder is not None:
        os.chdir(folder)
    os.execve(command[0], list(command), dict(os.environ if environment is None else environment))


def wait_for(
    command: Sequence[str], environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> int:
    """Run a program and return its exit code, 128 + n if signal n ended it.

    A Ctrl-C is for the program: it decides when to end, and this process waits. Signals that reach
    this process alone are passed on.
    """
    process, early = None, []

    def pass_on(number, _frame):
        if process is None:
            early.append(number)
        else:
            process.send_signal(number)

    numbers = [getattr(signal, name) for name in PASSED_ON if hasattr(signal, name)]
    before = {
        n: signal.signal(n, pass_on) for n in numbers if signal.getsignal(n) != signal.SIG_IGN
    }
    try:
        process = subprocess.Popen(command, env=environment, cwd=folder)
        for number in early:
            process.send_signal(number)
        while True:
            try:
                code = process.wait()
                return code if code >= 0 else 128 - code
            except KeyboardInterrupt:
                pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
