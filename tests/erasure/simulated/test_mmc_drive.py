"""A simulated eMMC: its extended CSD byte by byte, and that a sanitize removes only what was erased before."""

import errno
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from erasure.simulated.firmware import Firmware, Memory, Vice
from erasure.simulated.mmc_drive import MmcDrive
from erasure.simulated.mmc_table import mmc_table
from erasure.transport.ports import MmcCommand, MmcReply
from tests.erasure.simulated.tapes import StoppedClock, Tape

SIZE = 4 << 20
LAST = SIZE // 512 - 1
SANITIZE = 0x03A50101


@dataclass
class Card:
    folder: Path
    clock: StoppedClock = field(default_factory=StoppedClock)
    tape: Tape = field(default_factory=lambda: Tape.of(SIZE))
    drive: MmcDrive = field(init=False)

    def build(self, *vices: Vice, **table: Any) -> "Card":
        firmware = Firmware("mmc", vices=frozenset(vices))
        memory = Memory.of(self.folder / "memory.json")
        self.drive = MmcDrive(firmware, mmc_table(table), "DEMO-1", self.tape, memory, self.clock)
        return self

    def send(self, opcode: int, argument: int = 0, data_in: int = 0) -> MmcReply:
        return self.drive.command(MmcCommand(opcode, argument, 0x49D), timeout_ms=10_000, data_in=data_in)

    def status(self, opcode: int, argument: int = 0) -> int:
        return self.send(opcode, argument).response[0]

    def erase(self, first: int = 0, last: int = LAST, argument: int = 0) -> list[int]:
        return [self.status(35, 512 * first), self.status(36, 512 * last), self.status(38, argument)]


@pytest.fixture
def card(tmp_path: Path) -> Card:
    return Card(tmp_path)


def test_the_extended_csd_tells_what_the_card_has(card: Card) -> None:
    card.build(
        secure_erase=True,
        boot_bytes=4 << 20,
        rpmb_bytes=512 << 10,
        general_purpose_bytes=[1 << 20, 0, 2 << 20],
        erase_multiplier=3,
        trim_multiplier=5,
        erased_ones=True,
    )
    page = card.send(8, data_in=512).data
    assert len(page) == 512
    assert page[143:155].hex() == "020000" + "000000" + "040000" + "000000"
    assert page[168] == 4
    assert page[181] == 1
    assert page[192] == 8
    assert int.from_bytes(page[212:216], "little") == SIZE // 512
    assert (page[223], page[224], page[226]) == (3, 1, 32)
    assert page[231] == 0b0101_0001
    assert page[232] == 5


def test_an_old_card_announces_no_sanitize(card: Card) -> None:
    page = card.build(revision=5, sanitize=False, secure_erase=True, trim=False).send(8, data_in=512).data
    assert (page[192], page[231]) == (5, 0b0000_0001)
    assert card.status(6, SANITIZE) == 0x980
    assert (card.status(13), card.status(13)) == (0x980, 0x900)


def test_a_sanitize_alone_keeps_every_file(card: Card) -> None:
    assert card.build().status(6, SANITIZE) == 0x900
    assert card.tape.old_bytes() == SIZE


def test_an_erase_hides_the_files_and_a_sanitize_removes_them(card: Card) -> None:
    assert card.build().erase() == [0x900] * 3
    assert card.tape.content == bytes(SIZE)
    assert card.drive.remains == [[0, 0, SIZE]]
    assert card.status(6, SANITIZE) == 0x900
    assert card.drive.remains == []
    assert card.clock.slept == [1.0, 1.0]


def test_a_secure_erase_leaves_nothing_behind(card: Card) -> None:
    assert card.build(secure_erase=True, erased_ones=True).erase(argument=0x80000000) == [0x900] * 3
    assert (card.tape.content, card.drive.remains) == (b"\xff" * SIZE, [])


def test_an_erase_takes_whole_groups_and_a_trim_single_sectors(card: Card) -> None:
    card.build().erase(1025, 1025)
    assert card.drive.remains == [[0, 512 << 10, 1024 << 10]]
    card.erase(0, 1, argument=1)
    assert card.drive.remains == [[0, 0, 1024], [0, 512 << 10, 1024 << 10]]


