"""Typical mistakes, spelled in other words: what `check` recognises is behaviour, not text.

A module for each notebook; SPELLINGS maps (exercise, number of the mistake) to two or more answers.
"""

import importlib

from lstm_lib.course.exercises import MODULES

SPELLINGS = {
    at: answers
    for module in MODULES
    for at, answers in importlib.import_module(
        f"spellings.{module.__name__.split('.')[-1]}"
    ).SPELLINGS.items()
}
