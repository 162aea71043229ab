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
    """Hand over to the task's own `main`; 2 if there is no such task, 1 if its training cannot
    begin or go on: the reason is printed, in one line."""
    if not arguments or arguments[0] not in TASKS:
        print(f"usage: python course.py train {{{','.join(TASKS)}}} [--full]", file=sys.stderr)
        return 2
    from lstm_lib.train import (
        CheckpointError,
        FirstProcessError,
        NonFiniteError,
        first_process,
        own_gpu,
    )

    own_gpu()
    task = importlib.import_module(f"lstm_lib.tasks.{arguments[0]}")
    try:
        if first_process():
            return task.main(arguments[1:])
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            return task.main(arguments[1:])
    except KeyboardInterrupt:
        reason = "Stopped before the end: no result was written."
    except (CheckpointError, FirstProcessError, NonFiniteError) as error:
        reason = str(error)
    if first_process():
        print(reason, file=sys.stderr)
    return 1
