"""`test --kernels`: what chooses kernels reaches the notebooks, and nothing inherited does."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from lstm_lib import kernel_sets


@pytest.fixture
def notebook(tmp_path):
    """A notebook that prints what was chosen; its stored output is that of the SSE set."""
    source = (
        "import os\n"
        "print([os.environ.get(n) for n in ('OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE')])\n"
        "print(os.environ['OMP_NUM_THREADS'])"
    )
    output = nbformat.v4.new_output("stream", text="['Prescott', None]\n1\n")
    cell = nbformat.v4.new_code_cell(source, outputs=[output], execution_count=1)
    path = tmp_path / "chosen.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return str(path)


def test_a_set_reaches_the_notebook_and_what_was_set_before_does_not(notebook, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OPENBLAS_L2_SIZE", "512")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    python = Path(sys.executable)
    chosen = {"OPENBLAS_CORETYPE": "Prescott"}
    assert kernel_sets.compare(python, chosen, [notebook], "as stored") == 0
    assert kernel_sets.compare(python, {}, [notebook], "other") != 0


def test_numpy_accepts_the_names_of_what_is_switched_off():
    """NumPy refuses to be imported, or warns, where a name is not its own."""
    for chosen in kernel_sets.settings().values():
        off = chosen.get("NPY_DISABLE_CPU_FEATURES", "")
        code = (
            "import numpy._core._multiarray_umath as u\n"
            f"assert not any(u.__cpu_features__[name] for name in {off.split()!r})"
        )
        ran = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            env={"NPY_DISABLE_CPU_FEATURES": off} if off else {},
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stderr


def test_one_set_that_differs_is_enough(monkeypatch, capsys):
    codes = {"SSE": 1}
    monkeypatch.setattr(kernel_sets, "compare", lambda python, _, names, set_: codes.get(set_, 0))
    monkeypatch.setattr(kernel_sets, "other_python", lambda: None)
    monkeypatch.setattr(kernel_sets, "settings", lambda: {"native": {}, "SSE": {}})
    assert kernel_sets.main([]) == 1
    told = capsys.readouterr().out
    assert "SSE          other outputs" in told and "native       the same" in told
    assert "is not on this machine" in told
