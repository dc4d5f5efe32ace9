"""What may destroy passes only right after the journal has said so, once; what only reads passes always."""

import errno
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.announcement import SHOWN, Announced, harmless_only, quoted
from erasure.errors import JournalError, NotAnnounced
from erasure.harmless import harmless_ata, harmless_mmc, harmless_nvme, harmless_scsi
from erasure.transport.ports import (
    CommandPorts,
    MmcCommand,
    MmcReply,
    NvmeCommand,
    NvmeReply,
    ScsiReply,
)

SANITIZE_BLOCK = bytes.fromhex("85 07 20 00 12 00 00 42 72 00 45 00 6b 40 b4 00")
SANITIZE_STATUS = bytes.fromhex("85 07 20 00 00 00 00 00 00 00 00 00 00 40 b4 00")
GOOD = ScsiReply(0, 0, 0, 0, 0, 1, b"", b"")


class Drive:
    """Takes every command and remembers it."""

    def __init__(self, fails: int = 0) -> None:
        self.taken: list[Any] = []
        self.fails = fails

    def command(self, sent: Any, **_: Any) -> Any:
        self.taken.append(sent)
        if self.fails:
            raise OSError(self.fails, "refused")
        return GOOD if isinstance(sent, bytes) else MmcReply((0, 0, 0, 0), b"")

    def admin(self, command: NvmeCommand, **_: Any) -> NvmeReply:
        self.taken.append(command)
        return NvmeReply(0, 0, b"")

    def namespace_id(self) -> int:
        return 7

    def status(self) -> int:
        return 1

    def psid_revert(self, psid: bytes) -> int:
        self.taken.append(psid)
        return 0


def ports_of(drive: Drive) -> CommandPorts:
    return CommandPorts(scsi=drive, nvme=drive, mmc=drive, opal=drive)


DESTRUCTIVE: list[Any] = [
    lambda ports: ports.scsi.command(bytes([0x48, 0x82, 0, 0, 0, 0, 0, 0, 0, 0]), timeout_ms=1),
    lambda ports: ports.scsi.command(SANITIZE_BLOCK, timeout_ms=1),
    lambda ports: ports.nvme.admin(NvmeCommand(0x84, cdw10=2), timeout_ms=1),
    lambda ports: ports.nvme.admin(NvmeCommand(0x80, 1, cdw10=0x200), timeout_ms=1),
    lambda ports: ports.mmc.command(MmcCommand(6, 0x03A50101, 0x49D, write=True), timeout_ms=1),
    lambda ports: ports.opal.psid_revert(b"P" * 32),
]
HARMLESS: list[Any] = [
    lambda ports: ports.scsi.command(bytes([0x12, 0, 0, 0, 96, 0]), timeout_ms=1, data_in=96),
    lambda ports: ports.scsi.command(SANITIZE_STATUS, timeout_ms=1),
    lambda ports: ports.nvme.admin(NvmeCommand(0x06, cdw10=1), timeout_ms=1, data_in=4096),
    lambda ports: ports.mmc.command(MmcCommand(8, 0, 0x35), timeout_ms=1, data_in=512),
    lambda ports: ports.opal.status(),
]


@pytest.mark.parametrize("send", DESTRUCTIVE)
def test_nothing_that_may_destroy_passes_while_facts_are_read(send: Any) -> None:
    drive = Drive()
    with pytest.raises(NotAnnounced):
        send(harmless_only(ports_of(drive)))
    assert drive.taken == []


@pytest.mark.parametrize("send", HARMLESS)
def test_what_only_reads_passes(send: Any) -> None:
    drive = Drive()
    send(harmless_only(ports_of(drive)))
    assert len(drive.taken) <= 1


@pytest.mark.parametrize("send", DESTRUCTIVE)
def test_one_announcement_lets_one_command_pass(send: Any) -> None:
    drive = Drive()
    said: list[dict[str, Any]] = []
    guard = Announced(ports_of(drive), said.append)
    guard.announce({"method": "test"})
    send(guard.ports)
    with pytest.raises(NotAnnounced):
        send(guard.ports)
    assert (len(drive.taken), guard.sent, said) == (1, 1, [{"method": "test"}])


def test_a_permission_that_was_not_used_is_taken_back() -> None:
    drive = Drive()
    guard = Announced(ports_of(drive), lambda _: None)
    with guard.closing():
        guard.announce({})
    with pytest.raises(NotAnnounced):
        DESTRUCTIVE[0](guard.ports)
    assert drive.taken == []


def test_an_announcement_that_is_not_durable_lets_nothing_pass() -> None:
    drive = Drive()

    def full(_: dict[str, Any]) -> None:
        raise JournalError("the disk is full")

    guard = Announced(ports_of(drive), full)
    with pytest.raises(JournalError):
        guard.announce({})
    with pytest.raises(NotAnnounced):
        DESTRUCTIVE[0](guard.ports)
    assert drive.taken == []


def test_a_harmless_command_does_not_use_up_an_announcement() -> None:
    drive = Drive()
    guard = Announced(ports_of(drive), lambda _: None)
    guard.announce({})
    HARMLESS[0](guard.ports)
    DESTRUCTIVE[0](guard.ports)
    assert len(drive.taken) == 2


