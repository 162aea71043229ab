"""Fetch one file of one exact version from where pip would, without running or installing it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from lstm_lib.data import pip_settings
from lstm_lib.data.errors import DataError
from lstm_lib.data.pip_settings import PipSettings
from lstm_lib.data.recipe import Recipe

if TYPE_CHECKING:
    from pypi_simple import DistributionPackage, ProjectPage, PyPISimple

ATTEMPTS = 3
Content = TypeVar("Content")


def download(
    recipe: Recipe,
    folder: Path,
    read: Callable[[Path], Content],
    say: Callable[[str], None] = print,
) -> Content:
    """Put the recipe's archive into `folder` and return what `read` makes of it.

    Tries pip's find-links, index and extra indexes in turn. Passed over is one that cannot be
    reached, whose file has another hash than it says, or at whose file `read` raises ValueError.
    Raises DataError that lists every place tried and what was found there.
    """
    from pypi_simple import (
        NoSuchProjectError,
        PyPISimple,
        UnsupportedContentTypeError,
        UnsupportedRepoVersionError,
    )

    from lstm_lib.data.connection import session

    try:
        settings = pip_settings.read()
    except ValueError as error:
        raise DataError(recipe.name, str(error), command="python -m pip config debug") from None
    target = folder / recipe.archive
    tried = []
    with session(settings) as http:
        for url, kind in indexes(settings):
            client = PyPISimple(endpoint=url, session=http)
            try:
                if kind == "index":
                    page = client.get_project_page(recipe.package, timeout=settings.timeout)
                else:
                    page = _links(client, url, recipe, settings)
                package = _choose(page, recipe)
                size = f" ({package.size / 1e6:.1f} MB)" if package.size else ""
                say(f"{recipe.name}: fetching {recipe.archive}{size}")
                _save(client, package, target, settings)
                return read(target)
            except NoSuchProjectError:
                reason = f"has no package {recipe.package}"
            except (UnsupportedContentTypeError, UnsupportedRepoVersionError) as error:
                reason = f"is no package index: {error}"
            except (ValueError, LookupError, OSError) as error:  # hash, file, connection
                reason = str(error) or type(error).__name__
            tried.append(without_password(f"{kind} {url}: {reason}"))
    listing = "\n  ".join(tried) or "pip is told to use no index, and no find-links"
    raise DataError(
        recipe.name,
        f"{recipe.archive} could not be fetched. Tried, as pip is set up:\n  {listing}\n"
        "Check the connection, and pip's settings with: python -m pip config list",
    )


def indexes(settings: PipSettings) -> list[tuple[str, str]]:
    """Where pip would look, in order: (address, "find-links" or "index").

    >>> indexes(PipSettings(index_url="https://mirror.invalid/simple"))
    [('https://mirror.invalid/simple', 'index')]
    """
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    addresses = []
    for link in settings.find_links:
        if urlsplit(link).scheme not in ("http", "https", "file"):
            link = Path(link).expanduser().absolute().as_uri()
        addresses.append((link, "find-links"))
    if not settings.no_index:
        for url in (settings.index_url or PYPI_SIMPLE_ENDPOINT, *settings.extra_index_urls):
            addresses.append((url, "index"))
    return addresses


def without_password(text: str) -> str:
    """The text with user names and passwords taken out of its addresses.

    >>> without_password("https://me:secret@mirror.invalid/simple")
    'https://...@mirror.invalid/simple'
    """
    return re.sub(r"//[^/\s]*@", "//...@", text)


def _links(client: PyPISimple, url: str, recipe: Recipe, settings: PipSettings) -> ProjectPage:
    """A find-links page or folder."""
    from pypi_simple import ProjectPage

    response = client.s.get(url, timeout=settings.timeout)
    response.raise_for_status()
    return ProjectPage.from_response(response, recipe.package)


def _choose(page: ProjectPage, recipe: Recipe) -> DistributionPackage:
    """The one file of the recipe's name; LookupError says which versions there are instead."""
    for package in page.packages:
        if package.filename == recipe.archive:
            return package
    project = recipe.package.replace("_", "-").lower()
    versions = [p.version for p in page.packages if p.version and (p.project or "") == project]
    there = ", ".join(list(dict.fromkeys(versions))[-5:]) or "none"
    raise LookupError(f"has no file {recipe.archive}; versions there: {there}")


def _save(
    client: PyPISimple, package: DistributionPackage, target: Path, settings: PipSettings
) -> None:
    """Download and check the index's hash, if it gives one; a broken connection is tried again."""
    from requests import ConnectionError
    from requests.exceptions import ChunkedEncodingError

    for attempt in range(ATTEMPTS):
        try:
            client.download_package(
                package, target, verify=bool(package.digests), timeout=settings.timeout
            )
            return
        except (ConnectionError, ChunkedEncodingError):
            if attempt + 1 == ATTEMPTS:
                raise
