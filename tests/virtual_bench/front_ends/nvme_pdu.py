"""Protocol data units of NVMe over TCP (NVMe/TCP Transport Specification, section 3.6): packed and unpacked."""

import socket
import struct
from dataclasses import dataclass

COMMON = struct.Struct("<BBBBI")  # type, flags, length of the header, offset of the data, length of all
IC_REQUEST, IC_RESPONSE, COMMAND, RESPONSE, DATA_OUT, DATA_IN, READY = 0, 1, 4, 5, 6, 7, 9
LAST = 4
IC_BODY = 120
MOST_DATA = 1 << 20


@dataclass(frozen=True, slots=True)
class Pdu:
    """One unit: its type and flags, the rest of its header, its data."""

    kind: int
    flags: int
    header: bytes
    data: bytes = b""


def receive(stream: socket.socket) -> Pdu:
    """Read one unit. Raises EOFError at the end, OSError."""
    kind, flags, header, offset, length = COMMON.unpack(exactly(stream, COMMON.size))
    rest = exactly(stream, length - COMMON.size)
    return Pdu(kind, flags, rest[: header - COMMON.size], rest[offset - COMMON.size :] if offset else b"")


def exactly(stream: socket.socket, length: int) -> bytes:
    """Read so many bytes. Raises EOFError at the end, OSError."""
    data = bytearray()
    while len(data) < length:
        piece = stream.recv(length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def packed(unit: Pdu) -> bytes:
    """Write one unit; its data follows its header at once."""
    size = COMMON.size + len(unit.header)
    offset = size if unit.data else 0
    return COMMON.pack(unit.kind, unit.flags, size, offset, size + len(unit.data)) + unit.header + unit.data


def connection_response() -> bytes:
    """Accept a connection: no digests, no alignment, a megabyte a unit."""
    return packed(Pdu(IC_RESPONSE, 0, struct.pack("<HBBI", 0, 0, 0, MOST_DATA).ljust(IC_BODY, b"\0")))


def ready(tag: int, offset: int, length: int) -> bytes:
    """Ask the host for data of a command."""
    return packed(Pdu(READY, 0, struct.pack("<HHII4x", tag, tag, offset, length)))


def data_in(tag: int, data: bytes, piece: int = 1 << 17) -> bytes:
    """Bring data to the host, in pieces."""
    units = bytearray()
    for offset in range(0, len(data), piece):
        part = data[offset : offset + piece]
        flags = LAST if offset + len(part) == len(data) else 0
        units += packed(Pdu(DATA_IN, flags, struct.pack("<HHII4x", tag, 0, offset, len(part)), part))
    return bytes(units)


def response(tag: int, queue: int, head: int, status: int, result: int) -> bytes:
    """Complete a command: the 16 bytes of a completion queue entry."""
    return packed(Pdu(RESPONSE, 0, struct.pack("<QHHHH", result, head, queue, tag, (status << 1) & 0xFFFF)))
