"""Who races on the CPU: NumPy, torch, every backend of `lstm_lib.nn`, onnxruntime, bare products.

Each takes a `Track` and gives a `Contestant`.
"""

import numpy as np
import torch

from lstm_lib.bench.race import Contestant, Track
from lstm_lib.nn import LSTM, to_onnx
from lstm_lib.nn.exchange import PAIRS

BASE = "nn.LSTM"


def torch_lstm(track: Track) -> Contestant:
    """`torch.nn.LSTM` on the CPU (oneDNN on, as by default)."""
    return of_module(track.lstm.to_torch(), track)


def backend(name: str, track: Track) -> Contestant:
    """`lstm_lib.nn.LSTM` with that backend."""
    return of_module(LSTM.from_scratch(track.lstm, backend=name), track)


def of_module(module: torch.nn.Module, track: Track) -> Contestant:
    """A module that is called as torch.nn.LSTM and names its parameters so."""
    dh_seq = torch.tensor(track.dh_seq)
    x, constant = torch.tensor(track.x, requires_grad=True), torch.tensor(track.x)

    def training():
        module.zero_grad()
        x.grad = None
        h_seq, _ = module(x)
        h_seq.backward(dh_seq)
        return h_seq

    def forward():
        with torch.no_grad():
            return module(constant)

    def computed():
        h_seq = training().detach().numpy()
        grads = {
            f"{ours}0": getattr(module, f"{theirs}_l0").grad.numpy()
            for ours, theirs in PAIRS.items()
            if hasattr(module, f"{theirs}_l0")
        }
        return {"h_seq": h_seq, "dx": x.grad.numpy()} | grads

    return Contestant({"training": training, "forward": forward, "step": forward}, computed)


class NaiveLoop(torch.nn.Module):
    """The loop that most people write: the input product inside, and `x[t]`.

    Autograd's gradient of x[t] is as large as x, and there are T of them: time quadratic in T.
    """

    def __init__(self, weight_ih, weight_hh, bias_ih):
        super().__init__()
        for name, value in (
            ("weight_ih_l0", weight_ih),
            ("weight_hh_l0", weight_hh),
            ("bias_ih_l0", bias_ih),
        ):
            self.register_parameter(name, torch.nn.Parameter(torch.tensor(value)))

    def forward(self, x):
        h = c = x.new_zeros(x.shape[1], self.weight_hh_l0.shape[1])
        outputs = []
        for t in range(len(x)):
            z = x[t] @ self.weight_ih_l0.T + h @ self.weight_hh_l0.T + self.bias_ih_l0
            i, f, g, o = z.chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            outputs.append(h)
        return torch.stack(outputs), (h, c)


def naive_loop(track: Track) -> Contestant:
    """`NaiveLoop` with the track's weights."""
    return of_module(NaiveLoop(*(track.lstm.params[name] for name in ("W0", "R0", "b0"))), track)


def scratch_lstm(track: Track) -> Contestant:
    """`lstm_lib.scratch.LSTM`, NumPy alone."""
    lstm, x, dh_seq = track.lstm, track.x, track.dh_seq

    def training():
        h_seq, _, tape = lstm.forward(x)
        return h_seq, *lstm.backward(dh_seq, tape)

    def computed():
        h_seq, grads, dx, _ = training()
        return {"h_seq": h_seq, "dx": dx} | grads

    return Contestant(
        {
            "training": training,
            "forward": lambda: lstm.forward(x),
            "step": lambda: lstm.step(x[0]),
        },
        computed,
    )


def bare_products(track: Track) -> Contestant:
    """The matrix products of a training step alone: what no NumPy LSTM can be faster than."""
    T, B, I, H = track.shape
    W, R = track.lstm.params["W0"], track.lstm.params["R0"]
    x, h_seq = track.x.reshape(T * B, I), track.dh_seq.reshape(T * B, H)
    rng = np.random.default_rng(1)
    dz, h = (rng.standard_normal((n, B)).astype(np.float32) for n in (4 * H, H))
    dZ, R_transposed = np.tile(dz, T), np.ascontiguousarray(R.T)
    inputs, z, dh = np.empty_like(dZ), np.empty_like(dz), np.empty_like(h)
    dW, dR, dx = np.empty_like(W), np.empty_like(R), np.empty_like(x)

    def training():
        np.dot(W, x.T, out=inputs)
        for _ in range(T):
            np.dot(R, h, out=z)
        for _ in range(T):
            np.dot(R_transposed, dz, out=dh)
        np.dot(dZ, x, out=dW)
        np.dot(dZ, h_seq, out=dR)
        np.dot(dZ.T, W, out=dx)

    return Contestant({"training": training})


def onnx_runtime(track: Track) -> Contestant:
    """onnxruntime on the exported graph, forward alone, one thread.

    ImportError where it is not installed.
    """
    import onnxruntime

    T, B, _, H = track.shape
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        to_onnx(LSTM.from_scratch(track.lstm)).SerializeToString(),
        options,
        providers=["CPUExecutionProvider"],
    )
    start = np.zeros((1, B, H), np.float32)
    feed = {"input": track.x, "h0": start, "c0": start, "lengths": np.full(B, T, np.int32)}

    def forward():
        return session.run(["y"], feed)[0]

    return Contestant({"forward": forward}, lambda: {"h_seq": forward()})
