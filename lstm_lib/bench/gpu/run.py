"""The bench on a GPU, from the ceilings to the table of goals."""

import math
import platform
import time
from dataclasses import asdict, replace
from pathlib import Path

import torch

from lstm_lib.bench.cost import Shape
from lstm_lib.bench.gpu.ahead import compile_all
from lstm_lib.bench.gpu.ceilings import Timer, ceilings, host_time, on_the_gpu
from lstm_lib.bench.gpu.entry import CUDNN, PRECISIONS, Entry, error, numerics, runner, truth
from lstm_lib.bench.gpu.floor import floor
from lstm_lib.bench.gpu.goals import OURS, gpu_goals
from lstm_lib.bench.gpu.picture import draw
from lstm_lib.bench.report import print_goals, write
from lstm_lib.scratch.variants import VARIANTS

SMALL: Shape = (17, 20, 24, 48)
MIDDLE: Shape = (100, 64, 512, 512)
SHAPES: list[Shape] = [
    MIDDLE,
    (100, 128, 1024, 1024),
    (100, 256, 512, 512),  # cuDNN's persistent path ends at B = 128
    (200, 16, 256, 256),
    (1024, 16, 768, 768),
]
TIMED = ("bf16", "TF32", "fp16")


def to_check() -> list[Entry]:
    """Correctness alone: every variant in strict float32, one in every precision."""
    small = [Entry(SMALL, "fp32", variant, OURS) for variant in VARIANTS]
    small += [Entry(SMALL, precision, "V", OURS) for precision in TIMED]
    return [*small, Entry(MIDDLE, "fp32", "V", OURS)]


def to_time(shapes: list[Shape] = SHAPES) -> list[Entry]:
    """cuDNN first at each shape, since the others are divided by it; the dearest last."""
    entries = []
    for shape in shapes:
        entries += [Entry(shape, p, "NP", CUDNN) for p in TIMED]
        entries += [Entry(shape, p, v, OURS) for v in ("V", "NP") for p in TIMED]
    others = ("NIAF", "NOAF", "CIFG", "NIG", "NFG", "NOG", "FGR")
    entries += [Entry(MIDDLE, "bf16", variant, OURS) for variant in others]
    return [*entries, *(Entry(MIDDLE, "bf16", "V", slow) for slow in ("fused", "loop"))]


def bench(folder: Path, seconds: float, quick: bool = False) -> int:
    """All of it on the GPU: rows as they come, cuda.json after each, cuda.png at the end."""
    if not torch.cuda.is_available():
        print("There is no GPU that torch can use here; `bench` alone measures the CPU.")
        return 1
    shapes = [MIDDLE] if quick else SHAPES
    checks = to_check()[:1] if quick else to_check()
    timed = [e for e in to_time(shapes) if not quick or e.precision == "bf16"]
    report = run("cuda", on_the_gpu, checks, timed, seconds, folder / "cuda.json")
    print_goals(report["goals"])
    draw(report, folder / "cuda.png")
    return 0


def run(
    device: str,
    timer: Timer,
    checks: list[Entry],
    timed: list[Entry],
    seconds: float,
    path: Path,
    size: int = 8192,
) -> dict:
    """Everything, on any device with any clock; the file is written after every row.

    What cannot begin before `seconds` have passed is left out and listed; an entry that fails or
    disagrees with float64 has a row that says so and no time.
    """
    begun = time.monotonic()
    report: dict = {"machine": machine(device), "ceilings": {}, "rows": [], "left_out": []}
    entries = [*checks, *timed]
    kernels = [e for e in dict.fromkeys(entries) if e.backend == OURS]
    ready, failed = compile_all(kernels, device, seconds / 2)
    report["compiling"] = {"seconds": round(time.monotonic() - begun, 1), "entries": len(ready)}
    say(f"compiled {len(ready)} of {len(kernels)} in {report['compiling']['seconds']} s")
    report["ceilings"] = ceilings(device, timer, size)
    say(", ".join(f"{name} {value}" for name, value in report["ceilings"].items()))
    truths: dict = {}
    for entry in sorted(entries, key=lambda e: e in kernels and e not in ready):
        if time.monotonic() - begun > seconds:
            report["left_out"].append(str(entry))
            continue
        try:
            if entry in failed:
                raise RuntimeError(failed[entry])
            added = rows(entry, device, timer, entry in timed, truths, report)
        except Exception as problem:  # one kernel that fails costs one row
            text = f"{type(problem).__name__}: {problem}"[:500]
            added = [asdict(entry) | {"action": "none", "failed": text}]
        report["rows"] += added
        for row in added:
            say(line(entry, row))
        report["goals"] = gpu_goals(report["rows"])
        write(report, path)
    report["seconds"] = round(time.monotonic() - begun, 1)
    say(f"{report['seconds']} s in all; left out: {', '.join(report['left_out']) or 'nothing'}")
    write(report, path)
    return report


