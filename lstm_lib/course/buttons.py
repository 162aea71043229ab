"""Under a wrong answer: a button for the next hint, and one for the solution."""

from typing import Any

from lstm_lib.course.hints import hint, solution


def buttons(key: str) -> Any:
    """A box with two buttons, and what they show below; None where no notebook could show them.

    They do what `hint` and `solution` do; the verdict's text names those.

    >>> buttons("00.1") is None  # no kernel here
    True
    """
    try:
        import ipywidgets as widgets
        from IPython import get_ipython
    except ImportError:
        return None
    if not hasattr(get_ipython(), "kernel"):
        return None

    class Box(widgets.VBox):
        def __repr__(self) -> str:
            return f'(Buttons: the next hint of {key}, its solution. In code: `hint("{key}")`.)'

    below = widgets.HTML()
    next_hint = widgets.Button(description="next hint", icon="lightbulb-o")
    show_solution = widgets.Button(description="solution")

    def show_hint(_) -> None:
        below.value = hint(key)._repr_html_()

    def reveal_solution(_) -> None:
        below.value = solution(key)._repr_html_()

    next_hint.on_click(show_hint)
    show_solution.on_click(reveal_solution)
    return Box([widgets.HBox([next_hint, show_solution]), below])
