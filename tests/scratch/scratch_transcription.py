"""The equations of Greff et al. (2015), written down once more, in torch, a time step at a time.

Independent of lstm_lib.scratch on purpose: gates come by name, each with its own small matrices, in
the notation of the paper. It shares nothing with the library but the layout of the parameters.
"""

import torch

HAS = {  # gates with weights, by variant
    "V": "ifo", "NIG": "fo", "NFG": "io", "NOG": "if", "NIAF": "ifo", "NOAF": "ifo",
    "CIFG": "io", "NP": "ifo", "FGR": "ifo",
}  # fmt: skip


def run(variant, params, x, state, lengths=None):
    """All layers over x (T, B, I), sequence by sequence → h_seq and the final state."""
    T, B, _ = x.shape
    L = sum(name.startswith("W") for name in params)
    lengths = [T] * B if lengths is None else [int(n) for n in lengths]
    outputs, finals = [], [[] for _ in state]
    for b in range(B):
        sequence = [x[t, b] for t in range(lengths[b])]
        ends = []
        for layer in range(L):
            own = {name[0]: value for name, value in params.items() if name[1:] == str(layer)}
            start = [part[layer, ..., b, :] for part in state]
            sequence, end = _layer(variant, own, sequence, start)
            ends.append(end)
        H = sequence[0].shape[0]
        padding = [torch.zeros(H, dtype=x.dtype)] * (T - len(sequence))
        outputs.append(torch.stack(sequence + padding))
        for k, final in enumerate(finals):
            final.append(torch.stack([end[k] for end in ends]))
    return torch.stack(outputs, 1), tuple(torch.stack(final, -2) for final in finals)


def _layer(variant, own, xs, start):
    y, s = start[0], start[1]
    gates = dict(zip("ifo", start[2])) if variant == "FGR" else None
    H = y.shape[0]
    names = [n for n in "ifgo" if n == "g" or n in HAS[variant]]
    W, R, b = (dict(zip(names, own[k].split(H))) for k in "WRb")
    p = dict(zip(HAS[variant], own["p"].split(H))) if variant != "NP" else {}
    ys = []

    def gate(name, x, seen):
        z = W[name] @ x + R[name] @ y + b[name]
        if variant != "NP":
            z = z + p[name] * seen
        if variant == "FGR":
            for k, source in enumerate("ifo"):
                z = z + own["G"]["ifo".index(name), k] @ gates[source]
        return 1 / (1 + torch.exp(-z))

    for x in xs:
        z = W["g"] @ x + R["g"] @ y + b["g"]
        z = z if variant == "NIAF" else torch.tanh(z)
        i = 1.0 if variant == "NIG" else gate("i", x, s)
        f = 1.0 if variant == "NFG" else 1 - i if variant == "CIFG" else gate("f", x, s)
        s = z * i + s * f
        o = 1.0 if variant == "NOG" else gate("o", x, s)
        if variant == "FGR":
            gates = {"i": i, "f": f, "o": o}
        y = (s if variant == "NOAF" else torch.tanh(s)) * o
        ys.append(y)
    return ys, [y, s] + ([torch.stack([gates[k] for k in "ifo"])] if gates else [])
