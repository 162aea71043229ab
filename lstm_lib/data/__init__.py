"""Recipes and loaders of `datasets/`: NumPy alone, no model, and no connection once set up."""

from lstm_lib.data.errors import DataError
from lstm_lib.data.weather import Weather, load_weather

__all__ = ["DataError", "Weather", "load_weather"]
