"""Errors of the certificates library.

    CertificateError
    |- Refused                 a document, a statement or a request is not what it must be (verdict INVALID)
    |  |- NotCanonical         the bytes are not the one canonical JSON form of a value of our small value space
    |  |- EnvelopeError        the envelope has another form than the one that is stored and hashed
    |  |- SchemaError          a member is missing, unknown, of the wrong type or out of range
    |  |- Inconsistent         the members contradict each other (an ERASED with unread sectors ...)
    |  |- BadSignature         the signature does not match the bytes
    |  |- KeyMismatch          the statement, the envelope and the key do not name the same key, role or mode
    |  |- BundleError          the statements of a bundle do not belong together
    |  |- SealError            a PDF differs from the one that was sealed
    |  |- BinderError          many certificates in one PDF: made to be read, or one of them is not what it must be
    |  `- ProofError           a log proof, a checkpoint or a cosignature is wrong
    |     `- ProofAlone        a proof where the certificate was expected that it goes with
    |- UnknownKey              the trust file does not know the key (verdict UNKNOWN-KEY)
    |- UnknownLog              the trust file does not know the shard of a log (verdict UNKNOWN-KEY)
    |- KeyRefused              not a usable public key: wrong length, low order, mixed order, not on the curve
    |- KeyFileError            a key file cannot be read, is open to others, or exists already
    |- TrustError              a trust file is malformed
    |  `- RootRefused          a root file is not what it must be
    |     |- RootUnsigned      a signature is wrong, or too few distinct keys signed
    |     `- RootOutOfLine     not the version after the one before it
    |- SigningRefused          this key must not sign this
    `- ExchangeError           a request is not signed as it must be

Each has a stable `code`; messages are for the log. The words for people are in `certificates.wording`.
"""


class CertificateError(Exception):
    """Root of the tree."""

    code = "certificate"


class Refused(CertificateError):
    """A document, a statement or a request is not what it must be."""

    code = "refused"


class NotCanonical(Refused):
    """The bytes are not the one canonical JSON form of an allowed value."""

    code = "not-canonical"


class EnvelopeError(Refused):
    """The envelope has another form than the stored one."""

    code = "envelope"


class SchemaError(Refused):
    """A member is missing, unknown, of the wrong type or out of range."""

    code = "schema"

    def __init__(self, path: str, problem: str) -> None:
        """Name the member (dotted path) and what is wrong with it."""
        super().__init__(f"{path or 'statement'}: {problem}")
        self.path = path


class Inconsistent(Refused):
    """The members of a statement contradict each other."""

    code = "inconsistent"


class BadSignature(Refused):
    """The signature does not match the bytes."""

    code = "signature"


class KeyMismatch(Refused):
    """The statement, the envelope and the key do not name the same key, role or mode."""

    code = "key-mismatch"


class BundleError(Refused):
    """The statements of a bundle do not belong together."""

    code = "bundle"


class SealError(Refused):
    """A PDF differs from the one that was sealed."""

    code = "seal"


class BinderError(Refused):
    """A binder of certificates proves nothing by itself, or one that goes into it is not what it must be."""

    code = "binder"


class ProofError(Refused):
    """A log proof, a checkpoint or a cosignature is wrong."""

    code = "proof"


class ProofAlone(ProofError):
    """A proof was given where a certificate was expected."""

    code = "proof-alone"


class UnknownKey(CertificateError):
    """The trust file does not know the key."""

    code = "unknown-key"

    def __init__(self, kid: str) -> None:
        """Name the key id (64 hex digits)."""
        super().__init__(f"key {kid} is not in the trust file")
        self.kid = kid


class UnknownLog(CertificateError):
    """The trust file does not know the shard of a checkpoint."""

    code = "unknown-log"

    def __init__(self, origin: str) -> None:
        """Name the origin of the shard."""
        super().__init__(f"the log {origin} is not in the trust file")
        self.origin = origin


class KeyRefused(CertificateError):
    """Not a usable Ed25519 public key."""

    code = "key-refused"


class KeyFileError(CertificateError):
    """A key file cannot be used."""

    code = "key-file"


class TrustError(CertificateError):
    """A trust file is malformed."""

    code = "trust"


class RootRefused(TrustError):
    """A root file is malformed, or breaks the rules of its profile."""

    code = "root"


class RootUnsigned(RootRefused):
    """A signature under a root file is wrong, or fewer distinct root keys signed than the threshold."""

    code = "root-unsigned"


class RootOutOfLine(RootRefused):
    """A root file does not follow the version before it."""

    code = "root-out-of-line"


class SigningRefused(CertificateError):
    """This key must not sign this."""

    code = "signing-refused"


class ExchangeError(CertificateError):
    """A request is not signed as it must be; `code` says which rule."""

    def __init__(self, code: str, problem: str) -> None:
        """Codes: missing, malformed, unknown-key, digest, signature."""
        super().__init__(problem)
        self.code = code