@pytest.mark.parametrize(
    ("steps", "bit"),
    [
        ([(36, 512), (38, 0)], 28),
        ([(35, 512), (38, 0)], 28),
        ([(35, 1024), (36, 512), (38, 0)], 27),
        ([(35, 0), (36, 512), (38, 0x80000000)], 27),
        ([(35, SIZE)], 31),
    ],
)
def test_a_wrong_order_or_place_shows_in_the_status(card: Card, steps: list[tuple[int, int]], bit: int) -> None:
    card.build()
    answers = [card.status(opcode, argument) for opcode, argument in steps]
    assert answers[-1] & 1 << bit
    assert card.status(13) & 1 << bit
    assert card.tape.old_bytes() == SIZE


def test_a_card_beyond_2_gib_counts_in_sectors(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    card.build()
    monkeypatch.setattr("erasure.simulated.mmc_drive.BYTE_ADDRESSED", SIZE - 1)
    assert [card.status(35, 0), card.status(36, LAST), card.status(38)] == [0x900] * 3
    assert card.drive.remains == [[0, 0, SIZE]]


@pytest.mark.parametrize("opcode", [1, 24, 42, 56])
def test_a_card_does_not_answer_what_it_does_not_know(card: Card, opcode: int) -> None:
    card.build()
    with pytest.raises(TimeoutError):
        card.send(opcode)


def test_an_sd_card_has_no_extended_csd(card: Card) -> None:
    card.build(kind="sd", sanitize=False)
    with pytest.raises(TimeoutError):
        card.send(8, data_in=512)


@pytest.mark.parametrize(("vice", "left"), [(Vice.LIES, SIZE), (Vice.HALF, SIZE // 2)])
def test_a_liar_says_that_all_is_well(card: Card, vice: Vice, left: int) -> None:
    assert card.build(vice).erase() == [0x900] * 3
    assert card.status(6, SANITIZE) == 0x900
    assert card.tape.old_bytes() == left


def test_an_erase_may_fail_half_way(card: Card) -> None:
    assert card.build(Vice.FAILS).erase()[2] == 0x900 | 1 << 19
    assert card.tape.old_bytes() == SIZE // 2


@pytest.mark.parametrize(
    ("vice", "code", "left"),
    [
        (Vice.HANGS, errno.ETIMEDOUT, SIZE),
        (Vice.STUCK, errno.ETIMEDOUT, SIZE),
        (Vice.RESETS, errno.EIO, SIZE // 2),
        (Vice.VANISHES, errno.ENOMEDIUM, SIZE // 2),
        (Vice.POWER_LOSS, errno.ENOMEDIUM, SIZE // 2),
    ],
)
def test_an_erase_may_never_answer(card: Card, vice: Vice, code: int, left: int) -> None:
    card.build(vice)
    with pytest.raises(OSError, match=r"\w") as error:
        card.erase()
    assert (error.value.errno, card.tape.old_bytes()) == (code, left)


def test_a_card_that_left_comes_back_and_can_be_erased(card: Card) -> None:
    card.build(Vice.VANISHES)
    with pytest.raises(OSError, match=r"\w"):
        card.erase()
    assert card.drive.gone
    card.drive.power_cycle()
    assert card.erase() == [0x900] * 3
    assert card.tape.old_bytes() == 0


def test_a_locked_card_says_so_and_takes_no_access(card: Card) -> None:
    assert card.build(Vice.LOCKED).status(13) == 0x900 | 1 << 25
    with pytest.raises(OSError, match=r"\w"):
        card.drive.check()


def test_another_serial_answers_afterwards(card: Card) -> None:
    before = card.build(Vice.RENAMES).drive.serial
    card.erase()
    assert (before, card.drive.serial) == ("DEMO-1", "DEMO-1-OTHER")


def test_a_table_that_says_something_else_is_refused() -> None:
    for wrong in ({"colour": 1}, {"kind": "cf"}, {"general_purpose_bytes": [1] * 5}):
        with pytest.raises(ValueError, match="mmc"):
            mmc_table(wrong)
