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

from lstm_lib.scratch.rows import IFO, OIF, flat, rows_of
from lstm_lib.scratch.sweep import Sweep
from lstm_lib.scratch.variants import Variant

CHUNK = 1 << 16  # numbers in a chunk of P, which has to stay in the cache
SPAN = 512  # least number of columns (steps × sequences) of a span's matrix product,
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
        # dZ (K·H, S, B): in this order the weight gradients are one product with (S·B, H + I + 1).
        # For B = 1 the steps lie one after another instead, and each is written where it stays.
        self.dZ = np.empty((S, KH), dtype).T[..., None] if B == 1 else np.empty((KH, S, B), dtype)
        self.dz = np.empty((KH, B), dtype)
        self.dhx, self.dc = np.empty((H + I, B), dtype), np.empty((H, B), dtype)
        self.dh = self.dhx[:H]
        self.coefficients = [self._view(k) for k in range(self.chunk)]
        self.outputs = [self._output(k) for k in range(S)]

    def _view(self, k: int) -> tuple:
        """Step k of a chunk: P for the blocks that dc reaches (n, H, B), Q, F, and P for o."""
        _, B, _, H = self.shape
        P_o = flat(self.P[k, self.rows.of["o"]]) if "o" in self.rows.of else None
        inner = self.P[k, self.rows.inner].reshape(-1, H, B)
        return flat(inner), flat(self.Q[k]), flat(self.F[k]), P_o

    def _output(self, k: int) -> tuple:
        """Where dz of step k of a span goes: whole, in blocks, and where in dZ to copy it to."""
        _, B, _, H = self.shape
        dz = self.dZ[:, k] if B == 1 else self.dz
        views = dz, dz[self.rows.inner].reshape(-1, H, B), dz[: self.rows.inner.start]
        return *map(flat, views), None if B == 1 else self.dZ[:, k]

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
            dgates = dstate[2][OIF].transpose(0, 2, 1).reshape(3 * H, B)
        transposed = sweep.transposed()  # the quickest way to hand the weights to BLAS
        sums: dict[str, np.ndarray] = {}
        dx = np.empty((T, B, I), transposed.dtype)
        for stop in range(T, 0, -self.span):
            start = max(0, stop - self.span)
            for end in range(stop, start, -self.chunk):
                begin = max(start, end - self.chunk)
                self._coefficients(sweep, begin, end)
                self._run(begin, end, start, dh_seq, dx, dgates, transposed, sweep, finished)
            if B == 1:
                np.dot(self._columns(stop - start).T, transposed[H:].T, out=dx[start:stop, 0])
            self._sum(sweep, start, stop, sums)
        dstate = (self.dh.T.copy(), self.dc.T.copy())
        if dgates is not None:
            dstate += (dgates.reshape(3, H, B).transpose(0, 2, 1)[IFO],)
        return self._grads(sums), dx, dstate

    def _run(self, begin, end, start, dh_seq, dx, dgates, transposed, sweep, finished) -> None:
        """The steps of one chunk, last to first. (For B = 1 dx is done afterwards.)"""
        add, multiply, dot, copyto = np.add, np.multiply, np.dot, np.copyto
        (_, B, _, H), dhx = self.shape, self.dhx
        dh, dc, spare = flat(dhx[:H]), flat(self.dc), flat(self.spare[0])
        dh_seq = dh_seq[:, 0] if B == 1 else dh_seq.transpose(0, 2, 1)
        dx, Rt = dx.transpose(0, 2, 1), transposed[:H]
        forget = None if self.variant.peepholes else sweep.forget
        for t in range(end - 1, begin - 1, -1):
            P, Q, F, P_o = self.coefficients[t - begin]
            dz, dz_inner, dz_o, column = self.outputs[t - start]
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
                multiply(dc, P, dz_inner)
                multiply(dc, forget[t] if forget else F, dc)
            else:
                self._through_gates(t - begin, dz, dgates, sweep.p)
            if over is not None:
                dz.reshape(-1, self.shape[1])[:, over] = 0
            if column is None:
                dot(Rt, dz, dh)
            else:
                copyto(column, dz)
                dot(transposed, dz, dhx)
                copyto(dx[t], dhx[H:])
            if dgates is not None:
                dot(sweep.G.T, dz[self.rows.sigma], flat(dgates))
            if over is not None:
                self._restore(over, kept, dgates)

    def _through_gates(self, k: int, dz: np.ndarray, dgates: np.ndarray, p) -> None:
        """FGR: what the gates of this step did to those of the next comes on top."""
        H, dc, dz = self.shape[3], self.dc, dz.reshape(-1, self.shape[1])
        extra_o, *extra = (dgates * self.slopes[k]).reshape(3, H, -1)
        dz[:H] += extra_o
        if p is not None:
            dc += p[2] * extra_o
        dz[H:] = (dc * self.P[k, H:].reshape(3, H, -1)).reshape(3 * H, -1)
        dz[H : 3 * H] += np.concatenate(extra)
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

        sigma, slope = gates[:, self.rows.sigma], P[:, self.rows.sigma]
        np.subtract(1, sigma, out=slope)  # σ′ = σ(1 − σ)
        np.multiply(slope, sigma, out=slope)
        if self.slopes is not None:
            self.slopes[:n] = slope

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
            if p is not None:  # (otherwise F is the gate itself)
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

    def _sum(self, sweep: Sweep, start: int, stop: int, sums: dict[str, np.ndarray]) -> None:
        """Adds to `sums` those over a span's steps and sequences, as matrix products."""
        (_, B, _, H), v, n = self.shape, self.variant, stop - start
        dZ = self._columns(n)
        own = {"RWb": np.dot(dZ, sweep.inputs[start:stop].reshape(n * B, -1))}
        if v.peepholes:
            before, after = sweep.c[start:stop], sweep.c[start + 1 : stop + 1]
            seen = {"i": before, "f": before, "o": after}
            dz = {gate: self.dZ[self.rows.of[gate], :n] for gate in v.gates}
            own["p"] = np.concatenate([np.einsum("htb,thb->h", dz[g], seen[g]) for g in v.gates])
        if v.gate_recurrence:
            memory = sweep.memory[start:stop].transpose(0, 2, 1).reshape(n * B, 3 * H)
            own["G"] = np.dot(dZ[self.rows.sigma], memory)
        for name, array in own.items():
            sums[name] = np.add(sums[name], array, out=sums[name]) if name in sums else array

    def _grads(self, sums: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The sums in the layouts of `cell.py`."""
        H, total = self.shape[3], sums.pop("RWb")
        columns = {"W": slice(H, -1), "R": slice(H), "b": -1}
        blocks = [total[self.rows.of[block]] for block in self.variant.blocks]
        grads = {n: np.concatenate([block[:, k] for block in blocks]) for n, k in columns.items()}
        if "G" in sums:
            dG = sums["G"].reshape(3, H, 3, H).transpose(0, 2, 1, 3)
            sums["G"] = dG[IFO][:, IFO].copy()
        return grads | sums
