"""One layer over a whole sequence, forward: the equations of `cell.py`, arranged for speed.

What makes it fast, in the order of what it saves:

* a step is one product, [R W b] times the column [h₋₁; x; 1], written to where its gates stay;
* inside, everything is feature-major, (rows, B): a block of H rows is contiguous, and so are its
  neighbours. The order is o, i, f, g and c₋₁ (`rows.py`): all sigmoids are one run of rows, and
  i ⊙ g and f ⊙ c₋₁ are one product of two runs;
* all σ and tanh of a step in one pass: with σ(z) = ½ + ½ tanh(z/2) one `tanh` serves all blocks,
  or, where NumPy's exp is much quicker than its tanh, σ(z) = 1/(1 + e^−z) and tanh(z) = 2σ(2z) − 1
  one `exp`. The factors ½, −1, −2 are folded into the weights once a sweep;
* nothing is allocated inside the loop, and the views of every step are made once a buffer.

A `Sweep` owns its buffers. It belongs to one tape for as long as that tape lives (see `layer.py`).
"""

from typing import NamedTuple

import numpy as np

from lstm_lib.scratch.rows import IFO, OIF, flat, rows_of
from lstm_lib.scratch.variants import Variant

SMALL = 4096  # H·B up to which a call costs more than its elements (measured)


def _wide_vectors() -> bool:
    """Does NumPy use AVX-512 here? There its tanh is quicker than its exp (measured: 0.37 against
    0.6 ns a number), without it half as quick or less."""
    extensions = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])
    return any(name.startswith("AVX512") or name == "X86_V4" for name in extensions)


QUICK_TANH = _wide_vectors()


class StepViews(NamedTuple):
    """The parts of the buffers that one step reads and writes; None for what it does not need."""

    before: np.ndarray  # the column [h₋₁; x; 1]
    h: np.ndarray  # where the new h goes: for B = 1 where it is kept,
    x: np.ndarray | None  # else into `before`, and x comes from here
    h_kept: np.ndarray | None  # and h is copied to here
    z: np.ndarray  # all blocks
    early: np.ndarray  # i and f, (n, H, B): those with a peephole to c₋₁
    squashed_first: tuple[np.ndarray, np.ndarray, np.ndarray]  # rows, the sigmoids among them, g
    products: tuple[np.ndarray, np.ndarray, np.ndarray] | None  # [i; f], [g; c₋₁], their product
    i: np.ndarray | None
    f: np.ndarray | None
    g: np.ndarray
    o: np.ndarray | None
    c_prev: np.ndarray
    c: np.ndarray
    squashed: np.ndarray  # tanh(c)


