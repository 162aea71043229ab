"""What is left of a value after k steps of forgetting: the curves f^k and where they halve."""

from collections.abc import Sequence
from itertools import cycle

import numpy as np

from lstm_lib.plots.lines import DASHES
from lstm_lib.plots.style import COLOURS, FLOOR, figure, legend, show


def memory_decay(forget: Sequence[float], steps: int = 100, *, alt: str = "") -> None:
    """Draw f^k over k = 0 … `steps` for each f in `forget`; a dot marks where half is left.

    Raises ValueError unless each f lies in [0, 1].
    """
    if not all(0 <= f <= 1 for f in forget):
        raise ValueError(f"a forget gate lies between 0 and 1; got {list(forget)}")
    fig, axes = figure()
    k = np.arange(steps + 1)
    axes.axhline(0.5, color=FLOOR, linewidth=1.5, linestyle="--")
    axes.annotate("one half", (0.995 * steps, 0.5), va="bottom", ha="right", color="#606060")
    for f, colour, style in zip(forget, cycle(COLOURS), cycle(DASHES)):
        axes.plot(k, float(f) ** k, color=colour, linestyle=style, label=f"f = {f:g}")
        half = np.log(0.5) / np.log(f) if 0 < f < 1 else np.inf
        if half <= steps:
            axes.plot([half], [0.5], "o", color=colour, markersize=6)
    axes.set(xlabel="k, steps since the value was written", ylabel="share left, $f^k$")
    axes.set_ylim(-0.03, 1.05)
    axes.margins(x=0.02)
    legend(axes)
    names = ", ".join(f"{f:g}" for f in forget)
    show(fig, alt or f"Decay curves of a memory for f = {names}: the smaller f, the steeper.")
