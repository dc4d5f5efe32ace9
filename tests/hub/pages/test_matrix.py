"""Every route, for every role, with things of every house: made from the policies that the routes declare.

Whom a route lets in is read from the route (`hub.people.policies`), what a person sees from `tests.hub.houses`. A route
without a policy, and a placeholder for which no house has a thing, fail here by name.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import api, pages
from hub.app import create_app
from hub.models import AuditEntry, Role
from hub.people import policies
from hub.people.policies import Door, Policy, Undeclared, policy_of
from tests.asgi import TestClient
from tests.hub.houses import ACTORS, ALPHA, BRAVO, HOME, HOUSES, OTHER, Houses
from tests.hub.pages.forms_shown import FormShown, forms_of
from tests.hub.pages.workshop import Workshop

ROUTES = tuple(
    route for router in (*api.routers, *pages.routers) for route in router.routes if isinstance(route, APIRoute)
)
# placeholders that name nothing of a house: files, languages, links that are their own key, policies of the whole hub
PLAIN = {
    "name": "etabli.css",
    "token": "unknown",
    "key": "unknown",
    "sha256": "0" * 64,
    "subject": "lots",
    "shard": "2026",  # of the log, as the two below: it is everybody's
    "level": "0",
    "place": "000",
}
# the same placeholder for another sort of thing
OTHER_NUMBER = {
    "/parts/{number}/place": "part",
    "/acts/{number}": "act",
    "/acts/{number}/undo": "act",
    "/tags/{number}.pdf": "range",
    "/lots/{code}/tags/{number}.pdf": "tag_sheet",
    "/merges/{number}/undo": "merge",
    "/reservations/{number}/release": "kept",
    "/prescriptions/{number}": "asked",
    "/prescriptions/{number}/cancel": "asked",
}
PRESCRIBED = "/prescriptions/"  # of prescribers: seen by them, by home and by the coordinator of their network
VISITOR = "visitor"
OWN = ("/sign-out", "/account")  # asks for the own password, which is not typed here, or takes the cookie away
OK, REFUSED = 200, {401, 403}
FEW = 5  # forms that every account has on its pages, at least
# a coordinator reads the reports of lots and the documents of partners, a workshop those of its donors
INSTEAD = {"coordinator": {"report_id": "report_of_lot"}}
OF_WORKSHOPS = {"document_id": "convention"}


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    """The hub with all houses, made once: nothing here changes it."""
    made = Houses.built(tmp_path_factory.mktemp("houses") / "hub")
    yield made
    made.workshop.hub.engine.dispose()


class Readers:
    """A browser for each actor, and what it was shown: each page is asked for once."""

    def __init__(self, houses: Houses) -> None:
        self.browser = cache(houses.browser)
        self.get = cache(lambda who, address: self.browser(who).get(address))


@pytest.fixture(scope="module")
def readers(houses: Houses) -> Readers:
    """Those of all tests here, as none of them changes a page."""
    return Readers(houses)


def test_every_route_says_whom_it_lets_in() -> None:
    assert len(ROUTES) > 140
    for route in ROUTES:
        assert isinstance(policy_of(route), Policy)


def test_a_route_without_a_policy_fails_by_its_name(houses: Houses) -> None:
    app = houses.workshop.app

    @app.get("/forgotten/{code}")
    def forgotten(code: str) -> str:
        return code

    with pytest.raises(Undeclared, match=r"GET /forgotten/\{code\} \(forgotten\) declares 0 policies"):
        policies.check(app.routes)
    app.router.routes.pop()
    policies.check(app.routes)


def test_a_hub_does_not_begin_with_a_route_of_its_pages_that_has_no_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, router = Workshop(tmp_path / "hub"), APIRouter()
    router.add_api_route("/forgotten/{code}", lambda code: code, name="forgotten")
    monkeypatch.setattr(pages, "routers", (*pages.routers, router))
    with pytest.raises(Undeclared, match=r"GET /forgotten/\{code\}"):
        create_app(other.hub.settings)
    other.hub.engine.dispose()


def test_anybody_opens_what_is_open_to_anybody(houses: Houses) -> None:
    browser = houses.browser(VISITOR)
    for route in ROUTES:
        if "GET" in route.methods and policy_of(route).door is Door.ANYBODY:
            answer = browser.get(_address(route.path, houses.things[ALPHA]))
            assert answer.status_code in {200, 303, 404, 503}, route.path  # 503: a hub that says it is not well
            assert "/sign-in" not in answer.headers.get("location", ""), route.path


def test_every_placeholder_has_a_thing_in_every_house(houses: Houses) -> None:
    of_partners = {"partner_id", "document_id", "half_year_id", "library_id", "offer_id"}
    for route in ROUTES:
        if policy_of(route).door is not Door.PEOPLE:
            continue
        for name in set(_placeholders(route.path)) - set(PLAIN):
            for house in HOUSES:
                assert name in houses.things[house] or (name in of_partners and house in {OTHER, HOME, BRAVO}), (
                    route.path
                )


@pytest.mark.parametrize("who", [*ACTORS, VISITOR])
def test_nobody_reads_what_is_of_another_house(who: str, houses: Houses, readers: Readers) -> None:
    seen, leaks = _sees(who), list[str]()
    for route in _of("GET"):
        for house, wanted, address in _asked(houses, who, route):
            answer = readers.get(who, address)
            if answer.status_code not in wanted:
                leaks.append(f"{route.path} of {house or 'nobody'}: {answer.status_code}, not {sorted(wanted)}")
            leaks += [f"{address} shows {word}" for word in _words(_text(answer, address), address) - seen]
    assert not leaks, "\n".join(leaks)


@pytest.mark.parametrize("who", [*ACTORS, VISITOR])
def test_nobody_changes_what_is_of_another_house(who: str, houses: Houses) -> None:
    browser, seen, leaks = houses.browser(who), _sees(who), list[str]()
    form, before = {"csrf": _token(browser)}, _acts(houses)
    for route in _of("POST"):
        for house, wanted, address in _asked(houses, who, route):
            if wanted & {200, 303} and who != VISITOR:
                continue  # what somebody may do is shown elsewhere; here it would change the hub
            answer = browser.post(address, data=form)
            if answer.status_code not in wanted:
                leaks.append(f"{route.path} of {house or 'nobody'}: {answer.status_code}, not {sorted(wanted)}")
            leaks += [f"{address} shows {word}" for word in _words(_text(answer, address), address) - seen]
    assert not leaks, "\n".join(leaks)
    assert _acts(houses) == before


@pytest.mark.parametrize("who", ACTORS)
def test_no_page_shows_a_form_that_its_reader_may_not_send(who: str, houses: Houses, readers: Readers) -> None:
    browser, shown, before = readers.browser(who), dict[str, tuple[str, FormShown]](), _acts(houses)
    for route in _of("GET"):
        for _house, _wanted, address in _asked(houses, who, route):
            answer = readers.get(who, address)
            if answer.status_code == OK and "text/html" in answer.headers["content-type"]:
                shown |= {f"{form.method} {form.action}": (address, form) for form in forms_of(answer.text, address)}
    with _nothing_kept():
        refused = [
            f"{address} shows {name} ({'as it is' if fields else 'empty'})"
            for name, (address, form) in shown.items()
            if not form.action.startswith(OWN)
            for action in (form.action, *form.buttons)
            for fields in ({}, form.fields)
            if _sent(browser, form.method, action, fields | {"csrf": form.fields.get("csrf", "")}) in REFUSED
        ]
    assert not refused, "\n".join(refused)
    assert len(shown) >= FEW
    assert _acts(houses) == before


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """What is asked meanwhile is undone at once, so that every form finds the hub as its page showed it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "commit", Session.rollback)
        yield


