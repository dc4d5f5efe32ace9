"""The Sanitize feature set of a simulated ATA drive: SD0 to SD4, keys, freeze, antifreeze (ACS; drives 3.6)."""

from dataclasses import dataclass
from enum import IntEnum

from erasure.simulated.ata_registers import ABORT, ERROR, Aborted, Taskfile
from erasure.simulated.ata_security import Security
from erasure.simulated.erasing import Erasing, Order, Stage, hang
from erasure.simulated.firmware import Firmware, Medium, Vice
from erasure.simulated.sense import Registers
from erasure.simulated.shelf import Shelf

COMPLETED, IN_PROGRESS, FROZEN, ANTIFREEZE = 0x8000, 0x4000, 0x2000, 0x1000
IDLE_PROGRESS = 0xFFFF
CLEAR_FAILED, FAILURE_MODE, DEFINITIVE_ENDING, INVERT = 0x0001, 0x0010, 0x0040, 0x0080
PASSES = 0x000F
SIXTEEN = 16


class Feature(IntEnum):
    """Subcommands of SANITIZE DEVICE."""

    STATUS = 0x0000
    CRYPTO = 0x0011
    BLOCK = 0x0012
    OVERWRITE = 0x0014
    FREEZE = 0x0020
    ANTIFREEZE = 0x0040


KEYS = {
    Feature.CRYPTO: 0x43727970,
    Feature.BLOCK: 0x426B4572,
    Feature.OVERWRITE: 0x4F57,
    Feature.FREEZE: 0x46724C6B,
    Feature.ANTIFREEZE: 0x416E7469,
}
ACTIONS = {Feature.CRYPTO: "crypto", Feature.BLOCK: "block", Feature.OVERWRITE: "overwrite"}


class Why(IntEnum):
    """Reason of an abort, in LBA bits 7:0."""

    NONE = 0
    FAILED_BEFORE = 1
    UNSUPPORTED = 2
    FROZEN = 3
    ANTIFREEZE = 4


