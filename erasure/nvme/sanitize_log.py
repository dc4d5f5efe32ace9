"""The sanitize status log (page 81h): how a sanitize stands, in the words of the drive. Pure.

SSTAT is masked before it is compared: 0101h is a success with Global Data Erased. Its value 4 is a success too. SPROG
FFFFh means nothing by itself: it is there whenever nothing runs, also after a failure. An empty log is no end of
anything. Words that contradict each other are unknown. Drives reference, section 3.8; NVM Express Base Specification,
section 5.1.12.1.33.
"""

import struct
from dataclasses import dataclass, field

from erasure.nvme.commands import ACTION_BITS, SANITIZE_LOG_BYTES, Action
from erasure.sanitizing import SanitizeReport, SanitizeState

HEAD = struct.Struct("<HHIIIIIIIIB")
NOT_TOLD = 0xFFFFFFFF
NO_PROGRESS = 0xFFFF
STATUS_BITS = 0b111
ERASED_BIT, PURGED_BIT = 1 << 8, 1 << 11
OVERWRITE_ESTIMATE_PASSES = 16

STATES = {
    0: SanitizeState.IDLE,
    1: SanitizeState.SUCCEEDED,
    2: SanitizeState.RUNNING,
    3: SanitizeState.FAILED,
    4: SanitizeState.SUCCEEDED,
}
PROCESSING, FAILURE, VERIFYING = frozenset({1, 3}), frozenset({2, 4}), frozenset({5, 6})
CONTRADICTS = {  # states of the machine (SSI 3:0) that cannot stand beside a status
    SanitizeState.IDLE: PROCESSING | FAILURE | VERIFYING,
    SanitizeState.SUCCEEDED: PROCESSING | FAILURE | VERIFYING,
    SanitizeState.RUNNING: FAILURE,
    SanitizeState.FAILED: PROCESSING | VERIFYING,
}
LAST_MACHINE_STATE = 6


@dataclass(frozen=True, slots=True)
class SanitizeLog:
    """One reading of page 81h."""

    sprog: int
    sstat: int
    scdw10: int  # command dword 10 of the last sanitize
    ssi: int
    estimates: tuple[int, ...]  # seconds: overwrite (16 passes), block, crypto; the same without deallocation; after
    raw: bytes = field(repr=False)

    @property
    def state(self) -> SanitizeState:
        """How it stands; UNKNOWN for a reserved value or words that contradict each other."""
        state = STATES.get(self.sstat & STATUS_BITS, SanitizeState.UNKNOWN)
        machine = self.ssi & 0xF
        wrong = machine > LAST_MACHINE_STATE or machine in CONTRADICTS.get(state, frozenset())
        return SanitizeState.UNKNOWN if wrong else state

    @property
    def action(self) -> Action | None:
        """What the last sanitize does or did; None when it was none that erases."""
        code = self.scdw10 & ACTION_BITS
        return Action(code) if code in set(Action) else None

    @property
    def unrestricted(self) -> bool:
        """Say whether it might have ended in failure and the drive go on as before (AUSE): no Purge rests on that."""
        return bool(self.scdw10 >> 3 & 1)

    @property
    def progress(self) -> int | None:
        """Progress in 65536ths while it runs."""
        running = self.state is SanitizeState.RUNNING and self.sprog != NO_PROGRESS
        return self.sprog if running else None

    @property
    def completed_passes(self) -> int:
        """How many passes of an overwrite are done."""
        return self.sstat >> 3 & 0x1F

    @property
    def data_erased(self) -> bool:
        """Global Data Erased: nothing was written since."""
        return bool(self.sstat & ERASED_BIT)

    @property
    def purged(self) -> bool:
        """PRGD: the controller says that the last sanitize purged (IEEE 2883)."""
        return bool(self.sstat & PURGED_BIT)

    @property
    def words(self) -> str:
        """Write the raw words down."""
        return f"SSTAT {self.sstat:04X}h SPROG {self.sprog:04X}h SCDW10 {self.scdw10:08X}h SSI {self.ssi:02X}h"

    def attested(self, *, asked: bool) -> bool | None:
        """PRGD of a success: the controller says that it purged. None when nothing asked it to and it does not say."""
        if self.state is not SanitizeState.SUCCEEDED:
            return None
        return True if self.purged else False if asked else None

    def seconds(self) -> dict[str, int | None]:
        """How long each action takes, in seconds, one pass for an overwrite; None when the drive does not say."""
        overwrite, block, crypto = (None if one == NOT_TOLD else one for one in self.estimates[:3])
        one_pass = None if overwrite is None else -(-overwrite // OVERWRITE_ESTIMATE_PASSES)
        return {"overwrite": one_pass, "block": block, "crypto": crypto}


def decode_sanitize_log(data: bytes) -> SanitizeLog | None:
    """Decode the page; None when it has not its length."""
    if len(data) != SANITIZE_LOG_BYTES:
        return None
    sprog, sstat, scdw10, *estimates, ssi = HEAD.unpack_from(data)
    return SanitizeLog(sprog, sstat, scdw10, ssi, tuple(estimates), bytes(data))


def report_of(log: SanitizeLog | None, *, purge_reporting: bool) -> SanitizeReport:
    """Say it in the vocabulary that all drives share; no legible log is UNKNOWN."""
    if log is None:
        return SanitizeReport(SanitizeState.UNKNOWN, detail="the sanitize log could not be read")
    return SanitizeReport(
        state=log.state,
        action="" if log.action is None else log.action.name.lower(),
        progress=log.progress,
        attested_purge=log.attested(asked=purge_reporting),
        detail=log.words,
        raw=log.raw.hex(),
    )
