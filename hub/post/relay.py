"""One message to the mail server of the house. Nothing is kept between two: a server that ends a line ends one message.

Addresses and subjects are set as header fields of the library, which refuses line breaks in them; no foreign text
becomes a field of its own.
"""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from hub.outside import MailRelay
from hub.typed import one_line

TIMEOUT_S: Final = 20.0
LONGEST_SUBJECT: Final = 150
LONGEST_LINE: Final = 900  # characters; of a mail, 998 bytes, and the library breaks what is longer
PERMANENT: Final = 500  # replies from here on: trying again changes nothing

Send = Callable[[EmailMessage], None]


class Undeliverable(Exception):
    """This message will never be taken; the word says why."""


class NotNow(Exception):
    """The server did not take it this time; the word says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message in words: subject, and lines of plain text."""

    subject: str
    lines: tuple[str, ...]


def message_of(written: Written, sender: str, to: str, key: str, at: datetime) -> EmailMessage:
    """The message as it is sent; `key` makes its Message-ID, the same at each try. Raises Undeliverable (address)."""
    message = EmailMessage(policy=SMTP)
    try:
        address = Address(addr_spec=to)
        address.addr_spec.encode("ascii")
    except (ValueError, IndexError, HeaderParseError) as error:
        raise Undeliverable("address") from error
    message["From"] = Address(addr_spec=sender)
    message["To"] = address
    message["Subject"] = one_line(written.subject, LONGEST_SUBJECT)
    message["Date"] = at
    message["Message-ID"] = f"<{key}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(
        "\n".join(one_line(line, LONGEST_LINE) for line in written.lines) + "\n", cte="quoted-printable"
    )
    return message


def smtp(relay: MailRelay) -> Send:
    """A way to send by this server; it raises NotNow and Undeliverable."""

    def send(message: EmailMessage) -> None:
        try:
            _hand_over(relay, message)
        except smtplib.SMTPRecipientsRefused as error:
            replies = [code for code, _text in error.recipients.values()]
            raise (Undeliverable if min(replies) >= PERMANENT else NotNow)(f"recipient {replies[0]}") from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise (Undeliverable if error.smtp_code >= PERMANENT else NotNow)(f"reply {error.smtp_code}") from error
        except smtplib.SMTPNotSupportedError as error:
            raise NotNow("the server cannot do what is asked of it") from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotNow(type(error).__name__) from error

    return send


def _hand_over(relay: MailRelay, message: EmailMessage) -> None:
    trust = ssl.create_default_context()
    opened = (
        smtplib.SMTP_SSL(relay.host, relay.port, timeout=TIMEOUT_S, context=trust)
        if relay.tls == "tls"
        else smtplib.SMTP(relay.host, relay.port, timeout=TIMEOUT_S)
    )
    with opened as server:
        if relay.tls == "starttls":
            server.starttls(context=trust)
        if relay.user:
            server.login(relay.user, relay.password)
        server.send_message(message)
