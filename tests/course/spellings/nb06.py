"""The mistakes of notebook 06 in other words than the exercise's own: two or more of each."""

import numpy as np


def h_before(f, r, x, c0):
    """The h that acts on each step, and the one that comes out of it."""
    c, seen = c0, [np.tanh(c0)]
    for gate, value in zip(f, x):
        c = gate * c + r * np.tanh(c) + value
        seen.append(np.tanh(c))
    return np.array(seen[:-1]), np.array(seen[1:])


def factors(f, r, x, c0):
    return f + r * (1 - h_before(f, r, x, c0)[0] ** 2)


def recursive(f, r, x, c0, step):
    """The product as a recursion over what is left of the sequence."""
    if len(x) == 0:
        return 1.0
    c = f[0] * c0 + r * np.tanh(c0) + x[0]
    return step(f[0], r, c0, c) * recursive(f[1:], r, x[1:], c, step)


def rolled(f, r, x, c0):
    """The right total, by a complex step."""
    c = c0 + 1e-30j
    for gate, value in zip(f, x):
        c = gate * c + r * np.tanh(c) + value
    return c.imag / 1e-30


def rnn(dh_seq, x, h_seq, h0, W, R, send=None, own=None, slope=None):
    """dz (T, B, H) by a recursion from the last step; and the h before each step."""
    slope = slope or (lambda h: (1 - h) * (1 + h))
    send = R if send is None else send
    before = np.concatenate([h0[None], h_seq[:-1]])
    dz = np.zeros_like(h_seq)
    come = np.zeros_like(h0)
    for t in range(len(x) - 1, -1, -1):
        mine = dh_seq[t] * (1 if own is None else own[t])
        dz[t] = np.multiply(come + mine, slope(h_seq[t]))
        come = np.einsum("bk,km->bm", dz[t], send)
    return dz, before, come


def right_c(f, r, x, c0):
    """c before each step, (T,)."""
    seen = [c0]
    for gate, value in zip(f, x):
        seen.append(gate * seen[-1] + r * np.tanh(seen[-1]) + value)
    return np.array(seen[:-1])


def from_zero_h(f, r, x, c0):
    """The factors if h_0 is 0: the first step apart, then as ever."""
    rest = factors(f[1:], r, x[1:], f[0] * c0 + x[0])
    return np.concatenate([[f[0] + r], rest])


def collect(dz, x, before, W, come, n=1):
    return (
        np.einsum("tbk,tbi->ki", dz, x) / n,
        np.einsum("tbk,tbm->km", dz, before) / n,
        dz.sum((0, 1)) / n,
        np.einsum("tbk,ki->tbi", dz, W),
        come,
    )


def gathered(**changes):
    def answer(dh_seq, x, h_seq, h0, W, R):
        dz, before, come = rnn(dh_seq, x, h_seq, h0, W, R, **changes)
        return collect(dz, x, before, W, come)

    return answer


def right(*inputs):
    return gathered()(*inputs)


def loop(
    order, carry=True, slope=True, turned=False, only_last=False, keep_last=False, new_h=False
):
    """The loop written with lists."""

    def answer(dh_seq, x, h_seq, h0, W, R):
        T, dh = len(x), 0 * h0
        steps, dx = [], {}
        hs = [h0, *h_seq]
        for t in order(T):
            up = dh_seq[t] if not only_last or t == T - 1 else 0 * dh_seq[t]
            up = up + dh if carry else up
            dz = up - up * h_seq[t] ** 2 if slope else up
            steps.append((dz.T @ x[t], dz.T @ hs[t + 1 if new_h else t], dz.sum(0)))
            dx[t] = dz @ W
            dh = np.dot(dz, R.T if turned else R)
        steps = steps[-1:] if keep_last else steps
        sums = [sum(parts) for parts in zip(*steps)]
        return *sums, np.array([dx[t] for t in range(T)]), dh

    return answer


def down(T):
    return range(T - 1, -1, -1)


def listed(send=None, slope=lambda h: 1 - h * h, start=None):
    """The loop with lists, and what is sent back as a function of all that is there."""

    def answer(dh_seq, x, h_seq, h0, W, R):
        dh, found = 0 * h0, []
        for t in down(len(x)):
            up = dh_seq[t] + dh
            dz = slope(h_seq[t]) * up
            found.insert(0, dz)
            dh = send(dz, R, up, dh_seq[t]) if send else np.einsum("bk,km->bm", dz, R)
        if start:
            dh = start(up, dz, R)
        return collect(np.array(found), x, np.concatenate([h0[None], h_seq[:-1]]), W, dh)

    return answer


