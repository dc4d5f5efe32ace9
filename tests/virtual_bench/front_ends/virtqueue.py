"""One split virtqueue (VIRTIO 1.2, section 2.7) from the side of the device, in its plainest form."""

import os
import struct
import threading
from dataclasses import dataclass, field

from tests.virtual_bench.front_ends.shared_memory import SharedMemory

DESCRIPTOR = struct.Struct("<QIHH")  # address, length, flags, next
USED = struct.Struct("<II")
NEXT, WRITABLE = 1, 2
ONE = (1).to_bytes(8, "little")


@dataclass(slots=True)
class Chain:
    """One request of the driver: what it sent, and where the answer goes."""

    head: int
    sent: bytes
    room: list[memoryview]

    def answer(self, data: bytes) -> int:
        """Write the answer over the writable pieces in order, as much as there is room for; return how much."""
        written = 0
        for piece in self.room:
            part = data[written : written + len(piece)]
            piece[: len(part)] = part
            written += len(part)
        return written


@dataclass(slots=True)
class Virtqueue:
    """The rings of one queue and the two events: one rings at us, with the other we ring."""

    size: int = 0
    descriptors: int = 0  # addresses in QEMU
    available: int = 0
    used: int = 0
    seen: int = 0  # index of the next available entry
    enabled: bool = False
    kick: int = -1
    call: int = -1
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, memory: SharedMemory) -> Chain | None:
        """Take the next request; None when there is none."""
        ring = memory.at_qemu(self.available, 4 + 2 * self.size)
        (index,) = struct.unpack_from("<H", ring, 2)
        if index == self.seen:
            return None
        (head,) = struct.unpack_from("<H", ring, 4 + 2 * (self.seen % self.size))
        self.seen = (self.seen + 1) & 0xFFFF
        return self._chain(memory, head)

    def _chain(self, memory: SharedMemory, head: int) -> Chain:
        table = memory.at_qemu(self.descriptors, DESCRIPTOR.size * self.size)
        sent, room, place, more = bytearray(), [], head, True
        while more:
            address, length, flags, following = DESCRIPTOR.unpack_from(table, DESCRIPTOR.size * place)
            piece = memory.at_guest(address, length)
            if flags & WRITABLE:
                room.append(piece)
            else:
                sent += piece
            place, more = following, bool(flags & NEXT)
        return Chain(head, bytes(sent), room)

    def give_back(self, memory: SharedMemory, chain: Chain, written: int) -> None:
        """Return a request with its answer written, and ring. Several threads may."""
        with self.lock:
            ring = memory.at_qemu(self.used, 4 + USED.size * self.size)
            (index,) = struct.unpack_from("<H", ring, 2)
            USED.pack_into(ring, 4 + USED.size * (index % self.size), chain.head, written)
            struct.pack_into("<H", ring, 2, (index + 1) & 0xFFFF)
        if self.call >= 0:
            os.write(self.call, ONE)
