"""Buffers that are used again when nobody can see them any more.

Fresh memory is slow (the system hands it out page by page, zeroed), so the big buffers of a sweep
are kept for the next sweep of the same shape. The rule that keeps this invisible: a buffer is lent
to one holder, and comes back only when that holder is gone.
"""

KEEP = 8  # buffers at rest: a few layers, forward and backward


class Pool:
    """Makes things by class and arguments, or lends those that have come back.

    >>> pool = Pool()
    >>> first = pool.take(bytearray, 3)
    >>> second = pool.take(bytearray, 3)
    >>> first.item is second.item
    False
    >>> del first
    >>> len(pool.resting)
    1
    """

    def __init__(self):
        self.resting: list[tuple] = []

    def take(self, kind: type, *arguments) -> "Lease":
        """A `Lease` of a `kind(*arguments)`."""
        key = (kind, *arguments)
        for k, (other, item) in enumerate(self.resting):
            if other == key:
                del self.resting[k]
                return Lease(self, key, item)
        return Lease(self, key, kind(*arguments))

    def give_back(self, key: tuple, item: object) -> None:
        self.resting.append((key, item))
        del self.resting[:-KEEP]

    def __reduce__(self):
        return Pool, ()  # a copy or a pickle of a model starts with an empty pool


class Lease:
    """Holds `item` until the lease itself is forgotten."""

    def __init__(self, pool: Pool, key: tuple, item: object):
        self.pool, self.key, self.item = pool, key, item

    def __del__(self):
        self.pool.give_back(self.key, self.item)

    def __reduce__(self):
        raise TypeError("a tape can't be copied or pickled: it holds memory that is lent to it")
