"""Exercises of notebook 03."""

from lstm_lib.course.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
