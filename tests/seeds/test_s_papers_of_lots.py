"""Rows of the seeds about the papers of a lot: what left, what was destroyed, what the donor and anybody can check."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from certificates.verdicts import Verdict, judge
from hub.pages.formats import day_text
from hub.stations.trust import trust_of
from tests.asgi import TestClient
from tests.hub.pages.workshop import EMAILS, PASSWORD, Workshop

LOT = "MAIRIE-01"
TAGS = ("ETB-0001", "ETB-0002", "ETB-0003", "ETB-0004", "ETB-0005")
DAY = "2026-03-02"


class House:
    """A workshop at its pages: every act is a form that somebody of that role fills in."""

    def __init__(self, folder: Path) -> None:
        self.shop = Workshop(folder)
        self.clients = {who: self._enter(who) for who in ("lead", "technician", "donor")}

    def _enter(self, who: str) -> TestClient:
        client = TestClient(self.shop.app, follow_redirects=False, cookies={"etabli-lang": "en"})
        assert client.post("/sign-in", data={"email": EMAILS[who], "password": PASSWORD}).status_code == 303
        return client

    def get(self, path: str, who: str = "lead") -> Any:
        return self.clients[who].get(path)

    def page(self, path: str, who: str = "lead") -> str:
        answer = self.get(path, who)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def post(self, path: str, who: str = "lead", status: int = 303, **told: str) -> Any:
        client = self.clients[who]
        token = client.get("/help").text.split('name="csrf" value="')[1].split('"')[0]
        answer = client.post(path, data={"csrf": token, **told})
        assert answer.status_code == status, answer.text.split("<main")[-1][:1500]
        return answer

    def device(self, tag: str) -> str:
        return str(self.get(f"/search?q={tag}").headers["location"].split("/devices/")[1])

    def drive(self, serial: str) -> str:
        """The address of a drive of the lot's account."""
        rows = self.page(f"/lots/{LOT}/account").split('<a class="code" href="')[1:]
        return next(row.split('"')[0] for row in rows if f">{serial}<" in row)

    def receive(self) -> None:
        self.post(f"/lots/{LOT}/life", after="received")
        for kind, number in (("laptop", "4"), ("desktop", "1")):
            for step in ("announced", "received"):
                self.post(f"/lots/{LOT}/counts", step=step, kind=kind, number=number)

    def sort(self, tag: str, word: str) -> None:
        device = self.device(tag)
        self.post(f"/devices/{device}/triage", word=word)
        if word != "weee":  # those are opened later: what is found in them is counted then
            self.post(f"/devices/{device}/bays", bays="1", empty="0")

    def erase(self, serial: str, tag: str, verdict: str = "ERASED", lot: str = LOT) -> str:
        reasons = () if verdict == "ERASED" else (("WRITE_ERROR", "EIO"),)
        payload = self.shop.bench.erasure(serial, asset=tag, verdict=verdict, lot=lot, reasons=reasons)
        return self.shop.bench.give(self.shop.hub, payload)

    def approve(self, statement: str) -> None:
        self.post(f"/queue/{statement}/approve", sure="yes")

    def destroy(self, drive: str, status: int = 303, **told: str) -> Any:
        page = self.page(self.drive(drive))
        option = page.split('name="operator" required>')[1].split("</select>")[0]
        lou = next(one.split('"')[0] for one in option.split('value="')[1:] if "Lou" in one)
        said = {"how": "destroyed", "reason": "drilled", "day": DAY, "serial": drive, "operator": lou,
                "witness": "Anne Le Bris", "sure": "yes", "reference": "PV 12"}  # fmt: skip
        return self.post(f"{self.drive(drive)}/explain", status=status, **{**said, **told})

    def leave(self, mode: str, *tags: str, status: int = 303, **head: str) -> tuple[str, Any]:
        number = (
            self.post("/new-exit", mode=mode, day=DAY, **head).headers["location"].split("/exits/")[1].split("?")[0]
        )
        return number, self.post(f"/exits/{number}/devices", status=status, tags="\n".join(tags))

    def settle(self) -> None:
        """Three erased and for reuse; two for waste, with one drive destroyed and one that was never there."""
        self.receive()
        for tag, serial in zip(TAGS[:3], ("WD-0001", "ST-0002", "KX-0003"), strict=True):
            self.sort(tag, "reuse")
            self.approve(self.erase(serial, tag))
        for tag in TAGS[3:]:
            self.sort(tag, "weee")
        self.destroy("ST-0004")
        self.post(f"/devices/{self.device(TAGS[3])}/bays", bays="1", empty="0")
        self.post(f"/devices/{self.device(TAGS[4])}/bays", bays="1", empty="0")
        path = f"{self.drive('SA-0005')}/explain"
        self.post(path, "technician", how="absent", reason="bay-empty", sure="yes")

    def recycle(self) -> str:
        number, _answer = self.leave(
            "weee", *TAGS[3:], receiver="Recyclage du Port", receiver_siret="12345678900012", producer="Éco X",
            producer_siren="123456789", carrier="Transports Abgrall",
        )  # fmt: skip
        self.post(f"/exits/{number}/mass", "technician", category="2", kg="4,2")
        self.post(f"/exits/{number}/bsd", "technician", bsd="BSD-2026-77", day=DAY, treatment="R4")
        return number

    def close(self) -> dict[str, Any]:
        self.post(f"/lots/{LOT}/close", sure="yes")
        found: dict[str, Any] = self.get(f"/lots/{LOT}/bilan/1.json", "donor").json()
        return found

    def judged(self, data: bytes) -> Any:
        with self.shop.session() as session:
            return judge(data, trust_of(session))


