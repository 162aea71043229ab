"""Signals and gates over time, under each other: the picture of what a cell does."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from lstm_lib.plots.style import FLOOR, GATES, figure, show

INK = "#404040"  # of signals: no gate has this colour
FEW_STEPS = 40  # up to here each step is drawn as a stem of its own


def over_time(
    rows: Mapping[str, Sequence],
    *,
    alt: str,
    gates: Mapping[str, str] | None = None,
    levels: Mapping[str, float] | None = None,
    xlabel: str = "time step t",
    title: str = "",
    row_height: float = 0.95,
    save: Path | BinaryIO | None = None,
) -> None:
    """Draw `rows` (name -> values, (T,) each) as panels over one time axis.

    `gates` (name -> "i", "f", "g" or "o") names the rows that are gates: they are filled from 0
    to their value, in that gate's colour. `levels` (name -> value) draws a dashed grey line in a
    row: a threshold. With `save` the picture goes to a file (or a buffer) instead of the notebook.
    Raises ValueError for rows of different lengths, and for gates or levels without a row.
    """
    gates, levels = gates or {}, levels or {}
    sizes = {name: len(values) for name, values in rows.items()}
    if len(set(sizes.values())) != 1:
        raise ValueError(f"the rows must have one length; got {sizes}")
    if strangers := (set(gates) | set(levels)) - set(rows):
        raise ValueError(f"gates and levels must name a row; got {sorted(strangers)}")
    T = next(iter(sizes.values()))
    fig, axes = figure(height=0.7 + row_height * len(rows), rows=len(rows))
    axes = np.atleast_1d(axes)
    for ax, (name, values) in zip(axes, rows.items()):
        t, values = np.arange(T), np.asarray(values, dtype=float)
        if name in gates:
            draw_gate(ax, t, values, GATES[gates[name]])
        else:
            draw_signal(ax, t, values)
        if name in levels:
            ax.axhline(levels[name], color=FLOOR, linestyle="--", linewidth=1.5)
        ax.set_ylabel(name, rotation=0, ha="right", va="center", labelpad=12)
        ax.set_xlim(-0.7, T - 0.3)
        if T <= FEW_STEPS:
            ax.set_xticks(np.arange(0, T, 1 if T <= 24 else 5))
        ax.tick_params(labelbottom=ax is axes[-1])
    fig.align_ylabels(axes)
    axes[0].set_title(title, loc="left")
    axes[-1].set_xlabel(xlabel)
    show(fig, alt, save)


def draw_gate(ax, t: np.ndarray, values: np.ndarray, colour: str) -> None:
    ax.bar(t, values, width=0.86 if len(t) <= FEW_STEPS else 1.0, color=colour)
    ax.set_ylim(-0.04, 1.08)
    ax.set_yticks([0, 1])


def draw_signal(ax, t: np.ndarray, values: np.ndarray) -> None:
    ax.axhline(0, color=FLOOR, linewidth=0.8)
    if len(t) <= FEW_STEPS:
        ax.vlines(t, 0, values, color=INK, linewidth=2.5)
        ax.plot(t, values, "o", color=INK, markersize=5)
    else:
        ax.plot(t, values, color=INK)
    ax.margins(y=0.18)
