"""After every verdict a person is told what to do next, in both languages, with the drive named where it matters."""

from dataclasses import replace
from pathlib import Path

import pytest

from certificates.language import catalogue
from erasure.drive import BlockDevice, DriveIdentity, IdentityGrade
from erasure.outcome import ReasonCode
from erasure.policy import load_policy
from station_agent.bench import simulated_bench
from station_agent.language import LOCALE, Voice
from station_agent.planning import survey
from station_agent.remedies import BEHIND, BY_DETAIL, REMEDIES, next_steps, remedies

EN, FR = (Voice(catalogue(LOCALE, lang)) for lang in ("en", "fr"))
DECIDED = {"UNSUPPORTED", "OPERATOR"}  # a policy or a person decided: nothing is wrong with the drive
IDENTITY = DriveIdentity("DEMO", "DEMO-1", "5000000000000001", "1", "nvme", "", "simulated", IdentityGrade.A)
DRIVE = BlockDevice("/dev/sda", "sda", 0, 0, 1, 512, IDENTITY, simulated=True)
BRIDGED = replace(DRIVE, identity=replace(IDENTITY, bus="usb"))


def told(*pairs: tuple[str, str], drive: BlockDevice = DRIVE, disks: tuple[str, ...] = ()) -> str:
    return "\n".join(remedies(EN, pairs, drive, disks))


@pytest.mark.parametrize("code", sorted(set(ReasonCode) - DECIDED))
def test_every_reason_has_a_remedy_in_both_languages(code: str) -> None:
    (english,) = remedies(EN, [(code, "")], DRIVE)
    (french,) = remedies(FR, [(code, "")], DRIVE)
    assert english != french
    assert "{" not in english + french


def test_a_drive_that_lied_is_to_be_overwritten_with_a_command_that_can_be_typed() -> None:
    words = told(("CANARY_SURVIVED", "2 of 9 marks"))
    assert "`etabli-station erase /dev/sda --method overwrite.keystream --confirm DEMO-1`" in words


def test_reasons_with_one_remedy_say_it_once() -> None:
    assert len(remedies(EN, [("STUCK", "a"), ("STUCK", "b"), ("ABORTED", "")], DRIVE)) == 2


@pytest.mark.parametrize("code", ["DEVICE_LOST", "SIZE"])
def test_a_drive_that_left_is_not_sent_to_destruction_for_sectors_that_it_could_not_take(code: str) -> None:
    (words,) = remedies(EN, [(code, ""), ("WRITE_ERROR", ""), ("READ_ERROR", "")], DRIVE)
    assert words == remedies(EN, [(code, "")], DRIVE)[0]
    assert "does not keep" in told((code, ""), ("MISMATCH", ""))


def test_every_remedy_belongs_to_a_reason_of_the_closed_list() -> None:
    assert set(REMEDIES) | {code for code, _, _ in BY_DETAIL} | set(BEHIND) <= set(ReasonCode)


def test_a_drive_of_two_namespaces_that_lied_is_overwritten_on_both() -> None:
    words = told(("CANARY_SURVIVED", "one at LBA 0 of nvme0n2"), disks=("/dev/nvme0n2",))
    assert "`etabli-station erase /dev/sda /dev/nvme0n2 --method overwrite.keystream --confirm DEMO-1`" in words


@pytest.mark.parametrize(
    ("code", "detail", "words"),
    [
        ("LOCKED", "the PSID is not that of this drive", "O is not 0"),
        ("LOCKED", "the drive is locked: it has to be opened first", "--psid PSID"),
        ("LOCKED", "the drive is locked with a password", "`etabli-station unlock /dev/sda"),
        ("HIDDEN_AREA", "two boot partitions of 4194304 bytes each", "a power cycle changes nothing"),
        ("HIDDEN_AREA", "RPMB of 524288 bytes, which no host can erase", "a power cycle changes nothing"),
        ("HIDDEN_AREA", "unallocated capacity of 4194304 bytes", "Only a sanitize"),
        ("HIDDEN_AREA", "namespace 2 (active) is a separate area of the drive", "Erase the other namespaces"),
        ("HIDDEN_AREA", "DCO unknown", "Take its power away"),
        ("STATUS_UNREADABLE", "the sanitize log knows of no sanitize: SSTAT 0000h", "--method overwrite.keystream"),
        ("SIZE", "sectors of 520 bytes cannot be read back: format the drive to 512 or", "sg_format"),
    ],
)
def test_the_detail_of_a_reason_chooses_its_remedy(code: str, detail: str, words: str) -> None:
    assert words in told((code, detail))


@pytest.mark.parametrize("code", sorted(BEHIND))
def test_what_a_bridge_may_have_done_is_no_reason_to_destroy_the_drive_before_it_was_connected_directly(
    code: str,
) -> None:
    assert "take it out, connect it directly" in told((code, ""), drive=BRIDGED)
    assert "enclosure" not in told((code, ""))


def test_a_drive_with_sectors_of_520_bytes_is_to_be_formatted_and_not_destroyed(tmp_path: Path) -> None:
    head = 'schema = "etabli.bench-file/1"\n'
    (tmp_path / "bench.toml").write_text(f'{head}[[drives]]\nname = "sda"\nfixture = "drives/sas-520-byte-sectors"\n')
    bench = simulated_bench(tmp_path / "bench.toml", tmp_path)
    (drive,) = survey(bench, bench.enumerate_disks(), load_policy("purge-preferred"))
    for voice in (EN, FR):
        told = next_steps(voice, drive, drive.outcome.reasons)  # type: ignore[union-attr]
        assert "sg_format --format --size=512" in " ".join(told)
        assert "destruction" not in " ".join(told)
