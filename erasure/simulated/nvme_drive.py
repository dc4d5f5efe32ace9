"""A simulated NVMe controller: raw command words in, status and bytes out, with the vices of its firmware.

It keeps what it knows in its memory, so that several processes (one for each namespace) and several power cycles see
one controller. It decodes nothing for the engine. NVMe Base Specification; drives, 3.8.
"""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from erasure.simulated.firmware import Firmware, Medium, Memory, Time, Vice
from erasure.simulated.nvme_formatter import BROADCAST, NvmeFormatter
from erasure.simulated.nvme_identify import (
    LOG_BYTES,
    NvmeIdentity,
    boot_partition_log,
    identify_controller,
    identify_descriptors,
    identify_list,
    identify_namespace,
    sanitize_log,
    smart_log,
    supported_logs,
)
from erasure.simulated.nvme_sanitizer import NvmeSanitizer
from erasure.simulated.nvme_status import (
    ACCESS_DENIED,
    INVALID_FIELD,
    INVALID_LOG_PAGE,
    INVALID_NAMESPACE,
    INVALID_OPCODE,
    PROHIBITED,
    SUCCESS,
)
from erasure.simulated.nvme_table import NamespaceTable, NvmeTable
from erasure.simulated.unwritten import missing, with_written
from erasure.transport.ports import NvmeCommand, NvmeReply

GET_LOG, IDENTIFY, FORMAT, SANITIZE = 0x02, 0x06, 0x80, 0x84
LOGS = (0x00, 0x01, 0x02, 0x81)
LOGS_DURING_SANITIZE = (0x01, 0x02, 0x81)
BOOT_LOG = 0x15


