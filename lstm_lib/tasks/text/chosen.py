"""How floors are set, and what adapts: each value by trials on validation (`studies`)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chosen:
    """The best of results/text/tuning.json; a test compares. Names: see `studies`."""

    kn_order: int = 7
    kn_scale: float = 1.0
    adapting_kn_order: int = 7
    adapting_kn_scale: float = 1.0
    ppmd_variant: str = "I"
    ppmd_order: int = 6
    zpaq_method: str = "x4,0ci1,1,1,1,1,1,2aw2mm16ts19t0"
    dynamic_rate: float = 1e-4
    dynamic_decay: float = 1e-3
    dynamic_segment: int = 20
    cache_sharpness: float = 0.2
    cache_share: float = 0.05
    cache_window: int = 2000
    kn_share: float = 0.2


CHOSEN = Chosen()
