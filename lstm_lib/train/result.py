"""The small JSON file that a finished run leaves under results/."""

import json
import platform
from pathlib import Path

import numpy as np
import torch

import lstm_lib
from lstm_lib.files import write_atomically
from lstm_lib.train.processes import process_count


def environment(device: str | torch.device = "cpu") -> dict:
    """Library versions, device and threads: what a figure depends on besides the code.

    Under torchrun the number of processes too: each draws random numbers of its own.

    >>> sorted(environment())
    ['device', 'lstm_lib', 'numpy', 'python', 'threads', 'torch']
    """
    device = torch.device(device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return {
        "python": platform.python_version(),
        "lstm_lib": lstm_lib.__version__,
        "numpy": np.__version__,
        "torch": torch.__version__,
        "device": f"{device.type} ({name})",
        "threads": torch.get_num_threads(),
        **({"processes": process_count()} if process_count() > 1 else {}),
    }


def write_result(path: str | Path, result: dict, device: str | torch.device = "cpu") -> None:
    """Write `result` with its `environment` as JSON, atomically.

    NumPy and torch scalars and arrays become numbers and lists. Raises ValueError for NaN and
    infinity (JSON has none: say None), TypeError for what is not data.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_result(Path(folder) / "r.json", {"rmse": np.float32(1.5)})
    ...     json.loads((Path(folder) / "r.json").read_text(encoding="utf-8"))["rmse"]
    1.5
    """
    if "environment" in result:
        raise ValueError("result must not hold 'environment': write_result adds it")
    full = {**result, "environment": environment(device)}
    text = json.dumps(full, indent=1, ensure_ascii=False, allow_nan=False, default=_plain)
    write_atomically(path, (text + "\n").encode())


def _plain(value: object) -> object:
    if isinstance(value, np.generic | np.ndarray | torch.Tensor):
        return value.tolist()
    raise TypeError(f"result holds a {type(value).__name__}, which JSON has no form for: {value!r}")
