"""E-mail about an offer of the board: to the workshop that offers it, the moderator in copy, no address of another."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from hub.models import Person, Role
from hub.outside import MailRelay
from hub.post.carrier import Carrier
from hub.post.relay import smtp
from tests.hub.houses import Houses
from tests.hub.mail_server import mail_server
from tests.hub.post_work import with_post
from tests.seeds.test_s3_surplus import Board

HOSTILE = "Écrans\r\nBcc: all@evil.example\r\n\r\n<b>\u202eevil %s {0}"


@pytest.fixture
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    made = Houses.built(tmp_path_factory.mktemp("board") / "hub")
    yield Board(made)
    made.workshop.hub.engine.dispose()


def sent(board: Board) -> dict[str, EmailMessage]:
    """What a mail server gets, by the address to which it goes; another message to the same is a failure."""
    with mail_server() as server:
        relay = MailRelay("127.0.0.1", server.port, "hub@atelier.example", "none")
        Carrier(board.houses.workshop.hub, relay, smtp(relay)).work_off()
        found = {str(one["To"]): one for one in server.messages()}
        assert len(found) == len(server.data)
    return found


def address(board: Board, who: str) -> str:
    with board.houses.session() as session:
        return session.get_one(Person, board.houses.people[who]).email


@pytest.mark.world
def test_a_contact_goes_to_the_poster_with_the_moderators_in_copy_and_to_nobody_else(board: Board) -> None:
    with_post(board.houses.workshop)
    path = board.published(HOSTILE)
    board.bravo.done(f"{path}/messages", text="Deux nous iraient." + " Merci." * 200)
    poster, moderator = address(board, "lead of a partner"), address(board, "coordinator")
    mails = sent(board)
    assert set(mails) == {poster, moderator}
    for to, mail in mails.items():
        whole = mail.as_string()
        text = mail.get_content()
        assert [name for name in mail if name.lower() in {"bcc", "cc", "reply-to"}] == []
        assert "evil.example" in str(mail["Subject"]), "it stays a word of the title"
        assert text.split().count("Merci.") == 200
        assert path in text
        assert not any(other in whole for other in mails if other != to)
    assert "Vous recevez cette copie comme modérateur" in mails[moderator].get_content()
    assert "Le modérateur du tableau en a une copie" in mails[poster].get_content()
    assert sent(board) == {}, "each is sent once"
    board.alpha.done(f"{path}/messages", text="Venez mardi.")
    answered = set(sent(board))
    assert moderator in answered
    assert poster not in answered, "nobody is told what they wrote themselves"
    assert len(answered) == 2, "whoever had written is told"


def test_who_may_not_read_the_offer_any_more_gets_nothing(board: Board) -> None:
    post = with_post(board.houses.workshop)
    path = board.published("Souris")
    board.bravo.done(f"{path}/messages", text="Encore là ?")
    with board.houses.session() as session, session.begin():
        session.get_one(Person, board.houses.people["coordinator"]).role = Role.DONOR
    assert [to for to, *_ in post.deliver()] == [address(board, "lead of a partner")]


def test_without_e_mail_the_page_says_so_and_what_to_write(board: Board) -> None:
    path = board.published("Claviers")
    page = board.bravo.read(path)
    assert "This hub sends no e-mail" in page
    assert f"Claviers – http://testserver{path}" in page
    board.bravo.done(f"{path}/messages", text="Bonjour")
    with_post(board.houses.workshop)
    assert "the moderator in copy" in board.bravo.read(path)
    assert sent_nothing(board)


def sent_nothing(board: Board) -> bool:
    """Nothing was put down while the hub sent no e-mail."""
    from hub.posted import Letter

    with board.houses.session() as session:
        return session.query(Letter).count() == 0
