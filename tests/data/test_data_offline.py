"""After set-up no connection is opened; without a network, what needs one says so."""

from __future__ import annotations

import pytest
from toy_recipe import RECIPE

from lstm_lib.data import DataError, build

NO_SOCKETS = """
import socket, sys

class Closed(socket.socket):
    def __init__(self, *args, **options):
        raise AssertionError("a socket was opened")

socket.socket = socket.create_connection = Closed
"""


def test_committed_and_cached_sets_load_without_a_socket(index, cache, python):
    build.build(RECIPE, say=lambda _: None)
    code = NO_SOCKETS + (
        "import toy_recipe\nfrom lstm_lib.data import extract, load_pendigits, load_weather\n"
        "from lstm_lib.data.build import build\n"
        "print(len(load_weather()), len(load_pendigits()), len(extract.read(toy_recipe.RECIPE)))\n"
        "build(toy_recipe.RECIPE)\n"
    )
    loader = python(code)
    output, errors = loader.communicate(timeout=60)
    assert (loader.returncode, output) == (0, "195720 10992 1\n"), errors


def test_the_blocker_blocks(bare_pip, cache, python, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    code = NO_SOCKETS + "import toy_recipe, lstm_lib.data.build as b; b.build(toy_recipe.RECIPE)"
    blocked = python(code)
    _, errors = blocked.communicate(timeout=60)
    assert blocked.returncode == 1 and "a socket was opened" in errors


def test_importing_the_loaders_brings_numpy_and_no_more(python):
    code = (
        "import sys; import numpy; before = set(sys.modules)\n"
        "ours = ['lstm_lib.data', 'lstm_lib.files', 'lstm_lib.lock']\n"
        "import lstm_lib.data, lstm_lib.data.command\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names)))\n"
        "print(sorted(name for name in sys.modules if name.startswith('lstm_lib.')\n"
        "             and not name.startswith(tuple(ours))))\n"
    )
    other = python(code)
    output, errors = other.communicate(timeout=60)
    assert output == "['lstm_lib']\n[]\n", errors


def test_no_network(bare_pip, cache, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(DataError) as caught:
        build.build(RECIPE, say=lambda _: None)
    text = str(caught.value)
    assert "http://127.0.0.1:9/simple" in text and "Check the connection" in text
    assert text.endswith("python course.py data repair toy")
    assert sorted(file.name for file in RECIPE.folder.iterdir()) == [".toy.lock"]


def test_data_that_are_here_need_no_index(index, cache, monkeypatch):
    build.build(RECIPE, say=lambda _: None)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    lock = RECIPE.folder / ".toy.lock"
    lock.unlink()
    assert build.build(RECIPE, say=lambda _: None) == RECIPE.path
    assert not lock.exists(), "a ready set may lie where nothing can be written"
