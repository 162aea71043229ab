"""The translator, its loss, its training, and its translations."""

from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F

from lstm_lib.nn.search import beam_search
from lstm_lib.nn.seq2seq import Encoded, Seq2Seq
from lstm_lib.tasks.network import Network
from lstm_lib.tasks.translate.data import END, PADDING, START, UNKNOWN, Config, Pieces, Prepared
from lstm_lib.train import Batches

LONGEST = 60  # pieces of a sentence that are read


def build(config: Config, symbols: int) -> Seq2Seq:
    """An untrained translator of this configuration."""
    return Seq2Seq(
        symbols,
        config.embedding_size,
        config.hidden_size,
        config.state_size,
        attention=config.attention,
        dropout=config.dropout,
        padding=PADDING,
    )


def batch(
    data: Prepared, part: str, rows: torch.Tensor, way: int = 0
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """source (B, S), lengths (B,), target (B, T): these pairs, no wider than their longest."""
    lengths = data.lengths[part][way, rows]
    source = data.source[part][way].index_select(0, rows.to(data.source[part].device))
    target = data.target[part][way].index_select(0, rows.to(data.target[part].device))
    there = (target != PADDING).any(0).sum()
    return source[:, : lengths.max()].long(), lengths, target[:, :there].long()


def loss(
    model: Seq2Seq, data: Prepared, part: str, rows: torch.Tensor, way: int = 0
) -> torch.Tensor:
    """Cross-entropy of each next piece, in nats, summed over a sentence and divided by the mean
    number of pieces in a training sentence: a mean over the sentences `rows`.

    In training the target is smoothed: a share of it goes to all pieces alike (Szegedy et al. 2016,
    "Rethinking the Inception architecture", section 7).
    """
    source, lengths, target = batch(data, part, rows, way)
    logits = model(source, lengths, target[:, :-1])
    smoothing = data.config.smoothing if model.training else 0.0
    each = F.cross_entropy(
        logits.flatten(0, 1).float(),
        target[:, 1:].flatten(),
        ignore_index=PADDING,
        label_smoothing=smoothing,
        reduction="sum",
    )
    return each / (len(rows) * data.target_pieces)


@torch.no_grad()
def nats_a_piece(model: Seq2Seq, data: Prepared, part: str) -> float:
    """Mean cross-entropy of a piece in nats, teacher-forced; e to it is the perplexity."""
    model.eval()
    total, pieces = 0.0, int((data.target[part][0] != PADDING).sum()) - len(data.target[part][0])
    count = data.target[part].shape[1]
    for rows in torch.arange(count).split(100):
        total += loss(model, data, part, rows).item() * len(rows) * data.target_pieces
    return total / pieces


@dataclass(frozen=True, kw_only=True)
class Cuts(Batches):
    """Batches of sentences alike in length, whose epoch e takes way e (mod `ways`) of cutting.

    lengths (ways, n) integers -> indices way·n + row. Of each 50 batches drawn, the examples are
    sorted by length, so that little is padding: training takes half the time.
    """

    ways: int
    lengths: np.ndarray = field(repr=False, compare=False)

    def indices(self, step: int) -> torch.Tensor:
        """The rows of this step, moved to the epoch's way of cutting."""
        epoch, position = divmod(step, self.steps_per_epoch)
        way = epoch % self.ways
        if epoch not in self._epoch:
            self._epoch.clear()
            self._epoch[epoch] = self._drawn(epoch, way)
        return torch.from_numpy(self._epoch[epoch][position] + way * self.n)

    def _drawn(self, epoch: int, way: int) -> list[np.ndarray]:
        rng = np.random.default_rng([self.seed, epoch])
        rows = rng.permutation(self.n)
        pools = np.split(rows, range(50 * self.batch_size, self.n, 50 * self.batch_size))
        alike = [pool[np.argsort(self.lengths[way][pool], kind="stable")] for pool in pools]
        cut = np.split(np.concatenate(alike), range(self.batch_size, self.n, self.batch_size))
        return [cut[k] for k in rng.permutation(len(cut))]


def cuts(data: Prepared, seed: int) -> Cuts:
    """Batches of the training part: epoch e uses cut e, e + 1, ... of the sentences in turn."""
    ways, count = data.source["train"].shape[:2]
    pieces = (data.target["train"] != PADDING).sum(-1).cpu().numpy()
    lengths = pieces * 100 + data.lengths["train"].numpy()
    return Cuts(count, data.config.batch_size, seed, ways=ways, lengths=lengths)


def loss_of_cut(model: Seq2Seq, data: Prepared, rows: torch.Tensor) -> torch.Tensor:
    """The training loss of rows as `Cuts` counts them: way · sentences + sentence."""
    count = data.source["train"].shape[1]
    return loss(model, data, "train", rows % count, int(rows[0]) // count)


TRANSLATOR = Network(
    build=lambda data: build(data.config, len(data.pieces)).to(data.source["train"].device),
    loss=loss_of_cut,
    examples=cuts,
    held_out=lambda data: lambda model: nats_a_piece(model, data, "valid"),
)
trainer, train = TRANSLATOR.trainer, TRANSLATOR.train


@torch.no_grad()
def translate(
    models: Seq2Seq | list[Seq2Seq],
    pieces: Pieces,
    sentences: list[str],
    beams: int = 1,
    longest: int = LONGEST,
    together: int = 100,
) -> list[str]:
    """The translations of cleaned sentences, one each; several models vote by their mean.

    A sentence of more pieces than `longest` is cut off; one without any comes back empty. UNKNOWN
    is never written. About `together` beginnings of translations are held at once.
    """
    models = models if isinstance(models, list) else [models]
    cuts = [pieces.cut(sentence)[:longest] for sentence in sentences]
    translations = [""] * len(sentences)
    order = sorted((n for n, cut in enumerate(cuts) if cut), key=lambda n: len(cuts[n]))
    size = max(1, together // beams)
    for first in range(0, len(order), size):
        chosen = order[first : first + size]
        for n, symbols in zip(
            chosen, _search(models, [cuts[n] for n in chosen], beams), strict=True
        ):
            translations[n] = pieces.join(symbols)
    return translations


def _search(models: list[Seq2Seq], cuts: list[list[int]], beams: int) -> list[list[int]]:
    """Pieces of the sources -> pieces of the translations."""
    device = models[0].bias.device
    lengths = torch.tensor([len(cut) + 1 for cut in cuts])
    source = torch.full((len(cuts), int(lengths.max())), PADDING)
    for row, cut in zip(source, cuts, strict=True):
        row[: len(cut) + 1] = torch.tensor([*cut, END])
    for model in models:
        model.eval()
    state = [model.encode(source.to(device), lengths) for model in models]

    def step(symbols: torch.Tensor, state: list[Encoded]) -> tuple[torch.Tensor, list[Encoded]]:
        logps, states = [], []
        for model, encoded in zip(models, state, strict=True):
            logits, encoded, _ = model.decode(symbols[:, None], encoded)
            logits[..., [PADDING, UNKNOWN, START]] = -torch.inf
            logps.append(torch.log_softmax(logits[:, 0].float(), -1))
            states.append(encoded)
        return torch.stack(logps).logsumexp(0) - torch.tensor(float(len(models))).log(), states

    best = beam_search(
        step,
        lambda state, index: [encoded.select(index) for encoded in state],
        state,
        len(cuts),
        start=START,
        end=END,
        max_length=LONGEST + 20,
        beams=beams,
        padding=PADDING,
        device=device,
    )
    return [row[:n].tolist() for row, n in zip(best.symbols, best.lengths.tolist(), strict=True)]
