"""What was measured on: processor, threads, versions; no names and no paths."""

import os
import platform
from pathlib import Path

import numpy as np
import torch

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
# As `course.py` sets them for all it starts: freed memory is kept for the next array.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 31)}


def machine() -> dict:
    """Processor, threads, memory settings, versions.

    >>> sorted(machine())[:4]
    ['cores', 'memory', 'numba', 'numpy']
    """
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "simd": np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", []),
        "system": platform.system(),
        "threads": torch.get_num_threads(),
        "memory": {name: os.environ.get(name, "default") for name in KEEP_MEMORY},
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
        "numba": _version("numba"),
        "onnxruntime": _version("onnxruntime"),
    }


def _processor() -> str:
    model = platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = [s for s in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in s]
        model = lines[0].partition(":")[2].strip() if lines else model
    return model


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
