"""How long an erase will take is told from the drive's own word, or from size, passes and rate."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from erasure.drive import DriveFacts
from station_agent.expected import CARD, FLASH, NVME, ROTATING, UNKNOWN, expected_seconds, rate_of
from station_agent.links import Link

Make = Callable[..., DriveFacts]
OVERWRITE = "overwrite.keystream"
SIZE = ROTATING * 100


def drive(facts: DriveFacts, bus: str = "ata", **changes: Any) -> DriveFacts:
    identity = replace(facts.device.identity, bus=bus)
    return replace(facts, device=replace(facts.device, identity=identity), **changes)


def test_an_overwrite_takes_its_passes(make_facts: Make) -> None:
    facts = drive(make_facts(), size_bytes=SIZE, rotational=True)
    assert expected_seconds(OVERWRITE, facts, verification="full") == 200
    assert expected_seconds(OVERWRITE, facts, verification="sample") == 100


def test_a_size_that_nobody_knows_takes_no_known_time(make_facts: Make) -> None:
    assert expected_seconds(OVERWRITE, drive(make_facts(), size_bytes=0), verification="full") is None


def test_no_drive_is_faster_than_its_link_or_than_its_like(make_facts: Make) -> None:
    facts = drive(make_facts(), size_bytes=SIZE, rotational=True)
    slow = Link("1-1", 480)
    assert rate_of(facts, (slow, Link("usb1", 5000))) == slow.bytes_per_second
    assert rate_of(facts, (), (10, 30, 20)) == 20
    assert rate_of(facts, (), (0,)) == ROTATING
    assert rate_of(facts, (Link("x", 0.0000001),)) == 1


@pytest.mark.parametrize(
    ("bus", "rotational", "removable", "rate"),
    [
        ("ata", True, False, ROTATING),
        ("ata", False, False, FLASH),
        ("nvme", False, False, NVME),
        ("mmc", False, False, CARD),
        ("usb", False, True, CARD),
        ("usb", None, None, UNKNOWN),
    ],
)
def test_each_kind_of_drive_has_its_usual_rate(
    make_facts: Make,
    bus: str,
    rotational: bool | None,  # noqa: FBT001
    removable: bool | None,  # noqa: FBT001
    rate: int,
) -> None:
    assert rate_of(drive(make_facts(), bus, rotational=rotational, removable=removable)) == rate


def test_an_erase_by_the_drive_takes_what_the_drive_says_or_nobody_knows(make_facts: Make) -> None:
    assert expected_seconds("ata.security.normal", make_facts(), verification="full") is None
