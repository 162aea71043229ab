"""Recommendation: the film that someone rates next, from the films rated so far.

data -> floors -> model -> report; notebook 15 writes the same steps out by hand.

The task. MovieLens-100K, 943 people, 1,682 films; each one's last film is the test, the one before
it the validation, the rest the training part. All films are ranked, those already rated competing
("unmasked") or left out ("masked"); HR@10 and NDCG@10, a tie counted against the scorer. Before the
test film a model reads all that came before, the validation film included; nothing is fitted or
counted on either.
"""

from lstm_lib.tasks.recommend.comparison import choose_shares, compare, read_ranks
from lstm_lib.tasks.recommend.data import (
    FULL,
    LAPTOP,
    Config,
    History,
    Prepared,
    beside,
    padded,
    prepare,
    reordered,
    windows,
)
from lstm_lib.tasks.recommend.floors import (
    FLOORS,
    decayed_markov,
    markov,
    neighbours,
    others_markov,
    popularity,
    shares,
    smoothed_markov,
    transitions,
)
from lstm_lib.tasks.recommend.model import (
    Recommender,
    loss,
    mixed,
    score,
    surprise,
    together,
    train,
    trainer,
)
from lstm_lib.tasks.recommend.ranking import gains, hits, ranks, sampled_ranks, seen_films
from lstm_lib.tasks.recommend.report import EXPERIMENT, load
from lstm_lib.tasks.recommend.suggest import Suggestions, find, near, recommend, title

__all__ = [
    "EXPERIMENT",
    "FLOORS",
    "FULL",
    "LAPTOP",
    "Config",
    "History",
    "Prepared",
    "Recommender",
    "Suggestions",
    "beside",
    "choose_shares",
    "compare",
    "decayed_markov",
    "find",
    "gains",
    "hits",
    "load",
    "loss",
    "markov",
    "mixed",
    "near",
    "neighbours",
    "others_markov",
    "padded",
    "popularity",
    "prepare",
    "ranks",
    "read_ranks",
    "recommend",
    "reordered",
    "sampled_ranks",
    "score",
    "seen_films",
    "shares",
    "smoothed_markov",
    "surprise",
    "title",
    "together",
    "train",
    "trainer",
    "transitions",
    "windows",
]
