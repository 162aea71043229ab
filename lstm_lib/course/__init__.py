"""What answers the reader: exercises, checks, hints, solutions, guesses, progress."""

from lstm_lib.course.check import check
from lstm_lib.course.guesses import guess, reveal
from lstm_lib.course.hints import hint, solution
from lstm_lib.course.progress import progress
from lstm_lib.course.shapes import shapes

__all__ = ["check", "guess", "hint", "progress", "reveal", "shapes", "solution"]
