"""`python course.py data`: what it prints and returns, and the way through a classroom stick."""

from __future__ import annotations

import os
import shutil
import zipfile
from dataclasses import replace

import pytest
from toy_recipe import RECIPE, WHEEL

from lstm_lib.data import catalog, extract, places, status
from lstm_lib.data.command import main

pytestmark = pytest.mark.usefixtures("quick_pip")
SECRET = replace(RECIPE, name="secret", redistributable=False, terms="Only for those who fetch it.")


@pytest.fixture(autouse=True)
def toys(monkeypatch, cache):
    monkeypatch.setattr(catalog, "RECIPES", {"toy": RECIPE, "secret": SECRET})


def test_list_of_nothing_and_of_something(index, capsys):
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert "toy" in printed and "missing" in printed and "data repair toy" in printed
    assert "must not be passed on" in printed
    assert main(["fetch", "toy"]) == 0 and main(["list", "toy"]) == 0
    assert "ready" in capsys.readouterr().out


def test_fetch_verify_damage_repair(index, capsys):
    assert main(["verify"]) == 1
    assert main(["fetch"]) == 0
    assert SECRET.terms in capsys.readouterr().out
    assert main(["verify"]) == 0
    RECIPE.path.write_bytes(RECIPE.path.read_bytes()[:-1])
    assert main(["verify"]) == 1
    assert "toy: damaged" in capsys.readouterr().out
    assert main(["repair", "toy"]) == 0
    assert main(["verify"]) == 0


def test_status_for_the_doctor(index):
    assert [(s.name, s.state, s.size) for s in status()] == [
        ("toy", "missing", 0),
        ("secret", "missing", 0),
    ]
    RECIPE.folder.mkdir(parents=True)
    RECIPE.path.write_bytes(b"xx")
    (toy,) = status(["toy"])
    assert (toy.state, toy.size) == ("damaged", 2)
    assert toy.command == "python course.py data repair toy" and "SHA-256" in toy.problem
    main(["fetch"])
    assert all(s.state == "ready" and not s.problem and not s.command for s in status())


def test_one_failure_does_not_stop_the_others_and_is_told(index, capsys, monkeypatch):
    broken = replace(RECIPE, name="broken", member="no/such")
    monkeypatch.setattr(catalog, "RECIPES", {"broken": broken, "toy": RECIPE})
    assert main(["fetch"]) == 1
    printed = capsys.readouterr()
    assert "toy: ready" in printed.out and "has no member" in printed.err


def test_mistakes_in_the_command(capsys):
    assert main(["fetch", "toys"]) == 2
    assert "no data set 'toys'; there are toy, secret" in capsys.readouterr().err
    assert main(["fetsch"]) == 2
    assert main(["--help"]) == 0


def test_a_stick_without_a_network(index, tmp_path, monkeypatch, capsys):
    stick = tmp_path / "stick.zip"
    assert main(["pack", "--file", str(stick)]) == 1
    assert "is missing" in capsys.readouterr().err and not stick.exists()
    assert main(["fetch"]) == 0
    assert main(["pack", "--file", str(stick)]) == 0
    assert "secret: left out" in capsys.readouterr().out
    with zipfile.ZipFile(stick) as packed:
        assert packed.namelist() == ["toy/toy.npz", "toy/README.md"]

    monkeypatch.setenv(places.CACHE_VARIABLE, str(tmp_path / "another machine"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    asked = list(index.asked)
    assert main(["unpack", "toy", "--file", str(stick)]) == 0
    assert extract.problem(RECIPE) == "" and str(RECIPE.path).startswith(str(tmp_path / "another"))
    assert index.asked == asked
    assert main(["unpack", "--file", str(stick)]) == 1
    assert "does not hold secret" in capsys.readouterr().err


def test_a_stick_that_cannot_be_written(index, tmp_path, capsys):
    assert main(["fetch", "toy"]) == 0
    assert main(["pack", "toy", "--file", str(tmp_path / "no" / "such" / "folder.zip")]) == 1
    assert "cannot write" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("content", [b"", b"not a zip", None], ids=["empty", "noise", "missing"])
def test_a_stick_that_is_none(tmp_path, capsys, content):
    stick = tmp_path / "stick.zip"
    if content is not None:
        stick.write_bytes(content)
    assert main(["unpack", "--file", str(stick)]) == 1
    assert "is not a whole file written by `data pack`" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_stick_that_is_a_pipe(tmp_path, capsys):
    os.mkfifo(tmp_path / "stick.zip")
    assert main(["unpack", "--file", str(tmp_path / "stick.zip")]) == 1
    assert "it is not a file" in capsys.readouterr().err


def test_a_hostile_stick_brings_nothing_in(tmp_path, cache, capsys):
    stick = tmp_path / "stick.zip"
    with zipfile.ZipFile(stick, "w") as packed:
        packed.writestr("toy/toy.npz", b"something else")
        packed.writestr("../evil.npz", b"evil")
        packed.writestr("secret/../../evil.npz", b"evil")
    assert main(["unpack", "--file", str(stick)]) == 1
    assert "expected an extract of SHA-256" in capsys.readouterr().err
    assert not RECIPE.path.exists() and not list(tmp_path.rglob("evil*"))


def test_unpacking_leaves_what_is_ready(index, tmp_path):
    main(["fetch", "toy"])
    stick = tmp_path / "stick.zip"
    main(["pack", "toy", "--file", str(stick)])
    before = RECIPE.path.stat().st_mtime_ns
    assert main(["unpack", "toy", "--file", str(stick)]) == 0
    assert RECIPE.path.stat().st_mtime_ns == before
    RECIPE.path.write_bytes(b"damaged")
    assert main(["unpack", "toy", "--file", str(stick)]) == 0
    assert extract.problem(RECIPE) == ""


def test_the_index_is_asked_for_one_exact_file(index):
    shutil.rmtree(RECIPE.folder, ignore_errors=True)
    main(["fetch", "toy"])
    assert index.asked == ["/simple/toydata/", f"/files/{WHEEL}"]
