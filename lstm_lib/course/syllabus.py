"""`python course.py syllabus [ROUTE]`: the notebooks, their minutes, and routes through them.

Minutes stand in each notebook's metadata: running as measured, reading and exercises as estimated
by `minutes.estimate`.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from lstm_lib.course.copies import originals

ROUTES: dict[str, tuple[str, ...]] = {
    "concepts": ("00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10"),
    "practice": tuple("00 01 02 03 04 08 08b 12 13 14 15 16 17 18 19".split()),
    "half-a-day": ("00", "01", "02", "03"),
}
# Of those that are there each says its own title.
PLANNED = {"20": "When not to use an LSTM"}


@dataclass(frozen=True)
class Entry:
    """One notebook of the syllabus; minutes are None for one that is still to come."""

    number: str
    title: str
    running: float | None = None
    reading: int | None = None
    needs: tuple[str, ...] = ()

    @property
    def minutes(self) -> float:
        return (self.running or 0) + (self.reading or 0)

    def __str__(self) -> str:
        if self.running is None or self.reading is None:
            return f"{self.number}  {self.title:26} to come"
        needs = f"  needs {', '.join(self.needs)}" if self.needs else ""
        return f"{self.number}  {self.title:26}{self.running:5.1f} min{self.reading:7} min{needs}"


def entry(path: Path) -> Entry:
    """What a notebook says of itself."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    heading = "".join(notebook["cells"][0]["source"]).splitlines()[0]
    number, title = heading.removeprefix("# ").split(" · ")
    course = notebook["metadata"]["course"]
    minutes = course["minutes"]
    return Entry(
        number,
        title,
        minutes["running_measured"],
        minutes["reading_and_exercises_estimated"],
        tuple(course["needs"]),
    )


def syllabus() -> dict[str, Entry]:
    """All notebooks by number, those to come included.

    >>> syllabus()["00"].title
    'Start here'
    """
    entries = {number: Entry(number, title) for number, title in PLANNED.items()}
    entries |= {ready.number: ready for ready in map(entry, originals())}
    return dict(sorted(entries.items()))


def table(route: str = "") -> str:
    """The syllabus, or one route through it, as lines of text. Raises KeyError for no route.

    >>> table("concepts").splitlines()[0].split()
    ['running', 'reading', 'and', 'exercises']
    """
    entries = syllabus()
    chosen = [entries[number] for number in (ROUTES[route] if route else entries)]
    ready = [one for one in chosen if one.running is not None]
    total = sum(one.minutes for one in ready) / 60
    return "\n".join(
        [
            f"{'':30}{'running':>9}  reading and exercises",
            f"{'':30}{'measured':>9}  estimated",
            *map(str, chosen),
            f"{len(ready)} of {len(chosen)} ready, together about {total:.1f} hours",
        ]
    )


def main(arguments: list[str]) -> int:
    """Print the syllabus, or one route through it."""
    route = "-".join(arguments)
    if route and route not in ROUTES:
        print(f"There is no route {route!r}; there are {', '.join(ROUTES)}.", file=sys.stderr)
        return 2
    print(table(route))
    if not route:
        print("\nRoutes (`python course.py syllabus ROUTE`):")
        for name, numbers in ROUTES.items():
            print(f"  {name:12}{' '.join(numbers)}")
    return 0
