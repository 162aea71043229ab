"""The sentences, cut without a leak, and the pieces that the model reads and writes."""

import io
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from lstm_lib.data import load_tatoeba
from lstm_lib.tasks.network import Learning

PADDING, UNKNOWN, START, END = range(4)
Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Config(Learning):
    """What defines a run; `FULL` and `LAPTOP` differ in these values alone.

    `max_source` and `max_target` count words and punctuation marks, of the English and of the other
    sentence. `pieces` is the size of the common table of word pieces, `cuts` in how many ways each
    sentence is cut into them while training (1: always the likeliest).
    """

    language: str = "french"
    max_source: int = 12
    max_target: int = 14
    pieces: int = 8000
    cuts: int = 1
    attention: bool = True
    embedding_size: int = 256
    hidden_size: int = 256
    state_size: int = 384
    dropout: float = 0.3
    smoothing: float = 0.1
    steps: int = 5_000
    warmup: int = 300
    evaluate_every: int = 500
    average: float = 0.999
    precision: str = "bfloat16"
    beams: int = 5
    seeds: tuple[int, ...] = (0, 1, 2)


FULL = Config()
LAPTOP = Config(
    max_source=6,
    max_target=8,
    pieces=2000,
    embedding_size=160,
    hidden_size=96,
    state_size=192,
    dropout=0.1,
    learning_rate=3.5e-3,
    batch_size=32,
    steps=1000,
    warmup=100,
    evaluate_every=250,
    average=0.99,
    precision="float32",
    seeds=(0,),
)


@dataclass(frozen=True)
class Split:
    """Three lists of pairs (English, other): no sentence of one stands in another."""

    train: list[Pair]
    valid: list[Pair]
    test: list[Pair]


@dataclass(frozen=True)
class Prepared:
    """Sentences as symbols, on one device.

    `source` and `target` {part: (cuts, N, L) integers}: pieces, END, then PADDING (the target has
    START in front); validation and test have one cut. `lengths` {part: (cuts, N)} of the sources,
    END included. `target_pieces`: the mean number of pieces of a training target, END included.
    """

    config: Config
    split: Split
    pieces: "Pieces"
    source: dict[str, torch.Tensor]
    target: dict[str, torch.Tensor]
    lengths: dict[str, torch.Tensor]
    target_pieces: float


def clean(sentence: str) -> str:
    """One way to write a sentence: Unicode's compatible form, plain apostrophes, single spaces.

    >>> clean("  Essayons quelque chose\\u202f! ")
    'Essayons quelque chose !'
    """
    text = unicodedata.normalize("NFKC", sentence).replace("’", "'")
    return " ".join(text.split())


def words(sentence: str) -> list[str]:
    """Words and punctuation marks, as lengths are counted here.

    >>> words("Qu'est-ce que tu fais ?")
    ["Qu'est", '-', 'ce', 'que', 'tu', 'fais', '?']
    """
    return re.findall(r"\w+(?:'\w+)*|[^\w\s]", sentence)


def same(sentence: str) -> str:
    """What two sentences have in common that count as one: their words, in small letters.

    >>> same("No way!") == same("no way.")
    True
    """
    return " ".join(re.findall(r"\w+", sentence.casefold())) or sentence


