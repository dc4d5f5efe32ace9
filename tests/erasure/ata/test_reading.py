"""Reading an ATA drive: what is refused makes its own part unknown, and nothing else."""

import errno
from dataclasses import replace

import pytest

from erasure.announcement import harmless_only
from erasure.ata.facts import AtaFacts
from erasure.ata.reading import read_ata
from erasure.hidden import AreaState
from erasure.sanitizing import SanitizeState
from erasure.transport.ports import CommandPorts, ScsiReply
from tests.erasure.ata.scripted import (
    AMAC,
    DCO,
    GONE,
    IDENTIFY,
    LOG,
    NATIVE,
    RESET,
    SECTORS,
    STATUS,
    TIMED_OUT,
    Script,
    aborted,
    block_of,
    check,
    fixed,
    good,
    identify,
    plain,
    scsi_facts,
)
from tests.erasure.ata.test_ledger import dco_block

LAST = SECTORS - 1


def page(capabilities: int, header: int = 1 << 63 | 0x06 << 16 | 1) -> ScsiReply:
    words = {at: header >> 16 * at & 0xFFFF for at in range(4)}
    words |= {24 + at: capabilities >> 16 * at & 0xFFFF for at in range(4)}
    return plain(block_of(words, checksum=False))


ANSWERS: dict[int, ScsiReply | OSError] = {
    IDENTIFY: identify(),
    STATUS: good(0, 0xFFFF),
    NATIVE: good(0, LAST),
    DCO: plain(dco_block(LAST)),
    LOG: page(1 << 63 | 1 << 7),
}


def read(answers: dict[int, ScsiReply | OSError] | None = None) -> AtaFacts | None:
    """Read a drive that gives `answers` instead of good ones, through the guard that lets only readers pass."""
    script = Script([*(ANSWERS | (answers or {})).items()])
    ports = harmless_only(CommandPorts(scsi=script))
    assert ports.scsi is not None
    return read_ata(ports.scsi, scsi_facts())


def found(answers: dict[int, ScsiReply | OSError] | None = None) -> AtaFacts:
    facts = read(answers)
    assert facts is not None
    return facts


def test_a_good_drive_is_read_as_a_whole() -> None:
    facts = found()
    assert (facts.model, facts.serial, facts.wwn, facts.sectors) == (
        "Demo Disk",
        "DEMO-0001",
        "5000c50000000001",
        SECTORS,
    )
    assert (facts.sanitize_crypto, facts.sanitize_block, facts.sanitize_overwrite) == (True, True, True)
    assert facts.sanitize.state is SanitizeState.IDLE
    assert facts.registers_readable is True
    assert facts.sanitize_overrides_lock is True
    assert facts.hidden.closed is True
    assert facts.hidden.native_bytes == SECTORS * 512
    assert facts.restorable is False


def test_every_answer_is_kept_as_hex() -> None:
    raw = found().raw
    assert bytes.fromhex(raw["identify"]) == block_of_identify()
    assert all(bytes.fromhex(raw[name]) for name in ("sanitize-status", "native-max", "dco", "log-30-06"))


def block_of_identify() -> bytes:
    reply = ANSWERS[IDENTIFY]
    assert isinstance(reply, ScsiReply)
    return reply.data


@pytest.mark.parametrize("bad", [aborted(), TIMED_OUT, OSError(errno.EIO, "no"), plain(), check(b"")], ids=repr)
def test_a_part_that_fails_is_unknown_and_leaves_the_others(bad: ScsiReply | OSError) -> None:
    whole = found()
    without = found({STATUS: bad})
    assert without.sanitize.state is SanitizeState.UNKNOWN
    assert without.hidden == whole.hidden
    without = found({NATIVE: bad})
    assert (without.hidden.hpa, without.hidden.dco) == (AreaState.UNKNOWN, AreaState.NONE)
    assert without.hidden.native_bytes is None
    without = found({DCO: bad})
    assert (without.hidden.hpa, without.hidden.dco) == (AreaState.NONE, AreaState.UNKNOWN)
    without = found({LOG: bad})
    assert (without.sanitize_overrides_lock, without.hidden) == (None, whole.hidden)


