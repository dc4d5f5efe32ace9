"""From the announcement to the closing by pages: what each form does, what it refuses, and what the donor reads."""

from collections.abc import Callable
from typing import Any

import pytest

from hub.lots.blocking import Block, blockers
from hub.models import Device, Drive, Lot
from hub.pages.lot_sentences import LOT_SENTENCES
from hub.pages.sentences import in_words
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
LOT = "/lots/MAIRIE-01"
SERIALS = {
    "ETB-0001": "WD-0001",
    "ETB-0002": "ST-0002",
    "ETB-0003": "KX-0003",
    "ETB-0004": "ST-0004",
    "ETB-0005": "SA-0005",
}


class Desk:
    """A lead in front of the pages of the first lot."""

    def __init__(self, workshop: Workshop, client: TestClient) -> None:
        self.workshop, self.client = workshop, client
        page = client.get("/help").text
        self.token = page.split('name="csrf" value="')[1].split('"')[0]

    def post(self, path: str, **fields: str) -> Any:
        return self.client.post(path, data={"csrf": self.token, **fields})

    def done(self, path: str, **fields: str) -> None:
        answer = self.post(path, **fields)
        assert answer.status_code == 303, answer.text

    def says(self, path: str) -> str:
        return self.client.get(path).text

    def device(self, asset: str) -> str:
        with self.workshop.session() as session:
            return f"/devices/{session.query(Device).filter_by(asset=asset).one().id}"

    def drive(self, serial: str) -> str:
        with self.workshop.session() as session:
            return f"{LOT}/drives/{session.query(Drive).filter_by(serial=serial).one().id}"

    def person(self, role: str) -> str:
        with self.workshop.session() as session:
            return self.workshop.person(session, role).id

    def receive(self) -> None:
        self.done(f"{LOT}/life", after="received", day="2026-03-01")
        self.done(f"{LOT}/counts", step="announced", kind="laptop", number="6")
        self.done(f"{LOT}/counts", step="received", kind="laptop", number="5")
        self.done(f"{LOT}/counts", step="refused:damaged", kind="laptop", number="1")

    def sort_and_settle(self) -> None:
        for asset, serial in SERIALS.items():
            self.done(f"{self.device(asset)}/triage", word="reuse" if asset < "ETB-0004" else "weee")
            self.done(f"{self.device(asset)}/bays", bays="1", empty="0")
            told = {"how": "destroyed", "reason": "crushed", "day": "2026-03-02", "serial": serial, "sure": "yes"}
            who = self.person("technician")
            self.done(f"{self.drive(serial)}/explain", operator=who, witness="Anne Le Bris", **told)


@pytest.fixture
def desk(workshop: Workshop, signed_in: Enter) -> Desk:
    return Desk(workshop, signed_in("lead"))


def test_a_lead_closes_a_lot_by_pages_and_the_donor_reads_the_report(desk: Desk, signed_in: Enter) -> None:
    assert "The lot has not been received yet" in desk.says(f"{LOT}/closing")
    desk.receive()
    closing = desk.says(f"{LOT}/closing")
    assert "Drive WD-0001: no bench has reported it" in closing
    assert desk.drive("WD-0001") in closing
    assert "5 units were received, and 0 have an outcome" in closing
    desk.sort_and_settle()
    assert "Nothing: every drive is explained" in desk.says(LOT)
    assert desk.post(f"{LOT}/close").status_code == 422
    desk.done(f"{LOT}/close", sure="yes", note="remis à la mairie")
    donor = signed_in("donor")
    page = donor.get(f"{LOT}/bilan/1").text
    assert "Closed by Camille Le Goff" in page
    assert "witness: Anne Le Bris" in page
    assert "damaged beyond use <strong>1</strong>" in page
    lot = donor.get(LOT).text
    assert "Report of the closing, version 1" in lot
    assert "announced less received" in lot
    document = donor.get(f"{LOT}/bilan/1.json").json()
    assert (document["drives"]["destroyed"], document["gap"]) == (5, 1)
    assert "Usine" not in page + lot
    record = desk.drive("WD-0001")
    for lang, day in (("en", "2 Mar 2026"), ("fr", "02/03/2026")):
        donor.cookies.set("etabli-lang", lang)
        desk.client.cookies.set("etabli-lang", lang)
        for shown in (donor.get(f"{LOT}/bilan/1").text, desk.says(record)):
            text = shown.replace("\N{NO-BREAK SPACE}", " ")
            assert f" · {day} · " in text
            assert " · 2026-03-02 · " not in text


