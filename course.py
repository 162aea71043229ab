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
import signal
import subprocess
import sys
from pathlib import Path

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = platform.python_version()
    sys.exit("The course needs Python 3.11, 3.12 or 3.13; this is Python " + found + ".")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# Files in .venv. Only an environment with the first of them is ever deleted; the second says what
# was going on, "pip" or "packages", when a set-up was cut off.
MADE = "made-by-the-course"
UNFINISHED = "installing"

# What a reader's shell may hold that sends pip elsewhere, or other code into our Python.
MISLEADING = set(
    "PYTHONHOME PYTHONPATH PYTHONEXECUTABLE PYTHONWARNINGS __PYVENV_LAUNCHER__ "
    "PIP_USER PIP_PREFIX PIP_TARGET PIP_ROOT PIP_PYTHON PIP_REQUIREMENT PIP_EDITABLE PIP_NO_DEPS "
    "PIP_DRY_RUN PIP_IGNORE_INSTALLED PIP_FORCE_REINSTALL PIP_REQUIRE_HASHES PIP_PLATFORM "
    "PIP_PYTHON_VERSION PIP_IMPLEMENTATION PIP_ABI".split()
)

# Run inside .venv after an interrupted installation: names the packages whose files are not all
# there, since pip takes a package for installed as soon as its metadata can be read. Packages of
# the system, which an environment may show too, are not ours to mend.
FIND_BROKEN = """
import os, sys
from importlib.metadata import distributions

def ours(dist):
    return os.path.realpath(dist._path).startswith(os.path.realpath(sys.argv[1]) + os.sep)

def whole(dist):
    files = [f for f in dist.files if f.suffix != ".pyc"]
    return files and all(f.size in (None, f.locate().stat().st_size) for f in files)

for dist in filter(ours, distributions()):
    try:
        ok = dist.metadata["Name"] and whole(dist)
    except (OSError, TypeError, KeyError):
        ok = False
    if not ok:
        print(dist._path)
"""


def main(arguments):
    if inside_prepared_environment():
        python, environment = sys.executable, dict(os.environ)
    else:
        python, environment = prepared_venv(arguments), unmisled(os.environ)
    environment["PYTHONUTF8"] = "1"
    environment.pop("PYTHONOPTIMIZE", None)  # the course's claims are assertions
    # One thread is the default: on a busy machine two spinning threads are slower than one.
    environment.setdefault("OMP_NUM_THREADS", "1")
    # glibc gives big arrays back to the system after each use and fetches fresh pages for the
    # next; keeping them makes a torch training step on the CPU about 1.6 times faster.
    environment.setdefault("MALLOC_MMAP_THRESHOLD_", str(1 << 30))
    environment.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 31))
    sys.path.insert(0, str(ROOT))
    from lstm_lib.handover import hand_over

    return hand_over(
        [str(python), "-m", "lstm_lib", *(arguments or ["lab"])], environment, folder=ROOT
    )


def inside_prepared_environment():
    """Is this Python itself an environment (conda, Binder, a virtual one) with the course in it?"""
    from importlib.metadata import PackageNotFoundError, distribution

    if VENV.exists() and os.path.samefile(sys.prefix, VENV):
        return False
    try:
        distribution("lstm-course")
    except PackageNotFoundError:
        return False
    return True


def unmisled(environment):
    """A copy without what sends pip elsewhere, or other code into the environment's Python."""
    return {name: value for name, value in environment.items() if name not in MISLEADING}


def prepared_venv(arguments):
    """Make `.venv` or bring it up to date; return its Python. Does nothing if the stamp fits."""
    extra = "test" if arguments[:1] == ["test"] else ""
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
    brackets = f"[{extra}]" if extra else ""
    unfinished = VENV / UNFINISHED
    if belongs_to_the_reader():
        make_usable()
        mend_if_interrupted()
    elif sound():
        mend_if_interrupted()
    else:
        say("Making a Python environment in .venv")
        clear_venv()
        make_venv()
    unfinished.write_text("pip", encoding="utf-8")
    for stamp in VENV.glob("complete*"):
        stamp.unlink()
    say("Installing the course's packages (once; one to several minutes)")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-user"]
    run([*pip, "pip>=26"])
    unfinished.write_text("packages", encoding="utf-8")
    # Names that are relative to the folder: in a requirement, brackets have a meaning of their own.
    packages = [f"--editable=.{brackets}", "--constraint=constraints.txt"]
    run([*pip, "--no-compile", "--no-warn-script-location", *packages])
    run([PYTHON, "-I", "-m", "lstm_lib.requirements", extra], trouble=ELSEWHERE)
    (VENV / f"complete{brackets}").write_text(wanted, encoding="utf-8")
    unfinished.unlink()


