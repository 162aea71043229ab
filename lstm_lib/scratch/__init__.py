"""NumPy alone: the LSTM from one gate up, in the order of the course.

`gates` and `cell` (one step, to be read), `layer` (whole sequences, fast), `variants`, `rnn`,
`dense`, `losses`, `optim`, `bptt`, `gradcheck`. Behind the layer: `sweep`, `sweep_back`, `pool`.
"""

from . import cell
from .bptt import truncated_bptt
from .dense import Dense
from .gates import sigmoid, sigmoid_slope, tanh, tanh_slope
from .gradcheck import GradCheck, gradcheck, relative_error
from .layer import LSTM, Tape
from .losses import mse, sigmoid_cross_entropy, softmax_cross_entropy
from .optim import SGD, Adam, RMSProp, clip_global_norm
from .rnn import RNN
from .variants import VARIANTS, Variant

__all__ = [
    "LSTM",
    "RNN",
    "SGD",
    "VARIANTS",
    "Adam",
    "Dense",
    "GradCheck",
    "RMSProp",
    "Tape",
    "Variant",
    "cell",
    "clip_global_norm",
    "gradcheck",
    "mse",
    "relative_error",
    "sigmoid",
    "sigmoid_cross_entropy",
    "sigmoid_slope",
    "softmax_cross_entropy",
    "tanh",
    "tanh_slope",
    "truncated_bptt",
]
