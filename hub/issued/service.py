"""Documents as issued: lists and downloads within the person's scope, the public view of one certificate, uploads."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, bindparam, or_, select
from sqlalchemy.orm import Session, selectinload

from certificates.envelope import long_id
from certificates.errors import EnvelopeError
from certificates.proved_bundle import with_proof
from certificates.seal import BINDER_LINE
from certificates.verdicts import Judgement, Verdict, judge
from hub.bound import Binder
from hub.database import plain_rows
from hub.errors import NotFound
from hub.issued.proofs import made_proof, statements_in
from hub.keys.trust_file import own_trust
from hub.models import Certificate, Drive, IssuedDocument, Lot, Person
from hub.papers_issued import DrivePaperPdf
from hub.proven import ProvenDocument
from hub.recalled import DISPUTED, IN_FORCE, Superseded
from hub.scope import in_scope, scoped

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
SHORT = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PublicView:
    """What anybody may see of a certificate: the drive and the facts, no donor and no person.

    Everything is read from the frozen bundle after it was judged anew; nothing but the judgement when it does not hold.
    """

    judgement: Verdict
    cause: str
    certificate_id: str
    number: str = ""
    erasure_statement: str = ""
    verdict: str = ""
    level: str = ""
    verify: Mapping[str, Any] = field(default_factory=dict)
    sectors: int = 0
    method: str = ""
    drive_model: str = ""
    drive_serial: str = ""
    drive_wwn: str = ""
    drive_bytes: int = 0
    ended: str = ""
    clock: str = ""
    issued: str = ""
    issuer: str = ""
    simulated: bool = False
    exceptions: tuple[dict[str, str], ...] = ()  # code, detail: what the erasure does not cover
    by: str = ""  # statement id of the one that has taken its place
    before: tuple[str, ...] = ()  # numbers of those of the same run that count no more


def certificates_of_lot(session: Session, person: Person, lot: Lot) -> tuple[Certificate, ...]:
    """The certificates of a lot that count, by number; empty outside the person's scope."""
    query = (
        select(Certificate)
        .options(selectinload(Certificate.drive), selectinload(Certificate.device))
        .where(Certificate.lot_id == lot.id, in_scope(person, Certificate.lot_id), IN_FORCE)
    )
    return tuple(session.scalars(query.order_by(Certificate.number)))


def out_of_force(session: Session, person: Person, lot: Lot) -> tuple[tuple[str, str, datetime], ...]:
    """The certificates of a lot that count no more: number, "replaced", "taken-back" or "disputed", since when."""
    query = select(Certificate.number, Superseded.new, Superseded.why, Superseded.at).where(
        Superseded.statement_id == Certificate.statement_id,
        Certificate.lot_id == lot.id,
        in_scope(person, Certificate.lot_id),
    )
    rows = session.execute(query.order_by(Certificate.number))
    told = {True: "replaced", False: "taken-back"}
    return tuple((row.number, DISPUTED if row.why == DISPUTED else told[bool(row.new)], row.at) for row in rows)


class Listed(NamedTuple):
    """A certificate as lists show it: with the model and the serial of its drive, and the run that it is of."""

    id: str
    statement_id: str
    number: str
    erasure_id: str
    issued: datetime
    model: str
    serial: str


def page_of(session: Session, person: Person, lot: Lot, after: str, size: int) -> tuple[Listed, ...]:
    """Up to `size` certificates of a lot by number, those after one number; empty outside the person's scope."""
    query, asked = scoped(_AFTER, person, Certificate.lot_id)
    return tuple(map(Listed._make, plain_rows(session, query, lot=lot.id, after=after, size=size, **asked)))


def listed(certificate: Certificate) -> Listed:
    """A certificate that was read already, as lists show it."""
    one, drive = certificate, certificate.drive
    return Listed(one.id, one.statement_id, one.number, one.erasure_id, one.issued, drive.model, drive.serial)


_AFTER: Final = (
    select(
        *(getattr(Certificate, name) for name in ("id", "statement_id", "number", "erasure_id", "issued")),
        *(Drive.model, Drive.serial),
    )
    .join(Drive, Drive.id == Certificate.drive_id)
    .where(Certificate.lot_id == bindparam("lot"), Certificate.number > bindparam("after"))
    .order_by(Certificate.number)
    .limit(bindparam("size", type_=Integer))
)


def pdf_of(session: Session, person: Person, certificate_id: str, lang: str | None = None) -> bytes:
    """The PDF as issued, in the language of the certificate unless another is named. Raises NotFound outside scope."""
    return document_of(session, person, certificate_id, lang).pdf


def bundle_of(session: Session, person: Person, certificate_id: str) -> bytes:
    """The evidence bundle as issued. Raises NotFound outside the scope."""
    return document_of(session, person, certificate_id, None).bundle


