"""A drive that erases itself is believed only when its status, its canaries and its identity agree."""

import errno
from dataclasses import replace
from typing import Any

import pytest

from erasure.errors import DeviceError, JournalError, NotAnnounced, RunInterrupted
from erasure.journal import EntryKind
from erasure.methods import Stuck, Working
from erasure.outcome import Level, Reason, ReasonCode, VerdictWord
from erasure.passes import Completion
from erasure.simulated import Fault, FaultKind
from tests.erasure.firmware_bench import FATE_UNKNOWN, GOOD, NAME, FirmwareBench, finished, full_of_files


def codes(report: Any) -> list[ReasonCode]:
    return [reason.code for reason in report.reasons]


def test_a_drive_that_erases_itself_and_says_so_is_erased(firmware: FirmwareBench) -> None:
    report = firmware.erase()
    assert (report.verdict, report.level, report.exceptions) == (VerdictWord.ERASED, Level.PURGE, ())
    assert firmware.kinds() == ["INTENT", "PLANTED", "COMMANDED", "ACCEPTED", "OBSERVED", "WRITTEN", "VERIFIED"]
    assert (report.verification.mode, report.verification.nonmatching) == ("canaries", 0)
    planted = firmware.bench.journal.entries[1].data
    assert report.verification.sectors == planted["planted"] + len(planted["fingerprints"]) > 200
    assert [phase.op for phase in report.phases] == ["plant", "command", "look"]
    assert firmware.bench.content() == bytes(len(firmware.bench.content()))


@pytest.mark.parametrize("fill", [b"\0", b"\xff", b"\x33\xcc\x55\xaa"])
def test_whatever_a_drive_shows_instead_of_its_old_content_is_its_own_affair(
    firmware: FirmwareBench, fill: bytes
) -> None:
    firmware.drive.fill = fill
    assert firmware.erase().verdict is VerdictWord.ERASED


def test_a_drive_that_shows_such_a_pattern_can_be_erased_again(firmware: FirmwareBench) -> None:
    firmware.drive.fill = b"\x33\xcc\x55\xaa"
    firmware.drive.wipe()
    assert firmware.erase().verdict is VerdictWord.ERASED


def test_a_drive_that_lies_about_success_is_not_certified(firmware: FirmwareBench) -> None:
    firmware.drive.wipes = (0.0, 0.0)
    report = firmware.erase()
    assert (report.verdict, report.level) == (VerdictWord.FAILED, Level.NONE)
    assert ReasonCode.CANARY_SURVIVED in codes(report)
    assert report.verification.nonmatching == report.verification.sectors
    assert sum(item.count for item in report.bad.mismatch) == report.verification.sectors


@pytest.mark.parametrize("part", [(0.0, 0.5), (0.5, 1.0), (0.01, 1.0), (0.0, 0.98)])
def test_a_drive_that_erases_a_part_is_not_certified(firmware: FirmwareBench, part: tuple[float, float]) -> None:
    firmware.drive.wipes = part
    report = firmware.erase()
    assert report.verdict is VerdictWord.FAILED
    assert set(codes(report)) == {ReasonCode.CANARY_SURVIVED}


@pytest.mark.parametrize(
    ("ended", "word", "code"),
    [
        (replace(GOOD, succeeded=False), VerdictWord.FAILED, ReasonCode.ABORTED),
        (replace(GOOD, action_matches=False), VerdictWord.FAILED, ReasonCode.WRONG_ACTION),
        (replace(GOOD, accepted=False, seen_running=False), VerdictWord.UNCONFIRMED, ReasonCode.STATUS_UNREADABLE),
        (None, VerdictWord.UNCONFIRMED, ReasonCode.STATUS_UNREADABLE),
    ],
)
def test_whatever_is_missing_from_its_status_is_missing_from_the_proof(
    firmware: FirmwareBench, ended: Completion | None, word: VerdictWord, code: ReasonCode
) -> None:
    firmware.drive.answers = [finished(completion=ended)]
    report = firmware.erase()
    assert (report.verdict, codes(report)) == (word, [code])


