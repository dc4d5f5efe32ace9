"""Signing in by an identity provider: into accounts that exist, and by no forged, used, foreign or stale answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import jwt
import pytest

from hub.audit import trail
from hub.linked import LinkedSubject, ProviderVisit
from hub.models import Person, WebSession
from hub.oidc import visits
from hub.oidc.provider import Provider
from hub.outside import OidcClient
from hub.people import second_factor, service
from tests.asgi import TestClient
from tests.hub.house_of_names import CLIENT, ISSUER, SECRET, HouseOfNames, other_key
from tests.hub.pages.workshop import EMAILS, PASSWORD, Workshop

BACK = visits.BACK


@dataclass
class Meeting:
    """A workshop, its provider, and a browser in front of the sign-in page."""

    workshop: Workshop
    house: HouseOfNames
    browser: TestClient

    def leave(self, browser: TestClient | None = None) -> str:
        answer = (browser or self.browser).get("/sign-in/provider", params={"next": "/lots"})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def come(self, answer: dict[str, str], browser: TestClient | None = None) -> Any:
        return (browser or self.browser).get(BACK, params=answer)

    def sessions(self) -> int:
        with self.workshop.session() as session:
            return session.query(WebSession).count()

    def people(self) -> list[tuple[str, str]]:
        with self.workshop.session() as session:
            return [(one.email, one.role) for one in session.query(Person).order_by(Person.email)]


def seconds(workshop: Workshop) -> float:
    return workshop.clock.now.timestamp()


@pytest.fixture
def meeting(workshop: Workshop) -> Meeting:
    client = OidcClient(ISSUER, CLIENT, SECRET, "Maison des noms")
    hub = workshop.app.state.hub
    workshop.hub = replace(hub, settings=replace(hub.settings, oidc=client))
    workshop.app.state.hub = workshop.hub
    house = HouseOfNames(lambda: seconds(workshop))
    workshop.app.state.provider = Provider(client, lambda: seconds(workshop), house.transport())
    browser = TestClient(workshop.app, follow_redirects=False, cookies={"etabli-lang": "en"})
    return Meeting(workshop, house, browser)


def test_somebody_with_an_account_comes_in_and_lands_where_they_were_going(meeting: Meeting) -> None:
    assert "Sign in with Maison des noms" in meeting.browser.get("/sign-in").text
    before = meeting.people()
    answer = meeting.come(meeting.house.agree(meeting.leave()))
    assert (answer.status_code, answer.headers["location"]) == (303, "/lots")
    assert "Camille Le Goff" in meeting.browser.get("/account").text
    assert meeting.people() == before, "nobody got an account or a role by it"
    with meeting.workshop.session() as session:
        lead = meeting.workshop.person(session, "lead")
        assert [one.detail for one in trail(session, lead.id) if one.action == "person.provider"] == [
            f"linked at {ISSUER}"
        ]


def test_the_subject_counts_after_the_first_time_not_the_address(meeting: Meeting) -> None:
    meeting.come(meeting.house.agree(meeting.leave()))
    again = meeting.come(meeting.house.agree(meeting.leave(), email="renamed@elsewhere.example"))
    assert again.status_code == 303
    other = meeting.come(meeting.house.agree(meeting.leave(), subject="s-2"))
    assert (other.status_code, "linked to somebody else" in other.text) == (401, True)


def test_whom_nobody_knows_gets_no_account(meeting: Meeting) -> None:
    before = meeting.people()
    for email in ("nobody@atelier.example", "", "camille@atelier.example.evil.example"):
        answer = meeting.come(meeting.house.agree(meeting.leave(), email=email))
        assert (answer.status_code, "nobody here is known" in answer.text) == (401, True)
    assert (meeting.people(), meeting.sessions()) == (before, 0)


def test_a_closed_account_stays_closed(meeting: Meeting) -> None:
    meeting.come(meeting.house.agree(meeting.leave()))
    with meeting.workshop.session() as session, session.begin():
        service.set_active(session, meeting.workshop.person(session, "lead"), active=False)
    answer = meeting.come(meeting.house.agree(meeting.leave()))
    assert (answer.status_code, meeting.sessions()) == (401, 0)


def unsigned(told: dict[str, Any]) -> str:
    return jwt.encode(told, "", algorithm="none", headers={"kid": "k1"})


def by_the_secret(told: dict[str, Any]) -> str:
    return jwt.encode(told, SECRET.ljust(32, "."), algorithm="HS256", headers={"kid": "k1"})


def by_another_key(told: dict[str, Any]) -> str:
    return jwt.encode(told, other_key(), algorithm="RS256", headers={"kid": "k1"})


FORGED = {
    "another nonce": {"claims": {"nonce": "of yesterday"}},
    "no nonce": {"claims": {"nonce": None}},
    "for another client": {"claims": {"aud": "somebody"}},
    "for several": {"claims": {"aud": [CLIENT, "somebody"]}},
    "for several, given to another": {"claims": {"aud": [CLIENT, "somebody"], "azp": "somebody"}},
    "of another issuer": {"claims": {"iss": "https://evil.example"}},
    "of an issuer with a slash": {"claims": {"iss": ISSUER + "/"}},
    "over": {"claims": {"exp": 1}},
    "issued long ago": {"claims": {"iat": 1}},
    "of the future": {"claims": {"iat": 4102444800}},
    "not before the future": {"claims": {"nbf": 4102444800}},
    "no time": {"claims": {"exp": None}},
    "a time that is none": {"claims": {"exp": True}},
    "no subject": {"claims": {"sub": None}},
    "an empty subject": {"claims": {"sub": ""}},
    "an unverified address": {"claims": {"email_verified": False}},
    "a word for verified": {"claims": {"email_verified": "true"}},
    "nobody said verified": {"claims": {"email_verified": None}},
    "unsigned": {"make": unsigned},
    "signed by the secret": {"make": by_the_secret},
    "signed by another key": {"make": by_another_key},
    "an unknown key": {"header": {"kid": "k9"}},
    "no token": {"make": lambda told: ""},
    "letters": {"make": lambda told: "a.b.c"},
    "endless": {"make": lambda told: "a." * 40_000},
}


def test_a_token_that_is_not_ours_lets_nobody_in(meeting: Meeting) -> None:
    for how, lies in FORGED.items():
        usual = {name: getattr(meeting.house, name) for name in lies}
        for name, value in lies.items():
            setattr(meeting.house, name, value)
        answer = meeting.come(meeting.house.agree(meeting.leave()))
        assert (answer.status_code, meeting.sessions()) in {(401, 0), (502, 0)}, how
        for name, value in usual.items():
            setattr(meeting.house, name, value)
    with meeting.workshop.session() as session:
        assert session.query(LinkedSubject).count() == 0
    assert meeting.come(meeting.house.agree(meeting.leave())).status_code == 303, "the honest one is taken"


def test_an_answer_is_taken_once(meeting: Meeting) -> None:
    sent = meeting.house.agree(meeting.leave())
    assert meeting.come(sent).status_code == 303
    again = meeting.come(sent)
    assert (again.status_code, "was used already" in again.text, meeting.sessions()) == (401, True, 1)


def test_an_answer_to_nothing_that_was_asked_is_refused(meeting: Meeting) -> None:
    for state in ("", "made up"):
        sent = {**meeting.house.agree(meeting.leave()), "state": state}
        assert (meeting.come(sent).status_code, meeting.sessions()) == (401, 0)


def test_an_answer_holds_only_in_the_browser_that_asked(meeting: Meeting) -> None:
    sent = meeting.house.agree(meeting.leave())
    victim = TestClient(meeting.workshop.app, follow_redirects=False)
    assert (meeting.come(sent, victim).status_code, meeting.sessions()) == (401, 0)
    assert meeting.come(sent).status_code == 303, "and somebody else's try does not spoil it"


def test_an_answer_that_comes_too_late_is_refused(meeting: Meeting) -> None:
    sent = meeting.house.agree(meeting.leave())
    meeting.workshop.clock.now += timedelta(minutes=11)
    assert (meeting.come(sent).status_code, meeting.sessions()) == (401, 0)


def test_an_answer_that_names_another_issuer_is_refused_before_the_code_is_told(meeting: Meeting) -> None:
    for iss in ("https://evil.example", "", ISSUER + "/"):
        sent = {**meeting.house.agree(meeting.leave()), "iss": iss}
        assert (meeting.come(sent).status_code, meeting.sessions()) == (401, 0)
    assert "/token" not in meeting.house.asked


def test_a_provider_that_names_itself_must_do_so(meeting: Meeting) -> None:
    meeting.house.published = {"authorization_response_iss_parameter_supported": True}
    sent = meeting.house.agree(meeting.leave())
    assert meeting.come(sent).status_code == 401
    assert meeting.come({**meeting.house.agree(meeting.leave()), "iss": ISSUER}).status_code == 303


PRETENDED = {
    "another issuer": {"issuer": "https://evil.example"},
    "no issuer": {"issuer": None},
    "no TLS for the code": {"token_endpoint": "http://names.example/token"},
    "no TLS for the keys": {"jwks_uri": "http://names.example/keys"},
    "a file": {"jwks_uri": "file:///etc/passwd"},
    "no place": {"authorization_endpoint": 7},
}


def test_a_provider_that_is_another_one_is_asked_nothing(meeting: Meeting) -> None:
    for how, lies in PRETENDED.items():
        meeting.house.published, meeting.house.asked = lies, []
        answer = meeting.browser.get("/sign-in/provider")
        assert (answer.status_code, meeting.house.asked) == (502, ["/.well-known/openid-configuration"]), how
        assert 'name="password"' in answer.text, "the password of the hub is still a way in"


def test_who_says_no_at_the_provider_is_told_and_nobody_is_in(meeting: Meeting) -> None:
    sent = meeting.house.agree(meeting.leave())
    answer = meeting.come({"error": "access_denied", "error_description": "<script>", "state": sent["state"]})
    assert (answer.status_code, "let nobody in" in answer.text, "<script>" in answer.text) == (401, True, False)


def test_the_second_factor_is_asked_after_the_provider_as_after_a_password(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_factor, "is_on", lambda session, person: True)
    answer = meeting.come(meeting.house.agree(meeting.leave()))
    assert (answer.status_code, 'name="half"' in answer.text, meeting.sessions()) == (200, True, 0)


def test_the_provider_leads_to_no_other_site(meeting: Meeting) -> None:
    answer = meeting.browser.get("/sign-in/provider", params={"next": "https://evil.example/"})
    landed = meeting.come(meeting.house.agree(answer.headers["location"]))
    assert landed.headers["location"] == "/"


def test_new_keys_of_the_provider_are_found(meeting: Meeting) -> None:
    meeting.come(meeting.house.agree(meeting.leave()))
    fresh = HouseOfNames(meeting.house.now, kid="k2")
    meeting.house.key, meeting.house.kid = fresh.key, "k2"
    meeting.workshop.clock.now += timedelta(minutes=2)
    assert meeting.come(meeting.house.agree(meeting.leave())).status_code == 303
    assert meeting.house.asked.count("/keys") == 2


def test_a_person_unlinks_and_is_found_again_by_the_address(
    meeting: Meeting, token_of: Callable[[TestClient], str]
) -> None:
    meeting.come(meeting.house.agree(meeting.leave()))
    assert "Unlink it" in meeting.browser.get("/account").text
    assert meeting.browser.post("/account/provider/off", data={"csrf": token_of(meeting.browser)}).status_code == 303
    assert "Unlink it" not in meeting.browser.get("/account").text
    assert meeting.come(meeting.house.agree(meeting.leave(), subject="s-2")).status_code == 303


def test_the_password_stays_a_way_in(meeting: Meeting) -> None:
    answer = meeting.browser.post("/sign-in", data={"email": EMAILS["lead"], "password": PASSWORD})
    assert answer.status_code == 303


def test_a_hub_without_a_provider_has_no_such_page(visitor: TestClient) -> None:
    assert "/sign-in/provider" not in visitor.get("/sign-in").text
    assert [visitor.get(path).status_code for path in ("/sign-in/provider", BACK)] == [404, 404]


def test_visits_that_nobody_ends_are_forgotten(meeting: Meeting) -> None:
    meeting.leave()
    meeting.workshop.clock.now += timedelta(minutes=11)
    meeting.leave()
    with meeting.workshop.session() as session:
        assert session.query(ProviderVisit).count() == 1
