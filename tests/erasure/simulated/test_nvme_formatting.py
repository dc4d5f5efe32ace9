"""Format NVM of a simulated controller: codes, reach, and that only SES 1 and 2 erase."""

import errno
from pathlib import Path

import pytest

from erasure.simulated.firmware import Vice
from tests.erasure.simulated.tapes import SIZE, NvmeRig

ALL = 0xFFFFFFFF
USER_DATA, CRYPTO = 0x200, 0x400


@pytest.fixture
def rig(tmp_path: Path) -> NvmeRig:
    return NvmeRig(tmp_path)


def two(rig: NvmeRig, *vices: Vice, **table: bool) -> NvmeRig:
    return rig.build(*vices, sizes=(SIZE, SIZE), **table)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"nsid": 1, "cdw10": 5}, 0x410A),
        ({"nsid": 1, "cdw10": 0x1000}, 0x410A),
        ({"nsid": 1, "cdw10": 0x20}, 0x410A),
        ({"nsid": 1, "cdw10": 0x600}, 0x4002),
        ({"nsid": 1, "cdw10": CRYPTO}, 0x4002),
        ({"nsid": 0, "cdw10": USER_DATA}, 0x400B),
        ({"nsid": 3, "cdw10": USER_DATA}, 0x400B),
        ({"nsid": ALL, "cdw10": USER_DATA}, 0x4002),
    ],
)
def test_what_is_wrong_has_its_code_and_erases_nothing(rig: NvmeRig, words: dict[str, int], status: int) -> None:
    two(rig, format_broadcast=False)
    assert rig.send(0x80, **words).status == status
    assert rig.old_bytes() == 2 * SIZE


def test_without_format_the_opcode_is_unknown(rig: NvmeRig) -> None:
    assert rig.build(format=False).send(0x80, nsid=1, cdw10=USER_DATA).status == 0x4001


def test_a_format_without_secure_erase_keeps_every_byte(rig: NvmeRig) -> None:
    assert rig.build().send(0x80, nsid=1).status == 0
    assert rig.old_bytes() == SIZE


@pytest.mark.parametrize(
    ("nsid", "table", "left"),
    [
        (1, {}, SIZE),
        (ALL, {}, 0),
        (1, {"erase_all": True}, 0),
        (1, {"format_all": True}, 0),
    ],
)
def test_how_far_a_secure_erase_reaches(rig: NvmeRig, nsid: int, table: dict[str, bool], left: int) -> None:
    two(rig, **table)
    assert rig.send(0x80, nsid=nsid, cdw10=USER_DATA).status == 0
    assert rig.old_bytes() == left


def test_it_blocks_as_long_as_it_takes(rig: NvmeRig) -> None:
    rig.build(format_crypto=True).send(0x80, nsid=1, cdw10=CRYPTO)
    assert rig.clock.slept == [10.0]
    assert rig.old_bytes() == 0


def test_another_format_changes_the_blocks(rig: NvmeRig) -> None:
    rig.build().send(0x80, nsid=1, cdw10=1)
    page = rig.identify(0, nsid=1).data
    assert (page[26], int.from_bytes(page[:8], "little")) == (1, SIZE // 4096)


def test_a_host_that_is_impatient_gets_no_answer_and_half_an_erase(rig: NvmeRig) -> None:
    rig.build()
    with pytest.raises(InterruptedError):
        rig.send(0x80, nsid=1, cdw10=USER_DATA, timeout_ms=5000)
    assert rig.old_bytes() == SIZE // 2


def test_an_eraser_of_one_namespace_says_that_all_is_well(rig: NvmeRig) -> None:
    two(rig, Vice.ONE_NAMESPACE)
    assert [rig.send(0x80, nsid=nsid, cdw10=USER_DATA).status for nsid in (1, 2)] == [0, 0]
    assert [tape.old_bytes() for tape in rig.tapes.values()] == [0, SIZE]


def test_a_format_may_fail_half_way(rig: NvmeRig) -> None:
    assert rig.build(Vice.FAILS).send(0x80, nsid=1, cdw10=USER_DATA).status == 0x4006
    assert rig.old_bytes() == SIZE // 2


@pytest.mark.parametrize(
    ("vice", "code", "old"),
    [
        (Vice.VANISHES, errno.ENODEV, SIZE // 2),
        (Vice.POWER_LOSS, errno.ENODEV, SIZE // 2),
        (Vice.RESETS, errno.EINTR, SIZE // 2),
        (Vice.STUCK, errno.EINTR, SIZE - SIZE * 655 // 65536 // 4096 * 4096),
        (Vice.HANGS, errno.EINTR, SIZE),
    ],
)
def test_a_format_may_never_answer(rig: NvmeRig, vice: Vice, code: int, old: int) -> None:
    rig.build(vice)
    with pytest.raises(OSError, match=r"\w") as error:
        rig.send(0x80, nsid=1, cdw10=USER_DATA)
    assert error.value.errno == code
    assert rig.old_bytes() == old
