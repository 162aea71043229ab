"""The LSTM as a torch module: any variant, any backend, in place of torch.nn.LSTM."""

import functools
import math
import warnings
from collections.abc import Callable

import torch
from torch.nn.utils.rnn import PackedSequence

from lstm_lib.nn import backends, checks
from lstm_lib.nn.backends import torch as own
from lstm_lib.nn.backends.call import Call, Case, State, Weights, precision
from lstm_lib.nn.exchange import from_scratch, to_scratch
from lstm_lib.scratch.variants import Variant, as_variant

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_ch", "weight_gh")


class LSTM(torch.nn.Module):
    """torch.nn.LSTM for the nine variants of Greff et al. (2015); NP is torch's own.

    Called, shaped and initialised as torch.nn.LSTM: with D directions, L layers and K blocks,

    input (T, B, I), (B, T, I) with batch_first, (T, I), or a PackedSequence
    hx = (h, c), each (L·D, B, H)            with gate recurrence (FGR) a third member, the gates
                                             i, f, o of the last step, (L·D, 3, B, H)
    -> y (T, B, D·H), hx                     as the input and as hx

    weight_ih_l0 (K·H, I), weight_hh_l0 (K·H, H), bias_ih_l0, bias_hh_l0 (K·H,), each with _reverse
    for the second direction, in the order of `variant.blocks`; weight_ch_l0 (n·H,), the peepholes,
    in the order of `variant.gates`; weight_gh_l0 (3, 3, H, H), the gate recurrence [target, source]

    `forget_bias` sets the bias with which a cell starts to remember (Gers, Schmidhuber & Cummins
    2000): f's, or the negative of i's where the gates are coupled; without either it has no effect.
    The default None leaves torch's initialisation, uniform in ±1/√H for every parameter.

    Raises ValueError or TypeError that names the argument; what torch answers with a RuntimeError
    is both (`checks.InputError`). Projections (`proj_size`) are not offered.

    torch.compile leaves this module as it is, unless backend="loop"; transforms of torch.func,
    second derivatives and recorders (torch.export, torch.jit.trace) want that backend too, and
    every other says so. For NP, "torch" can what torch.nn.LSTM can.

    >>> lstm = LSTM(3, 4, variant="V")
    >>> y, (h, c) = lstm(torch.zeros(5, 2, 3))
    >>> y.shape, h.shape, torch.equal(y[-1], h[0])
    (torch.Size([5, 2, 4]), torch.Size([1, 2, 4]), True)
    """

    proj_size = 0  # torch.nn.LSTM's; projections are not offered

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: None = None,
        *,
        variant: str | Variant = "NP",
        backend: str = "auto",
        forget_bias: float | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ):
        super().__init__()
        self.input_size = checks.check_size("input_size", input_size)
        self.hidden_size = checks.check_size("hidden_size", hidden_size)
        self.num_layers = checks.check_size("num_layers", num_layers)
        self.dropout = checks.check_dropout(dropout)
        if self.dropout and self.num_layers == 1:
            warnings.warn(
                f"dropout acts between layers: dropout={dropout} has no effect with num_layers=1",
                stacklevel=2,
            )
        self.bias = checks.check_flag("bias", bias)
        self.batch_first = checks.check_flag("batch_first", batch_first)
        self.bidirectional = checks.check_flag("bidirectional", bidirectional)
        checks.refuse_projection(proj_size)
        self.variant = as_variant(variant)
        self.backend = backends.check_name(backend)
        self.forget_bias = checks.check_forget_bias(forget_bias, self.bias)
        for name, shape in self._shapes().items():
            empty = torch.empty(shape, device=device, dtype=dtype)
            self.register_parameter(name, torch.nn.Parameter(empty))
        backends.choose(self.backend, self._case())
        self.reset_parameters()
        self.flatten_parameters()

    @property
    def directions(self) -> int:
        """D: 2 if bidirectional, else 1."""
        return 2 if self.bidirectional else 1

    def _suffixes(self) -> list[str]:
        ways = ("", "_reverse")[: self.directions]
        return [f"_l{layer}{way}" for layer in range(self.num_layers) for way in ways]

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        """Every parameter's name and shape, torch's four of all layers in torch's order."""
        H, variant, shapes = self.hidden_size, self.variant, {}
        rows = len(variant.blocks) * H
        for suffix in self._suffixes():
            first = suffix.startswith("_l0")
            columns = self.input_size if first else H * self.directions
            shapes[f"weight_ih{suffix}"] = (rows, columns)
            shapes[f"weight_hh{suffix}"] = (rows, H)
            if self.bias:
                shapes[f"bias_ih{suffix}"] = shapes[f"bias_hh{suffix}"] = (rows,)
            if variant.peepholes and variant.gates:
                shapes[f"weight_ch{suffix}"] = (len(variant.gates) * H,)
            if variant.gate_recurrence:
                shapes[f"weight_gh{suffix}"] = (3, 3, H, H)
        return shapes

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Uniform in ±1/√H, as torch.nn.LSTM with the same seed; then `forget_bias`."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            parameter.uniform_(-bound, bound)
        if self.forget_bias is None:
            return
        gate, sign = ("i", -1.0) if self.variant.coupled else ("f", 1.0)
        if gate in self.variant.blocks:
            start = self.variant.blocks.index(gate) * self.hidden_size
            for weights in self.weights():
                weights.b_ih.narrow(0, start, self.hidden_size).fill_(sign * self.forget_bias)
                weights.b_hh.narrow(0, start, self.hidden_size).zero_()

    def weights(self) -> list[Weights]:
        """The parameters of each layer and direction, None where there is none."""
        return [
            Weights(*(getattr(self, name + suffix, None) for name in NAMES))
            for suffix in self._suffixes()
        ]

    @property
    def all_weights(self) -> list[list[torch.nn.Parameter]]:
        """As torch.nn.LSTM's: a list for each layer and direction."""
        return [[w for w in weights if w is not None] for weights in self.weights()]

    def flatten_parameters(self) -> None:
        """On a GPU, put the plain LSTM's weights into one piece of memory, as cuDNN wants them.

        As torch.nn.LSTM's; happens of itself when the module is made or moved.
        """
        if self.variant.plain:
            own.flatten(self.weights(), self.bias, self.batch_first, self.bidirectional)

    def _apply(self, fn, recurse=True):
        moved = super()._apply(fn, recurse)
        self.flatten_parameters()
        return moved

    def _case(self) -> Case:
        weight = self.weight_ih_l0
        device = weight.device.type
        return Case(self.variant, device, precision(weight.dtype, device), self.hidden_size)

    def explain(self) -> str:
        """Which backend runs here, why, and why not the others."""
        return backends.explain(self.backend, self._case())

    def forward(
        self, input: torch.Tensor | PackedSequence, hx: State | None = None
    ) -> tuple[torch.Tensor | PackedSequence, State]:
        """The outputs of all steps and the state after the last; see the class."""
        if _compiling() and self.backend != "loop":
            return _as_it_is()(self, input, hx)
        return self._forward(input, hx)

    def _forward(
        self, input: torch.Tensor | PackedSequence, hx: State | None
    ) -> tuple[torch.Tensor | PackedSequence, State]:
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        checks.check_tensor("input", input, self.weight_ih_l0)
        checks.check_input(input, self.input_size, self.batch_first)
        single = input.ndim == 2
        x = input.unsqueeze(1) if single else input.transpose(0, 1) if self.batch_first else input
        state = self._state(hx, None if single else x.shape[1])
        if single:
            state = tuple(part.unsqueeze(-2) for part in state)
        y, state = self._run(x, None, state)
        if single:
            return y.squeeze(1), tuple(part.squeeze(-2) for part in state)
        return y.transpose(0, 1) if self.batch_first else y, state

    def _forward_packed(
        self, packed: PackedSequence, hx: State | None
    ) -> tuple[PackedSequence, State]:
        x, sizes, order, back = packed
        checks.check_tensor("input.data", x, self.weight_ih_l0)
        checks.check_packed(packed, self.input_size)
        state = self._state(hx, int(sizes[0]))
        if order is not None and hx is not None:
            state = tuple(part.index_select(-2, order) for part in state)
        y, state = self._run(x, sizes, state)
        if back is not None:
            state = tuple(part.index_select(-2, back) for part in state)
        return PackedSequence(y, sizes, order, back), state

    def _state(self, hx: State | None, batch: int | None) -> State:
        """`hx` checked, or zeros; `batch` None for a single sequence."""
        rows = () if batch is None else (batch,)
        shape = (self.num_layers * self.directions, *rows, self.hidden_size)
        shapes = {"h": shape, "c": shape}
        if self.variant.gate_recurrence:
            shapes["gates"] = (shape[0], 3, *shape[1:])
        if hx is not None:
            return checks.check_state(hx, shapes, self.weight_ih_l0)
        return tuple(self.weight_ih_l0.new_zeros(shape) for shape in shapes.values())

    def _run(
        self, x: torch.Tensor, sizes: torch.Tensor | None, state: State
    ) -> tuple[torch.Tensor, State]:
        dropout = self.dropout if self.training else 0.0
        call = Call(self.variant, x, sizes, state, self.weights(), self.directions, dropout)
        return backends.choose(self.backend, self._case()).run(call)

    def extra_repr(self) -> str:
        """What differs from the defaults."""
        shown = [f"{self.input_size}, {self.hidden_size}"]
        defaults = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0}
        defaults |= {"bidirectional": False, "backend": "auto", "forget_bias": None}
        for name, default in defaults.items():
            if getattr(self, name) != default:
                shown.append(f"{name}={getattr(self, name)!r}")
        return ", ".join([*shown, f"variant={self.variant.name}"])

    @classmethod
    def from_scratch(cls, scratch_lstm, **options) -> "LSTM":
        """The same network as a `lstm_lib.scratch.LSTM`, its numbers copied exactly.

        b goes into bias_ih, bias_hh is zero. `options` are batch_first, dropout and backend.
        """
        return from_scratch(cls, scratch_lstm, **options)

    def to_scratch(self):
        """The same network as a `lstm_lib.scratch.LSTM`: b is the sum of the two biases.

        What is not a weight (dropout, batch_first) has no counterpart there. Raises ValueError if
        bidirectional.
        """
        return to_scratch(self)

    def __prepare_scriptable__(self):  # torch.jit.script asks for this
        raise NotImplementedError(
            "torch.jit.script cannot read the LSTM's code: take torch.jit.trace with "
            "backend='loop', or for the variant NP backend='torch'"
        )


def _compiling() -> bool:
    """Is this code being read by torch.compile? (torch.export reads in the same way.)"""
    exporting = getattr(torch.compiler, "is_exporting", bool)  # from torch 2.7 on
    return torch.compiler.is_dynamo_compiling() and not exporting()


@functools.cache
def _as_it_is() -> Callable:
    """`LSTM._forward` for torch.compile to call and not to read: our walks over views go wrong
    there. Made when it is needed, as it imports a compiler for seconds."""
    return torch.compiler.disable(LSTM._forward)
