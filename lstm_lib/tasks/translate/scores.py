"""How good are translations? BLEU and chrF by sacrebleu, and intervals over sentences.

BLEU (Papineni et al. 2002) counts the words, pairs, triples and quadruples that a translation
shares with the one reference there is, over the whole test part; chrF (Popović 2015) the same for
letters. Both are case-sensitive, on plain text (`signature` says with which settings). Of two right
translations the one worded as the reference scores more: 100 is out of reach, also for people.
"""

from collections.abc import Sequence

import numpy as np

from lstm_lib.tasks.difference import Difference, percentiles


def bleu(found: Sequence[str], wanted: Sequence[str]) -> float:
    """BLEU of all sentences together, 0 to 100. Raises ValueError unless each has its reference.

    >>> bleu(["The cat sat on the mat ."], ["The cat sat on the mat ."])
    100.0
    """
    _check_pairs(found, wanted)
    return round(_metric().corpus_score(list(found), [list(wanted)]).score, 6)


def chrf(found: Sequence[str], wanted: Sequence[str]) -> float:
    """chrF of all sentences together, 0 to 100. Raises ValueError as `bleu`."""
    from sacrebleu.metrics import CHRF

    _check_pairs(found, wanted)
    return CHRF().corpus_score(list(found), [list(wanted)]).score


def signature() -> str:
    """The settings of BLEU, as sacrebleu prints them for others to compare with."""
    metric = _metric()
    metric.corpus_score(["a"], [["a"]])
    return str(metric.get_signature())


def counts(found: Sequence[str], wanted: Sequence[str]) -> np.ndarray:
    """(N, 10) integers, all that BLEU needs of each sentence: lengths of the translation and of
    the reference, then the matches of 1 to 4 words, then how many there were to match.

    >>> counts(["a b"], ["a c"]).tolist()
    [[2, 2, 1, 0, 0, 0, 2, 1, 0, 0]]
    """
    _check_pairs(found, wanted)
    metric, rows = _metric(), []
    for one, other in zip(found, wanted, strict=True):
        score = metric.corpus_score([one], [[other]])
        rows.append([score.sys_len, score.ref_len, *score.counts, *score.totals])
    return np.array(rows)


def bleu_of(total: np.ndarray) -> np.ndarray:
    """BLEU (...) of summed counts (..., 10): Papineni et al. (2002), section 2.3.

    >>> round(float(bleu_of(counts(["a b c d e f"], ["a b c d e g"]).sum(0))), 4)
    75.9836
    """
    total = np.asarray(total, dtype=np.float64)
    matches, possible = total[..., 2:6], total[..., 6:10]
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.log(matches / possible).mean(-1)
        brevity = np.minimum(0.0, 1.0 - total[..., 1] / total[..., 0])
    return np.where(matches.min(-1) > 0, 100.0 * np.exp(precision + brevity), 0.0)


def difference(first: np.ndarray, second: np.ndarray | None = None) -> Difference:
    """BLEU, or the difference first − second, with its interval when sentences are drawn anew.

    The paired bootstrap (Koehn 2004, "Statistical significance tests for machine translation
    evaluation"). first, second (N, 10) counts, or (seeds, N, 10): then of the mean over the seeds.
    """

    def mean(times: np.ndarray) -> np.ndarray:
        value = seeds_mean(first, times)
        return value if second is None else value - seeds_mean(second, times)

    sentences = first.shape[-2]
    low, high = percentiles(mean, sentences)
    return Difference(float(mean(np.ones((1, sentences)))[0]), float(low), float(high))


def interval(first: np.ndarray, second: np.ndarray | None = None) -> tuple[float, float]:
    """The two ends of `difference`."""
    return difference(first, second)[1:]


def seeds_mean(counted: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Mean over the seeds of BLEU, each sentence taken so many times, (draws, N) -> (draws,)."""
    seeds = counted[None] if counted.ndim == 2 else counted
    return np.mean([bleu_of(times @ rows) for rows in seeds], axis=0)


def _check_pairs(found: Sequence[str], wanted: Sequence[str]) -> None:
    """sacrebleu leaves out what has no partner, and takes a string for a list of letters."""
    if isinstance(found, str) or isinstance(wanted, str):
        raise TypeError("found and wanted must be lists of sentences; got a string")
    if len(found) != len(wanted) or not len(found):
        raise ValueError(
            "found and wanted must hold as many sentences, and at least one; got "
            f"{len(found)} and {len(wanted)}"
        )


def _metric():
    from sacrebleu.metrics import BLEU

    return BLEU()
