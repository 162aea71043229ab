"""Which backend runs, what it says of itself, half precision, numba, threads."""

import dataclasses
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from nn_cases import (
    dtype_of,
    error,
    every_backend,
    every_variant,
    fast_backend,
    gradients,
    make,
    only_if_it_can,
    random_input,
    state_for,
    tolerance,
)

from lstm_lib.nn import LSTM, backends
from lstm_lib.nn.backends import products
from lstm_lib.nn.backends.function import Plan, recurrent_gradient
from lstm_lib.scratch.variants import VARIANTS


def case(variant="NP", device="cpu", dtype=torch.float32):
    return backends.Case(VARIANTS[variant], device, dtype, 8)


@every_variant
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_auto_takes_the_first_that_can_and_has_been_proven(variant, dtype, monkeypatch):
    """For: a kernel that has never run on a GPU chosen for one; the slow definition chosen."""
    chosen = backends.choose("auto", case(variant, dtype=dtype)).name
    wide = dtype != torch.bfloat16
    assert chosen == ("torch" if variant == "NP" else "compiled" if wide else "fused")
    reason = "never seen a GPU"
    taken = dataclasses.replace(backends.BACKENDS[chosen], passed_over=lambda case: reason)
    monkeypatch.setitem(backends.BACKENDS, chosen, taken)
    assert backends.choose("auto", case(variant, dtype=dtype)).name != chosen
    assert backends.choose(chosen, case(variant, dtype=dtype)) is taken
    assert f"not {chosen}: {reason}" in backends.explain("auto", case(variant, dtype=dtype))


@pytest.mark.parametrize("variant", ["NP", "V", "FGR"])
def test_explain_names_every_backend_once(variant):
    """The one that runs first, and a reason for each of the others."""
    for name in ("auto", "loop", "fused"):
        lines = LSTM(3, 4, variant=variant, backend=name).explain().splitlines()
        running = lines[0].split()[0]
        assert lines[1].startswith(f"  {running}: ")
        others = [line.split()[1].rstrip(":") for line in lines[2:]]
        assert sorted([running, *others]) == sorted(backends.BACKENDS)
        assert all(line.split(":", 1)[1].strip() for line in lines[2:])
    text = LSTM(3, 4, variant=variant, backend="loop").explain()
    assert "not fused: faster, but not asked for" in text


def test_explain_speaks_of_compiling_and_of_what_cannot_be_done():
    text = LSTM(3, 4, variant="V").explain()
    assert "first call" in text and "seconds" in text and "torch.func: loop" in text
    assert "not torch: torch has no LSTM with peepholes" in text


def test_compiled_says_why_not():
    with pytest.raises(ValueError, match="'compiled' cannot run variant V: it computes in float32"):
        LSTM(3, 4, variant="V", backend="compiled", dtype=torch.bfloat16)
    with pytest.raises(ValueError, match="runs on the CPU; the weights are on meta"):
        LSTM(3, 4, variant="V", backend="compiled", device="meta")
    module = LSTM(3, 4, variant="V", backend="compiled")
    with (
        torch.autocast("cpu", dtype=torch.bfloat16),
        pytest.raises(ValueError, match="not in bfloat16"),
    ):
        module(torch.zeros(5, 2, 3))


@every_backend
@every_variant
def test_autocast(variant, backend):
    """y in autocast's dtype, c in the weights', gradients too, all within 2e-2 of float32's.

    For: a cell state in half precision, float32 weights that get bfloat16 gradients, a backward
    pass under autocast that casts once more, a state that cannot be handed over.
    """
    only_if_it_can(backend, variant, torch.bfloat16)
    how = dict(dtype=torch.float32, sizes=(8, 24), scale=1.0)
    module = make(variant, 2, backend=backend, **how)
    x, hx = random_input(4, 5, 8, dtype=torch.float32), state_for(module, 5)
    inputs = [x, *hx, *module.parameters()]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y, state = module(x, hx)
        got = [y, *state, *gradients([y, *state], inputs)]
        outside = gradients(module(x, hx)[0:1], inputs)
        first, middle = module(x[:2], hx)
        halves = torch.cat([first, module(x[2:], middle)[0]])
    assert y.dtype == torch.bfloat16 and state[1].dtype == torch.float32
    module.backend = "loop"
    y, state = module(x, hx)
    want = [y, *state, *gradients([y, *state], inputs)]
    errors = [error(a, b) for a, b in zip(got, want, strict=True)]
    assert max(errors) < tolerance(backend, torch.bfloat16), errors
    assert error(halves, got[0]) < 1e-2
    for tensor, grad, more in zip(inputs, got[1 + len(state) :], outside, strict=True):
        assert grad.dtype == more.dtype == tensor.dtype


def test_autocast_leaves_double_alone():
    module, x = make("V", backend="fused"), random_input(5, 3, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y, _ = module(x)
    assert torch.equal(y, module(x)[0])


def child(code):
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True
    )
    assert process.returncode == 0 and not process.stderr, process.stderr
    return process.stdout.split()


def test_numba_is_imported_when_it_is_used():
    """Not by the package, not by a case that another backend runs."""
    code = """if True:
        import sys, torch
        from lstm_lib.nn import LSTM
        x = torch.zeros(5, 2, 3)
        LSTM(3, 4)(x); LSTM(3, 4, variant="V", backend="fused")(x)
        print("numba" in sys.modules)
        LSTM(3, 4, variant="V")
        print("numba" in sys.modules)
    """
    assert child(code) == ["False", "True"]


