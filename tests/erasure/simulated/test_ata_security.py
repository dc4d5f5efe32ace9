"""The Security feature set: SEC1 off, SEC2 off+frozen, SEC4 locked, SEC5 open, SEC6 open+frozen (drives 3.5)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from erasure.simulated.firmware import Vice
from tests.erasure.simulated.drives import (
    FREEZE,
    IDENTIFY,
    OLD,
    PREPARE,
    READ_10,
    SIZE,
    WRONG,
    Table,
    block,
    security,
)

SET_PASSWORD, UNLOCK, ERASE_UNIT, DISABLE = security(0xF1), security(0xF2), security(0xF4), security(0xF6)
ENABLED, LOCKED, FROZEN, EXPIRED = 2, 4, 8, 16
MASTER, ENHANCED = 1, 2


def state(table: Table) -> int:
    return table.words()[128] & 0x1F & ~1


def off(folder: Path) -> Table:
    return Table(folder)


def off_frozen(folder: Path) -> Table:
    table = Table(folder)
    assert table.send(FREEZE).status == 2
    return table


def locked(folder: Path) -> Table:
    table = Table(folder)
    table.send(SET_PASSWORD, out=block())
    table.replug(power=1)
    return table


def unlocked(folder: Path) -> Table:
    table = locked(folder)
    table.send(UNLOCK, out=block())
    return table


def unlocked_frozen(folder: Path) -> Table:
    table = unlocked(folder)
    table.send(FREEZE)
    return table


STATES = {
    off: 0,
    off_frozen: FROZEN,
    locked: ENABLED | LOCKED,
    unlocked: ENABLED,
    unlocked_frozen: ENABLED | FROZEN,
}
OK, NO = 0, 2


@pytest.mark.parametrize(("make", "bits"), list(STATES.items()))
def test_each_state_shows_in_word_128(tmp_path: Path, make: Callable[[Path], Table], bits: int) -> None:
    assert state(make(tmp_path)) == bits


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (off, [OK, NO, NO, OK]),
        (off_frozen, [NO, NO, NO, OK]),
        (locked, [NO, OK, NO, NO]),
        (unlocked, [OK, OK, OK, OK]),
        (unlocked_frozen, [NO, NO, NO, OK]),
    ],
)
def test_each_state_takes_its_own_commands_only(
    tmp_path: Path, make: Callable[[Path], Table], expected: list[int]
) -> None:
    sent = [(SET_PASSWORD, block()), (UNLOCK, block()), (DISABLE, block()), (READ_10, b"")]
    results = []
    for number, (cdb, out) in enumerate(sent):
        folder = tmp_path / str(number)
        folder.mkdir()
        results.append(make(folder).send(cdb, out=out, data_in=0 if out else 512).status)
    assert results == expected


@pytest.mark.parametrize(("make", "expected"), [(off, NO), (off_frozen, NO), (locked, OK), (unlocked, OK)])
def test_erase_unit_needs_a_password_and_no_freeze(
    tmp_path: Path, make: Callable[[Path], Table], expected: int
) -> None:
    table = make(tmp_path)
    table.send(PREPARE)
    assert table.send(ERASE_UNIT, out=block()).status == expected
    assert (table.content() == bytes(SIZE)) is (expected == OK)


def test_after_the_erase_the_password_is_gone(tmp_path: Path) -> None:
    table = locked(tmp_path)
    table.send(PREPARE)
    table.send(ERASE_UNIT, out=block())
    assert state(table) == 0
    assert table.send(READ_10, data_in=512).data == bytes(512)


def test_the_erase_takes_its_time_in_one_command(tmp_path: Path) -> None:
    table = Table(tmp_path, features={"erase_seconds": 90, "enhanced_erase_seconds": 7})
    for first, seconds in ((0, 90), (ENHANCED, 7)):
        table.send(SET_PASSWORD, out=block())
        before = table.clock.ns
        table.send(PREPARE)
        assert table.send(ERASE_UNIT, out=block(first=first), timeout_ms=7_200_000).status == OK
        assert (table.clock.ns - before) / 1e9 == pytest.approx(seconds, abs=1)


def test_a_timeout_shorter_than_the_erase_leaves_it_half_done_and_locked_in(tmp_path: Path) -> None:
    table = Table(tmp_path, features={"erase_seconds": 90})
    table.send(SET_PASSWORD, out=block())
    table.send(PREPARE)
    reply = table.send(ERASE_UNIT, out=block(), timeout_ms=30_000)
    assert (reply.host_status, reply.info, reply.sense) == (3, 1, b"")
    assert table.old_bytes() == SIZE // 2
    assert state(table) == ENABLED


@pytest.mark.parametrize("between", [None, IDENTIFY, READ_10, SET_PASSWORD])
def test_prepare_must_come_directly_before(tmp_path: Path, between: str | None) -> None:
    table = Table(tmp_path)
    table.send(SET_PASSWORD, out=block())
    if between is not None:
        table.send(PREPARE)
        table.send(between, out=block(), data_in=512)
    assert table.aborts(ERASE_UNIT, out=block())
    assert table.old_bytes() == SIZE


def test_five_wrong_tries_expire_until_a_power_cycle(tmp_path: Path) -> None:
    table = locked(tmp_path)
    for _ in range(4):
        assert table.aborts(UNLOCK, out=block(WRONG))
    assert state(table) == ENABLED | LOCKED
    table.send(UNLOCK, out=block(WRONG))
    assert state(table) == ENABLED | LOCKED | EXPIRED
    assert table.aborts(UNLOCK, out=block())
    table.replug(power=1)
    assert table.send(UNLOCK, out=block()).status == OK


def test_a_master_password_opens_at_level_high_and_only_erases_at_level_maximum(tmp_path: Path) -> None:
    for level, expected in ((0, OK), (1, NO)):
        folder = tmp_path / str(level)
        folder.mkdir()
        table = Table(folder, features={"master_password": "m"})
        table.send(SET_PASSWORD, out=block(level=level))
        table.replug(power=1)
        master = block(b"m".ljust(32, b"\0"), first=MASTER)
        assert table.send(UNLOCK, out=master).status == expected
        table.send(PREPARE)
        assert table.send(ERASE_UNIT, out=master).status == OK
        assert table.old_bytes() == 0


def test_setting_the_master_password_enables_nothing(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.send(SET_PASSWORD, out=bytes([MASTER, 0]) + WRONG + (0x4321).to_bytes(2, "little") + bytes(476))
    assert (state(table), table.words()[92]) == (0, 0x4321)


def test_a_normal_erase_stops_at_a_hidden_area_and_an_enhanced_one_does_not(tmp_path: Path) -> None:
    table = Table(tmp_path, native=2 * SIZE, features={"native_bytes": 2 * SIZE})
    for first, old in ((0, SIZE), (ENHANCED, 0)):
        table.send(SET_PASSWORD, out=block())
        table.send(PREPARE)
        table.send(ERASE_UNIT, out=block(first=first))
        assert table.old_bytes() == old


def test_an_enhanced_erase_that_is_not_announced_aborts(tmp_path: Path) -> None:
    table = Table(tmp_path, features={"enhanced": False})
    table.send(SET_PASSWORD, out=block())
    table.send(PREPARE)
    assert table.aborts(ERASE_UNIT, out=block(first=ENHANCED))


@pytest.mark.parametrize("again", [False, True])
def test_the_machine_may_freeze_it_again(tmp_path: Path, *, again: bool) -> None:
    table = Table(tmp_path, vices=(Vice.FROZEN,), features={"freezes_again": again})
    assert table.aborts(SET_PASSWORD, out=block())
    table.replug(power=1)
    assert state(table) == (FROZEN if again else 0)


def test_a_password_block_that_is_too_short_aborts(tmp_path: Path) -> None:
    table = Table(tmp_path)
    assert table.aborts(SET_PASSWORD, out=block()[:511])
    assert state(table) == 0


def test_a_locked_drive_still_says_who_it_is(tmp_path: Path) -> None:
    table = Table(tmp_path, vices=(Vice.LOCKED,))
    assert table.send(IDENTIFY, data_in=512).status == OK
    assert table.send(READ_10, data_in=512).sense[2] == 0x0B
    assert table.content()[: len(OLD)] == OLD