def _sent(browser: TestClient, method: str, action: str, fields: dict[str, str]) -> int:
    if method == "get":
        return browser.get(action, params={name: value for name, value in fields.items() if name != "csrf"}).status_code
    return browser.post(action, data=fields).status_code


@pytest.mark.parametrize("who", ["lead of a partner", "volunteer of a partner"])
def test_a_house_finds_the_day_of_its_own_counter_and_no_other(who: str, houses: Houses) -> None:
    browser, own = houses.browser(who), houses.things[ALPHA]["day"]
    assert own == "EVT-2026-03-02-PARTENAIREZALPHA"
    for page in ("/intake", "/lots", "/channels"):
        assert own in browser.get(page).text
    for house, status in ((ALPHA, 200), (BRAVO, 404), (HOME, 404)):
        assert browser.get(f"/lots/{houses.things[house]['day']}").status_code == status, house


def _asked(houses: Houses, who: str, route: APIRoute) -> Iterator[tuple[str, set[int], str]]:
    """Of each house the address of its thing and the answers that are right; one address where it names no house."""
    policy, names = policy_of(route), set(_placeholders(route.path)) - set(PLAIN)
    admitted = _admitted(who, policy)
    if not names or not admitted:
        yield "", _right(who, admitted=admitted), _address(route.path, houses.things[ALPHA])
        return
    for house in _neighbours(who):
        things = _things(houses, who, house)
        if names | ({OTHER_NUMBER[route.path]} if route.path in OTHER_NUMBER else set()) <= set(things):
            seen = house in _sees(who) and not (route.path.startswith(PRESCRIBED) and _of_a_partner(who))
            yield house, {200, 303} if seen else {404}, _address(route.path, things)
            inner = names - {"code", "version"}
            if "code" in names and inner and not seen and _sees(who):
                inner |= {OTHER_NUMBER[route.path]} if route.path in OTHER_NUMBER else set()
                own = _things(houses, who, ALPHA) | {name: things[name] for name in inner}
                yield f"{house} through the own lot", {404}, _address(route.path, own)


