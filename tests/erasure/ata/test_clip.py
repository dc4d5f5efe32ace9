"""Removing clips of the capacity: one change per call, announced, asked right before, judged by the new size."""

from dataclasses import replace

import pytest

from erasure.ata.clip import restore
from erasure.ata.facts import AtaFacts
from erasure.ata.identify import parse
from erasure.ata.ledger import NativeSize, ledger
from erasure.errors import JournalError
from erasure.hidden import AreaState
from erasure.outcome import ReasonCode
from erasure.transport.ports import ScsiReply
from tests.erasure.ata.scripted import (
    AMAC,
    DCO,
    GONE,
    IDENTIFY,
    LOST,
    NATIVE,
    SECTORS,
    SET_MAX,
    Desk,
    Script,
    aborted,
    ata_facts,
    block_of,
    desk,
    facts,
    good,
    identify,
    words_of,
)

MORE = SECTORS + 1000
FULL = identify(**{f"w{100 + at}": MORE >> 16 * at & 0xFFFF for at in range(4)})
SET_TO_MORE = "85 07 20 00 00 00 01 00 e7 01 23 00 00 40 37 00"


def with_hpa(**changes: int) -> AtaFacts:
    return ata_facts(native=MORE, overlay=MORE, **changes)


def with_dco() -> AtaFacts:
    return ata_facts(native=SECTORS, overlay=MORE)


def with_ama() -> AtaFacts:
    changes = {"w82": 0x0002, "w83": 0x4400, "w86": 0x8400, "w119": 0x4100}
    found = parse(block_of(words_of(**changes)))
    assert found is not None
    hidden = ledger(found, NativeSize(), NativeSize(MORE), NativeSize())
    return replace(ata_facts(**changes), hidden=hidden, restorable=True, accessible_sectors=MORE)


def opened(bench: Desk) -> Desk:
    """The kernel already knows the new size."""
    bench.size_bytes = MORE * 512
    return bench


def test_the_native_size_is_asked_directly_before_it_is_set() -> None:
    bench = opened(desk((IDENTIFY, identify()), (NATIVE, good(0, MORE - 1)), (SET_MAX, good()), (IDENTIFY, FULL)))
    restored = restore(bench.ports, facts(with_hpa()))
    assert bench.script.opcodes == [IDENTIFY, NATIVE, SET_MAX, IDENTIFY]
    assert bench.script.sent[2][0].hex(" ") == SET_TO_MORE
    assert restored.done == (f"HPA removed: {SECTORS} sectors before, {MORE} now",)
    assert (restored.obstacles, restored.power_cycle, restored.native_bytes) == ((), False, MORE * 512)


def test_the_change_is_announced_before_it_is_sent() -> None:
    bench = opened(desk((IDENTIFY, identify()), (NATIVE, good(0, MORE - 1)), (SET_MAX, good()), (IDENTIFY, FULL)))
    restore(bench.ports, facts(with_hpa()))
    command = {"method": "ata.restore", "port": "scsi", "command": SET_TO_MORE, "area": "HPA"}
    assert bench.announced == [{**command, "native_bytes": MORE * 512}]


def test_without_a_journal_nothing_is_changed() -> None:
    bench = desk((IDENTIFY, identify()))

    def full(_document: object) -> None:
        raise JournalError("full")

    with pytest.raises(JournalError):
        restore(replace(bench.ports, announce=full), facts(with_hpa()))
    assert bench.script.opcodes == [IDENTIFY]


def test_a_kernel_that_keeps_the_old_size_asks_for_a_power_cycle() -> None:
    bench = desk((IDENTIFY, identify()), (NATIVE, good(0, MORE - 1)), (SET_MAX, good()), (IDENTIFY, FULL))
    restored = restore(bench.ports, facts(with_hpa()))
    assert (len(restored.done), restored.power_cycle) == (1, True)


def test_a_size_that_shows_later_asks_for_a_power_cycle() -> None:
    bench = opened(desk((IDENTIFY, identify()), (NATIVE, good(0, MORE - 1)), (SET_MAX, good()), (IDENTIFY, identify())))
    restored = restore(bench.ports, facts(with_hpa()))
    assert restored.done == ("HPA: the drive took the change, its new size shows after a power cycle",)
    assert restored.power_cycle is True


@pytest.mark.parametrize("answer", [aborted(), LOST, ScsiReply(0, 3, 0, 0, 0, 1, b"", b"")], ids=repr)
def test_a_change_that_is_not_taken_stays_as_an_obstacle(answer: ScsiReply | OSError) -> None:
    bench = opened(desk((IDENTIFY, identify()), (NATIVE, good(0, MORE - 1)), (SET_MAX, answer), (IDENTIFY, identify())))
    restored = restore(bench.ports, facts(with_hpa()))
    assert restored.done == ()
    assert [reason.code for reason in restored.obstacles] == [ReasonCode.HIDDEN_AREA]
    assert restored.power_cycle is True


