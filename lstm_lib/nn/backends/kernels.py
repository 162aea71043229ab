"""What a step does to each number besides its matrix products, compiled by numba.

A variant's parts are arguments that are None where the variant lacks them: numba compiles one
version for each combination of None and not None, and removes what is dead in it. The loops over j
run over contiguous memory and branch on nothing but such arguments, so that LLVM turns them into
vector instructions. A call of the C library's tanh would forbid that and costs 10 ns and more; the
functions here cost 0.3 to 0.5 ns a number in float32. e^x = 2ⁿ e^r with n = round(x / ln 2) and
|r| ≤ ½ ln 2; for e^r and tanh the polynomials of Moshier's Cephes library (netlib.org/cephes: expf,
exp, tanh), for tanh in float32 the rational function of Eigen (eigen.tuxfamily.org: ptanh).

Importing this module imports numba: only `compiled.py` does it, and only when it runs. All that is
compiled stands in this one file: numba's cache on disk notices no change in another.
"""

from contextlib import suppress

import numba
import numpy as np
from numba.core.caching import FunctionCache

f4, i4, i8 = np.float32, np.int32, np.int64

# NaN and ∞ keep their meaning: of the fast-math flags only a·b + c in one instruction is on.
# Without error_model="numpy" each division asks whether to raise, which no vector can.
OPTIONS = {"error_model": "numpy", "fastmath": {"contract"}, "nogil": True}


class OptionalCache(FunctionCache):
    """numba's cache on disk, which may be full, cut short or unreadable: then it is not used.

    A damaged file makes unpickling raise nearly anything.
    """

    def load_overload(self, sig, target_context):
        """What is kept for this signature, or None; a damaged index is begun anew."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig, data):
        """Keep it for the next program, if that can be done."""
        with suppress(Exception):
            super().save_overload(sig, data)


def jit(function):
    """numba's, kept on disk between programs where there is a place for it."""
    compiled = numba.njit(**OPTIONS)(function)
    with suppress(RuntimeError, OSError):  # neither this folder nor the user's cache is to be had
        compiled._cache = OptionalCache(function)  # all that njit(cache=True) does
    return compiled


@jit
def clamp(x, low, high):
    """x within [low, high]. NaN stays NaN, as no comparison with it is true."""
    x = low if x < low else x
    return high if x > high else x


@jit
def exp_single(x):
    """e^x for -87 ≤ x ≤ 88, and ∞ from 88.4 to 89."""
    shifted = x * f4(1.44269504) + f4(12582912.0)  # 1.5·2²³: n is in the lowest bits now
    n = shifted - f4(12582912.0)
    r = x - n * f4(0.693359375) + n * f4(2.12194440e-4)  # ln 2 in two parts
    y = f4(1.9875691500e-4)
    y = y * r + f4(1.3981999507e-3)
    y = y * r + f4(8.3334519073e-3)
    y = y * r + f4(4.1665795894e-2)
    y = y * r + f4(1.6666665459e-1)
    y = y * r + f4(5.0000001201e-1)
    y = y * r * r + r + f4(1.0)
    bits = np.float32(shifted).view(np.int32)
    return y * np.int32(i4(bits << i4(23)) + i4(127 << 23)).view(np.float32)


@jit
def exp_double(x):
    """e^x for -708 ≤ x ≤ 709, and ∞ from 709.5 to 710."""
    shifted = x * 1.4426950408889634073599 + 6755399441055744.0  # 1.5·2⁵²
    n = shifted - 6755399441055744.0
    r = x - n * 6.93145751953125e-1 - n * 1.42860682030941723212e-6
    s = r * r
    p = r * ((1.26177193074810590878e-4 * s + 3.02994407707441961300e-2) * s + 1.0)
    q = 3.00198505138664455042e-6 * s + 2.52448340349684104192e-3
    q = (q * s + 2.27265548208155028766e-1) * s + 2.0
    y = 1.0 + 2.0 * p / (q - p)
    bits = np.float64(shifted).view(np.int64)
    return y * np.int64((bits << i8(52)) + i8(1023 << 52)).view(np.float64)


@jit
def tanh_single(x):
    """Odd polynomial over even polynomial; ±1 from |x| = 8 on."""
    x = clamp(x, f4(-7.99881172180175781), f4(7.99881172180175781))
    s = x * x
    p = f4(-2.76076847742355e-16) * s + f4(2.00018790482477e-13)
    p = p * s + f4(-8.60467152213735e-11)
    p = p * s + f4(5.12229709037114e-08)
    p = p * s + f4(1.48572235717979e-05)
    p = p * s + f4(6.37261928875436e-04)
    p = p * s + f4(4.89352455891786e-03)
    q = f4(1.19825839466702e-06) * s + f4(1.18534705686654e-04)
    q = q * s + f4(2.26843463243900e-03)
    q = q * s + f4(4.89352518554385e-03)
    return x * p / q