def belongs_to_the_reader():
    """Is there a `.venv` that this launcher did not make?"""
    return VENV.exists() and not (VENV / MADE).exists() and any(VENV.iterdir())


def make_usable():
    """Give the reader's own `.venv` what it lacks, or say why it cannot serve and stop."""
    found = python_version(PYTHON)
    if found is None or not (3, 11) <= found <= (3, 13):
        kind = "has no Python that starts" if found is None else "is of Python {}.{}".format(*found)
        sys.exit(
            f"The folder .venv was not made by the course, and it {kind}; the course needs 3.11,\n"
            "3.12 or 3.13. Rename or delete it, then run this command again."
        )
    if not pip_works():
        say("There is no working pip in your .venv: adding it")
        output_of([PYTHON, "-m", "ensurepip", "--upgrade"])
        if not pip_works():
            sys.exit(
                "The folder .venv was not made by the course, and pip could not be added to it.\n"
                "Rename or delete it, then run this command again."
            )


def sound():
    """Can the course's own `.venv` be kept: whole, of this Python, with a pip that works?"""
    return (
        read(VENV / UNFINISHED) != "pip"
        and identity(PYTHON) == identity(sys.executable)
        and pip_works()
    )


def mend_if_interrupted():
    """Take the metadata from half-installed packages, so that pip installs them again."""
    if not (VENV / UNFINISHED).exists():
        return
    say("The last set-up was interrupted: mending what it left, then going on")
    for path in run([PYTHON, "-c", FIND_BROKEN, VENV], capture=True).splitlines():
        shutil.rmtree(path, ignore_errors=True)


def clear_venv():
    """Empty `.venv`, or make it; whenever this is cut off, the next set-up knows whose it is."""
    VENV.mkdir(exist_ok=True)
    (VENV / MADE).touch()
    (VENV / UNFINISHED).write_text("pip", encoding="utf-8")
    for path in list(VENV.iterdir()):
        if path.name in (MADE, UNFINISHED):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def make_venv():
    python = getattr(sys, "_base_executable", None) or sys.executable
    result = started([python, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode == 0:
        return
    if "ensurepip" in result.stdout:
        version = "{}.{}".format(*sys.version_info[:2])
        sys.exit(
            "This Python cannot make environments. On Debian and Ubuntu that is a package:\n"
            f"    sudo apt install python{version}-venv\nThen run this command again."
        )
    sys.exit(f"Making .venv failed:\n{result.stdout}")


def identity(python):
    """Which Python an interpreter comes from, or None if it does not start."""
    return output_of([python, "-I", "-c", "import sys; print(sys.base_prefix, sys.version)"])


def python_version(python):
    """(3, 11) and the like, or None if it does not start."""
    found = output_of([python, "-I", "-c", "import sys; print(*sys.version_info[:2])"])
    return found and tuple(map(int, found.split()))


def pip_works():
    """Does pip start, and all of it that installs?"""
    return output_of([PYTHON, "-m", "pip", "install", "--help"]) is not None


def output_of(command):
    """What a program prints, or None if it fails or does not start."""
    try:
        result = started(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return result.stdout if result.returncode == 0 else None


STOPPED = """
The set-up stopped here; nothing is lost. See the message above (most often no
network, or no space), then run the same command again: it goes on from there."""
ELSEWHERE = """
pip has finished, but what it should have installed is not in .venv. Look for a setting
that sends it elsewhere (target, prefix, root): .venv's Python, -m pip config list"""


def run(command, capture=False, trouble=STOPPED):
    result = started(command, stdout=subprocess.PIPE if capture else None)
    if result.returncode:
        sys.exit(trouble)
    return result.stdout


def started(command, **streams):
    """Run a program of the set-up in the course's folder.

    It inherits the set-up's lock: should this process be killed, the next set-up waits for it.
    """
    return subprocess.run(
        [str(part) for part in command],
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        cwd=ROOT,
        env=dict(unmisled(os.environ), PYTHONUTF8="1"),
        close_fds=False,
        **streams,
    )


def fingerprint():
    """Changes when what is to be installed changes."""
    digest = hashlib.sha256(platform.python_version().encode() + os.fsencode(ROOT))
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

            os.set_inheritable(lock.fileno(), True)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another set-up is at work in this folder: waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            except OSError:
                pass  # a file system without locks
        yield


def interrupt(_number, _frame):
    raise KeyboardInterrupt


def say(message):
    print(message, flush=True)


if __name__ == "__main__":
    for name in ("SIGTERM", "SIGHUP"):  # what ends this process ends the pip that it waits for
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, interrupt)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Run the same command again: it goes on where it stopped.")
    except OSError as error:
        sys.exit(
            f"\nThe course cannot be set up here: {error.filename or ROOT}: {error.strerror}\n"
            "It needs a folder that you may write to: copy the course into one of your own."
        )
