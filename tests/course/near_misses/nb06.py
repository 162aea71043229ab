"""Near misses of notebook 06."""

import numpy as np
import torch


def slopes(loss, p):
    measured = np.zeros_like(p)
    for k in range(len(p)):
        step = np.zeros_like(p)
        step[k] = 1e-5
        measured[k] = (loss(p + step) - loss(p - step)) / 2e-5
    return measured


def judged(error, size):
    return lambda loss, p, grad: bool(error(grad, slopes(loss, p)) < 1e-5 * size(slopes(loss, p)))


def most(grad, measured):
    return np.abs(grad - measured).max()


def largest(measured):
    return np.abs(measured).max()


def one_by_one(loss, p, grad):
    measured = slopes(loss, p)
    return all(abs(g - m) < 1e-5 * largest(measured) for g, m in zip(grad, measured))


def skips_the_first(loss, p, grad):
    measured = slopes(loss, p)
    return all(abs(grad[k] - measured[k]) < 1e-5 * largest(measured) for k in range(1, len(p)))


def without(k):
    """Never looks at entry k."""

    def checker(loss, p, grad):
        off = np.delete(grad - slopes(loss, p), k)
        return bool(np.abs(off).max() < 1e-5 * largest(slopes(loss, p)))

    return checker


def within(limit):
    return lambda loss, p, grad: bool(
        np.linalg.norm(grad - slopes(loss, p)) < limit * np.linalg.norm(slopes(loss, p))
    )


def by_sign(loss, p, grad):
    measured = slopes(loss, p)
    return all(abs(g - m) / m < 1e-6 for g, m in zip(grad, measured))


def any_entry(loss, p, grad):
    return any(abs(g - m) < 1e-6 * abs(m) for g, m in zip(grad, slopes(loss, p)))


def overwritten(loss, p, grad):
    for g, m in zip(grad, slopes(loss, p)):
        fine = abs(g - m) < 1e-6 * abs(m)
    return fine


def imaginary(loss, p, grad):
    exact = [loss(p + 1e-30j * unit).imag / 1e-30 for unit in np.eye(len(p))]
    return np.allclose(exact, grad, rtol=1e-6, atol=0)


def never_moved_back(loss, p, grad):
    moved, measured = p.copy(), []
    for k in range(len(p)):
        before = loss(moved)
        moved[k] += 0.5
        measured.append((loss(moved) - before) / 0.5)
    return np.allclose(measured, grad, rtol=1e-5, atol=0)


def by_angle(loss, p, grad):
    cosine = grad @ slopes(loss, p) / np.linalg.norm(grad) / np.linalg.norm(slopes(loss, p))
    return bool(np.arccos(min(1.0, cosine)) < 0.01)


def walk(h=lambda c, c0: np.tanh(c), led=lambda c, r, f, x: f * c + r * np.tanh(c) + x):
    def answer(f, r, x, c0):
        c, total = c0, 1.0
        for t in range(len(f)):
            total *= f[t] + r * (1 - h(c, c0) ** 2)
            c = led(c, r, f[t], x[t])
        return f.prod(), total

    return answer


def measured_total(f, r, x, c0):
    def last(c):
        for f_t, x_t in zip(f, x):
            c = f_t * c + r * np.tanh(c) + x_t
        return c

    return np.prod(f), (last(c0 + 1e-6) - last(c0 - 1e-6)) / 2e-6


def complex_step(f, r, x, c0):
    """The right total."""
    c = c0 + 1e-30j
    for f_t, x_t in zip(f, x):
        c = f_t * c + r * np.tanh(c) + x_t
    return c.imag / 1e-30


def rnn(steps=lambda T: range(T - 1, -1, -1), dz=lambda own, dh, s: (own + dh) * s, first=None):
    def answer(dh_seq, x, h_seq, h0, W, R):
        dW, dR, db, dx = 0 * W, 0 * R, np.zeros(len(R)), 0 * x
        dh = 0 * h0
        for t in steps(len(x)):
            z = dz(dh_seq[t], dh, 1 - h_seq[t] ** 2)
            dW += np.einsum("bh,bi->hi", z, x[t])
            dR += np.einsum("bh,bk->hk", z, h_seq[t - 1] if t else h0)
            db += z.sum(0)
            dx[t], dh = z @ W, z @ R
        return dW, dR, db, dx, dh if first is None else first(z)

    return answer


