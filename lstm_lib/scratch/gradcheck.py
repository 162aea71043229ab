"""Is this gradient right? Two answers that know nothing of how it was computed.

*Finite differences*: (f(x + ε) − f(x − ε)) / 2ε, entry by entry, right to about 1e-9 of the value.
*The adjoint test*: along a random direction v, ⟨v, ∇f⟩ must be the derivative of f, which the
complex step gives without any difference, and so to rounding: Im f(x + iεv) / ε with ε = 1e-30
(Squire & Trapp 1998). For a function with many outputs, f is replaced by ⟨u, f⟩ with random u:
⟨v, Jᵀu⟩ = ⟨Jv, u⟩. It needs an f that runs on complex arrays.

The error of a tensor is max|a − b| / max|b|. A gradient that is right passes below 1e-6 by finite
differences and 1e-10 by the adjoint test; one that forgets a term is off by 1e-3 or more.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    """max|a − b| / max|b|; 0 if both are zero throughout.

    >>> relative_error(np.array([1.0, 2.2]), np.array([1.0, 2.0]))
    0.10000000000000009
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"a and b must have one shape; got {a.shape} and {b.shape}")
    difference, scale = np.abs(a - b).max(initial=0), np.abs(b).max(initial=0)
    return float(difference / scale) if scale else float("inf") if difference else 0.0


@dataclass(frozen=True)
class GradCheck:
    """The errors found, by name. Printing it shows a table; `passed` is the verdict."""

    finite: dict[str, float]
    adjoint: dict[str, float]
    finite_limit: float = 1e-6
    adjoint_limit: float = 1e-10

    @property
    def passed(self) -> bool:
        """Are all errors below their limits?"""
        return all(error < self.finite_limit for error in self.finite.values()) and all(
            error < self.adjoint_limit for error in self.adjoint.values()
        )

    def __repr__(self) -> str:
        width = max(map(len, self.finite))
        lines = [f"{'':{width}}  finite differences  adjoint test"]
        for name, error in self.finite.items():
            adjoint = f"{self.adjoint[name]:12.1e}" if name in self.adjoint else f"{'–':>12}"
            lines.append(f"{name:{width}}  {error:18.1e}  {adjoint}")
        return "\n".join([*lines, "passed" if self.passed else "FAILED"])


def gradcheck(
    f: Callable[[Any], Any],
    x: np.ndarray | Arrays,
    grad: np.ndarray | Arrays | Callable[[Any], Any],
    *,
    seed: int = 0,
    epsilon: float = 1e-5,
    directions: int = 3,
    entries: int | None = None,
    complex_step: bool = True,
) -> GradCheck:
    """Checks `grad`, claimed to be the gradient of `f` at `x`.

    `x` is a float64 array or a dict of such arrays; `f(x)` is a number, and `grad` has the form of
    `x`. Or `f(x)` is an array, and `grad` a function u ↦ Jᵀu from an array like f(x) to the form
    of `x`; then a random u is drawn. `entries` limits the finite differences to so many random
    entries of each array (all, if None). `complex_step=False` leaves the adjoint test out, for an
    f that can't run on complex arrays.

    >>> x = np.array([1.0, 2.0])
    >>> gradcheck(lambda x: (x**3).sum(), x, 3 * x**2).passed
    True
    >>> gradcheck(lambda x: (x**3).sum(), x, 2 * x**2).passed
    False
    >>> A = np.arange(6.0).reshape(2, 3)
    >>> gradcheck(lambda x: A @ np.tanh(x), np.ones(3), lambda u: (A.T @ u) * (1 - np.tanh(1) ** 2))
       finite differences  adjoint test
    x  ... passed
    """
    rng = np.random.default_rng(seed)
    named = {"x": x} if isinstance(x, np.ndarray) else dict(x)
    for name, array in named.items():
        if not isinstance(array, np.ndarray) or array.dtype != np.float64:
            got = getattr(array, "dtype", type(array).__name__)
            raise TypeError(f"{name} must be a NumPy array of float64; got {got}")

    def call(arrays: Arrays) -> Any:
        return f(arrays["x"] if isinstance(x, np.ndarray) else arrays)

    u: Any = 1.0
    if callable(grad):
        u = rng.standard_normal(np.shape(call(named)))
        grad = grad(u)
    elif np.ndim(call(named)):
        raise ValueError("f must return a number where grad is an array: or give grad as u ↦ Jᵀu")
    grads = {"x": grad} if isinstance(grad, np.ndarray) else dict(grad)
    if {n: a.shape for n, a in named.items()} != {n: np.shape(g) for n, g in grads.items()}:
        shapes = {n: np.shape(g) for n, g in grads.items()}
        raise ValueError(f"grad must have the names and shapes of x; got {shapes}")

    def along(arrays: Arrays) -> Any:
        return np.sum(u * call(arrays))

    finite, adjoint = {}, {}
    for name, array in named.items():
        chosen = np.arange(array.size)
        if entries is not None and entries < array.size:
            chosen = rng.choice(array.size, entries, replace=False)
        slopes = [_central(along, named, name, k, epsilon) for k in chosen]
        finite[name] = relative_error(grads[name].reshape(-1)[chosen], np.array(slopes))
        if complex_step:
            vs = [rng.standard_normal(array.shape) for _ in range(directions)]
            claimed = np.array([np.sum(v * grads[name]) for v in vs])
            adjoint[name] = relative_error(
                claimed, np.array([_complex(along, named, name, v) for v in vs])
            )
    return GradCheck(finite, adjoint)


def _central(f: Callable[[Arrays], Any], x: Arrays, name: str, k: int, epsilon: float) -> float:
    """The slope of f along entry k of x[name], by a central difference."""
    at = []
    for sign in (1, -1):
        moved = x[name].copy()
        moved.flat[k] += sign * epsilon
        at.append(f({**x, name: moved}))
    return float((at[0] - at[1]) / (2 * epsilon))


def _complex(f: Callable[[Arrays], Any], x: Arrays, name: str, v: np.ndarray) -> float:
    """The slope of f along v in x[name], by a complex step."""
    tiny = 1e-30
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            value = f({**x, name: x[name] + 1j * tiny * v})
        except (TypeError, np.exceptions.ComplexWarning) as error:
            raise TypeError(
                f"f must run on complex arrays ({name} was one) for the adjoint test: {error}. "
                "complex_step=False leaves it out"
            ) from error
    if not np.iscomplexobj(value):
        raise TypeError(
            f"f must return a complex number for a complex {name}: something in it has dropped the "
            "imaginary part (abs, max, .real?). complex_step=False leaves the adjoint test out"
        )
    return float(np.imag(value) / tiny)
