"""A SCSI host adapter with emulated drives (VIRTIO 1.2, section 5.6): one target number for each drive.

It hands CDBs to a model and the model's reply to the guest's kernel: status, sense and residual as they are. It knows
no command but those of the transport itself.
"""

import errno
import struct
import threading
from pathlib import Path
from typing import Protocol

from erasure.transport.ports import ScsiReply
from tests.virtual_bench.front_ends.vhost_user import Device
from tests.virtual_bench.front_ends.virtqueue import Chain

HOTPLUG = 1 << 1  # VIRTIO_SCSI_F_HOTPLUG
REQUEST = struct.Struct("<8sQBBB32s")
RESPONSE = struct.Struct("<IIHBB96s")
CONTROL, EVENT = 0, 1
OK, ABORTED, BAD_TARGET, FAILURE = 0, 2, 3, 9
TRANSPORT_RESET, RESCAN, REMOVED = 1, 1, 2
TASK_MANAGEMENT = 0
TIMEOUT_MS = 24 * 3600 * 1000  # the kernel has its own; it sends an abort
LENGTHS = {0: 6, 1: 10, 2: 10, 4: 16, 5: 12}  # of a CDB, by its group code (SPC-4, 4.2.5.1)
GONE = frozenset({errno.ENODEV, errno.ENXIO})
SILENT = frozenset({errno.EINTR, errno.ETIMEDOUT})
REPORT_LUNS = 0xA0
REQUEST_SENSE = 0x03


class ScsiDrive(Protocol):
    """What stands behind a target number."""

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        """Answer one CDB. Raises OSError when the drive is gone (ENODEV) or does not answer (EINTR)."""
        ...


class ScsiHost:
    """The adapter. Drives are named by target numbers and come and go while the guest runs."""

    def __init__(self, path: Path) -> None:
        self.drives: dict[int, ScsiDrive] = {}
        self.asked = 0  # how often a drive was asked for its progress: no kernel does that by itself
        self._locks: dict[int, threading.Lock] = {}
        self._silent: dict[int, tuple[int, Chain]] = {}  # by tag: commands that the drive never answers
        self.device = Device(path, HOTPLUG, self._take)

    def add(self, drive: ScsiDrive) -> int:
        """Give a drive the next target number; the guest looks when the adapter is plugged in, or `announce` says."""
        target = len(self._locks)
        self.drives[target], self._locks[target] = drive, threading.Lock()
        return target

    def remove(self, target: int) -> None:
        """Pull a drive out: nothing answers any more, and the guest is told."""
        self.drives.pop(target, None)
        self._tell(target, REMOVED)

    def put_back(self, target: int, drive: ScsiDrive) -> None:
        """Put a drive in again that was pulled out, and tell the guest."""
        self.drives[target] = drive
        self._tell(target, RESCAN)

    def close(self) -> None:
        """End serving."""
        self.device.close()

    def _tell(self, target: int, reason: int) -> None:
        chain = self.device.queues[EVENT].take(self.device.memory)
        if chain is not None:
            lun = bytes([1, target, 0, 0, 0, 0, 0, 0])  # as Linux reads it: without the bits of flat addressing
            self.device.complete(EVENT, chain, struct.pack("<I8sI", TRANSPORT_RESET, lun, reason))

    def _take(self, queue: int, chain: Chain) -> None:
        if queue == CONTROL:
            self._control(chain)
        else:
            threading.Thread(target=self._request, args=(queue, chain), daemon=True).start()

    def _control(self, chain: Chain) -> None:
        """Answer task management: complete. What hangs at the drive is answered as aborted."""
        if int.from_bytes(chain.sent[:4], "little") != TASK_MANAGEMENT:
            self.device.complete(CONTROL, chain, bytes(5))  # asynchronous notifications: none
            return
        for tag in list(self._silent):
            queue, waiting = self._silent.pop(tag)
            self.device.complete(queue, waiting, RESPONSE.pack(0, 0, 0, 0, ABORTED, b""))
        self.device.complete(CONTROL, chain, bytes([OK]))

    def _request(self, queue: int, chain: Chain) -> None:
        lun, tag, _, _, _, cdb = REQUEST.unpack_from(chain.sent)
        target, unit = lun[1], int.from_bytes(lun[2:4], "big") & 0x3FFF
        room = sum(map(len, chain.room)) - RESPONSE.size
        drive = self.drives.get(target)
        if drive is None or unit:
            self.device.complete(queue, chain, RESPONSE.pack(0, room, 0, 0, BAD_TARGET, b""))
            return
        try:
            answer = self._ask(drive, target, cdb[: LENGTHS.get(cdb[0] >> 5, 16)], chain.sent[REQUEST.size :], room)
        except OSError as error:
            self._no_answer(queue, chain, tag, error)
        else:
            self.device.complete(queue, chain, answer)

    def _ask(self, drive: ScsiDrive, target: int, cdb: bytes, sent: bytes, room: int) -> bytes:
        if cdb[0] == REPORT_LUNS:
            listed = struct.pack(">IIQ", 8, 0, 0)[:room]
            return RESPONSE.pack(0, room - len(listed), 0, 0, OK, b"") + listed
        with self._locks[target]:
            self.asked += cdb[0] == REQUEST_SENSE
            reply = drive.command(cdb, timeout_ms=TIMEOUT_MS, data_out=sent, data_in=room)
        if target not in self.drives:  # pulled out meanwhile
            return RESPONSE.pack(0, room, 0, 0, BAD_TARGET, b"")
        if reply.host_status:
            return RESPONSE.pack(0, room, 0, 0, FAILURE, b"")
        sense, data = reply.sense[:96], reply.data[:room]
        left = room - len(data) if room else reply.resid
        return RESPONSE.pack(len(sense), left, 0, reply.status, OK, sense) + data

    def _no_answer(self, queue: int, chain: Chain, tag: int, error: OSError) -> None:
        if error.errno in SILENT:
            self._silent[tag] = queue, chain
            return
        code = BAD_TARGET if error.errno in GONE else FAILURE
        self.device.complete(queue, chain, RESPONSE.pack(0, 0, 0, 0, code, b""))
