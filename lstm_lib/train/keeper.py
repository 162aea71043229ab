"""Saving a training to its checkpoint and taking it up again, if it is the same training."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lstm_lib.files import remove_drafts
from lstm_lib.lock import system_lock
from lstm_lib.train import checkpoint as files
from lstm_lib.train.checkpoint import CheckpointError
from lstm_lib.train.fingerprint import differences
from lstm_lib.train.processes import Processes
from lstm_lib.train.schedule import Schedule
from lstm_lib.train.state import TrainingState


def lock_name(path: str | Path) -> Path:
    """The file beside a checkpoint that is there while a training uses it.

    >>> lock_name("runs/weather.safetensors").name
    '.weather.safetensors.lock'
    """
    path = Path(path)
    return path.with_name(f".{path.name}.lock")


class Keeper:
    """The checkpoint at `path` of the training that `fingerprint` describes.

    A schedule is a function, of which two cannot be compared: the file holds the factor of the last
    step, and a schedule that would have given another one is refused.
    """

    def __init__(
        self,
        path: str | Path,
        fingerprint: dict[str, object],
        schedule: Schedule | None,
        log: Callable[[str], object],
    ):
        self.path, self.fingerprint = Path(path), fingerprint
        self.schedule, self.log = schedule, log
        self._newest_is_whole = True

    def save(self, state: TrainingState) -> None:
        """Write the state; the checkpoint before becomes the previous generation."""
        tensors, document = state.pack()
        document["fingerprint"] = self.fingerprint
        document["factor"] = self._last_factor(state.history.steps)
        files.write(self.path, tensors, document, rotate=self._newest_is_whole)
        self._newest_is_whole = True

    def load(self, state: TrainingState, processes: Processes) -> bool:
        """Put the newest whole generation into `state`; False if there is no file.

        The first process reads it for all: theirs may be another machine's disk.

        Raises CheckpointError if none of the files is whole, or if it is of another training.
        """
        checkpoint = processes.from_first(lambda: files.read(self.path))
        if checkpoint is None:
            return False
        tensors, document, remarks = checkpoint
        with self._foreign_contents_named():
            faults = self._faults(document)
        if faults:
            if len(faults) > 4:
                faults[3:] = [f"and {len(faults) - 3} more differences"]
            raise CheckpointError(
                f"{self.path} is the checkpoint of another training: {'; '.join(faults)}. "
                "Delete it, choose another file, or call fit(…, resume=False)."
            )
        for remark in remarks if processes.rank == 0 else ():
            self.log(f"{remark}; going on from the one before it")
        self._newest_is_whole = not remarks
        with self._foreign_contents_named():
            state.unpack(tensors, document)
        state.history.resumed_at.append(state.history.steps)
        return True

    def delete(self) -> None:
        """Forget the training: both generations."""
        files.delete(self.path)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Inside, this training alone has the file. Raises CheckpointError if another has it.

        The operating system lets go of a lock when its process ends, however it ends. Where there
        are no locks (some network drives), there are none.
        """
        name = lock_name(self.path)
        name.parent.mkdir(parents=True, exist_ok=True)
        lock = system_lock(name)
        try:
            lock.acquire(timeout=0)
        except TimeoutError:
            raise CheckpointError(
                f"{self.path} is being written by another training that is still running: wait for "
                "its end, stop it, or choose another file"
            ) from None
        except OSError:  # a file system without locks
            pass
        try:
            if lock.is_locked:
                remove_drafts(self.path)
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows removes an open file only at its release
                name.unlink()
            lock.release()

    def _faults(self, document: dict) -> list[str]:
        """How the training in the file differs from this one."""
        faults = differences(document["fingerprint"], self.fingerprint)
        steps = document["history"]["steps"]
        if not faults and (factor := self._last_factor(steps)) != document["factor"]:
            faults = [
                f"schedule: at step {steps - 1} the checkpoint has the factor "
                f"{document['factor']}, this training {factor}"
            ]
        return faults

    @contextmanager
    def _foreign_contents_named(self) -> Iterator[None]:
        """A file that is whole, and yet not of the form that `save` gives it."""
        try:
            yield
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise CheckpointError(
                f"{self.path} is whole, but holds something else than this library writes "
                f"({type(error).__name__}: {error}): was it written by another version? Delete it, "
                "choose another file, or call fit(…, resume=False)."
            ) from None

    def _last_factor(self, steps: int) -> float | None:
        return None if self.schedule is None or steps == 0 else float(self.schedule(steps - 1))
