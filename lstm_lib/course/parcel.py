"""What an answer returned, as plain data that can leave the process it ran in.

Nothing of the answer's own comes along: no class, no function, no array that it may change later.
"""

import io
import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np

LARGEST = 50_000_000  # bytes of all that an answer returned, together
ALLOWED = {
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("builtins", "complex"),
    ("lstm_lib.course.parcel", "Strange"),
}


@dataclass(frozen=True)
class Strange:
    """Stands for a value that is neither number, array, text, list, tuple nor dict."""

    kind: str
    text: str

    def __repr__(self) -> str:
        return self.text


def plain(value: Any) -> Any:
    """A copy in Python's and NumPy's own types; `Strange` for whatever has none.

    A masked number is no number: it becomes nan.

    >>> plain(np.ma.masked_equal([1, 2], 2)), plain({1, 2})
    (array([ 1., nan]), {1, 2})
    >>> plain({1, 2}).kind, plain(np.where(True, "i", "f"))
    ('set', 'i')
    """
    try:
        return copied(value)
    except BaseException as error:
        return Strange(kind_of(value), f"a value that cannot be read ({kind_of(error)})")


def copied(value: Any) -> Any:
    if hasattr(value, "detach"):
        value = from_torch(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, np.str_ | str):
        return str(value)
    if isinstance(value, np.ma.MaskedArray):
        return np.where(np.ma.getmaskarray(value), np.nan, value.data)
    if isinstance(value, np.ndarray | np.generic):
        array = np.array(value, subok=False)
        if array.dtype.kind == "U" and array.ndim == 0:  # np.where returns such texts
            return array.item()
        return array if array.dtype.kind in "biufcU" else Strange(kind_of(value), text_of(value))
    if value is None:
        return None
    for kind in (int, float, complex):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, range):
        return list(value)
    if isinstance(value, tuple):
        return tuple(copied(member) for member in value)
    if isinstance(value, list):
        return [copied(member) for member in value]
    if isinstance(value, dict):
        return {key_of(key): copied(member) for key, member in value.items()}
    return Strange(kind_of(value), text_of(value))


def from_torch(tensor: Any) -> np.ndarray:
    tensor = tensor.detach().cpu()
    tensor = tensor.to_dense() if tensor.is_sparse else tensor
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


def key_of(key: Any) -> Any:
    return copied(key) if isinstance(key, str | int | float | tuple) else text_of(key)


def kind_of(value: Any) -> str:
    return type(value).__name__


def text_of(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 400 else text[:397] + "..."


def pack(value: Any) -> bytes:
    """Plain data as bytes. Raises ValueError if they are more than `LARGEST`."""
    data = pickle.dumps(value, protocol=5)
    if len(data) > LARGEST:
        raise ValueError(f"{len(data):,} bytes; at most {LARGEST:,} can be looked at")
    return data


def unpack(data: bytes) -> Any:
    """What `pack` packed. Raises ValueError for anything else: nothing foreign is ever run.

    >>> unpack(pack({"h": np.arange(2.0), "k": (1, None)}))
    {'h': array([0., 1.]), 'k': (1, None)}
    >>> unpack(pickle.dumps(print))
    Traceback (most recent call last):
    ValueError: not plain data: builtins.print
    """
    try:
        return Plain(io.BytesIO(data)).load()
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"not plain data ({kind_of(error)})") from None


class Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise ValueError(f"not plain data: {module}.{name}")
        return super().find_class(module, name)
