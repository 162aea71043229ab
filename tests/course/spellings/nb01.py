"""The mistakes of notebook 01 in other words than the exercise's own: two or more of each."""

SPELLINGS = {}
