"""NumPy alone: the LSTM from one gate up."""

from .layer import LSTM
from .variants import VARIANTS, Variant

__all__ = ["LSTM", "VARIANTS", "Variant"]
