"""One file for a classroom without a network: the sets that may be passed on, with their cards."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from lstm_lib.data import build, extract
from lstm_lib.data.errors import DataError
from lstm_lib.data.recipe import Recipe
from lstm_lib.files import write_atomically

DEFAULT = "lstm-course-data.zip"
LIMIT = 256 * 2**20


def pack(target: Path, recipes: Iterable[Recipe]) -> tuple[list[str], list[str]]:
    """Write the extracts and cards of `recipes` to the zip file `target`, whole or not at all.

    Returns (names packed, names left out because their source forbids passing them on). Raises
    DataError if a set is not ready, or the file cannot be written.
    """
    recipes = list(recipes)
    packed, left_out = [], []
    try:
        if not target.parent.is_dir():  # a stick that is not there is no folder to make
            raise FileNotFoundError(f"there is no folder {target.parent}")
        with tempfile.TemporaryFile() as draft:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as stick:
                for recipe in recipes:
                    if not recipe.redistributable:
                        left_out.append(recipe.name)
                        continue
                    if wrong := extract.problem(recipe):
                        raise DataError(recipe.name, wrong)
                    stick.write(recipe.path, _member(recipe))
                    stick.writestr(f"{recipe.name}/README.md", recipe.card)
                    packed.append(recipe.name)
            draft.seek(0)
            write_atomically(target, draft.read())
    except OSError as error:
        raise DataError(
            "pack", f"cannot write {target}: {error.strerror or error}", command=_again("pack")
        ) from error
    return packed, left_out


def unpack(source: Path, recipes: Iterable[Recipe]) -> tuple[list[str], list[str]]:
    """Put the extracts in the zip file `source` where the course looks for them.

    Only the members that this course's recipes name are read, and each must have its recipe's
    SHA-256, so a stick can bring nothing else in. Sets that are ready are left as they are.
    Returns (names that are ready now, names that the file does not hold). Raises DataError.
    """
    ready, absent = [], []
    try:
        if source.exists() and not source.is_file():
            raise OSError("it is not a file")
        with zipfile.ZipFile(source) as stick:
            for recipe in recipes:
                if not extract.problem(recipe):
                    ready.append(recipe.name)
                elif _member(recipe) not in stick.namelist():
                    absent.append(recipe.name)
                else:
                    with stick.open(_member(recipe)) as content:
                        build.install(recipe, content.read(LIMIT))
                    ready.append(recipe.name)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise DataError(
            "unpack",
            f"{source} is not a whole file written by `data pack`: {error}",
            command=_again("unpack"),
        ) from error
    return ready, absent


def _member(recipe: Recipe) -> str:
    return f"{recipe.name}/{recipe.path.name}"


def _again(action: str) -> str:
    return f"python course.py data {action} --file PATH"
