"""NumPy alone: the LSTM from one gate up."""
