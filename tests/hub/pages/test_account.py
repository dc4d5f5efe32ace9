"""One's own account, links of invitation, and the code besides the password, as browsers meet them."""

import base64
import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from hub.models import Person
from hub.pages.sign_in import browser_word
from tests.asgi import TestClient
from tests.hub.pages.workshop import EMAILS, PASSWORD, Workshop

Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]
NEW = "une autre phrase"


def code_now(workshop: Workshop, secret: str) -> str:
    seconds = int(workshop.hub.clock().timestamp())
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(seconds).decode()


def link_in(page: str) -> str:
    found = re.search(r'id="link">https?://[^/]+(/welcome/[\w-]+)<', page)
    assert found, page
    return found[1]


def person_id(workshop: Workshop, who: str) -> str:
    with workshop.session() as session:
        return session.query(Person).filter(Person.email == EMAILS[who]).one().id


@pytest.fixture
def with_codes(workshop: Workshop, signed_in: Enter, token_of: Token) -> str:
    """The lead turned the second factor on; gives the secret."""
    lead = signed_in("lead")
    csrf = token_of(lead)
    lead.post("/account/second-factor", data={"csrf": csrf})
    page = lead.get("/account").text
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r'<p class="code small">([A-Z2-7]{32})</p>', page)
    assert secret
    answer = lead.post("/account/second-factor/confirm", data={"csrf": csrf, "code": code_now(workshop, secret[1])})
    assert len(re.findall(r"<li>[0-9a-f]{6}-[0-9a-f]{6}</li>", answer.text)) == 10
    assert "<li>" not in lead.get("/account").text.split('<div class="columns">')[1].split("</section>")[0]
    for _ in range(120):
        workshop.hub.clock()  # two minutes pass
    return secret[1]


def test_a_link_lets_a_new_person_in_once(
    workshop: Workshop, signed_in: Enter, token_of: Token, visitor: TestClient
) -> None:
    admin = signed_in("admin")
    form = {"name": "Zoé", "email": "zoe@atelier.example", "role": "technician"}
    path = link_in(admin.post("/people", data={"csrf": token_of(admin), **form}).text)
    assert path not in admin.get("/people").text
    assert "zoe@atelier.example" in visitor.get(path).text
    differing = visitor.post(path, data={"password": NEW, "again": NEW + "x"})
    assert (differing.status_code, "differ" in differing.text) == (422, True)
    assert visitor.post(path, data={"password": NEW, "again": NEW}).headers["location"] == "/"
    assert "Your password is kept." in visitor.get("/").text
    late = TestClient(workshop.app, follow_redirects=False, cookies={"etabli-lang": "en"}).get(path)
    assert (late.status_code, "used already or is too old" in late.text) == (404, True)


def test_a_lead_invites_the_people_of_a_donor(
    workshop: Workshop, signed_in: Enter, token_of: Token, visitor: TestClient
) -> None:
    lead = signed_in("lead")
    with workshop.session() as session:
        donor = session.query(Person).filter(Person.email == EMAILS["other donor"]).one().donor_id
    page = f"/donors/{donor}/people"
    assert EMAILS["other donor"] in lead.get(page).text
    assert EMAILS["donor"] not in lead.get(page).text
    path = link_in(lead.post(page, data={"csrf": token_of(lead), "name": "Io", "email": "io@usine.example"}).text)
    visitor.post(path, data={"password": NEW, "again": NEW})
    seen = visitor.get("/lots").text
    assert "USINE-01" in seen
    assert "MAIRIE-01" not in seen


def test_a_lead_touches_no_account_of_the_workshop(workshop: Workshop, signed_in: Enter, token_of: Token) -> None:
    lead = signed_in("lead")
    someone = person_id(workshop, "technician")
    for act in ("link", "close", "open", "codes-off"):
        assert lead.post(f"/people/{someone}/{act}", data={"csrf": token_of(lead)}).status_code == 403


def test_an_account_is_closed_and_opened_again(workshop: Workshop, signed_in: Enter, token_of: Token) -> None:
    admin, technician = signed_in("admin"), signed_in("technician")
    someone = person_id(workshop, "technician")
    assert admin.post(f"/people/{someone}/close", data={"csrf": token_of(admin)}).status_code == 303
    assert technician.get("/lots").status_code == 303
    assert admin.post(f"/people/{someone}/open", data={"csrf": token_of(admin)}).status_code == 303
    assert signed_in("technician").get("/lots").status_code == 200


