"""`python course.py draw 7`: digits that the network of notebook 17 draws, in the terminal."""

import argparse
from pathlib import Path

import numpy as np
import torch

from lstm_lib.places import RESULTS
from lstm_lib.tasks.images.data import FULL
from lstm_lib.tasks.images.model import ThreeWays
from lstm_lib.tasks.images.sample import drawn
from lstm_lib.train import default_threads, load_weights

MOST, ACROSS = 100, 5
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
QUARTERS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"  # by which of four pixels are ink: 1, 2 above, 4, 8 below


def committed(way: str = "threshold", folder: Path = RESULTS / "images") -> ThreeWays:
    """The network of the committed full run. Raises FileNotFoundError if there is none."""
    model = ThreeWays(FULL.side, FULL.hidden_size, FULL.above_size)
    return load_weights(folder / f"full-{way}.safetensors", model).eval()


def blocks(x: np.ndarray) -> str:
    """A black and white picture in letters, four pixels each: (R, C) -> half as many lines.

    >>> print(blocks(np.array([[1, 0, 0, 1], [1, 1, 0, 0]])))
    ▙▝
    """
    x = np.pad(np.asarray(x, dtype=int), [(0, n % 2) for n in np.shape(x)])
    quarter = x[::2, ::2] + 2 * x[::2, 1::2] + 4 * x[1::2, ::2] + 8 * x[1::2, 1::2]
    return "\n".join("".join(QUARTERS[q] for q in row) for row in quarter)


def side_by_side(digits: torch.Tensor) -> str:
    """Pictures (N, R, C) in letters, `ACROSS` beside each other."""
    strips = []
    for few in digits.split(ACROSS):
        lines = zip(*(blocks(x.numpy()).split("\n") for x in few), strict=True)
        strips.append("\n".join(" ".join(line).rstrip() for line in lines).strip("\n"))
    return "\n\n".join(strips)


def asked(text: str) -> int:
    """The digit that somebody typed: "7", "٧" or "seven". Raises ValueError with what is wanted."""
    text = text.strip().lower()
    if text in WORDS:
        return WORDS.index(text)
    if len(text) == 1 and text.isdecimal():
        return int(text)
    shown = text if len(text) < 20 else f"{text[:17]}..."
    raise ValueError(f"a digit from 0 to 9 is wanted, such as 7 or seven; got {shown!r}")


def main(arguments: list[str]) -> int:
    """`draw 7 [--count 10] [--seed 0] [--out digits.png]`: exit code 0, or 2 for bad input."""
    parser = argparse.ArgumentParser(
        prog="python course.py draw", description="Digits drawn pixel by pixel by an LSTM."
    )
    parser.add_argument("digit", help="which digit, 0 to 9")
    parser.add_argument("--count", type=int, default=5, help=f"how many, at most {MOST}")
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same digits")
    parser.add_argument("--out", type=Path, help="a PNG file to write, too")
    given = parser.parse_args(arguments)
    try:
        digit = asked(given.digit)
    except ValueError as error:
        parser.error(str(error))
    if not 1 <= given.count <= MOST:
        parser.error(f"--count must be from 1 to {MOST}; got {given.count}")
    if not 0 <= given.seed < 2**63:
        parser.error(f"--seed must be 0 or more, below 2**63; got {given.seed}")
    default_threads()
    try:
        model = committed()
    except FileNotFoundError as error:
        parser.error(f"the network's weights are missing: {error.filename}")
    digits = drawn(model, [digit] * given.count, seed=given.seed)
    print(side_by_side(digits))
    if given.out is not None:
        try:
            save(digits, given.out)
        except (OSError, ValueError) as error:
            parser.error(f"{given.out} cannot be written: {error}")
        print(f"\n{given.out}")
    return 0


def save(digits: torch.Tensor, path: Path, scale: int = 6) -> None:
    """Pictures (N, R, C) as a PNG, ten beside each other, ink black."""
    from PIL import Image

    n, rows, columns = digits.shape
    across = min(10, n)
    sheet = torch.zeros(-(-n // across), across, rows + 4, columns + 4)
    sheet.flatten(0, 1)[:n, 2:-2, 2:-2] = digits
    ink = sheet.transpose(1, 2).reshape(sheet.shape[0] * (rows + 4), across * (columns + 4))
    image = Image.fromarray(((1 - ink) * 255).byte().numpy())
    image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST).save(path)
