"""One style for all pictures, and the way a picture gets its text."""

import base64
import html
import io
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from lstm_lib.plots.small_png import use_small_png

# Okabe & Ito (2008): colours that colour-blind readers can tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
# The four gates keep these throughout the course.
GATES = {"i": "#009E73", "f": "#0072B2", "g": "#E69F00", "o": "#CC79A7"}
# Floors: what a score has to beat.
FLOOR = "#8C8C8C"

STYLE = {
    "figure.dpi": 74,
    "savefig.dpi": 100,
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "figure.constrained_layout.use": True,
}


def figure(width: float = 8.0, height: float = 3.6, rows: int = 1, columns: int = 1):
    """A new figure and its axes, as `plt.subplots`, in the course's style; sizes in inches.

    >>> fig, axes = figure()
    >>> axes.spines["top"].get_visible()
    False
    >>> plt.close(fig)
    """
    with plt.rc_context(STYLE):
        return plt.subplots(rows, columns, figsize=(width, height), squeeze=True)


def legend(axes) -> None:
    """The names of what is drawn, outside on the right."""
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)


def html_image(png: io.BytesIO, alt: str) -> str:
    """An HTML <img> that holds a PNG and its text.

    >>> html_image(io.BytesIO(b"PNG"), "a < b")
    '<img alt="a &lt; b" src="data:image/png;base64,UE5H">'
    """
    data = base64.b64encode(png.getvalue()).decode("ascii")
    return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{data}">'


def html_figure(fig: Figure, alt: str) -> str:
    """A figure as an HTML <img> with its text; the figure is closed."""
    png = io.BytesIO()
    fig.savefig(png, format="png")
    plt.close(fig)
    return html_image(png, alt)


def show(fig: Figure, alt: str, save: Path | None = None, dpi: float | None = None) -> None:
    """Display a figure in the notebook with its text, or save it to a file; then close it.

    The text goes into the output's image metadata (into a PNG file's description), where JupyterLab
    and nbconvert find it. `dpi` is for the file alone. Raises ValueError for a text too short to
    say what the picture shows.
    """
    try:
        if len(alt.split()) < 5:
            raise ValueError(f"alt must say in a sentence what the picture shows; got {alt!r}")
        if save is not None:
            fig.savefig(save, dpi=dpi or "figure", metadata={"Description": alt, "Software": None})
        else:
            from IPython.display import display

            use_small_png()
            display(fig, metadata={"image/png": {"alt": alt}})
    finally:
        plt.close(fig)
