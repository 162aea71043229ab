"""What a caller may hand to `LSTM`, said in the caller's words when it is something else."""

import torch

from lstm_lib.nn.backends.call import State


class InputError(ValueError, RuntimeError):
    """A tensor of the wrong shape, dtype or device.

    A ValueError, as everywhere in this library; a RuntimeError too, as torch.nn.LSTM raises.
    """


def check_size(name: str, value: object) -> int:
    """A positive integer."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an integer; got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1; got {value}")
    return value


def check_dropout(value: object) -> float:
    """A probability."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"dropout must be a number in [0, 1]; got {value!r}")
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"dropout must be a number in [0, 1]; got {value}")
    return float(value)


def check_tensor(name: str, x: object, like: torch.Tensor) -> None:
    """A tensor of the weights' dtype (unless autocast is on) and device."""
    if not torch.is_tensor(x):
        raise TypeError(f"{name} must be a tensor; got {type(x).__name__}")
    if x.device != like.device:
        raise InputError(f"{name} must be on {like.device}, as the weights are; got {x.device}")
    if x.dtype != like.dtype and not torch.is_autocast_enabled(x.device.type):
        raise InputError(f"{name} must be {like.dtype}, as the weights are; got {x.dtype}")


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


def check_packed(packed: torch.nn.utils.rnn.PackedSequence, input_size: int) -> None:
    """Rows (N, I) of a packed sequence."""
    if packed.data.ndim != 2 or packed.data.shape[1] != input_size:
        raise InputError(
            f"input.data must be (N, {input_size}), as input_size={input_size}; got "
            f"{tuple(packed.data.shape)}"
        )


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
