"""MovieLens-100K: which film 943 people rated when, in the order of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.recipe import Arrays, Recipe

FOLDER = "recbole/dataset_example/ml-100k"


@dataclass(frozen=True, repr=False)
class MovieLens:
    """100,000 ratings, and the films' titles.

    `user` (R,), `film` (R,) int64: who rated which, both counted from 0, in the file's order.
    `rating` (R,) int8, 1 to 5. `time` (R,) int64, seconds since 1970, UTC.
    `titles`, `years`, `genres`: one entry for each film, by its number; a year can be "".
    """

    user: np.ndarray
    film: np.ndarray
    rating: np.ndarray
    time: np.ndarray
    titles: tuple[str, ...]
    years: tuple[str, ...]
    genres: tuple[str, ...]
    card: str

    def __repr__(self) -> str:
        return f"MovieLens({len(self)} ratings, {self.users} users, {self.films} films)"

    def __len__(self) -> int:
        return len(self.user)

    @property
    def users(self) -> int:
        """How many people there are."""
        return int(self.user.max()) + 1

    @property
    def films(self) -> int:
        """How many films there are."""
        return len(self.titles)

    def histories(self) -> list[np.ndarray]:
        """The films of each user in the order of time, one array of film numbers for each.

        Half of all ratings share their second with the one before: such ties stay in the file's
        order (a stable sort), a choice that moves every score and that a comparison must share.
        """
        return self.by_user(self.film)

    def by_user(self, column: np.ndarray) -> list[np.ndarray]:
        """A column of the ratings (R,) cut by user, each part in the order of `histories`."""
        order = np.lexsort((self.time, self.user))
        counts = np.bincount(self.user, minlength=self.users)
        return np.split(column[order], np.cumsum(counts)[:-1])


def load_movielens() -> MovieLens:
    """MovieLens-100K from the cache, checked against its SHA-256.

    Raises DataError if set-up has not built it yet, or the file is damaged.

    >>> RECIPE.committed, RECIPE.redistributable
    (False, False)
    """
    arrays = extract.read(RECIPE)
    numbers = {name: arrays[name].copy() for name in ("user", "film", "rating", "time")}
    for array in numbers.values():
        array.setflags(write=False)
    texts = {name: tuple(arrays[name].tolist()) for name in ("titles", "years", "genres")}
    return MovieLens(**numbers, **texts, card=RECIPE.card)


def to_arrays(files: Mapping[str, bytes]) -> Arrays:
    """The two tables -> `user`, `film`, `rating`, `time` (R,), `titles`, `years`, `genres` (F,).

    Raises ValueError if a table's columns, or the numbers of its users or films, are not as known.
    """
    ratings = _table(
        files[f"{FOLDER}/ml-100k.inter"], ("user_id", "item_id", "rating", "timestamp")
    )
    films = _table(
        files[f"{FOLDER}/ml-100k.item"], ("item_id", "movie_title", "release_year", "class")
    )
    numbers = np.array(ratings, dtype=np.int64)
    user, film = numbers[:, 0] - 1, numbers[:, 1] - 1
    if [int(row[0]) for row in films] != list(range(1, len(films) + 1)):
        raise ValueError("expected the films to be numbered 1, 2, 3, ... in the table's order")
    if user.min() != 0 or np.unique(user).size != user.max() + 1 or film.max() >= len(films):
        raise ValueError("expected users 1, 2, 3, ... and films of the table alone")
    return {
        "user": user,
        "film": film,
        "rating": numbers[:, 2].astype(np.int8),
        "time": numbers[:, 3],
        "titles": np.array([readable(row[1]) for row in films]),
        "years": np.array([row[2] if row[2].isdigit() else "" for row in films]),
        "genres": np.array([row[3] for row in films]),
    }


def readable(title: str) -> str:
    """A title with its article in front, as it is spoken.

    >>> readable("Usual Suspects, The"), readable("Contempt (Mépris, Le)")
    ('The Usual Suspects', 'Contempt (Le Mépris)')
    """
    name, bracket, other = title.partition(" (")
    if bracket and other.endswith(")"):
        return f"{readable(name)} ({readable(other[:-1])})"
    head, comma, article = title.rpartition(", ")
    known = ("The", "A", "An", "La", "Le", "Les", "L'", "Il", "El", "Der", "Die", "Das", "Los")
    if comma and article in known:
        return f"{article}{'' if article.endswith(chr(39)) else ' '}{head}"
    return title


def _table(content: bytes, names: tuple[str, ...]) -> list[list[str]]:
    header, *rows = content.decode("utf-8").splitlines()
    columns = tuple(column.partition(":")[0] for column in header.split("\t"))
    if columns != names:
        raise ValueError(f"expected the columns {', '.join(names)}; found {', '.join(columns)}")
    return [row.split("\t") for row in rows]


RECIPE = Recipe(
    name="movielens",
    title="MovieLens-100K: 100,000 ratings of 1,682 films by 943 people, 1997-98",
    package="recbole",
    version="1.2.1",
    archive="recbole-1.2.1-py3-none-any.whl",
    member=f"{FOLDER}/ml-100k.i*",
    sha256="a6275442d30da9ff8a21e7ec8c9da8f13af93b0a27e7cd7084f99d1814252e4e",
    extract_sha256="59ebadba77acf7d50255a374e2a704f3a7550448244a893a506f932175f005cb",
    to_arrays=to_arrays,
    licence="GroupLens: research use, no redistribution (terms below)",
    credit="F. M. Harper & J. A. Konstan (2015), The MovieLens Datasets, ACM TiiS 5, 4:19",
    redistributable=False,
    committed=False,
    terms=(
        "MovieLens-100K may be used for research with its source named (F. M. Harper & J. A. "
        "Konstan, 2015). It may not be passed on, nor used to earn money, without the permission "
        "of GroupLens; nobody may state or imply an endorsement by the University of Minnesota."
    ),
)
