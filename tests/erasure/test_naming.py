"""Behind a bridge a drive goes by its own name; elsewhere its name must be the one that the kernel heard."""

from dataclasses import replace
from typing import Any

import pytest

from erasure.ata.facts import AtaFacts, AtaSecurity
from erasure.drive import IdentityGrade
from erasure.facts import identify, read_facts
from erasure.hidden import AreaState, HiddenAreas
from erasure.naming import named_by_drive, naming_faults
from erasure.outcome import ReasonCode
from erasure.own_word import other_word
from erasure.pins import moved
from erasure.sanitizing import SanitizeReport, SanitizeState
from erasure.scsi.bridge import Passage, bridge_reason, passage
from erasure.transport.ports import CommandPorts
from tests.erasure.scsi.scripted_drive import sas_drive

BRIDGED = {"bus": "usb", "serial": "152D00539000", "bridge": "152d:0567 External Disk", "grade": IdentityGrade.C}
OWN = "DEMO-OWN-0001"
HEARD = {"serial": OWN, "model": "DEMO HDD", "firmware": "F1", "wwn": "5000c50000000001"}  # all that the drive tells


def ata(serial: str = OWN, *, readable: bool = True) -> AtaFacts:
    security = AtaSecurity(
        supported=True,
        enabled=False,
        locked=False,
        frozen=False,
        count_expired=False,
        enhanced=False,
        maximum=False,
        normal_minutes=None,
        enhanced_minutes=None,
        master_id=0,
    )
    none = HiddenAreas(AreaState.NONE, AreaState.NONE, AreaState.NONE, None)
    rest: dict[str, Any] = dict.fromkeys(AtaFacts.__dataclass_fields__)
    told = {"model": "DEMO HDD", "serial": serial, "firmware": "F1", "wwn": "5000c50000000001", "security": security}
    idle = SanitizeReport(SanitizeState.IDLE)
    return AtaFacts(**{**rest, **told, "sanitize": idle, "hidden": none, "registers_readable": readable, "raw": {}})


class Port:
    """An open drive behind a bridge: what the kernel heard, and what the drive says of itself now."""

    def __init__(self, facts: Any, monkeypatch: pytest.MonkeyPatch, own: AtaFacts | None) -> None:
        self.facts, self.own = facts, own
        monkeypatch.setattr("erasure.facts.read_ata", lambda _port, _scsi: self.own)

    def sighting(self) -> Any:
        return self.facts.device

    def commands(self) -> CommandPorts:
        return sas_drive().ports

    def traits(self) -> dict[str, str]:
        return {}

    def sector_sizes(self) -> tuple[int, int]:
        return 512, 4096

    def size_bytes(self) -> int:
        return int(self.facts.size_bytes)

    def read_only(self) -> bool:
        return False

    def hidden_areas(self) -> Any:
        return self.facts.hidden


def test_behind_a_bridge_the_drive_names_itself(facts: Any) -> None:
    named = named_by_drive(facts(BRIDGED).device, ata()).identity
    assert (named.model, named.serial, named.wwn, named.firmware) == ("DEMO HDD", OWN, "5000c50000000001", "F1")
    assert (named.bus, named.bridge, named.source, named.grade) == (
        "usb",
        "152d:0567 External Disk",
        "identify",
        IdentityGrade.B,
    )


@pytest.mark.parametrize("own", [None, ata(""), ata("0000000000000")], ids=["untold", "blank", "zeros"])
def test_a_drive_that_cannot_name_itself_keeps_the_name_of_its_bridge(facts: Any, own: Any) -> None:
    assert named_by_drive(facts(BRIDGED).device, own).identity.grade is IdentityGrade.C


def test_a_drive_that_is_neither_on_ata_nor_behind_usb_keeps_the_name_that_the_kernel_heard(facts: Any) -> None:
    device = facts({"bus": "scsi"}).device
    assert named_by_drive(device, ata()) == device


