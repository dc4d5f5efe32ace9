"""Rows S2-17, S2-18 and S4-6: registers on paper, benches and places, the parts that a lot waits for."""

from collections.abc import Callable

import pytest

from hub.live.beats import SCHEMA, take_in
from hub.models import Device, Station
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop
from tests.seeds.desk import Desk

Enter = Callable[[str], TestClient]


@pytest.fixture
def lead(workshop: Workshop, signed_in: Enter) -> Desk:
    return Desk(signed_in("lead"))


@pytest.fixture
def technician(workshop: Workshop, signed_in: Enter) -> Desk:
    return Desk(signed_in("technician"))


def device_id(workshop: Workshop, tag: str) -> str:
    with workshop.session() as session:
        return session.query(Device).filter_by(asset=tag).one().id


def test_s2_17_what_was_written_on_the_printed_sheet_is_imported_after_a_look(lead: Desk) -> None:
    sheet = lead.read("/lots/MAIRIE-01/intake")
    columns = [part.split("</th>")[0] for part in sheet.split('<th scope="col" lang="fr">')[1:]]
    assert columns == ["étiquette", "type", "marque", "modèle", "numéro de série", "disque série"]
    assert sheet.count('<th scope="row">') == 25
    assert lead.read("/lots/MAIRIE-01/intake?rows=60").count('<th scope="row">') == 60
    assert lead.read("/lots/MAIRIE-01/intake?rows=-3").count('<th scope="row">') == 25
    empty = lead.client.get("/lots/MAIRIE-01/intake.csv").content.decode("utf-8-sig")
    assert empty.strip().split(";") == columns
    typed = (
        empty + "ETB-0090;portable;Acer;Aspire;SN-0090;HD-0090\r\nETB-0001;portable;Lenovo;ThinkPad T480;PF1ABCDE;\r\n"
    )
    preview = lead.send("/lots/MAIRIE-01/import", files={"file": ("entree.csv", typed.encode(), "text/csv")})
    assert preview.status_code == 200, preview.text
    assert "Nothing is written yet." in preview.text
    assert "Apply: create 1 line" in preview.text
    assert "ETB-0090" not in lead.read("/lots/MAIRIE-01")
    hidden = {name: preview.text.split(f'name="{name}" value="')[1].split('"')[0] for name in ("content", "sha256")}
    page = lead.done("/lots/MAIRIE-01/import/apply", files={"none": ("", b"")}, **hidden)
    assert "1 created, 1 already known" in page
    assert "ETB-0090" in lead.read("/lots/MAIRIE-01")


def test_s2_18_the_benches_their_bays_and_the_places_of_devices_are_known(
    workshop: Workshop, lead: Desk, technician: Desk
) -> None:
    bench = workshop.ask_to_join("Borne 2")
    lead.done(f"/stations/{bench}/accept")
    assert "Borne 2" in lead.read("/stations")
    with workshop.session() as session, session.begin():
        station = session.query(Station).filter_by(name="Borne 2").one()
        drives = [
            {"state": "running", "slot": "7", "model": "HGST", "serial_end": "4711", "phase": "write", "percent": 42}
        ]
        station.heartbeat = take_in({"schema": SCHEMA, "slots": 8, "drives": drives})
        station.last_seen = workshop.clock()
    wall = technician.read("/live?wall=1")
    assert "Borne 2" in wall
    assert "HGST …4711" in wall
    assert "7 places are free." in wall
    technician.done("/scan", what="place", place="Entrepôt 1, rayon C", codes="ETB-0001\nETB-0002")
    assert technician.read("/lots/MAIRIE-01/board").count("Entrepôt 1, rayon C") == 2
    work = technician.read(f"/devices/{device_id(workshop, 'ETB-0001')}/work")
    assert "Entrepôt 1, rayon C" in work
    technician.done(f"/devices/{device_id(workshop, 'ETB-0001')}/work", act="place", place="Banc 3")
    board = technician.read("/lots/MAIRIE-01/board")
    assert "Banc 3" in board
    assert board.count("Entrepôt 1, rayon C") == 1


def test_s4_6_each_lot_has_its_list_of_parts_to_find_until_they_are_found(
    workshop: Workshop, lead: Desk, technician: Desk
) -> None:
    mine, other = device_id(workshop, "ETB-0001"), device_id(workshop, "USN-0001")
    technician.done(f"/devices/{mine}/work", act="miss", kind="screen", note="15 pouces mat")
    technician.done(f"/devices/{mine}/work", act="miss", kind="keyboard", note="AZERTY USB")
    technician.done(f"/devices/{other}/work", act="miss", kind="screen", note="24 pouces")
    listed = lead.read("/parts?lot=MAIRIE-01").split("In stock</h2>")[0]
    assert "15 pouces mat" in listed
    assert "AZERTY USB" in listed
    assert "24 pouces" not in listed
    assert "24 pouces" in lead.read("/parts")
    lead.done("/parts", kind="screen", origin="given", what="HP 15 pouces")
    page = technician.read(f"/devices/{mine}/work")
    part = page.split('name="part"')[1].split('<option value="')[2].split('"')[0]
    need = next(one for one in page.split('name="need"')[1].split('<option value="')[2:] if "15 pouces" in one)
    technician.done(f"/devices/{mine}/work", act="repair", action="screen", part=part, need=need.split('"')[0])
    listed = lead.read("/parts?lot=MAIRIE-01").split("In stock</h2>")[0]
    assert "15 pouces mat" not in listed
    assert "AZERTY USB" in listed
    assert lead.client.get("/parts?lot=NOWHERE").status_code == 404
