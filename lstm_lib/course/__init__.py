"""What answers the reader: exercises, checks, hints, solutions, progress."""

from lstm_lib.course.check import check
from lstm_lib.course.progress import progress
from lstm_lib.course.reveal import hint, solution
from lstm_lib.course.shapes import shapes

__all__ = ["check", "hint", "progress", "shapes", "solution"]
