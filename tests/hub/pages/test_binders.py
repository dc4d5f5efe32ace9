"""All certificates of a lot as one PDF, in front of the donor: asked, followed, fetched."""

from collections.abc import Callable

import pytest

from hub.bound import Binder
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]


@pytest.fixture
def certified(worked: tuple[Workshop, dict[str, str]], signed_in: Enter, token_of: Token) -> Workshop:
    workshop, ids = worked
    lead = signed_in("lead")
    for serial in ("WD-0001", "ST-0002"):
        data = {"csrf": token_of(lead), "sure": "yes", "reason": "seen"}
        assert lead.post(f"/queue/{ids[serial]}/approve", data=data).status_code == 303
    return workshop


def test_a_donor_asks_for_the_file_follows_it_and_fetches_it(
    certified: Workshop, signed_in: Enter, token_of: Token
) -> None:
    donor = signed_in("donor")
    assert "All of them in one PDF" in donor.get("/lots/MAIRIE-01").text
    asked = donor.post("/lots/MAIRIE-01/binders", data={"csrf": token_of(donor), "lang": "en"})
    place = asked.headers["location"]
    page = donor.get(place).text
    assert '<meta http-equiv="refresh"' in page
    assert f'data-binder="{place}.json"' in page
    certified.app.state.binders.settle()
    told = donor.get(place + ".json").json()
    assert told == {"schema": "etabli.binder/1", "state": "ready", "done": 2, "total": 2}
    page = donor.get(place).text
    assert "refresh" not in page
    assert "<strong>1</strong> · erased with exceptions" in page
    answer = donor.get(place + ".pdf")
    assert answer.content.startswith(b"%PDF")
    assert 'filename="certificates-MAIRIE-01-en.pdf"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert place in signed_in("lead").get("/lots/MAIRIE-01").text
    sent = donor.post(
        "/verify", files={"file": ("x.pdf", answer.content, "application/pdf")}, data={"csrf": token_of(donor)}
    )
    assert "Nothing in it was checked" in sent.text


def test_a_stranger_can_neither_ask_nor_follow(certified: Workshop, signed_in: Enter, token_of: Token) -> None:
    donor, stranger = signed_in("donor"), signed_in("other donor")
    place = donor.post("/lots/MAIRIE-01/binders", data={"csrf": token_of(donor), "lang": "fr"}).headers["location"]
    asked = stranger.post("/lots/MAIRIE-01/binders", data={"csrf": token_of(stranger), "lang": "fr"})
    own = place.replace("MAIRIE-01", "USINE-01")
    assert [stranger.get(path).status_code for path in (place, place + ".pdf", place + ".json", own, own + ".pdf")] == [
        404
    ] * 5
    assert asked.status_code == 404
    certified.app.state.binders.settle()


def test_what_cannot_be_made_says_why(certified: Workshop, signed_in: Enter, token_of: Token) -> None:
    donor, stranger = signed_in("donor"), signed_in("other donor")
    refused = stranger.post("/lots/USINE-01/binders", data={"csrf": token_of(stranger), "lang": "fr"})
    assert (refused.status_code, "no certificate yet" in refused.text) == (409, True)
    place = donor.post("/lots/MAIRIE-01/binders", data={"csrf": token_of(donor), "lang": "fr"}).headers["location"]
    with certified.session() as session, session.begin():
        row = session.query(Binder).one()
        row.state, row.problem = "failed", "disk"
    assert "its disk may be full" in donor.get(place).text
    assert donor.get(place + ".pdf").status_code == 404
