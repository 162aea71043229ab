"""Exercises of notebook 05."""

from lstm_lib.course.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
