"""The Sanitize feature set, SD0 to SD4: keys, status, freeze, failure, what is answered meanwhile (drives 3.6)."""

from pathlib import Path
from typing import Any

import pytest

from erasure.simulated.firmware import Vice
from tests.erasure.simulated.drives import (
    ALL_SANITIZE,
    ANTIFREEZE,
    BLOCK,
    BLOCK_MAY_EXIT,
    CLEAR_FAILURE,
    CRYPTO,
    FREEZE_SANITIZE,
    IDENTIFY,
    OVERWRITE,
    READ_10,
    SANITIZE_STATUS,
    SIZE,
    Table,
    block,
    security,
)

UNSUPPORTED, FROZEN, ANTIFROZEN, FAILED_BEFORE = 2, 3, 4, 1
CHECK_POWER = "85 06 20 00 00 00 00 00 00 00 00 00 00 40 e5 00"
FLUSH_EXT = "85 07 20 00 00 00 00 00 00 00 00 00 00 40 ea 00"


def sanitizing(folder: Path, *vices: Vice, **features: Any) -> Table:
    return Table(folder, features={**ALL_SANITIZE, "seconds": 100, **features}, vices=vices)


def test_idle_is_all_zero_but_for_the_progress(tmp_path: Path) -> None:
    assert sanitizing(tmp_path).registers(SANITIZE_STATUS) == {
        "count": 0x0000,
        "lba": 0xFFFF,
        "status": 0x50,
        "device": 0x40,
    }


@pytest.mark.parametrize("command", [CRYPTO, BLOCK, OVERWRITE])
def test_an_erase_runs_by_the_clock_and_then_says_completed(tmp_path: Path, command: str) -> None:
    table = sanitizing(tmp_path)
    assert table.registers(command)["count"] == 0x4000
    table.pass_seconds(50)
    half = table.registers(SANITIZE_STATUS)
    assert (half["count"], half["lba"]) == (0x4000, pytest.approx(32768, abs=50))
    table.pass_seconds(51)
    done = table.registers(SANITIZE_STATUS)
    assert (done["count"], done["lba"]) == (0x8000, 0xFFFF)
    assert table.old_bytes() == 0