class Sweep:
    """The buffers of one layer for T steps of B sequences, and the forward loop over them."""

    def __init__(self, T: int, B: int, I: int, H: int, v: Variant, dtype: np.dtype):
        self.shape, self.variant, self.rows = (T, B, I, H), v, rows_of(v, H)
        KH = len(v.blocks) * H
        self.inputs = np.ones((T + 1, B, H + I + 1), dtype)  # h₋₁, x and 1
        self.h, self.x = self.inputs[:, :, :H], self.inputs[:T, :, H:-1]
        self.cells = np.empty((T + 1, KH + H, B), dtype)
        self.gates, self.c = self.cells[:T, :KH], self.cells[:, KH:]
        identity = v.output_activation == "identity"
        self.squashed = self.c[1:] if identity else np.empty((T, H, B), dtype)
        self.weights = np.empty((KH, H + I + 1), dtype)  # [R W b], with the factors folded in
        self.now = np.ones((H + I + 1, B), dtype)
        self.spare = np.empty((2 * H, B), dtype)
        if v.gate_recurrence:
            self.memory = np.empty((T + 1, 3 * H, B), dtype)
        self.by_tanh = H * B <= SMALL or QUICK_TANH or dtype.kind == "c"
        self.factors = dict.fromkeys(v.blocks, 0.5 if self.by_tanh else -1)
        tanh_g = v.input_activation == "tanh"
        self.factors["g"] = 1 if self.by_tanh or not tanh_g else -2
        # A slice costs as much as a small ufunc: the views of each step are cut out once.
        self.views = [self._view(t) for t in range(T)]
        self.forget = [flat(z[self.rows.of["f"]]) for z in self.gates] if v.forget_gate else None

    def _view(self, t: int) -> StepViews:
        v, (_, B, _, H), z, rows = self.variant, self.shape, self.gates[t], self.rows
        if B == 1:  # a vector is its own transpose: h goes straight to where it is kept
            ends = self.inputs[t, 0], self.h[t + 1, 0], None, None
        else:
            ends = self.now, self.now[:H], self.x[t].T, self.h[t + 1].T
        early = z[rows.inner][:-H].reshape(-1, H, B) if v.peepholes else z[:0]
        first, sigma = z[rows.first], z[rows.first.start : rows.sigma.stop]
        g = z[rows.of["g"]] if v.input_activation == "tanh" else z[:0]
        blocks = [flat(z[rows.of[b]]) if b in rows.of else None for b in "ifgo"]
        products = None
        if v.input_gate and v.forget_gate:
            g_and_c = self.cells[t, rows.of["g"].start :]
            products = flat(z[rows.inner][:-H]), flat(g_and_c), flat(self.spare)
        cells = flat(self.c[t]), flat(self.c[t + 1]), flat(self.squashed[t])
        squashing = flat(first), flat(sigma), flat(g)
        return StepViews(*ends, flat(z), flat(early), squashing, products, *blocks, *cells)

    def _fold(self, params: dict[str, np.ndarray]) -> tuple:
        """p and G (3H, 3H) with the factors folded in; and [R W b] into `weights`.

        `weights`, `p` and `G` stay here for `backward`: an optimiser may have changed `params`.
        """
        v, H = self.variant, self.shape[3]
        for k, block in enumerate(v.blocks):
            own, theirs = self.weights[self.rows.of[block]], slice(k * H, (k + 1) * H)
            np.multiply(params["R"][theirs], self.factors[block], out=own[:, :H])
            np.multiply(params["W"][theirs], self.factors[block], out=own[:, H:-1])
            np.multiply(params["b"][theirs], self.factors[block], out=own[:, -1])
        factor = 0.5 if self.by_tanh else -1
        self.p = self.G = p = G = None
        if v.peepholes:
            self.p = params["p"].reshape(-1, H, 1).copy()
            p = flat(self.p * factor) if self.shape[1] == 1 else self.p * factor
        if v.gate_recurrence:  # [target, source, row, column] → (3H, 3H)
            ordered = params["G"][OIF][:, OIF]
            self.G = ordered.transpose(0, 2, 1, 3).reshape(3 * H, 3 * H)
            G = self.G * factor
        return p, G

    def transposed(self) -> np.ndarray:
        """[R W] of the forward pass, (H + I, K·H), without the factors (powers of 2: exact)."""
        weights = np.empty((self.weights.shape[1] - 1, len(self.weights)), self.weights.dtype)
        for block, rows in self.rows.of.items():
            np.multiply(self.weights[rows, :-1].T, 1 / self.factors[block], out=weights[:, rows])
        return weights

    def forward(
        self,
        x: np.ndarray,
        state: tuple[np.ndarray, ...],
        params: dict[str, np.ndarray],
        finished: list[np.ndarray | None],
    ) -> None:
        """Fills the buffers. x (T, B, I); state h, c (B, H) and for FGR gates (3, B, H).

        `finished[t]` are the sequences that are over at step t: their state stays as it is.
        """
        _, B, _, H = self.shape
        self.x[:] = x
        self.h[0], self.now[:H], self.c[0] = state[0], state[0].T, state[1].T
        if self.variant.gate_recurrence:
            self.memory[0] = state[2][OIF].transpose(0, 2, 1).reshape(3 * H, B)
        with np.errstate(over="ignore"):  # e^−z = inf is right: σ is 0 there
            self._run(*self._fold(params), finished)

    def _run(self, p, G, finished) -> None:
        add, multiply, dot, copyto = np.add, np.multiply, np.dot, np.copyto
        squash, H = _by_tanh if self.by_tanh else _by_exp, self.shape[3]
        weights, x_now, spare = self.weights, self.now[H:-1], flat(self.spare[:H])
        i_g, f_c = flat(self.spare[:H]), flat(self.spare[H:])
        coupled = self.variant.coupled
        squash_c = self.variant.output_activation == "tanh"

        for t, view in enumerate(self.views):
            before, h, x, h_kept, z, early, first, products, i, f, g, o, c_prev, c, squashed = view
            if x is not None:
                copyto(x_now, x)
            dot(weights, before, z)
            if G is not None:  # the gates of the last step are an input too
                self.gates[t][self.rows.sigma] += dot(G, self.memory[t])
            if p is not None:
                add(early, p[: len(early)] * c_prev, early)
            squash(*first)

            if products is not None:
                multiply(*products)
                add(i_g, f_c, c)
            else:
                if f is not None:
                    multiply(f, c_prev, c)
                elif coupled:
                    multiply(np.subtract(1, i, spare), c_prev, c)
                else:
                    copyto(c, c_prev)
                add(c, g if i is None else multiply(i, g, spare), c)

            if p is not None and o is not None:
                add(o, multiply(p[-1], c, spare), o)
                squash(o, o, o[:0])
            if squash_c:
                np.tanh(c, squashed)
            if o is None:
                copyto(h, squashed)
            else:
                multiply(o, squashed, h)
            if h_kept is not None:
                copyto(h_kept, h)
            if G is not None:
                self.memory[t + 1] = self.gates[t][self.rows.sigma]
            if finished[t] is not None:
                self._hold(t, finished[t])

    def _hold(self, t: int, over: np.ndarray) -> None:
        """Sequences that are over carry their state to the end."""
        self.c[t + 1][:, over] = self.c[t][:, over]
        self.h[t + 1][over] = self.h[t][over]
        self.now[: self.shape[3], over] = self.h[t][over].T
        if self.variant.gate_recurrence:
            self.memory[t + 1][:, over] = self.memory[t][:, over]

    def final(self) -> tuple[np.ndarray, ...]:
        """h, c (B, H), and for FGR the gates (3, B, H), after the last step; new arrays."""
        _, B, _, H = self.shape
        state = (self.h[-1].copy(), self.c[-1].T.copy())
        if self.variant.gate_recurrence:
            gates = self.memory[-1].reshape(3, H, B).transpose(0, 2, 1)
            state += (gates[IFO],)
        return state


HALF = np.array(0.5, np.float32)  # NumPy is quicker with an array of no axes than with a number


def _by_tanh(z: np.ndarray, sigmoids: np.ndarray, g: np.ndarray) -> None:
    """In place: tanh, and ½ + ½ tanh in the rows of the sigmoids."""
    np.tanh(z, z)
    np.multiply(sigmoids, HALF, sigmoids)
    np.add(sigmoids, HALF, sigmoids)


def _by_exp(z: np.ndarray, sigmoids: np.ndarray, g: np.ndarray) -> None:
    """In place: σ(−z), and 2σ(−z) − 1 in the rows of g."""
    np.exp(z, z)
    np.add(z, 1, z)
    np.reciprocal(z, z)
    np.multiply(g, 2, g)
    np.subtract(g, 1, g)
