"""What a verifier says about a file: one of six verdicts, what was checked, and what was not.

Pure: `judge` takes bytes and a trust file. Accepts a sealed PDF, a bundle of either form, or the envelope of one
statement, and a proof beside it. A verdict is about the document; what happened to the drive is the verdict word inside
the statement. With quorum 0 no proof is demanded; one that is shown must hold entirely.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from certificates import proof as proofs
from certificates import proved_bundle
from certificates.bundle import SCHEMA, VerifiedBundle, verify_bundle
from certificates.dispute import COMPROMISED, RETIRED, TWO_HISTORIES, disputes_of
from certificates.errors import BinderError, CertificateError, ProofAlone, SealError, UnknownKey, UnknownLog
from certificates.position import Position
from certificates.proof import Proof, parse_proof
from certificates.proved import Proved, match_entries, verify_proof
from certificates.root import Profile
from certificates.seal import open_seal
from certificates.trust import Trust
from certificates.verify import VerifiedStatement, verify_envelope


class Verdict(StrEnum):
    """First match wins, in this order."""

    INVALID = "INVALID"
    UNKNOWN_KEY = "UNKNOWN-KEY"
    DISPUTED = "DISPUTED"
    SUPERSEDED = "SUPERSEDED"
    VALID_UNWITNESSED = "VALID-UNWITNESSED"
    VALID = "VALID"


EXIT_STATUS = {
    Verdict.INVALID: 1,
    Verdict.UNKNOWN_KEY: 4,
    Verdict.DISPUTED: 3,
    Verdict.SUPERSEDED: 3,
    Verdict.VALID_UNWITNESSED: 3,
    Verdict.VALID: 0,
}
CHECKS = {
    "statement": ("form", "signature", "schema"),
    "bundle": ("form", "signature", "schema", "links"),
    "pdf": ("seal", "form", "signature", "schema", "links"),
    "pdf of a statement": ("seal", "form", "signature", "schema"),  # without a bundle there are no links to look at
}
NEVER_CHECKED = ("later", "clock", "beyond-host")
SUPERSEDED, TAKEN_BACK = "superseded", "taken-back"
OWN_SENTENCE = (BinderError.code, ProofAlone.code, UnknownLog.code, RETIRED, TWO_HISTORIES, TAKEN_BACK)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One file judged. `bundle` or `statement` is there only when everything in `checked` held, and so is `proved`."""

    verdict: Verdict
    document: str  # "pdf", "bundle", "statement" or "proof"
    sha256: str  # of the file, 64 hex digits
    code: str = ""  # why not valid: code of the error, "superseded", or one of `certificates.dispute`
    detail: str = ""
    bundle: VerifiedBundle | None = None
    statement: VerifiedStatement | None = None
    quorum: int = 0
    hub_name: str = ""
    hub_url: str = ""
    proved: Proved | None = None
    unread_proof: bool = False  # one was shown, and the trust file is of the first form, which names no log
    superseded_by: str | None = None  # statement id of the new certificate, "" when there is none
    profile: Profile | None = None  # these two are known from the second form of a trust file only
    position: Position | None = None

    @property
    def statements(self) -> tuple[VerifiedStatement, ...]:
        """What was verified, in the order of the document."""
        if self.bundle is not None:
            return self.bundle.statements
        return () if self.statement is None else (self.statement,)

    @property
    def witnessed(self) -> bool:
        """Whether as many distinct witnesses as the policy requires vouch for every statement."""
        return self.quorum == 0 or (self.proved is not None and self.proved.witnesses >= self.quorum)

    @property
    def checked(self) -> tuple[str, ...]:
        """Codes of the checks that held; none when the file is not accepted."""
        if self.statement is None:
            return ()
        basis = CHECKS["pdf of a statement" if self.document == "pdf" and self.bundle is None else self.document]
        logged = ("logged",) if self.proved else ()
        witnessed = ("witnessed",) if self.quorum and self.witnessed else ()
        current = ("current",) if self.profile and self.superseded_by is None else ()
        return (*basis, *logged, *witnessed, *current)

    @property
    def not_checked(self) -> tuple[str, ...]:
        """Codes of what this verifier did not check."""
        witness = () if self.witnessed else ("witness",)
        page = () if self.document == "pdf" else ("page",)
        log = () if self.proved else ("unread-proof",) if self.unread_proof else ("log",)
        return (*witness, *page, *log, *NEVER_CHECKED)

    @property
    def told(self) -> str:
        """Which sentence says it: the verdict, or the code of a cause that has a sentence of its own."""
        return self.code if self.code in OWN_SENTENCE else self.verdict.value

    @property
    def exit_status(self) -> int:
        """Exit status of `etabli-verify` for this file."""
        return EXIT_STATUS[self.verdict]

    @property
    def simulated(self) -> bool:
        """Whether the document says that nothing real was done."""
        return self.statement is not None and self.statement.simulated


@dataclass(frozen=True, slots=True)
class _Opened:
    """A document whose statements hold, and the proofs that came with it."""

    statement: VerifiedStatement
    bundle: VerifiedBundle | None = None
    proofs: tuple[Proof, ...] = ()

    @property
    def statements(self) -> tuple[VerifiedStatement, ...]:
        return self.bundle.statements if self.bundle else (self.statement,)


