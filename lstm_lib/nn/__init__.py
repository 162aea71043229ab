"""torch: the LSTM for CPU and GPU, and the parts that models are made of."""

from lstm_lib.nn.lstm import LSTM

__all__ = ["LSTM"]
