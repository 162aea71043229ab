"""torch: the LSTM for CPU and GPU, and the parts that models are made of."""

from lstm_lib.nn.lstm import LSTM
from lstm_lib.nn.onnx import to_onnx

__all__ = ["LSTM", "to_onnx"]
