"""What takes minutes is computed once, and nothing half is taken for a whole."""

import numpy as np
import pytest

from lstm_lib.tasks.kept import kept


def test_what_is_cut_off_is_computed_again_and_what_is_done_is_not(tmp_path):
    """For: half an hour lost to a Ctrl-C, or a half-written file taken for a whole one."""
    calls = []

    def compute():
        calls.append(1)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return np.arange(3)

    with pytest.raises(KeyboardInterrupt):
        kept(tmp_path / "a.npy", compute)
    for _ in range(2):
        assert np.array_equal(kept(tmp_path / "a.npy", compute), np.arange(3))
    assert len(calls) == 2 and [path.name for path in tmp_path.iterdir()] == ["a.npy"]
