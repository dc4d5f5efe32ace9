"""Tags from the series to the search: issued, printed, read by an independent decoder, and found."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.lots.service import apply_import, lot_for
from hub.tags import series
from hub.tags.own_codes import tag_code
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop
from tests.seeds.desk import Desk
from tests.station_agent.labels.faces import codes_on

Enter = Callable[[str], TestClient]
SMALL = "a4-65-38x21"
needs_renderer = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")


@pytest.mark.world
@needs_renderer
def test_a_printed_tag_is_read_and_leads_to_its_device(workshop: Workshop, signed_in: Enter, tmp_path: Path) -> None:
    lead = Desk(signed_in("lead"))
    page = lead.done("/tags", series="BR", number="3", sheet=SMALL, start="7", each="3")
    assert tag_code("BR000001") in page
    printed = codes_on(lead.client.get("/tags/1.pdf").content, tmp_path, 200)
    assert set(printed) == {f"http://testserver/t/{tag_code(f'BR00000{number}')}" for number in (1, 2, 3)}
    listed = f"étiquette;type;disque série\n{series.body('BR', 2)};portable;NEW-DRIVE-77\n"
    with workshop.session() as session, session.begin():
        someone = workshop.person(session, "lead")
        apply_import(session, lot_for(session, someone, "MAIRIE-01"), listed, someone)
    scanned = next(code for code in printed if "BR000002" in code)
    answer = lead.client.get("/search", params={"q": scanned}, follow_redirects=True)
    assert "BR000002" in answer.text
    assert "NEW-DRIVE-77" in answer.text, "one hit leads to the page of the device"
    again = lead.send("/tags/again", codes=scanned, sheet="a4-24-70x37", start="24", each="1")
    assert set(codes_on(again.content, tmp_path, 150)) == {scanned}
    assert (
        "no device with this tag"
        in lead.send("/tags/again", codes="BR000009", sheet="a4-24-70x37", start="1", each="1").text
    )
