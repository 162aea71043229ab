"""`python course.py`: open JupyterLab on the reader's own copy of notebook 00."""

import os
import sys
import tempfile
from pathlib import Path

from lstm_lib.course import copies
from lstm_lib.data.command import fetch_missing
from lstm_lib.handover import hand_over
from lstm_lib.places import NOTEBOOKS, ROOT, WORK, can_hold_files

FIRST = "00_start_here.ipynb"
# JupyterLab's settings for the course, in files that are read where they lie: an environment may
# belong to somebody else.
SETTINGS = Path(__file__).with_name("lab_settings")


def main(arguments: list[str]) -> int:
    """Fetch what data are missing, make the reader's copies, become JupyterLab.

    `arguments` go to JupyterLab, e.g. `--no-browser --port=8890`.
    """
    if fetch_missing() != 0:
        print("Going on without these data sets; `python course.py data fetch` tries again.\n")
    copies.make_missing_or_say()
    for original in copies.outdated():
        print(f"{original.stem}: {copies.state(original)}")
    if set("[]*?") & set(sys.prefix):
        print("JupyterLab misses some of its settings and widgets in a folder with [ ] * or ? in")
        print("its name: rename it, then start again.")
    command = [sys.executable, "-m", "jupyterlab", *options(), *arguments]
    return hand_over(command, at_home(dict(os.environ)), folder=ROOT)


def options() -> list[str]:
    """JupyterLab's settings for the course.

    The root is the checkout, so that `datasets/` is seen too; the kernels' own encryption
    avoids a warning of ipykernel 7.3 and later on every start; no news and no updates are offered.

    >>> [option for option in options() if "app_settings" in option]
    ['--LabApp.app_settings_dir=...lab_settings']
    """
    folder = WORK if (WORK / FIRST).is_file() else NOTEBOOKS
    settings = [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{folder.name}/{FIRST}",
        f"--LabApp.app_settings_dir={SETTINGS}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--KernelManager.transport_encryption=auto",
    ]
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return settings + (["--allow-root"] if as_root else [])


def at_home(environment: dict[str, str]) -> dict[str, str]:
    """The environment, with a temporary folder for Jupyter's and IPython's own files if they
    cannot be written where they belong: for this once, they are forgotten afterwards."""
    from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir, jupyter_runtime_dir

    wanted = {
        "JUPYTER_CONFIG_DIR": jupyter_config_dir(),
        "JUPYTER_DATA_DIR": jupyter_data_dir(),
        "JUPYTER_RUNTIME_DIR": jupyter_runtime_dir(),
        "MPLCONFIGDIR": environment.get("MPLCONFIGDIR")
        or os.path.expanduser("~/.config/matplotlib"),
        "IPYTHONDIR": environment.get("IPYTHONDIR") or os.path.expanduser("~/.ipython"),
    }
    locked = [name for name, place in wanted.items() if not can_hold_files(Path(place))]
    if locked:
        folder = tempfile.mkdtemp(prefix="lstm-course-")
        print(f"{wanted[locked[0]]} cannot be written to: Jupyter's settings are not kept.")
        environment |= {name: os.path.join(folder, name.lower()) for name in locked}
    return environment
