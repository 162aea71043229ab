"""An extract is one uncompressed .npz file: the same bytes on every machine, checked when read.

Nothing in the file depends on the time, the system or a compressor's version, so that a recipe can
pin the SHA-256 of the file that it builds, and a rebuilt file equals the committed one.
"""

from __future__ import annotations

import hashlib
import io
import zipfile

import numpy as np

from lstm_lib.data.errors import DataError
from lstm_lib.data.recipe import Arrays, Recipe


def encode(arrays: Arrays) -> bytes:
    """Turn named arrays into the bytes of an .npz file that `np.load` reads.

    Raises TypeError for arrays of Python objects, which only pickle could store.

    >>> data = encode({"x": np.arange(3, dtype="<i4")})
    >>> data == encode({"x": np.arange(3, dtype="<i4")}), decode(data)["x"]
    (True, array([0, 1, 2], dtype=int32))
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            if array.dtype.hasobject:
                raise TypeError(f"array {name!r} holds Python objects; wanted numbers or text")
            little = array.astype(array.dtype.newbyteorder("<"), order="K", copy=False)
            content = io.BytesIO()
            np.lib.format.write_array(content, little, version=(1, 0), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content.getvalue())
    return buffer.getvalue()


def decode(data: bytes) -> Arrays:
    """The named arrays in the bytes of an .npz file; never unpickles anything."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def problem(recipe: Recipe) -> str:
    """What is wrong with the extract on disk, as a sentence; empty if it is whole.

    >>> from lstm_lib.data.weather import RECIPE
    >>> problem(RECIPE)
    ''
    """
    return _checked(recipe)[1]


def read(recipe: Recipe) -> Arrays:
    """The arrays of a data set, from bytes whose SHA-256 has been checked first.

    Raises DataError if the file is missing, unreadable, cut short or altered. Opens no connection.

    >>> from lstm_lib.data.weather import RECIPE
    >>> sorted(read(RECIPE))
    ['start', 'values']
    """
    data, wrong = _checked(recipe)
    if wrong:
        raise DataError(recipe.name, wrong)
    return decode(data)


def _checked(recipe: Recipe) -> tuple[bytes, str]:
    """The extract's bytes, read once, and what is wrong with these very bytes."""
    path = recipe.path
    try:
        if path.exists() and not path.is_file():  # a pipe would keep us waiting
            return b"", f"{path} cannot be read: it is not a file"
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return b"", f"{path} is missing"
    except OSError as error:
        return b"", f"{path} cannot be read: {error.strerror or error}"
    digest = hashlib.sha256(data).hexdigest()
    if digest == recipe.extract_sha256:
        return data, ""
    expected = f"expected SHA-256 {recipe.extract_sha256}"
    return b"", f"{path} is damaged: {expected}, found {digest} ({len(data):,} bytes)"
