"""Exercises of notebook 07."""

from lstm_lib.course.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
