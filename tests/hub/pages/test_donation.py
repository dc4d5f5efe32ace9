"""What a donor takes home: files that hold what the page shows, and cells that no spreadsheet runs."""

import csv
import io
from collections.abc import Callable

import pytest

from hub.devices import triage
from hub.exported.cells import marked
from hub.models import Device, Drive
from hub.sheets import sheet
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/c calc'!A1", '=HYPERLINK("x";"y")')


def rows_of(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_is_a_formula_and_no_cell_is_lost(cell: str) -> None:
    found = rows_of(sheet(("a", "b"), [{"a": cell, "b": 'x;"y"\n\ud800'}]))
    assert found[0]["a"] == f"'{cell}"
    assert found[0]["b"].startswith('x;"y"\n')
    assert marked("plain =1") == "plain =1"


def test_devices_and_drives_are_the_same_in_both_formats(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    workshop, _ids = worked
    with workshop.session() as session, session.begin():
        device = session.query(Device).filter_by(asset="ETB-0001").one()
        device.maker = FORMULAS[0]
        triage.dispose(session, workshop.person(session, "lead"), device, "reuse")
        session.query(Drive).filter_by(serial="ST-0004").one().model = FORMULAS[3]
    donor = signed_in("donor")
    for word, formula in (("devices", "=1+1"), ("drives", "@SUM(A1)")):
        answer = donor.get(f"/lots/MAIRIE-01/{word}.csv")
        assert f'filename="{word}-MAIRIE-01.csv"' in answer.headers["content-disposition"]
        listed, document = rows_of(answer.content), donor.get(f"/lots/MAIRIE-01/{word}.json").json()
        assert document["schema"] == f"etabli.{word}/1"
        assert listed == [{name: marked(cell) for name, cell in row.items()} for row in document[word]]
        assert f"'{formula}" in str(listed)
        assert "USN" not in answer.text
        assert "TO-9001" not in answer.text
    device = next(
        row for row in donor.get("/lots/MAIRIE-01/devices.json").json()["devices"] if row["tag"] == "ETB-0001"
    )
    assert (device["outcome"], device["drives"], device["drive_serials"]) == ("reuse", "1", "WD-0001")


def test_the_page_says_estimate_and_the_list_has_room_for_the_value(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    workshop, _ids = worked
    with workshop.session() as session, session.begin():
        lead = workshop.person(session, "lead")
        for tag in ("ETB-0001", "ETB-0003"):
            triage.dispose(session, lead, session.query(Device).filter_by(asset=tag).one(), "reuse")
    donor = signed_in("donor")
    page = donor.get("/lots/MAIRIE-01").text.replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "Impact of the reuse (estimate)",
        "81 kg",
        "without desktop computer",
        "fr-ademe-2022-09",
        'class="bars"',
    ):
        assert words in page
    told = donor.get("/lots/MAIRIE-01/impact.json").json()["impact"]
    assert (told["estimate"], told["frozen"], told["avoided"]["co2e_g"]["grams"]) == (True, False, 81_000)
    listed = rows_of(donor.get("/lots/MAIRIE-01/donation.csv").content)
    assert len(listed) == 5
    assert listed[0]["declared value (filled in by the donor)"] == ""
    assert "PF1ABCDE" in donor.get("/lots/MAIRIE-01/donation").text
    (workshop.hub.settings.data_dir / "factors.toml").write_text("nonsense")
    assert donor.get("/lots/MAIRIE-01").status_code == 200
    assert donor.get("/lots/MAIRIE-01/impact.json").status_code == 422
