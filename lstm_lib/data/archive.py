"""Read members out of a wheel, sdist or zip: in memory, never to disk, nothing else touched."""

from __future__ import annotations

import hashlib
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LIMIT = 256 * 2**20

Files = dict[str, bytes]


def read_members(path: Path, member: str, limit: int = LIMIT) -> Files:
    """The bytes of one member or, where `member` has `*` or `?`, of all that match, by name.

    `*` and `?` stand for characters other than `/`. `outer.zip!inner.csv` looks into a zip inside.
    Only names that match are read, at most `limit` bytes together, and no name becomes a path.
    Raises ValueError if the archive is broken, the member is missing or the limit is passed.
    """
    outer, _, inner = member.partition("!")
    with _complaints(path.name):
        with path.open("rb") as file:
            if path.name.endswith((".whl", ".zip")):
                files = _from_zip(file, outer, limit)
            else:
                files = _from_tar(file, outer, limit)
        if inner and len(files) == 1:
            files = _from_zip(io.BytesIO(next(iter(files.values()))), inner, limit)
    if not files:
        raise ValueError(f"{path.name} has no member {member}")
    return files


def digest(files: Mapping[str, bytes], member: str) -> str:
    """SHA-256 of the member or, for a set, of what the program `sha256sum` prints, sorted by name.

    >>> digest({"a": b""}, "a")[:8], digest({"a": b"", "b": b""}, "*")[:8]
    ('e3b0c442', 'f87e14d5')
    """
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    if not _is_pattern(member):
        (only,) = hashes.values()
        return only
    listing = "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes))
    return hashlib.sha256(listing.encode()).hexdigest()


def _is_pattern(member: str) -> bool:
    return "*" in member or "?" in member


def _matcher(member: str) -> Callable[[str], object]:
    pattern = re.escape(member).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return re.compile(pattern).fullmatch


def _from_zip(file: IO[bytes], member: str, limit: int) -> Files:
    matches = _matcher(member)
    files: Files = {}
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if not entry.is_dir() and matches(entry.filename):
                with archive.open(entry) as content:
                    limit = _take(files, entry.filename, content, limit)
    return files


def _from_tar(file: IO[bytes], member: str, limit: int) -> Files:
    matches = _matcher(member)
    files: Files = {}
    with tarfile.open(fileobj=file, mode="r:*") as archive:
        for entry in archive:
            content = archive.extractfile(entry) if entry.isreg() and matches(entry.name) else None
            if content is not None:
                limit = _take(files, entry.name, content, limit)
                if not _is_pattern(member):
                    break
    return files


def _take(files: Files, name: str, content: IO[bytes], limit: int) -> int:
    """Read one member, and return how many bytes may still be read."""
    if name in files:
        raise ValueError(f"{name} stands in the archive twice")
    files[name] = content.read(limit + 1)
    left = limit - len(files[name])
    if left < 0:
        raise ValueError(f"{name} unpacks to more than the {LIMIT // 2**20} MiB that are allowed")
    return left


@contextmanager
def _complaints(name: str) -> Iterator[None]:
    """Every way in which a broken archive shows itself, as one ValueError with its name."""
    try:
        yield
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError,
            RuntimeError, NotImplementedError, OSError) as error:  # fmt: skip
        raise ValueError(f"{name} is broken: {error or type(error).__name__}") from error
