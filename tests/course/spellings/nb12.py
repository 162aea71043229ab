"""The mistakes of notebook 12 in other words than the exercise's own: two or more of each."""

import numpy as np
import torch

from lstm_lib.course.exercises import EXERCISES

RIGHT = {key: EXERCISES[key].solution for key in EXERCISES if key.startswith("12.")}


def squash(z):
    return 0.5 * (1 + np.tanh(z / 2))


def walk(z_of, T, B, H):
    """The steps in NumPy, where z_of(t, h) gives all four pre-activations."""
    h, c, found = np.zeros((B, H)), np.zeros((B, H)), np.zeros((T, B, H))
    for t in range(T):
        z = z_of(t, h)
        c = squash(z[:, H : 2 * H]) * c + squash(z[:, :H]) * np.tanh(z[:, 2 * H : 3 * H])
        h = squash(z[:, 3 * H :]) * np.tanh(c)
        found[t] = h
    return found


def sizes(x, R):
    return len(x), x.shape[1], R.shape[1]


def flat(x):
    return x.reshape(-1, x.shape[2])


def twice_a_step(x, W, R, b, product):
    inputs = [product(x[t], W.T) for t in range(len(x))]
    return walk(lambda t, h: product(h, R.T) + inputs[t] + b, *sizes(x, R))


def transposed_a_step(x, W, R, b, product):
    return walk(lambda t, h: product(W, x[t].T).T + product(R, h.T).T + b, *sizes(x, R))


def joined_columns(x, W, R, b, product):
    both = np.concatenate((R, W), axis=1)
    return walk(lambda t, h: product(np.concatenate((h, x[t]), axis=1), both.T) + b, *sizes(x, R))


def joined_rows(x, W, R, b, product):
    both = np.hstack((W, R))
    return walk(lambda t, h: product(both, np.vstack((x[t].T, h.T))).T + b, *sizes(x, R))


def from_rows(x, R, rows, recurrent):
    B = x.shape[1]
    return walk(lambda t, h: rows[t * B : (t + 1) * B] + recurrent(h), *sizes(x, R))


def mixed(x, R, rows, recurrent):
    T = len(x)
    inputs = rows.reshape(len(x), x.shape[1], -1)
    assert len(inputs) == T
    return walk(lambda t, h: inputs[t] + recurrent(h), *sizes(x, R))


def walk_in_a_list(z_of, T, B, H):
    """As `walk`, for steps that may fail: what is found is kept in a list."""
    h, c, found = np.zeros((B, H)), np.zeros((B, H)), []
    for t in range(T):
        z = z_of(t, h)
        c = squash(z[:, H : 2 * H]) * c + squash(z[:, :H]) * np.tanh(z[:, 2 * H : 3 * H])
        h = squash(z[:, 3 * H :]) * np.tanh(c)
        found.append(h)
    return np.stack(found)


def by_sequence(x):
    """The rows sequence by sequence: (B · T, I)."""
    return np.concatenate([x[:, n] for n in range(x.shape[1])])


def sigmoids(z):
    return 1 / (1 + torch.exp(-z))


def walk_torch(steps, z_of, R, between=lambda h, c: (h, c)):
    """The steps in torch; a list of outputs; `between` two steps something is done to h and c."""
    found, H, state = [], R.shape[1], None
    for now in steps:
        h, c = state or (now.new_zeros(len(now), H),) * 2
        z = z_of(now, h)
        c = sigmoids(z[:, H : 2 * H]) * c + sigmoids(z[:, :H]) * torch.tanh(z[:, 2 * H : 3 * H])
        h = sigmoids(z[:, 3 * H :]) * torch.tanh(c)
        state = between(h, c)
        found.append(h)
    return found


def fine(x, W, R, b, *between):
    """The outputs in a list; nothing quadratic."""
    return walk_torch(x.unbind(), lambda now, h: now @ W.T + h @ R.T + b, R, *between)


def cut_off(between):
    """The outputs, with something done to h and c between the steps."""
    return lambda x, W, R, b: torch.stack(fine(x, W, R, b, between))


def sliced(x, W, R, b):
    """Each step as x[t : t + 1]."""
    steps = [x[t : t + 1].squeeze(0) for t in range(x.shape[0])]
    return walk_torch(steps, lambda now, h: now @ W.T + (h @ R.T + b), R)


def selected(x, W, R, b):
    steps = [x.select(0, t) for t in range(x.shape[0])]
    return walk_torch(steps, lambda now, h: torch.nn.functional.linear(now, W, b) + h @ R.T, R)


