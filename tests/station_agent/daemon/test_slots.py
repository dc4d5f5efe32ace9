"""Where drives are plugged in: by the file of slots, else in the order in which they came; nothing hostile passes."""

from pathlib import Path
from typing import Any

import pytest

from erasure.drive import BlockDevice, DriveIdentity, IdentityGrade
from station_agent.daemon.slots import SCHEMA, Slots, read_slots, slots_from
from station_agent.errors import UsageError

IDENTITY = DriveIdentity("M", "S", "", "1", "ata", "", "udev", IdentityGrade.B)
FILE = """
schema = "etabli.slots/1"
columns = 2
[[slot]]
name = "top left"
path = "pci-0000:00:17.0-ata-1*"
[[slot]]
name = "top right"
scsi = "2:0:*"
[[slot]]
name = "desk"
"""


def disk(name: str, path: str = "", scsi: str = "") -> BlockDevice:
    properties = {"ID_PATH": path} if path else {}
    properties |= {"DEVPATH": f"/devices/pci0000:00/host2/{scsi}/block/{name}"} if scsi else {}
    return BlockDevice(f"/dev/{name}", name, 8, 0, 1, 512, IDENTITY, properties=properties)


def test_bays_are_found_by_the_place_where_they_are_plugged_in(tmp_path: Path) -> None:
    (tmp_path / "slots.toml").write_text(FILE, encoding="utf-8")
    slots = read_slots(None, tmp_path)
    assert (slots.names, slots.columns) == (("top left", "top right", "desk"), 2)
    assert slots.put("b:1", disk("sdb", scsi="2:0:1:0")) == "top right"
    assert slots.put("a:1", disk("sda", path="pci-0000:00:17.0-ata-1.0")) == "top left"
    assert slots.put("c:1", disk("sdc")) == "desk"
    assert slots.put("d:1", disk("sdd")) == "1"
    assert slots.put("e:1", disk("sde", path="pci-0000:00:17.0-ata-1.1")) == "2"
    slots.take("a:1")
    assert (slots.holds("top left"), slots.names) == ("", ("top left", "top right", "desk", "1", "2"))
    assert slots.put("c:2", disk("sdc")) == "3"


def test_without_a_file_a_bay_keeps_its_number() -> None:
    slots = Slots()
    assert [slots.put(f"{n}:1", disk(n, path=f"port-{n}")) for n in "abc"] == ["1", "2", "3"]
    for name in "ab":
        slots.take(f"{name}:1")
    assert slots.put("b:2", disk("b", path="port-b")) == "2"
    assert slots.put("d:1", disk("d", path="port-d")) == "4"
    assert slots.put("a:2", disk("a", path="port-a")) == "1"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"schema": "etabli.slots/2"},
        {"schema": SCHEMA, "more": 1},
        {"schema": SCHEMA, "columns": -1},
        {"schema": SCHEMA, "columns": True},
        {"schema": SCHEMA, "slot": 7},
        {"schema": SCHEMA, "slot": ["a"]},
        {"schema": SCHEMA, "slot": [{}]},
        {"schema": SCHEMA, "slot": [{"name": ""}]},
        {"schema": SCHEMA, "slot": [{"name": "a", "path": 1}]},
        {"schema": SCHEMA, "slot": [{"name": "a", "path": "x", "scsi": "y"}]},
        {"schema": SCHEMA, "slot": [{"name": "a"}, {"name": "a"}]},
        {"schema": SCHEMA, "slot": [{"name": str(n)} for n in range(501)]},
    ],
)
def test_a_file_that_is_none_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        slots_from(document)


@pytest.mark.parametrize("text", [b"\xff\xfe", b"schema = ", b"", b"slot = 7"])
def test_a_damaged_file_is_told_with_its_name(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "bays.toml"
    file.write_bytes(text)
    with pytest.raises(UsageError, match=r"bays\.toml"):
        read_slots(file, tmp_path)
    with pytest.raises(UsageError, match="cannot be used"):
        read_slots(tmp_path / "none.toml", tmp_path)
