"""One thing to measure: a shape, a precision, a variant, and who computes it."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from lstm_lib.bench.cost import Shape
from lstm_lib.nn import LSTM

CUDNN = "cuDNN"


class Precision(NamedTuple):
    """The parameters' dtype, autocast's (None: off), whether TF32 may be used, and the limit.

    `limit` is how far outputs and gradients may be from float64, max|a − b| / max|b|.
    """

    parameters: torch.dtype
    autocast: torch.dtype | None
    tf32: bool
    limit: float


PRECISIONS = {
    "bf16": Precision(torch.float32, torch.bfloat16, False, 2e-2),
    "TF32": Precision(torch.float32, None, True, 2e-2),
    "fp16": Precision(torch.float16, None, False, 2e-2),
    "fp32": Precision(torch.float32, None, False, 2e-4),
}


@dataclass(frozen=True)
class Entry:
    """`backend` is one of `lstm_lib.nn`'s, or cuDNN: `torch.nn.LSTM`, which has NP alone."""

    shape: Shape
    precision: str
    variant: str
    backend: str

    def __str__(self) -> str:
        shape = ",".join(map(str, self.shape))
        return f"{shape:17} {self.precision:5} {self.variant:5} {self.backend:7}"


@dataclass
class Runner:
    """The actions of an entry, and what to set to None before a training step."""

    actions: dict[str, Callable[[], Any]]
    reset: list[torch.Tensor]
    computed: Callable[[], dict[str, torch.Tensor]]


@contextlib.contextmanager
def numerics(precision: str, device: str) -> Iterator[None]:
    """Autocast and TF32 as that precision has them; TF32 as before afterwards."""
    how = PRECISIONS[precision]
    switches = (torch.backends.cudnn, torch.backends.cuda.matmul)
    before = [switch.allow_tf32 for switch in switches]
    try:
        for switch in switches:
            switch.allow_tf32 = how.tf32
        if how.autocast is None:
            yield
        else:
            with torch.autocast(device, how.autocast):
                yield
    finally:
        for switch, value in zip(switches, before, strict=True):
            switch.allow_tf32 = value


def material(shape: Shape, variant: str) -> tuple[dict[str, torch.Tensor], torch.Tensor, Any]:
    """Weights, x (T, B, I) and the upstream gradient (T, B, H) in float32: the same for all."""
    T, B, I, H = shape
    torch.manual_seed(0)
    weights = LSTM(I, H, variant=variant, backend="loop").state_dict()
    return weights, torch.randn(T, B, I), torch.randn(T, B, H)


def runner(entry: Entry, device: str) -> Runner:
    """Everything on the device; nothing has run yet."""
    _, _, I, H = entry.shape
    how = PRECISIONS[entry.precision]
    weights, x, dh_seq = material(entry.shape, entry.variant)
    if entry.backend == CUDNN:
        module: torch.nn.Module = torch.nn.LSTM(I, H, device=device, dtype=how.parameters)
    else:
        options = {"variant": entry.variant, "backend": entry.backend}
        module = LSTM(I, H, device=device, dtype=how.parameters, **options)
    module.load_state_dict(weights)
    constant = x.to(device, how.parameters)
    return _runner(module, constant, dh_seq.to(device, how.autocast or how.parameters))


def _runner(module: torch.nn.Module, constant: torch.Tensor, dh_seq: torch.Tensor) -> Runner:
    x = constant.clone().requires_grad_()
    reset = [x, *module.parameters()]

    def training():
        h_seq, _ = module(x)
        h_seq.backward(dh_seq)
        return h_seq

    def forward():
        with torch.no_grad():
            return module(constant)

    def computed():
        for tensor in reset:
            tensor.grad = None
        h_seq = training().detach()
        named = {"x": x} | dict(module.named_parameters())
        return {"h_seq": h_seq} | {f"d {name}": tensor.grad for name, tensor in named.items()}

    return Runner({"training": training, "forward": forward}, reset, computed)


def truth(shape: Shape, variant: str, device: str) -> dict[str, torch.Tensor]:
    """Outputs and all gradients by the definition, the loop, in float64."""
    _, _, I, H = shape
    weights, x, dh_seq = material(shape, variant)
    module = LSTM(I, H, variant=variant, backend="loop", device=device, dtype=torch.float64)
    module.load_state_dict(weights)
    return _runner(module, x.to(device).double(), dh_seq.to(device).double()).computed()


def error(got: dict[str, torch.Tensor], want: dict[str, torch.Tensor]) -> tuple[float, str]:
    """The worst max|a − b| / max|b| and where it is; NaN is worse than everything.

    >>> error({"h": torch.ones(2)}, {"h": torch.tensor([1.0, 2.0])})
    (0.5, 'h')
    """
    errors = []
    for name, exact in want.items():
        off = (got[name].double() - exact).abs().max() / exact.abs().max()
        errors.append((float(off) if torch.isfinite(off) else float("inf"), name))
    return max(errors)
