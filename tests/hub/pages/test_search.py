"""The box for codes: in every bar, straight to one thing, a list of several, and what was looked for in vain."""

from collections.abc import Callable

import pytest

from hub.models import Device, Drive, Lot
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
HOSTILE = "<script>alert(1)</script>"


@pytest.mark.parametrize("who", ["lead", "technician", "admin", "donor"])
def test_the_box_stands_on_every_page_of_who_is_signed_in(signed_in: Enter, who: str) -> None:
    for path in ("/", "/lots", "/help"):
        page = signed_in(who).get(path).text
        assert page.count('role="search"') == 1
        assert 'id="find" name="q"' in page


def test_a_visitor_has_no_box_and_is_asked_to_sign_in(visitor: TestClient) -> None:
    assert 'role="search"' not in visitor.get("/help").text
    answer = visitor.get("/search?q=WD-0001")
    assert answer.headers["location"].startswith("/sign-in?next=")


def test_one_hit_goes_straight_there(workshop: Workshop, signed_in: Enter) -> None:
    with workshop.session() as session:
        device = session.query(Device).filter(Device.asset == "ETB-0001").one().id
    for who in ("technician", "donor"):
        for code in ("etb-0001", "pf1abcde", "wd-0001%0D%0A"):
            answer = signed_in(who).get(f"/search?q={code}")
            assert (answer.status_code, answer.headers["location"]) == (303, f"/devices/{device}")
    assert signed_in("lead").get("/search?q=mairie-01").headers["location"] == "/lots/MAIRIE-01"


def test_several_hits_are_listed_with_their_lots(workshop: Workshop, signed_in: Enter) -> None:
    with workshop.session() as session, session.begin():
        for lot in session.query(Lot):
            session.add(Drive(serial="TWICE", model="KINGSTON", lot_id=lot.id, created=workshop.clock()))
    page = signed_in("lead").get("/search?q=twice").text
    assert "2 things have the code twice." in page
    assert 'href="/lots/MAIRIE-01"' in page
    assert 'href="/lots/USINE-01"' in page
    assert signed_in("donor").get("/search?q=twice").headers["location"] == "/lots/MAIRIE-01"


def test_nothing_found_says_what_was_looked_for(signed_in: Enter) -> None:
    lead = signed_in("lead")
    assert "Nothing has the code NO-SUCH-9" in lead.get("/search?q=NO-SUCH-9").text
    page = lead.get("/search", params={"q": HOSTILE + "\N{RIGHT-TO-LEFT OVERRIDE}"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Scan or type a whole code" in lead.get("/search?q=%20").text


def test_a_donor_is_told_nothing_of_what_others_gave(workshop: Workshop, signed_in: Enter) -> None:
    donor = signed_in("donor")
    for code in ("USINE-01", "USN-0001", "TO-9001", "Banc 1"):
        answer = donor.get("/search", params={"q": code})
        assert answer.status_code == 200
        assert f"Nothing has the code {code}" in answer.text
        assert workshop.hub is not None
