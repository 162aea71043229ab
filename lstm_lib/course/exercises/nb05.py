"""Exercises of notebook 05: slopes, the belt backwards, a whole step backwards, a bug hunt."""

import math

import numpy as np

from lstm_lib.course.exercise import Exercise, Mistake
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


@np.errstate(all="ignore")
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
    mistakes=(
        Mistake(
            "Both values were squashed a second time. s *is* σ(z) and t *is* tanh(z): use them as "
            "they are.",
            lambda s, t: (sigmoid(s) * (1 - sigmoid(s)), 1 - np.tanh(t) ** 2),
        ),
        Mistake(
            "The slope of the sigmoid is wrong: s was squashed a second time. s *is* σ(z).",
            lambda s, t: (sigmoid(s) * (1 - sigmoid(s)), 1 - t**2),
        ),
        Mistake(
            "The slope of tanh is wrong: t was squashed a second time. t *is* tanh(z).",
            lambda s, t: (s * (1 - s), 1 - np.tanh(t) ** 2),
        ),
        Mistake(
            "The slope of tanh is 1 minus the *square* of the value.",
            lambda s, t: (s * (1 - s), 1 - t),
        ),
        Mistake(
            "The slope of tanh has the wrong sign: tanh rises everywhere, so its slope is never "
            "negative.",
            lambda s, t: (s * (1 - s), t**2 - 1),
        ),
        Mistake(
            "That is the sigmoid itself in place of its slope. An open gate (s near 1) hardly "
            "reacts: the slope must be near 0 there.",
            lambda s, t: (s, 1 - t**2),
        ),
        Mistake(
            "The two are exchanged: return the slope of the sigmoid first.",
            lambda s, t: (1 - t**2, s * (1 - s)),
        ),
        Mistake(
            "You used one rule for both. t(1 - t) would be negative for a negative t; tanh has a "
            "rule of its own.",
            lambda s, t: (s * (1 - s), t * (1 - t)),
        ),
        Mistake(
            "You used one rule for both: 1 minus the square belongs to tanh. The sigmoid has a "
            "rule of its own: its slope is near 0 at both ends, for s near 0, too.",
            lambda s, t: (1 - s**2, 1 - t**2),
        ),
        Mistake(
            "The slope of the sigmoid has the wrong sign: the sigmoid rises everywhere.",
            lambda s, t: (s * (s - 1), 1 - t**2),
        ),
        Mistake(
            "For tanh, square the value alone: 1 - t², not (1 - t)².",
            lambda s, t: (s * (1 - s), (1 - t) ** 2),
        ),
        Mistake(
            "Only the slope of the sigmoid came back. Return both, with a comma between them.",
            lambda s, t: s * (1 - s),
        ),
        Mistake(
            "A sign in the slope of the sigmoid: it is s (1 - s), with a minus. An open gate (s "
            "near 1) hardly reacts.",
            lambda s, t: (s * (1 + s), 1 - t**2),
        ),
        Mistake(
            "A sign in the slope of tanh: it is 1 - t², with a minus. It is 1 at most, where t is "
            "0.",
            lambda s, t: (s * (1 - s), 1 + t**2),
        ),
        Mistake(
            "The way back to z works until a value is exactly 0, 1 or -1: no z is large enough "
            "then. The slope needs the value alone: it is s (1 - s), and 1 - t².",
            slopes_by_z,
        ),
    ),
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
    return dc_both * g, dc_both * c_prev, dc_both * i, dc_both * f


def belt_by_moving(dc, i, f, g, c_prev):
    # c is linear in each of its four numbers: a step of 1 gives the slope without an error.
    def c(i, f, g, c_prev):
        return f * c_prev + i * g

    found = [np.zeros_like(dc) for _ in range(4)]
    for n in np.ndindex(dc.shape):
        at = [i[n], f[n], g[n], c_prev[n]]
        for k in range(4):
            moved = list(at)
            moved[k] += 1
            found[k][n] = dc[n] * (c(*moved) - c(*at))
    return tuple(found)


