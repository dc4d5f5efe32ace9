"""Links that give a password, and the second factor: each works once, in time, for its person."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import select

from hub.entry import HalfSession, Invitation, SecondFactor
from hub.errors import BadCredentials, BadInput, Conflict, Forbidden, NotFound, NotSignedIn, Throttled
from hub.models import Person, Role
from hub.people import half_sessions, invitations, second_factor, service
from tests.hub.conftest import PASSWORD

ADDRESS = "10.0.0.1"
NEW = "une autre phrase"


def code_at(secret: str, seconds: float) -> str:
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(seconds)).decode()


class Telephone:
    """An application for codes: it knows the secret and the time."""

    def __init__(self, world: Any, secret: str) -> None:
        self.world, self.secret = world, secret

    def code(self, later: int = 0) -> str:
        return code_at(self.secret, self.world.hub.clock().timestamp() + later)


@pytest.fixture
def person(world: Any) -> Person:
    found: Person = world.person()
    return found


@pytest.fixture
def paper(world: Any, person: Person) -> tuple[Telephone, tuple[str, ...]]:
    """A telephone and codes on paper, with the second factor on; time has passed since."""
    with world.hub.sessions().begin() as session:
        telephone = Telephone(world, second_factor.begin(session, person).secret)
        codes = second_factor.confirm(session, person, telephone.code())
    world.hub.clock.forward(minutes=2)
    return telephone, codes


def taken(world: Any, person: Person, code: str) -> bool:
    with world.hub.sessions().begin() as session:
        return second_factor.take(session, person, code)


# --- links ---


def test_a_new_password_ends_links_and_sign_ins_under_way(world: Any, person: Person, paper: Any) -> None:
    telephone, _ = paper
    token = half(world, person)
    with world.hub.sessions().begin() as session:
        link = invitations.invite(session, person, None)
        service.set_password(session, session.get_one(Person, person.id), NEW)
    with world.hub.sessions()() as session:
        with pytest.raises(NotFound):
            invitations.invited(session, link)
        with pytest.raises(NotSignedIn):
            half_sessions.complete(session, token, telephone.code(), ADDRESS)


def test_a_link_gives_a_password_once_and_signs_out_elsewhere(world: Any, person: Person) -> None:
    with world.hub.sessions().begin() as session:
        open_elsewhere = service.open_session(session, person)
        token = invitations.invite(session, person, None)
        assert session.scalar(select(Invitation.token_hash)) != token
    with world.hub.sessions()() as session:
        assert invitations.choose_password(session, token, NEW).id == person.id
        session.commit()
    with world.hub.sessions()() as session:
        assert service.authenticate(session, person.email, NEW, ADDRESS).id == person.id
        with pytest.raises(NotSignedIn):
            service.person_of(session, open_elsewhere)
        with pytest.raises(NotFound, match="used already or is too old"):
            invitations.choose_password(session, token, "a third one")
        assert service.authenticate(session, person.email, NEW, ADDRESS).id == person.id


def test_a_link_ends_by_time_by_a_newer_one_and_with_the_account(world: Any, person: Person) -> None:
    with world.hub.sessions().begin() as session:
        first = invitations.invite(session, person, None)
        second = invitations.invite(session, person, None)
        with pytest.raises(NotFound):
            invitations.invited(session, first)
        assert invitations.invited(session, second).id == person.id
        service.set_active(session, session.get_one(Person, person.id), active=False)
        with pytest.raises(NotFound):
            invitations.invited(session, second)
        service.set_active(session, session.get_one(Person, person.id), active=True)
        world.hub.clock.forward(days=8)
        with pytest.raises(NotFound):
            invitations.invited(session, second)


def test_a_weak_password_leaves_the_link_for_another_try(world: Any, person: Person) -> None:
    with world.hub.sessions().begin() as session:
        token = invitations.invite(session, person, None)
    with world.hub.sessions()() as session, pytest.raises(BadInput):
        invitations.choose_password(session, token, "court")
    with world.hub.sessions()() as session:
        assert invitations.choose_password(session, token, NEW).id == person.id
        session.commit()


def test_an_account_without_password_opens_by_no_password(world: Any) -> None:
    with world.hub.sessions().begin() as session:
        service.add_person(session, "new@hub.test", "New", Role.TECHNICIAN, None)
    for word in ("", " ", "x", PASSWORD):
        with world.hub.sessions()() as session, pytest.raises(BadCredentials):
            service.authenticate(session, "new@hub.test", word, ADDRESS)


def test_a_lead_lets_in_donors_and_nobody_else(world: Any, person: Person) -> None:
    world.lot()
    technician = world.person(Role.TECHNICIAN)
    donor = world.person(Role.DONOR, "CAF")
    with world.hub.sessions().begin() as session:
        assert invitations.invite(session, donor, person)
        for act in (
            lambda: invitations.invite(session, technician, person),
            lambda: service.set_active(session, technician, active=False, by=person),
            lambda: second_factor.remove(session, technician, person),
            lambda: service.add_person(session, "y@hub.test", "Y", Role.ADMIN, NEW, by=person),
            lambda: invitations.invite(session, person, donor),
            lambda: invitations.invite(session, donor, technician),
        ):
            with pytest.raises(Forbidden):
                act()


def test_the_last_administrator_stays(world: Any) -> None:
    first, second = world.person(Role.ADMIN, email="a@hub.test"), world.person(Role.ADMIN, email="b@hub.test")
    with world.hub.sessions().begin() as session:
        for one in service.people(session):
            if one.role == Role.ADMIN and one.id not in {first.id, second.id}:
                one.active = False
        service.set_active(session, session.get_one(Person, first.id), active=False)
        with pytest.raises(Conflict, match="last administrator"):
            service.set_active(session, session.get_one(Person, second.id), active=False)


# --- the second factor ---


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, SHA-1: the last six of its eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # base32 of "12345678901234567890"
    rfc = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
    factor = SecondFactor(person_id="p", secret=secret, last_step=0, spare=[])
    for seconds, code in rfc.items():
        assert second_factor.step_of(factor, code, seconds) == seconds // 30


def test_a_secret_counts_only_once_a_code_of_it_was_shown(world: Any, person: Person) -> None:
    with world.hub.sessions().begin() as session:
        telephone = Telephone(world, second_factor.begin(session, person).secret)
        assert not second_factor.is_on(session, person)
        for wrong in ("000000", "", "abcdef", "1234567", "１２３４５６"):
            with pytest.raises(BadInput):
                second_factor.confirm(session, person, wrong)
        assert len(set(second_factor.confirm(session, person, telephone.code()))) == 10
        assert second_factor.is_on(session, person)
        with pytest.raises(Conflict):
            second_factor.begin(session, person)


def test_a_code_is_taken_once_and_only_around_its_time(world: Any, person: Person, paper: Any) -> None:
    telephone, _ = paper
    code = telephone.code()
    assert taken(world, person, f"{code[:3]} {code[3:]}")
    assert not taken(world, person, code)
    assert not taken(world, person, telephone.code(-300))
    assert not taken(world, person, telephone.code(+300))
    world.hub.clock.forward(minutes=1)
    assert taken(world, person, telephone.code())


def test_a_code_on_paper_is_taken_once(world: Any, person: Person, paper: Any) -> None:
    _, codes = paper
    assert taken(world, person, f" {codes[3].upper()} ")
    assert not taken(world, person, codes[3])
    assert taken(world, person, codes[4])


def test_the_code_of_somebody_else_is_not_taken(world: Any, paper: Any) -> None:
    telephone, codes = paper
    other = world.person(Role.TECHNICIAN)
    assert not taken(world, other, telephone.code())
    assert not taken(world, other, codes[0])


def half(world: Any, person: Person) -> str:
    with world.hub.sessions().begin() as session:
        return half_sessions.open_half(session, person)


def test_password_and_code_together_open(world: Any, person: Person, paper: Any) -> None:
    telephone, _ = paper
    token = half(world, person)
    with world.hub.sessions()() as session:
        assert half_sessions.complete(session, token, telephone.code(), ADDRESS).id == person.id
    with world.hub.sessions()() as session, pytest.raises(NotSignedIn):
        half_sessions.complete(session, token, telephone.code(60), ADDRESS)


def test_five_wrong_codes_end_the_sign_in_and_slow_the_account_down(world: Any, person: Person, paper: Any) -> None:
    telephone, _ = paper
    token, answers = half(world, person), []
    for _ in range(7):
        with world.hub.sessions()() as session:
            try:
                half_sessions.complete(session, token, "000000", ADDRESS)
            except (BadCredentials, NotSignedIn, Throttled) as error:
                answers.append(type(error))
            session.rollback()
    assert answers == [BadCredentials] * 5 + [NotSignedIn] * 2
    with world.hub.sessions()() as session, pytest.raises(Throttled):
        half_sessions.complete(session, half(world, person), telephone.code(), ADDRESS)


def test_a_right_password_does_not_make_wrong_codes_forgotten(world: Any, person: Person, paper: Any) -> None:
    assert paper
    with world.hub.sessions()() as session:
        for _ in range(5):
            service.authenticate(session, person.email, PASSWORD, ADDRESS)
        with pytest.raises(Throttled):
            service.authenticate(session, person.email, PASSWORD, ADDRESS)


def test_a_sign_in_that_waits_too_long_is_over(world: Any, person: Person, paper: Any) -> None:
    telephone, _ = paper
    token = half(world, person)
    world.hub.clock.forward(minutes=6)
    with world.hub.sessions()() as session, pytest.raises(NotSignedIn):
        half_sessions.complete(session, token, telephone.code(), ADDRESS)
    half(world, person)
    with world.hub.sessions()() as session:
        assert len(session.scalars(select(HalfSession)).all()) == 1  # the old one went


def test_the_token_between_password_and_code_opens_no_page(world: Any, person: Person, paper: Any) -> None:
    assert paper
    with world.hub.sessions()() as session, pytest.raises(NotSignedIn):
        service.person_of(session, half(world, person))


def test_ones_own_password_is_changed_only_with_the_old_one(world: Any, person: Person) -> None:
    with world.hub.sessions().begin() as session:
        here, there = service.open_session(session, person), service.open_session(session, person)
    with world.hub.sessions()() as session:
        with pytest.raises(BadCredentials):
            service.change_password(session, session.get_one(Person, person.id), "wrong", NEW, here)
        service.change_password(session, session.get_one(Person, person.id), PASSWORD, NEW, here)
        session.commit()
        assert service.person_of(session, here).id == person.id
        with pytest.raises(NotSignedIn):
            service.person_of(session, there)


def test_nobody_ends_the_session_of_somebody_else(world: Any, person: Person) -> None:
    other = world.person(Role.TECHNICIAN)
    with world.hub.sessions().begin() as session:
        token = service.open_session(session, other, "Mozilla")
        name = service.sessions_of(session, other)[0].token_hash
        with pytest.raises(NotFound):
            service.end_session(session, person, name)
        assert service.person_of(session, token).id == other.id
        service.end_session(session, other, name)
        with pytest.raises(NotSignedIn):
            service.person_of(session, token)


def test_codes_cannot_be_turned_off_by_trying_codes(world: Any, person: Person, paper: Any) -> None:
    telephone, codes = paper

    def turned_off(code: str) -> str:
        with world.hub.sessions()() as session:
            try:
                second_factor.turn_off(session, session.get_one(Person, person.id), code)
            except (BadInput, Throttled) as error:
                return type(error).__name__
            session.commit()
        return ""

    assert [turned_off("000000") for _ in range(6)] == ["BadInput"] * 5 + ["Throttled"]
    assert turned_off(telephone.code()) == "Throttled"
    world.hub.clock.forward(minutes=2)
    assert turned_off(codes[0]) == ""
    with world.hub.sessions()() as session:
        assert not second_factor.is_on(session, session.get_one(Person, person.id))
