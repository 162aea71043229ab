"""What a check expected beside what it got: the picture of a wrong answer."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from lstm_lib.plots.style import COLOURS, FLOOR, figure, html_figure, legend


def expected_and_got(
    expected: np.ndarray, got: np.ndarray, inputs: dict[str, np.ndarray] | None = None
) -> str:
    """An HTML <img> of two arrays of one shape, (n,) as lines or (n, m) as two heat maps.

    `inputs` are drawn above the lines on an axis of their own, by name, (n,) each.

    >>> expected_and_got(np.arange(4.0), np.zeros(4))[:10]
    '<img alt="'
    """
    expected, got = np.asarray(expected, float), np.asarray(got, float)
    with np.errstate(invalid="ignore"):
        wrong = ~np.isclose(expected, got)
    inputs = inputs or {}
    if expected.ndim == 1:
        fig = _lines(expected, got, wrong, inputs)
    else:
        fig = _maps(expected, got, wrong)
    alt = (
        f"Expected and got, {' by '.join(map(str, expected.shape))} values: "
        f"{wrong.sum()} of {wrong.size} differ."
    )
    if inputs:
        alt += f" Above them the input: {', '.join(inputs)}."
    return html_figure(fig, alt)


def _lines(expected: np.ndarray, got: np.ndarray, wrong: np.ndarray, inputs: dict[str, np.ndarray]):
    fig, all_axes = figure(width=6.0, height=2.4 + 1.4 * bool(inputs), rows=1 + bool(inputs))
    axes = np.ravel(all_axes)[-1]
    at = np.arange(len(expected))
    if inputs:
        above = np.ravel(all_axes)[0]
        for (name, values), colour in zip(inputs.items(), (COLOURS[0], *COLOURS[2:])):
            above.plot(at, values, ".-", color=colour, label=name, linewidth=1)
        above.set(title="the input shown above")
        above.xaxis.set_major_locator(MaxNLocator(integer=True))
        legend(above)
    axes.plot(at, expected, color=FLOOR, linewidth=5, alpha=0.6, label="expected")
    axes.plot(at, got, color=COLOURS[1], label="got")
    axes.plot(at[wrong], got[wrong], "o", color=COLOURS[1], markersize=5)
    legend(axes)
    axes.set(xlabel="position, from 0")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return fig


def _maps(expected: np.ndarray, got: np.ndarray, wrong: np.ndarray):
    fig, axes = figure(width=7.0, height=2.6, columns=3)
    size = np.nanmax(np.abs(np.where(np.isfinite(expected), expected, 0))) or 1.0
    for ax, title, values in zip(axes, ("expected", "got"), (expected, got)):
        ax.imshow(values, cmap="PuOr", vmin=-size, vmax=size, aspect="auto")
        ax.set(title=title)
    axes[2].imshow(wrong, cmap="Greys", vmin=0, vmax=1, aspect="auto")
    axes[2].set(title="black: differs")
    for ax in axes:
        ax.grid(visible=False)
    return fig