BELT = Exercise(
    key="05.2",
    title="The belt backwards",
    stars=2,
    names=("dc_both", "i", "f", "g", "c_prev"),
    specification=belt_by_moving,
    inputs=one_belt,
    mistakes=(
        Mistake(
            "Those are the slopes of c alone. The chain rule multiplies each of them by "
            "dc_both, the slope of the loss with respect to c.",
            lambda dc, i, f, g, c_prev: (g, c_prev, i, f),
        ),
        Mistake(
            "Each gradient got its own value as a factor. The slope of a product with respect to "
            "one factor is the *other* factor: for i that is g.",
            lambda dc, i, f, g, c_prev: (dc * i, dc * f, dc * g, dc * c_prev),
        ),
        Mistake(
            "di and dg are right. For f and c_prev the factors are exchanged: f is multiplied by "
            "c_prev, and c_prev by f.",
            lambda dc, i, f, g, c_prev: (dc * g, dc * f, dc * i, dc * c_prev),
        ),
        Mistake(
            "df and dc_prev are right. For i and g the factors are exchanged: i is multiplied by "
            "g, and g by i.",
            lambda dc, i, f, g, c_prev: (dc * i, dc * c_prev, dc * g, dc * f),
        ),
        Mistake(
            "dc_both went back to c_prev whole. On its way it passes the valve of f.",
            lambda dc, i, f, g, c_prev: (dc * g, dc * c_prev, dc * i, dc),
        ),
        Mistake(
            "All four are right, but the order is not: return di, df, dg, dc_prev.",
            lambda dc, i, f, g, c_prev: (dc * c_prev, dc * g, dc * i, dc * f),
        ),
        Mistake(
            "You went on to the z of the gates: the slopes σ′ and tanh′ do not belong in this "
            "step yet. Here i, f and g themselves are asked about.",
            lambda dc, i, f, g, c_prev: (
                dc * g * i * (1 - i),
                dc * c_prev * f * (1 - f),
                dc * i * (1 - g**2),
                dc * f,
            ),
        ),
        Mistake(
            "Each gradient keeps the shape of its value, (B, H). The sum over the batch comes "
            "later, where a weight is shared by all sequences.",
            lambda dc, i, f, g, c_prev: tuple(
                (dc * factor).sum(axis=0) for factor in (g, c_prev, i, f)
            ),
        ),
        Mistake(
            "dc_prev has the slope of the sigmoid in it. f acts on c_prev as it is; its slope is "
            "wanted only on the way from f to its z.",
            lambda dc, i, f, g, c_prev: (dc * g, dc * c_prev, dc * i, dc * f * (1 - f)),
        ),
        Mistake(
            "dc_prev was made with 1 - f: that is what is forgotten. What goes back is what was "
            "kept, f.",
            lambda dc, i, f, g, c_prev: (dc * g, dc * c_prev, dc * i, dc * (1 - f)),
        ),
        Mistake(
            "All four are right, but df and dg are exchanged: return di, df, dg, dc_prev.",
            lambda dc, i, f, g, c_prev: (dc * g, dc * i, dc * c_prev, dc * f),
        ),
        Mistake(
            "df was made with the new c. What f was multiplied with is the old one, c_prev.",
            lambda dc, i, f, g, c_prev: (dc * g, dc * (f * c_prev + i * g), dc * i, dc * f),
        ),
        Mistake(
            "The fourth is missing: dc_prev, the slope with respect to c_prev.",
            lambda dc, i, f, g, c_prev: (dc * g, dc * c_prev, dc * i),
        ),
        Mistake(
            "All four are right, but the order is not: dc_prev comes last, di, df, dg, dc_prev.",
            lambda dc, i, f, g, c_prev: (dc * f, dc * g, dc * c_prev, dc * i),
        ),
        Mistake(
            "dc_prev is f alone, the slope of c. The chain rule multiplies it by dc_both, as in "
            "the other three.",
            lambda dc, i, f, g, c_prev: (dc * g, dc * c_prev, dc * i, f),
        ),
        Mistake(
            "The gradients were divided by the number of sequences. Nothing is averaged here: "
            "each sequence has its own i, f, g and c_prev.",
            lambda dc, i, f, g, c_prev: tuple(
                dc * factor / len(dc) for factor in (g, c_prev, i, f)
            ),
        ),
        Mistake(
            "dc_both was added to dc_prev once more. c_prev acts on c through f alone: dc_prev is "
            "dc_both * f.",
            lambda dc, i, f, g, c_prev: (dc * g, dc * c_prev, dc * i, dc * f + dc),
        ),
    ),
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
    dz = np.concatenate([di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)], 1)
    # z = x W.T + h_prev R.T + b: weights are shared by the batch, so their gradients are sums.
    return dz.T @ x, dz.T @ h_prev, dz.sum(axis=0), dz @ W, dz @ R, dc_prev


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


