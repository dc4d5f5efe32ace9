"""The Security feature set of a simulated ATA drive: states SEC1 to SEC6, five tries, erase (ACS; drives 3.4, 3.5)."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from erasure.simulated.ata_registers import Aborted, Command, Taskfile
from erasure.simulated.erasing import DROPS_OUT, STEP_SECONDS, hang, leave
from erasure.simulated.firmware import Firmware, Medium, Time, Vice
from erasure.simulated.sense import Key, Refused
from erasure.simulated.shelf import Shelf

TRIES = 5
BLOCK = 512
MASTER, ENHANCED, MAXIMUM = 0x01, 0x02, 0x01
PASSWORD = slice(2, 34)
FACTORY_MASTER = bytes(32)
FACTORY_MASTER_ID = 0xFFFE
RESET_OCCURRED = 0x29


class TimedOut(Exception):
    """The host adapter gave up waiting."""


@dataclass(slots=True)
class Security:
    """Passwords and locks. `reach` says how many bytes a normal erase covers now."""

    firmware: Firmware
    medium: Medium
    shelf: Shelf
    time: Time
    reach: Callable[[], int]

    def first_power(self) -> None:
        """Come as the donor left it: with a password nobody knows, or a known one, frozen by the machine, or free."""
        unknown = any(vice in self.firmware for vice in (Vice.LOCKED, Vice.COUNT_EXPIRED))
        given = self.firmware.feature("password")
        password = _field(given) if given is not None else os.urandom(32) if unknown else None
        master = self.firmware.feature("master_password")
        self.shelf.put(
            user=None if password is None else password.hex(),
            master=(FACTORY_MASTER if master is None else _field(master)).hex(),
            master_id=int(self.firmware.feature("master_id", FACTORY_MASTER_ID)),
            maximum=bool(self.firmware.feature("maximum", False)),
            locked=password is not None,
            tries=0 if Vice.COUNT_EXPIRED in self.firmware else TRIES,
            frozen=Vice.FROZEN in self.firmware,
        )

    def power_cycle(self) -> None:
        """Lock again where there is a password; the machine freezes it again only if its table says so."""
        again = Vice.FROZEN in self.firmware and bool(self.firmware.feature("freezes_again", False))
        self.shelf.put(locked=self.enabled, tries=TRIES, frozen=again)

    @property
    def enabled(self) -> bool:
        """A user password is set."""
        return self.shelf.get("user") is not None

    @property
    def locked(self) -> bool:
        """Reads and writes are refused."""
        return bool(self.shelf.get("locked"))

    def word(self) -> int:
        """Build word 128 of IDENTIFY DEVICE."""
        flags = (
            True,
            self.enabled,
            self.locked,
            bool(self.shelf.get("frozen")),
            self.shelf.get("tries") == 0,
            bool(self.firmware.feature("enhanced", True)),
            False,
            False,
            bool(self.shelf.get("maximum")),
        )
        return sum(1 << bit for bit, flag in enumerate(flags) if flag)

    def clear(self) -> None:
        """Forget the user password: after an erase, or a sanitize that overrides the lock."""
        self.shelf.put(user=None, locked=False, maximum=False)

    def carry_out(self, task: Taskfile, *, prepared: bool) -> None:
        """Carry out one security command. Raises Aborted, Refused, TimedOut, OSError."""
        if task.command == Command.FREEZE_LOCK:
            if self.locked:
                raise Aborted
            self.shelf.put(frozen=True)
            return
        if self.shelf.get("frozen"):
            raise Aborted
        if task.command == Command.ERASE_PREPARE:
            return
        if len(task.data_out) < BLOCK:
            raise Aborted
        match task.command:
            case Command.SET_PASSWORD:
                self._set_password(task.data_out)
            case Command.UNLOCK:
                self._unlock(task.data_out)
            case Command.DISABLE_PASSWORD:
                self._disable(task.data_out)
            case _:
                self._erase_unit(task, prepared=prepared)

    def _set_password(self, block: bytes) -> None:
        if self.locked:
            raise Aborted
        if block[0] & MASTER:
            self.shelf.put(master=block[PASSWORD].hex(), master_id=int.from_bytes(block[34:36], "little"))
        else:
            self.shelf.put(user=block[PASSWORD].hex(), maximum=bool(block[1] & MAXIMUM))

    def _matches(self, block: bytes, *, opening: bool) -> bool:
        """Compare the password; at maximum level that of the master opens nothing, it can only erase."""
        if not block[0] & MASTER:
            return bool(self.shelf.get("user") == block[PASSWORD].hex())
        if opening and self.enabled and self.shelf.get("maximum"):
            return False
        return bool(self.shelf.get("master") == block[PASSWORD].hex())

    def _unlock(self, block: bytes) -> None:
        if self.shelf.get("tries") == 0 or not self.enabled:
            raise Aborted
        if not self._matches(block, opening=True):
            self.shelf.put(tries=self.shelf.get("tries") - (1 if self.locked else 0))
            raise Aborted
        self.shelf.put(locked=False)

    def _disable(self, block: bytes) -> None:
        if self.locked or not self._matches(block, opening=True):
            raise Aborted
        self.clear()

    def _erase_unit(self, task: Taskfile, *, prepared: bool) -> None:
        enhanced = bool(task.data_out[0] & ENHANCED)
        allowed = prepared and self.shelf.get("tries") != 0 and self._matches(task.data_out, opening=False)
        if not allowed or Vice.ABORTS in self.firmware or (enhanced and not self.firmware.feature("enhanced", True)):
            raise Aborted
        if Vice.HANGS in self.firmware or Vice.STUCK in self.firmware:
            hang(self.time, task.timeout_ms)
        end = self.medium.native_bytes() if enhanced else self.reach()
        seconds = float(self.firmware.feature("enhanced_erase_seconds" if enhanced else "erase_seconds", 1))
        self._work(end, seconds, task.timeout_ms)
        aftermath = {"renamed": True} if Vice.RENAMES in self.firmware else {}
        if Vice.NEEDS_WRITE in self.firmware:
            self.shelf.put(unwritten=[[0, end]])
        self.shelf.put(**aftermath)
        self.clear()

    def _work(self, end: int, seconds: float, timeout_ms: int) -> None:
        """Wipe in one blocking command, or stop half way as its vices want."""
        drops_out = any(vice in self.firmware for vice in DROPS_OUT) and not self.shelf.get("dropped_out")
        half = drops_out or any(vice in self.firmware for vice in (Vice.RESETS, Vice.FAILS))
        late = timeout_ms < seconds * 1000
        wanted = min(seconds / 2 if half else seconds, timeout_ms / 1000)
        self._pass_time(wanted)
        reach = 0 if Vice.LIES in self.firmware else end // 2 if half or late or Vice.HALF in self.firmware else end
        self.medium.wipe(0, reach, b"\0")
        if drops_out:
            self.shelf.put(dropped_out=True)
            leave(self.shelf, Vice.POWER_LOSS if Vice.POWER_LOSS in self.firmware else Vice.VANISHES)
        if Vice.RESETS in self.firmware:
            raise Refused(Key.UNIT_ATTENTION, RESET_OCCURRED)
        if late:
            raise TimedOut
        if Vice.FAILS in self.firmware:
            raise Aborted

    def _pass_time(self, seconds: float) -> None:
        deadline = self.time.monotonic_ns() + int(seconds * 1e9)
        while (left := deadline - self.time.monotonic_ns()) > 0:
            self.time.sleep(min(STEP_SECONDS, left / 1e9))


def _field(text: str) -> bytes:
    """Pad a password to 32 bytes with zeros, as hdparm does."""
    return text.encode("utf-8")[:32].ljust(32, b"\0")
