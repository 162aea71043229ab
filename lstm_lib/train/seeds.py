"""Seeds, the states of all random-number generators, and the number of threads."""

import os
import random
from collections.abc import MutableMapping
from contextlib import contextmanager

import numpy as np
import torch


def set_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's global generators (torch's on every device).

    >>> set_seed(3); a = torch.rand(2)
    >>> set_seed(3); torch.equal(a, torch.rand(2))
    True
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the global generator is the one that must be set
    torch.manual_seed(seed)


def seed_from(*numbers: int) -> int:
    """A seed that depends on all the numbers: those of neighbours are unrelated.

    >>> seed_from(0, 1) == seed_from(0, 1) != seed_from(1, 0)
    True
    """
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def random_state() -> tuple[dict[str, torch.Tensor], dict]:
    """The state of every global generator: tensors, and a part that JSON can hold."""
    tensors = {"torch": torch.get_rng_state()}
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        for device, state in enumerate(torch.cuda.get_rng_state_all()):
            tensors[f"cuda.{device}"] = state
    legacy = np.random.get_state(legacy=False)  # noqa: NPY002
    legacy["state"] = {"key": legacy["state"]["key"].tolist(), "pos": int(legacy["state"]["pos"])}
    version, words, gauss = random.getstate()
    return tensors, {"numpy": legacy, "python": [version, list(words), gauss]}


def set_random_state(tensors: dict[str, torch.Tensor], rest: dict) -> None:
    """Put back what `random_state` returned.

    >>> state = random_state(); a = (random.random(), torch.rand(()).item())
    >>> set_random_state(*state); a == (random.random(), torch.rand(()).item())
    True
    """
    torch.set_rng_state(tensors["torch"])
    devices = sorted(int(name.removeprefix("cuda.")) for name in tensors if name[:5] == "cuda.")
    if devices and torch.cuda.is_available():
        for device in devices[: torch.cuda.device_count()]:
            torch.cuda.set_rng_state(tensors[f"cuda.{device}"], device)
    state = dict(rest["numpy"])
    state["state"] = dict(state["state"], key=np.array(state["state"]["key"], dtype=np.uint32))
    np.random.set_state(state)  # noqa: NPY002
    version, words, gauss = rest["python"]
    random.setstate((version, tuple(words), gauss))


@contextmanager
def untouched_random_state():
    """Whatever is drawn inside leaves no trace: evaluating must not change the training."""
    before = random_state()
    try:
        yield
    finally:
        set_random_state(*before)


def default_threads(environ: MutableMapping[str, str] | None = None) -> int:
    """One torch thread, unless the user chose otherwise; returns the number in force.

    LSTM_COURSE_THREADS=k wins; else OMP_NUM_THREADS is left to torch; else one, because on a shared
    machine two spinning threads can be ten times slower than one (notebook 12). Called at the start
    of every task, notebook and test.

    >>> before = torch.get_num_threads()
    >>> default_threads({})
    1
    >>> torch.set_num_threads(before)
    """
    environ = os.environ if environ is None else environ
    wanted = environ.get("LSTM_COURSE_THREADS")
    if wanted is not None:
        if not wanted.isdecimal() or int(wanted) < 1:
            raise ValueError(f"LSTM_COURSE_THREADS must be a positive integer; got {wanted!r}")
        torch.set_num_threads(int(wanted))
    elif "OMP_NUM_THREADS" not in environ:
        torch.set_num_threads(1)
    return torch.get_num_threads()
