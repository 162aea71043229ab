"""What each of torchrun's processes does in test_train_processes.py.

    torchrun --standalone --nproc-per-node 2 tests/train/together.py FOLDER NAME

Each process leaves what it saw in FOLDER/NAME.<rank>.json.
"""

import json
import math
import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from small_training import MIXED, Model, build

from lstm_lib.train import Batches, Trainer, default_threads

RANK = int(os.environ.get("RANK", 0))
STEPS = 24
NOTHING = dict(clip_norm=None, schedule=None, average=None, evaluate=None, evaluate_every=None)

# Two processes must give what one gives: small differences of rounding apart.
EXACT = {
    "bare": dict(NOTHING),
    "clipping, schedule, average": {},
    "pieces": dict(accumulate=2),
    "unequal shares": dict(batches=Batches(n=40, batch_size=7, seed=2)),
    "unequal shares in pieces": dict(batches=Batches(n=40, batch_size=7, seed=2), accumulate=3),
    "a share without rows": dict(batches=Batches(n=40, batch_size=1, seed=2)),
    "early stopping": dict(patience=1),
}


def told(history):
    return {**history.to_dict(), "seconds": 0.0}


def numbers(trainer):
    return {n: t.double().flatten().tolist() for n, t in trainer.pause.weights.items()}


def failing(trainer, steps=STEPS):
    """The name and the words of the error that ends the training."""
    try:
        trainer.fit(steps)
    except (Exception, KeyboardInterrupt) as error:
        return [type(error).__name__, str(error), trainer.history.steps]
    return ["", "", trainer.history.steps]


def at_step(trainer, step, action):
    """Call action(value) on the loss of this step."""
    loss = trainer.loss
    trainer.loss = lambda model, rows: (
        action(loss(model, rows)) if trainer.history.steps == step else loss(model, rows)
    )
    return trainer


def exact(folder):
    """Each of EXACT; the first alone evaluates and logs; no group is left."""
    reports = {}
    for name, changes in EXACT.items():
        lines = []
        trainer = build(steps=STEPS, exact=True, log=lines.append, log_every=8, **changes)
        evaluate = trainer.evaluate
        if evaluate is not None and RANK:
            trainer.evaluate = lambda model: 1 / 0
        history = trainer.fit(STEPS)
        drawn = [random.random(), float(np.random.rand()), torch.rand(()).item()]  # noqa: NPY002
        reports[name] = [told(history), numbers(trainer), len(lines), drawn, dist.is_initialized()]
    return reports


def taken_up(folder):
    """A checkpoint of one process, up to the end; only the first can see the file."""
    path = folder / "of-one.safetensors" if RANK == 0 else folder / "nowhere" / "x.safetensors"
    trainer = build(path, STEPS, exact=True)
    return [told(trainer.fit(STEPS)), numbers(trainer)]


def torch_s_own(folder):
    """Three steps by DistributedDataParallel and by the Trainer, in a group that was there."""
    from torch.nn.parallel import DistributedDataParallel

    def fresh():
        torch.manual_seed(3)
        model = Model(dropout=0.0).double()
        return model, torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)

    dist.init_process_group("gloo")
    x = torch.randn(5, 40, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    batches = Batches(n=40, batch_size=8)
    model, optimizer = fresh()
    wrapped = DistributedDataParallel(model)
    for step in range(3):
        rows = batches.indices(step).tensor_split(2)[RANK]
        optimizer.zero_grad()
        (wrapped(x[:, rows]) - 1).square().mean().backward()
        optimizer.step()
    ours, optimizer = fresh()
    Trainer(
        ours,
        lambda model, rows: (model(x[:, rows]) - 1).square().mean(),
        optimizer,
        batches=batches,
        log=None,
    ).fit(3)
    stayed = dist.is_initialized()
    del wrapped  # outliving its group, it hangs
    dist.destroy_process_group()
    pairs = zip(model.parameters(), ours.parameters(), strict=True)
    return [stayed, max((a - b).abs().max().item() for a, b in pairs)]


def drawn(folder):
    """What the loss draws from each generator in each step, in two runs."""
    runs = []
    for _ in range(2):
        trainer, seen = build(steps=6), []
        loss = trainer.loss

        def drawing(model, rows, loss=loss, seen=seen):
            value = loss(model, rows)
            seen.append([random.random(), np.random.rand(), torch.rand(()).item()])  # noqa: NPY002
            return value

        trainer.loss = drawing
        losses = trainer.fit(6).losses
        runs.append([seen, losses])
    return runs


def errors(folder):
    """One process meets a fault: all end with the same error, at the same step."""

    def nan(value):
        calls.append(RANK)
        return value * math.nan if RANK == 1 and len(calls) == 2 else value

    def impossible(model):
        raise ArithmeticError("no such thing")

    calls, path = [], folder / "errors.safetensors"
    spoilt = at_step(build(path, STEPS, accumulate=2), 5, nan)
    never = build(steps=STEPS, evaluate=lambda model: math.nan)
    unheard = build(steps=STEPS, evaluate=impossible)
    other = build(folder / "of-one.safetensors", STEPS, exact=True, accumulate=2)
    pressed = at_step(build(folder / "pressed.safetensors", STEPS), 10, press)
    return {
        "loss": failing(spoilt),
        "evaluation": failing(never),
        "evaluate": failing(unheard),
        "another training": failing(other),
        "Ctrl-C": failing(pressed),
    }


def press(value):
    if RANK == 1:
        signal.raise_signal(signal.SIGINT)
    return value


def long_training(folder, name):
    return build(folder / f"{name}.safetensors", STEPS, **MIXED)


def finished(trainer):
    return [told(trainer.fit(STEPS)), numbers(trainer)]


def killed(folder):
    """The second process dies in step 13; the first outlives torchrun's SIGTERM, to be heard."""
    if RANK == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def die(value):
        if RANK == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return value

    at_step(long_training(folder, "killed"), 13, die).fit(STEPS)


def whole(folder):
    """Undisturbed: what the next two must end with."""
    return finished(build(steps=STEPS, **MIXED))


def resumed(folder):
    return finished(long_training(folder, "killed"))


def interrupted(folder):
    """Ctrl-C where it is pressed: in torchrun, which hands it on to every process and waits."""
    trainer, pressed = long_training(folder, "interrupted"), []
    loss = trainer.loss

    def pressing(model, rows):
        if trainer.history.steps == 7 and RANK == 0 and not pressed:
            os.kill(os.getppid(), signal.SIGINT)
            pressed.append(True)
        time.sleep(0.1 if trainer.history.steps >= 7 else 0)
        return loss(model, rows)

    trainer.loss = pressing
    return [failing(trainer), finished(long_training(folder, "interrupted"))]


def all_at_once(folder):
    """Everything that ends no process: starting one takes longer than all of these. torchrun is
    interrupted in the last."""
    parts = (exact, taken_up, drawn, errors, torch_s_own, whole, resumed, interrupted)
    return {part.__name__: part(folder) for part in parts}


def main(folder, name):
    default_threads()
    report = {"killed": killed, "all_at_once": all_at_once}[name](folder)
    (folder / f"{name}.{RANK}.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
