"""A file is whole at every moment, whoever writes, and what a reader has written is kept."""

import errno
import os
import subprocess
import sys
import threading

import pytest

from lstm_lib import files


def names(folder):
    return sorted(path.name for path in folder.iterdir())


WRITERS = {
    "bytes": lambda path: files.write_atomically(path, b"new"),
    "a second generation": lambda path: files.write_atomically(path, b"new", path.with_name("b")),
    "text": lambda path: files.write_text(path, "new"),
}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_fault_while_writing_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch, kind, step):
    """For: a draft that fills the disk for good, an error that does not say which file."""
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, step, full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        WRITERS[kind](path)
    assert caught.value.filename == str(path)
    assert path.read_bytes() == b"old" and names(tmp_path) == ["a"]


def test_an_interrupt_while_writing_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch):
    def pressed(descriptor):
        raise KeyboardInterrupt

    files.write_text(tmp_path / "a", "old")
    monkeypatch.setattr(files.os, "fsync", pressed)
    with pytest.raises(KeyboardInterrupt):
        files.write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old" and names(tmp_path) == ["a"]


def test_many_who_write_at_once_each_write_a_whole_file(tmp_path):
    """For: one draft that two write to."""
    path, texts = tmp_path / "a", [str(k) * 100_000 for k in range(8)]
    writers = [threading.Thread(target=files.write_text, args=(path, text)) for text in texts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_text() in texts and names(tmp_path) == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_what_a_killed_writer_left_is_removed_and_nothing_else(tmp_path):
    """For: `[` in a name that is taken for a pattern, the draft of another file."""
    path = tmp_path / "a[1].json"
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom lstm_lib import files\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.write_text(Path(sys.argv[1]), 'half')"
    )
    for name in (path, tmp_path / "a1.json"):
        subprocess.run([sys.executable, "-c", code, str(name)])
    assert len(names(tmp_path)) == 2
    files.remove_drafts(path)
    (left,) = names(tmp_path)
    assert left.startswith(".a1.json.")


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_a_link_stays_one_and_its_target_is_written(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    files.write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").read_text() == "new"


@pytest.mark.parametrize("links", [True, False])
def test_create_does_not_replace_and_leaves_no_scraps(tmp_path, monkeypatch, links):
    path = tmp_path / "a.ipynb"
    path.write_text("mine")

    def no_links(source, target):
        raise OSError("no links here")

    if not links:
        monkeypatch.setattr(files.os, "link", no_links)
    assert not files.create(path, "theirs") and path.read_text() == "mine"
    assert files.create(tmp_path / "b.ipynb", "new")
    assert (tmp_path / "b.ipynb").read_text() == "new"
    assert names(tmp_path) == ["a.ipynb", "b.ipynb"]


def test_a_move_that_fails_frees_the_name_it_claimed(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError):
        files.move_aside(tmp_path / "a", [tmp_path / "b"])
    assert files.move_aside(tmp_path / "nothing", [tmp_path / "b"]) is None
    assert names(tmp_path) == ["a"]
