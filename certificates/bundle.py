"""The bundle: the signed statements behind one certificate, in one canonical JSON document. Holds nothing unsigned.

{"envelopes": [certificate, validation, erasure (, diagnostics)], "schema": "etabli.bundle/1"}: the envelopes as
objects, so that one value has one form in bytes and every changed byte is found.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from certificates import canonical
from certificates.envelope import MAX_ENVELOPE_BYTES, STORED_FORM, SignedEnvelope, is_plain
from certificates.errors import BundleError, UnknownKey
from certificates.issue import require_certifiable
from certificates.trust import Trust
from certificates.verify import VerifiedStatement, verify_envelope

SCHEMA = "etabli.bundle/1"
FILE_NAME = "bundle.etabli.json"
MAX_BUNDLE_BYTES = 4 * MAX_ENVELOPE_BYTES + 1024
_FEWEST, _MOST = 3, 4
_PLAIN = re.compile(
    rb'\{"envelopes":\[(%(one)s),(%(one)s),(%(one)s)(?:,(%(one)s))?\],"schema":"%(schema)s"\}'
    % {b"one": STORED_FORM, b"schema": re.escape(SCHEMA.encode())}
)  # what is written in this form is the one canonical form of its value


@dataclass(frozen=True, slots=True)
class VerifiedBundle:
    """Verified statements that belong together: checked when it is made, BundleError otherwise."""

    certificate: VerifiedStatement
    validation: VerifiedStatement
    erasure: VerifiedStatement
    diagnostics: VerifiedStatement | None = None
    data: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _require_linked(self)
        object.__setattr__(self, "data", build_bundle([statement.envelope for statement in self.statements]))

    @property
    def statements(self) -> tuple[VerifiedStatement, ...]:
        """The statements in the order of the document."""
        first = (self.certificate, self.validation, self.erasure)
        return first if self.diagnostics is None else (*first, self.diagnostics)

    @property
    def simulated(self) -> bool:
        """Whether nothing real was done."""
        return self.certificate.simulated


def build_bundle(envelopes: Sequence[SignedEnvelope]) -> bytes:
    """Write the document for envelopes in the order certificate, validation, erasure (, diagnostics)."""
    if all(is_plain(envelope.data) for envelope in envelopes):
        joined = b",".join(envelope.data for envelope in envelopes)
        data = b'{"envelopes":[%s],"schema":"%s"}' % (joined, SCHEMA.encode())
        if len(data) <= MAX_BUNDLE_BYTES:
            return data
    objects = [canonical.decode(envelope.data, max_bytes=MAX_ENVELOPE_BYTES) for envelope in envelopes]
    return canonical.encode({"schema": SCHEMA, "envelopes": objects}, max_bytes=MAX_BUNDLE_BYTES)


def verify_bundle(data: bytes, trust: Trust) -> VerifiedBundle:
    """Verify every statement and how they belong together; a subclass of Refused, and only after that UnknownKey."""
    statements: list[VerifiedStatement] = []
    unknown: UnknownKey | None = None
    for envelope in envelopes_in(data):
        try:
            statements.append(verify_envelope(envelope, trust))
        except UnknownKey as error:
            unknown = unknown or error
    if unknown is not None:
        raise unknown
    return VerifiedBundle(*statements)


def envelopes_in(data: bytes) -> list[bytes]:
    """Bytes of the three or four envelopes of a bundle; NotCanonical or BundleError when it is none."""
    plain = _PLAIN.fullmatch(data) if len(data) <= MAX_BUNDLE_BYTES else None
    envelopes = [found for found in plain.groups() if found is not None] if plain else []
    if envelopes and all(len(envelope) <= MAX_ENVELOPE_BYTES for envelope in envelopes):
        return envelopes
    return _slowly(data)


def _slowly(data: bytes) -> list[bytes]:
    """The same of any bytes, by reading them; it decides, and says why."""
    document = canonical.decode(data, max_bytes=MAX_BUNDLE_BYTES)
    if not isinstance(document, dict) or set(document) != {"schema", "envelopes"} or document["schema"] != SCHEMA:
        raise BundleError(f"not a document of the schema {SCHEMA}")
    envelopes = document["envelopes"]
    if not isinstance(envelopes, list) or not _FEWEST <= len(envelopes) <= _MOST:
        raise BundleError("a bundle holds a certificate, a validation, an erasure and perhaps a diagnosis")
    return [canonical.encode(envelope, max_bytes=MAX_ENVELOPE_BYTES) for envelope in envelopes]


def _require_linked(bundle: VerifiedBundle) -> None:
    certificate = bundle.certificate
    if certificate.kind != "certificate":
        raise BundleError("the first statement of a bundle is its certificate")
    require_certifiable(bundle.erasure, bundle.validation, bundle.diagnostics)
    payload = certificate.payload
    if payload["erasure"] != bundle.erasure.id or payload["validation"] != bundle.validation.id:
        raise BundleError("the certificate names other statements than those of its bundle")
    if payload["diagnostics"] != (bundle.diagnostics.id if bundle.diagnostics else None):
        raise BundleError("the certificate names another diagnosis than the one of its bundle")
    if payload["simulated"] != bundle.erasure.simulated:
        raise BundleError("simulated and real statements do not mix")
