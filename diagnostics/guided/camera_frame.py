"""One frame of a camera, judged and forgotten: is it a picture at all, or black, or of one colour?

The frame is YUYV or NV12 as `v4l2-ctl --stream-mmap` writes it, or anything else of at least one byte a pixel; only
how much its bytes differ is measured, so the format does not matter. No frame is kept: a record holds two figures.
"""

import math
from dataclasses import dataclass
from typing import Any

SHORTEST_FRAME = 4096  # bytes
EVEN = 4  # a spread below this is one colour: a closed shutter, a dead sensor
_STEP = 7  # every seventh byte is enough, and no power of two of a row


@dataclass(frozen=True, slots=True)
class Frame:
    """Mean and spread (standard deviation) of the bytes of a frame, 0 to 255."""

    mean: int
    spread: int

    @property
    def sound(self) -> bool:
        """True when something can be seen."""
        return self.spread >= EVEN

    def to_evidence(self) -> dict[str, Any]:
        """Return plain types for the record."""
        return {"frame_mean": self.mean, "frame_spread": self.spread}


def judge_frame(data: bytes) -> Frame | None:
    """Measure a frame; None where it is too short to be one."""
    if len(data) < SHORTEST_FRAME:
        return None
    sample = data[::_STEP]
    mean = sum(sample) / len(sample)
    variance = sum((byte - mean) ** 2 for byte in sample) / len(sample)
    return Frame(round(mean), round(math.sqrt(variance)))