def test_a_donor_of_another_lot_finds_no_report(desk: Desk, signed_in: Enter) -> None:
    desk.receive()
    desk.sort_and_settle()
    desk.done(f"{LOT}/close", sure="yes")
    stranger = signed_in("other donor")
    for path in (f"{LOT}/bilan/1", f"{LOT}/bilan/1.json", "/lots/NONE/bilan/1", "/lots/USINE-01/bilan/1"):
        assert stranger.get(path).status_code == 404
    for path in (f"{LOT}/life", f"{LOT}/account", f"{LOT}/closing", desk.drive("WD-0001"), "/lots/NONE/closing"):
        assert stranger.get(path).status_code == 403  # whether it exists or not
    for version in ("2", "0", "-1", "x", "9" * 30):
        assert desk.client.get(f"{LOT}/bilan/{version}").status_code == 404


def test_what_comes_after_the_closing_is_said_and_the_report_stays(desk: Desk) -> None:
    desk.receive()
    desk.sort_and_settle()
    desk.done(f"{LOT}/close", sure="yes")
    before = desk.client.get(f"{LOT}/bilan/1.json").content
    bench = desk.workshop.bench
    bench.give(
        desk.workshop.hub,
        bench.erasure("WD-0001", asset="ETB-0001", verdict="FAILED", reasons=(("MISMATCH", "LBA 7"),)),
    )
    page = desk.says(f"{LOT}/closing")
    assert "Since it was closed, something came up" in page
    assert "a bench saw it although a record says it is gone" in page
    assert desk.client.get(f"{LOT}/bilan/1.json").content == before
    assert desk.post(f"{LOT}/reopen").status_code == 422
    desk.done(f"{LOT}/reopen", reason="un disque est revenu")
    assert "The lot was reopened after this report" in desk.says(f"{LOT}/bilan/1")


def test_a_form_that_is_refused_says_why_and_keeps_what_was_typed(desk: Desk) -> None:
    desk.receive()
    told = {"how": "destroyed", "reason": "drilled", "day": "2026-03-02", "serial": "WRONG-1", "sure": "yes"}
    who = desk.person("technician")
    answer = desk.post(f"{desk.drive('WD-0001')}/explain", operator=who, witness="Anne", **told)
    assert answer.status_code == 422
    assert "not the serial of the drive on record" in answer.text
    assert 'value="WRONG-1"' in answer.text
    for path, fields, says in (
        (f"{LOT}/life", {"after": "closed"}, "does not go from"),
        (f"{LOT}/life", {"after": "ready"}, "cannot be closed"),
        (f"{LOT}/counts", {"step": "received", "kind": "laptop", "number": "many"}, "a count has"),
        (f"{desk.device('ETB-0001')}/triage", {"word": "moon"}, "choose where the device goes"),
        (f"{desk.device('ETB-0001')}/bays", {"bays": "1", "empty": "2"}, "a device has 0 to 64"),
        (f"{desk.device('ETB-0001')}/step", {"word": "out"}, "leaves by an exit"),
        (f"{desk.device('ETB-0001')}/drives", {"serial": ""}, "say in words what was seen"),
        (f"{desk.device('ETB-0001')}/said/withdraw", {"said": "999", "reason": "x"}, "no such word"),
        (f"{desk.drive('WD-0001')}/withdraw", {"record": "999", "reason": "x"}, "no such record"),
    ):
        answer = desk.post(path, **fields)
        assert answer.status_code in {404, 409, 422}, path
        assert says in answer.text, path


def test_a_technician_attests_an_absence_and_is_offered_no_destruction(desk: Desk, signed_in: Enter) -> None:
    technician = Desk(desk.workshop, signed_in("technician"))
    path = technician.drive("WD-0001")
    page = technician.says(path)
    assert "Attest the absence" in page
    assert "Record the destruction" not in page
    assert technician.post(f"{path}/explain", how="lost", sure="yes").status_code == 403
    technician.done(f"{path}/explain", how="absent", reason="bay-empty", sure="yes")
    assert "no drive, attested" in technician.says(path)
    record = technician.says(path).split('name="record" value="')[1].split('"')[0]
    technician.done(f"{path}/withdraw", record=record, reason="mal vu")
    assert "mal vu" in technician.says(path)
    assert technician.post(f"{path}/explain", how="absent", reason="bay-empty").status_code == 422