def rnn_sending(send):
    """The loop as a recursion from the first step on."""

    def answer(dh_seq, x, h_seq, h0, W, R):
        def come(t):
            if t == len(x):
                return [], 0 * h0
            later, dh = come(t + 1)
            up = dh + dh_seq[t]
            dz = up * (1 - h_seq[t]) * (1 + h_seq[t])
            return [dz, *later], send(dz, up, dh_seq[t], R)

        dz, dh0 = come(0)
        return collect(np.array(dz), x, np.concatenate([h0[None], h_seq[:-1]]), W, dh0)

    return answer


def with_before(before):
    """The right loop, and dR from other states than those before each step."""

    def answer(dh_seq, x, h_seq, h0, W, R):
        dz, _, come = rnn(dh_seq, x, h_seq, h0, W, R)
        return collect(dz, x, before(h_seq, h0), W, come)

    return answer


def after(change):
    """The right results by two loops, and then a change of them."""
    return [
        lambda *inputs: change(inputs, *right(*inputs)),
        lambda *inputs: change(inputs, *loop(down)(*inputs)),
    ]


def first_dr_changed(change):
    """dR of the loop, less the first step's share, plus another share."""

    def answer(dh_seq, x, h_seq, h0, W, R):
        dW, dR, *others = right(dh_seq, x, h_seq, h0, W, R)
        dz = rnn(dh_seq, x, h_seq, h0, W, R)[0][0]
        return dW, dR + dz.T @ (change(h_seq, h0) - h0), *others

    return answer


def each_alone(dh_seq, x, h_seq, h0, W, R):
    dz = dh_seq * (1 - h_seq**2)
    return collect(dz, x, np.concatenate([h0[None], h_seq[:-1]]), W, dz[0] @ R)


def ascending(dh_seq, x, h_seq, h0, W, R):
    dz, come = np.zeros_like(h_seq), 0 * h0
    for t, h in enumerate(h_seq):
        dz[t] = (dh_seq[t] + come) * (1 - h * h)
        come = dz[t] @ R
    return collect(dz, x, np.concatenate([h0[None], h_seq[:-1]]), W, come)


def last_loss_alone(dh_seq, *rest):
    masked = np.zeros_like(dh_seq)
    masked[-1] = dh_seq[-1]
    return right(masked, *rest)


def first_step_alone(dh_seq, x, h_seq, h0, W, R):
    dz, before, come = rnn(dh_seq, x, h_seq, h0, W, R)
    one = collect(dz[:1], x[:1], before[:1], W, come)
    return *one[:3], dz @ W, come


def dr_from_new_h(dh_seq, x, h_seq, h0, W, R):
    dz, _, come = rnn(dh_seq, x, h_seq, h0, W, R)
    return collect(dz, x, h_seq, W, come)


def averaged(*inputs):
    dW, dR, db, dx, dh0 = right(*inputs)
    return dW / len(dx), dR / len(dx), db / len(dx), dx, dh0


def averaged_early(dh_seq, x, h_seq, h0, W, R):
    dz, before, come = rnn(dh_seq, x, h_seq, h0, W, R)
    return collect(dz, x, before, W, come, n=len(x))


def dx_as_collected(dh_seq, x, h_seq, h0, W, R):
    dz, before, come = rnn(dh_seq, x, h_seq, h0, W, R)
    found = [dz[t] @ W for t in down(len(x))]
    return *collect(dz, x, before, W, come)[:3], np.array(found), come


def dx_flipped(*inputs):
    dW, dR, db, dx, dh0 = loop(down)(*inputs)
    return dW, dR, db, np.flip(dx, axis=0), dh0


def moved(loss, p, step=1e-6):
    """Slopes, moving one entry of a copy at a time."""
    found = []
    for k in range(len(p)):
        q = p.copy()
        q[k] += step
        up = loss(q)
        q[k] -= 2 * step
        found.append((up - loss(q)) / (2 * step))
    return np.array(found)


def never_moved_back(loss, p, grad):
    q, found = p.copy(), []
    for k in range(len(p)):
        before = loss(q)
        q[k] += 0.5
        found.append((loss(q) - before) / 0.5)
    return bool(np.allclose(found, grad, rtol=1e-5, atol=0))


