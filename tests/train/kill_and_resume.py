"""Kill a real training with SIGKILL at random moments, let it resume, compare the last weights.

    python tests/train/kill_and_resume.py --kills 100

Each round trains in processes of their own, killed one after the other at a random moment after a
checkpoint was written, until one ends; its weights must be those of a run that nobody disturbed.
The processes are forked from one that has torch imported, which takes seconds (spawned where there
is no fork).
"""

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from small_training import EVERY, build, main

from lstm_lib.train import default_threads

METHOD = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
PROCESSES = multiprocessing.get_context(METHOD)


@dataclass
class Report:
    """Every round must be identical, and no kill may cost more than EVERY steps."""

    mixed: bool  # with accumulation and autocast on top
    kills: int = 0
    rounds: int = 0
    identical: int = 0
    repeated: int = 0  # steps done more than once, over all kills
    worst: int = 0  # the most that one kill cost


def start(folder, *how):
    process = PROCESSES.Process(target=main, args=(folder, *how))
    process.start()
    return process


def stamp(path):
    """Changes with each new checkpoint."""
    try:
        status = path.stat()
        return status.st_ino, status.st_mtime_ns
    except FileNotFoundError:
        return None


def finish(process):
    """Wait for the end; True if it was killed, False if it came to its own."""
    process.join(timeout=120)
    if process.exitcode is None or process.exitcode > 0:
        raise RuntimeError(f"the training ended with status {process.exitcode}")
    return process.exitcode != 0


def run_and_kill(folder, delay, *how):
    """Kill it `delay` seconds after its first new checkpoint; False if it ended before."""
    checkpoint = folder / "run.safetensors"
    before = stamp(checkpoint)
    process = start(folder, *how)
    while stamp(checkpoint) in (before, None) and process.is_alive():
        time.sleep(0.0005)
    time.sleep(delay)
    process.kill()
    return finish(process)


def steps_begun(folder):
    """The numbers of the steps begun, in order, over all processes (a torn last line is none)."""
    text = (folder / "steps.log").read_text()
    return [int(line) for line in text.splitlines()]


def repeats(numbers):
    """For each resume, by how many steps it went back."""
    return [a + 1 - b for a, b in pairwise(numbers) if b <= a]


def kill_and_resume(kills, folder, seed, steps, mixed, longest=0.4, log=lambda line: None):
    """Kill `kills` times in all, in as many rounds as it takes."""
    moments, report = random.Random(seed), Report(mixed)
    (folder / "whole").mkdir(parents=True)
    finish(start(folder / "whole", steps, mixed))
    wanted = (folder / "whole" / "last.safetensors").read_bytes()
    while report.kills < kills:
        here = folder / f"round{report.rounds}"
        here.mkdir()
        killed = True
        while killed and report.kills < kills:
            killed = run_and_kill(here, moments.uniform(0, longest), steps, mixed)
            report.kills += killed
        if killed:
            finish(start(here, steps, mixed))
        report.rounds += 1
        report.identical += (here / "last.safetensors").read_bytes() == wanted
        numbers = steps_begun(here)
        assert set(numbers) == set(range(steps)), "a step was left out"
        report.repeated += sum(repeats(numbers))
        report.worst = max([report.worst, *repeats(numbers)])
        log(json.dumps(asdict(report)))
    return report


def command():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    default_threads()
    build()  # torch imports half of itself when the first optimiser is made: once, before forking
    with tempfile.TemporaryDirectory() as folder:
        reports = [
            kill_and_resume(
                options.kills,
                Path(folder) / name,
                options.seed,
                steps,
                name == "mixed",
                log=lambda line: print(line, flush=True),
            )
            for name, steps in (("plain", 150), ("mixed", 90))
        ]
    good = all(r.identical == r.rounds and r.worst <= EVERY for r in reports)
    sys.exit(0 if good else "NOT every round ended in the same bits")


if __name__ == "__main__":
    command()
