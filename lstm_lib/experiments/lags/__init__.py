"""Long lags by the modern recipe: problems, ways to start a network, training, guessing."""
