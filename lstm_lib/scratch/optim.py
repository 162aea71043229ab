"""Optimisers: each changes `params` in place, from gradients under the same keys.

Their arithmetic is that of torch.optim, so that runs can be compared step by step. Gradients that
are not finite are refused, with the step and the parameter at which they first appeared.
"""

import numpy as np

from lstm_lib.arguments import check_flag

Arrays = dict[str, np.ndarray]


def clip_global_norm(grads: Arrays, max_norm: float) -> float:
    """Scales all gradients, in place, so that their joint norm is at most `max_norm`.

    Returns the norm before. One factor for all keeps the direction (Pascanu et al. 2013). Clip
    after `backward` and before `step`. Raises ValueError for gradients that are not finite.

    >>> grads = {"a": np.array([3.0]), "b": np.array([4.0])}
    >>> clip_global_norm(grads, 1.0)
    5.0
    >>> {name: np.round(array, 3).tolist() for name, array in grads.items()}
    {'a': [0.6], 'b': [0.8]}
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be positive; got {max_norm}")
    for name, grad in grads.items():
        if not np.isfinite(grad).all():
            raise ValueError(f"grads must be finite; grads[{name!r}] is not")
    norm = _joint_norm(grads)
    factor = max_norm / (norm + 1e-6)  # torch's guard against a norm of 0
    if factor < 1:
        for grad in grads.values():
            if factor < np.finfo(grad.dtype).tiny:  # in this dtype it would lose digits, or be 0
                np.multiply(grad, factor, out=grad, dtype=np.float64, casting="same_kind")
            else:
                grad *= factor
    return norm


def _joint_norm(grads: Arrays) -> float:
    """√ of the sum of all squares; where these overflow, of numbers scaled to at most 1."""
    with np.errstate(over="ignore"):
        total = sum(np.sum(np.square(grad, dtype=np.float64)) for grad in grads.values())
    if np.isfinite(total):
        return float(np.sqrt(total))
    largest = max(float(np.abs(grad).max()) for grad in grads.values() if grad.size)
    scaled = sum(np.sum(np.square(grad / largest)) for grad in grads.values())
    norm = largest * float(np.sqrt(scaled))
    if norm == np.inf:
        raise ValueError(f"grads have a joint norm beyond float64; the largest is {largest:.3g}")
    return norm


class _Optimiser:
    """Checks, counts steps, and hands each parameter with its gradient to `_update`."""

    squares = False  # does `_update` square gradients? An infinite square would stop it for ever.

    def __init__(self, params: Arrays, rate: float):
        if not rate > 0:
            raise ValueError(f"rate must be positive; got {rate}")
        self.params, self.rate, self.steps = params, rate, 0
        self.memory: dict[str, dict[str, np.ndarray]] = {name: {} for name in params}

    def step(self, grads: Arrays) -> None:
        """One update of every parameter; `grads` has the keys of `params`."""
        if grads.keys() != self.params.keys():
            raise ValueError(f"grads must have the keys {list(self.params)}; got {list(grads)}")
        for name, grad in grads.items():
            if grad.shape != self.params[name].shape:
                wanted = self.params[name].shape
                raise ValueError(f"grads[{name!r}] must be {wanted}; got {grad.shape}")
            if not np.isfinite(grad).all():
                raise ValueError(
                    f"grads must be finite; at step {self.steps + 1} grads[{name!r}] is not"
                )
            if self.squares and grad.size and np.abs(grad).max() > _root_of_the_largest(grad.dtype):
                raise ValueError(
                    f"grads must have finite squares; at step {self.steps + 1} those of "
                    f"grads[{name!r}] are beyond {grad.dtype}: clip_global_norm first"
                )
        self.steps += 1
        for name, param in self.params.items():
            self._update(param, grads[name], self.memory[name])

    def _update(self, param: np.ndarray, grad: np.ndarray, memory: Arrays) -> None:
        raise NotImplementedError


def _root_of_the_largest(dtype: np.dtype) -> float:
    return float(np.sqrt(np.finfo(dtype).max))


class SGD(_Optimiser):
    """θ ← θ − rate · v with v ← momentum · v + ∇; with Nesterov, θ ← θ − rate · (∇ + momentum · v).

    >>> params = {"w": np.array([1.0])}
    >>> SGD(params, rate=0.1).step({"w": np.array([2.0])})
    >>> params["w"].tolist()
    [0.8]
    """

    def __init__(self, params: Arrays, rate: float, momentum: float = 0.0, nesterov: bool = False):
        super().__init__(params, rate)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must lie in [0, 1); got {momentum}")
        if check_flag("nesterov", nesterov) and not momentum:
            raise ValueError("nesterov needs a momentum above 0")
        self.momentum, self.nesterov = momentum, nesterov

    def _update(self, param: np.ndarray, grad: np.ndarray, memory: Arrays) -> None:
        if self.momentum:
            v = memory.setdefault("v", np.zeros_like(param))
            v *= self.momentum
            v += grad
            grad = grad + self.momentum * v if self.nesterov else v
        param -= self.rate * grad


class RMSProp(_Optimiser):
    """θ ← θ − rate · ∇ / (√s + ε) with s ← decay · s + (1 − decay) · ∇² (Tieleman & Hinton 2012).

    >>> params = {"w": np.array([1.0])}
    >>> RMSProp(params, rate=0.1).step({"w": np.array([2.0])})
    >>> np.round(params["w"], 6).tolist()
    [0.0]
    """

    squares = True

    def __init__(
        self, params: Arrays, rate: float = 0.01, decay: float = 0.99, epsilon: float = 1e-8
    ):
        super().__init__(params, rate)
        if not 0 <= decay < 1:
            raise ValueError(f"decay must lie in [0, 1); got {decay}")
        self.decay, self.epsilon = decay, epsilon

    def _update(self, param: np.ndarray, grad: np.ndarray, memory: Arrays) -> None:
        s = memory.setdefault("s", np.zeros_like(param))
        s *= self.decay
        s += (1 - self.decay) * grad * grad
        param -= self.rate * grad / (np.sqrt(s) + self.epsilon)


class Adam(_Optimiser):
    """θ ← θ − rate · m̂ / (√v̂ + ε), running means of ∇ and ∇² without their bias (Kingma & Ba 2015).

    >>> params = {"w": np.array([1.0])}
    >>> Adam(params, rate=0.1).step({"w": np.array([2.0])})
    >>> np.round(params["w"], 6).tolist()
    [0.9]
    """

    squares = True

    def __init__(
        self,
        params: Arrays,
        rate: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
    ):
        super().__init__(params, rate)
        if len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas must be two numbers in [0, 1); got {betas}")
        self.betas, self.epsilon = betas, epsilon

    def _update(self, param: np.ndarray, grad: np.ndarray, memory: Arrays) -> None:
        m = memory.setdefault("m", np.zeros_like(param))
        v = memory.setdefault("v", np.zeros_like(param))
        for mean, beta, value in zip((m, v), self.betas, (grad, grad * grad)):
            mean *= beta
            mean += (1 - beta) * value
        unbiased_m, unbiased_v = (1 - beta**self.steps for beta in self.betas)
        root = np.sqrt(v) / np.sqrt(unbiased_v) + self.epsilon
        param -= (self.rate / unbiased_m * m / root).astype(param.dtype)
