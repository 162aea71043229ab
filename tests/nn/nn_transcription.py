"""The LSTM once more, written from the equations and sharing no code with the library.

One sequence at a time, one step at a time, one gate at a time; torch tensors, so that autograd
gives its gradients. Slow on purpose.
"""

import torch


def lstm_one_sequence(variant, x, h, c, gates, P, reverse=False):
    """x (T, I); h, c (H,); gates (3, H) or None; P: W, R, b, p, G. Returns (T, H), h, c, gates."""
    H = h.shape[0]
    W, R, b = ({k: M[n * H : (n + 1) * H] for n, k in enumerate(variant.blocks)} for M in P[:3])
    p = {} if P[3] is None else {k: P[3][n * H : (n + 1) * H] for n, k in enumerate(variant.gates)}
    G = P[4]
    sigma = lambda z: 1 / (1 + torch.exp(-z))  # noqa: E731
    squash = {"tanh": lambda z: 2 * sigma(2 * z) - 1, "identity": lambda z: z}
    steps = range(len(x) - 1, -1, -1) if reverse else range(len(x))
    out = {}
    for t in steps:

        def net(k, cell=None, t=t, h=h, gates=gates):
            z = torch.mv(W[k], x[t]) + torch.mv(R[k], h) + b[k]
            if k in p:
                z = z + p[k] * cell
            if G is not None and k in "ifo":
                for s in range(3):
                    z = z + torch.mv(G["ifo".index(k), s], gates[s])
            return z

        i = sigma(net("i", c)) if "i" in variant.gates else torch.ones_like(c)
        if variant.coupled:
            f = 1 - i
        else:
            f = sigma(net("f", c)) if "f" in variant.gates else torch.ones_like(c)
        c_new = c * f + i * squash[variant.input_activation](net("g"))
        o = sigma(net("o", c_new)) if "o" in variant.gates else torch.ones_like(c)
        h, c = squash[variant.output_activation](c_new) * o, c_new
        gates = torch.stack([i, f, o])
        out[t] = h
    return torch.stack([out[t] for t in range(len(x))]), h, c, gates


def lstm(module, sequences, hx):
    """`module`'s network on a list of (T_b, I) sequences; hx as the module's, in list order.

    Returns a list of (T_b, D·H) and the state as the module returns it.
    """
    v, D, finals, outputs = module.variant, module.directions, [], []
    for n, x in enumerate(sequences):
        states = []
        for layer in range(module.num_layers):
            columns = []
            for d in range(D):
                s = f"_l{layer}" + ("_reverse" if d else "")
                get = lambda name, s=s: getattr(module, name + s, None)  # noqa: E731
                W, R = get("weight_ih"), get("weight_hh")
                b = torch.zeros(len(W), dtype=W.dtype)
                if module.bias:
                    b = get("bias_ih") + get("bias_hh")
                P = (W, R, b, get("weight_ch"), get("weight_gh"))
                at = layer * D + d
                gates = hx[2][at, :, n] if len(hx) == 3 else None
                y, *state = lstm_one_sequence(v, x, hx[0][at, n], hx[1][at, n], gates, P, d == 1)
                columns.append(y)
                states.append(state)
            x = torch.cat(columns, 1)
        outputs.append(x)
        finals.append(states)
    members = [
        torch.stack([torch.stack([f[at][m] for f in finals], -2) for at in range(len(finals[0]))])
        for m in range(3)
    ]
    return outputs, tuple(members[: len(hx)])
