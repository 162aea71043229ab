"""The one runner: kinds and seeds trained, files written once, a run taken up where it stopped."""

import json
from dataclasses import dataclass, replace

import pytest
import torch

from lstm_lib.tasks import experiment as module
from lstm_lib.tasks import weather
from lstm_lib.tasks.experiment import Experiment, Kind, read_config
from lstm_lib.tasks.network import Learning, Network


@dataclass(frozen=True, kw_only=True)
class Config(Learning):
    slope: float = 2.0
    way: str = "up"
    seeds: tuple[int, ...] = (0, 1)
    steps: int = 20
    warmup: int = 2
    evaluate_every: int = 10


@dataclass(frozen=True)
class Line:
    config: Config
    x: torch.Tensor


LINE = Network(
    build=lambda line: torch.nn.Linear(1, 1),
    loss=lambda model, line, rows: (
        (model(line.x[rows]) - line.config.slope * line.x[rows]).square().mean()
    ),
    examples=lambda line, seed: len(line.x),
    held_out=lambda line: lambda model: model(line.x).square().mean().item(),
)


def kinds(line):
    steeper = replace(line, config=replace(line.config, slope=3.0))
    return {
        "": Kind(LINE, line, line.config.seeds),
        "three times": Kind(LINE, steeper, (0,)),
    }


@pytest.fixture
def lines(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "RESULTS", tmp_path / "results")
    return Experiment(
        name="lines",
        laptop=Config(),
        full=Config(steps=40),
        prepare=lambda config, device: Line(config, torch.linspace(-1, 1, 128)[:, None]),
        data_sha256=lambda line: "none",
        kinds=kinds,
        weights=lambda models: {f"-{k}": model for k, model in enumerate(models[""])},
        report=lambda run: {"training": run.training},
        picture=lambda result, path: path.write_text("drawn"),
        table=lambda result: f"{len(result['training'])} kinds",
        options={"way": ("up", "down")},
    )


def test_a_run_trains_each_kind_with_its_seeds_and_leaves_its_files(lines, tmp_path):
    result = lines.run(lines.laptop, "laptop", log=lambda line: None)
    folder = tmp_path / "runs/lines"
    assert json.loads((folder / "laptop.json").read_text())["training"] == result["training"]
    assert {kind: len(seeds) for kind, seeds in result["training"].items()} == {
        "": 2,
        "three times": 1,
    }
    assert {path.name for path in folder.iterdir() if path.suffix != ".lock"} == {
        *("laptop.json", "laptop.png", "laptop-0.safetensors", "laptop-1.safetensors"),
        *(f"laptop-{which}{old}.ckpt" for which in ("0", "1", "three-times-0")
          for old in ("", ".previous")),
    }  # fmt: skip
    assert not (tmp_path / "results").exists()


def test_what_was_kept_comes_back_as_it_was_trained(lines):
    """For: weights of another seed or kind; a configuration that is another one when read."""
    config = replace(lines.laptop, slope=1.5)
    lines.run(config, "laptop", log=lambda line: None)
    modules, line = lines.load("laptop", lines.scratch)
    assert line.config == config
    for seed, module_ in enumerate(modules.values()):
        trained, _ = LINE.train(line, seed, None, None)
        assert torch.equal(module_.weight, trained.weight.half().float())
        assert not module_.training


def test_a_run_that_was_cut_off_goes_on_with_more_seeds(lines, monkeypatch):
    """For: a configuration in the checkpoint that another number of seeds makes another one."""
    one, log = replace(lines.laptop, seeds=(0,)), []
    lines.run(one, "laptop", log=lambda line: None)
    lines.run(lines.laptop, "laptop", log=log.append)
    assert [line for line in log if line.startswith("step")], "the second seed is trained"
    again = []
    lines.run(lines.laptop, "laptop", log=again.append)
    assert not [line for line in again if line.startswith("step")], "nothing is left to train"


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        ([], "runs/lines/laptop"),
        (["--full"], "results/lines/full"),
        (["--full", "--way", "up"], "results/lines/full"),
        (["--full", "--way", "down"], "runs/lines/full-down"),
        (["--seeds", "1"], "runs/lines/laptop"),
    ],
)
def test_only_a_full_run_as_it_is_writes_a_committed_result(
    lines, tmp_path, capsys, arguments, file
):
    """For: a trial that overwrites the figures in the README."""
    assert lines.main(arguments) == 0
    assert (tmp_path / f"{file}.json").exists()
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.json")]
    assert [str(path.with_suffix("")) for path in written] == [file]
    assert capsys.readouterr().out.endswith("2 kinds\n")


@pytest.mark.parametrize(
    "wrong, said",
    [
        (["--seeds", "0"], "1 or more; got '0'"),
        (["--seeds", "-1"], "1 or more; got '-1'"),
        (["--seeds", "some"], "1 or more; got 'some'"),
        (["--precision", "float16"], "needs a GPU"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(lines, capsys, wrong, said, tmp_path, monkeypatch):
    """For: all seeds where none were asked for, a list index in a report, a traceback."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    offered = replace(lines, options={**lines.options, "precision": ("float32", "float16")})
    with pytest.raises(SystemExit) as stop:
        offered.main(wrong)
    assert stop.value.code == 2 and said in capsys.readouterr().err.splitlines()[-1]
    assert not list(tmp_path.rglob("*.json"))


def test_a_study_runs_alone(lines, monkeypatch, tmp_path):
    """For: `--study` that trains the full run first."""
    asked = []
    with_study = replace(lines, studies={"why": asked.append})
    assert with_study.main(["--study", "why"]) == 0
    assert asked == [print] and not list(tmp_path.rglob("*.json"))
    with pytest.raises(SystemExit):
        with_study.main(["--study", "horoscope"])
    with pytest.raises(SystemExit):
        lines.main(["--study", "why"])


def test_in_the_other_processes_all_is_trained_and_nothing_written(lines, monkeypatch, tmp_path):
    """For: two processes that write the same result, or compute the same floors."""
    trained = []
    monkeypatch.setattr(module, "first_process", lambda: False)
    monkeypatch.setattr(module, "save_weights", None)
    quiet = replace(LINE, build=lambda line: trained.append(line) or torch.nn.Linear(1, 1))
    others = replace(
        lines,
        kinds=lambda line: {"": Kind(quiet, line, (0, 1, 2))},
        report=None,
    )
    assert others.run(lines.laptop, "full", log=lambda line: None) is None
    assert len(trained) == 3
    assert not [p for p in tmp_path.rglob("*") if p.suffix in (".json", ".png", ".safetensors")]


def test_a_run_without_a_result_is_named(lines):
    with pytest.raises(FileNotFoundError, match=r"full\.json"):
        lines.load()


def test_an_older_file_knows_less_and_a_newer_one_is_refused():
    """For: a field that came later read as missing; a field that is gone, silently dropped."""
    known = {"steps": 7, "leads": [1, 2]}
    read = read_config(weather.FULL, known)
    assert (read.steps, read.leads, read.blend) == (7, (1, 2), weather.FULL.blend)
    with pytest.raises((TypeError, AttributeError), match="colour"):
        read_config(weather.FULL, {"colour": 1})
