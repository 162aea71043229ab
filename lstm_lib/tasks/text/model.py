"""The writer: a network that gives each next character a probability; its loss and its training."""

import torch
import torch.nn.functional as F
from torch.func import functional_call

from lstm_lib.nn import LSTM
from lstm_lib.tasks.network import Network, evaluating
from lstm_lib.tasks.text.data import Config, Prepared, Windows, window_at

State = tuple[torch.Tensor, torch.Tensor] | None
CHUNK = 2000  # characters read between two looks at the losses
STEPS = 200  # the same where many pieces are read side by side: it keeps memory small


class Writer(torch.nn.Module):
    """An LSTM reads characters; its output, through a dense layer, weighs what follows.

    p(next = k) = softmax_k(A h_t + a)

    Dropout (Srivastava et al. 2014) on the character vectors, between the layers and before the
    dense layer; `weight_dropout` on the recurrent weights, one mask a batch (Merity, Keskar &
    Socher 2018, "Regularizing and optimizing LSTM language models", section 2).

    >>> from lstm_lib.tasks.text import LAPTOP
    >>> logits, (h, c) = Writer(64, LAPTOP)(torch.zeros(5, 2, dtype=torch.int64))
    >>> logits.shape, h.shape
    (torch.Size([5, 2, 64]), torch.Size([1, 2, 256]))
    """

    def __init__(self, symbols: int, config: Config):
        super().__init__()
        self.embedding = torch.nn.Embedding(symbols, config.embedding_size)
        self.lstm = LSTM(
            config.embedding_size,
            config.hidden_size,
            config.layers,
            dropout=config.dropout if config.layers > 1 else 0.0,
            forget_bias=1.0,
            # torch's own layer runs in float32 whatever the precision, on a CPU
            backend="fused" if config.precision == "bfloat16" else "auto",
        )
        self.dense = torch.nn.Linear(config.hidden_size, symbols)
        self.input_dropout = torch.nn.Dropout(config.input_dropout)
        self.dropout = torch.nn.Dropout(config.dropout)
        self.weight_dropout = config.weight_dropout

    def read(self, codes: torch.Tensor, state: State = None) -> tuple[torch.Tensor, State]:
        """codes (T, B) -> the last layer's outputs (T, B, H), and the state after them."""
        x, share = self.input_dropout(self.embedding(codes)), self.weight_dropout
        if not self.training or not share:
            return self.lstm(x, state)
        dropped = {
            name: F.dropout(weight, share)
            for name, weight in self.lstm.named_parameters()
            if name.startswith("weight_hh")
        }
        return functional_call(self.lstm, dropped, (x, state))

    def forward(self, codes: torch.Tensor, state: State = None) -> tuple[torch.Tensor, State]:
        """codes (T, B) -> logits of what follows each of them, (T, B, V), and the state."""
        h_seq, state = self.read(codes, state)
        return self.dense(self.dropout(h_seq)), state


def loss(model: Writer, data: Prepared, starts: torch.Tensor) -> torch.Tensor:
    """Cross-entropy in nats a character, a mean over windows that begin with a zero state."""
    x, y = window_at(data.train, starts.to(data.train.device), data.config.window)
    return F.cross_entropy(model(x)[0].float().flatten(0, 1), y.flatten())


def surprises(model: Writer, codes: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
    """-log p of each of `codes` (M,), in nats, (M,): read after `before` (at least one character).

    The state is carried from the first to the last; no dropout, no gradient.
    """
    text, state, nats = torch.cat([before, codes])[:, None], None, []
    with evaluating(model):
        if len(before) > 1:
            _, state = model(text[: len(before) - 1])
        rest = text[len(before) - 1 :]
        for start in range(0, len(codes), CHUNK):
            following = rest[start + 1 : start + 1 + CHUNK]
            logits, state = model(rest[start : start + len(following)], state)
            nats.append(F.cross_entropy(logits[:, 0], following[:, 0], reduction="none"))
    return torch.cat(nats)


def in_pieces(
    model: Writer, codes: torch.Tensor, before: torch.Tensor, pieces: int = 32, warm: int = 256
) -> torch.Tensor:
    """As `surprises`, many times as fast and nearly the same: the text in pieces side by side.

    Each piece is read after the `warm` characters before it, not after all. `before` must have more
    than `warm`.
    """
    size = -(-len(codes) // pieces)
    text = torch.cat([before[-warm - 1 :], codes, codes.new_zeros(size * pieces - len(codes))])
    rows = text.unfold(0, warm + 1 + size, size).T  # (warm + 1 + size, pieces)
    nats, state = [], None
    with evaluating(model):
        for start in range(0, len(rows) - 1, STEPS):
            part = rows[start : start + STEPS + 1]
            logits, state = model(part[:-1], state)
            each = F.cross_entropy(logits.flatten(0, 1), part[1:].flatten(), reduction="none")
            nats.append(each.view(-1, pieces))
    return torch.cat(nats)[warm:].T.flatten()[: len(codes)]


def nats_a_character(model: Writer, data: Prepared) -> float:
    """Of the held-out part, read in pieces: what is watched while a network learns."""
    return in_pieces(model, data.held_out, data.train).mean().item()


WRITER = Network(
    build=lambda data: Writer(len(data.alphabet), data.config).to(data.train.device),
    loss=loss,
    examples=lambda data, seed: Windows(
        len(data.train), data.config.window, data.config.batch_size, seed
    ),
    # The test part is no place to choose the best weights: only a trial on "valid" is watched.
    held_out=lambda data: (
        (lambda model: nats_a_character(model, data)) if data.config.part == "valid" else None
    ),
)
trainer, train = WRITER.trainer, WRITER.train
