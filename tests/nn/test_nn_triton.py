"""What of the Triton backend needs no GPU: how a launch is cut up, and the end of patience.

That its numbers are right is `test_nn_suite.py`'s business, in the interpreter.
"""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nn_cases import error, only_if_it_can

from lstm_lib.nn.backends.function import Plan
from lstm_lib.nn.backends.triton import sweep
from lstm_lib.nn.backends.triton.tiling import Chip, interpreted, tiling
from lstm_lib.scratch.variants import VARIANTS

SMALL_GPU = Chip(programs=24, shared=101_376)


@settings(max_examples=1500, deadline=None)
@given(
    way=st.sampled_from(["forward", "backward"]),
    batch=st.integers(1, 700),
    hidden=st.integers(1, 2100),
    sources=st.sampled_from([1, 4]),
    itemsize=st.sampled_from([2, 4, 8]),
    chip=st.sampled_from([Chip(132, 232_448), SMALL_GPU]),
)
def test_every_tiling_covers_the_work_and_fits_the_chip(
    way, batch, hidden, sources, itemsize, chip
):
    """For: programs that wait for one that never runs, a sum without its end, weights that do not
    fit, sequences or units that nobody owns."""
    inner = hidden if way == "forward" else 4 * hidden
    cut = tiling(way, batch, hidden, inner, 4 * hidden * sources * itemsize, itemsize, chip)
    unit_tiles = -(-hidden // cut.HT)
    assert cut.programs <= chip.programs, "all programs have to run at once"
    assert cut.programs * cut.TILES == unit_tiles * cut.batch_tiles
    assert cut.batch_tiles * cut.BT >= batch and unit_tiles * cut.HT >= hidden
    assert (cut.batch_tiles - cut.TILES) * cut.BT < batch, "a group of programs without work"
    parts, rows = (8, cut.HT) if way == "backward" else (1, 4 * cut.HT)
    piece = cut.KC * parts
    if cut.ON_CHIP:
        weights = rows * sources * -(-inner // piece) * piece
        assert (weights + piece * cut.BT) * itemsize <= chip.shared


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # it reads what nobody wrote: that is meant
@pytest.mark.skipif(not interpreted(), reason="the interpreter runs programs one after another")
def test_a_wait_for_a_program_that_never_runs_ends_in_nan(monkeypatch):
    """Two programs of 16 units each share a batch tile; the first waits for the second, in vain.

    For: a kernel that hangs, or that goes on with what was not there yet.
    """
    only_if_it_can("triton", "V", torch.float32)
    H, plan = 20, Plan(VARIANTS["V"], [2, 2, 2], reverse=False)
    torch.manual_seed(0)
    z, R, p = torch.randn(6, 4 * H), torch.randn(4 * H, H), torch.randn(3 * H)
    state = torch.randn(2, H), torch.randn(2, H)
    whole, _, _ = sweep.forward(plan, z, R, p, None, state, True)
    monkeypatch.setattr(sweep, "PATIENCE", 3)
    monkeypatch.setattr(sweep, "chip_for", lambda device, hidden: (Chip(132, 232_448), 16))
    h, final, _ = sweep.forward(plan, z, R, p, None, state, True)
    assert error(h[:2], whole[:2]) < 1e-5, "the first step waits for nobody"
    assert h[2:, :16].isnan().all() and final[0][:, :16].isnan().all()
    assert not whole.isnan().any()
