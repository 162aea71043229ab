"""Two tiny Triton kernels: one that does nothing, and one in which programs only wait."""

import triton
import triton.language as tl


@triton.jit
def nothing_kernel():
    """What a launch costs."""


@triton.jit
def barrier_kernel(counter, missed, programs, rounds):
    """`rounds` barriers between all programs, by one counter that only grows.

    counter (1,) int32, zero at first. All programs must be running at once. A program that has
    waited for ten million polls goes on, and says so in missed (1,).
    """
    patience = 10_000_000
    for index in range(rounds):
        tl.atomic_add(counter, 1, sem="release", scope="gpu")
        target = (index + 1) * programs
        seen = tl.atomic_add(counter, 0, sem="acquire", scope="gpu")
        while (seen < target) & (patience > 0):
            seen = tl.atomic_add(counter, 0, sem="acquire", scope="gpu")
            patience -= 1
    if patience <= 0:
        tl.atomic_add(missed, 1)