def unbound_each_time(x, W, R, b):
    """unbind, but inside the loop."""
    steps = (x.unbind(0)[t] for t in range(x.shape[0]))
    return walk_torch(steps, lambda now, h: now @ W.T + h @ R.T + b, R)


def lengthened(found):
    whole = found[0].unsqueeze(0)
    for h in found[1:]:
        whole = torch.cat([whole, h.unsqueeze(0)])
    return whole


def grown_by_vstack(found):
    whole = torch.zeros(0, *found[0].shape, dtype=found[0].dtype)
    for h in found:
        whole = torch.vstack((whole, h[None]))
    return whole


def filled(found):
    whole = torch.zeros((len(found), *found[0].shape), dtype=found[0].dtype)
    for t in range(len(found)):
        whole[t] = found[t]
    return whole


def filled_by_copy(found):
    whole = torch.empty((len(found), *found[0].shape), dtype=found[0].dtype)
    for t in range(len(found)):
        whole[t].copy_(found[t])
    return whole


def filled_float32(found, make=torch.empty):
    T, (B, H) = len(found), found[0].shape
    whole = make(T, B, H)
    for t in range(T):
        whole[t] = found[t]
    return whole


def without_graph(x, W, R, b):
    with torch.no_grad():
        return torch.stack(selected(x, W, R, b))


def pair(B, H, rate, bandwidth, operations, moved, choose=min):
    intensity = operations / moved
    return intensity, choose(rate, bandwidth * intensity)


def numbers(B, H):
    """Numbers in R, h and z."""
    return H * H * 4, B * H, B * H * 4


def kernel_by_kernel(launches, works):
    ready, end = 0.0, 0.0
    for launch, work in zip(launches, works):
        ready += launch
        end = work + (ready if ready > end else end)
    return end


