"""What every test shares: one thread, which kernels inherit, and a Ctrl-C that works."""

import os
import signal

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# A shell's background job is started with SIGINT ignored; tests of Ctrl-C need Python's own way.
signal.signal(signal.SIGINT, signal.default_int_handler)
