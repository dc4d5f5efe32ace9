"""`credential`: a certificate as a W3C Verifiable Credential."""

from typing import Annotated

from certificates.command_line import Argument
from certificates.language import mark
from hub.commands.opening import Call
from hub.issued.credentials import credential_by_number


def credential(
    context: Call,
    number: Annotated[str, Argument("NUMBER", help=mark("Number of the certificate, as it stands on the page."))],
) -> None:
    """Print a certificate as a W3C Verifiable Credential (JWT): a copy for other programs, never the certificate."""
    with context.unit_of_work() as session:
        print(credential_by_number(session, number.strip()))
