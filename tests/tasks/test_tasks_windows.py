"""No task's window reaches past the ends of its data: a negative row is another part's last."""

import pytest
import torch

from lstm_lib.tasks import recommend, stocks, weather
from lstm_lib.tasks.recommend.data import windows as recommend_windows
from lstm_lib.tasks.stocks.data import windows as stocks_windows
from lstm_lib.tasks.weather import recursive
from lstm_lib.tasks.weather.data import changes
from lstm_lib.tasks.weather.data import windows as weather_windows


def weather_case():
    data = weather.prepare()
    last = len(data.temperature) - 1 - max(data.config.leads)
    return lambda rows: weather_windows(data, rows), data.config.hours - 1, last


def recursive_case():
    data = weather.prepare()
    ask = lambda rows: recursive.hours_around(data, rows, 3, 5)  # noqa: E731
    return ask, 2, len(data.temperature) - 1 - 5


def changes_case():
    data = weather.prepare()
    last = len(data.temperature) - 1 - max(data.config.leads)
    return lambda rows: changes(data, rows), 0, last


def stocks_case():
    data = stocks.prepare()
    return lambda rows: stocks_windows(data, rows, 5), stocks.data.FIRST + 5, len(data)


def recommend_case():
    data = recommend.prepare()
    return lambda rows: recommend_windows(data, rows), 0, len(data.rows) - 1


@pytest.mark.parametrize(
    "case", [weather_case, recursive_case, changes_case, stocks_case, recommend_case]
)
def test_what_lies_outside_is_refused(case):
    """The first and the last that are there are taken, the next on each side are not."""
    ask, first, last = case()
    ask(torch.tensor([first, last]))
    for outside in (first - 1, last + 1, -30, 10**9):
        with pytest.raises(ValueError, match=rf"must (lie|be) .*; got {outside}$"):
            ask(torch.tensor([first, outside, last]))