def test_the_size_of_the_drive_decides_when_the_answer_was_lost() -> None:
    bench = opened(desk((IDENTIFY, identify()), (NATIVE, good(0, MORE - 1)), (SET_MAX, LOST), (IDENTIFY, FULL)))
    restored = restore(bench.ports, facts(with_hpa()))
    assert (len(restored.done), restored.obstacles) == (1, ())


def test_a_native_size_that_changed_meanwhile_is_not_set() -> None:
    bench = opened(desk((IDENTIFY, identify()), (NATIVE, good(0, MORE)), (IDENTIFY, identify())))
    restored = restore(bench.ports, facts(with_hpa()))
    assert restored.done == ()
    assert "nothing was sent" in restored.obstacles[0].detail


def test_the_area_under_another_one_waits_for_a_power_cycle() -> None:
    both = ata_facts(native=MORE, overlay=MORE + 5)
    bench = opened(desk((IDENTIFY, identify()), (NATIVE, good(0, MORE - 1)), (SET_MAX, good()), (IDENTIFY, FULL)))
    restored = restore(bench.ports, facts(both))
    assert (len(restored.done), restored.power_cycle, restored.native_bytes) == (1, True, (MORE + 5) * 512)


def test_the_overlay_goes_when_nothing_lies_above_it() -> None:
    bench = opened(desk((IDENTIFY, identify()), (DCO, good()), (IDENTIFY, FULL)))
    restored = restore(bench.ports, facts(with_dco()))
    assert bench.script.sent[1][0].hex(" ") == "85 06 20 00 c0 00 00 00 00 00 00 00 00 40 b1 00"
    assert restored.done == (f"DCO removed: {SECTORS} sectors before, {MORE} now",)
    assert restored.power_cycle is False


def test_the_accessible_maximum_is_set_to_the_native_one() -> None:
    bench = opened(desk((IDENTIFY, identify()), (AMAC, good(0, MORE - 1)), (AMAC, good()), (IDENTIFY, FULL)))
    restored = restore(bench.ports, facts(with_ama()))
    assert bench.script.sent[2][0].hex(" ") == "85 07 20 00 01 00 00 00 e7 01 23 00 00 40 78 00"
    assert restored.done == (f"AMA removed: {SECTORS} sectors before, {MORE} now",)


@pytest.mark.parametrize(
    ("changes", "code"), [({"w86": 0x0500}, ReasonCode.HIDDEN_AREA), ({"w128": 7}, ReasonCode.LOCKED)]
)
def test_what_is_protected_is_left_alone(changes: dict[str, int], code: ReasonCode) -> None:
    bench = desk((IDENTIFY, identify()))
    restored = restore(bench.ports, facts(replace(with_hpa(**changes), restorable=False)))
    assert (restored.done, restored.power_cycle) == ((), False)
    assert [reason.code for reason in restored.obstacles] == [code]
    assert bench.announced == []


def test_the_overlay_stays_while_the_native_size_is_unknown() -> None:
    ata = with_dco()
    unknown = replace(ata, hidden=replace(ata.hidden, hpa=AreaState.UNKNOWN))
    bench = desk((IDENTIFY, identify()))
    assert restore(bench.ports, facts(unknown)).obstacles[0].code is ReasonCode.HIDDEN_AREA
    assert bench.announced == []


def test_another_drive_is_not_changed() -> None:
    bench = desk((IDENTIFY, identify(w10=0x5858)))
    restored = restore(bench.ports, facts(with_hpa()))
    assert [reason.code for reason in restored.obstacles] == [ReasonCode.IDENTITY]
    assert bench.announced == []


def test_a_drive_without_a_clip_is_not_touched() -> None:
    bench = desk()
    assert restore(bench.ports, facts()).done == ()
    assert bench.script.opcodes == []


def test_a_drive_that_leaves_is_an_error() -> None:
    script = Script([(IDENTIFY, identify()), (NATIVE, good(0, MORE - 1)), (SET_MAX, GONE)])
    with pytest.raises(OSError, match="no such device"):
        restore(Desk(script).ports, facts(with_hpa()))


def test_a_drive_of_28_bits_has_its_upper_bits_in_the_device_register() -> None:
    small, more = {"w83": 0x4800, "w60": 0x0000, "w61": 0x0500}, 0x5000800
    ata = ata_facts(native=more, overlay=more, **small)
    bench = desk(
        (IDENTIFY, identify(**small)),
        (0xF8, good(0, 0x0007FF, device=0x45, extend=0)),
        (0xF9, good(extend=0)),
        (IDENTIFY, identify(**{**small, "w60": 0x0800})),
    )
    restored = restore(bench.ports, facts(ata))
    assert bench.script.sent[2][0].hex(" ") == "85 06 20 00 00 00 01 00 ff 00 07 00 00 45 f9 00"
    assert restored.obstacles == ()
