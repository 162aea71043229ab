"""kill -9 of a real process: five here, a hundred by hand (`kill_and_resume.py --kills 100`)."""

import json
import subprocess
import sys
from pathlib import Path

from small_training import EVERY


def test_five_kills():
    """For: a checkpoint that is not atomic, a generator or counter that is not restored."""
    script = Path(__file__).with_name("kill_and_resume.py")
    run = subprocess.run(
        [sys.executable, str(script), "--kills", "5"], capture_output=True, text=True, timeout=90
    )
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads(run.stdout.splitlines()[-1])
    assert report["kills"] == 5
    assert report["identical"] == report["rounds"]
    assert 0 < report["repeated"] and report["worst"] <= EVERY
