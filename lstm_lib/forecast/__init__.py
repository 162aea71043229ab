"""Your own series: a table with a time column in, the hours after its last row out.

`table` reads it, `steps` finds what is wrong with its times, `regular` puts it on even steps;
`series` scales and cuts it, `model` is the network, `floors` what it has to beat, `skill` how good
it is; `forecaster` is all of it in three calls.
"""

from lstm_lib.forecast.forecaster import Forecast, Forecaster
from lstm_lib.forecast.regular import Regular, coarser, regular
from lstm_lib.forecast.rolling import Fold, rolling
from lstm_lib.forecast.skill import Skill
from lstm_lib.forecast.steps import Findings, look
from lstm_lib.forecast.table import Table, TableError, read_table

__all__ = [
    "Findings",
    "Fold",
    "Forecast",
    "Forecaster",
    "Regular",
    "Skill",
    "Table",
    "TableError",
    "coarser",
    "look",
    "read_table",
    "regular",
    "rolling",
]
