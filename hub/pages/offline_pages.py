"""The verifier as one file that a donor keeps: `certificates.verifier_page`, with the keys of this hub in it.

Sent to be saved, never shown here: opened from a disk or a USB stick it needs neither this hub nor a network.
"""

from fastapi import APIRouter, Response

from certificates import canonical
from certificates.trust import MAX_TRUST_BYTES
from certificates.verifier_page.build import FILE_NAME, verifier_page
from hub.boundary.pace import UPLOAD
from hub.clock import wall
from hub.keys.trust_file import trust_document
from hub.pages.files import download
from hub.pages.visit import Anybody

router = APIRouter(include_in_schema=False)


@router.get("/verify/offline")
def keep(visit: Anybody) -> Response:
    """The page in the language of the reader, as of now. Raises Throttled: every key is read for it."""
    request = visit.request
    request.app.state.pace.take(request.client.host if request.client else "unknown", UPLOAD)
    trust = canonical.encode(trust_document(visit.session), max_bytes=MAX_TRUST_BYTES)
    page = verifier_page(trust, wall(visit.hub.clock()), visit.lang)
    return download(page, "text/html; charset=utf-8", FILE_NAME)
