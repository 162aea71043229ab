"""`python course.py train NAME [--full]`: one experiment, from its data to its result file.

With several processes, `torchrun --nproc-per-node 2 -m lstm_lib train NAME`: all run it, the first
alone prints and writes (`first_process`).
"""

import contextlib
import importlib
import os
import pkgutil
import sys

import lstm_lib.experiments
import lstm_lib.tasks


def names() -> list[str]:
    """All that can be trained: tasks are the folders of `lstm_lib.tasks`, papers the modules of
    `lstm_lib.experiments`; each holds an `EXPERIMENT`.

    >>> "weather" in names(), "reber" in names()
    (True, True)
    """
    return [name.rpartition(".")[2] for name in modules()]


def modules() -> list[str]:
    return [
        f"{package.__name__}.{part.name}"
        for package, folders in ((lstm_lib.tasks, True), (lstm_lib.experiments, False))
        for part in sorted(pkgutil.iter_modules(package.__path__), key=lambda part: part.name)
        if part.ispkg == folders
    ]


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
    (module,) = (name for name in modules() if name.endswith(f".{arguments[0]}"))
    experiment = importlib.import_module(module).EXPERIMENT
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