def _neighbours(who: str) -> tuple[str, ...]:
    """The houses that an actor tries: the own one, another donor, another workshop, another network, and home."""
    role, house, _seen = ACTORS[who]
    if house == HOME:
        return ALPHA, HOME
    tried = HOUSES if role in {Role.LEAD, Role.COORDINATOR} else (ALPHA, OTHER, BRAVO)
    return tried if role is not Role.DONOR else (ALPHA, OTHER, HOME)


def _of_a_partner(who: str) -> bool:
    role, house, _seen = ACTORS[who]
    return house != HOME and role is not Role.COORDINATOR


def _things(houses: Houses, who: str, house: str) -> dict[str, str]:
    things = houses.things[house]
    named = INSTEAD.get(who, OF_WORKSHOPS)
    return things | {name: things[other] for name, other in named.items()}


def _right(who: str, *, admitted: bool) -> set[int]:
    if admitted:
        return {200, 303, 404, 422}  # 404: a file or a link that there is not
    return {303, 401} if who == VISITOR else {403}


def _admitted(who: str, policy: Policy) -> bool:
    if who == VISITOR:
        return policy.door is Door.ANYBODY
    role, house, _sees_too = ACTORS[who]
    return policy.admits(role, at_home=house == HOME)


def _sees(who: str) -> frozenset[str]:
    return ACTORS[who][2] if who in ACTORS else frozenset()


def _of(method: str) -> list[APIRoute]:
    """The routes for people; what benches sign is asked for in test_stations."""
    return [route for route in ROUTES if method in route.methods and policy_of(route).door is Door.PEOPLE]


def _placeholders(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


def _address(path: str, things: dict[str, str]) -> str:
    if path in OTHER_NUMBER:
        things = things | {"number": things[OTHER_NUMBER[path]]}
    return path.replace("/language/{code}", "/language/fr").replace(":path}", "}").format(**{**PLAIN, **things})


def _text(answer: httpx.Response, address: str) -> str:
    """What an answer says; of an evidence pack its files, but for the trust document, which anybody may read."""
    if not address.endswith("pack.zip") or answer.status_code != OK:
        return answer.text
    with ZipFile(BytesIO(answer.content)) as pack:
        return "\n".join(pack.read(name).decode("latin-1") for name in pack.namelist() if not name.startswith("trust"))


def _words(text: str, address: str) -> set[str]:
    """The houses of which something stands in an answer, but for what the reader typed: the code in the address."""
    typed = re.search(r"LOT-\w+", address)
    shown = text.replace(typed[0], "") if typed else text
    return {word for word in HOUSES if word in shown.lower()}


def _token(browser: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/help").text)
    return found[1] if found else ""


def _acts(houses: Houses) -> int:
    with houses.session() as session:
        return session.scalar(select(func.count()).select_from(AuditEntry)) or 0
