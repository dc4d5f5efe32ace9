"""A controller on the network (NVMe over Fabrics, TCP): the kernel's own driver and ioctl reach a model through it.

It speaks for the model only where the transport asks: connect, registers, queues, keep alive, and the members of
Identify that a host on a network must see. Every other admin command is the model's, and so is its status.
"""

import errno
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from erasure.transport.ports import NvmeCommand, NvmeReply
from tests.virtual_bench.front_ends import nvme_pdu
from tests.virtual_bench.front_ends.nvme_pdu import Pdu

FABRICS, IDENTIFY, ABORT = 0x7F, 0x06, 0x08
SET_FEATURES, GET_FEATURES, ASYNC_EVENT, KEEP_ALIVE = 0x09, 0x0A, 0x0C, 0x18
WRITE, READ, FLUSH = 0x01, 0x02, 0x00
QUEUES_FEATURE = 7
TRANSPORT_DATA = 0x5A  # SGL: the data is not in the capsule
INVALID_OPCODE, OUT_OF_RANGE, SANITIZING, WRITE_FAULT, READ_ERROR = 0x4001, 0x4080, 0x001D, 0x4280, 0x4281
CAPABILITIES = 127 | 1 << 16 | 40 << 24 | 1 << 37  # queue entries, contiguous, timeout, NVM commands
VERSION = 0x10400
CNTLID = 1
TIMEOUT_MS = 24 * 3600 * 1000
NQN = "nqn.2026-01.org.etabli.bench:"
DEPTH = 128


class Controller(Protocol):
    """What answers the admin commands."""

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_in: int = 0) -> NvmeReply:
        """Answer one admin command. Raises OSError when no answer comes."""
        ...


class Namespace(Protocol):
    """What answers reads and writes; offsets and lengths in bytes."""

    def size_bytes(self) -> int:
        """Capacity."""
        ...

    def sector(self) -> int:
        """Bytes per block now."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Read. Raises OSError."""
        ...

    def write(self, offset: int, data: bytes) -> None:
        """Write. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to one command."""

    status: int = 0
    result: int = 0
    data: bytes = b""


