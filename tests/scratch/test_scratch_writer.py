"""The small writer of notebook 00: torch's network in NumPy, and what it is said to know."""

import numpy as np
import pytest
import torch

from lstm_lib.scratch import LSTM, Dense
from lstm_lib.scratch.writer import Writer, load_writer, save, softmax


@pytest.fixture(scope="module")
def writer():
    return load_writer()


def test_it_is_the_network_that_torch_trained():
    """For: character vectors on the wrong side of the weights, a bias that is lost."""
    from lstm_lib.tasks.text import LAPTOP
    from lstm_lib.tasks.text.model import Writer as TorchWriter
    from lstm_lib.tasks.text.pocket import to_scratch

    torch.manual_seed(0)
    model, alphabet, text = TorchWriter(4, LAPTOP), "\nabc", "\nabacab\ncc"
    codes = torch.tensor([alphabet.index(c) for c in text])[:, None]
    with torch.no_grad():
        p = torch.softmax(model.eval()(codes)[0][:, 0], -1).numpy()
    assert np.allclose(to_scratch(model, alphabet).odds(text[1:]), p[1:], atol=1e-5)


def test_its_weights_are_those_of_the_result_and_know_speakers(writer):
    """On text that it has not read: nats a character, and the cell of notebook 00."""
    from lstm_lib.data import load_shakespeare
    from lstm_lib.tasks.text.cells import labels

    text = load_shakespeare().valid[40_000:60_000]
    assert 1.3 < writer.surprise(text).mean() < 1.5
    c = writer.read(text)["c"][:, writer.knows["in a speaker's name"]]
    name = labels(text)["in a speaker's name"]
    assert min((c[name] > 0).mean(), (c[~name] < 0).mean()) > 0.9


def test_it_writes_the_same_again_and_goes_on_from_what_it_was_given(writer):
    once = writer.write("To be", length=80, seed=3)
    assert once == writer.write("To be", length=80, seed=3) != writer.write("To be", 80, seed=4)
    assert once.startswith("To be") and len(once) == 85
    first = writer.write("", length=40, temperature=0)
    assert first == writer.write(first[:20], length=20, temperature=0)


def test_it_draws_by_its_odds():
    """Chi-square over 4,000 first letters of a tiny network."""
    tiny = Writer("\nabc", LSTM(4, 3, seed=1), Dense(3, 4, seed=2))
    tiny.head.params["b"][:] = [0.5, -1, 1, 0]
    p = softmax(np.log(tiny.odds("a")[-1]) / 0.7)
    drawn = [tiny.write("a", length=1, temperature=0.7, seed=k)[-1] for k in range(4000)]
    seen = np.array([drawn.count(character) for character in tiny.alphabet])
    assert ((seen - 4000 * p) ** 2 / (4000 * p)).sum() < 16.3  # p = 0.001, three degrees


def test_what_it_cannot_read_or_do_is_told(writer):
    for text in ("Où es-tu?", "🙂", "今日"):
        with pytest.raises(ValueError, match=r"has never seen .*; it knows"):
            writer.write(text)
    with pytest.raises(ValueError, match="must not be below 0"):
        writer.write("a", temperature=-1)
    with pytest.raises(ValueError, match="must have 3 inputs"):
        Writer("abc", LSTM(4, 3), Dense(3, 4))


def test_a_saved_one_comes_back(tmp_path, writer):
    save(tmp_path / "w.npz", writer)
    again = load_writer(tmp_path / "w.npz")
    assert again.knows == writer.knows and again.alphabet == writer.alphabet
    assert (again.odds("To be") == writer.odds("To be")).all()
