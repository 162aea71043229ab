"""Exercises of notebook 01."""

from lstm_lib.course.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