def groups(pairs: list[Pair]) -> np.ndarray:
    """(N,) integers: pairs that share a sentence, also over several steps, have one number.

    >>> groups([("Hi.", "Salut."), ("Hello.", "Salut !"), ("No.", "Non."), ("hello", "Bonjour.")])
    array([0, 0, 2, 0])
    """
    above: dict[tuple[int, str], int] = {}
    parent = list(range(len(pairs)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for n, pair in enumerate(pairs):
        for side, sentence in enumerate(pair):
            first = above.setdefault((side, same(sentence)), n)
            low, high = sorted((root(first), root(n)))
            parent[high] = low
    return np.array([root(n) for n in range(len(pairs))])


def cut(pairs: list[Pair], held_out: int = 1000, seed: int = 0) -> Split:
    """Whole groups, in random order: first `held_out` pairs to test, then as many to validation.

    Groups that would fill a part beyond `held_out` are passed on. Raises ValueError if the pairs
    do not suffice.
    """
    if len(pairs) < 3 * held_out:
        raise ValueError(f"{len(pairs)} pairs are too few to hold out twice {held_out}")
    number = groups(pairs)
    members: dict[int, list[int]] = {}
    for n, group in enumerate(number.tolist()):
        members.setdefault(group, []).append(n)
    order = list(members)
    np.random.default_rng(seed).shuffle(order)
    parts: dict[str, list[int]] = {"test": [], "valid": [], "train": []}
    for group in order:
        for part, room in (("test", held_out), ("valid", held_out), ("train", len(pairs))):
            if len(parts[part]) + len(members[group]) <= room:
                parts[part] += members[group]
                break
    return Split(**{part: [pairs[n] for n in sorted(rows)] for part, rows in parts.items()})


@cache
def split_of(language: str, max_source: int, max_target: int) -> Split:
    """The pairs of a language whose two sentences are short enough, cut into three parts.

    The parts are those of *all* pairs of at most 12 and 14 words: a short test sentence of the
    laptop's run is one of the full run's test sentences.
    """
    data = load_tatoeba(language)
    every = list(dict.fromkeys(zip(map(clean, data.english), map(clean, data.other), strict=True)))
    short = [pair for pair in every if _fits(pair, FULL.max_source, FULL.max_target)]
    whole = cut(short)
    parts = {
        part: [pair for pair in getattr(whole, part) if _fits(pair, max_source, max_target)]
        for part in ("train", "valid", "test")
    }
    return Split(**parts)


def _fits(pair: Pair, max_source: int, max_target: int) -> bool:
    source, target = map(len, map(words, pair))
    return 0 < source <= max_source and 0 < target <= max_target


class Pieces:
    """Sentences as pieces of words, one table for both languages, learnt from the training part.

    The unigram model of Kudo (2018), "Subword regularization", by his library sentencepiece: any
    word can be cut into known pieces, in the end into letters; a sign that the training part never
    had becomes UNKNOWN. `model` is the library's own file as bytes.

    >>> pieces = Pieces.learn(["a cat sat", "a mat"] * 20, 18)
    >>> pieces.join(pieces.cut("a cat"))
    'a cat'
    """

    def __init__(self, model: bytes):
        import sentencepiece

        self.model = model
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)

    @classmethod
    def learn(cls, sentences: list[str], count: int) -> "Pieces":
        """A table of `count` pieces, the four special ones included."""
        import sentencepiece

        written = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=written,
            vocab_size=count,
            character_coverage=1.0,
            hard_vocab_limit=False,
            pad_id=PADDING,
            unk_id=UNKNOWN,
            bos_id=START,
            eos_id=END,
            num_threads=1,
            minloglevel=2,
        )
        return cls(written.getvalue())

    def __len__(self) -> int:
        return self._processor.get_piece_size()

    def cut(self, sentence: str) -> list[int]:
        """The likeliest pieces of a sentence."""
        return self._processor.encode(sentence)

    def cut_in_ways(self, sentences: list[str], ways: int, seed: int = 0) -> list[list[list[int]]]:
        """`ways` cuts of every sentence: the likeliest, and others drawn from the likeliest 16.

        Drawn in proportion to their probability to the power 0.3 (Kudo 2018, section 3.3). Not by
        the library's own sampling: its generator cannot be set back, so no run could be repeated.
        """
        first = [self._processor.encode(sentences)]
        if ways == 1:
            return first
        score = [self._processor.get_score(n) for n in range(len(self))]
        rng = np.random.default_rng(seed)
        drawn = []
        for sentence in sentences:
            likeliest = self._processor.nbest_encode(sentence, nbest_size=16)
            weight = np.array([sum(score[n] for n in pieces) for pieces in likeliest])
            share = np.exp(0.3 * (weight - weight.max()))
            chosen = rng.choice(len(likeliest), ways - 1, p=share / share.sum())
            drawn.append([likeliest[n] for n in chosen])
        return first + [list(way) for way in zip(*drawn, strict=True)]

    def join(self, symbols: list[int]) -> str:
        """The sentence that these symbols spell."""
        return self._processor.decode([int(s) for s in symbols if s > END])

    def spell(self, symbols: list[int]) -> list[str]:
        """Each symbol as text, a word's first piece with ▁ in front."""
        return [self._processor.id_to_piece(int(s)) for s in symbols]


def prepare(config: Config, device: str = "cpu", pieces: Pieces | None = None) -> Prepared:
    """Sentences, pieces and tensors of a run; pieces are learnt from the training part alone."""
    split = split_of(config.language, config.max_source, config.max_target)
    if pieces is None:
        pieces = Pieces.learn(
            [sentence for pair in split.train for sentence in pair], config.pieces
        )
    source, target, lengths = {}, {}, {}
    for part in ("train", "valid", "test"):
        ways = config.cuts if part == "train" else 1
        english, other = (list(side) for side in zip(*getattr(split, part), strict=True))
        source[part], lengths[part] = _tensor(pieces.cut_in_ways(english, ways), [], device)
        target[part], said = _tensor(pieces.cut_in_ways(other, ways, 1), [START], device)
        if part == "train":
            mean = said.double().mean().item() - 1.0
    return Prepared(config, split, pieces, source, target, lengths, mean)


def _tensor(
    ways: list[list[list[int]]], before: list[int], device: str
) -> tuple[torch.Tensor, torch.Tensor]:
    """(cuts, N, L) symbols and (cuts, N) lengths, END included."""
    rows = [[*before, *pieces, END] for way in ways for pieces in way]
    lengths = np.array([len(row) for row in rows])
    table = np.full((len(rows), lengths.max()), PADDING, dtype=np.int16)
    table[np.arange(lengths.max()) < lengths[:, None]] = np.concatenate(rows)
    shape = (len(ways), len(ways[0]))
    whole = torch.from_numpy(table).view(*shape, -1)
    return whole.to(device), torch.from_numpy(lengths).view(shape)
