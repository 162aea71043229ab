"""Where the system has no locks, what would be guarded goes on without."""

import errno
import os

import pytest

from lstm_lib.lock import exclusive
from lstm_lib.train.keeper import Keeper

pytestmark = pytest.mark.skipif(os.name == "nt", reason="flock is POSIX's")


@pytest.fixture(params=[errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def no_locks(request, monkeypatch):
    def flock(file, action):
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr("fcntl.flock", flock)


def test_nobody_is_kept_waiting_where_there_are_no_locks(tmp_path, no_locks):
    """For: a lock that is a file's presence, which outlives a killed process."""
    with exclusive(tmp_path / ".lock") as first, exclusive(tmp_path / ".lock") as second:
        assert (first, second) == (False, False)
    with Keeper(tmp_path / "run.safetensors", {}, None, print).hold():
        pass
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_a_lock_file_that_cannot_be_opened_is_an_error(tmp_path):
    with pytest.raises(OSError), exclusive(tmp_path / "no folder" / ".lock"):
        pass
