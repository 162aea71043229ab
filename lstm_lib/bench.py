"""How fast is the course's LSTM? `python course.py bench`, the table and the picture of it.

What makes a ratio believable here: one process and one thread; the same weights, input and upstream
gradient for all; outputs and *all* gradients agree before anything is timed; the contestants run in
a new random order each round, and a ratio is taken within a round; the CPU's clock, which does not
run while another process has the core; the median and the quartiles over the rounds. Training is
zeroing, forward and backward with the gradients of all weights and of the input.

A new contestant is one more function in `CONTESTANTS`.
"""

import argparse
import json
import math
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
# As `course.py` sets them for all it starts: freed memory is kept for the next array.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 31)}
SHAPES = [
    (32, 32, 64, 128),
    (28, 128, 28, 128),
    (100, 64, 128, 256),
    (100, 64, 256, 512),
    (50, 128, 128, 1024),
]  # (T, B, I, H)
SINGLE = (200, 1, 32, 64)
STEPS = [(1, 1, 32, 64), (1, 1, 64, 128), (1, 1, 128, 256)]
AGREE = 2e-4  # relative, float32
BASE = "nn.LSTM"


@dataclass
class Contestant:
    """Actions to time, by name ("training", "forward", "step"), and what they compute.

    `result()` gives outputs and gradients by name, which must agree with the base's; None if there
    is nothing to compare (bare matrix products). A time is multiplied by `scale`.
    """

    actions: dict[str, Callable[[], Any]]
    result: Callable[[], dict] | None = None
    scale: float = 1


class Case:
    """One shape: the weights, the input x and the upstream gradient dh_seq that all share."""

    def __init__(self, shape: tuple[int, int, int, int]):
        import numpy as np

        from lstm_lib.scratch import LSTM

        self.shape = T, B, I, H = shape
        rng = np.random.default_rng(0)
        self.lstm = LSTM(I, H)
        self.x = rng.standard_normal((T, B, I)).astype(np.float32)
        self.dh_seq = rng.standard_normal((T, B, H)).astype(np.float32)


def torch_lstm(case: Case) -> Contestant:
    """`torch.nn.LSTM` on the CPU (oneDNN on, as by default)."""
    import torch

    module, dh_seq = case.lstm.to_torch(), torch.tensor(case.dh_seq)
    x, constant = torch.tensor(case.x, requires_grad=True), torch.tensor(case.x)

    def training():
        module.zero_grad()
        x.grad = None
        h_seq, _ = module(x)
        h_seq.backward(dh_seq)
        return h_seq

    def forward():
        with torch.no_grad():
            return module(constant)

    def result():
        h_seq = training().detach().numpy()
        names = {"W0": "weight_ih_l0", "R0": "weight_hh_l0", "b0": "bias_ih_l0"}
        grads = {name: getattr(module, theirs).grad.numpy() for name, theirs in names.items()}
        return {"h_seq": h_seq, "dx": x.grad.numpy()} | grads

    return Contestant({"training": training, "forward": forward, "step": forward}, result)


def scratch_lstm(case: Case) -> Contestant:
    """`lstm_lib.scratch.LSTM`."""
    lstm, x, dh_seq = case.lstm, case.x, case.dh_seq

    def training():
        h_seq, _, tape = lstm.forward(x)
        return h_seq, *lstm.backward(dh_seq, tape)

    def result():
        h_seq, grads, dx, _ = training()
        return {"h_seq": h_seq, "dx": dx} | grads

    return Contestant(
        {
            "training": training,
            "forward": lambda: lstm.forward(x),
            "step": lambda: lstm.step(x[0]),
        },
        result,
    )


def bare_products(case: Case) -> Contestant:
    """The matrix products of a training step alone: what no NumPy LSTM can be faster than."""
    import numpy as np

    T, B, I, H = case.shape
    W, R = case.lstm.params["W0"], case.lstm.params["R0"]
    x, h_seq = case.x.reshape(T * B, I), case.dh_seq.reshape(T * B, H)
    rng = np.random.default_rng(1)
    dz, h = (rng.standard_normal((n, B)).astype(np.float32) for n in (4 * H, H))
    dZ, R_transposed = np.tile(dz, T), np.ascontiguousarray(R.T)
    inputs, z, dh = np.empty_like(dZ), np.empty_like(dz), np.empty_like(h)
    dW, dR, dx = np.empty_like(W), np.empty_like(R), np.empty_like(x)

    def training():
        np.dot(W, x.T, out=inputs)
        for _ in range(T):
            np.dot(R, h, out=z)
        for _ in range(T):
            np.dot(R_transposed, dz, out=dh)
        np.dot(dZ, x, out=dW)
        np.dot(dZ, h_seq, out=dR)
        np.dot(dZ.T, W, out=dx)

    return Contestant({"training": training})


