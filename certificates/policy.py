"""A policy of a hub as signed data: DSSE over canonical JSON, by a hub's key, as statements are.

Knows no erase method: what the members mean is judged by the bench. A policy is no statement and enters no ledger.
"""

from typing import Any, Final

from certificates import canonical
from certificates.envelope import SignedEnvelope, assemble_envelope, pae, parse_envelope, payload_type
from certificates.errors import EnvelopeError, SchemaError, UnknownKey
from certificates.keys import SigningKey
from certificates.trust import Trust

TYPE: Final = payload_type("policy")
SCHEMA: Final = "etabli.policy/1"
MEMBERS: Final = {"schema", "name", "policy"}


def sign_policy(key: SigningKey, name: str, table: dict[str, Any]) -> SignedEnvelope:
    """Sign the policy `name` with its members. Raises NotCanonical for values that cannot be signed."""
    body = canonical.encode({"schema": SCHEMA, "name": name, "policy": table})
    return assemble_envelope(TYPE, body, key.kid, key.sign_message(TYPE, body))


def open_policy(data: bytes, trust: Trust, *, former: bool = False) -> tuple[str, dict[str, Any]]:
    """Give name and members of a policy that an active key of a hub signed, `former`: or one that it gave up.

    Raises NotCanonical, EnvelopeError, UnknownKey, BadSignature, SchemaError.
    """
    parts = parse_envelope(data)
    if parts.payload_type != TYPE:
        raise EnvelopeError(f"a policy has the type {TYPE}, not {parts.payload_type}")
    key = trust.find(parts.keyid)
    states = ("active", "retired") if former else ("active",)
    if key is None or key.role != "hub" or key.status not in states:
        raise UnknownKey(parts.keyid)
    key.public.verify(parts.signature, pae(parts.payload_type, parts.body))
    document = canonical.decode(parts.body)
    if not isinstance(document, dict) or set(document) != MEMBERS or document["schema"] != SCHEMA:
        raise SchemaError("schema", f"a document of the schema {SCHEMA} expected")
    if not isinstance(document["name"], str) or not isinstance(document["policy"], dict):
        raise SchemaError("policy", "a name and its members expected")
    return document["name"], document["policy"]