@jit
def tanh_double(x):
    """1 - 2/(e^2x + 1), and x + x³ P(x²)/Q(x²) where that would cancel; both, then a choice."""
    x = clamp(x, -20.0, 20.0)
    s = x * x
    p = (-9.64399179425052238628e-1 * s - 9.92877231001918586564e1) * s - 1.61468768441708447952e3
    q = ((s + 1.12811678491632931402e2) * s + 2.23548839060100448583e3) * s
    small = x + x * s * p / (q + 4.84406305325125486048e3)
    large = 1.0 - 2.0 / (exp_double(2.0 * x) + 1.0)
    return small if abs(x) < 0.625 else large


@jit
def tanh(x, exact):
    if exact is None:
        return tanh_single(x)
    return tanh_double(x)


@jit
def sigmoid(x, exact):
    """1/(1 + e^-x)."""
    if exact is None:
        return f4(1.0) / (f4(1.0) + exp_single(clamp(-x, f4(-87.0), f4(89.0))))
    return 1.0 / (1.0 + exp_double(clamp(-x, -708.0, 710.0)))


# Arguments of all kernels: i, f, o, coupled, tanh_g, tanh_c are parts of the variant, and exact is
# for float64, each None or True; p (n, H) or None; `count` rows from `start` on are the step's. A
# row of z is [i f g o] as far as present.


@jit
def forward_rows(
    z, more, p, h, c, gates, before, out, start, count, i, f, o, coupled, tanh_g, tanh_c, exact
):  # fmt: skip
    """One step: from pre-activations to activations, the output and the new state.

    z (N, K·H) in place: before, what the input brings; more (B, K·H), what the state adds; h, c
    (B, H) and gates (B, 3·H), None without gate recurrence, become the new state; before (N, H) is
    filled with the old c, for the way back; out (N, H) with the output.
    """
    H = c.shape[1]
    for b in range(count):
        at = 0
        row, add, cell, hidden = z[start + b], more[b], c[b], h[b]
        kept, output = before[start + b], out[start + b]
        if gates is not None:
            new = gates[b]
        if i is not None:
            zi, mi = row[:H], add[:H]
            at += H
        if f is not None:
            zf, mf = row[at : at + H], add[at : at + H]
            at += H
        zg, mg = row[at : at + H], add[at : at + H]
        if o is not None:
            zo, mo = row[at + H :], add[at + H :]
        for j in range(H):
            c_old = cell[j]
            kept[j] = c_old
            g = zg[j] + mg[j]
            if tanh_g is not None:
                g = tanh(g, exact)
            zg[j] = g
            c_new = g
            if i is not None:
                a = zi[j] + mi[j]
                if p is not None:
                    a += p[0, j] * c_old
                gate = sigmoid(a, exact)
                zi[j] = gate
                if gates is not None:
                    new[j] = gate
                c_new = gate * g
                if coupled is not None:
                    c_new += c_old - gate * c_old
            if f is not None:
                a = zf[j] + mf[j]
                if p is not None:
                    a += p[1 if i is not None else 0, j] * c_old
                gate = sigmoid(a, exact)
                zf[j] = gate
                if gates is not None:
                    new[H + j] = gate
                c_new += gate * c_old
            elif coupled is None:
                c_new += c_old
            cell[j] = c_new
            y = c_new
            if tanh_c is not None:
                y = tanh(y, exact)
            if o is not None:
                a = zo[j] + mo[j]
                if p is not None:
                    a += p[-1, j] * c_new
                gate = sigmoid(a, exact)
                zo[j] = gate
                if gates is not None:
                    new[2 * H + j] = gate
                y *= gate
            hidden[j] = y
            output[j] = y


