"""What a caller may hand to `LSTM`, said in the caller's words when it is something else."""

import math
from itertools import pairwise
from numbers import Integral, Real

import torch
from torch.nn.utils.rnn import PackedSequence

from lstm_lib import arguments
from lstm_lib.nn.backends.call import State, autocast_is_on


class InputError(ValueError, RuntimeError):
    """A tensor of the wrong shape, dtype or device.

    A ValueError, as everywhere in this library; a RuntimeError too, as torch.nn.LSTM raises.
    """


def check_size(name: str, value: object) -> int:
    """A positive integer; NumPy's too."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer; got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1; got {value}")
    return int(value)


def check_flag(name: str, value: object) -> bool:
    """True or False, and nothing that only counts as such.

    >>> check_flag("bias", 0.2)
    Traceback (most recent call last):
    TypeError: bias must be True or False; got 0.2 (by position, dropout comes sixth: name it)
    """
    try:
        return arguments.check_flag(name, value)
    except TypeError as error:
        hint = " (by position, dropout comes sixth: name it)" if isinstance(value, Real) else ""
        raise TypeError(f"{error}{hint}") from None


def check_dropout(value: object) -> float:
    """A probability."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"dropout must be a number in [0, 1]; got {value!r}")
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"dropout must be a number in [0, 1]; got {value}")
    return float(value)


def check_forget_bias(value: object, bias: bool) -> float | None:
    """A finite number, where there are biases; or None."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise TypeError(f"forget_bias must be a finite number or None; got {value!r}")
    if not bias:
        raise ValueError(f"forget_bias needs bias=True; got forget_bias={value}")
    return float(value)


def refuse_projection(value: object) -> None:
    """torch.nn.LSTM's eighth argument."""
    if value is not None:
        raise TypeError(
            f"proj_size is not offered; got {value!r}: leave it out (that is torch's proj_size=0), "
            "and put a torch.nn.Linear behind the LSTM for a projection of its outputs"
        )


def check_tensor(name: str, x: object, like: torch.Tensor) -> None:
    """A tensor of the weights' dtype (unless autocast is on) and device."""
    if not torch.is_tensor(x):
        raise TypeError(f"{name} must be a tensor; got {type(x).__name__}")
    if x.device != like.device:
        raise InputError(f"{name} must be on {like.device}, as the weights are; got {x.device}")
    if x.dtype != like.dtype and not autocast_is_on(x.device.type):
        raise InputError(f"{name} must be {like.dtype}, as the weights are; got {x.dtype}")
    if not x.is_floating_point():
        raise InputError(f"{name} must hold floating-point numbers; got {x.dtype}")


def check_input(x: torch.Tensor, input_size: int, batch_first: bool) -> None:
    """(T, B, I) or (B, T, I), or (T, I) for one sequence; T at least 1."""
    wanted = "(B, T, " if batch_first else "(T, B, "
    wanted = f"{wanted}{input_size}) or (T, {input_size}), as input_size={input_size}"
    shape = tuple(x.shape)
    if x.ndim not in (2, 3):
        raise InputError(f"input must be {wanted}; got {shape}")
    if shape[-1] != input_size:
        raise InputError(f"input must be {wanted}; got {shape}")
    steps = shape[1] if x.ndim == 3 and batch_first else shape[0]
    if steps == 0:
        raise InputError(
            f"input must have at least one step; got {shape}, batch_first={batch_first}"
        )


def check_packed(packed: PackedSequence, input_size: int) -> None:
    """Rows (N, I) of a packed sequence, cut into steps by sizes that never grow."""
    rows, sizes, order, back = packed
    if rows.ndim != 2 or rows.shape[1] != input_size:
        raise InputError(
            f"input.data must be (N, {input_size}), as input_size={input_size}; got "
            f"{tuple(rows.shape)}"
        )
    if not torch.is_tensor(sizes) or sizes.ndim != 1 or sizes.dtype != torch.int64:
        raise InputError(f"input.batch_sizes must be a LongTensor (T,); got {sizes!r}")
    counts = sizes.tolist()
    if not counts or counts[-1] < 1 or any(b > a for a, b in pairwise(counts)):
        raise InputError(
            "input.batch_sizes must be positive and never grow, one for each step; got "
            f"{_shortened(counts)}"
        )
    if sum(counts) != len(rows):
        raise InputError(
            f"input.batch_sizes must add up to the rows of input.data, {len(rows)}; got "
            f"{_shortened(counts)}, which add up to {sum(counts)}"
        )
    for name, index in (("sorted_indices", order), ("unsorted_indices", back)):
        if index is not None and not _permutes(index, counts[0]):
            raise InputError(
                f"input.{name} must hold 0 to {counts[0] - 1}, each once, as batch_sizes begins "
                f"with {counts[0]}; got {_shortened(index.tolist())}"
            )


def _permutes(index: torch.Tensor, count: int) -> bool:
    """Is each number below `count` there once? On a GPU, where a look costs, only: so many."""
    if tuple(index.shape) != (count,):
        return False
    return index.device.type != "cpu" or torch.equal(index.sort().values, torch.arange(count))


def _shortened(numbers: list) -> str:
    """The first ten of a list, for a message."""
    return str(numbers if len(numbers) <= 10 else [*numbers[:10], "..."])


def check_state(hx: object, shapes: dict[str, tuple[int, ...]], like: torch.Tensor) -> State:
    """One tensor for each name, of that shape: h and c, and the gates with gate recurrence."""
    wanted = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
    if not isinstance(hx, tuple | list) or len(hx) != len(shapes):
        came = f"{len(hx)} members" if isinstance(hx, tuple | list) else type(hx).__name__
        raise TypeError(f"hx must be a tuple of {wanted}; got {came}")
    for (name, shape), part in zip(shapes.items(), hx, strict=True):
        check_tensor(f"hx's {name}", part, like)
        if tuple(part.shape) != shape:
            raise InputError(f"hx's {name} must be {shape}; got {tuple(part.shape)}")
    return tuple(hx)
