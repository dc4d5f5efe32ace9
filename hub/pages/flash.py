"""One message that survives one redirect: "the certificate is issued", "that lot code exists".

The cookie carries a code from a closed list and plain figures or names, never a sentence, so that nobody can make the
hub say something by planting a cookie; what it carries is escaped like any other foreign string.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field

from fastapi import Request, Response

from hub.pages.language import mark

COOKIE = "etabli-flash"
MAX_LENGTH = 1200  # characters of the cookie's value

MESSAGES: dict[str, tuple[str, str]] = {
    "signed-out": ("ok", mark("You are signed out.")),
    "letters-kept": ("ok", mark("Your choice of e-mail is kept.")),
    "provider-off": ("ok", mark("Unlinked: here you are known by your password only.")),
    "approved": ("ok", mark("Approved: the certificate of drive %(serial)s is issued.")),
    "rejected": ("wait", mark("Rejected: drive %(serial)s gets no certificate. You can take this back.")),
    "certificate-recall-asked": ("ok", mark("Asked for: another lead has to agree.")),
    "certificate-recall-withdrawn": ("ok", mark("The request is withdrawn: the certificate counts as before.")),
    "certificate-taken-back": ("wait", mark("Signed: this certificate counts no more, and its drive is open again.")),
    "certificate-replaced": ("ok", mark("Signed: a new certificate has taken its place.")),
    "witness-added": ("ok", mark("%(name)s is asked to sign each checkpoint from now on.")),
    "witness-ended": ("wait", mark("%(name)s is asked no more; what it signed stays.")),
    "witness-change-asked": ("ok", mark("Asked for %(name)s: another person has to agree.")),
    "witness-change-withdrawn": ("ok", mark("The request about %(name)s is withdrawn.")),
    "tied": ("ok", mark("Drive %(serial)s belongs to lot %(lot)s now.")),
    "alarm-closed": ("ok", mark("Noted: somebody has looked at it.")),
    "station-accepted": ("ok", mark("Station %(name)s is accepted: its statements are taken from now on.")),
    "station-refused": ("wait", mark("Station %(name)s is refused: nothing is taken from it.")),
    "lot-created": ("ok", mark("Lot %(code)s is open.")),
    "donor-created": ("ok", mark("Donor %(name)s is recorded.")),
    "imported": ("ok", mark("Import done: %(created)s created, %(matched)s already known.")),
    "policy-applied": ("ok", mark("Policy %(name)s, version %(version)s, is in force: every report is graded by it.")),
    "category-policy-applied": (
        "ok",
        mark("Policy %(name)s, version %(version)s, is in force: every category comes from it."),
    ),
    "policy-undone": ("ok", mark("Taken back: policy %(name)s, version %(version)s, is in force again.")),
    "policy-undone-bench": ("ok", mark("Taken back: each letter is the one that the bench gave.")),
    "category-policy-undone-none": ("ok", mark("Taken back: no category policy is in force.")),
    "pre-approved": ("ok", mark("Lot %(code)s is approved beforehand until %(moment)s (rule %(rule)s).")),
    "pre-approval-undone": ("ok", mark("Undone: drives of lot %(code)s start by hand only.")),
    "serial-protected": ("ok", mark("%(serial)s is protected from the next contact of each bench on.")),
    "serial-unprotected": ("wait", mark("%(serial)s is protected no more.")),
    "message-written": ("ok", mark("Every bench shows it from its next contact on.")),
    "message-withdrawn": ("ok", mark("Withdrawn: a bench stops showing it at its next contact.")),
    "overridden": ("ok", mark("Letter %(letter)s is noted beside the computed one. You can take it back.")),
    "override-withdrawn": ("ok", mark("Taken back: the computed letter stands alone.")),
    "lot-moved": ("ok", mark("Noted: lot %(code)s is one step further.")),
    "lot-moved-back": ("wait", mark("Taken back: lot %(code)s is where it was; the step stays on record.")),
    "counted": ("ok", mark("The count of lot %(code)s is noted.")),
    "drive-recorded": ("ok", mark("Recorded in the account of lot %(code)s. You can take it back.")),
    "drive-record-withdrawn": ("wait", mark("Taken back: the record stays, and explains nothing any more.")),
    "report-kept": ("ok", mark("The report is kept. Nothing is explained by it yet.")),
    "report-known": ("wait", mark("This very file is here already; nothing was changed.")),
    "report-decided": ("ok", mark("Your decision is on record.")),
    "mapping-kept": ("ok", mark("Mapping %(name)s, version %(version)s, is kept.")),
    "said": ("ok", mark("Noted for %(tag)s. You can take it back.")),
    "handled": ("ok", mark("Noted for %(number)s devices. You can take it back as one.")),
    "handled-undone": ("wait", mark("Taken back: the word before it holds again; it stays on record.")),
    "sample-drawn": ("ok", mark("Drawn: another person reads these drives again. A draw stays.")),
    "sample-read": ("ok", mark("Noted: drive %(serial)s was read again.")),
    "tags-issued": ("ok", mark("Issued: %(first)s to %(last)s. Take the sheet below.")),
    "tags-printed": (
        "ok",
        mark("The sheet with the labels of %(number)s devices is ready: take it below and print it."),
    ),
    "approved-together": ("ok", mark("Approved: %(number)s certificates are issued, each decision signed by itself.")),
    "exit-begun": ("ok", mark("Exit %(number)s is begun: name the tags.")),
    "left": ("ok", mark("%(number)s left. You can take each back, with a reason.")),
    "exit-withdrawn": ("wait", mark("Taken back: it is here again, and the exit stays on record.")),
    "exit-noted": ("ok", mark("Noted.")),
    "work-withdrawn": ("wait", mark("Taken back: the record stays.")),
    "lot-closed": ("ok", mark("Lot %(code)s is closed; version %(version)s of its report is frozen.")),
    "lot-reopened": ("wait", mark("Lot %(code)s is open again. Its report stays, marked as reopened.")),
    "network-added": ("ok", mark("Network %(name)s is recorded.")),
    "partner-added": ("ok", mark("Partner %(name)s is recorded.")),
    "partner-noted": ("ok", mark("Noted for partner %(name)s.")),
    "partner-taken-back": ("wait", mark("Taken back; it stays on record.")),
    "gate-passed": ("ok", mark("Gate %(gate)s is passed.")),
    "gate-refused": ("wait", mark("Gate %(gate)s is not passed: what is missing stands beside it.")),
    "gate-exception": ("wait", mark("Gate %(gate)s is passed by exception, with your name and your reason.")),
    "offer-made": ("ok", mark("Your offer waits for a moderator of the network.")),
    "offer-published": ("ok", mark("Published: every workshop of the network reads it now.")),
    "offer-refused": ("wait", mark("Refused: the workshop reads why; nobody else sees the offer.")),
    "offer-written": ("ok", mark("Your message stands on the page of the offer.")),
    "offer-ended": ("ok", mark("Noted what became of it. You can take it back.")),
    "offer-reopened": ("wait", mark("Taken back: the offer stands on the board again.")),
    "document-filed": ("ok", mark("The document is kept, as version %(version)s.")),
    "social-noted": ("ok", mark("The figure is noted.")),
    "action-noted": ("ok", mark("The action is noted.")),
    "retired-noted": ("ok", mark("The retired stock of %(year)s is noted.")),
    "stated": ("ok", mark("Noted for %(number)s devices.")),
    "half-year-frozen": ("ok", mark("The report is frozen, as version %(version)s.")),
    "pool-chosen": ("ok", mark("Kept: each workshop agrees for itself to what is shared.")),
    "pool-agreed": ("ok", mark("Your workshop is counted from the next count on.")),
    "pool-taken-back": ("wait", mark("Taken back: nothing of your workshop is told any more.")),
    "pool-counted": ("ok", mark("Counted: %(half)s. Workshops added: %(number)s.")),
    "pool-link-ended": ("wait", mark("The link is ended: it opens nothing any more.")),
    "person-added": ("ok", mark("%(name)s can sign in now.")),
    "person-closed": ("wait", mark("The account of %(name)s is closed. You can open it again.")),
    "person-opened": ("ok", mark("The account of %(name)s is open.")),
    "codes-off": ("wait", mark("%(name)s signs in without a code from now on.")),
    "password-kept": ("ok", mark("Your password is kept.")),
    "password-changed": ("ok", mark("Your password is changed; other browsers are signed out.")),
    "second-factor-off": ("wait", mark("No code is asked any more when you sign in.")),
    "prescription-issued": ("ok", mark("Code %(code)s is issued: write it into your own file.")),
    "prescription-cancelled": ("wait", mark("Code %(code)s is cancelled; it stays on record.")),
    "reserved": ("ok", mark("Reserved until %(day)s.")),
    "released": ("wait", mark("Released: anybody can reserve it again.")),
    "service-asked": ("ok", mark("The workshop knows that %(tag)s needs service.")),
    "photo-kept": ("ok", mark("The photo of %(tag)s is kept.")),
    "read-noted": ("ok", mark("Noted: you have read %(title)s, version %(version)s.")),
    "taken-in": ("ok", mark("%(tag)s is taken in. The receipt has code %(code)s: print it from the list.")),
    "session-ended": ("ok", mark("Signed out there.")),
}


@dataclass(frozen=True, slots=True)
class Flash:
    """A message from the closed list: its code and the figures or names that it mentions."""

    code: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def tone(self) -> str:
        """Its tone: "ok", "wait" or "bad"."""
        return MESSAGES[self.code][0]

    @property
    def named(self) -> dict[str, str]:
        """The values that its message has a place for; a planted cookie may carry anything else."""
        return {name: value for name, value in self.values.items() if f"%({name})s" in self.message}

    @property
    def message(self) -> str:
        """Its source string, with named placeholders."""
        return MESSAGES[self.code][1]


def put(response: Response, flash: Flash, *, secure: bool) -> None:
    """Send a message along with a redirect."""
    document = json.dumps([flash.code, flash.values]).encode()
    value = base64.urlsafe_b64encode(document).decode()
    if len(value) <= MAX_LENGTH:
        response.set_cookie(COOKIE, value, max_age=60, httponly=True, samesite="lax", secure=secure)


def take(request: Request) -> Flash | None:
    """Read the waiting message; None when there is none or when the cookie is not ours."""
    raw = request.cookies.get(COOKIE, "")
    if not raw or len(raw) > MAX_LENGTH:
        return None
    try:
        code, values = json.loads(base64.urlsafe_b64decode(raw.encode()))
        flash = Flash(str(code), {str(key): str(value) for key, value in dict(values).items()})
        return flash if flash.code in MESSAGES and flash.message % flash.values else None
    except (ValueError, TypeError, KeyError, binascii.Error):
        return None
