"""`python course.py train NAME [--full]`: one experiment, from its data to its result file.

With several processes, `torchrun --nproc-per-node 2 -m lstm_lib train NAME`: all run it, the first
alone prints and writes (`first_process`).
"""

import contextlib
import importlib
import os
import pkgutil
import sys

import lstm_lib.tasks


def names() -> list[str]:
    """All that can be trained: each folder of `lstm_lib.tasks` holds an `EXPERIMENT`.

    >>> names()
    ['recommend', 'stocks', 'translate', 'weather']
    """
    return sorted(part.name for part in pkgutil.iter_modules(lstm_lib.tasks.__path__) if part.ispkg)


def main(arguments: list[str]) -> int:
    """Run the experiment; 2 if there is no such one, 1 if its training cannot begin or go on: the
    reason is printed, in one line."""
    if not arguments or arguments[0] not in names():
        print(f"usage: python course.py train {{{','.join(names())}}} [--full]", file=sys.stderr)
        return 2
    from lstm_lib.train import (
        CheckpointError,
        FirstProcessError,
        NonFiniteError,
        first_process,
        own_gpu,
    )

    own_gpu()
    experiment = importlib.import_module(f"lstm_lib.tasks.{arguments[0]}").EXPERIMENT
    try:
        if first_process():
            return experiment.main(arguments[1:])
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            return experiment.main(arguments[1:])
    except KeyboardInterrupt:
        reason = "Stopped before the end: no result was written."
    except (CheckpointError, FirstProcessError, NonFiniteError) as error:
        reason = str(error)
    if first_process():
        print(reason, file=sys.stderr)
    return 1
