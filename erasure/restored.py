"""What came of removing a hidden area: data only."""

from dataclasses import dataclass

from erasure.hidden import HiddenAreas
from erasure.outcome import Reason


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it. `native_bytes` is the capacity without any clip, None while it is unknown.

    `power_cycle`: the next change, or the new size, shows only after the drive was switched off and on. A drive that
    refuses after that as well keeps its clip: it is not switched a second time for the same one. `hidden` is the ledger
    as it is now, where the drive does not tell it by itself.
    """

    done: tuple[str, ...]
    obstacles: tuple[Reason, ...]
    power_cycle: bool
    native_bytes: int | None
    hidden: HiddenAreas | None = None
