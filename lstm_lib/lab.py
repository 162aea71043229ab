"""`python course.py`: open JupyterLab on the reader's own copy of notebook 00."""

import json
import os
import subprocess
import sys
from pathlib import Path

from lstm_lib.course import copies
from lstm_lib.data.command import fetch_missing
from lstm_lib.places import ROOT

FIRST = "work/00_start_here.ipynb"


def main(arguments: list[str]) -> int:
    """Fetch what data are missing, make the reader's copies, run JupyterLab until it is closed.

    `arguments` go to JupyterLab, e.g. `--no-browser --port=8890`.
    """
    if fetch_missing() != 0:
        print("Going on without these data sets; `python course.py data fetch` tries again.\n")
    copies.make_missing()
    for original in copies.outdated():
        print(f"{original.stem}: {copies.state(original)}")
    no_news_popup(Path(sys.prefix))
    command = [sys.executable, "-m", "jupyterlab", *options(), *arguments]
    try:
        return subprocess.run(command, cwd=ROOT).returncode
    except KeyboardInterrupt:
        return 0


def options() -> list[str]:
    """JupyterLab's settings for the course.

    The root is the checkout, so that `datasets/` is seen too; the kernels' own encryption
    avoids a warning of ipykernel 7.3 and later on every start.

    >>> [option for option in options() if "default_url" in option]
    ['--LabApp.default_url=/lab/tree/work/00_start_here.ipynb']
    """
    settings = [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        "--KernelManager.transport_encryption=auto",
    ]
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return settings + (["--allow-root"] if as_root else [])


def no_news_popup(prefix: Path) -> None:
    """Tell JupyterLab in this environment not to ask for news over a reader's first page."""
    folder = prefix / "share/jupyter/lab/settings"
    overrides = folder / "overrides.json"
    if overrides.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    quiet = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
    overrides.write_text(json.dumps(quiet, indent=1), encoding="utf-8")
