"""What hides sectors of a simulated ATA drive: HPA or accessible max (AMAC), and DCO below it (ACS; drives 3.7).

Commands carry the *last* LBA, IDENTIFY DEVICE a count. All limits here are counts of sectors.
"""

from dataclasses import dataclass

from erasure.simulated.ata_registers import Aborted, Command, Taskfile, address
from erasure.simulated.firmware import Firmware, Vice
from erasure.simulated.sense import Registers
from erasure.simulated.shelf import Shelf

PERMANENT = 0x01
SIGNATURE = 0xA5
DATA_IN = 4
GET_NATIVE, SET, FREEZE = 0x0000, 0x0001, 0x0002
RESTORE, FREEZE_LOCK, IDENTIFY = 0xC0, 0xC1, 0xC2
DCO_FEATURES = 0x018F


@dataclass(slots=True)
class Limits:
    """Three capacities: the factory's, the one that DCO leaves, the one that HPA or AMAC leaves (`current`)."""

    firmware: Firmware
    shelf: Shelf
    factory: int
    sector: int
    visible: int  # at first

    def first_power(self) -> None:
        """Come as the donor left it."""
        left = int(self.firmware.feature("dco_bytes", self.factory * self.sector)) // self.sector
        self.shelf.put(dco=left, limit=self.visible, volatile=0, changed=False, believed=self.visible)
        self.shelf.put(dco_locked=False, ama_frozen=False)

    def power_cycle(self) -> None:
        """Forget what was volatile; the kernel looks again."""
        self.shelf.put(volatile=0, changed=False, believed=self.shelf.get("limit"), dco_locked=False, ama_frozen=False)

    @property
    def hpa(self) -> bool:
        """Say whether the drive knows HPA; one that knows AMAC does not."""
        return bool(self.firmware.feature("hpa", not self.amac)) and not self.amac

    @property
    def amac(self) -> bool:
        """Say whether the drive knows ACCESSIBLE MAX ADDRESS CONFIGURATION."""
        return bool(self.firmware.feature("amac", False))

    @property
    def dco(self) -> bool:
        """Say whether the drive knows DEVICE CONFIGURATION OVERLAY."""
        return bool(self.firmware.feature("dco", False))

    @property
    def current(self) -> int:
        """Sectors that commands reach now."""
        return int(self.shelf.get("volatile") or self.shelf.get("limit"))

    @property
    def believed(self) -> int:
        """Sectors that the kernel believes in: on some machines until the power is cycled."""
        return int(self.shelf.get("believed")) if Vice.KEEPS_SIZE in self.firmware else self.current

    @property
    def native(self) -> int:
        """Sectors up to the native maximum, which DCO lowers."""
        return int(self.shelf.get("dco"))

    def read_native(self, task: Taskfile) -> Registers:
        """READ NATIVE MAX ADDRESS (EXT). Raises Aborted."""
        if not self.hpa:
            raise Aborted
        last = 0 if Vice.HIDES_NATIVE in self.firmware else self.native - 1
        return address(last, extended=task.command == Command.READ_NATIVE_MAX_EXT)

    def set_max(self, task: Taskfile, previous: int | None) -> Registers:
        """SET MAX ADDRESS (EXT): directly after READ NATIVE MAX. Raises Aborted."""
        wide = task.command == Command.SET_MAX_EXT
        due = Command.READ_NATIVE_MAX_EXT if wide else Command.READ_NATIVE_MAX
        once = Vice.HPA_ONCE in self.firmware and self.shelf.get("changed")
        allowed = self.hpa and previous == due and not once and not self.firmware.feature("hpa_password", False)
        if not allowed or (not wide and task.feature != 0) or task.lba >= self.native:
            raise Aborted
        self._limit(task.lba + 1, permanent=bool(task.count & PERMANENT))
        return address(task.lba, extended=wide)

    def accessible(self, task: Taskfile) -> Registers:
        """AMAC: get the native maximum, set the accessible one once per power cycle, freeze. Raises Aborted."""
        if not self.amac or not task.extended:
            raise Aborted
        if task.feature == GET_NATIVE:
            return address(0 if Vice.HIDES_NATIVE in self.firmware else self.native - 1, extended=True)
        if self.shelf.get("ama_frozen") or self.shelf.get("changed"):
            raise Aborted
        if task.feature == SET and task.lba < self.native:
            self._limit(task.lba + 1, permanent=True)
        elif task.feature == FREEZE:
            self.shelf.put(ama_frozen=True)
        else:
            raise Aborted
        return Registers()

    def overlay(self, task: Taskfile) -> bytes:
        """DCO: identify, restore (no HPA may be there), freeze. Raises Aborted."""
        if not self.dco or Vice.DCO_FROZEN in self.firmware or self.shelf.get("dco_locked"):
            raise Aborted
        if task.feature == IDENTIFY and task.protocol == DATA_IN:
            return self._overlay_block()
        if task.feature == RESTORE and self.current == self.native:
            self.shelf.put(dco=self.factory, limit=self.factory, volatile=0)
        elif task.feature == FREEZE_LOCK:
            self.shelf.put(dco_locked=True)
        else:
            raise Aborted
        return b""

    def _limit(self, sectors: int, *, permanent: bool) -> None:
        if permanent:
            self.shelf.put(limit=sectors, volatile=0, changed=True)
        else:
            self.shelf.put(volatile=sectors, changed=True)

    def _overlay_block(self) -> bytes:
        block = bytearray(512)
        block[0:2] = (2).to_bytes(2, "little")
        block[2:6] = bytes([7, 0, 0x7F, 0])
        block[6:14] = (self.factory - 1).to_bytes(8, "little")
        block[14:16] = DCO_FEATURES.to_bytes(2, "little")
        block[510] = SIGNATURE
        block[511] = -sum(block) & 0xFF
        return bytes(block)
