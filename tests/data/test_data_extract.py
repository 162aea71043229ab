"""An extract is read whole or not at all, whatever happened to its file."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_recipe import CONTENT, MEMBER, RECIPE, to_arrays

from lstm_lib.data import DataError, build, extract

WHOLE = extract.encode(to_arrays({MEMBER: CONTENT}))
REPAIR = "python course.py data repair toy"
per_example = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def ready(cache):
    RECIPE.folder.mkdir(parents=True)
    RECIPE.path.write_bytes(WHOLE)
    return RECIPE.path


def refused() -> str:
    with pytest.raises(DataError) as caught:
        extract.read(RECIPE)
    text = str(caught.value)
    assert str(RECIPE.path) in text and text.endswith(REPAIR)
    return text


def test_whole_file_is_read(ready):
    np.testing.assert_array_equal(
        extract.read(RECIPE)["numbers"], to_arrays({MEMBER: CONTENT})["numbers"]
    )


def test_missing(cache):
    assert "is missing" in refused()


def test_a_folder_in_its_place(cache):
    RECIPE.path.mkdir(parents=True)
    assert "cannot be read" in refused()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_pipe_in_its_place_keeps_nobody_waiting_and_is_repaired(index, cache):
    RECIPE.folder.mkdir(parents=True)
    os.mkfifo(RECIPE.path)
    assert "it is not a file" in refused()
    build.build(RECIPE)
    assert RECIPE.path.read_bytes() == WHOLE


@per_example
@given(length=st.integers(0, len(WHOLE) - 1))
def test_truncated_anywhere(ready, length):
    ready.write_bytes(WHOLE[:length])
    text = refused()
    assert RECIPE.extract_sha256 in text and f"{length:,} bytes" in text


@per_example
@given(bit=st.integers(0, 8 * len(WHOLE) - 1))
def test_any_flipped_bit(ready, bit):
    data = bytearray(WHOLE)
    data[bit // 8] ^= 1 << bit % 8
    ready.write_bytes(data)
    assert RECIPE.extract_sha256 in refused()


def test_longer(ready):
    ready.write_bytes(WHOLE + b"\0")
    refused()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("step", ["os.fsync", "os.replace"])
def test_killed_while_writing(index, cache, python, step):
    killed = python(
        "import os, signal, toy_recipe\nfrom lstm_lib.data import build\n"
        f"{step} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "build.build(toy_recipe.RECIPE)"
    )
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert list(RECIPE.folder.glob(".*.tmp")), "the test has to kill in the middle of the write"
    assert "is missing" in refused()
    build.build(RECIPE)
    assert RECIPE.path.read_bytes() == WHOLE
    assert not list(RECIPE.folder.glob(".*.tmp"))


def test_encoding_is_the_same_bytes_for_the_same_arrays():
    columns = np.asfortranarray(np.arange(6, dtype="<f4").reshape(2, 3))
    big = columns.astype(">f4", order="K")
    assert extract.encode({"x": columns}) == extract.encode({"x": big})
    assert extract.decode(extract.encode({"x": columns}))["x"].flags.f_contiguous


def test_python_objects_are_neither_written_nor_read():
    with pytest.raises(TypeError, match="'x' holds Python objects"):
        extract.encode({"x": np.array([{}])})
    import io

    buffer = io.BytesIO()
    np.savez(buffer, x=np.array([{}]))
    with pytest.raises(ValueError, match="pickle"):
        extract.decode(buffer.getvalue())