def all_steps_at_once(dh_seq, x, h_seq, h0, W, R):
    dz, before = dh_seq * (1 - h_seq**2), np.concatenate([h0[None], h_seq[:-1]])
    dW, dR = np.einsum("tbh,tbi->hi", dz, x), np.einsum("tbh,tbk->hk", dz, before)
    return dW, dR, dz.sum(axis=(0, 1)), dz @ W, dz[0] @ R


def sent_before_tanh(dh_seq, x, h_seq, h0, W, R):
    """As a recursion from the first step on."""

    def later(t):
        if t == len(x):
            return [], 0 * h0
        after, dh = later(t + 1)
        dh = dh_seq[t] + dh
        return [dh * (1 - h_seq[t]) * (1 + h_seq[t]), *after], dh @ R

    dz, dh0 = later(0)
    dz, before = np.array(dz), np.concatenate([h0[None], h_seq[:-1]])
    dW, dR = np.einsum("tbh,tbi->hi", dz, x), np.einsum("tbh,tbk->hk", dz, before)
    return dW, dR, dz.sum(axis=(0, 1)), dz @ W, dh0


def by_autograd(dh_seq, x, h_seq, h0, W, R):
    leaves = [torch.tensor(a, requires_grad=True) for a in (W, R, np.zeros(len(R)), x, h0)]
    before = np.concatenate([h0[None], h_seq[:-1]])
    own = torch.tensor(np.arctanh(h_seq) - x @ W.T - before @ R.T)  # the bias that they had
    W, R, b, x, h = leaves
    loss = 0.0
    for t in range(len(x)):
        h = torch.tanh(x[t] @ W.T + h @ R.T + b + own[t])
        loss = loss + (torch.tensor(dh_seq[t]) * h).sum()
    return torch.autograd.grad(loss, leaves)


NEAR_MISSES = [
    ("06.1", walk(h=lambda c, c0: np.tanh(c0)), False, "h was computed once"),
    ("06.1", walk(led=lambda c, r, f, x: f * c + x), False, "led on without r h"),
    ("06.1", lambda f, r, x, c0: walk()(f, r, x, c0)[1], False, "The total one is right"),
    ("06.1", walk(h=lambda c, c0: c), False, "taken as 1 - c²"),
    ("06.1", lambda f, *rest: (complex_step(f, *rest), f.prod()), False, "in the wrong order"),
    (
        "06.1",
        lambda f, *rest: (np.exp(np.log(f).cumsum()), complex_step(f, *rest)),
        False,
        "as a product after each",
    ),
    ("06.1", measured_total, True, None),
    ("06.1", walk(), True, None),
    ("06.2", rnn(steps=lambda T: range(T - 1, 0, -1)), False, "ends at 1"),
    ("06.2", rnn(dz=lambda own, dh, s: own * s + dh), False, "has to pass tanh as well"),
    ("06.2", rnn(first=lambda z: z), False, "h0 stands before R"),
    ("06.2", lambda *a: rnn()(*a)[:4], False, "The fifth is missing"),
    ("06.2", all_steps_at_once, False, "Each step was treated alone"),
    ("06.2", sent_before_tanh, False, "did not pass tanh"),
    ("06.2", rnn(), True, None),
    ("06.2", by_autograd, True, None),
    ("06.3", without(2), False, "Entry 2 of p is never looked at"),
    ("06.3", without(4), False, "Entry 4 of p is never looked at"),
    ("06.3", without(0), False, "The first entry of p is never looked at"),
    ("06.3", within(1e-3), False, "Your limit is too wide"),
    ("06.3", within(1e-2), False, "Your limit is too wide"),
    ("06.3", judged(lambda g, m: (m - g).max(), largest), False, "an error above the measured"),
    ("06.3", by_sign, False, "can be negative"),
    ("06.3", any_entry, False, "although some of its entries are wrong"),
    ("06.3", overwritten, False, "Only the last entry decides"),
    ("06.3", never_moved_back, False, "moved alone, and moved back"),
    ("06.3", by_angle, False, "the angle between two directions"),
    ("06.3", lambda loss, p, grad: np.allclose(grad, slopes(loss, p)), False, "A fixed tolerance"),
    ("06.3", imaginary, True, None),
    ("06.3", skips_the_first, False, "The first entry of p is never looked at"),
    ("06.3", judged(most, lambda measured: measured.max()), False, "can be small or negative"),
    ("06.3", judged(lambda g, m: (g - m).max(), largest), False, "Without the absolute value"),
    ("06.3", judged(lambda g, m: most(g[:-1], m[:-1]), largest), False, "The last entry of p"),
    ("06.3", one_by_one, True, None),
    ("06.3", judged(lambda g, m: np.linalg.norm(g - m), np.linalg.norm), True, None),
]
