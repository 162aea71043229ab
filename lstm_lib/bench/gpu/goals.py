"""The goals on a GPU, and whether the rows meet them."""

from lstm_lib.bench.cost import Shape
from lstm_lib.bench.goals import EQUAL, judge
from lstm_lib.bench.gpu.entry import CUDNN

OURS = "triton"


def persistent(shape: Shape) -> bool:
    """Does cuDNN keep the weights on the chip for this shape? (fp16, one layer, one direction.)

    >>> persistent((100, 64, 512, 512)), persistent((100, 256, 512, 512))
    (True, False)
    """
    _, B, _, H = shape
    return H % 128 == 0 and H <= 1024 and B % 8 == 0 and B <= 128


def gpu_goals(rows: list[dict]) -> list[dict]:
    """Goals 8 to 10 for training and forward; the worst of all shapes and variants."""
    timed = [row for row in rows if "ms" in row]
    return [goal for action in ("training", "forward") for goal in _goals(timed, action)]


def _goals(rows: list[dict], action: str) -> list[dict]:
    rows = [row for row in rows if row["action"] == action]
    ours = [row for row in rows if row["backend"] == OURS and row["variant"] in EQUAL]
    goals = []
    for precision in ("bf16", "TF32"):
        same = [r["same"] for r in ours if r["precision"] == precision and r["same"]]
        if same:
            what = f"{action}, {precision} ÷ cuDNN's {precision}, worst"
            goals.append(judge("8", what, max(same), "≤", 1.0))
    best = best_of(ours, rows)
    for stays, what, limit in (
        (False, "best ÷ cuDNN's best, no persistent path", 1.0),
        (True, "best ÷ cuDNN's best, persistent path", 1.3),
    ):
        values = [ratio for shape, ratio in best if persistent(shape) == stays]
        if values:
            goals.append(judge("8", f"{action}, {what}, worst", max(values), "≤", limit))
    loops = [
        loop["ms"] / row["ms"]
        for loop in rows
        for row in ours
        if loop["backend"] == "loop"
        and all(loop[k] == row[k] for k in ("shape", "precision", "variant"))
    ]
    if loops:
        goals.append(judge("9", f"{action}, loop ÷ ours", min(loops), "≥", 20))
    shares = [row["share"] for row in ours if row["precision"] == "bf16"]
    if shares:
        goals.append(judge("10", f"{action}, bf16, floor ÷ ours, least", min(shares), "≥", 0.5))
    return goals


def best_of(ours: list[dict], rows: list[dict]) -> list[tuple[Shape, float]]:
    """For each shape and variant: the fastest precision of ours ÷ cuDNN's fastest."""
    pairs = dict.fromkeys((tuple(row["shape"]), row["variant"]) for row in ours)
    ratios = []
    for shape, variant in pairs:
        theirs = [r["ms"] for r in rows if r["backend"] == CUDNN and tuple(r["shape"]) == shape]
        mine = [r["ms"] for r in ours if (tuple(r["shape"]), r["variant"]) == (shape, variant)]
        if theirs:
            ratios.append((shape, min(mine) / min(theirs)))
    return ratios