@pytest.fixture
def house(tmp_path: Path) -> Any:
    made = House(tmp_path / "hub")
    yield made
    made.shop.hub.engine.dispose()


def test_s1_5_e_waste_leaves_with_weight_producer_organisation_and_slip(house: House) -> None:
    house.settle()
    number = house.recycle()
    sheet = house.get("/register.csv", "technician").content.decode("utf-8-sig").splitlines()
    line = dict(zip(sheet[0].split(";"), sheet[1].split(";"), strict=True))
    told = ("exit", "is waste", "category of equipment", "waste code", "units", "weight (g)", "destination",
            "SIRET of the destination", "carrier", "SIREN of the producer organisation",
            "number of the waste slip (BSD)", "treatment code")  # fmt: skip
    assert [line[name] for name in told] == [
        number, "yes", "2", "16 02 13*", "2", "4200", "Recyclage du Port", "12345678900012", "Transports Abgrall",
        "123456789", "BSD-2026-77", "R4",
    ]  # fmt: skip
    page = house.page(f"/lots/{LOT}/weee", "donor")
    assert "4.2" in page
    assert all(word in page for word in ("BSD-2026-77", "Éco X", "Recyclage du Port"))


def test_s1_13_the_donor_reads_a_frozen_report_with_everything_in_it(house: House) -> None:
    house.settle()
    house.recycle()
    house.leave("gift", *TAGS[:3])
    report = house.close()
    assert report["schema"] == "etabli.bilan/3"
    assert report["reuse"] == {"indicator": "K-3", "exits": 3, "received": 5}
    assert [(one["mode"], one["units"], one["bsd"] and one["bsd"]["number"]) for one in report["exits"]] == [
        ("weee", 2, "BSD-2026-77"), ("gift", 3, None),
    ]  # fmt: skip
    assert [(one["category"], one["grams"], one["pro_rata"]) for one in report["weee"]] == [("2", 4200, False)]
    assert (report["drives"]["erased-clear"], report["drives"]["destroyed"], report["drives"]["absent"]) == (3, 1, 1)
    assert len(report["certificates"]) == 3
    assert report["impact"]["factors"]
    assert report["not_erased"] == []
    assert report["convention"]["held"] == "missing"
    page = house.page(f"/lots/{LOT}/bilan/1", "donor")
    assert all(word in page for word in ("BSD-2026-77", "3 / 5", "ETB-2026-000001"))


def test_s2_4_a_drive_that_fails_is_destroyed_with_a_signed_paper_and_never_erased(house: House) -> None:
    house.receive()
    house.erase("KX-0003", "ETB-0003", "FAILED")
    assert "two people" in house.destroy("KX-0003", 422, witness="Lou Kervella").text
    house.destroy("KX-0003")
    page = house.page(f"/lots/{LOT}/papers", "donor")
    path = page.split('href="/papers/')[1].split('"')[0]
    paper = house.page(f"/papers/{path}", "donor")
    assert "It is no statement of an erasure" in paper
    assert "Anne Le Bris" in paper
    for name in (f"/papers/{path}.pdf", f"/papers/{path}.pdf?lang=fr", f"/papers/{path}.json"):
        data = house.get(name, "donor").content
        found = house.judged(data)
        assert (found.verdict, found.statement.kind) == (Verdict.VALID, "attestation")
        assert house.get(name, "donor").content == data, "never rendered again"
        assert house.judged(data[:-300] + b"x" + data[-299:]).verdict is Verdict.INVALID


