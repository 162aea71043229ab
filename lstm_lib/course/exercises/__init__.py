"""All exercises, a module for each notebook that has some."""

from lstm_lib.course.exercise import Exercise
from lstm_lib.course.exercises import (
    nb00,
    nb01,
    nb02,
    nb03,
    nb04,
    nb05,
    nb06,
    nb07,
    nb08,
    nb12,
    nb13,
    nb14,
    nb15,
    nb19,
)

MODULES = (nb00, nb01, nb02, nb03, nb04, nb05, nb06, nb07, nb08, nb12, nb13, nb14, nb15, nb19)
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