@dataclass(frozen=True, slots=True)
class NvmeCard:
    """What is soldered on: firmware with its vices, names, and what the controller announces."""

    firmware: Firmware
    identity: NvmeIdentity
    table: NvmeTable


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and data of one command."""

    status: int
    data: bytes = b""


class NvmeDrive:
    """One controller with its namespaces. `media` has one medium for each active namespace, by number."""

    def __init__(
        self, card: NvmeCard, media: Mapping[int, Medium], memory: Memory, time: Time, *, power: int = 1
    ) -> None:
        self.firmware, self.identity, self.table = card.firmware, card.identity, card.table
        self.memory, self.time = memory, time
        self.media = dict(sorted(media.items()))
        self.sanitizer = NvmeSanitizer(card.firmware, card.table, tuple(self.media.values()), memory, time)
        self.formatter = NvmeFormatter(card.firmware, card.table, self.media, memory, time)
        self.sanitizer.prepare()
        self.power_up(power)

    def power_up(self, power: int) -> None:
        """Notice that the power was off: the bench counts power cycles, and a power loss ends when it is opened."""
        known = self.memory.get("power", power)
        if power > known or self.memory.get("gone") == Vice.POWER_LOSS:
            self.power_cycle()
        self.memory.put(power=max(power, known))

    @property
    def gone(self) -> bool:
        """Say whether it has left the bus; only a power cycle brings it back."""
        self.look_up()
        return bool(self.memory.get("gone"))

    @property
    def serial(self) -> str:
        """Serial number that it gives now."""
        return f"{self.identity.serial}-OTHER" if self.memory.get("renamed") else self.identity.serial

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_in: int = 0) -> NvmeReply:
        """Answer one admin command. Raises OSError when no answer comes."""
        if Vice.NO_PASSTHROUGH in self.firmware:
            raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
        self.look_up()
        self.refuse_if_gone()
        answer = self.answer(self.heard(command), timeout_ms)
        self.refuse_if_gone()
        return NvmeReply(answer.status, 0, answer.data[:data_in].ljust(data_in, b"\0"))

    def look_up(self) -> None:
        """Take over what another process wrote into the memory, and bring the medium up to the present."""
        self.memory.values = Memory.of(self.memory.path).values
        self.sanitizer.settle()

    def refuse_if_gone(self) -> None:
        """Raise OSError when the controller is not there."""
        if self.memory.get("gone"):
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    def heard(self, command: NvmeCommand) -> NvmeCommand:
        """Give the command as it arrives: a bridge may lose its dwords 10 to 15."""
        if Vice.GARBLES not in self.firmware or command.opcode in (IDENTIFY, GET_LOG):
            return command
        return replace(command, cdw10=0, cdw11=0, cdw12=0, cdw13=0, cdw14=0, cdw15=0)

    def answer(self, command: NvmeCommand, timeout_ms: int) -> Answer:
        """Dispatch by opcode."""
        match command.opcode:
            case 0x06:
                return self.identify(command)
            case 0x02:
                return self.log(command)
            case 0x80 | 0x84:
                return Answer(self.destructive(command, timeout_ms))
            case _:
                return Answer(self.sanitizer.refusal() or INVALID_OPCODE)

    def destructive(self, command: NvmeCommand, timeout_ms: int) -> int:
        """Answer Format NVM or Sanitize. Raises OSError when no answer comes."""
        sanitize = command.opcode == SANITIZE
        if sanitize and not self.table.sanitize:
            return INVALID_OPCODE
        if refused := self.vicious_refusal(sanitize=sanitize):
            return refused
        if Vice.HANGS in self.firmware:
            self.time.sleep(timeout_ms / 1000)
            raise OSError(errno.EINTR, os.strerror(errno.EINTR))
        if sanitize:
            return self.sanitizer.start(command)
        return self.sanitizer.refusal() or self.formatter.format(command, timeout_ms)

    def vicious_refusal(self, *, sanitize: bool) -> int:
        """Status with which a vice refuses an erase; 0 when none does."""
        if Vice.FROZEN in self.firmware:  # as firmware of machines does: the opcode is not there any more
            return INVALID_OPCODE
        if Vice.SANITIZE_FROZEN in self.firmware and sanitize:
            return PROHIBITED
        if self.locked:
            return ACCESS_DENIED
        return INVALID_FIELD if Vice.ABORTS in self.firmware else SUCCESS

    @property
    def locked(self) -> bool:
        """Say whether a key keeps the medium closed: one that nobody knows, or that of an Opal drive."""
        return Vice.LOCKED in self.firmware or bool(self.memory.get("opal.closed"))

    def identify(self, command: NvmeCommand) -> Answer:
        """Answer Identify."""
        active = [one for one in self.table.namespaces if one.active]
        managed = self.table.namespace_management
        answer = Answer(INVALID_FIELD)
        match command.cdw10 & 0xFF:
            case 0x00:
                answer = self.namespace(command.nsid, active)
            case 0x01:
                identity = replace(self.identity, serial=self.serial)
                answer = Answer(SUCCESS, identify_controller(self.table, identity))
            case 0x02:
                answer = listed(command.nsid, active)
            case 0x03:
                found = [one for one in active if one.nsid == command.nsid]
                answer = Answer(SUCCESS, identify_descriptors(found[0])) if found else Answer(INVALID_NAMESPACE)
            case 0x10 if managed:
                answer = listed(command.nsid, list(self.table.namespaces))
            case 0x11 if managed:
                answer = self.namespace(command.nsid, list(self.table.namespaces))
        return answer

    def namespace(self, nsid: int, shown: list[NamespaceTable]) -> Answer:
        """Answer for one namespace: an inactive number is all zero, an impossible one an error."""
        if not 0 < nsid <= max(one.nsid for one in self.table.namespaces):
            return Answer(INVALID_NAMESPACE)
        found = [one for one in shown if one.nsid == nsid]
        if not found:
            return Answer(SUCCESS, bytes(4096))
        index = self.memory.get("formats", {}).get(str(nsid), found[0].format_index)
        return Answer(SUCCESS, identify_namespace(self.table, found[0], index))

    def log(self, command: NvmeCommand) -> Answer:
        """Answer Get Log Page: as many bytes as CDW10 and CDW11 ask for, from the offset in CDW12."""
        page = command.cdw10 & 0xFF
        if page not in (*LOGS, BOOT_LOG) or (page == BOOT_LOG and not self.table.boot_partition_bytes):
            return Answer(INVALID_LOG_PAGE)
        if page not in LOGS_DURING_SANITIZE and self.sanitizer.refusal():
            return Answer(self.sanitizer.refusal())
        if command.nsid not in (0, BROADCAST):
            return Answer(INVALID_FIELD)
        length = 4 * ((command.cdw10 >> 16 | (command.cdw11 & 0xFFFF) << 16) + 1)
        content = self.page(page)
        if command.cdw12 > len(content):
            return Answer(INVALID_FIELD)
        return Answer(SUCCESS, content[command.cdw12 : command.cdw12 + length])

    def page(self, number: int) -> bytes:
        """Content of one log page."""
        match number:
            case 0x00:
                boot = (BOOT_LOG,) if self.table.boot_partition_bytes else ()
                return supported_logs((*LOGS, *boot))
            case 0x02:
                return smart_log()
            case 0x15:
                return boot_partition_log(self.table)
            case 0x81 if Vice.ZERO_LOG not in self.firmware:
                return sanitize_log(self.table, self.sanitizer.words())
            case _:
                return bytes(LOG_BYTES)

    def admit(self, nsid: int, offset: int, length: int, *, writing: bool) -> None:
        """Let an access of the host pass, or refuse it as the kernel would show it. Raises OSError."""
        self.look_up()
        self.refuse_if_gone()
        if self.locked:
            raise OSError(errno.ENODATA, os.strerror(errno.ENODATA))
        if self.sanitizer.refusal():
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if writing or not self.memory.get("unwritten"):
            return
        if missing(self.memory.get("written", []), nsid, offset, length, self.media[nsid].native_bytes()):
            raise OSError(errno.ENODATA, os.strerror(errno.ENODATA))

    def wrote(self, nsid: int, offset: int, length: int) -> None:
        """Note that the host wrote there."""
        self.sanitizer.note_write()
        if self.memory.get("unwritten"):
            self.memory.put(written=with_written(self.memory.get("written", []), nsid, offset, length))

    def power_cycle(self) -> None:
        """Switch it off and on: it is back on the bus, and an interrupted sanitize goes on."""
        self.look_up()
        self.memory.put(gone="")
        self.sanitizer.power_on()


def listed(after: int, shown: list[NamespaceTable]) -> Answer:
    """Answer with the numbers above `after`."""
    if after >= 0xFFFFFFFE:  # noqa: PLR2004 - the two numbers that name no namespace
        return Answer(INVALID_NAMESPACE)
    return Answer(SUCCESS, identify_list([one.nsid for one in shown if one.nsid > after]))


@dataclass(frozen=True, slots=True)
class NvmeNode:
    """`NvmePort` of one namespace node in front of its controller."""

    drive: NvmeDrive
    nsid: int

    def admin(self, command: NvmeCommand, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> NvmeReply:  # noqa: ARG002
        """Send one admin command. Raises OSError."""
        return self.drive.admin(command, timeout_ms=timeout_ms, data_in=data_in)

    def namespace_id(self) -> int:
        """Number of the namespace. Raises OSError when the drive has left."""
        self.drive.look_up()
        self.drive.refuse_if_gone()
        return self.nsid
