"""What every simulated drive with firmware has: power, presence on the bus, a serial number, sectors that need a write.

A bench file counts power cycles (`power = N`): a number above the one remembered is a power cycle before the first
command. A drive that lost its power comes back when it is opened again; one that left the bus needs a power cycle.
"""

import errno
import os
from threading import RLock
from typing import Any

from erasure.simulated.erasing import Erasing, Stage
from erasure.simulated.firmware import Firmware, Medium, Memory, Time, Vice
from erasure.simulated.nameplate import Nameplate
from erasure.simulated.shelf import Shelf


class PoweredDrive:
    """Base of the models. Subclasses say what a first power-on and a power cycle mean to them."""

    def __init__(
        self, firmware: Firmware, nameplate: Nameplate, medium: Medium, memory: Memory, time: Time, *, power: int = 1
    ) -> None:
        self.firmware, self.nameplate, self.medium, self.time = firmware, nameplate, medium, time
        self.shelf = Shelf(memory, firmware.kind)
        self.erasing = Erasing(firmware, medium, self.shelf, time)
        self.one_at_a_time = RLock()  # a front end may have several threads, a drive has one command
        self.assemble()
        known = self.shelf.get("power")
        if known is None:
            self.first_power()
        elif power > known or memory.get("gone") == Vice.POWER_LOSS:
            self.power_cycle()
        self.shelf.put(power=max(power, known or 0))

    def assemble(self) -> None:
        """Put the parts of a subclass together, before the first power-on."""

    def first_power(self) -> None:
        """Come out of the box, or out of the machine of the donor."""

    def power_cycle(self) -> None:
        """Lose the power and get it back: success is forgotten, a running sanitize goes on, a failed one stays so."""
        was_gone = self.gone()
        self.shelf.memory.put(gone="")
        if self.shelf.get("stage") == Stage.RUNNING:
            self.erasing.resume(was_gone=was_gone)
        elif self.shelf.get("stage") == Stage.SUCCEEDED:
            self.erasing.forget()

    def look_again(self) -> None:
        """Be asked for the capacity by the kernel: here nothing depends on it."""

    def feature(self, name: str, default: Any) -> Any:
        """Look up one member of the firmware's table."""
        return self.firmware.feature(name, default)

    def close(self) -> None:
        """Let go of the medium."""
        self.medium.close()

    def present(self) -> None:
        """Raise OSError (ENODEV) when the drive has left the bus."""
        if self.gone():
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    def gone(self) -> bool:
        """Say whether the drive has left the bus."""
        return bool(self.shelf.memory.get("gone"))

    def serial(self) -> str:
        """Serial number as it answers now."""
        return f"{self.nameplate.serial}-OTHER" if self.shelf.get("renamed") else self.nameplate.serial

    def unwritten(self, offset: int, length: int) -> bool:
        """Say whether a sector of this place must be written before it can be read."""
        return any(first < offset + length and offset < end for first, end in self.shelf.get("unwritten", []))

    def wrote(self, offset: int, length: int) -> None:
        """Note that the host wrote there."""
        waiting = self.shelf.get("unwritten", [])
        before = [[first, min(end, offset)] for first, end in waiting]
        left = before + [[max(first, offset + length), end] for first, end in waiting]
        if waiting:
            self.shelf.put(unwritten=[part for part in left if part[0] < part[1]])
