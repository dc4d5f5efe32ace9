"""A certificate that went out is taken back, or replaced by a new one of the same run. For workshop leads.

Nothing of it is changed or deleted: the hub signs a `supersede` statement, which verifiers learn from the trust file.
Taken back means that the decision was wrong: the run is rejected in the same transaction, and its drive is open again.
Replaced means that the run counts and the paper was wrong: it is approved and issued once more, as things stand today.
Not where something was found of its drive since: a newer approval would be taken for an answer to it.
Where the workshop asks for two people, or has grown into a network, another lead has to agree.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.statement import REPLACED, TAKEN_BACK
from hub import audit
from hub.context import hub_of
from hub.derive.reading import read_ledger
from hub.errors import AlreadyDecided, BadInput, Conflict, Forbidden, NotFound
from hub.issued.contradictions import contradictions, unanswered
from hub.keys.line import current_root
from hub.keys.root_files import profile_of
from hub.ledger.append import append
from hub.lots.account import Why
from hub.lots.drive_account import line_of
from hub.models import Certificate, DecisionWord, Erasure, Lot, Person
from hub.people.roles import VALIDATORS, require
from hub.post.asked import tell_recall
from hub.recalled import CertificateRecall, Superseded
from hub.scope import in_scope
from hub.validation.doubts import doubts
from hub.validation.service import certify, reason_kept, run_for, verified
from hub.validation.statements import Decision, own_statement, validation_statement

WHYS: Final = (*REPLACED, *TAKEN_BACK)
SPEAKING: Final = frozenset({Why.CONTRADICTED, Why.REREAD, Why.SEEN_AFTER, Why.DISPUTED})


def needs_two(session: Session) -> bool:
    """Whether a second lead has to agree."""
    return hub_of(session).settings.two_people or profile_of(current_root(session)) == "reseau"


def certificate_for(session: Session, person: Person, certificate_id: str) -> Certificate:
    """A certificate in the person's scope. Raises NotFound."""
    query = select(Certificate).where(Certificate.id == certificate_id, in_scope(person, Certificate.lot_id))
    found = session.scalar(query)
    if found is None:
        raise NotFound("no such certificate")
    return found


def superseded_by(session: Session, statement_id: str) -> Superseded | None:
    """What the hub said of a certificate (statement id) that counts no more; None while it counts."""
    return session.get(Superseded, statement_id, populate_existing=True)


def recalls_of(session: Session, certificate: Certificate) -> tuple[CertificateRecall, ...]:
    """Every request about a certificate, the newest first; whoever asks has it in scope."""
    query = select(CertificateRecall).where(CertificateRecall.certificate_id == certificate.id)
    return tuple(session.scalars(query.order_by(CertificateRecall.id.desc())))


def open_recall(session: Session, certificate: Certificate) -> CertificateRecall | None:
    """The request about a certificate that waits for a second lead."""
    return next((one for one in recalls_of(session, certificate) if not one.agreed and not one.withdrawn), None)


def doubts_of(session: Session, certificate: Certificate) -> tuple[str, ...]:
    """What the word of whoever replaces a certificate answers, as at an approval; whoever asks has it in scope."""
    run = session.get_one(Erasure, certificate.erasure_id)
    return doubts(session, run, run.lot) if run.lot is not None else ()


def ask(
    session: Session, person: Person, certificate_id: str, now: datetime, *, why: str, note: str
) -> CertificateRecall:
    """Ask that a certificate be taken back or replaced; done at once where one person is enough.

    Raises Forbidden, NotFound, BadInput (no known cause, no words), Conflict (it counts no more, or somebody asked).
    """
    run, certificate = _open_for(session, person, certificate_id)
    if why not in WHYS:
        raise BadInput("choose why the certificate counts no more")
    note = reason_kept(note)
    if not note:
        raise BadInput("say in words why the certificate counts no more")
    _require_unspoken(session, person, run, why)
    if open_recall(session, certificate) is not None:
        raise Conflict("somebody asked for this already: another lead has to agree")
    made = CertificateRecall(
        certificate_id=certificate_id, why=why, note=note, at=now, by=person.id, by_name=person.name[:120]
    )
    session.add(made)
    session.flush()
    audit.record(session, person, "certificate.recall", certificate.number, f"{why}: {note}")
    if not needs_two(session):
        _carry_out(session, person, made, (run, certificate), now)
    return made


