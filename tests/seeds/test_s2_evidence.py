"""Rows S2-5, S2-14, S0-7 through the pages: reports of other erasers, parts with their origin, the audit file."""

import csv
import io
from collections.abc import Callable

import pytest

from hub.models import Device, Drive
from tests.asgi import TestClient
from tests.hub.foreign_reports import blancco, nwipe_log, serial_entry
from tests.hub.pages.workshop import Workshop
from tests.seeds.desk import Desk

Enter = Callable[[str], TestClient]
LOT = "MAIRIE-01"
WHY = "rapport de l'atelier partenaire"


@pytest.fixture
def technician(workshop: Workshop, signed_in: Enter) -> Desk:
    return Desk(signed_in("technician"))


@pytest.fixture
def lead(workshop: Workshop, signed_in: Enter) -> Desk:
    return Desk(signed_in("lead"))


def device(workshop: Workshop, tag: str) -> str:
    with workshop.session() as session:
        return session.query(Device).filter_by(asset=tag).one().id


def drive(workshop: Workshop, serial: str) -> str:
    with workshop.session() as session:
        return session.query(Drive).filter_by(serial=serial).one().id


def row_of(page: str, serial: str) -> str:
    """The row of the account that tells of a drive."""
    return next(row for row in page.split("<tr")[1:] if f">{serial}<" in row)


@pytest.mark.parametrize(
    ("report", "serial"),
    [(nwipe_log(), "WD-0001"), (blancco({"serial": serial_entry("ST-0002"), "state": "Successful"}), "ST-0002")],
)
def test_s2_5_a_report_of_another_eraser_counts_by_decision_and_never_as_erased_here(
    *, workshop: Workshop, technician: Desk, lead: Desk, report: bytes, serial: str
) -> None:
    lead.done(f"/lots/{LOT}/life", after="received", day="2026-03-01")
    answer = technician.send(f"/lots/{LOT}/reports", files={"file": ("report", report)})
    path = answer.headers["location"].split("?")[0]
    assert serial in technician.read(path)
    before = row_of(lead.read(f"/lots/{LOT}/account"), serial)
    accept = {"word": "accepted", "drive": drive(workshop, serial), "reason": WHY}
    at = lead.read(path).split(f'action="{path}/lines/')[1].split('"')[0]
    assert technician.send(f"{path}/lines/{at}", **accept).status_code == 403
    lead.done(f"{path}/lines/{at}", **accept)
    after = row_of(lead.read(f"/lots/{LOT}/account"), serial)
    assert "imported" in after.lower()
    assert "imported" not in before.lower()


def test_s2_14_a_repair_takes_a_part_that_tells_its_origin(workshop: Workshop, technician: Desk, lead: Desk) -> None:
    giver, taker = device(workshop, "ETB-0001"), device(workshop, "ETB-0002")
    technician.done(f"/devices/{giver}/work", act="take", kind="keyboard", what="AZERTY gris")
    stock = technician.read("/parts")
    assert "AZERTY gris" in stock
    assert f'href="/devices/{giver}/work">ETB-0001<' in stock
    number = stock.split('action="/parts/')[1].split("/")[0]
    technician.done(f"/devices/{taker}/work", act="miss", kind="keyboard", note="touche A")
    assert "touche A" in lead.read("/parts")
    need = lead.read(f"/devices/{taker}/work").split('<select id="need"')[1].split('value="')[2].split('"')[0]
    page = technician.done(f"/devices/{taker}/work", act="repair", action="keyboard", part=number, need=need)
    assert "Lou Kervella" in page
    after = lead.read("/parts")
    assert "AZERTY gris" not in after
    assert "touche A" not in after
    again = technician.send(f"/devices/{giver}/work", act="repair", action="keyboard", part=number)
    assert again.status_code == 409


def test_s0_7_the_audit_leaves_in_the_layout_that_its_reader_asks_for(
    workshop: Workshop, technician: Desk, lead: Desk
) -> None:
    workshop.work()
    example = lead.client.get("/exports/example.toml").content
    own = example.replace(b"example-register", b"audit").replace(b"N\xc2\xb0 d'inventaire", b"Reference")
    lead.done("/exports/mappings", files={"file": ("audit.toml", own)})
    key = lead.read("/exports").split("audit 1")[0].rpartition('value="')[2].split('"')[0]
    answer = lead.send("/exports/mapped", mapping=key, lot=LOT)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert {row["Reference"] for row in rows} == {f"ETB-000{n}" for n in range(1, 6)}
    assert {row["Lot"] for row in rows} == {LOT}