def test_s2_4_a_paper_whose_record_was_taken_back_is_revoked_or_superseded(house: House) -> None:
    house.receive()
    house.destroy("KX-0003", serial="", unreadable="yes", note="plateaux pliés")
    first = house.page(f"/lots/{LOT}/papers").split('href="/papers/')[1].split('"')[0]
    drive = house.drive("KX-0003")
    record = house.page(drive).split('name="record" value="')[1].split('"')[0]
    house.post(f"{drive}/withdraw", record=record, reason="mauvais disque")
    public = TestClient(house.shop.app, cookies={"etabli-lang": "en"})
    assert "revoked" in public.get(f"/verify/{first}").text
    house.destroy("KX-0003")
    page = house.page(f"/lots/{LOT}/papers", "donor")
    assert "superseded" in page
    assert "ETB-D-2026-000002" in page
    told = public.get(f"/verify/{first}").text
    assert "superseded" in told
    assert all(word not in told for word in ("Anne Le Bris", "Mairie", "Lou Kervella"))


def test_s2_20_what_fails_later_is_told_to_the_donor_who_reads_the_same_numbers(house: House) -> None:
    house.settle()
    house.approve(house.erase("NEW-0009", ""))
    house.close()
    assert "speaks against" not in house.page(f"/lots/{LOT}", "donor")
    house.erase("NEW-0009", "", "FAILED", lot="USINE-01")
    for path in (f"/lots/{LOT}", f"/lots/{LOT}/bilan/1"):
        page = house.page(path, "donor")
        assert "speaks against these drives" in page
        assert "NEW-0009" in page
        assert "Usine" not in page
    flagged = house.page("/waiting/contradicted")
    assert "NEW-0009" in flagged
    assert f"lot {LOT} was closed" in flagged
    mine, theirs = (house.get(f"/lots/{LOT}/drives.csv", who).content for who in ("lead", "donor"))
    assert mine == theirs
    assert b"NEW-0009;WDC WD5000LPLX;;open" in mine


def test_s3_5_each_exit_has_a_mode_and_each_change_of_mind_a_reason(house: House) -> None:
    house.settle()
    _number, answer = house.leave("gift", TAGS[3], status=409)
    assert "its triage sends it elsewhere" in answer.text
    house.post(f"/devices/{house.device(TAGS[3])}/triage", status=422, word="reuse")
    number, _answer = house.leave("gift", TAGS[0])
    line = house.page(f"/exits/{number}").split('name="line" value="')[1].split('"')[0]
    house.post(f"/exits/{number}/withdraw", status=422, line=line, reason="")
    house.post(f"/exits/{number}/withdraw", line=line, reason="mauvaise étiquette")
    register = house.page("/register")
    assert "taken back" in register
    assert "not waste" in register


def test_s3_9_no_exit_lets_out_a_drive_that_nobody_explained(house: House) -> None:
    house.receive()
    for tag, mode in zip(TAGS, ("gift", "weee", "parts", "waste", "returned"), strict=True):
        house.sort(tag, {"gift": "reuse"}.get(mode, mode))
        told = {"receiver": "X", "producer": "Y", "receipt": "reçu 4"}
        _number, answer = house.leave(mode, tag, status=409, **told)
        assert "is not explained: it does not leave" in answer.text


def test_s4_1_one_file_holds_all_proofs_of_a_lot_and_each_can_be_checked(house: House) -> None:
    house.settle()
    house.recycle()
    house.close()
    answer = house.get(f"/lots/{LOT}/pack.zip", "donor")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        names = set(found.namelist())
        assert {"README.txt", "trust.json", "bilan-1.json", "drives.csv", "devices.csv", "label.json"} <= names
        files = [name for name in names if name.startswith(("certificates/", "papers/"))]
        proofs = {name for name in files if name.endswith(".proof.json")}
        assert (len(files), len(proofs)) == (3 * 3 + 2 * 2, 3)
        assert {house.judged(found.read(name)).verdict for name in {*files} - proofs} == {Verdict.VALID}
        facts = json.loads(found.read("label.json"))
    assert (facts["certificates"], facts["drives_now"]["destroyed"], facts["drives_now"]["absent"]) == (3, 1, 1)
    assert house.get("/lots/USINE-01/pack.zip", "donor").status_code == 404


def test_s4_2_a_lot_tells_announced_received_and_refused_beside_its_convention(house: House) -> None:
    house.receive()
    house.post(f"/lots/{LOT}/counts", step="refused:damaged", kind="laptop", number="2")
    page = house.page(f"/lots/{LOT}")
    assert "No signed convention" in page
    told = house.page(f"/lots/{LOT}", "donor")
    assert "refused" in told
    assert "damaged beyond use" in told


def test_s2_31_each_movement_has_a_slip_a_weight_and_its_place_in_the_register(house: House) -> None:
    house.settle()
    number = house.recycle()
    assert "Recyclage du Port" in house.page(f"/exits/{number}/slip")
    page = house.page("/register")
    assert all(word in page for word in ("BSD-2026-77", "Transports Abgrall", "16 02 13*", day_text(DAY, "en")))
    assert house.get("/register.xlsx").content.startswith(b"PK")
    drive = house.drive("WD-0001")
    assert "came with" in house.page(f"{drive}/history")
