"""The one error of `lstm_lib.data`: which file, what is wrong, and the command that repairs it."""

from __future__ import annotations


class DataError(Exception):
    """A data set cannot be used or built; the text ends with the one command that repairs it.

    `name` is the data set, `problem` what was expected and what was found, and `command` what to
    type at the root of the course; by default the repair of that data set.

    >>> print(DataError("weather", "datasets/weather/weather.npz is missing"))
    weather: datasets/weather/weather.npz is missing.
    To repair it: python course.py data repair weather
    """

    def __init__(self, name: str, problem: str, *, command: str | None = None) -> None:
        self.name = name
        self.problem = problem.rstrip(".\n ")
        self.command = command or f"python course.py data repair {name}"
        super().__init__(f"{name}: {self.problem}.\nTo repair it: {self.command}")

    def __reduce__(self):
        return _rebuild, (type(self), self.name, self.problem, self.command)


def _rebuild(cls: type[DataError], name: str, problem: str, command: str) -> DataError:
    """Unpickle: worker processes hand their errors to the process that waits for them."""
    return cls(name, problem, command=command)
