"""The nine LSTM variants as data.

Greff, Srivastava, Koutník, Steunebrink & Schmidhuber (2015), "LSTM: a search space odyssey",
section 3 and appendix A. Greff's z is our g (the candidate), his y our h (the output).

NumPy and torch read the same objects: no code asks for a variant by its name.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from lstm_lib.arguments import check_flag


@dataclass(frozen=True)
class Variant:
    """What one kind of LSTM consists of.

    A gate that is absent is constantly 1. `coupled` means f = 1 - i (then `forget_gate` is False,
    since f has no weights of its own). Activations are "tanh" or "identity".

    >>> VARIANTS["CIFG"].blocks
    ('i', 'g', 'o')
    >>> VARIANTS["CIFG"].gates
    ('i', 'o')
    """

    name: str
    input_gate: bool = True
    forget_gate: bool = True
    output_gate: bool = True
    input_activation: str = "tanh"
    output_activation: str = "tanh"
    coupled: bool = False
    peepholes: bool = True
    gate_recurrence: bool = False

    def __post_init__(self):
        for field in ("input_gate", "forget_gate", "output_gate", "coupled", "peepholes"):
            check_flag(field, getattr(self, field))
        check_flag("gate_recurrence", self.gate_recurrence)
        for field in ("input_activation", "output_activation"):
            if getattr(self, field) not in ("tanh", "identity"):
                raise ValueError(
                    f"{field} must be 'tanh' or 'identity'; got {getattr(self, field)!r}"
                )
        if self.coupled and (self.forget_gate or not self.input_gate):
            raise ValueError(
                "coupled means f = 1 - i: it needs input_gate=True and forget_gate=False; got "
                f"input_gate={self.input_gate}, forget_gate={self.forget_gate}"
            )
        if self.gate_recurrence and len(self.gates) < 3:
            raise ValueError(
                "gate_recurrence needs all three gates with weights of their own (i, f, o); got "
                f"{self.gates}"
            )

    @property
    def gates(self) -> tuple[str, ...]:
        """The sigmoid gates that have weights, in the order i, f, o (the rows of `p`)."""
        present = {"i": self.input_gate, "f": self.forget_gate, "o": self.output_gate}
        return tuple(gate for gate in "ifo" if present[gate])

    @property
    def blocks(self) -> tuple[str, ...]:
        """The blocks of `W`, `R` and `b`, in the order i, f, g, o."""
        return tuple(block for block in "ifgo" if block == "g" or block in self.gates)

    @cached_property
    def plain(self) -> bool:
        """Is it, under any name, NP, the LSTM of torch, Keras and most papers?

        >>> [name for name, variant in VARIANTS.items() if variant.plain]
        ['NP']
        """
        return replace(self, name="NP") == VARIANTS["NP"]


VARIANTS: dict[str, Variant] = {
    v.name: v
    for v in (
        Variant("V"),
        Variant("NIG", input_gate=False),
        Variant("NFG", forget_gate=False),
        Variant("NOG", output_gate=False),
        Variant("NIAF", input_activation="identity"),
        Variant("NOAF", output_activation="identity"),
        Variant("CIFG", forget_gate=False, coupled=True),
        Variant("NP", peepholes=False),
        Variant("FGR", gate_recurrence=True),
    )
}


def as_variant(variant: "str | Variant") -> Variant:
    """The `Variant` of that name, or the one given. Raises ValueError for an unknown name.

    >>> as_variant("NP").peepholes
    False
    """
    if isinstance(variant, Variant):
        return variant
    if not isinstance(variant, str):
        raise TypeError(f"variant must be a name or a Variant; got {type(variant).__name__}")
    if variant not in VARIANTS:
        raise ValueError(f"variant must be one of {', '.join(VARIANTS)}; got {variant!r}")
    return VARIANTS[variant]
