"""Two readers of a live drive: asked once, left alone when silent, compared, and told in both languages."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from certificates.language import catalogue
from diagnostics.agreement import Agreement, Difference
from diagnostics.errors import NotResponding, ToolError
from diagnostics.health import assess_document
from diagnostics.wording import READERS
from erasure.drive import BlockDevice
from station_agent.bench import simulated_bench
from station_agent.diagnose import diagnosis, diagnostics_words, stated_report
from station_agent.health_readers import DIFFER, LiveHealth, ask, asked_once, difference_words, not_responding

CHECKOUT = Path(__file__).resolve().parents[2]
DEMO = CHECKOUT / "hardware-fixtures/benches/demo.toml"
Document = dict[str, Any]
Make = Callable[..., Any]
AGREES = Agreement("agree", ())
DIFFERS = Agreement("differs", (Difference("serial", ""), Difference("size_bytes", "first-namespace")))


@pytest.fixture
def drive(make_facts: Make) -> BlockDevice:
    device: BlockDevice = make_facts().device
    return device


class Reader:
    """Fails as told, and counts how often it was asked."""

    def __init__(self, answer: Document | Exception) -> None:
        self.answer, self.asked = answer, 0

    def __call__(self, _path: str) -> Document:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def health(reader: Reader, root: Path = Path("/nowhere")) -> LiveHealth:
    return LiveHealth(root, reader, lambda _path, _document: AGREES)


def test_a_drive_that_did_not_answer_is_marked_and_not_asked_again(drive: BlockDevice) -> None:
    reader = Reader(NotResponding("smartctl did not answer within 60 s"))
    live = health(reader)
    told = [live.document(drive), live.document(drive)]
    assert [assess_document(one).reasons[0].code for one in told] == ["drive.not-responding"] * 2
    assert (reader.asked, live.agreement(drive, told[0])) == (1, None)
    live.document(replace(drive, diskseq=4711))
    assert reader.asked == 2


def test_a_tool_that_is_missing_is_no_reading(drive: BlockDevice) -> None:
    assert health(Reader(ToolError("smartctl cannot be started"))).document(drive) is None


def test_a_drive_that_answers_is_compared(drive: BlockDevice) -> None:
    live = health(Reader({"device": {}}))
    assert live.agreement(drive, live.document(drive)) is AGREES
    assert live.agreement(drive, None) is None


def test_asking_one_drive_tells_of_its_members_where_it_is_a_volume() -> None:
    volume = {"device": {"protocol": "SCSI"}, "scsi_vendor": "DELL", "scsi_product": "PERC H730"}
    asked = ask("/dev/sda", health(Reader(volume)), lambda: ({"serial_number": "DEMO-1", "device": {}},))
    assert (len(asked.documents), asked.readers) == (2, None)
    alone = ask("/dev/sda", health(Reader({"device": {}, "model_name": "DEMO"})), lambda: ({},))
    assert (len(alone.documents), alone.readers) == (1, AGREES)


@pytest.mark.parametrize("error", [NotResponding("no answer"), ToolError("no smartctl")])
def test_a_drive_that_cannot_be_asked_is_unknown_with_the_trouble_told(error: Exception) -> None:
    asked = ask("/dev/sda", health(Reader(error)), tuple)
    assert (asked.troubles, str(assess_document(list(asked.documents)).verdict)) == ((str(error),), "unknown")
    assert assess_document(not_responding("/dev/sda")).to_document()["reasons"][0]["code"] == "drive.not-responding"


def test_what_the_readers_differ_in_is_said_without_what_is_explained_and_in_french() -> None:
    assert "about the serial of drive DEMO-1" in difference_words(DIFFERS, "DEMO-1")
    french = catalogue(CHECKOUT / "station_agent/locale", "fr").gettext(DIFFER)
    assert french != DIFFER
    assert french.format(what="serial", serial="DEMO-1").count("DEMO-1") == 2


def test_a_diagnosis_tells_of_each_drive_whether_its_readers_agree(tmp_path: Path) -> None:
    bench = replace(simulated_bench(DEMO, tmp_path), readers=lambda _device, _document: DIFFERS)
    report = diagnosis(bench)
    told = [drive["readers"]["state"] for drive in stated_report(report)["drives"]]
    assert told == ["differs"] * len(report.drives)
    assert told
    assert "personne" in diagnostics_words("fr")(READERS["differs"])


def test_a_drive_is_asked_once_for_a_list_and_again_when_another_one_came_in_its_place(drive: BlockDevice) -> None:
    reader = Reader({"device": {}, "model_name": "DEMO"})
    once = asked_once(health(reader).document)
    assert [once(drive), once(drive)] == [reader.answer] * 2
    assert reader.asked == 1
    once(replace(drive, diskseq=4711))
    assert reader.asked == 2


def test_what_has_no_health_is_not_asked(drive: BlockDevice) -> None:
    reader = Reader({"device": {}})
    for bus in ("virtio", "loop"):
        assert health(reader).document(replace(drive, identity=replace(drive.identity, bus=bus))) is None
    assert reader.asked == 0
