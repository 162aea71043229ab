"""Encoder and decoder: one LSTM reads a sequence, another writes one.

Sutskever, Vinyals & Le (2014), "Sequence to sequence learning with neural networks": all that the
decoder knows of the input is the encoder's last state. With attention it looks back at every step
(Bahdanau, Cho & Bengio 2015), and what it saw and said is fed back to it (Luong, Pham & Manning
2015, "Effective approaches to attention-based neural machine translation", eq. 5 and 6, and section
3.3, "input feeding"):

    h, c = LSTM([x; s of the step before], h, c)        a = attention(h, memory)
    s = tanh(W [a; h])                                  logits = E s + b

where E is the embedding of the output's symbols itself ("tied": Press & Wolf 2017, "Using the
output embedding to improve language models"). Without attention there is no a.
"""

from typing import NamedTuple

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_lib.arguments import check_flag
from lstm_lib.nn.attention import AdditiveAttention
from lstm_lib.nn.lstm import LSTM


class Encoded(NamedTuple):
    """Sequences that were read: `memory` (B, S, 2·H), `mask` (B, S), and the decoder's `state`:
    h (B, D), c (B, D) and s (B, I)."""

    memory: torch.Tensor
    mask: torch.Tensor
    state: tuple[torch.Tensor, torch.Tensor, torch.Tensor]

    def select(self, index: torch.Tensor) -> "Encoded":
        """The sequences at these places of the batch, (N,) integers, in this order."""
        h, c, s = (part[index] for part in self.state)
        return Encoded(self.memory[index], self.mask[index], (h, c, s))


class Encoder(torch.nn.Module):
    """Reads embedded sequences in both directions; the last states become a decoder's first one.

    x (B, S, I), lengths (B,) at least 1 -> Encoded with D = `state_size`
    """

    def __init__(self, input_size: int, hidden_size: int, state_size: int):
        super().__init__()
        self.lstm = LSTM(
            input_size, hidden_size, batch_first=True, bidirectional=True, forget_bias=1.0
        )
        self.to_h = torch.nn.Linear(2 * hidden_size, state_size)
        self.to_c = torch.nn.Linear(2 * hidden_size, state_size)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> Encoded:
        """See the class."""
        lengths = lengths.to("cpu")
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        packed, (h, c) = self.lstm(packed)
        memory, _ = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])
        mask = torch.arange(x.shape[1]) < lengths[:, None]
        h, c = (part.movedim(0, 1).flatten(1) for part in (h, c))  # (B, 2·H), both directions
        state = torch.tanh(self.to_h(h)), self.to_c(c).to(x.dtype), x.new_zeros(len(x), x.shape[2])
        return Encoded(memory, mask.to(x.device), state)


class Decoder(torch.nn.Module):
    """Writes: from the symbols so far to scores of the next one, step by step.

    x (B, T, I) embedded symbols, encoded -> s (B, T, I), encoded with the state after the last
    step, weights (B, T, S) or None without attention. `s` times the embedding gives the logits.
    """

    def __init__(
        self, input_size: int, hidden_size: int, memory_size: int, attention: bool, dropout: float
    ):
        super().__init__()
        self.from_x = torch.nn.Linear(input_size, 4 * hidden_size)
        self.from_before = torch.nn.Linear(input_size + hidden_size, 4 * hidden_size, bias=False)
        for weight in (self.from_x.weight, self.from_before.weight):
            torch.nn.init.uniform_(weight, -(hidden_size**-0.5), hidden_size**-0.5)
        with torch.no_grad():
            self.from_x.bias.zero_()[hidden_size : 2 * hidden_size] = 1.0  # remember, at first
        self.attention = None
        if check_flag("attention", attention):
            self.attention = AdditiveAttention(hidden_size, memory_size, hidden_size)
        width = hidden_size + (memory_size if attention else 0)
        self.combine = torch.nn.Linear(width, input_size)
        self.dropout = torch.nn.Dropout(dropout)

    def forward(
        self, x: torch.Tensor, encoded: Encoded
    ) -> tuple[torch.Tensor, Encoded, torch.Tensor | None]:
        """See the class."""
        memory, mask, (h, c, s) = encoded
        keys = None if self.attention is None else self.attention.keys(memory)
        s_seq, weights = [], []
        for z_x in self.from_x(x).unbind(1):
            i, f, g, o = (z_x + self.from_before(torch.cat([s, h], -1))).chunk(4, -1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            seen = h
            if self.attention is not None:
                context, looked = self.attention(h[:, None], memory, mask, keys)
                seen = torch.cat([context[:, 0], h], -1)
                weights.append(looked[:, 0])
            s = torch.tanh(self.combine(self.dropout(seen)))
            s_seq.append(s)
        weights = torch.stack(weights, 1) if weights else None
        return torch.stack(s_seq, 1), encoded._replace(state=(h, c, s)), weights


class Seq2Seq(torch.nn.Module):
    """Encoder and decoder over one table of embeddings, which gives the logits as well.

    source (B, S), lengths (B,), target (B, T) symbols -> logits (B, T, V)

    `target` begins with the start symbol; entry t of the logits is about symbol t + 1. Symbol
    `padding` has the embedding 0.

    >>> model = Seq2Seq(symbols=9, embedding_size=6, hidden_size=5, state_size=7)
    >>> source, target = torch.tensor([[4, 5, 6], [7, 2, 0]]), torch.tensor([[1, 8], [1, 3]])
    >>> model(source, torch.tensor([3, 2]), target).shape
    torch.Size([2, 2, 9])
    """

    def __init__(
        self,
        symbols: int,
        embedding_size: int,
        hidden_size: int,
        state_size: int,
        attention: bool = True,
        dropout: float = 0.0,
        padding: int = 0,
    ):
        super().__init__()
        self.embedding = torch.nn.Embedding(symbols, embedding_size, padding_idx=padding)
        torch.nn.init.normal_(self.embedding.weight, std=embedding_size**-0.5)
        with torch.no_grad():
            self.embedding.weight[padding] = 0.0
        self.bias = torch.nn.Parameter(torch.zeros(symbols))
        self.scale = embedding_size**0.5
        self.dropout = torch.nn.Dropout(dropout)
        self.encoder = Encoder(embedding_size, hidden_size, state_size)
        self.decoder = Decoder(embedding_size, state_size, 2 * hidden_size, attention, dropout)

    def embed(self, symbols: torch.Tensor) -> torch.Tensor:
        """Symbols (...) -> (..., embedding_size), of about unit size, with dropout."""
        return self.dropout(self.embedding(symbols) * self.scale)

    def encode(self, source: torch.Tensor, lengths: torch.Tensor) -> Encoded:
        """Read a batch of sources (B, S)."""
        return self.encoder(self.embed(source), lengths)

    def decode(
        self, target: torch.Tensor, encoded: Encoded
    ) -> tuple[torch.Tensor, Encoded, torch.Tensor | None]:
        """Logits (B, T, V) after each symbol of `target` (B, T), the new state, the weights."""
        s, encoded, weights = self.decoder(self.embed(target), encoded)
        logits = torch.nn.functional.linear(self.dropout(s), self.embedding.weight, self.bias)
        return logits, encoded, weights

    def forward(
        self, source: torch.Tensor, lengths: torch.Tensor, target: torch.Tensor
    ) -> torch.Tensor:
        """Teacher forcing: the decoder is given the right symbols so far, whatever it would say."""
        return self.decode(target, self.encode(source, lengths))[0]
