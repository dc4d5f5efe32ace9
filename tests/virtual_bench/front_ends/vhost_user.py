"""The device side of vhost-user (QEMU, `docs/interop/vhost-user.rst`): rings in shared memory, a socket for set-up.

With it an emulated drive stands behind a SCSI host adapter that the guest's kernel takes for one of its own, and every
byte of sense data passes: QEMU's own `scsi-block` makes fixed sense of everything and loses the ATA registers.
"""

import os
import select
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.virtual_bench.front_ends.shared_memory import SharedMemory
from tests.virtual_bench.front_ends.virtqueue import Chain, Virtqueue

HEADER = struct.Struct("<III")  # request, flags, size of the payload
VERSION, REPLY, REPLY_WANTED = 1, 4, 8
FD_IN_PAYLOAD = 0x100  # set: no descriptor comes with it
QUEUES = 3  # control, event, one for requests
PROTOCOL_FEATURES = 1 << 30
VERSION_1 = 1 << 32
PROTOCOL_MQ, PROTOCOL_REPLY_ACK = 1, 1 << 3
MOST_DESCRIPTORS = 16

Handler = Callable[[int, Chain], None]
"""Takes a request of a queue (by number); answers by `Device.complete`, at once or later, from any thread."""


class Device:
    """Listens on a socket for one QEMU and hands every request of the driver to `handler`."""

    def __init__(self, path: Path, features: int, handler: Handler) -> None:
        self.path, self.features, self._handler = path, features | PROTOCOL_FEATURES | VERSION_1, handler
        self.memory = SharedMemory()
        self.queues = [Virtqueue() for _ in range(QUEUES)]
        self._watched: dict[int, threading.Event] = {}
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(1)
        threading.Thread(target=self._serve, daemon=True).start()

    def complete(self, queue: int, chain: Chain, answer: bytes) -> None:
        """Answer a request."""
        self.queues[queue].give_back(self.memory, chain, chain.answer(answer))

    def close(self) -> None:
        """Take no more connections and watch no queue any more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for stop in self._watched.values():
            stop.set()

    def _serve(self) -> None:
        with suppress(OSError, EOFError):
            stream, _ = self._listener.accept()
            with stream:
                while True:
                    self._message(stream)

    def _message(self, stream: socket.socket) -> None:
        head, descriptors, _, _ = socket.recv_fds(stream, HEADER.size, MOST_DESCRIPTORS)
        if len(head) < HEADER.size:
            raise EOFError
        request, flags, size = HEADER.unpack(head)
        payload = stream.recv(size, socket.MSG_WAITALL) if size else b""
        answer = self._answer(request, payload, descriptors)
        if answer is None and flags & REPLY_WANTED:
            answer = struct.pack("<Q", 0)
        if answer is not None:
            stream.sendall(HEADER.pack(request, VERSION | REPLY, len(answer)) + answer)

    def _answer(self, request: int, payload: bytes, descriptors: list[int]) -> bytes | None:
        match request:
            case 1:  # GET_FEATURES
                return struct.pack("<Q", self.features)
            case 15:  # GET_PROTOCOL_FEATURES
                return struct.pack("<Q", PROTOCOL_MQ | PROTOCOL_REPLY_ACK)
            case 17:  # GET_QUEUE_NUM
                return struct.pack("<Q", QUEUES)
            case 5:  # SET_MEM_TABLE
                self.memory = SharedMemory.of(payload, descriptors)
            case 8 | 9 | 10 | 11 | 12 | 13 | 14 | 18:
                return self._about_queue(request, payload, descriptors)
            case _:  # owners, features that were acknowledged, log: nothing to keep
                for descriptor in descriptors:
                    os.close(descriptor)
        return None

    def _about_queue(self, request: int, payload: bytes, descriptors: list[int]) -> bytes | None:
        if request in (12, 13, 14):
            self._events(request, payload, descriptors)
            return None
        number, value = struct.unpack_from("<II", payload)
        queue = self.queues[number]
        match request:
            case 8:  # SET_VRING_NUM
                queue.size = value
            case 9:  # SET_VRING_ADDR
                queue.descriptors, queue.used, queue.available = struct.unpack_from("<QQQ", payload, 8)
            case 10:  # SET_VRING_BASE
                queue.seen = value
            case 18:  # SET_VRING_ENABLE
                queue.enabled = bool(value)
                self._watch(number)
            case 11:  # GET_VRING_BASE stops the queue
                self._unwatch(number)
                return struct.pack("<II", number, queue.seen)
            case _:  # the caller asks for no other
                pass
        return None

    def _events(self, request: int, payload: bytes, descriptors: list[int]) -> None:
        (value,) = struct.unpack_from("<Q", payload)
        queue, descriptor = self.queues[value & 0xFF], -1 if value & FD_IN_PAYLOAD else descriptors[0]
        if request == 12:  # SET_VRING_KICK
            queue.kick = descriptor
            self._watch(value & 0xFF)
        elif request == 13:  # SET_VRING_CALL
            old, queue.call = queue.call, descriptor
            if old >= 0:
                os.close(old)
        elif descriptor >= 0:  # SET_VRING_ERR: we never ring it
            os.close(descriptor)

    def _watch(self, number: int) -> None:
        queue = self.queues[number]
        if number not in self._watched and queue.enabled and queue.kick >= 0:
            stop = self._watched[number] = threading.Event()
            threading.Thread(target=self._follow, args=(number, stop), daemon=True).start()

    def _unwatch(self, number: int) -> None:
        if stop := self._watched.pop(number, None):
            stop.set()

    def _follow(self, number: int, stop: threading.Event) -> None:
        queue = self.queues[number]
        while not stop.is_set():
            if select.select([queue.kick], [], [], 0.5)[0]:
                with suppress(BlockingIOError):
                    os.read(queue.kick, 8)
            if number == 1:
                continue  # buffers for events of ours: taken when there is one
            while not stop.is_set() and (chain := queue.take(self.memory)):
                self._handler(number, chain)
