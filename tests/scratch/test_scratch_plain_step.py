"""The twelve lines that the reader writes in notebook 03 are the general step of variant NP."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lstm_lib.course.exercises import find
from lstm_lib.scratch import cell


@given(
    sizes=st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(1, 4)),
    dtype=st.sampled_from([np.float32, np.float64, np.complex128]),
    seed=st.integers(0, 99),
)
def test_the_plain_step_is_the_general_one_bit_for_bit(sizes, dtype, seed):
    """For: a block order, a gate's squashing or a bias that the general step has otherwise."""
    B, I, H = sizes
    rng = np.random.default_rng(seed)
    x, h, c = (rng.normal(size=(B, width)).astype(dtype) for width in (I, H, H))
    params = {
        "W": rng.normal(size=(4 * H, I)).astype(dtype),
        "R": rng.normal(size=(4 * H, H)).astype(dtype),
        "b": rng.normal(size=4 * H).astype(dtype),
    }
    plain, (h_new, c_new, _) = cell.plain_step(x, h, c, **params), cell.step(x, h, c, params)
    assert plain[0].dtype == plain[1].dtype == dtype
    assert np.array_equal(plain[0], h_new) and np.array_equal(plain[1], c_new)


def test_it_is_what_the_reader_of_notebook_03_wrote():
    for case in find("03.1").cases():
        ours, theirs = cell.plain_step(*case), find("03.1").solution(*case)
        assert np.array_equal(ours, theirs)
