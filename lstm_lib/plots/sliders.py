"""A picture with sliders: the drawing function of its static twin, called at each move."""

import io
from collections.abc import Callable
from typing import Any

from lstm_lib.plots.style import html_image


def sliders(draw: Callable, *, alt: str, **ranges: tuple[float, float, float, float]) -> Any:
    """Sliders above a picture. Returns the box, as the last line of a cell.

    `ranges`: name -> (lowest, highest, step, start). `draw(**values, save=...)` draws the picture
    for the sliders' values and hands `save` on to a function of `plots`. On paper and on the web,
    where nothing moves, the box is one line of text: call `draw` again in the next cell.

    >>> def draw(w, save=None): save.write(b"PNG")
    >>> box = sliders(draw, alt="One gate over time for one w.", w=(0.0, 10.0, 0.5, 4.0))
    >>> box
    (Sliders for w: run this cell to move them.)
    >>> before = box.children[-1].value
    >>> box.children[0].value = 5.0
    """
    import ipywidgets as widgets  # only where there is a notebook

    class Box(widgets.VBox):
        def __repr__(self) -> str:
            return f"(Sliders for {', '.join(ranges)}: run this cell to move them.)"

    moving = {
        name: widgets.FloatSlider(
            value=start, min=low, max=high, step=step, description=name, continuous_update=True
        )
        for name, (low, high, step, start) in ranges.items()
    }
    picture = widgets.HTML()

    def redraw(_=None) -> None:
        png = io.BytesIO()
        draw(**{name: slider.value for name, slider in moving.items()}, save=png)
        picture.value = html_image(png, alt)

    for slider in moving.values():
        slider.observe(redraw, names="value")
    redraw()
    return Box([*moving.values(), picture])
