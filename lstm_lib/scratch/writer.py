"""A trained network that writes, in NumPy alone: it reads characters and says which may follow."""

from pathlib import Path

import numpy as np

from lstm_lib.places import RESULTS
from lstm_lib.scratch.dense import Dense
from lstm_lib.scratch.layer import LSTM

POCKET = RESULTS / "text" / "pocket.npz"


class Writer:
    """An LSTM over one-hot characters, and a dense layer that weighs what follows.

    p(next = k) = softmax_k(W h_t + b)

    alphabet    its V characters, one of them the line end
    lstm        of V inputs
    head        from H to V
    knows       what single cells know, by name: the cell's number; found by a search (`train text
                --study pocket`) and scored on other text

    >>> small = Writer("\\nab", LSTM(3, 4), Dense(4, 3))
    >>> small.write("ab", length=5).startswith("ab"), small.odds("ab").shape
    (True, (2, 3))
    """

    def __init__(self, alphabet: str, lstm: LSTM, head: Dense, knows: dict[str, int] | None = None):
        if (lstm.input_size, head.output_size) != (len(alphabet), len(alphabet)):
            raise ValueError(
                f"lstm and head must have {len(alphabet)} inputs and outputs, one a character; "
                f"got {lstm.input_size} and {head.output_size}"
            )
        self.alphabet, self.lstm, self.head, self.knows = alphabet, lstm, head, knows or {}

    def numbers(self, text: str) -> np.ndarray:
        """Each character's place in the alphabet, (T,). Raises ValueError for one not in it."""
        if unknown := sorted(set(text) - set(self.alphabet)):
            raise ValueError(
                f"this network has never seen {' '.join(unknown[:10])}; it knows "
                f"{self.alphabet.strip()}"
            )
        return np.array([self.alphabet.index(character) for character in text], dtype=np.int64)

    def read(self, text: str) -> dict[str, np.ndarray]:
        """What happens inside while it reads `text`: "c", "h", "i", "f", "g", "o", (T, H) each.

        Entry t is after the t-th character. Before the text stands a line end, which is not shown.
        """
        places = self.numbers("\n" + text)
        x = np.eye(len(self.alphabet), dtype=self.lstm.dtype)[places[:, None]]
        h_seq, _, tape = self.lstm.forward(x)
        trace = tape.trace()
        return {name: trace[name][1:, 0] for name in "cifgo"} | {"h": h_seq[1:, 0]}

    def odds(self, text: str) -> np.ndarray:
        """The probability of every character after each of `text`, (T, V)."""
        return softmax(self.head.forward(self.read(text)["h"])[0])

    def surprise(self, text: str) -> np.ndarray:
        """-log p of each character of `text` but the first, in nats, (T - 1,)."""
        p = self.odds(text[:-1])
        return -np.log(p[np.arange(len(text) - 1), self.numbers(text)[1:]])

    def write(
        self, beginning: str = "", length: int = 300, temperature: float = 0.7, seed: int = 0
    ) -> str:
        """`beginning`, and `length` characters more, drawn from softmax(logits / temperature).

        Raises ValueError for a character that the network does not know, and for a temperature or
        a length below 0 (a temperature of 0 takes the likeliest character each time).
        """
        if temperature < 0 or length < 0:
            raise ValueError(
                f"temperature and length must not be below 0; got {temperature} and {length}"
            )
        rng, state, written = np.random.default_rng(seed), None, beginning
        one_hot = np.eye(len(self.alphabet), dtype=self.lstm.dtype)
        for place in self.numbers("\n" + beginning):
            h, state = self.lstm.step(one_hot[[place]], state)
        for _ in range(length):
            logits = self.head.forward(h)[0][0].astype(np.float64)
            if temperature == 0:
                place = int(logits.argmax())
            else:
                place = rng.choice(len(logits), p=softmax(logits / temperature))
            written += self.alphabet[place]
            h, state = self.lstm.step(one_hot[[place]], state)
        return written


def softmax(logits: np.ndarray) -> np.ndarray:
    """Shares along the last axis: e^z over the sum of all e^z, in float64."""
    z = np.asarray(logits, dtype=np.float64)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def save(path: Path, writer: Writer) -> None:
    """Alphabet and weights in half precision, in one .npz file."""
    arrays = {name: array.astype(np.float16) for name, array in writer.lstm.params.items()}
    arrays |= {f"head {name}": a.astype(np.float16) for name, a in writer.head.params.items()}
    arrays |= {f"knows {name}": np.array(cell) for name, cell in writer.knows.items()}
    np.savez_compressed(path, alphabet=np.array(list(writer.alphabet)), **arrays)


def load_writer(path: Path = POCKET) -> Writer:
    """The course's small network: nine plays of Shakespeare, read a letter at a time.

    >>> load_writer().lstm.hidden_size
    256
    """
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    alphabet = "".join(arrays.pop("alphabet").tolist())
    hidden = arrays["R0"].shape[1]
    lstm, head = LSTM(len(alphabet), hidden), Dense(hidden, len(alphabet))
    for name in lstm.params:
        lstm.params[name][:] = arrays[name]
    for name in head.params:
        head.params[name][:] = arrays[f"head {name}"]
    knows = {k.removeprefix("knows "): int(a) for k, a in arrays.items() if k.startswith("knows ")}
    return Writer(alphabet, lstm, head, knows)