def test_without_numba_the_next_backend_runs():
    code = """if True:
        import sys
        sys.modules["numba"] = None
        from lstm_lib.nn import LSTM
        print(LSTM(3, 4, variant="V").explain())
    """
    words = " ".join(child(code))
    assert words.startswith("fused runs V") and "not compiled: numba cannot be imported" in words


def test_without_a_place_for_the_cache_it_compiles_each_time():
    """For: a library in a folder that its reader may not write to, in a home likewise."""
    code = """if True:
        import torch
        from numba.core.caching import CacheImpl
        CacheImpl._locator_classes = []
        from lstm_lib.nn import LSTM
        from lstm_lib.nn.backends import kernels
        y, _ = LSTM(3, 4, backend="compiled")(torch.zeros(1, 2, 3))
        print(kernels.product.stats.cache_path, y.isfinite().all().item())
    """
    assert child(code) == ["None", "True"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_squashing(dtype):
    """Everywhere right to some units in the last place of the number itself, and at ±∞ and NaN."""
    from lstm_lib.nn.backends import kernels

    exact = True if dtype == np.float64 else None
    x = np.concatenate([np.linspace(-80, 80, 4001), 10.0 ** np.linspace(-20, 1, 501)]).astype(dtype)
    wide = x.astype(np.longdouble)
    bound = 1e-15 if exact else 3e-7
    for function, want in (
        (kernels.tanh, np.tanh(wide)),
        (kernels.sigmoid, 1 / (1 + np.exp(-wide))),
    ):
        got = np.array([function(one, exact) for one in x])
        assert np.max(np.abs(got - want) / np.maximum(np.abs(want), 1e-38)) < bound
        ends = [function(dtype(one), exact) for one in (-np.inf, -1e4, 1e4, np.inf, np.nan)]
        low = -1 if function is kernels.tanh else 0
        assert ends[:4] == [low, low, 1, 1] and np.isnan(ends[4])


def test_a_product_row_by_row():
    """For: the last rows, which no group of four covers."""
    from lstm_lib.nn.backends import kernels

    rng = np.random.default_rng(0)
    for rows in range(1, 10):
        left, matrix, out = rng.normal(size=rows), rng.normal(size=(rows, 5)), np.full(5, np.nan)
        kernels.product(left, matrix, out)
        assert np.allclose(out, left @ matrix, rtol=1e-14)


def test_products_are_products(monkeypatch):
    """By oneDNN and by MKL; from a transposed weight, an expanded input, without bias."""
    torch.manual_seed(0)
    x, W, b = torch.randn(40, 30), torch.randn(20, 30), torch.randn(20)
    for least in (1, products.ONEDNN_FROM):
        monkeypatch.setattr(products, "ONEDNN_FROM", least)
        for bias in (None, b):
            want = x.double() @ W.t().double() + (0 if bias is None else b.double())
            assert error(products.linear(x, W, bias), want) < 1e-6
            assert error(products.linear(x, W.t().contiguous().t(), bias), want) < 1e-6
        flat = x[:1].expand(40, 30)
        assert error(products.linear(flat, W), flat.double() @ W.t().double()) < 1e-6
    assert products.by_onednn(1 << 20, W.double()) is False
    for width in (products.NARROW, products.NARROW + 1):
        dz, y = torch.randn(9, 20), torch.randn(9, width)
        assert error(products.weight_gradient(dz, y), dz.double().t() @ y.double()) < 1e-6


@pytest.mark.parametrize("sizes", [[3, 3, 3], [4, 2, 2, 1], [1], [2, 2, 1]])
@pytest.mark.parametrize("reverse", [False, True])
def test_the_step_before(sizes, reverse):
    """dR against a sum over rows that looks up each row's predecessor."""
    plan = Plan(VARIANTS["V"], sizes, reverse)
    torch.manual_seed(0)
    dz, h, h0 = torch.randn(plan.rows, 6), torch.randn(plan.rows, 5), torch.randn(sizes[0], 5)
    want = torch.zeros(6, 5)
    for t, size in enumerate(sizes):
        for b in range(size):
            at = t + 1 if reverse else t - 1
            there = 0 <= at < len(sizes) and b < sizes[at]
            before = h[sum(sizes[:at]) + b] if there else h0[b]
            want += torch.outer(dz[sum(sizes[:t]) + b], before)
    assert error(recurrent_gradient(plan, dz, h, h0), want) < 1e-6


@fast_backend
def test_threads_do_not_meet(backend):
    """Four threads, each its own network, at once: as one after the other."""
    modules = [make("V", 2, seed=k, backend=backend) for k in range(4)]
    xs = [random_input(30, 5, 3, seed=k) for k in range(4)]

    def run(k, into):
        y, _ = modules[k](xs[k])
        into[k] = [y.detach(), *gradients([y], list(modules[k].parameters()))]

    want, got = {}, {}
    for k in range(4):
        run(k, want)
    threads = [threading.Thread(target=run, args=(k, got)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in range(4):
        assert all(torch.equal(a, b) for a, b in zip(got[k], want[k], strict=True))


@every_backend
def test_a_backend_that_is_asked_for_by_name_runs(backend, monkeypatch):
    """For: a name that is checked and then forgotten."""
    dtype, ran = dtype_of(backend), []
    plain = backends.BACKENDS[backend]
    spy = dataclasses.replace(plain, run=lambda call: (ran.append(backend), plain.run(call))[1])
    monkeypatch.setitem(backends.BACKENDS, backend, spy)
    LSTM(3, 4, backend=backend, dtype=dtype)(random_input(5, 2, 3, dtype=dtype))
    assert ran == [backend]