def textbook(case: Case) -> Contestant:
    """The code that most people write first, in float64: one sample and one step at a time.

    It models what tutorials print: a matrix for each gate over the concatenation [h, x], a line of
    the textbook for each derivative, and gradients that every step adds to as outer products. It
    is right (a test compares its gradients with ours) and nothing in it is slow on purpose; nor is
    anything arranged for speed. Its time grows in proportion to the number of samples: one is run,
    and counted B times.
    """
    import numpy as np

    T, B, I, H = case.shape
    x, dh_seq = case.x[:, 0].astype(float), case.dh_seq[:, 0].astype(float)
    W, R, b = (case.lstm.params[name].astype(float) for name in ("W0", "R0", "b0"))
    Wi, Wf, Wg, Wo = np.split(np.hstack([R, W]), 4)
    bi, bf, bg, bo = np.split(b, 4)

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def step(x, h_prev, c_prev):
        v = np.concatenate([h_prev, x])
        i = sigmoid(np.dot(Wi, v) + bi)
        f = sigmoid(np.dot(Wf, v) + bf)
        g = np.tanh(np.dot(Wg, v) + bg)
        o = sigmoid(np.dot(Wo, v) + bo)
        c = f * c_prev + i * g
        h = o * np.tanh(c)
        return h, c, (v, i, f, g, o, c_prev, c)

    def step_backward(dh, dc_next, values, grads):
        v, i, f, g, o, c_prev, c = values
        do = dh * np.tanh(c) * o * (1 - o)
        dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)
        di = dc * g * i * (1 - i)
        df = dc * c_prev * f * (1 - f)
        dg = dc * i * (1 - g**2)
        grads["Wi"] += np.outer(di, v)
        grads["Wf"] += np.outer(df, v)
        grads["Wg"] += np.outer(dg, v)
        grads["Wo"] += np.outer(do, v)
        grads["bi"] += di
        grads["bf"] += df
        grads["bg"] += dg
        grads["bo"] += do
        dv = np.dot(Wi.T, di) + np.dot(Wf.T, df) + np.dot(Wg.T, dg) + np.dot(Wo.T, do)
        return dv[:H], dv[H:], f * dc

    def training():
        h, c, values, hs = np.zeros(H), np.zeros(H), [], []
        for t in range(T):
            h, c, kept = step(x[t], h, c)
            values.append(kept)
            hs.append(h)
        grads = {"W" + gate: np.zeros((H, H + I)) for gate in "ifgo"}
        grads |= {"b" + gate: np.zeros(H) for gate in "ifgo"}
        dx, dh, dc = np.zeros((T, I)), np.zeros(H), np.zeros(H)
        for t in reversed(range(T)):
            dh, dx[t], dc = step_backward(dh + dh_seq[t], dc, values[t], grads)
        return np.array(hs), dx, grads

    return Contestant({"training": training}, scale=B)


CONTESTANTS: dict[str, Callable[[Case], Contestant]] = {
    BASE: torch_lstm,
    "scratch": scratch_lstm,
    "products": bare_products,
    "textbook": textbook,
}


def check_agreement(case: Case, contestants: dict[str, Contestant]) -> dict[str, float]:
    """The worst relative error of each contestant's outputs and gradients against the base's."""
    from lstm_lib.scratch import relative_error

    want, worst = contestants[BASE].result(), {}
    for name, contestant in contestants.items():
        if name == BASE or contestant.result is None:
            continue
        got = contestant.result()
        errors = {key: relative_error(got[key], want[key]) for key in want}
        worst[name] = max(errors.values())
        if worst[name] > AGREE:
            raise AssertionError(f"{name} disagrees with {BASE} at {case.shape}: {errors}")
    return worst