def test_a_refused_command_is_a_failure_to_show(firmware: FirmwareBench) -> None:
    firmware.drive.refuses = (Reason(ReasonCode.ABORTED, "ABRT 04h"),)
    report = firmware.erase()
    assert (report.verdict, report.reasons) == (VerdictWord.FAILED, firmware.drive.refuses)
    assert (firmware.drive.commands, firmware.drive.asked) == (1, 0)


def test_a_drive_that_stays_at_655_is_unconfirmed_and_nothing_else_is_sent(firmware: FirmwareBench) -> None:
    firmware.drive.answers = [Working(655)]
    report = firmware.erase()
    assert (report.verdict, codes(report)) == (VerdictWord.UNCONFIRMED, [ReasonCode.STUCK])
    assert "655 of 65536" in report.reasons[0].detail
    assert firmware.drive.commands == 1
    assert report.verification.mode == "none"


def test_a_drive_that_moves_for_ever_is_given_up_too(firmware: FirmwareBench) -> None:
    firmware.drive.answers = [Working(done % 65_536) for done in range(400_000)]
    assert codes(firmware.erase()) == [ReasonCode.STUCK]


def test_a_status_that_cannot_be_read_any_more_is_unconfirmed(firmware: FirmwareBench) -> None:
    firmware.drive.answers = [Working(5), OSError(errno.EIO, "no sense")]
    report = firmware.erase()
    assert (report.verdict, codes(report)) == (VerdictWord.UNCONFIRMED, [ReasonCode.STUCK])


def test_a_few_unanswered_questions_are_no_end(firmware: FirmwareBench) -> None:
    silence = OSError(errno.EIO, "busy")
    firmware.drive.answers = [Working(5), silence, silence, Working(9), finished()]
    assert firmware.erase().verdict is VerdictWord.ERASED


def test_a_command_whose_fate_is_unknown_counts_when_the_drive_is_seen_at_work(firmware: FirmwareBench) -> None:
    firmware.drive.fate = FATE_UNKNOWN
    firmware.drive.answers = [Working(1), Working(2), finished(completion=replace(GOOD, accepted=False))]
    report = firmware.erase()
    assert report.verdict is VerdictWord.ERASED
    assert "ACCEPTED" not in firmware.kinds()
    assert firmware.drive.tickets[-1].seen_running


@pytest.mark.parametrize("answer", [finished(), OSError(errno.EIO, "x"), Stuck("?")])
def test_a_command_whose_fate_is_unknown_is_never_claimed_from_an_idle_drive(
    firmware: FirmwareBench, answer: Any
) -> None:
    firmware.drive.fate = FATE_UNKNOWN
    firmware.drive.answers = [answer]
    report = firmware.erase()
    assert (report.verdict, codes(report)) == (VerdictWord.UNCONFIRMED, [ReasonCode.STATUS_UNREADABLE])
    assert firmware.drive.commands == 1


def test_the_journal_says_what_comes_before_it_is_sent(firmware: FirmwareBench) -> None:
    firmware.bench.journal.fails_at = EntryKind.COMMANDED
    with pytest.raises(JournalError):
        firmware.erase()
    assert firmware.drive.commands == 0


def test_canaries_are_durable_before_the_command(firmware: FirmwareBench) -> None:
    firmware.bench.journal.fails_at = EntryKind.PLANTED
    with pytest.raises(JournalError):
        firmware.erase()
    assert firmware.drive.commands == 0


def test_a_drive_that_leaves_leaves_the_run_open_and_is_found_again(firmware: FirmwareBench) -> None:
    gone = firmware.bench.with_faults(Fault(FaultKind.VANISH, after_read_bytes=1 << 17)).drive
    healthy = firmware.bench.drive
    firmware.bench = replace(firmware.bench, drive=gone)
    firmware.drive.on_command = lambda ports: None
    with pytest.raises((DeviceError, OSError)):
        firmware.erase()
    assert "CLOSED" not in firmware.kinds()
    firmware.bench = replace(firmware.bench, drive=healthy)
    assert firmware.again().verdict is VerdictWord.ERASED


def test_a_bench_that_stops_leaves_the_drive_at_work_and_follows_it_later(firmware: FirmwareBench) -> None:
    firmware.drive.answers = [Working(100), Working(200), finished()]
    with pytest.raises(RunInterrupted):
        firmware.erase(stop=lambda: firmware.drive.asked > 0)
    report = firmware.again()
    assert report.verdict is VerdictWord.ERASED
    assert (firmware.drive.commands, report.resumed) == (1, 1)
    assert firmware.drive.tickets[-1].notes == {"tries": 1}


