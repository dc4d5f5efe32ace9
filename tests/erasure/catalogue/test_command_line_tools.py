"""hdparm, sg3_utils and the transports under them, drives reference 4, 5.2 and 5.3: success told after an error."""

import errno
from dataclasses import dataclass, replace
from typing import Any, Self

import pytest

from erasure.ata import sense as ata_sense
from erasure.ata.erase_unit import LEAST_SECONDS
from erasure.ata.sense import Fate
from erasure.plan import ErasurePlan
from erasure.scsi.sense import Answer, AnswerKind
from erasure.transport.ports import CommandPorts, ScsiReply
from tests.erasure.catalogue.catalogue_bench import Make, codes, destructive, kept, succeeded
from tests.erasure.catalogue.guards import end_ata_sanitizes_well, ignore_survivors

ATA: dict[str, Any] = {"ata": {"crypto": False}}
SENSES = ["fixed-sense", "old-fixed-sense", "no-sense"]
SECURITY = {"wanted": "ata.security.enhanced", "allowed": "ata.security.enhanced"}
SCSI_SANITIZE = 0x48


@pytest.mark.parametrize("sense", SENSES)
def test_a_drive_whose_status_cannot_be_read_back_gets_no_sanitize(on_bench: Make, sense: str) -> None:
    """hdparm 9.65: "bad/missing sense data", exit 0. Control: the twin with descriptor sense is planned for Purge."""
    deaf = on_bench("ata-ssd-sanitize", vices=[sense], **ATA).plan()
    assert isinstance(deaf, ErasurePlan)
    assert (deaf.method, str(deaf.level)) == ("overwrite.keystream", "CLEAR")
    twin = on_bench("ata-ssd-sanitize", **ATA).plan()
    assert isinstance(twin, ErasurePlan)
    assert (twin.method, str(twin.level)) == ("ata.sanitize.block", "PURGE")


def good_fate(*_given: Any) -> Fate:
    return Fate.GOOD


@pytest.mark.parametrize("sense", ["", *SENSES])
def test_an_aborted_security_erase_is_no_success_in_any_sense_format(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch, sense: str
) -> None:
    """hdparm 9.65 `--security-erase`: exit 0 although the drive aborted. Control: fate and survivors ignored."""
    vices = ["aborts", *([sense] if sense else [])]
    report = on_bench("ata-ssd-sanitize", vices=vices, **ATA).erase(**SECURITY)
    assert (str(report.verdict), codes(report)) in [("FAILED", {"ABORTED"}), ("FAILED", {"TRANSPORT"})]
    told = " ".join(reason.detail for reason in report.reasons)
    assert "still protected" not in told

    monkeypatch.setattr(ata_sense, "fate_of", good_fate)
    believed = on_bench("ata-ssd-sanitize", vices=vices, **ATA).erase(**SECURITY)
    assert not succeeded(believed)  # the password is still there: enabled is read back
    assert any("still protected" in reason.detail for reason in believed.reasons)


def test_an_aborted_sanitize_is_no_background_operation(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """hdparm `--sanitize-block-erase`: "Operation started in background" after an abort. Control: the end invented."""
    report = on_bench("ata-ssd-sanitize", vices=["aborts"], **ATA).erase()
    assert (str(report.verdict), codes(report)) == ("FAILED", {"ABORTED"})

    monkeypatch.setattr(ata_sense, "fate_of", good_fate)
    end_ata_sanitizes_well(monkeypatch)
    assert codes(on_bench("ata-ssd-sanitize", vices=["aborts"], **ATA).erase()) == {"CANARY_SURVIVED"}
    ignore_survivors(monkeypatch)
    assert succeeded(on_bench("ata-ssd-sanitize", vices=["aborts"], **ATA).erase())


@dataclass
class Answering:
    """A drive behind an adapter: SANITIZE never arrives, and `reply` comes back for it."""

    port: Any
    reply: ScsiReply

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)

    def commands(self) -> CommandPorts:
        return replace(self.port.commands(), scsi=Lost(self.port.commands().scsi, self.reply))


@dataclass
class Lost:
    inner: Any
    reply: ScsiReply

    def command(self, cdb: bytes, **given: Any) -> ScsiReply:
        if cdb[0] == SCSI_SANITIZE:
            return self.reply
        told: ScsiReply = self.inner.command(cdb, **given)
        return told


