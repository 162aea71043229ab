"""The reader names films and gets recommendations; which films lie near each other."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_lib.tasks.recommend.data import History, Prepared
from lstm_lib.tasks.recommend.model import Recommender, score, together


@dataclass(frozen=True, repr=False)
class Suggestions:
    """`films`: (number, title with year, probability) of each, the likeliest first; `understood`:
    the titles that were taken, in order; `remarks`: what could not be taken, and why.
    """

    films: list[tuple[int, str, float]]
    understood: list[str]
    remarks: list[str]

    def __repr__(self) -> str:
        rows = [f"{place:3}. {title}" for place, (_, title, _) in enumerate(self.films, 1)]
        return "\n".join([*self.remarks, *rows])


def title(data: Prepared, film: int) -> str:
    """The title with its year: "Fargo (1996)"."""
    year = data.years[film]
    return f"{data.titles[film]} ({year})" if year else data.titles[film]


def find(data: Prepared, name: str) -> int:
    """The number of the film with this title, with or without its year; capitals do not matter.

    Of several films with one title the most rated is taken; the year tells them apart. Raises
    LookupError, with the closest titles, if there is none; TypeError if it is not text.
    """
    if not isinstance(name, str):
        raise TypeError(f"a film is named by its title, a text; got {type(name).__name__}")
    wanted = _plain(name)
    named = {}
    for film in np.argsort(data.popularity, kind="stable").tolist():
        for known in (data.titles[film], title(data, film)):
            named[_plain(known)] = film
    if wanted in named:
        return named[wanted]
    shown = name if len(name) <= 60 else name[:57] + "..."
    if not wanted:
        raise LookupError("an empty title names no film")
    within = [known for known in named if len(wanted) >= 4 and wanted in known]
    close = difflib.get_close_matches(wanted[:100], named, n=6, cutoff=0.6)
    offers = list(dict.fromkeys(title(data, named[known]) for known in [*close, *within]))[:3]
    hint = f" Did you mean {' or '.join(offers)}?" if offers else ""
    first = min(filter(None, data.years))
    raise LookupError(
        f"No film here is called {shown!r} (they are of {first} to {max(data.years)}).{hint}"
    )


def recommend(
    models: Recommender | Sequence[Recommender],
    data: Prepared,
    titles: Sequence[str],
    ratings: Sequence[int] | None = None,
    count: int = 10,
) -> Suggestions:
    """What someone who rated these films, in this order, would rate next; never one of them.

    `ratings`, of 1 to 5, one for each title; 4 if not given. All count as rated at the end of the
    data, in one go. A title that is not there, or is there twice, is left out with a remark; with
    none left the most popular films are recommended. Where films of several years bear a title, a
    remark says which was taken. Several models vote by their mean.

    Raises TypeError for a title that is not text, ValueError for ratings or a count out of range.
    """
    titles = [titles] if isinstance(titles, str) else list(titles)
    ratings = [4] * len(titles) if ratings is None else list(ratings)
    if len(ratings) != len(titles):
        raise ValueError(f"ratings must have {len(titles)} entries; got {len(ratings)}")
    if wrong := [stars for stars in ratings if stars not in (1, 2, 3, 4, 5)]:
        raise ValueError(f"ratings must be 1, 2, 3, 4 or 5; got {wrong[0]!r}")
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError(f"count must be an integer of at least 1; got {count!r}")
    chosen: dict[int, int] = {}
    remarks = []
    for name, stars in zip(titles, ratings, strict=True):
        try:
            film = find(data, name)
        except LookupError as unknown:
            remarks.append(str(unknown))
            continue
        if film in chosen:
            remarks.append(f"{title(data, film)} is named twice: it counts once.")
            continue
        chosen[film] = stars
        if others := _namesakes(data, film, name):
            remarks.append(
                f"{title(data, film)} was taken, the most rated of its name; "
                f"there is also {' and '.join(others)}."
            )
    if chosen:
        films = np.array(list(chosen))
        time = np.full(len(films), data.span[1])
        given = History(films, np.array(list(chosen.values())), time)
        models = [models] if isinstance(models, Recommender) else list(models)
        probability = np.exp(together([score(model, data, [given]) for model in models])[0])
        probability[films] = 0.0
        probability /= probability.sum()
    else:
        remarks.append("No film is known of you: these are the most popular ones.")
        probability = data.popularity / data.popularity.sum()
    best = np.argsort(-probability, kind="stable")[: min(count, data.films - len(chosen))]
    return Suggestions(
        films=[(int(film), title(data, film), float(probability[film])) for film in best],
        understood=[title(data, film) for film in chosen],
        remarks=remarks,
    )


def near(
    models: Recommender | Sequence[Recommender],
    data: Prepared,
    name: str,
    count: int = 10,
    least: int = 20,
) -> list[tuple[str, float]]:
    """The films whose learned vectors point most nearly the same way, with the cosine.

    Near are films that are rated in the same situations, of one decade or one page of the site.
    Genres were never seen, yet near films share one about twice as often as any two do. Of several
    models the mean cosine is taken. Only films that were rated at least `least` times in training:
    a vector that was seldom met is still near its random start. Raises LookupError if no film has
    this title.
    """
    film, cosine = find(data, name), np.zeros(data.films)
    models = [models] if isinstance(models, Recommender) else list(models)
    for model in models:
        vectors = model.vectors.detach().cpu().double().numpy()
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12)
        cosine += vectors @ vectors[film] / len(models)
    cosine[data.popularity < least] = -np.inf
    cosine[film] = -np.inf
    order = np.argsort(-cosine, kind="stable")[:count]
    return [(title(data, n), float(cosine[n])) for n in order if np.isfinite(cosine[n])]


def _namesakes(data: Prepared, film: int, name: str) -> list[str]:
    """Films of other years that the same title, given without a year, could mean."""
    alike = [
        title(data, other)
        for other in range(data.films)
        if _plain(data.titles[other]) == _plain(name) and data.years[other] != data.years[film]
    ]
    return list(dict.fromkeys(alike))


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