def file_name(session: Session, person: Person, certificate_id: str) -> str:
    """What a file of a certificate is named after: its number, behind the verdict where it counts no more.

    A file goes on from hand to hand without the page that says so. Raises NotFound outside the scope.
    """
    document = document_of(session, person, certificate_id, None)
    query = select(Certificate.number, Superseded.why).where(Certificate.id == document.certificate_id)
    row = session.execute(query.outerjoin(Superseded, Superseded.statement_id == Certificate.statement_id)).one()
    if row.why is None:
        return str(row.number)
    return f"{Verdict.DISPUTED if row.why == DISPUTED else Verdict.SUPERSEDED}-{row.number}"


def lookup_public(session: Session, statement_or_certificate_id: str) -> PublicView | None:
    """The certificate of this UUID or statement id (its own or its erasure's; 64 hex or 43 base64url), if any."""
    word = statement_or_certificate_id
    if UUID.fullmatch(word):
        which = Certificate.id == word
    elif (statement := _statement_id(word)) is not None:
        which = or_(Certificate.statement_id == statement, Certificate.erasure_id == statement)
    else:
        return None
    row = session.execute(
        select(Certificate.id, IssuedDocument.bundle)
        .join(IssuedDocument, IssuedDocument.certificate_id == Certificate.id)
        .where(which)
        .order_by(Certificate.issued.desc(), IssuedDocument.lang)
    ).first()
    return replace(_view(row[0], _judged(session, row[1])), before=_before(session, row[0])) if row else None


def _before(session: Session, certificate_id: str) -> tuple[str, ...]:
    own = select(Certificate.erasure_id).where(Certificate.id == certificate_id).scalar_subquery()
    query = select(Certificate.number).join(Superseded, Superseded.statement_id == Certificate.statement_id)
    query = query.where(Certificate.erasure_id == own, Certificate.id != certificate_id)
    return tuple(session.scalars(query.order_by(Certificate.number)))


def issued_here(session: Session, data: bytes) -> bool:
    """Whether these are the exact bytes of a PDF that this hub issued: a certificate, a paper or a binder."""
    digest = hashlib.sha256(data).hexdigest()
    kept = [
        select(IssuedDocument.lang).where(IssuedDocument.pdf_sha256 == digest),
        select(DrivePaperPdf.lang).where(DrivePaperPdf.pdf_sha256 == digest),
        select(ProvenDocument.lang).where(ProvenDocument.pdf_sha256 == digest),
    ]
    if data.endswith(BINDER_LINE):  # few, and without an index
        kept = [select(Binder.id).where(Binder.sha256 == digest)]
    return any(session.scalar(query.limit(1)) is not None for query in kept)


def verify_upload(session: Session, data: bytes) -> Judgement:
    """Judge an uploaded PDF, bundle or envelope by this hub's trust document; the bytes are not kept.

    Ends the caller's transaction before the file is read: an upload never holds the database.
    """
    trust = own_trust(session)
    session.commit()
    return judge(data, trust)


def _judged(session: Session, bundle: bytes) -> Judgement:
    """A frozen bundle, judged with the proof that the log has it, where it has."""
    proof = made_proof(session, statements_in(bundle))
    return judge(with_proof(bundle, proof) if proof is not None else bundle, own_trust(session))


def document_of(session: Session, person: Person, certificate_id: str, lang: str | None) -> IssuedDocument:
    """A certificate as frozen, in its own language unless another is named. Raises NotFound outside the scope."""
    query = (
        select(IssuedDocument)
        .join(Certificate, Certificate.id == IssuedDocument.certificate_id)
        .where(
            IssuedDocument.certificate_id == certificate_id,
            IssuedDocument.lang == (lang or Certificate.lang),
            in_scope(person, Certificate.lot_id),
        )
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound("no such certificate")
    return found


def _statement_id(word: str) -> str | None:
    if HEX.fullmatch(word):
        return word
    if not SHORT.fullmatch(word):
        return None
    try:
        return long_id(word)
    except EnvelopeError:
        return None


def _view(certificate_id: str, found: Judgement) -> PublicView:
    bundle = found.bundle
    if bundle is None or bundle.certificate.payload["certificate"] != certificate_id:
        wrong = found.verdict if bundle is None else Verdict.INVALID
        return PublicView(wrong, found.code or "bundle", certificate_id)
    certificate, erasure = bundle.certificate.payload, bundle.erasure.payload
    drive = erasure["subject"]["drive"]
    return PublicView(
        judgement=found.verdict,
        cause=found.code,
        certificate_id=certificate_id,
        number=certificate["number"],
        erasure_statement=bundle.erasure.id,
        verdict=erasure["result"]["verdict"],
        level=erasure["method"]["level"],
        verify=erasure["verify"],
        sectors=drive["size_bytes"] // drive["logical_sector"],
        method=erasure["method"]["achieved"],
        drive_model=drive["model"],
        drive_serial=drive["serial"],
        drive_wwn=drive["wwn"],
        drive_bytes=drive["size_bytes"],
        ended=erasure["ended"],
        clock=erasure["wall_src"],
        issued=certificate["wall"],
        issuer=certificate["issuer"]["name"],
        simulated=bundle.simulated,
        exceptions=tuple(erasure["exceptions"]),
        by=found.superseded_by or "",
    )
