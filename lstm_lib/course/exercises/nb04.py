"""Exercises of notebook 04."""

from lstm_lib.course.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
