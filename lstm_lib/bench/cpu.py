"""The bench on the CPU: who races at which shape, and with whom each is compared."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lstm_lib.bench import contestants as who
from lstm_lib.bench.compiling import compile_seconds
from lstm_lib.bench.contestants import BASE
from lstm_lib.bench.cost import Shape
from lstm_lib.bench.goals import cpu_goals
from lstm_lib.bench.machine import machine
from lstm_lib.bench.race import Contestant, Track, check_agreement, measure, row
from lstm_lib.bench.textbook import textbook
from lstm_lib.nn.backends import BACKENDS
from lstm_lib.scratch.variants import VARIANTS

SHAPES: list[Shape] = [
    (32, 32, 64, 128),
    (28, 128, 28, 128),
    (100, 64, 128, 256),
    (100, 64, 256, 512),
    (50, 128, 128, 1024),
]  # (T, B, I, H)
SINGLE: Shape = (200, 1, 32, 64)
STEPS: list[Shape] = [(1, 1, 32, 64), (1, 1, 64, 128), (1, 1, 128, 256)]
FAST = ("compiled", "fused")  # the backends that race with every variant
OTHERS = tuple(name for name in VARIANTS if name != "NP")


@dataclass(frozen=True)
class Plan:
    """What is measured; the default is everything, under 25 minutes on one core.

    The variants race at all shapes but the dearest, and only those backends that are meant to be
    fast: a training step of each against one of the plain torch.nn.LSTM.
    """

    shapes: list[Shape] = field(default_factory=lambda: [*SHAPES, SINGLE])
    steps: list[Shape] = field(default_factory=lambda: STEPS)
    variants: tuple[str, ...] = OTHERS
    variant_shapes: list[Shape] = field(default_factory=lambda: [*SHAPES[:-1], SINGLE])
    compiling: tuple[str, ...] = ("NP", "V", "FGR")
    rounds: int = 9


QUICK = Plan(
    shapes=[*SHAPES[:2], SINGLE],
    steps=STEPS[:1],
    variants=("V", "CIFG", "FGR"),
    variant_shapes=SHAPES[:1],
    compiling=(),
    rounds=3,
)


def run(plan: Plan) -> dict:
    """All measurements, printed row by row, as they are written to the JSON file."""
    rows: list[dict] = []

    def add(measured: dict) -> None:
        rows.append(measured)
        print(line(measured), flush=True)

    left_out: dict[str, str] = {}
    for shape in plan.shapes:
        for measured in plain_rows(shape, ("training", "forward"), plan.rounds, left_out):
            add(measured)
    for shape in plan.steps:
        for measured in plain_rows(shape, ("step",), plan.rounds, left_out):
            add(measured)
    for shape in plan.variant_shapes:
        for variant in plan.variants:
            measured = variant_row(shape, variant, plan.rounds, left_out)
            if measured is not None:
                add(measured)
    for name, reason in left_out.items():
        print(f"not in the race: {name}: {reason}")
    return {
        "machine": machine(),
        "rounds": plan.rounds,
        "left_out": left_out,
        "compiling": compile_seconds(plan.compiling),
        "rows": rows,
        "goals": cpu_goals(rows),
    }


def plain_rows(
    shape: Shape, actions: tuple[str, ...], rounds: int, left_out: dict[str, str]
) -> list[dict]:
    """The plain LSTM by everyone at one shape, a row for each action."""
    track = Track(shape)
    racing = plain(track, left_out)
    error = check_agreement(track, racing, racing[BASE])
    pairs = [(name, BASE) for name in racing if name != BASE]
    pairs += [("scratch", "products"), ("textbook", "scratch")]
    return [row(track, action, measure(racing, action, rounds), error, pairs) for action in actions]


def variant_row(shape: Shape, variant: str, rounds: int, left_out: dict[str, str]) -> dict | None:
    """A training step of one variant by the fast backends ÷ one of the *plain* nn.LSTM.

    Before, each must agree with the variant's loop. None if there is no fast backend.
    """
    track = Track(shape, variant)
    racing = {n: c for n, c in backends(track, left_out).items() if n in FAST}
    if not racing:
        return None
    error = check_agreement(track, racing, who.backend("loop", track))
    racing[BASE] = who.torch_lstm(Track(shape))
    pairs = [(name, BASE) for name in racing if name != BASE]
    return row(track, "training", measure(racing, "training", rounds), error, pairs)


def plain(track: Track, left_out: dict[str, str]) -> dict[str, Contestant]:
    """All that compute the plain LSTM; the base first."""
    makers: dict[str, Callable[[Track], Contestant]] = {
        BASE: who.torch_lstm,
        "scratch": who.scratch_lstm,
        "products": who.bare_products,
        "textbook": textbook,
        "naive loop": who.naive_loop,
    }
    made = {name: make(track) for name, make in makers.items()} | backends(track, left_out)
    try:
        made["onnxruntime"] = who.onnx_runtime(track)
    except ImportError as missing:
        left_out["onnxruntime"] = str(missing)
    return made


def backends(track: Track, left_out: dict[str, str]) -> dict[str, Contestant]:
    """Every backend that can run on the track here; torch's own is the base itself."""
    made = {}
    for name in BACKENDS:
        if name != "torch":
            try:
                made[name] = who.backend(name, track)
            except ValueError as reason:
                left_out[name] = str(reason).partition(": ")[2] or str(reason)
    return made


def line(measured: dict) -> str:
    """One row of the table: the base's milliseconds, and every ratio with its quartiles."""
    ratios = "  ".join(
        f"{name.removesuffix('/' + BASE)} {q[1]:.2f} ({q[0]:.2f}–{q[2]:.2f})"
        for name, q in measured["ratio"].items()
    )
    base = measured["milliseconds"][BASE]
    shape = ",".join(map(str, measured["shape"]))
    head = f"{shape:16} {measured['variant']:4} {measured['action']:8} {BASE} {base:9.3f} ms"
    return f"{head}   {ratios}"
