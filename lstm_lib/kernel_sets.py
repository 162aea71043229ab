"""`python course.py test --kernels`: every notebook, strictly, as other processors compute it.

Sums are rounded in another order on another processor. What a notebook prints must not hang on
that: the same outputs are compared under kernels for AVX2 and for SSE alone, under two threads and
under another Python.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from lstm_lib.handover import wait_for
from lstm_lib.places import NOTEBOOKS, ROOT

OTHER_PYTHON = "3.13"
# What chooses kernels. Unset first: some machines set one of them for all programs.
CHOICES = (
    "ATEN_CPU_CAPABILITY",
    "GLIBC_TUNABLES",
    "MKL_ENABLE_INSTRUCTIONS",
    "NPY_DISABLE_CPU_FEATURES",
    "NUMBA_CPU_FEATURES",
    "NUMBA_CPU_NAME",
    "ONEDNN_MAX_CPU_ISA",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
)
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def settings() -> dict[str, dict[str, str]]:
    """The environment of each set of kernels. On a processor without x86's, threads alone differ.

    >>> list(settings())[0], settings()["two threads"]["OMP_NUM_THREADS"]
    ('native', '2')
    """
    sets: dict[str, dict[str, str]] = {"native": {}}
    beyond_baseline = numpy_features()
    if any(name.startswith("X86") for name in beyond_baseline):
        avx2_too = ("AVX2", "FMA3", "X86_V3")
        sets["AVX2"] = {
            "ATEN_CPU_CAPABILITY": "avx2",
            "MKL_ENABLE_INSTRUCTIONS": "AVX2",
            "NPY_DISABLE_CPU_FEATURES": " ".join(
                name for name in beyond_baseline if name not in avx2_too
            ),
            "NUMBA_CPU_NAME": "haswell",
            "ONEDNN_MAX_CPU_ISA": "AVX2",
            "OPENBLAS_CORETYPE": "Haswell",
        }
        sets["SSE"] = {
            "ATEN_CPU_CAPABILITY": "default",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA",
            "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
            "NPY_DISABLE_CPU_FEATURES": " ".join(beyond_baseline),
            "NUMBA_CPU_NAME": "nehalem",
            "ONEDNN_MAX_CPU_ISA": "SSE41",
            "OPENBLAS_CORETYPE": "Prescott",
        }
    sets["two threads"] = dict.fromkeys(THREADS, "2")
    return sets


def numpy_features() -> list[str]:
    """What NumPy found on this processor beyond what it always uses, by its own names."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return [name for name in __cpu_dispatch__ if __cpu_features__[name]]


def main(arguments: list[str]) -> int:
    """Run notebooks (all, or those named) under each set; return 0 if all gave their outputs."""
    notebooks = arguments or [str(NOTEBOOKS)]
    codes = {}
    for name, chosen in settings().items():
        codes[name] = compare(Path(sys.executable), chosen, notebooks, name)
    python = other_python()
    if python is None:
        print(f"Python {OTHER_PYTHON} is not on this machine: that set was not run.")
    elif sys.version_info[:2] != tuple(map(int, OTHER_PYTHON.split("."))):
        name = f"Python {OTHER_PYTHON}"
        codes[name] = compare(environment_of(python), {}, notebooks, name)
    for name, code in codes.items():
        print(f"{name:12} {'the same outputs' if code == 0 else 'other outputs, see above'}")
    return max(codes.values())


def compare(python: Path, chosen: dict[str, str], notebooks: list[str], name: str) -> int:
    """Run nbval, strictly, under one set of kernels; return pytest's exit code."""
    print(f"\n--- {name}: {' '.join(f'{k}={v!r}' for k, v in chosen.items())}", flush=True)
    inherited = {k: v for k, v in os.environ.items() if k not in CHOICES}
    environment = inherited | dict.fromkeys(THREADS, "1") | chosen
    command = [str(python), "-m", "pytest", "-q", "--nbval", "--nbval-current-env"]
    command += ["--nbval-cell-timeout=600", f"--nbval-sanitize-with={ROOT / 'tests/sanitize.cfg'}"]
    return wait_for([*command, *notebooks], environment, ROOT)


def other_python() -> str | None:
    """A Python of the other version that starts; None if there is none on the path."""
    python = shutil.which(f"python{OTHER_PYTHON}")
    if python and subprocess.run([python, "--version"], capture_output=True).returncode == 0:
        return python
    return None


def environment_of(python: str) -> Path:
    """An environment of another Python with the course and its tests in it; made if missing."""
    folder = ROOT / f".venv-kernels-{OTHER_PYTHON}"
    inside = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    complete = folder / "complete"
    if not complete.exists():
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        install = [inside, "-m", "pip", "install", "--quiet", "--editable", ".[test]"]
        subprocess.run([*install, "--constraint", "constraints.txt"], cwd=ROOT, check=True)
        complete.touch()
    return inside
