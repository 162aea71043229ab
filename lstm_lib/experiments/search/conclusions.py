"""The paper's conclusions, and by which rule our trials agree with them.

Greff et al. (2015), section 6. A rule answers "agree", "disagree" or "cannot tell"; it may say
"disagree" only where the opposite was seen, not where nothing was.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

LEVEL = 0.05  # of a p-value by Holm's rule
MARGIN = 0.05  # of V's loss: a variant that loses less than that is called harmless
AGREE, DISAGREE, CANNOT_TELL = "agree", "disagree", "cannot tell"

Findings = Mapping[str, Mapping]  # by problem: "against_v", "importances", "noise"


class Conclusion(NamedTuple):
    """What the paper says, and the rule: findings -> one of the three answers."""

    says: str
    judge: Callable[[Findings], str]


def worse(row: Mapping) -> bool:
    """Significantly worse than V."""
    return row["p"] < LEVEL and row["ratio"] > 1


def better(row: Mapping) -> bool:
    """Significantly better than V."""
    return row["p"] < LEVEL and row["ratio"] < 1


def harmless(row: Mapping) -> bool:
    """The whole interval lies below V's loss and a margin."""
    return row["interval"][1] < 1 + MARGIN


def hurts(variants: tuple[str, ...], problems: tuple[str, ...]) -> Callable[[Findings], str]:
    """Each of the variants is worse on each of the problems."""

    def judge(findings: Findings) -> str:
        rows = [findings[problem]["against_v"][v] for problem in problems for v in variants]
        if all(map(worse, rows)):
            return AGREE
        return DISAGREE if any(harmless(row) or better(row) for row in rows) else CANNOT_TELL

    return judge


def does_not_hurt(
    variants: tuple[str, ...], problems: tuple[str, ...]
) -> Callable[[Findings], str]:
    """Each of the variants is harmless on each of the problems."""

    def judge(findings: Findings) -> str:
        rows = [findings[problem]["against_v"][v] for problem in problems for v in variants]
        if any(map(worse, rows)):
            return DISAGREE
        return AGREE if all(map(harmless, rows)) else CANNOT_TELL

    return judge


def nothing_beats_v(findings: Findings) -> str:
    """No variant is better than V on any problem; agreement if each could have been seen to be."""
    rows = [
        row for one in findings.values() for name, row in one["against_v"].items() if name != "V"
    ]
    if any(map(better, rows)):
        return DISAGREE
    return AGREE if all(row["interval"][0] > 1 - MARGIN for row in rows) else CANNOT_TELL


def rate_matters_most(findings: Findings) -> str:
    """The learning rate explains more than half everywhere; the opposite: another one more."""
    every = [one["importances"] for one in findings.values()]
    if any(max(shares, key=shares.get) not in ("learning rate", "together") for shares in every):
        return DISAGREE
    return AGREE if min(shares["learning rate"] for shares in every) > 0.5 else CANNOT_TELL


def momentum_hardly_matters(findings: Findings) -> str:
    """Momentum explains less than a twentieth everywhere."""
    shares = [one["importances"]["momentum"] for one in findings.values()]
    return AGREE if max(shares) < 0.05 else DISAGREE


def noise_usually_hurts(findings: Findings) -> str:
    """Rank correlation of noise and loss above 0.1 on most problems, below -0.1 on none."""
    effects = [one["noise"] for one in findings.values()]
    if sum(effect > 0.1 for effect in effects) * 2 > len(effects) and min(effects) > -0.1:
        return AGREE
    return DISAGREE if sum(effect < -0.1 for effect in effects) * 2 > len(effects) else CANNOT_TELL


ALL = ("music", "handwriting", "speech")
CONCLUSIONS = (
    Conclusion("no variant is significantly better than V", nothing_beats_v),
    Conclusion("without a forget gate (NFG) it is worse", hurts(("NFG",), ALL)),
    Conclusion("without the output's tanh (NOAF) it is worse", hurts(("NOAF",), ALL)),
    Conclusion("coupled gates (CIFG) do no harm", does_not_hurt(("CIFG",), ALL)),
    Conclusion("leaving out peepholes (NP) does no harm", does_not_hurt(("NP",), ALL)),
    Conclusion(
        "NIG, NOG, NIAF hurt in speech and handwriting, not in music",
        lambda findings: both(
            hurts(("NIG", "NOG", "NIAF"), ("speech", "handwriting"))(findings),
            does_not_hurt(("NIG", "NOG", "NIAF"), ("music",))(findings),
        ),
    ),
    Conclusion("the learning rate matters most", rate_matters_most),
    Conclusion("momentum hardly matters", momentum_hardly_matters),
    Conclusion("noise at the input usually hurts", noise_usually_hurts),
)


def both(first: str, second: str) -> str:
    """Agreement needs both; one that disagrees is enough to disagree.

    >>> both(AGREE, CANNOT_TELL), both(DISAGREE, AGREE)
    ('cannot tell', 'disagree')
    """
    if DISAGREE in (first, second):
        return DISAGREE
    return AGREE if (first, second) == (AGREE, AGREE) else CANNOT_TELL


def judged(findings: Findings) -> dict[str, str]:
    """Each conclusion with its answer."""
    return {one.says: one.judge(findings) for one in CONCLUSIONS}
