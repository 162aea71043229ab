"""`python course.py train TASK [--full]`: one application, from its data to its result file."""

import importlib
import sys

TASKS = ("weather",)


def main(arguments: list[str]) -> int:
    """Hand over to the task's own `main`; 2 if there is no such task."""
    if not arguments or arguments[0] not in TASKS:
        print(f"usage: python course.py train {{{','.join(TASKS)}}} [--full]", file=sys.stderr)
        return 2
    return importlib.import_module(f"lstm_lib.tasks.{arguments[0]}").main(arguments[1:])