def test_a_password_alone_is_not_enough_where_a_code_is_asked(
    workshop: Workshop, with_codes: str, visitor: TestClient
) -> None:
    asked = visitor.post("/sign-in", data={"email": EMAILS["lead"], "password": PASSWORD, "next": "/queue"})
    assert asked.status_code == 200
    assert visitor.get("/queue").headers["location"].startswith("/sign-in")
    half = asked.text.split('name="half" value="')[1].split('"')[0]
    wrong = visitor.post("/sign-in/code", data={"half": half, "code": "000000", "next": "/queue"})
    assert (wrong.status_code, "not the one of now" in wrong.text) == (401, True)
    right = {"half": half, "code": code_now(workshop, with_codes), "next": "/queue"}
    assert visitor.post("/sign-in/code", data=right).headers["location"] == "/queue"
    assert visitor.get("/queue").status_code == 200
    visitor.cookies.delete("etabli")
    assert visitor.post("/sign-in/code", data=right).status_code == 401


def test_a_link_does_not_get_around_the_code(
    workshop: Workshop, with_codes: str, signed_in: Enter, token_of: Token, visitor: TestClient
) -> None:
    assert with_codes
    admin, lead = signed_in("admin"), person_id(workshop, "lead")
    path = link_in(admin.post(f"/people/{lead}/link", data={"csrf": token_of(admin)}).text)
    assert visitor.post(path, data={"password": NEW, "again": NEW}).headers["location"] == "/sign-in"
    assert visitor.get("/queue").status_code == 303
    assert admin.post(f"/people/{lead}/codes-off", data={"csrf": token_of(admin)}).status_code == 303
    assert visitor.post("/sign-in", data={"email": EMAILS["lead"], "password": NEW}).headers["location"] == "/"


def test_codes_are_turned_off_only_for_a_code(
    workshop: Workshop, with_codes: str, visitor: TestClient, token_of: Token
) -> None:
    asked = visitor.post("/sign-in", data={"email": EMAILS["lead"], "password": PASSWORD})
    half = asked.text.split('name="half" value="')[1].split('"')[0]
    visitor.post("/sign-in/code", data={"half": half, "code": code_now(workshop, with_codes)})
    wrong = visitor.post("/account/second-factor/off", data={"csrf": token_of(visitor), "code": "1"})
    assert wrong.status_code == 422
    for _ in range(60):
        workshop.hub.clock()
    data = {"csrf": token_of(visitor), "code": code_now(workshop, with_codes)}
    assert visitor.post("/account/second-factor/off", data=data).status_code == 303
    assert "No code is asked any more" in visitor.get("/account").text


def test_other_browsers_are_listed_and_signed_out(signed_in: Enter, token_of: Token) -> None:
    here, there = signed_in("lead"), signed_in("lead")
    page = here.get("/account").text
    assert page.count('name="session"') == 1
    name = page.split('name="session" value="')[1].split('"')[0]
    assert here.post("/account/sessions/end", data={"csrf": token_of(here), "session": name}).status_code == 303
    assert there.get("/lots").status_code == 303
    third = signed_in("lead")
    here.post("/account/sessions/end-others", data={"csrf": token_of(here)})
    assert (third.get("/lots").status_code, here.get("/lots").status_code) == (303, 200)


def test_the_password_changes_with_the_old_one(signed_in: Enter, token_of: Token, visitor: TestClient) -> None:
    lead = signed_in("lead")
    data = {"csrf": token_of(lead), "old": "wrong wrong", "new": NEW, "again": NEW}
    wrong = lead.post("/account/password", data=data)
    assert (wrong.status_code, "this is not your password" in wrong.text) == (401, True)
    assert lead.post("/account/password", data={**data, "old": PASSWORD}).status_code == 303
    assert lead.get("/lots").status_code == 200
    assert visitor.post("/sign-in", data={"email": EMAILS["lead"], "password": NEW}).status_code == 303


@pytest.mark.parametrize(
    ("agent", "word"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126 Safari/537.36 Edg/126", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126 Safari/537.36", "Chrome · Android"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_so_that_people_know_it(agent: str, word: str) -> None:
    assert browser_word(agent) == word
