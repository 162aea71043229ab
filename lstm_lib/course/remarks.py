"""What can be computed to be true of a wrong answer whose mistake nobody foresaw.

Each remark is a comparison that was made on the exercise's inputs and held; none is a guess.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lstm_lib.course.compare import array_difference, difference

AT_MOST = 3
Pairs = list[tuple[np.ndarray, np.ndarray]]  # expected and got, one pair for each input


def remarks(expected: list, got: list, tolerance: float) -> list[str]:
    """Up to three true sentences. `got` holds None where no value came: the answer raised, or what
    it returned did not fit.

    >>> E = [np.arange(1.0, 4 + k) for k in range(5)]
    >>> remarks(E, [-array for array in E], 1e-9)
    ['On every input yours is the expected one with the sign turned round.']
    >>> remarks([1.0, 2.0, 3.0], [1.0, None, None], 1e-9)
    ['No value to compare on 2 of 3 inputs; on the other it is right.']
    """
    values = [(e, g) for e, g in zip(expected, got) if g is not None]
    right = [g is not None and equal(e, g, tolerance) for e, g in zip(expected, got)]
    sentences = [*raising(right, len(values)), *counted(right, len(values))]
    if values and not all(equal(e, g, tolerance) for e, g in values):
        sentences += list(about_values(values, tolerance))
    return sentences[:AT_MOST]


def equal(expected: Any, got: Any, tolerance: float) -> bool:
    return difference(expected, got, tolerance, nan=True) is None


def unchanged(names: tuple[str, ...], cases: list[tuple], got: list) -> list[str]:
    """Did it return one of its inputs as it came, every time?

    >>> unchanged(("x", "w"), [(1.0, 2.0), (3.0, 4.0)], [2.0, 4.0])
    ['It returned w as it came, on every input.']
    """
    for k, name in enumerate(names):
        if all(
            len(case) > k and g is not None and equal(case[k], g, 0.0)
            for case, g in zip(cases, got)
        ):
            return [f"It returned {name} as it came, on every input."]
    return []


def raising(right: list[bool], values: int) -> Iterator[str]:
    inputs, raised = len(right), len(right) - values
    if 0 < raised == inputs > 1:
        yield f"No value to compare on any of the {inputs} inputs."
    elif 0 < raised < inputs:
        others = "the other it is" if values == 1 else f"the other {values} it is"
        if sum(right) == values:
            yield f"No value to compare on {raised} of {inputs} inputs; on {others} right."
        elif not any(right):
            yield f"No value to compare on {raised} of {inputs} inputs; on {others} not right."
        else:
            yield (
                f"No value to compare on {raised} of {inputs} inputs; right on {sum(right)}, not "
                f"right on {values - sum(right)}."
            )


def counted(right: list[bool], values: int) -> Iterator[str]:
    inputs, first = len(right), right.index(False) if False in right else len(right)
    if values < inputs or not 0 < sum(right) < inputs:
        return
    if first == sum(right):
        yield f"Right on the first {first} of {inputs} inputs, and on none after them."
    elif first:
        yield f"Right on {sum(right)} of {inputs} inputs, the first {first} among them."
    else:
        yield f"Right on {sum(right)} of {inputs} inputs, but not on the smallest."


def about_values(values: list[tuple], tolerance: float) -> Iterator[str]:
    """What holds for all values that came; of a tuple or dict, of the first member that differs."""
    same = all(difference(values[0][1], g, 0.0, nan=True) is None for _, g in values[1:])
    if len(values) > 1 and same:
        yield "It returned the same on every input."
        return
    keys = members(values)
    if not keys:
        yield from about_numbers(values, tolerance, "yours")
        return
    wrong = [k for k in keys if not all(equal(e[k], g[k], tolerance) for e, g in values)]
    names = {k: repr(k) if isinstance(k, str) else f"value {k + 1} of {len(keys)}" for k in keys}
    if len(wrong) < len(keys):
        fine = ", ".join(names[k] for k in keys if k not in wrong)
        verb = "is" if len(keys) - len(wrong) == 1 else "are"
        yield f"{fine[0].upper()}{fine[1:]} {verb} right on every input; {names[wrong[0]]} is not."
    pairs = [(e[wrong[0]], g[wrong[0]]) for e, g in values]
    yield from about_numbers(pairs, tolerance, names[wrong[0]])


def members(values: list[tuple]) -> list:
    """The places of the members, if expected and got are all tuples, or dicts, of one shape."""
    first = values[0][0]
    if isinstance(first, tuple) and all(
        isinstance(v, tuple | list) and len(v) == len(first) for pair in values for v in pair
    ):
        return list(range(len(first)))
    if isinstance(first, dict) and all(
        isinstance(v, dict) and set(v) == set(first) for pair in values for v in pair
    ):
        return list(first)
    return []


def about_numbers(values: list[tuple], tolerance: float, name: str) -> Iterator[str]:
    """How the numbers that came are related to those expected, on every input."""
    pairs = [(numbers(e), numbers(g)) for e, g in values]
    if any(e is None or g is None for e, g in pairs):
        return
    truths = all(np.asarray(e).dtype == bool for e, _ in values)
    for relation in RELATIONS:
        if (sentence := relation(pairs, tolerance)) is not None:
            if truths:
                sentence = sentence.replace("1 minus the expected one", "the opposite")
            yield sentence.replace("yours", name)
            return


def numbers(value: Any) -> np.ndarray | None:
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array.astype(float) if array.dtype.kind in "biuf" else None


def close(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    return a.shape == b.shape and array_difference(a, b, tolerance, nan=True) is None


def always(pairs: Pairs, tolerance: float, change: Callable[[np.ndarray], np.ndarray]) -> bool:
    """Is what came the changed expectation, on every input?"""
    return all(close(change(e), g, tolerance) for e, g in pairs)


def one_shape(pairs: Pairs) -> bool:
    return all(e.shape == g.shape for e, g in pairs)


def not_a_number(pairs: Pairs, tolerance: float) -> str | None:
    if not one_shape(pairs):
        return None
    gaps = [np.isnan(g) & ~np.isnan(e) for e, g in pairs]
    if not any(gap.any() for gap in gaps):
        return None
    inputs = sum(gap.any() for gap in gaps)
    begins = f"yours holds nan where a number is expected, on {inputs} of {len(pairs)} inputs"
    elsewhere = all(
        close(np.where(gap, 0, e), np.where(gap, 0, g), tolerance)
        for gap, (e, g) in zip(gaps, pairs)
    )
    whole = all(gap.all() or not gap.any() for gap in gaps)
    return begins + ("; every other number is right." if elsewhere and not whole else ".")


def only_zeros(pairs: Pairs, tolerance: float) -> str | None:
    return "yours is 0 on every input." if not any(g.any() for _, g in pairs) else None


def transposed(pairs: Pairs, tolerance: float) -> str | None:
    if all(e.ndim == 2 for e, _ in pairs) and always(pairs, tolerance, np.transpose):
        return "On every input yours is the expected one transposed."
    if all(e.ndim > 2 for e, _ in pairs):
        if always(pairs, tolerance, lambda e: np.swapaxes(e, 0, 1)):
            return "On every input yours is the expected one with its first two axes exchanged."
    return None


def reshaped(pairs: Pairs, tolerance: float) -> str | None:
    if one_shape(pairs) or not all(close(e.ravel(), g.ravel(), tolerance) for e, g in pairs):
        return None
    e, g = next((e, g) for e, g in pairs if e.shape != g.shape)
    return f"The numbers are right; the shape is not: {g.shape} where {e.shape} is wanted."


def one_too_many(pairs: Pairs, tolerance: float) -> str | None:
    """One element of the first axis more or less than wanted, and all others right."""
    if not all(e.ndim and g.ndim for e, g in pairs):
        return None
    for sentence, shorter in (
        ("one too many at the end", lambda e, g: (e, g[:-1])),
        ("one too many at the beginning", lambda e, g: (e, g[1:])),
        ("one too few at the end", lambda e, g: (e[:-1], g)),
        ("one too few at the beginning", lambda e, g: (e[1:], g)),
    ):
        if all(close(*shorter(e, g), tolerance) for e, g in pairs) and any(
            min(len(e), len(g)) > 0 for e, g in pairs
        ):
            return f"On every input yours has {sentence}; all others are right."
    return None


def sign(pairs: Pairs, tolerance: float) -> str | None:
    if always(pairs, tolerance, np.negative):
        return "On every input yours is the expected one with the sign turned round."
    return None


def complement(pairs: Pairs, tolerance: float) -> str | None:
    if always(pairs, tolerance, lambda e: 1 - e):
        return "On every input yours is 1 minus the expected one."
    return None


def factor(pairs: Pairs, tolerance: float) -> str | None:
    """One number times the expected one: the same for all inputs, or one for each input."""
    if not one_shape(pairs):
        return None
    ratios = []
    for e, g in pairs:
        if e.any() and np.isfinite(e).all() and np.isfinite(g).all():
            at = np.argmax(np.abs(e))
            ratios.append(float(g.flat[at] / e.flat[at]))
        elif not close(e, g, tolerance):
            return None
        else:
            ratios.append(np.nan)
    if not all(
        np.isnan(k) or (k and close(k * e, g, tolerance)) for k, (e, g) in zip(ratios, pairs)
    ):
        return None
    known = np.array([k for k in ratios if not np.isnan(k)])
    if len(known) > 1 and np.allclose(known, known[0], rtol=1e-7):
        return f"On every input yours is the expected one times {known[0]:.5g}."
    telling = [k for k, (e, _) in zip(ratios, pairs) if np.unique(e[e != 0]).size > 2]
    if len(telling) == len(known) > 1:
        shown = ", ".join(f"{k:.4g}" for k in known[~np.isclose(known, 1)][:3])
        return f"On each input yours is the expected one times a number: {shown}, …"
    return None


def constant(pairs: Pairs, tolerance: float) -> str | None:
    """One number more than the expected one: the same for all inputs, or one for each input."""
    if not one_shape(pairs) or not all(e.size for e, _ in pairs):
        return None
    more = np.array([float(np.ravel(g - e)[0]) for e, g in pairs])
    if not np.isfinite(more).all():
        return None
    if not all(close(e + k, g, tolerance) for k, (e, g) in zip(more, pairs)):
        return None
    if len(more) > 1 and np.allclose(more, more[0], rtol=1e-7):
        return f"On every input yours is the expected one plus {more[0]:.5g}."
    if all(np.unique(e).size > 2 for e, _ in pairs):
        shown = ", ".join(f"{k:.4g}" for k in more[:3])
        return f"On each input yours is the expected one plus a number: {shown}, …"
    return None


def turned_over(pairs: Pairs, tolerance: float) -> str | None:
    with np.errstate(all="ignore"):
        if all(e.all() for e, _ in pairs) and always(pairs, tolerance, lambda e: 1 / e):
            return "On every input yours is 1 divided by the expected one."
        if always(pairs, tolerance, np.square):
            return "On every input yours is the square of the expected one."
        if all((e >= 0).all() for e, _ in pairs) and always(pairs, tolerance, np.sqrt):
            return "On every input yours is the square root of the expected one."
    return None


def whole(pairs: Pairs, tolerance: float) -> str | None:
    for how, change in (("cut off after the point", np.trunc), ("rounded", np.round)):
        if always(pairs, tolerance, change):
            return f"On every input yours is the expected one {how}: are these integers?"
    return None


def reversed_(pairs: Pairs, tolerance: float) -> str | None:
    if all(e.ndim for e, _ in pairs) and always(pairs, tolerance, lambda e: e[::-1]):
        return "On every input yours is the expected one in reverse order."
    return None


def shifted(pairs: Pairs, tolerance: float) -> str | None:
    if not one_shape(pairs) or not all(e.ndim and len(e) > 1 for e, _ in pairs):
        return None
    if all(close(e[:-1], g[1:], tolerance) for e, g in pairs):
        return "On every input yours comes one step late: its values stand one place further on."
    if all(close(e[1:], g[:-1], tolerance) for e, g in pairs):
        return "On every input yours comes one step early: its values stand one place before."
    return None


def other_order(pairs: Pairs, tolerance: float) -> str | None:
    if not one_shape(pairs) or max(e.size for e, _ in pairs) < 2:
        return None
    if all(close(np.sort(e.ravel()), np.sort(g.ravel()), tolerance) for e, g in pairs):
        return "The numbers are right on every input, but they stand in another order."
    return None


def few_digits(pairs: Pairs, tolerance: float) -> str | None:
    for digits, near in ((6, 1e-6), (5, 1e-5), (4, 1e-4), (3, 1e-3), (2, 1e-2)):
        if near > tolerance and all(close(e, g, near) for e, g in pairs):
            every = not any(close(e, g, tolerance) for e, g in pairs)
            where = "On every input" if every else "Where it is not right,"
            return f"{where} yours is right to about {digits} digits, and no further."
    return None


def one_end(pairs: Pairs, tolerance: float) -> str | None:
    """Wrong at the first or the last index of one axis alone."""
    if not one_shape(pairs) or len({e.ndim for e, _ in pairs}) > 1:
        return None
    for axis in range(pairs[0][0].ndim):
        if not all(e.shape[axis] > 1 for e, _ in pairs):
            continue
        along = "" if pairs[0][0].ndim == 1 else f" of axis {axis}"
        for name, rest in (("first", slice(1, None)), ("last", slice(None, -1))):
            cut = (slice(None),) * axis + (rest,)
            if all(close(e[cut], g[cut], tolerance) for e, g in pairs):
                return f"Only the {name} element{along} is ever wrong."
    return None


def beginning(pairs: Pairs, tolerance: float) -> str | None:
    """How far along the first axis the first wrong input is right."""
    for e, g in pairs:
        if close(e, g, tolerance):
            continue
        if e.shape != g.shape or e.ndim == 0 or len(e) < 2:
            return None
        rows = [close(a, b, tolerance) for a, b in zip(e, g)]
        right = rows.index(False) if False in rows else 0
        steps = "index 0 is" if right == 1 else f"the first {right} of {len(e)} are"
        where = "On the smallest input for which something wrong came,"
        return f"{where} {steps} right, and index {right} is not." if right else None
    return None


RELATIONS = (
    only_zeros,
    not_a_number,
    transposed,
    reshaped,
    one_too_many,
    sign,
    complement,
    factor,
    constant,
    turned_over,
    whole,
    reversed_,
    shifted,
    few_digits,
    other_order,
    one_end,
    beginning,
)
