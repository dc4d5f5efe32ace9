"""What a hub assigns to one bench, as signed data (`etabli.assignments/1`): DSSE over canonical JSON, by a hub's key.

A copy on a stick can be checked offline years later. Assignments are no statement and enter no ledger; they are bound
to one bench by its key id, carry the time of issue and a counter that only grows. Nothing here knows a drive, a clock
or which counter was seen last: that is the bench's business. They never carry a PIN or a password.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from certificates import canonical
from certificates.envelope import SignedEnvelope, assemble_envelope, pae, parse_envelope, payload_type
from certificates.errors import EnvelopeError, KeyMismatch, UnknownKey
from certificates.keys import SigningKey
from certificates.shape import Flag, Items, Maybe, Pattern, Record, Text, Wall, Whole, Word
from certificates.trust import Trust

TYPE: Final = payload_type("assignments")
SCHEMA: Final = "etabli.assignments/1"
MAX_BYTES: Final = 4_000_000  # of the document: some 100,000 serial numbers
MAX_SIGNED_BYTES: Final = 6_000_000
LEAST_COUNTDOWN_S: Final = 5
LONGEST_COUNTDOWN_S: Final = 3600
EXPECTED, ANY = "expected", "any"
SEVERITIES: Final = ("info", "warning", "urgent")

_HEX_64 = Pattern(re.compile(r"[0-9a-f]{64}", re.ASCII))
_BADGE = Pattern(re.compile(r"([0-9a-f]{64})?", re.ASCII))
_NAME = Text(400)
_NEEDED = Text(400, least=1)
_WORDS = Items(_NEEDED, 100_000)
_PERSON = Record({"id": _NEEDED, "name": _NEEDED})
_LOT = Record(
    {
        "code": _NEEDED,
        "donor_label": _NAME,
        "policy": _NAME,
        "four_eyes": Flag(),
        "assets": _WORDS,
        "serials": _WORDS,
    }
)
_RULE = Record(
    {
        "id": Whole(1),
        "lot": _NEEDED,
        "policy": _NEEDED,
        "drives": Word((EXPECTED, ANY)),
        "exceptions": Flag(),
        "countdown_s": Whole(LEAST_COUNTDOWN_S, LONGEST_COUNTDOWN_S),
        "approved": Wall(),
        "approved_by": _PERSON,
        "valid_until": Wall(),
    }
)
SHAPE: Final = Record(
    {
        "schema": Word((SCHEMA,)),
        "station": _HEX_64,
        "counter": Whole(1),
        "issued": Wall(),
        "policies": Items(_NEEDED, 1_000),
        "signed_policies": Items(Record({"name": _NEEDED, "envelope": Text(100_000)}), 1_000),
        "lots": Items(_LOT, 10_000),
        "protected_serials": _WORDS,
        "operators": Items(Record({"id": _NEEDED, "name": _NEEDED, "badge_sha256": _BADGE}), 10_000),
        "auto_start": Items(_RULE, 10_000),
        "messages": Items(
            Record({"id": Whole(1), "text": _NEEDED, "severity": Word(SEVERITIES), "until": Maybe(Wall())}), 1_000
        ),
    }
)


@dataclass(frozen=True, slots=True)
class OpenedAssignments:
    """A document that an active key of a hub signed for this bench; `demo`: a key for simulated drives only."""

    document: dict[str, Any]
    demo: bool


def sign_assignments(key: SigningKey, document: dict[str, Any]) -> SignedEnvelope:
    """Sign a whole document. Raises SchemaError, and NotCanonical for one that is too large."""
    SHAPE.check(document, "")
    body = canonical.encode(document, max_bytes=MAX_BYTES)
    return assemble_envelope(TYPE, body, key.kid, key.sign_message(TYPE, body), max_bytes=MAX_SIGNED_BYTES)


def open_assignments(data: bytes, trust: Trust, station: str) -> OpenedAssignments:
    """Give what an active key of a hub assigned to the bench with the key id `station`.

    Raises NotCanonical, EnvelopeError, UnknownKey, BadSignature, SchemaError; KeyMismatch when it is for another bench.
    """
    document, keyid, signature, body = _parts(data)
    key = trust.find(keyid)
    if key is None or key.role != "hub" or key.status != "active":
        raise UnknownKey(keyid)
    key.public.verify(signature, pae(TYPE, body))
    SHAPE.check(document, "")
    if document["station"] != station:
        raise KeyMismatch(f"these assignments are for the bench {document['station']}, not for {station}")
    return OpenedAssignments(document, key.demo)


def read_unverified(data: bytes) -> Any:
    """Give what an envelope of assignments holds, whoever signed it. Raises NotCanonical, EnvelopeError."""
    return _parts(data)[0]


def _parts(data: bytes) -> tuple[Any, str, bytes, bytes]:
    parts = parse_envelope(data, max_bytes=MAX_SIGNED_BYTES)
    if parts.payload_type != TYPE:
        raise EnvelopeError(f"assignments have the type {TYPE}, not {parts.payload_type}")
    return canonical.decode(parts.body, max_bytes=MAX_BYTES), parts.keyid, parts.signature, parts.body
