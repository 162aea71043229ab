"""Answers that mean harm, or come from a long night: none may make `check` itself fail or hang.

CHEAP is tried on every exercise. SLOW runs into the limits of time or memory.
"""

import os
import signal
import sys
import threading
import time
import warnings

import numpy as np


class Bomb:
    """Raises whatever is done with it."""

    def __getattribute__(self, name):
        raise RuntimeError("no attributes")

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

    def __eq__(self, other):
        raise RuntimeError("no equality")

    def __len__(self):
        raise RuntimeError("no length")

    def __iter__(self):
        raise RuntimeError("no iteration")

    def __bool__(self):
        raise RuntimeError("no truth")

    def __repr__(self):
        raise RuntimeError("no text")

    __hash__ = None


class Liar(np.ndarray):
    """An array that says that it equals everything."""

    def __eq__(self, other):
        return True

    __hash__ = None


class Endless:
    """Has a next element for ever."""

    def __iter__(self):
        return self

    def __next__(self):
        return 0.0


class QuietExit(BaseException):
    pass


def arrays(args):
    """All arrays among the arguments, those inside dicts and lists too."""
    for value in args:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, dict):
            yield from arrays(value.values())
        elif isinstance(value, list | tuple):
            yield from arrays(value)


def change_input(*args):
    changed = 0
    for value in arrays(args):
        if value.size and value.dtype.kind in "biuf":
            value.flat[0] = value.flat[0] + 1
            changed += 1
    return changed


def empty_input(*args):
    for value in args:
        if isinstance(value, dict | list):
            value.clear()
    return 0


def resize_input(*args):
    for value in arrays(args):
        value.resize(0, refcheck=False)
    return 0


def raising(error):
    def answer(*args):
        raise error

    return answer


def own_error(*args):
    class Unprintable(Exception):
        def __str__(self):
            raise RuntimeError("no text")

    raise Unprintable


def recursion(*args):
    return recursion(*args)


def holds_itself(*args):
    value = []
    value.append(value)
    return value


def dict_of_itself(*args):
    value = {}
    value["again"] = value
    return value


def deep_list(*args):
    value = 0.0
    for _ in range(100_000):
        value = [value]
    return value


def warns(*args):
    warnings.warn("listen to me", stacklevel=1)
    return np.float64(1) / np.float64(0)


def needs_keyword(*, x):
    return x


def closes_output(*args):
    sys.stdout.close()
    return 1


def replaces_output(*args):
    sys.stdout = None
    return 1


def closes_files(*args):
    os.closerange(0, 256)
    return 1


def sends_signal(*args):
    os.kill(os.getpid(), signal.SIGTERM)


def starts_thread(*args):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return 1


def starts_stubborn_thread(*args):
    threading.Thread(target=time.sleep, args=(60,)).start()
    return 1


def starts_process(*args):
    if os.fork() == 0:
        os._exit(0)
    return 1


def breaks_numpy(*args):
    np.array = np.asarray = np.abs = None
    return 1.0


def seeds_and_divides(*args):
    np.random.seed(0)  # noqa: NPY002
    return np.zeros(3) / np.zeros(3)


def read_only(*args):
    value = np.ones(3)
    value.flags.writeable = False
    return value


