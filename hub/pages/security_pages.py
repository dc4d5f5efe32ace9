"""Whom to tell of a weakness of this hub: `security.txt` (RFC 9116), where its administrator named somebody."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from hub.clock import wall
from hub.context import hub_of
from hub.errors import NotFound
from hub.pages.visit import Anybody

router = APIRouter(include_in_schema=False)
GOOD_FOR: Final = timedelta(days=180)  # RFC 9116, 2.5.5: less than a year
PATH: Final = "/.well-known/security.txt"


@router.get(PATH)
def tell(visit: Anybody) -> Response:
    """Contact, until when that is good, languages, and its own address. Raises NotFound where nobody is named."""
    hub = hub_of(visit.session)
    contacts = hub.settings.security_contacts
    if not contacts:
        raise NotFound("nobody is named for messages about security")
    today = hub.clock().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {one}" for one in contacts]
    lines += [f"Expires: {wall(today + GOOD_FOR)}", "Preferred-Languages: fr, en"]
    lines += [f"Canonical: {hub.settings.public_url}{PATH}"]
    return PlainTextResponse("".join(f"{line}\n" for line in lines), headers={"Cache-Control": "max-age=3600"})
