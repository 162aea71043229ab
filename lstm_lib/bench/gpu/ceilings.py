"""What this GPU can do at most, measured: bandwidth, matrix products, launches, barriers."""

import time
from collections.abc import Callable

import torch

Timer = Callable[[Callable[[], object], list[torch.Tensor]], float]
BARRIERS, PROGRAMS = 1000, 32  # 32 programs share a batch tile at H = 512
LAUNCHES = 1000


def on_the_gpu(run: Callable[[], object], reset: list[torch.Tensor]) -> float:
    """Milliseconds: the median of many runs, each with a cold L2 cache (`triton.testing`)."""
    from triton.testing import do_bench

    return do_bench(run, grad_to_none=reset, return_mode="median")


def host_time(run: Callable[[], object], reset: list[torch.Tensor], device: str) -> float:
    """Milliseconds until Python has launched it all, without waiting for the device: a median.

    Where this is nearly the whole time, the device waits for Python.
    """
    seconds = []
    for _ in range(5):
        for tensor in reset:
            tensor.grad = None
        wait(device)
        begun = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begun)
    wait(device)
    return sorted(seconds)[2] * 1e3


def ceilings(device: str, timer: Timer, size: int = 8192) -> dict[str, float | None]:
    """All ceilings, by name; None for what only a GPU has.

    copy: TB/s, bytes read plus bytes written; bf16, TF32, fp32: TFLOP/s of a product of two
    matrices (size, size); launch, triton_launch, graph_node, barrier: microseconds each.
    """
    measured: dict[str, float | None] = {"copy": _bandwidth(device, timer, size)}
    for name, dtype, tf32 in (
        ("bf16", torch.bfloat16, False),
        ("TF32", torch.float32, True),
        ("fp32", torch.float32, False),
    ):
        measured[name] = _product_rate(device, timer, size, dtype, tf32)
    measured["launch"] = _launches(device, _add_one(device))
    gpu = device == "cuda"
    measured["triton_launch"] = _launches(device, _nothing()) if gpu else None
    measured["graph_node"] = _graph_node(timer, device) if gpu else None
    measured["barrier"] = _barrier(timer, device) if gpu else None
    return {
        name: value if value is None else float(f"{value:.4g}") for name, value in measured.items()
    }


def _bandwidth(device: str, timer: Timer, size: int) -> float:
    big = torch.randn(size * size * 8, device=device)
    copy = torch.empty_like(big)
    return 2 * big.nbytes / timer(lambda: copy.copy_(big), []) / 1e9


def _product_rate(device: str, timer: Timer, size: int, dtype: torch.dtype, tf32: bool) -> float:
    a, b = (torch.randn(size, size, device=device).to(dtype) for _ in "ab")
    out = torch.empty_like(a)
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = tf32
    try:
        seconds = timer(lambda: torch.mm(a, b, out=out), []) / 1e3
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before
    return 2 * size**3 / seconds / 1e12


def _add_one(device: str) -> Callable[[], object]:
    """The smallest kernel that torch launches."""
    one = torch.zeros(1, device=device)
    return lambda: one.add_(1)


def _nothing() -> Callable[[], object]:
    from lstm_lib.bench.gpu.kernels import nothing_kernel

    return lambda: nothing_kernel[(1,)]()


def _launches(device: str, run: Callable[[], object]) -> float:
    """Microseconds a launch, many in a row from Python: what a loop over small kernels pays."""
    run()
    wait(device)
    begun = time.perf_counter()
    for _ in range(LAUNCHES):
        run()
    wait(device)
    return (time.perf_counter() - begun) / LAUNCHES * 1e6


def _graph_node(timer: Timer, device: str) -> float:
    """Microseconds a kernel when the same launches are recorded once and replayed as one."""
    run = _add_one(device)
    run()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(LAUNCHES):
            run()
    return timer(graph.replay, []) / LAUNCHES * 1e3


def _barrier(timer: Timer, device: str) -> float:
    """Microseconds until every program knows that all have arrived."""
    from lstm_lib.bench.gpu.kernels import barrier_kernel

    counter = torch.zeros(1, dtype=torch.int32, device=device)
    missed = torch.zeros_like(counter)

    def run():
        counter.zero_()
        barrier_kernel[(PROGRAMS,)](
            counter, missed, PROGRAMS, BARRIERS, num_warps=4, launch_cooperative_grid=True
        )

    milliseconds = timer(run, [])
    if int(missed):
        raise RuntimeError(f"{int(missed)} programs of the barrier ran out of patience")
    return milliseconds / BARRIERS * 1e3


def wait(device: str) -> None:
    """Until the device has done all."""
    if device == "cuda":
        torch.cuda.synchronize()
