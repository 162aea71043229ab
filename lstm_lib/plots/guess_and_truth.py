"""A guess and the truth on one axis."""

from lstm_lib.plots.style import COLOURS, FLOOR, figure, html_figure

# Times: where two positive numbers lie so far apart the axis is logarithmic.
FAR, TOO_FAR = 8, 1e15


def guess_and_truth(guess: float, truth: float, unit: str = "") -> str:
    """An HTML <img> of two numbers on one axis, which begins at 0 or is logarithmic.

    >>> guess_and_truth(10, 6.58, "steps")[:56]
    '<img alt="On one axis, your guess, 10, and the answer, 6'
    """
    fig, axes = figure(width=5.0, height=1.15)
    low, high = sorted((float(guess), float(truth)))
    far = low > 0 and FAR * low < high < TOO_FAR * low
    axes.axhline(0, color=FLOOR, linewidth=1.5, zorder=1)
    for value, side, marker, colour, name in (
        (guess, 1, "D", COLOURS[1], "your guess"),
        (truth, -1, "o", COLOURS[0], "the answer"),
    ):
        axes.plot(float(value), 0, marker, color=colour, markersize=9, zorder=3 - side)
        left = value == low != high
        axes.annotate(
            name, (float(value), 0), (0, 11 * side), textcoords="offset points", color=colour,
            ha="left" if left else "right" if low != high else "center",
            va="bottom" if side > 0 else "top",
        )  # fmt: skip
    if far:
        axes.set_xscale("log")
        axes.set_xlim(low / 2, high * 2)
    else:
        low, high = min(low, 0.0), max(high, 0.0)
        room = 0.06 * (high - low or 1.0)
        axes.set_xlim(low - room * (low < 0 or low == high), high + room)
    axes.set(ylim=(-1, 1), yticks=[], xlabel=unit + ("  (equal distances: equal factors)" * far))
    axes.spines["left"].set_visible(False)
    alt = f"On one axis, your guess, {guess:,.6g}, and the answer, {truth:,.6g}."
    return html_figure(fig, alt)
