"""An erase that a drive carries out by itself: progress by the clock, effect on the medium, and the vices acting on it.

Shared by the sanitize machines of the models. What it does and what it says of it are apart on purpose: a drive that
lies has a good status and an untouched medium.
"""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from erasure.simulated.firmware import Firmware, Medium, Time, Vice
from erasure.simulated.shelf import Shelf

WHOLE = 65_536
STUCK_AT = 655
STEP_SECONDS = 0.25
DROPS_OUT = (Vice.VANISHES, Vice.POWER_LOSS)


class Stage(StrEnum):
    """Where the erase is: SD0, SD2, SD4 and SD3 of ACS."""

    IDLE = "idle"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Order:
    """What to do: from byte 0 to `end`; a pattern, or a lost key when `fill` is empty."""

    action: str
    seconds: float
    fill: bytes
    end: int
    may_exit: bool = False  # a failed state may be left (FAILURE MODE, AUSE)


@dataclass(slots=True)
class Erasing:
    """The one erase of a drive. Its state outlives the process and the power."""

    firmware: Firmware
    medium: Medium
    shelf: Shelf
    time: Time

    def start(self, order: Order) -> None:
        """Begin; an earlier result is forgotten."""
        fill = order.fill
        if Vice.WRONG_ACTION in self.firmware:
            fill = b"" if fill else b"\0"
        self.shelf.put(
            stage=Stage.RUNNING,
            action=order.action,
            seconds=order.seconds,
            fill=fill.hex(),
            end=order.end,
            may_exit=order.may_exit,
            elapsed=0,
            since=self.time.monotonic_ns(),
            wiped=0,
            attention=False,
        )

    def stage(self) -> Stage:
        """Say where it is now. Raises OSError when the drive leaves the bus on the way."""
        if self.shelf.get("stage", Stage.IDLE) == Stage.RUNNING:
            self._advance()
        return Stage(self.shelf.get("stage", Stage.IDLE))

    def progress(self) -> int:
        """Say how much is done, of 65536; at most 65535."""
        return min(WHOLE - 1, int(self._share() * WHOLE))

    def forget(self) -> None:
        """Become idle: what was done stays done."""
        self.shelf.put(stage=Stage.IDLE)

    def resume(self, *, was_gone: bool) -> None:
        """Go on after the power came back; while the drive was gone nothing was done."""
        self.shelf.put(elapsed=int(self.shelf.get("elapsed", 0)) if was_gone else self._elapsed())
        self.shelf.put(since=self.time.monotonic_ns())

    def wait(self, timeout_ms: int) -> bool:
        """Block until it is over or the time is up; say whether it is over. Raises OSError like `stage`."""
        deadline = self.time.monotonic_ns() + timeout_ms * 1_000_000
        while self.stage() is Stage.RUNNING:
            if self.time.monotonic_ns() >= deadline:
                return False
            self.time.sleep(STEP_SECONDS if self.shelf.get("seconds") > 1 else 0.01)
        return True

    def take_attention(self) -> bool:
        """Say once that the drive was reset in the middle."""
        due = bool(self.shelf.get("attention", False))
        self.shelf.put(attention=False)
        return due

    def _elapsed(self) -> int:
        now, since = self.time.monotonic_ns(), int(self.shelf.get("since", 0))
        return int(self.shelf.get("elapsed", 0)) + max(0, now - since)

    def _share(self) -> float:
        seconds = float(self.shelf.get("seconds", 0))
        share = min(1.0, self._elapsed() / (seconds * 1e9)) if seconds > 0 else 1.0
        return min(share, STUCK_AT / WHOLE) if Vice.STUCK in self.firmware else share

    def _advance(self) -> None:
        """Bring everything up to the present; a clock that went back is another one, after a restart of the host."""
        self.shelf.put(elapsed=self._elapsed(), since=self.time.monotonic_ns())
        share = self._share()
        half = share >= 1 / 2
        if half and any(vice in self.firmware for vice in DROPS_OUT) and not self.shelf.get("dropped_out"):
            self._drop_out()
        if half and Vice.RESETS in self.firmware and not self.shelf.get("was_reset"):
            self._wipe_to(1 / 2)
            self.shelf.put(stage=Stage.IDLE, attention=True, was_reset=True)
        elif half and Vice.FAILS in self.firmware:
            self._wipe_to(1 / 2)
            self.shelf.put(stage=Stage.FAILED)
        else:
            self._wipe_to(share)
            if share >= 1:
                self._succeed()

    def _drop_out(self) -> None:
        self._wipe_to(1 / 2)
        half = int(float(self.shelf.get("seconds", 0)) * 1e9) // 2
        self.shelf.put(dropped_out=True, elapsed=half, since=self.time.monotonic_ns())
        leave(self.shelf, Vice.POWER_LOSS if Vice.POWER_LOSS in self.firmware else Vice.VANISHES)

    def _succeed(self) -> None:
        aftermath: dict[str, Any] = {"stage": Stage.IDLE if Vice.FORGETS in self.firmware else Stage.SUCCEEDED}
        if Vice.RENAMES in self.firmware:
            aftermath["renamed"] = True
        if Vice.NEEDS_WRITE in self.firmware:
            aftermath["unwritten"] = [[0, int(self.shelf.get("end", 0))]]
        self.shelf.put(**aftermath)

    def _wipe_to(self, share: float) -> None:
        """Let the medium follow the progress, as far as the drive does what it says."""
        reach = 0 if Vice.LIES in self.firmware else int(self.shelf.get("end", 0))
        reach = reach // 2 if Vice.HALF in self.firmware else reach
        first, end = int(self.shelf.get("wiped", 0)), min(reach, int(int(self.shelf.get("end", 0)) * share))
        if first < end:
            self._effect()(first, end)
            self.shelf.put(wiped=end)

    def _effect(self) -> Callable[[int, int], None]:
        fill = bytes.fromhex(self.shelf.get("fill", ""))
        return (lambda first, end: self.medium.wipe(first, end, fill)) if fill else self.medium.scramble


def leave(shelf: Shelf, why: Vice) -> None:
    """Take the drive off the bus until its power comes back. Always raises OSError (ENODEV)."""
    shelf.memory.put(gone=str(why))
    raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))


def hang(time: Time, timeout_ms: int) -> None:
    """Give no answer until the host gives up. Always raises OSError (EINTR)."""
    deadline = time.monotonic_ns() + timeout_ms * 1_000_000
    while time.monotonic_ns() < deadline:
        time.sleep(STEP_SECONDS)
    raise OSError(errno.EINTR, os.strerror(errno.EINTR))
