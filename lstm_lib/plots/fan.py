"""A forecast with its intervals: a fan that opens with the lead time, and what came."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lstm_lib.plots.style import COLOURS, FLOOR, figure, legend, show


def fan(
    x: Sequence,
    middle: Sequence,
    intervals: Mapping[str, tuple[Sequence, Sequence]],
    *,
    alt: str,
    xlabel: str,
    ylabel: str,
    came: Sequence | None = None,
    before: tuple[Sequence, Sequence] | None = None,
    floors: Mapping[str, Sequence] | None = None,
    title: str = "",
    xticks: Sequence | None = None,
    save: Path | None = None,
) -> None:
    """Draw `middle` with `intervals` (name -> (low, high)) around it, and in black what `came`.

    All (N,), as x. Give the narrowest interval first: the wider ones are paler. `floors` are grey
    lines. `before` (xs, ys), of any length, is what led up to it: a black line. With `save` the
    picture goes to a PNG file. Raises ValueError if a length does not fit or an interval lies not
    around the narrower.
    """
    curves = {"middle": middle, **(floors or {}), **({} if came is None else {"came": came})}
    edges = {f"{name}, end": end for name, pair in intervals.items() for end in pair}
    for name, values in (curves | edges).items():
        if len(values) != len(x):
            raise ValueError(f"{name} must have {len(x)} values, as x has; got {len(values)}")
    fig, axes = figure()
    within = (np.asarray(middle, dtype=float),) * 2
    for k, (name, pair) in enumerate(intervals.items()):
        low, high = (np.asarray(end, dtype=float) for end in pair)
        if not ((low <= within[0]) & (within[1] <= high)).all():
            raise ValueError(f"the interval {name} must lie around the narrower one")
        shade = 0.42 / (k + 1)
        axes.fill_between(x, low, high, color=COLOURS[0], alpha=shade, linewidth=0, label=name)
        within = low, high
    for name, values in (floors or {}).items():
        axes.plot(x, values, color=FLOOR, linestyle="--", linewidth=1.5, label=name)
    axes.plot(x, middle, color=COLOURS[0], label="middle")
    if before is not None:
        axes.plot(*before, color="black", linewidth=1.2, label="measured")
    if came is not None:
        axes.plot(x, came, color="black", marker="o", markersize=4, linestyle="", label="what came")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_title(title, loc="left")
    axes.margins(x=0.02)
    if xticks is not None:
        axes.set_xticks(list(xticks))
    legend(axes)
    show(fig, alt, save)
