"""The public check: by the number on a certificate or by its file. No account, no search by serial number.

An upload is judged by the rules of the offline verifier and dropped. Donors and people are not shown.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from certificates.account import certificate_account, erasure_account
from certificates.figures import moment
from certificates.statement import TIMELESS
from certificates.verdicts import TAKEN_BACK, Judgement, Verdict
from certificates.wording import (
    cause_words,
    check_words,
    judgement_sentence,
    level_words,
    verdict_sentence,
    verdict_word,
    verification_words,
)
from certificates.wording.techniques import method_words
from hub import wording
from hub.attested.reading import account_of, public_paper, seen_since
from hub.boundary import pace
from hub.issued import service
from hub.issued.service import PublicView
from hub.log.proofs import place_of
from hub.pages import formats, later_words
from hub.pages.forms import DocumentForm
from hub.pages.language import mark
from hub.pages.later_words import Later
from hub.pages.paper_pages import state
from hub.pages.proof import CLOCK_UNSET
from hub.pages.visit import Anybody, Visit

router = APIRouter(include_in_schema=False)
LONGEST_ID = 200
SHORT_ID = 43  # characters of a statement id in base64url, where capitals matter
NOT_FOUND = mark("This number is not in the record of this workshop. Check each character, or upload the file itself.")
NO_FILE = mark("Choose a file first.")
ISSUED_HERE = mark("This certificate is in the record of this workshop.")
SIMULATED = mark("SIMULATION: no real drive was erased. This proves nothing about a drive.")
EXACT = mark("This is, byte for byte, a file that this hub issued: its fingerprint is on record.")
LOG_PLACE = mark("log %(shard)s, entry %(index)s")
CHECKED = mark("Checked: %(check)s")
NOT_CHECKED = mark("Not checked: %(check)s")
CAPACITY = mark("%(size)s (%(bytes)s bytes)")
DRIVE_RECORD = mark("signed record")
STANDING = frozenset({Verdict.VALID, Verdict.VALID_UNWITNESSED, Verdict.SUPERSEDED})  # not disputed, not taken back
EARLIER = mark("An earlier certificate of this erasure, %(number)s, counts no more.")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what the signed record says."""

    term: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A verdict in words, with what stands behind it."""

    tone: str
    icon: str
    word: str
    sentence: str
    notes: tuple[str, ...]
    facts: tuple[Fact, ...]
    later: Later = later_words.NOTHING
    by: str = ""  # statement id of the certificate that has taken its place


@router.get("/verify")
def ask(visit: Anybody, id: str = "") -> Response:  # noqa: A002 - the name in the address
    """The two ways of checking; a number typed there leads to its own address."""
    asked = normal(id)
    if not asked:
        return _form(visit)
    _pace(visit)
    return _show_number(visit, asked)


@router.get("/verify/{statement_id}")
def show(visit: Anybody, statement_id: str) -> Response:
    """What the record says about one number, in capitals or not."""
    _pace(visit)
    return _show_number(visit, normal(statement_id))


@router.post("/verify")
def judge_upload(visit: Anybody, fields: DocumentForm) -> Response:
    """Judge a file and forget it."""
    data = fields.file("file")
    if not data:
        return _form(visit, visit.say(NO_FILE), 422)
    _pace(visit, pace.UPLOAD)
    exact = service.issued_here(visit.session, data)
    return visit.page("verify_result.html", result=_judged(visit, service.verify_upload(visit.session, data), exact))


def normal(typed: str) -> str:
    """A number as typed or scanned, without blanks and, where capitals do not matter, in lower case."""
    word = "".join(typed.split())[:LONGEST_ID]
    return word if len(word) == SHORT_ID else word.lower()


def _pace(visit: Visit, cost: float = 1.0) -> None:
    request = visit.request
    request.app.state.pace.take(request.client.host if request.client else "unknown", cost)


def _show_number(visit: Visit, asked: str) -> Response:
    paper = public_paper(visit.session, asked)
    if paper is not None:
        account = account_of(visit.session, paper, visit.lang)
        facts: dict[str, Any] = {
            "state": state(paper, visit),
            "account": account,
            "seen": seen_since(visit.session, paper),
        }
        return visit.page("paper_public.html", number=paper.row.number, **facts)
    found = service.lookup_public(visit.session, asked)
    if found is None:
        return _form(visit, visit.say(NOT_FOUND), 404, asked)
    return visit.page("verify_result.html", result=_looked_up(visit, found))


def _form(visit: Visit, error: str = "", status: int = 200, asked: str = "") -> Response:
    return visit.page("verify.html", status, error=error, asked=asked)


def _looked_up(visit: Visit, found: PublicView) -> Result:
    lang, say = visit.lang, visit.say
    state = wording.judgement_state(found.judgement, lang, found.cause)
    if not found.verdict:  # the record itself does not hold: nothing of it is shown
        told = cause_words(found.cause, lang)
        sentence = judgement_sentence(found.judgement, lang)
        return Result(state.tone, state.icon, state.word, sentence, (told,) if told else (), ())
    size = say(CAPACITY) % {
        "size": formats.size_text(found.drive_bytes, lang),
        "bytes": formats.count_text(found.drive_bytes, lang),
    }
    ended = say(CLOCK_UNSET) if found.clock in TIMELESS else moment(found.ended, lang)
    facts = (
        Fact(say(mark("Certificate number")), found.number, code=True),
        Fact(say(mark("Issued by")), found.issuer),
        Fact(say(mark("Issued on")), moment(found.issued, lang)),
        Fact(say(mark("Model")), found.drive_model),
        Fact(say(mark("Serial number")), found.drive_serial, code=True),
        Fact(say(mark("WWN")), found.drive_wwn, code=True),
        Fact(say(mark("Capacity")), size),
        Fact(say(mark("Result")), _result(found.verdict, found.cause, lang)),
        *_exceptions(visit, wording.reasons(found.exceptions, lang)),
        Fact(say(mark("Technique")), method_words(found.method, lang)),
        Fact(say(mark("Level reached")), level_words(found.level, lang)),
        Fact(say(mark("Verification")), verification_words(dict(found.verify), found.sectors, lang)),
        Fact(say(mark("End, by the bench's clock")), ended),
        Fact(say(mark("Signed statement")), formats.in_groups(found.erasure_statement), code=True),
        *_in_the_log(visit, found.erasure_statement),
    )
    told = found.cause if found.cause == TAKEN_BACK else found.judgement
    notes = (
        judgement_sentence(told, lang),
        *(visit.say(EARLIER, number=number) for number in found.before),
        *((verdict_sentence(found.verdict, lang, found.verify["mode"]),) if told in STANDING else ()),
        *((say(SIMULATED),) if found.simulated else ()),
    )
    later = later_words.told(visit, found.erasure_statement)
    return Result(later.tone or state.tone, state.icon, state.word, say(ISSUED_HERE), notes, facts, later, found.by)


def _judged(visit: Visit, found: Judgement, exact: bool) -> Result:  # noqa: FBT001 - told, not chosen
    lang, say = visit.lang, visit.say
    state = wording.judgement_state(found.verdict, lang, found.code)
    notes = [cause_words(found.code, lang)] if found.code else []
    notes += [say(EXACT)] if exact else []
    notes += [say(SIMULATED)] if found.simulated else []
    notes += [say(CHECKED) % {"check": check_words(code, lang)} for code in found.checked]
    notes += [say(NOT_CHECKED) % {"check": check_words(code, lang)} for code in found.not_checked if found.checked]
    sentence = judgement_sentence(found.told, lang)
    facts = (
        *_document_facts(visit, found),
        Fact(say(mark("SHA-256 of the file")), formats.in_groups(found.sha256), code=True),
    )
    later = later_words.told(visit, _run_of(found))
    return Result(
        later.tone or state.tone, state.icon, state.word, sentence, tuple(note for note in notes if note), facts, later,
        found.superseded_by or "",
    )  # fmt: skip


def _result(verdict: str, cause: str, lang: str) -> str:
    """How the run ended; nothing calls a drive erased whose certificate was taken back."""
    return wording.complete_state(verdict, lang).word if cause == TAKEN_BACK else verdict_word(verdict, lang)


def _told_result(found: Judgement, told: str, lang: str) -> str:
    if found.bundle is None:
        return told
    return _result(found.bundle.erasure.payload["result"]["verdict"], found.code, lang)


def _run_of(found: Judgement) -> str:
    """The erasure that a file states, where it holds; this hub may know something of it since."""
    if found.bundle is not None:
        return found.bundle.erasure.id
    return found.statement.id if found.statement is not None and found.statement.kind == "erasure" else ""


def _exceptions(visit: Visit, told: tuple[str, ...]) -> tuple[Fact, ...]:
    """What the erasure does not cover, one line each: a result "with exceptions" is nothing without them."""
    return tuple(Fact(visit.say(mark("Not covered")), line) for line in told)


def _in_the_log(visit: Visit, statement_id: str) -> tuple[Fact, ...]:
    with visit.hub.readers()() as now:  # what was signed for this very page too
        place = place_of(now, statement_id)
    if place is None:
        return ()
    told = visit.say(LOG_PLACE) % {"shard": place.shard, "index": formats.count_text(place.index, visit.lang)}
    return (Fact(visit.say(mark("Place in the log")), told),)


def _document_facts(visit: Visit, found: Judgement) -> tuple[Fact, ...]:
    say = visit.say
    if found.bundle is not None:
        told = certificate_account(found.bundle, visit.lang)
        head: tuple[Fact, ...] = (
            Fact(say(mark("Certificate number")), told.number, code=True),
            Fact(say(mark("Issued by")), told.issuer[0] if told.issuer else ""),
            Fact(say(mark("Issued on")), told.issued),
        )
        erasure = told.erasure
    elif found.statement is not None and found.statement.kind == "erasure":
        head, erasure = (), erasure_account(found.statement, visit.lang)
    else:
        return ()
    return (
        *head,
        Fact(say(mark("Model")), erasure.model),
        Fact(say(mark("Serial number")), erasure.serial, code=True),
        Fact(say(mark("WWN")), erasure.wwn, code=True),
        Fact(say(mark("Capacity")), erasure.capacity),
        Fact(say(mark("Result")), _told_result(found, erasure.verdict, visit.lang)),
        *_exceptions(visit, erasure.exceptions),
        Fact(say(mark("Technique")), erasure.technique),
        Fact(say(mark("Level reached")), erasure.level),
        Fact(say(mark("Verification")), erasure.verification),
        Fact(say(mark("From, to, by the bench's clock")), erasure.period),
    )
