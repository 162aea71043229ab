"""A text as numbers: what is learnt from, what is held out, and the windows of a step."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from lstm_lib.data import load_shakespeare
from lstm_lib.tasks.network import Learning

# The share of the text that is learnt from, and where the part that is scored ends. Settings are
# chosen on "valid"; the final networks learn from the first 90 %, validation included.
PARTS = {"valid": (0.85, 0.90), "test": (0.90, 1.0)}
OTHER = "\N{REPLACEMENT CHARACTER}"  # stands for every character that is too rare to be learnt
SHORTEST = 5_000


@dataclass(frozen=True, kw_only=True)
class Config(Learning):
    """One experiment; `LAPTOP` and `FULL` differ in values only.

    `part`: what is scored, see `PARTS`. `window`: characters of a training window. `dropout`: of
    the LSTM's outputs, `input_dropout` of the character vectors, `weight_dropout` of R.
    """

    part: str = "test"
    window: int = 96
    embedding_size: int = 128
    hidden_size: int = 640
    layers: int = 1
    input_dropout: float = 0.1
    dropout: float = 0.4
    weight_dropout: float = 0.2
    batch_size: int = 12
    learning_rate: float = 5e-3
    steps: int = 6500
    warmup: int = 200
    weight_decay: float = 0.0
    average: float = 0.999
    evaluate_every: int = 100
    precision: str = "bfloat16"
    seeds: tuple[int, ...] = (0, 1, 2)
    dear: bool = True  # also what takes long: what adapts, compressors, samples, cells


FULL = Config()
LAPTOP = replace(
    FULL,
    window=64,
    embedding_size=64,
    hidden_size=256,
    layers=1,
    input_dropout=0.0,
    dropout=0.0,
    weight_dropout=0.0,
    batch_size=16,
    learning_rate=8e-3,
    steps=2400,
    warmup=50,
    average=0.98,
    precision="float32",
    seeds=(0,),
    dear=False,
)


@dataclass(frozen=True, repr=False)
class Prepared:
    """A text cut in two: `train` (N,), `held_out` (M,), numbers of characters in `alphabet`."""

    config: Config
    alphabet: str
    train: torch.Tensor = field(repr=False)
    held_out: torch.Tensor = field(repr=False)

    def encode(self, text: str) -> torch.Tensor:
        """Numbers (T,) of the characters of `text`. Raises ValueError for one that is not known."""
        return encode(text, self.alphabet).to(self.train.device)

    def decode(self, codes: Sequence[int] | torch.Tensor) -> str:
        """The text of numbers (T,)."""
        return "".join(self.alphabet[code] for code in np.asarray(codes).tolist())


def encode(text: str, alphabet: str) -> torch.Tensor:
    """Each character's place in the alphabet, (T,) int64. Raises ValueError for one not in it.

    >>> encode("cab", "abc").tolist()
    [2, 0, 1]
    """
    place = {character: number for number, character in enumerate(alphabet)}
    if unknown := sorted(set(text) - set(alphabet)):
        raise ValueError(f"not in the alphabet: {unknown[:10]}")
    return torch.tensor([place[character] for character in text], dtype=torch.int64)


def prepare(
    config: Config = LAPTOP, device: str | torch.device = "cpu", text: str | None = None
) -> Prepared:
    """The text (default: nine plays of Shakespeare) as numbers, cut for `config.part`.

    The alphabet is that of the whole text: which characters there are is taken as known, as it is
    for every floor. Raises ValueError if a part is shorter than a window.

    >>> data = prepare()
    >>> len(data.alphabet), data.decode(data.train[:14])
    (64, 'First Citizen:')
    """
    text = load_shakespeare().tiny if text is None else text
    alphabet = "".join(sorted(set(text)))
    codes = encode(text, alphabet).to(device)
    start, end = (round(share * len(codes)) for share in PARTS[config.part])
    if min(start, end - start) <= config.window:
        raise ValueError(
            f"the text is too short: {start:,} characters to learn from and {end - start:,} held "
            f"out; each part must be longer than a window, {config.window}"
        )
    return Prepared(config, alphabet, codes[:start], codes[start:end])


def own_text(path: str | Path, least: int = 5) -> str:
    """A text file (UTF-8) as `prepare(text=...)` takes it.

    Line ends become \\n; every character that stands there fewer than `least` times becomes one and
    the same, "�". Raises ValueError if the file is not UTF-8 or has fewer than 5,000 characters,
    FileNotFoundError if there is none.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8 text, not as .docx or .pdf"
        ) from None
    if len(text) < SHORTEST:
        raise ValueError(
            f"{path} has {len(text):,} characters; a text to learn from needs at least "
            f"{SHORTEST:,}, and a million is better"
        )
    often = Counter(text)
    return "".join(c if often[c] >= least else OTHER for c in text)


@dataclass(frozen=True)
class Windows:
    """Where the windows of step s begin: drawn anew at each step, a pure function of seed and step.

    >>> first = Windows(n=1000, window=256, batch_size=4).indices(7)
    >>> first.shape, int(first.max()) < 1000 - 256
    (torch.Size([4]), True)
    """

    n: int
    window: int
    batch_size: int
    seed: int = 0

    def indices(self, step: int) -> torch.Tensor:
        """The first characters of `batch_size` windows, (B,): each has one more to predict."""
        rng = np.random.default_rng([self.seed, step])
        return torch.from_numpy(rng.integers(0, self.n - self.window, self.batch_size))


def window_at(
    codes: torch.Tensor, starts: torch.Tensor, window: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """What is read and what follows each character of it, (T, B) both, one column a start.

    >>> x, y = window_at(torch.arange(10), torch.tensor([0, 5]), window=3)
    >>> x.T.tolist(), y.T.tolist()
    ([[0, 1, 2], [5, 6, 7]], [[1, 2, 3], [6, 7, 8]])
    """
    rows = codes[starts[None] + torch.arange(window + 1)[:, None].to(starts.device)]
    return rows[:-1], rows[1:]
