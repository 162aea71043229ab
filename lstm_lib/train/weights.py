"""Weights alone, as safetensors: what a finished run leaves for a notebook."""

from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError

from lstm_lib.arguments import check_flag
from lstm_lib.files import write_atomically

LIMIT_BYTES = 12_000_000


def save_weights(path: str | Path, module: torch.nn.Module, half: bool = False) -> int:
    """Write the module's state dict; returns the size in bytes.

    With `half`, float32 and float64 are rounded to float16 (for results/, where a file may have 12
    MB). Raises ValueError if a weight is too large for float16 or the file for the limit.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     layer = torch.nn.Linear(2, 1)
    ...     size = save_weights(Path(folder) / "w.safetensors", layer)
    ...     load_weights(Path(folder) / "w.safetensors", torch.nn.Linear(2, 1)).bias == layer.bias
    tensor([True])
    """
    tensors, half = {}, check_flag("half", half)
    for name, value in module.state_dict().items():
        kept = value.detach().to("cpu", copy=True).contiguous()
        if half and kept.dtype in (torch.float32, torch.float64):
            kept = kept.to(torch.float16)
            if not torch.equal(kept.isfinite(), value.cpu().isfinite()):
                largest = value.abs().max().item()
                raise ValueError(
                    f"{name} holds {largest:.3g}, more than float16's 65504: half=False keeps it"
                )
        tensors[name] = kept
    data = safetensors.torch.save(tensors, {"format": "lstm-course weights 1"})
    if half and len(data) > LIMIT_BYTES:
        raise ValueError(
            f"{path} would have {len(data) / 1e6:.1f} MB; at most {LIMIT_BYTES / 1e6:.0f} MB are "
            "wanted: a smaller model, or half=False for a file that is not committed"
        )
    write_atomically(path, data)
    return len(data)


def load_weights(path: str | Path, module: torch.nn.Module) -> torch.nn.Module:
    """Put the weights in `path` into `module`, in the module's own dtype; returns the module.

    Raises ValueError that names the parameters which are missing, unexpected or of another shape.
    """
    try:
        tensors = safetensors.torch.load(Path(path).read_bytes())
    except SafetensorError as error:
        raise ValueError(f"{path} is not a whole safetensors file: {error}") from None
    wanted = module.state_dict()
    faults = [f"{name} is missing" for name in wanted if name not in tensors]
    faults += [f"{name} is not in the module" for name in tensors if name not in wanted]
    faults += [
        f"{name} has shape {tuple(tensors[name].shape)}, wanted {tuple(wanted[name].shape)}"
        for name in wanted
        if name in tensors and tensors[name].shape != wanted[name].shape
    ]
    if faults:
        raise ValueError(f"{path} does not fit this {type(module).__name__}: {'; '.join(faults)}")
    module.load_state_dict(tensors)
    return module
