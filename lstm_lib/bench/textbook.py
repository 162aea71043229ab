"""The code that most people write first."""

import numpy as np

from lstm_lib.bench.race import Contestant, Track


def textbook(track: Track) -> Contestant:
    """The code that most people write first, in float64: one sample and one step at a time.

    It models what tutorials print: a matrix for each gate over the concatenation [h, x], a line of
    the textbook for each derivative, and gradients that every step adds to as outer products. It
    is right (a test compares its gradients with ours) and nothing in it is slow on purpose; nor is
    anything arranged for speed. Its time grows in proportion to the number of samples: one is run,
    and counted B times.
    """

    T, B, I, H = track.shape
    x, dh_seq = track.x[:, 0].astype(float), track.dh_seq[:, 0].astype(float)
    W, R, b = (track.lstm.params[name].astype(float) for name in ("W0", "R0", "b0"))
    Wi, Wf, Wg, Wo = np.split(np.hstack([R, W]), 4)
    bi, bf, bg, bo = np.split(b, 4)

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def step(x, h_prev, c_prev):
        v = np.concatenate([h_prev, x])
        i = sigmoid(np.dot(Wi, v) + bi)
        f = sigmoid(np.dot(Wf, v) + bf)
        g = np.tanh(np.dot(Wg, v) + bg)
        o = sigmoid(np.dot(Wo, v) + bo)
        c = f * c_prev + i * g
        h = o * np.tanh(c)
        return h, c, (v, i, f, g, o, c_prev, c)

    def step_backward(dh, dc_next, values, grads):
        v, i, f, g, o, c_prev, c = values
        do = dh * np.tanh(c) * o * (1 - o)
        dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)
        di = dc * g * i * (1 - i)
        df = dc * c_prev * f * (1 - f)
        dg = dc * i * (1 - g**2)
        grads["Wi"] += np.outer(di, v)
        grads["Wf"] += np.outer(df, v)
        grads["Wg"] += np.outer(dg, v)
        grads["Wo"] += np.outer(do, v)
        grads["bi"] += di
        grads["bf"] += df
        grads["bg"] += dg
        grads["bo"] += do
        dv = np.dot(Wi.T, di) + np.dot(Wf.T, df) + np.dot(Wg.T, dg) + np.dot(Wo.T, do)
        return dv[:H], dv[H:], f * dc

    def training():
        h, c, values, hs = np.zeros(H), np.zeros(H), [], []
        for t in range(T):
            h, c, kept = step(x[t], h, c)
            values.append(kept)
            hs.append(h)
        grads = {"W" + gate: np.zeros((H, H + I)) for gate in "ifgo"}
        grads |= {"b" + gate: np.zeros(H) for gate in "ifgo"}
        dx, dh, dc = np.zeros((T, I)), np.zeros(H), np.zeros(H)
        for t in reversed(range(T)):
            dh, dx[t], dc = step_backward(dh + dh_seq[t], dc, values[t], grads)
        return np.array(hs), dx, grads

    return Contestant({"training": training}, scale=B)