@pytest.mark.parametrize("command", ANSWERS)
def test_a_drive_that_leaves_is_an_error(command: int) -> None:
    with pytest.raises(OSError, match="no such device"):
        read({command: GONE})


@pytest.mark.parametrize(
    "answer",
    [aborted(), TIMED_OUT, plain(bytes(512)), plain(b"\xff" * 512), plain(b""), OSError(errno.EIO, "no")],
    ids=repr,
)
def test_a_drive_that_does_not_identify_itself_is_no_ata_drive(answer: ScsiReply | OSError) -> None:
    assert read({IDENTIFY: answer}) is None


def test_a_wrong_checksum_is_no_identity() -> None:
    data = bytearray(block_of_identify())
    data[20] ^= 1
    assert read({IDENTIFY: plain(bytes(data))}) is None


def test_an_hpa_is_found() -> None:
    facts = found({NATIVE: good(0, LAST + 100), DCO: plain(dco_block(LAST + 100))})
    assert facts.hidden.hpa is AreaState.PRESENT
    assert facts.hidden.native_bytes == (SECTORS + 100) * 512
    assert (facts.native_sectors, facts.restorable) == (SECTORS + 100, True)


def test_an_accessible_max_is_found() -> None:
    script = Script(
        [
            (IDENTIFY, identify(w82=0x0002, w83=0x4400, w84=0x4100, w86=0x8400, w119=0x4100)),
            (STATUS, good()),
            (NATIVE, aborted()),
            (AMAC, good(0, LAST + 7)),
        ]
    )
    facts = read_ata(script, scsi_facts())
    assert facts is not None
    assert (facts.hidden.hpa, facts.hidden.ama, facts.accessible_sectors) == (
        AreaState.NONE,
        AreaState.PRESENT,
        SECTORS + 7,
    )


def test_a_drive_without_sanitize_is_not_asked_for_its_state() -> None:
    script = Script([(code, answer) for code, answer in ANSWERS.items() if code != STATUS])
    script.steps[0] = (IDENTIFY, identify(w59=0))
    facts = read_ata(script, scsi_facts())
    assert facts is not None
    assert facts.sanitize.state is SanitizeState.UNSUPPORTED


def test_fixed_format_leaves_the_registers_unreadable() -> None:
    facts = found({STATUS: check(fixed(count=0x80)), NATIVE: check(fixed(lba=0xFFFFFF))})
    assert facts.registers_readable is False
    assert facts.sanitize.state is SanitizeState.UNKNOWN


def test_a_frozen_sanitize_is_a_fact_of_its_own() -> None:
    facts = found({STATUS: good(0xA000)})
    assert (facts.sanitize.state, facts.sanitize_frozen) == (SanitizeState.SUCCEEDED, True)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (page(1 << 63), False),
        (page(1 << 63 | 1 << 7), True),
        (page(1 << 7), None),
        (page(1 << 63 | 1 << 7, header=1 << 63 | 0x03 << 16), None),
        (page(1 << 63 | 1 << 7, header=0x06 << 16), None),
        (plain(bytes(512)), None),
    ],
)
def test_a_lock_is_overridden_only_where_the_right_page_says_so(answer: ScsiReply, *, expected: bool | None) -> None:
    assert found({LOG: answer}).sanitize_overrides_lock is expected


def test_a_unit_attention_does_not_hide_the_drive() -> None:
    script = Script([(IDENTIFY, RESET), *ANSWERS.items()])
    assert read_ata(script, scsi_facts()) is not None


@pytest.mark.parametrize("scsi", [scsi_facts(translates=False), scsi_facts(device_type=5)])
def test_what_translates_nothing_is_not_asked(scsi: object) -> None:
    assert read_ata(Script([]), scsi) is None  # type: ignore[arg-type]


def test_a_bridge_is_asked() -> None:
    scsi = replace(scsi_facts(translates=False), bridge=True)
    assert read_ata(Script([*ANSWERS.items()]), scsi) is not None
