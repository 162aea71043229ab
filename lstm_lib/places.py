"""Where the course's folders are: next to the library, since the course runs from its checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
RESULTS = ROOT / "results"
# What readers write, and what instructors export: git ignores both.
WORK = ROOT / "work"
EXPORTS = ROOT / "exports"
