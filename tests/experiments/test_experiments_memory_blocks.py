"""The networks of 1997 and 2000: their weights counted, their learning against a transcription."""

import numpy as np
import pytest
import torch

from lstm_lib.experiments.online.memory_blocks import Wiring, blank, forward, initial, learn
from lstm_lib.experiments.reber import WIRING

# The papers' numbers of weights pin down what is connected with what.
PAPERS = {
    "1997, experiment 1, four blocks": (264, Wiring(7, 7, 4, 1, biased=("gates",))),
    "1997, experiment 1, three blocks of two": (276, Wiring(7, 7, 3, 2, biased=("gates",))),
    "1997, experiment 2c, 50 distractors": (364, Wiring(54, 2, 2, 1, biased=())),
    "1997, experiment 3a": (102, Wiring(1, 1, 3, 1, biased=("cells", "gates"))),
    "1997, experiment 4": (93, Wiring(2, 1, 2, 2)),
    "1997, experiment 6a": (156, Wiring(8, 4, 2, 2)),
    "1997, experiment 6b": (308, Wiring(8, 8, 3, 2)),
    "2000, continual Reber grammar": (424, WIRING),
}


@pytest.mark.parametrize("name", PAPERS)
def test_the_number_of_weights_is_the_papers(name):
    count, wiring = PAPERS[name]
    assert wiring.count() == count


def transcription(wiring, weights, xs, targets, rate):
    """The papers' equations, truncated: what a unit sees of the step before is taken as given.

    Independent of the library's: torch's autograd, one tensor of weights for each step, since each
    step's contribution to a state was made with the weights of its time.
    """
    masks = [torch.tensor(mask) for mask in wiring.masks()]
    W, V = (torch.tensor(part.copy()) for part in weights)
    cells, blocks = wiring.blocks * wiring.cells, wiring.blocks
    s, y = torch.zeros(cells, dtype=torch.float64), torch.zeros(cells, dtype=torch.float64)
    gates = torch.zeros(wiring.kinds * blocks, dtype=torch.float64)
    used, one = [], torch.ones(1, dtype=torch.float64)
    for x, target in zip(torch.tensor(xs), torch.tensor(targets)):
        W, V = W.clone().requires_grad_(), V.clone().requires_grad_()
        used.append(W)
        seen = [x, y.detach()] + [gates.detach()] * wiring.sees_gates + [one]
        net = W @ torch.cat(seen)
        gates = torch.sigmoid(net[cells:])
        enter, leave, *forget = (
            gate.repeat_interleave(wiring.cells) for gate in gates.split(blocks)
        )
        s = (forget[0] if forget else 1.0) * s + enter * (4 * torch.sigmoid(net[:cells]) - 2)
        y = leave * (2 * torch.sigmoid(s) - 1)
        out = torch.sigmoid(V @ torch.cat([y, x, one]))
        error = 0.5 * (target - out).square().sum()
        *by_step, of_V = torch.autograd.grad(error, [*used, V], retain_graph=True)
        with torch.no_grad():
            W = W - rate * sum(by_step) * masks[0]
            V = V - rate * of_V * masks[1]
    return W.numpy(), V.numpy()


@pytest.mark.parametrize("name", [name for name in PAPERS if "2c" not in name])
def test_a_hundred_steps_of_learning_are_the_transcriptions(name):
    """For: a trace that forgets too much, an error that leaks through a gate of the step before, a
    weight that is not there and learns all the same."""
    _, wiring = PAPERS[name]
    rng = np.random.default_rng(3)
    xs = rng.normal(size=(100, wiring.inputs))
    targets = rng.integers(0, 2, size=(100, wiring.outputs)).astype(float)
    weights = initial(wiring, 1, 0.5, {"input": np.linspace(-1, 1, wiring.blocks)})
    expected = transcription(wiring, weights, xs, targets, 0.3)
    shape, masks, state = wiring.shape, wiring.masks(), blank(wiring.shape)
    for x, target in zip(xs, targets):
        out, v, u = forward(x, weights, state, shape, 1.0, True)
        learn(target, out, v, u, weights, masks, state, shape, 0.3)
    for ours, theirs in zip(weights, expected):
        assert np.abs(ours - theirs).max() < 1e-10 * np.abs(theirs).max()


def test_reading_alone_changes_no_weight_and_gives_the_same_outputs():
    """For: traces that enter the outputs, a test that learns."""
    weights = initial(WIRING, 2, 0.2, {})
    before = [part.copy() for part in weights]
    states = blank(WIRING.shape), blank(WIRING.shape)
    for x in np.random.default_rng(0).normal(size=(20, 7)):
        one, two = (forward(x, weights, state, WIRING.shape, 1.0, learns)[0]
                    for state, learns in zip(states, (True, False)))  # fmt: skip
        assert np.array_equal(one, two)
    assert all(np.array_equal(a, b) for a, b in zip(before, weights))
    assert not states[1].traces.any() and states[0].traces.any()
