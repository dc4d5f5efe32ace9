"""Every vice of a simulated controller, acted out once: what it says, and what it did."""

import errno
from pathlib import Path

import pytest

from erasure.simulated.firmware import Vice
from tests.erasure.simulated.tapes import SIZE, NvmeRig

BLOCK, CRYPTO, PREQ = 2, 4, 0x800


@pytest.fixture
def rig(tmp_path: Path) -> NvmeRig:
    return NvmeRig(tmp_path)


def sanitized(rig: NvmeRig, *vices: Vice, **table: object) -> NvmeRig:
    assert rig.build(*vices, **table).sanitize(BLOCK) == 0
    rig.clock.pass_seconds(11)
    return rig


def test_a_liar_says_success_and_keeps_every_byte(rig: NvmeRig) -> None:
    assert (sanitized(rig, Vice.LIES).sstat(), rig.old_bytes()) == (1, SIZE)


def test_half_an_erase_says_success(rig: NvmeRig) -> None:
    assert (sanitized(rig, Vice.HALF).sstat(), rig.old_bytes()) == (1, SIZE // 2)


def test_only_the_first_namespace_is_erased(rig: NvmeRig) -> None:
    sanitized(rig, Vice.ONE_NAMESPACE, sizes=(SIZE, SIZE))
    assert (rig.sstat(), rig.tapes[1].old_bytes(), rig.tapes[2].old_bytes()) == (1, 0, SIZE)


def test_it_sticks_at_655_for_ever_and_takes_nothing_else(rig: NvmeRig) -> None:
    sanitized(rig, Vice.STUCK)
    rig.clock.pass_seconds(1e6)
    assert (rig.sprog(), rig.sstat(), rig.sanitize(BLOCK)) == (655, 2, 0x1D)


def test_a_failure_reads_ffff_and_3(rig: NvmeRig) -> None:
    assert sanitized(rig, Vice.FAILS).log()[:8].hex() == "ffff030002000000"
    assert rig.old_bytes() == SIZE // 2


@pytest.mark.parametrize(
    ("vice", "status"),
    [
        (Vice.ABORTS, 0x4002),
        (Vice.FROZEN, 0x4001),
        (Vice.SANITIZE_FROZEN, 0x4028),
        (Vice.LOCKED, 0x4286),
        (Vice.GARBLES, 0x4002),
    ],
)
def test_an_announced_sanitize_may_be_refused(rig: NvmeRig, vice: Vice, status: int) -> None:
    assert rig.build(vice).sanitize(BLOCK) == status
    assert rig.old_bytes() == SIZE


def test_a_bridge_that_loses_dwords_turns_a_secure_format_into_an_empty_one(rig: NvmeRig) -> None:
    assert rig.build(Vice.GARBLES).send(0x80, nsid=1, cdw10=0x200).status == 0
    assert rig.old_bytes() == SIZE


def test_a_locked_medium_cannot_be_read(rig: NvmeRig) -> None:
    rig.build(Vice.LOCKED)
    with pytest.raises(OSError, match=r"\w") as error:
        rig.drive.admit(1, 0, 512, writing=False)
    assert error.value.errno == errno.ENODATA
    rig.build()
    rig.drive.admit(1, 0, 512, writing=False)


@pytest.mark.parametrize("vice", [Vice.VANISHES, Vice.POWER_LOSS])
def test_a_drive_that_leaves_comes_back_with_the_power_and_goes_on(rig: NvmeRig, vice: Vice) -> None:
    rig.build(vice).sanitize(BLOCK)
    rig.clock.pass_seconds(6)
    for ask in (rig.log, lambda: rig.drive.admit(1, 0, 512, writing=False)):
        with pytest.raises(OSError, match=r"\w") as error:
            ask()
        assert error.value.errno == errno.ENODEV
    assert rig.drive.gone
    rig.clock.pass_seconds(100)
    rig.drive.power_cycle()
    assert (rig.sstat(), rig.sprog(), rig.old_bytes()) == (2, 0x8000, SIZE // 2)
    rig.clock.pass_seconds(6)
    assert (rig.sstat(), rig.old_bytes()) == (1, 0)


def test_a_reset_ends_the_erase_and_nothing_tells_how(rig: NvmeRig) -> None:
    assert sanitized(rig, Vice.RESETS).log()[:8].hex() == "ffff000000000000"
    assert rig.old_bytes() == SIZE // 2


def test_another_serial_answers_afterwards(rig: NvmeRig) -> None:
    rig.build(Vice.RENAMES)
    assert rig.identify(1).data[4:24] == b"DEMO-0001".ljust(20)
    rig.sanitize(BLOCK)
    rig.clock.pass_seconds(11)
    assert rig.identify(1).data[4:24] == b"DEMO-0001-OTHER".ljust(20)


def test_the_log_may_be_all_zero(rig: NvmeRig) -> None:
    assert rig.build(Vice.ZERO_LOG).log() == bytes(512)
    rig.sanitize(BLOCK)
    assert rig.log() == bytes(512)
    rig.clock.pass_seconds(11)
    assert rig.log() == bytes(512)
    assert rig.old_bytes() == 0


def test_a_drive_that_was_never_sanitized_may_say_success(rig: NvmeRig) -> None:
    assert rig.build(Vice.IDLE_SUCCESS).sstat() == 1
    assert rig.old_bytes() == SIZE


def test_success_may_be_forgotten_at_once(rig: NvmeRig) -> None:
    assert sanitized(rig, Vice.FORGETS).log()[:8].hex() == "ffff000000000000"
    assert rig.old_bytes() == 0


def test_purge_request_may_be_rejected_although_it_is_announced(rig: NvmeRig) -> None:
    rig.build(Vice.REJECTS_PREQ, purge_reporting=True)
    assert rig.identify(1).data[328] & 0x20
    assert (rig.sanitize(BLOCK | PREQ), rig.old_bytes()) == (0x4002, SIZE)
    assert rig.sanitize(BLOCK) == 0


def test_sectors_may_be_unreadable_until_they_are_written(rig: NvmeRig) -> None:
    assert sanitized(rig, Vice.NEEDS_WRITE).sstat() == 1
    rig.drive.wrote(1, 4096, 8192)
    rig.drive.admit(1, 4096, 8192, writing=False)
    for place in (0, 4096 + 512, 65536):
        with pytest.raises(OSError, match=r"\w") as error:
            rig.drive.admit(1, place, 8192, writing=False)
        assert error.value.errno == errno.ENODATA


def test_success_may_read_101h_and_4(rig: NvmeRig, tmp_path: Path) -> None:
    assert sanitized(rig, Vice.ERASED_GDE).sstat() == 0x101
    (tmp_path / "other").mkdir()
    assert sanitized(NvmeRig(tmp_path / "other"), Vice.SUCCESS_DEALLOCATED).sstat() == 4


def test_another_action_may_be_done_and_told(rig: NvmeRig) -> None:
    assert sanitized(rig, Vice.WRONG_ACTION).log()[:8].hex() == "ffff010004000000"


def test_an_answer_may_never_come(rig: NvmeRig) -> None:
    rig.build(Vice.HANGS)
    with pytest.raises(InterruptedError):
        rig.sanitize(BLOCK)
    assert rig.clock.slept == [60.0]
    assert rig.sstat() == 0


def test_a_node_without_pass_through_has_no_admin_commands(rig: NvmeRig) -> None:
    rig.build(Vice.NO_PASSTHROUGH)
    with pytest.raises(OSError, match=r"\w") as error:
        rig.identify(1)
    assert error.value.errno == errno.ENOTTY
