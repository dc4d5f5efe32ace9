"""A wire tap between the engine and a drive: keeps every command and every write, and pulls the plug at a moment.

It decodes what it sees by itself, from the command sets; of the engine it uses only the port that it stands for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from erasure.simulated.port import write_in_turn

READING_ATA = {0xEC, 0xA1, 0xE5, 0x2F, 0x47, 0xF8, 0x27, 0xB0, 0xF3}
READING_SCSI = {0x00, 0x03, 0x12, 0x1A, 0x25, 0x4D, 0x5A, 0x9E, 0xA0, 0xA3}
SANITIZE_ATA = {0x11: "crypto", 0x12: "block", 0x14: "overwrite"}
SANITIZE_NVME = {2: "block", 3: "overwrite", 4: "crypto"}
SANITIZE_SCSI = {1: "overwrite", 2: "block", 3: "crypto"}


class Killed(BaseException):
    """The process of the bench died here."""


def ata_meaning(cdb: bytes, data_out: bytes) -> str:
    """Name what an ATA command in a 16-byte CDB does; "" for one that only reads."""
    feature, command = cdb[3] << 8 | cdb[4], cdb[14]
    if command == 0xB4:
        return f"ata.sanitize.{SANITIZE_ATA[feature & 0xFF]}" if feature & 0xFF in SANITIZE_ATA else ""
    if command == 0xF4:
        return f"ata.security.{'enhanced' if data_out[0] & 2 else 'normal'}"
    if command in (0xF1, 0xF2, 0xF6):
        return "password"
    limits = command in (0xF9, 0x37) or (command == 0x78 and feature) or (command == 0xB1 and feature != 0xC2)
    if limits:
        return "limits"
    return "" if command in READING_ATA or command in (0x78, 0xB1) else f"ata {command:02x}h"


def scsi_meaning(cdb: bytes, data_out: bytes) -> str:
    """Name what a CDB does; "" for one that only reads."""
    if cdb[0] == 0x85:
        return ata_meaning(cdb, data_out)
    if cdb[0] == 0x48:
        return f"scsi.sanitize.{SANITIZE_SCSI.get(cdb[1] & 0x1F, 'exit')}"
    if cdb[0] in (0x15, 0x55):  # MODE SELECT: how many blocks the disk shows
        return "limits"
    return "" if cdb[0] in READING_SCSI else f"scsi {cdb[0]:02x}h"


def nvme_meaning(command: Any) -> str:
    """Name what an admin command does; "" for one that only reads."""
    if command.opcode == 0x84:
        return f"nvme.sanitize.{SANITIZE_NVME.get(command.cdw10 & 7, 'exit')}"
    if command.opcode == 0x80:
        settings = {1: "nvme.format.user-data", 2: "nvme.format.crypto"}
        return settings.get(command.cdw10 >> 9 & 7, "nvme.format of nothing")
    return "" if command.opcode in (0x02, 0x06, 0x0A, 0x82) else f"nvme {command.opcode:02x}h"


def mmc_meaning(command: Any) -> str:
    """Name what a card command does; "" for one that only reads."""
    if command.opcode == 6:
        return "emmc.sanitize" if command.argument >> 16 & 0xFF == 165 else f"switch {command.argument:08x}h"
    if command.opcode == 38:
        return "emmc.secure-erase" if command.argument == 0x80000000 else "emmc erase"
    return "emmc range" if command.opcode in (35, 36) else ""


@dataclass(frozen=True, slots=True)
class Sent:
    """One command that may change the drive, and whether the drive answered it well."""

    meaning: str
    good: bool


@dataclass
class Tap:
    """What went over the wire in one plan, and when to pull the plug."""

    sent: list[Sent] = field(default_factory=list)
    written: list[tuple[int, int]] = field(default_factory=list)  # (first byte, end) of every write that was taken
    before: Callable[[str], None] = lambda moment: None
    after: Callable[[str], None] = lambda moment: None

    def command(self, meaning: str, send: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
        if not meaning:
            return send()
        self.before("command")
        try:
            reply = send()
        except OSError:
            self.sent.append(Sent(meaning, good=False))
            raise
        self.sent.append(Sent(meaning, good(reply)))
        self.after("command")
        return reply


def well(reply: Any) -> bool:
    """Say whether a SCSI reply may be a good one: status good, or a check condition that carries registers."""
    return reply.status == 0 or (reply.status == 2 and reply.sense[1:2] != b"\x05")


@dataclass
class TappedScsi:
    inner: Any
    tap: Tap

    def command(self, cdb: bytes, **given: Any) -> Any:
        meaning = scsi_meaning(cdb, given.get("data_out", b""))
        return self.tap.command(meaning, lambda: self.inner.command(cdb, **given), well)


@dataclass
class TappedNvme:
    inner: Any
    tap: Tap

    def admin(self, command: Any, **given: Any) -> Any:
        send = lambda: self.inner.admin(command, **given)  # noqa: E731
        return self.tap.command(nvme_meaning(command), send, lambda reply: reply.status == 0)

    def namespace_id(self) -> int:
        return self.inner.namespace_id()  # type: ignore[no-any-return]


@dataclass
class TappedMmc:
    inner: Any
    tap: Tap

    def command(self, command: Any, **given: Any) -> Any:
        send = lambda: self.inner.command(command, **given)  # noqa: E731
        return self.tap.command(mmc_meaning(command), send, lambda reply: not reply.response[0] & 0xFDF9_E080)


@dataclass
class TappedOpal:
    inner: Any
    tap: Tap

    def status(self) -> int:
        return self.inner.status()  # type: ignore[no-any-return]

    def psid_revert(self, psid: bytes) -> int:
        send = lambda: self.inner.psid_revert(psid)  # noqa: E731
        return self.tap.command("opal.psid-revert", send, lambda reply: reply == 0)  # type: ignore[no-any-return]


TAPS = {"scsi": TappedScsi, "nvme": TappedNvme, "mmc": TappedMmc, "opal": TappedOpal}


class TappedDrive:
    """A block port with the tap in its line: everything goes to the drive behind it."""

    def __init__(self, inner: Any, tap: Tap) -> None:
        self._inner, self._tap = inner, tap

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def pwrite(self, buffer: memoryview, offset: int) -> int:
        self._tap.before("write")
        taken: int = self._inner.pwrite(buffer, offset)
        self._tap.written.append((offset, offset + taken))
        self._tap.after("write")
        return taken

    def pwritev(self, buffers: Sequence[memoryview], offset: int) -> int:
        """Take a repeated buffer time by time, until it fails; of different ones take none.

        How many of those are ready at once is chance, and a plan has to happen the same way each time.
        """
        if buffers[0] is not buffers[-1] and buffers[0] is not buffers[1]:
            return 0
        return write_in_turn(self.pwrite, buffers, offset)

    def commands(self) -> Any:
        ports = self._inner.commands()
        given = {name: getattr(ports, name) for name in TAPS}
        return type(ports)(**{name: port and TAPS[name](port, self._tap) for name, port in given.items()})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._inner.close()
