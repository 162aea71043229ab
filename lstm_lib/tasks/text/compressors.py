"""What compressors need for a text, in nats a character, when they know what came before it.

A compressor that codes a text in n bits says that its probability is 2^-n. Known the first part,

nats a character = (|C(known + text)| - |C(known)|) · 8 ln 2 / characters of the text

For PPMd (Cleary & Witten 1984; variants H and I by Shkarin, 2001) and context mixing (zpaq, Mahoney
2009) that *is* a code length: they code character after character, and adapt to what they read.
zlib and lzma refer to earlier pieces, in blocks, zlib no further back than 32 kB; bz2 sorts blocks
of 900 kB. For these three the difference is a rough measure only.
"""

import bz2
import lzma
import math
import zlib
from collections.abc import Callable

import numpy as np

Codec = Callable[[bytes], bytes]
KNOWN = 932_940  # zpaq lays out its tables anew beyond 2^20 bytes: no longer beginning is given

PPMD_TRIALS = [(variant, order) for variant in ("H", "I") for order in range(3, 12)]
# The last four are chains of our own: orders 1 to 6 and words, mixed; see libzpaq's manual.
ZPAQ_TRIALS = (
    "3",
    "4",
    "5",
    "x4,0ci1,1,1,1,1,1,2aw2mm16ts19t0",
    "x4,0ci1,1,1,1,1,1,1,2aw2c0,0,255,255i1mm16ts19t0",
    "x4,0ci1,1,1,1,2aw2mm16ts19t0",
    "x4,0ci1,1,1,1,1,1,2aw1i1w2m8,24mm16ts19t0",
)
STANDARD: dict[str, Codec] = {
    "zlib": lambda data: zlib.compress(data, 9),
    "bz2": lambda data: bz2.compress(data, 9),
    "lzma": lambda data: lzma.compress(data, preset=9 | lzma.PRESET_EXTREME),
}


def ppmd(variant: str, order: int) -> Codec:
    """PPMd with contexts of up to `order` characters. Raises ImportError that says what to do."""
    pyppmd = _wanted("pyppmd")
    return lambda data: pyppmd.compress(data, max_order=order, mem_size=1 << 26, variant=variant)


def zpaq(method: str) -> Codec:
    """Context mixing: a level, "1" to "5", or a chain of models in zpaq's own notation."""
    package = _wanted("zpaq")
    chosen = {"level": int(method)} if method.isdigit() else {"method": method}
    return lambda data: package.compress(data, threads=1, hints=False, **chosen)


def _wanted(name: str):
    try:
        return __import__(name)
    except ImportError:
        raise ImportError(
            f"the compressors of the full text run need the package {name}: "
            "pip install -e .[floors] in this environment"
        ) from None


def adapting_nats(codec: Codec, known: bytes, text: bytes) -> float:
    """Nats a character of `text`, read after `known` and in one go.

    >>> round(adapting_nats(bytes, b"known", b"text"), 4) == round(8 * math.log(2), 4)
    True
    """
    return (len(codec(known + text)) - len(codec(known))) * 8 * math.log(2) / len(text)


def restarted_nats(
    codec: Codec, known: bytes, text: bytes, piece: int = 256, every: int = 1
) -> np.ndarray:
    """Nats a character of each piece (of every `every`-th one), read after `known` alone.

    The compressor forgets each piece before the next. Whole bytes are counted: one piece alone may
    be wrong by a byte, the mean is not. (pieces,)
    """
    alone, starts = len(codec(known)), range(0, len(text) - piece + 1, piece * every)
    sizes = [len(codec(known + text[start : start + piece])) - alone for start in starts]
    return np.array(sizes) * 8 * math.log(2) / piece
