"""kill -9 of a real process: eight here, two hundred by hand (`kill_and_resume.py --kills 100`)."""

import json
import subprocess
import sys
from pathlib import Path

from small_training import EVERY


def test_four_kills_of_each():
    """For: a checkpoint that is not atomic, a generator or counter that is not restored."""
    script = Path(__file__).with_name("kill_and_resume.py")
    run = subprocess.run(
        [sys.executable, str(script), "--kills", "4"], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stdout + run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    for mixed in (False, True):
        report = [line for line in lines if line["mixed"] == mixed][-1]
        assert report["kills"] == 4
        assert report["identical"] == report["rounds"]
        assert 0 < report["repeated"] and report["worst"] <= EVERY
