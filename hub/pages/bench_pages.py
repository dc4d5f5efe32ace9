"""What every bench is told: serial numbers that nobody may erase, and messages."""

from fastapi import APIRouter, Response

from hub.errors import HubError
from hub.pages.forms import SmallForm
from hub.pages.language import mark
from hub.pages.pre_approval_pages import whole
from hub.pages.sentences import in_words
from hub.pages.visit import Home, Visit
from hub.stations import messages, protection

router = APIRouter(include_in_schema=False)
SEVERITIES = (("info", mark("information")), ("warning", mark("attention")), ("urgent", mark("urgent")))
EMPTY = {"serial": "", "note": "", "text": "", "severity": "info", "days": "7"}


@router.get("/benches")
def show(visit: Home) -> Response:
    """Protected serial numbers and messages."""
    return _page(visit, EMPTY)


@router.post("/benches/protected")
def protect(visit: Home, fields: SmallForm) -> Response:
    """Protect a serial number, or say why not."""
    form = EMPTY | {name: fields.text(name) for name in ("serial", "note")}
    try:
        row = protection.protect(visit.session, visit.someone, form["serial"], form["note"])
    except HubError as error:
        return _page(visit, form, in_words(error.message, visit.lang), error.status)
    return visit.go("/benches", "serial-protected", serial=row.serial)


@router.post("/benches/unprotected")
def unprotect(visit: Home, fields: SmallForm) -> Response:
    """Take a serial number off the list."""
    serial = fields.text("serial")
    protection.unprotect(visit.session, visit.someone, serial)
    return visit.go("/benches", "serial-unprotected", serial=serial)


@router.post("/benches/messages")
def write(visit: Home, fields: SmallForm) -> Response:
    """Write a message, or say why not."""
    form = EMPTY | {name: fields.text(name) for name in ("text", "severity", "days")}
    try:
        messages.write_message(visit.session, visit.someone, form["text"], form["severity"], whole(form["days"]))
    except HubError as error:
        return _page(visit, form, in_words(error.message, visit.lang), error.status)
    return visit.go("/benches", "message-written")


@router.post("/benches/messages/withdraw")
def withdraw(visit: Home, fields: SmallForm) -> Response:
    """Show a message no more."""
    messages.withdraw_message(visit.session, visit.someone, whole(fields.text("message")))
    return visit.go("/benches", "message-withdrawn")


def _page(visit: Visit, form: dict[str, str], error: str = "", status: int = 200) -> Response:
    words = {code: visit.say(word) for code, word in SEVERITIES}
    return visit.page(
        "benches.html",
        status,
        error=error,
        form=form,
        protected=protection.protected_serials(visit.session),
        of_settings=visit.hub.settings.protected_serials,
        messages=[(one, words[one.severity]) for one in messages.current_messages(visit.session)],
        severities=words.items(),
        longest_days=messages.LONGEST_DAYS,
    )
