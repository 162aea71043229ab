"""All data sets by name, and how each of them stands on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lstm_lib.data import (
    chorales,
    extract,
    kanji,
    mnist,
    movielens,
    pendigits,
    shakespeare,
    tatoeba,
    vowels,
    weather,
    wind,
)
from lstm_lib.data.recipe import Recipe

RECIPES: dict[str, Recipe] = {
    module.RECIPE.name: module.RECIPE
    for module in (
        weather,
        wind,
        pendigits,
        kanji,
        vowels,
        shakespeare,
        movielens,
        tatoeba,
        chorales,
        mnist,
    )
}


@dataclass(frozen=True)
class Status:
    """How one data set stands: `state` is "ready", "missing" or "damaged"; `size` in bytes.

    "ready" means that the file is here and has the SHA-256 of its recipe. `problem` says what is
    wrong and `command` what repairs it; both are empty for a set that is ready.
    """

    name: str
    title: str
    state: str
    size: int
    licence: str
    redistributable: bool
    path: Path
    problem: str
    command: str


def status(names: Iterable[str] | None = None) -> list[Status]:
    """The state of the data sets named, or of all: reads and hashes each file, changes nothing.

    Raises KeyError, with the names there are, for an unknown name.

    >>> [(s.name, s.state) for s in status(["weather"])]
    [('weather', 'ready')]
    """
    return [_status(recipe) for recipe in chosen(names)]


def chosen(names: Iterable[str] | None = None) -> list[Recipe]:
    """The recipes of these names, or all of them. Raises KeyError for an unknown name.

    >>> print(*[recipe.name for recipe in chosen()])
    weather wind pendigits kanji vowels shakespeare movielens tatoeba chorales mnist
    """
    names = list(names or RECIPES)
    for name in names:
        if name not in RECIPES:
            raise KeyError(f"no data set {name!r}; there are {', '.join(RECIPES)}")
    return [RECIPES[name] for name in dict.fromkeys(names)]


def _status(recipe: Recipe) -> Status:
    problem = extract.problem(recipe)
    try:
        size = recipe.path.stat().st_size
    except OSError:
        size = 0
    state = "ready" if not problem else "damaged" if size else "missing"
    return Status(
        name=recipe.name,
        title=recipe.title,
        state=state,
        size=size,
        licence=recipe.licence,
        redistributable=recipe.redistributable,
        path=recipe.path,
        problem=problem,
        command=f"python course.py data repair {recipe.name}" if problem else "",
    )
