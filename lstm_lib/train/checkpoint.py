"""A checkpoint as one safetensors file that knows whether it is whole.

The file holds tensors under names with slashes ("model/…", "best/…", "optimizer/0/exp_avg") and one
JSON document in the metadata. A SHA-256 over all its bytes sits in the metadata too, computed with
zeros in its own place: a file cut short or with one flipped bit is refused. Two generations are
kept: `path` and, beside it, the one before. Nothing is ever pickled.
"""

import hashlib
import json
import struct
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError

from lstm_lib.files import write_atomically

KIND, VERSION = "lstm-course checkpoint", 1
FORMAT = f"{KIND} {VERSION}"
_BLANK = "0" * 64


class CheckpointError(ValueError):
    """A checkpoint that cannot be read, or that belongs to another training."""


class OtherVersionError(CheckpointError):
    """A checkpoint that another version of this library can read."""


def previous_name(path: str | Path) -> Path:
    """Where the generation before `path` is kept.

    >>> previous_name("runs/weather.safetensors").name
    'weather.previous.safetensors'
    """
    path = Path(path)
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def pack(tensors: dict[str, torch.Tensor], document: dict) -> bytes:
    """The bytes of a checkpoint.

    >>> tensors, document = unpack(pack({"a": torch.ones(2)}, {"step": 3}))
    >>> tensors["a"].tolist(), document
    ([1.0, 1.0], {'step': 3})
    """
    # Own memory for each: safetensors refuses tensors that share theirs (tied weights).
    tensors = {name: t.detach().to("cpu", copy=True).contiguous() for name, t in tensors.items()}
    metadata = {"format": FORMAT, "sha256": _BLANK, "json": json.dumps(document)}
    data = safetensors.torch.save(tensors, metadata)
    digest = hashlib.sha256(data).hexdigest()
    return data.replace(_field(_BLANK), _field(digest), 1)


def unpack(data: bytes) -> tuple[dict[str, torch.Tensor], dict]:
    """The tensors and the document of `pack`. Raises CheckpointError if one bit is not as written.

    >>> data = bytearray(pack({"a": torch.ones(2)}, {}))
    >>> data[-1] ^= 1
    >>> unpack(bytes(data))
    Traceback (most recent call last):
    lstm_lib.train.checkpoint.CheckpointError: damaged: its checksum is not that of its bytes
    """
    metadata = _metadata(data)
    form = str(metadata.get("format"))
    if form != FORMAT:
        if form.startswith(KIND):
            raise OtherVersionError(
                f"of another version of this library: its format is {form!r}, this one reads "
                f"{FORMAT!r}"
            )
        raise CheckpointError(f"not a checkpoint of this library ({FORMAT!r})")
    digest = str(metadata.get("sha256"))
    blanked = data.replace(_field(digest), _field(_BLANK), 1)
    if len(digest) != 64 or hashlib.sha256(blanked).hexdigest() != digest:
        raise CheckpointError("damaged: its checksum is not that of its bytes")
    try:
        document = json.loads(metadata["json"])
        tensors = safetensors.torch.load(data)
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CheckpointError(f"not what this library writes: {error!r}") from None
    if not isinstance(document, dict):
        raise CheckpointError("not what this library writes: its document is no object")
    return tensors, document


def write(path: str | Path, tensors: dict[str, torch.Tensor], document: dict, rotate: bool) -> None:
    """Write atomically; with `rotate`, the file now at `path` becomes the previous generation.

    Rotate only a file known to be whole: a damaged one must not push out the last good one.
    """
    write_atomically(path, pack(tensors, document), previous_name(path) if rotate else None)


def read(path: str | Path) -> tuple[dict[str, torch.Tensor], dict, list[str]] | None:
    """The newest generation that is whole, and remarks on any that is not; None if there is none.

    Raises CheckpointError if there are files but none can be read: a training never starts over
    unasked.
    """
    remarks = []
    for candidate in (Path(path), previous_name(path)):
        try:
            return *unpack(candidate.read_bytes()), remarks
        except FileNotFoundError:
            continue
        except OtherVersionError as error:  # whole: it must not be overwritten
            raise CheckpointError(
                f"checkpoint {candidate} is {error}. Choose another file, or delete it to start "
                "anew."
            ) from None
        except CheckpointError as error:
            remarks.append(f"checkpoint {candidate} is {error}")
    if remarks:
        raise CheckpointError(
            f"{'; '.join(remarks)}. No whole checkpoint is left: delete it to start anew."
        )
    return None


def delete(path: str | Path) -> None:
    """Remove both generations, the older first."""
    previous_name(path).unlink(missing_ok=True)
    Path(path).unlink(missing_ok=True)


def _field(digest: str) -> bytes:
    return f'"sha256":"{digest}"'.encode()


def _metadata(data: bytes) -> dict:
    """The metadata of a safetensors file: 8 bytes of length, then a JSON header."""
    try:
        (length,) = struct.unpack("<Q", data[:8])
        return dict(json.loads(data[8 : 8 + length])["__metadata__"])
    except (struct.error, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise CheckpointError("damaged: its header cannot be read") from None