def test_a_drive_that_forgot_what_it_did_is_asked_again_with_the_same_method(firmware: FirmwareBench) -> None:
    firmware.drive.answers = [Working(100), finished(Reason(ReasonCode.STATUS_UNREADABLE, "idle"), completion=None)]
    with pytest.raises(RunInterrupted):
        firmware.erase(stop=lambda: firmware.drive.asked > 0)
    noted = firmware.bench.journal.entries[1].data["fingerprints"]
    firmware.drive.answers.append(finished())
    report = firmware.again()
    assert (report.verdict, firmware.drive.commands) == (VerdictWord.ERASED, 2)
    again = [entry.data for entry in firmware.bench.journal.entries if entry.kind is EntryKind.PLANTED][-1]
    assert again["fingerprints"] == noted  # of the donor's content, not of what came after


def test_survivors_of_an_earlier_look_are_not_forgotten(firmware: FirmwareBench) -> None:
    firmware.drive.wipes = (0.0, 0.0)
    firmware.bench.journal.fails_at = EntryKind.VERIFIED
    with pytest.raises(JournalError):
        firmware.erase()
    firmware.bench.journal.fails_at = None
    firmware.drive.wipes = (0.0, 1.0)
    firmware.drive.wipe()  # somebody zeroed it meanwhile: that is not this erase
    report = firmware.again()
    assert report.verdict is VerdictWord.FAILED
    assert ReasonCode.CANARY_SURVIVED in codes(report)


def test_an_erase_that_runs_already_is_followed_and_never_claimed_as_whole(firmware: FirmwareBench) -> None:
    with firmware.bench.open() as port:
        planned = replace(firmware.bench.plan_for(port), adopt=True)
    report = firmware.erase(planned=planned)
    assert (report.verdict, firmware.drive.commands) == (VerdictWord.ERASED_WITH_EXCEPTIONS, 0)
    assert [reason.code for reason in report.exceptions] == [ReasonCode.NO_CANARIES]
    assert report.verification.mode == "none"


def test_a_command_that_nobody_announced_never_leaves(firmware: FirmwareBench) -> None:
    firmware.drive.announces = False
    firmware.drive.on_command = lambda ports: ports.accepted({"method": NAME})
    sent: list[bytes] = []

    def send(ports: Any) -> None:
        from erasure.announcement import Permit, guarded
        from erasure.transport.ports import CommandPorts

        class Port:
            def command(self, cdb: bytes, **_: Any) -> None:
                sent.append(cdb)

        port: Any = Port()
        guarded(CommandPorts(scsi=port), Permit(), lambda item: None).scsi.command(bytes([0x48]), timeout_ms=1)  # type: ignore[union-attr]

    firmware.drive.on_command = send
    with pytest.raises(NotAnnounced):
        firmware.erase()
    assert sent == []


def test_the_key_goes_first_and_both_steps_are_looked_at(firmware: FirmwareBench) -> None:
    crypto = replace(firmware.drive, id="test.sanitize.crypto", fill=b"\x5a\xa5", answers=[finished()])
    firmware.know(firmware.drive, crypto)
    with firmware.bench.open() as port:
        planned = replace(firmware.bench.plan_for(port), before=(crypto.id,))
    report = firmware.erase(planned=planned)
    assert report.verdict is VerdictWord.ERASED
    assert (crypto.commands, firmware.drive.commands) == (1, 1)
    assert "STEPPED" in firmware.kinds()
    assert [phase.op for phase in report.phases] == ["plant", "command", "look"] * 2


def test_a_first_step_that_lies_ends_the_run(firmware: FirmwareBench) -> None:
    crypto = replace(firmware.drive, id="test.sanitize.crypto", wipes=(0.0, 0.0), answers=[finished()])
    firmware.know(firmware.drive, crypto)
    with firmware.bench.open() as port:
        planned = replace(firmware.bench.plan_for(port), before=(crypto.id,))
    report = firmware.erase(planned=planned)
    assert (report.verdict, firmware.drive.commands) == (VerdictWord.FAILED, 0)


