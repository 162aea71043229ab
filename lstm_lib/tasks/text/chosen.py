"""How floors are set, and what adapts: each value by trials on validation (`studies`)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chosen:
    """The best of results/text/tuning.json; a test compares. Names: see `studies`."""

    kn_order: int = 8
    kn_scale: float = 1.2
    adapting_kn_order: int = 10
    adapting_kn_scale: float = 1.1
    ppmd_variant: str = "I"
    ppmd_order: int = 6
    zpaq_method: str = "x4,0ci1,1,1,1,1,1,2aw1i1w2m8,24mm16ts19t0"
    dynamic_rate: float = 0.0001
    dynamic_decay: float = 0.001
    dynamic_segment: int = 20
    cache_sharpness: float = 0.4
    cache_share: float = 0.05
    cache_window: int = 8000
    kn_share: float = 0.4
    fixed_kn_share: float = 0.5


CHOSEN = Chosen()