@dataclass(slots=True)
class Sanitize:
    """SANITIZE DEVICE. The erase itself is `erasing`."""

    firmware: Firmware
    medium: Medium
    shelf: Shelf
    erasing: Erasing
    security: Security

    @property
    def supported(self) -> bool:
        """Say whether the drive has the feature set at all."""
        return any(self.offers(feature) for feature in ACTIONS)

    def offers(self, feature: Feature) -> bool:
        """Say whether the drive announces this erase."""
        return bool(self.firmware.feature(ACTIONS[feature], False))

    def first_power(self) -> None:
        """Come frozen, where the firmware of the machine did that."""
        self.shelf.put(sanitize_frozen=Vice.SANITIZE_FROZEN in self.firmware, antifreeze=False)

    def power_cycle(self) -> None:
        """Thaw; the machine freezes it again only if its table says so."""
        again = Vice.SANITIZE_FROZEN in self.firmware and bool(self.firmware.feature("freezes_again", False))
        self.shelf.put(sanitize_frozen=again, antifreeze=False)

    def carry_out(self, task: Taskfile) -> Registers:
        """Carry out one subcommand; the answer is the status. Raises Aborted, OSError."""
        if not self.supported:
            raise Aborted
        if task.feature == Feature.STATUS:
            return self._status(clear=bool(task.count & CLEAR_FAILED))
        if task.feature not in KEYS or not task.extended:
            raise Aborted(Why.UNSUPPORTED)
        feature = Feature(task.feature)
        if self._key(feature, task.lba) != KEYS[feature]:
            raise Aborted
        if feature is Feature.FREEZE:
            self._freeze()
        elif feature is Feature.ANTIFREEZE:
            self._antifreeze()
        else:
            self._start(feature, task)
        return self._words()

    def stage(self) -> Stage:
        """Say where the erase is; a success that was allowed on a locked drive takes its password away."""
        stage = self.erasing.stage()
        if stage is Stage.SUCCEEDED and self.shelf.get("overrides"):
            self.shelf.put(overrides=False)
            self.security.clear()
        return stage

    def _key(self, feature: Feature, lba: int) -> int:
        return lba >> 32 if feature is Feature.OVERWRITE else lba

    def _freeze(self) -> None:
        if self.shelf.get("antifreeze"):
            raise Aborted(Why.ANTIFREEZE)
        self.shelf.put(sanitize_frozen=True)

    def _antifreeze(self) -> None:
        if not self.firmware.feature("antifreeze", False):
            raise Aborted(Why.UNSUPPORTED)
        if self.shelf.get("sanitize_frozen"):
            raise Aborted(Why.FROZEN)
        self.shelf.put(antifreeze=True)

    def _status(self, *, clear: bool) -> Registers:
        if Vice.ZERO_LOG in self.firmware:
            return Registers()
        if self.stage() is Stage.FAILED:
            if not clear or not self.shelf.get("may_exit"):
                return Registers(ERROR, ABORT, self._words().count, Why.FAILED_BEFORE)
            self.erasing.forget()
        return self._words()

    def _words(self) -> Registers:
        if Vice.ZERO_LOG in self.firmware:
            return Registers()
        stage = self.stage()
        count = FROZEN if self.shelf.get("sanitize_frozen") else 0
        count |= ANTIFREEZE if self.shelf.get("antifreeze") else 0
        if stage is Stage.RUNNING:
            return Registers(count=count | IN_PROGRESS, lba=self.erasing.progress())
        claims = stage is Stage.IDLE and Vice.IDLE_SUCCESS in self.firmware
        return Registers(count=count | (COMPLETED if claims or stage is Stage.SUCCEEDED else 0), lba=IDLE_PROGRESS)

    def _start(self, feature: Feature, task: Taskfile) -> None:
        self._permit(feature, task)
        may_exit = bool(task.count & FAILURE_MODE)
        order = Order(ACTIONS[feature], self._seconds(feature), self._fill(feature, task), self._end(), may_exit)
        if Vice.HANGS in self.firmware:
            if self.firmware.feature("hangs_running", False):
                self.erasing.start(order)
            hang(self.erasing.time, task.timeout_ms)
        self.shelf.put(overrides=self.security.locked)
        self.erasing.start(order)

    def _permit(self, feature: Feature, task: Taskfile) -> None:
        if not self.offers(feature):
            raise Aborted(Why.UNSUPPORTED)
        if self.shelf.get("sanitize_frozen"):
            raise Aborted(Why.FROZEN)
        locked = self.security.locked and not self.firmware.feature("overrides_lock", False)
        stage = self.stage()
        if Vice.ABORTS in self.firmware or locked or stage is Stage.RUNNING:
            raise Aborted
        if stage is Stage.FAILED and not self.shelf.get("may_exit") and task.count & FAILURE_MODE:
            raise Aborted(Why.FAILED_BEFORE)
        ending = feature is Feature.OVERWRITE and task.count & DEFINITIVE_ENDING
        if ending and not self.firmware.feature("definitive_ending", True):
            raise Aborted

    def _seconds(self, feature: Feature) -> float:
        return float(self.firmware.feature(f"{ACTIONS[feature]}_seconds", self.firmware.feature("seconds", 2)))

    def _end(self) -> int:
        return self.medium.native_bytes()

    def _fill(self, feature: Feature, task: Taskfile) -> bytes:
        if feature is Feature.CRYPTO:
            return b""
        if feature is Feature.BLOCK:
            return bytes.fromhex(self.firmware.feature("block_fill", "00"))
        pattern = (task.lba & 0xFFFFFFFF).to_bytes(4, "little")
        passes = task.count & PASSES or SIXTEEN
        inverted = task.count & INVERT and not task.count & DEFINITIVE_ENDING and passes % 2 == 0
        return bytes(byte ^ 0xFF for byte in pattern) if inverted else pattern
