"""The capacity of a native SCSI disk as the host may set it: number of blocks of MODE SELECT (SBC-4; drives 3.7)."""

from dataclasses import dataclass

from erasure.simulated.sense import Key, Refused
from erasure.simulated.shelf import Shelf

HEAD_6, HEAD_10, DESCRIPTOR, LONG_DESCRIPTOR = 4, 8, 8, 16
MODE_SELECT_6, MODE_SELECT_10 = 0x15, 0x55
INVALID_PARAMETER, LIST_LENGTH = 0x26, 0x1A


@dataclass(slots=True)
class Capacity:
    """How many blocks commands reach: at most `native`, at first `visible`. Kept without power."""

    shelf: Shelf
    visible: int
    native: int
    sector: int

    @property
    def blocks(self) -> int:
        """Blocks that commands reach now."""
        return int(self.shelf.get("blocks", self.visible))

    def descriptor(self) -> bytes:
        """Build the short block descriptor; a number that does not fit is all ones."""
        return min(self.blocks, 0xFFFFFFFF).to_bytes(4, "big") + bytes([0]) + self.sector.to_bytes(3, "big")

    def select(self, opcode: int, parameters: bytes) -> None:
        """Take the parameter list of MODE SELECT (6) or (10): all ones asks for everything. Raises Refused."""
        short = opcode == MODE_SELECT_6
        head = HEAD_6 if short else HEAD_10
        if len(parameters) < head:
            raise Refused(Key.ILLEGAL_REQUEST, LIST_LENGTH)
        length = parameters[3] if short else int.from_bytes(parameters[6:8], "big")
        descriptor = parameters[head : head + length]
        if not length:
            return
        if length not in (DESCRIPTOR, LONG_DESCRIPTOR) or len(descriptor) != length:
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_PARAMETER)
        self._set(descriptor, long=length == LONG_DESCRIPTOR)

    def _set(self, descriptor: bytes, *, long: bool) -> None:
        width = 8 if long else 4
        number, block = int.from_bytes(descriptor[:width], "big"), int.from_bytes(descriptor[-3:], "big")
        everything = number == (1 << 8 * width) - 1
        if block not in (0, self.sector) or (number > self.native and not everything):
            raise Refused(Key.ILLEGAL_REQUEST, INVALID_PARAMETER)
        if number:  # zero changes nothing
            self.shelf.put(blocks=self.native if everything else number)
