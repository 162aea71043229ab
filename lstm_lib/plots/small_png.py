"""Pictures in a notebook with 64 colours instead of 16 million: a quarter of the bytes.

A notebook is read on the web, and must stay under 500 kB. Our pictures have a handful of colours
and the shades of their letters' edges; nobody sees the difference.
"""

import io

from matplotlib.figure import Figure

COLOURS_KEPT = 64


def small_png(fig: Figure) -> bytes:
    """A figure as PNG with a palette, cropped as notebooks crop it, on white.

    >>> import matplotlib.pyplot as plt
    >>> small_png(plt.figure())[:4]
    b'\\x89PNG'
    >>> plt.close("all")
    """
    from PIL import Image

    drawn = io.BytesIO()
    fig.savefig(drawn, format="png", dpi=fig.dpi, bbox_inches="tight", facecolor="white")
    image = Image.open(drawn).convert("RGB")
    palette = image.quantize(
        COLOURS_KEPT, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    small = io.BytesIO()
    palette.save(small, format="png", optimize=True)
    return small.getvalue()


def use_small_png() -> None:
    """From now on this notebook's figures are stored so; outside of a notebook nothing happens."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.display_formatter.formatters["image/png"].for_type(Figure, small_png)
