"""The command line: `python course.py COMMAND`, or `lstm-course COMMAND` in an environment.

Each command lives with what it is about; this file only finds it.
"""

import contextlib
import errno
import importlib
import os
import sys

from lstm_lib.places import complaint

# command: (module with a `main(arguments) -> int`, one line for `help`)
COMMANDS = {
    "lab": (
        "lstm_lib.lab",
        "open JupyterLab on your copy of notebook 00 (what `python course.py` does)",
    ),
    "test": ("lstm_lib.test", "run every test and every notebook; arguments go to pytest"),
    "doctor": ("lstm_lib.doctor", "report on this machine, and what to do about what is missing"),
    "data": ("lstm_lib.data.command", "list, fetch, verify, repair or pack the data sets"),
    "train": (
        "lstm_lib.training",
        "train an application or a paper: `train weather`, `train reber --full`",
    ),
    "write": ("lstm_lib.tasks.text.write", 'let a network write on: `write "To be"`'),
    "draw": ("lstm_lib.tasks.images.draw", "let a network draw digits, pixel by pixel: `draw 7`"),
    "pen": ("lstm_lib.tasks.handwriting.pen", "let a network write a number by pen: `pen 2026`"),
    "forecast": (
        "lstm_lib.forecast.command",
        "your own series: `forecast my.csv --target load --hours 24`",
    ),
    "bench": ("lstm_lib.bench", "measure speed against torch.nn.LSTM"),
    "progress": ("lstm_lib.course.progress", "show which exercises are done"),
    "fresh": (
        "lstm_lib.course.copies",
        "list your copies of the notebooks, or renew some: `fresh 03`",
    ),
    "syllabus": ("lstm_lib.course.syllabus", "print the notebooks, their minutes and the routes"),
    "export": ("lstm_lib.course.export", "for instructors: student copies, solved ones, a handout"),
    "normalise": ("lstm_lib.course.normal_form", "bring the notebooks into normal form"),
}


# What a place gives as the reason why it cannot be written to.
UNWRITABLE = {
    getattr(errno, name)
    for name in "EACCES EPERM EROFS ENOSPC EDQUOT ENOTDIR EISDIR EEXIST".split()
    if hasattr(errno, name)
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code. A place that cannot be written to is told in a line.

    Whatever the terminal or the pipe can show, nothing that is printed raises.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")
    name, *rest = (sys.argv[1:] if arguments is None else arguments) or ["help"]
    try:
        code = run(name, rest)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        print(f"`{name}` stopped: {complaint(error)}", file=sys.stderr)
        return 1


def run(name: str, arguments: list[str]) -> int:
    """Find a command and run it; 2 if there is no such command."""
    if name in ("help", "-h", "--help"):
        print("usage: python course.py [COMMAND] [ARGUMENTS]\n")
        for command, (_, purpose) in COMMANDS.items():
            print(f"  {command:10} {purpose}")
        return 0
    if name not in COMMANDS:
        print(f"There is no command {name!r}; there are: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    return importlib.import_module(COMMANDS[name][0]).main(arguments)


if __name__ == "__main__":
    sys.exit(main())
