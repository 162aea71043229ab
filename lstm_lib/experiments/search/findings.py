"""What the trials say: the best of each variant against V, and which settings mattered.

Greff et al. (2015), section 5: the best tenth of a variant's trials is compared with V's by Welch's
test; here all comparisons of a problem are corrected by Holm's rule.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import optuna
from optuna.importance import FanovaImportanceEvaluator

from lstm_lib.experiments.search.store import DISTRIBUTIONS
from lstm_lib.scratch import VARIANTS
from lstm_lib.tasks.holm import holm

LEAST = 5  # trials that are compared, where a tenth is fewer
NAMES = {
    "log10_rate": "learning rate",
    "log10_hidden": "cells",
    "noise": "input noise",
    "log10_slowness": "momentum",
}


def best_tenth(trials: Sequence[Mapping]) -> list[Mapping]:
    """The tenth of the trials with the lowest validation loss, five at least.

    >>> [t["valid"] for t in best_tenth([{"valid": v} for v in range(60, 0, -1)])]
    [1, 2, 3, 4, 5, 6]
    """
    ranked = sorted(trials, key=lambda one: one["valid"])
    return ranked[: max(LEAST, round(len(trials) / 10))]


def against_v(trials: Sequence[Mapping]) -> dict[str, dict]:
    """Each variant's best trials against those of V, by their test loss; of one problem.

    `ratio`: of the mean losses, less than 1 is better than V; `interval`: of the difference of the
    means over V's mean, plus 1 (Welch 1947, 95 %, not corrected); `p`: of no difference, by Holm's
    rule for the eight.
    """
    from scipy.stats import ttest_ind

    losses = {
        variant: np.array(
            [one["test"] for one in best_tenth([t for t in trials if t["variant"] == variant])]
        )
        for variant in VARIANTS
    }
    v = losses["V"]
    rows = {}
    for variant, own in losses.items():
        if variant == "V":
            continue
        test = ttest_ind(own, v, equal_var=False)
        low, high = 1 + np.array(test.confidence_interval()) / v.mean()
        rows[variant] = {
            "mean": float(own.mean()),
            "ratio": float(own.mean() / v.mean()),
            "interval": [float(low), float(high)],
            "p": float(test.pvalue),
        }
    corrected = holm(np.array([row["p"] for row in rows.values()]))
    for row, p in zip(rows.values(), corrected):
        row["p"] = float(p)
    return {"V": {"mean": float(v.mean()), "trials": len(v)}, **rows}


def importances(trials: Sequence[Mapping], seed: int = 0) -> dict[str, float]:
    """Which share of the validation loss's variance each setting explains by itself, and what is
    left, "together".

    Functional ANOVA over a random forest (Hutter, Hoos & Leyton-Brown 2014) by Optuna, whose usual
    way is to divide these shares by their sum: not here. All variants' trials of one problem in
    one, as in the paper. What a loss has beyond `capped` does not count.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study()
    limit = capped([one["valid"] for one in trials]).max()
    for one in trials:
        study.add_trial(
            optuna.trial.create_trial(
                params={name: one[name] for name in DISTRIBUTIONS},
                distributions=DISTRIBUTIONS,
                value=min(one["valid"], limit),
            )
        )
    raw = FanovaImportanceEvaluator(seed=seed).evaluate(study)
    shares = {NAMES[name]: round(float(raw[name]), 4) for name in NAMES}
    return {**shares, "together": round(1 - sum(shares.values()), 4)}


def capped(losses: Sequence[float]) -> np.ndarray:
    """Losses with those beyond the upper quartile by three times the quartiles' distance cut off:
    how far a network that fails runs away is not what is asked."""
    low, high = np.quantile(losses, [0.25, 0.75])
    return np.minimum(losses, high + 3 * (high - low))


def noise_effect(trials: Sequence[Mapping]) -> float:
    """Spearman's rank correlation of noise and validation loss, over the better half of the
    trials: above 0 noise hurts."""
    from scipy.stats import spearmanr

    better = sorted(trials, key=lambda one: one["valid"])[: len(trials) // 2]
    return float(spearmanr([t["noise"] for t in better], [t["valid"] for t in better]).statistic)