SPELLINGS = {
    ("12.1", 0): [twice_a_step, transposed_a_step],
    ("12.1", 1): [joined_columns, joined_rows],
    ("12.1", 2): [
        lambda x, W, R, b, product: from_rows(
            x, R, product(flat(x), W.T) + b, lambda h: product(h, R.T) + b
        ),
        lambda x, W, R, b, product: RIGHT["12.1"](x, W, R, 2 * b, product),
    ],
    ("12.1", 3): [
        lambda x, W, R, b, product: from_rows(
            x, R, product(flat(x), W.T), lambda h: product(h, R.T)
        ),
        lambda x, W, R, b, product: RIGHT["12.1"](x, W, R, 0 * b, product),
    ],
    ("12.1", 4): [
        lambda x, W, R, b, product: mixed(
            x, R, product(by_sequence(x), W.T) + b, lambda h: product(h, R.T)
        ),
        lambda x, W, R, b, product: from_rows(
            x, R, product(W, by_sequence(x).T).T, lambda h: product(h, R.T) + b
        ),
    ],
    ("12.1", 5): [
        lambda x, W, R, b, product: from_rows(
            x, R, flat(x).dot(W.T), lambda h: product(h, R.T) + b
        ),
        lambda x, W, R, b, product: walk(
            lambda t, h: np.einsum("bi,ki->bk", x[t], W) + product(R, h.T).T + b, *sizes(x, R)
        ),
    ],
    ("12.1", 6): [
        lambda x, W, R, b, product: from_rows(x, R, flat(x) @ W.T, lambda h: h @ R.T + b),
        lambda x, W, R, b, product: walk(
            lambda t, h: np.dot(x[t], W.T) + np.dot(h, R.T) + b, *sizes(x, R)
        ),
    ],
    ("12.1", 7): [
        lambda x, W, R, b, product: (
            lambda once: from_rows(x, R, product(flat(x), W.T) + b, lambda h: once)
        )(product(np.zeros((x.shape[1], R.shape[1])), R.T)),
        lambda x, W, R, b, product: (lambda rows, once: from_rows(x, R, rows, lambda h: once + b))(
            product(flat(x), W.T), product(R, np.zeros((R.shape[1], x.shape[1]))).T
        ),
    ],
    ("12.1", 8): [
        lambda x, W, R, b, product: from_rows(
            x, R, product(flat(x), W.T) + b, lambda h: product(h, R.T)
        )[len(x) - 1],
        lambda *case: list(RIGHT["12.1"](*case)).pop(),
    ],
    ("12.1", 9): [
        lambda x, W, R, b, product: np.stack(
            list(from_rows(x, R, product(flat(x), W.T) + b, lambda h: product(h, R.T))), axis=1
        ),
        lambda *case: np.swapaxes(RIGHT["12.1"](*case), 0, 1),
    ],
    ("12.1", 10): [
        lambda x, W, R, b, product: (
            lambda rows: walk(lambda t, h: rows[t] + product(h, R.T), *sizes(x, R))
        )(product(flat(x), W.T) + b),
        lambda x, W, R, b, product: (
            lambda rows: walk(lambda t, h: product(R, h.T).T + rows[t : t + 1] + b, *sizes(x, R))
        )(product(W, flat(x).T).T),
    ],
    ("12.1", 11): [
        lambda x, W, R, b, product: (
            lambda z: walk(lambda t, h: z[:, t] + product(h, R.T) + b, *sizes(x, R))
        )(product(flat(x), W.T).reshape(x.shape[1], len(x), -1)),
        lambda x, W, R, b, product: (
            lambda rows: walk(lambda t, h: rows[t :: len(x)] + product(h, R.T), *sizes(x, R))
        )(product(flat(x), W.T) + b),
    ],
    ("12.1", 12): [
        lambda x, W, R, b, product: (
            lambda z: walk_in_a_list(lambda t, h: z[t] + product(h, R.T) + b, *sizes(x, R))
        )(product(flat(x), W.T).reshape(x.shape[1], len(x), -1)),
        lambda x, W, R, b, product: (
            lambda z: walk_in_a_list(lambda t, h: product(R, h.T).T + z[t, :, :], *sizes(x, R))
        )(np.reshape(product(W, flat(x).T).T + b, (x.shape[1], len(x), len(W)))),
    ],
    ("12.2", 0): [
        lambda x, W, R, b: lengthened(fine(x, W, R, b)),
        lambda x, W, R, b: grown_by_vstack(fine(x, W, R, b)),
    ],
    ("12.2", 1): [
        lambda x, W, R, b: torch.stack(selected(x, W, R, b)),
        lambda x, W, R, b: torch.stack(sliced(x, W, R, b)),
        lambda x, W, R, b: torch.stack(unbound_each_time(x, W, R, b)),
    ],
    ("12.2", 2): [
        lambda x, W, R, b: torch.stack(
            walk_torch(
                (lambda z: [z[t] for t in range(len(x))])(torch.nn.functional.linear(x, W, b)),
                lambda now, h: now + h @ R.T,
                R,
            )
        ),
        lambda x, W, R, b: torch.stack(
            walk_torch(
                (lambda z: [z.select(0, t) for t in range(len(x))])(
                    (x.flatten(0, 1) @ W.T).unflatten(0, x.shape[:2])
                ),
                lambda now, h: now + h @ R.T + b,
                R,
            )
        ),
        lambda x, W, R, b: torch.stack(
            walk_torch(
                (lambda z: (z.unbind(0)[t] for t in range(len(x))))(x @ W.T + b),
                lambda now, h: now + h @ R.T,
                R,
            )
        ),
    ],
    ("12.2", 3): [
        lambda x, W, R, b: torch.stack(fine(x.data, W, R, b)),
        lambda x, W, R, b: RIGHT["12.2"](torch.tensor(x.detach().numpy()), W, R, b),
    ],
    ("12.2", 4): [
        lambda x, W, R, b: filled(fine(x, W, R, b)),
        lambda x, W, R, b: filled_by_copy(fine(x, W, R, b)),
        lambda x, W, R, b: filled_float32(fine(x, W, R, b)),
    ],
    ("12.2", 5): [
        lambda x, W, R, b: filled(selected(x, W, R, b)),
        lambda x, W, R, b: filled_by_copy(sliced(x, W, R, b)),
        lambda x, W, R, b: filled(unbound_each_time(x, W, R, b)),
        lambda x, W, R, b: filled_float32(selected(x, W, R, b), torch.zeros),
    ],
    ("12.2", 6): [
        lambda x, W, R, b: torch.stack(fine(x, W, R, b)).transpose(0, 1),
        lambda x, W, R, b: torch.stack(fine(x, W, R, b), 1),
    ],
    ("12.2", 7): [
        lambda x, W, R, b: torch.vstack(fine(x, W, R, b)),
        lambda x, W, R, b: torch.stack(fine(x, W, R, b)).flatten(0, 1),
    ],
    ("12.2", 8): [
        lambda x, W, R, b: fine(x, W, R, b)[len(x) - 1],
        lambda x, W, R, b: torch.stack(fine(x, W, R, b))[-1],
    ],
    ("12.2", 9): [
        lambda x, W, R, b: torch.stack([h.detach() for h in fine(x, W, R, b)]),
        lambda x, W, R, b: torch.tensor(
            np.array([h.detach().numpy() for h in selected(x, W, R, b)])
        ),
        without_graph,
    ],
    ("12.2", 10): [
        lambda x, W, R, b: lengthened(unbound_each_time(x, W, R, b)),
        lambda x, W, R, b: grown_by_vstack(sliced(x, W, R, b)),
    ],
    ("12.2", 11): [
        cut_off(lambda h, c: (h.data, c)),
        cut_off(lambda h, c: (torch.tensor(h.detach().numpy()), c)),
    ],
    ("12.2", 12): [
        cut_off(lambda h, c: (h, c.data)),
        cut_off(lambda h, c: (h, torch.tensor(c.detach().numpy()))),
    ],
    ("12.2", 13): [
        cut_off(lambda h, c: (h.data, c.data)),
        cut_off(lambda h, c: (h.detach(), torch.tensor(c.detach().numpy()))),
    ],
    ("12.3", 0): [
        lambda B, H, rate, bandwidth: pair(B, H, rate, bandwidth, 8 * B * H**2, sum(numbers(B, H))),
        lambda B, H, rate, bandwidth: (
            8 * B * H / (4 * H + 5 * B),
            min(8 * B * H / (4 * H + 5 * B) * bandwidth, rate),
        ),
    ],
    ("12.3", 1): [
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, B * 4 * H**2, 4 * sum(numbers(B, H))
        ),
        lambda B, H, rate, bandwidth: (
            RIGHT["12.3"](B, H, rate, bandwidth)[0] / 2,
            RIGHT["12.3"](B, H, rate, bandwidth / 2)[1],
        ),
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, 8 * B * H**2, 8 * sum(numbers(B, H))
        ),
    ],
    ("12.3", 2): [
        lambda B, H, rate, bandwidth: (B / 2, min(rate, B / 2 * bandwidth)),
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, 8 * B * H**2, 4 * numbers(B, H)[0]
        ),
    ],
    ("12.3", 3): [
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, 8 * B * H**2, 4 * sum(numbers(B, H)[:2])
        ),
        lambda B, H, rate, bandwidth: pair(B, H, rate, bandwidth, 8 * B * H, 16 * H + 4 * B),
    ],
    ("12.3", 4): [
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, 8 * B * H**2, 4 * (4 * H * H + B * H + B * H)
        ),
        lambda B, H, rate, bandwidth: pair(B, H, rate, bandwidth, B * H, 2 * H + B),
    ],
    ("12.3", 5): [
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, 2 * B * H**2, 4 * (H * H + B * H + B * H)
        ),
        lambda B, H, rate, bandwidth: pair(B, H, rate, bandwidth, B * H / 2, H + 2 * B),
    ],
    ("12.3", 6): [
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, 8 * B * H**2, 4 * sum(numbers(B, H)), max
        ),
        lambda B, H, rate, bandwidth: (
            RIGHT["12.3"](B, H, rate, bandwidth)[0],
            sorted((rate, bandwidth * RIGHT["12.3"](B, H, rate, bandwidth)[0]))[1],
        ),
    ],
    ("12.3", 7): [
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, 4 * sum(numbers(B, H)), 8 * B * H**2
        ),
        lambda B, H, rate, bandwidth: (
            1 / RIGHT["12.3"](B, H, rate, bandwidth)[0],
            min(rate, bandwidth / RIGHT["12.3"](B, H, rate, bandwidth)[0]),
        ),
    ],
    ("12.3", 8): [
        lambda B, H, rate, bandwidth: tuple(reversed(RIGHT["12.3"](B, H, rate, bandwidth))),
        lambda *case: [RIGHT["12.3"](*case)[1], RIGHT["12.3"](*case)[0]],
    ],
    ("12.3", 9): [
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, 2 * B * H, 4 * H + 5 * B, lambda rate, slope: slope
        ),
        lambda B, H, rate, bandwidth: RIGHT["12.3"](B, H, 1e99, bandwidth),
        lambda B, H, rate, bandwidth: RIGHT["12.3"](B, H, rate * 1e9, bandwidth),
    ],
    ("12.3", 10): [
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, 8 * B * H**2, 4 * (4 * H * H + 4 * B * H)
        ),
        lambda B, H, rate, bandwidth: pair(B, H, rate, bandwidth, B * H, 2 * (H + B)),
    ],
    ("12.3", 11): [
        lambda B, H, rate, bandwidth: pair(
            B, H, rate, bandwidth, 8 * B * H**2, 4 * (B * 4 * H * H + B * H + B * 4 * H)
        ),
        lambda B, H, rate, bandwidth: RIGHT["12.3"](1, H, rate, bandwidth),
    ],
    ("12.3", 12): [
        lambda B, H, rate, bandwidth: (
            (4 * H + 5 * B) / (2 * B * H),
            min(rate, bandwidth / ((4 * H + 5 * B) / (2 * B * H))),
        ),
        lambda *case: [RIGHT["12.3"](*case)[0] ** -1, RIGHT["12.3"](*case)[1]],
    ],
    ("12.3", 13): [
        lambda B, H, rate, bandwidth: (
            2 * B * H / (4 * H + 5 * B),
            min(rate, bandwidth * (4 * H + 5 * B) / (2 * B * H)),
        ),
        lambda B, H, rate, bandwidth: (
            lambda intensity: (intensity, sorted((bandwidth / intensity, rate))[0])
        )(RIGHT["12.3"](B, H, rate, bandwidth)[0]),
    ],
    ("12.3", 14): [
        lambda B, H, rate, bandwidth: (RIGHT["12.3"](B, H, rate, bandwidth)[0], rate),
        lambda B, H, rate, bandwidth: RIGHT["12.3"](B, H, rate, bandwidth * 1e9),
    ],
    ("12.3", 15): [
        lambda B, H, rate, bandwidth: RIGHT["12.3"](B, H, rate * 1e9, bandwidth * 1e9),
        lambda B, H, rate, bandwidth: (
            2 * B * H / (4 * H + 5 * B),
            min(rate, 2 * B * H / (4 * H + 5 * B) * bandwidth) * 10**9,
        ),
    ],
    ("12.3", 16): [
        lambda B, H, rate, bandwidth: RIGHT["12.3"](B, H, rate / 1e9, bandwidth / 1e9),
        lambda B, H, rate, bandwidth: (
            2 * B * H / (4 * H + 5 * B),
            min(rate, 2 * B * H / (4 * H + 5 * B) * bandwidth) * 1e-9,
        ),
    ],
    ("12.4", 0): [
        lambda T, kernels, launch, work: sum(launch + work for _ in range(T * kernels)),
        lambda T, kernels, launch, work: T * (kernels * launch + kernels * work),
    ],
    ("12.4", 1): [
        lambda T, kernels, launch, work: sum([launch] * (T * kernels)),
        lambda T, kernels, launch, work: launch * kernels * T,
    ],
    ("12.4", 2): [
        lambda T, kernels, launch, work: sum([work] * (T * kernels)),
        lambda T, kernels, launch, work: work * kernels * T,
    ],
    ("12.4", 3): [
        lambda T, kernels, launch, work: max(T * kernels * launch, T * kernels * work),
        lambda T, kernels, launch, work: sum(max(launch, work) for _ in range(T * kernels)),
    ],
    ("12.4", 4): [
        lambda T, kernels, launch, work: kernel_by_kernel([launch] * kernels, [work] * kernels),
        lambda T, kernels, launch, work: launch + work + (kernels - 1) * max(launch, work),
    ],
    ("12.4", 5): [
        lambda T, kernels, launch, work: kernel_by_kernel([launch] * T, [work] * T),
        lambda T, kernels, launch, work: launch + work + (T - 1) * max(launch, work),
    ],
    ("12.4", 6): [
        lambda T, kernels, launch, work: T * kernel_by_kernel([launch] * kernels, [work] * kernels),
        lambda T, kernels, launch, work: T * (launch + work + (kernels - 1) * max(launch, work)),
    ],
    ("12.4", 7): [
        lambda T, kernels, launch, work: kernel_by_kernel(
            [launch] + [0] * (T * kernels - 1), [work] * (T * kernels)
        ),
        lambda T, kernels, launch, work: launch + sum([work] * kernels) * T,
    ],
    ("12.4", 8): [
        lambda T, kernels, launch, work: sum([launch] * (T * kernels)) + work,
        lambda T, kernels, launch, work: work + launch * kernels * T,
    ],
    ("12.4", 9): [
        lambda T, kernels, launch, work: sum([max(launch, work)] * (T * kernels), launch),
        lambda T, kernels, launch, work: launch + max(T * kernels * launch, T * kernels * work),
    ],
    ("12.4", 10): [
        lambda T, kernels, launch, work: sum([max(launch, work)] * (T * kernels), work),
        lambda T, kernels, launch, work: max(T * kernels * launch, T * kernels * work) + work,
    ],
    ("12.4", 11): [
        lambda T, kernels, launch, work: sum([max(launch, work)] * (T * kernels - 1), work),
        lambda T, kernels, launch, work: kernel_by_kernel(
            [0] + [launch] * (T * kernels - 1), [work] * (T * kernels)
        ),
    ],
    ("12.4", 12): [
        lambda T, kernels, launch, work: sum(launch + kernels * work for _ in range(T)),
        lambda T, kernels, launch, work: T * launch + T * kernels * work,
    ],
}
