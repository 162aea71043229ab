"""Compiling every kernel before anything is timed, by several processes at once.

Triton keeps what it compiled on disk, so that the process which measures finds it there.
"""

import multiprocessing
import os
import time

from lstm_lib.bench.gpu.entry import Entry, numerics, runner


def compile_all(
    entries: list[Entry], device: str, seconds: float
) -> tuple[dict[Entry, float], dict[Entry, str]]:
    """Run each entry once, forward and training, in child processes; stop after `seconds`.

    Returns the seconds of each that was ready in time, and the error of each that failed.
    """
    ready: dict[Entry, float] = {}
    failed: dict[Entry, str] = {}
    if not entries:
        return ready, failed
    end = time.monotonic() + seconds
    workers = min(len(entries), max(1, (os.cpu_count() or 2) - 2))
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        results = pool.imap_unordered(_once, [(entry, device) for entry in entries])
        for _ in entries:
            try:
                entry, took, problem = results.next(timeout=max(0.1, end - time.monotonic()))
            except multiprocessing.TimeoutError:
                break
            if problem:
                failed[entry] = problem
            else:
                ready[entry] = took
    return ready, failed


def _once(job: tuple[Entry, str]) -> tuple[Entry, float, str]:
    entry, device = job
    begun = time.monotonic()
    try:
        with numerics(entry.precision, device):
            made = runner(entry, device)
            for action in made.actions.values():
                action()
            if device == "cuda":
                import torch

                torch.cuda.synchronize()
    except Exception as problem:  # whatever it is, the others shall be measured
        return entry, 0.0, f"{type(problem).__name__}: {problem}"[:500]
    return entry, round(time.monotonic() - begun, 1), ""
