"""How a launch of the kernels is cut up: programs, batch tiles, pieces of the product."""

import functools
import os
from typing import NamedTuple

import torch

UNITS = 16  # hidden units of one program, if the chip has room for so many programs
WARPS = {"forward": 4, "backward": 8}
PIECE_BYTES = {"forward": 32 * 1024, "backward": 64 * 1024}  # of what is read at once, measured
LEAST_ROOM = 20 * 1024  # shared memory that the weights have to leave free
LONGEST_PIECE = {2: 512, 4: 128, 8: 64}  # columns of the forward product, by `itemsize`, measured


class Chip(NamedTuple):
    """How many programs run at once (multiprocessors), and the shared memory of each in bytes."""

    programs: int
    shared: int


H200 = Chip(132, 232_448)


class Tiling(NamedTuple):
    """How one launch is cut up: see the constants of the kernels."""

    programs: int
    batch_tiles: int
    BT: int
    HT: int
    KC: int
    TILES: int
    ON_CHIP: bool


@functools.lru_cache
def tiling(
    way: str,
    batch: int,
    hidden: int,
    inner: int,
    unit_bytes: int,
    itemsize: int,
    chip: Chip = H200,
    units: int = UNITS,
) -> Tiling:
    """Batch tiles as small as the number of programs allows, weights on the chip if they fit.

    `way` is "forward" or "backward", `inner` the length of the sum that is taken in pieces,
    `unit_bytes` the recurrent weights of one hidden unit, `itemsize` the bytes of a number (twice 4
    where a float32 is two TF32 numbers).

    >>> tiling("forward", 64, 512, inner=512, unit_bytes=4 * 512 * 2, itemsize=2)
    Tiling(programs=128, batch_tiles=4, BT=16, HT=16, KC=512, TILES=1, ON_CHIP=True)
    >>> tiling("backward", 128, 1024, inner=4 * 1024, unit_bytes=4 * 1024 * 2, itemsize=2)
    Tiling(programs=128, batch_tiles=2, BT=64, HT=16, KC=64, TILES=1, ON_CHIP=True)
    """
    while -(-hidden // units) > chip.programs:
        units *= 2
    unit_tiles = -(-hidden // units)
    groups = chip.programs // unit_tiles
    BT = 16
    while BT < 64 and -(-batch // BT) > groups:
        BT *= 2
    parts = WARPS["backward"] if way == "backward" else 1
    longest = PIECE_BYTES[way] // (parts * BT * itemsize)
    if way == "forward":
        longest = min(longest, LONGEST_PIECE[itemsize])
    pieces = [n for n in (512, 256, 128, 64, 32, 16) if n <= longest]

    def whole(n: int) -> int:  # the sum's length in pieces of n, and zeros at the end
        return -(-inner // (n * parts)) * n * parts

    def chip_bytes(n: int) -> int:
        weights = unit_bytes * units * whole(n) // inner
        return weights + max(n * parts * BT * itemsize, LEAST_ROOM)

    fitting = [n for n in pieces if chip_bytes(n) <= chip.shared]
    # A piece costs some 32 columns besides its own: the fewest columns, then the longest pieces.
    piece = min(fitting or pieces, key=lambda n: (whole(n) + 32 * whole(n) // (n * parts), -n))
    tiles = -(-batch // (BT * groups))
    groups = -(-batch // (BT * tiles))
    return Tiling(unit_tiles * groups, groups * tiles, BT, units, piece, tiles, bool(fitting))


def chip_for(device: torch.device, hidden: int) -> tuple[Chip, int]:
    """The chip, and the units of one program; in the interpreter one program has all units."""
    if device.type != "cuda":
        return H200, _power_of_two(hidden)
    return _chip_of(device), UNITS


@functools.cache
def _chip_of(device: torch.device) -> Chip:
    properties = torch.cuda.get_device_properties(device)
    return Chip(properties.multi_processor_count, properties.shared_memory_per_block_optin)


def interpreted() -> bool:
    """Is Triton asked to run in its interpreter (TRITON_INTERPRET=1), on the CPU?"""
    return os.environ.get("TRITON_INTERPRET") == "1"


def _power_of_two(n: int) -> int:
    return max(16, 1 << (n - 1).bit_length())
