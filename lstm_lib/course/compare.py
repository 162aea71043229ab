"""Does what came equal what was expected? In words, if not."""

from typing import Any

import numpy as np

from lstm_lib.course.parcel import Strange

# Equal is what rounding in the type that came allows, relative to the largest expected magnitude.
PRECISION = {"float16": 5e-3, "float32": 1e-5}


def difference(expected: Any, got: Any, tolerance: float, nan: bool = False) -> str | None:
    """None if `got` equals `expected`, else one line that says how it differs.

    Numbers and arrays may differ by `tolerance` times the largest expected magnitude, and those of
    a short float type by what it rounds; tuples, lists and dicts are compared member by member;
    NaN equals nothing, and NaN if `nan` is true.

    >>> difference(0.1, np.float32(0.1), 1e-9) is None
    True
    >>> difference((1, 2), (1, 3), 1e-9)
    'value 2 of 2: expected 2, got 3'
    >>> difference(np.zeros((5, 6)), np.zeros((6, 5)), 1e-9)
    'expected the shape (5, 6), got (6, 5)'
    >>> difference(np.nan, np.nan, 0.0), difference(np.nan, np.nan, 0.0, nan=True)
    ('expected nan, got nan', None)
    """
    if isinstance(got, range):
        got = list(got)
    if isinstance(expected, dict):
        if not isinstance(got, dict) or set(got) != set(expected):
            return f"expected a dict with the keys {sorted(expected)}, got {show(got)}"
        return first(
            (f"at {key!r}: ", difference(expected[key], got[key], tolerance, nan))
            for key in expected
        )
    if isinstance(expected, tuple | list):
        came = got
        if isinstance(got, np.ndarray) and got.ndim:  # np.linalg.solve and the like return arrays
            got = list(got)
        if not isinstance(got, tuple | list):
            return f"expected {len(expected)} values, got {show(came)}"
        if len(got) != len(expected):
            how_many = f"{len(got)}: " if isinstance(came, tuple | list) else "the array "
            return f"expected {len(expected)} values, got {how_many}{show(came)}"
        pairs, n = enumerate(zip(expected, got), start=1), len(expected)
        return first(
            (f"value {k} of {n}: ", difference(e, g, tolerance, nan)) for k, (e, g) in pairs
        )
    if isinstance(expected, str | bool | np.bool_ | type(None)):
        same = isinstance(got, str | bool | np.bool_ | type(None)) and got == expected
        return None if same else contrast(expected, got)
    return array_difference(np.asarray(expected), got, tolerance, nan)


def array_difference(expected: np.ndarray, got: Any, tolerance: float, nan: bool) -> str | None:
    if hasattr(got, "detach"):
        got = got.detach().cpu().numpy()
    if not isinstance(got, np.ndarray | np.generic | int | float | complex | list | tuple):
        kind = got.kind if isinstance(got, Strange) else type(got).__name__
        return f"{contrast(expected, got)} of type {kind}"
    try:
        got = np.asarray(got)
    except ValueError:
        return f"{contrast(expected, got)}, whose rows differ in length"
    if got.dtype.kind not in "biufc":
        return f"expected numbers, got {show(got)}"
    if got.shape != expected.shape:
        if expected.size <= 24 and got.size <= 24:
            return contrast(expected, got)
        return f"expected the shape {expected.shape}, got {got.shape or show(got)}"
    if expected.dtype.kind == "f":
        tolerance = max(tolerance, PRECISION.get(got.dtype.name, 0.0))
    wanted, came = (a if a.dtype.kind == "c" else a.astype(float) for a in (expected, got))
    size = np.abs(wanted)
    scale = size.max(initial=0.0, where=np.isfinite(size)) or 1.0
    with np.errstate(invalid="ignore"):  # infinity is equal to itself; its difference is NaN
        far = ~((wanted == came) | (np.abs(wanted - came) <= tolerance * scale))
    if nan:
        far &= ~(np.isnan(wanted) & np.isnan(came))
    return contrast(expected, got) if far.any() else None


def contrast(expected: Any, got: Any) -> str:
    """Both values, under each other if one of them needs more than a line.

    Where four digits make them look equal, more are shown.

    >>> contrast(1, 2.5)
    'expected 1, got 2.5'
    >>> contrast(np.array([0.99640648]), np.array([0.99641294]))
    'expected [0.99640648], got [0.99641294]'
    """
    for digits in (4, 8, 12, 16):
        texts = show(expected, digits), show(got, digits)
        if texts[0] != texts[1]:
            break
    else:
        if isinstance(expected, np.ndarray) and expected.size > 1:  # it hides behind the "..."
            differs = np.abs(expected - np.asarray(got))
            at = tuple(map(int, np.unravel_index(np.argmax(differs), differs.shape)))
            return f"at {list(at)}: {contrast(expected[at], np.asarray(got)[at])}"
    if any("\n" in text for text in texts):
        return "expected\n{}\ngot\n{}".format(*texts)
    return "expected {}, got {}".format(*texts)


def first(labelled) -> str | None:
    return next((label + text for label, text in labelled if text is not None), None)


def show(value: Any, digits: int = 4) -> str:
    """A value in at most a few lines: arrays are abbreviated, long texts cut.

    Numbers have `digits` decimals or a few more; a dict of arrays has a line for each name.
    """
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype != object:
        value = value.item()
    if isinstance(value, dict) and any(isinstance(v, np.ndarray) for v in value.values()):
        indent = "\n" + 6 * " "
        members = [f"{k} = {show(v, digits)}".replace("\n", indent) for k, v in value.items()]
        return "a dict of" + "".join(f"\n    {member}" for member in members[:20])
    if isinstance(value, tuple | list) and any(isinstance(v, np.ndarray) for v in value):
        text = f"({', '.join(show(v, digits) for v in value)})"
    elif isinstance(value, np.ndarray):
        text = np.array2string(
            value,
            precision=digits,
            threshold=24,
            edgeitems=3,
            separator=", ",
            suppress_small=digits == 4,
        )
        text += f"  shape {value.shape}" if value.ndim > 1 or value.size > 6 else ""
    elif isinstance(value, float | np.floating):
        text = repr(float(f"{value:.{digits + 2}g}"))
    else:
        text = str(value) if isinstance(value, np.generic) else repr(value)
    return text if len(text) <= 400 else text[:397] + "..."
