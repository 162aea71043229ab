"""The small writer of notebooks 00, 03 and 07: one layer, to be run by NumPy alone."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lstm_lib.places import ROOT
from lstm_lib.scratch import LSTM, Dense
from lstm_lib.scratch import writer as scratch
from lstm_lib.tasks.text.cells import QUESTIONS, best_cell, labels
from lstm_lib.tasks.text.data import LAPTOP, prepare
from lstm_lib.tasks.text.model import WRITER, Writer, nats_a_character
from lstm_lib.train import default_threads

CONFIG = replace(LAPTOP, dropout=0.15, steps=12_000, average=0.998, evaluate_every=1000)

SEARCHED = 20_000  # characters of each part in which cells are searched for


def train(log: Callable[[str], object] = print) -> None:
    """Train it with torch, about six minutes on one core; write it for NumPy, in half precision."""
    default_threads()
    data = prepare(CONFIG)
    checkpoint = ROOT / "runs" / "text" / "pocket.ckpt"
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    model, _ = WRITER.train(data, 0, checkpoint, log)
    log(f"{nats_a_character(model, data):.4f} nats a character on the test part")
    writer = to_scratch(model, data.alphabet)
    text = {"fit": data.decode(data.train[-SEARCHED:]), "held out": data.decode(data.held_out)}
    read = {part: inside(writer, some[:SEARCHED]) for part, some in text.items()}
    for question in QUESTIONS:
        states, answers = zip(*((c, right[question]) for c, right in read.values()))
        knower = best_cell((states[0], answers[0]), (states[1], answers[1]))
        log(f"{question}: cell {knower.cell}, right {knower.held_out:.3f} on other text")
        writer.knows[question] = knower.cell
    scratch.save(scratch.POCKET, writer)


def inside(writer: scratch.Writer, text: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """tanh(c) after each character, (T, H), and the right answers to all questions."""
    return np.tanh(writer.read(text)["c"]), labels(text)


def to_scratch(model: Writer, alphabet: str) -> scratch.Writer:
    """The same network in NumPy: the character vectors E go into the input weights, W Eᵀ."""
    inside = model.lstm.to_scratch()
    lstm = LSTM(len(alphabet), inside.hidden_size)
    lstm.params |= {name: array.copy() for name, array in inside.params.items() if name != "W0"}
    lstm.params["W0"] = inside.params["W0"] @ model.embedding.weight.detach().cpu().numpy().T
    head = Dense(inside.hidden_size, len(alphabet))
    for name, array in (("W", model.dense.weight), ("b", model.dense.bias)):
        head.params[name][:] = array.detach().cpu().numpy()
    return scratch.Writer(alphabet, lstm, head)
