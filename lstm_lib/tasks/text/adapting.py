"""Learning while reading: dynamic evaluation, and a cache of what was read."""

import copy

import torch
import torch.nn.functional as F

from lstm_lib.tasks.network import evaluating
from lstm_lib.tasks.text.data import Prepared, Windows, window_at
from lstm_lib.tasks.text.model import Writer


def mean_squares(
    model: Writer, data: Prepared, batches: int = 100, seed: int = 0
) -> list[torch.Tensor]:
    """The mean squared gradient of each parameter on windows of the training part, no dropout.

    Krause, Kahembwe, Murray & Renals (2018), "Dynamic evaluation of neural sequence models",
    equation 5: the scale of what is usual for a weight.
    """
    model = copy.deepcopy(model).eval()
    windows = Windows(len(data.train), data.config.window, 8, seed)
    sums = [torch.zeros_like(weight) for weight in model.parameters()]
    for step in range(batches):
        x, y = window_at(data.train, windows.indices(step), data.config.window)
        loss = F.cross_entropy(model(x)[0].flatten(0, 1), y.flatten())
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        torch._foreach_addcmul_(sums, gradients, gradients, 1 / batches)
    return sums


def dynamic_surprises(
    model: Writer,
    codes: torch.Tensor,
    before: torch.Tensor,
    squares: list[torch.Tensor],
    rate: float = 1e-4,
    decay: float = 1e-3,
    segment: int = 20,
) -> torch.Tensor:
    """As `surprises`, while the weights learn from what was read: after each segment one step.

    θ ← θ - rate g / (√MS + ε) + min(decay √MS / mean √MS, 1) (θ_g - θ), ε = 2e-5

    g is the gradient of the segment's mean loss, taken *after* it was scored; θ_g the weights as
    they were trained, to which the second term pulls back; MS as `mean_squares` has it. Krause et
    al. (2018), equations 6 to 8. `model` itself stays as it is. (M,) nats.
    """
    model = copy.deepcopy(model).eval()
    weights = list(model.parameters())
    trained = [weight.detach().clone() for weight in weights]
    rms = [square.sqrt() for square in squares]
    middle = torch.cat([r.flatten() for r in rms]).mean().clamp_min(1e-12)
    step = [rate / (r + 2e-5) for r in rms]
    pull = [(decay * r / middle).clamp_max(1.0) for r in rms]
    text, state, nats = torch.cat([before, codes])[:, None], None, []
    with torch.no_grad():
        if len(before) > 1:
            _, state = model(text[: len(before) - 1])
    rest = text[len(before) - 1 :]
    for start in range(0, len(codes), segment):
        following = rest[start + 1 : start + 1 + segment, 0]
        logits, state = model(rest[start : start + len(following)], state)
        surprise = F.cross_entropy(logits[:, 0], following, reduction="none")
        nats.append(surprise.detach())
        gradients = torch.autograd.grad(surprise.mean(), weights)
        state = tuple(part.detach() for part in state)
        with torch.no_grad():
            for weight, gradient, by, back, home in zip(weights, gradients, step, pull, trained):
                weight.addcmul_(gradient, by, value=-1.0)
                weight.lerp_(home, back)
    return torch.cat(nats)


def outputs(model: Writer, codes: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
    """What the last layer says before each of `codes`, (M, H), and before that, of `before`.

    Returns (len(before) - 1 + M, H): row r is the output after the characters up to r.
    """
    text = torch.cat([before, codes])[:-1, None]
    found, state = [], None
    with evaluating(model):
        for start in range(0, len(text), 2000):
            h_seq, state = model.read(text[start : start + 2000], state)
            found.append(h_seq[:, 0])
    return torch.cat(found)


def cache_chances(
    h: torch.Tensor, text: torch.Tensor, symbols: int, sharpness: float, window: int
) -> torch.Tensor:
    """The neural cache: what followed when the network was in a state like this one, (N, V).

    p_cache(k) ∝ Σ_i 1[x_{i+1} = k] exp(θ h_t · h_i), i from t - window to t - 1

    Grave, Joulin & Usunier (2016), "Improving neural language models with a continuous cache",
    equation 2. h (N, H): outputs after the characters 0 ... N - 1 of `text` (N + 1,); θ is the
    `sharpness`. Uniform where nothing was read yet.
    """
    chances = torch.full((len(h), symbols), 1.0 / symbols, dtype=h.dtype)
    follows = F.one_hot(text[1:], symbols).to(h.dtype)
    for start in range(0, len(h), 256):
        rows, first = torch.arange(start, min(start + 256, len(h))), max(0, start - window)
        alike = sharpness * h[rows] @ h[first : rows[-1]].T if rows[-1] > first else None
        if alike is None:
            continue
        age = rows[:, None] - torch.arange(first, int(rows[-1]))
        alike = alike.masked_fill((age < 1) | (age > window), -torch.inf)
        some = rows > 0
        weight = torch.softmax(alike[some], -1)
        chances[rows[some]] = weight @ follows[first : rows[-1]]
    return chances
