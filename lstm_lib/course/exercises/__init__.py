"""All exercises: every module `nbNN` of this folder holds those of one notebook."""

import importlib
import pkgutil

from lstm_lib.course.exercise import Exercise

MODULES = [
    importlib.import_module(f"{__name__}.{module.name}")
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
]
EXERCISES: dict[str, Exercise] = {
    exercise.key: exercise for module in MODULES for exercise in module.EXERCISES
}


def find(key: str) -> Exercise:
    """The exercise with this key. Raises KeyError that lists the keys there are."""
    if not isinstance(key, str):
        raise TypeError(f'write the key in quotes, as in check("00.1", ...); got {key!r}')
    if key not in EXERCISES:
        raise KeyError(f"there is no exercise {key!r}; there are {', '.join(EXERCISES)}")
    return EXERCISES[key]
