"""Is it copying? The longest run of one text that also stands in another."""

import numpy as np


def longest_run(text: str, source: str) -> tuple[int, int]:
    """Length and start (in `text`) of the longest piece of `text` that also stands in `source`.

    Of equally long ones the first. An empty text has a run of (0, 0).

    >>> longest_run("to be or not", "not to be")
    (5, 0)
    """
    runs = longest_runs(text, source)
    return (int(runs.max()), int(runs.argmax())) if len(runs) else (0, 0)


def longest_runs(text: str, source: str) -> np.ndarray:
    """From each place of `text`, how many characters in a row stand somewhere in `source`: (N,).

    From one place to the next the run ends no earlier: no end is looked at twice.

    >>> longest_runs("abxab", "zabz").tolist()
    [2, 1, 0, 2, 1]
    """
    runs, end = np.zeros(len(text), dtype=np.int64), 0
    for start in range(len(text)):
        end = max(end, start)
        while end < len(text) and text[start : end + 1] in source:
            end += 1
        runs[start] = end - start
    return runs