def test_what_remains_is_what_the_command_says(tmp_path: Path) -> None:
    overwrite = "85 07 20 00 14 00 {count} 12 78 57 56 4f 34 40 b4 00"
    for number, (command, fill) in enumerate(
        [
            (BLOCK, bytes.fromhex("33cc55aa")),
            (overwrite.format(count="01"), bytes.fromhex("78563412")),
            (overwrite.format(count="82"), bytes.fromhex("87a9cbed")),
            (overwrite.format(count="c2"), bytes.fromhex("78563412")),
            (overwrite.format(count="83"), bytes.fromhex("78563412")),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        table = sanitizing(folder, block_fill="33cc55aa", seconds=0)
        table.send(command)
        table.send(SANITIZE_STATUS)
        assert table.content() == fill * (SIZE // 4)


def test_a_crypto_scramble_leaves_neither_old_bytes_nor_a_pattern(tmp_path: Path) -> None:
    table = sanitizing(tmp_path, seconds=0)
    table.send(CRYPTO)
    table.send(SANITIZE_STATUS)
    assert table.old_bytes() == 0
    assert len({table.content()[place : place + 16] for place in range(0, SIZE, 16)}) == SIZE // 16


def test_hidden_sectors_are_reached(tmp_path: Path) -> None:
    table = Table(tmp_path, native=2 * SIZE, features={**ALL_SANITIZE, "seconds": 0})
    table.send(BLOCK)
    table.send(SANITIZE_STATUS)
    assert table.content() == bytes(2 * SIZE)


@pytest.mark.parametrize(
    ("command", "wrong"),
    [(CRYPTO, "43 70 00 79 00 73"), (BLOCK, "42 72 00 45 00 6c"), (OVERWRITE, "00 00 58 00 4f 00")],
)
def test_a_wrong_key_aborts(tmp_path: Path, command: str, wrong: str) -> None:
    table = sanitizing(tmp_path)
    assert table.aborts(f"{command[:20]} {wrong} 40 b4 00")
    assert table.registers(SANITIZE_STATUS)["count"] == 0


@pytest.mark.parametrize(("offered", "command"), [("block", CRYPTO), ("crypto", BLOCK), ("block", OVERWRITE)])
def test_an_action_that_is_not_announced_aborts_with_reason_2(tmp_path: Path, offered: str, command: str) -> None:
    assert Table(tmp_path, features={offered: True}).aborts(command, reason=UNSUPPORTED)


def test_without_the_feature_set_even_the_status_aborts(tmp_path: Path) -> None:
    assert Table(tmp_path).aborts(SANITIZE_STATUS)


def test_without_the_definitive_ending_pattern_bit_6_aborts(tmp_path: Path) -> None:
    table = sanitizing(tmp_path, definitive_ending=False)
    assert table.aborts(OVERWRITE)
    assert table.registers(OVERWRITE.replace("00 41", "00 01"))["count"] == 0x4000


def test_the_freeze_lock_stops_every_erase_until_a_power_cycle(tmp_path: Path) -> None:
    table = sanitizing(tmp_path)
    assert table.registers(FREEZE_SANITIZE)["count"] == 0x2000
    assert all(table.aborts(command, reason=FROZEN) for command in (CRYPTO, BLOCK, OVERWRITE))
    assert table.registers(SANITIZE_STATUS)["count"] == 0x2000
    table.replug(power=1)
    assert table.registers(BLOCK)["count"] == 0x4000


def test_antifreeze_keeps_the_freeze_lock_away(tmp_path: Path) -> None:
    table = sanitizing(tmp_path, antifreeze=True)
    assert table.registers(ANTIFREEZE)["count"] == 0x1000
    assert table.aborts(FREEZE_SANITIZE, reason=ANTIFROZEN)
    table.replug(power=1)
    assert table.registers(FREEZE_SANITIZE)["count"] == 0x2000


def test_meanwhile_only_the_listed_commands_are_answered(tmp_path: Path) -> None:
    table = sanitizing(tmp_path)
    table.send(BLOCK)
    assert table.send(IDENTIFY, data_in=512).status == 0
    assert table.registers(CHECK_POWER)["count"] == 0x00FF
    refused = [table.aborts(cdb, out=block()) for cdb in (FLUSH_EXT, BLOCK, security(0xF1))]
    assert refused == [True, True, True]
    assert table.send(READ_10, data_in=512).status == 2


def test_success_is_idle_after_a_power_cycle_and_a_running_erase_goes_on(tmp_path: Path) -> None:
    table = sanitizing(tmp_path)
    table.send(BLOCK)
    table.pass_seconds(50)
    table.replug(power=1)
    assert table.registers(SANITIZE_STATUS)["count"] == 0x4000
    table.pass_seconds(51)
    assert table.registers(SANITIZE_STATUS)["count"] == 0x8000
    table.replug()
    assert table.registers(SANITIZE_STATUS)["count"] == 0x8000
    table.replug(power=1)
    assert table.registers(SANITIZE_STATUS)["count"] == 0x0000


def test_a_failure_is_told_by_an_abort_and_only_another_sanitize_leads_out(tmp_path: Path) -> None:
    table = sanitizing(tmp_path, Vice.FAILS)
    table.send(BLOCK)
    table.pass_seconds(101)
    assert table.aborts(SANITIZE_STATUS, reason=FAILED_BEFORE)
    assert table.aborts(CLEAR_FAILURE, reason=FAILED_BEFORE)
    assert table.aborts(BLOCK_MAY_EXIT, reason=FAILED_BEFORE)
    table.replug(power=1)
    assert table.aborts(SANITIZE_STATUS, reason=FAILED_BEFORE)
    assert table.send(READ_10, data_in=512).status == 2
    assert table.registers(BLOCK)["count"] == 0x4000


def test_a_failure_that_may_be_left_is_cleared_by_the_status_command(tmp_path: Path) -> None:
    table = sanitizing(tmp_path, Vice.FAILS)
    table.send(BLOCK_MAY_EXIT)
    table.pass_seconds(101)
    assert table.aborts(SANITIZE_STATUS, reason=FAILED_BEFORE)
    assert table.registers(CLEAR_FAILURE)["count"] == 0
    assert table.send(READ_10, data_in=512).status == 0


@pytest.mark.parametrize("overrides", [False, True])
def test_a_locked_drive_is_sanitized_only_where_it_says_so(tmp_path: Path, *, overrides: bool) -> None:
    table = sanitizing(tmp_path, Vice.LOCKED, overrides_lock=overrides)
    assert table.aborts(BLOCK) is not overrides
    table.pass_seconds(101)
    assert table.registers(SANITIZE_STATUS)["count"] == (0x8000 if overrides else 0)
    assert table.words()[128] & 6 == (0 if overrides else 6)
