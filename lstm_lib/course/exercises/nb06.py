"""Exercises of notebook 06: two kinds of derivative, back through time, a checker of one's own."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise, Mistake
from lstm_lib.scratch import sigmoid


def a_recursion(rng: np.random.Generator, size: int) -> tuple:
    """f (T,), r, x (T,) and c0 of c = f c₋₁ + r tanh(c₋₁) + x.

    Ten steps at most: a product of more small slopes is 0 in float32.
    """
    T = 1 + min(size, 9)
    f = rng.uniform(0.7, 1.0, T).round(2)
    return f, round(float(rng.uniform(-0.6, 0.9)), 2), rng.normal(size=T).round(2), 0.5


def direct_and_total(f, r, x, c0):
    c, direct, total = c0, 1.0, 1.0
    for t in range(len(x)):
        h = np.tanh(c)  # the h of the step before: it is what acts on this step
        direct = direct * f[t]
        # c₋₁ acts on c in two ways: along the belt, and through h. Slopes of two ways add.
        total = total * (f[t] + r * (1 - h**2))
        c = f[t] * c + r * h + x[t]
    return direct, total


def by_moving_the_start(f, r, x, c0):
    def last(start, h_frozen=None):
        c, seen = start, []
        for t in range(len(x)):
            h = np.tanh(c) if h_frozen is None else h_frozen[t]
            seen.append(h)
            c = f[t] * c + r * h + x[t]
        return c, seen

    at, h_seq = last(c0)
    direct = last(c0 + 1.0, h_seq)[0] - at  # h held fixed, c is linear in its start
    total = last(c0 + 1e-30j)[0].imag / 1e-30  # the complex step: exact
    return direct, total


def products(f, r, x, c0, per_step, skip=0, when="before", h0=None):
    """∏ f, and ∏ of `per_step(f, r, h)` with h before or after each step."""
    c, total = c0, 1.0
    for t in range(len(x)):
        h = np.tanh(c) if t or h0 is None else h0
        c = f[t] * c + r * h + x[t]
        if t >= skip:
            total = total * per_step(f[t], r, h if when == "before" else np.tanh(c))
    return float(np.prod(f[skip:])), total


def both_ways(f, r, h):
    return f + r * (1 - h**2)


def separate_paths(f, r, x, c0):
    direct, through_h = products(f, r, x, c0, lambda f, r, h: r * (1 - h**2))
    return direct, direct + through_h


def with_h0_fixed(f, r, x, c0):
    direct, total = direct_and_total(f, r, x, c0)
    return direct, total / both_ways(f[0], r, np.tanh(c0)) * f[0]


def by_c(f, r, x, c0):
    c, total = c0, 1.0
    for t in range(len(x)):
        total = total * (f[t] + r * (1 - c**2))
        c = f[t] * c + r * np.tanh(c) + x[t]
    return float(np.prod(f)), total


def first_way_alone(f, r, x, c0):
    direct = float(np.prod(f))
    return direct, direct + r * (1 - np.tanh(c0) ** 2) * float(np.prod(f[1:]))


def of_the_last_h(f, r, x, c0):
    c = c0
    for t in range(len(x)):
        c = f[t] * c + r * np.tanh(c) + x[t]
    slope = 1 - np.tanh(c) ** 2
    return tuple(slope * value for value in direct_and_total(f, r, x, c0))


def total_mended(direct):
    """The right total beside a wrong direct one, or what `direct(f, direct, total)` returns."""
    return lambda f, r, x, c0: direct(f, *direct_and_total(f, r, x, c0))


def with_one_h(f, r, x, c0):
    h = np.tanh(c0)
    return float(np.prod(f)), float(np.prod(both_ways(f, r, h)))


def without_h_in_c(f, r, x, c0):
    c, total = c0, 1.0
    for t in range(len(x)):
        total = total * both_ways(f[t], r, np.tanh(c))
        c = f[t] * c + x[t]
    return float(np.prod(f)), total


def sums(f, r, x, c0):
    c, direct, total = c0, 0.0, 0.0
    for t in range(len(x)):
        h = np.tanh(c)
        direct, total = direct + f[t], total + both_ways(f[t], r, h)
        c = f[t] * c + r * h + x[t]
    return direct, total


TOTAL = Exercise(
    key="06.1",
    title="Direct and total",
    stars=2,
    names=("f", "r", "x", "c0"),
    specification=by_moving_the_start,
    inputs=a_recursion,
    mistakes=(
        Mistake(
            "Both are right, but in the wrong order: return the direct one first.",
            lambda f, r, x, c0: direct_and_total(f, r, x, c0)[::-1],
        ),
        Mistake(
            "The slopes of the steps were added. Along a chain slopes multiply; only where two "
            "ways lead to the same number do they add.",
            sums,
        ),
        Mistake(
            "The slope of tanh was taken at the new h. What acts on c_t is the h of the step "
            "before: take its slope there, before c changes.",
            lambda f, r, x, c0: products(f, r, x, c0, both_ways, when="after"),
        ),
        Mistake(
            "You added the way that runs along the belt all the time and the one that runs through "
            "h all the time. A path may change at each step: add the two ways *within* a step, "
            "and multiply over the steps.",
            separate_paths,
        ),
        Mistake(
            "The way through h passes tanh: its slope, 1 - h², is missing.",
            lambda f, r, x, c0: products(f, r, x, c0, lambda f, r, h: f + r),
        ),
        Mistake(
            "Both are the direct one. For the total, h is not held fixed: c₋₁ moves h₋₁, and that "
            "moves c.",
            lambda f, r, x, c0: products(f, r, x, c0, lambda f, r, h: f),
        ),
        Mistake(
            "The total contains the way through h alone. The belt, f, is a part of it.",
            lambda f, r, x, c0: products(f, r, x, c0, lambda f, r, h: r * (1 - h**2)),
        ),
        Mistake(
            "tanh was taken twice: h is tanh(c) already, so its slope is 1 - h².",
            lambda f, r, x, c0: products(
                f, r, x, c0, lambda f, r, h: f + r * (1 - np.tanh(h) ** 2)
            ),
        ),
        Mistake(
            "The first step is missing from both: c0 acts on c_1 through f[0], too.",
            lambda f, r, x, c0: products(f, r, x, c0, both_ways, skip=1),
        ),
        Mistake(
            "h_0 was taken as 0. It is tanh(c0), and it acts on c_1, too.",
            lambda f, r, x, c0: products(f, r, x, c0, both_ways, h0=0.0),
        ),
        Mistake(
            "The way through h passes r: it is r (1 - h²), not 1 - h² alone.",
            lambda f, r, x, c0: products(f, r, x, c0, lambda f, r, h: f + 1 - h**2),
        ),
        Mistake(
            "You put h itself where its slope belongs: if c moves by a little, h moves by 1 - h² "
            "times as much.",
            lambda f, r, x, c0: products(f, r, x, c0, lambda f, r, h: f + r * h),
        ),
        Mistake(
            "The slope of tanh was taken as 1 - c². From the value it is 1 - h², with h = tanh(c).",
            by_c,
        ),
        Mistake(
            "In the total one, h acts in the first step alone. At each step the old c acts in both "
            "ways.",
            first_way_alone,
        ),
        Mistake(
            "Within a step the two ways were multiplied. Two ways to the same number add: f + r (1 "
            "- h²).",
            lambda f, r, x, c0: products(f, r, x, c0, lambda f, r, h: f * r * (1 - h**2)),
        ),
        Mistake(
            "The second value is what goes through h. The total one is the sum of that and the "
            "direct one.",
            total_mended(lambda f, direct, total: (direct, total - direct)),
        ),
        Mistake(
            "The last f is missing in the direct one: there are T factors.",
            total_mended(lambda f, direct, total: (float(np.prod(f[:-1])), total)),
        ),
        Mistake(
            "The first f is missing in the direct one: f[0] belongs to the step from c_0 to c_1.",
            total_mended(lambda f, direct, total: (float(np.prod(f[1:])), total)),
        ),
        Mistake(
            "The direct one is asked for as one number, the product of all f, not as a product "
            "after each step.",
            total_mended(lambda f, direct, total: (np.cumprod(f), total)),
        ),
        Mistake(
            "You went on to the last h. The last *c* is asked about: its own tanh is not passed.",
            of_the_last_h,
        ),
        Mistake(
            "In the total one, h_0 was held fixed. Nothing is fixed there: c_0 moves its own h_0, "
            "and that moves c_1.",
            with_h0_fixed,
        ),
        Mistake(
            "The square is missing: the slope of tanh is 1 - h², not 1 - h.",
            lambda f, r, x, c0: products(f, r, x, c0, lambda f, r, h: f + r * (1 - h)),
        ),
        Mistake(
            "h was computed once, before the loop. Each step has the h of the c before it: compute "
            "it again at each step.",
            with_one_h,
        ),
        Mistake(
            "c was led on without r h. It is c = f c₋₁ + r h₋₁ + x, and the slopes depend on it.",
            without_h_in_c,
        ),
        Mistake(
            "The f were added for the direct one. Along a chain slopes multiply.",
            total_mended(lambda f, direct, total: (float(np.sum(f)), total)),
        ),
        Mistake(
            "The total one is right. Return both, the direct one first.",
            total_mended(lambda f, direct, total: total),
        ),
    ),
    steps=(
        "Do one step on paper: by how much does c_1 move if c0 moves, with h held fixed? And if "
        "tanh(c0) moves, too?",
        "One step: f for the direct one, f + r (1 - h²) for the total, with h = tanh of the old c.",
        "Over many steps: multiply. Take each h before you compute the new c.",
    ),
    solution=direct_and_total,
    tolerance=1e-6,  # a total that was measured by a central difference is fine, too
)


def an_rnn_and_gradients(rng: np.random.Generator, size: int) -> tuple:
    """dh_seq, x (T, B, I), h_seq (T, B, H), h0 (B, H), W (H, I), R (H, H)."""
    T, B, I, H = 1 + size, 1 + size // 3, 1 + size % 3, 1 + (size + 1) % 3
    W, R = rng.normal(size=(H, I)).round(1), (rng.normal(size=(H, H)) / H).round(1)
    x, h0 = rng.normal(size=(T, B, I)).round(1), rng.uniform(-1, 1, (B, H)).round(1)
    h, h_seq = h0, []
    for row in x:
        h = np.tanh(row @ W.T + h @ R.T)
        h_seq.append(h)
    return rng.normal(size=(T, B, H)).round(1), x, np.array(h_seq), h0, W, R


def rnn_backward(dh_seq, x, h_seq, h0, W, R):
    dW, dR, db = np.zeros_like(W), np.zeros_like(R), np.zeros(len(R))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h_seq[t - 1] if t > 0 else h0
        # Two sources: this step's own loss, and the next step.
        dz = (dh_seq[t] + dh) * (1 - h_seq[t] ** 2)
        # The same weights at every step: their gradients are added up.
        dW, dR, db = dW + dz.T @ x[t], dR + dz.T @ h_prev, db + dz.sum(axis=0)
        dx[t], dh = dz @ W, dz @ R
    return dW, dR, db, dx, dh


def rnn_by_all_pairs(dh_seq, x, h_seq, h0, W, R):
    """Each output step t sends its own gradient to each step s before it: a double sum."""
    (T, B, I), H = x.shape, len(R)
    dW, dR, db = np.zeros((H, I)), np.zeros((H, H)), np.zeros(H)
    dx, dh0 = np.zeros((T, B, I)), np.zeros((B, H))
    for n in range(B):
        for t in range(T):
            sent = dh_seq[t, n]
            for s in range(t, -1, -1):
                dz = [sent[k] * (1 - h_seq[s, n, k] ** 2) for k in range(H)]
                before = h0[n] if s == 0 else h_seq[s - 1, n]
                for k in range(H):
                    db[k] += dz[k]
                    for m in range(I):
                        dW[k, m] += dz[k] * x[s, n, m]
                        dx[s, n, m] += dz[k] * W[k, m]
                    for m in range(H):
                        dR[k, m] += dz[k] * before[m]
                sent = [sum(dz[k] * R[k, m] for k in range(H)) for m in range(H)]
            dh0[n] += sent
    return dW, dR, db, dx, dh0


def rnn_with(
    dh_seq,
    x,
    h_seq,
    h0,
    W,
    R,
    own=None,
    slope=lambda h: 1 - h**2,
    added=True,
    before=None,
    send=lambda dz, R, total, own: dz @ R,
    mean=lambda T, B: 1,
    backwards=True,
    start=lambda dh, total: dh,
):
    """`rnn_backward` with something wrong in it: the typical mistakes."""
    (T, B, _), steps = x.shape, range(len(x))
    before = before or (lambda h_seq, h0, t: h_seq[t - 1] if t > 0 else h0)
    dW, dR, db = np.zeros_like(W), np.zeros_like(R), np.zeros(len(R))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    for t in reversed(steps) if backwards else steps:
        total = (dh_seq[t] if own is None or t in own(T) else 0) + dh
        dz = total * slope(h_seq[t])
        old = (dW, dR, db) if added else (0, 0, 0)
        h_prev = before(h_seq, h0, t)
        dW, dR, db = old[0] + dz.T @ x[t], old[1] + dz.T @ h_prev, old[2] + dz.sum(0)
        dx[t], dh = dz @ W, send(dz, R, total, dh_seq[t])
    n = mean(T, B)
    return dW / n, dR / n, db / n, dx, start(dh, total)


def each_step_alone(dh_seq, x, h_seq, h0, W, R):
    parts = [
        rnn_backward(*(a[t : t + 1] for a in (dh_seq, x, h_seq)), h_seq[t - 1] if t else h0, W, R)
        for t in range(len(x))
    ]
    dW, dR, db = (sum(part[k] for part in parts) for k in range(3))
    return dW, dR, db, np.concatenate([part[3] for part in parts]), parts[0][4]


def rnn_mistake(**changes):
    return lambda *inputs: rnn_with(*inputs, **changes)


def dx_turned_round(*inputs):
    dW, dR, db, dx, dh0 = rnn_backward(*inputs)
    return dW, dR, db, dx[::-1], dh0


def dw_and_dr_exchanged(*inputs):
    dW, dR, *others = rnn_backward(*inputs)
    return dR, dW, *others


def without_the_first_step(dh_seq, x, h_seq, h0, W, R):
    if len(x) == 1:
        return tuple(0 * part for part in rnn_backward(dh_seq, x, h_seq, h0, W, R))
    later = (part[1:] for part in (dh_seq, x, h_seq))
    dW, dR, db, dx, dh = rnn_backward(*later, h_seq[0], W, R)
    return dW, dR, db, np.concatenate([0 * x[:1], dx]), dh


def slope_at_the_loss_alone(dh_seq, x, h_seq, h0, W, R):
    own, flat = dh_seq * (1 - h_seq**2), np.zeros_like(h_seq)  # at h = 0 the slope of tanh is 1
    dW, _, db, dx, dh0 = rnn_backward(own, x, flat, h0, W, R)
    dz = rnn_backward(own, flat, flat, h0, np.eye(len(R)), R)[3]
    before = np.concatenate([h0[None], h_seq[:-1]])
    return dW, np.einsum("tbh,tbk->hk", dz, before), db, dx, dh0


def dh0_before_R(dh_seq, x, h_seq, h0, W, R):
    *others, dx, _ = rnn_backward(dh_seq, x, h_seq, h0, W, R)
    dh = rnn_backward(*(part[1:] for part in (dh_seq, x, h_seq)), h_seq[0], W, R)[4]
    return *others, dx, (dh_seq[0] + dh) * (1 - h_seq[0] ** 2)


def db_of_each(dh_seq, x, h_seq, h0, W, R):
    dW, dR, _, *others = rnn_backward(dh_seq, x, h_seq, h0, W, R)
    rows = [slice(n, n + 1) for n in range(len(h0))]
    alone = [
        rnn_backward(*(part[:, row] for part in (dh_seq, x, h_seq)), h0[row], W, R) for row in rows
    ]
    return dW, dR, np.array([one[2] for one in alone]), *others


RNN_BACK = Exercise(
    key="06.2",
    title="Back through time in a plain network",
    stars=2,
    names=("dh_seq", "x", "h_seq", "h0", "W", "R"),
    specification=rnn_by_all_pairs,
    inputs=an_rnn_and_gradients,
    mistakes=(
        Mistake(
            "Each step was treated alone: the gradient that comes from the next step, dz @ R, has "
            "to be added to dh_seq[t].",
            each_step_alone,
        ),
        Mistake(
            "You went through the steps from the first to the last. Gradients come from the "
            "future: begin with the last step.",
            rnn_mistake(backwards=False),
        ),
        Mistake(
            "Only the last step's loss was used. Each step has a loss of its own: add dh_seq[t] at "
            "each t.",
            rnn_mistake(own=lambda T: (T - 1,)),
        ),
        Mistake(
            "R was turned: forward it is h @ R.T, backward dz @ R. (R is square, so both run.)",
            rnn_mistake(send=lambda dz, R, total, own: dz @ R.T),
        ),
        Mistake(
            "The slope of tanh is missing: dz is the gradient of h times (1 - h²).",
            rnn_mistake(slope=np.ones_like),
        ),
        Mistake(
            "dW, dR and db are those of one step. The weights are used at every step: add up.",
            rnn_mistake(added=False),
        ),
        Mistake(
            "dR was made with the new h. What went through R is the h of the step before (h0 at "
            "the first step).",
            rnn_mistake(before=lambda h_seq, h0, t: h_seq[t]),
        ),
        Mistake(
            "The gradients of the weights are means over the steps. They are sums.",
            rnn_mistake(mean=lambda T, B: T),
        ),
        Mistake(
            "Everything is right but the order of dx: it was collected from the last step to the "
            "first, and has to be turned round.",
            dx_turned_round,
        ),
        Mistake(
            "At the first step h_seq[t - 1] is h_seq[-1]: Python takes the *last* step, without a "
            "word. Before the first step stands h0.",
            rnn_mistake(before=lambda h_seq, h0, t: h_seq[t - 1]),
        ),
        Mistake(
            "In dR the state before the first step was taken as zero. It is h0.",
            rnn_mistake(before=lambda h_seq, h0, t: h_seq[t - 1] if t > 0 else 0 * h0),
        ),
        Mistake(
            "tanh was taken twice: h is the value of tanh already, so its slope is 1 - h².",
            rnn_mistake(slope=lambda h: 1 - np.tanh(h) ** 2),
        ),
        Mistake(
            "You used the sigmoid's slope, h (1 - h). h comes out of a tanh: 1 - h².",
            rnn_mistake(slope=lambda h: h * (1 - h)),
        ),
        Mistake(
            "What is sent to the step before did not pass R: it is dz @ R.",
            rnn_mistake(send=lambda dz, R, total, own: dz),
        ),
        Mistake(
            "The old dh was kept and dz @ R added to it. h_prev acts through R alone: the new dh "
            "*is* dz @ R.",
            rnn_mistake(send=lambda dz, R, total, own: total + dz @ R),
        ),
        Mistake(
            "The loss of step t was sent on to the step before as well. It enters once, at its own "
            "step.",
            rnn_mistake(send=lambda dz, R, total, own: own + dz @ R),
        ),
        Mistake(
            "What is sent to the step before did not pass tanh: it is dz @ R, with the slope in "
            "dz, not dh @ R.",
            rnn_mistake(send=lambda dz, R, total, own: total @ R),
        ),
        Mistake(
            "The gradients of the weights are means over the batch. They are sums.",
            rnn_mistake(mean=lambda T, B: B),
        ),
        Mistake(
            "dh0 is zero. h0 acts on the first step through R: it gets dz @ R of that step.",
            rnn_mistake(start=lambda dh, total: 0 * dh),
        ),
        Mistake(
            "dh0 is the gradient of the *first* h. h0 stands one step before: go through tanh and "
            "R once more.",
            rnn_mistake(start=lambda dh, total: total),
        ),
        Mistake(
            "dW and dR are exchanged: return dW first.",
            dw_and_dr_exchanged,
        ),
        Mistake(
            "The first step is missing: range(T - 1, 0, -1) ends at 1. Go on to t = 0, as "
            "reversed(range(T)) does.",
            without_the_first_step,
        ),
        Mistake(
            "What comes from the next step has to pass tanh as well: both sources together, "
            "(dh_seq[t] + dh), times the slope 1 - h².",
            slope_at_the_loss_alone,
        ),
        Mistake(
            "The square is missing: the slope of tanh is 1 - h², not 1 - h.",
            rnn_mistake(slope=lambda h: 1 - h),
        ),
        Mistake(
            "dh0 is dz of the first step. h0 stands before R: it is dz @ R.",
            dh0_before_R,
        ),
        Mistake(
            "db has a row for each sequence. b is shared by the batch: sum over axis 0.",
            db_of_each,
        ),
        Mistake(
            "The fifth is missing: dh0, what goes back through the first step.",
            lambda *inputs: rnn_backward(*inputs)[:4],
        ),
        Mistake(
            "All five are right, but in another order: return dW, dR, db, dx, dh0.",
            lambda *inputs: (lambda dW, dR, db, dx, dh0: (dx, dh0, dW, dR, db))(
                *rnn_backward(*inputs)
            ),
        ),
    ),
    steps=(
        "for t in reversed(range(T)): and a variable dh, zero at first, that carries the gradient "
        "from step to step.",
        "dz = (dh_seq[t] + dh) * (1 - h_seq[t]**2), as in notebook 05: two sources, and the slope.",
        "dW += dz.T @ x[t], dR += dz.T @ h_prev, db += dz.sum(axis=0); dx[t] = dz @ W; and the new "
        "dh is dz @ R.",
    ),
    solution=rnn_backward,
)


def a_small_memory(rng: np.random.Generator, size: int) -> tuple:
    """x (T,), c0, a target y, six weights p, and a scale of the loss.

    Every fourth time no slope is positive: the largest is not the largest in size.
    """
    T = 2 + size // 2
    while True:
        p = rng.uniform(0.4, 1.2, 6).round(2) * rng.choice([-1, 1], 6)
        x = (rng.uniform(0.3, 1.0, T) * rng.choice([-1, 1], T)).round(2)
        y = 4.0 if size % 4 == 3 else -2.0 - size / 10
        case = x, 1.5, y, p, (1.0, 1e-15)[size % 2]
        if size % 4 != 3 or memory_gradient(*case).max() < 0:
            return case


def memory_loss(x, c0, y, scale):
    """A loss as a function of p: c = f c₋₁ + i g over the steps, against y at the end."""

    def loss(p):
        c = c0
        for value in x:
            f, i = (sigmoid(p[k] * value + p[k + 1]) for k in (0, 2))
            c = f * c + i * np.tanh(p[4] * value + p[5])
        return scale * (c - y) ** 2 / 2

    return loss


def memory_gradient(x, c0, y, p, scale, without="") -> np.ndarray:
    """Its gradient; with the slope of σ left out at the gates named in `without`."""
    steps, c = [], c0
    for value in x:
        f, i = (float(sigmoid(p[k] * value + p[k + 1])) for k in (0, 2))
        g = math.tanh(p[4] * value + p[5])
        steps.append((value, c, f, i, g))
        c = f * c + i * g
    grad, dc = np.zeros(6), scale * (c - y)
    for value, before, f, i, g in reversed(steps):
        dz_f = dc * before * (1 if "f" in without else f * (1 - f))
        dz_i = dc * g * (1 if "i" in without else i * (1 - i))
        dz_g = dc * i * (1 - g * g)
        for k, dz in ((0, dz_f), (2, dz_i), (4, dz_g)):
            grad[k] += dz * value
            grad[k + 1] += dz
        dc = dc * f
    return grad


def backward_passes(x, c0, y, p, scale) -> dict[str, np.ndarray]:
    """A right gradient and several that are not."""
    right = memory_gradient(x, c0, y, p, scale)
    at, other = np.argmax(np.abs(right[1:])) + 1, np.argmin(np.abs(right[1:])) + 1
    exchanged, bit_off, first_off = right.copy(), right.copy(), right.copy()
    exchanged[[at, other]] = right[[other, at]]
    bit_off[at] *= 1.0005
    first_off[0] *= 1.005
    last_off, another_off = right.copy(), right.copy()
    last_off[-1] *= 1.005
    another_off[1 + len(x) % 4] += 0.005 * np.abs(right).max()
    return {
        "nothing missing": right,
        "σ′ missing at f": memory_gradient(x, c0, y, p, scale, without="f"),
        "σ′ missing at i": memory_gradient(x, c0, y, p, scale, without="i"),
        "two entries exchanged": exchanged,
        "half of it": right / 2,
        "one entry 0.05 % too large": bit_off,
        "the first entry off": first_off,
        "the last entry off": last_off,
        "another entry off": another_off,
    }


def verdicts(answer, x, c0, y, p, scale):
    """What the answer says of each backward pass."""
    loss, said = memory_loss(x, c0, y, scale), {}
    for name, grad in backward_passes(x, c0, y, p, scale).items():
        verdict = answer(loss, p.copy(), grad)
        if not isinstance(verdict, bool | np.bool_):
            raise TypeError(f"return True or False; got {type(verdict).__name__}")
        said[name] = "right" if verdict else "wrong"
    return said


def is_right(loss, p, grad):
    measured = np.zeros_like(p)
    for k in range(len(p)):
        step = np.zeros_like(p)
        step[k] = 1e-5
        measured[k] = (loss(p + step) - loss(p - step)) / 2e-5
    # The error relative to the largest entry: a loss may be measured in any unit.
    return np.abs(grad - measured).max() < 1e-5 * np.abs(measured).max()


def measured_slopes(loss, p, step=1e-5):
    steps = step * np.eye(len(p))
    return np.array([(loss(p + s) - loss(p - s)) / (2 * step) for s in steps])


def same_direction(loss, p, grad):
    unit, slopes = (v / np.linalg.norm(v) for v in (grad, measured_slopes(loss, p)))
    return np.abs(unit - slopes).max() < 1e-5


def cosine_near_one(loss, p, grad):
    unit, slopes = (v / np.linalg.norm(v) for v in (grad, measured_slopes(loss, p)))
    return unit @ slopes > 0.9999


def largest_error(loss, p, grad):
    slopes = measured_slopes(loss, p)
    return np.abs(grad - slopes).max() / np.abs(slopes).max()


def largest_error_of(loss, p, grad, entries):
    slopes = measured_slopes(loss, p)
    return np.abs(grad - slopes)[entries].max() / np.abs(slopes).max()


def close_to(a, b):
    return abs(a - b) < 1e-5 * max(abs(a), abs(b))


def close_entries(loss, p, grad):
    slopes = measured_slopes(loss, p)
    return np.abs(grad - slopes) < 1e-5 * np.abs(slopes)


TOO_WIDE = (
    "Your limit is too wide: a gradient with one entry 0.05 % too large passes. Central "
    "differences are right to about 1e-9, so a limit of 1e-5 is safe."
)


def limit_or_blind_spot(answer):
    """For a checker that sees most faults: an entry that it never looks at, or a wide limit.

    None for one that calls a right gradient wrong or half of it right, or sees a large fault of an
    entry in one direction alone: that is another mistake.
    """
    found = []
    for case in CHECKER.cases(4):
        loss, passes = memory_loss(case[0], case[1], case[2], case[4]), backward_passes(*case)
        right = passes["nothing missing"]

        def says(grad, loss=loss, p=case[3]):
            return bool(answer(loss, p.copy(), grad))

        # Each entry three times as large, and turned round.
        sides = [[says(right + d * right * (np.arange(6) == k)) for d in (2, -2)] for k in range(6)]
        if not says(right) or says(right / 2) or any(one != other for one, other in sides):
            return None
        unseen = {k for k, (passed, _) in enumerate(sides) if passed}
        found.append((unseen, says(passes["one entry 0.05 % too large"])))
    blind = set.intersection(*(unseen for unseen, _ in found))
    if len(blind) == 1 and blind <= {1, 2, 3, 4}:
        return f"Nearly. Entry {blind.pop()} of p is never looked at: a large fault there passes."
    if all(wide and not unseen for unseen, wide in found):
        return TOO_WIDE
    return None


CHECKER = Exercise(
    key="06.3",
    title="Write a gradient checker",
    stars=3,
    names=("x", "c0", "y", "p", "scale"),
    specification=lambda x, c0, y, p, scale: {
        name: "right" if name == "nothing missing" else "wrong"
        for name in backward_passes(x, c0, y, p, scale)
    },
    inputs=a_small_memory,
    use=verdicts,
    mistakes=(
        Mistake(
            "Your checker finds everything right. Measure the slope for each entry of p, and "
            "compare it with grad.",
            lambda loss, p, grad: True,
        ),
        Mistake(
            "Your checker finds everything wrong, the right gradient too. Is the step well chosen "
            "(about 1e-5), taken to both sides, divided by twice the step? Is every entry moved "
            "alone, and moved back? No measured slope is exact: allow a relative error of about "
            "1e-5.",
            lambda loss, p, grad: False,
        ),
        Mistake(
            'A fixed tolerance says "right" to everything when the loss is small: here `scale` is '
            "sometimes 1e-15 (np.allclose has such a tolerance, atol, too). "
            "Compare the error with the size of the gradient.",
            lambda loss, p, grad: np.abs(grad - measured_slopes(loss, p)).max() < 1e-5,
        ),
        Mistake(
            "You compare one number for the whole gradient, such as its sum or its length. Two "
            "entries that are exchanged do not change it: compare entry by entry.",
            lambda loss, p, grad: close_to(grad.sum(), measured_slopes(loss, p).sum()),
        ),
        Mistake(
            "Only the first entry is checked. A fault may sit in any of them.",
            lambda loss, p, grad: close_to(grad[0], measured_slopes(loss, p)[0]),
        ),
        Mistake(
            "Your checker looks at the direction alone: half of the gradient points the same way "
            "and is wrong all the same.",
            same_direction,
        ),
        Mistake(
            "Your checker compares signs. A missing slope changes sizes, not signs: compare "
            "numbers.",
            lambda loss, p, grad: bool((np.sign(grad) == np.sign(measured_slopes(loss, p))).all()),
        ),
        Mistake(
            TOO_WIDE,
            lambda loss, p, grad: largest_error(loss, p, grad) < 1e-2,
        ),
        Mistake(
            "A fixed limit is too strict for one loss and too wide for another: yours calls the "
            "right gradient wrong when the loss is large, and everything right when it is small. "
            "Compare the error with the size of the gradient.",
            lambda loss, p, grad: np.abs(grad - measured_slopes(loss, p)).max() < 1e-12,
        ),
        Mistake(
            "Your checker looks at the angle between two directions. Half of the gradient has the "
            "same direction, and an error of 0.05 % hardly turns it: compare entry by entry.",
            cosine_near_one,
        ),
        Mistake(
            "Nearly. The first entry of p is never looked at: indices begin at 0.",
            lambda loss, p, grad: largest_error_of(loss, p, grad, slice(1, None)) < 1e-5,
        ),
        Mistake(
            "Nearly. The last entry of p is never looked at.",
            lambda loss, p, grad: largest_error_of(loss, p, grad, slice(None, -1)) < 1e-5,
        ),
        Mistake(
            "Nearly. You compare with the largest slope, which can be small or negative: compare "
            "with the largest in size, np.abs(measured).max().",
            lambda loss, p, grad: (
                np.abs(grad - measured_slopes(loss, p)).max()
                < 1e-5 * measured_slopes(loss, p).max()
            ),
        ),
        Mistake(
            "Nearly. Without the absolute value an error below the measured slope passes: "
            "np.abs(grad - measured).",
            lambda loss, p, grad: (
                (grad - measured_slopes(loss, p)).max()
                < 1e-5 * np.abs(measured_slopes(loss, p)).max()
            ),
        ),
        Mistake(
            "Nearly. Without the absolute value an error above the measured slope passes: "
            "np.abs(grad - measured).",
            lambda loss, p, grad: (
                (measured_slopes(loss, p) - grad).max()
                < 1e-5 * np.abs(measured_slopes(loss, p)).max()
            ),
        ),
        Mistake(
            "A gradient passes although some of its entries are wrong: is there an `any`, or a "
            "median? All entries have to be right.",
            lambda loss, p, grad: close_entries(loss, p, grad).any(),
        ),
        Mistake(
            "You divide by a slope that can be negative, and a negative number is below every "
            "limit: divide by its absolute value.",
            lambda loss, p, grad: bool(
                (np.abs(grad - measured_slopes(loss, p)) / measured_slopes(loss, p) < 1e-5).all()
            ),
        ),
        Mistake(
            "Only the last entry decides. A fault may sit in any of them: is the result of the "
            "others overwritten in the loop?",
            lambda loss, p, grad: close_entries(loss, p, grad)[-1],
        ),
    ),
    diagnose=limit_or_blind_spot,
    steps=(
        "You need the slope for each entry of p: move that entry alone, both ways, by 1e-5, as in "
        "notebook 05.",
        "p + step with step = np.zeros(len(p)) and step[k] = 1e-5 leaves p itself as it is.",
        "Now compare all entries: the largest difference, divided by the largest measured slope, "
        "must be small, 1e-5 say. Return True or False.",
    ),
    solution=is_right,
)

EXERCISES: tuple[Exercise, ...] = (TOTAL, RNN_BACK, CHECKER)
