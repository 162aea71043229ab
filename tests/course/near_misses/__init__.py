"""What people answered who had not seen an exercise's source, and the verdict each deserves.

A module for each notebook; NEAR_MISSES is a list of (exercise, answer, passes, words): `words`
stand in the hint; None where no mistake is recognised, and `check` says what it can compute.
"""

import importlib
from importlib.util import find_spec

from lstm_lib.course.exercises import MODULES

NEAR_MISSES = [
    near_miss
    for module in MODULES
    if find_spec(f"near_misses.{module.__name__.split('.')[-1]}")
    for near_miss in importlib.import_module(
        f"near_misses.{module.__name__.split('.')[-1]}"
    ).NEAR_MISSES
]