def test_facts_and_later_looks_use_the_same_name(facts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    port: Any = Port(facts(BRIDGED), monkeypatch, ata())
    found = read_facts(port)
    assert found.device.identity.serial == OWN
    assert found.raw["bridge_serial"] == "152D00539000"
    assert identify(port, found) == found.device


@pytest.mark.parametrize("later", [None, ata("DEMO-OWN-0002")], ids=["no more told", "another one"])
def test_a_drive_that_was_changed_behind_its_bridge_is_noticed(
    facts: Any, monkeypatch: pytest.MonkeyPatch, later: Any
) -> None:
    port: Any = Port(facts(BRIDGED), monkeypatch, ata())
    before = read_facts(port)
    port.own = later
    assert "serial was 'DEMO-OWN-0001'" in moved(before, read_facts(port))
    assert identify(port, before).identity != before.device.identity


@pytest.mark.parametrize("bus", ["nvme", "mmc", "virtio"])
def test_a_drive_that_told_nothing_by_command_goes_by_what_the_kernel_heard(
    facts: Any, monkeypatch: pytest.MonkeyPatch, bus: str
) -> None:
    port: Any = Port(facts({"bus": bus}), monkeypatch, ata())
    assert identify(port, facts({"bus": bus})) == facts({"bus": bus}).device


def test_a_scsi_drive_is_asked_again_and_known_by_its_own_answer(facts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    port: Any = Port(facts({"bus": "scsi"}), monkeypatch, None)
    before = read_facts(port)
    assert before.scsi is not None
    assert identify(port, before) == before.device
    for changed in ({"serial": "DEMO-OTHER"}, {"wwn": "5000c500000000ff"}, {"product": "OTHER"}):
        other = replace(before, scsi=replace(before.scsi, **changed))
        assert other_word(before, other)
        assert identify(port, other).identity != before.device.identity
    nameless = replace(before, scsi=replace(before.scsi, serial="", wwn=""))
    assert other_word(before, nameless)
    assert identify(port, nameless) == before.device  # who told nothing before is not compared


@pytest.mark.parametrize("bus", ["ata", "scsi"])
@pytest.mark.parametrize("heard", [OWN, OWN.lower(), "EDOMO-NW0-00 1"])
def test_the_same_serial_in_another_spelling_is_the_same_drive(facts: Any, heard: str, bus: str) -> None:
    assert list(naming_faults(facts({**HEARD, "bus": bus, "serial": heard}, ata=ata()))) == []


@pytest.mark.parametrize("bus", ["ata", "scsi"])
@pytest.mark.parametrize("heard", ["DEMO-OWN-0002", ""])
def test_a_kernel_that_heard_another_serial_stops_everything(facts: Any, heard: str, bus: str) -> None:
    reasons = list(naming_faults(facts({**HEARD, "bus": bus, "serial": heard}, ata=ata())))
    assert [reason.code for reason in reasons] == [ReasonCode.IDENTITY]
    assert OWN in reasons[0].detail


@pytest.mark.parametrize(
    ("told", "own", "way", "words"),
    [
        ({}, ata(), Passage.DIRECT, ""),
        (BRIDGED, ata(), Passage.READS_BACK, ""),
        (BRIDGED, ata(readable=False), Passage.IDENTIFIES, "loses the status"),
        ({**BRIDGED, "bridge": "0BDA:9210 RTL9210 NVME"}, None, Passage.NVME, "NVMe drive behind USB"),
        (BRIDGED, None, Passage.NOTHING, "passes no drive commands"),
    ],
)
def test_what_a_bridge_lets_through_is_judged_by_what_came_back(
    facts: Any, told: Any, own: Any, way: Passage, words: str
) -> None:
    found = replace(facts(told), ata=own)
    reason = bridge_reason(found)
    assert passage(found) is way
    assert (reason is None) is (words == "")
    assert reason is None or (reason.code is ReasonCode.BRIDGE and words in reason.detail)
