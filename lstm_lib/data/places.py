"""Where data lie: committed extracts and cards in the repository, everything else in a cache."""

from __future__ import annotations

import os
from pathlib import Path

CACHE_VARIABLE = "LSTM_COURSE_DATA"


def datasets() -> Path:
    """The folder `datasets/` of the course, which holds the cards and the committed extracts.

    >>> datasets().name
    'datasets'
    """
    return Path(__file__).resolve().parents[2] / "datasets"


def cache() -> Path:
    """The folder of what is built at set-up: $LSTM_COURSE_DATA, else `datasets/cache`.

    `~` is the home; a relative name is that of a folder in the course's, for a command as for a
    kernel, which runs elsewhere.

    >>> cache().is_absolute()
    True
    """
    chosen = os.environ.get(CACHE_VARIABLE)
    return datasets().parent / os.path.expanduser(chosen) if chosen else datasets() / "cache"