@jit
def backward_rows(
    z, p, dh, dc, dgates, before, dout, dz, dp, start, count,
    i, f, o, coupled, tanh_g, tanh_c, exact,
):  # fmt: skip
    """One step back: dz (N, K·H) is filled, dc (B, H) becomes the old cell state's gradient.

    z (N, K·H) activations; dh, dc (B, H) and dgates (B, 3·H), None without gate recurrence: what
    comes from the next step; dout (N, H): what comes from outside; before (N, H); dp, as p, is
    added to. The caller's product dz R is the next dh.
    """
    H, one = dc.shape[1], z.dtype.type(1)
    for b in range(count):
        at = 0
        row, drow, kept = z[start + b], dz[start + b], before[start + b]
        dc_now, dh_now, dh_out = dc[b], dh[b], dout[start + b]
        if dgates is not None:
            dgate = dgates[b]
        if i is not None:
            zi, dzi = row[:H], drow[:H]
            at += H
        if f is not None:
            zf, dzf = row[at : at + H], drow[at : at + H]
            at += H
        zg, dzg = row[at : at + H], drow[at : at + H]
        if o is not None:
            zo, dzo = row[at + H :], drow[at + H :]
        for j in range(H):
            c_old, g = kept[j], zg[j]
            c_new = g
            if i is not None:
                gi = zi[j]
                c_new = gi * g
                if coupled is not None:
                    c_new += c_old - gi * c_old
            if f is not None:
                gf = zf[j]
                c_new += gf * c_old
            elif coupled is None:
                c_new += c_old
            y = c_new
            if tanh_c is not None:
                y = tanh(c_new, exact)

            dy, dc_new = dh_now[j] + dh_out[j], dc_now[j]
            if o is not None:
                go = zo[j]
                da = dy * y
                if dgates is not None:
                    da += dgate[2 * H + j]
                da *= go * (one - go)
                dzo[j] = da
                if p is not None:
                    dp[-1, j] += da * c_new
                    dc_new += da * p[-1, j]
                dy *= go
            if tanh_c is not None:
                dy *= one - y * y
            dc_new += dy

            dc_old = dc_new
            if f is not None:
                dc_old = dc_new * gf
            elif coupled is not None:
                dc_old = dc_new * (one - gi)
            dg = dc_new
            if i is not None:
                dg = dc_new * gi
                da = g
                if coupled is not None:
                    da -= c_old
                da *= dc_new
                if dgates is not None:
                    da += dgate[j]
                da *= gi * (one - gi)
                dzi[j] = da
                if p is not None:
                    dp[0, j] += da * c_old
                    dc_old += da * p[0, j]
            if f is not None:
                da = dc_new * c_old
                if dgates is not None:
                    da += dgate[H + j]
                da *= gf * (one - gf)
                dzf[j] = da
                if p is not None:
                    second = 1 if i is not None else 0
                    dp[second, j] += da * c_old
                    dc_old += da * p[second, j]
            if tanh_g is not None:
                dg *= one - g * g
            dzg[j] = dg
            dc_now[j] = dc_old


@jit
def product(left, matrix, out):
    """out (M,) = left (K,) matrix (K, M), four rows of the matrix at a time."""
    K, M = matrix.shape
    out[:] = 0
    for k in range(0, K - 3, 4):
        a, b, c, d = left[k], left[k + 1], left[k + 2], left[k + 3]
        ra, rb, rc, rd = matrix[k], matrix[k + 1], matrix[k + 2], matrix[k + 3]
        for j in range(M):
            out[j] += a * ra[j] + b * rb[j] + c * rc[j] + d * rd[j]
    for k in range(K - K % 4, K):
        a, ra = left[k], matrix[k]
        for j in range(M):
            out[j] += a * ra[j]


@jit
def forward_alone(
    Rt, steps, z, more, p, h, c, gates, before, out, i, f, o, coupled, tanh_g, tanh_c, exact
):  # fmt: skip
    """All steps and their products, for a batch so small that calls would cost more than they do.

    Rt (H, K·H); steps (T, 2): each step's first row and number of rows, in the order of the walk.
    """
    for t in range(len(steps)):
        start, count = steps[t]
        for b in range(count):
            product(h[b], Rt, more[b])
        forward_rows(
            z, more, p, h, c, gates, before, out, start, count,
            i, f, o, coupled, tanh_g, tanh_c, exact,
        )  # fmt: skip


@jit
def backward_alone(
    R, steps, z, p, dh, dc, dgates, before, dout, dz, dp, i, f, o, coupled, tanh_g, tanh_c, exact
):  # fmt: skip
    """All steps back; R (K·H, H), steps as in `forward_alone`."""
    for t in range(len(steps) - 1, -1, -1):
        start, count = steps[t]
        backward_rows(
            z, p, dh, dc, dgates, before, dout, dz, dp, start, count,
            i, f, o, coupled, tanh_g, tanh_c, exact,
        )  # fmt: skip
        for b in range(count):
            product(dz[start + b], R, dh[b])
