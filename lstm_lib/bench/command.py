"""The command line of the bench."""

import argparse
import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

from lstm_lib.bench.machine import KEEP_MEMORY, ONE_THREAD
from lstm_lib.bench.report import print_goals, write
from lstm_lib.places import RESULTS


def main(argv: list[str]) -> int:
    """`bench [--quick] [--device cuda] [--out FOLDER]`: print a table, write it and a picture."""
    parser = argparse.ArgumentParser(prog="bench", description="How fast is the course's LSTM?")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--quick", action="store_true", help="small shapes, 3 rounds, no files")
    parser.add_argument("--rounds", type=int, default=None, help="rounds (9; 3 with --quick)")
    parser.add_argument(
        "--seconds", type=float, default=140, help="with cuda: what comes later is left out (140)"
    )
    parser.add_argument("--out", type=Path, default=None, help="folder (results/bench)")
    options = parser.parse_args(argv)
    folder = options.out or RESULTS / "bench"
    if options.device == "cuda":
        from lstm_lib.bench.gpu.run import bench

        return bench(folder, options.seconds, options.quick)
    settings = ONE_THREAD | KEEP_MEMORY
    if any(os.environ.get(name) != value for name, value in settings.items()):
        # These are read when a program starts or first imports NumPy: start anew.
        command = [sys.executable, "-m", "lstm_lib.bench", *argv]
        return subprocess.run(command, env=os.environ | settings).returncode
    wanted = options.out is not None or not options.quick
    return on_the_cpu(options.quick, options.rounds, folder if wanted else None)


def on_the_cpu(quick: bool, rounds: int | None, folder: Path | None) -> int:
    import torch

    from lstm_lib.bench import cpu
    from lstm_lib.bench.picture import draw

    torch.set_num_threads(1)
    begun = time.perf_counter()
    plan = cpu.QUICK if quick else cpu.Plan()
    report = cpu.run(dataclasses.replace(plan, rounds=rounds) if rounds else plan)
    print_goals(report["goals"])
    print("\n" + ", ".join(f"{name} {value}" for name, value in report["machine"].items()))
    print(f"{time.perf_counter() - begun:.0f} s in all")
    if folder is not None:
        write(report, folder / "bench.json")
        draw(report, folder / "bench.png")
    return 0