def rows(
    entry: Entry, device: str, timer: Timer, timed: bool, truths: dict, report: dict
) -> list[dict]:
    """The entry's error against float64, and if that is small enough and `timed`, its times."""
    key = (entry.shape, entry.variant)
    if key not in truths:
        truths[key] = truth(*key, device)
    with numerics(entry.precision, device):
        made = runner(entry, device)
        worst, where = error(made.computed(), truths[key])
        head = asdict(entry) | {"error": float(f"{worst:.1e}")}
        if entry.backend != CUDNN and worst > allowed(entry, device, worst, truths[key]):
            raise AssertionError(f"disagrees with float64 by {worst:.1e} in {where}")
        if not timed:
            return [head | {"action": "check", "worst": where}]
        timed_rows = []
        for action, act in made.actions.items():
            milliseconds = timer(act, made.reset)
            host = {"host_ms": float(f"{host_time(act, made.reset, device):.4g}")}
            times = derived(entry, action, milliseconds, report)
            timed_rows.append(head | {"action": action} | times | host)
    return timed_rows


def allowed(entry: Entry, device: str, worst: float, exact: dict) -> float:
    """The largest error with which the entry is still timed.

    The precision's limit; or twice the error of the definition, the loop, in the same precision:
    without a forget gate, say, a cell adds up the roundings of all steps, whoever computes it.
    """
    limit = PRECISIONS[entry.precision].limit
    if not limit < worst < math.inf:
        return limit
    definition = runner(replace(entry, backend="loop"), device).computed()
    return max(limit, 2 * error(definition, exact)[0])


def derived(entry: Entry, action: str, milliseconds: float, report: dict) -> dict:
    """What follows from a time: a step's, the floor and its share, the ratios to cuDNN."""
    least = floor(
        entry.shape,
        entry.precision,
        VARIANTS[entry.variant],
        action == "training",
        report["ceilings"],
    )
    theirs = {
        row["precision"]: row["ms"]
        for row in report["rows"]
        if (row["backend"], row["action"]) == (CUDNN, action) and tuple(row["shape"]) == entry.shape
    }
    best = min(theirs.values(), default=None)
    same = theirs.get(entry.precision)
    return {
        "ms": float(f"{milliseconds:.4g}"),
        "us_step": float(f"{milliseconds * 1e3 / entry.shape[0]:.4g}"),
        "floor_ms": float(f"{least:.4g}"),
        "share": round(least / milliseconds, 3),
        "same": same and round(milliseconds / same, 3),
        "best": best and round(milliseconds / best, 3),
    }


def line(entry: Entry, row: dict) -> str:
    """One row of the table."""
    if "failed" in row:
        return f"{entry}  FAILED {row['failed']}"
    if "ms" not in row:
        return f"{entry} agrees: {row['error']:.1e} at worst, in {row['worst']}"
    ratios = "".join(
        f"  {row[name]:6.2f} × {text}"
        for name, text in (("same", "cuDNN"), ("best", "its best"))
        if row[name] and entry.backend != CUDNN
    )
    return (
        f"{entry} {row['action']:8} {row['ms']:8.3f} ms {row['us_step']:8.2f} µs a step "
        f"floor {100 * row['share']:3.0f} %  launched in {row['host_ms']:7.3f} ms  "
        f"error {row['error']:.0e}{ratios}"
    )


def machine(device: str) -> dict:
    """What was measured on: the GPU and the versions; no names and no paths."""
    facts = {"python": platform.python_version(), "torch": torch.__version__}
    if device == "cuda":
        import triton

        about = torch.cuda.get_device_properties(0)
        facts |= {
            "gpu": about.name,
            "multiprocessors": about.multi_processor_count,
            "gigabytes": math.floor(about.total_memory / 2**30),
            "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version(),
            "triton": triton.__version__,
        }
    return facts


def say(text: str) -> None:
    print(text, flush=True)
