"""Recipes and loaders of `datasets/`: NumPy alone, no model, and no connection once set up."""

from lstm_lib.data.catalog import Status, status
from lstm_lib.data.chorales import Chorales, load_chorales
from lstm_lib.data.errors import DataError
from lstm_lib.data.kanji import Kanji, load_kanji
from lstm_lib.data.mnist import Mnist, load_mnist
from lstm_lib.data.movielens import MovieLens, load_movielens
from lstm_lib.data.pendigits import PenDigits, load_pendigits
from lstm_lib.data.shakespeare import Shakespeare, load_shakespeare
from lstm_lib.data.split import Split, chronological
from lstm_lib.data.stocks import Stocks, load_stocks
from lstm_lib.data.tatoeba import Tatoeba, load_tatoeba
from lstm_lib.data.vowels import Vowels, load_vowels
from lstm_lib.data.weather import Weather, load_weather
from lstm_lib.data.wind import Wind, load_wind

__all__ = [
    "Chorales",
    "DataError",
    "Kanji",
    "Mnist",
    "MovieLens",
    "PenDigits",
    "Shakespeare",
    "Split",
    "Status",
    "Stocks",
    "Tatoeba",
    "Vowels",
    "Weather",
    "Wind",
    "chronological",
    "load_chorales",
    "load_kanji",
    "load_mnist",
    "load_movielens",
    "load_pendigits",
    "load_shakespeare",
    "load_stocks",
    "load_tatoeba",
    "load_vowels",
    "load_weather",
    "load_wind",
    "status",
]
