"""The e-mail of the hub: asked for, put down with what it tells, sent by a worker, and no header of anybody else."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest

from hub.models import Donor, Lot, Person
from hub.outside import MailRelay
from hub.people import invitations
from hub.post.asked import tell_link, tell_step
from hub.post.carrier import pause_after
from hub.post.relay import NotNow, Undeliverable, Written, message_of, smtp
from tests.asgi import TestClient
from tests.hub.mail_server import mail_server
from tests.hub.pages.workshop import EMAILS, START, Workshop
from tests.hub.post_work import Post, with_post

Enter = Callable[[str], TestClient]
TokenOf = Callable[[TestClient], str]
HOSTILE = "Bcc: all@evil.example\r\n\r\n<b>\u202eevil\x00 %s {0}"


@pytest.fixture
def post(workshop: Workshop) -> Post:
    return with_post(workshop)


def choose(browser: TestClient, token_of: TokenOf, **letters: str) -> None:
    answer = browser.post("/account/letters", data={"csrf": token_of(browser), **letters})
    assert answer.status_code == 303, answer.text


def receive(browser: TestClient, token_of: TokenOf, code: str = "MAIRIE-01") -> None:
    answer = browser.post(f"/lots/{code}/life", data={"csrf": token_of(browser), "after": "received"})
    assert answer.status_code == 303, answer.text


def test_a_link_is_sent_to_whom_it_is_for_and_then_forgotten(post: Post, signed_in: Enter, token_of: TokenOf) -> None:
    admin = signed_in("admin")
    page = admin.post(
        "/people", data={"csrf": token_of(admin), "name": "Gwenn", "email": "gwenn@atelier.example", "role": "lead"}
    )
    assert "It is also sent to gwenn@atelier.example by e-mail." in page.text
    link = page.text.split('id="link">')[1].split("<")[0]
    ((to, subject, text),) = post.deliver()
    assert (to, "Atelier de Brest" in subject, link in text) == ("gwenn@atelier.example", True, True)
    (letter,) = post.letters()
    assert (letter.state, letter.facts) == ("sent", {}), "nobody finds the link in the database afterwards"
    assert post.deliver() == [], "and it is sent once"


def test_a_link_that_a_newer_one_ended_is_not_sent(post: Post) -> None:
    with post.workshop.session() as session, session.begin():
        person = post.workshop.person(session, "technician")
        for _ in range(2):
            tell_link(session, person, invitations.invite(session, person, None))
    assert len(post.deliver()) == 1
    assert sorted(one.state for one in post.letters()) == ["dropped", "sent"]


def test_a_donor_who_asked_is_told_each_step_and_nobody_else(post: Post, signed_in: Enter, token_of: TokenOf) -> None:
    donor = signed_in("donor")
    assert "Tell me at each step of my lots" in donor.get("/account").text
    lead = signed_in("lead")
    receive(lead, token_of, "USINE-01")
    assert post.deliver() == [], "nobody asked"
    choose(donor, token_of, **{"lot-steps": "1"})
    receive(lead, token_of)
    ((to, subject, text),) = post.deliver()
    assert (to, subject) == (EMAILS["donor"], "Votre lot MAIRIE-01 : reçu")
    assert "http://testserver/lots/MAIRIE-01" in text
    assert "http://testserver/account" in text, "and how to stop it"
    choose(donor, token_of)
    lead.post("/lots/MAIRIE-01/life/undo", data={"csrf": token_of(lead)})
    assert post.deliver() == []


def test_nobody_asks_for_what_is_not_for_their_role(post: Post, signed_in: Enter, token_of: TokenOf) -> None:
    donor = signed_in("donor")
    choose(donor, token_of, weekly="1")
    assert post.deliver() == []
    assert "each Monday" not in donor.get("/account").text


def test_a_step_that_is_rolled_back_is_never_told(post: Post, signed_in: Enter, token_of: TokenOf) -> None:
    choose(signed_in("donor"), token_of, **{"lot-steps": "1"})
    lead = signed_in("lead")
    answer = lead.post("/lots/MAIRIE-01/life", data={"csrf": token_of(lead), "after": "closed"})
    assert (answer.status_code != 303, post.deliver()) == (True, [])


def test_a_server_that_is_away_is_tried_later_and_later(post: Post, signed_in: Enter, token_of: TokenOf) -> None:
    choose(signed_in("donor"), token_of, **{"lot-steps": "1"})
    post.trouble = NotNow("ConnectionRefusedError")
    receive(signed_in("lead"), token_of)
    assert post.deliver() == []
    assert [(one.state, one.tries, one.problem) for one in post.letters()] == [("waiting", 1, "ConnectionRefusedError")]
    post.trouble = None
    assert post.deliver() == [], "not before its time"
    post.workshop.clock.now += timedelta(minutes=2)
    assert len(post.deliver()) == 1
    assert [round(pause_after(n).total_seconds() / 60) for n in (1, 2, 3, 9, 400)] == [1, 2, 4, 240, 240]


def test_old_news_is_not_told(post: Post, signed_in: Enter, token_of: TokenOf) -> None:
    choose(signed_in("donor"), token_of, **{"lot-steps": "1"})
    receive(signed_in("lead"), token_of)
    post.workshop.clock.now += timedelta(days=4)
    assert (post.deliver(), [one.state for one in post.letters()]) == ([], ["dropped"])


def test_what_is_refused_for_good_is_not_tried_again(post: Post, signed_in: Enter, token_of: TokenOf) -> None:
    choose(signed_in("donor"), token_of, **{"lot-steps": "1"})
    receive(signed_in("lead"), token_of)
    post.trouble = Undeliverable("recipient 550")
    post.deliver()
    assert [(one.state, one.problem) for one in post.letters()] == [("failed", "recipient 550")]


def test_what_another_process_holds_is_left_to_it_until_it_is_gone(post: Post) -> None:
    with post.workshop.session() as session, session.begin():
        person = post.workshop.person(session, "technician")
        tell_link(session, person, invitations.invite(session, person, None))
    assert post.carrier._take() is not None  # another process, which ends before it sends
    assert post.deliver() == []
    post.workshop.clock.now += timedelta(minutes=4)
    assert len(post.deliver()) == 1


def test_a_hostile_name_becomes_no_header(post: Post) -> None:
    with post.workshop.session() as session, session.begin():
        donor = session.query(Donor).filter_by(name="Mairie de Brest").one()
        person = session.query(Person).filter_by(donor_id=donor.id).one()
        person.name = HOSTILE
        tell_link(session, person, invitations.invite(session, person, None))
    post.deliver()
    (message,) = post.sent
    assert message["Bcc"] is None
    assert "Bcc" not in message.as_bytes().split(b"\r\n\r\n")[0].decode("ascii")
    assert "<b>" in message.get_content(), "it stands in the text, as text"
    assert "\u202e" not in message.get_content()


@pytest.mark.parametrize("subject", [HOSTILE, "\n\nX: y", "a" * 5000, "\r", "é" * 400, ""])
def test_a_hostile_subject_stays_one_field(subject: str) -> None:
    message = message_of(Written(subject, (subject,)), "hub@a.example", "b@c.example", "k", START)
    head = message.as_bytes().split(b"\r\n\r\n")[0].decode("ascii")
    names = [line.split(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]
    assert sorted(names) == sorted({*names}), names
    assert {"Bcc", "X"} & {*names} == set()


@pytest.mark.parametrize(
    "to", ["a@b\r\nBcc: c@d", "a b@c.example", "@", "a@b, c@d", "é@b.example", "", "<a@b>", "a@b@c"]
)
def test_an_address_that_is_none_is_never_sent_to(to: str) -> None:
    with pytest.raises(Undeliverable):
        message_of(Written("s", ("t",)), "hub@a.example", to, "k", START)


def a_message() -> EmailMessage:
    return message_of(Written("Bonjour", ("été", ".", "..")), "hub@a.example", "b@c.example", "key", START)


@pytest.mark.world
def test_a_message_arrives_whole_at_a_server() -> None:
    with mail_server() as server:
        smtp(MailRelay("127.0.0.1", server.port, "hub@a.example", "none"))(a_message())
        (got,) = server.messages()
    assert (got["To"], got["Message-ID"], got["Auto-Submitted"]) == (
        "b@c.example", "<key@a.example>", "auto-generated",
    )  # fmt: skip
    assert got.get_content().splitlines() == ["été", ".", ".."]


@pytest.mark.world
@pytest.mark.parametrize(
    ("command", "reply", "what"),
    [
        ("RCPT", "550 nobody", Undeliverable),
        ("RCPT", "450 later", NotNow),
        ("DATA", "554 spam", Undeliverable),
        ("DATA", "451 later", NotNow),
        ("MAIL", "421 full", NotNow),
        ("EHLO", "\x00\x00", NotNow),
    ],
)
def test_a_refusal_is_told_apart_by_its_number(command: str, reply: str, what: type[Exception]) -> None:
    with mail_server() as server:
        server.replies[command] = reply
        with pytest.raises(what):
            smtp(MailRelay("127.0.0.1", server.port, "hub@a.example", "none"))(a_message())
        assert server.data == []


@pytest.mark.world
def test_a_server_without_tls_gets_nothing_where_tls_is_asked() -> None:
    with mail_server() as server:
        with pytest.raises(NotNow):
            smtp(MailRelay("127.0.0.1", server.port, "hub@a.example", "starttls"))(a_message())
        assert server.data == []


def test_a_hub_without_a_mail_server_puts_nothing_down(workshop: Workshop, signed_in: Enter) -> None:
    with workshop.session() as session, session.begin():
        person = workshop.person(session, "technician")
        assert tell_link(session, person, invitations.invite(session, person, None)) is False
        lot = session.query(Lot).filter_by(code="MAIRIE-01").one()
        assert tell_step.__module__ == "hub.post.asked"
        assert lot.state == "announced"
    assert workshop.app.state.post is None
    assert "By e-mail" not in signed_in("donor").get("/account").text