def test_a_drive_of_another_lot_is_not_explained_through_this_one(desk: Desk) -> None:
    foreign = desk.drive("TO-9001")
    assert desk.client.get(foreign).status_code == 404
    assert desk.post(f"{foreign}/explain", how="absent", reason="bay-empty", sure="yes").status_code == 404


def test_the_devices_of_a_lot_are_listed_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.pages import triage_pages

    monkeypatch.setattr(triage_pages, "SIZE", 2)
    seen, path = [], f"{LOT}/devices"
    while path:
        page = desk.says(path)
        seen += [asset for asset in SERIALS if asset in page]
        path = page.split('href="' + LOT + "/devices?after=")[-1].split('"')[0] if "Next devices" in page else ""
        path = path and f"{LOT}/devices?after={path}"
    assert sorted(seen) == sorted(SERIALS)


def test_a_loose_drive_is_asked_for_no_places_for_drives(desk: Desk) -> None:
    path = desk.device("ETB-0001")
    assert f'action="{path}/bays"' in desk.says(f"{path}/triage")
    desk.done(f"{path}/bays", bays="0", empty="0")  # as the form offered it for a loose drive
    with desk.workshop.session() as session, session.begin():
        device = session.query(Device).filter_by(asset="ETB-0001").one()
        device.kind = "drive"
    with desk.workshop.session() as session:
        device = session.query(Device).filter_by(asset="ETB-0001").one()
        lead = desk.workshop.person(session, "lead")
        found = blockers(session, lead, device.lot)
        assert [one.device.asset for one in found if one.block is Block.BAYS and one.device] == []
        assert "WD-0001" in [one.line.drive.serial for one in found if one.line is not None]
    page = desk.says(f"{path}/triage")
    assert f'action="{path}/triage"' in page
    assert f'action="{path}/bays"' not in page
    answer = desk.post(f"{path}/bays", bays="1", empty="0")
    assert (answer.status_code, "a loose drive has no places for drives" in answer.text) == (422, True)


def test_steps_are_taken_back_by_a_button(desk: Desk) -> None:
    desk.done(f"{LOT}/life", after="collected", note="<b>palette</b>")
    page = desk.says(f"{LOT}/life")
    assert "&lt;b&gt;palette&lt;/b&gt;" in page
    desk.done(f"{LOT}/life/undo")
    with desk.workshop.session() as session:
        assert session.query(Lot).filter_by(code="MAIRIE-01").one().state == "announced"
    assert "Take the last step back" not in desk.says(f"{LOT}/life")


@pytest.mark.parametrize("sentence", LOT_SENTENCES)
def test_what_the_services_say_is_said_in_french(sentence: str) -> None:
    facts = {"code": "LOT-1", "before": "ready", "after": "closed", "most": "64", "n": "3", "rule": "x", "problem": "x",
             "series": "A", "why": "x"}  # fmt: skip
    assert in_words(sentence % facts, "fr") != sentence % facts


def test_the_sentences_of_the_services_are_all_listed() -> None:
    """Whatever the rooms of lots and triage raise has its pattern."""
    import re
    from pathlib import Path

    from hub.lots import life

    folder = Path(life.__file__).parent
    files = [folder / f"{name}.py" for name in ("life", "counts", "closing", "explaining")]
    files.append(folder.parent / "devices" / "triage.py")
    raised = re.compile(r'raise \w+\(\s*f?"([^"]+)"')
    found = [said for file in files for said in raised.findall(file.read_text(encoding="utf-8"))]
    assert len(found) > 45
    shown = {re.sub(r"%\(\w+\)s", "*", one) for one in LOT_SENTENCES}
    known = {"no such drive", "its storage is soldered: it is counted as one place, and never as an empty one"}
    assert {re.sub(r"\{[^}]+\}", "*", one) for one in found} - shown - known == set()
