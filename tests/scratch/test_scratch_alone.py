"""`lstm_lib.scratch` imports and trains where NumPy is installed and nothing else."""

import subprocess
import sys
import venv
from pathlib import Path

import numpy as np

import lstm_lib

PROGRAM = """
import importlib.util, sys
import numpy as np
from lstm_lib.scratch import LSTM, Adam, Dense, clip_global_norm, mse

for absent in ("torch", "pandas", "matplotlib", "scipy"):
    assert importlib.util.find_spec(absent) is None, absent
    assert absent not in sys.modules

rng = np.random.default_rng(0)
x = rng.standard_normal((12, 16, 1)).astype(np.float32)
target = np.cumsum(x, axis=0)
lstm, head = LSTM(1, 16), Dense(16, 1)
both = {**{"lstm." + n: a for n, a in lstm.params.items()}, **{"head." + n: a for n, a in head.params.items()}}
adam = Adam(both, 0.01)
losses = []
for _ in range(30):
    h_seq, _, tape = lstm.forward(x)
    y, head_tape = head.forward(h_seq)
    loss, dy = mse(y, target)
    head_grads, dh_seq = head.backward(dy, head_tape)
    grads, _, _ = lstm.backward(dh_seq, tape)
    grads = {**{"lstm." + n: a for n, a in grads.items()}, **{"head." + n: a for n, a in head_grads.items()}}
    clip_global_norm(grads, 1.0)
    adam.step(grads)
    losses.append(float(loss))
assert losses[-1] < 0.5 * losses[0], losses
print(len(losses), losses[0], losses[-1])
"""  # noqa: E501


def test_imports_and_trains_with_numpy_alone(tmp_path):
    """Catches an import of torch (or of a package that brings it) anywhere under scratch."""
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    [site] = (tmp_path / "env").rglob("site-packages")
    numpy_home = Path(np.__file__).parent
    for folder in (numpy_home, numpy_home.with_name("numpy.libs")):
        if folder.exists():
            (site / folder.name).symlink_to(folder)
    (site / "lstm_lib").symlink_to(Path(lstm_lib.__file__).parent)
    python = tmp_path / "env" / "bin" / "python"
    done = subprocess.run(
        [python, "-I", "-W", "error", "-c", PROGRAM], capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("30 ")


def test_import_brings_nothing_else():
    """The same here, where everything is installed."""
    program = (
        "import sys, lstm_lib.scratch; "
        "print([m for m in ('torch', 'pandas', 'matplotlib', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
