"""The goals of the course's speed on a CPU, and whether the rows of a table meet them."""

import math
from collections.abc import Callable, Iterable

from lstm_lib.bench.contestants import BASE
from lstm_lib.bench.cost import relative_cost
from lstm_lib.scratch.variants import VARIANTS

EQUAL = [n for n, v in VARIANTS.items() if len(v.blocks) == 4 and not v.gate_recurrence]
THREE = [n for n, v in VARIANTS.items() if len(v.blocks) == 3]


def judge(number: str, what: str, measured: float, sign: str, limit: float) -> dict:
    """One line of the table of goals.

    >>> judge("1", "training", 1.19, "≤", 1.0)["met"]
    False
    """
    met = measured <= limit if sign == "≤" else measured >= limit
    return {
        "number": number,
        "what": what,
        "measured": round(measured, 3),
        "goal": f"{sign} {limit}",
        "met": bool(met),
    }


def geomean(values: Iterable[float]) -> float:
    """The geometric mean.

    >>> geomean([0.5, 2.0])
    1.0
    """
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values))


def cpu_goals(rows: list[dict]) -> list[dict]:
    """Goals 1 to 7; those for which there is no row are left out.

    1-5 are the NumPy LSTM's, 6 that of the plain LSTM with compiled kernels, 7 that of the
    variants: each variant's geometric mean over the shapes, and the worst of all rows.
    """
    select = Ratios(rows)
    return [*numpy_goals(select), *plain_goals(select), *variant_goals(select)]


class Ratios:
    """Median ratios out of rows, by action, pair, variant and what is asked of the shape."""

    def __init__(self, rows: list[dict]):
        self.rows = rows

    def __call__(
        self,
        action: str,
        pair: str,
        keep: Callable[[list[int]], bool] = lambda shape: True,
        variant: str = "NP",
        scaled: bool = False,
    ) -> list[float]:
        """The medians; `scaled` by the operations of the variant relative to the plain LSTM's."""
        return [
            row["ratio"][pair][1]
            / (relative_cost(row["shape"], VARIANTS[variant]) if scaled else 1)
            for row in self.rows
            if (row["action"], row["variant"]) == (action, variant)
            and pair in row["ratio"]
            and keep(row["shape"])
        ]


def batch(shape: list[int]) -> bool:
    return shape[1] > 1


def alone(shape: list[int]) -> bool:
    return shape[1] == 1


def numpy_goals(select: Ratios) -> list[dict]:
    """Goals 1 to 5."""
    own = f"scratch/{BASE}"
    table = [
        ("1", "training ÷ nn.LSTM, geometric mean", geomean, ("training", own, batch), "≤", 1.0),
        ("1", "training ÷ nn.LSTM, worst", max, ("training", own, batch), "≤", 1.2),
        ("1", "training ÷ nn.LSTM, B=1", max, ("training", own, alone), "≤", 1.6),
        ("2", "forward ÷ nn.LSTM, geometric mean", geomean, ("forward", own, batch), "≤", 1.2),
        (
            "3",
            "training ÷ its matrix products, worst, H ≥ 256",
            max,
            ("training", "scratch/products", lambda s: batch(s) and s[3] >= 256),
            "≤",
            1.35,
        ),
        (
            "3",
            "training ÷ its matrix products, worst, H = 128",
            max,
            ("training", "scratch/products", lambda s: batch(s) and s[3] == 128),
            "≤",
            1.6,
        ),
        ("4", "textbook ÷ training, least", min, ("training", "textbook/scratch", batch), "≥", 25),
        ("5", "one generated step ÷ nn.LSTM, worst", max, ("step", own, alone), "≤", 0.15),
    ]
    return [
        judge(number, what, of(values), sign, limit)
        for number, what, of, which, sign, limit in table
        if (values := select(*which))
    ]


def plain_goals(select: Ratios) -> list[dict]:
    """Goal 6."""
    goals = []
    for what, keep in (
        ("compiled, training ÷ nn.LSTM, geometric mean", batch),
        ("compiled, training ÷ nn.LSTM, geometric mean, with B=1", lambda shape: True),
    ):
        if values := select("training", f"compiled/{BASE}", keep):
            goals.append(judge("6", what, geomean(values), "≤", 0.9))
    return goals


def variant_goals(select: Ratios) -> list[dict]:
    """Goal 7. `fused` is judged from B = 32 on, and FGR by its operations."""
    everywhere, wide = (lambda shape: True), (lambda shape: shape[1] >= 32)
    table = [
        ("compiled", "equal operations", EQUAL, everywhere, False, 1.05),
        ("fused", "equal operations, B ≥ 32", EQUAL, wide, False, 1.35),
        ("compiled", "three gates", THREE, everywhere, False, 0.9),
        ("compiled", "FGR ÷ its operations", ["FGR"], everywhere, True, 1.1),
    ]
    goals = []
    for backend, what, names, keep, scaled, limit in table:
        by_variant = [
            values
            for name in names
            if (values := select("training", f"{backend}/{BASE}", keep, name, scaled))
        ]
        if by_variant:
            start = f"{backend}, {what}"
            means = [geomean(values) for values in by_variant]
            goals.append(judge("7", f"{start}, worst variant's mean", max(means), "≤", limit))
            worst = max(map(max, by_variant))
            goals.append(judge("7", f"{start}, worst row", worst, "≤", limit))
    return goals
