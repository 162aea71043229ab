"""One layer over a whole sequence, backward: `cell.step_backward`, arranged for speed.

Given the gradients of h and c at a step, the gradients of everything before are *linear* in them:

    dz_o = dh ⊙ P_o        dc ← dc + dh ⊙ Q        dz_k = dc ⊙ P_k  (k = i, f, g)
    dc₋₁ = dc ⊙ F          dh₋₁ = Rᵀ dz

The coefficients P, Q and F hold nothing but values of the forward pass, so that they are computed
for a chunk of steps in one go, before the loop over the chunk. A step is then seven calls,
whichever variant it is (FGR needs more). The weight gradients are sums over steps and sequences,
one matrix product each for a *span* of many chunks.

The plain LSTM's: P_o = tanh(c) o(1 − o), Q = o(1 − tanh²(c)), P_i = g i(1 − i),
P_f = c₋₁ f(1 − f), P_g = i(1 − g²), F = f. Peepholes add p_o ⊙ P_o to Q, and p_i ⊙ P_i + p_f ⊙ P_f
to F. Coupled gates put g − c₋₁ for g in P_i.
"""

import numpy as np

from .sweep import Sweep, rows_of
from .variants import Variant

CHUNK = 1 << 16  # numbers in a chunk of P, which has to stay in the cache
SPAN = 512  # least number of columns (steps × sequences) of a span's matrix products,
REPAY = 4  # and of columns for each of the I + H sums that a span has to add to what is there


