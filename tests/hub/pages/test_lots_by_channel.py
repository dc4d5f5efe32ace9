"""The list of lots by the way they came: the filter stays while its pages are turned, and a donor has none."""

import re
from collections.abc import Callable

import pytest

from hub.intake.channels import set_channel
from hub.lots import overview
from hub.lots.service import create_lot
from hub.models import Lot
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]


@pytest.fixture
def lots(worked: tuple[Workshop, dict[str, str]]) -> Workshop:
    """Three more lots that were collected, one of an event; of the two of the workshop nobody has said it."""
    workshop, _ids = worked
    with workshop.session() as session, session.begin():
        lead = workshop.person(session, "lead")
        for code, word in (("COL-1", "collection"), ("COL-2", "event"), ("COL-3", "collection"), ("EVT-1", "event")):
            set_channel(session, lead, create_lot(session, code, "CAF", "", lead), word)
        set_channel(session, lead, session.query(Lot).filter_by(code="COL-2").one(), "collection")
    return workshop


def codes(page: str) -> list[str]:
    return re.findall(r'href="/lots/([\w-]+)"', page.partition("<tbody>")[2].partition("</tbody>")[0])


def test_the_list_shows_the_lots_that_came_one_way(lots: Workshop, signed_in: Enter) -> None:
    lead = signed_in("lead")
    assert codes(lead.get("/lots?channel=event").text) == ["EVT-1"]
    assert codes(lead.get("/lots?channel=collection").text) == ["COL-3", "COL-2", "COL-1"]
    assert set(codes(lead.get("/lots?channel=unsaid").text)) == {"MAIRIE-01", "USINE-01"}
    assert len(codes(lead.get("/lots?channel=no-such-way").text)) == 6
    assert '<option value="event" selected>' in lead.get("/lots?channel=event").text
    assert "No lot came this way" in lead.get("/lots?channel=bin", headers={"Accept-Language": "en"}).text


def test_turning_the_pages_keeps_the_filter(lots: Workshop, signed_in: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "SIZE", 1)
    lead, path, found = signed_in("lead"), "/lots?channel=collection", list[str]()
    while path:
        page = lead.get(path).text
        found += codes(page)
        turned = re.search(r'href="(/lots\?channel=collection&amp;after=[\w-]+)"', page)
        path = turned[1].replace("&amp;", "&") if turned else ""
    assert found == ["COL-3", "COL-2", "COL-1"]
    assert 'href="/lots?channel=collection"' in page


def test_a_donor_is_not_asked_and_not_answered(lots: Workshop, signed_in: Enter) -> None:
    page = signed_in("donor").get("/lots?channel=event").text
    assert codes(page) == ["MAIRIE-01"]
    assert 'name="channel"' not in page