def measure(
    contestants: dict[str, Contestant], action: str, rounds: int, least: float = 0.01
) -> dict[str, list[float]]:
    """Seconds of CPU time of each contestant that has this action, round by round."""
    racing = {n: c.actions[action] for n, c in contestants.items() if action in c.actions}
    repeats = {}
    for name, run in racing.items():
        run()  # warm up
        start = time.process_time()
        run()
        repeats[name] = max(1, math.ceil(least / max(time.process_time() - start, 1e-6)))
    seconds: dict[str, list[float]] = {name: [] for name in racing}
    order = random.Random(0)
    for _ in range(rounds):
        for name in order.sample(list(racing), len(racing)):
            run, n = racing[name], repeats[name]
            start = time.process_time()
            for _ in range(n):
                run()
            seconds[name].append((time.process_time() - start) / n * contestants[name].scale)
    return seconds


def ratio(above: list[float], below: list[float]) -> list[float]:
    """Quartiles (25 %, median, 75 %) of the ratios within the rounds."""
    import numpy as np

    within = np.divide(above, below)
    return [round(float(q), 4) for q in np.percentile(within, [25, 50, 75])]


def run(shapes: list, single: tuple, steps: list, rounds: int) -> dict:
    """All measurements, as they are written to the JSON file."""
    rows = []
    for shape, actions in [
        *((s, ("training", "forward")) for s in [*shapes, single]),
        *((s, ("step",)) for s in steps),
    ]:
        case = Case(shape)
        contestants = {name: make(case) for name, make in CONTESTANTS.items()}
        error = check_agreement(case, contestants)
        for action in actions:
            seconds = measure(contestants, action, rounds)
            medians = {n: sorted(s)[len(s) // 2] for n, s in seconds.items()}
            row = {
                "shape": shape,
                "action": action,
                "milliseconds": {n: round(s * 1e3, 5) for n, s in medians.items()},
                "ratio": {f"{n}/{BASE}": ratio(s, seconds[BASE]) for n, s in seconds.items()},
                "error": {n: float(f"{e:.1e}") for n, e in error.items()},
            }
            for name in ("products", "textbook"):
                if name in seconds:
                    pair = [seconds["scratch"], seconds[name]]
                    pair = pair if name == "products" else pair[::-1]
                    top, bottom = ("scratch", name) if name == "products" else (name, "scratch")
                    row["ratio"][f"{top}/{bottom}"] = ratio(*pair)
            rows.append(row)
            print(line(row), flush=True)
    return {"machine": machine(), "rounds": rounds, "rows": rows, "goals": goals(rows)}


def line(row: dict) -> str:
    """One row of the table."""
    ratios = "  ".join(
        f"{name} {q[1]:.2f} ({q[0]:.2f}–{q[2]:.2f})"
        for name, q in row["ratio"].items()
        if name != f"{BASE}/{BASE}"
    )
    base = row["milliseconds"][BASE]
    return f"{row['shape']!s:22} {row['action']:9} {BASE} {base:9.3f} ms   {ratios}"


def goals(rows: list[dict]) -> list[dict]:
    """The goals of the course's CPU speed, and whether these rows meet them."""

    def of(action: str, name: str, keep: Callable[[tuple], bool]) -> list[float]:
        return [
            r["ratio"][name][1]
            for r in rows
            if r["action"] == action and name in r["ratio"] and keep(tuple(r["shape"]))
        ]

    def geomean(values: list[float]) -> float:
        return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan

    batch, alone = (lambda s: s[1] > 1), (lambda s: s[1] == 1)
    training = of("training", f"scratch/{BASE}", batch)
    table = [
        ("1", "training ÷ nn.LSTM, geometric mean", geomean(training), "≤", 1.0),
        ("1", "training ÷ nn.LSTM, worst", max(training), "≤", 1.2),
        ("1", "training ÷ nn.LSTM, B=1", max(of("training", f"scratch/{BASE}", alone)), "≤", 1.6),
        (
            "2",
            "forward ÷ nn.LSTM, geometric mean",
            geomean(of("forward", f"scratch/{BASE}", batch)),
            "≤",
            1.2,
        ),
    ]
    for what, limit, keep in (
        ("H ≥ 256", 1.35, lambda s: s[3] >= 256 and s[1] > 1),
        ("H = 128", 1.6, lambda s: s[3] == 128 and s[1] > 1),
    ):
        values = of("training", "scratch/products", keep)
        if values:
            what = f"training ÷ its matrix products, worst, {what}"
            table.append(("3", what, max(values), "≤", limit))
    book = min(of("training", "textbook/scratch", batch))
    table.append(("4", "textbook ÷ training, least", book, "≥", 25))
    step = max(of("step", f"scratch/{BASE}", alone))
    table.append(("5", "one generated step ÷ nn.LSTM, worst", step, "≤", 0.15))
    return [
        {
            "number": number,
            "what": what,
            "measured": round(value, 3),
            "goal": f"{sign} {limit}",
            "met": bool(value <= limit if sign == "≤" else value >= limit),
        }
        for number, what, value, sign, limit in table
    ]


def machine() -> dict:
    """What was measured on: processor, threads, versions; no names and no paths."""
    import numpy as np
    import torch

    model = platform.machine()
    if Path("/proc/cpuinfo").exists():
        found = [s for s in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in s]
        model = found[0].partition(":")[2].strip() if found else model
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "simd": np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", []),
        "system": platform.system(),
        "threads": torch.get_num_threads(),
        "memory": {name: os.environ.get(name, "default") for name in KEEP_MEMORY},
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
    }


def draw(report: dict, path: Path) -> None:
    """The picture of the table: ratios to nn.LSTM, with quartiles, and 1 as a grey line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.5), layout="constrained")
    axes = figure.subplots()
    rows = [row for row in report["rows"] if row["action"] != "step"]
    shapes = list(dict.fromkeys(tuple(row["shape"]) for row in rows))
    bars = {
        ("training", f"products/{BASE}"): ("#bbbbbb", "bare matrix products of training"),
        ("training", f"scratch/{BASE}"): ("#0072b2", "NumPy, training"),
        ("forward", f"scratch/{BASE}"): ("#e69f00", "NumPy, forward"),
    }
    for k, ((action, name), (colour, label)) in enumerate(bars.items()):
        quartiles = [row["ratio"][name] for row in rows if row["action"] == action]
        middle = [q[1] for q in quartiles]
        spread = [[q[1] - q[0] for q in quartiles], [q[2] - q[1] for q in quartiles]]
        where = [n + (k - 1) * 0.27 for n in range(len(shapes))]
        axes.bar(where, middle, 0.25, yerr=spread, color=colour, label=label, capsize=2)
    axes.axhline(1, color="grey", linewidth=1)
    axes.set_xticks(range(len(shapes)), [",".join(map(str, s)) for s in shapes], fontsize=8)
    axes.set(xlabel="T, B, I, H", ylabel="CPU time ÷ torch.nn.LSTM")
    axes.legend(fontsize=8)
    text = "Bars of CPU time relative to torch.nn.LSTM, by shape, for NumPy's LSTM."
    figure.savefig(path, dpi=120, metadata={"Description": text, "Software": None})


def main(argv: list[str]) -> int:
    """`bench [--quick] [--out FOLDER]`: measure, print, and write bench.json and bench.png."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small shapes, 3 rounds, no files")
    parser.add_argument("--rounds", type=int, default=None, help="rounds (9; 3 with --quick)")
    parser.add_argument("--out", type=Path, default=None, help="folder (results/bench)")
    options = parser.parse_args(argv)
    settings = ONE_THREAD | KEEP_MEMORY
    if any(os.environ.get(name) != value for name, value in settings.items()):
        # These are read when a program starts or first imports NumPy: start anew.
        command = [sys.executable, "-m", "lstm_lib.bench", *argv]
        return subprocess.run(command, env=os.environ | settings).returncode

    import torch

    torch.set_num_threads(1)
    rounds = options.rounds or (3 if options.quick else 9)
    shapes, steps = (SHAPES[:2], STEPS[:1]) if options.quick else (SHAPES, STEPS)
    report = run(shapes, SINGLE, steps, rounds)
    print()
    for goal in report["goals"]:
        verdict = "met" if goal["met"] else "missed"
        print(
            f"{goal['number']}  {goal['what']:52} {goal['measured']:7.2f}  {goal['goal']:>7}"
            f"  {verdict}"
        )
    print("\n" + ", ".join(f"{name} {value}" for name, value in report["machine"].items()))
    if not options.quick or options.out:
        folder = options.out or Path(__file__).parents[1] / "results" / "bench"
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report, indent=1, ensure_ascii=False)
        (folder / "bench.json").write_text(text + "\n", encoding="utf-8")
        draw(report, folder / "bench.png")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
