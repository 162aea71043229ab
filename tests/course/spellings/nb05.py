"""The mistakes of notebook 05 in other words than the exercise's own: two or more of each."""

SPELLINGS = {}
