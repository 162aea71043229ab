"""Bach's four-part chorales, a frame every quarter note, out of music21's corpus."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.recipe import Arrays, Recipe
from lstm_lib.data.split import Split

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
VOICES = ("soprano", "alto", "tenor", "bass")
OPENING = 8  # frames of the soprano by which two settings of one hymn are recognised


@dataclass(frozen=True, repr=False)
class Chorales:
    """Pieces for four voices, transposed so that their key has no sharps and no flats.

    `pitches` tuple of (T, 4) uint8: what soprano, alto, tenor and bass sing at each quarter note,
    as MIDI numbers (60 is middle C); 0 is silence. `names` of the pieces, by Bach's catalogue.
    `split`: three slices of the pieces; all settings of a hymn are in one part. Read-only.
    """

    pitches: tuple[np.ndarray, ...]
    names: tuple[str, ...]
    split: Split
    card: str

    def __repr__(self) -> str:
        frames = sum(map(len, self.pitches))
        return f"Chorales({len(self)} pieces, {frames:,} quarter notes)"

    def __len__(self) -> int:
        return len(self.pitches)


def load_chorales() -> Chorales:
    """The chorales from the cache, checked against their SHA-256.

    Raises DataError if set-up has not built them yet, or the file is damaged.

    >>> RECIPE.package, RECIPE.committed
    ('music21', False)
    """
    arrays = extract.read(RECIPE)
    frames, ends = arrays["frames"], np.cumsum(arrays["lengths"])
    frames.setflags(write=False)
    first, second = arrays["parts"].tolist()
    split = Split(slice(0, first), slice(first, second), slice(second, len(ends)))
    names = tuple(arrays["names"].tolist())
    return Chorales(tuple(np.split(frames, ends[:-1])), names, split, RECIPE.card)


def to_arrays(files: Mapping[str, bytes]) -> Arrays:
    """Compressed MusicXML -> `frames` (N, 4), `lengths` and `names` of the pieces, `parts` (2,).

    Pieces of other than four parts are left out, and those that an earlier one equals. The pieces
    whose sopranos begin alike are one hymn and stand together; hymns are in a random order that
    does not change. `parts`: where validation and test begin, at 70 % and 85 % of the pieces.
    """
    pieces: dict[str, np.ndarray] = {}
    seen: set[bytes] = set()
    for path in sorted(files):
        score = read_score(files[path])
        if score is not None and score.tobytes() not in seen:
            seen.add(score.tobytes())
            pieces[path.split("/")[-1].removesuffix(".mxl")] = score
    hymns: dict[bytes, list[str]] = {}
    for name, score in pieces.items():
        hymns.setdefault(score[:OPENING, 0].tobytes(), []).append(name)
    groups = list(hymns.values())
    order = np.random.default_rng(0).permutation(len(groups))
    names = [name for k in order for name in groups[k]]
    parts, count = [], 0
    for k in order:
        if len(parts) < 2 and count >= len(names) * (0.70, 0.85)[len(parts)]:
            parts.append(count)
        count += len(groups[k])
    scores = [pieces[name] for name in names]
    return {
        "frames": np.concatenate(scores),
        "lengths": np.array([len(score) for score in scores], "<i8"),
        "names": np.array(names),
        "parts": np.array(parts, "<i8"),
    }


def read_score(content: bytes) -> np.ndarray | None:
    """One compressed MusicXML file -> (T, 4) uint8, or None if it has other than four parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        is_score = re.compile(r"[^/]+\.(xml|musicxml)").fullmatch  # at the top, not in META-INF
        (inner,) = filter(is_score, archive.namelist())
        score = ElementTree.fromstring(archive.read(inner))
    parts = score.findall("part")
    if len(parts) != len(VOICES):
        return None
    voices = [sung(part) for part in parts]
    frames = np.zeros((max(map(len, voices)), len(voices)), np.int16)
    for k, voice in enumerate(voices):
        frames[: len(voice), k] = voice
    fifths = score.find(".//key/fifths")
    up = -7 * int(fifths.text if fifths is not None else 0) % 12
    return np.where(frames > 0, frames + (up - 12 if up > 6 else up), 0).astype(np.uint8)


def sung(part: ElementTree.Element) -> list[int]:
    """The pitch at each quarter note of one part; of a chord the note that stands first."""
    pitch_at: dict[int, int] = {}
    measure_start, divisions = Fraction(0), 1
    for measure in part.findall("measure"):
        now = latest = measure_start
        for event in measure:
            if event.tag == "attributes" and event.find("divisions") is not None:
                divisions = int(event.findtext("divisions"))
            if event.tag not in ("note", "backup", "forward") or event.find("chord") is not None:
                continue
            length = Fraction(int(event.findtext("duration", "0")), divisions)
            if event.tag == "backup":
                length = -length
            pitch = event.find("pitch")
            if event.tag == "note" and pitch is not None:
                number = 12 * (int(pitch.findtext("octave")) + 1) + STEPS[pitch.findtext("step")]
                number += int(pitch.findtext("alter", "0"))
                for frame in range(-(-now // 1), -(-(now + length) // 1)):
                    pitch_at.setdefault(frame, number)
            now += length
            latest = max(latest, now)
        measure_start = latest
    return [pitch_at.get(frame, 0) for frame in range(-(-measure_start // 1))]


RECIPE = Recipe(
    name="chorales",
    title="Bach's four-part chorales, a frame every quarter note",
    package="music21",
    version="10.5.1",
    archive="music21-10.5.1-py3-none-any.whl",
    member="music21/corpus/bach/*.mxl",
    sha256="0fee8a4883943700fdedae6cfa9bf4a57b5240257f8184bad50fc61fc9e6ab4e",
    extract_sha256="653eaa85c0b5ed74fcefbe14ffb370d94da1af9e29c22a806001da93cfd7ab0d",
    to_arrays=to_arrays,
    licence="music: public domain; encodings: in music21's corpus with their encoders' permission",
    credit="Johann Sebastian Bach; encodings by way of music21 10.5.1 (M. S. Asato Cuthbert)",
    redistributable=False,
    committed=False,
    terms="music21 says that some encodings of its corpus may not be used commercially.",
)
