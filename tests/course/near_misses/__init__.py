"""What people answered who had not seen an exercise's source, and the verdict each deserves.

A module for each notebook; NEAR_MISSES is a list of (exercise, answer, passes, words): `words`
stand in the hint; None where no mistake is recognised, and `check` says what it can compute.
Mistakes in other words than the exercise's own stand here, too, where rounding, a shape or the type
of an exception decides whether they are recognised.
"""

import importlib
import pkgutil

NEAR_MISSES = [
    near_miss
    for module in pkgutil.iter_modules(__path__)
    for near_miss in importlib.import_module(f"{__name__}.{module.name}").NEAR_MISSES
]
