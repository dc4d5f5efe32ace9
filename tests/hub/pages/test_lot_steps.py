"""The way of a lot on its page: what is done is ticked, the first thing that is not is next, each role sees its own."""

import re
from collections.abc import Callable

import pytest

from hub.devices import triage
from hub.lots import counts, life
from hub.lots.counts import Counted
from hub.lots.service import create_lot
from hub.models import Device, Lot
from hub.pages.lot_steps import following_of
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop
from tests.seeds.desk import Desk

Enter = Callable[[str], TestClient]
STEP = re.compile(r'<li class="(done|next|later)"[^>]*>\s*<a href="([^"]+)">([^<]+)</a>')


def steps(client: TestClient, path: str) -> list[tuple[str, str]]:
    return [(state, word) for state, _path, word in STEP.findall(client.get(path).text)]


def test_a_lot_says_what_is_done_and_what_comes_next(workshop: Workshop, signed_in: Enter) -> None:
    lead = signed_in("lead")
    lead.get("/")
    assert steps(lead, "/lots/MAIRIE-01")[:5] == [
        ("done", "Announce a lot"),
        ("done", "Import the donor&#39;s list"),
        ("next", "Note the reception"),
        ("later", "Print the tags"),
        ("later", "Follow the benches"),
    ]
    with workshop.session() as session, session.begin():
        person, lot = workshop.person(session, "lead"), session.query(Lot).filter_by(code="MAIRIE-01").one()
        life.move(session, person, lot, "received")
        counts.count(session, person, lot, Counted("received", "laptop", 5))
    assert ("done", "Note the reception") in steps(lead, "/lots/MAIRIE-01")
    assert ("next", "Follow the benches") in steps(lead, "/lots/MAIRIE-01")


def test_nothing_is_sorted_or_received_in_a_lot_that_is_only_announced(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    workshop, lead, donor = worked[0], signed_in("lead"), signed_in("donor")
    with workshop.session() as session, session.begin():
        someone = workshop.person(session, "lead")
        for device in session.query(Device).filter(Device.asset.like("ETB-%")):
            triage.dispose(session, someone, device, "reuse")
            triage.count_bays(session, someone, device, 1, 0)
    assert ("later", "Sort the devices") in steps(lead, "/lots/MAIRIE-01")
    page, told = lead.get("/lots/MAIRIE-01").text, donor.get("/lots/MAIRIE-01").text
    assert "seen at the workshop: 3" in page, "three were at a bench"
    assert "devices seen at the workshop" in told
    for text in (page, told):
        assert not re.search(r"received: \d|devices received", text)
    Desk(lead).done("/lots/MAIRIE-01/life", after="received")
    assert ("done", "Sort the devices") in steps(lead, "/lots/MAIRIE-01")


def test_each_role_sees_the_steps_that_it_takes(signed_in: Enter) -> None:
    words = [word for _state, word in steps(signed_in("technician"), "/lots/MAIRIE-01")]
    assert words == ["Note the reception", "Print the tags", "Follow the benches", "Sort the devices"]
    assert steps(signed_in("donor"), "/") == []


def test_every_step_leads_to_a_page_that_opens(worked: tuple[Workshop, dict[str, str]], signed_in: Enter) -> None:
    lead = signed_in("lead")
    for page in ("/", "/lots/MAIRIE-01"):
        found = STEP.findall(lead.get(page).text)
        assert len(found) == 9
        assert {lead.get(path).status_code for _state, path, _word in found} == {200}


def test_tags_are_printed_once_for_each_device_and_no_lot_waits_for_them(workshop: Workshop, signed_in: Enter) -> None:
    lead = Desk(signed_in("lead"))
    with workshop.session() as session, session.begin():
        someone, mairie = workshop.person(session, "lead"), session.query(Lot).filter_by(code="MAIRIE-01").one()
        new = create_lot(session, "ECOLE-26", "Mairie de Brest", "", someone)
        here = {"lot_id": new.id, "created": workshop.clock()}
        session.add_all(Device(serial=f"PC0X27{number}", **here) for number in range(2))
        listed, waits = (
            session.query(Device).filter_by(lot_id=mairie.id).count(),
            lead.client.get("/lots/ECOLE-26/closing"),
        )
    assert ("later", "Print the tags") in steps(lead.client, "/lots/MAIRIE-01"), "it has tags on a list only"
    lead.done("/lots/MAIRIE-01/life", after="received")
    assert ("done", "Print the tags") in steps(lead.client, "/lots/MAIRIE-01"), "each device carries a tag already"
    assert f"{listed} of the {listed} devices" in lead.client.get("/lots/MAIRIE-01/tags").text
    assert ("later", "Print the tags") in steps(lead.client, "/lots/ECOLE-26")
    assert "tag" not in waits.text.lower().split("<main", 1)[1], "nothing that blocks the closing speaks of tags"
    page = lead.done("/lots/ECOLE-26/tags", sheet="a4-24-70x37", start="1", each="1")
    assert "every device of this lot is on a sheet" in page
    assert ("done", "Print the tags") in steps(lead.client, "/lots/ECOLE-26")


@pytest.mark.parametrize(
    ("done", "following"),
    [
        ({"announce", "list", "receive"}, "tags"),
        ({"announce", "list", "receive", "benches"}, "approve"),
        ({"announce", "list", "receive", "close"}, "benches"),
        ({"announce", "tags"}, "list"),
        ({"announce", "list", "receive", "benches", "approve", "sort", "close", "link"}, ""),
    ],
)
def test_a_lot_without_tags_goes_on_to_what_follows(done: set[str], following: str) -> None:
    assert following_of(done) == following
