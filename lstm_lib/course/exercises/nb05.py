"""Exercises of notebook 05: slopes, the belt backwards, a whole step backwards, a bug hunt."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise
from lstm_lib.scratch import cell, sigmoid


def values_of_gates(rng: np.random.Generator, size: int) -> tuple:
    """s between 0 and 1 and t between -1 and 1, (n,) each; the last ones reach both ends."""
    n = 1 + size
    s, t = rng.uniform(0.05, 0.95, n).round(2), rng.uniform(-0.95, 0.95, n).round(2)
    if size == 19:
        s[:2], t[:2] = (0.0, 1.0), (-1.0, 1.0)
    return s, t


def slopes(s, t):
    # s and t are already the values of σ and tanh: nothing has to be squashed again.
    return s * (1 - s), 1 - t**2


def slopes_from_z(s, t):
    # The z at which the sigmoid is s, and tanh is t. At the ends both are flat.
    z_of_s = [math.log(value / (1 - value)) if 0 < value < 1 else None for value in s]
    z_of_t = [math.atanh(value) if -1 < value < 1 else None for value in t]
    return (
        np.array([0.0 if z is None else math.exp(-z) / (1 + math.exp(-z)) ** 2 for z in z_of_s]),
        np.array([0.0 if z is None else 4 / (math.exp(z) + math.exp(-z)) ** 2 for z in z_of_t]),
    )


def slopes_by_z(s, t):
    z, y = np.log(s / (1 - s)), np.arctanh(t)
    return np.exp(-z) / (1 + np.exp(-z)) ** 2, 1 - np.tanh(y) ** 2


SLOPES = Exercise(
    key="05.1",
    title="Slopes from values",
    stars=1,
    names=("s", "t"),
    specification=slopes_from_z,
    inputs=values_of_gates,
    mistakes="""
        return s -> s, t = sigmoid(s), np.tanh(t); return s
            Both values were squashed a second time. s *is* σ(z) and t *is* tanh(z): use them as
            they are.
        s * (1 - s) -> sigmoid(s) * (1 - sigmoid(s))
            The slope of the sigmoid is wrong: s was squashed a second time. s *is* σ(z).
        t**2 -> np.tanh(t) ** 2
            The slope of tanh is wrong: t was squashed a second time. t *is* tanh(z).
        t**2 -> t
            The slope of tanh is 1 minus the *square* of the value.
        1 - t**2 -> t**2 - 1
            The slope of tanh has the wrong sign: tanh rises everywhere, so its slope is never
            negative.
        s * (1 - s) -> s
            That is the sigmoid itself in place of its slope. An open gate (s near 1) hardly reacts:
            the slope must be near 0 there.
        s * (1 - s), 1 - t**2 -> 1 - t**2, s * (1 - s)
            The two are exchanged: return the slope of the sigmoid first.
        1 - t**2 -> t * (1 - t)
            You used one rule for both. t(1 - t) would be negative for a negative t; tanh has a rule
            of its own.
        s * (1 - s) -> 1 - s**2
            You used one rule for both: 1 minus the square belongs to tanh. The sigmoid has a rule
            of its own: its slope is near 0 at both ends, for s near 0, too.
        1 - s -> s - 1
            The slope of the sigmoid has the wrong sign: the sigmoid rises everywhere.
        1 - t**2 -> (1 - t) ** 2
            For tanh, square the value alone: 1 - t², not (1 - t)².
        s * (1 - s), 1 - t**2 -> s * (1 - s)
            Only the slope of the sigmoid came back. Return both, with a comma between them.
        1 - s -> 1 + s
            A sign in the slope of the sigmoid: it is s (1 - s), with a minus. An open gate (s near
            1) hardly reacts.
        1 - t -> 1 + t
            A sign in the slope of tanh: it is 1 - t², with a minus. It is 1 at most, where t is 0.
        slopes_by_z
            The way back to z works until a value is exactly 0, 1 or -1: no z is large enough then.
            The slope needs the value alone: it is s (1 - s), and 1 - t².
    """,
    steps=(
        "Look at the two formulas in the text: they contain nothing but the value.",
        "σ′ is the value times (1 minus the value). tanh′ is 1 minus the value's square.",
    ),
    solution=slopes,
)


def one_belt(rng: np.random.Generator, size: int) -> tuple:
    """dc, i, f, g, c_prev, (B, H) each."""
    shape = (1 + size // 3, 1 + size % 3)
    i, f = rng.uniform(0.05, 0.95, (2, *shape)).round(2)
    g = rng.uniform(-0.95, 0.95, shape).round(2)
    return rng.normal(size=shape).round(2), i, f, g, rng.normal(size=shape).round(2)


def belt_backward(dc_both, i, f, g, c_prev):
    # c = f * c_prev + i * g: the slope with respect to one factor is the other factor.
    di = dc_both * g
    df = dc_both * c_prev
    dg = dc_both * i
    dc_prev = dc_both * f
    return di, df, dg, dc_prev


def belt_by_moving(dc, i, f, g, c_prev):
    # c is linear in each of its four numbers: a step of 1 gives the slope without an error.
    def c(i, f, g, c_prev):
        return f * c_prev + i * g

    gradients = [np.zeros_like(dc) for _ in range(4)]
    for n in np.ndindex(dc.shape):
        at = [i[n], f[n], g[n], c_prev[n]]
        for k in range(4):
            moved = list(at)
            moved[k] += 1
            gradients[k][n] = dc[n] * (c(*moved) - c(*at))
    return tuple(gradients)


BELT = Exercise(
    key="05.2",
    title="The belt backwards",
    stars=2,
    names=("dc_both", "i", "f", "g", "c_prev"),
    specification=belt_by_moving,
    inputs=one_belt,
    mistakes="""
        return di, df, dg, dc_prev -> return g, c_prev, i, f
            Those are the slopes of c alone. The chain rule multiplies each of them by dc_both, the
            slope of the loss with respect to c.
        di = dc_both * g -> di = dc_both * i
        df = dc_both * c_prev -> df = dc_both * f
        dg = dc_both * i -> dg = dc_both * g
        dc_prev = dc_both * f -> dc_prev = dc_both * c_prev
            Each gradient got its own value as a factor. The slope of a product with respect to one
            factor is the *other* factor: for i that is g.
        df = dc_both * c_prev -> df = dc_both * f
        dc_prev = dc_both * f -> dc_prev = dc_both * c_prev
            di and dg are right. For f and c_prev the factors are exchanged: f is multiplied by
            c_prev, and c_prev by f.
        di = dc_both * g -> di = dc_both * i
        dg = dc_both * i -> dg = dc_both * g
            df and dc_prev are right. For i and g the factors are exchanged: i is multiplied by g,
            and g by i.
        dc_both * f -> dc_both
            dc_both went back to c_prev whole. On its way it passes the valve of f.
        return di, df -> return df, di
            All four are right, but the order is not: return di, df, dg, dc_prev.
        dc_both * g -> dc_both * g * i * (1 - i)
        dc_both * c_prev -> dc_both * c_prev * f * (1 - f)
        dg = dc_both * i -> dg = dc_both * i * (1 - g**2)
            You went on to the z of the gates: the slopes σ′ and tanh′ do not belong in this step
            yet. Here i, f and g themselves are asked about.
        return di, df, dg, dc_prev -> return di.sum(0), df.sum(0), dg.sum(0), dc_prev.sum(0)
            Each gradient keeps the shape of its value, (B, H). The sum over the batch comes later,
            where a weight is shared by all sequences.
        dc_both * f -> dc_both * f * (1 - f)
            dc_prev has the slope of the sigmoid in it. f acts on c_prev as it is; its slope is
            wanted only on the way from f to its z.
        dc_both * f -> dc_both * (1 - f)
            dc_prev was made with 1 - f: that is what is forgotten. What goes back is what was kept,
            f.
        return di, df, dg -> return di, dg, df
            All four are right, but df and dg are exchanged: return di, df, dg, dc_prev.
        dc_both * c_prev -> dc_both * (f * c_prev + i * g)
            df was made with the new c. What f was multiplied with is the old one, c_prev.
        dg, dc_prev -> dg
            The fourth is missing: dc_prev, the slope with respect to c_prev.
        return di, df, dg, dc_prev -> return dc_prev, di, df, dg
            All four are right, but the order is not: dc_prev comes last, di, df, dg, dc_prev.
        dc_both * f -> f
            dc_prev is f alone, the slope of c. The chain rule multiplies it by dc_both, as in the
            other three.
        di = dc_both -> dc_both = dc_both / len(i); di = dc_both
            The gradients were divided by the number of sequences. Nothing is averaged here: each
            sequence has its own i, f, g and c_prev.
        dc_both * f -> dc_both * f + dc_both
            dc_both was added to dc_prev once more. c_prev acts on c through f alone: dc_prev is
            dc_both * f.
    """,
    steps=(
        "Take i: if i grows by a little, by how much does c = f · c_prev + i · g grow? By g times "
        "it.",
        "Then the loss grows by dc_both times as much as c: di = dc_both * g.",
        "The other three go the same way: what stands beside f? Beside g? Beside c_prev?",
    ),
    solution=belt_backward,
)

TAPE = ("x", "h_prev", "c_prev", "i", "f", "g", "o", "c")


def a_step_and_gradients(rng: np.random.Generator, size: int) -> tuple:
    """dh and dc (B, H), a tape, W (4H, I), R (4H, H)."""
    B, I, H = 1 + size // 2, 1 + size % 4, 1 + size % 3
    params = {n: rng.normal(size=s).round(1) for n, s in (("W", (4 * H, I)), ("R", (4 * H, H)))}
    params["b"] = rng.normal(size=4 * H).round(1)
    h, c, dh, dc = rng.normal(size=(4, B, H)).round(1)
    tape = cell.step(rng.normal(size=(B, I)).round(1), h, c, params)[2]
    return dh, dc, {n: getattr(tape, n) for n in TAPE}, params["W"], params["R"]


def step_backward(dh, dc, tape, W, R):
    x, h_prev, c_prev, c = tape["x"], tape["h_prev"], tape["c_prev"], tape["c"]
    i, f, g, o = tape["i"], tape["f"], tape["g"], tape["o"]
    # h = o * tanh(c). The gradient of c has two sources: the next step, and h.
    do = dh * np.tanh(c)
    dc_both = dc + dh * o * (1 - np.tanh(c) ** 2)
    # c = f * c_prev + i * g
    di, df, dg, dc_prev = dc_both * g, dc_both * c_prev, dc_both * i, dc_both * f
    # Through the squashing functions, with slopes from the values; then one block, (B, 4H).
    dz_i, dz_f = di * i * (1 - i), df * f * (1 - f)
    dz_g, dz_o = dg * (1 - g**2), do * o * (1 - o)
    dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)
    # z = x W.T + h_prev R.T + b: weights are shared by the batch, so their gradients are sums.
    dW, dR, db = dz.T @ x, dz.T @ h_prev, dz.sum(axis=0)
    return dW, dR, db, dz @ W, dz @ R, dc_prev


def step_backward_one_by_one(dh, dc, tape, W, R):
    B, H = dh.shape
    I = W.shape[1]
    dW, dR, db = np.zeros_like(W), np.zeros_like(R), np.zeros(4 * H)
    dx, dh_prev, dc_prev = np.zeros((B, I)), np.zeros((B, H)), np.zeros((B, H))
    for n in range(B):
        for k in range(H):
            i, f, g, o = (float(tape[gate][n, k]) for gate in "ifgo")
            shown = math.tanh(tape["c"][n, k])
            total = dc[n, k] + dh[n, k] * o * (1 - shown * shown)
            dz = (
                total * g * i * (1 - i),
                total * tape["c_prev"][n, k] * f * (1 - f),
                total * i * (1 - g * g),
                dh[n, k] * shown * o * (1 - o),
            )
            dc_prev[n, k] = total * f
            for gate in range(4):
                row = gate * H + k
                db[row] += dz[gate]
                for m in range(I):
                    dW[row, m] += dz[gate] * tape["x"][n, m]
                    dx[n, m] += dz[gate] * W[row, m]
                for m in range(H):
                    dR[row, m] += dz[gate] * tape["h_prev"][n, m]
                    dh_prev[n, m] += dz[gate] * R[row, m]
    return dW, dR, db, dx, dh_prev, dc_prev


BACKWARD = Exercise(
    key="05.3",
    title="A step backwards",
    stars=3,
    names=("dh", "dc", "tape", "W", "R"),
    specification=step_backward_one_by_one,
    inputs=a_step_and_gradients,
    mistakes="""
        df * f * (1 - f) -> df
            σ′ is missing at the forget gate: df is the gradient of f; that of its z is df times f
            (1 - f).
        [dz_i, dz_f, dz_g, dz_o] -> [di, df, dz_g, do]
            σ′ is missing at all three gates: between a gate and its z stands the slope, the value
            times (1 minus the value).
        dg * (1 - g**2) -> dg
            tanh′ is missing at the candidate: dz of g is dg times (1 - g²).
        dc + dh * o * (1 - np.tanh(c) ** 2) -> dc
            c has two sources, and you used the one from the next step alone. c also acts through h:
            dc_both is dc plus dh o (1 - tanh(c)²).
        dc + dh -> dh
            c has two sources, and you used the one through h alone. The dc that is given, from the
            next step, must be added.
        * (1 - np.tanh(c) ** 2) ->
            On its way from h to c the gradient passes tanh: its slope, 1 - tanh(c)², is missing
            there.
        return dW, dR, db -> return dW / len(x), dR / len(x), db / len(x)
            The gradients of W, R and b are means over the batch. The loss's gradient is the sum; a
            loss that is a mean has its 1/B in dh already.
        dc_both * f -> dc_both
            dc_prev is the whole of dc_both. On its way to the step before it passes the valve of f.
        dc_both * f -> dc * f
            dc_prev is f times the dc that was given. It is f times dc_both, with the part that
            comes through h.
        dz_g, dz_o] -> dz_o, dz_g]
            The blocks of dz stand in the order i, f, o, g. W, R and b have the order i, f, g, o.
        dz.T @ h_prev -> dz.T @ (o * np.tanh(c))
            dR was made with the new h. The gates saw h_prev.
        do * o * (1 - o) -> do
            σ′ is missing at the output gate: dz of o is do times o (1 - o).
        [dz_i, dz_f, dz_g, dz_o] -> [di, df, dg, do]
            All four slopes are missing: di, df, dg, do are the gradients of the gates; each has to
            pass σ′ or tanh′ to become dz.
        di * i * (1 - i) -> di
            σ′ is missing at the input gate: dz of i is di times i (1 - i).
        1 - g**2 -> g * (1 - g)
            The candidate got the sigmoid's slope, g (1 - g). g comes out of a tanh: its slope is 1
            - g².
        g**2 -> np.tanh(g) ** 2
            tanh was taken of g, which has gone through tanh already: its slope is 1 - g².
        dz.T @ h_prev -> dz.T @ c_prev
            dR was made with c_prev. R is multiplied with h_prev.
        dz @ R, dc_prev -> dc_prev, dz @ R
            dh_prev and dc_prev are exchanged at the end.
        dh * np.tanh(c) -> dh * c
            do is dh times c. What o lets through is tanh(c).
        dz.sum(axis=0) -> dz
            db has a row for each sequence. b is shared by the batch: sum over axis 0.
        np.tanh(c) ** 2 -> c**2
            The slope on the way from h to c was taken as 1 - c². The value of tanh is tanh(c): its
            slope is 1 - tanh(c)².
        dh * o -> dh
            On its way from h to c the gradient passes the valve of the output gate: o is missing
            there.
        dc + dh -> dc + do
            do went on to c. h = o tanh(c) has two factors: what goes to c is dh times o, without
            tanh(c).
        dz.sum(axis=0) -> dz.sum(axis=0, keepdims=True)
            db has one axis too many: b is (4H,), so sum without keepdims.
        dz.sum(axis=0) -> dz.mean(axis=0)
            db is a mean over the batch; dW and dR are sums, as they should be. db is a sum, too.
        return dW, dR -> return dW.T, dR.T
            dW and dR lie on their sides: they must be shaped as W, (4H, I), and R, (4H, H).
        [dz_i, dz_f -> [dz_f, dz_i
            The blocks of dz stand in the order f, i, g, o. W, R and b have the order i, f, g, o.
        return dW, dR, db, dz @ W, dz @ R, dc_prev -> return dz @ W, dz @ R, dc_prev, dW, dR, db
            All six are right, but in another order: return dW, dR, db, dx, dh_prev, dc_prev.
        dz @ R -> dz @ R + dh
            dh was added to dh_prev. h_prev acts on this step through R alone: dh_prev is dz @ R.
        dc_both * c_prev -> dc_both * c
            df was made with the new c. What f was multiplied with is c_prev.
        dh * np.tanh(c) -> dh * c
        np.tanh(c) ** 2 -> c**2
            tape['c'] is c itself. It has not passed tanh: take np.tanh(c) for do, and in the slope
            on the way from h to c.
        dh * np.tanh(c) -> (dh + dc) * np.tanh(c)
            do was made with dc as well. o acts on h alone: do is dh * tanh(c).
        dz.sum(axis=0) -> dz.sum(axis=1)
            db was summed over the wrong axis: it has a number for each sequence. b is shared by the
            batch: sum over axis 0.
    """,
    steps=(
        "Go through the forward lines from the last to the first: h, then c, then the four "
        "squashings, then z.",
        "h = o * tanh(c): do = dh * tanh(c), and dc_both = dc + dh * o * (1 - tanh(c)**2).",
        "The belt is exercise 05.2, with dc_both. Then multiply di, df, do by value * "
        "(1 - value) and dg by 1 - g**2, and join them: np.concatenate([...], axis=1) is dz.",
        "From dz (B, 4H): dz.T @ x has the shape of W, dz.T @ h_prev that of R, dz.sum(axis=0) "
        "that of b; dz @ W is dx, dz @ R is dh_prev.",
    ),
    solution=step_backward,
)


def a_gated_layer(rng: np.random.Generator, size: int) -> tuple:
    """dy and v (B, H), x (B, I), W (H, I), b (H,)."""
    B, I, H = 2 + size // 2, 1 + size % 4, 1 + size % 3
    shapes = (B, H), (B, I), (B, H), (H, I), (H,)
    return tuple(rng.normal(size=shape).round(1) for shape in shapes)


def gate_backward(dy, x, v, W, b):
    s = sigmoid(x @ W.T + b)
    dv = dy * s  # what went forward through the valve comes back through it
    dz = dy * v * s * (1 - s)  # the slope of the sigmoid, not the sigmoid
    return dz @ W, dv, dz.T @ x, dz.sum(axis=0)  # a sum over the batch


def handed_out():
    """The code with three bugs that the notebook hands out, under its own name there."""

    def gate_backward(dy, x, v, W, b):
        """Backwards through y = sigmoid(x @ W.T + b) * v.

        dy, v (B, H), x (B, I), W (H, I), b (H,).
        Returns (dx, dv, dW, db), shaped as x, v, W, b.
        """
        s = sigmoid(x @ W.T + b)
        dv = dy
        dz = dy * v * s
        return dz @ W, dv, dz.T @ x / len(x), dz.sum(axis=0)

    return gate_backward


def gate_backward_one_by_one(dy, x, v, W, b):
    (B, I), H = x.shape, len(b)
    dx, dv, dW, db = np.zeros((B, I)), np.zeros((B, H)), np.zeros((H, I)), np.zeros(H)
    for n in range(B):
        for k in range(H):
            z = b[k] + sum(W[k, m] * x[n, m] for m in range(I))
            s = 1 / (1 + math.exp(-z))
            slope = math.exp(-z) / (1 + math.exp(-z)) ** 2
            dv[n, k] = dy[n, k] * s
            dz = dy[n, k] * v[n, k] * slope
            db[k] += dz
            for m in range(I):
                dx[n, m] += dz * W[k, m]
                dW[k, m] += dz * x[n, m]
    return dx, dv, dW, db


HUNT = Exercise(
    key="05.4",
    title="Bug hunt: a gate backwards",
    stars=2,
    names=("dy", "x", "v", "W", "b"),
    specification=gate_backward_one_by_one,
    inputs=a_gated_layer,
    given=handed_out(),
    mistakes="""
        * s * (1 - s) -> * s
        dz.T @ x -> dz.T @ x / len(x)
            The valve is mended. Two bugs are left. One of them makes dx, dW and db wrong: what
            stands between a gate and its z?
        dv = dy * s -> dv = dy
        dz.T @ x -> dz.T @ x / len(x)
            The slope is mended. Two bugs are left: look at dv and at dW.
        dv = dy * s -> dv = dy
        * s * (1 - s) -> * s
            The sum over the batch is mended. Two bugs are left: look at dv, and at dz.
        dz.T @ x -> dz.T @ x / len(x)
            One bug is left, and it concerns dW alone. dW and db both collect over the batch: is one
            of them a mean?
        * s * (1 - s) -> * s
            One bug is left: dz. s is the gate itself; the chain rule wants its slope.
        dv = dy * s -> dv = dy
            One bug is left: dv. y = s v, so what comes back to v has passed the valve s.
        dz.T @ x, dz.sum(axis=0) -> dz.T @ x / len(x), dz.mean(axis=0)
            db was made a mean as well. It is the other way round: both are sums over the batch.
        dy * v * s -> dy * s
            v is missing in dz. y = s v: what comes back to s has v as its factor.
        s * (1 - s) -> (1 - s)
            The slope of the sigmoid is s (1 - s); dz has only 1 - s of it.
        dv = dy * s -> dv = dy * v
            dv got its own value as a factor. y = s v: the partner of v is s.
        dv = dy * s -> dv = dy * s * (1 - s)
            dv has the slope of the sigmoid in it. v does not go through a sigmoid: its factor is s
            itself.
        dz @ W -> dz @ W.T
            W was turned in dx: forward it is x @ W.T, backward dz @ W.
        s * (1 - s) -> sigmoid(s) * (1 - sigmoid(s))
            s was squashed a second time. s is the value of the sigmoid: its slope is s (1 - s).
        s * (1 - s) -> (1 - s**2)
            dz has tanh's slope, 1 - s². The gate is a sigmoid.
        dz.sum(axis=0) -> dz
            db has a row for each sequence. b is shared by the batch: sum over axis 0.
        dv = dy * s -> dv = dy
        * s * (1 - s) -> * s
        dz.T @ x -> dz.T @ x / len(x)
            It does what the code that was handed out does: all three bugs are still there.
            gradcheck says which of the four results are wrong.
        dv = dy * s -> dv = dy * s * v
            dv has v in it. y = s v: the partner of v is s, so dv is dy * s.
        dz.sum(axis=0) -> dz.mean(axis=0)
            dW is mended, and db is wrong now: it is a mean. Both are sums over the batch.
    """,
    steps=(
        "Which of the four results are wrong? With numbers of your own: gradcheck(lambda n: (dy * "
        'sigmoid(n["x"] @ n["W"].T + n["b"]) * n["v"]).sum(), numbers, claimed), where numbers and '
        "claimed are dicts of x, v, W, b.",
        "y = s ⊙ v. If v grows by a little, by how much does y grow?",
        "dz needs σ′, and from the value that is s (1 - s).",
        "W is shared by all sequences of the batch: their gradients are added.",
    ),
    solution=gate_backward,
)

EXERCISES = (SLOPES, BELT, BACKWARD, HUNT)
