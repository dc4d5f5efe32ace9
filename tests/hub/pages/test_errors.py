"""Errors as pages: what happened and what to do, in both languages; nothing inner is told."""

from collections.abc import Callable

import pytest

from hub.pages import help_page
from hub.pages.errors import ERRORS
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop

Enter = Callable[[str], TestClient]


@pytest.mark.parametrize(("lang", "says"), [("en", "There is nothing here"), ("fr", "Il n’y a rien ici")])
def test_an_unknown_address(visitor: TestClient, lang: str, says: str) -> None:
    visitor.cookies.set("etabli-lang", lang)
    answer = visitor.get("/nothing/here")
    assert answer.status_code == 404
    assert says in answer.text
    assert "not-found" in answer.text


@pytest.mark.parametrize(("lang", "says"), [("en", "not for your account"), ("fr", "n’ouvre pas cette page")])
def test_a_page_of_another_role(signed_in: Enter, lang: str, says: str) -> None:
    client = signed_in("donor")
    client.cookies.set("etabli-lang", lang)
    answer = client.get("/stations")
    assert answer.status_code == 403
    assert says in answer.text


@pytest.mark.parametrize("path", ["/people", "/nothing/here", "/lots/NO-SUCH-LOT"])
def test_an_error_keeps_the_bar_of_whoever_is_signed_in(signed_in: Enter, path: str) -> None:
    lead = signed_in("lead")
    answer = lead.get(path)
    assert answer.status_code in {403, 404}
    for place in ("/lots", "/queue", "/account"):
        assert f'href="{place}"' in answer.text
    assert 'href="/people"' not in answer.text
    token = answer.text.split('name="csrf" value="')[1].split('"')[0]
    assert lead.post("/sign-out", data={"csrf": token}).status_code == 303
    gone = lead.get("/nothing/here").text
    assert 'href="/sign-in"' not in gone.split("<main")[1]
    assert 'href="/queue"' not in gone


def test_a_form_that_is_refused_does_not_blame_the_role(signed_in: Enter) -> None:
    lead = signed_in("lead")
    old = lead.post("/lots/MAIRIE-01/life", data={"csrf": "of yesterday", "after": "collected"})
    role = lead.get("/people")
    assert (old.status_code, role.status_code) == (403, 403)
    assert "This form was not taken" in old.text
    assert "does not open this page" not in old.text
    assert "does not open this page" in role.text
    assert "form" not in role.text.split("<main")[1].split("</main")[0]


@pytest.mark.parametrize(("lang", "says"), [("en", "This is too large"), ("fr", "C’est trop volumineux")])
def test_a_file_that_is_too_large(visitor: TestClient, lang: str, says: str) -> None:
    visitor.cookies.set("etabli-lang", lang)
    answer = visitor.post("/verify", files={"file": ("x.pdf", b"%PDF" + b"0" * (9 * 2**20), "application/pdf")})
    assert answer.status_code == 413
    assert says in answer.text
    assert "content-security-policy" in answer.headers


def test_a_list_above_its_own_limit(signed_in: Enter, token_of: Callable[[TestClient], str]) -> None:
    lead = signed_in("lead")
    files = {"file": ("x.csv", b"tag\n" + b"A" * (3 * 2**20), "text/csv")}
    answer = lead.post("/lots/MAIRIE-01/import", data={"csrf": token_of(lead)}, files=files)
    assert answer.status_code == 413
    assert "lists up to 2 MB" in answer.text


def test_a_form_with_too_many_fields(visitor: TestClient) -> None:
    files = {f"field{n}": (None, "x") for n in range(40)}
    assert visitor.post("/verify", files=files).status_code == 413


@pytest.mark.parametrize(("lang", "says"), [("en", "The hub has stumbled"), ("fr", "Le serveur a trébuché")])
def test_a_fault_of_the_hub_tells_nothing_inner(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, lang: str, says: str
) -> None:
    monkeypatch.setattr(help_page, "VERDICTS", None)
    client = TestClient(workshop.app, raise_server_exceptions=False, cookies={"etabli-lang": lang})
    answer = client.get("/help")
    assert answer.status_code == 500
    assert says in answer.text
    assert "NoneType" not in answer.text
    assert "Traceback" not in answer.text


def test_every_status_that_a_page_may_answer_has_its_words() -> None:
    assert {401, 403, 404, 409, 413, 422, 429, 500} <= set(ERRORS)
