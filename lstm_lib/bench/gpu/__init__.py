"""The bench on a GPU: the course's LSTM against cuDNN's, the eager loop and the physical floor.

`entry` (who runs what in which precision), `ceilings` and `kernels` (what this GPU can do at most),
`floor` (what an LSTM needs at least), `ahead` (compiling before anything is timed), `goals`,
`picture`, `run`. Needs NumPy, torch, triton and matplotlib, and nothing else.
"""
