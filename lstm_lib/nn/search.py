"""Writing one symbol after another: greedy, or with a beam of candidates.

A finished candidate stays in the beam with the score it ended with, and is beaten or not: scores
are log-probabilities divided by the length to the power `length_power` (Wu et al. 2016, "Google's
neural machine translation system", section 7, in its simple form), since every further symbol makes
a sentence less probable. At `max_length` a candidate that has come to its end goes before one that
has not. Beam search is a heuristic: a wider beam can find a worse translation.
"""

from collections.abc import Callable
from numbers import Integral
from typing import NamedTuple, TypeVar

import torch

State = TypeVar("State")
Step = Callable[[torch.Tensor, State], tuple[torch.Tensor, State]]
Select = Callable[[State, torch.Tensor], State]


class BestSequences(NamedTuple):
    """The best sequence of each batch entry.

    symbols (B, L), without the start, the end symbol where it ended, `padding` after it
    lengths (B,) symbols before the end; scores (B,) log-probability, end included
    ended (B,) False where `max_length` cut it off
    """

    symbols: torch.Tensor
    lengths: torch.Tensor
    scores: torch.Tensor
    ended: torch.Tensor


@torch.no_grad()
def beam_search(
    step: Step,
    select: Select,
    state: State,
    batch: int,
    *,
    start: int,
    end: int,
    max_length: int,
    beams: int = 1,
    length_power: float = 1.0,
    padding: int = 0,
    device: torch.device | str = "cpu",
) -> BestSequences:
    """The likeliest sequences that the search finds; `beams=1` is the greedy one.

    step(symbols (N,), state) -> log-probabilities (N, V), state     one symbol further
    select(state, index (N,)) -> state                               entries of a batch, re-ordered

    `state` is the start's, of `batch` entries. Raises ValueError for counts and symbols that make
    no sense, and for log-probabilities that are NaN or positive infinity.

    >>> table = torch.tensor([[0.0, 0.6, 0.4], [0.0, 0.1, 0.9], [0.0, 0.5, 0.5]]).log()
    >>> best = beam_search(
    ...     lambda symbols, state: (table[symbols], state), lambda state, index: state, None, 1,
    ...     start=0, end=2, max_length=5,
    ... )
    >>> best.symbols.tolist(), best.lengths.tolist()
    ([[1, 2]], [1])
    """
    counts = {"batch": batch, "beams": beams, "max_length": max_length}
    for name, value, least in (
        *((name, value, 1) for name, value in counts.items()),
        *(("start", start, 0), ("end", end, 0), ("padding", padding, 0)),
    ):
        if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
            raise ValueError(f"{name} must be an integer of at least {least}; got {value!r}")
    symbols = torch.full((batch, 1, 1), start, device=device)  # (B, k, length so far)
    scores = torch.zeros(batch, 1, device=device)
    ended = torch.zeros(batch, 1, dtype=torch.bool, device=device)
    lengths = torch.zeros(batch, 1, device=device)
    for _ in range(max_length):
        wide = symbols.shape[1]
        logp, state = step(symbols[:, :, -1].flatten(), state)
        _check_step(logp, batch * wide, end, padding)
        logp = logp.float().view(batch, wide, -1)
        choices = logp.shape[2]
        kept = torch.full((choices,), -torch.inf, device=device)
        kept[padding] = 0.0  # a finished candidate goes on with padding alone, at no cost
        logp = torch.where(ended[..., None], kept, logp)
        total = scores[..., None] + logp
        longer = lengths + ~ended
        ranked = total / longer.clamp_min(1)[..., None] ** length_power
        width = min(beams, wide * choices)
        best = ranked.flatten(1).topk(width).indices
        origin, symbol = best // choices, best % choices
        scores = total.flatten(1).gather(1, best)
        lengths = longer.gather(1, origin)
        ended = ended.gather(1, origin) | (symbol == end)
        symbols = symbols.gather(1, origin[..., None].expand(-1, -1, symbols.shape[2]))
        symbols = torch.cat([symbols, symbol[..., None]], 2)
        first = torch.arange(batch, device=device)[:, None] * wide
        state = select(state, (first + origin).flatten())
        if ended.all():
            break
    ranked = scores / lengths.clamp_min(1) ** length_power
    cut_off = ended.any(1, keepdim=True) & ~ended  # behind every candidate that came to its end
    first = ranked.masked_fill(cut_off, -torch.inf).argmax(1, keepdim=True)
    symbols = symbols.gather(1, first[..., None].expand(-1, -1, symbols.shape[2]))[:, 0, 1:]
    ended = ended.gather(1, first)[:, 0]
    lengths = lengths.gather(1, first)[:, 0].long() - ended.long()
    return BestSequences(symbols, lengths, scores.gather(1, first)[:, 0], ended)


def _check_step(logp: torch.Tensor, rows: int, end: int, padding: int) -> None:
    """What `step` returned: NaN would come before every number, and be written."""
    if logp.ndim != 2 or len(logp) != rows:
        raise ValueError(f"step must return ({rows}, V) log-probabilities; got {tuple(logp.shape)}")
    for name, symbol in (("end", end), ("padding", padding)):
        if symbol >= logp.shape[1]:
            raise ValueError(
                f"{name} must be one of the {logp.shape[1]} symbols that step knows; got {symbol}"
            )
    if not (logp < torch.inf).all():
        raise ValueError("step must return log-probabilities; got NaN or positive infinity")
