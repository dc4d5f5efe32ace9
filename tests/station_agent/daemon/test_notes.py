"""What people noted is there again after the daemon died: at the same drive, and never at another one."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.drive import BlockDevice, DriveIdentity, IdentityGrade
from station_agent.control.view import AssetOrder, LotOrder, SignInOrder, TileState
from station_agent.daemon.notes import NAME, BenchNotes, DriveNote, read_notes
from station_agent.errors import StoreBroken
from tests.station_agent.daemon.daemon_bench import DaemonBench
from tests.station_agent.daemon.test_orders import refused

Make = Callable[..., DaemonBench]
OWN = DriveIdentity("DEMO", "S-1", "5000", "1", "ata", "", "udev", IdentityGrade.A)


def device(diskseq: int | None = 9, identity: DriveIdentity = OWN, name: str = "sda") -> BlockDevice:
    return BlockDevice(f"/dev/{name}", name, 8, 0, diskseq, 1 << 20, identity)


def noted(*notes: DriveNote) -> BenchNotes:
    return BenchNotes(drives=notes)


NOTE = DriveNote("boot", "sda", 9, "DEMO", "S-1", "5000", 1 << 20, "LOT-1", "ETB-1", held=False)


def died(bench: DaemonBench) -> None:
    """End a daemon that gets no chance to say anything more."""
    bench._over.set()
    for thread in bench._threads:
        thread.join()
    bench._threads.clear()
    bench.station.close()


def test_lot_tags_and_person_are_there_again_after_the_daemon_died(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    keys = bench.ready("sda", "sdb")
    bench.client.sign_in(SignInOrder(operator="ana"))
    bench.client.set_lot(LotOrder(lot="LOT-7"))
    bench.client.set_asset(AssetOrder(asset="ETB-1", drive=keys[0]))
    bench.client.set_asset(AssetOrder(asset="ETB-M"))
    died(bench)
    again = daemon("sda", "sdb")
    view = again.foreman.bulletin.view
    assert (view.lot, view.asset, view.operator) == ("LOT-7", "ETB-M", "ana")
    assert [(tile.lot, tile.asset) for tile in view.tiles] == [("LOT-7", "ETB-1"), ("LOT-7", "")]


def test_a_tag_never_moves_to_another_drive_in_the_same_slot(daemon: Make) -> None:
    bench = daemon("sda=DEMO-ONE")
    bench.client.set_asset(AssetOrder(asset="ETB-1", drive=bench.ready("sda")[0]))
    died(bench)
    other = daemon("sda=DEMO-TWO")
    other.ready("sda")
    assert other.tile(other.foreman.bulletin.view, "sda").asset == ""
    died(other)
    back = daemon("sda=DEMO-ONE")
    assert back.tile(back.foreman.bulletin.view, "sda").asset == "", "it left while a daemon looked on"


def test_a_drive_that_is_plugged_in_later_has_no_old_tag(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    bench.client.set_asset(AssetOrder(asset="ETB-1", drive=bench.ready("sda")[0]))
    bench.drives.unplug("sda")
    bench.until_state("sda", TileState.EMPTY)
    bench.drives.plug("sda")
    bench.ready("sda")
    died(bench)
    again = daemon("sda", "sdb")
    assert again.tile(again.foreman.bulletin.view, "sda").asset == ""


def test_nothing_is_said_to_be_noted_that_could_not_be_kept(daemon: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = daemon("sda")
    (key,) = bench.ready("sda")
    bench.client.set_lot(LotOrder(lot="LOT-1"))

    def broken(*_: object) -> None:
        raise StoreBroken("The state of this bench cannot be written.")

    monkeypatch.setattr(bench.station.store, "note", broken)
    for order in (
        lambda: bench.client.set_lot(LotOrder(lot="LOT-2")),
        lambda: bench.client.set_asset(AssetOrder(asset="ETB-1", drive=key)),
        lambda: bench.client.sign_in(SignInOrder(operator="ana")),
    ):
        assert refused(order)[0] == "store-broken"
    bench.foreman.ask(bench.foreman.publish).result()
    view = bench.foreman.bulletin.view
    assert (view.lot, view.operator, view.tiles[0].lot, view.tiles[0].asset) == ("LOT-1", "", "LOT-1", "")


def test_who_signs_out_is_out_even_when_that_cannot_be_kept(daemon: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = daemon("sda")
    bench.client.sign_in(SignInOrder(operator="ana"))

    def broken(*_: object) -> None:
        raise StoreBroken("The state of this bench cannot be written.")

    monkeypatch.setattr(bench.station.store, "note", broken)
    assert refused(bench.client.sign_out)[0] == "store-broken"
    assert bench.foreman.operator == ""


def test_a_countdown_that_a_person_stopped_stays_stopped(daemon: Make) -> None:
    bench = daemon("sda")
    bench.client.hold(bench.ready("sda")[0])
    died(bench)
    again = daemon("sda")
    again.ready("sda")
    assert [seen.held for seen in again.foreman.drives.by_key.values()] == [True]


@pytest.mark.parametrize(
    ("here", "found"),
    [
        (device(), True),
        (device(10), False),  # pulled, and plugged in again: the kernel counts on
        (device(9, name="sdb"), False),
        (device(9, replace(OWN, serial="S-2")), False),
        (device(9, replace(OWN, grade=IdentityGrade.C, bridge="dock")), True),
    ],
)
def test_within_one_start_of_the_machine_only_the_same_presence_gets_its_note(here: BlockDevice, found: bool) -> None:  # noqa: FBT001
    assert noted(NOTE).of(here, "boot") == ((NOTE, True) if found else (None, False))


@pytest.mark.parametrize(
    ("here", "found"),
    [
        (device(3, name="sdc"), True),
        (device(None), True),
        (device(9, replace(OWN, serial="S-2")), False),
        (device(9, replace(OWN, wwn="5001")), False),
        (device(9, replace(OWN, grade=IdentityGrade.C)), False),
        (device(9, replace(OWN, bridge="dock")), False),
        (replace(device(), size_bytes=2 << 20), False),
    ],
)
def test_after_another_start_of_the_machine_the_word_of_the_drive_counts(here: BlockDevice, found: bool) -> None:  # noqa: FBT001
    assert noted(NOTE).of(here, "later") == ((NOTE, False) if found else (None, False))


def test_a_blank_serial_gets_no_note_after_another_start() -> None:
    blank = replace(NOTE, serial=" ")
    assert noted(blank).of(device(9, replace(OWN, serial=" ")), "later") == (None, False)


def test_two_notes_for_one_drive_are_given_to_none() -> None:
    assert noted(NOTE, replace(NOTE, diskseq=8, asset="ETB-2")).of(device(), "later") == (None, False)


def test_of_two_drives_that_say_the_same_of_themselves_neither_gets_the_tag(daemon: Make) -> None:
    bench = daemon("sda", started=False)
    note = replace(NOTE, boot_id="another")
    bench.station.store.note(NAME, BenchNotes(drives=(note,)).to_text())
    foreman = bench.foreman
    foreman.notes.recall()
    twins = (device(5), device(6, name="sdb"))
    foreman.changed(_appeared(twins[0]))
    assert [seen.asset for seen in foreman.drives.by_key.values()] == ["ETB-1"]
    foreman.changed(_appeared(twins[1]))
    assert [seen.asset for seen in foreman.drives.by_key.values()] == ["", ""]


def _appeared(one: BlockDevice) -> Any:
    from station_agent.watch import Appeared

    return (Appeared(one),)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "1", "{}", '{"version": 2, "drives": []}', '{"version": 1, "drives": {}}', "\x00", "[" * 100_000]
    + [
        json.dumps({"version": 1, "lot": "", "asset": "", "operator": "", "drives": [row]})
        for row in (1, None, {}, {"name": "sda"}, {**json.loads(noted(NOTE).to_text())["drives"][0], "asset": 7})
    ],
)
def test_notes_that_cannot_be_read_are_told_and_nothing_is_guessed(daemon: Make, text: str) -> None:
    with pytest.raises(StoreBroken):
        read_notes(text)
    bench = daemon("sda", started=False)
    bench.station.store.note(NAME, text)
    bench.start()
    view = bench.foreman.bulletin.view
    assert (view.lot, view.asset, view.operator) == ("", "", "")
    assert any("note it again" in one.message for one in view.found_at_start)


def test_notes_are_read_as_they_were_written(tmp_path: Path) -> None:
    whole = BenchNotes("LOT", "ETB", "ana", (NOTE, replace(NOTE, diskseq=None, held=True)))
    (tmp_path / "notes").write_text(whole.to_text(), encoding="utf-8")
    assert read_notes((tmp_path / "notes").read_text("utf-8")) == whole
