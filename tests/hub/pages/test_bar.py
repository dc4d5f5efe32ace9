"""The bar at the top: few groups, each with its places and what waits there; and the choice of light or dark."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from hub.models import Role
from hub.pages.places import GROUPS, PLACES
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]
DARK = "dark.css"


class Bar(HTMLParser):
    """What the navigation of a page says: its menus and single places, in order, and what is marked as here."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.here: list[str] = []
        self._in_bar = self._in_menu = self._in_head = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "nav" and given.get("class") == "bar":
            self._in_bar = True
        self._in_menu = self._in_menu or (self._in_bar and tag == "details")
        if self._in_bar and (tag == "summary" or (tag == "a" and not self._in_menu)):
            self._in_head = True
            self.heads.append("")
        if self._in_bar and tag == "a" and given.get("aria-current") == "page":
            self.here.append(str(given["href"]))

    def handle_endtag(self, tag: str) -> None:
        self._in_bar = self._in_bar and tag != "nav"
        self._in_menu = self._in_menu and tag != "details"
        self._in_head = self._in_head and tag not in {"summary", "a"}

    def handle_data(self, data: str) -> None:
        if self._in_head:
            self.heads[-1] = " ".join(f"{self.heads[-1]} {data}".split())


def bar(client: TestClient, path: str) -> Bar:
    return Bar(client.get(path).text)


def test_every_place_belongs_to_a_group_and_is_named_once() -> None:
    assert {group for *_rest, group in PLACES} <= set(GROUPS)
    assert len({path for path, *_rest in PLACES}) == len(PLACES)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_has_more_heads_in_the_bar_than_fit_on_one_row(role: Role) -> None:
    assert 1 <= len({group for *_rest, roles, group in PLACES if role in roles}) <= 6


def test_a_lead_sees_five_groups_and_what_waits_in_them(
    worked: tuple[Workshop, dict[str, str]], signed_in: Enter
) -> None:
    worked[0].ask_to_join("Banc 2")
    found = bar(signed_in("lead"), "/")
    assert found.heads == ["Start", "Lots", "Workshop 6 waiting", "Network", "Help"]
    assert found.here == ["/"]


def test_the_group_of_the_page_is_marked_and_so_is_its_place(signed_in: Enter) -> None:
    found = bar(signed_in("lead"), "/stations")
    assert found.heads[2] == "Workshop (you are here)"
    assert found.here == ["/stations"]


def test_a_group_of_one_place_needs_no_menu(signed_in: Enter) -> None:
    page = signed_in("donor").get("/lots").text
    assert Bar(page).heads == ["Start", "Lots", "Help"]
    assert page.count("<details") == 1, "only what belongs to the reader is a menu"


def test_a_visitor_finds_the_check_and_the_help(visitor: TestClient) -> None:
    assert bar(visitor, "/verify").heads == ["Check a certificate", "Help"]


def dark_screens(client: TestClient) -> str | None:
    """For which screens the dark colours are meant; None when the page does not take them."""
    lines = [line for line in client.get("/help").text.splitlines() if DARK in line]
    return lines[0].split('media="')[1].split('"')[0] if lines else None


def test_colours_follow_the_device_until_somebody_chooses(visitor: TestClient) -> None:
    assert dark_screens(visitor) == "screen and (prefers-color-scheme: dark)"
    answer = visitor.get("/theme/dark?back=/verify")
    assert (answer.status_code, answer.headers["location"]) == (303, "/verify")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert dark_screens(visitor) == "screen", "paper stays light"
    visitor.get("/theme/light")
    assert dark_screens(visitor) is None
    visitor.get("/theme/automatic")
    assert dark_screens(visitor) == "screen and (prefers-color-scheme: dark)"


def test_a_choice_that_is_none_is_refused_and_a_broken_cookie_means_the_device(visitor: TestClient) -> None:
    assert visitor.get("/theme/pink").status_code == 404
    visitor.cookies.set("etabli-theme", "x' onload=")
    assert dark_screens(visitor) == "screen and (prefers-color-scheme: dark)"


def test_a_choice_leads_to_no_other_site(visitor: TestClient) -> None:
    assert visitor.get("/theme/dark?back=//elsewhere.example").headers["location"] == "/"