CHEAP = {
    "None": lambda *args: None,
    "dots": lambda *args: ...,
    "text": lambda *args: "wrong",
    "bytes": lambda *args: b"\x00\xff",
    "emoji": lambda *args: "🙂" * 1000,
    "True": lambda *args: True,
    "huge integer": lambda *args: 10**400,
    "nan": lambda *args: np.nan,
    "inf": lambda *args: np.inf,
    "complex": lambda *args: 1j,
    "array of nan": lambda *args: np.full((3, 3), np.nan),
    "empty array": lambda *args: np.zeros((0, 5)),
    "empty tuple": lambda *args: (),
    "scalar array": lambda *args: np.array(1.0),
    "many axes": lambda *args: np.zeros((1,) * 30),
    "object array": lambda *args: np.array([object()]),
    "text array": lambda *args: np.array(["a", "b"]),
    "dates": lambda *args: np.array(["2020-01-01"], dtype="datetime64[D]"),
    "record array": lambda *args: np.zeros(2, dtype=[("a", float)]),
    "masked array": lambda *args: np.ma.masked_all(3),
    "lying array": lambda *args: np.ones(3).view(Liar),
    "read-only array": read_only,
    "half precision": lambda *args: np.ones(3, np.float16),
    "ragged": lambda *args: [[1], [1, 2]],
    "tuple of rubbish": lambda *args: (None, "a", {}),
    "dict": lambda *args: {"W": None},
    "dict with mixed keys": lambda *args: {1: 1, "a": 2, None: 3},
    "set": lambda *args: {1, 2, 3},
    "module": lambda *args: np,
    "function": lambda *args: lambda: 1,
    "its arguments": lambda *args: args,
    "bomb": lambda *args: Bomb(),
    "tuple of bombs": lambda *args: (Bomb(), Bomb()),
    "generator": lambda *args: (k for k in range(3)),
    "raising generator": lambda *args: (1 / 0 for _ in range(3)),
    "holds itself": holds_itself,
    "dict of itself": dict_of_itself,
    "deep list": deep_list,
    "divides by zero": lambda *args: 1 / 0,
    "name error": lambda *args: undefined,  # noqa: F821
    "KeyboardInterrupt": raising(KeyboardInterrupt()),
    "SystemExit": raising(SystemExit(0)),
    "GeneratorExit": raising(GeneratorExit()),
    "own BaseException": raising(QuietExit()),
    "MemoryError": raising(MemoryError()),
    "StopIteration": raising(StopIteration()),
    "unprintable error": own_error,
    "long error": raising(ValueError("x" * 10**6)),
    "recursion": recursion,
    "ends the process": lambda *args: os._exit(0),
    "ends it with an error": lambda *args: os._exit(7),
    "sends a signal": sends_signal,
    "aborts": lambda *args: os.abort(),
    "huge array": lambda *args: np.ones(10**11),
    "huge shape": lambda *args: np.broadcast_to(1.0, (10**6, 10**6)),
    "too few arguments": lambda: 1,
    "too many arguments": lambda a, b, c, d, e, f, g, h, i, j, k: 1,
    "keyword only": needs_keyword,
    "changes its input": change_input,
    "empties its input": empty_input,
    "resizes its input": resize_input,
    "prints a lot": lambda *args: print("x" * 10**6),
    "prints odd things": lambda *args: print("\x00\x1b[31m\ud800", end=""),
    "closes the output": closes_output,
    "replaces the output": replaces_output,
    "closes all files": closes_files,
    "warns": warns,
    "a class": Bomb,
    "a builtin": len,
    "a partial": np.vectorize(lambda x: x),
    "starts a thread": starts_thread,
    "starts a stubborn thread": starts_stubborn_thread,
    "starts a process": starts_process,
    "breaks NumPy": breaks_numpy,
    "sets the seed": seeds_and_divides,
    "a coroutine": None,  # set below: `async` cannot stand in a lambda
    "not a function": 42,
    "a text in place of a function": "def f(x): return x",
    "a bomb in place of a function": Bomb(),
    "an array in place of a function": np.ones(3),
}


async def coroutine(*args):
    return 1


CHEAP["a coroutine"] = coroutine


def endless_loop(*args):
    while True:
        pass


def endless_numpy(*args):
    return np.linalg.svd(np.random.default_rng(0).normal(size=(2500, 2500)))


def swallows_everything(*args):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass


def ignores_signals(*args):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(60)


def eats_memory(*args):
    kept = []
    while True:
        kept.append(np.ones(10**6))


def endless_print(*args):
    while True:
        print("x" * 1000)


def sleeping_child(*args):
    if os.fork() == 0:
        time.sleep(20)
        os._exit(0)
    time.sleep(60)


SLOW = {
    "endless loop": endless_loop,
    "endless loop in NumPy": endless_numpy,
    "sleeps": lambda *args: time.sleep(60),
    "swallows everything": swallows_everything,
    "ignores signals": ignores_signals,
    "eats memory": eats_memory,
    "endless list": lambda *args: list(Endless()),
    "endless iterator": lambda *args: np.fromiter(Endless(), float),
    "endless print": endless_print,
    "huge power": lambda *args: 10 ** (10**9),
    "leaves a child": sleeping_child,
}