class BackSweep:
    """The scratch memory of a backward pass over T steps of B sequences, and the loop itself."""

    def __init__(self, T: int, B: int, I: int, H: int, v: Variant, dtype: np.dtype):
        self.shape, self.variant, self.rows = (T, B, I, H), v, rows_of(v, H)
        KH = len(v.blocks) * H
        self.chunk = max(1, min(T, CHUNK // (KH * B)))
        self.P = np.empty((self.chunk, KH, B), dtype)
        self.Q = np.empty((self.chunk, H, B), dtype)
        self.F = np.empty((self.chunk, H, B), dtype)
        self.slopes = np.empty((self.chunk, 3 * H, B), dtype) if v.gate_recurrence else None
        self.spare = np.empty((self.chunk, H, B), dtype)
        # A short span stays in the cache; a long one adds up its gradients fewer times.
        self.span = S = min(T, -(-max(SPAN, REPAY * (I + H)) // B))
        # dZ (K·H, S, B): in this order the weight gradients are one product with x (S·B, I).
        # For B = 1 the steps lie one after another instead, and each is written where it stays.
        self.dZ = np.empty((S, KH), dtype).T[..., None] if B == 1 else np.empty((KH, S, B), dtype)
        self.dz = np.empty((KH, B), dtype)
        self.dh, self.dc = np.empty((H, B), dtype), np.empty((H, B), dtype)
        self.coefficients = [self._view(k) for k in range(self.chunk)]
        self.outputs = [self._output(k) for k in range(S)]

    def flat(self, array: np.ndarray) -> np.ndarray:
        """Without the batch axis if B = 1: NumPy is quicker on vectors."""
        return array[..., 0] if self.shape[1] == 1 else array

    def _view(self, k: int) -> tuple:
        """Step k of a chunk: P for the blocks that dc reaches (n, H, B), P for o, Q and F."""
        _, B, _, H = self.shape
        n = self.rows.of["g"].stop
        P_o = self.flat(self.P[k, self.rows.of["o"]]) if "o" in self.rows.of else None
        views = self.P[k, :n].reshape(-1, H, B), self.Q[k], self.F[k]
        return *map(self.flat, views), P_o

    def _output(self, k: int) -> tuple:
        """Where dz of step k of a span goes: whole, in blocks, and where in dZ to copy it to."""
        _, B, _, H = self.shape
        n = self.rows.of["g"].stop
        dz = self.dZ[:, k] if B == 1 else self.dz
        views = dz, dz[:n].reshape(-1, H, B), dz[n:]
        return *map(self.flat, views), None if B == 1 else self.dZ[:, k]

    def backward(
        self,
        dh_seq: np.ndarray,
        dstate: tuple[np.ndarray, ...],
        sweep: Sweep,
        finished: list[np.ndarray | None],
    ) -> tuple[dict[str, np.ndarray], np.ndarray, tuple[np.ndarray, ...]]:
        """Gradients of the parameters, of x (T, B, I) and of the initial state."""
        T, B, I, H = self.shape
        self.dh[:], self.dc[:] = dstate[0].T, dstate[1].T
        dgates = None
        if self.variant.gate_recurrence:
            dgates = dstate[2].transpose(0, 2, 1).reshape(3 * H, B).copy()
        W, R = sweep.unfolded()
        if B > 1:
            R = np.ascontiguousarray(R.T)  # the quickest of the ways to hand it to BLAS
        grads: dict[str, np.ndarray] = {}
        dx = np.empty((T, B, I), W.dtype)
        for stop in range(T, 0, -self.span):
            start = max(0, stop - self.span)
            for end in range(stop, start, -self.chunk):
                begin = max(start, end - self.chunk)
                self._coefficients(sweep, begin, end)
                self._run(begin, end, start, dh_seq, dgates, R, sweep, finished)
            self._sum(sweep, start, stop, grads)
            np.dot(self._columns(stop - start).T, W, out=dx[start:stop].reshape(-1, I))
        dstate = (self.dh.T.copy(), self.dc.T.copy())
        if dgates is not None:
            dstate += (dgates.reshape(3, H, B).transpose(0, 2, 1).copy(),)
            dG = grads["G"].reshape(3, H, 3, H)
            grads["G"] = dG.transpose(0, 2, 1, 3).copy()
        return grads, dx, dstate

    def _run(self, begin, end, span_start, dh_seq, dgates, R, sweep, finished) -> None:
        """The steps of one chunk, last to first. R is transposed, but for B = 1."""
        add, multiply, dot = np.add, np.multiply, np.dot
        dh, dc, spare = map(self.flat, (self.dh, self.dc, self.spare[0]))
        alone = self.shape[1] == 1
        dh_seq = dh_seq[:, 0] if alone else dh_seq.transpose(0, 2, 1)
        for t in range(end - 1, begin - 1, -1):
            P, Q, F, P_o = self.coefficients[t - begin]
            dz, dz_early, dz_o, column = self.outputs[t - span_start]
            over = finished[t]
            if over is None:
                add(dh, dh_seq[t], dh)
            else:
                kept = self._keep(over, dgates)
                self._add_running(dh_seq[t], over)
            add(dc, multiply(dh, Q, spare), dc)
            if P_o is not None:
                multiply(dh, P_o, dz_o)
            if dgates is None:
                multiply(dc, P, dz_early)
                multiply(dc, F, dc)
            else:
                self._through_gates(t - begin, dz, dgates, sweep.p)
            if over is not None:
                dz.reshape(-1, self.shape[1])[:, over] = 0
            if alone:
                dot(dz, R, dh)
            else:
                np.copyto(column, dz)
                dot(R, dz, dh)
            if dgates is not None:
                i_f, o = self.rows.sigma
                dot(sweep.G.T, np.concatenate([dz[i_f], dz[o]]), self.flat(dgates))
            if over is not None:
                self._restore(over, kept, dgates)

    def _through_gates(self, k: int, dz: np.ndarray, dgates: np.ndarray, p) -> None:
        """FGR: what the gates of this step did to those of the next comes on top."""
        H, dc, dz = self.shape[3], self.dc, dz.reshape(-1, self.shape[1])
        extra = (dgates * self.slopes[k]).reshape(3, H, -1)
        dz[3 * H :] += extra[2]
        if p is not None:
            dc += p[2] * extra[2]
        dz[: 3 * H] = (dc * self.P[k, : 3 * H].reshape(3, H, -1)).reshape(3 * H, -1)
        dz[: 2 * H] += extra[:2].reshape(2 * H, -1)
        dc *= self.F[k]
        if p is not None:
            dc += p[0] * extra[0] + p[1] * extra[1]

    def _coefficients(self, sweep: Sweep, start: int, stop: int) -> None:
        """P, Q and F (see the top) of the steps of one chunk."""
        v, rows, n, p = self.variant, self.rows.of, stop - start, sweep.p
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

    def _keep(self, held: np.ndarray, dgates: np.ndarray | None) -> tuple:
        kept = (self.dh[:, held], self.dc[:, held])
        return kept if dgates is None else (*kept, dgates[:, held])

    def _restore(self, held: np.ndarray, kept: tuple, dgates: np.ndarray | None) -> None:
        """The gradient of a sequence that is over passes through the step unchanged."""
        self.dh[:, held], self.dc[:, held] = kept[:2]
        if dgates is not None:
            dgates[:, held] = kept[2]

    def _add_running(self, dh: np.ndarray, over: np.ndarray) -> None:
        """Adds dh where the sequences still run; past their end it may be anything."""
        running = np.ones(self.shape[1], bool)
        running[over] = False
        self.dh[:, running] += dh.reshape(self.dh.shape)[:, running]

    def _columns(self, n: int) -> np.ndarray:
        """dZ of the first n steps of the span as a matrix (K·H, n·B)."""
        return self.dZ.reshape(len(self.dz), -1)[:, : n * self.shape[1]]

    def _sum(self, sweep: Sweep, start: int, stop: int, grads: dict[str, np.ndarray]) -> None:
        """Adds to `grads` the sums over a span's steps and sequences, as matrix products."""
        (_, B, I, H), v, n = self.shape, self.variant, stop - start
        dZ = self._columns(n)
        own = {
            "W": np.dot(dZ, sweep.x[start:stop].reshape(n * B, I + 1)[:, :I]),
            "R": np.dot(dZ, sweep.h[start:stop].reshape(n * B, H)),
            "b": np.dot(dZ, np.ones(n * B, dZ.dtype)),
        }
        if v.peepholes:
            before, after = sweep.c[start:stop], sweep.c[start + 1 : stop + 1]
            seen = {"i": before, "f": before, "o": after}
            dz = {gate: self.dZ[self.rows.of[gate], :n] for gate in v.gates}
            own["p"] = np.concatenate([np.einsum("htb,thb->h", dz[g], seen[g]) for g in v.gates])
        if v.gate_recurrence:
            i_f, o = self.rows.sigma
            memory = sweep.memory[start:stop].transpose(0, 2, 1).reshape(n * B, 3 * H)
            own["G"] = np.dot(np.concatenate([dZ[i_f], dZ[o]]), memory)
        for name, grad in own.items():
            grads[name] = np.add(grads[name], grad, out=grads[name]) if name in grads else grad
