"""What the course's package metadata ask for, compared with what is installed.

`python -I -m lstm_lib.requirements [EXTRA]` is how the launcher asks, in a process that inherits
nothing from the reader's environment, before it calls a set-up complete.
"""

import sys
from importlib.metadata import PackageNotFoundError, requires, version


def wanted(extra: str = "") -> list:
    """The requirements that hold on this machine, those of one extra included.

    Raises PackageNotFoundError if the course itself is not installed.

    >>> "torch" in [need.name for need in wanted()]
    True
    """
    from packaging.requirements import Requirement

    needs = [Requirement(line) for line in requires("lstm-course") or []]
    return [need for need in needs if not need.marker or need.marker.evaluate({"extra": extra})]


def unmet(extra: str = "") -> list[str]:
    """What is missing or of the wrong version, a phrase each.

    >>> unmet()
    []
    """
    try:
        return [phrase for need in wanted(extra) if (phrase := fault(need))]
    except PackageNotFoundError:
        return ["the course itself is not installed"]
    except ModuleNotFoundError as error:  # packaging: it is what the others are read with
        return [f"{error.name} missing"]


def fault(need) -> str:
    """What is wrong with one requirement; empty if it is met."""
    try:
        installed = version(need.name)
    except PackageNotFoundError:
        installed = None
    if not installed:
        return f"{need.name} missing"
    if not need.specifier.contains(installed, prereleases=True):
        return f"{need.name} {installed} (wanted {need.specifier})"
    return ""


def main(arguments: list[str]) -> int:
    """Print what is unmet; return 1 if something is."""
    phrases = unmet(*arguments)
    if phrases:
        print("Not installed as wanted: " + "; ".join(phrases))
    return int(bool(phrases))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
