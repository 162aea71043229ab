"""How a gradient shrinks or grows on its way back: against the lag, on a log axis."""

from collections.abc import Mapping
from itertools import cycle
from pathlib import Path
from typing import BinaryIO

import numpy as np

from lstm_lib.plots.style import COLOURS, FLOOR, figure, legend, show


def by_lag(
    measured: Mapping[str, np.ndarray],
    *,
    alt: str,
    ylabel: str,
    direct: Mapping[str, np.ndarray] | None = None,
    xlabel: str = "lag k, steps back",
    save: Path | BinaryIO | None = None,
) -> None:
    """Draw `measured` (name -> (seeds, K), positive) over the lags 0..K−1 on a logarithmic axis.

    A line is the geometric mean of the seeds, its band reaches from the lowest to the highest.
    `direct` (name -> (seeds, K)) adds the prediction of the direct path, dashed, in the colour of
    the measurement of the same name. A grey line marks 1: nothing lost, nothing gained.
    Raises ValueError for what is not (seeds, K) and positive, and for a stranger in `direct`.
    """
    direct = direct or {}
    if strangers := set(direct) - set(measured):
        raise ValueError(f"direct must belong to a measurement; got {sorted(strangers)}")
    for name, values in [*measured.items(), *direct.items()]:
        if np.ndim(values) != 2 or not (np.asarray(values) > 0).all():
            raise ValueError(f"{name} must be (seeds, K) and positive; got {np.shape(values)}")
    fig, axes = figure(height=3.8)
    axes.axhline(1, color=FLOOR, linewidth=1.2)
    for (name, values), colour in zip(measured.items(), cycle(COLOURS)):
        lags, low, high = np.arange(values.shape[1]), values.min(0), values.max(0)
        axes.fill_between(lags, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(lags, np.exp(np.log(values).mean(0)), color=colour, label=name)
        if name in direct:
            path = np.exp(np.log(direct[name]).mean(0))
            axes.plot(lags, path, color=colour, linestyle="--", linewidth=1.6)
    if direct:
        axes.plot([], [], color=FLOOR, linestyle="--", linewidth=1.6, label="direct path ∏f")
    axes.set(xlabel=xlabel, ylabel=ylabel, yscale="log")
    axes.margins(x=0.02)
    legend(axes)
    show(fig, alt, save)
