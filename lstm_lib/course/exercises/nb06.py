"""Exercises of notebook 06: two kinds of derivative, back through time, a checker of one's own."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise, Mistake
from lstm_lib.scratch import sigmoid


def a_recursion(rng: np.random.Generator, size: int) -> tuple:
    """f (T,), r, x (T,) and c0 of c = f c₋₁ + r tanh(c₋₁) + x."""
    T = 1 + size
    f = rng.uniform(0.5, 1.0, T).round(2)
    return f, round(float(rng.uniform(-0.9, 0.9)), 2), rng.normal(size=T).round(2), 0.5


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


def products(f, r, x, c0, per_step, skip=0, when="before"):
    """∏ f, and ∏ of `per_step(f, r, h)` with h before or after each step."""
    c, total = c0, 1.0
    for t in range(len(x)):
        h = np.tanh(c)
        c = f[t] * c + r * h + x[t]
        if t >= skip:
            total = total * per_step(f[t], r, h if when == "before" else np.tanh(c))
    return float(np.prod(f[skip:])), total


def both_ways(f, r, h):
    return f + r * (1 - h**2)


def separate_paths(f, r, x, c0):
    direct, through_h = products(f, r, x, c0, lambda f, r, h: r * (1 - h**2))
    return direct, direct + through_h


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
    ),
    steps=(
        "Do one step on paper: by how much does c_1 move if c0 moves, with h held fixed? And if "
        "tanh(c0) moves, too?",
        "One step: f for the direct one, f + r (1 - h²) for the total, with h = tanh(c₋₁).",
        "Over many steps: multiply. Take each h before you compute the new c.",
    ),
    solution=direct_and_total,
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
    carry=1.0,
    own=None,
    slope=True,
    turned=False,
    added=True,
    new_h=False,
    mean=False,
    backwards=True,
):
    """`rnn_backward` with something wrong in it: the typical mistakes."""
    T = len(x)
    dW, dR, db = np.zeros_like(W), np.zeros_like(R), np.zeros(len(R))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    for t in reversed(range(T)) if backwards else range(T):
        h_prev = h_seq[t] if new_h else h_seq[t - 1] if t > 0 else h0
        mine = dh_seq[t] if own is None or t in own(T) else 0
        dz = (mine + carry * dh) * (1 - h_seq[t] ** 2 if slope else 1)
        old = (dW, dR, db) if added else (0, 0, 0)
        dW, dR, db = old[0] + dz.T @ x[t], old[1] + dz.T @ h_prev, old[2] + dz.sum(0)
        dx[t], dh = dz @ W, dz @ (R.T if turned else R)
    n = T if mean else 1
    return dW / n, dR / n, db / n, dx, dh


def rnn_mistake(**changes):
    return lambda *inputs: rnn_with(*inputs, **changes)


def dx_turned_round(*inputs):
    dW, dR, db, dx, dh0 = rnn_backward(*inputs)
    return dW, dR, db, dx[::-1], dh0


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
            rnn_mistake(carry=0.0),
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
            rnn_mistake(turned=True),
        ),
        Mistake(
            "The slope of tanh is missing: dz is the gradient of h times (1 - h²).",
            rnn_mistake(slope=False),
        ),
        Mistake(
            "dW, dR and db are those of one step. The weights are used at every step: add up.",
            rnn_mistake(added=False),
        ),
        Mistake(
            "dR was made with the new h. What went through R is the h of the step before (h0 at "
            "the first step).",
            rnn_mistake(new_h=True),
        ),
        Mistake(
            "The gradients of the weights are means over the steps. They are sums.",
            rnn_mistake(mean=True),
        ),
        Mistake(
            "Everything is right but the order of dx: it was collected from the last step to the "
            "first, and has to be turned round.",
            dx_turned_round,
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
    """x (T,), c0, a target y, six weights p, and a scale of the loss."""
    T = 2 + size // 2
    p = rng.uniform(0.4, 1.2, 6).round(2) * rng.choice([-1, 1], 6)
    x = (rng.uniform(0.3, 1.0, T) * rng.choice([-1, 1], T)).round(2)
    return x, 1.5, -2.0 - size / 10, p, (1.0, 1e-12)[size % 2]


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
    exchanged, bit_off = right.copy(), right.copy()
    exchanged[[at, other]] = right[[other, at]]
    bit_off[at] *= 1.05
    return {
        "nothing missing": right,
        "σ′ missing at f": memory_gradient(x, c0, y, p, scale, without="f"),
        "σ′ missing at i": memory_gradient(x, c0, y, p, scale, without="i"),
        "two entries exchanged": exchanged,
        "half of it": right / 2,
        "one entry 5 % too large": bit_off,
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
    slopes = measured_slopes(loss, p)
    return grad @ slopes > 0.9999999 * np.linalg.norm(grad) * np.linalg.norm(slopes)


def close_to(a, b):
    return abs(a - b) < 1e-5 * max(abs(a), abs(b))


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
            'A fixed tolerance says "right" to everything when the loss is small: here it is '
            "sometimes a millionth of a millionth (np.allclose has such a tolerance, atol, too). "
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
    ),
    steps=(
        "You need the slope for each entry of p: move that entry alone, both ways, by 1e-5, as in "
        "notebook 05.",
        "p + step with step = np.zeros(len(p)) and step[k] = 1e-5 leaves p itself as it is.",
        "Now compare all entries: the largest difference, divided by the largest measured slope, "
        "must be small, 1e-5 say.",
        "Return a bool: np.abs(grad - measured).max() < 1e-5 * np.abs(measured).max().",
    ),
    solution=is_right,
)

EXERCISES: tuple[Exercise, ...] = (TOTAL, RNN_BACK, CHECKER)
