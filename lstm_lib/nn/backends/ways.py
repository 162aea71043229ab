"""What a hand-written backward cannot take part in, refused in words that name the way out.

Such a layer is one node for autograd: it has values, and first derivatives in reverse mode. Who
asks for more, or records torch's calls in order to repeat them, would get wrong numbers or none.
"""

from collections.abc import Iterable

import torch
from torch.autograd import forward_ad
from torch.fx.experimental.proxy_tensor import get_proxy_mode


def check_way(name: str, tensors: Iterable[torch.Tensor | None]) -> None:
    """Raises NotImplementedError if a call with these tensors is more than an ordinary one."""
    if torch._C._are_functorch_transforms_active():
        raise refusal(name, "a transform of torch.func")
    present = [t for t in tensors if t is not None]
    if any(torch._C._functorch.is_legacy_batchedtensor(t) for t in present):
        raise refusal(name, "a batch of gradients (vectorize=True, is_grads_batched=True)")
    if forward_ad._current_level >= 0:  # within `dual_level`
        if any(forward_ad.unpack_dual(t).tangent is not None for t in present):
            raise refusal(name, "a derivative in forward mode")
    recorder = _recorder()
    if recorder is not None:
        raise NotImplementedError(
            f"the LSTM's backend {name!r} cannot be recorded by {recorder}: that needs "
            "backend='loop', or for the variant NP backend='torch'"
        )


def refusal(name: str, asked: str) -> NotImplementedError:
    """The error for a derivative that only the definition has."""
    return NotImplementedError(
        f"the LSTM's backend {name!r} has first derivatives in reverse mode alone; {asked} needs "
        "backend='loop'"
    )


def _recorder() -> str | None:
    if torch.jit.is_tracing():
        return "torch.jit.trace"
    if torch.compiler.is_compiling():  # torch.compile itself leaves the module out: `LSTM.forward`
        return "torch.export"
    if get_proxy_mode() is not None:
        return "torch.fx"
    return None
