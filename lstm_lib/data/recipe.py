"""What a data set is made of: one package, one version, one member, one function to arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lstm_lib.data import places

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Recipe:
    """Everything needed to build one data set's extract, and to say whose it is.

    `member` is the path inside `archive`; `outer.zip!inner.csv` reaches into a zip inside the
    wheel, and `*` stands for any run of characters between two slashes (a set of members).
    `sha256` is that of the member or, for a set, of the sorted lines `<sha256>  <path>`, the text
    that the program `sha256sum` prints. `to_arrays` takes {path: bytes} and returns {name: array}.

    >>> from lstm_lib.data.weather import RECIPE
    >>> RECIPE.package, RECIPE.version, RECIPE.redistributable
    ('openoa', '3.2', True)
    """

    name: str
    title: str
    package: str
    version: str
    archive: str
    member: str
    sha256: str
    extract_sha256: str
    to_arrays: Callable[[Mapping[str, bytes]], Arrays]
    licence: str
    credit: str
    redistributable: bool
    committed: bool
    terms: str = ""

    def __post_init__(self) -> None:
        if self.committed and not self.redistributable:
            raise ValueError(f"{self.name}: what may not be passed on must not be committed")

    @property
    def folder(self) -> Path:
        """Where the extract lies: in the repository if it is committed, else in the cache."""
        return (places.datasets() if self.committed else places.cache()) / self.name

    @property
    def path(self) -> Path:
        """The extract itself, one .npz file."""
        return self.folder / f"{self.name}.npz"

    @property
    def card(self) -> str:
        """The data set's card; made from the recipe's own lines where the file is missing."""
        path = places.datasets() / self.name / "README.md"
        try:
            return path.read_text(encoding="utf-8")
        except OSError:
            return (
                f"# {self.title}\n\nSource: {self.archive}, {self.member}\n"
                f"Licence: {self.licence}\nCredit: {self.credit}\n\n"
                f"(The full card, {path}, is missing.)\n"
            )
