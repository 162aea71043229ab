"""numba's cache on disk is a help, never a condition."""

import errno
import importlib.util

import pytest

pytest.importorskip("numba")

from numba.core import caching

from lstm_lib.nn.backends import kernels


@pytest.fixture
def twice(tmp_path):
    """A function in a file of its own: kernels' files lie in `__pycache__` beside it."""
    path = tmp_path / "twice.py"
    path.write_text("def twice(x):\n    return x + x\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("twice", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.twice


def kept(tmp_path, ending):
    files = list((tmp_path / "__pycache__").glob(f"*.{ending}"))
    assert files, "nothing was kept"
    return files


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize("left", [0, 1, 40, 0.5])
def test_a_damaged_cache_is_not_used_and_is_mended(twice, tmp_path, ending, left):
    """Index or code, emptied or cut short: EOFError came out of every call of an LSTM."""
    assert kernels.jit(twice)(1.5) == 3.0
    for path in kept(tmp_path, ending):
        data = path.read_bytes()
        path.write_bytes(data[: int(left * len(data)) if left < 1 else left])
    assert kernels.jit(twice)(1.5) == 3.0
    third = kernels.jit(twice)
    assert third(1.5) == 3.0
    assert sum(third.stats.cache_hits.values()) == 1, "mended: the next program has it"


def test_a_full_disk_is_no_hindrance(twice, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(caching.IndexDataCacheFile, "_open_for_write", full)
    compiled = kernels.jit(twice)
    assert compiled(1.5) == 3.0 and compiled(2) == 4


def test_no_place_at_all(twice, monkeypatch):
    """Neither beside the code nor in the user's folder."""

    def nowhere(*_):
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(caching.CacheImpl, "__init__", nowhere)
    assert kernels.jit(twice)(1.5) == 3.0


def test_what_is_kept_serves_the_next_program(twice):
    kernels.jit(twice)(1.5)
    again = kernels.jit(twice)
    again(1.5)
    assert sum(again.stats.cache_hits.values()) == 1
