"""One layer over a whole sequence, backward: `cell.step_backward`, arranged for speed.

Given the gradients of h and c at a step, the gradients of everything before are *linear* in them:

    dz_o = dh ⊙ P_o        dc ← dc + dh ⊙ Q        dz_k = dc ⊙ P_k  (k = i, f, g)
    dc₋₁ = dc ⊙ F          dh₋₁ = Rᵀ dz

The coefficients P, Q and F hold nothing but values of the forward pass, so that they are computed
for a chunk of steps in one go, before the loop over the chunk. A step is then seven calls,
whichever variant it is (FGR needs more). The weight gradients are one product each at the end.

The plain LSTM's: P_o = tanh(c) o(1 − o), Q = o(1 − tanh²(c)), P_i = g i(1 − i),
P_f = c₋₁ f(1 − f), P_g = i(1 − g²), F = f. Peepholes add p_o ⊙ P_o to Q, and p_i ⊙ P_i + p_f ⊙ P_f
to F. Coupled gates put g − c₋₁ for g in P_i.
"""

import numpy as np

from .sweep import Sweep, rows_of
from .variants import Variant

CHUNK = 1 << 16  # numbers in a chunk of P: it has to stay in the cache


class BackSweep:
    """The scratch memory of a backward pass over T steps of B sequences, and the loop itself."""

    def __init__(self, T: int, B: int, H: int, v: Variant, dtype: np.dtype):
        self.shape, self.variant, self.rows = (T, B, H), v, rows_of(v, H)
        KH = len(v.blocks) * H
        self.chunk = max(1, min(T, CHUNK // (KH * B)))
        self.P = np.empty((self.chunk, KH, B), dtype)
        self.Q = np.empty((self.chunk, H, B), dtype)
        self.F = np.empty((self.chunk, H, B), dtype)
        self.slopes = np.empty((self.chunk, 3 * H, B), dtype) if v.gate_recurrence else None
        self.spare = np.empty((self.chunk, H, B), dtype)
        self.dz = np.empty((KH, B), dtype)
        self.dZ = np.empty((KH, T, B), dtype)  # this order makes dW one product with x (T·B, I)
        self.dh, self.dc = np.empty((H, B), dtype), np.empty((H, B), dtype)
        self.views = [self._view(k) for k in range(self.chunk)]

    def _view(self, k: int) -> tuple:
        """Step k of a chunk: P for the blocks that dc reaches (n, H, B), P for o, Q and F."""
        _, B, H = self.shape
        n = self.rows.of["g"].stop
        P_o = self.P[k, self.rows.of["o"]] if "o" in self.rows.of else None
        return self.P[k, :n].reshape(-1, H, B), P_o, self.Q[k], self.F[k]

    def backward(
        self,
        dh_seq: np.ndarray,
        dstate: tuple[np.ndarray, ...],
        sweep: Sweep,
        params: dict[str, np.ndarray],
        finished: list[np.ndarray | None],
    ) -> tuple[dict[str, np.ndarray], np.ndarray, tuple[np.ndarray, ...]]:
        """Gradients of the parameters, of x (T, B, I) and of the initial state."""
        T, B, H = self.shape
        self.dh[:], self.dc[:] = dstate[0].T, dstate[1].T
        dgates = G = None
        if self.variant.gate_recurrence:
            dgates = dstate[2].transpose(0, 2, 1).reshape(3 * H, B).copy()
            G = params["G"].transpose(0, 2, 1, 3).reshape(3 * H, 3 * H)
        p = params["p"].reshape(-1, H, 1) if self.variant.peepholes else None
        R_transposed = np.ascontiguousarray(params["R"].T)
        for start in range((T - 1) // self.chunk * self.chunk, -1, -self.chunk):
            stop = min(T, start + self.chunk)
            self._coefficients(sweep, start, stop, p)
            for t in range(stop - 1, start - 1, -1):
                held = finished[t]
                if held is not None:
                    kept = self._keep(held, dgates)
                    self._add_output(dh_seq[t], held)
                else:
                    np.add(self.dh, dh_seq[t].T, out=self.dh)
                self._step(t - start, dgates, p)
                if held is not None:
                    self.dz[:, held] = 0
                np.copyto(self.dZ[:, t], self.dz)
                np.dot(R_transposed, self.dz, out=self.dh)
                if G is not None:
                    i_f, o = self.rows.sigma
                    np.dot(G.T, np.concatenate([self.dz[i_f], self.dz[o]]), out=dgates)
                if held is not None:
                    self._restore(held, kept, dgates)
        dstate = (self.dh.T.copy(), self.dc.T.copy())
        if dgates is not None:
            dstate += (dgates.reshape(3, H, B).transpose(0, 2, 1).copy(),)
        return *self._totals(sweep, params), dstate

    def _coefficients(self, sweep: Sweep, start: int, stop: int, p: np.ndarray | None) -> None:
        v, rows, n = self.variant, self.rows.of, stop - start
        P, Q, F, spare = self.P[:n], self.Q[:n], self.F[:n], self.spare[:n]
        gates, c_prev = sweep.gates[start:stop], sweep.c[start:stop]
        squashed = sweep.squashed[start:stop]
        value = {block: gates[:, row] for block, row in rows.items()}
        coefficient = {block: P[:, row] for block, row in rows.items()}

        for run in self.rows.sigma:  # σ′ = σ(1 − σ)
            np.subtract(1, gates[:, run], out=P[:, run])
            np.multiply(P[:, run], gates[:, run], out=P[:, run])
        if self.slopes is not None:
            split = self.rows.sigma[0].stop
            for run, out in zip(self.rows.sigma, (slice(0, split), slice(split, None))):
                self.slopes[:n, out] = P[:, run]

        if v.output_activation == "tanh":
            np.multiply(squashed, squashed, out=Q)
            np.subtract(1, Q, out=Q)
        else:
            Q[:] = 1
        if v.output_gate:
            np.multiply(Q, value["o"], out=Q)
            np.multiply(coefficient["o"], squashed, out=coefficient["o"])
            if p is not None:
                np.add(Q, np.multiply(p[-1], coefficient["o"], out=spare), out=Q)

        if v.input_activation == "tanh":
            np.multiply(value["g"], value["g"], out=coefficient["g"])
            np.subtract(1, coefficient["g"], out=coefficient["g"])
        else:
            coefficient["g"][:] = 1
        if v.input_gate:
            np.multiply(coefficient["g"], value["i"], out=coefficient["g"])
            seen = np.subtract(value["g"], c_prev, out=spare) if v.coupled else value["g"]
            np.multiply(coefficient["i"], seen, out=coefficient["i"])
        if v.forget_gate:
            np.multiply(coefficient["f"], c_prev, out=coefficient["f"])
            np.copyto(F, value["f"])
        elif v.coupled:
            np.subtract(1, value["i"], out=F)
        else:
            F[:] = 1
        if p is not None:
            for gate, weight in zip(v.gates, p):
                if gate != "o":
                    np.add(F, np.multiply(weight, coefficient[gate], out=spare), out=F)

    def _step(self, k: int, dgates: np.ndarray | None, p: np.ndarray | None) -> None:
        """dz, and dc of the step before, from dh and dc of this one."""
        P, P_o, Q, F = self.views[k]
        dz, dh, dc, spare = self.dz, self.dh, self.dc, self.spare[0]
        n, H = len(P), len(dh)
        np.multiply(dh, Q, out=spare)
        np.add(dc, spare, out=dc)
        if P_o is not None:
            np.multiply(dh, P_o, out=dz[n * H :])
        if dgates is None:
            np.multiply(dc, P, out=dz[: n * H].reshape(P.shape))
            np.multiply(dc, F, out=dc)
            return
        # What the gates of this step did to the gates of the next comes on top.
        extra = np.multiply(dgates, self.slopes[k]).reshape(3, H, -1)
        dz[3 * H :] += extra[2]
        if p is not None:
            dc += p[2] * extra[2]
        np.multiply(dc, P, out=dz[: n * H].reshape(P.shape))
        dz[: 2 * H] += extra[:2].reshape(2 * H, -1)
        np.multiply(dc, F, out=dc)
        if p is not None:
            dc += p[0] * extra[0] + p[1] * extra[1]

    def _keep(self, held: np.ndarray, dgates: np.ndarray | None) -> tuple:
        kept = (self.dh[:, held], self.dc[:, held])
        return kept if dgates is None else (*kept, dgates[:, held])

    def _restore(self, held: np.ndarray, kept: tuple, dgates: np.ndarray | None) -> None:
        """The gradient of a sequence that is over passes through the step unchanged."""
        self.dh[:, held], self.dc[:, held] = kept[:2]
        if dgates is not None:
            dgates[:, held] = kept[2]

    def _add_output(self, dh: np.ndarray, held: np.ndarray) -> None:
        """Adds dh (B, H) where the sequences still run; past their end it may be anything."""
        running = np.ones(len(dh), bool)
        running[held] = False
        self.dh[:, running] += dh[running].T

    def _totals(
        self, sweep: Sweep, params: dict[str, np.ndarray]
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Sums over all steps and sequences, as matrix products."""
        (T, B, H), v = self.shape, self.variant
        dZ = self.dZ.reshape(-1, T * B)
        I = sweep.x.shape[2] - 1
        dW = np.dot(dZ, sweep.x.reshape(T * B, I + 1))  # the column of ones gives db
        grads = {"W": dW[:, :I].copy(), "b": dW[:, I].copy()}
        grads["R"] = np.dot(dZ, sweep.h[:-1].reshape(T * B, H))
        dx = np.dot(dZ.T, params["W"]).reshape(T, B, I)
        if v.peepholes:
            seen = {"i": sweep.c[:-1], "f": sweep.c[:-1], "o": sweep.c[1:]}
            grads["p"] = np.concatenate(
                [np.einsum("htb,thb->h", self.dZ[self.rows.of[g]], seen[g]) for g in v.gates]
            )
        if v.gate_recurrence:
            i_f, o = self.rows.sigma
            dG = np.dot(
                np.concatenate([dZ[i_f], dZ[o]]),
                sweep.memory[:-1].transpose(0, 2, 1).reshape(T * B, 3 * H),
            )
            grads["G"] = dG.reshape(3, H, 3, H).transpose(0, 2, 1, 3).copy()
        return grads, dx