def backward_with(
    dh,
    dc,
    tape,
    W,
    R,
    slopes="ifgo",
    from_h=1.0,
    from_next=1.0,
    keep=True,
    order="ifgo",
    mean=False,
    slope_c=lambda c: 1 - np.tanh(c) ** 2,
    slope_g=lambda g: 1 - g**2,
    shown=np.tanh,
    to_o=0.0,
    through=lambda dh, o, c: dh * o,
    valve="c_prev",
    before="h_prev",
    finish=lambda *results: results,
):
    """`step_backward` with something wrong in it: the typical mistakes."""
    v, c = {gate: tape[gate] for gate in "ifgo"}, tape["c"]
    total = from_next * dc + from_h * through(dh, v["o"], c) * slope_c(c)
    d = {
        "i": total * v["g"],
        "f": total * tape[valve],
        "g": total * v["i"],
        "o": (dh + to_o) * shown(c),
    }
    for gate in slopes:
        d[gate] = d[gate] * (slope_g(v["g"]) if gate == "g" else v[gate] * (1 - v[gate]))
    dz = np.concatenate([d[gate] for gate in order], axis=1)
    n = len(dz) if mean else 1
    grads = dz.T @ tape["x"] / n, dz.T @ tape[before] / n, dz.sum(0) / n
    return finish(*grads, dz @ W, dz @ R, total * v["f"] if keep else total)


def backward_mistake(**changes):
    return lambda dh, dc, tape, W, R: backward_with(dh, dc, tape, W, R, **changes)


def dz_of_each(dh, dc, tape, W, R):
    """dz (B, 4H): the gradient of b for each sequence alone."""
    rows = [slice(n, n + 1) for n in range(len(dh))]
    alone = [({k: a[row] for k, a in tape.items()}, row) for row in rows]
    return np.array([step_backward(dh[row], dc[row], one, W, R)[2] for one, row in alone])


def db_not_summed(dh, dc, tape, W, R):
    dW, dR, _, *others = step_backward(dh, dc, tape, W, R)
    return dW, dR, dz_of_each(dh, dc, tape, W, R), *others


def db_of_each_sequence(dh, dc, tape, W, R):
    dW, dR, _, *others = step_backward(dh, dc, tape, W, R)
    return dW, dR, dz_of_each(dh, dc, tape, W, R).sum(axis=1), *others


def dh_added(dh, dc, tape, W, R):
    dW, dR, db, dx, dh_prev, dc_prev = step_backward(dh, dc, tape, W, R)
    return dW, dR, db, dx, dh_prev + dh, dc_prev


def past_without_h(dh, dc, tape, W, R):
    *others, _ = step_backward(dh, dc, tape, W, R)
    return *others, dc * tape["f"]


def r_from_the_new_h(dh, dc, tape, W, R):
    dW, _, db, *others = step_backward(dh, dc, tape, W, R)
    h = tape["o"] * np.tanh(tape["c"])
    return dW, dz_of_each(dh, dc, tape, W, R).T @ h, db, *others


