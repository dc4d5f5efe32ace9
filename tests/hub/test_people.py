"""Accounts, passwords, sessions, the throttle and form tokens."""

import contextlib
import threading
import time
from typing import Annotated, Any

import pytest
from fastapi import Depends, Form
from fastapi.responses import PlainTextResponse
from sqlalchemy import func, select

from hub.errors import BadCredentials, BadInput, Conflict, NotSignedIn, Throttled
from hub.models import LoginAttempt, Person, Role, WebSession
from hub.pages.visit import Validators
from hub.people import passwords, service, throttle
from hub.people.dependencies import CurrentPerson, check_csrf, csrf_token
from tests.hub.conftest import PASSWORD


@pytest.fixture(autouse=True)
def quick_passwords() -> None:
    """Nothing is quick here: these tests are about the hashes as they are."""


def test_the_right_password_opens_and_the_wrong_one_does_not(world: Any) -> None:
    world.person()
    with world.hub.sessions()() as session:
        assert service.authenticate(session, " LEAD@hub.test ", PASSWORD, "10.0.0.1").role == "lead"
        with pytest.raises(BadCredentials):
            service.authenticate(session, "lead@hub.test", PASSWORD + "x", "10.0.0.1")
        with pytest.raises(BadCredentials):
            service.authenticate(session, "nobody@hub.test", PASSWORD, "10.0.0.1")


