"""`python course.py write "To be"`: the committed network goes on with what you typed."""

import argparse
import sys
from collections.abc import Callable

import torch

from lstm_lib.data.errors import DataError
from lstm_lib.tasks.text import sampling
from lstm_lib.tasks.text.data import Prepared
from lstm_lib.tasks.text.report import load

READ = 1000  # the last so many characters of what was typed are read
ALIKE = str.maketrans("‘’–—“”", "''--''")


def known_part(typed: str, alphabet: str) -> tuple[str, list[str]]:
    """What the network can read of a text, and what there is to say about the rest.

    >>> known_part("Good day, 世界!", "Gody a,!")
    ('Good day, !', ['The network does not know 世 界: left out.'])
    """
    typed = typed.replace("\r\n", "\n").translate(ALIKE)
    unknown = list(dict.fromkeys(c for c in typed if c not in alphabet))
    text, remarks = "".join(c for c in typed if c in alphabet), []
    if unknown:
        shown = " ".join(c if c.isprintable() else repr(c)[1:-1] for c in unknown[:10])
        more = f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""
        remarks.append(f"The network does not know {shown}{more}: left out.")
    if len(text) > READ:
        remarks.append(f"Of {len(text):,} characters the last {READ:,} are read.")
    return text, remarks


def continued(
    model, data: Prepared, typed: str, temperature: float = 0.7, length: int = 400, seed: int = 0
) -> tuple[str, list[str]]:
    """What was typed, as far as it is known, with `length` characters after it; and remarks.

    An empty text begins a new speech. Raises ValueError for a temperature that is not above 0.
    """
    text, remarks = known_part(typed, data.alphabet)
    # Two empty lines before it: a speech begins.
    before = data.encode(("\n\n" + text)[-READ:])
    written = sampling.sample(
        model, before, length, lambda p: sampling.temperature(p, temperature), seed=seed
    )
    return text + data.decode(written[0]), remarks


def number(kind: Callable, least: float, most: float) -> Callable[[str], float]:
    """For argparse: a number in bounds, or an error in one line."""

    def read(typed: str) -> float:
        try:
            value = kind(typed)
        except ValueError:
            value = None
        if value is None or not least <= value <= most:
            raise argparse.ArgumentTypeError(f"a number from {least:g} to {most:g}; got {typed!r}")
        return value

    return read


def main(arguments: list[str]) -> int:
    """Read the command's words, print the text; 1 if there is no network or no data."""
    parser = argparse.ArgumentParser(
        prog="python course.py write", description="An LSTM goes on with your text."
    )
    parser.add_argument("text", nargs="*", help="how it begins (default: a new speech)")
    parser.add_argument("--temperature", type=number(float, 0.01, 100), default=0.7)
    parser.add_argument("--length", type=number(int, 1, 20_000), default=400)
    parser.add_argument("--seed", type=number(int, 0, 2**32 - 1), default=0)
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)  # one character at a time is too little to share
    try:
        model, data = load()
    except FileNotFoundError:
        print(
            "There is no trained network yet: `python course.py train text --full`", file=sys.stderr
        )
        return 1
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    text, remarks = continued(
        model, data, " ".join(given.text), given.temperature, given.length, given.seed
    )
    for remark in remarks:
        print(remark, file=sys.stderr)
    print(text)
    return 0
