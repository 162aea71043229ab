"""`python course.py train TASK [--full]`: one application, from its data to its result file.

With several processes, `torchrun --nproc-per-node 2 -m lstm_lib train TASK`: all run the task, the
first alone prints and writes (`first_process`).
"""

import contextlib
import importlib
import os
import sys

TASKS = ("weather", "stocks", "translate", "recommend")


def main(arguments: list[str]) -> int:
    """Hand over to the task's own `main`; 2 if there is no such task."""
    if not arguments or arguments[0] not in TASKS:
        print(f"usage: python course.py train {{{','.join(TASKS)}}} [--full]", file=sys.stderr)
        return 2
    from lstm_lib.train import first_process, own_gpu

    own_gpu()
    task = importlib.import_module(f"lstm_lib.tasks.{arguments[0]}")
    return task.main(arguments[1:]) if first_process() else silently(task.main, arguments[1:])


def silently(main, arguments: list[str]) -> int:
    """Run it without a word; 1 for an error that the first process reports as well."""
    from lstm_lib.train import CheckpointError, FirstProcessError, NonFiniteError

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            return main(arguments)
        except (CheckpointError, FirstProcessError, NonFiniteError, KeyboardInterrupt):
            return 1
