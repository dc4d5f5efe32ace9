"""The sanitize state machine of a simulated controller: what is accepted, what runs, what the log says afterwards."""

import errno
import struct
from pathlib import Path

import pytest

from tests.erasure.simulated.tapes import NEW_KEY, SIZE, NvmeRig

BLOCK, OVERWRITE, CRYPTO = 2, 3, 4
AUSE, NDAS, PREQ = 0x08, 0x200, 0x800


@pytest.fixture
def rig(tmp_path: Path) -> NvmeRig:
    return NvmeRig(tmp_path)


def test_a_new_drive_was_never_sanitized(rig: NvmeRig) -> None:
    log = rig.build(estimates={"block": 20, "crypto": 0, "block-no-deallocate": 21}).log()
    assert log[:8] == bytes.fromhex("ffff000000000000")
    assert struct.unpack_from("<7I", log, 8) == (0xFFFFFFFF, 20, 0, 0xFFFFFFFF, 21, 0xFFFFFFFF, 0)
    assert len(log) == 512


def test_a_block_erase_runs_in_the_background_and_ends_in_success(rig: NvmeRig) -> None:
    rig.build()
    assert rig.sanitize(BLOCK) == 0
    rig.clock.pass_seconds(2.5)
    assert (rig.sstat(), rig.log()[4:8].hex(), rig.log()[36]) == (2, "02000000", 1)
    assert 16_000 < rig.sprog() < 16_500
    assert SIZE * 0.7 < rig.old_bytes() < SIZE * 0.8
    rig.clock.pass_seconds(7.6)
    assert rig.log()[:8].hex() == "ffff010002000000"
    assert rig.log()[36] == 0
    assert rig.tapes[1].content == bytes(SIZE)


def test_a_crypto_erase_leaves_nonsense(rig: NvmeRig) -> None:
    rig.build().sanitize(CRYPTO)
    rig.clock.pass_seconds(11)
    assert rig.sstat() == 1
    assert rig.tapes[1].content == (NEW_KEY * SIZE)[:SIZE]


@pytest.mark.parametrize(
    ("cdw10", "passes", "left"),
    [
        (0x13, 1, "78563412"),
        (0x23, 2, "78563412"),
        (0x123, 2, "87a9cbed"),
        (0x133, 3, "78563412"),
        (0x03, 16, "78563412"),
    ],
)
def test_an_overwrite_counts_its_passes_and_leaves_the_pattern(
    rig: NvmeRig, cdw10: int, passes: int, left: str
) -> None:
    rig.build().sanitize(cdw10, cdw11=0x12345678)
    rig.clock.pass_seconds(11)
    assert rig.sstat() == passes << 3 | 1
    assert rig.tapes[1].content == bytes.fromhex(left) * (SIZE // 4)


def test_every_namespace_is_reached(rig: NvmeRig) -> None:
    rig.build(sizes=(SIZE, 3 * SIZE)).sanitize(BLOCK)
    rig.clock.pass_seconds(11)
    assert rig.sstat() == 1
    assert rig.old_bytes() == 0


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"cdw10": BLOCK, "nsid": 1}, 0x4002),
        ({"cdw10": BLOCK, "nsid": 0xFFFFFFFF}, 0x4002),
        ({"cdw10": 0}, 0x4002),
        ({"cdw10": 5}, 0x4002),
        ({"cdw10": 7}, 0x4002),
        ({"cdw10": BLOCK | PREQ}, 0x4002),
        ({"cdw10": CRYPTO}, 0x4002),
        ({"cdw10": BLOCK | NDAS}, 0x4002),
        ({"cdw10": BLOCK | 0x400}, 0x4002),
        ({"cdw10": BLOCK}, 0),
        ({"cdw10": 1}, 0),
    ],
)
def test_what_the_controller_does_not_have_is_an_invalid_field(
    rig: NvmeRig, words: dict[str, int], status: int
) -> None:
    rig.build(sanitize=("block",), no_deallocate_inhibited=True)
    assert rig.send(0x84, **words).status == status
    assert rig.old_bytes() == SIZE


def test_without_any_sanitize_the_opcode_is_unknown(rig: NvmeRig) -> None:
    assert rig.build(sanitize=()).sanitize(BLOCK) == 0x4001


def test_a_purge_asked_for_is_attested(rig: NvmeRig) -> None:
    rig.build(purge_reporting=True)
    assert rig.sanitize(BLOCK | PREQ) == 0
    rig.clock.pass_seconds(11)
    assert rig.log()[:8].hex() == "ffff010802080000"


def test_nothing_else_is_taken_while_it_runs(rig: NvmeRig) -> None:
    rig.build().sanitize(BLOCK)
    assert rig.sanitize(CRYPTO) == 0x001D
    assert rig.send(0x80, nsid=1, cdw10=0x200).status == 0x001D
    assert rig.send(0x0C).status == 0x001D
    assert rig.identify(1).status == 0
    for writing in (False, True):
        with pytest.raises(OSError, match="error") as refused:
            rig.drive.admit(1, 0, 512, writing=writing)
        assert refused.value.errno == errno.EIO
    rig.clock.pass_seconds(11)
    rig.drive.admit(1, 0, 512, writing=False)


def test_it_goes_on_after_a_power_loss_and_the_log_stays(rig: NvmeRig) -> None:
    rig.build().sanitize(BLOCK)
    rig.clock.pass_seconds(5)
    before = rig.sprog()
    memory = rig.drive.memory.path.read_bytes()
    rig.clock.ns = 77  # another clock after the next power-on
    rig.build()
    rig.drive.memory.path.write_bytes(memory)
    rig.drive.power_cycle()
    assert (rig.sstat(), rig.sprog()) == (2, before)
    rig.clock.pass_seconds(5.1)
    assert rig.sstat() == 1
    rig.drive.power_cycle()
    assert rig.log()[:8].hex() == "ffff010002000000"


def test_a_drive_may_be_at_it_already(rig: NvmeRig) -> None:
    rig.build(last="running", last_action="crypto")
    assert (rig.sstat(), rig.log()[4]) == (2, CRYPTO)
    rig.clock.pass_seconds(11)
    assert (rig.sstat(), rig.old_bytes()) == (1, 0)


def test_a_restricted_failure_is_left_only_by_another_restricted_sanitize(rig: NvmeRig) -> None:
    rig.build(last="failed")
    assert (rig.sprog(), rig.sstat(), rig.log()[36]) == (0xFFFF, 3, 0x12)
    assert rig.send(0x80, nsid=1, cdw10=0x200).status == 0x401C
    assert rig.sanitize(1) == 0x401C
    assert rig.sanitize(BLOCK | AUSE) == 0x401C
    with pytest.raises(OSError, match="error"):
        rig.drive.admit(1, 0, 512, writing=False)
    assert rig.sanitize(BLOCK) == 0
    rig.clock.pass_seconds(11)
    assert rig.sstat() == 1


def test_the_first_write_ends_global_data_erased(rig: NvmeRig) -> None:
    rig.build(global_data_erased=True).sanitize(BLOCK)
    rig.clock.pass_seconds(11)
    assert rig.sstat() == 0x101
    rig.drive.admit(1, 0, 512, writing=False)
    assert rig.sstat() == 0x101
    rig.drive.wrote(1, 0, 512)
    assert rig.sstat() == 1
