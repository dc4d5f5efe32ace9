"""On ATA the kernel hears 16 characters of a model and 4 of a firmware: the drive's own words count, if they agree."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from erasure.drive import DriveIdentity, IdentityGrade
from erasure.facts import identify, read_facts
from erasure.naming import model_heard, named_by_drive, naming_faults, same_model, unlike
from erasure.outcome import ReasonCode
from erasure.pins import changes, moved
from erasure.simulated import SimulatedDrive
from tests.erasure.ata.scripted import block_of, words_of
from tests.erasure.test_naming import Port, ata

Name = Callable[..., DriveIdentity]
WHOLE, FIRMWARE, SERIAL, WWN = "BENCH SATA DISK OF QEMU", "7.2-b", "WD-WCC4N0000001", "50014ee2b0000001"
CUT = {"model": "BENCH SATA DISK", "firmware": "b"}


def told(**words: Any) -> Any:
    """What the drive says of itself, by default all in agreement with `CUT`."""
    own = {"model": WHOLE, "firmware": FIRMWARE, "serial": SERIAL, "wwn": WWN}
    return replace(ata(), **{**own, **words})


def test_an_ata_drive_goes_by_its_own_words_and_what_was_heard_stays_on_record(
    facts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    port: Any = Port(facts(CUT), monkeypatch, told())
    found = read_facts(port)
    named = found.device.identity
    assert (named.model, named.firmware, named.serial, named.wwn) == (WHOLE, FIRMWARE, SERIAL, WWN)
    assert (named.bus, named.source, named.grade) == ("ata", "identify", IdentityGrade.A)
    assert {name: text for name, text in found.raw.items() if name.startswith("kernel_")} == {
        "kernel_model": "BENCH SATA DISK",
        "kernel_firmware": "b",
        "kernel_serial": SERIAL,
        "kernel_wwn": WWN,
    }
    assert identify(port, found) == found.device


def test_without_a_world_wide_name_the_grade_is_b_and_a_doubted_drive_stays_doubted(facts: Any) -> None:
    assert named_by_drive(facts({**CUT, "wwn": ""}).device, told(wwn="")).identity.grade is IdentityGrade.B
    doubted = facts({**CUT, "grade": IdentityGrade.C}).device
    assert named_by_drive(doubted, told()).identity.grade is IdentityGrade.C


def test_a_world_wide_name_that_the_kernel_did_not_hear_is_the_drives(facts: Any) -> None:
    assert named_by_drive(facts({**CUT, "wwn": ""}).device, told()).identity.wwn == WWN


@pytest.mark.parametrize("of_controller", ["600508b1001c0000000000000000abcd", "eui.0011"])
def test_a_name_that_a_controller_made_stays_beside_the_drives_own_words(facts: Any, of_controller: str) -> None:
    named = named_by_drive(facts({**CUT, "wwn": of_controller}).device, told()).identity
    assert (named.model, named.wwn) == (WHOLE, of_controller)


@pytest.mark.parametrize(
    ("heard", "own"),
    [
        ({"model": "WDC WD10EZEX-08W"}, {"model": "WDC WD10EZEX-08WN4A0"}),
        ({"model": "ABCDEFGHIJKLMNO"}, {"model": "ABCDEFGHIJKLMNO PQR"}),  # a blank at the cut
        ({"model": "SHORT"}, {"model": "SHORT"}),
        ({"model": WHOLE}, {"model": WHOLE}),  # a kernel that told it whole
        ({"model": "AB CD"}, {"model": "AB\\x07CD"}),
        ({"model": "AB"}, {"model": "AB\\x00CD"}),
        ({"model": ""}, {}),
        ({"firmware": "BB6Q"}, {"firmware": "EXT0BB6Q"}),
        ({"firmware": "EXT0"}, {"firmware": "EXT0BB6Q"}),
        ({"firmware": "2.5+"}, {"firmware": "2.5+"}),
        ({"firmware": "EXT0BB6Q"}, {"firmware": "EXT0BB6Q"}),
        ({"firmware": ""}, {}),
        ({"wwn": WWN.upper()}, {}),
    ],
)
def test_what_inquiry_leaves_of_the_words_is_no_contradiction(facts: Any, heard: Any, own: Any) -> None:
    found = facts({**CUT, "model": WHOLE[:16].strip(), **heard}, ata=told(**own))
    assert list(naming_faults(found)) == []
    assert named_by_drive(found.device, found.ata).identity.source == "identify"


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ({"model": "BENCH SATA"}, "calls itself BENCH SATA DISK OF QEMU, the kernel heard BENCH SATA"),
        ({"model": "BENCH SATA DISK OF"}, "the kernel heard BENCH SATA DISK OF"),  # longer than any cut
        ({"model": "BENCH SATA DISX"}, "the kernel heard BENCH SATA DISX"),
        ({"model": "SATA DISK OF QEMU"}, "the kernel heard SATA DISK OF QEMU"),
        ({"firmware": "c"}, "tells firmware 7.2-b, the kernel heard c"),
        ({"firmware": "7.2-a"}, "the kernel heard 7.2-a"),
        ({"wwn": "50014ee2b0000002"}, "tells world-wide name 50014ee2b0000001, the kernel heard 50014ee2b0000002"),
        ({"serial": "WD-WCC4N0000002"}, "the kernel heard WD-WCC4N0000002"),
    ],
)
def test_words_that_contradict_what_the_kernel_heard_stop_everything(facts: Any, heard: Any, words: str) -> None:
    found = facts({**CUT, **heard}, ata=told())
    reasons = list(naming_faults(found))
    assert [reason.code for reason in reasons] == [ReasonCode.IDENTITY]
    assert words in reasons[0].detail
    assert named_by_drive(found.device, found.ata) == found.device


def test_a_model_behind_blanks_is_cut_earlier(facts: Any) -> None:
    block = bytearray(block_of(words_of()))
    text = f"   {WHOLE}".ljust(40).encode()
    block[54:94] = bytes(text[at ^ 1] for at in range(40))
    found = facts({**CUT, "model": "BENCH SATA DI"}, ata=replace(told(), raw={"identify": bytes(block).hex()}))
    assert list(naming_faults(found)) == []
    assert [one.code for one in naming_faults(replace(found, ata=told()))] == [ReasonCode.IDENTITY]


@pytest.mark.parametrize("block", [b"", bytes(93), bytes(512), b"\xff" * 512, b" " * 512])
def test_a_block_of_anything_makes_no_name(facts: Any, block: bytes) -> None:
    hostile = replace(told(), raw={"identify": block.hex()})
    assert [one.code for one in naming_faults(facts({**CUT, "model": "B"}, ata=hostile))] == [ReasonCode.IDENTITY]


@pytest.mark.parametrize("own", ["", "\\x00", "\\xff" * 40, "A" * 40, "\\x"])
def test_any_model_has_at_most_16_characters_left(own: str) -> None:
    assert len(model_heard(own)) <= 16


@pytest.mark.parametrize("words", [CUT, {"model": "SHORT", "firmware": "1.0"}], ids=["long", "short"])
def test_a_drive_that_could_be_asked_and_cannot_any_more_is_not_the_same(
    facts: Any, monkeypatch: pytest.MonkeyPatch, words: dict[str, str]
) -> None:
    whole = {} if words is CUT else words
    port: Any = Port(facts(words), monkeypatch, told(**whole))
    before = read_facts(port)
    assert moved(before, read_facts(port)) == ""
    port.own = None
    assert "identity source was 'identify', is 'sysfs'" in moved(before, read_facts(port))
    assert changes(before.device.identity, identify(port, before).identity)


def test_a_cut_name_and_the_drives_own_are_one_drive(identity: Name) -> None:
    heard, own = identity(**CUT), identity(model=WHOLE, firmware=FIRMWARE, source="identify")
    assert (unlike(heard, own), unlike(own, heard)) == ((), ())
    assert unlike(replace(heard, wwn=""), own) == ()
    assert unlike(replace(heard, serial=SERIAL.lower()), own) == ()


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        ({}, {"serial": "WD-WCC4N0000002"}, ("serial",)),
        ({}, {"wwn": "50014ee2b0000002"}, ("wwn",)),
        ({}, {"wwn": ""}, ("wwn",)),  # the drive told none: what the kernel heard was never its own
        ({"model": "BENCH SATA"}, {}, ("model",)),
        ({"source": "identify"}, {}, ("model",)),  # its own word is whole
        ({"source": "identify", "wwn": ""}, {}, ("model", "wwn")),
        ({}, {"source": "sysfs", "serial": SERIAL.lower()}, ("serial",)),
        ({"wwn": ""}, {"source": "sysfs"}, ("wwn",)),
        ({}, {"bus": "usb"}, ("model",)),
        ({"bus": "scsi"}, {"bus": "scsi"}, ("model",)),
    ],
)
def test_two_drives_are_never_one_for_a_shorter_name(identity: Name, one: Any, other: Any, what: Any) -> None:
    heard = identity(**{**CUT, **one})
    own = identity(**{"model": WHOLE, "firmware": FIRMWARE, "source": "identify", **other})
    assert unlike(heard, own) == unlike(own, heard) == what


def test_two_models_that_begin_alike_are_two(identity: Name) -> None:
    one, other = (identity(model=f"{WHOLE} {end}", source="identify") for end in ("A", "B"))
    assert not same_model(one, other)
    assert not same_model(replace(one, source="sysfs"), replace(other, source="sysfs"))


def test_a_simulated_kernel_hears_of_ata_what_a_real_one_does() -> None:
    drive = SimulatedDrive("sda", 1 << 20, model=WHOLE, firmware=FIRMWARE)
    heard = drive.sighting().identity
    assert (heard.model, heard.firmware) == (CUT["model"], CUT["firmware"])
    behind = replace(drive, bus="usb", bridge="DEMO Bridge").sighting().identity
    assert (behind.model, behind.firmware) == (WHOLE, FIRMWARE)
