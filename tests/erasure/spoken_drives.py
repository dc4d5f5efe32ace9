"""Drives that answer a few commands with invented bytes, laid out as the standards say; for recorder and scrubber."""

import errno
import os
from dataclasses import dataclass, field

from erasure.transport.ports import (
    CommandPorts,
    MmcCommand,
    MmcReply,
    NvmeCommand,
    NvmeReply,
    ScsiReply,
)

SERIAL = "WD-WX41A49H7Z3K"
WWN = "50014ee25f3a9c71"
EUI = "0025385b71b0a1c2"
NGUID = "3655463044b001230025384500000017"
IDENTIFY = bytes.fromhex("85080e00000001000000000000 40ec00")
BROKEN = bytes.fromhex("1201ee00ff00")
ILLEGAL_REQUEST = bytes.fromhex("70000500000000 0a00000000200000000000")
STANDARD = bytes.fromhex("120000002400")
UNIT_SERIAL = bytes.fromhex("12018000ff00")
DESIGNATORS = bytes.fromhex("12018300ff00")
ATA_INFORMATION = bytes.fromhex("12018902 3c00")


def pairs_swapped(data: bytes) -> bytes:
    return b"".join(data[at : at + 2][::-1] for at in range(0, len(data), 2))


def identify_device(serial: str = SERIAL, wwn: str = WWN) -> bytes:
    """512 bytes of IDENTIFY DEVICE with the texts and the name in their words and a right checksum."""
    data = bytearray(512)
    data[20:40] = pairs_swapped(serial.rjust(20).encode())
    data[46:54] = pairs_swapped(b"82.00A82")
    data[54:94] = pairs_swapped(b"DEMO HDD RECORDED".ljust(40))
    data[216:224] = pairs_swapped(bytes.fromhex(wwn))
    data[510] = 0xA5
    data[511] = -sum(data) % 256
    return bytes(data)


def unit_serial(serial: str = SERIAL) -> bytes:
    page = serial.rjust(20).encode()
    return b"\0\x80" + len(page).to_bytes(2, "big") + page


def designators(wwn: str = WWN, serial: str = SERIAL) -> bytes:
    naa = b"\x01\x03\x00\x08" + bytes.fromhex(wwn)
    words = f"ATA     DEMO HDD RECORDED {serial}".encode()
    spelled = f"naa.{wwn.upper()}".encode()
    body = naa + b"\x02\x01\x00" + bytes([len(words)]) + words + b"\x03\x08\x00" + bytes([len(spelled)]) + spelled
    return b"\0\x83" + len(body).to_bytes(2, "big") + body


def identify_controller(serial: str = SERIAL) -> bytes:
    data = bytearray(4096)
    data[4:24] = serial.ljust(20).encode()
    data[24:64] = b"DEMO NVME RECORDED".ljust(40)
    nqn = f"nqn.2014.08.org.nvmexpress:144d144d{serial}".encode()
    data[768 : 768 + len(nqn)] = nqn
    return bytes(data)


def identify_namespace(nguid: str = NGUID, eui: str = EUI) -> bytes:
    data = bytearray(4096)
    data[0:8] = (1 << 20).to_bytes(8, "little")
    data[104:120], data[120:128] = bytes.fromhex(nguid), bytes.fromhex(eui)
    return bytes(data)


def good(data: bytes, asked: int) -> ScsiReply:
    came = data[:asked]
    return ScsiReply(0, 0, 0, 0, asked - len(came), 3, b"", came)


@dataclass
class SpokenScsi:
    """Answers by CDB; what it does not know is an illegal request; BROKEN breaks the line. Keeps what it was asked."""

    answers: dict[bytes, bytes]
    asked: list[bytes] = field(default_factory=list)

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        self.asked.append(cdb)
        if cdb == BROKEN:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if cdb not in self.answers:
            return ScsiReply(2, 0, 8, 1, data_in, 3, ILLEGAL_REQUEST, b"")
        return good(self.answers[cdb], data_in)


@dataclass
class SpokenNvme:
    """Answers Identify by CNS."""

    structures: dict[int, bytes]

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> NvmeReply:
        data = self.structures.get(command.cdw10)
        return NvmeReply(0x4002, 0, bytes(data_in)) if data is None else NvmeReply(0, 7, data[:data_in])

    def namespace_id(self) -> int:
        return 1


class SpokenMmc:
    def command(self, command: MmcCommand, *, timeout_ms: int, data_in: int = 0) -> MmcReply:
        return MmcReply((0x900, 1, 2, 3), b"\x08" * data_in)


class SpokenOpal:
    def status(self) -> int:
        return 0x0D

    def psid_revert(self, psid: bytes) -> int:
        return 1


def spoken_disk() -> CommandPorts:
    """A SATA disk behind a translation."""
    information = bytes(4) + bytes(56) + identify_device()
    pages = {
        IDENTIFY: identify_device(),
        STANDARD: bytes(8) + b"ATA     " + b"DEMO HDD RECORDE82.0",
        UNIT_SERIAL: unit_serial(),
        DESIGNATORS: designators(),
        ATA_INFORMATION: information,
    }
    return CommandPorts(scsi=SpokenScsi(pages), opal=SpokenOpal())


def spoken_nvme() -> CommandPorts:
    """An NVMe drive with one namespace."""
    descriptors = b"\x01\x08\0\0" + bytes.fromhex(EUI) + b"\x02\x10\0\0" + bytes.fromhex(NGUID)
    return CommandPorts(
        nvme=SpokenNvme({0: identify_namespace(), 1: identify_controller(), 3: descriptors.ljust(4096, b"\0")})
    )