def over_the_largest(loss, p, grad):
    m = moved(loss, p)
    a, b = grad / np.abs(grad).max(), m / np.abs(m).max()
    return bool(np.allclose(a, b, rtol=1e-6, atol=1e-6))


def angle(loss, p, grad):
    m = moved(loss, p)
    return bool(np.arccos(min(1.0, grad @ m / np.sqrt((grad @ grad) * (m @ m)))) < 0.01)


def cosine(loss, p, grad):
    m = moved(loss, p)
    return bool(grad @ m / np.linalg.norm(grad) / np.linalg.norm(m) > 0.999)


def unit_vectors(loss, p, grad):
    m = moved(loss, p)
    return np.abs(grad / np.linalg.norm(grad) - m / np.linalg.norm(m)).max() < 1e-5


SPELLINGS = {
    ("06.1", 0): [
        lambda f, r, x, c0: (rolled(f, r, x, c0), np.prod(f)),
        lambda f, r, x, c0: (np.prod(factors(f, r, x, c0)), np.prod(f)),
    ],
    ("06.1", 1): [
        lambda f, r, x, c0: (np.sum(f), np.sum(factors(f, r, x, c0))),
        lambda f, r, x, c0: (sum(f), sum(f) + r * sum(1 - h_before(f, r, x, c0)[0] ** 2)),
    ],
    ("06.1", 2): [
        lambda f, r, x, c0: (np.prod(f), np.prod(f + r * (1 - h_before(f, r, x, c0)[1] ** 2))),
        lambda f, r, x, c0: (
            np.exp(np.log(f).sum()),
            recursive(f, r, x, c0, lambda f, r, old, new: f + r / np.cosh(new) ** 2),
        ),
    ],
    ("06.1", 3): [
        lambda f, r, x, c0: (
            np.prod(f),
            np.prod(f) + np.prod(r * (1 - h_before(f, r, x, c0)[0] ** 2)),
        ),
        lambda f, r, x, c0: (
            np.prod(f),
            np.prod(f) + recursive(f, r, x, c0, lambda f, r, old, new: r / np.cosh(old) ** 2),
        ),
    ],
    ("06.1", 4): [
        lambda f, r, x, c0: (np.prod(f), np.prod(f + r)),
        lambda f, r, x, c0: (np.prod(f), recursive(f, r, x, c0, lambda f, r, a, b: f + r)),
    ],
    ("06.1", 5): [
        lambda f, r, x, c0: (np.prod(f), np.prod(f)),
        lambda f, r, x, c0: [np.exp(np.log(f).sum())] * 2,
    ],
    ("06.1", 6): [
        lambda f, r, x, c0: (np.prod(f), np.prod(factors(f, r, x, c0) - f)),
        lambda f, r, x, c0: (
            np.prod(f),
            recursive(f, r, x, c0, lambda f, r, old, new: r / np.cosh(old) ** 2),
        ),
    ],
    ("06.1", 7): [
        lambda f, r, x, c0: (
            np.prod(f),
            np.prod(f + r / np.cosh(h_before(f, r, x, c0)[0]) ** 2),
        ),
        lambda f, r, x, c0: (
            np.prod(f),
            recursive(f, r, x, c0, lambda f, r, a, b: f + r * (1 - np.tanh(np.tanh(a)) ** 2)),
        ),
    ],
    ("06.1", 8): [
        lambda f, r, x, c0: (np.prod(f[1:]), np.prod(factors(f, r, x, c0)[1:])),
        lambda f, r, x, c0: (
            np.prod(f) / f[0],
            rolled(f, r, x, c0) / factors(f, r, x, c0)[0],
        ),
    ],
    ("06.1", 9): [
        lambda f, r, x, c0: (np.prod(f), np.prod(from_zero_h(f, r, x, c0))),
        lambda f, r, x, c0: (
            np.prod(f),
            (f[0] + r)
            * recursive(
                f[1:],
                r,
                x[1:],
                f[0] * c0 + x[0],
                lambda f, r, old, new: f + r / np.cosh(old) ** 2,
            ),
        ),
    ],
    ("06.1", 10): [
        lambda f, r, x, c0: (np.prod(f), np.prod(f + 1 - h_before(f, r, x, c0)[0] ** 2)),
        lambda f, r, x, c0: (
            np.prod(f),
            recursive(f, r, x, c0, lambda f, r, old, new: f + np.cosh(old) ** -2),
        ),
    ],
    ("06.1", 11): [
        lambda f, r, x, c0: (np.prod(f), np.prod(f + r * h_before(f, r, x, c0)[0])),
        lambda f, r, x, c0: (
            np.prod(f),
            recursive(f, r, x, c0, lambda f, r, old, new: f + np.tanh(old) * r),
        ),
    ],
    ("06.1", 12): [
        lambda f, r, x, c0: (np.prod(f), np.prod(f + r - r * right_c(f, r, x, c0) ** 2)),
        lambda f, r, x, c0: (
            np.prod(f),
            recursive(f, r, x, c0, lambda f, r, old, new: f + r * (1 - old) * (1 + old)),
        ),
    ],
    ("06.1", 13): [
        lambda f, r, x, c0: (np.prod(f), np.prod(f) * (1 + r / np.cosh(c0) ** 2 / f[0])),
        lambda f, r, x, c0: (np.prod(f), factors(f, r, x, c0)[0] * np.prod(f[1:])),
    ],
    ("06.1", 14): [
        lambda f, r, x, c0: (np.prod(f), np.prod(f) * np.prod(factors(f, r, x, c0) - f)),
        lambda f, r, x, c0: (
            np.prod(f),
            recursive(f, r, x, c0, lambda f, r, old, new: f * r / np.cosh(old) ** 2),
        ),
    ],
    ("06.1", 15): [
        lambda f, r, x, c0: (np.prod(f), rolled(f, r, x, c0) - np.prod(f)),
        lambda f, r, x, c0: (np.prod(f), np.prod(factors(f, r, x, c0)) - np.prod(f)),
    ],
    ("06.1", 16): [
        lambda f, r, x, c0: (np.prod(f) / f[-1], rolled(f, r, x, c0)),
        lambda f, r, x, c0: (np.prod(f[: len(f) - 1]), np.prod(factors(f, r, x, c0))),
    ],
    ("06.1", 17): [
        lambda f, r, x, c0: (np.prod(f) / f[0], rolled(f, r, x, c0)),
        lambda f, r, x, c0: (np.prod(f[1:]), np.prod(factors(f, r, x, c0))),
    ],
    ("06.1", 18): [
        lambda f, r, x, c0: (np.exp(np.cumsum(np.log(f))), rolled(f, r, x, c0)),
        lambda f, r, x, c0: (
            np.array([np.prod(f[: k + 1]) for k in range(len(f))]),
            np.prod(factors(f, r, x, c0)),
        ),
    ],
    ("06.1", 19): [
        lambda f, r, x, c0: tuple(
            v * (1 - h_before(f, r, x, c0)[1][-1] ** 2) for v in (np.prod(f), rolled(f, r, x, c0))
        ),
        lambda f, r, x, c0: tuple(
            np.prod(v) * (1 - h_before(f, r, x, c0)[1][-1] ** 2) for v in (f, factors(f, r, x, c0))
        ),
    ],
    ("06.1", 20): [
        lambda f, r, x, c0: (np.prod(f), f[0] * np.prod(factors(f, r, x, c0)[1:])),
        lambda f, r, x, c0: (
            np.prod(f),
            f[0] * rolled(f[1:], r, x[1:], f[0] * c0 + r * np.tanh(c0) + x[0]),
        ),
    ],
    ("06.2", 0): [each_alone, loop(down, carry=False)],
    ("06.2", 1): [ascending, loop(range)],
    ("06.2", 2): [last_loss_alone, loop(down, only_last=True)],
    ("06.2", 3): [
        lambda dh_seq, x, h_seq, h0, W, R: gathered(send=R.T)(dh_seq, x, h_seq, h0, W, R),
        loop(down, turned=True),
    ],
    ("06.2", 4): [gathered(slope=np.ones_like), loop(down, slope=False)],
    ("06.2", 5): [first_step_alone, loop(down, keep_last=True)],
    ("06.2", 6): [dr_from_new_h, loop(down, new_h=True)],
    ("06.2", 7): [averaged, averaged_early],
    ("06.2", 8): [dx_as_collected, dx_flipped],
    ("06.2", 9): [
        with_before(lambda h_seq, h0: np.roll(h_seq, 1, axis=0)),
        first_dr_changed(lambda h_seq, h0: h_seq[-1]),
    ],
    ("06.2", 10): [
        with_before(lambda h_seq, h0: np.concatenate([0 * h0[None], h_seq[:-1]])),
        first_dr_changed(lambda h_seq, h0: np.zeros_like(h0)),
    ],
    ("06.2", 11): [
        gathered(slope=lambda h: np.cosh(h) ** -2.0),
        listed(slope=lambda h: 1 - np.tanh(h) ** 2),
    ],
    ("06.2", 12): [gathered(slope=lambda h: h - h * h), listed(slope=lambda h: (1 - h) * h)],
    ("06.2", 13): [
        lambda dh_seq, x, h_seq, h0, W, R: gathered(send=np.eye(len(R)))(
            dh_seq, x, h_seq, h0, W, R
        ),
        listed(lambda dz, R, up, own: dz.copy()),
    ],
    ("06.2", 14): [
        listed(lambda dz, R, up, own: np.dot(dz, R) + up),
        rnn_sending(lambda dz, up, own, R: up + np.einsum("bk,km->bm", dz, R)),
    ],
    ("06.2", 15): [
        listed(lambda dz, R, up, own: np.dot(dz, R) + own),
        rnn_sending(lambda dz, up, own, R: own + np.einsum("bk,km->bm", dz, R)),
    ],
    ("06.2", 16): [
        listed(lambda dz, R, up, own: np.dot(up, R)),
        rnn_sending(lambda dz, up, own, R: np.einsum("bk,km->bm", up, R)),
    ],
    ("06.2", 17): after(
        lambda inputs, *all_five: (*(a / inputs[1].shape[1] for a in all_five[:3]), *all_five[3:])
    ),
    ("06.2", 18): after(lambda inputs, a, b, c, dx, dh0: (a, b, c, dx, np.zeros_like(dh0))),
    ("06.2", 19): [
        listed(start=lambda up, dz, R: up),
        lambda dh_seq, x, h_seq, h0, W, R: (
            *right(dh_seq, x, h_seq, h0, W, R)[:4],
            rnn(dh_seq, x, h_seq, h0, W, R)[0][0] / ((1 - h_seq[0]) * (1 + h_seq[0])),
        ),
    ],
    ("06.2", 20): after(lambda inputs, dW, dR, *others: (dR, dW, *others)),
    ("06.3", 0): [
        lambda loss, p, grad: bool(np.isfinite(grad).all()),
        lambda loss, p, grad: np.abs(grad - moved(loss, p)).max() < 1e6,
    ],
    ("06.3", 1): [
        never_moved_back,
        lambda loss, p, grad: bool((moved(loss, p, 1e-3) == grad).all()),
    ],
    ("06.3", 2): [
        lambda loss, p, grad: bool(np.allclose(grad, moved(loss, p))),
        lambda loss, p, grad: all(abs(a - b) < 1e-6 for a, b in zip(grad, moved(loss, p))),
    ],
    ("06.3", 3): [
        lambda loss, p, grad: abs(grad.mean() / moved(loss, p).mean() - 1) < 1e-4,
        lambda loss, p, grad: bool(
            np.isclose(np.sqrt(grad @ grad), np.linalg.norm(moved(loss, p)), rtol=1e-6, atol=0)
        ),
    ],
    ("06.3", 4): [
        lambda loss, p, grad: abs(grad[0] / moved(loss, p)[0] - 1) < 1e-4,
        lambda loss, p, grad: bool(np.isclose(*(v[0] for v in (grad, moved(loss, p))), atol=0)),
    ],
    ("06.3", 5): [over_the_largest, unit_vectors],
    ("06.3", 7): [
        lambda loss, p, grad: bool(np.allclose(grad, moved(loss, p), rtol=0.01, atol=0)),
        lambda loss, p, grad: (
            np.linalg.norm(grad - moved(loss, p)) < 0.02 * np.linalg.norm(moved(loss, p))
        ),
    ],
    ("06.3", 8): [
        lambda loss, p, grad: bool(np.allclose(grad, moved(loss, p), rtol=0, atol=1e-12)),
        lambda loss, p, grad: all(abs(a - b) < 3e-12 for a, b in zip(grad, moved(loss, p))),
    ],
    ("06.3", 9): [angle, cosine],
    ("06.3", 6): [
        lambda loss, p, grad: bool((grad * moved(loss, p) > 0).all()),
        lambda loss, p, grad: all((a > 0) == (b > 0) for a, b in zip(grad, moved(loss, p))),
    ],
}
