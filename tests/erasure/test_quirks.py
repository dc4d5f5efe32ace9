"""Quirks are data with provenance."""

from typing import Any

import pytest

from erasure.quirks import WARNINGS, QuirkEffect, load_quirks, older, parse_quirks, quirks_of, warnings_of


def test_every_row_that_ships_names_a_public_issue() -> None:
    assert len(load_quirks()) >= 6
    assert all(quirk.issue.startswith("https://") for quirk in load_quirks())


def effects(found: Any) -> set[QuirkEffect]:
    return {quirk.effect for quirk in quirks_of(found)}


def test_an_ordinary_disk_has_none(identity: Any) -> None:
    assert quirks_of(identity()) == ()


@pytest.mark.parametrize(
    "given",
    [
        {"serial": "152D00539000"},
        {"serial": "152d00539000"},
        {"serial": "000000000000"},
        {"serial": "0123456789ABCDEF0123"},
        {"serial": "202006054D01", "bridge": "152d:0567 External Disk 3.0"},
        {"serial": "058F63666485"},
    ],
)
def test_serials_of_known_bridges_and_readers_are_not_trusted(identity: Any, given: dict[str, str]) -> None:
    assert effects(identity(**given)) == {QuirkEffect.SERIAL_UNTRUSTED}


def test_a_row_with_two_globs_needs_both(identity: Any) -> None:
    assert effects(identity(serial="202006054D01", bridge="0bda:9210 RTL9210")) == set()


@pytest.mark.parametrize("model", ["HP LOGICAL VOLUME", "DELL PERC H730P Adp"])
def test_a_raid_volume_is_told_by_its_model(identity: Any, model: str) -> None:
    assert effects(identity(model=model)) == {QuirkEffect.RAID_VOLUME}


@pytest.mark.parametrize(
    "row",
    [
        'model = "X*"\neffect = "serial-untrusted"\n',
        'model = "X*"\neffect = "serial-untrusted"\nissue = "heard of it"\n',
        'effect = "serial-untrusted"\nissue = "https://example.org/1"\n',
        'model = "X*"\neffect = "explodes"\nissue = "https://example.org/1"\n',
        'model = "X*"\neffect = "sticks"\nissue = "https://example.org/1"\n',
        'model = "X*"\neffect = "avoid-method"\nissue = "https://example.org/1"\n',
        'model = "X*"\neffect = "raid-volume"\nmethods = ["nvme.*"]\nissue = "https://example.org/1"\n',
        'firmware_below = "2"\neffect = "raid-volume"\nissue = "https://example.org/1"\n',
        'modell = "X*"\neffect = "raid-volume"\nissue = "https://example.org/1"\n',
    ],
)
def test_a_row_without_glob_known_effect_or_provenance_is_refused(row: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        parse_quirks(f"[[quirk]]\n{row}")


def avoided(found: Any, method: str) -> bool:
    rows = quirks_of(found)
    return any(row.effect is QuirkEffect.AVOID_METHOD and row.concerns(method) for row in rows)


@pytest.mark.parametrize("model", ["INTEL SSDPEKNW512G8", "INTEL SSDPEKNW010T9"])
def test_a_drive_that_sticks_is_planned_for_with_a_warning(identity: Any, model: str) -> None:
    drive = identity(model=model, bus="nvme")
    assert quirks_of(drive) == ()
    warned = warnings_of(drive, "nvme.sanitize.block")
    assert [one.effect for one in warned] == [QuirkEffect.STICKS]
    assert warned[0].text == "on some drives of this model it never ends, and nothing stops it"
    assert warned[0].issue.endswith("/nvme-cli/issues/3027")
    assert warnings_of(drive, "nvme.format.crypto") == warnings_of(drive, "overwrite.zeros") == ()


@pytest.mark.parametrize("model", ["SAMSUNG MZVLV256HCHP-000H1", "SAMSUNG MZVLW256HEHP-000L7", "SAMSUNG MZVPW512HEGL"])
@pytest.mark.parametrize("method", ["nvme.format.user-data", "nvme.sanitize.crypto"])
def test_a_drive_that_machines_block_has_a_hint(identity: Any, model: str, method: str) -> None:
    drive = identity(model=model, bus="nvme")
    assert [one.effect for one in warnings_of(drive, method)] == [QuirkEffect.HOST_BLOCKED]
    assert quirks_of(drive) == ()


def test_a_drive_that_dies_of_a_format_is_not_formatted(identity: Any) -> None:
    drive = identity(model="INTEL SSDPEKKF256G8L", bus="nvme")
    assert [avoided(drive, f"nvme.{name}") for name in ("format.crypto", "format.user-data", "sanitize.block")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("model", "firmware", "expected"),
    [
        ("INTEL SSDPE2KX010T8", "VDV10131", True),
        ("INTEL SSDPE2KX010T8", "VDV10182", True),
        ("INTEL SSDPE2KX010T8", "VDV10184", False),
        ("INTEL SSDPE2KE016T8", "VDV10170", True),
        ("INTEL SSDPE2KE016T8", "VDV10190", False),
        ("Dell Express Flash NVMe P4510 1TB SFF", "VDV1DP23", True),
        ("Dell Express Flash NVMe P4610 1.6TB SFF", "VDV1DP25", False),
        ("INTEL SSDPE2KX010T7", "QDV10150", False),  # the P4500 has other firmware
    ],
)
def test_firmware_before_the_correction_does_not_erase(
    *, identity: Any, model: str, firmware: str, expected: bool
) -> None:
    drive = identity(model=model, firmware=firmware, bus="nvme")
    assert [avoided(drive, name) for name in ("nvme.sanitize.crypto", "nvme.format.crypto")] == [expected, expected]
    assert not avoided(drive, "overwrite.keystream")


def test_a_firmware_that_cannot_be_compared_counts_as_older() -> None:
    assert older("VDV1018", "VDV10184")
    assert older("VDV101900", "VDV10184")
    assert not older("vdv10184", "VDV10184")


def test_every_warning_has_its_words() -> None:
    told = {quirk.effect for quirk in load_quirks() if quirk.effect in WARNINGS}
    assert told == set(WARNINGS)
