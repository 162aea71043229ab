"""Mixed precision: the forward pass in fewer bits, weights and optimiser in float32."""

from contextlib import AbstractContextManager, nullcontext

import torch

DTYPES = {"float32": None, "bfloat16": torch.bfloat16, "float16": torch.float16}
# On a CPU float16 is slower than float32, and nothing needs its range: bfloat16 is there.
FLOAT16_DEVICES = ("cuda",)


class Precision:
    """How the loss of a training is computed: "float32" (as it is written), "bfloat16", "float16".

    The two short ones run the loss under torch.autocast (Micikevicius et al., 2018, "Mixed
    precision training", section 3.1). float16 ends at 6e-8 below: there the loss is multiplied by a
    scale, found by trial, and the gradient divided by it (section 3.2); a step whose scaled
    gradient overflows is skipped, and the scale halved.

    Raises ValueError for another name, and for float16 on a CPU.

    >>> with Precision("bfloat16", torch.device("cpu")).autocast():
    ...     (torch.ones(1, 1) @ torch.ones(1, 1)).dtype
    torch.bfloat16
    """

    def __init__(self, name: str, device: torch.device):
        if name not in DTYPES:
            raise ValueError(f"precision must be one of {', '.join(DTYPES)}; got {name!r}")
        if name == "float16" and device.type not in FLOAT16_DEVICES:
            raise ValueError(
                f"precision 'float16' needs a GPU; the model is on {device}: use 'bfloat16' there"
            )
        self.name, self.device = name, device
        self.scaler = torch.amp.GradScaler(device.type) if name == "float16" else None

    def autocast(self) -> AbstractContextManager:
        """Where the loss is to be computed (the forward pass alone)."""
        dtype = DTYPES[self.name]
        return nullcontext() if dtype is None else torch.autocast(self.device.type, dtype)

    def scaled(self, loss: torch.Tensor) -> torch.Tensor:
        """What to call `backward` on."""
        return loss if self.scaler is None else self.scaler.scale(loss)

    def unscale(self, optimizer: torch.optim.Optimizer) -> None:
        """Bring the gradients back to their size, before anything looks at them."""
        if self.scaler is not None:
            self.scaler.unscale_(optimizer)

    def adapt(self) -> None:
        """End a step: halve the scale after an overflow, double it after many without one."""
        if self.scaler is not None:
            self.scaler.update()

    @property
    def scale(self) -> float:
        """The factor on the loss.

        >>> Precision("float32", torch.device("cpu")).scale
        1.0
        """
        return 1.0 if self.scaler is None else self.scaler.get_scale()

    def pack(self) -> dict:
        """The state, as JSON holds it."""
        return {} if self.scaler is None else self.scaler.state_dict()

    def unpack(self, state: dict) -> None:
        """The inverse of `pack`."""
        if self.scaler is not None:
            self.scaler.load_state_dict(state)