def test_passwords_are_argon2id_with_the_agreed_cost() -> None:
    assert passwords.hash_password(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.decoy().startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.matches(passwords.decoy(), PASSWORD)


@pytest.mark.parametrize("word", ["court", "azertyuiop", "x" * 1025])
def test_weak_passwords_are_refused(word: str) -> None:
    with pytest.raises(BadInput):
        passwords.hash_password(word)


def test_one_letter_may_be_written_in_two_ways() -> None:
    assert passwords.matches(passwords.hash_password("caf\u00e9 du coin"), "cafe\u0301 du coin")


def test_at_most_four_hashes_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock, gate = 0, 0, threading.Lock(), threading.Event()

    class Slow:
        def verify(self, *_: str) -> bool:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            gate.wait(0.2)
            with lock:
                running -= 1
            return True

    monkeypatch.setattr(passwords, "_hasher", Slow())
    threads = [threading.Thread(target=passwords.matches, args=("x", "y")) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == passwords.AT_ONCE


def test_an_account_is_slowed_down_and_recovers(world: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world.person()
    monkeypatch.setattr(passwords, "matches", lambda _stored, password: password == PASSWORD)
    with world.hub.sessions()() as session:
        for _ in range(throttle.FREE_PER_ACCOUNT):
            with pytest.raises(BadCredentials):
                service.authenticate(session, "lead@hub.test", "wrong", "10.0.0.1")
        with pytest.raises(Throttled) as caught:
            service.authenticate(session, "lead@hub.test", PASSWORD, "10.9.9.9")
        assert caught.value.retry_after == 2
        clock.forward(seconds=2)
        assert service.authenticate(session, "lead@hub.test", PASSWORD, "10.9.9.9")
        session.commit()
        assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 0


def test_an_address_that_tries_many_accounts_is_slowed_down(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world.person()
    monkeypatch.setattr(passwords, "matches", lambda _stored, password: password == PASSWORD)
    with world.hub.sessions()() as session:
        for number in range(throttle.FREE_PER_ADDRESS):
            with pytest.raises(BadCredentials):
                service.authenticate(session, f"nobody{number}@hub.test", "wrong", "10.0.0.1")
        with pytest.raises(Throttled):
            service.authenticate(session, "lead@hub.test", PASSWORD, "10.0.0.1")
        assert service.authenticate(session, "lead@hub.test", PASSWORD, "10.0.0.2")


def test_the_wait_doubles_up_to_an_hour() -> None:
    waits = [throttle.waiting(failures, 5) for failures in (4, 5, 6, 7, 14, 100)]
    assert waits == [0, 2, 4, 8, 1024, 3600]


def test_failed_attempts_stay_recorded_although_the_request_fails(world: Any) -> None:
    world.person()
    with world.hub.sessions()() as session:
        with pytest.raises(BadCredentials):
            service.authenticate(session, "lead@hub.test", "wrong", "10.0.0.1")
        session.rollback()
    with world.hub.sessions()() as session:
        assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 1


def test_a_session_ends_by_sign_out_by_time_and_by_closing_the_account(world: Any, clock: Any) -> None:
    person = world.person()
    with world.hub.sessions().begin() as session:
        first, second, third = (service.open_session(session, person) for _ in range(3))
        stored = set(session.scalars(select(WebSession.token_hash)))
    assert not stored & {first, second, third}
    with world.hub.sessions().begin() as session:
        assert service.person_of(session, first).id == person.id
        service.close_session(session, first)
        with pytest.raises(NotSignedIn):
            service.person_of(session, first)
        session.get(Person, person.id).active = False
        with pytest.raises(NotSignedIn):
            service.person_of(session, second)
        session.get(Person, person.id).active = True
        clock.forward(hours=13)
        with pytest.raises(NotSignedIn):
            service.person_of(session, third)


def test_a_new_password_ends_every_session(world: Any) -> None:
    person = world.person()
    with world.hub.sessions().begin() as session:
        token = service.open_session(session, person)
        service.set_password(session, session.get_one(Person, person.id), "une autre phrase")
        with pytest.raises(NotSignedIn):
            service.person_of(session, token)


def test_an_address_has_one_account_and_a_donor_account_has_a_donor(world: Any) -> None:
    world.person()
    with pytest.raises(Conflict):
        world.person()
    with pytest.raises(BadInput):
        world.person(Role.DONOR, email="d@hub.test")
    with pytest.raises(BadInput):
        world.person(Role.LEAD, donor="CAF", email="e@hub.test")


@pytest.fixture
def form(app: Any, client: Any) -> Any:
    """A page with a form, for signed-in people and for visitors."""

    def post(person: CurrentPerson, word: Annotated[str, Form()]) -> PlainTextResponse:
        return PlainTextResponse(f"{person.name}: {word}")

    def visitor(word: Annotated[str, Form()]) -> PlainTextResponse:
        return PlainTextResponse(word)

    def leads(_visit: Validators) -> PlainTextResponse:
        return PlainTextResponse("for leads")

    app.post("/form", dependencies=[Depends(check_csrf)])(post)
    app.post("/visitor", dependencies=[Depends(check_csrf)])(visitor)
    app.get("/leads")(leads)
    app.get("/token")(csrf_token)
    return client


def signed_in(world: Any, form: Any, role: Role = Role.LEAD) -> str:
    with world.hub.sessions().begin() as session:
        token = service.open_session(session, world_person(world, role))
    form.cookies.set("etabli", token)
    return str(form.get("/token").json())


def world_person(world: Any, role: Role) -> Person:
    person: Person = world.person(role)
    return person


def test_a_form_needs_its_token(world: Any, form: Any) -> None:
    csrf = signed_in(world, form)
    assert form.post("/form", data={"word": "oui", "csrf": csrf}).text == "Name of lead@hub.test: oui"
    assert form.post("/form", data={"word": "oui"}, headers={"X-CSRF-Token": csrf}).status_code == 200
    assert form.post("/form", data={"word": "oui"}).status_code == 403
    assert form.post("/form", data={"word": "oui", "csrf": csrf[:-1] + "é"}).status_code == 403


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Sec-Fetch-Site", "cross-site", 403),
        ("Sec-Fetch-Site", "same-site", 403),
        ("Sec-Fetch-Site", "same-origin", 200),
        ("Origin", "https://evil.test", 403),
        ("Origin", "null", 403),
        ("Origin", "http://[", 403),
        ("Origin", "http://hub.test", 200),
    ],
)
def test_requests_from_other_sites_are_refused(world: Any, form: Any, header: str, value: str, status: int) -> None:
    csrf = signed_in(world, form)
    assert form.post("/form", data={"word": "x", "csrf": csrf}, headers={header: value}).status_code == status
    form.cookies.clear()
    assert form.post("/visitor", data={"word": "x"}, headers={header: value}).status_code == status


def test_a_page_for_leads_is_for_leads(world: Any, form: Any) -> None:
    asked = form.get("/leads", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=/leads")
    signed_in(world, form, Role.TECHNICIAN)
    assert form.get("/leads").status_code == 403
    signed_in(world, form, Role.LEAD)
    assert form.get("/leads").text == "for leads"


def test_attempts_side_by_side_do_not_outrun_the_throttle(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world.person()
    guesses, together = [], threading.Barrier(12)

    def slow(_stored: str, password: str) -> bool:
        guesses.append(password)
        time.sleep(0.3)
        return False

    def attempt(number: int) -> None:
        together.wait()
        with world.hub.sessions()() as session, contextlib.suppress(BadCredentials, Throttled):
            service.authenticate(session, "lead@hub.test", f"guess {number}", "10.0.0.1")

    monkeypatch.setattr(passwords, "matches", slow)
    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(guesses) == throttle.FREE_PER_ACCOUNT
