"""Opening a drive that an interrupted erase left locked: two tries at most, announced, with known passwords only."""

from dataclasses import replace

import pytest

from erasure.ata.password import EMPTY, KNOWN, LITERAL_NULL, PUBLISHED, KnownPassword, block
from erasure.ata.unlock import unlock
from erasure.outcome import ReasonCode
from tests.erasure.ata.scripted import (
    DISABLE,
    GONE,
    IDENTIFY,
    TIMED_OUT,
    UNLOCK,
    Desk,
    aborted,
    ata_facts,
    desk,
    facts,
    identify,
    plain,
)

OFF, SET, LOCKED, EXPIRED = identify(), identify(w128=0x23), identify(w128=0x27), identify(w128=0x37)
SHUT = facts(ata_facts(w128=0x27))


def announced(bench: Desk) -> list[tuple[str, str]]:
    return [(said["command"][42:44], said["password_name"]) for said in bench.announced]


def test_our_own_password_opens_the_drive() -> None:
    bench = desk((IDENTIFY, LOCKED), (UNLOCK, plain()), (IDENTIFY, SET), (DISABLE, plain()), (IDENTIFY, OFF))
    found = unlock(bench.ports, SHUT)
    assert (found.opened_with, found.tried, found.obstacles) == ("etabli", ("etabli",), ())
    assert announced(bench) == [("f2", "etabli"), ("f6", "etabli")]
    assert bench.accepted == []


def test_a_second_password_is_tried_and_no_third() -> None:
    bench = desk((IDENTIFY, LOCKED), (UNLOCK, aborted()), (IDENTIFY, LOCKED), (UNLOCK, aborted()), (IDENTIFY, LOCKED))
    found = unlock(bench.ports, SHUT)
    assert (found.opened_with, found.tried) == ("", ("etabli", "hdparm-null-text"))
    assert [reason.code for reason in found.obstacles] == [ReasonCode.LOCKED]


def test_a_person_chooses_which_two() -> None:
    bench = desk((IDENTIFY, LOCKED), (UNLOCK, plain()), (IDENTIFY, SET), (DISABLE, plain()), (IDENTIFY, OFF))
    assert unlock(bench.ports, SHUT, (EMPTY,)).opened_with == "empty"
    assert bench.script.sent[1][1] == bytes(512)


def test_a_drive_that_is_open_and_has_a_password_loses_it() -> None:
    bench = desk((IDENTIFY, SET), (DISABLE, plain()), (IDENTIFY, OFF))
    assert unlock(bench.ports, facts(ata_facts(w128=0x23))).opened_with == "etabli"


def test_a_drive_without_a_password_is_left_alone() -> None:
    bench = desk((IDENTIFY, OFF))
    found = unlock(bench.ports, facts())
    assert (found.tried, found.obstacles, bench.announced) == ((), (), [])


def test_it_stops_when_the_drive_counts_no_further() -> None:
    bench = desk((IDENTIFY, LOCKED), (UNLOCK, aborted()), (IDENTIFY, EXPIRED))
    found = unlock(bench.ports, SHUT)
    assert found.tried == ("etabli",)
    assert [reason.code for reason in found.obstacles] == [ReasonCode.COUNT_EXPIRED]


def test_an_answer_of_good_is_not_believed_while_the_drive_is_locked() -> None:
    bench = desk((IDENTIFY, LOCKED), (UNLOCK, plain()), (IDENTIFY, LOCKED))
    found = unlock(bench.ports, SHUT, (PUBLISHED,))
    assert (found.opened_with, [reason.code for reason in found.obstacles]) == ("", [ReasonCode.LOCKED])


def test_a_password_that_stays_is_an_obstacle() -> None:
    bench = desk((IDENTIFY, SET), (DISABLE, TIMED_OUT), (IDENTIFY, SET))
    found = unlock(bench.ports, facts(ata_facts(w128=0x23)), (PUBLISHED,))
    assert [reason.code for reason in found.obstacles] == [ReasonCode.LOCKED]


def test_a_drive_that_falls_silent_is_unreadable() -> None:
    bench = desk(
        (IDENTIFY, LOCKED), (UNLOCK, plain()), (IDENTIFY, TIMED_OUT), (DISABLE, TIMED_OUT), (IDENTIFY, TIMED_OUT)
    )
    found = unlock(bench.ports, SHUT)
    assert found.tried == ("etabli",)
    assert [reason.code for reason in found.obstacles] == [ReasonCode.STATUS_UNREADABLE]


def test_another_drive_is_not_tried() -> None:
    bench = desk((IDENTIFY, identify(w10=0x5858, w128=0x27)))
    assert [reason.code for reason in unlock(bench.ports, SHUT).obstacles] == [ReasonCode.IDENTITY]
    assert bench.announced == []


@pytest.mark.parametrize(
    ("changes", "bus", "code"),
    [
        ({"w128": 0x27}, "usb", ReasonCode.BRIDGE),
        ({"w128": 0x37}, "ata", ReasonCode.COUNT_EXPIRED),
        ({"w128": 0x2B}, "ata", ReasonCode.FROZEN),
    ],
)
def test_what_forbids_trying_is_told(changes: dict[str, int], bus: str, code: ReasonCode) -> None:
    bench = desk()
    found = unlock(bench.ports, facts(ata_facts(**changes), bus=bus))
    assert [reason.code for reason in found.obstacles] == [code]
    assert bench.script.opcodes == []


def test_without_an_ata_drive_nothing_is_tried() -> None:
    found = unlock(desk().ports, replace(facts(), ata=None))
    assert [reason.code for reason in found.obstacles] == [ReasonCode.UNSUPPORTED]


def test_a_drive_that_leaves_is_an_error() -> None:
    with pytest.raises(OSError, match="no such device"):
        unlock(desk((IDENTIFY, LOCKED), (UNLOCK, GONE)).ports, SHUT)


def test_the_known_passwords_are_these_bytes() -> None:
    assert [password.field for password in KNOWN] == [
        b"ETABLI-ERASE-NO-SECRET" + bytes(10),
        b"NULL" + bytes(28),
        bytes(32),
    ]
    assert KNOWN == (PUBLISHED, LITERAL_NULL, EMPTY)


def test_a_password_stands_after_two_bytes_of_a_block_of_512() -> None:
    assert block(LITERAL_NULL, enhanced=True) == b"\x02\x00NULL" + bytes(506)


def test_a_password_that_does_not_fit_is_not_cut() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        block(KnownPassword("long", "x" * 33))
