"""The recommender, its loss, its training, and its scores for all films."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from lstm_lib.nn import LSTM
from lstm_lib.tasks.network import Network, evaluating, matrices_decay
from lstm_lib.tasks.recommend.data import BESIDE, History, Prepared, padded, windows


class Recommender(torch.nn.Module):
    """An LSTM reads film after film; its output, turned into a film's vector, is held against all.

    p(next = f) = softmax_f(e_f . (W h_t + a) + b_f)

    e_f are the very vectors by which films are read ("tied": Press & Wolf 2017, "Using the output
    embedding to improve language models"); b_f starts as the logarithm of f's share of all ratings.
    As GRU4Rec (Hidasi et al. 2016, "Session-based recommendations with recurrent neural networks"),
    with an LSTM, tied vectors and the full softmax.

    >>> from lstm_lib.tasks.recommend import prepare
    >>> data = prepare()
    >>> film, following, beside, seen = windows(data, torch.arange(4))
    >>> Recommender(data)(film, beside).shape == seen.shape == (4, 20, 1682)
    True
    """

    def __init__(self, data: Prepared):
        super().__init__()
        config = data.config
        size = config.embedding_size
        self.films, self.scale, self.beside = data.films, size**0.5, config.beside
        self.embedding = torch.nn.Embedding(data.films + 1, size, padding_idx=data.films)
        with torch.no_grad():
            self.embedding.weight.normal_(std=size**-0.5)
            self.embedding.weight[data.films] = 0.0
        width = size + (BESIDE if config.beside else 0)
        self.lstm = LSTM(width, config.hidden_size, batch_first=True, forget_bias=1.0)
        self.dense = torch.nn.Linear(config.hidden_size, size)
        share = (data.popularity + 1.0) / (data.popularity + 1.0).sum()
        self.bias = torch.nn.Parameter(torch.tensor(np.log(share), dtype=torch.float32))
        self.film_dropout = torch.nn.Dropout(config.film_dropout)
        self.dropout = torch.nn.Dropout(config.dropout)

    @property
    def vectors(self) -> torch.Tensor:
        """e_f, one row a film (F, E)."""
        return self.embedding.weight[: self.films]

    def read(self, film: torch.Tensor, beside: torch.Tensor) -> torch.Tensor:
        """film (B, N), beside (B, N, 11) -> the wanted vector at every step, (B, N, E)."""
        x = self.film_dropout(self.embedding(film) * self.scale)
        h_seq, _ = self.lstm(torch.cat([x, beside], -1) if self.beside else x)
        return self.dense(self.dropout(h_seq))

    def forward(self, film: torch.Tensor, beside: torch.Tensor) -> torch.Tensor:
        """Logits of every film at every step, (B, N, F)."""
        return F.linear(self.read(film, beside), self.vectors, self.bias)


def loss(model: Recommender, data: Prepared, indices: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of the film that follows, in nats, a mean over all steps of these windows.

    The share `masked` of it is that among unseen films: nobody rates a film twice, and what is
    spent on the seen ones is lost where they are masked.
    """
    film, following, beside, seen = windows(data, indices)
    logits, share = model(film, beside), data.config.masked
    total = logits.new_zeros(())
    if share < 1:
        total = total + (1 - share) * _cross_entropy(logits, following, data.films)
    if share > 0:
        unseen = logits.masked_fill(seen, -torch.inf)
        total = total + share * _cross_entropy(unseen, following, data.films)
    return total


def _cross_entropy(logits: torch.Tensor, following: torch.Tensor, films: int) -> torch.Tensor:
    return F.cross_entropy(logits.flatten(0, 1), following.flatten(), ignore_index=films)


def score(model: Recommender, data: Prepared, given: Sequence[History]) -> np.ndarray:
    """log p(next = f) after each history, (U, F) float32; no dropout, nothing masked."""
    logp = []
    with evaluating(model):
        for start in range(0, len(given), 128):
            some = given[start : start + 128]
            film, beside = padded(data, some)
            last = (film != data.films).sum(1) - 1
            wanted = model.read(film, beside)[torch.arange(len(some), device=film.device), last]
            logits = F.linear(wanted, model.vectors, model.bias)
            logp.append(torch.log_softmax(logits, -1).cpu())
    return torch.cat(logp).numpy()


def surprise(model: Recommender, data: Prepared, part: str = "valid") -> float:
    """The loss on the film of each user that is asked for: nats, mean over the users."""
    given, wanted = data.before(part), data.wanted(part)
    logp = score(model, data, given).astype(np.float64)
    right = logp[np.arange(len(wanted)), wanted]
    seen = np.array([np.exp(row[h.film]).sum() for row, h in zip(logp, given, strict=True)])
    return float((-right + data.config.masked * np.log1p(-seen)).mean())


RECOMMENDER = Network(
    build=lambda data: Recommender(data).to(data.device),
    loss=loss,
    examples=lambda data, seed: len(data.rows),
    held_out=lambda data: lambda model: surprise(model, data),
    decaying=matrices_decay,
)
trainer, train = RECOMMENDER.trainer, RECOMMENDER.train


def together(scores: Sequence[np.ndarray]) -> np.ndarray:
    """Several models as one: the logarithm of their mean probability, (U, F)."""
    return np.logaddexp.reduce(np.asarray(scores, dtype=np.float64)) - np.log(len(scores))


def mixed(logp: np.ndarray, floor: np.ndarray, share: float) -> np.ndarray:
    """(1 - share) log p_model + share log p_floor: high where both agree, (U, F).

    A geometric mean of two distributions (a product of experts: Hinton 2002), `floor` (U, F) being
    scores of at least 0 that are brought to the sum 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must be between 0 and 1; got {share}")
    floor = np.asarray(floor, dtype=np.float64)
    known = np.log(floor / floor.sum(1, keepdims=True) + 1e-9)
    return (1 - share) * np.asarray(logp, dtype=np.float64) + share * known
