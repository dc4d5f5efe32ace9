"""A person gives a device another letter than the computed one, with a reason, or takes it back. For workshop leads."""

from fastapi import APIRouter, Response

from hub.devices import service as devices
from hub.errors import BadInput, Conflict
from hub.grades import overriding
from hub.pages.device_pages import device_page
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.sentences import in_words
from hub.pages.visit import Validators

router = APIRouter(include_in_schema=False)
NOT_DIAGNOSED = mark("Nothing was diagnosed here yet: there is no letter to override.")
CHANGED = mark("A newer diagnosis arrived in the meantime: look at it first.")


@router.post("/devices/{device_id}/grade")
def give(visit: Validators, device_id: str, fields: SmallForm) -> Response:
    """Give another letter to the diagnosis that the person has read."""
    diagnostic = devices.device_for(visit.session, visit.someone, device_id).diagnostic
    if diagnostic is None:
        return device_page(visit, device_id, visit.say(NOT_DIAGNOSED), 409)
    if diagnostic.statement_id != fields.text("statement"):
        return device_page(visit, device_id, visit.say(CHANGED), 409)
    letter, reason, note = (fields.text(name) for name in ("letter", "reason", "note"))
    try:
        overriding.override(visit.session, visit.someone, diagnostic.statement_id, letter, reason=reason, note=note)
    except (BadInput, Conflict) as error:
        return device_page(visit, device_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/devices/{device_id}", "overridden", letter=letter)


@router.post("/devices/{device_id}/grade/withdraw")
def withdraw(visit: Validators, device_id: str, fields: SmallForm) -> Response:
    """Take a person's letter back: the computed one stands alone again."""
    try:
        overriding.withdraw(visit.session, visit.someone, fields.text("statement"))
    except Conflict as error:
        return device_page(visit, device_id, in_words(error.message, visit.lang), error.status)
    return visit.go(f"/devices/{device_id}", "override-withdrawn")
