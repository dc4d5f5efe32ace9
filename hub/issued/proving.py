"""Certificates with the proof that their statements stand in the log: PDF, bundle, and the proof by itself.

A certificate is frozen in the transaction that signs it, and its proof can be made only after that. So the proof is put
in when somebody takes the document: the log is brought up at once, the digest of what goes out is kept. A proof that
was given once is given again, until one with more cosignatures is there. Where the log proves nothing (a frozen shard)
the document goes out as it was issued.
"""

import hashlib
from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from certificates.errors import CertificateError
from certificates.proof import Proof, parse_proof
from certificates.proved_bundle import with_proof
from hub.context import hub_of
from hub.errors import NotFound
from hub.issued.proofs import made_proof, parts_of, statements_in
from hub.issued.service import document_of
from hub.models import IssuedDocument, Person
from hub.proven import ProvenDocument

LINE = "\n— "  # begins each signature of a note


def pdf_of(session: Session, person: Person, certificate_id: str, lang: str | None = None) -> bytes:
    """The PDF with its proof, as issued where there is none. Raises NotFound outside the scope."""
    document = document_of(session, person, certificate_id, lang)
    proof = _proof(session, document)
    return document.pdf if proof is None else _proven(session, document, proof)


def bundle_of(session: Session, person: Person, certificate_id: str) -> bytes:
    """Bundle and proof in one document (etabli.bundle/2). Raises NotFound outside the scope, or without a proof."""
    document = document_of(session, person, certificate_id, None)
    return with_proof(document.bundle, _needed(session, document))


def proof_of(session: Session, person: Person, certificate_id: str) -> bytes:
    """The proof by itself (etabli.proof/1), to lie beside the bundle. Raises NotFound likewise."""
    return _needed(session, document_of(session, person, certificate_id, None)).to_json()


def proofs_of(session: Session, bundles: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Proofs of several frozen bundles by their names; none for one about which the log proves nothing."""
    ids = {name: statements_in(bundle) for name, bundle in bundles.items()}
    together = parts_of(session, [one for some in ids.values() for one in some])
    for name, some in ids.items():
        found = together.proof(some) if together is not None else made_proof(session, some)
        if found is not None:
            yield name, found.to_json()


def handed_out(session: Session, pdf_sha256: str) -> bool:
    """Whether a PDF of this digest went out with a proof."""
    return session.get(ProvenDocument, pdf_sha256) is not None


def _needed(session: Session, document: IssuedDocument) -> Proof:
    proof = _proof(session, document)
    if proof is None:
        raise NotFound("the log proves nothing about this certificate")
    return proof


def _proof(session: Session, document: IssuedDocument) -> Proof | None:
    """The proof of a certificate: the newest that was given, unless one with more cosignatures can be made."""
    given = session.scalar(
        select(ProvenDocument.proof)
        .where(ProvenDocument.certificate_id == document.certificate_id)
        .order_by(ProvenDocument.created.desc(), ProvenDocument.pdf_sha256)
        .limit(1)
    )
    before = parse_proof(given) if given is not None else None
    made = made_proof(session, statements_in(document.bundle))
    if made is None or (before is not None and _lines(before) >= _lines(made)):
        return before
    return made


def _lines(proof: Proof) -> int:
    """Signatures under the checkpoint that has the fewest."""
    return min(note.count(LINE) for note in proof.checkpoints)


def _proven(session: Session, document: IssuedDocument, proof: Proof) -> bytes:
    """The frozen PDF with a proof inside; its digest is kept before anybody gets it.

    What another key of this hub sealed is given as it is: nobody seals it again.
    """
    from certificates.proven_pdf import prove_pdf  # noqa: PLC0415  (pikepdf is slow to load)

    hub = hub_of(session)
    try:
        data = prove_pdf(document.pdf, proof, hub.identity.key, document.lang)
    except CertificateError:
        return document.pdf
    digest = hashlib.sha256(data).hexdigest()
    if not handed_out(session, digest):
        facts = {"certificate_id": document.certificate_id, "lang": document.lang, "proof": proof.to_json()}
        try:
            with hub.sessions().begin() as writing:
                writing.add(ProvenDocument(pdf_sha256=digest, created=hub.clock(), **facts))
        except IntegrityError:
            return data  # somebody took the same at the same moment
    return data