def test_every_command_leaves_its_trace_and_a_psid_never_does() -> None:
    trace: list[dict[str, Any]] = []
    guard = Announced(ports_of(Drive()), lambda _: None, trace.append)
    for send in DESTRUCTIVE:
        guard.announce({})
        send(guard.ports)
    assert [item["port"] for item in trace] == ["scsi", "scsi", "nvme", "nvme", "mmc", "opal"]
    assert trace[0]["cdb"] == "48 82 00 00 00 00 00 00 00 00"
    assert "P" * 8 not in str(trace)
    assert (b"P" * 8).hex() not in str(trace)


def test_a_failed_command_leaves_its_errno() -> None:
    trace: list[dict[str, Any]] = []
    with pytest.raises(OSError, match="refused"):
        HARMLESS[0](harmless_only(ports_of(Drive(errno.EINTR)), trace.append))
    assert trace[0]["errno"] == errno.EINTR


def test_a_trace_quotes_the_beginning_of_a_long_block() -> None:
    assert quoted(b"\xab" * 2) == "abab"
    assert quoted(bytes(4096)) == "00" * SHOWN + "... 4096 bytes"


@given(st.binary(max_size=20))
def test_an_ata_command_is_harmless_only_when_it_is_on_the_list(cdb: bytes) -> None:
    if not harmless_ata(cdb):
        return
    command, feature = cdb[14], cdb[3] << 8 | cdb[4]
    assert len(cdb) == 16
    assert command in {0x27, 0xF8, 0xE5, 0xEC, 0xA1, 0x2F, 0x47, 0x78, 0xB4, 0xB1, 0xB0}
    assert command not in {0x78, 0xB4} or feature == 0
    assert command != 0xB1 or feature == 0xC2


@pytest.mark.parametrize("command", [0xF1, 0xF2, 0xF4, 0xF5, 0xF6, 0x37, 0xF9, 0x35, 0xCA, 0x06, 0x92, 0x61])
@pytest.mark.parametrize("protocol", range(16))
def test_no_command_that_writes_locks_or_clips_is_harmless(command: int, protocol: int) -> None:
    cdb = bytearray(16)
    cdb[0], cdb[1], cdb[14] = 0x85, protocol << 1, command
    assert not harmless_scsi(bytes(cdb))


@pytest.mark.parametrize(("feature", "count"), [(0x11, 0), (0x12, 0), (0x14, 0), (0x20, 0), (0x40, 0), (0, 1)])
def test_of_sanitize_only_the_bare_status_is_harmless(feature: int, count: int) -> None:
    cdb = bytearray(SANITIZE_STATUS)
    cdb[4], cdb[6] = feature, count
    assert not harmless_scsi(bytes(cdb))


@pytest.mark.parametrize("opcode", sorted(set(range(256)) - {0x02, 0x06, 0x0A, 0x82}))
def test_no_other_admin_command_is_harmless(opcode: int) -> None:
    assert not harmless_nvme(NvmeCommand(opcode))


def test_empty_and_short_commands_are_not_harmless() -> None:
    assert not harmless_scsi(b"")
    assert not harmless_scsi(b"\x85")
    assert not harmless_scsi(b"\x9e")
    assert not harmless_scsi(bytes([0x04, 0, 0, 0, 0, 0]))  # FORMAT UNIT
    assert not harmless_mmc(MmcCommand(8, 0, 0, write=True))


@pytest.mark.parametrize(
    ("announced", "send"),
    [
        ({"command": SANITIZE_STATUS.hex(" ")}, lambda ports: ports.scsi.command(SANITIZE_BLOCK, timeout_ms=1)),
        ({"command": "NVMe admin 84h"}, lambda ports: ports.nvme.admin(NvmeCommand(0x80), timeout_ms=1)),
        (
            {"command": "NVMe admin 80h", "cdw10": "00000200h"},
            lambda ports: ports.nvme.admin(NvmeCommand(0x80, cdw10=0), timeout_ms=1),
        ),
        (
            {"command": "CMD38 80000000h"},
            lambda ports: ports.mmc.command(MmcCommand(38, 0, 0, write=True), timeout_ms=1),
        ),
        ({"command": "NVMe admin 84h"}, lambda ports: ports.opal.psid_revert(b"x")),
    ],
)
def test_what_was_announced_is_what_passes(announced: dict[str, Any], send: Any) -> None:
    drive = Drive()
    guard = Announced(ports_of(drive), lambda document: None)
    guard.announce(announced)
    with pytest.raises(NotAnnounced, match="the journal says"):
        send(guard.ports)
    with pytest.raises(NotAnnounced, match="nothing in the journal"):
        send(guard.ports)
    assert drive.taken == []
    guard.announce({"command": SANITIZE_BLOCK.hex(" ")})
    guard.ports.scsi.command(SANITIZE_BLOCK, timeout_ms=1)  # type: ignore[union-attr]
    assert drive.taken == [SANITIZE_BLOCK]
