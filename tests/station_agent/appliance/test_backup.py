"""Backups of an appliance: to a file system that bears the label and to nothing else, whole or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.appliance import backup
from station_agent.appliance.__main__ import main
from station_agent.appliance.backup import KEPT, back_up, chosen, copy_all, copy_whole, sticks_of
from station_agent.appliance.places import House
from station_agent.stick.failure import StickError
from station_agent.system import Finished
from tests.station_agent.appliance.appliance_house import SAVE, System, house_in

MADE = "etabli-hub-20260302-120000.db"


def listed(*rows: Any) -> str:
    return json.dumps({"blockdevices": rows})


@pytest.fixture
def found(tmp_path: Path) -> tuple[House, System]:
    house, system = house_in(tmp_path)
    for folder in (house.data, house.backups):
        folder.mkdir()
    (house.data / "hub.key").write_text("the key of this hub")
    (house.data / "hub.json").write_text("{}")
    house.stick.keep(hub_name="etabli.local", language="en")
    return house, system


@pytest.mark.parametrize("label", ["ETABLI_SAVE", "ETABLI_BACKUP"])
@pytest.mark.parametrize("kind", ["vfat", "exfat", "ext4"])
def test_a_file_system_that_bears_the_label_is_the_stick(label: str, kind: str) -> None:
    stick = chosen(sticks_of(listed({**SAVE, "label": "DATA"}, {**SAVE, "label": label, "fstype": kind})))
    assert stick is not None
    assert (stick.path, stick.label, stick.kind) == ("/dev/sdb1", label, kind)


@pytest.mark.parametrize(
    "label", [None, "", "etabli_save", "ETABLI_SAVE ", "ETABLI_HUB", "ETABLI_STATE", "ETABLI_LIVE", 7]
)
def test_whatever_does_not_bear_the_label_is_never_a_stick_for_backups(label: object) -> None:
    assert chosen(sticks_of(listed({**SAVE, "label": label}))) is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([SAVE, {**SAVE, "path": "/dev/sdc"}], "leave one"),
        ([{**SAVE, "ro": True}], "write-protected"),
        ([{**SAVE, "ro": "no"}], "write-protected"),
        ([{**SAVE, "fstype": "ntfs"}], "file system ntfs"),
        ([{**SAVE, "fstype": None}], "file system ?"),
        ([{**SAVE, "mountpoints": ["/mnt"]}], "in use"),
    ],
)
def test_a_stick_in_doubt_is_refused_in_words(rows: list[Any], words: str) -> None:
    with pytest.raises(StickError, match=words.replace("?", r"\?")):
        chosen(sticks_of(listed(*rows)))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda more: st.lists(more) | st.dictionaries(st.text(), more),
    )
)
def test_a_list_of_anything_names_no_stick(rows: object) -> None:
    try:
        found = sticks_of(json.dumps({"blockdevices": rows}))
    except StickError:
        return
    assert found == ()


@pytest.mark.parametrize("text", ["", "[]", "7", "{", '{"blockdevices": 7}', "\x00"])
def test_a_list_that_cannot_be_read_is_told(text: str) -> None:
    with pytest.raises(StickError, match="cannot be read"):
        sticks_of(text)


def test_the_stick_gets_database_key_and_name_is_let_go_and_the_screen_is_told(found: tuple[House, System]) -> None:
    house, system = found
    system.rows = [dict(SAVE)]
    assert back_up(house) == 0
    assert system.on_stick == ["etabli-hub", f"etabli-hub/{MADE}", "etabli-hub/hub.json", "etabli-hub/hub.key"]
    assert [words[0] for words in system.called] == ["lsblk", "runuser", "mount", "lsblk", "umount"]
    kept = house.stick.kept()["backup"]
    assert (kept["file"], kept["stick"], kept["at"]) == (MADE, "ETABLI_SAVE (/dev/sdb1)", "2026-03-02T12:00:00+00:00")


def test_the_hub_itself_makes_the_copy_as_its_own_account(found: tuple[House, System]) -> None:
    house, system = found
    system.rows = [dict(SAVE)]
    back_up(house)
    assert system.called[1][:5] == ("runuser", "-u", "etabli-hub", "--", "etabli-hub")
    assert system.called[1][-4:] == ("backup", "--keep", "2", str(house.backups))


def test_without_a_stick_nothing_is_made_and_nothing_fails(found: tuple[House, System]) -> None:
    house, system = found
    system.rows = [{**SAVE, "label": "PHOTOS"}]
    assert back_up(house) == 0
    assert system.called == [backup.LISTING]


def test_before_there_is_a_hub_a_stick_is_not_touched(tmp_path: Path) -> None:
    house, system = house_in(tmp_path)
    system.rows = [dict(SAVE)]
    assert (back_up(house), system.called) == (0, [])


def test_a_stick_that_was_exchanged_while_it_was_opened_gets_nothing(found: tuple[House, System]) -> None:
    house, system = found
    system.rows, system.exchanged = [dict(SAVE)], True
    with pytest.raises(StickError, match="exchanged"):
        back_up(house)
    assert system.on_stick == []
    assert "exchanged" in house.stick.kept()["backup_trouble"]["words"]


def test_a_backup_that_fails_leaves_the_facts_of_the_last_good_one(found: tuple[House, System]) -> None:
    house, system = found
    system.rows = [dict(SAVE)]
    back_up(house)
    system.rows = [dict(SAVE)]
    system.answers["mount"] = Finished(("mount",), 32, "", "wrong fs type")
    assert main(["backup"], house) != 0
    kept = house.stick.kept()
    assert kept["backup"]["file"] == MADE
    assert "wrong fs type" in kept["backup_trouble"]["words"]


def test_a_hub_that_makes_no_copy_leaves_the_stick_alone(found: tuple[House, System]) -> None:
    house, system = found
    system.rows = [dict(SAVE)]
    system.answers["backup"] = Finished(("etabli-hub",), 1, "", "no room")
    with pytest.raises(StickError, match="no room"):
        back_up(house)
    assert system.count("mount") == 0


STICK = sticks_of(listed(SAVE))[0]


def test_the_key_of_another_hub_is_never_replaced(found: tuple[House, System], tmp_path: Path) -> None:
    house, _ = found
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "hub.key").write_text("the key of another hub")
    made = house.backups / MADE
    made.write_bytes(b"database")
    with pytest.raises(StickError, match="another hub"):
        copy_all(house.data, made, folder, STICK)
    assert [path.name for path in folder.iterdir()] == ["hub.key"]


def test_the_oldest_backups_go_and_nothing_else_does(found: tuple[House, System], tmp_path: Path) -> None:
    house, _ = found
    folder = tmp_path / "stick"
    folder.mkdir()
    for day in range(1, 21):
        (folder / f"etabli-hub-202602{day:02}-023000.db").write_bytes(b"old")
    (folder / "holidays.db").write_bytes(b"mine")
    (folder / f".{MADE}.part").write_bytes(b"cut off")
    made = house.backups / MADE
    made.write_bytes(b"database")
    copy_all(house.data, made, folder, STICK)
    names = sorted(path.name for path in folder.glob("etabli-hub-*.db"))
    assert (len(names), names[0], names[-1]) == (KEPT, "etabli-hub-20260208-023000.db", MADE)
    assert (folder / "holidays.db").read_bytes() == b"mine"
    assert list(folder.glob(".*.part")) == []


def test_a_stick_that_gives_back_something_else_is_told_and_holds_no_file_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"database")

    def spoiling(file: Any, out: Any, _piece: int) -> None:
        out.write(file.read()[::-1])

    monkeypatch.setattr(backup.shutil, "copyfileobj", spoiling)
    with pytest.raises(StickError, match="does not give back"):
        copy_whole(source, target, STICK)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]
