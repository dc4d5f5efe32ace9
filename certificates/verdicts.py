"""What a verifier says about a file: one of five verdicts, what was checked, and what was not.

Pure: `judge` takes bytes and a trust file. Accepts a sealed PDF, a bundle, or the envelope of one statement. A verdict
is about the document; what happened to the drive is the verdict word inside the statement.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from certificates.bundle import SCHEMA, VerifiedBundle, verify_bundle
from certificates.errors import BinderError, CertificateError, SealError, UnknownKey
from certificates.seal import open_seal
from certificates.trust import Trust, TrustedKey
from certificates.verify import VerifiedStatement, verify_envelope


class Verdict(StrEnum):
    """First match wins, in this order."""

    INVALID = "INVALID"
    UNKNOWN_KEY = "UNKNOWN-KEY"
    DISPUTED = "DISPUTED"
    VALID_UNWITNESSED = "VALID-UNWITNESSED"
    VALID = "VALID"


EXIT_STATUS = {
    Verdict.INVALID: 1,
    Verdict.UNKNOWN_KEY: 4,
    Verdict.DISPUTED: 3,
    Verdict.VALID_UNWITNESSED: 3,
    Verdict.VALID: 0,
}
CHECKS = {
    "statement": ("form", "signature", "schema"),
    "bundle": ("form", "signature", "schema", "links"),
    "pdf": ("seal", "form", "signature", "schema", "links"),
    "pdf of a statement": ("seal", "form", "signature", "schema"),  # without a bundle there are no links to look at
}
NEVER_CHECKED = ("log", "later", "clock", "beyond-host")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One file judged. `bundle` or `statement` is there only when everything in `checked` held."""

    verdict: Verdict
    document: str  # "pdf", "bundle" or "statement"
    sha256: str  # of the file, 64 hex digits
    code: str = ""  # why not valid: code of the error, or "compromised"
    detail: str = ""
    bundle: VerifiedBundle | None = None
    statement: VerifiedStatement | None = None
    quorum: int = 0
    hub_name: str = ""
    hub_url: str = ""

    @property
    def checked(self) -> tuple[str, ...]:
        """Codes of the checks that held; none when the file is not accepted."""
        if self.statement is None:
            return ()
        return CHECKS["pdf of a statement" if self.document == "pdf" and self.bundle is None else self.document]

    @property
    def not_checked(self) -> tuple[str, ...]:
        """Codes of what this verifier did not check."""
        missing = NEVER_CHECKED if self.document == "pdf" else ("page", *NEVER_CHECKED)
        return missing if self.quorum == 0 else ("witness", *missing)

    @property
    def told(self) -> str:
        """Which sentence says it: the verdict, or "binder" for many certificates in one file, none of them checked."""
        return BinderError.code if self.code == BinderError.code else self.verdict.value

    @property
    def exit_status(self) -> int:
        """Exit status of `etabli-verify` for this file."""
        return EXIT_STATUS[self.verdict]

    @property
    def simulated(self) -> bool:
        """Whether the document says that nothing real was done."""
        return self.statement is not None and self.statement.simulated


def judge(data: bytes, trust: Trust) -> Judgement:
    """Judge a sealed PDF, a bundle or an envelope against a trust file. Never raises for what is in the bytes."""
    document = kind_of_document(data)
    try:
        bundle, statement, signers = _open(document, data, trust)
    except UnknownKey as error:
        return _refused(Verdict.UNKNOWN_KEY, document, data, trust, error)
    except CertificateError as error:
        return _refused(Verdict.INVALID, document, data, trust, error)
    disputed = [key.name or key.kid for key in signers if key.status == "compromised"]
    verdict = Verdict.VALID if trust.quorum == 0 else Verdict.VALID_UNWITNESSED
    return Judgement(
        Verdict.DISPUTED if disputed else verdict,
        document,
        hashlib.sha256(data).hexdigest(),
        "compromised" if disputed else "",
        ", ".join(disputed),
        bundle,
        statement,
        trust.quorum,
        trust.hub_name,
        trust.hub_url,
    )


def kind_of_document(data: bytes) -> str:
    """Say what a file is meant to be, from its first bytes and its members."""
    if data.startswith(b"%PDF"):
        return "pdf"
    return "bundle" if f'"schema":"{SCHEMA}"'.encode() in data[-200:] else "statement"


def _open(
    document: str, data: bytes, trust: Trust
) -> tuple[VerifiedBundle | None, VerifiedStatement, tuple[TrustedKey, ...]]:
    if document == "statement":
        statement = verify_envelope(data, trust)
        return None, statement, (statement.signer,)
    seals: tuple[TrustedKey, ...] = ()
    if document == "pdf":
        from certificates.attachment import extract  # noqa: PLC0415  (pikepdf is slow to load)

        pdf, sealer = open_seal(data, trust)
        data, seals = extract(pdf), (sealer,)
        if kind_of_document(data) == "statement":
            return None, *_attested(verify_envelope(data, trust), sealer)
    bundle = verify_bundle(data, trust)
    if any(sealer.kid != bundle.certificate.signer.kid for sealer in seals):
        raise SealError("the file was sealed with another key than the one that signed the certificate")
    return bundle, bundle.certificate, (*seals, *(statement.signer for statement in bundle.statements))


def _attested(statement: VerifiedStatement, sealer: TrustedKey) -> tuple[VerifiedStatement, tuple[TrustedKey, ...]]:
    """The one statement that a sealed PDF may carry instead of a bundle: no erasure stands alone in a sealed file."""
    if statement.kind != "attestation":
        raise SealError("a sealed file carries the bundle of a certificate, or an attestation")
    if sealer.kid != statement.signer.kid:
        raise SealError("the file was sealed with another key than the one that signed the attestation")
    return statement, (sealer, statement.signer)


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
    )