BACKWARD = Exercise(
    key="05.3",
    title="A step backwards",
    stars=3,
    names=("dh", "dc", "tape", "W", "R"),
    specification=step_backward_one_by_one,
    inputs=a_step_and_gradients,
    mistakes=(
        Mistake(
            "σ′ is missing at the forget gate: df is the gradient of f; that of its z is df times "
            "f (1 - f).",
            backward_mistake(slopes="igo"),
        ),
        Mistake(
            "σ′ is missing at all three gates: between a gate and its z stands the slope, the "
            "value times (1 minus the value).",
            backward_mistake(slopes="g"),
        ),
        Mistake(
            "tanh′ is missing at the candidate: dz of g is dg times (1 - g²).",
            backward_mistake(slopes="ifo"),
        ),
        Mistake(
            "c has two sources, and you used the one from the next step alone. c also acts "
            "through h: dc_both is dc plus dh o (1 - tanh(c)²).",
            backward_mistake(from_h=0.0),
        ),
        Mistake(
            "c has two sources, and you used the one through h alone. The dc that is given, from "
            "the next step, must be added.",
            backward_mistake(from_next=0.0),
        ),
        Mistake(
            "On its way from h to c the gradient passes tanh: its slope, 1 - tanh(c)², is missing "
            "there.",
            backward_mistake(slope_c=np.ones_like),
        ),
        Mistake(
            "The gradients of W, R and b are means over the batch. The loss's gradient is the sum; "
            "a loss that is a mean has its 1/B in dh already.",
            backward_mistake(mean=True),
        ),
        Mistake(
            "dc_prev is the whole of dc_both. On its way to the step before it passes the valve "
            "of f.",
            backward_mistake(keep=False),
        ),
        Mistake(
            "dc_prev is f times the dc that was given. It is f times dc_both, with the part that "
            "comes through h.",
            past_without_h,
        ),
        Mistake(
            "The blocks of dz stand in the order i, f, o, g. W, R and b have the order i, f, g, o.",
            backward_mistake(order="ifog"),
        ),
        Mistake(
            "dR was made with the new h. The gates saw h_prev.",
            r_from_the_new_h,
        ),
        Mistake(
            "σ′ is missing at the output gate: dz of o is do times o (1 - o).",
            backward_mistake(slopes="ifg"),
        ),
        Mistake(
            "All four slopes are missing: di, df, dg, do are the gradients of the gates; each has "
            "to pass σ′ or tanh′ to become dz.",
            backward_mistake(slopes=""),
        ),
        Mistake(
            "σ′ is missing at the input gate: dz of i is di times i (1 - i).",
            backward_mistake(slopes="fgo"),
        ),
        Mistake(
            "The candidate got the sigmoid's slope, g (1 - g). g comes out of a tanh: its slope is "
            "1 - g².",
            backward_mistake(slope_g=lambda g: g * (1 - g)),
        ),
        Mistake(
            "tanh was taken of g, which has gone through tanh already: its slope is 1 - g².",
            backward_mistake(slope_g=lambda g: 1 - np.tanh(g) ** 2),
        ),
        Mistake(
            "dR was made with c_prev. R is multiplied with h_prev.",
            backward_mistake(before="c_prev"),
        ),
        Mistake(
            "dh_prev and dc_prev are exchanged at the end.",
            backward_mistake(finish=lambda a, b, c, dx, dh, dc: (a, b, c, dx, dc, dh)),
        ),
        Mistake(
            "do is dh times c. What o lets through is tanh(c).",
            backward_mistake(shown=lambda c: c),
        ),
        Mistake(
            "db has a row for each sequence. b is shared by the batch: sum over axis 0.",
            db_not_summed,
        ),
        Mistake(
            "The slope on the way from h to c was taken as 1 - c². The value of tanh is tanh(c): "
            "its slope is 1 - tanh(c)².",
            backward_mistake(slope_c=lambda c: 1 - c**2),
        ),
        Mistake(
            "On its way from h to c the gradient passes the valve of the output gate: o is missing "
            "there.",
            backward_mistake(through=lambda dh, o, c: dh),
        ),
        Mistake(
            "do went on to c. h = o tanh(c) has two factors: what goes to c is dh times o, without "
            "tanh(c).",
            backward_mistake(through=lambda dh, o, c: dh * np.tanh(c) * o),
        ),
        Mistake(
            "db has one axis too many: b is (4H,), so sum without keepdims.",
            backward_mistake(finish=lambda a, b, db, *rest: (a, b, db[None], *rest)),
        ),
        Mistake(
            "db is a mean over the batch; dW and dR are sums, as they should be. db is a sum, too.",
            lambda dh, dc, tape, W, R: backward_with(
                dh, dc, tape, W, R, finish=lambda a, b, db, *rest: (a, b, db / len(dh), *rest)
            ),
        ),
        Mistake(
            "dW and dR lie on their sides: they must be shaped as W, (4H, I), and R, (4H, H).",
            backward_mistake(finish=lambda dW, dR, *rest: (dW.T, dR.T, *rest)),
        ),
        Mistake(
            "The blocks of dz stand in the order f, i, g, o. W, R and b have the order i, f, g, o.",
            backward_mistake(order="figo"),
        ),
        Mistake(
            "All six are right, but in another order: return dW, dR, db, dx, dh_prev, dc_prev.",
            backward_mistake(finish=lambda a, b, c, dx, dh, dc: (dx, dh, dc, a, b, c)),
        ),
        Mistake(
            "dh was added to dh_prev. h_prev acts on this step through R alone: dh_prev is dz @ R.",
            dh_added,
        ),
        Mistake(
            "df was made with the new c. What f was multiplied with is c_prev.",
            backward_mistake(valve="c"),
        ),
        Mistake(
            "tape['c'] is c itself. It has not passed tanh: take np.tanh(c) for do, and in the "
            "slope on the way from h to c.",
            backward_mistake(shown=lambda c: c, slope_c=lambda c: 1 - c**2),
        ),
        Mistake(
            "do was made with dc as well. o acts on h alone: do is dh * tanh(c).",
            lambda dh, dc, tape, W, R: backward_with(dh, dc, tape, W, R, to_o=dc),
        ),
        Mistake(
            "db was summed over the wrong axis: it has a number for each sequence. b is shared by "
            "the batch: sum over axis 0.",
            db_of_each_sequence,
        ),
    ),
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


def repaired(valve=False, slope=False, total=False):
    """The given code with some of its three bugs mended."""

    def gate_backward(dy, x, v, W, b):
        s = sigmoid(x @ W.T + b)
        dz = dy * v * (s * (1 - s) if slope else s)
        dW = dz.T @ x / (1 if total else len(x))
        return dz @ W, dy * s if valve else dy, dW, dz.sum(axis=0)

    return gate_backward


def gate_with(
    dv=lambda dy, v, s: dy * s,
    dz=lambda dy, v, s: dy * v * s * (1 - s),
    dx=lambda dz, W: dz @ W,
    db=lambda dz: dz.sum(axis=0),
):
    """The right code with one thing wrong in it."""

    def gate_backward(dy, x, v, W, b):
        s = sigmoid(x @ W.T + b)
        back = dz(dy, v, s)
        return dx(back, W), dv(dy, v, s), back.T @ x, db(back)

    return gate_backward


HUNT = Exercise(
    key="05.4",
    title="Bug hunt: a gate backwards",
    stars=2,
    names=("dy", "x", "v", "W", "b"),
    specification=gate_backward_one_by_one,
    inputs=a_gated_layer,
    given=handed_out(),
    mistakes=(
        Mistake(
            "The valve is mended. Two bugs are left. One of them makes dx, dW and db wrong: what "
            "stands between a gate and its z?",
            repaired(valve=True),
        ),
        Mistake(
            "The slope is mended. Two bugs are left: look at dv and at dW.",
            repaired(slope=True),
        ),
        Mistake(
            "The sum over the batch is mended. Two bugs are left: look at dv, and at dz.",
            repaired(total=True),
        ),
        Mistake(
            "One bug is left, and it concerns dW alone. dW and db both collect over the batch: is "
            "one of them a mean?",
            repaired(valve=True, slope=True),
        ),
        Mistake(
            "One bug is left: dz. s is the gate itself; the chain rule wants its slope.",
            repaired(valve=True, total=True),
        ),
        Mistake(
            "One bug is left: dv. y = s v, so what comes back to v has passed the valve s.",
            repaired(slope=True, total=True),
        ),
        Mistake(
            "db was made a mean as well. It is the other way round: both are sums over the batch.",
            lambda dy, x, v, W, b: (
                *repaired(valve=True, slope=True)(dy, x, v, W, b)[:3],
                gate_backward(dy, x, v, W, b)[3] / len(x),
            ),
        ),
        Mistake(
            "v is missing in dz. y = s v: what comes back to s has v as its factor.",
            gate_with(dz=lambda dy, v, s: dy * s * (1 - s)),
        ),
        Mistake(
            "The slope of the sigmoid is s (1 - s); dz has only 1 - s of it.",
            gate_with(dz=lambda dy, v, s: dy * v * (1 - s)),
        ),
        Mistake(
            "dv got its own value as a factor. y = s v: the partner of v is s.",
            gate_with(dv=lambda dy, v, s: dy * v),
        ),
        Mistake(
            "dv has the slope of the sigmoid in it. v does not go through a sigmoid: its factor is "
            "s itself.",
            gate_with(dv=lambda dy, v, s: dy * s * (1 - s)),
        ),
        Mistake(
            "W was turned in dx: forward it is x @ W.T, backward dz @ W.",
            gate_with(dx=lambda dz, W: dz @ W.T),
        ),
        Mistake(
            "s was squashed a second time. s is the value of the sigmoid: its slope is s (1 - s).",
            gate_with(dz=lambda dy, v, s: dy * v * sigmoid(s) * (1 - sigmoid(s))),
        ),
        Mistake(
            "dz has tanh's slope, 1 - s². The gate is a sigmoid.",
            gate_with(dz=lambda dy, v, s: dy * v * (1 - s**2)),
        ),
        Mistake(
            "db has a row for each sequence. b is shared by the batch: sum over axis 0.",
            gate_with(db=lambda dz: dz),
        ),
        Mistake(
            "It does what the code that was handed out does: all three bugs are still there. "
            "gradcheck says which of the four results are wrong.",
            repaired(),
        ),
        Mistake(
            "dv has v in it. y = s v: the partner of v is s, so dv is dy * s.",
            gate_with(dv=lambda dy, v, s: dy * s * v),
        ),
        Mistake(
            "dW is mended, and db is wrong now: it is a mean. Both are sums over the batch.",
            gate_with(db=lambda dz: dz.mean(axis=0)),
        ),
    ),
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
