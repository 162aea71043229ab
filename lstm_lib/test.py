"""`python course.py test`: format, lint, the library's tests and every notebook."""

import os
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lstm_lib import kernel_sets, two_rounds
from lstm_lib.data.command import fetch_missing
from lstm_lib.handover import wait_for
from lstm_lib.places import NOTEBOOKS, ROOT

# Printed numbers can differ in their last digits between versions of these.
DECISIVE = ("matplotlib", "numpy", "torch")


def main(arguments: list[str]) -> int:
    """Run everything and return 0 if all passed. With arguments, run pytest on them alone.

    `--rounds [NOTEBOOKS]` runs notebooks alone as the whole run does, in two rounds;
    `--kernels [NOTEBOOKS]` compares outputs as other processors compute them.
    """
    if fetch_missing() != 0:
        return 1
    if arguments[:1] == ["--kernels"]:
        return kernel_sets.main(arguments[1:])
    if not arguments:
        for check in (["format", "--check"], ["check"]):
            if code := subprocess.run([sys.executable, "-m", "ruff", *check], cwd=ROOT).returncode:
                print("`ruff format` and `ruff check --fix` mend most of this.", file=sys.stderr)
                return code
    with tempfile.TemporaryDirectory() as folder:  # the reader's own progress is not touched
        if not arguments:
            targets = [*two_at_a_time(), *in_two_rounds([], folder), "tests", "lstm_lib"]
        elif arguments[0] == "--rounds":
            targets = in_two_rounds(arguments[1:], folder)
        else:
            targets = arguments
        command = [sys.executable, "-m", "pytest", *notebook_options(), *targets]
        environment = dict(os.environ, LSTM_COURSE_PROGRESS=str(Path(folder) / "progress.json"))
        return wait_for(command, environment, ROOT)


def in_two_rounds(names: list[str], folder: str) -> list[str]:
    """Write copies of notebooks (all, or those named) into a folder; pytest's options for them."""
    paths = [ROOT / name for name in names] or sorted(NOTEBOOKS.glob("*.ipynb"))
    two_rounds.write_copies(paths, Path(folder) / "notebooks")
    # Said, since pytest would look for its settings above that folder as well.
    settings = [f"--rootdir={ROOT}", f"--config-file={ROOT / 'pyproject.toml'}"]
    return [*settings, "-p", two_rounds.__name__, folder]


def two_at_a_time() -> list[str]:
    """Two processes of tests, a file to one of them: each computes on one thread.

    No more, since a notebook may take 1 GB.
    """
    split = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    return split if (os.cpu_count() or 1) > 1 else []


def notebook_options() -> list[str]:
    """How nbval compares notebooks: strictly where versions equal those the outputs stand on."""
    different = version_differences()
    if different:
        print(f"Notebook outputs are compared laxly (assertions hold): {', '.join(different)}")
    return [
        "--nbval-lax" if different else "--nbval",
        "--nbval-current-env",
        "--nbval-cell-timeout=300",
        f"--nbval-sanitize-with={ROOT / 'tests/sanitize.cfg'}",
    ]


def version_differences() -> list[str]:
    """What differs here from the versions that the committed outputs stand on."""
    differences = [] if sys.version_info[:2] == (3, 11) else [f"Python {sys.version.split()[0]}"]
    for name, wanted in constraints().items():
        if name in DECISIVE:
            try:
                installed = version(name).split("+")[0]
            except PackageNotFoundError:
                installed = "missing"
            if installed != wanted:
                differences.append(f"{name} {installed} instead of {wanted}")
    return differences


def constraints() -> dict[str, str]:
    """The versions in constraints.txt, by package.

    >>> constraints()["torch"]
    '2.13.0'
    """
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)
