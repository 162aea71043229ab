#!/usr/bin/env python3
"""The course's launcher: sets everything up, then hands over to `python -m lstm_lib`.

    python course.py          set up, then open JupyterLab on notebook 00
    python course.py test     set up, then run every test and every notebook
    python course.py COMMAND  set up, then `python -m lstm_lib COMMAND` (`help` lists them)

Needs Python 3.11 to 3.13 and nothing else. Safe to interrupt and to repeat: the stamp that says
"complete" is written last, and what an interrupted run left half-installed is found and mended.
"""

import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = platform.python_version()
    sys.exit("The course needs Python 3.11, 3.12 or 3.13; this is Python " + found + ".")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# Run inside .venv after an interrupted installation: names the packages whose files are not all
# there, since pip takes a package for installed as soon as its metadata can be read.
FIND_BROKEN = """
from importlib.metadata import distributions

def whole(dist):
    files = [f for f in dist.files if f.suffix != ".pyc"]
    return files and all(f.size in (None, f.locate().stat().st_size) for f in files)

for dist in distributions():
    try:
        ok = dist.metadata["Name"] and whole(dist)
    except (OSError, TypeError, KeyError):
        ok = False
    if not ok:
        print(dist._path)
"""


def main(arguments):
    python = sys.executable if inside_prepared_environment() else prepared_venv(arguments)
    environment = dict(os.environ, PYTHONUTF8="1")
    # One thread is the default: on a busy machine two spinning threads are slower than one.
    environment.setdefault("OMP_NUM_THREADS", "1")
    # glibc gives big arrays back to the system after each use and fetches fresh pages for the
    # next; keeping them makes a torch training step on the CPU about 1.6 times faster.
    environment.setdefault("MALLOC_MMAP_THRESHOLD_", str(1 << 30))
    environment.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 31))
    command = [str(python), "-m", "lstm_lib", *(arguments or ["lab"])]
    try:
        return subprocess.run(command, cwd=ROOT, env=environment).returncode
    except KeyboardInterrupt:
        return 130


def inside_prepared_environment():
    """Is this Python itself an environment (conda, Binder, a virtual one) with the course in it?"""
    from importlib.metadata import PackageNotFoundError, distribution

    if Path(sys.prefix) == VENV:
        return False
    try:
        distribution("lstm-course")
    except PackageNotFoundError:
        return False
    return True


def prepared_venv(arguments):
    """Make `.venv` or bring it up to date; return its Python. Does nothing if the stamp fits."""
    extra = "[test]" if arguments[:1] == ["test"] else ""
    wanted = fingerprint()
    stamps = [VENV / "complete[test]"] + ([] if extra else [VENV / "complete"])
    if PYTHON.exists() and any(read(stamp) == wanted for stamp in stamps):
        return PYTHON
    with one_at_a_time():
        if PYTHON.exists() and any(read(stamp) == wanted for stamp in stamps):
            return PYTHON  # another set-up finished while this one waited
        install(extra, wanted)
    return PYTHON


def install(extra, wanted):
    for stamp in VENV.glob("complete*"):
        stamp.unlink()
    interrupted = VENV / "installing"
    if identity(PYTHON) != identity(sys.executable):
        say("Making a Python environment in .venv")
        shutil.rmtree(VENV, ignore_errors=True)
        make_venv()
    elif interrupted.exists():
        say("The last set-up was interrupted: mending what it left, then going on")
        for path in run([PYTHON, "-c", FIND_BROKEN], capture=True).splitlines():
            shutil.rmtree(path, ignore_errors=True)
    interrupted.touch()
    say("Installing the course's packages (once; one to several minutes)")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, "--upgrade", "pip>=26"])
    packages = [f"--editable={ROOT}{extra}", f"--constraint={ROOT / 'constraints.txt'}"]
    run([*pip, "--no-compile", "--no-warn-script-location", *packages])
    interrupted.unlink()
    (VENV / f"complete{extra}").write_text(wanted, encoding="utf-8")


def make_venv():
    result = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True
    )
    if result.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip" in result.stdout + result.stderr:
        version = "{}.{}".format(*sys.version_info[:2])
        sys.exit(
            "This Python cannot make environments. On Debian and Ubuntu that is a package:\n"
            f"    sudo apt install python{version}-venv\nThen run this command again."
        )
    sys.exit(f"Making .venv failed:\n{result.stdout}{result.stderr}")


def identity(python):
    """Which Python an interpreter comes from, or None if it does not start or has no pip."""
    code = "import pip, sys; print(sys.base_prefix, sys.version)"
    try:
        result = subprocess.run([str(python), "-c", code], capture_output=True, text=True)
    except OSError:
        return None
    return result.stdout if result.returncode == 0 else None


def run(command, capture=False):
    result = subprocess.run(
        [str(part) for part in command], text=True, stdout=subprocess.PIPE if capture else None
    )
    if result.returncode:
        sys.exit(
            "\nThe set-up stopped here; nothing is lost. See the message above (most often no\n"
            "network, or no space), then run the same command again: it goes on from there."
        )
    return result.stdout


def fingerprint():
    """Changes when what is to be installed changes."""
    digest = hashlib.sha256(platform.python_version().encode() + str(ROOT).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def read(path):
    return path.read_text(encoding="utf-8") if path.is_file() else None


@contextlib.contextmanager
def one_at_a_time():
    """Two set-ups started at once take turns. The system drops the lock of a killed process."""
    with open(ROOT / ".setup.lock", "w") as lock:
        if os.name == "nt":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):
                    msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(message):
    print(message, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Run the same command again: it goes on where it stopped.")
