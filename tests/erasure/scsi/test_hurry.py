"""A drive that sanitizes, or that is mute, does not keep the list of drives waiting."""

from dataclasses import dataclass, field, replace

import pytest

from erasure.scsi.asking import QUESTION_MS
from erasure.scsi.hurry import HURRIED_MS, TIMED_OUT
from erasure.scsi.reading import read_scsi
from erasure.transport.ports import ScsiReply
from tests.erasure.scsi.scripted_drive import SANITIZING, ScriptedDrive, check, good, sas_drive

MUTE = replace(good(), host_status=TIMED_OUT)


@dataclass
class Timed:
    """Passes everything on and notes how long each question may take."""

    drive: ScriptedDrive
    allowed: list[int] = field(default_factory=list)

    def command(self, cdb: bytes, *, timeout_ms: int, data_out: bytes = b"", data_in: int = 0) -> ScsiReply:
        self.allowed.append(timeout_ms)
        return self.drive.command(cdb, timeout_ms=timeout_ms, data_out=data_out, data_in=data_in)


def test_an_ordinary_drive_may_take_its_time() -> None:
    port = Timed(sas_drive())
    assert read_scsi(port, bus="scsi") is not None
    assert set(port.allowed) == {QUESTION_MS}


@pytest.mark.parametrize("reason", [check(SANITIZING), MUTE], ids=["sanitizes", "mute"])
def test_after_a_reason_every_question_is_short_and_none_is_left_out(reason: ScsiReply) -> None:
    port, usual = Timed(sas_drive(x9e10=reason, x25=reason)), Timed(sas_drive())
    found, plain = read_scsi(port, bus="scsi"), read_scsi(usual, bus="scsi")
    assert found is not None
    assert plain is not None
    at = next(place for place, cdb in enumerate(port.drive.sent) if cdb[:1] == b"\x9e")
    assert port.allowed[: at + 1] == [QUESTION_MS] * (at + 1)
    assert set(port.allowed[at + 1 :]) == {HURRIED_MS}
    assert {cdb[0] for cdb in usual.drive.sent} <= {cdb[0] for cdb in port.drive.sent}


def test_a_drive_that_never_answers_costs_less_than_a_minute() -> None:
    everything = dict.fromkeys(sas_drive().answers, MUTE)
    port = Timed(ScriptedDrive({**everything, "12000000": sas_drive().answers["12000000"]}))
    read_scsi(port, bus="scsi")
    assert sum(port.allowed) <= 60_000 + QUESTION_MS
