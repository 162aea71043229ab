"""What a reader or the system tells the launcher, the program behind it hears: at a terminal."""

import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time

import pytest

from lstm_lib.places import ROOT

pty = pytest.importorskip("pty", reason="no terminals like these here")

# A program that takes its time to save, as a training does.
TRAINER = (
    "import signal, sys, time\n"
    "def stop(number, frame):\n"
    "    time.sleep(1); print('saved after', number, flush=True); sys.exit(7)\n"
    "signal.signal(signal.SIGINT, stop); signal.signal(signal.SIGTERM, stop)\n"
    "print('training', flush=True)\n"
    "while True: time.sleep(0.1)"
)
WRAPPED = (
    "import sys; from lstm_lib import handover\n"
    f"sys.exit(handover.{{how}}([sys.executable, '-c', {TRAINER!r}]))"
)


class Terminal:
    """A Python at a terminal of its own."""

    def __init__(self, *arguments):
        self.pid, self.keys = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.execv(sys.executable, [sys.executable, *arguments])
        self.shown = ""

    def wait_until(self, pattern, seconds=60.0):
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.shown)):
            assert time.monotonic() < end, f"{pattern} did not come: {self.shown}"
            if select.select([self.keys], [], [], 0.2)[0]:
                try:
                    self.shown += os.read(self.keys, 65536).decode(errors="replace")
                except OSError:  # the other side is closed
                    assert re.search(pattern, self.shown), self.shown
        return found

    def press(self, keys):
        os.write(self.keys, keys)

    def code(self):
        _, status = os.waitpid(self.pid, 0)
        os.close(self.keys)
        return os.waitstatus_to_exitcode(status)


@pytest.mark.parametrize("how", ["hand_over", "wait_for"])
@pytest.mark.parametrize("told", ["Ctrl-C", "SIGTERM"])
def test_a_program_behind_another_ends_in_its_own_time(how, told):
    terminal = Terminal("-c", WRAPPED.format(how=how))
    terminal.wait_until("training")
    if told == "Ctrl-C":
        terminal.press(b"\x03")
    else:
        os.kill(terminal.pid, signal.SIGTERM)  # to this process alone
    terminal.wait_until("saved after")
    assert terminal.code() == 7


def test_a_program_that_a_signal_ended_has_the_code_that_shells_give():
    code = (
        "import os, sys; from lstm_lib import handover; sys.exit(handover.wait_for(sys.argv[1:]))"
    )
    killed = subprocess.run([sys.executable, "-c", code, "sh", "-c", "kill -9 $$"])
    assert killed.returncode == 128 + 9


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


def new_kernel(port):
    """Ask a server for a kernel, as often as it takes until it listens."""
    for _ in range(100):
        server = http.client.HTTPConnection("127.0.0.1", port)
        try:
            server.request("POST", "/api/kernels", headers={"Authorization": "token secret"})
            return json.load(server.getresponse())["id"]
        except ConnectionRefusedError:
            time.sleep(0.2)
        finally:
            server.close()
    raise AssertionError("no server")


@pytest.fixture
def lab():
    """JupyterLab through the launcher, at a terminal, and its port."""
    port = free_port()
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=secret"]
    launch = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import course\n"
        "course.inside_prepared_environment = lambda: True\n"
        f"sys.exit(course.main({['lab', *options]!r}))"
    )
    terminal = Terminal("-c", launch)
    yield terminal, port
    with contextlib.suppress(OSError):
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.code()


def test_lab_ends_by_ctrl_c_with_its_kernels_and_frees_its_port(lab):
    terminal, port = lab
    terminal.wait_until(r"is running at")
    kernel = new_kernel(port)
    terminal.press(b"\x03")
    terminal.wait_until(r"Shut ?down this Jupyter server")
    terminal.press(b"y\n")
    terminal.wait_until(rf"Kernel shutdown: {kernel}|[Ss]hutting down 1 kernel")
    assert terminal.code() == 0
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", port))


def test_lab_ends_when_the_launcher_alone_is_told(lab):
    terminal, port = lab
    terminal.wait_until(r"is running at")
    kernel = new_kernel(port)
    os.kill(terminal.pid, signal.SIGTERM)
    terminal.wait_until(rf"Kernel shutdown: {kernel}|[Ss]hutting down 1 kernel")
    terminal.code()
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", port))
