"""Attention: which places of the input an output step looks at.

A score for each place, softmax over the places that are there, and the weighted mean of what stands
at them (Bahdanau, Cho & Bengio 2015, "Neural machine translation by jointly learning to align and
translate", section 3.1; Luong, Pham & Manning 2015, "Effective approaches to attention-based neural
machine translation", section 3.1).
"""

import math

import torch

from lstm_lib.arguments import check_flag


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Softmax over the last axis, exactly 0 where `mask` is False; all 0 where no place is True.

    scores (..., S) float, mask (..., S) bool, of shapes that broadcast.

    >>> masked_softmax(torch.zeros(3), torch.tensor([True, True, False]))
    tensor([0.5000, 0.5000, 0.0000])
    >>> masked_softmax(torch.zeros(2), torch.tensor([False, False]))
    tensor([0., 0.])
    """
    hidden = scores.masked_fill(~mask, -math.inf)
    top = hidden.amax(-1, keepdim=True).clamp_min(torch.finfo(scores.dtype).min)
    weights = torch.exp(hidden - top)
    return weights / weights.sum(-1, keepdim=True).clamp_min(torch.finfo(scores.dtype).tiny)


class DotAttention(torch.nn.Module):
    """score(q, m) = q · W m (Luong, Pham & Manning 2015, eq. 8, "general"); no W if `plain`.

    query (B, T, Q), memory (B, S, M), mask (B, S) bool -> context (B, T, M), weights (B, T, S)

    `plain` needs Q = M, the equation's "dot". Raises ValueError that names what does not fit.

    >>> attention = DotAttention(4, 6)
    >>> context, weights = attention(torch.ones(2, 3, 4), torch.ones(2, 5, 6))
    >>> context.shape, weights.sum(-1).allclose(torch.ones(2, 3))
    (torch.Size([2, 3, 6]), True)
    """

    def __init__(self, query_size: int, memory_size: int, plain: bool = False):
        super().__init__()
        if check_flag("plain", plain) and query_size != memory_size:
            raise ValueError(
                f"plain attention needs query_size = memory_size; got {query_size}, {memory_size}"
            )
        self.turn = None if plain else torch.nn.Linear(query_size, memory_size, bias=False)

    def forward(
        self, query: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Context and weights; see the class."""
        mask = _checked(query, memory, mask)
        turned = query if self.turn is None else self.turn(query)  # q · W m = (Wᵀ q) · m
        weights = masked_softmax(turned @ memory.transpose(1, 2), mask[:, None])
        return weights @ memory, weights


class AdditiveAttention(torch.nn.Module):
    """score(q, m) = v · tanh(U q + W m) (Bahdanau, Cho & Bengio 2015, section A.1.2).

    query (B, T, Q), memory (B, S, M), mask (B, S) bool -> context (B, T, M), weights (B, T, S)

    Takes memory for B·T·S·size numbers, where `DotAttention` takes it for B·T·S. Who asks one query
    after another computes `keys` W m (B, S, size) once, and gives them with each.

    >>> attention = AdditiveAttention(4, 6, size=8)
    >>> attention(torch.ones(2, 3, 4), torch.ones(2, 5, 6))[0].shape
    torch.Size([2, 3, 6])
    """

    def __init__(self, query_size: int, memory_size: int, size: int):
        super().__init__()
        self.from_query = torch.nn.Linear(query_size, size, bias=False)
        self.from_memory = torch.nn.Linear(memory_size, size, bias=False)
        self.score = torch.nn.Linear(size, 1, bias=False)

    def keys(self, memory: torch.Tensor) -> torch.Tensor:
        """W m of every place, (B, S, size)."""
        return self.from_memory(memory)

    def forward(
        self,
        query: torch.Tensor,
        memory: torch.Tensor,
        mask: torch.Tensor | None = None,
        keys: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Context and weights; see the class."""
        mask = _checked(query, memory, mask)
        keys = self.keys(memory) if keys is None else keys
        both = self.from_query(query)[:, :, None] + keys[:, None]
        weights = masked_softmax(self.score(torch.tanh(both))[..., 0], mask[:, None])
        return weights @ memory, weights


def _checked(query: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
    if query.ndim != 3 or memory.ndim != 3 or len(query) != len(memory):
        raise ValueError(
            "query must be (B, T, Q) and memory (B, S, M) with the same B; got "
            f"{tuple(query.shape)} and {tuple(memory.shape)}"
        )
    if mask is None:
        return torch.ones(memory.shape[:2], dtype=torch.bool, device=memory.device)
    if mask.dtype != torch.bool or mask.shape != memory.shape[:2]:
        raise ValueError(
            f"mask must be bool {tuple(memory.shape[:2])}, True where a place is there; got "
            f"{mask.dtype} {tuple(mask.shape)}"
        )
    return mask
