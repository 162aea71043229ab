"""NumPy alone: the LSTM from one gate up, in the order of the course.

`gates` and `cell` (one step, to be read), `layer` (whole sequences, fast), `variants`, `rnn`,
`dense`, `losses`, `optim`, `bptt`, `gradcheck`. Behind the layer: `sweep`, `sweep_back`, `pool`.
"""

from lstm_lib.scratch import cell
from lstm_lib.scratch.bptt import streams, truncated_bptt
from lstm_lib.scratch.dense import Dense
from lstm_lib.scratch.gates import sigmoid, sigmoid_slope, tanh, tanh_slope
from lstm_lib.scratch.gradcheck import GradCheck, gradcheck, relative_error
from lstm_lib.scratch.layer import LSTM, Tape
from lstm_lib.scratch.losses import mse, sigmoid_cross_entropy, softmax_cross_entropy
from lstm_lib.scratch.optim import SGD, Adam, RMSProp, clip_global_norm
from lstm_lib.scratch.rnn import RNN
from lstm_lib.scratch.variants import VARIANTS, Variant

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
    "streams",
    "tanh",
    "tanh_slope",
    "truncated_bptt",
]