class NvmeTarget:
    """Listens on a free port of 127.0.0.1, which a guest reaches at 10.0.2.2, and serves one controller."""

    def __init__(self, name: str, controller: Controller, namespaces: Mapping[int, Namespace]) -> None:
        self.nqn = NQN + name
        self.controller, self.namespaces = controller, namespaces
        self.lock = threading.Lock()  # the model is asked by one thread at a time
        self.configuration = self.state = 0  # registers CC and CSTS
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._streams: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Cut every connection and take no new one, as when the drive is pulled out."""
        for stream in (self._listener, *self._streams):
            with suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)
            stream.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                stream, _ = self._listener.accept()
                stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._streams.append(stream)
                threading.Thread(target=Queue(self, stream).serve, daemon=True).start()

    def register(self, offset: int) -> int:
        """Read a register of the controller."""
        return {0x00: CAPABILITIES, 0x08: VERSION, 0x14: self.configuration, 0x1C: self.state}.get(offset, 0)

    def set_register(self, offset: int, value: int) -> None:
        """Write a register: enabling makes it ready, a shutdown is complete at once."""
        if offset == 0x14:
            self.configuration = value
            self.state = value & 1 | (8 if value >> 14 & 3 else 0)

    def admin(self, raw: bytes, room: int) -> Done:
        """Carry out one admin command. Raises OSError when the drive gives no answer."""
        opcode = raw[0]
        if opcode == SET_FEATURES:
            return Done(result=0) if raw[40] == QUEUES_FEATURE else Done()
        if opcode in (GET_FEATURES, KEEP_ALIVE, ABORT):
            return Done()
        words = struct.unpack_from("<6I", raw, 40)
        nsid, cdw2, cdw3 = struct.unpack_from("<III", raw, 4)
        with self.lock:
            command = NvmeCommand(opcode, nsid, cdw2, cdw3, *words)
            reply = self.controller.admin(command, timeout_ms=TIMEOUT_MS, data_in=room)
        data = reply.data
        if opcode == IDENTIFY and words[0] & 0xFF == 1 and not reply.status:
            data = self._on_a_network(reply.data)
        return Done(reply.status, reply.result, data)

    def _on_a_network(self, identify: bytes) -> bytes:
        """Fill in what Identify Controller must say on a network: keep alive, SGLs, capsules, number, name."""
        raw = bytearray(identify)
        struct.pack_into("<H", raw, 78, CNTLID)
        struct.pack_into("<H", raw, 320, 1)  # KAS
        raw[512], raw[513] = 0x66, 0x44
        struct.pack_into("<H", raw, 514, DEPTH)  # MAXCMD
        struct.pack_into("<I", raw, 536, 0x00100001)  # SGLS
        raw[768:1024] = self.nqn.encode().ljust(256, b"\0")
        struct.pack_into("<IIHB", raw, 1792, (64 + 8192) // 16, 1, 0, 0)
        return bytes(raw)

    def read_or_write(self, raw: bytes, sent: bytes) -> Done:
        """Carry out one command of an I/O queue. Raises OSError when the drive is gone."""
        opcode, nsid = raw[0], int.from_bytes(raw[4:8], "little")
        namespace = self.namespaces[nsid]
        first, (count,) = int.from_bytes(raw[40:48], "little"), struct.unpack_from("<H", raw, 48)
        with self.lock:
            sector = namespace.sector()
            if opcode == FLUSH:
                return Done()
            if opcode not in (READ, WRITE):
                return Done(INVALID_OPCODE)
            if (first + count + 1) * sector > namespace.size_bytes():
                return Done(OUT_OF_RANGE)
            return transfer(namespace, opcode, first * sector, (count + 1) * sector, sent)


def transfer(namespace: Namespace, opcode: int, offset: int, length: int, sent: bytes) -> Done:
    """Read or write, and turn what the drive refuses into a status. Raises OSError when it is gone."""
    try:
        if opcode == READ:
            return Done(data=namespace.read(offset, length))
        namespace.write(offset, sent)
    except OSError as error:
        if error.errno == errno.EIO:
            return Done(SANITIZING)
        if error.errno == errno.ENODATA:
            return Done(READ_ERROR if opcode == READ else WRITE_FAULT)
        raise
    return Done()


class Queue:
    """One connection: each queue of a host has its own."""

    def __init__(self, target: NvmeTarget, stream: socket.socket) -> None:
        self.target, self.stream = target, stream
        self.number = self.head = 0
        self._sending = threading.Lock()
        self._expected: dict[int, tuple[bytes, bytearray]] = {}  # by tag: writes whose data is on its way

    def serve(self) -> None:
        """Until the host goes away, or the drive does."""
        with suppress(EOFError, OSError):
            while True:
                self._take(nvme_pdu.receive(self.stream))

    def _take(self, unit: Pdu) -> None:
        if unit.kind == nvme_pdu.IC_REQUEST:
            self._send(nvme_pdu.connection_response())
        elif unit.kind == nvme_pdu.COMMAND:
            self._begin(unit.header, unit.data)
        elif unit.kind == nvme_pdu.DATA_OUT:
            tag, _, offset, length = struct.unpack_from("<HHII", unit.header)
            raw, data = self._expected[tag]
            data[offset : offset + length] = unit.data
            if unit.flags & nvme_pdu.LAST:
                del self._expected[tag]
                self._carry_out(raw, bytes(data))

    def _begin(self, raw: bytes, data: bytes) -> None:
        length, to_us = int.from_bytes(raw[32:36], "little"), raw[0] & 3 == 1 and raw[0] != FABRICS
        tag = int.from_bytes(raw[2:4], "little")
        if to_us and length and raw[39] == TRANSPORT_DATA:
            self._expected[tag] = raw, bytearray(length)
            self._send(nvme_pdu.ready(tag, 0, length))
        else:
            self._carry_out(raw, data)

    def _carry_out(self, raw: bytes, data: bytes) -> None:
        room = int.from_bytes(raw[32:36], "little")
        if raw[0] == FABRICS:
            self._answer(raw, lambda: self._fabrics(raw), 0)
        elif self.number:
            self._answer(raw, lambda: self.target.read_or_write(raw, data), room)
        elif raw[0] != ASYNC_EVENT:  # which stays open: nothing ever happens
            work = threading.Thread(
                target=self._answer, args=(raw, lambda: self.target.admin(raw, room), room), daemon=True
            )
            work.start()

    def _answer(self, raw: bytes, carry_out: Callable[[], Done], room: int) -> None:
        tag = int.from_bytes(raw[2:4], "little")
        try:
            done = carry_out()
        except OSError as error:
            if error.errno in (errno.ENODEV, errno.ENXIO):
                self.target.close()
            return  # without an answer: the kernel has a timeout of its own
        data = done.data[:room].ljust(room, b"\0") if done.data and not done.status else b""
        with suppress(OSError), self._sending:
            self.head = (self.head + 1) % DEPTH
            completion = nvme_pdu.response(tag, self.number, self.head, done.status, done.result)
            self.stream.sendall(nvme_pdu.data_in(tag, data) + completion)

    def _fabrics(self, raw: bytes) -> Done:
        """Connect, and the registers."""
        kind, offset, value = raw[4], int.from_bytes(raw[44:48], "little"), int.from_bytes(raw[48:56], "little")
        match kind:
            case 0x00:
                self.target.set_register(offset, value)
                return Done()
            case 0x01:
                self.number = int.from_bytes(raw[42:44], "little")
                return Done(result=CNTLID)
            case 0x04:
                return Done(result=self.target.register(offset))
            case _:
                return Done(INVALID_OPCODE)

    def _send(self, data: bytes) -> None:
        with self._sending:
            self.stream.sendall(data)
