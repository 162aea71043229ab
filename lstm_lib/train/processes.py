"""The processes that torchrun started: one training in all, each with a share of every batch.

Gradients are added up by one all-reduce a step, after the backward pass. DistributedDataParallel
gives the same numbers (a test compares) and overlaps the two, which at the size of this course's
models gains nothing; it asks for more than it gives: that the loss goes through `model(...)` alone,
exactly once; a choice between an error and a warning on stderr where a parameter may be unused; a
made-up row for a process whose share is empty; and its hooks outlive the group.
"""

import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch.distributed.rendezvous import rendezvous

Value = TypeVar("Value")

# How long one process waits for another that is alive but silent (rank 0 evaluates meanwhile).
TIMEOUT = timedelta(minutes=10)
_GROUPS = itertools.count()


class ProcessLostError(RuntimeError):
    """Another process of the group ended or fell silent."""


class FirstProcessError(RuntimeError):
    """The first process failed at what it does for all; it raises the error itself."""


def process_count() -> int:
    """How many processes torchrun started in all; 1 without torchrun.

    >>> process_count()
    1
    """
    torchrun = {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"} <= os.environ.keys()
    return int(os.environ["WORLD_SIZE"]) if torchrun else 1


def first_process() -> bool:
    """True in the process that prints and writes: torchrun's rank 0, or the only one.

    >>> first_process()
    True
    """
    return process_count() == 1 or os.environ["RANK"] == "0"


def own_gpu() -> None:
    """Let "cuda" mean a GPU of this process's own; nothing to do for one process, or on a CPU.

    To be called before a model is built. Raises ValueError if there are fewer GPUs than processes.
    """
    if process_count() == 1 or not torch.cuda.is_available():
        return
    here, there_are = int(os.environ["LOCAL_WORLD_SIZE"]), torch.cuda.device_count()
    if here > there_are:
        raise ValueError(
            f"torchrun started {here} processes on a machine with {there_are} GPUs, and each needs "
            f"its own: --nproc-per-node {there_are}"
        )
    torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))


@dataclass(frozen=True)
class Processes:
    """Process number `rank` of `count`; alone (the default), every method is the identity."""

    rank: int = 0
    count: int = 1

    def gather(self, values: list[float]) -> list[list[float]]:
        """Every process's values, as many in each, in the order of ranks.

        >>> Processes().gather([1.0, 2.0])
        [[1.0, 2.0]]
        """
        if self.count == 1:
            return [values]
        table = torch.zeros(self.count, len(values), dtype=torch.float64)
        table[self.rank] = torch.tensor(values, dtype=torch.float64)
        with _loss_of_a_process_named():
            dist.all_reduce(table)
        return table.tolist()

    def any(self, flag: bool) -> bool:
        """True in all if it is true in one; nobody goes on before all have asked."""
        return any(value for (value,) in self.gather([float(flag)]))

    def from_first(self, produce: Callable[[], Value]) -> Value:
        """What `produce` returns in the first process; the others do not call it.

        Its exception is raised there, and FirstProcessError in the others.

        >>> Processes().from_first(lambda: 3)
        3
        """
        if self.count == 1:
            return produce()
        outcome, failure = [None, None], None
        if self.rank == 0:
            try:
                outcome = [produce(), None]
            except Exception as error:
                outcome, failure = [None, f"{type(error).__name__}: {error}"], error
        with _loss_of_a_process_named():
            dist.broadcast_object_list(outcome, src=0, device=torch.device("cpu"))
        if failure is not None:
            raise failure
        if outcome[1] is not None:
            raise FirstProcessError(f"the first process stopped with {outcome[1]}")
        return outcome[0]

    @torch.no_grad()
    def like_first(self, tensors: Iterable[torch.Tensor]) -> None:
        """Overwrite the tensors with those of the first process."""
        if self.count == 1:
            return
        with _loss_of_a_process_named():
            for tensor in tensors:
                theirs = tensor.detach().clone(memory_format=torch.contiguous_format)
                dist.broadcast(theirs, src=0)
                tensor.copy_(theirs)

    @torch.no_grad()
    def sum_gradients(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Add up each parameter's gradient over all processes; one that none has stays None."""
        if self.count == 1:
            return
        parameters = list(parameters)
        table = self.gather([float(p.grad is not None) for p in parameters])
        having = [p for p, flags in zip(parameters, zip(*table, strict=True)) if any(flags)]
        for p in having:
            p.grad = torch.zeros_like(p) if p.grad is None else p.grad
        for dtype in sorted({p.grad.dtype for p in having}, key=str):
            grads = [p.grad for p in having if p.grad.dtype == dtype]
            flat = torch.cat([grad.reshape(-1) for grad in grads])
            with _loss_of_a_process_named():
                dist.all_reduce(flat)
            for grad, total in zip(grads, flat.split([grad.numel() for grad in grads])):
                grad.copy_(total.view_as(grad))


@contextmanager
def joined(device: torch.device) -> Iterator[Processes]:
    """The group of torchrun's processes, left at the end; this process alone without torchrun.

    gloo between CPUs, nccl between GPUs. A group that was there already is used, and stays.
    """
    if process_count() == 1:
        yield Processes()
        return
    # Each init_process_group puts one more "[rank0]: " before the lines of a traceback.
    ours, hook = not dist.is_initialized(), sys.excepthook
    if ours:
        with _loss_of_a_process_named():
            _begin_group(device)
    try:
        yield Processes(dist.get_rank(), dist.get_world_size())
    finally:
        if ours:
            dist.destroy_process_group()
            sys.excepthook = hook


def _begin_group(device: torch.device) -> None:
    """Each group meets under a name of its own: else it reads where the one before could be met."""
    store, rank, count = next(rendezvous("env://", timeout=TIMEOUT))
    store = dist.PrefixStore(f"training {next(_GROUPS)}", store)
    # What steers the training are a few numbers on the CPU, also beside GPUs.
    backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
    dist.init_process_group(backend, timeout=TIMEOUT, store=store, rank=rank, world_size=count)


@contextmanager
def _loss_of_a_process_named() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        minutes = TIMEOUT.total_seconds() / 60
        silent = "timed out" in str(error).lower()
        what = f"did not answer within {minutes:g} minutes" if silent else "ended"
        raise ProcessLostError(
            f"another process of this training {what}, so this one ends too. Where there is a "
            "checkpoint it is whole, and the same command goes on from it."
        ) from None