GOOD = ScsiReply(status=0, host_status=0, driver_status=0, info=0, resid=0, sense=b"", data=b"", duration_ms=1)
BAD = {
    "DID_ERROR": {"host_status": 7},
    "DID_NO_CONNECT": {"host_status": 1},
    "driver": {"driver_status": 6},
    "SG_INFO_CHECK": {"info": 1},
    "BUSY": {"status": 8},
    "RESERVATION": {"status": 0x18},
    "no sense": {"status": 2, "info": 1},
    "resid": {"resid": -1},
    "stray sense": {"sense": bytes.fromhex("700005000000000a000000002400000000000000")},
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_every_field_of_a_reply_is_looked_at_once(
    on_bench: Make, monkeypatch: pytest.MonkeyPatch, bad: dict[str, Any]
) -> None:
    """sg_sanitize 1.46: exit 0 after DID_ERROR, data still there. TrueNAS scsi_generic.py: a check that never holds.

    Control: every reply read as good, the marks ignored: ERASED with all bytes in place.
    """

    def adapter(port: Any) -> Any:
        return Answering(port, replace(GOOD, **bad))

    only = {"scsi": {"crypto": False}}
    report = on_bench("sas-ssd-sanitize", **only).erase(wrap=adapter)
    assert len(destructive(report)) == 1
    assert (str(report.verdict), codes(report)) == ("UNCONFIRMED", {"STATUS_UNREADABLE"})

    monkeypatch.setattr("erasure.methods.scsi_sanitize.read_answer", lambda _reply: Answer(AnswerKind.GOOD, "good"))
    if not bad.get("resid"):
        assert codes(on_bench("sas-ssd-sanitize", **only).erase(wrap=adapter)) == {"CANARY_SURVIVED"}
        ignore_survivors(monkeypatch)
        bench = on_bench("sas-ssd-sanitize", **only)
        before = bench.content()
        assert succeeded(bench.erase(wrap=adapter))
        assert kept(before, bench.content()) > 0.5


@pytest.mark.parametrize("told", [{"erase_word": 0, "enhanced_word": 0}, {"enhanced_minutes": 2}])
def test_a_security_erase_has_two_hours_at_least(on_bench: Make, told: dict[str, int]) -> None:
    """hdparm: words 89 and 90 of 0 mean 2 h, extended times taken as raw minutes. Control: an extended time."""
    report = on_bench("ata-ssd-sanitize", ata={**ATA["ata"], **told}).erase(**SECURITY)
    assert unit_timeout_s(report) >= LEAST_SECONDS
    long = on_bench("ata-ssd-sanitize", ata={**ATA["ata"], "enhanced_word": 0x8000 | 400}).erase(**SECURITY)
    assert unit_timeout_s(long) == (400 * 2 + 30) * 60


def unit_timeout_s(report: Any) -> int:
    (sent,) = [one for one in destructive(report) if bytes.fromhex(one["cdb"])[14] == 0xF4]
    return int(sent["timeout_ms"]) // 1000


def test_erased_sectors_that_need_a_write_are_written_and_read(on_bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Section 3.9, WABEREQ: reads are MEDIUM ERROR until written. Control: not known, the same drive fails to read."""
    report = on_bench("sas-ssd-needs-write").erase()
    assert succeeded(report)
    assert "write" in [phase.op for phase in report.phases]
    monkeypatch.setattr("erasure.course.needs_write", lambda _facts, _method: False)
    assert codes(on_bench("sas-ssd-needs-write").erase()) == {"READ_ERROR"}


class Failing:
    """A port whose reads end in an errno once the write pass is over."""

    def __init__(self, port: Any, number: int) -> None:
        self.port, self.number = port, number

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)

    def reopen_for_reading(self) -> Any:
        return FailingReader(self.port.reopen_for_reading(), self.number)


class FailingReader:
    def __init__(self, port: Any, number: int) -> None:
        self.port, self.number = port, number

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_given: object) -> None:
        self.port.close()

    def pread_into(self, buffer: memoryview, offset: int) -> int:
        if offset <= 8192 < offset + len(buffer):
            raise OSError(self.number, "bad medium")
        taken: int = self.port.pread_into(buffer, offset)
        return taken


@pytest.mark.parametrize("number", [errno.ENODATA, errno.EIO, errno.EILSEQ, errno.EREMOTEIO])
def test_bad_media_is_an_error_whatever_its_errno(on_bench: Make, number: int) -> None:
    """Section 5.3: not always EIO, SCSI and NVMe reads give ENODATA. Control: the same port without it is ERASED."""
    report = on_bench("sata-ssd-240").erase(wrap=lambda port: Failing(port, number), policy="overwrite")
    assert (str(report.verdict), codes(report)) == ("FAILED", {"READ_ERROR"})
    assert [(one.first, one.count) for one in report.bad.read] == [(16, 1)]
    assert succeeded(on_bench("sata-ssd-240").erase(policy="overwrite"))
