"""Near misses of notebook 12."""

import numpy as np
import torch


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def in_numpy(inputs_of, recurrent=lambda h, R, product: product(h, R.T), b_too=True):
    """The loop over the steps in NumPy; `inputs_of` makes the input products of all steps."""

    def answer(x, W, R, b, product):
        h = c = np.zeros((x.shape[1], R.shape[1]))
        h_seq = []
        for z in inputs_of(x, W, product):
            i, f, g, o = np.split(z + recurrent(h, R, product) + b * b_too, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            h_seq.append(h)
        return h_seq

    return answer


def rows(x):
    return x.reshape(-1, x.shape[2])


def hoisted(x, W, product):
    return product(rows(x), W.T).reshape(*x.shape[:2], -1)


def sequences_first(x, W, product):
    """The T · B rows as (B, T, 4H), of which [t] is taken: an IndexError where B is less than T."""
    inputs = product(rows(x), W.T).reshape(x.shape[1], len(x), -1)
    return (inputs[t] for t in range(len(x)))


def hoisted_each_time(x, W, product):
    return (hoisted(x, W, product)[t] for t in range(len(x)))


def in_torch(
    steps=lambda x: x.unbind(0),
    join=torch.stack,
    so_far=lambda h_seq: None,
    between=lambda t, h, c: (h, c),
    weights=lambda W: W,
):
    """The loop over the steps in torch, with one thing or another done differently."""

    def answer(x, W, R, b):
        W, R, b = weights(W), weights(R), weights(b)
        h = c = x.new_zeros(x.shape[1], R.shape[1])
        h_seq = []
        for t, now in enumerate(steps(x)):
            i, f, g, o = (now @ W.T + h @ R.T + b).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            h_seq.append(h)
            so_far(h_seq)
            h, c = between(t, h, c)
        return join(h_seq)

    return answer


def indexed(x):
    return (x[t] for t in range(len(x)))


def sliced(x):
    return (x[t : t + 1].squeeze(0) for t in range(len(x)))


def cut_every(n):
    return lambda t, h, c: (h.detach(), c.detach()) if (t + 1) % n == 0 else (h, c)


def in_float32(h_seq):
    """Written into a tensor of torch's usual type, which rounds them."""
    written = torch.empty(len(h_seq), *h_seq[0].shape)
    for t, h in enumerate(h_seq):
        written[t] = h
    return written


def over_numpy(h_seq):
    return torch.tensor(np.array([h.detach().numpy() for h in h_seq]))


def own_copy_of_the_layer(x, W, R, b):
    layer = torch.nn.LSTM(x.shape[2], R.shape[1], dtype=x.dtype)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(W)
        layer.weight_hh_l0.copy_(R)
        layer.bias_ih_l0.copy_(b)
        layer.bias_hh_l0.zero_()
    return layer(x)[0]


def torchs_own(x, W, R, b):
    zero = x.new_zeros(1, x.shape[1], R.shape[1])
    weights = [W, R, b, torch.zeros_like(b)]
    return torch._VF.lstm(x, (zero, zero), weights, True, 1, 0.0, False, False, False)[0]


def without_gradients(x, W, R, b):
    with torch.no_grad():
        return in_torch(so_far=torch.stack)(x, W, R, b)


def roof(speed):
    def answer(B, H, rate, bandwidth):
        intensity = 2 * B * H / (4 * H + 5 * B)
        return intensity, speed(intensity, rate, bandwidth)

    return answer


def rounded_down(B, H, rate, bandwidth):
    intensity = 2 * B * H // (4 * H + 5 * B)
    return intensity, min(rate, intensity * bandwidth)


def longest_path(T, kernels, launch, work):
    n = np.arange(1, T * kernels + 1)
    return np.max(n * launch + (T * kernels - n + 1) * work)


NEAR_MISSES = [
    ("12.1", in_numpy(hoisted), True, None),
    (
        "12.1",
        in_numpy(lambda x, W, product: np.split(product(np.vstack(x), W.T), len(x))),
        True,
        None,
    ),
    (
        "12.1",
        in_numpy(lambda x, W, product: np.einsum("tbi,gi->tbg", x, W)),
        False,
        "np.einsum are not",
    ),
    ("12.1", in_numpy(hoisted, lambda h, R, product: h @ R.T), False, "product with R is not made"),
    ("12.1", in_numpy(lambda x, W, product: product(x, W.T)), False, "x has three axes"),
    ("12.1", in_numpy(lambda x, W, product: product(rows(x), W)), False, "the product wants W.T"),
    ("12.1", in_numpy(hoisted_each_time), False, "made anew at every step"),
    (
        "12.1",
        in_numpy(lambda x, W, product: [product(x[0], W.T)] * len(x)),
        False,
        "the first x alone",
    ),
    ("12.1", in_numpy(sequences_first), False, "It is right where T = B"),
    ("12.1", in_numpy(hoisted, b_too=False), False, "The bias got lost"),
    ("12.2", in_torch(), True, None),
    ("12.2", in_torch(steps=lambda x: x), True, None),
    ("12.2", torchs_own, True, None),
    ("12.2", in_torch(so_far=torch.stack), False, "forwards each step makes a copy"),
    ("12.2", in_torch(so_far=lambda h_seq: torch.cat(h_seq).detach()), False, "forwards each step"),
    ("12.2", in_torch(indexed, so_far=torch.stack), False, "Both are still there"),
    ("12.2", in_torch(sliced), False, "The joining is mended"),
    ("12.2", in_torch(between=cut_every(10)), False, "only that of the steps after 99 is right"),
    ("12.2", in_torch(between=cut_every(40)), False, "only that of the steps after 79 is right"),
    ("12.2", in_torch(between=cut_every(100)), False, "only that of the steps after 99 is right"),
    ("12.2", in_torch(between=cut_every(1)), False, "no gradient goes back through time"),
    ("12.2", in_torch(join=in_float32), False, "But writing into a tensor"),
    ("12.2", in_torch(indexed, join=in_float32), False, "Both are still there in another form"),
    ("12.2", in_torch(indexed, join=over_numpy), False, "no gradient reaches any of the four"),
    ("12.2", own_copy_of_the_layer, False, "no gradient reaches W, R and b"),
    ("12.2", in_torch(weights=lambda W: W.data), False, "no gradient reaches W, R and b"),
    ("12.2", without_gradients, False, "forwards each step still makes a copy"),
    ("12.2", in_torch(join=lambda h_seq: h_seq), False, None),
    (
        "12.3",
        roof(lambda intensity, rate, bandwidth: np.minimum(rate, intensity * bandwidth)),
        True,
        None,
    ),
    (
        "12.3",
        roof(lambda intensity, rate, bandwidth: min(rate, intensity / bandwidth)),
        False,
        "divided it by",
    ),
    ("12.3", rounded_down, False, "// rounds"),
    (
        "12.3",
        roof(
            lambda intensity, rate, bandwidth: (
                intensity * bandwidth * rate / (rate + intensity * bandwidth)
            )
        ),
        False,
        "two times are added",
    ),
    ("12.4", longest_path, True, None),
    (
        "12.4",
        lambda T, kernels, launch, work: (T * kernels - 1) * max(launch, work) + min(launch, work),
        False,
        "One kernel is missing",
    ),
    (
        "12.4",
        lambda T, kernels, launch, work: T * kernels * min(launch, work) + max(launch, work),
        False,
        "the other way round",
    ),
    (
        "12.4",
        lambda T, kernels, launch, work: (
            T * max(launch, kernels * work) + min(launch, kernels * work)
        ),
        False,
        "has one launch",
    ),
]
