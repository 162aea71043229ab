"""Cells that know something: a search over all, scored on text it was not made on."""

import re
from typing import NamedTuple

import numpy as np
import torch

from lstm_lib.tasks.network import evaluating
from lstm_lib.tasks.text.model import Writer

# What could be known after each character, from the text up to there; a 0 or 1 each.
QUESTIONS = {
    "in a speaker's name": "the line began after an empty line and no colon came yet",
    "in the first five characters of a line": "fewer than five since the last line end",
    "more than 35 characters into a line": "beyond the middle of most lines",
    "in a word that began with a capital": "inside it, its first letter included",
    "four letters or more into a word": "the last four characters are letters",
    "after a comma, same sentence": "a comma came since the last . ? ! : or ;",
    "in the first sentence of a speech": "no . ? or ! since the speaker's name",
}


def labels(text: str) -> dict[str, np.ndarray]:
    """For each question of `QUESTIONS` whether it is so after each character, (T,) of 0 and 1.

    >>> labels("\\n\\nROMEO:\\nAy, me")["in a speaker's name"].astype(int).tolist()
    [0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    """
    found = {name: np.zeros(len(text), dtype=bool) for name in QUESTIONS}
    name_line = comma = first = capital = False
    column = letters = 0
    for t, character in enumerate(text):
        if character == "\n":
            name_line = text[max(0, t - 1) : t] == "\n"
            column = 0
        else:
            column += 1
        if character == ":" and name_line:
            name_line, first = False, True
        if character in ".?!":
            first = False
        comma = character == "," or (comma and character not in ".?!:;")
        if not character.isalpha():
            letters, capital = 0, False
        else:
            capital = character.isupper() if letters == 0 else capital
            letters += 1
        values = (
            name_line and column > 0,
            0 < column <= 5,
            column > 35,
            capital,
            letters >= 4,
            comma,
            first,
        )
        for name, value in zip(found, values):
            found[name][t] = value
    return found


def states(model: Writer, codes: torch.Tensor) -> np.ndarray:
    """tanh(c) of every cell of every layer after each character: (T, layers · H) float32."""
    rows, state = [], None
    with evaluating(model):
        for code in codes:
            _, state = model.lstm(model.embedding(code[None, None]), state)
            rows.append(torch.tanh(state[1]).flatten())
    return torch.stack(rows).float().cpu().numpy()


class Knower(NamedTuple):
    """One cell that was found: its number, threshold and side, and how right it is."""

    cell: int
    threshold: float
    above: bool
    found: float  # balanced accuracy where it was chosen
    held_out: float  # and on other text


def best_cell(
    fit: tuple[np.ndarray, np.ndarray], held_out: tuple[np.ndarray, np.ndarray]
) -> Knower:
    """The one cell, with its one threshold, that answers a yes-or-no question best.

    fit, held_out: (states (T, K), answers (T,)). Balanced accuracy, the mean of the shares right
    among yes and among no: 0.5 knows nothing. Cell, threshold and side are chosen on `fit`, on a
    grid of 99 quantiles of each cell.

    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.normal(size=(400, 3)), rng.random(400) < 0.3
    >>> x[:, 1] += 9 * y
    >>> found = best_cell((x[:200], y[:200]), (x[200:], y[200:]))
    >>> found.cell, found.above, found.held_out > 0.99
    (1, True, True)
    """
    (states, yes), best = fit, None
    for cell in range(states.shape[1]):
        column = states[:, cell]
        cuts = np.unique(np.quantile(column, np.arange(1, 100) / 100))
        order = np.sort(column[yes]), np.sort(column[~yes])
        of_yes, of_no = (1 - np.searchsorted(part, cuts, "right") / len(part) for part in order)
        right = (of_yes + 1 - of_no) / 2
        for above, score in ((True, right), (False, 1 - right)):
            place = int(score.argmax())
            if best is None or score[place] > best[3]:
                best = (cell, float(cuts[place]), above, float(score[place]))
    return Knower(*best, balanced_accuracy(answers(held_out[0], *best[:3]), held_out[1]))


def answers(states: np.ndarray, cell: int, threshold: float, above: bool) -> np.ndarray:
    """Where this cell says yes, (T,)."""
    return (states[:, cell] > threshold) == above


def balanced_accuracy(said: np.ndarray, yes: np.ndarray) -> float:
    """The mean of the shares that are right among those with yes and among those with no.

    >>> balanced_accuracy(np.array([True, True, False]), np.array([True, False, False]))
    0.75
    """
    return float((said[yes].mean() + (~said[~yes]).mean()) / 2)


def words_of(text: str) -> list[str]:
    """Its words in small letters, apostrophes kept.

    >>> words_of("Ay, know'st thou?")
    ['ay', "know'st", 'thou']
    """
    return re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower())
