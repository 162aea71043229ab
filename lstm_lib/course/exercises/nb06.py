"""Exercises of notebook 06: two kinds of derivative, back through time, a checker of one's own."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise
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


TOTAL = Exercise(
    key="06.1",
    title="Direct and total",
    stars=2,
    names=("f", "r", "x", "c0"),
    specification=by_moving_the_start,
    inputs=a_recursion,
    mistakes="""
        return direct, total -> return total, direct
            Both are right, but in the wrong order: return the direct one first.
        c0, 1.0, 1.0 -> c0, 0.0, 0.0
        direct * f[t] -> direct + f[t]
        total * (f[t] -> total + (f[t]
            The slopes of the steps were added. Along a chain slopes multiply; only where two ways
            lead to the same number do they add.
        h**2 -> np.tanh(f[t] * c + r * h + x[t]) ** 2
            The slope of tanh was taken at the new h. What acts on c_t is the h of the step before:
            take its slope there, before c changes.
        (f[t] + r * (1 - h**2)) -> r * (1 - h**2)
        return direct, total -> return direct, direct + total
            You added the way that runs along the belt all the time and the one that runs through h
            all the time. A path may change at each step: add the two ways *within* a step, and
            multiply over the steps.
        r * (1 - h**2) -> r
            The way through h passes tanh: its slope, 1 - h², is missing.
        (f[t] + r * (1 - h**2)) -> f[t]
            Both are the direct one. For the total, h is not held fixed: c₋₁ moves h₋₁, and that
            moves c.
        f[t] + r -> r
            The total contains the way through h alone. The belt, f, is a part of it.
        h**2 -> np.tanh(h) ** 2
            tanh was taken twice: h is tanh(c) already, so its slope is 1 - h².
        c0, 1.0, 1.0 -> f[0] * c0 + r * np.tanh(c0) + x[0], 1.0, 1.0
        range(len(x)) -> range(1, len(x))
            The first step is missing from both: c0 acts on c_1 through f[0], too.
        np.tanh(c) -> np.tanh(c) if t > 0 else 0.0
            h_0 was taken as 0. It is tanh(c0), and it acts on c_1, too.
        r * (1 - h**2) -> (1 - h**2)
            The way through h passes r: it is r (1 - h²), not 1 - h² alone.
        (1 - h**2) -> h
            You put h itself where its slope belongs: if c moves by a little, h moves by 1 - h²
            times as much.
        h**2 -> c**2
            The slope of tanh was taken as 1 - c². From the value it is 1 - h², with h = tanh(c).
        r * (1 - h**2) -> (r * (1 - h**2) if t == 0 else 0)
            In the total one, h acts in the first step alone. At each step the old c acts in both
            ways.
        f[t] + r -> f[t] * r
            Within a step the two ways were multiplied. Two ways to the same number add: f + r (1 -
            h²).
        return direct, total -> return direct, total - direct
            The second value is what goes through h. The total one is the sum of that and the direct
            one.
        return direct -> return np.prod(f[:-1])
            The last f is missing in the direct one: there are T factors.
        return direct -> return np.prod(f[1:])
            The first f is missing in the direct one: f[0] belongs to the step from c_0 to c_1.
        return direct -> return np.cumprod(f)
            The direct one is asked for as one number, the product of all f, not as a product after
            each step.
        return direct, total -> h = np.tanh(c); return (1 - h**2) * direct, (1 - h**2) * total
            You went on to the last h. The last *c* is asked about: its own tanh is not passed.
        r * (1 - h**2) -> (r * (1 - h**2) if t > 0 else 0)
            In the total one, h_0 was held fixed. Nothing is fixed there: c_0 moves its own h_0, and
            that moves c_1.
        h**2 -> h
            The square is missing: the slope of tanh is 1 - h², not 1 - h.
        np.tanh(c) -> np.tanh(c0)
            h was computed once, before the loop. Each step has the h of the c before it: compute it
            again at each step.
        + r * h + x[t] -> + x[t]
            c was led on without r h. It is c = f c₋₁ + r h₋₁ + x, and the slopes depend on it.
        return direct -> return np.sum(f)
            The f were added for the direct one. Along a chain slopes multiply.
        return direct, total -> return total
            The total one is right. Return both, the direct one first.
    """,
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


RNN_BACK = Exercise(
    key="06.2",
    title="Back through time in a plain network",
    stars=2,
    names=("dh_seq", "x", "h_seq", "h0", "W", "R"),
    specification=rnn_by_all_pairs,
    inputs=an_rnn_and_gradients,
    mistakes="""
        (dh_seq[t] + dh) -> dh_seq[t]
            Each step was treated alone: the gradient that comes from the next step, dz @ R, has to
            be added to dh_seq[t].
        reversed(range(len(x))) -> range(len(x))
            You went through the steps from the first to the last. Gradients come from the future:
            begin with the last step.
        dh_seq[t] + dh -> (dh_seq[t] if t == len(x) - 1 else 0) + dh
            Only the last step's loss was used. Each step has a loss of its own: add dh_seq[t] at
            each t.
        dz @ R -> dz @ R.T
            R was turned: forward it is h @ R.T, backward dz @ R. (R is square, so both run.)
        * (1 - h_seq[t] ** 2) ->
            The slope of tanh is missing: dz is the gradient of h times (1 - h²).
        dW + dz -> dz
        dR + dz -> dz
        db + dz -> dz
            dW, dR and db are those of one step. The weights are used at every step: add up.
        h_seq[t - 1] if t > 0 else h0 -> h_seq[t]
            dR was made with the new h. What went through R is the h of the step before (h0 at the
            first step).
        return dW, dR, db -> return dW / len(x), dR / len(x), db / len(x)
            The gradients of the weights are means over the steps. They are sums.
        db, dx, dh -> db, dx[::-1], dh
            Everything is right but the order of dx: it was collected from the last step to the
            first, and has to be turned round.
        if t > 0 else h0 ->
            At the first step h_seq[t - 1] is h_seq[-1]: Python takes the *last* step, without a
            word. Before the first step stands h0.
        else h0 -> else 0 * h0
            In dR the state before the first step was taken as zero. It is h0.
        h_seq[t] ** 2 -> np.tanh(h_seq[t]) ** 2
            tanh was taken twice: h is the value of tanh already, so its slope is 1 - h².
        (1 - h_seq[t] ** 2) -> h_seq[t] * (1 - h_seq[t])
            You used the sigmoid's slope, h (1 - h). h comes out of a tanh: 1 - h².
        dz @ R -> dz
            What is sent to the step before did not pass R: it is dz @ R.
        dz @ R -> dh_seq[t] + dh + dz @ R
            The old dh was kept and dz @ R added to it. h_prev acts through R alone: the new dh *is*
            dz @ R.
        dz @ R -> dh_seq[t] + dz @ R
            The loss of step t was sent on to the step before as well. It enters once, at its own
            step.
        dz @ R -> (dh_seq[t] + dh) @ R
            What is sent to the step before did not pass tanh: it is dz @ R, with the slope in dz,
            not dh @ R.
        return dW, dR, db -> return dW / len(h0), dR / len(h0), db / len(h0)
            The gradients of the weights are means over the batch. They are sums.
        db, dx, dh -> db, dx, 0 * h0
            dh0 is zero. h0 acts on the first step through R: it gets dz @ R of that step.
        dz @ R -> dz @ R if t > 0 else dh_seq[t] + dh
            dh0 is the gradient of the *first* h. h0 stands one step before: go through tanh and R
            once more.
        return dW, dR -> return dR, dW
            dW and dR are exchanged: return dW first.
        range(len(x)) -> range(1, len(x))
            The first step is missing: range(T - 1, 0, -1) ends at 1. Go on to t = 0, as
            reversed(range(T)) does.
        (dh_seq[t] + dh) -> dh + dh_seq[t]
            What comes from the next step has to pass tanh as well: both sources together,
            (dh_seq[t] + dh), times the slope 1 - h².
        h_seq[t] ** 2 -> h_seq[t]
            The square is missing: the slope of tanh is 1 - h², not 1 - h.
        dz @ R -> dz @ R if t > 0 else dz
            dh0 is dz of the first step. h0 stands before R: it is dz @ R.
        dz.sum(axis=0) -> dz
            db has a row for each sequence. b is shared by the batch: sum over axis 0.
        db, dx, dh -> db, dx
            The fifth is missing: dh0, what goes back through the first step.
        return dW, dR, db, dx, dh -> return dx, dh, dW, dR, db
            All five are right, but in another order: return dW, dR, db, dx, dh0.
    """,
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
    errors = np.abs(grad - measured)
    # Relative to the largest entry: a loss may be measured in any unit.
    return errors.max() < 1e-5 * np.abs(measured).max()


def limit_or_blind_spot(answer):
    """For a checker that sees most faults: an entry that it never looks at, or a wide limit.

    None for one that calls a right gradient wrong or half of it right, or sees a large fault of an
    entry in one direction alone: that is another mistake.
    """
    seen = []
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
        seen.append((unseen, says(passes["one entry 0.05 % too large"])))
    blind = set.intersection(*(unseen for unseen, _ in seen))
    if len(blind) == 1 and blind <= {1, 2, 3, 4}:
        return f"Nearly. Entry {blind.pop()} of p is never looked at: a large fault there passes."
    if all(wide and not unseen for unseen, wide in seen):
        hints = {mistake.name: mistake.hint for mistake in CHECKER.wrong_answers}
        return hints["1e-5 * np -> 1e-2 * np"]
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
    mistakes="""
        errors.max() < 1e-5 * np.abs(measured).max() -> True
            Your checker finds everything right. Measure the slope for each entry of p, and compare
            it with grad.
        / 2e-5 -> / 1e-5
            Your checker finds everything wrong, the right gradient too. Is the step well chosen
            (about 1e-5), taken to both sides, divided by twice the step? Is every entry moved
            alone, and moved back? No measured slope is exact: allow a relative error of about 1e-5.
        1e-5 * np.abs(measured).max() -> 1e-5
            A fixed tolerance says "right" to everything when the loss is small: here `scale` is
            sometimes 1e-15 (np.allclose has such a tolerance, atol, too). Compare the error with
            the size of the gradient.
        grad - measured -> grad.sum() - measured.sum()
            You compare one number for the whole gradient, such as its sum or its length. Two
            entries that are exchanged do not change it: compare entry by entry.
        errors.max() -> errors[0]
            Only the first entry is checked. A fault may sit in any of them.
        grad - measured -> grad * np.linalg.norm(measured) / np.linalg.norm(grad) - measured
            Your checker looks at the direction alone: half of the gradient points the same way and
            is wrong all the same.
        errors.max() < 1e-5 * np.abs(measured).max() -> np.all(np.sign(grad) == np.sign(measured))
            Your checker compares signs. A missing slope changes sizes, not signs: compare numbers.
        1e-5 * np -> 1e-2 * np
            Your limit is too wide: a gradient with one entry 0.05 % too large passes. Central
            differences are right to about 1e-9, so a limit of 1e-5 is safe.
        1e-5 * np.abs(measured).max() -> 1e-12
            A fixed limit is too strict for one loss and too wide for another: yours calls the right
            gradient wrong when the loss is large, and everything right when it is small. Compare
            the error with the size of the gradient.
        errors = np.abs(grad - measured) -> size = np.linalg.norm(grad) * np.linalg.norm(measured)
        errors.max() < 1e-5 * np.abs(measured).max() -> grad @ measured / size > 0.9999
            Your checker looks at the angle between two directions. Half of the gradient has the
            same direction, and an error of 0.05 % hardly turns it: compare entry by entry.
        errors.max() -> errors[1:].max()
            Nearly. The first entry of p is never looked at: indices begin at 0.
        errors.max() -> errors[:-1].max()
            Nearly. The last entry of p is never looked at.
        np.abs(measured).max() -> measured.max()
            Nearly. You compare with the largest slope, which can be small or negative: compare with
            the largest in size, np.abs(measured).max().
        np.abs(grad - measured) -> grad - measured
            Nearly. Without the absolute value an error below the measured slope passes: np.abs(grad
            - measured).
        np.abs(grad - measured) -> measured - grad
            Nearly. Without the absolute value an error above the measured slope passes: np.abs(grad
            - measured).
        errors.max() < 1e-5 * np.abs(measured).max() -> np.any(errors < 1e-5 * np.abs(measured))
            A gradient passes although some of its entries are wrong: is there an `any`, or a
            median? All entries have to be right.
        errors.max() < 1e-5 * np.abs(measured).max() -> np.all(errors / measured < 1e-5)
            You divide by a slope that can be negative, and a negative number is below every limit:
            divide by its absolute value.
        errors.max() < 1e-5 * np.abs(measured).max() -> errors[-1] < 1e-5 * np.abs(measured[-1])
            Only the last entry decides. A fault may sit in any of them: is the result of the others
            overwritten in the loop?
    """,
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
