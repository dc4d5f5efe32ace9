"""A list in which nothing can be chosen says what to do first, with a link: on every page of a hub that just began."""

import re
from collections.abc import Callable, Iterator

import pytest

from hub.models import Device, Donor, Drive, Role
from hub.people.policies import policy_of
from tests.asgi import TestClient
from tests.hub.pages.test_matrix import _of, _placeholders
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
LIST = re.compile(r"<select([^>]*)>(.*?)</select>(.*?)</div>", re.DOTALL)
CHOICE = re.compile(r'<option value="[^"]+"')
OK, MANY = 200, 60


def test_a_required_list_without_a_choice_leads_to_where_one_is_made(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    workshop, silent, read = worked[0], list[str](), 0
    workshop.app.state.live.end()  # a line that never ends cannot be read to its end
    for who in ("lead", "admin"):
        client = signed_in(who)
        for address in _addresses(workshop, who):
            answer = client.get(address)
            if answer.status_code == OK and "text/html" in answer.headers["content-type"]:
                read += 1
                silent += [f"{who} {address}: {name}" for name in _silent(answer.text)]
    assert not silent, "\n".join(silent)
    assert read > MANY


def _silent(page: str) -> list[str]:
    """The lists of a page that must be filled in, hold nothing, and say nothing of it beside."""
    return [
        attributes
        for attributes, choices, beside in LIST.findall(page)
        if ("required" in attributes or "<option" not in choices)
        and not CHOICE.search(choices)
        and "<a href=" not in beside
    ]


def test_a_silent_list_would_be_found() -> None:
    empty = '<div><select name="one" required><option value="">–</option></select>{}</div>'
    assert _silent(empty.format("")) == [' name="one" required']
    assert _silent('<div><select name="two"></select></div>') == [' name="two"']
    assert _silent(empty.format('<p>None yet. <a href="/partners">Record it first</a></p>')) == []


@pytest.mark.parametrize(
    ("who", "page", "words"),
    [
        ("lead", "/library", "A document belongs to a network, and none is recorded yet."),
        ("lead", "/prescriptions", "A code is issued for a partner that prescribes, and none is recorded yet."),
        ("admin", "/people", "No network is recorded yet."),
        ("admin", "/people", "No partner is recorded yet."),
    ],
)
def test_the_hint_leads_to_a_page_that_opens(signed_in: Enter, who: str, page: str, words: str) -> None:
    client = signed_in(who)
    text = client.get(page).text
    found = re.search(rf'{re.escape(words)} <a href="([^"]+)">Record it first</a>', text)
    assert found is not None
    assert client.get(found[1]).status_code == OK


def _addresses(workshop: Workshop, who: str) -> Iterator[str]:
    with workshop.session() as session:
        things = {
            "code": "MAIRIE-01",
            "device_id": session.query(Device).filter_by(asset="ETB-0003").one().id,
            "drive_id": session.query(Drive).filter_by(serial="KX-0003").one().id,
            "donor_id": session.query(Donor).filter_by(name="Mairie de Brest").one().id,
            "statement_id": workshop.bench.sent[1],
        }
    for route in _of("GET"):
        mine = who == "lead" or not policy_of(route).admits(Role.LEAD, at_home=True)
        if mine and set(_placeholders(route.path)) <= set(things):
            yield route.path.format(**things)
