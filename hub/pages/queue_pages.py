"""Decisions: failures and exceptions first, the evidence of each, approve with a confirmation, reject with a reason.

The service decides what is possible and signs; these pages only show and ask.
"""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Response

from certificates.statement import CERTIFIABLE
from certificates.wording.techniques import method_words
from hub import wording
from hub.devices.service import diagnoses_of
from hub.errors import BadInput, Forbidden
from hub.lots.overview import codes_in_hand
from hub.models import DecisionWord, Diagnostic, Erasure
from hub.pages import formats, proof, tie_words, turning
from hub.pages.decisions import erasure_for, reason_given, rejected
from hub.pages.forms import Fields, SmallForm
from hub.pages.language import mark
from hub.pages.sentences import in_words
from hub.pages.triage_words import triage_missing, triage_state
from hub.pages.visit import Validators, Visit
from hub.partners import levels
from hub.validation import service
from hub.validation.doubts import doubts
from hub.waiting import contradicted, queue_length

router = APIRouter(include_in_schema=False)
UNSURE = mark("Tick the box first: it says that you have read the evidence.")
NO_REASON = mark("A rejection needs a reason: it is signed with it.")
NOT_CERTIFIABLE = mark("This drive was not erased. Reject it with a reason, then erase it again or have it destroyed.")
NO_LOT = mark("This drive belongs to no lot yet. Say here to which one, then decide.")


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One erasure in the queue."""

    id: str
    verdict: wording.State
    reasons: str
    model: str
    serial: str
    capacity: str
    lot: str
    asset: str
    method: str
    verification: str
    duration: str
    received: datetime
    attention: bool
    reason_given: str = ""
    triage_missing: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One erasure on its own page; `why_not` says why it cannot be approved."""

    id: str
    lot: str
    asset: str
    device: str
    device_path: str
    decision: str
    decided: wording.State
    reason_given: str
    certificate: str
    rejection: str
    drive_id: str
    can_approve: bool
    can_reconsider: bool
    why_not: str
    doubts: tuple[str, ...]


@router.get("/queue")
def show(visit: Validators, after: str = "") -> Response:
    """A page of what waits for a decision; on the first one what was rejected, too."""
    found = service.queue(visit.session, visit.someone, after[: turning.LONGEST], service.SHOWN + 1)
    waiting, more = turning.shown(found, service.SHOWN)
    refused = () if after else rejected(visit.session, visit.someone)
    links = turning.turning("/queue", "after", after, waiting[-1].statement_id if waiting else "", more=more)
    newest = diagnoses_of(visit.session, [erasure.device_id for erasure in (*waiting, *refused) if erasure.device_id])
    items = [_row(visit, erasure, newest.get(erasure.device_id)) for erasure in waiting]
    turned_down = [
        _row(visit, erasure, newest.get(erasure.device_id), reason_given(visit.session, erasure)) for erasure in refused
    ]
    return visit.page(
        "queue.html",
        items=items,
        rejected=turned_down,
        turning=links,
        waiting=queue_length(visit.session, visit.someone),
        contradicted=contradicted(visit.session, visit.someone),
    )


@router.get("/queue/{statement_id}")
def show_one(visit: Validators, statement_id: str) -> Response:
    """The evidence of one erasure and the two answers."""
    return _item_page(visit, statement_id)


@router.post("/queue/{statement_id}/approve")
def approve(visit: Validators, statement_id: str, fields: SmallForm) -> Response:
    """Approve and issue the certificate, then go on to the next one."""
    if fields.text("sure") != "yes":
        return _item_page(visit, statement_id, visit.say(UNSURE), 422)
    return _decide(visit, statement_id, fields, "approved")


@router.post("/queue/{statement_id}/reject")
def reject(visit: Validators, statement_id: str, fields: SmallForm) -> Response:
    """Reject with a reason, then go on to the next one."""
    if not fields.text("reason"):
        return _item_page(visit, statement_id, visit.say(NO_REASON), 422)
    return _decide(visit, statement_id, fields, "rejected")


