"""How many of n networks solved it: a share and how sure it is."""

from collections.abc import Sequence
from statistics import NormalDist, median


def wilson(solved: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """The interval of a share (Wilson 1927), right for few networks and near 0 and 1.

    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n). Raises ValueError unless 0 <= solved <= of.

    >>> [round(end, 3) for end in wilson(0, 40)], [round(end, 2) for end in wilson(20, 40)]
    ([0.0, 0.088], [0.35, 0.65])
    """
    if not 0 <= solved <= of or of < 1:
        raise ValueError(f"solved must lie between 0 and of >= 1; got {solved} of {of}")
    z, p = NormalDist().inv_cdf((1 + level) / 2), solved / of
    middle, half = p + z**2 / (2 * of), z * (p * (1 - p) / of + z**2 / (4 * of**2)) ** 0.5
    ends = ((middle + sign * half) / (1 + z**2 / of) for sign in (-1, 1))
    low, high = (min(max(end, 0.0), 1.0) for end in ends)
    return low, high


def solved_record(needed: Sequence[int | None]) -> dict:
    """What a result file says of some networks: None for one that did not solve it.

    >>> solved_record([30, None, 10])["share"], solved_record([30, None, 10])["median"]
    (0.6667, 20.0)
    """
    there = [count for count in needed if count is not None]
    low, high = wilson(len(there), len(needed))
    return {
        "networks": len(needed),
        "solved": len(there),
        "share": round(len(there) / len(needed), 4),
        "interval": [round(low, 4), round(high, 4)],
        "mean": round(sum(there) / len(there), 1) if there else None,
        "median": float(median(there)) if there else None,
        "each": list(needed),
    }
