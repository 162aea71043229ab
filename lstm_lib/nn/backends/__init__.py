"""The backends of `lstm_lib.nn.LSTM`: one definition and its faster equals."""

from lstm_lib.nn.backends import compiled, fused, loop, triton
from lstm_lib.nn.backends import torch as own
from lstm_lib.nn.backends.call import Backend, Case

# The order in which "auto" prefers them: measured, the fastest first (`bench`, results/bench). On a
# CPU with AVX-512 torch's own is ahead of `compiled` for the plain LSTM; it has no other variant.
BACKENDS: dict[str, Backend] = {
    backend.name: backend
    for backend in (
        triton.BACKEND,
        own.BACKEND,
        compiled.BACKEND,
        fused.BACKEND,
        loop.BACKEND,
    )
}


def check_name(name: str) -> str:
    """The name of a backend or "auto". Raises ValueError or TypeError.

    >>> check_name("lopp")
    Traceback (most recent call last):
    ValueError: backend must be one of auto, triton, torch, compiled, fused, loop; got 'lopp'
    """
    if not isinstance(name, str):
        raise TypeError(f"backend must be a name; got {type(name).__name__}")
    if name != "auto" and name not in BACKENDS:
        raise ValueError(f"backend must be one of auto, {', '.join(BACKENDS)}; got {name!r}")
    return name


def choose(name: str, case: Case) -> Backend:
    """The backend of that name, or for "auto" the first that is right for the case."""
    if name == "auto":
        suitable = (b for b in BACKENDS.values() if not (b.why_not(case) or b.passed_over(case)))
        return next(suitable)
    reason = BACKENDS[check_name(name)].why_not(case)
    if reason is not None:
        raise ValueError(f"backend {name!r} cannot run variant {case.variant.name}: {reason}")
    return BACKENDS[name]


def explain(name: str, case: Case) -> str:
    """Which backend runs, why, and why not the others: one line each.

    >>> from lstm_lib.scratch.variants import VARIANTS
    >>> import torch
    >>> print(explain("auto", Case(VARIANTS["V"], "cpu", torch.bfloat16, 8)))
    fused runs V (cpu, bfloat16): the fastest that can.
      fused: torch calls in place and a hand-written backward; every variant, device and dtype; ...
      not triton: ...
      not torch: torch has no LSTM with peepholes
      not compiled: it computes in float32 and float64, not in bfloat16
      not loop: slower
    """
    chosen = choose(name, case)
    why = "the fastest that can" if name == "auto" else "asked for by name"
    dtype = str(case.dtype).removeprefix("torch.")
    lines = [
        f"{chosen.name} runs {case.variant.name} ({case.device}, {dtype}): {why}.",
        f"  {chosen.name}: {chosen.about}",
    ]
    order = list(BACKENDS)
    for other in BACKENDS.values():
        if other is not chosen:
            slower = order.index(other.name) > order.index(chosen.name)
            reason = other.why_not(case) or other.passed_over(case)
            reason = reason or ("slower" if slower else "faster, but not asked for")
            lines.append(f"  not {other.name}: {reason}")
    return "\n".join(lines)