def _decide(visit: Visit, statement_id: str, fields: Fields, answer: str) -> Response:
    serial = erasure_for(visit.session, visit.someone, statement_id).drive.serial
    reason, now = fields.text("reason"), visit.hub.clock()
    try:
        if answer == "approved":
            service.approve(visit.session, visit.someone, statement_id, reason, now, over=fields.text("over"))
        else:
            service.reject(visit.session, visit.someone, statement_id, reason, now)
    except (BadInput, Forbidden) as error:
        return _item_page(visit, statement_id, in_words(error.message, visit.lang), error.status, reason)
    left = service.queue(visit.session, visit.someone, size=1)
    return visit.go(f"/queue/{left[0].statement_id}" if left else "/queue", answer, serial=serial)


def _item_page(visit: Visit, statement_id: str, error: str = "", status: int = 200, reason: str = "") -> Response:
    erasure = erasure_for(visit.session, visit.someone, statement_id)
    return visit.page(
        "queue_item.html",
        status,
        item=_item(visit, erasure),
        drive=proof.drive_facts(erasure.drive, erasure, visit.lang),
        codes=codes_in_hand(visit.session, visit.someone),
        because=tie_words.because(visit, erasure.drive),
        declared=tie_words.declared(visit, erasure.drive),
        ties=tie_words.ties(visit, erasure.drive),
        triage=triage_state(_newest(visit, erasure), visit.lang) if erasure.device else None,
        left=queue_length(visit.session, visit.someone),
        form={"reason": reason},
        error=error,
    )


def _item(visit: Visit, erasure: Erasure) -> Item:
    was_rejected = erasure.decision == DecisionWord.REJECTED
    certifiable = erasure.verdict in CERTIFIABLE
    open_ = erasure.decision == DecisionWord.AWAITING or was_rejected
    refusal = levels.opened_in(visit.session, erasure.lot_id).refusal(levels.WIPE)
    return Item(
        id=erasure.statement_id,
        lot=erasure.lot.code if erasure.lot else "",
        asset=erasure.payload["asset"],
        device=erasure.device.model if erasure.device else "",
        device_path=f"/devices/{erasure.device_id}" if erasure.device_id else "",
        decision=erasure.decision,
        decided=wording.decision_state(erasure.decision, visit.lang),
        reason_given=reason_given(visit.session, erasure),
        certificate=erasure.statement_id if erasure.certificate_id else "",
        rejection=(erasure.validation_id or "") if was_rejected else "",
        drive_id=erasure.drive_id,
        can_approve=open_ and certifiable and erasure.lot_id is not None and not refusal,
        can_reconsider=was_rejected and certifiable,
        why_not=in_words(refusal, visit.lang) if refusal else visit.say(NO_LOT if certifiable else NOT_CERTIFIABLE),
        doubts=_doubts(visit, erasure) if open_ and certifiable else (),
    )


def _newest(visit: Visit, erasure: Erasure) -> Diagnostic | None:
    return diagnoses_of(visit.session, [erasure.device_id or ""]).get(erasure.device_id)


def _doubts(visit: Visit, erasure: Erasure) -> tuple[str, ...]:
    if erasure.lot is None:
        return ()
    return tuple(in_words(doubt, visit.lang) for doubt in doubts(visit.session, erasure, erasure.lot))


def _row(visit: Visit, erasure: Erasure, newest: Diagnostic | None, given: str = "") -> QueueRow:
    seen, payload, lang = erasure.payload["subject"]["drive"], erasure.payload, visit.lang
    codes = dict.fromkeys(one["code"] for one in (*payload["result"]["reasons"], *payload["exceptions"]))
    return QueueRow(
        id=erasure.statement_id,
        verdict=wording.run_state(erasure.verdict, erasure.decision, lang),
        reasons=", ".join(wording.reason_words(code, lang) for code in codes),
        model=seen["model"],
        serial=seen["serial"],
        capacity=formats.size_text(seen["size_bytes"], lang),
        lot=erasure.lot.code if erasure.lot else "",
        asset=payload["asset"],
        method=method_words(erasure.method, lang),
        verification=proof.short_verification(payload, lang),
        duration=formats.duration_text(payload["duration_ms"]),
        received=erasure.received,
        attention=erasure.verdict != "ERASED" or erasure.lot_id is None,
        reason_given=given,
        triage_missing=erasure.device is not None and triage_missing(erasure.device.kind, newest),
    )
