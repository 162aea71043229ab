"""What the first call of the backend `compiled` costs: numba's compiling, in a fresh process."""

import os
import subprocess
import sys
import tempfile

from lstm_lib.nn.backends import BACKENDS

FIRST_CALL = """
import sys, time, torch
from lstm_lib.nn import LSTM
module = LSTM(4, 8, variant=sys.argv[1], backend="compiled")
x = torch.randn(3, 2, 4, requires_grad=True)
for call in range(2):
    begun = time.process_time()
    module(x)[0].sum().backward()
    print(time.process_time() - begun)
"""


def compile_seconds(variants: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """CPU seconds of a first training step by variant: `cold`, and `cached` in a second process.

    Empty without that backend. float32; every variant begins with an empty cache of its own.
    """
    if "compiled" not in BACKENDS:
        return {}
    seconds_of = {}
    for variant in variants:
        with tempfile.TemporaryDirectory() as cache:
            seconds_of[variant] = {when: _first_call(variant, cache) for when in ("cold", "cached")}
        seconds = ", ".join(f"{when} {s:.1f} s" for when, s in seconds_of[variant].items())
        print(f"first call of compiled, {variant}: {seconds}", flush=True)
    return seconds_of


def _first_call(variant: str, cache: str) -> float:
    """Seconds by which the first call is longer than the second."""
    child = subprocess.run(
        [sys.executable, "-c", FIRST_CALL, variant],
        env=os.environ | {"NUMBA_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = map(float, child.stdout.split())
    return round(first - second, 2)
