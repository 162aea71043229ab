"""The pictures of the search: three data sets, all trials, what mattered, variants against V."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lstm_lib import plots
from lstm_lib.experiments.search.problems import Problem

RATES = ("1e-5", "1e-4", "1e-3", "1e-2")
SIZES = ("20 to 43 cells", "43 to 93", "93 to 200")


def examples(problems: Mapping[str, Problem]) -> None:
    """One sequence of each: keys over time, a pen's way, coefficients over frames."""
    fig, axes = plots.figure(height=2.6, columns=3)
    keys = problems["music"].sequences[0].T
    axes[0].imshow(keys[20:64], origin="lower", aspect="auto", cmap="Greys")
    axes[0].set(xlabel="quarter note", ylabel="key", yticks=[])
    x, y = problems["handwriting"].sequences[0].T
    axes[1].plot(x, y, marker="o", color=plots.COLOURS[1])
    axes[1].set(xlabel="x", ylabel="y")
    axes[2].plot(problems["speech"].sequences[0], color=plots.COLOURS[0], alpha=0.7)
    axes[2].set(xlabel="frame", ylabel="12 coefficients")
    for axis, name in zip(axes, ("music", "handwriting", "speech")):
        axis.set_title(name, loc="left")
    plots.show(
        fig,
        "Three examples: a chorale as keys over time, a digit as eight points of a pen's way, an "
        "utterance as twelve curves over its frames.",
    )


def losses_by_rate(trials: Mapping[str, Sequence[Mapping]]) -> None:
    """Every trial's validation loss against its learning rate, by problem."""
    fig, axes = plots.figure(height=3.0, columns=len(trials))
    for axis, (name, own) in zip(axes, trials.items()):
        rate, loss = [10 ** one["log10_rate"] for one in own], [one["valid"] for one in own]
        axis.scatter(rate, loss, s=8, alpha=0.6, color=plots.COLOURS[0], linewidths=0)
        axis.set(xscale="log", yscale="log", xlabel="learning rate")
        axis.set_title(name, loc="left")
    axes[0].set_ylabel("validation loss")
    plots.show(
        fig,
        "Validation loss of all trials against the learning rate, for music, handwriting and "
        "speech: high at small rates, low at larger ones, and in music high again for many.",
    )


def shares(findings: Mapping[str, Mapping]) -> None:
    """How many per cent of the variance each setting explains by itself."""
    importances = {name: told["importances"] for name, told in findings.items()}
    settings = list(next(iter(importances.values())))
    plots.heat_map(
        np.array([[100 * own[name] for name in settings] for own in importances.values()]),
        rows=list(importances),
        columns=settings,
        xlabel="explained by itself, and only together",
        label="per cent",
        form=".0f",
        limits=(0, 100),
        alt="Share of the variance that each setting explains by itself: the learning rate nine "
        "tenths in handwriting and speech, less than half in music, where as much again is "
        "explained by settings only together.",
    )


def mean_losses(trials: Sequence[Mapping], losses: np.ndarray) -> np.ndarray:
    """Means of `losses` (one a trial) for three ranges of sizes and four of rates, (3, 4)."""
    rate = np.digitize([one["log10_rate"] for one in trials], [-4, -3, -2])
    size = np.digitize([one["log10_hidden"] for one in trials], np.log10([43, 93]))
    return np.array(
        [[losses[(rate == r) & (size == s)].mean() for r in range(4)] for s in range(3)]
    )


def forest(findings: Mapping[str, Mapping], save: Path | None = None) -> None:
    """Each variant's test loss over V's, means of the best trials, with intervals; by problem."""
    plots.interval_panels(
        {
            problem: {
                name: (row["ratio"], *row["interval"])
                for name, row in one["against_v"].items()
                if name != "V"
            }
            for problem, one in findings.items()
        },
        xlabel="test loss ÷ that of V (logarithmic)",
        reference=1.0,
        alt="Test loss of the best trials of each LSTM variant, over that of the vanilla LSTM, "
        "with 95 % intervals, on music, handwriting and speech.",
        save=save,
    )
