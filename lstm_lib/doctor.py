"""`python course.py doctor`: what this machine is, and what to do about what is missing."""

import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from lstm_lib.places import ROOT, WORK, can_hold_files
from lstm_lib.requirements import unmet, wanted

# A notebook stays under 1 GB; Lab, a browser and the system want about as much again.
MEMORY_WANTED = 2.0
DISK_WANTED = 1.0


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, what was found, and the cure if it is bad."""

    subject: str
    found: str
    cure: str = ""

    def __str__(self) -> str:
        mark = "!!" if self.cure else "ok"
        cure = f"\n{'':17}-> {self.cure}" if self.cure else ""
        return f"{mark}  {self.subject:11}  {self.found}{cure}"


def main(arguments: list[str]) -> int:
    """Print the report; return 1 if something needs a cure."""
    findings = examine()
    print("\n".join(map(str, findings)))
    cures = sum(bool(finding.cure) for finding in findings)
    print("\nAll is well." if not cures else f"\nTo do: {cures} (the lines marked !!).")
    return min(cures, 1)


def examine() -> list[Finding]:
    """Everything the doctor looks at, as findings.

    >>> examine()[0].subject
    'Python'
    """
    looks = (python, packages, threads, torch_device, memory, disk, writing, data_sets)
    return [finding for look in looks for finding in looked(look)]


def looked(look: Callable[[], Finding | list[Finding]]) -> list[Finding]:
    """What one look finds, also where what it looks with is missing."""
    try:
        findings = look()
    except ImportError as error:
        subject = look.__name__.split("_")[0]
        return [Finding(subject, f"cannot be examined: {error}", install_again())]
    return findings if isinstance(findings, list) else [findings]


def install_again(venv: Path = ROOT / ".venv") -> str:
    """The cure for what is not installed as it should be.

    In the launcher's own environment the set-up is marked as not complete, so that the next start
    looks at every package and installs what is missing or broken.
    """
    if not (venv.exists() and os.path.samefile(sys.prefix, venv)):
        return "python -m pip install -c constraints.txt -e .   (in the course's folder)"
    try:
        (venv / "installing").write_text("packages", encoding="utf-8")
        for stamp in venv.glob("complete*"):
            stamp.unlink()
    except OSError:
        return "delete the folder .venv, then run `python course.py`: it makes a new one"
    return "run `python course.py` again: it installs what is missing or broken"


def python() -> Finding:
    version = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    right = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("Python", version, "" if right else "install Python 3.11, 3.12 or 3.13")


def packages() -> Finding:
    """Compare what is installed with the dependencies of the course's own package metadata."""
    bad = unmet()
    if bad:
        return Finding("packages", "; ".join(bad), install_again())
    shown = ", ".join(f"{name} {version(name)}" for name in ("numpy", "torch", "jupyterlab"))
    return Finding("packages", f"{len(wanted())} as wanted ({shown})")


def threads() -> Finding:
    setting = os.environ.get("OMP_NUM_THREADS", "not set")
    cure = (
        ""
        if setting != "not set"
        else "start through `python course.py`, which sets OMP_NUM_THREADS=1: small models on a "
        "busy machine run fastest on one thread"
    )
    return Finding("threads", f"{os.cpu_count()} cores; OMP_NUM_THREADS={setting}", cure)


def torch_device() -> Finding:
    try:
        import torch
    except (ImportError, OSError) as error:
        return Finding("torch", f"does not import: {error}", install_again())
    if torch.cuda.is_available():
        memory = torch.cuda.get_device_properties(0).total_memory / 2**30
        return Finding("torch", f"GPU: {torch.cuda.get_device_name(0)}, {memory:.0f} GB")
    return Finding("torch", "CPU (no GPU found; the whole course runs without one)")


def memory() -> Finding:
    import psutil  # comes with ipykernel

    total, free = (getattr(psutil.virtual_memory(), key) / 2**30 for key in ("total", "available"))
    cure = "" if free >= MEMORY_WANTED else f"close programs until {MEMORY_WANTED:.0f} GB are free"
    return Finding("memory", f"{free:.1f} GB free of {total:.1f} GB", cure)


def disk() -> Finding:
    free = shutil.disk_usage(ROOT).free / 2**30
    cure = "" if free >= DISK_WANTED else f"make room: {DISK_WANTED:.0f} GB at least"
    return Finding("disk", f"{free:.0f} GB free", cure)


def writing() -> Finding:
    """Try to write where the course writes: what readers do, their progress, Jupyter's files."""
    from jupyter_core.paths import jupyter_runtime_dir

    from lstm_lib.course import record

    places = (ROOT, WORK, record.place().parent, Path(jupyter_runtime_dir()))
    locked = [str(place) for place in dict.fromkeys(places) if not can_hold_files(place)]
    wrong = record.trouble()
    if locked:
        cure = "make them yours, or copy the course into a folder of your own"
        return Finding("writing", "cannot write to " + ", ".join(locked), cure)
    if wrong:
        return Finding("writing", wrong, "move it away, or name another in LSTM_COURSE_PROGRESS")
    return Finding("writing", "copies, progress and Jupyter's files can be written")


def data_sets() -> list[Finding]:
    from lstm_lib.data.catalog import status

    return [
        Finding("data", f"{s.name}: {s.state}, {s.size / 1e6:.1f} MB", s.command) for s in status()
    ]
