"""The library under the course: one LSTM, from NumPy (`scratch`) to torch (`nn`, `train`, `tasks`).

Nothing is imported here, so that `import lstm_lib.scratch` needs NumPy and nothing else.
"""

__version__ = "0.1.0"
