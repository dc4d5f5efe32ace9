"""Signing in and out, the throttle, and the language of pages."""

import base64
import json
from collections.abc import Callable

import pytest

from hub.pages.sign_in import safe_path
from tests.asgi import TestClient
from tests.hub.pages.workshop import EMAILS, PASSWORD, Workshop

Enter = Callable[[str], TestClient]


def test_a_wrong_password_is_told_without_telling_which_half_is_wrong(visitor: TestClient) -> None:
    known = visitor.post("/sign-in", data={"email": EMAILS["lead"], "password": "nope nope"})
    unknown = visitor.post("/sign-in", data={"email": "nobody@atelier.example", "password": "nope nope"})
    assert known.status_code == unknown.status_code == 401
    assert "do not belong together" in known.text
    assert known.text.replace(EMAILS["lead"], "") == unknown.text.replace("nobody@atelier.example", "")
    assert "nope" not in known.text


def test_what_was_wrong_is_read_with_the_fields_and_said_in_the_title(visitor: TestClient) -> None:
    page = visitor.post("/sign-in", data={"email": "nobody@x.example", "password": "wrong"}).text
    assert "<title>Error: Sign in" in page
    assert page.count('aria-invalid="true" aria-describedby="error"') == 2
    assert page.count('id="error"') == 1
    assert "Error:" not in visitor.get("/sign-in").text


def test_too_many_attempts_are_slowed_down_and_said(visitor: TestClient) -> None:
    answers = [visitor.post("/sign-in", data={"email": EMAILS["lead"], "password": f"x{n}"}) for n in range(9)]
    slowed = next(answer for answer in answers if answer.status_code == 429)
    assert int(slowed.headers["retry-after"]) > 0
    assert "Too many attempts. Wait" in slowed.text
    assert 'name="password"' in slowed.text


def test_after_signing_in_one_is_where_one_wanted_to_be(visitor: TestClient) -> None:
    asked = visitor.get("/lots/MAIRIE-01?x=1")
    assert asked.headers["location"] == "/sign-in?next=/lots/MAIRIE-01%3Fx%3D1"
    form = visitor.get(asked.headers["location"]).text
    assert 'name="next" value="/lots/MAIRIE-01?x=1"' in form
    data = {"email": EMAILS["lead"], "password": PASSWORD, "next": "/lots/MAIRIE-01?x=1"}
    answer = visitor.post("/sign-in", data=data)
    assert answer.headers["location"] == "/lots/MAIRIE-01?x=1"
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("etabli="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "lots",
        "/a\nb",
        "/\\/x",
        "//[",
        "http://[",
        "//\u2100",
    ],
)
def test_nobody_is_sent_to_another_site(path: str) -> None:
    assert safe_path(path) == "/"


def test_a_page_of_the_hub_is_a_safe_path() -> None:
    assert safe_path("/lots/MAIRIE-01?x=1") == "/lots/MAIRIE-01?x=1"


def test_the_language_follows_the_choice_then_the_browser_then_french(workshop: Workshop) -> None:
    client = TestClient(workshop.app, follow_redirects=False)
    assert '<html lang="fr">' in client.get("/help").text
    assert '<html lang="en">' in client.get("/help", headers={"Accept-Language": "en-GB,fr;q=0.5"}).text
    assert '<html lang="fr">' in client.get("/help", headers={"Accept-Language": "de"}).text
    answer = client.get("/language/en?back=/help")
    assert answer.headers["location"] == "/help"
    assert '<html lang="en">' in client.get("/help", headers={"Accept-Language": "fr"}).text
    assert client.get("/language/xx").status_code == 404
    assert client.get("/language/fr?back=https://evil.example").headers["location"] == "/"


def test_a_message_is_shown_once(signed_in: Enter, token_of: Callable[[TestClient], str]) -> None:
    client = signed_in("lead")
    answer = client.post("/sign-out", data={"csrf": token_of(client)})
    assert "You are signed out." in client.get(answer.headers["location"]).text
    assert "You are signed out." not in client.get("/sign-in").text


@pytest.mark.parametrize(
    "cookie", ["x", "W10=", "WyJub3BlIiwge31d", "eyJhIjoxfQ==", "A" * 5000, "WyJsb3QtY3JlYXRlZCIsIHt9XQ=="]
)
def test_a_planted_message_is_ignored(visitor: TestClient, cookie: str) -> None:
    visitor.cookies.set("etabli-flash", cookie)
    answer = visitor.get("/help")
    assert answer.status_code == 200
    assert 'class="flash' not in answer.text


@pytest.mark.parametrize("address", ["/language/fr?back=//[", "/sign-in?next=http://[", "/sign-in?next=//%E2%84%80"])
def test_an_address_that_cannot_be_read_leads_to_the_start(visitor: TestClient, address: str) -> None:
    assert visitor.get(address).status_code in {200, 303}


def test_a_planted_message_cannot_name_its_own_parts(visitor: TestClient) -> None:
    document = json.dumps(["rejected", {"serial": "X1", "text": "y", "self": "z"}]).encode()
    visitor.cookies.set("etabli-flash", base64.urlsafe_b64encode(document).decode())
    answer = visitor.get("/help")
    assert answer.status_code == 200
    assert "drive X1 gets no certificate" in answer.text
