"""The way of a lot on its page: what is done is ticked, the first thing that is not is next, each role sees its own."""

import re
from collections.abc import Callable

from fastapi.testclient import TestClient

from hub.lots import counts, life
from hub.lots.counts import Counted
from hub.models import Lot
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
STEP = re.compile(r'<li class="(done|next|later)"[^>]*>\s*<a href="([^"]+)">([^<]+)</a>')


def steps(client: TestClient, path: str) -> list[tuple[str, str]]:
    return [(state, word) for state, _path, word in STEP.findall(client.get(path).text)]


def test_a_lot_says_what_is_done_and_what_comes_next(workshop: Workshop, signed_in: Enter) -> None:
    lead = signed_in("lead")
    lead.get("/")
    assert steps(lead, "/lots/MAIRIE-01")[:4] == [
        ("done", "Announce a lot"),
        ("done", "Import the donor&#39;s list"),
        ("next", "Note the reception"),
        ("later", "Follow the benches"),
    ]
    with workshop.session() as session, session.begin():
        person, lot = workshop.person(session, "lead"), session.query(Lot).filter_by(code="MAIRIE-01").one()
        life.move(session, person, lot, "received")
        counts.count(session, person, lot, Counted("received", "laptop", 5))
    assert ("done", "Note the reception") in steps(lead, "/lots/MAIRIE-01")
    assert ("next", "Follow the benches") in steps(lead, "/lots/MAIRIE-01")


def test_each_role_sees_the_steps_that_it_takes(signed_in: Enter) -> None:
    words = [word for _state, word in steps(signed_in("technician"), "/lots/MAIRIE-01")]
    assert words == ["Note the reception", "Follow the benches", "Sort the devices"]
    assert steps(signed_in("donor"), "/") == []


def test_every_step_leads_to_a_page_that_opens(worked: tuple[Workshop, dict[str, str]], signed_in: Enter) -> None:
    lead = signed_in("lead")
    for page in ("/", "/lots/MAIRIE-01"):
        found = STEP.findall(lead.get(page).text)
        assert len(found) == 8
        assert {lead.get(path).status_code for _state, path, _word in found} == {200}
