"""The search space odyssey in small: nine variants, random settings, three kinds of data.

Greff, Srivastava, Koutník, Steunebrink & Schmidhuber (2015). There 5,400 networks on TIMIT,
IAM-OnDB and JSB chorales; here as many as `Config` says on three free cousins of these, in NumPy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lstm_lib.data import chorales, pendigits, vowels
from lstm_lib.experiments.search import store
from lstm_lib.experiments.search.conclusions import judged
from lstm_lib.experiments.search.findings import against_v, importances, noise_effect
from lstm_lib.experiments.search.floors import floors
from lstm_lib.experiments.search.pictures import forest
from lstm_lib.experiments.search.problems import PROBLEMS
from lstm_lib.scratch import VARIANTS
from lstm_lib.tasks.experiment import Experiment, Run

FIELDS = (
    *("valid", "test", "valid_error", "test_error", "epochs", "best_epoch", "diverged"),
    *("log10_rate", "log10_hidden", "log10_slowness", "noise"),
)


@dataclass(frozen=True, kw_only=True)
class Config:
    """`seeds`: the numbers of the trials of each variant on each problem."""

    seeds: tuple[int, ...] = (0, 1)
    problems: tuple[str, ...] = ("speech",)


def report(run: Run) -> dict:
    """Every trial, and what they say."""
    config = run.data
    wanted = [
        (problem, variant, number)
        for number in config.seeds
        for problem in config.problems
        for variant in VARIANTS
    ]
    records = store.search(run.scratch / "trials.log", wanted, run.log)
    result: dict = {"trials": {}, "findings": {}}
    for problem in config.problems:
        own = [one for one in records if one["problem"] == problem]
        result["trials"][problem] = {
            variant: {
                field: [rounded(one[field]) for one in own if one["variant"] == variant]
                for field in FIELDS
            }
            for variant in VARIANTS
        }
        best = min(own, key=lambda one: one["valid"])
        result["findings"][problem] = {
            "unit": store.problem_of(problem).unit,
            "floors": floors(store.problem_of(problem)),
            "best": {**best, "chosen from": len(own)},
            "against_v": against_v(own),
            "importances": importances(own),
            "noise": round(noise_effect(own), 4),
        }
    if set(config.problems) == set(PROBLEMS):
        result["conclusions"] = judged(result["findings"])
    return result


def rounded(value: float | None) -> float | None:
    """As the result file has it: five digits."""
    return value if value is None or isinstance(value, bool | int) else float(f"{value:.5g}")


def picture(result: Mapping, path: Path) -> None:
    """The best tenth of each variant against V's."""
    forest(result["findings"], save=path)


def table(result: Mapping) -> str:
    """Best scores beside their floors, variants against V, importances, the conclusions."""
    rows = []
    for problem, one in result["findings"].items():
        best = one["best"]
        error = best["test_error"]
        floors = ", ".join(f"{name} {row['test']:.3g}" for name, row in one["floors"].items())
        rows += [
            f"{problem}: {best['test']:.3f} {one['unit']}"
            + (f", {error:.1%} wrong" if error is not None else "")
            + f" ({best['variant']}, best of {best['chosen from']} on validation)",
            f"  floors: {floors}",
            "  mean of the best over V's: "
            + ", ".join(
                f"{name} {row['ratio']:.3f}{'*' if row['p'] < 0.05 else ''}"
                for name, row in one["against_v"].items()
                if name != "V"
            ),
            "  explains: "
            + ", ".join(f"{name} {share:.0%}" for name, share in one["importances"].items()),
        ]
    rows += [f"{answer:12} {says}" for says, answer in result.get("conclusions", {}).items()]
    return "\n".join(rows)


def trials_of(result: Mapping) -> dict[str, list[dict]]:
    """A result file's trials, by problem, one dictionary each."""
    return {
        problem: [
            {"variant": variant, **dict(zip(columns, values))}
            for variant, columns in by_variant.items()
            for values in zip(*columns.values())
        ]
        for problem, by_variant in result["trials"].items()
    }


EXPERIMENT = Experiment(
    name="odyssey",
    laptop=Config(),
    full=Config(seeds=tuple(range(40)), problems=tuple(PROBLEMS)),
    prepare=lambda config, device: config,
    data_sha256=lambda config: ", ".join(
        recipe.extract_sha256 for recipe in (chorales.RECIPE, pendigits.RECIPE, vowels.RECIPE)
    ),
    kinds=lambda config: {},
    weights=lambda models: {},
    report=report,
    picture=picture,
    table=table,
)
