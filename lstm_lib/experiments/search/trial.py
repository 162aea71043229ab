"""One trial: settings drawn at random, a network trained with them, and how well it does.

Greff et al. (2015), section 4: stochastic gradient descent with Nesterov's momentum, nothing
clipped, stopped when the validation part has not improved for a while. The LSTM is that of
`lstm_lib.scratch`, in NumPy.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from zlib import crc32

import numpy as np

from lstm_lib.experiments.search.problems import Problem, padded
from lstm_lib.scratch import (
    LSTM,
    SGD,
    Dense,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)

PATIENCE = 10  # epochs after which a trial stops if its validation loss is not better, clearly:
BETTER = 0.998  # below this share of the best so far
START = 0.1  # standard deviation of all weights at the start


@dataclass(frozen=True)
class Settings:
    """What the paper searches: all but the noise uniform in the logarithm.

    The paper's ranges, but that its rates are 1e-6 to 1e-2: with these smaller sets a network has
    far fewer updates, and in a few trials of V before the search rates of 0.01 to 0.1 did best on
    two of the three problems.

    rate      of learning, 1e-5 to 0.1, for the sum of the gradients of a batch
    hidden    cells, 20 to 200
    momentum  0 to 0.99; 1 - momentum is drawn
    noise     standard deviation of what is added to each input in training, 0 to 1
    """

    log10_rate: float
    log10_hidden: float
    log10_slowness: float  # of 1 - momentum
    noise: float

    @property
    def rate(self) -> float:
        return 10**self.log10_rate

    @property
    def hidden(self) -> int:
        return round(10**self.log10_hidden)

    @property
    def momentum(self) -> float:
        return 1 - 10**self.log10_slowness


RANGES = {
    "log10_rate": (-5.0, -1.0),
    "log10_hidden": (np.log10(20), np.log10(200)),
    "log10_slowness": (-2.0, 0.0),
    "noise": (0.0, 1.0),
}


def draw(problem: str, variant: str, number: int) -> Settings:
    """The settings of one trial, always the same for these three.

    >>> draw("music", "V", 0) == draw("music", "V", 0), draw("music", "V", 0).hidden
    (True, 120)
    """
    rng = np.random.default_rng([crc32(f"{problem} {variant}".encode()), number])
    return Settings(*(float(rng.uniform(*ends)) for ends in RANGES.values()))


@dataclass(frozen=True)
class Score:
    """Loss (the problem's unit) and share of wrong answers (music: none) of a trial's best epoch.

    The epoch was chosen by the validation part. `diverged`: numbers overflowed, training ended.
    """

    valid: float
    test: float
    valid_error: float | None
    test_error: float | None
    epochs: int
    best_epoch: int
    diverged: bool


class Learner:
    """An LSTM of one variant and a dense layer over it, for one problem."""

    def __init__(self, problem: Problem, variant: str, hidden: int, rng: np.random.Generator):
        self.problem = problem
        self.lstm = LSTM(problem.inputs, hidden, variant=variant)
        self.head = Dense(hidden, problem.outputs)
        self.params = {**self.lstm.params, **{f"head {k}": v for k, v in self.head.params.items()}}
        for array in self.params.values():
            array[:] = rng.normal(0.0, START, array.shape)

    def set(self, params: dict[str, np.ndarray]) -> None:
        """Put these numbers into the network."""
        for name, array in self.params.items():
            array[:] = params[name]

    def loss(self, rows: np.ndarray, noise: float, rng: np.random.Generator) -> tuple[float, dict]:
        """The summed loss of these sequences, and its gradients."""
        x, lengths = padded([self.problem.sequences[row] for row in rows])
        if noise:
            x = x + rng.normal(0.0, noise, x.shape).astype(x.dtype)
        h_seq, _, tape = self.lstm.forward(x, lengths=lengths)
        asked = self._asked(lengths)
        logits, head_tape = self.head.forward(h_seq[asked])
        each, dlogits = self.entropy(logits, self._targets(rows))
        count = self._count(logits)
        head_grads, dh = self.head.backward((dlogits * count).astype(h_seq.dtype), head_tape)
        dh_seq = np.zeros_like(h_seq)
        dh_seq[asked] = dh
        grads, _, _ = self.lstm.backward(dh_seq, tape)
        return each * count, {**grads, **{f"head {k}": v for k, v in head_grads.items()}}

    def score(self, part: slice, batch: int = 64) -> tuple[float, float | None]:
        """Mean loss a frame or sequence of a part, and the share of wrong classes."""
        rows = np.arange(len(self.problem.sequences))[part]
        total, wrong, answers = 0.0, 0, 0
        for start in range(0, len(rows), batch):
            some = rows[start : start + batch]
            x, lengths = padded([self.problem.sequences[row] for row in some])
            h_seq, _, _ = self.lstm.forward(x, lengths=lengths)
            logits, _ = self.head.forward(h_seq[self._asked(lengths)])
            target = self._targets(some)
            total += self.entropy(logits.astype(float), target)[0] * self._count(logits)
            if not self.problem.each_step:
                wrong += int((logits.argmax(-1) != target).sum())
            answers += len(logits)
        return float(total / answers), None if self.problem.each_step else wrong / answers

    @property
    def entropy(self) -> Callable:
        """The mean loss of logits and targets, and its gradient."""
        return sigmoid_cross_entropy if self.problem.each_step else softmax_cross_entropy

    def _count(self, logits: np.ndarray) -> int:
        """Of how many terms `entropy` is the mean."""
        return logits.size if self.problem.each_step else len(logits)

    def _asked(self, lengths: np.ndarray) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Where in (T, B) an answer is asked for: at all steps that there are, or at the last."""
        if self.problem.each_step:
            return np.arange(lengths.max())[:, None] < lengths
        return lengths - 1, np.arange(len(lengths))

    def _targets(self, rows: np.ndarray) -> np.ndarray:
        """Of these sequences: their classes, or all their steps in the order of `_asked`."""
        if not self.problem.each_step:
            return self.problem.targets[rows].astype(int)
        chosen = [self.problem.targets[row] for row in rows]
        longest = max(map(len, chosen))
        return np.concatenate(
            [np.stack([one[t] for one in chosen if t < len(one)]) for t in range(longest)]
        )


def batches(problem: Problem, rng: np.random.Generator) -> list[np.ndarray]:
    """The training rows in batches of sequences of about one length, in random order."""
    rows = np.arange(len(problem.sequences))[problem.split.train]
    lengths = np.array([len(problem.sequences[row]) for row in rows])
    order = rows[np.argsort(lengths * rng.uniform(0.8, 1.2, len(rows)), kind="stable")]
    cut = [order[k : k + problem.batch] for k in range(0, len(order), problem.batch)]
    return [cut[k] for k in rng.permutation(len(cut))]


def copied(params: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: array.copy() for name, array in params.items()}


def generator(settings: Settings, seed: int) -> np.random.Generator:
    """All that is random in a trial: the start, the order of the sequences, the noise."""
    return np.random.default_rng([seed, crc32(repr(asdict(settings)).encode())])


def run(problem: Problem, variant: str, settings: Settings, seed: int) -> Score:
    """Train one network and return how well it did at its best epoch."""
    rng = generator(settings, seed)
    learner = Learner(problem, variant, settings.hidden, rng)
    optimiser = SGD(
        learner.params,
        settings.rate * (1 - settings.momentum),
        settings.momentum,
        nesterov=settings.momentum > 0,
    )
    (valid, valid_error), best_epoch = learner.score(problem.split.valid), 0
    best_params = copied(learner.params)
    diverged, epoch, clear, clear_epoch = False, 0, valid, 0
    with np.errstate(all="ignore"):
        while epoch - clear_epoch < PATIENCE and epoch < problem.epochs and not diverged:
            epoch += 1
            for rows in batches(problem, rng):
                loss, grads = learner.loss(rows, settings.noise, rng)
                if not all(np.isfinite(array).all() for array in (loss, *grads.values())):
                    diverged = True
                    break
                optimiser.step(grads)
            loss, error = (np.inf, None) if diverged else learner.score(problem.split.valid)
            diverged = diverged or not np.isfinite(loss)
            if loss < valid:
                valid, valid_error, best_epoch = float(loss), error, epoch
                best_params = copied(learner.params)
            if loss < BETTER * clear:
                clear, clear_epoch = loss, epoch
    learner.set(best_params)
    test, test_error = learner.score(problem.split.test)
    return Score(valid, test, valid_error, test_error, epoch, best_epoch, diverged)
