"""Things of another house that stand in a query or in a form, not in the address: they are not found there either."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from hub.models import Certificate, Person
from tests.hub.houses import ALPHA, BRAVO, HOUSES, OTHER, Houses

OWN = {ALPHA, OTHER}


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    """The hub with all houses, made once."""
    made = Houses.built(tmp_path_factory.mktemp("houses") / "hub")
    yield made
    made.workshop.hub.engine.dispose()


def sent(houses: Houses, who: str, path: str, **form: Any) -> tuple[int, set[str]]:
    """The answer to a form: its status, and the words of other houses that are in it beside what was typed."""
    browser = houses.browser(who)
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/help").text)
    answer = browser.post(path, data={"csrf": token[1] if token else "", **form})
    shown = answer.text
    for typed in form.values():
        shown = shown.replace(str(typed), "")
    return answer.status_code, {word for word in HOUSES if word in shown.lower()} - OWN


def test_a_search_finds_nothing_of_another_house(houses: Houses) -> None:
    with houses.session() as session:
        number = session.get_one(Certificate, houses.things[BRAVO]["certificate_id"]).number
    asked = (f"LOT-{BRAVO}", f"{BRAVO}-1", f"DRIVE-{BRAVO}-2", f"LOOSE-{BRAVO}", f"Banc {BRAVO}", number)
    for who in ("lead of a partner", "volunteer of a partner", "donor", "distributor", "prescriber"):
        browser = houses.browser(who)
        for code in (*asked, houses.things[BRAVO]["statement_id"]):
            answer = browser.get("/search", params={"q": code})
            assert answer.status_code == 200, (who, code)
            assert BRAVO not in answer.text.replace(code, "").lower(), (who, code)
            assert houses.things[BRAVO]["device_id"] not in answer.text, (who, code)
    assert f"/devices/{houses.things[BRAVO]['device_id']}" in houses.browser("lead at home").get(
        "/search", params={"q": f"{BRAVO}-1"}
    ).headers.get("location", "")


def test_figures_of_another_source_or_partner_count_nothing(houses: Houses) -> None:
    theirs = houses.things[BRAVO]
    browser = houses.browser("lead of a partner")
    for query in ({"donor": theirs["donor_id"]}, {"partner": theirs["partner_id"]}):
        sheet = browser.get("/figures.csv", params=query)
        assert sheet.status_code == 200
        assert BRAVO not in sheet.text.lower()
        assert "K-7;" not in "".join(line for line in sheet.text.splitlines() if ";verdict;" in line)


def test_forms_take_nothing_of_another_house(houses: Houses) -> None:
    mine, theirs = houses.things[ALPHA], houses.things[BRAVO]
    lead = "lead of a partner"
    refused = (
        (f"/drives/{theirs['loose_id']}/tie", {"lot": mine["code"]}, {404}),
        (f"/drives/{mine['loose_id']}/tie", {"lot": theirs["code"]}, {404}),
        (f"/exits/{mine['number']}/devices", {"tags": f"{BRAVO}-1"}, {409}),
        (f"/exits/{mine['number']}/units", {"lot": theirs["code"], "kind": "screen", "units": "1"}, {404}),
        ("/exports/tables/register", {"lot": theirs["code"], "col-lot": "1", "format": "csv"}, {422}),
        (f"/devices/{mine['device_id']}/work", {"act": "repair", "action": "battery", "part": theirs["part"]}, {404}),
        (f"/devices/{mine['device_id']}/withdraw-work", {"what": "part", "record": theirs["taken"]}, {404}),
        ("/new-lot", {"donor": theirs["donor_id"], "code": "LOT-NEW"}, {422}),
    )
    for path, form, wanted in refused:
        status, words = sent(houses, lead, path, **form)
        assert status in wanted, path
        assert words == set(), path


def test_a_list_that_names_things_of_others_is_told_nothing_of_them(houses: Houses) -> None:
    browser = houses.browser("lead of a partner")
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/help").text)
    rows = f"asset;kind;drive serial\n{BRAVO}-1;laptop;\nNEW-1;laptop;DRIVE-{BRAVO}-2\n"
    code = houses.things[ALPHA]["code"]
    answer = browser.post(
        f"/lots/{code}/import", data={"csrf": token[1] if token else ""}, files={"file": ("l.csv", rows.encode())}
    )
    shown = answer.text.replace(f"{BRAVO}-1", "").replace(f"DRIVE-{BRAVO}-2", "").replace(f"drive-{BRAVO}-2", "")
    assert "belongs to another lot" in shown
    assert BRAVO not in shown.lower()


def test_whoever_opens_accounts_at_a_partner_opens_them_for_this_partner_only(houses: Houses) -> None:
    admin = "admin of a partner"
    new = {"name": "New", "email": "new@bravo.example", "password": "a long sentence of mine"}
    theirs = houses.things[BRAVO]["partner_id"]
    assert sent(houses, admin, "/people", **new, role="lead", partner=theirs)[0] == 422
    assert sent(houses, admin, "/people", **new, role="coordinator")[0] == 422
    assert sent(houses, admin, "/people", **new, role="lead")[0] == 303
    with houses.session() as session:
        made = session.query(Person).filter_by(email=new["email"]).one()
        houses.people["new"] = made.id
    assert BRAVO not in houses.browser("new").get("/lots").text
    assert ALPHA in houses.browser("new").get("/lots").text