def judge(data: bytes, trust: Trust, proof: bytes | None = None) -> Judgement:
    """Judge a sealed PDF, a bundle or an envelope, and the proof file beside it, against a trust file.

    Never raises for what is in the bytes. Of a proof inside and one beside it both must hold; the one beside counts.
    """
    document = kind_of_document(data)
    try:
        opened = _open(document, data, trust)
        shown = opened.proofs if proof is None else (*opened.proofs, parse_proof(proof))
        proved = _proved(shown, opened.statements, trust)
    except (UnknownKey, UnknownLog) as error:
        return _refused(Verdict.UNKNOWN_KEY, document, data, trust, error)
    except CertificateError as error:
        return _refused(Verdict.INVALID, document, data, trust, error)
    return _judged(document, data, trust, opened, proved, unread=bool(shown) and proved is None)


def kind_of_document(data: bytes) -> str:
    """Say what a file is meant to be, from its first bytes and its members."""
    if data.startswith(b"%PDF"):
        return "pdf"
    if any(f'"schema":"{schema}"'.encode() in data[-200:] for schema in (SCHEMA, proved_bundle.SCHEMA)):
        return "bundle"
    return "proof" if data.endswith(f'"schema":"{proofs.SCHEMA}"}}'.encode()) else "statement"


def _judged(
    document: str, data: bytes, trust: Trust, opened: _Opened, proved: Proved | None, *, unread: bool
) -> Judgement:
    code, detail = disputes_of(opened.statements, proved)
    sealer = opened.statement.signer  # of a PDF: `_open_pdf` takes no other
    if not code and document == "pdf" and sealer.status == COMPROMISED:
        code, detail = COMPROMISED, sealer.name or sealer.kid  # no log says when a page was sealed
    by = trust.superseded.get(opened.statement.id)
    found = Judgement(
        Verdict.VALID,
        document,
        hashlib.sha256(data).hexdigest(),
        code,
        detail,
        opened.bundle,
        opened.statement,
        trust.quorum,
        trust.hub_name,
        trust.hub_url,
        proved,
        unread,
        by,
        trust.profile,
        trust.position,
    )
    if code:
        return replace(found, verdict=Verdict.DISPUTED)
    if by is not None:
        return replace(found, verdict=Verdict.SUPERSEDED, code=SUPERSEDED if by else TAKEN_BACK, detail=by)
    return found if found.witnessed else replace(found, verdict=Verdict.VALID_UNWITNESSED)


def _proved(shown: Sequence[Proof], statements: Sequence[VerifiedStatement], trust: Trust) -> Proved | None:
    """Check every proof that was shown. A trust file of the first form names no log: then only what it is about."""
    found: Proved | None = None
    for proof in shown:
        if trust.profile is None:
            match_entries(proof, statements)
        else:
            found = verify_proof(proof, statements, trust)
    return found


def _open(document: str, data: bytes, trust: Trust) -> _Opened:
    if document == "proof":
        raise ProofAlone("a proof is checked together with its certificate")
    if document == "statement":
        return _Opened(verify_envelope(data, trust))
    if document == "pdf":
        return _open_pdf(data, trust)
    proof: tuple[Proof, ...] = ()
    if f'"schema":"{SCHEMA}"'.encode() not in data[-200:]:
        data, carried = proved_bundle.parted(data)
        proof = (carried,)
    bundle = verify_bundle(data, trust)
    return _Opened(bundle.certificate, bundle, proof)


def _open_pdf(data: bytes, trust: Trust) -> _Opened:
    from certificates.attachment import extract, extract_proof  # noqa: PLC0415  (pikepdf is slow to load)

    pdf, sealer = open_seal(data, trust)
    inside, carried = extract(pdf), extract_proof(pdf)
    proof = () if carried is None else (parse_proof(carried),)
    if kind_of_document(inside) == "statement":
        return _Opened(_attested(verify_envelope(inside, trust), sealer.kid), None, proof)
    bundle = verify_bundle(inside, trust)
    if sealer.kid != bundle.certificate.signer.kid:
        raise SealError("the file was sealed with another key than the one that signed the certificate")
    return _Opened(bundle.certificate, bundle, proof)


def _attested(statement: VerifiedStatement, sealer: str) -> VerifiedStatement:
    """The one statement that a sealed PDF may carry instead of a bundle: no erasure stands alone in a sealed file."""
    if statement.kind != "attestation":
        raise SealError("a sealed file carries the bundle of a certificate, or an attestation")
    if sealer != statement.signer.kid:
        raise SealError("the file was sealed with another key than the one that signed the attestation")
    return statement


def _refused(verdict: Verdict, document: str, data: bytes, trust: Trust, error: CertificateError) -> Judgement:
    return Judgement(
        verdict,
        document,
        hashlib.sha256(data).hexdigest(),
        error.code,
        str(error),
        quorum=trust.quorum,
        hub_name=trust.hub_name,
        hub_url=trust.hub_url,
        profile=trust.profile,
        position=trust.position,
    )
