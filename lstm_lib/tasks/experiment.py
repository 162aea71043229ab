"""From a configuration to a result file: the one runner of all tasks, resumable."""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import torch

from lstm_lib.places import RESULTS, ROOT
from lstm_lib.train import default_threads, first_process, load_weights, save_weights, write_result
from lstm_lib.train.precision import Precision


class Trainable(Protocol):
    """What an experiment asks of its networks (`Network`, and those of old papers)."""

    def run(
        self, problem: Any, seed: int, checkpoint: Path, log: Callable[[str], object]
    ) -> tuple[Any, dict]:
        """A trained model, and what the result file says of its training; resumable."""


class Kind(NamedTuple):
    """Networks of one kind: how they are trained, on what, and with which seeds."""

    network: Trainable
    problem: Any
    seeds: tuple[int, ...]


class Run(NamedTuple):
    """What a report is made of: by kind, the trained models and how their training went."""

    data: Any
    models: dict[str, list]
    training: dict[str, list[dict]]
    stem: Path  # of the result's files, without a suffix
    scratch: Path  # a folder for what takes long and may be kept
    log: Callable[[str], object]


@dataclass(frozen=True)
class Experiment:
    """One application or one paper: `python course.py train NAME [--full]`.

    laptop, full   two values of one configuration, a dataclass with `seeds`
    prepare        (config, device) -> data
    data_sha256    data -> what the result file says of them
    kinds          data -> the networks to be trained, by name; "" for the only one
    weights        models by kind -> the modules that are kept, by the end of their files' names
    report         Run -> the rest of the result file; run in one process, all kinds trained
    picture, table (result, path) -> None; result -> the text that the command prints
    options        fields of the configuration that the command may set, and their values
    studies        questions beside the score, by name: log -> anything
    """

    name: str
    laptop: Any
    full: Any
    prepare: Callable[[Any, str], Any]
    data_sha256: Callable[[Any], str]
    kinds: Callable[[Any], Mapping[str, Kind]]
    weights: Callable[[Mapping[str, list]], Mapping[str, torch.nn.Module]]
    report: Callable[[Run], dict]
    picture: Callable[[Mapping, Path], None]
    table: Callable[[Mapping], str]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    studies: Mapping[str, Callable[[Callable], object]] = field(default_factory=dict)

    @property
    def scratch(self) -> Path:
        """Where checkpoints lie, and all that is not committed."""
        return ROOT / "runs" / self.name

    @property
    def device(self) -> str:
        """A GPU where there is one."""
        return "cuda" if torch.cuda.is_available() else "cpu"

    @property
    def results(self) -> Path:
        """Where the committed results lie."""
        return RESULTS / self.name

    def run(self, config: Any, name: str, log: Callable[[str], object] = print) -> dict | None:
        """Train every kind and seed of `config`, make the report, write the result, return it.

        "full" goes to results/, any other name to runs/, with the weights and a picture.
        Checkpoints lie in runs/: an interrupted run goes on where it stopped. Under torchrun all
        processes train, the first does the rest; the others return None.
        """
        folder = self.results if name == "full" else self.scratch
        for place in (folder, self.scratch):
            place.mkdir(parents=True, exist_ok=True)
        device = self.device
        data = self.prepare(config, device)
        run = Run(data, {}, {}, folder / name, self.scratch, log)
        for kind, (network, problem, seeds) in self.kinds(data).items():
            stem = "-".join([name, *kind.split()])
            run.models[kind], run.training[kind] = [], []
            for seed in seeds:
                log(f"{kind}, seed {seed}" if kind else f"seed {seed}")
                checkpoint = self.scratch / f"{stem}-{seed}.ckpt"
                model, record = network.run(problem, seed, checkpoint, log)
                run.models[kind].append(model)
                run.training[kind].append({"seed": seed, **record})
        if not first_process():
            return None
        for end, module in self.weights(run.models).items():
            save_weights(folder / f"{name}{end}.safetensors", module, half=True)
        result = {
            "task": self.name,
            "config": asdict(config),
            "data_sha256": self.data_sha256(data),
            **self.report(run),
        }
        write_result(folder / f"{name}.json", result, device)
        self.picture(result, folder / f"{name}.png")
        return result

    def config_of(self, name: str = "full", folder: Path | None = None) -> Any:
        """The configuration of a run. Raises FileNotFoundError if it has left no result."""
        path = (folder or self.results) / f"{name}.json"
        return read_config(self.full, json.loads(path.read_text(encoding="utf-8"))["config"])

    def load(
        self, name: str = "full", folder: Path | None = None
    ) -> tuple[dict[str, torch.nn.Module], Any]:
        """The modules that a run left behind, by the end of their files' names, and its data.

        Raises FileNotFoundError if there are none.
        """
        folder = folder or self.results
        data = self.prepare(self.config_of(name, folder), "cpu")
        blank = {
            kind: [network.build(problem) for _ in seeds]
            for kind, (network, problem, seeds) in self.kinds(data).items()
        }
        return {
            end: load_weights(folder / f"{name}{end}.safetensors", module).eval()
            for end, module in self.weights(blank).items()
        }, data

    def main(self, arguments: list[str]) -> int:
        """`train NAME [--full]`: run it and print the table."""
        parser = argparse.ArgumentParser(prog=f"python course.py train {self.name}")
        parser.add_argument("--full", action="store_true", help="every seed; resumable")
        parser.add_argument(
            "--seeds", type=at_least_one, help="how many seeds (default: the configuration's)"
        )
        for option, values in self.options.items():
            parser.add_argument(f"--{option}", choices=values)
        if self.studies:
            parser.add_argument("--study", choices=self.studies, help="a question beside the score")
        given = parser.parse_args(arguments)
        default_threads()
        if self.studies and given.study:
            self.studies[given.study](print)
            return 0
        config, name = (self.full, "full") if given.full else (self.laptop, "laptop")
        if given.seeds:
            config = replace(config, seeds=tuple(range(given.seeds)))
        for option in self.options:
            value = getattr(given, option)
            if value is not None and value != getattr(config, option):
                config, name = replace(config, **{option: value}), f"{name}-{value}"
        try:
            Precision(getattr(config, "precision", "float32"), torch.device(self.device))
        except ValueError as error:
            parser.error(str(error))
        result = self.run(config, name)
        if result is not None:
            print(self.table(result))
        return 0


def at_least_one(written: str) -> int:
    """How many, as the command line says it. Raises what argparse tells in a line.

    >>> at_least_one("3")
    3
    >>> at_least_one("0")
    Traceback (most recent call last):
    argparse.ArgumentTypeError: must be a whole number, 1 or more; got '0'
    """
    if not written.isdecimal() or int(written) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number, 1 or more; got {written!r}")
    return int(written)


def read_config(like: Any, known: Mapping) -> Any:
    """A configuration out of a result file; what the file does not say yet is as in `like`."""

    def value_of(name: str, value: Any) -> Any:
        if is_dataclass(getattr(like, name)):
            return read_config(getattr(like, name), value)
        return tuple(value) if isinstance(value, list) else value

    return replace(like, **{name: value_of(name, value) for name, value in known.items()})
