"""Your own series: a table with a time column in, the hours after its last row out.

`table` reads it, `steps` finds what is wrong with its times, `regular` puts it on even steps.
"""

from lstm_lib.forecast.regular import Regular, regular
from lstm_lib.forecast.steps import Findings, look
from lstm_lib.forecast.table import Table, TableError, read_table

__all__ = ["Findings", "Regular", "Table", "TableError", "look", "read_table", "regular"]