def test_a_drive_of_wrapping_addresses_is_found_out_before_the_command(firmware: FirmwareBench) -> None:
    wrapping = Fault(FaultKind.WRAP, real_bytes=128 * 1024)
    firmware.bench = firmware.bench.with_faults(wrapping)
    report = firmware.erase()
    assert (report.verdict, codes(report)) == (VerdictWord.FAILED, [ReasonCode.SIZE])
    assert firmware.drive.commands == 0


def test_a_drive_that_takes_no_marks_is_an_exception_by_name(firmware: FirmwareBench) -> None:
    full_of_files(firmware, Fault(FaultKind.DROP_WRITES))
    report = firmware.erase()
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert [reason.code for reason in report.exceptions] == [ReasonCode.NO_CANARIES]
    assert "old contents were looked for" in report.exceptions[0].detail


def test_where_a_mark_does_not_stand_the_old_content_is_looked_for(firmware: FirmwareBench) -> None:
    full_of_files(firmware, Fault(FaultKind.DROP_WRITES, first_lba=0, count=200))
    report = firmware.erase()
    planted = next(entry.data for entry in firmware.bench.journal.entries if entry.kind is EntryKind.PLANTED)
    assert planted["lost"] > 0
    assert len([one for one in planted["fingerprints"] if one[1] < 200]) >= planted["lost"]
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert f"{planted['lost']} of" in report.exceptions[0].detail


@pytest.mark.parametrize("fault", [FaultKind.DROP_WRITES, FaultKind.BAD_FLUSH])
@pytest.mark.parametrize("seed", range(12))
def test_half_an_erase_of_a_drive_that_takes_no_marks_is_found_out(
    firmware: FirmwareBench, fault: FaultKind, seed: int
) -> None:
    """Whatever places the secret of the run draws: once the marks took all of them, and nothing was looked for."""
    full_of_files(firmware, Fault(fault))
    firmware.bench = replace(firmware.bench, seed=seed)
    firmware.drive.wipes = (0.0, 0.5)
    report = firmware.erase()
    assert (report.verdict, ReasonCode.CANARY_SURVIVED in codes(report)) == (VerdictWord.FAILED, True)


def test_an_erase_that_left_nothing_to_look_for_is_unconfirmed(firmware: FirmwareBench) -> None:
    """A blank drive that takes no marks: its own word is all there is."""
    firmware.bench = firmware.bench.with_faults(Fault(FaultKind.DROP_WRITES))
    firmware.bench.backing.write_bytes(bytes(firmware.bench.drive.size_bytes))
    report = firmware.erase()
    assert (report.verdict, codes(report)) == (VerdictWord.UNCONFIRMED, [ReasonCode.NO_CANARIES])


@pytest.mark.parametrize("seed", range(4))
def test_the_part_that_took_marks_does_not_speak_for_the_part_that_took_none(
    firmware: FirmwareBench, seed: int
) -> None:
    """One letter in the half that takes no marks, and the drive erases the other half alone."""
    firmware.bench = replace(firmware.bench, seed=seed)
    firmware.bench = firmware.bench.with_faults(Fault(FaultKind.DROP_WRITES, first_lba=300))
    letter = bytearray(firmware.bench.drive.size_bytes)
    letter[400 * 512 : 400 * 512 + 16] = b"salaries, photos"
    firmware.bench.backing.write_bytes(letter)
    firmware.drive.wipes = (0.0, 0.5)
    report = firmware.erase()
    assert b"salaries" in firmware.bench.content()
    assert report.verdict in (VerdictWord.UNCONFIRMED, VerdictWord.FAILED)  # its sector may be one that is drawn
    assert set(codes(report)) & {ReasonCode.NO_CANARIES, ReasonCode.CANARY_SURVIVED}


def test_a_sector_that_cannot_be_read_afterwards_is_not_erased(firmware: FirmwareBench) -> None:
    late = Fault(FaultKind.BAD_READ, first_lba=0, count=1, after_read_bytes=1 << 17)
    firmware.bench = firmware.bench.with_faults(late)
    report = firmware.erase()
    assert report.verdict is VerdictWord.FAILED
    assert ReasonCode.READ_ERROR in codes(report)
