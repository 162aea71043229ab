"""The store of trials (Optuna's), filled by several processes; an interrupted search goes on."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from functools import cache
from pathlib import Path

import optuna
from optuna.distributions import FloatDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from lstm_lib.experiments.search import trial
from lstm_lib.experiments.search.problems import PROBLEMS, Problem
from lstm_lib.files import write_atomically
from lstm_lib.train import CheckpointError

DISTRIBUTIONS = {name: FloatDistribution(*ends) for name, ends in trial.RANGES.items()}

Wanted = tuple[str, str, int]  # problem, variant, number of the trial


def search(
    path: Path,
    wanted: Iterable[Wanted],
    log: Callable[[str], object] = print,
    processes: int | None = None,
) -> list[dict]:
    """All `wanted` trials: those that the file `path` does not hold are run, and put into it.

    A study of the store is a problem with a variant; a trial's settings hang on its number alone,
    so it does not matter in which order, by how many processes, or after how many interruptions
    the trials are run. Returns them as records, in the order wanted.
    Raises CheckpointError if the file is not such a store.
    """
    wanted = list(wanted)
    studies = open_studies(path, dict.fromkeys(one[:2] for one in wanted))
    done = {
        (*key, one.user_attrs["number"]): record(one)
        for key, study in studies.items()
        for one in study.get_trials(deepcopy=False)
    }
    missing = [one for one in wanted if one not in done]
    log(f"{len(wanted) - len(missing)} trials are in the store, {len(missing)} are to be run")
    outcomes = run_all(missing, processes or os.cpu_count() or 1)
    for count, ((problem, variant, number), score) in enumerate(outcomes, 1):
        added = as_trial(problem, variant, number, score)
        studies[problem, variant].add_trial(added)
        done[problem, variant, number] = record(added)
        log(
            f"{count:5} of {len(missing)}  {problem} {variant} {number}: "
            f"{score.valid:.3f} after {score.epochs} epochs"
        )
    return [done[one] for one in wanted]


def run_all(wanted: list[Wanted], processes: int) -> Iterator[tuple[Wanted, trial.Score]]:
    """Each trial with its score, in the order in which they are done."""
    if processes == 1 or len(wanted) < 2:
        for one in wanted:
            yield one, run_one(*one)
        return
    with ProcessPoolExecutor(processes) as pool:
        running = {pool.submit(run_one, *one): one for one in wanted}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def open_studies(
    path: Path, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], optuna.Study]:
    """The studies of a store, made if it is new. Raises CheckpointError if it is another's."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    path.parent.mkdir(parents=True, exist_ok=True)
    studies = {}
    drop_half_line(path)
    try:
        storage = JournalStorage(JournalFileBackend(str(path)))
        for problem, variant in keys:
            study = optuna.create_study(
                storage=storage, study_name=f"{problem} {variant}", load_if_exists=True
            )
            known, rules = study.user_attrs.get("rules"), rules_of(problem)
            if known is None:
                study.set_user_attr("rules", rules)
            elif known != rules:
                raise CheckpointError(
                    f"{path} holds trials that were run by other rules ({problem}): "
                    "move it away, and the search begins anew"
                )
            studies[problem, variant] = study
    except CheckpointError:
        raise
    except Exception as error:  # whatever Optuna meets in a file that is not its own
        raise CheckpointError(
            f"{path} is not a store of trials, or is damaged ({type(error).__name__}: {error}): "
            "move it away, and the search begins anew"
        ) from error
    return studies


def drop_half_line(path: Path) -> None:
    """Take away what a process that was killed while it wrote has left at the end of a store."""
    content = path.read_bytes() if path.exists() else b""
    if content.startswith(b'{"op_code"') and not content.endswith(b"\n"):
        write_atomically(path, content[: content.rfind(b"\n") + 1])


@cache
def problem_of(name: str) -> Problem:
    """Read once in each process."""
    return PROBLEMS[name]()


def rules_of(name: str) -> str:
    """All that a trial's score depends on beside its settings, as one line."""
    problem = problem_of(name)
    rules = {
        "ranges": trial.RANGES,
        "patience": trial.PATIENCE,
        "better": trial.BETTER,
        "start": trial.START,
        "batch": problem.batch,
        "epochs": problem.epochs,
        "sequences": len(problem.sequences),
        "steps": sum(map(len, problem.sequences)),
    }
    return json.dumps(rules, sort_keys=True)


def run_one(problem: str, variant: str, number: int) -> trial.Score:
    """One trial, in a process of its own."""
    settings = trial.draw(problem, variant, number)
    return trial.run(problem_of(problem), variant, settings, number)


def as_trial(
    problem: str, variant: str, number: int, score: trial.Score
) -> optuna.trial.FrozenTrial:
    """As Optuna keeps it: the settings, the validation loss, and all else beside it."""
    return optuna.trial.create_trial(
        params=asdict(trial.draw(problem, variant, number)),
        distributions=DISTRIBUTIONS,
        value=score.valid,
        user_attrs={"problem": problem, "variant": variant, "number": number, **asdict(score)},
    )


def record(one: optuna.trial.FrozenTrial) -> dict:
    """A trial as the result file has it."""
    return {**one.user_attrs, **one.params}
