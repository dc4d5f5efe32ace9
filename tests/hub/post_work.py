"""A workshop that sends e-mail, into a list."""

from dataclasses import dataclass, field, replace
from email.message import EmailMessage

from hub.outside import MailRelay
from hub.post.carrier import Carrier
from hub.post.relay import NotNow, Undeliverable
from hub.posted import Letter
from tests.hub.pages.workshop import Workshop

RELAY = MailRelay("127.0.0.1", 25, "hub@atelier.example", "none")


@dataclass
class Post:
    """The post of a workshop: what it sent, and whether the server takes anything."""

    workshop: Workshop
    carrier: Carrier
    sent: list[EmailMessage] = field(default_factory=list)
    trouble: NotNow | Undeliverable | None = None

    def deliver(self) -> list[tuple[str, str, str]]:
        """Send what is due; who got it, its subject and its text."""
        self.sent.clear()
        self.carrier.work_off()
        return [(str(one["To"]), str(one["Subject"]), one.get_content()) for one in self.sent]

    def letters(self) -> list[Letter]:
        with self.workshop.session() as session:
            return list(session.query(Letter).order_by(Letter.asked))


def with_post(workshop: Workshop) -> Post:
    """Let this workshop send e-mail."""
    hub = workshop.app.state.hub
    workshop.hub = replace(hub, settings=replace(hub.settings, mail=RELAY))
    workshop.app.state.hub = workshop.hub

    def send(message: EmailMessage) -> None:
        if post.trouble is not None:
            raise post.trouble
        post.sent.append(message)

    post = Post(workshop, Carrier(workshop.hub, RELAY, send))
    workshop.app.state.post = post.carrier
    return post
