"""Verification: the only maker of `VerifiedStatement`. Pure: no clock, no file, no network.

The order is fixed: size and canonical form of the envelope; its members; the payload type; base64 spelled in the one
way; the key; the signature over PAE(type, body); the same body bytes in canonical form, their schema and consistency;
and that payload, envelope and key agree on key id, role and mode (real or simulated).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NoReturn, final

from certificates import canonical
from certificates.envelope import EnvelopeParts, SignedEnvelope, pae, parse_envelope, payload_type
from certificates.errors import EnvelopeError, KeyMismatch, SchemaError, UnknownKey
from certificates.keys import PublicKey
from certificates.statement import ALSO_SIGNED_BY, KINDS, ROLE_OF_KIND, validate_statement
from certificates.trust import Role, Trust, TrustedKey

ACCEPTED_TYPES = frozenset(payload_type(kind) for kind in KINDS)
_MINT = object()


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain of a key: key id, number, and the id of the statement before."""

    kid: str
    seq: int
    prev: str


@final
class VerifiedStatement:
    """A statement whose signature, form, schema and consistency were checked. Only this module makes one.

    `id` is the statement id (64 hex digits), `link` its place in the chain of its key, `simulated` whether it says that
    nothing real was done.
    """

    __slots__ = ("_body", "envelope", "id", "kind", "link", "signer", "simulated")

    envelope: SignedEnvelope
    id: str
    kind: str
    link: Link
    signer: TrustedKey
    simulated: bool
    _body: bytes

    def __init__(  # noqa: PLR0917  (one call, of this module)
        self,
        mint: object,
        envelope: SignedEnvelope,
        body: bytes,
        kind: str,
        signer: TrustedKey,
        payload: dict[str, Any],
    ) -> None:
        """Refuse everybody but `verify_envelope` and `open_signed`."""
        if mint is not _MINT:
            raise TypeError("a VerifiedStatement comes only from verification")
        object.__setattr__(self, "id", envelope.id)
        object.__setattr__(self, "link", Link(payload["kid"], payload["seq"], payload["prev"]))
        object.__setattr__(self, "simulated", payload["simulated"] is True)
        object.__setattr__(self, "envelope", envelope)
        object.__setattr__(self, "_body", body)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "signer", signer)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a VerifiedStatement does not change ({name})")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a VerifiedStatement is not copied; verify its envelope again")

    def __repr__(self) -> str:
        return f"<VerifiedStatement {self.kind} {self.id}>"

    @property
    def payload(self) -> dict[str, Any]:
        """The signed payload, decoded afresh: changing it changes nothing."""
        payload: dict[str, Any] = canonical.decode(self._body)
        return payload


def verify_envelope(data: bytes, trust: Trust) -> VerifiedStatement:
    """Verify one envelope against a trust file.

    UnknownKey when the key is not listed; a subclass of Refused for everything else that is wrong. A key marked
    `compromised` still verifies: ask `statement.signer.status`, and see `certificates.verdicts`.
    """
    envelope = SignedEnvelope(bytes(data))
    parts, payload = authenticate(envelope.data, lambda kid: _public(trust.find(kid)), ACCEPTED_TYPES)
    signer = trust.find(parts.keyid)
    if signer is None:
        raise UnknownKey(parts.keyid)
    return _statement(envelope, parts, payload, signer)


def open_signed(
    data: bytes, public_key: PublicKey, *, role: Role = "station", name: str = "", demo: bool = False
) -> VerifiedStatement:
    """Verify one envelope against one known key (intake, before a trust file exists); errors as `verify_envelope`."""
    envelope = SignedEnvelope(bytes(data))
    parts, payload = authenticate(
        envelope.data, lambda kid: public_key if kid == public_key.kid else None, ACCEPTED_TYPES
    )
    return _statement(envelope, parts, payload, TrustedKey(public_key, role, name, demo=demo))


def authenticate(
    data: bytes, lookup: Callable[[str], PublicKey | None], accepted: Collection[str]
) -> tuple[EnvelopeParts, dict[str, Any]]:
    """Check form, type, key and signature, and decode the payload; says nothing about its members except `kid`."""
    parts = parse_envelope(data)
    if parts.payload_type not in accepted:
        raise EnvelopeError(f"payload type {parts.payload_type} is not accepted")
    key = lookup(parts.keyid)
    if key is None:
        raise UnknownKey(parts.keyid)
    if key.kid != parts.keyid:
        raise KeyMismatch("the key found has another id")
    key.verify(parts.signature, pae(parts.payload_type, parts.body))
    payload = canonical.decode(parts.body)
    if not isinstance(payload, dict):
        raise SchemaError("", "object expected")
    if payload.get("kid") != parts.keyid:
        raise KeyMismatch("payload and envelope name different keys")
    return parts, payload


def _statement(
    envelope: SignedEnvelope, parts: EnvelopeParts, payload: dict[str, Any], signer: TrustedKey
) -> VerifiedStatement:
    kind = validate_statement(payload)
    if parts.payload_type != payload_type(kind):
        raise KeyMismatch("payload and envelope name different kinds")
    if signer.role not in (ROLE_OF_KIND[kind], ALSO_SIGNED_BY.get(kind)):
        raise KeyMismatch(f"a {signer.role} key must not sign a statement of kind {kind}")
    if payload["simulated"] and not signer.demo:
        raise KeyMismatch("a simulated statement is signed by a key that is no demo key")
    if signer.demo and not payload["simulated"]:
        raise KeyMismatch("a demo key signed a statement that is not marked as simulated")
    return VerifiedStatement(_MINT, envelope, parts.body, kind, signer, payload)


def _public(key: TrustedKey | None) -> PublicKey | None:
    return key.public if key else None