def agree(session: Session, person: Person, certificate_id: str, now: datetime) -> CertificateRecall:
    """Agree as the second lead: the hub signs. Raises Forbidden, NotFound, AlreadyDecided, and as `approve`."""
    run, certificate = _open_for(session, person, certificate_id)
    waiting = _waiting(session, certificate)
    if waiting.by == person.id:
        raise Forbidden("whoever asks for it does not agree to it: another lead does")
    _carry_out(session, person, waiting, (run, certificate), now)
    return waiting


def withdraw(session: Session, person: Person, certificate_id: str, now: datetime) -> CertificateRecall:
    """Take a request back that nobody has agreed to. Raises Forbidden, NotFound, AlreadyDecided."""
    _run, certificate = _open_for(session, person, certificate_id)
    waiting = _waiting(session, certificate)
    waiting.withdrawn, waiting.withdrawn_by = now, person.id
    audit.record(session, person, "certificate.recall.withdraw", certificate.number, waiting.why)
    return waiting


def _waiting(session: Session, certificate: Certificate) -> CertificateRecall:
    found = open_recall(session, certificate)
    if found is None:
        raise AlreadyDecided("nobody asks for it any more: look how it stands")
    return found


def _open_for(session: Session, person: Person, certificate_id: str) -> tuple[Erasure, Certificate]:
    """The run and the certificate, under the lock of the ledger. Raises Forbidden, NotFound, Conflict."""
    require(person, *VALIDATORS)
    run = run_for(session, person, certificate_for(session, person, certificate_id).erasure_id)
    certificate = certificate_for(session, person, certificate_id)
    if superseded_by(session, certificate.statement_id) is not None:
        raise Conflict("this certificate counts no more already")
    if run.certificate_id != certificate.id or run.decision != DecisionWord.APPROVED:
        raise Conflict("this is not the certificate of this run that is in force")
    return run, certificate


def _require_unspoken(session: Session, person: Person, run: Erasure, why: str) -> None:
    """Raise Conflict where a certificate would be replaced, and something speaks against its run that stands so far."""
    lot = session.get(Lot, run.lot_id) if why in REPLACED and run.lot_id is not None else None
    if lot is None:
        return
    line = line_of(session, person, lot, run.drive_id)
    against = unanswered(contradictions(session, [run.statement_id]).get(run.statement_id, ()))
    if against or (line is not None and line.standing.why in SPEAKING):
        raise Conflict("something was found of this drive since: take the certificate back, then decide once more")


def _carry_out(
    session: Session, person: Person, asked: CertificateRecall, about: tuple[Erasure, Certificate], now: datetime
) -> None:
    run, certificate = about
    _require_unspoken(session, person, run, asked.why)
    if asked.why in REPLACED:
        new = certify(session, person, run, asked.note, now).id
    else:
        new = ""
        decision = Decision("REJECTED", asked.note, now)
        append(session, validation_statement(session, person, verified(session, run.statement_id), decision), now)
    said = own_statement(session, now, "supersede", certificate=certificate.statement_id, by=new, why=asked.why)
    append(session, said, now)
    asked.agreed, asked.agreed_by, asked.agreed_name = now, person.id, person.name[:120]
    audit.record(session, person, "certificate.supersede", certificate.number, f"{asked.why} {new}".strip())
    tell_recall(session, certificate, asked)
    read_ledger(session)
    session.refresh(run)
    assert superseded_by(session, certificate.statement_id) is not None
